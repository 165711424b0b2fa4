package flk

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// leafAt is a leaf that is being judged; its path is made when it is needed.
type leafAt struct {
	v     *Validator
	field *compiledField
	group Group
	base  string
	entry []int
	doc   int
	pos   Pos
}

func (l *leafAt) report(code string, args ...arg) {
	path := l.base
	if len(l.entry) > 0 {
		path = groupPath(GroupError, "documents["+number(l.doc)+"]", l.entry[0])
	}
	args = append([]arg{{Name: "name", Value: l.field.Code}}, args...)
	l.v.report(l.field.Rule, code, path+"."+l.field.Code, l.doc, l.pos, args...)
}

// group judges all leaves of a group.
func (v *Validator) group(g group, path string, doc int, entry ...int) {
	kind := g.kind()
	fields := v.format.groups[kind]
	extra := *g.extra()
	for i := range fields {
		f := &fields[i]
		l := leafAt{v: v, field: f, group: kind, base: path, entry: entry, doc: doc}
		var value string
		var m mark
		if f.leaf >= 0 {
			value, m = *g.leaf(f.leaf), *g.markOf(f.leaf)
		} else {
			for j := range extra {
				if extra[j].Name == f.Code && extra[j].In == "" {
					value, m.Pos = extra[j].Value, extra[j].Pos
					break
				}
			}
		}
		if l.pos = m.Pos; l.pos.Line == 0 {
			l.pos = g.markOf(-1).Pos
		}
		if m.alias {
			l.report(CodeSpelling, arg{Name: "value", Value: f.Aliases[0]})
		}
		if m.trimmed {
			l.report(CodeSpaces)
		}
		l.value(value)
	}
	for i := range extra {
		at := path
		if len(entry) > 0 {
			at = groupPath(GroupError, "documents["+number(doc)+"]", entry[0])
		}
		v.unknown(kind, &extra[i], at, doc)
	}
}

// value judges one value.
func (l *leafAt) value(s string) {
	f := l.field
	if s == "" {
		if f.Required {
			l.report(CodeMissing)
		}
		return
	}
	if f.check != checkExact && (isBlank(s[0]) || isBlank(s[len(s)-1])) {
		inner := strings.Trim(s, blanks)
		if inner == "" && f.check == checkNotBlank {
			l.report(CodeBlank)
			return
		}
		if len(inner) < len(s) {
			l.report(CodeSpaces)
			if l.v.o.Profile == Strict {
				s = inner // one complaint is enough
			}
			if inner == "" {
				return
			}
		}
	}
	if c, found := control(s, f.check == checkExact); found {
		l.report(CodeControl, arg{Name: "value", Value: fmt.Sprintf("U+%04X", c)})
	}
	if len(f.Values) > 0 && !slices.Contains(f.Values, s) {
		l.notAllowed(s)
	}
	if !l.length(s) {
		return
	}
	switch f.Kind {
	case KindNumber:
		if !digits(s) {
			l.report(CodeNumber)
		} else if len(s) > 1 && s[0] == '0' {
			l.report(CodeLeadingZeros)
		}
	case KindDate:
		if _, ok := Date(s).Time(); !ok {
			l.report(CodeDate)
		}
	default:
		l.special(s)
	}
}

// length counts code points; it returns false if other checks make no sense.
func (l *leafAt) length(s string) bool {
	f := l.field
	n := utf8.RuneCountInString(s)
	length := arg{Name: "length", Value: number(n)}
	switch {
	case f.Kind == KindDate:
		return true
	case f.Kind == KindNumber && !digits(s):
		return true
	case f.check == checkLastID && n == guidLength:
		l.report(CodeLastID)
	case f.Min == f.Max && n != f.Max:
		l.report(CodeLength, length, arg{Name: "max", Value: number(f.Max)})
		return false
	case n < f.Min:
		l.report(CodeTooShort, length, arg{Name: "min", Value: number(f.Min)})
	case n > f.Max:
		l.report(CodeTooLong, length, arg{Name: "max", Value: number(f.Max)})
	}
	return true
}

// guidLength is that of 8-4-4-4-12 hexadecimal digits.
const guidLength = 36

