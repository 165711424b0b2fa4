package register

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// The codes of this package's errors.
const (
	CodeRefused = "MARK-REGISTER-REFUSED"  // the register answered with an error number; nothing was done
	CodeNotSent = "MARK-REGISTER-NOT-SENT" // the register cannot have run the command
	CodeUnknown = "MARK-REGISTER-UNKNOWN"  // the command may have run
	CodeAnswer  = "MARK-REGISTER-ANSWER"   // it ran, and its answer cannot be read
	CodeBusy    = "MARK-REGISTER-BUSY"     // the caller gave up waiting for the register
	CodeSetting = "MARK-REGISTER-SETTING"  // the model has no such setting
	CodeTag     = "MARK-REGISTER-TAG"      // a tag's value cannot be sent
)

// Error is a command that failed. It tells what became of it: SafeToRetry that it
// cannot have run, Number that the register refused it; with neither it may have
// run (M52).
type Error struct {
	code   string
	path   string
	number int
	safe   bool
	reason worded // what the link or the register said, nil if none
	args   map[string]string
	cause  error
}

var _ error = (*Error)(nil)

// worded is an error of package ecr, by its shape.
type worded interface {
	error
	Message(lang string) string
	Path() string
}

// translate makes an error of this package out of the link's and the device's.
func translate(err error) error {
	if err == nil {
		return nil
	}
	e := &Error{cause: plain(err)}
	if w, ok := errors.AsType[worded](err); ok {
		e.reason, e.path = w, w.Path()
	}
	refused, ok := errors.AsType[*shtrihm.DeviceError](err)
	switch outcome := ecr.OutcomeOf(err); {
	case ok:
		e.code, e.number = CodeRefused, int(refused.Number)
	case outcome.SafeToRetry():
		e.code, e.safe = CodeNotSent, true
	case outcome == ecr.Answered:
		e.code = CodeAnswer
	default:
		e.code = CodeUnknown
	}
	return e
}

// plain is the part of a cause that callers may ask for with errors.Is: the end
// of a context, a closed link. The types of package ecr stay inside.
func plain(err error) error {
	for {
		if list, ok := err.(interface{ Unwrap() []error }); ok {
			var kept []error
			for _, one := range list.Unwrap() {
				kept = append(kept, plain(one))
			}
			return errors.Join(kept...)
		}
		switch err.(type) {
		case *ecr.Error, *shtrihm.UnknownError, *shtrihm.DeviceError:
			err = errors.Unwrap(err)
		default:
			return err
		}
	}
}

// Error returns one line in English for logs.
func (e *Error) Error() string {
	s := "register: "
	if e.path != "" {
		s += e.path + ": "
	}
	s += e.fill(messagesEN[e.code])
	if e.reason != nil {
		s += ": " + e.reason.Error()
	}
	return s
}

// Code returns the stable code, one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path names the command, such as "command FF61h"; "" if there is none.
func (e *Error) Path() string { return e.path }

// Number returns the register's own error number, 1 to 255; 0 if it did not
// answer with one.
func (e *Error) Number() int { return e.number }

// SafeToRetry is true if the register cannot have run the command.
func (e *Error) SafeToRetry() bool { return e.safe }

// Unwrap returns the end of a context or the like, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Message returns a whole sentence for the cashier: the register's own where it
// said something. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string {
	if e.reason != nil {
		return e.reason.Message(lang)
	}
	if lang == "ru" {
		return e.fill(messagesRU[e.code])
	}
	s := e.fill(messagesEN[e.code])
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] + "."
}

func (e *Error) fill(text string) string {
	for name, value := range e.args {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}
