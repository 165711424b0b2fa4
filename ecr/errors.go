package ecr

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The codes of package ecr. They never change; the texts may.
const (
	CodeName          = "ECR-NAME"           // a name of an outcome or phase that does not exist
	CodeAddress       = "ECR-ADDRESS"        // a device address that cannot be read
	CodeNoSerial      = "ECR-NO-SERIAL"      // a serial address without a serial dialer
	CodeConnect       = "ECR-CONNECT"        // the device cannot be reached
	CodeQueue         = "ECR-QUEUE"          // gave up waiting for the exchange before
	CodeUnsettled     = "ECR-UNSETTLED"      // a serial line does not become quiet after an unknown outcome
	CodeWrite         = "ECR-WRITE"          // the request could not be written
	CodeACKTimeout    = "ECR-ACK-TIMEOUT"    // neither ACK nor NAK within the limit
	CodeAnswerTimeout = "ECR-ANSWER-TIMEOUT" // no answer within the limit
	CodeInterByte     = "ECR-INTER-BYTE"     // a frame stopped in the middle
	CodeRejected      = "ECR-REJECTED"       // the device refused the frame each time
	CodeDamaged       = "ECR-DAMAGED"        // the answer arrived damaged
	CodeDeviceGone    = "ECR-DEVICE-GONE"    // the device hung up
	CodeCancelled     = "ECR-CANCELLED"      // the caller gave up
	CodeClosed        = "ECR-CLOSED"         // the link was closed
	CodeFrameTooLong  = "ECR-FRAME-TOO-LONG" // a request longer than a frame may be
	CodeAnswer        = "ECR-ANSWER"         // an answer whose fields cannot be read
)

// Error is the error of package ecr and of the packages under it: of an
// exchange that failed, of an address, of a frame. An answer that carries an
// error code of the device is a type of the protocol's own package.
type Error struct {
	code    string
	path    string
	english string
	russian string
	args    []Arg
	outcome Outcome
	phase   Phase
	limit   time.Duration
	cause   error
}

// Arg is one named value of an error's text. Placeholders are written {name}.
type Arg struct {
	Name   string // as it stands between the braces
	Value  any    // formatted late: a [Worded] and a time.Duration in the language asked for, anything else with %v
	Secret bool   // masked in Error and in Message
}

// Details is what an [Error] is made of, besides its code.
type Details struct {
	Path    string        // where, in the user's terms: "command 50"; empty if nowhere
	EN      string        // text without full stop, lower case, with {placeholders}; empty: this package's text for the code
	RU      string        // whole sentence: what happened · what to do; empty as above
	Args    []Arg         // values of the placeholders; {phase} and {limit} are known
	Outcome Outcome       // what is known about the command
	Phase   Phase         // in which part of the exchange
	Limit   time.Duration // which limit expired; zero if none
	Cause   error         // an error of this module or of the standard library
}

// NewError builds an Error. It is for the links of protocols, in this module and outside it.
func NewError(code string, d Details) *Error {
	if d.EN == "" {
		d.EN = messagesEN[code]
	}
	if d.RU == "" {
		d.RU = messagesRU[code]
	}
	return &Error{
		code: code, path: d.Path, english: d.EN, russian: d.RU, args: d.Args,
		outcome: d.Outcome, phase: d.Phase, limit: d.Limit, cause: d.Cause,
	}
}

// fail is NewError as an error.
func fail(code string, d Details) error { return NewError(code, d) }

// Code returns the stable code: "ECR-ACK-TIMEOUT".
func (e *Error) Code() string { return e.code }

// Path says where: "command 50"; empty if nowhere in particular.
func (e *Error) Path() string { return e.path }

// At returns a copy of the error with a path: a link names the command there.
func (e *Error) At(path string) *Error {
	c := *e
	c.path = path
	return &c
}

// Before returns a copy of the error of a query that was to precede a command:
// the path names the command, and its outcome is NotSent.
func (e *Error) Before(path string) *Error {
	c := *e
	c.path = path + ": " + e.path
	c.outcome = NotSent
	return &c
}

// Outcome says what is known about the command; zero if nothing was to be sent.
func (e *Error) Outcome() Outcome { return e.outcome }

// Phase says in which part of the exchange it failed; zero if in none.
func (e *Error) Phase() Phase { return e.phase }

// Limit is the limit that expired; zero if none did.
func (e *Error) Limit() time.Duration { return e.limit }

// SafeToRetry says whether the command can not have run.
func (e *Error) SafeToRetry() bool { return e.outcome.SafeToRetry() }

// Unwrap returns the cause, an error of this module or of the standard library.
func (e *Error) Unwrap() error { return e.cause }

// Is lets errors.Is find the caller's decisions: [ErrClosed], [ErrDeviceGone],
// and, for a limit that expired, [context.DeadlineExceeded].
func (e *Error) Is(target error) bool {
	switch target {
	case ErrClosed:
		return e.code == CodeClosed
	case ErrDeviceGone:
		return e.code == CodeDeviceGone
	case context.DeadlineExceeded:
		return e.limit > 0
	}
	return false
}

// Error is one line in English: where, what, and the outcome.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("ecr: ")
	if e.path != "" {
		b.WriteString(e.path)
		b.WriteString(": ")
	}
	b.WriteString(e.fill(e.english, "en"))
	if e.outcome != 0 {
		fmt.Fprintf(&b, " (outcome %v)", e.outcome)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Message is the sentence for a cashier: what happened and what to do. "ru" is
// Russian, anything else English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		s := e.fill(e.russian, lang)
		switch {
		case e.outcome == Unknown:
			s += " Команда могла выполниться: не повторяйте её, пока не проверено состояние ККТ."
		case e.outcome.SafeToRetry():
			s += " Команда не выполнена, её можно повторить."
		}
		return s
	}
	s := Sentence(e.fill(e.english, "en"))
	switch {
	case e.outcome == Unknown:
		s += " The command may have run: do not repeat it before the register's state is checked."
	case e.outcome.SafeToRetry():
		s += " The command did not run and may be repeated."
	}
	return s
}

func (e *Error) fill(text, lang string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	known := []Arg{{Name: "phase", Value: e.phase}, {Name: "limit", Value: e.limit}}
	return fill(text, append(known, e.args...), lang)
}

// Sentence makes a sentence of an error's English text: capital and full stop.
func Sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// OutcomeOf says what is known about the effect of the command whose call
// returned err: Answered for nil and for an error of the device, the outcome of
// an [Error], and Unknown for an error that says nothing.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Answered
	}
	for e := err; e != nil; {
		if o, ok := e.(interface{ Outcome() Outcome }); ok && o.Outcome() != 0 {
			return o.Outcome()
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	return Unknown
}
