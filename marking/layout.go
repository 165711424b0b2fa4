package marking

import "strings"

// Layout names a row of the layout table: the length of the serial and the
// elements that follow it. The zero value stands for a code without a row: the
// kinds without application identifiers, and nonstandard codes.
type Layout uint8

// The layouts. S is a short tail (93), L44 and L88 a long one (91 and 92), W a
// weight, V a volume, P a price, 240 an additional product code.
const (
	LayoutNone Layout = iota
	LayoutS6
	LayoutS7
	LayoutS13
	LayoutS20
	LayoutS6W
	LayoutWS6
	LayoutS7V
	LayoutP7
	LayoutP7With240
	LayoutL44Serial6
	LayoutL44Serial13
	LayoutL44Serial14
	LayoutL44Serial20
	LayoutL88Serial13
	LayoutL88Serial14
	LayoutL88Serial13With240
	LayoutIdentity
)

// Element sizes: the AI and its value, in characters.
const (
	gtinEnd    = 2 + 14      // 01 and the GTIN
	serialFrom = gtinEnd + 2 // 21
	size91     = 2 + 4
	size92x44  = 2 + 44
	size92x88  = 2 + 88
	size93     = 2 + 4
	size8005   = 4 + 6
	sizeMetric = 4 + 6 // 310x, 335x
	max240     = 30
)

// part is one element of a row behind the serial.
type part struct {
	ai     string // the first characters; 310 and 335 stand for 310x and 335x
	size   int    // AI and value; 0: up to the end of the code, 1..30 characters of value
	ending string // the last characters of the value, if a row asks for them
}

// row is one line of the layout table (1.2). Its rules are lengths alone, so
// every offset, counted from either end, follows from the sizes.
type row struct {
	id     Layout
	name   string
	serial int
	length int // without GS; 0: the last part is of free length
	parts  []part
}

// rows is the layout table. No two rows of one length fit the same code, but
// for the identity of a 13-character serial, which is as long as S7 (M12).
var rows = [...]row{
	{LayoutS6, "S6", 6, 30, []part{{ai: "93", size: size93}}},
	{LayoutS7, "S7", 7, 31, []part{{ai: "93", size: size93}}},
	{LayoutS13, "S13", 13, 37, []part{{ai: "93", size: size93}}},
	{LayoutS20, "S20", 20, 44, []part{{ai: "93", size: size93}}},
	{LayoutS6W, "S6+W", 6, 40, []part{{ai: "93", size: size93}, {ai: "310", size: sizeMetric}}},
	{LayoutWS6, "W+S6", 6, 40, []part{{ai: "310", size: sizeMetric}, {ai: "93", size: size93}}},
	{LayoutS7V, "S7+V", 7, 41, []part{{ai: "93", size: size93}, {ai: "335", size: sizeMetric}}},
	{LayoutP7, "P7", 7, 41, []part{{ai: "8005", size: size8005}, {ai: "93", size: size93}}},
	{LayoutP7With240, "P7+240", 7, 0, []part{{ai: "8005", size: size8005}, {ai: "93", size: size93}, {ai: "240"}}},
	{LayoutL44Serial6, "L44-6", 6, 76, []part{{ai: "91", size: size91}, {ai: "92", size: size92x44, ending: "="}}},
	{LayoutL44Serial13, "L44-13", 13, 83, []part{{ai: "91", size: size91}, {ai: "92", size: size92x44, ending: "="}}},
	{LayoutL44Serial14, "L44-14", 14, 84, []part{{ai: "91", size: size91}, {ai: "92", size: size92x44, ending: "="}}},
	{LayoutL44Serial20, "L44-20", 20, 90, []part{{ai: "91", size: size91}, {ai: "92", size: size92x44, ending: "="}}},
	{LayoutL88Serial13, "L88-13", 13, 127, []part{{ai: "91", size: size91}, {ai: "92", size: size92x88}}},
	{LayoutL88Serial14, "L88-14", 14, 128, []part{{ai: "91", size: size91}, {ai: "92", size: size92x88}}},
	{LayoutL88Serial13With240, "L88-13+240", 13, 134, []part{{ai: "240", size: 3 + 4}, {ai: "91", size: size91}, {ai: "92", size: size92x88, ending: "=="}}},
	{LayoutIdentity, "identity only", 6, 24, nil},
	{LayoutIdentity, "identity only", 7, 25, nil},
	{LayoutIdentity, "identity only", 13, 31, nil},
	{LayoutIdentity, "identity only", 20, 38, nil},
}

// fits applies the row's test (M10): the length and the AI digits at their
// offsets. s has no GS and begins with 01, 14 digits and 21.
func (r *row) fits(s string) bool {
	if r.length != len(s) && r.length != 0 {
		return false
	}
	at := serialFrom + r.serial
	for i := range r.parts {
		p := &r.parts[i]
		size := p.size
		if size == 0 {
			size = len(s) - at
			if size <= len(p.ai) || size > len(p.ai)+max240 {
				return false
			}
		}
		if at+size > len(s) {
			return false
		}
		e := s[at : at+size]
		if !strings.HasPrefix(e, p.ai) || !strings.HasSuffix(e, p.ending) {
			return false
		}
		if width := numericAI(p.ai); width > 0 && (!digits(e[len(p.ai):]) || width == 4 && len(p.ai) == 3 && e[3] > '5') {
			return false
		}
		at += size
	}
	return at == len(s)
}

// numericAI is the length of an AI whose value is numeric, or 0.
func numericAI(ai string) int {
	switch ai {
	case "8005", "310", "335":
		return 4
	}
	return 0
}

// offsets appends where the row's elements begin in a code without GS: a GS
// stands before each of them.
func (r *row) offsets(dst []int) []int {
	at := serialFrom + r.serial
	for i := range r.parts {
		dst = append(dst, at)
		at += r.parts[i].size
	}
	return dst
}

// LayoutRow describes one row of the layout table.
type LayoutRow struct {
	// Layout is the row's id.
	Layout Layout
	// Serial is the length of the serial in characters.
	Serial int
	// Length is the length of the code without GS; 0 where the last element is
	// of free length.
	Length int
	// AIs are the application identifiers behind the serial, in their order;
	// 310 and 335 stand for 310x and 335x. A GS stands before each.
	AIs []string
	// Offsets are the places of the GS: offsets in the code without GS before
	// which they stand.
	Offsets []int
}

// Layouts returns the layout table, row by row. The caller owns the result.
func Layouts() []LayoutRow {
	list := make([]LayoutRow, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		info := LayoutRow{Layout: r.id, Serial: r.serial, Length: r.length, Offsets: r.offsets(nil)}
		for _, p := range r.parts {
			info.AIs = append(info.AIs, p.ai)
		}
		list = append(list, info)
	}
	return list
}

// String returns the row's name in the layout table, "" for LayoutNone and for
// values that are no layout.
func (l Layout) String() string {
	for i := range rows {
		if rows[i].id == l {
			return rows[i].name
		}
	}
	return ""
}

// MarshalText writes the name.
func (l Layout) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a name that String returned; any other name is an error
// with [CodeName].
func (l *Layout) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = LayoutNone
		return nil
	}
	for i := range rows {
		if rows[i].name == string(text) {
			*l = rows[i].id
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "layout"})
}
