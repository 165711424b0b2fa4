package marking

// Lengths of the kinds without application identifiers (M7).
const (
	kmkLength    = 29
	gtinLength   = 14
	egais2Length = 68
	egais2From   = 8  // the value for the tags: characters 9..31
	egais2To     = 31 // …, 23 of them
	egais3Length = 150
	egais3Tag    = 14 // the value for the tags: the first 14
)

// kmkParts are the parts of a КМК.
var kmkParts = [...]struct {
	name string
	span span
}{
	{"gtin", span{0, 0, 14}},
	{"serial", span{14, 14, 21}},
	{"price", span{21, 21, 25}},
	{"check", span{25, 25, 29}},
}

// readOther reads the kinds that do not begin with 01, a GTIN and 21.
func (c *Code) readOther(s string) *Error {
	switch n := len(s); {
	case n == 8 && checked(s):
		c.kind = KindEAN8
	case n == 13 && checked(s):
		c.kind = KindEAN13
	case n == 14 && checked(s):
		c.kind = KindITF14
	case n == 18 && checked(s):
		c.kind = KindSSCC
	case n == 20 && s[:2] == "00" && checked(s[2:]):
		c.kind = KindSSCC
		c.elements[0] = span{0, 2, 20}
		c.count = 1
	case isFur(s):
		c.kind = KindFur
	case n == egais2Length && upperDigits(s):
		c.kind = KindEGAIS2
	case n == egais3Length && upperDigits(s):
		c.kind = KindEGAIS3
	case n == kmkLength && isKMK(s):
		c.kind = KindKMK
		for i := range kmkParts {
			c.elements[i] = kmkParts[i].span
		}
		c.count = uint8(len(kmkParts))
	default:
		return unread(s)
	}
	c.text = s
	return nil
}

// isFur: two letters, six digits, ten or eleven letters or digits, with dashes.
func isFur(s string) bool {
	n := len(s)
	return (n == 20 || n == 21) && s[2] == '-' && s[9] == '-' &&
		capital(s[0]) && capital(s[1]) && digits(s[3:9]) && upperDigits(s[10:])
}

func capital(c byte) bool { return c >= 'A' && c <= 'Z' }

// isKMK says whether s begins with a GTIN whose check digit holds and has no GS;
// its length is the caller's matter.
func isKMK(s string) bool {
	if len(s) <= gtinLength || !checked(s[:gtinLength]) {
		return false
	}
	for i := range len(s) {
		if s[i] == GS {
			return false
		}
	}
	return true
}

// unread says why s is nothing, as exactly as can be told.
func unread(s string) *Error {
	n := len(s)
	switch {
	case n > serialFrom && s[:2] == "01" && digits(s[2:gtinEnd]) && s[gtinEnd:serialFrom+1] == "\x1d21":
		return newError(CodeGSInconsistent, place(s, gtinEnd))
	case n >= gtinEnd && s[:2] == "01" && digits(s[2:gtinEnd]) &&
		(n == gtinEnd || s[gtinEnd] == GS || n == serialFrom && s[gtinEnd:] == "21"):
		return newError(CodeIncomplete, "AI 21", arg{"length", n})
	case n > 17 && s[:2] == "01" && s[15:17] == "21" && digits(s[2:15]):
		return newError(CodeBadLength, "AI 01", arg{"length", gtinLength - 1}, arg{"want", gtinLength})
	case (n == 21 || n == 25) && isKMK(s):
		return newError(CodeIncomplete, "", arg{"length", n})
	case n > 21 && n < kmkLength+5 && isKMK(s):
		return newError(CodeBadLength, "", arg{"length", n}, arg{"want", kmkLength})
	case (n == 8 || n == 13 || n == 14) && digits(s):
		return newError(CodeNotRecognised, "check digit", arg{"length", n})
	}
	return newError(CodeNotRecognised, "", arg{"length", n})
}
