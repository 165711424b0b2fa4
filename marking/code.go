package marking

import (
	"fmt"
	"iter"
	"log/slog"
	"strings"
)

// Code is a code that was read: what it says, and what was done to the scan to
// get it. It is a value, safe to copy and to read from several goroutines; the
// zero value is no code. All strings it returns are parts of two strings, the
// original and the normalised code, and share their memory.
type Code struct {
	text     string
	original string
	kind     Kind
	layout   Layout
	checksum Checksum
	warnings warnings
	steps    steps
	count    uint8
	restores uint8
	elements [maxElements]span
	restored [maxRestored]uint16
	spelled  []string
	other    Layout
}

// The number of different AIs that are known, and of the separators that a
// layout can have.
const (
	maxElements = 12
	maxRestored = 3
)

// span is an element inside Code.text.
type span struct{ start, value, end uint16 }

// Element is one application identifier with its value.
type Element struct {
	// AI is the identifier: "01", "21", "93", "3103". The parts of a КМК, which
	// has no identifiers, are called gtin, serial, price and check.
	AI string
	// Value is the value, a part of the normalised code.
	Value string
	// Offset is the place of the value in the normalised code, in bytes.
	Offset int
}

// Kind returns what the code is.
func (c Code) Kind() Kind { return c.kind }

// Layout returns the row of the layout table, LayoutNone for kinds without
// application identifiers and for nonstandard codes.
func (c Code) Layout() Layout { return c.layout }

// Original returns the scan exactly as it was given to [Read], [Parse] or [Restore] (M14).
func (c Code) Original() string { return c.original }

// Text returns the normalised code, with its GS: what is sent to a register and
// what tag 2000 holds. It is the whole mark: keep it out of logs.
func (c Code) Text() string { return c.text }

// Hex returns the normalised code as upper-case hex, "303130…1D39…".
func (c Code) Hex() string { return EncodeHex(c.text) }

// HexPairs returns the normalised code as upper-case pairs separated by blanks,
// the form of BarcodeHex: "30 31 30 … 1D 39".
func (c Code) HexPairs() string { return EncodeHexPairs(c.text) }

// String describes the code without its crypto tail: it is safe for logs.
func (c Code) String() string {
	name := c.kind.String()
	if c.layout != LayoutNone {
		name += " " + c.layout.String()
	}
	if id := c.Identity(); id != "" {
		name += " " + id
	}
	return name
}

// LogValue is String, so that a log never holds a whole mark.
func (c Code) LogValue() slog.Value { return slog.StringValue(c.String()) }

// GoString is String, for the same reason.
func (c Code) GoString() string { return c.String() }

var (
	_ slog.LogValuer = Code{}
	_ fmt.Stringer   = Code{}
	_ fmt.GoStringer = Code{}
)

// Elements returns the application identifiers and values in their order.
// Kinds without identifiers have none, but for КМК.
func (c Code) Elements() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for i := range c.elements[:c.count] {
			if !yield(c.element(i)) {
				return
			}
		}
	}
}

func (c *Code) element(i int) Element {
	s := c.elements[i]
	e := Element{Value: c.text[s.value:s.end], Offset: int(s.value), AI: c.text[s.start:s.value]}
	if c.kind == KindKMK {
		e.AI = kmkParts[i].name
	}
	return e
}

// Value returns the value of an application identifier; "310" and "335" find
// 310x and 335x.
func (c Code) Value(ai string) (string, bool) {
	for i := range c.elements[:c.count] {
		e := c.element(i)
		if e.AI == ai || len(ai) == 3 && len(e.AI) == 4 && strings.HasPrefix(e.AI, ai) && numericAI(ai) > 0 {
			return e.Value, true
		}
	}
	return "", false
}

func (c *Code) value(ai string) string { v, _ := c.Value(ai); return v }

// GTIN returns the 14 digits of the product, "" for МИ and ЕГАИС, and the
// number itself for ITF-14. EAN-8 and EAN-13 are filled up with zeros.
func (c Code) GTIN() string {
	switch c.kind {
	case KindGS1M, KindGS1:
		return c.value("01")
	case KindKMK:
		return c.value("gtin")
	case KindEAN8, KindEAN13, KindITF14:
		const zeros = "000000"
		return zeros[:14-len(c.text)] + c.text
	}
	return ""
}

// Serial returns the serial of a piece, "" for kinds that have none.
func (c Code) Serial() string {
	if c.kind == KindKMK {
		return c.value("serial")
	}
	return c.value("21")
}

// Identity returns the code without its crypto tail (КИ): 01, GTIN, 21, serial.
// It is GTIN and serial for a КМК, the value for the fiscal tags for ЕГАИС, the
// whole sign for МИ, and the number itself for bar codes and transport units;
// a bar code is the same on every piece, so look at [Kind.IsMark] before you
// compare. Identities are case-sensitive.
func (c Code) Identity() string {
	switch c.kind {
	case KindGS1M, KindGS1:
		return c.text[:c.elements[1].end]
	case KindKMK:
		return c.text[:c.elements[1].end]
	case KindEGAIS2:
		return c.text[egais2From:egais2To]
	case KindEGAIS3:
		return c.text[:egais3Tag]
	}
	return c.text
}

// KeyID returns the value of AI 91, the id of the key of a long tail.
func (c Code) KeyID() string { return c.value("91") }

// Tail returns the crypto tail: the value of AI 92 or 93, or the check of a КМК.
func (c Code) Tail() string {
	if c.kind == KindKMK {
		return c.value("check")
	}
	if v, ok := c.Value("92"); ok {
		return v
	}
	return c.value("93")
}

// Checksum says whether the checksum inside a 44-character AI 92 holds (M6).
func (c Code) Checksum() Checksum { return c.checksum }

// Ambiguous is true when two readings fit and the full code was taken: a code
// of 31 characters without GS can be S7 or the bare identity of a 13-character
// serial (M12).
func (c Code) Ambiguous() bool { return c.other != LayoutNone }

// Candidates returns the layouts that fit, the chosen one first; nil when only
// one did.
func (c Code) Candidates() []Layout {
	if c.other == LayoutNone {
		return nil
	}
	return []Layout{c.layout, c.other}
}

// Nonstandard is true for a code that fits no row of the layout table and was
// accepted because [Options.Nonstandard] asked for it.
func (c Code) Nonstandard() bool { return c.warnings.has(WarnNonstandard) }
