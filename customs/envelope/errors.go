package envelope

import "github.com/obmen-go/obmen/customs/internal/fault"

// Codes of the errors of this package.
const (
	CodeNotEnvelope = "CUSTOMS-ENVELOPE-NOT"      // the document is no SOAP envelope of 2001
	CodeUnreadable  = "CUSTOMS-ENVELOPE-XML"      // the XML is broken
	CodeCharset     = "CUSTOMS-ENVELOPE-CHARSET"  // the document is not UTF-8 and no Charset is set
	CodeLimit       = "CUSTOMS-ENVELOPE-LIMIT"    // a part is longer than its limit
	CodeTwice       = "CUSTOMS-ENVELOPE-TWICE"    // an element stands twice
	CodeField       = "CUSTOMS-ENVELOPE-FIELD"    // the value of an element is malformed
	CodeMissing     = "CUSTOMS-ENVELOPE-MISSING"  // a required element is missing
	CodeMismatch    = "CUSTOMS-ENVELOPE-MISMATCH" // a reply names another procedure than its request
	CodeIDTaken     = "CUSTOMS-ENVELOPE-ID-TAKEN" // an envelope id is used twice
	CodeFull        = "CUSTOMS-ENVELOPE-FULL"     // a Correlator waits for too many replies
)

// Error is every error of this package.
type Error struct{ fault fault.Fault }

func newError(code, path string, args ...fault.Arg) *Error {
	return &Error{fault.Fault{Code: code, Path: path, Args: args}}
}

// Error returns one English line for logs, without addresses and ids.
func (e *Error) Error() string { return e.fault.Log("customs/envelope", messagesEN) }

// Code returns the stable code, one of the Code constants.
func (e *Error) Code() string { return e.fault.Code }

// Path returns the element, "EDHeader/ProccessID", or "".
func (e *Error) Path() string { return e.fault.Path }

// Message returns a sentence for a person in Russian ("ru") or English.
func (e *Error) Message(lang string) string { return e.fault.Message(lang, messagesEN, messagesRU) }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.fault.Cause }

var _ error = (*Error)(nil)
