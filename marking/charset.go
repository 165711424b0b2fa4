package marking

import "hash/crc32"

// GS is the separator between the elements of a code (M1).
const GS = '\x1d'

// class says what a byte can be in a code. The classes of all bytes of a scan
// come together in one value, so that one pass over it is enough.
type class uint8

const (
	plain     class = 1 << iota // a character of a code
	opener                      // one that may also begin a spelling of GS: < ( _
	separator                   // GS
	alien                       // anything else
)

// classes maps the 82 characters of GS1 that a code may hold (M3), and GS; the
// zero value is alien.
var classes = [256]class{
	'A': plain, 'B': plain, 'C': plain, 'D': plain, 'E': plain, 'F': plain, 'G': plain, 'H': plain, 'I': plain, 'J': plain, 'K': plain, 'L': plain, 'M': plain,
	'N': plain, 'O': plain, 'P': plain, 'Q': plain, 'R': plain, 'S': plain, 'T': plain, 'U': plain, 'V': plain, 'W': plain, 'X': plain, 'Y': plain, 'Z': plain,
	'a': plain, 'b': plain, 'c': plain, 'd': plain, 'e': plain, 'f': plain, 'g': plain, 'h': plain, 'i': plain, 'j': plain, 'k': plain, 'l': plain, 'm': plain,
	'n': plain, 'o': plain, 'p': plain, 'q': plain, 'r': plain, 's': plain, 't': plain, 'u': plain, 'v': plain, 'w': plain, 'x': plain, 'y': plain, 'z': plain,
	'0': plain, '1': plain, '2': plain, '3': plain, '4': plain, '5': plain, '6': plain, '7': plain, '8': plain, '9': plain,
	'!': plain, '"': plain, '%': plain, '&': plain, '\'': plain, ')': plain, '*': plain, '+': plain, ',': plain, '-': plain, '.': plain, '/': plain,
	'(': opener, '_': opener, '<': opener,
	':': plain, ';': plain, '=': plain, '>': plain, '?': plain,
	GS: separator,
}

// survey brings together the classes of all bytes of s.
func survey(s string) class {
	var all, none class
	for i := range len(s) {
		c := classes[s[i]]
		all |= c
		if c == 0 {
			none = alien
		}
	}
	return all | none
}

// legal says whether s holds nothing but the characters of a code and GS.
func legal(s string) bool { return survey(s)&alien == 0 }

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// upperDigits says whether s holds digits and capital Latin letters only.
func upperDigits(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// CheckDigit returns the mod-10 check digit of GS1 for the digits of a GTIN, an
// EAN or an SSCC without their last one. It returns 0 if s holds anything else.
func CheckDigit(s string) byte {
	sum, weight := 0, 3
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		sum += int(s[i]-'0') * weight
		weight = 4 - weight
	}
	return '0' + byte((10-sum%10)%10)
}

// checked says whether s is all digits and ends with its check digit.
func checked(s string) bool {
	return len(s) > 1 && digits(s) && CheckDigit(s[:len(s)-1]) == s[len(s)-1]
}

// Checksum is what the checksum inside a 44-character AI 92 says (M6).
type Checksum uint8

// The outcomes.
const (
	ChecksumNone Checksum = iota // the code has no AI 92 of 44 characters
	ChecksumOK                   // the checksum holds
	ChecksumBad                  // misread, or a code that only a fiscal storage can verify
)

// String returns none, ok or bad.
func (c Checksum) String() string {
	switch c {
	case ChecksumOK:
		return "ok"
	case ChecksumBad:
		return "bad"
	}
	return "none"
}

// MarshalText writes the name.
func (c Checksum) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a name that String returned; any other name is an error
// with [CodeName].
func (c *Checksum) UnmarshalText(text []byte) error {
	for _, v := range [...]Checksum{ChecksumNone, ChecksumOK, ChecksumBad} {
		if v.String() == string(text) {
			*c = v
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "checksum"})
}

// checksum44 checks the value of an AI 92: of its 32 bytes the last 4,
// little-endian, are the CRC-32 (IEEE) of the first 28. Bits that base64 leaves
// unused must be zero: a misread last character shows there.
func checksum44(value string) Checksum {
	if len(value) != 44 {
		return ChecksumNone
	}
	if value[43] != '=' {
		return ChecksumBad
	}
	sum := ^uint32(0)
	var word, bits, stored uint32
	at := 0
	for i := range 43 {
		d := base64Digit(value[i])
		if d < 0 {
			return ChecksumBad
		}
		word, bits = word<<6|uint32(d), bits+6
		if bits < 8 {
			continue
		}
		bits -= 8
		octet := word >> bits & 0xff
		if at < 28 {
			sum = crc32.IEEETable[byte(sum)^byte(octet)] ^ sum>>8
		} else {
			stored |= octet << (8 * (at - 28))
		}
		at++
	}
	if word&(1<<bits-1) != 0 || ^sum != stored {
		return ChecksumBad
	}
	return ChecksumOK
}

// base64Digit is the value of a digit of the standard alphabet, -1 for any other character.
func base64Digit(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}
