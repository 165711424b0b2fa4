package office

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
)

// Catalogue says which list of the office an account stands in.
type Catalogue uint8

// The catalogues. Operators, administrators among them, are never matched,
// changed, locked or deleted by an import (K39).
const (
	Driver   Catalogue = iota + 1 // a person who takes fuel
	Vehicle                       // a vehicle
	Operator                      // a user of the office program
)

var catalogueNames = [...]string{Driver: "driver", Vehicle: "vehicle", Operator: "operator"}

// String returns "driver", "vehicle" or "operator", and for another value its number.
func (c Catalogue) String() string {
	if int(c) < len(catalogueNames) && c != 0 {
		return catalogueNames[c]
	}
	return "Catalogue(" + strconv.Itoa(int(c)) + ")"
}

// MarshalText writes the name of a known catalogue.
func (c Catalogue) MarshalText() ([]byte, error) {
	if c < Driver || c > Operator {
		return nil, fmt.Errorf("kmazs/office: %v has no name", c)
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads the name of a catalogue.
func (c *Catalogue) UnmarshalText(text []byte) error {
	if i := slices.Index(catalogueNames[:], string(text)); i > 0 {
		*c = Catalogue(i)
		return nil
	}
	return fmt.Errorf("kmazs/office: no catalogue is named %q; there are driver, vehicle and operator", text)
}

// LogValue names the account and hides its personal data from log/slog.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("number", a.Number), slog.String("catalogue", a.Catalogue.String()))
}

// Limit is a number of litres, or no limit; the zero value is no limit, which
// is not the limit 0: that one blocks dispensing.
type Limit struct{ above int32 } // litres + 1

// Litres is the limit of n litres. It panics if n is outside 0..2000000.
func Litres(n int) Limit {
	if n < 0 || n > maxLitres {
		panic(fmt.Sprintf("kmazs/office: a limit of %d litres", n))
	}
	return Limit{int32(n) + 1}
}

// maxLitres is the highest limit that a field of a record holds.
const maxLitres = 2_000_000

// Litres returns the number of litres and whether there is a limit at all.
func (l Limit) Litres() (n int, ok bool) { return int(l.above) - 1, l.above != 0 }

// String is the number of litres, or "" for no limit.
func (l Limit) String() string {
	if l.above == 0 {
		return ""
	}
	return strconv.Itoa(int(l.above) - 1)
}

// MarshalJSON writes the number of litres, of no limit null.
func (l Limit) MarshalJSON() ([]byte, error) { return appendOptional(l.Litres()), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (l *Limit) UnmarshalJSON(text []byte) error {
	n, ok, err := readOptional(text, maxLitres)
	*l = Limit{}
	if ok {
		*l = Litres(n)
	}
	return err
}

func appendOptional(n int, ok bool) []byte {
	if !ok {
		return []byte("null")
	}
	return strconv.AppendInt(nil, int64(n), 10)
}

func readOptional(text []byte, most int) (n int, ok bool, err error) {
	if string(text) == "null" {
		return 0, false, nil
	}
	n, err = strconv.Atoi(string(text))
	if err != nil || n < 0 || n > most {
		return 0, false, fmt.Errorf("kmazs/office: a value is no whole number of 0 to %d, nor null", most)
	}
	return n, true, nil
}

// PIN is the number that a user types on the station, or none; the zero value
// is none, which is not the PIN 0. It prints masked.
type PIN struct{ above int32 } // code + 1

// PINCode is the PIN with this code. It panics if code is outside 0..99999999.
func PINCode(code int) PIN {
	if code < 0 || code > maxPIN {
		panic("kmazs/office: a PIN outside 0..99999999")
	}
	return PIN{int32(code) + 1}
}

const maxPIN = 99_999_999

// Code returns the PIN and whether there is one.
func (p PIN) Code() (code int, ok bool) { return int(p.above) - 1, p.above != 0 }

// String hides the code: it is "none" or "****".
func (p PIN) String() string {
	if p.above == 0 {
		return "none"
	}
	return "****"
}

// GoString hides the code from %#v too.
func (p PIN) GoString() string { return p.String() }

// LogValue hides the code from log/slog.
func (p PIN) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON writes the code, of no PIN null: it is for a store, not for a log.
func (p PIN) MarshalJSON() ([]byte, error) { return appendOptional(p.Code()), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PIN) UnmarshalJSON(text []byte) error {
	n, ok, err := readOptional(text, maxPIN)
	*p = PIN{}
	if ok {
		*p = PINCode(n)
	}
	return err
}
