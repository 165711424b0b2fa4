package dirfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

// problem is what is wrong with the file and where: "accounts[3].key".
type problem struct {
	where  string
	en, ru string
}

func (p *problem) Error() string { return p.Message("en") }

// Message words it in Russian ("ru") or English.
func (p *problem) Message(lang string) string {
	where, what := p.where, p.en
	if lang == "ru" {
		what = p.ru
		if line, ok := strings.CutPrefix(where, "line "); ok {
			where = "строка " + line
		}
	}
	if where == "" {
		return what
	}
	return where + ": " + what
}

func wrong(where, en, ru string, args ...any) error {
	return &problem{where, fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)}
}

// decode reads the file. Unknown members are refused rather than dropped by the
// next rewrite.
func decode(data []byte) (*office.Snapshot, []office.Receipt, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, nil, wrong("", "the file is not UTF-8", "файл не в UTF-8")
	}
	var doc document
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, nil, jsonProblem(data, dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, wrong(place(data, dec.InputOffset()), "something follows the end of the directory", "за концом справочника есть текст")
	}
	s := &office.Snapshot{Revision: doc.Revision, Stations: sortedOnce(doc.Stations)}
	for i, n := range s.Stations {
		if n < 1 {
			return nil, nil, wrong(fmt.Sprintf("stations[%d]", i+1), "%d is no station number", "%d — не номер КМАЗС", n)
		}
	}
	r := &reader{s: s, doc: &doc}
	for _, read := range []func() error{r.fuels, r.departments, r.accounts} {
		if err := read(); err != nil {
			return nil, nil, err
		}
	}
	var receipts []office.Receipt
	for _, f := range doc.Receipts {
		receipts = append(receipts, office.Receipt{Digest: f.Digest, Result: kmazs.Result(f.Result), At: f.At})
	}
	return s, receipts, nil
}

// jsonProblem says where in the text the JSON is wrong.
func jsonProblem(data []byte, dec *json.Decoder, err error) error {
	offset := dec.InputOffset()
	ru := "недопустимое значение"
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset, ru = syntax.Offset, "нарушен JSON"
	} else if typ, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = typ.Offset
		err = fmt.Errorf("a %s stands in the place of another type", typ.Value)
		ru = "значение " + typ.Value + " на месте другого типа"
		if typ.Field != "" {
			err = fmt.Errorf("%s: %w", typ.Field, err)
			ru = typ.Field + ": " + ru
		}
	} else if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		ru = "неизвестное поле " + name
	} else if errors.Is(err, io.EOF) {
		err, ru = errors.New("the file is empty; an empty directory is {}"), "файл пуст; пустой справочник — это {}"
	} else if errors.Is(err, io.ErrUnexpectedEOF) {
		err, ru = errors.New("the file ends too early"), "файл обрывается"
	}
	return wrong(place(data, offset), "%[1]s", "%[2]s", strings.TrimPrefix(err.Error(), "json: "), ru)
}

func place(data []byte, offset int64) string {
	before := data[:min(max(offset, 0), int64(len(data)))]
	return fmt.Sprintf("line %d", 1+bytes.Count(before, []byte("\n")))
}

type reader struct {
	s   *office.Snapshot
	doc *document

	fuelIDs   map[string]int
	bySyncID  map[string]int // ID of the department
	byName    map[string]int // the same, of the first one with that name; without sync id before others
	nameAlone map[string]int // the same, of those without sync id
}

