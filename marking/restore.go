package marking

import "strings"

// restore puts the separators into s, which has none and begins with 01, 14
// digits and 21. present holds the offsets in s where separators stood: each
// must be one of the layout's.
func (c *Code) restore(s string, present []int) *Error {
	*c = Code{}
	var full, identity *row
	torn := false
	for i := range rows {
		r := &rows[i]
		if !r.fits(s) {
			continue
		}
		if !r.covers(present) {
			torn = torn || r.id != LayoutIdentity // an identity has no separators at all
			continue
		}
		if r.id == LayoutIdentity {
			identity = r
		} else {
			full = r
		}
	}
	switch {
	case full == nil && identity == nil && torn:
		return newError(CodeGSInconsistent, "")
	case full == nil && identity == nil:
		return newError(CodeUnrestorable, "", arg{"length", len(s)})
	case full == nil:
		full = identity
	case identity != nil:
		c.other = identity.id
		c.warnings.set(WarnAmbiguous)
	case len(s) == egais2Length && present == nil && upperDigits(s):
		e := newError(CodeAmbiguous, "", arg{"candidates", full.name + ", " + KindEGAIS2.String()})
		e.candidates = []string{full.name, KindEGAIS2.String()}
		return e
	}
	c.build(s, full, present)
	return nil
}

// covers says whether the separators at present are all the row's own.
func (r *row) covers(present []int) bool {
	next := 0
	at := serialFrom + r.serial
	for i := range r.parts {
		if next < len(present) && present[next] == at {
			next++
		}
		at += r.parts[i].size
	}
	return next == len(present)
}

// build makes the normalised code and its elements by the row.
func (c *Code) build(s string, r *row, present []int) {
	at := serialFrom + r.serial
	c.elements[0] = span{0, 2, gtinEnd}
	c.elements[1] = span{gtinEnd, serialFrom, uint16(at)}
	c.count = uint8(len(r.parts) + 2)
	c.layout = r.id
	if len(r.parts) == 0 {
		c.accept(s)
		return
	}
	var text strings.Builder
	text.Grow(len(s) + len(r.parts))
	text.WriteString(s[:at])
	for i := range r.parts {
		p := &r.parts[i]
		if len(present) > 0 && present[0] == at {
			present = present[1:]
		} else {
			c.restored[c.restores] = uint16(at)
			c.restores++
		}
		size := p.size
		if size == 0 {
			size = len(s) - at
		}
		text.WriteByte(GS)
		start := text.Len()
		text.WriteString(s[at : at+size])
		value := start + len(p.ai)
		if len(p.ai) == 3 && numericAI(p.ai) > 0 {
			value++
		}
		c.elements[i+2] = span{uint16(start), uint16(value), uint16(text.Len())}
		at += size
	}
	if c.restores > 0 {
		c.warnings.set(WarnRestored)
	}
	c.accept(text.String())
}
