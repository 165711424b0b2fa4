package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/kmazs"
)

// Change is one field of an account and its value before and after, as texts: a
// number of litres, true or false, yyyy-mm-dd, a list as a record writes it; ""
// is no value. The values may be personal data, a key or a PIN.
type Change struct {
	// Field is the field; of aliases SYNCID, KEY, ALLLIMIT, DEPART.
	Field kmazs.Field
	// From is the value before, To the value after.
	From, To string
}

// names turn the numbers in accounts into what records call them.
type names struct {
	fuels       map[int]string
	departments map[int]string
}

func namesOf(s *Snapshot, made []Department) *names {
	n := &names{map[int]string{}, map[int]string{}}
	for _, f := range s.Fuels {
		n.fuels[f.ID] = f.Code
	}
	for _, list := range [][]Department{s.Departments, made} {
		for _, d := range list {
			n.departments[d.ID] = d.Name
		}
	}
	return n
}

// changes compares accounts field by field, in the order of the field table.
func (n *names) changes(before, after *Account) []Change {
	var list []Change
	add := func(f kmazs.Field, from, to string) {
		if from != to {
			list = append(list, Change{f, from, to})
		}
	}
	logical := func(f kmazs.Field, from, to bool) {
		add(f, strconv.FormatBool(from), strconv.FormatBool(to))
	}
	add(kmazs.FieldSyncID, before.SyncID, after.SyncID)
	if before.Department != after.Department {
		list = append(list, Change{kmazs.FieldDepart, n.departments[before.Department], n.departments[after.Department]})
	}
	logical(kmazs.FieldIsCar, before.Catalogue == Vehicle, after.Catalogue == Vehicle)
	add(kmazs.FieldShortName, before.ShortName, after.ShortName)
	add(kmazs.FieldFullName, before.FullName, after.FullName)
	add(kmazs.FieldKey, before.Key.String(), after.Key.String())
	add(kmazs.FieldPIN, pinText(before.PIN), pinText(after.PIN))
	add(kmazs.FieldDayLimit, before.DayLimit.String(), after.DayLimit.String())
	add(kmazs.FieldAllLimit, before.AllLimit.String(), after.AllLimit.String())
	add(kmazs.FieldLimitType, strconv.Itoa(int(before.LimitType)), strconv.Itoa(int(after.LimitType)))
	if !sameFuels(before.Fuels, after.Fuels) {
		add(kmazs.FieldDefGSM, n.fuelText(before.Fuels), n.fuelText(after.Fuels))
	}
	add(kmazs.FieldTimeLimit, before.TimeLimit.String(), after.TimeLimit.String())
	add(kmazs.FieldSMBegTime, before.ShiftStart.String(), after.ShiftStart.String())
	if !slices.Equal(before.Stations, after.Stations) {
		add(kmazs.FieldStations, stationText(before.Stations), stationText(after.Stations))
	}
	logical(kmazs.FieldCanTide, before.CanTide, after.CanTide)
	logical(kmazs.FieldReqDriver, before.ReqDriver, after.ReqDriver)
	logical(kmazs.FieldReqCar, before.ReqCar, after.ReqCar)
	logical(kmazs.FieldReqOdometr, before.ReqOdometer, after.ReqOdometer)
	logical(kmazs.FieldTechTide, before.TechTide, after.TechTide)
	logical(kmazs.FieldProtectKey, before.ProtectKey, after.ProtectKey)
	add(kmazs.FieldDefCarID, strconv.Itoa(before.DefaultCar), strconv.Itoa(after.DefaultCar))
	add(kmazs.FieldCardNum, before.CardNumber, after.CardNumber)
	logical(kmazs.FieldNumLogin, before.NumLogin, after.NumLogin)
	return list
}

// pinText is the PIN as a record writes it: -1 is none.
func pinText(p PIN) string {
	code, _ := p.Code()
	return strconv.Itoa(code)
}

func stationText(list []int) string {
	if len(list) == 0 {
		return "empty"
	}
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

func (n *names) fuelText(list []FuelLimit) string {
	if len(list) == 0 {
		return "empty"
	}
	texts := make([]string, len(list))
	for i, f := range list {
		texts[i] = n.fuels[f.Fuel]
		if litres, ok := f.Limit.Litres(); ok {
			texts[i] += "=" + strconv.Itoa(litres)
		}
	}
	return strings.Join(texts, ";")
}

// sameFuels says whether two lists allow the same; their order has no meaning.
func sameFuels(a, b []FuelLimit) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !slices.Contains(b, a[i]) {
			return false
		}
	}
	return true
}
