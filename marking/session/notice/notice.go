// Package notice is the catalogue of what a till tells its cashier while marked
// goods are sold; you need it to show such a message with its answers, or to
// look one up. The texts are the source's letter for letter (M42 to M50), each
// with a text for support, and the severity says what it means for the sale.
package notice

import (
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Notice is one message for the cashier. It is a value; its zero value says
// nothing.
type Notice struct {
	// Kind says which message it is.
	Kind Kind `json:"kind"`
	// Item is the number of the item in the receipt, from 1; 0 for the receipt.
	Item int `json:"item,omitempty"`
	// Silenced is true while the cashier has asked not to be reminded: it is not
	// to be shown (M48).
	Silenced bool `json:"silenced,omitempty"`
	// Details are what could be found out for support, in English, each a short
	// line; they hold no crypto tails.
	Details []string `json:"details,omitempty"`
	// Own is another's text that stands in for the kind's: the permit check's
	// reason, in Russian and English.
	Own Text `json:"own,omitzero"`
}

// Text is a message in both languages.
type Text struct {
	// RU is Russian, EN English, both whole sentences.
	RU string `json:"ru,omitempty"`
	EN string `json:"en,omitempty"`
}

// Message is the text for the cashier. lang is "ru"; any other language gives
// English.
func (n Notice) Message(lang string) string {
	switch {
	case lang == "ru" && n.Own.RU != "":
		return n.Own.RU
	case lang != "ru" && n.Own.EN != "":
		return n.Own.EN
	}
	return lookup(n.Kind.Code(), lang)
}

// Support is what support has to find out, followed by the details. lang is
// "ru"; any other language gives English.
func (n Notice) Support(lang string) string {
	s := n.Kind.Support(lang)
	if len(n.Details) == 0 {
		return s
	}
	return strings.TrimSpace(s + " " + "(" + strings.Join(n.Details, "; ") + ")")
}

// Severity is the kind's.
func (n Notice) Severity() Severity { return n.Kind.Severity() }

// Answers are the kind's.
func (n Notice) Answers() []Answer { return n.Kind.Answers() }

// LogValue gives the kind, the item and the details.
func (n Notice) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", n.Kind.String()), slog.Int("item", n.Item),
		slog.Bool("silenced", n.Silenced), slog.String("details", strings.Join(n.Details, "; ")))
}

var _ slog.LogValuer = Notice{}

// Support is what support has to find out behind such a notice. lang is "ru";
// any other language gives English.
func (k Kind) Support(lang string) string {
	if int(k) < len(kinds) {
		return lookup(kinds[k].support, lang)
	}
	return ""
}

// Message is the cashier's text. lang is "ru"; any other language gives English.
func (k Kind) Message(lang string) string { return lookup(k.Code(), lang) }

// lookup finds a text: Russian as it stands, English made a sentence.
func lookup(code, lang string) string {
	if lang == "ru" {
		return messagesRU[code]
	}
	return sentence(messagesEN[code])
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// Error says that a text is no name of a kind, severity or answer.
type Error struct {
	// Name is the text.
	Name string
}

var _ error = (*Error)(nil)

// Error returns one line in English for logs.
func (e *Error) Error() string { return "notice: " + e.fill(messagesEN[CodeName]) }

// Code returns CodeName.
func (e *Error) Code() string { return CodeName }

// Path returns "".
func (e *Error) Path() string { return "" }

// Message returns a whole sentence. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string { return e.fill(lookup(CodeName, lang)) }

func (e *Error) fill(text string) string { return strings.ReplaceAll(text, "{name}", e.Name) }
