package flagfile

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unassigned is the one byte windows-1251 leaves undefined. It is read as the
// control character of the same number, so that every file survives a rewrite.
const unassigned = 0x98

func decode1251(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for _, c := range b {
		if c == unassigned {
			s.WriteRune(unassigned)
			continue
		}
		s.WriteRune(charmap.Windows1251.DecodeByte(c))
	}
	return s.String()
}

func byte1251(r rune) (byte, bool) {
	if r == unassigned {
		return unassigned, true
	}
	return charmap.Windows1251.EncodeRune(r)
}

// encode1251 fails on the first character that windows-1251 lacks.
func encode1251(s string) (raw string, bad rune, ok bool) {
	raw, lost := replace1251(s)
	if len(lost) > 0 {
		return "", lost[0], false
	}
	return raw, 0, true
}

// replace1251 puts ? for what windows-1251 lacks and lists it (FL6).
func replace1251(s string) (raw string, lost []rune) {
	b := make([]byte, 0, len(s))
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				b, lost = append(b, '?'), append(lost, r)
				continue
			}
		}
		c, ok := byte1251(r)
		if !ok {
			c, lost = '?', append(lost, r)
		}
		b = append(b, c)
	}
	return string(b), lost
}
