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
	file  string // "" for a Memory
	line  int
	cause error
}

var _ error = (*Error)(nil)

func newError(code string, line int, cause error) *Error {
	return &Error{code: code, line: line, cause: cause}
}

// fail makes an error that names the file.
func (j *File) fail(code string, line int, cause error) *Error {
	return &Error{code: code, file: j.path, line: line, cause: cause}
}

// named adds the file's name to an error of scan.
func (j *File) named(err error) error {
	if e, ok := err.(*Error); ok {
		e.file = j.path
	}
	return err
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

// Path returns the file and the line, "till.journal, line 17", or what there is of them.
func (e *Error) Path() string { return e.place("line") }

func (e *Error) place(line string) string {
	var parts []string
	if e.file != "" {
		parts = append(parts, e.file)
	}
	if e.line > 0 {
		parts = append(parts, fmt.Sprintf("%s %d", line, e.line))
	}
	return strings.Join(parts, ", ")
}

// Message returns whole sentences and the place. lang is "ru"; any other language
// gives English.
func (e *Error) Message(lang string) string {
	s, line := messagesRU[e.code], "строка"
	if lang != "ru" {
		r, size := utf8.DecodeRuneInString(messagesEN[e.code])
		s, line = string(unicode.ToUpper(r))+messagesEN[e.code][size:]+".", "line"
	}
	if p := e.place(line); p != "" {
		s += " (" + p + ")"
	}
	return s
}

// SafeToRetry returns true where nothing was written and another try can help.
func (e *Error) SafeToRetry() bool { return e.code == CodeFile || e.code == CodeCancelled }

// Unwrap returns the error of the file, or nil.
func (e *Error) Unwrap() error { return e.cause }
