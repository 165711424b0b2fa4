package dbfio

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// State says what a cell holds. The four never collapse into a Go zero value (D6).
type State uint8

// The states of a cell.
const (
	Absent  State = iota // the table has no such column
	Blank                // the cell is empty
	Value                // the cell holds a value
	Invalid              // the cell holds something that its type does not allow
)

// String returns "absent", "blank", "value", "invalid", or State(n).
func (s State) String() string {
	switch s {
	case Absent:
		return "absent"
	case Blank:
		return "blank"
	case Value:
		return "value"
	case Invalid:
		return "invalid"
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

// Cell is one cell of a Row and as short-lived as it. Each typed accessor
// returns the value, whether there is one (false: blank or absent), and an
// *Error that names row and column if the cell is invalid or its column's type
// does not fit.
type Cell struct {
	row *Row
	col int // -1: absent
}

// Exists says whether the table has the column.
func (c Cell) Exists() bool { return c.col >= 0 }

// Column returns the cell's column, the zero Column for an absent cell.
func (c Cell) Column() Column {
	if c.col < 0 {
		return Column{}
	}
	return c.row.r.shape.cols[c.col]
}

// Raw returns the cell's bytes as they stand in the file, padding included;
// they are valid until the reader's next step. nil for an absent cell.
func (c Cell) Raw() []byte {
	if c.col < 0 {
		return nil
	}
	return c.row.bytes(c.col)
}

// State decodes the cell as its column's type says and tells the outcome.
func (c Cell) State() State {
	if c.col < 0 {
		return Absent
	}
	if err := c.Err(); err != nil {
		return Invalid
	}
	if c.isBlank() {
		return Blank
	}
	return Value
}

// Err returns why the cell is invalid as its column's type reads it, nil if it
// is not.
func (c Cell) Err() error {
	if c.col < 0 {
		return nil
	}
	var err error
	switch c.row.r.shape.cols[c.col].Type {
	case Logical:
		_, _, err = c.Bool()
	case Date, DateTime:
		_, _, err = c.Time()
	case Numeric, Float, Double:
		_, _, err = c.Number()
	case Character:
		_, err = c.row.text(c.col)
	}
	return err
}

// isBlank is true for each spelling of blank that the column's type knows (D6).
func (c Cell) isBlank() bool {
	if c.row.r.isNull(c.row.record, c.col) {
		return true
	}
	b := c.row.bytes(c.col)
	switch c.row.r.shape.cols[c.col].Type {
	case Integer, Double, Currency:
		return false // binary: every pattern is a number
	case DateTime:
		return zeroes(b) || len(trim(b)) == 0
	case Logical:
		b = trim(b)
		return len(b) == 0 || len(b) == 1 && b[0] == '?'
	case Date:
		b = trim(b)
		return len(b) == 0 || string(b) == "00000000"
	}
	return len(trimRight(b)) == 0 || len(trim(b)) == 0
}

func zeroes(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			return false
		}
	}
	return true
}

// Text returns the text of the cell without the blanks at its end; blanks
// before it are kept. Numbers come in their exact decimal form, logicals as
// "true" and "false", dates as "2006-01-02". The texts of one row share memory.
func (c Cell) Text() (string, bool, error) {
	if c.col < 0 {
		return "", false, nil
	}
	switch c.row.r.shape.cols[c.col].Type {
	case Character:
		if c.row.r.isNull(c.row.record, c.col) {
			return "", false, nil
		}
		s, err := c.row.text(c.col)
		if err != nil || s == "" || s[0] <= ' ' && c.isBlank() {
			return "", false, err
		}
		return s, true, nil
	case Logical:
		v, ok, err := c.Bool()
		if !ok {
			return "", false, err
		}
		return strconv.FormatBool(v), true, nil
	case Date:
		v, ok, err := c.Time()
		if !ok {
			return "", false, err
		}
		return v.Format(time.DateOnly), true, nil
	case DateTime:
		v, ok, err := c.Time()
		if !ok {
			return "", false, err
		}
		return v.Format("2006-01-02T15:04:05.999"), true, nil
	}
	return c.Number()
}

// Bool returns a logical: T, t, Y, y are true, F, f, N, n false. Columns of text
// or numbers are read too, where they hold 1 or 0 (or, text, such a letter) (D12).
func (c Cell) Bool() (value, ok bool, err error) {
	if c.col < 0 {
		return false, false, nil
	}
	b := c.row.bytes(c.col)
	typ := c.row.r.shape.cols[c.col].Type
	if typ == Logical && len(b) == 1 && c.row.r.shape.nulls.width == 0 {
		switch b[0] {
		case 'T', 't', 'Y', 'y':
			return true, true, nil
		case 'F', 'f', 'N', 'n':
			return false, true, nil
		case ' ', '?', 0:
			return false, false, nil
		}
	}
	if c.isBlank() {
		return false, false, nil
	}
	switch typ {
	case Logical, Character:
		if b = trim(b); len(b) == 1 {
			switch {
			case b[0] == 'T', b[0] == 't', b[0] == 'Y', b[0] == 'y', b[0] == '1' && typ == Character:
				return true, true, nil
			case b[0] == 'F', b[0] == 'f', b[0] == 'N', b[0] == 'n', b[0] == '0' && typ == Character:
				return false, true, nil
			}
		}
	case Date, DateTime:
		return false, false, c.mismatch("a logical value")
	default:
		if n, ok, err := c.Int(); err == nil && ok && (n == 0 || n == 1) {
			return n == 1, true, nil
		}
	}
	return false, false, c.row.fault(c.col, CodeLogical, c.row.rawValue(c.col))
}