func (r *reader) fuels() error {
	r.fuelIDs = map[string]int{}
	ids := map[int]bool{}
	for i, f := range r.doc.Fuels {
		where := fmt.Sprintf("fuels[%d]", i+1)
		switch _, twice := r.fuelIDs[f.Code]; {
		case twice:
			return wrong(where, "code %q stands twice", "код %q повторяется", f.Code)
		case ids[f.ID]:
			return wrong(where, "id %d stands twice", "номер %d повторяется", f.ID)
		}
		list, err := kmazs.ParseFuels(f.Code)
		if err != nil || list.All || len(list.Items) != 1 || list.Items[0] != (kmazs.FuelItem{Code: f.Code}) {
			return wrong(where, "%q cannot be the code of a fuel: no outer blanks, none of , ; =, not the word empty", "%q не может быть кодом топлива: без пробелов по краям, без знаков , ; = и не слово empty", f.Code)
		}
		ids[f.ID] = true
		r.fuelIDs[f.Code] = f.ID
		r.s.Fuels = append(r.s.Fuels, office.Fuel{ID: f.ID, Code: f.Code})
	}
	return nil
}

func (r *reader) departments() error {
	r.bySyncID, r.byName, r.nameAlone = map[string]int{}, map[string]int{}, map[string]int{}
	for i, f := range r.doc.Departments {
		where := fmt.Sprintf("departments[%d]", i+1)
		id := i + 1
		if f.SyncID != "" {
			if _, twice := r.bySyncID[f.SyncID]; twice {
				return wrong(where, "syncId %q stands twice", "syncId %q повторяется", f.SyncID)
			}
			r.bySyncID[f.SyncID] = id
			if _, known := r.byName[f.Name]; !known {
				r.byName[f.Name] = id
			}
		} else {
			if _, twice := r.nameAlone[f.Name]; twice {
				return wrong(where, "name %q stands twice without a syncId", "название %q без syncId повторяется", f.Name)
			}
			r.nameAlone[f.Name] = id
		}
		d := office.Department{ID: id, SyncID: f.SyncID, Name: f.Name}
		if len(f.Stations) > 0 {
			d.Stations = sortedOnce(f.Stations)
		}
		r.s.Departments = append(r.s.Departments, d)
	}
	return nil
}

func (r *reader) department(ref departmentRef) (int, bool) {
	if ref.text == "" {
		return 0, !ref.byName
	}
	if !ref.byName {
		if id, ok := r.bySyncID[ref.text]; ok {
			return id, true
		}
	}
	if id, ok := r.nameAlone[ref.text]; ok {
		return id, true
	}
	id, ok := r.byName[ref.text]
	return id, ok && !ref.byName
}

func (r *reader) accounts() error {
	numbers := make(map[int]bool, len(r.doc.Accounts))
	syncIDs := make(map[string]bool, len(r.doc.Accounts))
	r.s.Accounts = make([]office.Account, 0, len(r.doc.Accounts))
	for i := range r.doc.Accounts {
		f := &r.doc.Accounts[i]
		where := fmt.Sprintf("accounts[%d]", i+1)
		switch {
		case f.Number < 1:
			return wrong(where+".number", "an account needs a number of 1 or more", "номер учётной записи должен быть от 1")
		case numbers[f.Number]:
			return wrong(where+".number", "%d stands twice", "%d повторяется", f.Number)
		}
		numbers[f.Number] = true
		a, err := r.account(f, where)
		if err != nil {
			return err
		}
		if a.SyncID != "" && a.Catalogue != office.Operator {
			if syncIDs[a.SyncID] {
				return wrong(where+".syncId", "it stands twice among drivers and vehicles", "повторяется среди водителей и ТС")
			}
			syncIDs[a.SyncID] = true
		}
		r.s.Accounts = append(r.s.Accounts, a)
	}
	return nil
}

