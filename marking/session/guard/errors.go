package guard

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of this package's errors.
const (
	CodeTaken = "MARK-GUARD-TAKEN" // another receipt has the identity
	CodeSold  = "MARK-GUARD-SOLD"  // the identity was sold already
	CodeLost  = "MARK-GUARD-LOST"  // a reservation is no longer the owner's
)

// TakenError says that another receipt has, or had and sold, the identity.
type TakenError struct {
	// Owner is the other receipt's.
	Owner string
	// Sold is true for a sold entry, false for a reservation.
	Sold bool
}

// LostError says that reservations are no longer the owner's: they expired and
// may be another's by now.
type LostError struct {
	// Identities are those that were lost, at least one.
	Identities []string
}

var (
	_ error = (*TakenError)(nil)
	_ error = (*LostError)(nil)
)

// Error returns one line in English for logs.
func (e *TakenError) Error() string { return "guard: " + e.text(messagesEN) }

// Code returns CodeTaken or CodeSold.
func (e *TakenError) Code() string {
	if e.Sold {
		return CodeSold
	}
	return CodeTaken
}

// Path returns "": the error is about the one identity that was asked for.
func (e *TakenError) Path() string { return "" }

// Message returns a whole sentence for the cashier. lang is "ru"; any other
// language gives English.
func (e *TakenError) Message(lang string) string { return sentence(e.text, lang) }

// SafeToRetry returns true: nothing was reserved.
func (e *TakenError) SafeToRetry() bool { return true }

func (e *TakenError) text(table map[string]string) string {
	return strings.ReplaceAll(table[e.Code()], "{owner}", e.Owner)
}

// Error returns one line in English for logs.
func (e *LostError) Error() string { return "guard: " + e.text(messagesEN) }

// Code returns CodeLost.
func (e *LostError) Code() string { return CodeLost }

// Path returns "": the error names the identities.
func (e *LostError) Path() string { return "" }

// Message returns a whole sentence for the cashier. lang is "ru"; any other
// language gives English.
func (e *LostError) Message(lang string) string { return sentence(e.text, lang) }

// SafeToRetry returns true: nothing was changed.
func (e *LostError) SafeToRetry() bool { return true }

func (e *LostError) text(table map[string]string) string {
	return strings.ReplaceAll(table[CodeLost], "{identities}", strings.Join(e.Identities, ", "))
}

func sentence(text func(map[string]string) string, lang string) string {
	if lang == "ru" {
		return text(messagesRU)
	}
	s := text(messagesEN)
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}
