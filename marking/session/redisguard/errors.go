package redisguard

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

// The codes of this package's errors.
const (
	CodeURL    = "MARK-GUARD-REDIS-URL"    // an address that is none of a Redis server
	CodeAway   = "MARK-GUARD-REDIS-AWAY"   // the server cannot be reached, or did not answer in time
	CodeRefuse = "MARK-GUARD-REDIS-REFUSE" // the server answered with an error
	CodeAnswer = "MARK-GUARD-REDIS-ANSWER" // the server answered something else than was asked
	CodeEvicts = "MARK-GUARD-REDIS-EVICTS" // the server may drop entries when its memory is full
)

// Error says that the shared guard cannot be used. It is none of guard's own
// errors: nothing is known about the goods.
type Error struct {
	code   string
	call   string
	reason string // the server's own word for what it refuses
	policy string
	cause  error
}

var _ error = (*Error)(nil)

// away translates an error of the client: none of its own types leave this package.
func away(call string, err error) *Error {
	if e, ok := errors.AsType[redis.Error](err); ok && !errors.Is(err, redis.Nil) {
		// Only the first word, such as NOAUTH or READONLY: the rest may quote what was sent.
		word, _, _ := strings.Cut(e.Error(), " ")
		return &Error{code: CodeRefuse, call: call, reason: word}
	}
	e := &Error{code: CodeAway, call: call}
	switch op, ok := errors.AsType[*net.OpError](err); {
	case ok:
		e.cause = op
	case errors.Is(err, context.Canceled):
		e.cause = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		e.cause = context.DeadlineExceeded
	case errors.Is(err, io.EOF):
		e.cause = io.ErrUnexpectedEOF
	case errors.Is(err, redis.ErrClosed):
		e.cause = net.ErrClosed
	}
	return e
}

// Error returns one line in English for logs, without address and password.
func (e *Error) Error() string {
	text := "redisguard: "
	if e.call != "" {
		text += e.call + ": "
	}
	text += e.fill(messagesEN)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path names the call: "reserve", "renew", "hold", "confirm", "release", "close",
// "check"; "" for an address.
func (e *Error) Path() string { return e.call }

// Message returns a whole sentence for the cashier. lang is "ru"; any other
// language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return e.fill(messagesRU)
	}
	s := e.fill(messagesEN)
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// SafeToRetry returns true: a repeat of any call does no harm.
func (e *Error) SafeToRetry() bool { return true }

// Unwrap returns the error of the network or of the context, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) fill(table map[string]string) string {
	return strings.NewReplacer("{reason}", e.reason, "{policy}", e.policy).Replace(table[e.code])
}
