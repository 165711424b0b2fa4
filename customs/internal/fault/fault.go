// Package fault formats the coded errors of the customs packages: texts with
// named placeholders and arguments that stay values until somebody reads them.
package fault

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Arg is a named value for a placeholder of a text.
type Arg struct {
	// Name is the placeholder without braces.
	Name string
	// Value is formatted with %v when the text is read.
	Value any
	// Secret values are masked in logs.
	Secret bool
}

// Text is a value that is worded in both languages: a reason.
type Text struct {
	// EN and RU are half sentences without a stop.
	EN, RU string
}

// Textf formats both wordings with the same arguments.
func Textf(en, ru string, args ...any) Text {
	return Text{fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)}
}

// Reason is the argument {reason}, worded in both languages.
func Reason(en, ru string, args ...any) Arg {
	return Arg{Name: "reason", Value: Textf(en, ru, args...)}
}

// String returns the English wording.
func (t Text) String() string { return t.EN }

// In returns the wording in Russian ("ru") or English.
func (t Text) In(lang string) string {
	if lang == "ru" {
		return t.RU
	}
	return t.EN
}

// Fault is the content of an error; each package wraps it in a type of its own.
type Fault struct {
	// Code is the stable code, Path the place in the user's terms.
	Code, Path string
	// Args fill the placeholders.
	Args []Arg
	// Cause is the error below, or nil.
	Cause error
}

// Log returns the one-line English form with the secrets masked.
func (f *Fault) Log(pkg string, texts map[string]string) string {
	var b strings.Builder
	b.WriteString(pkg)
	b.WriteString(": ")
	if f.Path != "" {
		b.WriteString(f.Path)
		b.WriteString(": ")
	}
	b.WriteString(Fill(texts[f.Code], f.Args, "en", true))
	if f.Cause != nil {
		b.WriteString(": ")
		b.WriteString(f.Cause.Error())
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

// Message returns the sentence for a person, after the place if there is one; ru
// is used for "ru", en for all else.
func (f *Fault) Message(lang string, en, ru map[string]string) string {
	place := ""
	if f.Path != "" {
		place = f.Path + ": "
	}
	if lang == "ru" {
		if line, ok := strings.CutPrefix(place, "line "); ok {
			place = "строка " + line
		}
		return place + Fill(ru[f.Code], f.Args, lang, false)
	}
	text := Fill(en[f.Code], f.Args, lang, false)
	first, n := utf8.DecodeRuneInString(text)
	if n == 0 {
		return ""
	}
	return place + string(unicode.ToUpper(first)) + text[n:] + "."
}

// maxValue is how many characters of a value a text shows: enough for any id,
// too few for a hostile one to flood a log.
const maxValue = 80

// Fill puts the arguments in place of their names; secrets become *** if mask is set.
func Fill(text string, args []Arg, lang string, mask bool) string {
	pairs := make([]string, 0, 2*len(args))
	for _, a := range args {
		value := "***"
		if !a.Secret || !mask {
			value = shorten(a.in(lang))
		}
		pairs = append(pairs, "{"+a.Name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (a Arg) in(lang string) string {
	if t, ok := a.Value.(interface{ In(lang string) string }); ok {
		return t.In(lang)
	}
	return fmt.Sprint(a.Value)
}

func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	n := 0
	for i := range s {
		if n++; n > maxValue {
			return s[:i] + "…"
		}
	}
	return s
}
