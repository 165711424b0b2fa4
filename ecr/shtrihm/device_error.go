package shtrihm

import (
	"fmt"
	"strings"

	"github.com/obmen-go/obmen/ecr"
)

// Class says who can do something about an error code.
type Class = ecr.Class

// The classes of [ecr.Class]. Zero is an unknown code's.
const (
	ClassUnknown     = ecr.ClassUnknown
	ClassRetry       = ecr.ClassRetry
	ClassOperator    = ecr.ClassOperator
	ClassService     = ecr.ClassService
	ClassProgramming = ecr.ClassProgramming
)

func nameError(what ecr.Phrase, value string) error {
	return ecr.NewError(CodeName, ecr.Details{
		EN: messagesEN[CodeName], RU: messagesRU[CodeName],
		Args: []ecr.Arg{{Name: "what", Value: what}, {Name: "value", Value: value}},
	})
}

type meaning struct {
	class  Class
	ru, en string
}

// DeviceError is an answer with an error byte (rule E15): the device has the
// command and says why it did not do it. Its outcome is [ecr.Answered].
type DeviceError struct {
	Number byte    // the error, 1..255; unknown ones keep their number
	Cmd    Command // the command that was answered
}

// Errors of the device that a program decides on.
const (
	ErrorFNState         = 0x02 // the fiscal drive is in another state; to FF08h: nothing to cancel
	ErrorParameters      = 0x33 // bad parameters; with marks also a wrong order or a repeated tag
	ErrorUnsupported     = 0x37 // the device does not know the command
	ErrorReceiptOpen     = 0x4A // a receipt is open
	ErrorShiftLong       = 0x4E // the shift is open for more than 24 h
	ErrorPrinting        = 0x50 // the previous command still prints: wait and repeat
	ErrorContinue        = 0x58 // the printing must be continued with B0h
	ErrorPaper           = 0x6B // no receipt paper
	ErrorMode            = 0x73 // not in this mode; to 88h: no receipt to cancel
	ErrorMarkingSequence = 0xA1 // FF61h, FF69h in a wrong order
	ErrorMarkingBlocked  = 0xA2 // too many notifications wait in the fiscal drive
	ErrorMarkingFull     = 0xA3 // 128 results of checks are kept, no more fit
	ErrorNotChecked      = 0xAC // the mark was not checked before
	ErrorNotRecognised   = 0xD3 // the mark was not recognised, or stands in the receipt already
)

// Code returns a stable code with the number in it: "ECR-SHTRIHM-DEVICE-D3".
func (e *DeviceError) Code() string { return fmt.Sprintf("%s-%02X", CodeDevice, e.Number) }

// Path names the command: "command FF61h".
func (e *DeviceError) Path() string { return e.Cmd.path() }

// Class says who can do something about it; [ClassUnknown] for a code whose
// meaning is not known.
func (e *DeviceError) Class() Class { return deviceCodes[e.Number].class }

// Outcome is [ecr.Answered]: the device had the command.
func (e *DeviceError) Outcome() ecr.Outcome { return ecr.Answered }

// SafeToRetry is false: the same command would be refused again until its cause
// is gone. After [ErrorPrinting] the command did not run: wait, then repeat it.
func (e *DeviceError) SafeToRetry() bool { return false }

// Name is the meaning of the code, in Russian for "ru", else in English; empty
// for a code whose meaning is not known.
func (e *DeviceError) Name(lang string) string {
	if lang == "ru" {
		return deviceCodes[e.Number].ru
	}
	return deviceCodes[e.Number].en
}

// Error is one line in English.
func (e *DeviceError) Error() string {
	text := strings.NewReplacer("{code}", e.number(), "{meaning}", e.nameOr("en", "(no public meaning)")).Replace(messagesEN[CodeDevice])
	return "shtrihm: " + e.Path() + ": " + text
}

// Message is the sentence for a cashier: what happened and, by the class, what to do.
func (e *DeviceError) Message(lang string) string {
	if lang == "ru" {
		return fmt.Sprintf("ККТ отказала (%s): %s · %s.", e.number(), e.nameOr("ru", "код не описан"), e.Class().Advice(lang))
	}
	return fmt.Sprintf("The register refused (%s): %s · %s.", e.number(), e.nameOr("en", "code without a public meaning"), e.Class().Advice(lang))
}

// number is the code as both the vendor's texts and the drivers show it.
func (e *DeviceError) number() string { return fmt.Sprintf("%d, %02Xh", e.Number, e.Number) }

func (e *DeviceError) nameOr(lang, other string) string {
	if s := e.Name(lang); s != "" {
		return s
	}
	return other
}

// Is reports two device errors with the same number as the same, so that
// errors.Is(err, &DeviceError{Number: ErrorMode}) asks for a wrong mode.
func (e *DeviceError) Is(target error) bool {
	t, ok := target.(*DeviceError)
	return ok && t.Number == e.Number && (t.Cmd == 0 || t.Cmd == e.Cmd)
}

// path names the command in errors.
func (c Command) path() string { return "command " + c.String() }

var _ error = (*DeviceError)(nil)
