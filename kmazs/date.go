package kmazs

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a calendar day; the zero value is none. Dates of years 1 to 9999 can be
// compared with == and ordered by Compare.
type Date struct {
	year       int16
	month, day uint8
}

// NewDate is the day of that year, month and day. It reports false if there is no
// such day between the years 1 and 9999.
func NewDate(year int, month time.Month, day int) (Date, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, false
	}
	return Date{int16(year), uint8(month), uint8(day)}, true
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// DateOf is the calendar day of t in t's own location, the zero Date outside the
// years 1 to 9999.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	d, _ := NewDate(year, month, day)
	return d
}

// ParseDate reads dd.mm.yyyy, yyyy-mm-dd and yyyymmdd (K23).
func ParseDate(s string) (Date, error) {
	var y, m, d string
	switch {
	case len(s) == 10 && s[2] == '.' && s[5] == '.':
		d, m, y = s[:2], s[3:5], s[6:]
	case len(s) == 10 && s[4] == '-' && s[7] == '-':
		y, m, d = s[:4], s[5:7], s[8:]
	case len(s) == 8:
		y, m, d = s[:4], s[4:6], s[6:]
	}
	if date, ok := NewDate(digits(y), time.Month(digits(m)), digits(d)); ok {
		return date, nil
	}
	return Date{}, newError(CodeDate, "value", s)
}

// digits is the number that s spells in decimal digits alone, -1 otherwise.
func digits(s string) int {
	if s == "" || len(s) > 9 {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// IsZero says whether it is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Date returns year, month and day; zeros for no day.
func (d Date) Date() (year int, month time.Month, day int) {
	return int(d.year), time.Month(d.month), int(d.day)
}

// Time is the beginning of the day in a location, the zero Time for no day.
func (d Date) Time(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, loc)
}

// AddDays is the day n days later, earlier for a negative n; the zero Date if
// that is outside the years 1 to 9999, or of no day.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(d.Time(time.UTC).AddDate(0, 0, n))
}

// Compare orders by time; no day comes before all days.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before says whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// String is yyyy-mm-dd, "" for no day.
func (d Date) String() string { return string(d.appendISO(nil)) }

func (d Date) appendISO(dst []byte) []byte {
	if d.IsZero() {
		return dst
	}
	return fmt.Appendf(dst, "%04d-%02d-%02d", d.year, d.month, d.day)
}

// Dotted is dd.mm.yyyy, as the Web-API is written (K23), "" for no day.
func (d Date) Dotted() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d.%02d.%04d", d.day, d.month, d.year)
}

// MarshalText writes String.
func (d Date) MarshalText() ([]byte, error) { return d.appendISO(nil), nil }

// UnmarshalText reads what ParseDate reads, and "" as no day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(text))
	if err == nil {
		*d = v
	}
	return err
}