// Time returns the day of a D column or the moment of a T column, in UTC.
func (c Cell) Time() (time.Time, bool, error) {
	if c.col < 0 {
		return time.Time{}, false, nil
	}
	b := c.row.bytes(c.col)
	switch c.row.r.shape.cols[c.col].Type {
	case Date:
		if c.isBlank() {
			return time.Time{}, false, nil
		}
		if day, ok := parseDay(trim(b)); ok {
			return day, true, nil
		}
	case DateTime:
		if c.isBlank() {
			return time.Time{}, false, nil
		}
		if t, ok := julian(b); ok {
			return t, true, nil
		}
	default:
		return time.Time{}, false, c.mismatch("a date")
	}
	return time.Time{}, false, c.row.fault(c.col, CodeDate, c.row.rawValue(c.col))
}

func parseDay(b []byte) (time.Time, bool) {
	if len(b) != 8 {
		return time.Time{}, false
	}
	var n int
	for _, x := range b {
		if x < '0' || x > '9' {
			return time.Time{}, false
		}
		n = n*10 + int(x-'0')
	}
	year, month, day := n/10000, n/100%100, n%100
	if year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// julianDay1970 is the Julian day number of 1970-01-01.
const julianDay1970 = 2440588

func julian(b []byte) (time.Time, bool) {
	day := int64(int32(binary.LittleEndian.Uint32(b)))
	ms := int64(int32(binary.LittleEndian.Uint32(b[4:])))
	if ms < 0 || ms > 86_400_000 {
		return time.Time{}, false
	}
	t := time.UnixMilli((day-julianDay1970)*86_400_000 + ms).UTC()
	return t, t.Year() >= 1 && t.Year() <= 9999
}

func (c Cell) mismatch(wanted string) error {
	return newError(CodeCellType, "type", c.Column().Type, "wanted", wanted).
		at(c.row.number, c.Column().Name)
}

// Int returns a whole number from a numeric column or one of text, of any
// width; decimals must be zeros (D12). The path never goes through a float.
func (c Cell) Int() (int64, bool, error) { return c.Scaled(0) }

// Scaled returns a number times 10^decimals, exactly: Scaled(2) of a price in
// roubles is the price in kopecks. Digits beyond decimals must be zeros.
// decimals is 0 to 18.
func (c Cell) Scaled(decimals int) (int64, bool, error) {
	if c.col < 0 {
		return 0, false, nil
	}
	typ := c.row.r.shape.cols[c.col].Type
	var b []byte
	switch typ {
	case Numeric, Float, Character:
		b = trim(c.row.bytes(c.col))
		if c.row.r.shape.nulls.width > 0 && c.isBlank() {
			return 0, false, nil
		}
		if len(b) == 0 {
			return 0, false, nil
		}
		if decimals == 0 {
			if n, ok := smallInt(b); ok {
				return n, true, nil
			}
		}
	case Integer, Currency, Double:
		if c.isBlank() {
			return 0, false, nil
		}
		s, err := c.binaryNumber()
		if err != nil {
			return 0, false, err
		}
		b = []byte(s)
	default:
		return 0, false, c.mismatch("a number")
	}
	d, ok := parseDecimal(b)
	if !ok {
		return 0, false, c.row.fault(c.col, CodeNumber, c.row.rawValue(c.col))
	}
	n, outcome := d.scaled(decimals)
	switch outcome {
	case scaledFraction:
		if decimals > 0 {
			return 0, false, c.row.fault(c.col, CodeNumberDecimals, string(b), "decimals", decimals)
		}
		return 0, false, c.row.fault(c.col, CodeNotInteger, string(b))
	case scaledRange:
		return 0, false, c.row.fault(c.col, CodeNumberRange, string(b))
	}
	return n, true, nil
}

// Number returns the exact decimal text of a number, in the form that JSON
// wants: "-1.50" stays, ".5" becomes "0.5", "007" becomes "7".
func (c Cell) Number() (string, bool, error) {
	if c.col < 0 || c.isBlank() {
		return "", false, nil
	}
	var b []byte
	switch c.row.r.shape.cols[c.col].Type {
	case Numeric, Float, Character:
		b = trim(c.row.bytes(c.col))
		if plainInteger(b) {
			return string(b), true, nil
		}
	case Integer, Currency, Double:
		s, err := c.binaryNumber()
		return s, err == nil, err
	default:
		return "", false, c.mismatch("a number")
	}
	d, ok := parseDecimal(b)
	if !ok {
		return "", false, c.row.fault(c.col, CodeNumber, c.row.rawValue(c.col))
	}
	return d.String(), true, nil
}

// binaryNumber spells the value of an I, Y or B cell.
func (c Cell) binaryNumber() (string, error) {
	b := c.row.bytes(c.col)
	switch c.row.r.shape.cols[c.col].Type {
	case Integer:
		return strconv.FormatInt(int64(int32(binary.LittleEndian.Uint32(b))), 10), nil
	case Currency:
		return fixedPoint(int64(binary.LittleEndian.Uint64(b)), 4), nil
	}
	f := math.Float64frombits(binary.LittleEndian.Uint64(b))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", c.row.fault(c.col, CodeNumber, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}
