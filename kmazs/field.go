package kmazs

import (
	"iter"
	"math/bits"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/dbfio"
)

// Field is one of the 29 fields of a record, in the order of the document's table.
type Field uint8

// The fields; the zero value is none.
const (
	FieldID         Field = iota + 1 // ID
	FieldSyncID                      // SYNCID
	FieldOperation                   // OPERATION
	FieldDepart                      // DEPART
	FieldDepSyncID                   // DEPSYNCID
	FieldIsCar                       // ISCAR
	FieldShortName                   // SHORTNAME
	FieldFullName                    // FULLNAME
	FieldKey                         // KEY
	FieldKeyType                     // KEY_TYPE
	FieldRFID                        // RFID
	FieldPIN                         // PIN
	FieldDayLimit                    // DAYLIMIT
	FieldAllLimit                    // ALLLIMIT
	FieldDopLimit                    // DOPLIMIT
	FieldLimitType                   // LIMITTYPE
	FieldDefGSM                      // DEFGSM
	FieldTimeLimit                   // TIMELIMIT
	FieldSMBegTime                   // SMBEGTIME
	FieldStations                    // STATIONS
	FieldCanTide                     // CANTIDE
	FieldReqDriver                   // REQDRIVER
	FieldReqCar                      // REQCAR
	FieldReqOdometr                  // REQODOMETR
	FieldTechTide                    // TECHTIDE
	FieldProtectKey                  // PROTECTKEY
	FieldDefCarID                    // DEFCARID
	FieldCardNum                     // CARDNUM
	FieldNumLogin                    // NUMLOGIN
)

// FieldCount is the number of fields.
const FieldCount = int(FieldNumLogin)

// Kind is the type of a field's value.
type Kind uint8

// The kinds.
const (
	Text      Kind = iota + 1 // text of at most Width characters
	Number                    // whole number from Min to Max
	Logical                   // true or false
	Day                       // calendar date
	ClockTime                 // time of day, a text in the table
)

var kindNames = [...]string{"", "text", "number", "logical", "day", "clock time"}

// String returns text, number, logical, day or clock time; "" for zero.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// FieldInfo is what the table says about a field. It drives both codecs, the
// validation and the documentation.
type FieldInfo struct {
	// Field is the field, Name its column and JSON key.
	Field Field
	Name  string
	// Kind is the type of the value.
	Kind Kind
	// Width is that of the DBF column, in characters; of texts it binds JSON
	// too unless Unbound (K14).
	Width int
	// Unbound: the width does not bind JSON (STATIONS, DEFGSM).
	Unbound bool
	// Min and Max bound a Number.
	Min, Max int
	// KeepsOnBlank: a blank leaves the existing value as it is (¹ in the table).
	KeepsOnBlank bool
	// ClearsOnBlank: a blank deletes the existing value (K12).
	ClearsOnBlank bool
	// Personal: the value is personal data or opens a pump; texts of errors and
	// logs never hold it.
	Personal bool
	// Meaning is a short description.
	Meaning string
}

const (
	maxDayLimit = 65535
	maxLitres   = 2_000_000
	maxPIN      = 99_999_999
	maxNumber   = 1<<31 - 1 // the document's "Integer"
)

// fieldTable is the document's table. Entry i is field i; 0 is unused.
var fieldTable = [FieldCount + 1]FieldInfo{
	FieldID:         {Name: "ID", Kind: Text, Width: 40, Meaning: "synchronisation id, unique per record"},
	FieldSyncID:     {Name: "SYNCID", Kind: Text, Width: 40, Meaning: "the same as ID under another name"},
	FieldOperation:  {Name: "OPERATION", Kind: Text, Width: 1, Meaning: "U add or change, D delete; blank = U"},
	FieldDepart:     {Name: "DEPART", Kind: Text, Width: 100, KeepsOnBlank: true, Meaning: "name of the department"},
	FieldDepSyncID:  {Name: "DEPSYNCID", Kind: Text, Width: 40, KeepsOnBlank: true, Meaning: "synchronisation id of the department"},
	FieldIsCar:      {Name: "ISCAR", Kind: Logical, Width: 1, Meaning: "true vehicle, false driver"},
	FieldShortName:  {Name: "SHORTNAME", Kind: Text, Width: 16, Personal: true, Meaning: "registration number or short name"},
	FieldFullName:   {Name: "FULLNAME", Kind: Text, Width: 50, ClearsOnBlank: true, Personal: true, Meaning: "vehicle model or full name"},
	FieldKey:        {Name: "KEY", Kind: Text, Width: 16, KeepsOnBlank: true, Personal: true, Meaning: "key, card or tag, read as KEY_TYPE says; 16 zeros = no key"},
	FieldKeyType:    {Name: "KEY_TYPE", Kind: Number, Width: 2, Min: 0, Max: 3, Meaning: "0 default (HEX), 1 RFID decimal, 2 RFID hexadecimal, 3 Premium-Card decimal"},
	FieldRFID:       {Name: "RFID", Kind: Text, Width: 19, KeepsOnBlank: true, Personal: true, Meaning: "RFID tag id, 19 digits"},
	FieldPIN:        {Name: "PIN", Kind: Number, Width: 9, Min: -1, Max: maxPIN, KeepsOnBlank: true, Personal: true, Meaning: "PIN code; -1 = none"},
	FieldDayLimit:   {Name: "DAYLIMIT", Kind: Number, Width: 5, Max: maxDayLimit, KeepsOnBlank: true, Meaning: "litres a day; 0 blocks"},
	FieldAllLimit:   {Name: "ALLLIMIT", Kind: Number, Width: 7, Max: maxLitres, KeepsOnBlank: true, Meaning: "additional limit, litres; 0 blocks"},
	FieldDopLimit:   {Name: "DOPLIMIT", Kind: Number, Width: 7, Max: maxLitres, KeepsOnBlank: true, Meaning: "the same as ALLLIMIT under another name"},
	FieldLimitType:  {Name: "LIMITTYPE", Kind: Number, Width: 2, Max: 7, KeepsOnBlank: true, Meaning: "0 default, 1 constant, 2 monthly, 4 weekly, 7 single dispensing"},
	FieldDefGSM:     {Name: "DEFGSM", Kind: Text, Width: 255, Unbound: true, KeepsOnBlank: true, Meaning: "allowed fuels and limits: 92=500;95; empty = every fuel"},
	FieldTimeLimit:  {Name: "TIMELIMIT", Kind: Day, Width: 8, KeepsOnBlank: true, Meaning: "last day that is served"},
	FieldSMBegTime:  {Name: "SMBEGTIME", Kind: ClockTime, Width: 5, KeepsOnBlank: true, Meaning: "start of shift, h:mm"},
	FieldStations:   {Name: "STATIONS", Kind: Text, Width: 255, Unbound: true, KeepsOnBlank: true, Meaning: "allowed stations: 1,2,10; all; empty"},
	FieldCanTide:    {Name: "CANTIDE", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "may dispense fuel"},
	FieldReqDriver:  {Name: "REQDRIVER", Kind: Logical, Width: 1, Meaning: "a driver must authorise before the vehicle"},
	FieldReqCar:     {Name: "REQCAR", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "a vehicle must authorise after the driver"},
	FieldReqOdometr: {Name: "REQODOMETR", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "the odometer is asked for"},
	FieldTechTide:   {Name: "TECHTIDE", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "dispensings are technical, into a measure"},
	FieldProtectKey: {Name: "PROTECTKEY", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "a PIN is asked for after the key"},
	FieldDefCarID:   {Name: "DEFCARID", Kind: Number, Width: 10, Max: maxNumber, KeepsOnBlank: true, Meaning: "personal number of the default vehicle"},
	FieldCardNum:    {Name: "CARDNUM", Kind: Text, Width: 20, ClearsOnBlank: true, Personal: true, Meaning: "number printed on the card"},
	FieldNumLogin:   {Name: "NUMLOGIN", Kind: Logical, Width: 1, KeepsOnBlank: true, Meaning: "login by personal number and PIN"},
}

