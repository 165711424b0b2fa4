package notice

import (
	"fmt"
	"strings"
)

// Severity says what a notice means for the sale.
type Severity uint8

// The severities.
const (
	Info     Severity = iota + 1 // to be known, nothing to do
	Warning                      // the sale goes on, somebody must look into it
	Question                     // the sale waits for the cashier's answer
	Refusal                      // the item, or the receipt, is not sold
	Unsure                       // what became of it is not known
)

var severityNames = [...]string{Info: "info", Warning: "warning", Question: "question", Refusal: "refusal", Unsure: "unsure"}

// String returns the name; Severity(N) for a value that is none.
func (s Severity) String() string {
	if s > 0 && int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("Severity(%d)", uint8(s))
}

// MarshalText writes the name, of zero nothing.
func (s Severity) MarshalText() ([]byte, error) { return textOf(s), nil }

// UnmarshalText reads a name that String returned; any other is a [Error].
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	for i, n := range severityNames {
		if n != "" && n == string(text) {
			*s = Severity(i)
			return nil
		}
	}
	return &Error{Name: string(text)}
}

// Answer is what a cashier may say to a notice.
type Answer uint8

// The answers, with what the till does then.
const (
	OK            Answer = iota + 1 // goes on
	Snooze                          // goes on, and silences this kind (Session.Snooze)
	OpenShift                       // Session.OpenShift
	RenewShift                      // Session.RenewShift
	Again                           // does the same once more
	GiveUp                          // takes the item out, or cancels the receipt
	ClearRegister                   // Session.ClearRegister
	WasSold                         // Session.DecideSold
	WasNotSold                      // Session.DecideNotSold
)

var snoozable = []Answer{OK, Snooze}

var answers = [...]struct{ name, code string }{
	OK: {"ok", CodeAnswerOK}, Snooze: {"snooze", CodeAnswerSnooze}, OpenShift: {"open-shift", CodeAnswerOpenShift},
	RenewShift: {"renew-shift", CodeAnswerRenewShift}, Again: {"again", CodeAnswerAgain}, GiveUp: {"give-up", CodeAnswerGiveUp},
	ClearRegister: {"clear-register", CodeAnswerClearRegister}, WasSold: {"was-sold", CodeAnswerWasSold},
	WasNotSold: {"was-not-sold", CodeAnswerWasNotSold},
}

// Text is what the button says: the source's "ОК" and "Не напоминать 15 минут",
// and words of ours. lang is "ru"; any other language gives English.
func (a Answer) Text(lang string) string {
	if a == 0 || int(a) >= len(answers) {
		return ""
	}
	return strings.TrimSuffix(lookup(answers[a].code, lang), ".") // a button, not a sentence
}

// String returns the name; Answer(N) for a value that is none.
func (a Answer) String() string {
	if a > 0 && int(a) < len(answers) {
		return answers[a].name
	}
	return fmt.Sprintf("Answer(%d)", uint8(a))
}

// MarshalText writes the name, of zero nothing.
func (a Answer) MarshalText() ([]byte, error) { return textOf(a), nil }

// UnmarshalText reads a name that String returned; any other is a [Error].
func (a *Answer) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = 0
		return nil
	}
	for i := range answers {
		if answers[i].name != "" && answers[i].name == string(text) {
			*a = Answer(i)
			return nil
		}
	}
	return &Error{Name: string(text)}
}

// textOf is what a value marshals as: zero is nothing, so that it can be read back.
func textOf[T interface {
	~uint8
	String() string
}](v T) []byte {
	if v == 0 {
		return nil
	}
	return []byte(v.String())
}
