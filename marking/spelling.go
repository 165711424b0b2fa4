package marking

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Spellings of GS (M20). Those made of characters that a serial may hold, and
// U+FFFD, which can stand for anything, count only before a known AI.

// spelling finds a spelling of GS at the beginning of s: its length, 0 for
// none, and whether it counts only before a known AI.
func spelling(s string) (length int, conditional bool) {
	switch s[0] {
	case '[', '{', '|':
		if n := bracketed(s); n > 0 {
			return n, false
		}
		return russianSpelling(s), false
	case '<', '(':
		return bracketed(s), true
	case '^':
		return prefixLength(s, "^]"), false
	case '\\':
		return escaped(s), false
	case '_':
		return prefixLength(s, "_x001d_"), true
	case '&':
		return prefixLength(s, "&#x1d;", "&#29;"), true
	case '~':
		if n := prefixLength(s, "~029"); n > 0 {
			return n, false
		}
		return prefixLength(s, "~1"), true
	case 0xe8:
		if loneE8(s) {
			return 1, false
		}
	case "\u00e8"[0], "\u2194"[0]:
		return prefixLength(s, "\u00e8", "\u2194", "\u241d"), false
	case "\ufffd"[0]:
		return prefixLength(s, "\ufffd"), true
	}
	return 0, false
}

// prefixLength is the length of the first of the prefixes that s has, in any case.
func prefixLength(s string, prefixes ...string) int {
	for _, p := range prefixes {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return len(p)
		}
	}
	return 0
}

// bracketed: [GS] {GS} |GS| <GS> (GS), {FNC1} <FNC1>.
func bracketed(s string) int {
	switch s[0] {
	case '[':
		return prefixLength(s, "[GS]")
	case '{':
		return prefixLength(s, "{GS}", "{FNC1}")
	case '|':
		return prefixLength(s, "|GS|")
	case '<':
		return prefixLength(s, "<GS>", "<FNC1>")
	}
	return prefixLength(s, "(GS)")
}

func russianSpelling(s string) int { return prefixLength(s, "|ГС|") }

// escaped: \x1d \u001d \035, with one or two backslashes.
func escaped(s string) int {
	n := 1
	if strings.HasPrefix(s, `\\`) {
		n = 2
	}
	if m := prefixLength(s[n:], "x1d", "u001d", "035"); m > 0 {
		return n + m
	}
	return 0
}

// loneE8 says whether s begins with the byte 0xE8 that is not part of a UTF-8 character.
func loneE8(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return s[0] == 0xe8 && r == utf8.RuneError && n == 1
}

// translate replaces the spellings of GS in s and lists those that it met, each
// once, as they arrived. A 0xE8 in front is a symbology prefix and stays.
func translate(s string) (string, []string) {
	var found []string
	var b strings.Builder
	from := 0
	for at := 0; at < len(s); {
		if c := classes[s[at]]; (c == plain || c == separator) && s[at] != '&' {
			at++
			continue
		}
		n, conditional := spelling(s[at:])
		if n == 0 || at == 0 && (s[0] == 0xe8 || s[0] == "\u00e8"[0]) || conditional && !countsBefore(s[at+n:], at == 0) {
			at++
			continue
		}
		b.WriteString(s[from:at])
		b.WriteByte(GS)
		if name := s[at : at+n]; !slices.Contains(found, name) {
			found = append(found, name)
		}
		at += n
		from = at
	}
	if found == nil {
		return s, nil
	}
	b.WriteString(s[from:])
	return b.String(), found
}

// countsBefore says whether rest begins with an AI that follows a GS in a mark,
// or, at the beginning of the scan, with the AI 01. More spellings in between do not matter.
func countsBefore(rest string, first bool) bool {
	for rest != "" {
		if rest[0] == GS {
			rest = rest[1:]
			continue
		}
		for _, ai := range [...]string{"91", "92", "93", "8005", "240", "310", "335", "17", "10"} {
			if strings.HasPrefix(rest, ai) {
				return true
			}
		}
		if first && strings.HasPrefix(rest, "01") {
			return true
		}
		n, _ := spelling(rest)
		if n == 0 {
			return false
		}
		rest = rest[n:]
	}
	return false
}
