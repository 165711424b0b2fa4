package dirfile

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

// encode writes the file: members in the order of the schema, an account, a
// department or a receipt a line, so that two states can be compared by lines.
func encode(s *office.Snapshot, receipts []office.Receipt) ([]byte, error) {
	var b bytes.Buffer
	w := &writer{w: bufio.NewWriter(&b)}
	w.text("{\"revision\":")
	w.value(s.Revision)
	w.text(",\n\"stations\":")
	w.value(stationList{numbers: sortedOnce(s.Stations)})
	w.text(",\n\"fuels\":")
	list(w, s.Fuels, func(f *office.Fuel) any { return fuel{f.ID, f.Code} })
	w.text(",\n\"departments\":")
	list(w, s.Departments, func(d *office.Department) any {
		stations := d.Stations
		if stations == nil {
			stations = []int{}
		}
		return department{d.SyncID, d.Name, stations}
	})
	names := departmentNames(s.Departments)
	codes := map[int]string{}
	for _, f := range s.Fuels {
		codes[f.ID] = f.Code
	}
	w.text(",\n\"accounts\":")
	list(w, s.Accounts, func(a *office.Account) any { return fileAccount(a, names, codes) })
	if len(receipts) > 0 {
		w.text(",\n\"receipts\":")
		list(w, receipts, func(r *office.Receipt) any { return receipt{r.Digest, r.At, result(r.Result)} })
	}
	w.text("}\n")
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return b.Bytes(), w.err
}

type writer struct {
	w   *bufio.Writer
	err error
}

func (w *writer) text(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

func (w *writer) value(v any) {
	data, err := marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.text(string(data))
}

func list[T any](w *writer, items []T, form func(*T) any) {
	w.text("[")
	for i := range items {
		if i > 0 {
			w.text(",")
		}
		w.text("\n")
		w.value(form(&items[i]))
	}
	w.text("]")
}

// departmentNames says how accounts refer to the departments with these IDs.
func departmentNames(list []office.Department) map[int]departmentRef {
	ids := map[string]bool{}
	for _, d := range list {
		ids[d.SyncID] = true
	}
	names := make(map[int]departmentRef, len(list)+1)
	for _, d := range list {
		if d.SyncID != "" {
			names[d.ID] = departmentRef{text: d.SyncID}
		} else {
			names[d.ID] = departmentRef{text: d.Name, byName: ids[d.Name]}
		}
	}
	return names
}

func fileAccount(a *office.Account, departments map[int]departmentRef, codes map[int]string) account {
	pin, _ := a.PIN.Code() // -1 is none
	return account{
		Number: a.Number, Catalogue: a.Catalogue, SyncID: a.SyncID,
		ShortName: a.ShortName, FullName: a.FullName, Key: a.Key.String(), PIN: &pin,
		DayLimit: fileLimit(a.DayLimit), AllLimit: fileLimit(a.AllLimit), LimitType: int(a.LimitType),
		Fuels: fileFuels(a.Fuels, codes), TimeLimit: a.TimeLimit.String(), ShiftStart: a.ShiftStart.String(),
		Stations: stationList{numbers: a.Stations},
		CanTide:  &a.CanTide, ReqDriver: &a.ReqDriver, ReqCar: a.ReqCar, ReqOdometer: a.ReqOdometer,
		TechTide: a.TechTide, ProtectKey: a.ProtectKey, DefaultCar: a.DefaultCar,
		CardNumber: a.CardNumber, NumLogin: a.NumLogin, Department: departments[a.Department],
		LockedOn: a.LockedOn.String(), SavedTimeLimit: a.SavedTimeLimit.String(),
	}
}

func fileLimit(l office.Limit) *int {
	if n, ok := l.Litres(); ok {
		return &n
	}
	return nil
}

func fileFuels(list []office.FuelLimit, codes map[int]string) string {
	fuels := kmazs.FuelList{All: len(list) == 0}
	for _, f := range list {
		item := kmazs.FuelItem{Code: codes[f.Fuel]}
		item.Limit, item.HasLimit = f.Limit.Litres()
		fuels.Items = append(fuels.Items, item)
	}
	return strings.TrimSpace(fuels.String())
}
