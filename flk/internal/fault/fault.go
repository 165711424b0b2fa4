// Package fault formats the texts of the error contract for flk and its
// sub-packages: templates with named placeholders, filled late, secrets masked.
package fault

import "strings"

// Arg is a named value of a message.
type Arg struct {
	Name, Value string // of the placeholder
	RU          string // Value in Russian; "": the same
	Secret      bool   // personal data: masked wherever it is formatted
}

// Format fills the {names} of an English template.
func Format(template string, args []Arg) string { return FormatIn("en", template, args) }

// FormatIn fills the {names} of a template in Russian ("ru") or English.
func FormatIn(lang, template string, args []Arg) string {
	if len(args) == 0 {
		return template
	}
	pairs := make([]string, 0, 2*len(args))
	for _, a := range args {
		value := a.Value
		if lang == "ru" && a.RU != "" {
			value = a.RU
		}
		if a.Secret {
			value = Mask(value)
		}
		pairs = append(pairs, "{"+a.Name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// Mask hides a value and tells only whether there is one.
func Mask(s string) string {
	if s == "" {
		return ""
	}
	return "***"
}

// Sentence makes an English fragment a sentence.
func Sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// Clip shortens a value for a message: one line, at most 60 characters.
func Clip(s string) string {
	n := 0
	clipped := strings.Map(func(r rune) rune {
		if n++; n > 60 {
			return -1
		}
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	if n > 60 {
		clipped += "…"
	}
	return clipped
}
