package dbfio

import (
	"strconv"
	"strings"
)

// Type is the letter that names a column's type in a table header.
type Type byte

// The types that can be read. Character, Numeric, Logical and Date are the ones
// that the writer writes: they are plain dBASE III (D1).
const (
	Character Type = 'C' // text in the table's code page, padded with blanks
	Numeric   Type = 'N' // decimal number as text, aligned to the right
	Logical   Type = 'L' // one character: T or F, blank when nothing is known
	Date      Type = 'D' // YYYYMMDD
	Float     Type = 'F' // as Numeric, an exponent is possible
	Integer   Type = 'I' // 4 bytes, FoxPro
	Double    Type = 'B' // 8 bytes IEEE 754, FoxPro
	Currency  Type = 'Y' // 8 bytes, ten thousandths, FoxPro
	DateTime  Type = 'T' // 8 bytes, Julian day and milliseconds, FoxPro
)

// String returns the letter, or Type(0x..) for a byte that is no letter.
func (t Type) String() string {
	if t >= 'A' && t <= 'Z' || t >= '0' && t <= '9' {
		return string(rune(t))
	}
	return "Type(0x" + strconv.FormatUint(uint64(t), 16) + ")"
}

// Column describes one column of a table.
type Column struct {
	// Name: 1 to 10 characters. Names are compared without regard to case and
	// given back in upper case (D8).
	Name string
	// Type is the column's type.
	Type Type
	// Width is the number of bytes a cell takes: for Character also its greatest
	// number of characters, for Numeric it includes sign and point.
	Width int
	// Decimals is the number of digits after the point, 0 for integers.
	Decimals int
}

// Char returns a text column of width characters, 1 to 255.
func Char(name string, width int) Column { return Column{name, Character, width, 0} }

// Number returns a column of decimal numbers: width 1 to 20 characters in all,
// sign and point included, and decimals digits after the point (0: integers).
func Number(name string, width, decimals int) Column { return Column{name, Numeric, width, decimals} }

// Bool returns a column of logicals.
func Bool(name string) Column { return Column{name, Logical, 1, 0} }

// Day returns a column of calendar dates.
func Day(name string) Column { return Column{name, Date, 8, 0} }

// String returns the column in the notation of ParseColumns: "DAYLIMIT,N,5,0".
func (c Column) String() string {
	s := c.Name + "," + c.Type.String()
	switch c.Type {
	case Logical, Date, Integer, DateTime, Currency:
		return s
	case Numeric, Float, Double:
		return s + "," + strconv.Itoa(c.Width) + "," + strconv.Itoa(c.Decimals)
	}
	return s + "," + strconv.Itoa(c.Width)
}

// ParseColumns reads a list such as
//
//	ID,C,40;DAYLIMIT,N,10,0;CANTIDE,L;TIMELIMIT,D
//
// Columns stand between semicolons: name, type, width, decimals. The width of L
// and D may be left out, so may zero decimals, and blanks around each part. The
// result has passed the writer's own checks (D1, D3).
func ParseColumns(list string) ([]Column, error) {
	var cols []Column
	for item := range strings.SplitSeq(list, ";") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		c, err := parseColumn(item)
		if err != nil {
			return nil, err
		}
		cols = append(cols, c)
	}
	return checkColumns(cols, false)
}

func parseColumn(item string) (Column, error) {
	part := strings.Split(item, ",")
	for i := range part {
		part[i] = strings.TrimSpace(part[i])
	}
	bad := newError(CodeColumnSyntax, "item", item)
	if len(part) < 2 || len(part) > 4 || len(part[1]) != 1 {
		return Column{}, bad
	}
	c := Column{Name: part[0], Type: Type(strings.ToUpper(part[1])[0])}
	numbers := []*int{&c.Width, &c.Decimals}
	for i, s := range part[2:] {
		n, err := strconv.Atoi(s)
		if err != nil {
			return Column{}, bad
		}
		*numbers[i] = n
	}
	if len(part) == 2 {
		switch c.Type {
		case Logical:
			c.Width = 1
		case Date:
			c.Width = 8
		default:
			return Column{}, bad
		}
	}
	return c, nil
}

// The bounds of what is written. They come from the header: its length and the
// record's are 16-bit numbers, a name has 11 bytes with its NUL.
const (
	maxNameLength    = 10
	maxCharWidth     = 255   // the source's own limit (D3)
	maxNumberWidth   = 20    // 19 in classic dBASE III
	maxDecimals      = 15    // dBASE III
	maxHeaderLength  = 65535 // so at most 2046 columns
	maxRecordLength  = 65535
	classicCharWidth = 254
	classicNumWidth  = 19
	classicColumns   = 128
	classicRecord    = 4000
)

// checkColumns returns the columns as they will be written, names in upper
// case, or the first fault (D1, D3).
func checkColumns(cols []Column, classic bool) ([]Column, error) {
	if len(cols) == 0 {
		return nil, newError(CodeNoColumns)
	}
	limit, record := (maxHeaderLength-33)/32, maxRecordLength
	if classic {
		limit, record = classicColumns, classicRecord
	}
	if len(cols) > limit {
		return nil, newError(CodeColumnCount, "count", len(cols), "limit", limit)
	}
	out := make([]Column, len(cols))
	seen := make(map[string]bool, len(cols))
	total := 1
	for i, c := range cols {
		c.Name = strings.ToUpper(c.Name)
		if err := checkColumn(c, classic); err != nil {
			return nil, err
		}
		if seen[c.Name] {
			return nil, newError(CodeColumnTwice).at(0, c.Name)
		}
		seen[c.Name] = true
		total += c.Width
		out[i] = c
	}
	if total > record {
		return nil, newError(CodeRecordLength, "length", total, "limit", record)
	}
	return out, nil
}

func checkColumn(c Column, classic bool) error {
	if !validColumnName(c.Name) {
		return newError(CodeColumnName, "name", c.Name, "limit", maxNameLength)
	}
	char, number := maxCharWidth, maxNumberWidth
	if classic {
		char, number = classicCharWidth, classicNumWidth
	}
	ok, limits := false, ""
	switch c.Type {
	case Character:
		ok = c.Width >= 1 && c.Width <= char && c.Decimals == 0
		limits = "1.." + strconv.Itoa(char)
	case Numeric:
		// A number with decimals needs a digit, the point and the decimals.
		ok = c.Width >= 1 && c.Width <= number && c.Decimals >= 0 &&
			(c.Decimals == 0 || c.Decimals <= min(maxDecimals, c.Width-2))
		limits = "1.." + strconv.Itoa(number)
	case Logical:
		ok, limits = c.Width == 1 && c.Decimals == 0, "1"
	case Date:
		ok, limits = c.Width == 8 && c.Decimals == 0, "8"
	default:
		return newError(CodeColumnType, "type", c.Type.String()).at(0, c.Name)
	}
	if !ok {
		return newError(CodeColumnWidth, "type", c.Type.String(), "width", c.Width,
			"decimals", c.Decimals, "limits", limits).at(0, c.Name)
	}
	return nil
}

func validColumnName(name string) bool {
	if name == "" || len(name) > maxNameLength {
		return false
	}
	for i := range len(name) {
		switch b := name[i]; {
		case b >= 'A' && b <= 'Z', i > 0 && (b == '_' || b >= '0' && b <= '9'):
		default:
			return false
		}
	}
	return true
}
