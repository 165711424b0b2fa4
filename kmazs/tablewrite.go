package kmazs

import (
	"io"
	"iter"
	"strings"
	"time"

	"github.com/obmen-go/obmen/dbfio"
)

// WriteTableOptions say how a users table is written; nil is the zero value.
type WriteTableOptions struct {
	// CodePage is CP1251, the default, or CP866.
	CodePage dbfio.CodePage
	// AllowedStations, unless "", is written into each blank STATIONS of a
	// record that does not delete, since a folder knows no such option (K0).
	AllowedStations string
	// KeysAsRFID writes keys of KEY_TYPE 1 into RFID where its 19 digits
	// suffice, instead of making KEY wider (K16).
	KeysAsRFID bool
	// Updated is the day in the table's header. It defaults to today.
	Updated time.Time
}

// WriteTable writes users as a table at path, whose name must be one of lower-case
// Latin letters and digits (D5); it appears complete or not at all. The columns are
// the fields that any user has, all fields if there is no user (D10), in the order
// of the table. users is ranged over twice. Users that have findings, or that the
// table cannot express, are returned as Findings, and nothing is written:
//
//   - a text that the code page lacks or that is too long (K14), a STATIONS of
//     more than 255 characters among them: write "all" there;
//   - FULLNAME or CARDNUM absent where another user makes it a column: the blank
//     cell would clear it.
//
// It returns the number of records, for dbfrecordcount.
func WriteTable(path string, users iter.Seq[*User], o *WriteTableOptions) (int, error) {
	t, err := planTable(users, o)
	if err != nil {
		return 0, err
	}
	w := t.writeOptions()
	w.UsersName = true
	f, err := dbfio.Create(path, t.columns, w)
	if err != nil {
		return 0, tableError(CodeTableWrite, err)
	}
	defer f.Close()
	n, err := t.rows(f.Writer, users)
	if err != nil {
		return 0, err
	}
	if err := f.Commit(); err != nil {
		return 0, tableError(CodeTableWrite, err)
	}
	return n, nil
}

// WriteTableTo is WriteTable into a file that the caller has opened and closes;
// after an error it holds a part of a table.
func WriteTableTo(dst io.WriteSeeker, users iter.Seq[*User], o *WriteTableOptions) (int, error) {
	t, err := planTable(users, o)
	if err != nil {
		return 0, err
	}
	w, err := dbfio.NewWriter(dst, t.columns, t.writeOptions())
	if err != nil {
		return 0, tableError(CodeTableWrite, err)
	}
	n, err := t.rows(w, users)
	if err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, tableError(CodeTableWrite, err)
	}
	return n, nil
}

// tablePlan is what must be known of all users before the first row.
type tablePlan struct {
	o       WriteTableOptions
	fields  []Field
	columns []dbfio.Column
}

func (t *tablePlan) writeOptions() *dbfio.WriteOptions {
	return &dbfio.WriteOptions{CodePage: t.o.CodePage, Updated: t.o.Updated, Mask: PersonalColumns()}
}

func planTable(users iter.Seq[*User], o *WriteTableOptions) (*tablePlan, error) {
	t := &tablePlan{}
	if o != nil {
		t.o = *o
	}
	if t.o.AllowedStations != "" {
		if _, err := ParseStations(t.o.AllowedStations); err != nil {
			return nil, findingAt(FieldStations, err.(*Error))
		}
	}
	if err := checkAll(users); err != nil {
		return nil, err
	}
	var present FieldSet
	keyWidth := fieldTable[FieldKey].Width
	for u := range users {
		v := t.shaped(u)
		present |= v.Present()
		if len(v.Key.value) > keyWidth {
			keyWidth = decimalWidth
		}
	}
	if present == 0 {
		present = SetOf()
		for f := range Fields() {
			present = present.With(f)
		}
	}
	if err := t.checkCells(users, present); err != nil {
		return nil, err
	}
	for f := range present.All() {
		c := f.Column()
		if f == FieldKey {
			c.Width = keyWidth
		}
		t.fields, t.columns = append(t.fields, f), append(t.columns, c)
	}
	return t, nil
}

// shaped is the user as the table holds it.
func (t *tablePlan) shaped(u *User) User {
	v := *u
	v.tidy()
	if t.o.AllowedStations != "" && !v.Stations.HasValue() && !v.IsDelete() {
		v.Stations.SetValue(t.o.AllowedStations)
	}
	if s, ok := v.Stations.Get(); ok && len(s) > fieldTable[FieldStations].Width {
		if list, err := ParseStations(s); err == nil {
			v.Stations.SetValue(list.String()) // without blanks and repeats
		}
	}
	if t.o.KeysAsRFID && v.KeyType.Or(KeyDefault) == KeyRFIDDecimal {
		digits := strings.TrimLeft(v.Key.value, "0")
		if v.Key.HasValue() && len(digits) <= rfidWidth {
			v.RFID.SetValue(strings.Repeat("0", rfidWidth-len(digits)) + digits)
			v.Key.SetAbsent()
			v.KeyType.SetAbsent()
		}
	}
	return v
}

// checkCells finds what the fields may hold but this table cannot.
func (t *tablePlan) checkCells(users iter.Seq[*User], present FieldSet) error {
	var all Findings
	n := 0
	for u := range users {
		n++
		v := t.shaped(u)
		bad := func(f Field, e *Error) {
			e.f.Record = n
			all = append(all, findingAt(f, e))
		}
		if list := v.Stations.value; len(list) > fieldTable[FieldStations].Width {
			bad(FieldStations, newError(CodeStationsLong, "length", len(list), "limit", fieldTable[FieldStations].Width))
		}
		if k := len([]rune(v.DefGSM.value)); k > fieldTable[FieldDefGSM].Width {
			bad(FieldDefGSM, newError(CodeTextLength, "length", k, "limit", fieldTable[FieldDefGSM].Width))
		}
		for f := range present.All() {
			if fieldTable[f].ClearsOnBlank && v.slot(f).State() == StateAbsent && !v.IsDelete() {
				bad(f, newError(CodeWouldClear))
			}
		}
	}
	if all == nil {
		return nil
	}
	return all
}

func (t *tablePlan) rows(w *dbfio.Writer, users iter.Seq[*User]) (int, error) {
	n := 0
	for u := range users {
		v := t.shaped(u)
		for i, f := range t.fields {
			if o := v.slot(f); o.State() != StateValue {
				w.SetBlank(i)
				continue
			}
			// What does not fit comes back from WriteRow.
			switch o := v.slot(f).(type) {
			case *Optional[int]:
				w.SetInt(i, int64(o.value))
			case *Optional[KeyType]:
				w.SetInt(i, int64(o.value))
			case *Optional[LimitType]:
				w.SetInt(i, int64(o.value))
			case *Optional[bool]:
				w.SetBool(i, o.value)
			case *Optional[Date]:
				w.SetTime(i, o.value.Time(time.UTC))
			default:
				w.SetText(i, v.text(f))
			}
		}
		if err := w.WriteRow(); err != nil {
			return 0, tableError(CodeTableWrite, err)
		}
		n++
	}
	return n, nil
}
