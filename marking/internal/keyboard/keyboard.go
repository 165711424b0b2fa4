// Package keyboard holds the Russian keyboard layout ЙЦУКЕН over the US one, as
// Windows has it, and the letter case that CapsLock swaps.
package keyboard

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The keys whose characters differ, in the same order: first the keys that are
// letters in Russian, then the others.
var (
	russian = []rune("йцукенгшщзхъфывапролджэячсмитьбюё" + "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ" + `.,"№;:?/`)
	latin   = []rune("qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + "QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~" + `/?@#$^&|`)
)

// same are the characters that both layouts type with the same keys.
const same = "0123456789!%*()-_=+\\ "

// Type returns what arrives when s is typed by its US keys under the Russian
// layout. Characters that no key types stay as they are.
func Type(s string) string { return strings.Map(Key, s) }

// Key is Type for one character.
func Key(r rune) rune {
	for i, k := range latin {
		if k == r {
			return russian[i]
		}
	}
	return r
}

// Undo returns what was meant when s was typed under the Russian layout, or
// the offset of the first character that this layout cannot type. Characters
// outside the keyboard (control characters, arrows) stay as they are.
func Undo(s string) (string, int) {
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			b.WriteByte(s[i]) // not UTF-8: a scanner's own separator
			continue
		}
		m := meant(r)
		if m < 0 {
			return "", i
		}
		b.WriteRune(m)
	}
	return b.String(), -1
}

func meant(r rune) rune {
	for i, k := range russian {
		if k == r {
			return latin[i]
		}
	}
	if r > ' ' && r < 0x7f && !strings.ContainsRune(same, r) || unicode.Is(unicode.Cyrillic, r) {
		return -1
	}
	return r
}

// SwapCase swaps the case of every Latin and Cyrillic letter, as CapsLock does.
// Bytes that are not UTF-8 stay as they are.
func SwapCase(s string) string {
	b := make([]byte, 0, len(s))
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b = append(b, s[i])
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			b = append(b, byte(r)^0x20)
		case unicode.Is(unicode.Cyrillic, r) && unicode.IsUpper(r):
			b = utf8.AppendRune(b, unicode.ToLower(r))
		case unicode.Is(unicode.Cyrillic, r):
			b = utf8.AppendRune(b, unicode.ToUpper(r))
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}
