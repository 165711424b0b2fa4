package marking

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/obmen-go/obmen/marking/internal/keyboard"
)

// Read turns a scan, as it came from the scanner, into a code. In this order
// (M13): a byte order mark and line ends are cut off, the Russian keyboard
// layout is undone, spellings of GS are translated, one symbology prefix is
// stripped, a trailing GS dropped and double ones collapsed; then the code is
// read as by [Parse]; at last, if the checksum of a long tail does not hold or
// nothing was recognised, the same is tried with the case of all letters
// swapped (CapsLock) and taken if a checksum holds then. [Code.Actions] tells
// what was done, [Code.Warnings] what support should know.
//
// The scan may hold bytes that are not UTF-8: a lone 0xE8 is one of the
// spellings of GS. Errors are of type *[Error], with one of the first ten codes.
func Read(scan string, opts *Options) (Code, error) {
	var c Code
	err := c.readScan(scan, opts)
	if err != nil || c.checksum == ChecksumBad {
		var other Code
		if swapped := other.readScan(keyboard.SwapCase(scan[:min(len(scan), MaxScan)]), opts); swapped == nil && other.checksum == ChecksumOK {
			c, err = other, nil
			c.steps.set(stepCaseSwapped)
			c.warnings.set(WarnKeyboard)
		}
	}
	if err != nil {
		return Code{}, err
	}
	c.original = scan
	return c, nil
}

// readScan is one way through the steps.
func (c *Code) readScan(scan string, opts *Options) *Error {
	if len(scan) > MaxScan {
		return tooLong(scan)
	}
	s := trim(scan)
	if s == "" {
		return newError(CodeNotRecognised, "", arg{"length", 0})
	}
	var done steps
	var spelled []string
	seen := survey(s)
	if seen&(alien|opener) != 0 {
		if seen&alien != 0 && foreign(s) {
			undone, bad := keyboard.Undo(s)
			if bad >= 0 {
				r, _ := decode(s[bad:])
				return newError(CodeMixedLayout, place(s, bad), arg{"character", r})
			}
			s = undone
			done.set(stepLayoutUndone)
		}
		s, spelled = translate(s)
	}
	s, prefix := stripPrefix(s)
	done |= prefix
	if seen&alien != 0 {
		seen = survey(s) // what was alien may be gone
	} else if spelled != nil {
		seen |= separator
	}
	if seen&separator != 0 {
		tidied := steps(0)
		s, tidied = tidy(s)
		done |= tidied
	}
	if err := c.read(s, seen, opts); err != nil {
		return err
	}
	c.steps = done
	c.spelled = spelled
	c.warn(done, spelled)
	return nil
}

const byteOrderMark = "\ufeff"

// trim cuts byte order marks, line ends and tabs off both ends.
func trim(s string) string {
	for s != "" {
		if first, last := classes[s[0]], classes[s[len(s)-1]]; first&last&plain != 0 {
			break
		}
		t := strings.Trim(s, "\r\n\t")
		t = strings.TrimSuffix(strings.TrimPrefix(t, byteOrderMark), byteOrderMark)
		if len(t) == len(s) {
			break
		}
		s = t
	}
	return s
}

// foreign says whether s has Cyrillic letters outside the spelling |ГС|.
func foreign(s string) bool {
	for i, r := range s {
		if r >= utf8.RuneSelf && unicode.Is(unicode.Cyrillic, r) && !insideSpelling(s, i) {
			return true
		}
	}
	return false
}

// insideSpelling says whether the letter at offset i belongs to |ГС|.
func insideSpelling(s string, i int) bool {
	for _, back := range [...]int{1, 1 + len("Г")} {
		if i >= back && russianSpelling(s[i-back:]) > 0 {
			return true
		}
	}
	return false
}

// prefixes are the symbology identifiers of M1.
var prefixes = [...]string{
	"]d2", "]C1", "]Q3", "]e0", "]d1", "]E0", "]E4", "]C0", "]L0", "]L1", "]L2", "]Q1",
	"\u00e8", "\xe8",
}

// stripPrefix takes one symbology prefix off, once (M1).
func stripPrefix(s string) (string, steps) {
	if classes[s[0]]&(plain|opener) != 0 {
		return s, 0 // no prefix begins with a character of a code
	}
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok && (p != "\xe8" || loneE8(s)) {
			if p == "]d1" {
				return rest, stepPrefixStripped | stepPlainDataMatrix
			}
			return rest, stepPrefixStripped
		}
	}
	if s[0] == GS {
		// A run of GS is one separator, sent twice.
		rest := strings.TrimLeft(s, "\x1d")
		if len(s)-len(rest) > 1 {
			return rest, stepLeadingGS | stepDoubleGS
		}
		return rest, stepLeadingGS
	}
	return s, 0
}

// tidy drops trailing GS and collapses runs of them.
func tidy(s string) (string, steps) {
	var done steps
	if t := strings.TrimRight(s, "\x1d"); len(t) < len(s) {
		s = t
		done.set(stepTrailingGS)
	}
	if strings.Contains(s, "\x1d\x1d") {
		done.set(stepDoubleGS)
		for strings.Contains(s, "\x1d\x1d") {
			s = strings.ReplaceAll(s, "\x1d\x1d", "\x1d")
		}
	}
	return s, done
}

// place is the path of a character: "character 17", counted from 1.
func place(s string, at int) string {
	return "character " + strconv.Itoa(utf8.RuneCountInString(s[:at])+1)
}

// decode shows the first character of s for an error.
func decode(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return "byte 0x" + strings.ToUpper(strconv.FormatUint(uint64(s[0])|0x100, 16)[1:]), n
	case r == ' ':
		return "blank", n
	case unicode.IsPrint(r):
		return strconv.QuoteRune(r), n
	}
	return "U+" + strings.ToUpper(strconv.FormatInt(int64(r)|0x10000, 16)[1:]), n
}
