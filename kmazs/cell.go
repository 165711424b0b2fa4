package kmazs

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// What both codecs do with a value that the carrier holds as text, number, logical
// or date: each function sets one field, or makes it invalid and returns the
// finding, so that reading goes on with the next field.

// setText sets a field from text without outer blanks; "" is blank. Text fields
// keep the string they are given.
func (u *User) setText(f Field, s string) *Error {
	switch o := u.slot(f).(type) {
	case *Optional[string]:
		if s == "" {
			o.SetBlank()
		} else {
			o.SetValue(s)
		}
		return nil
	case *Optional[bool]:
		switch {
		case s == "":
			o.SetBlank()
		case strings.EqualFold(s, "true"):
			o.SetValue(true)
		case strings.EqualFold(s, "false"):
			o.SetValue(false)
		default:
			return u.invalid(f, CodeLogical, s)
		}
		return nil
	case *Optional[Date]:
		if s == "" {
			o.SetBlank()
			return nil
		}
		d, err := ParseDate(s)
		if err != nil {
			return u.invalid(f, CodeDate, s)
		}
		o.SetValue(d)
		return nil
	case *Optional[ShiftTime]:
		if s == "" {
			o.SetBlank()
			return nil
		}
		t, err := ParseShiftTime(s)
		if err != nil {
			return u.invalid(f, CodeTime, s)
		}
		o.SetValue(t)
		return nil
	case *Optional[Operation]:
		if s == "" {
			o.SetBlank()
			return nil
		}
		op, ok := parseOperation(s)
		if !ok {
			return u.invalid(f, CodeOperation, s)
		}
		o.SetValue(op)
		return nil
	case slot: // the numbers
		if s == "" {
			o.SetBlank()
			return nil
		}
	}
	n, whole := parseWhole(s)
	if !whole {
		return u.invalid(f, CodeNumber, s)
	}
	return u.setNumber(f, n)
}

// setNumber sets a field of the kind Number. What exceeds the field's range is
// kept where the type holds it, since Check says so.
func (u *User) setNumber(f Field, n int64) *Error {
	info := &fieldTable[f]
	switch o := u.slot(f).(type) {
	case *Optional[int]:
		if n < int64(info.Min) || n > int64(info.Max) {
			o.setInvalid()
			return findingAt(f, rangeError(f, strconv.FormatInt(n, 10)))
		}
		o.SetValue(int(n))
	case *Optional[KeyType]:
		if n < 0 || !KeyType(min(n, 255)).Valid() {
			return u.invalid(f, CodeKeyType, strconv.FormatInt(n, 10))
		}
		o.SetValue(KeyType(n))
	case *Optional[LimitType]:
		if n < 0 || !LimitType(min(n, 255)).Valid() {
			return u.invalid(f, CodeLimitType, strconv.FormatInt(n, 10))
		}
		o.SetValue(LimitType(n))
	}
	return nil
}

// parseWhole reads a whole number: digits, a sign before them, zeros alone after a
// point. Numbers beyond 18 digits come as the largest one, which no range holds.
func parseWhole(s string) (n int64, ok bool) {
	whole, zeros, point := strings.Cut(s, ".")
	if point && (zeros == "" || strings.Trim(zeros, "0") != "") {
		return 0, false
	}
	digits := strings.TrimPrefix(whole, "-")
	if len(digits) == len(whole) {
		digits = strings.TrimPrefix(whole, "+")
	}
	if !allDigits(digits) {
		return 0, false
	}
	n, _ = strconv.ParseInt(whole, 10, 64) // the nearest number if out of range
	return n, true
}

// invalid makes a field invalid and returns the finding.
func (u *User) invalid(f Field, code, value string) *Error {
	u.slot(f).setInvalid()
	return findingAt(f, newError(code, "value", shown(f, value)))
}

func findingAt(f Field, e *Error) *Error {
	e.field, e.f.Field = f, f.String()
	return e
}

// maxShown bounds what of a value a finding keeps, in bytes.
const maxShown = 100

// shown is a value as a text may show it: personal data never, the rest clipped.
func shown(f Field, value string) any {
	if f != 0 && fieldTable[f].Personal {
		return fault.Secret("")
	}
	return clip(value)
}

func clip(s string) string {
	if len(s) <= maxShown {
		return strings.Clone(s)
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
