package journal

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of this package's errors.
const (
	CodeFile      = "MARK-JOURNAL-FILE"      // the file cannot be opened, read or written
	CodeDamaged   = "MARK-JOURNAL-DAMAGED"   // a line in the middle is damaged
	CodeTooLarge  = "MARK-JOURNAL-TOO-LARGE" // the journal is beyond MaxSize
	CodeRecord    = "MARK-JOURNAL-RECORD"    // an empty record, one with a line end, or one beyond MaxRecord
	CodeClosed    = "MARK-JOURNAL-CLOSED"    // the journal was closed
	CodeCancelled = "MARK-JOURNAL-CANCELLED" // the caller gave up before anything was written
)

// Error says why a journal cannot be read or written.
type Error struct {
	code  string
	line  int
	cause error
}

var _ error = (*Error)(nil)

func newError(code string, line int, cause error) *Error {
	return &Error{code: code, line: line, cause: cause}
}

// Error returns one line in English for logs.
func (e *Error) Error() string {
	s := "journal: "
	if p := e.Path(); p != "" {
		s += p + ": "
	}
	s += messagesEN[e.code]
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path returns "line 17", or "".
func (e *Error) Path() string {
	if e.line > 0 {
		return fmt.Sprintf("line %d", e.line)
	}
	return ""
}

// Message returns a whole sentence. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return messagesRU[e.code]
	}
	s := messagesEN[e.code]
	r, size := utf8.DecodeRuneInString(s)
	return strings.TrimSpace(string(unicode.ToUpper(r)) + s[size:] + ".")
}

// SafeToRetry returns true where nothing was written and another try can help.
func (e *Error) SafeToRetry() bool { return e.code == CodeFile || e.code == CodeCancelled }

// Unwrap returns the error of the file, or nil.
func (e *Error) Unwrap() error { return e.cause }
