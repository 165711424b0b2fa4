package sessiontest

import (
	"fmt"
	"strings"
)

// The names of the commands, the source's where it has one.
const (
	CallCheck         = "FNCheckItemBarcode"
	CallAccept        = "FNAcceptMarkingCode"
	CallDecline       = "FNDeclineMarkingCode"
	CallClear         = "ClearMarkingCodes"
	CallWorkStatus    = "FNGetMarkingCodeWorkStatus"
	CallState         = "State"
	CallLastDocument  = "LastDocument"
	CallFindDocument  = "FindDocument"
	CallOpenShift     = "OpenShift"
	CallCloseShift    = "CloseShift"
	CallCancel        = "CancelCheck"
	CallContinue      = "ContinuePrint"
	CallReadSetting   = "ReadSetting"
	CallWriteSetting  = "WriteSetting"
	CallNotifications = "Notifications"
	CallDevice        = "Device"
	CallOpen          = "OpenCheck"
	CallOperation     = "FNOperation"
	CallTag           = "FNSendTagOperation"
	CallBind          = "FNSendItemBarcode"
	CallClose         = "FNCloseCheckEx"
)

// Call is a command that arrived.
type Call struct {
	// Name is one of the Call constants.
	Name string
	// N counts the commands of this name, from 1.
	N int
	// Mark is the code of a check or a bind.
	Mark string
	// Text describes the arguments of other commands.
	Text string
}

// Fault is what goes wrong with a command. The zero value is nothing.
type Fault struct {
	// Kind is what goes wrong.
	Kind FaultKind
	// Number is the register's error number, for Refuse.
	Number int
}

// FaultKind is a kind of fault.
type FaultKind uint8

// The kinds.
const (
	Nothing     FaultKind = iota
	Unsent                // there is no link: the command does not leave the till
	LoseRequest           // the command is lost on its way; the till cannot know
	LoseReply             // the command runs, its reply is lost
	Refuse                // the register answers with Fault.Number
	PowerBefore           // the register loses its power before the command runs
	PowerAfter            // it runs, then the register loses its power with the reply
	CrashBefore           // the program ends before the command is sent: panics with Crash
	PaperAfter            // it runs, and then the paper has run out
	CrashAfter            // the command runs, the program ends before the reply: panics with Crash
)

// Crash is the value of the panic by which a program ends in a test.
type Crash struct {
	// At is the command.
	At Call
}

// Script makes a Device.Fault of lines such as "FNAcceptMarkingCode#2":
// the fault happens once, at the n-th command of that name.
func Script(faults map[string]Fault) func(Call) Fault {
	left := map[string]Fault{}
	for at, f := range faults {
		if !strings.Contains(at, "#") {
			at += "#1"
		}
		left[at] = f
	}
	return func(c Call) Fault { return left[fmt.Sprintf("%s#%d", c.Name, c.N)] }
}

// The codes of a register's errors.
const (
	CodeRefused = "MARK-SESSIONTEST-REFUSED" // the register answered with an error number
	CodeUnsent  = "MARK-SESSIONTEST-UNSENT"  // the command did not leave the till
	CodeLost    = "MARK-SESSIONTEST-LOST"    // no reply
)

// Error is the error of a [Register], as a register's implementation returns it.
type Error struct {
	code   string
	call   string
	number int
}

var _ error = (*Error)(nil)

// Error returns one line in English for logs.
func (e *Error) Error() string { return "register: " + e.call + ": " + e.fill(messagesEN[e.code]) }

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path returns the name of the command.
func (e *Error) Path() string { return e.call }

// Message returns a whole sentence. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return e.fill(messagesRU[e.code])
	}
	s := e.fill(messagesEN[e.code])
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// SafeToRetry is true where the command did not leave the till.
func (e *Error) SafeToRetry() bool { return e.code == CodeUnsent }

// Number returns the register's error number, 0 if it did not answer.
func (e *Error) Number() int { return e.number }

func (e *Error) fill(text string) string {
	return strings.ReplaceAll(text, "{number}", fmt.Sprintf("%d (%02Xh)", e.number, e.number))
}
