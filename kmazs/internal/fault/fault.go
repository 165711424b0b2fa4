// Package fault is the body of every error of kmazs and the packages below it:
// a code, a place and arguments, turned into a text as late as possible. The
// packages keep their own error types, codes and text tables and share only this.
package fault

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault is what an error keeps. The zero value of each part means that it does
// not apply.
type Fault struct {
	// Code is the stable code, the key of the text tables.
	Code string
	// Record is the number of a record, from 1, Field the name of its field.
	Record int
	Field  string
	// Member is where in a document: "ImportUsersParams.ImportType", a file.
	Member string
	// Line and Column are the place in a text, from 1; Column counts bytes.
	Line, Column int
	// Args are placeholder, value, placeholder, value, …
	Args []any
	// Cause is the reason, Safe whether the peer cannot have acted.
	Cause error
	Safe  bool
}

// Secret is an argument that never stands in a text: personal data, keys, PINs.
type Secret string

// String hides the value.
func (Secret) String() string { return "***" }

// Localized is an argument that words itself in the language of the text.
type Localized interface {
	// Message is the sentence in "ru" or "en".
	Message(lang string) string
}

// Path says where in English, "" if nowhere: "record 17, field LIMIT".
func (f *Fault) Path() string {
	return f.place("record ", "field ", "line ", "column ")
}

func (f *Fault) place(record, field, line, column string) string {
	var parts []string
	if f.Record > 0 {
		parts = append(parts, record+strconv.Itoa(f.Record))
	}
	if f.Field != "" {
		parts = append(parts, field+f.Field)
	}
	if f.Member != "" {
		parts = append(parts, f.Member)
	}
	if f.Line > 0 {
		parts = append(parts, line+strconv.Itoa(f.Line))
	}
	if f.Column > 0 {
		parts = append(parts, column+strconv.Itoa(f.Column))
	}
	return strings.Join(parts, ", ")
}

// Line1 is the English line for logs.
func (f *Fault) Line1(pkg string, en map[string]string) string {
	text := pkg + ": "
	if p := f.Path(); p != "" {
		text += p + ": "
	}
	text += f.fill(en, "en")
	if f.Cause != nil && !f.worded() {
		text += ": " + oneLine(f.Cause.Error())
	}
	return text
}

// Message is the whole sentence with its place.
func (f *Fault) Message(lang string, en, ru map[string]string) string {
	if lang != "ru" {
		text := f.fill(en, "en")
		if p := f.Path(); p != "" {
			text = p + ": " + text
		}
		return upperFirst(text) + "."
	}
	if p := f.place("запись ", "поле ", "строка ", "позиция "); p != "" {
		return upperFirst(p) + ". " + f.fill(ru, "ru")
	}
	return f.fill(ru, "ru")
}

// Detail is the sentence without its place.
func (f *Fault) Detail(lang string, en, ru map[string]string) string {
	if lang == "ru" {
		return f.fill(ru, "ru")
	}
	return upperFirst(f.fill(en, "en")) + "."
}

// worded says that an argument already tells the cause.
func (f *Fault) worded() bool {
	for i := 1; i < len(f.Args); i += 2 {
		if _, ok := f.Args[i].(Localized); ok {
			return true
		}
	}
	return false
}

func (f *Fault) fill(table map[string]string, lang string) string {
	text := table[f.Code]
	if len(f.Args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(f.Args))
	for i := 0; i+1 < len(f.Args); i += 2 {
		mark, value := "{"+f.Args[i].(string)+"}", ""
		switch v := f.Args[i+1].(type) {
		case Localized:
			value = v.Message(lang)
			if lang != "ru" {
				value = strings.TrimSuffix(value, ".")
			}
		default:
			value = fmt.Sprint(v)
		}
		if before, after, _ := strings.Cut(text, mark); strings.HasPrefix(after, advice) {
			if strings.Contains(value, advice) {
				text = before + mark // the quoted sentence knows better what to do
			} else {
				value = strings.TrimSuffix(value, ".")
			}
		}
		pairs = append(pairs, mark, clip(oneLine(value)))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// advice stands between what happened and what to do in Russian texts.
const advice = " · "

// maxShown bounds how much of a value stands in a text, in bytes.
const maxShown = 2048

func clip(s string) string {
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "…"
}

func oneLine(s string) string {
	if strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, s)
	}
	return s
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
