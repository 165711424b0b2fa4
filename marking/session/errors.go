package session

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/obmen-go/obmen/marking/session/flow"
)

// The codes of this package's errors. What a register, a permit check or a
// guard says is no error but a notice.
const (
	CodeEvent          = "MARK-SESSION-EVENT"           // the call does not fit the state
	CodeResume         = "MARK-SESSION-RESUME"          // an unfinished receipt is in the journal: Resume first
	CodePending        = "MARK-SESSION-PENDING"         // an item waits for an answer of the register
	CodeItem           = "MARK-SESSION-ITEM"            // there is no item of that number
	CodeEmpty          = "MARK-SESSION-EMPTY"           // the receipt has nothing to sell
	CodeReceipt        = "MARK-SESSION-RECEIPT"         // the receipt cannot be composed
	CodeJournal        = "MARK-SESSION-JOURNAL"         // the journal failed; nothing was done
	CodeJournalVersion = "MARK-SESSION-JOURNAL-VERSION" // the journal is of a newer program
	CodeSetting        = "MARK-SESSION-SETTING"         // a setting of the register cannot be read or written
	CodeRegister       = "MARK-SESSION-REGISTER"        // the register failed in a call that has no notice for it
	CodeCancelled      = "MARK-SESSION-CANCELLED"       // the caller gave up before anything was done
)

// Error says why a call was not carried out.
type Error struct {
	code  string
	path  string
	args  map[string]string
	cause error
}

var _ error = (*Error)(nil)

// fail makes an error of this package. A cause with a code of its own becomes
// the text's {reason}.
func (s *Session) fail(code string, cause error) error {
	e := &Error{code: code, cause: cause, args: map[string]string{}}
	if f, ok := errors.AsType[*flow.Error](cause); ok {
		e.args["state"], e.args["allowed"] = f.State(), strings.Join(f.Allowed(), ", ")
	}
	if code == CodeJournal && (errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded)) {
		e.code = CodeCancelled
	}
	return e
}

// Error returns one line in English for logs.
func (e *Error) Error() string {
	s := "session: "
	if e.path != "" {
		s += e.path + ": "
	}
	s += e.fill(messagesEN[e.code])
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path says where: "item 3", or "".
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence: what happened and what to do. lang is
// "ru"; any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return e.fill(messagesRU[e.code])
	}
	s := e.fill(messagesEN[e.code])
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// SafeToRetry says that nothing was sent, and that another try can help.
func (e *Error) SafeToRetry() bool {
	switch e.code {
	case CodeCancelled, CodePending, CodeResume:
		return true
	}
	return false
}

// Unwrap returns what is behind: an error of the journal, of the transition
// table or of the register, or nil.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) fill(text string) string {
	for name, value := range e.args {
		if value == "" {
			value = "-"
		}
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
