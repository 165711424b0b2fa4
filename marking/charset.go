package marking

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
)

// GS is the separator between the elements of a code (M1).
const GS = '\x1d'

// The 82 characters of GS1 that a code may hold (M3), as two bit sets over ASCII.
const (
	set82Low uint64 = (1<<10-1)<<'0' |
		1<<'!' | 1<<'"' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'(' | 1<<')' | 1<<'*' | 1<<'+' | 1<<',' |
		1<<'-' | 1<<'.' | 1<<'/' | 1<<':' | 1<<';' | 1<<'<' | 1<<'=' | 1<<'>' | 1<<'?'
	set82High uint64 = (1<<26-1)<<('A'-64) | 1<<('_'-64) | (1<<26-1)<<('a'-64)
)

func inSet82(c byte) bool {
	switch {
	case c < 64:
		return set82Low>>c&1 != 0
	case c < 128:
		return set82High>>(c-64)&1 != 0
	}
	return false
}

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
// with [CodeUnknownName].
func (c *Checksum) UnmarshalText(text []byte) error {
	for _, v := range [...]Checksum{ChecksumNone, ChecksumOK, ChecksumBad} {
		if v.String() == string(text) {
			*c = v
			return nil
		}
	}
	return newError(CodeUnknownName, "", arg{"name", string(text)}, arg{"type", "checksum"})
}

// checksum44 checks the value of an AI 92: of its 32 bytes the last 4,
// little-endian, are the CRC-32 (IEEE) of the first 28. Bits that base64 leaves
// unused must be zero: a misread last character shows there.
func checksum44(value string) Checksum {
	if len(value) != 44 {
		return ChecksumNone
	}
	var text [44]byte
	var raw [33]byte
	copy(text[:], value)
	if n, err := strictBase64.Decode(raw[:], text[:]); err != nil || n != 32 {
		return ChecksumBad
	}
	if crc32.ChecksumIEEE(raw[:28]) != binary.LittleEndian.Uint32(raw[28:]) {
		return ChecksumBad
	}
	return ChecksumOK
}

var strictBase64 = base64.StdEncoding.Strict()