// account reads one account over the values of a new one (K19).
func (r *reader) account(f *account, where string) (office.Account, error) {
	catalogue := f.Catalogue
	if catalogue == 0 {
		catalogue = office.Driver
	}
	a := office.NewAccount(catalogue)
	a.Number, a.SyncID, a.ShortName, a.FullName, a.CardNumber = f.Number, f.SyncID, f.ShortName, f.FullName, f.CardNumber
	if err := a.Key.UnmarshalText([]byte(f.Key)); err != nil {
		return a, wrong(where+".key", "it is no key: 16 hexadecimal digits, or 3: and decimal ones", "это не ключ: нужно 16 шестнадцатеричных цифр либо 3: и десятичные цифры")
	}
	var ok bool
	if f.PIN != nil && *f.PIN != -1 {
		if *f.PIN < 0 || *f.PIN > 99_999_999 {
			return a, wrong(where+".pin", "it is outside -1..99999999", "значение вне пределов -1..99999999")
		}
		a.PIN = office.PINCode(*f.PIN)
	}
	if a.DayLimit, ok = limit(f.DayLimit); !ok {
		return a, wrong(where+".dayLimit", "%d is outside 0..2000000", "%d вне пределов 0..2000000", *f.DayLimit)
	}
	if a.AllLimit, ok = limit(f.AllLimit); !ok {
		return a, wrong(where+".allLimit", "%d is outside 0..2000000", "%d вне пределов 0..2000000", *f.AllLimit)
	}
	if a.LimitType = kmazs.LimitType(f.LimitType); f.LimitType < 0 || f.LimitType > 7 || !a.LimitType.Valid() {
		return a, wrong(where+".limitType", "%d is none of 0, 1, 2, 4, 7", "%d — не одно из 0, 1, 2, 4, 7", f.LimitType)
	}
	if f.Fuels != "" {
		list, err := kmazs.ParseFuels(f.Fuels)
		if err != nil {
			return a, wrong(where+".fuels", "%q is no list of fuels", "%q — не список видов топлива", f.Fuels)
		}
		for _, item := range list.Items {
			id, known := r.fuelIDs[item.Code]
			if !known {
				return a, wrong(where+".fuels", "there is no fuel %q", "нет топлива %q", item.Code)
			}
			limit := office.Limit{}
			if item.HasLimit {
				limit = office.Litres(item.Limit)
			}
			a.Fuels = append(a.Fuels, office.FuelLimit{Fuel: id, Limit: limit})
		}
	}
	for _, day := range []struct {
		to         *kmazs.Date
		text, name string
	}{{&a.TimeLimit, f.TimeLimit, "timeLimit"}, {&a.LockedOn, f.LockedOn, "lockedOn"}, {&a.SavedTimeLimit, f.SavedTimeLimit, "savedTimeLimit"}} {
		if err := day.to.UnmarshalText([]byte(day.text)); err != nil {
			return a, wrong(where+"."+day.name, "%q is no date; write yyyy-mm-dd", "%q — не дата; запишите её в виде гггг-мм-дд", day.text)
		}
	}
	if f.ShiftStart != "" {
		if err := a.ShiftStart.UnmarshalText([]byte(f.ShiftStart)); err != nil {
			return a, wrong(where+".shiftStart", "%q is no time of day; write 8:00", "%q — не время; запишите его в виде 8:00", f.ShiftStart)
		}
	}
	if f.Stations.all {
		a.Stations = r.s.Stations
	} else if len(f.Stations.numbers) > 0 {
		a.Stations = sortedOnce(f.Stations.numbers)
	}
	if f.CanTide != nil {
		a.CanTide = *f.CanTide
	}
	if f.ReqDriver != nil {
		a.ReqDriver = *f.ReqDriver
	}
	a.ReqCar, a.ReqOdometer, a.TechTide, a.ProtectKey, a.NumLogin = f.ReqCar, f.ReqOdometer, f.TechTide, f.ProtectKey, f.NumLogin
	a.DefaultCar = f.DefaultCar
	if a.Department, ok = r.department(f.Department); !ok {
		return a, wrong(where+".department", "there is no department %q", "нет подразделения %q", f.Department.text)
	}
	return a, nil
}

func limit(n *int) (office.Limit, bool) {
	if n == nil {
		return office.Limit{}, true
	}
	if *n < 0 || *n > 2_000_000 {
		return office.Limit{}, false
	}
	return office.Litres(*n), true
}
