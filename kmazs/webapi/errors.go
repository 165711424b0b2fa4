package webapi

import (
	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// Codes of this package's errors. They are stable: a program may compare them.
const (
	CodeURL         = "KMAZS-HTTP-URL"         // the URL cannot be used
	CodeUnreachable = "KMAZS-HTTP-UNREACHABLE" // nothing was sent
	CodeBroken      = "KMAZS-HTTP-BROKEN"      // the connection broke or time ran out: the office may have acted
	CodeStatus      = "KMAZS-HTTP-STATUS"      // a status that no office gives: a proxy or another program
	CodeLogin       = "KMAZS-HTTP-LOGIN"       // 401: login or password is wrong
	CodeTooLarge    = "KMAZS-HTTP-TOO-LARGE"   // 413: the request is larger than the office takes
	CodeBusy        = "KMAZS-HTTP-BUSY"        // 503: another import is running
	CodeAnswer      = "KMAZS-HTTP-ANSWER"      // an answer that cannot be read: the office may have acted
	CodeRefused     = "KMAZS-HTTP-REFUSED"     // ErrCode is not 0: nothing was imported (K25)

	// Of the office's side.

	CodeMethod   = "KMAZS-HTTP-METHOD"    // 405: not a POST
	CodeEncoding = "KMAZS-HTTP-ENCODING"  // 415: a compressed body
	CodeNoAPI    = "KMAZS-HTTP-NO-API"    // the operator may not use the Web-API
	CodeNoImport = "KMAZS-HTTP-NO-IMPORT" // the operator may not import users
	CodeInternal = "KMAZS-HTTP-INTERNAL"  // the office failed; its log says why

	CodeWarnPlain = "KMAZS-HTTP-WARN-PLAIN" // warning: the password travels unencrypted
)

// Error is a failure of an exchange over HTTP. Its texts hold no password.
type Error struct {
	f       fault.Fault
	status  int
	errCode int
	errMsg  string
}

func newError(code string, args ...any) *Error {
	return &Error{f: fault.Fault{Code: code, Args: args}}
}

func (e *Error) because(cause error) *Error { e.f.Cause = cause; return e }

func (e *Error) safe() *Error { e.f.Safe = true; return e }

// Error is one English line for logs.
func (e *Error) Error() string { return e.f.Line1("kmazs/webapi", messagesEN) }

// Code is the stable code, one of the Code constants.
func (e *Error) Code() string { return e.f.Code }

// Path is the URL's host, "" if it is not about a request.
func (e *Error) Path() string { return e.f.Path() }

// Message is a whole sentence for a clerk: what happened, what to do. lang is "ru"
// or "en"; any other gives English.
func (e *Error) Message(lang string) string { return e.f.Message(lang, messagesEN, messagesRU) }

// SafeToRetry is true only if the office cannot have acted on the request.
func (e *Error) SafeToRetry() bool { return e.f.Safe }

// Status is the HTTP status of the answer, 0 if there was none.
func (e *Error) Status() int { return e.status }

// ErrCode is the office's error code if the answer was an error line (K25), with
// whatever status it came; else 0.
func (e *Error) ErrCode() int { return e.errCode }

// ErrMsg is the office's own text if ErrCode is not 0, in its language; else "".
func (e *Error) ErrMsg() string { return e.errMsg }

// Unwrap is the cause, an error of the standard library or of package kmazs.
func (e *Error) Unwrap() error { return e.f.Cause }

// Warning is something a user should know before a request is sent.
type Warning struct{ e *Error }

// Code is the stable code.
func (w Warning) Code() string { return w.e.Code() }

// Path is the URL's host.
func (w Warning) Path() string { return w.e.Path() }

// Message is a whole sentence in "ru" or "en".
func (w Warning) Message(lang string) string { return w.e.Message(lang) }

// String is one English line.
func (w Warning) String() string { return w.e.Error() }