// Fields yields the fields in the order of the table.
func Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for f := FieldID; f <= FieldNumLogin && yield(f); f++ {
		}
	}
}

// Info returns what the table says; the zero FieldInfo for an unknown field.
func (f Field) Info() FieldInfo {
	if f < FieldID || f > FieldNumLogin {
		return FieldInfo{}
	}
	info := fieldTable[f]
	info.Field = f
	return info
}

// String is the name of the column, "" for 0, or Field(n).
func (f Field) String() string {
	if f == 0 {
		return ""
	}
	if f > FieldNumLogin {
		return "Field(" + strconv.Itoa(int(f)) + ")"
	}
	return fieldTable[f].Name
}

// MarshalText writes String.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the name of a column in any case; "" is no field.
func (f *Field) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*f = 0
		return nil
	}
	got, ok := ParseField(strings.ToUpper(string(text)))
	if !ok {
		return newError(CodeUnknownField, "name", string(text))
	}
	*f = got
	return nil
}

// ParseField returns the field of that exact name.
func ParseField(name string) (Field, bool) {
	for f := FieldID; f <= FieldNumLogin; f++ {
		if fieldTable[f].Name == name {
			return f, true
		}
	}
	return 0, false
}

// parseFieldBytes is ParseField without an allocation; the length and the first
// letter leave few names to compare.
func parseFieldBytes(name []byte) (Field, bool) {
	for f := FieldID; f <= FieldNumLogin; f++ {
		if n := fieldTable[f].Name; len(n) == len(name) && n[0] == name[0] && n == string(name) {
			return f, true
		}
	}
	return 0, false
}

// Column is the field's column of a DBF table.
func (f Field) Column() dbfio.Column {
	info := f.Info()
	switch info.Kind {
	case Number:
		return dbfio.Number(info.Name, info.Width, 0)
	case Logical:
		return dbfio.Bool(info.Name)
	case Day:
		return dbfio.Day(info.Name)
	}
	return dbfio.Char(info.Name, info.Width)
}

// Columns are the columns of a table that holds all fields (D10).
func Columns() []dbfio.Column {
	list := make([]dbfio.Column, 0, FieldCount)
	for f := range Fields() {
		list = append(list, f.Column())
	}
	return list
}

// FieldSet is a set of fields; its zero value is empty.
type FieldSet uint32

// SetOf is the set of these fields.
func SetOf(fields ...Field) FieldSet {
	var s FieldSet
	for _, f := range fields {
		s = s.With(f)
	}
	return s
}

// With is the set with one field more.
func (s FieldSet) With(f Field) FieldSet { return s | 1<<f }

// Has says whether the field is in the set.
func (s FieldSet) Has(f Field) bool { return s&(1<<f) != 0 }

// Len is the number of fields in the set.
func (s FieldSet) Len() int { return bits.OnesCount32(uint32(s)) }

// String lists the names in the order of the table: "SYNCID, KEY".
func (s FieldSet) String() string {
	var names []string
	for f := range s.All() {
		names = append(names, f.String())
	}
	return strings.Join(names, ", ")
}

// All yields the fields of the set in the order of the table.
func (s FieldSet) All() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for f := range Fields() {
			if s.Has(f) && !yield(f) {
				return
			}
		}
	}
}