// control finds a control character or a broken byte. TAB, LF and CR belong to
// an erroneous value (F19) as any other blank does.
func control(s string, blanksToo bool) (rune, bool) {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' && !(blanksToo && isBlank(c)) || c == 0x7F {
			return rune(c), true
		} else if c == 0xC2 && i+1 < len(s) && s[i+1] < 0xA0 {
			return rune(s[i+1]), true // U+0080 to U+009F
		} else if c >= utf8.RuneSelf {
			plain = false
		}
	}
	if plain || utf8.ValidString(s) {
		return 0, false
	}
	for i, r := range s {
		if r == utf8.RuneError && !validAt(s[i:]) {
			return rune(s[i]), true
		}
	}
	return 0, false
}

func (l *leafAt) notAllowed(s string) {
	allowed := arg{Name: "allowed", Value: strings.Join(l.field.Values, ", ")}
	for _, want := range l.field.Values {
		switch {
		case lookalikes.Replace(s) == want:
			l.report(CodeLookalike, arg{Name: "allowed", Value: want})
			return
		case mojibake(s, want):
			l.report(CodeMojibake, arg{Name: "allowed", Value: want})
			return
		}
	}
	l.report(CodeValue, arg{Name: "value", Value: s}, allowed)
}

// lookalikes turns letters that look Cyrillic into the Cyrillic ones.
var lookalikes = strings.NewReplacer("T", "Т", "C", "С", "K", "К", "Τ", "Т", "Φ", "Ф", "Λ", "Л", "Κ", "К", "Ϲ", "С")

// mojibake says whether got is want, written in one encoding and read in another.
func mojibake(got, want string) bool {
	if want[0] < utf8.RuneSelf {
		return false
	}
	pages := []*charmap.Charmap{charmap.Windows1251, charmap.KOI8R, charmap.CodePage866, charmap.ISO8859_1, charmap.Windows1252}
	for _, reader := range pages {
		if s, err := reader.NewDecoder().String(want); err == nil && s == got {
			return true
		}
		for _, writer := range pages[:3] {
			raw, err := writer.NewEncoder().String(want)
			if err != nil {
				continue
			}
			if s, err := reader.NewDecoder().String(raw); err == nil && s == got {
				return true
			}
		}
	}
	return false
}

func (l *leafAt) special(s string) {
	switch l.field.check {
	case checkFileID:
		l.fileID(FileID(s))
	case checkPhone:
		if !phoneLike(s) {
			l.report(CodePhone)
		}
	case checkEmail:
		if !emailLike(s) {
			l.report(CodeEmail)
		}
	case checkGUID:
		if !isGUID(s) {
			l.report(CodeGUID)
		}
	case checkFileName:
		if strings.ContainsAny(s, `/\`) {
			l.report(CodeSeparator)
		}
	}
}

func (l *leafAt) fileID(id FileID) {
	if len(id) != fileIDLength || !digits(string(id[6:])) {
		l.report(CodeFileIDShape)
		return
	}
	for _, country := range []string{id.Sender(), id.Receiver()} {
		switch countryKind(country) {
		case countryBroken:
			l.report(CodeFileIDShape)
			return
		case countryMixed:
			l.report(CodeFileIDMix, arg{Name: "value", Value: country})
		case countryUnknown:
			l.report(CodeFileIDCountry, arg{Name: "value", Value: country})
		}
	}
	if _, ok := id.Time(); !ok {
		l.report(CodeFileIDTime)
	}
}

type countryShape uint8

const (
	countryKnown countryShape = iota
	countryUnknown
	countryMixed
	countryBroken
)

// countryKind judges a country code: digits of ISO 3166 or, by assumption, its
// three letters.
func countryKind(s string) countryShape {
	letters, numerals := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			numerals++
		case c >= 'A' && c <= 'Z':
			letters++
		default:
			return countryBroken
		}
	}
	switch {
	case len(s) != 3:
		return countryBroken
	case letters > 0 && numerals > 0:
		return countryMixed
	}
	switch s {
	case "643", "112", "398", "051", "417", "RUS", "BLR", "KAZ", "ARM", "KGZ":
		return countryKnown
	}
	return countryUnknown
}

// phoneLike wants five digits and nothing but what telephone numbers are written with.
func phoneLike(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n++
		case !strings.ContainsRune(" +-().,;/#*доб\u00a0ext", r):
			return false
		}
	}
	return n >= 5
}

func emailLike(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	return ok && local != "" && !strings.ContainsAny(s, " \t,;<>") && !strings.Contains(host, "@") &&
		strings.Contains(strings.Trim(host, "."), ".") && !strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".")
}

func isGUID(s string) bool {
	if len(s) != guidLength {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}
