package flow

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of this package's errors.
const (
	CodeEvent = "MARK-FLOW-EVENT" // an event that does not fit the state
	CodeName  = "MARK-FLOW-NAME"  // a name that is none of a state's or event's
)

// Error says that an event does not fit a state, or that a name is none.
type Error struct {
	code, what, name, state string
	allowed                 []string
}

var _ error = (*Error)(nil)

// Error returns one line in English for logs.
func (e *Error) Error() string { return "flow: " + e.fill(messagesEN[e.code]) }

// Code returns CodeEvent or CodeName.
func (e *Error) Code() string { return e.code }

// Path returns the table, "item" or "receipt", or "".
func (e *Error) Path() string {
	if e.code == CodeEvent {
		return e.what
	}
	return ""
}

// Message returns a whole sentence. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return e.fill(messagesRU[e.code])
	}
	s := e.fill(messagesEN[e.code])
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// State is the name of the state that the event did not fit, "none" before the
// first event.
func (e *Error) State() string { return e.state }

// Allowed lists the names of the events that fit.
func (e *Error) Allowed() []string { return slices.Clone(e.allowed) }

func (e *Error) fill(text string) string {
	allowed := strings.Join(e.allowed, ", ")
	if allowed == "" {
		allowed = "-"
	}
	return strings.NewReplacer("{what}", e.what, "{name}", e.name, "{state}", e.state, "{allowed}", allowed).Replace(text)
}
