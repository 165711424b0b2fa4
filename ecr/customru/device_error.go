package customru

import (
	"fmt"
	"strconv"
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

type meaning struct {
	class  Class
	ru, en string
}

// DeviceError is an answer with an error code (rule E15): the device has the
// command and says why it did not do it. Its outcome is [ecr.Answered].
type DeviceError struct {
	Number   uint16  // the code, 1..65535; unknown ones keep their number
	Cmd      Command // the command that was answered
	Operator byte    // the operator of the answer, often 0
	// Last is what the device said when asked for its last error (D7H): its text
	// may end in a sub-code. Nil if it was not asked or did not answer.
	Last *LastError

	baseline *Baseline // of a typed command that the error does not say to be refused
}

// Code returns a stable code with the number in it: "ECR-CUSTOMRU-DEVICE-117".
func (e *DeviceError) Code() string { return CodeDevice + "-" + strconv.Itoa(int(e.Number)) }

// Path names the command.
func (e *DeviceError) Path() string { return e.Cmd.path() }

// Class says who can do something about it; [ClassUnknown] for a code that the
// document does not list.
func (e *DeviceError) Class() Class { return deviceCodes[e.Number].class }

// Outcome is [ecr.Answered]: the device had the command.
func (e *DeviceError) Outcome() ecr.Outcome { return ecr.Answered }

// SafeToRetry is false: the same command would be refused again, or, for a
// temporary error, nothing is said about whether it ran.
func (e *DeviceError) SafeToRetry() bool { return false }

// Name is the meaning of the code, in Russian for "ru", else in English; empty
// for a code that the document does not list.
func (e *DeviceError) Name(lang string) string {
	if lang == "ru" {
		return deviceCodes[e.Number].ru
	}
	return deviceCodes[e.Number].en
}

// Error is one line in English.
func (e *DeviceError) Error() string {
	s := "customru: " + e.Path() + ": " + e.fill(messagesEN[CodeDevice], e.nameOr("en", "(not in the document)"))
	if e.Last != nil && e.Last.Sub != 0 {
		s += fmt.Sprintf(" (sub-code %d)", e.Last.Sub)
	}
	return s
}

// Message is the sentence for a cashier: what happened and, by the class, what to do.
func (e *DeviceError) Message(lang string) string {
	if lang == "ru" {
		return fmt.Sprintf("ККТ отказала (%d): %s · %s.", e.Number, e.nameOr("ru", "код не описан"), e.Class().Advice(lang))
	}
	return fmt.Sprintf("The register refused (%d): %s · %s.", e.Number, e.nameOr("en", "code not in the document"), e.Class().Advice(lang))
}

func (e *DeviceError) nameOr(lang, other string) string {
	if s := e.Name(lang); s != "" {
		return s
	}
	return other
}

func (e *DeviceError) fill(text, name string) string {
	return strings.NewReplacer("{code}", strconv.Itoa(int(e.Number)), "{meaning}", name).Replace(text)
}

// Is reports two device errors with the same number as the same, so that
// errors.Is(err, &DeviceError{Number: 409}) asks for a closed shift.
func (e *DeviceError) Is(target error) bool {
	t, ok := target.(*DeviceError)
	return ok && t.Number == e.Number && (t.Cmd == 0 || t.Cmd == e.Cmd)
}

// LastError is the device's own account of its last error (D7H).
type LastError struct {
	Number uint16 // error code; it is not said when the error occurred
	Text   string // up to 40 characters of the device
	Sub    int    // the number in brackets at the text's end: a parameter's number, a tag or a state mask; 0 if none
}
