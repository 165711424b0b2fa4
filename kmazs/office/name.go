package office

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tidyName is a short name as it is stored: outer blanks trimmed, inner runs of
// them collapsed to one (K32).
func tidyName(s string) string {
	if isTidy(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

func isTidy(s string) bool {
	blank := true // as if a blank stood before
	for _, r := range s {
		switch {
		case !unicode.IsSpace(r):
			blank = false
		case blank || r != ' ':
			return false
		default:
			blank = true
		}
	}
	return !blank || s == ""
}

// foldName is a short name as it is compared (K32): tidy and case folded, with
// no regard to look-alikes of other alphabets; Ё is not Е. Names in capitals,
// the usual ones, cost no allocation.
func foldName(s string) string {
	if isFolded(s) {
		return s
	}
	return strings.Map(foldRune, tidyName(s))
}

// isFolded finds, by bytes alone, names that foldName leaves as they are: single
// blanks inside, no letter but capitals of ASCII and Cyrillic А..Я, Ё.
func isFolded(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ':
			if blank {
				return false
			}
			blank = true
			continue
		case c > ' ' && c < 'a' || c > 'z' && c < 0x7f:
		case c == 0xd0 && i+1 < len(s) && (s[i+1] >= 0x90 && s[i+1] <= 0xaf || s[i+1] == 0x81):
			i++
		default:
			return false
		}
		blank = false
	}
	return !blank || s == ""
}

// foldRune is the smallest of the runes that differ by case alone.
func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' {
			return r - ('a' - 'A')
		}
		return r
	case 'а' <= r && r <= 'я':
		return r - ('а' - 'А')
	case 'А' <= r && r <= 'Я':
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
