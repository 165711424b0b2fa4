package dirfile

import (
	"context"
	"errors"
	"io/fs"

	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// Codes of errors.
const (
	CodeMissing = "KMAZS-DIRFILE-MISSING" // there is no such file
	CodeFile    = "KMAZS-DIRFILE"         // the file could not be read or written
	CodeContent = "KMAZS-DIRFILE-CONTENT" // the file does not hold what it should
)

// Error is an error about the file, in the form of the module's error contract.
type Error struct{ f fault.Fault }

// Error is one English line for logs.
func (e *Error) Error() string { return e.f.Line1("kmazs/office/dirfile", messagesEN) }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.f.Code }

// Path is the path of the file.
func (e *Error) Path() string { return e.f.Path() }

// Message is a sentence for a clerk, in Russian for "ru", else in English.
func (e *Error) Message(lang string) string {
	return e.f.Path() + ": " + e.f.Detail(lang, messagesEN, messagesRU)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.f.Cause }

// fileError puts an error about the file into the form of this package; nil and
// the end of a context stay as they are.
func fileError(path string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	f := fault.Fault{Code: CodeFile, Member: path, Cause: err}
	if p, ok := errors.AsType[*problem](err); ok {
		f.Code, f.Args, f.Cause = CodeContent, []any{"problem", p}, nil
	} else if errors.Is(err, fs.ErrNotExist) {
		f.Code = CodeMissing
	}
	return &Error{f}
}
