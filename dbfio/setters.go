package dbfio

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// cell returns the bytes of a cell in the row that is being set.
func (w *Writer) cell(col int, types ...Type) ([]byte, error) {
	if col < 0 || col >= len(w.cols) {
		return nil, w.problem(newError(CodeNoColumn).at(w.rows+1, "#"+strconv.Itoa(col)))
	}
	if slices.Contains(types, w.cols[col].Type) {
		return w.row[w.offsets[col] : w.offsets[col]+w.cols[col].Width], nil
	}
	return nil, w.problem(newError(CodeCellType, "type", w.cols[col].Type, "wanted", wantedNames[types[0]]).
		at(w.rows+1, w.cols[col].Name))
}

var wantedNames = map[Type]string{
	Character: "text", Numeric: "a number", Logical: "a logical value", Date: "a date",
}

func (w *Writer) problem(e *Error) error {
	w.problems = append(w.problems, e)
	return e
}

func (w *Writer) fault(col int, code, value string, args ...any) error {
	e := newError(code, append(args, "value", value)...).at(w.rows+1, w.cols[col].Name)
	e.masked = w.masked[col]
	return w.problem(e)
}

// SetText sets a cell of a text column; "" makes it blank. Blanks at the end of
// a text cannot be told from the padding and do not come back.
func (w *Writer) SetText(col int, s string) error {
	cell, err := w.cell(col, Character)
	if err != nil {
		return err
	}
	n, lacks, room := w.codec.encode(cell, s)
	if n == len(s) { // all of it, and all ASCII
		fillBlanks(cell[n:])
		return nil
	}
	if lacks >= 0 {
		return w.fault(col, CodeTextCharacter, s, "character", character(lacks), "page", w.codec.page)
	}
	if !room {
		return w.fault(col, CodeTextWidth, s, "length", utf8.RuneCountInString(s), "width", len(cell))
	}
	fillBlanks(cell[n:])
	return nil
}

// character shows a character with its number: some look alike or like nothing.
func character(r rune) string {
	s := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	s = "U+" + strings.Repeat("0", max(0, 4-len(s))) + s
	if strconv.IsPrint(r) {
		s = string(r) + " (" + s + ")"
	}
	return s
}

// SetInt sets a cell of a numeric column to a whole number.
func (w *Writer) SetInt(col int, v int64) error { return w.SetScaled(col, v, 0) }

// SetScaled sets a cell of a numeric column to v / 10^decimals: kopecks go into
// a column of roubles with decimals 2. decimals is 0 to 18.
func (w *Writer) SetScaled(col int, v int64, decimals int) error {
	cell, err := w.cell(col, Numeric)
	if err != nil {
		return err
	}
	var room [64]byte
	digits := strconv.AppendInt(room[:0], v, 10)
	if decimals == 0 && w.cols[col].Decimals == 0 && len(digits) <= len(cell) {
		fillBlanks(cell[:len(cell)-len(digits)])
		copy(cell[len(cell)-len(digits):], digits)
		return nil
	}
	return w.setDecimal(col, cell, fixedPoint(v, max(0, decimals)))
}

// SetNumber sets a cell of a numeric column to the number that text spells,
// exactly: sign, digits, point, exponent. It fails where the column has fewer
// decimals than the number; missing ones are filled with zeros.
func (w *Writer) SetNumber(col int, text string) error {
	cell, err := w.cell(col, Numeric)
	if err != nil {
		return err
	}
	return w.setDecimal(col, cell, text)
}

func (w *Writer) setDecimal(col int, cell []byte, text string) error {
	d, ok := parseDecimal([]byte(text))
	if !ok {
		return w.fault(col, CodeNumber, text)
	}
	whole, frac, _ := strings.Cut(d.String(), ".")
	places := w.cols[col].Decimals
	if len(frac) > places {
		if strings.Trim(frac[places:], "0") != "" {
			return w.fault(col, CodeNumberDecimals, text, "decimals", places)
		}
		frac = frac[:places]
	}
	if places > 0 {
		whole += "." + frac + strings.Repeat("0", places-len(frac))
	}
	if len(whole) > len(cell) {
		return w.fault(col, CodeNumberWidth, text, "width", len(cell))
	}
	fillBlanks(cell[:len(cell)-len(whole)])
	copy(cell[len(cell)-len(whole):], whole)
	return nil
}

// SetBool sets a cell of a logical column to T or F.
func (w *Writer) SetBool(col int, v bool) error {
	cell, err := w.cell(col, Logical)
	if err != nil {
		return err
	}
	cell[0] = 'F'
	if v {
		cell[0] = 'T'
	}
	return nil
}

// SetTime sets a cell of a date column to the calendar day of t in t's own
// location. The year must be 1 to 9999.
func (w *Writer) SetTime(col int, t time.Time) error {
	cell, err := w.cell(col, Date)
	if err != nil {
		return err
	}
	year, month, day := t.Date()
	if year < 1 || year > 9999 {
		return w.fault(col, CodeDateRange, strconv.Itoa(year))
	}
	n := year*10000 + int(month)*100 + day
	for i := 7; i >= 0; i-- {
		cell[i] = byte('0' + n%10)
		n /= 10
	}
	return nil
}

// SetBlank makes a cell of any column blank.
func (w *Writer) SetBlank(col int) error {
	cell, err := w.cell(col, Character, Numeric, Logical, Date)
	if err == nil {
		fillBlanks(cell)
	}
	return err
}

// SetDeleted marks the row as deleted: readers skip it unless asked (D8).
func (w *Writer) SetDeleted(deleted bool) {
	w.row[0] = ' '
	if deleted {
		w.row[0] = '*'
	}
}

const blanks64 = "                                                                "

func fillBlanks(b []byte) {
	for len(b) > 0 {
		b = b[copy(b, blanks64):]
	}
}
