package marking

import (
	"strconv"
	"strings"
)

// Limits on what is looked at: longer input is refused with CodeBadLength.
const (
	// MaxScan is the longest scan in bytes: the longest code has 150 characters,
	// and each may arrive as two bytes, each GS as eight characters.
	MaxScan = 1024
	// maxTail bounds an AI 92 of unusual length.
	maxTail = 256
	// tailBorder is half way between an AI 92 of 44 and one of 88 characters.
	tailBorder = (size92x44 + size92x88) / 2
)

func tooLong(s string) *Error {
	return newError(CodeBadLength, "", arg{"length", len(s)}, arg{"want", "1.." + strconv.Itoa(MaxScan)})
}

// Options change what is accepted. nil is the same as the zero value.
type Options struct {
	// Nonstandard accepts codes whose elements are sound but fit no row of the
	// layout table, with [WarnNonstandard] (M11). It defaults to refusing them
	// with CodeGSInconsistent, because a lost separator can look the same.
	Nonstandard bool
}

// Parse reads a code that holds nothing but itself: no prefix, no spelling of
// GS, no line end. Where all its separators are present and in place it is
// taken as it stands, else they are restored as by [Restore]; either way they
// end up where the layout has them (M10, M11).
//
// Errors are of type *[Error], with one of the first ten codes.
func Parse(code string, opts *Options) (Code, error) {
	var c Code
	if err := c.read(code, survey(code), opts); err != nil {
		return Code{}, err
	}
	c.original = code
	return c, nil
}

// Restore reads a code whose separators are lost or not to be trusted, and puts
// them where they belong: the layout is decided by the total length and by the
// AI digits at fixed offsets, never by searching for 91, 92 or 93, which stand
// inside GTINs, serials and tails as well (M10). Separators that are left must
// be among the restored ones; a code that kept all of them comes back as it was.
//
// A code with AI 10 or 17, or with an AI 240 or 92 of another length than the
// layout table has, cannot be restored: CodeUnrestorable, scan again. Errors
// are of type *[Error], with one of the first ten codes.
func Restore(code string) (Code, error) {
	var c Code
	seen := survey(code)
	var err *Error
	switch {
	case len(code) > MaxScan || seen&alien != 0 || !startsGS1(code):
		err = c.read(code, seen, nil)
	case seen&separator != 0:
		err = c.restore(strip(code))
	default:
		err = c.restore(code, nil)
	}
	if err != nil {
		return Code{}, err
	}
	c.original = code
	return c, nil
}

// startsGS1 says whether s begins with 01, 14 digits, 21 and a serial.
func startsGS1(s string) bool {
	return len(s) > serialFrom && s[:2] == "01" && digits(s[2:gtinEnd]) && s[gtinEnd:serialFrom] == "21"
}

// read is Parse without the original. seen is what s is made of.
func (c *Code) read(s string, seen class, opts *Options) *Error {
	switch {
	case len(s) > MaxScan:
		return tooLong(s)
	case seen&alien != 0:
		return illegal(s)
	case !startsGS1(s):
		return c.readOther(s)
	case seen&separator == 0:
		return c.restore(s, nil)
	}
	wrong := c.split(s)
	if wrong == nil && c.asItStands(s) {
		c.accept(s)
		return nil
	}
	return c.resort(s, wrong, opts)
}

// asItStands says whether the elements of s, in their places, are a row of the
// layout table. An AI 92 of another length passes, with a warning (M4), but
// never one of 88 characters for one of 44 or the reverse: a serial of 20 with
// a 92 of 88 is L88-13+240 that lost a separator.
func (c *Code) asItStands(s string) bool {
	serial := int(c.elements[1].end - c.elements[1].value)
	for i := range rows {
		r := &rows[i]
		if r.serial != serial || len(r.parts) != int(c.count)-2 || len(r.parts) == 0 || !c.inPlace(r, s) {
			continue
		}
		c.layout = r.id
		return true
	}
	return false
}

// inPlace says whether the identifiers behind the serial are the row's, each
// right behind its own GS.
func (c *Code) inPlace(r *row, s string) bool {
	from := c.elements[1].end
	for i := range r.parts {
		e := c.elements[i+2]
		p := &r.parts[i]
		if e.start != from+1 || s[from] != GS || !strings.HasPrefix(s[e.start:e.value], p.ai) ||
			p.ai == "92" && (e.end-e.start > tailBorder) != (p.size > tailBorder) {
			return false
		}
		from = e.end
	}
	return true
}

// accept takes s as the normalised code; its elements are found.
func (c *Code) accept(s string) {
	c.text = s
	c.kind = KindGS1
	for i := range c.elements[:c.count] {
		e := c.elements[i]
		switch s[e.start:e.value] {
		case "92":
			c.checksum = checksum44(s[e.value:e.end])
			c.kind = KindGS1M
			if n := e.end - e.start; n != size92x44 && n != size92x88 {
				c.warnings.set(WarnTailLength)
			}
		case "91", "93":
			c.kind = KindGS1M
		}
	}
	if c.checksum == ChecksumBad {
		c.warnings.set(WarnChecksum)
	}
	if CheckDigit(s[2:gtinEnd-1]) != s[gtinEnd-1] {
		c.warnings.set(WarnCheckDigit)
	}
}

// resort handles a code with separators that are not a layout's: they are taken
// out, restored, and every one that was there must be among the restored (M11).
// wrong is what its elements showed.
func (c *Code) resort(s string, wrong *Error, opts *Options) *Error {
	split := *c
	err := c.restore(strip(s))
	switch {
	case err == nil:
		return nil
	case wrong == nil && opts != nil && opts.Nonstandard:
		*c = split
		c.accept(s)
		c.warnings.set(WarnNonstandard)
		return nil
	case wrong != nil && (wrong.code == CodeDuplicateAI || err.code == CodeUnrestorable):
		return wrong
	}
	return newError(CodeGSInconsistent, "")
}

// strip takes the separators out and tells where they stood, as offsets in
// what is left; more than a layout can have are not listed all.
func strip(s string) (bare string, present []int) {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if s[i] != GS {
			b.WriteByte(s[i])
		} else if len(present) <= maxRestored {
			present = append(present, b.Len())
		}
	}
	return b.String(), present
}

// illegal finds the first character that no code may hold.
func illegal(s string) *Error {
	at := 0
	for classes[s[at]] != 0 {
		at++
	}
	shown, _ := decode(s[at:])
	return newError(CodeIllegalCharacter, place(s, at), arg{"character", shown})
}
