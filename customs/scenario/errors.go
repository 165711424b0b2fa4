package scenario

import "github.com/obmen-go/obmen/customs/internal/fault"

// Codes of the errors of this package.
const (
	CodeUnreadable = "CUSTOMS-SCENARIO-UNREADABLE" // the file is no scenario
	CodeUnexpected = "CUSTOMS-SCENARIO-UNEXPECTED" // a decision is not the expected one
	CodeAnswers    = "CUSTOMS-SCENARIO-ANSWERS"    // the answers do not fit the questions
)

// Error is every error of this package.
type Error struct{ fault fault.Fault }

func newError(code, path string, args ...fault.Arg) *Error {
	return &Error{fault.Fault{Code: code, Path: path, Args: args}}
}

// Error returns one English line for logs.
func (e *Error) Error() string { return e.fault.Log("customs/scenario", messagesEN) }

// Code returns the stable code, one of the Code constants.
func (e *Error) Code() string { return e.fault.Code }

// Path returns the place, "steps[2]".
func (e *Error) Path() string { return e.fault.Path }

// Message returns a sentence for a person in Russian ("ru") or English.
func (e *Error) Message(lang string) string { return e.fault.Message(lang, messagesEN, messagesRU) }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.fault.Cause }

var _ error = (*Error)(nil)
