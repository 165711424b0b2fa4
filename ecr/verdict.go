package ecr

import (
	"errors"
	"strconv"
)

// Verdict is what asking the device found out about a command whose outcome was
// [Unknown].
type Verdict int

// The verdicts. Zero is none.
const (
	Done        Verdict = iota + 1 // it was executed: go on as if the answer had come
	NotDone                        // it was not executed: it may be sent again
	Undecidable                    // the device's state does not tell
)

var verdictNames = [...]string{Done: "done", NotDone: "not-done", Undecidable: "undecidable"}

// String returns the name of the verdict, or Verdict(N) for a value that is none.
func (v Verdict) String() string {
	if v == 0 {
		return "unset"
	}
	if v > 0 && int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// MarshalText writes the name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	n, err := valueOf(Phrase{EN: "verdict", RU: "вывод"}, string(text), verdictNames[:])
	*v = Verdict(n)
	return err
}

// Lost is the error of a typed command whose outcome is unknown, with what was
// known of the device just before, B: what the recovery compares with. It unwraps
// to the *[Error] of the exchange. The protocols name it UnknownError.
type Lost[B any] struct {
	Baseline B // the device's state just before
	err      error
}

var _ error = (*Lost[int])(nil)

// NewLost makes a Lost of the error of an exchange.
func NewLost[B any](baseline B, err error) *Lost[B] { return &Lost[B]{Baseline: baseline, err: err} }

// Error is the exchange's own text.
func (e *Lost[B]) Error() string { return e.inner().Error() }

// Unwrap returns the exchange's error.
func (e *Lost[B]) Unwrap() error { return e.err }

// Code is the exchange's.
func (e *Lost[B]) Code() string { return e.inner().Code() }

// Path names the command.
func (e *Lost[B]) Path() string { return e.inner().Path() }

// Message is the exchange's sentence for the cashier, in a language.
func (e *Lost[B]) Message(lang string) string { return e.inner().Message(lang) }

// Outcome is [Unknown].
func (e *Lost[B]) Outcome() Outcome { return Unknown }

// SafeToRetry is false.
func (e *Lost[B]) SafeToRetry() bool { return false }

func (e *Lost[B]) inner() *Error {
	if inner, ok := errors.AsType[*Error](e.err); ok {
		return inner
	}
	return NewError(CodeAnswerTimeout, Details{Outcome: Unknown, Cause: e.err})
}
