package marking

import (
	"strconv"
	"strings"
)

const hexDigits = "0123456789ABCDEF"

// EncodeHex writes a code as upper-case hex without separators; GS is 1D (M23).
func EncodeHex(code string) string { return encodeHex(code, "") }

// EncodeHexPairs writes a code as upper-case pairs separated by blanks, the form
// in which a BarcodeHex is usually shown: "30 31 1D" (M23).
func EncodeHexPairs(code string) string { return encodeHex(code, " ") }

func encodeHex(code, separator string) string {
	var b strings.Builder
	b.Grow(len(code) * (2 + len(separator)))
	for i := range len(code) {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteByte(hexDigits[code[i]>>4])
		b.WriteByte(hexDigits[code[i]&15])
	}
	return b.String()
}

// DecodeHex reads hex digits of any case; blanks and tabs may stand anywhere
// (M23). A character that is no hex digit is an error with
// [CodeIllegalCharacter], an odd number of digits one with [CodeBadLength].
func DecodeHex(text string) (string, error) {
	b := make([]byte, 0, len(text)/2)
	high, half := byte(0), false
	for i := range len(text) {
		d := text[i]
		switch {
		case d == ' ' || d == '\t':
			continue
		case d >= '0' && d <= '9':
			d -= '0'
		case d >= 'a' && d <= 'f':
			d -= 'a' - 10
		case d >= 'A' && d <= 'F':
			d -= 'A' - 10
		default:
			shown, _ := decode(text[i:])
			return "", newError(CodeIllegalCharacter, place(text, i), arg{"character", shown})
		}
		if half {
			b = append(b, high<<4|d)
		}
		high, half = d, !half
	}
	if half {
		n := 2*len(b) + 1
		return "", newError(CodeBadLength, "hex", arg{"length", n}, arg{"want", strconv.Itoa(n + 1)})
	}
	return string(b), nil
}
