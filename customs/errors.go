package customs

import (
	"errors"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Codes of the errors of this package. They never change; texts may.
const (
	CodeFactsUnreadable     = "CUSTOMS-FACTS-UNREADABLE"     // G3: the JSON of the facts cannot be read
	CodeFactsInvalid        = "CUSTOMS-FACTS-INVALID"        // G3: a fact is missing, unknown or stands twice
	CodeUnknownValue        = "CUSTOMS-UNKNOWN-VALUE"        // a text is no value of its enumeration
	CodePrimaryByUser       = "CUSTOMS-PRIMARY-BY-USER"      // G1: an automatic primary sending
	CodeAutoImpossible      = "CUSTOMS-AUTO-IMPOSSIBLE"      // G2: an automatic declaration message without a good reference
	CodeNoProfiles          = "CUSTOMS-NO-PROFILES"          // U rows: the user who would send has no profile
	CodePostCodeUnavailable = "CUSTOMS-POST-UNAVAILABLE"     // C4, C5, C6: no source gives a post code
	CodePostCodeInvalid     = "CUSTOMS-POST-INVALID"         // C13: the code is not eight digits
	CodePostIgnored         = "CUSTOMS-POST-IGNORED"         // gap 12: StrictPI and the client gave a code
	CodeNeedsInteraction    = "CUSTOMS-NEEDS-INTERACTION"    // C11: a question would be needed, but nobody is there
	CodeVersionUnavailable  = "CUSTOMS-VERSION-UNAVAILABLE"  // V6: the settings hold no versions
	CodeCancelled           = "CUSTOMS-CANCELLED"            // a prompt was cancelled; nothing is stored
	CodeAnswerUnknown       = "CUSTOMS-ANSWER-UNKNOWN"       // gap 33: the answer is not in the list
	CodeAnswerKind          = "CUSTOMS-ANSWER-KIND"          // the answer is of another kind than the prompt
	CodeSwitchRefused       = "CUSTOMS-SWITCH-REFUSED"       // gap 21: another user's account was not authorised
	CodeStoreFailed         = "CUSTOMS-STORE-FAILED"         // gap 14a: a store failed; a new try may succeed
	CodeStoreContended      = "CUSTOMS-STORE-CONTENDED"      // gap 24: the reference changed again at each try
	CodeSendFailed          = "CUSTOMS-SEND-FAILED"          // the host could not send; nothing is stored
	CodeSendUnknown         = "CUSTOMS-SEND-UNKNOWN"         // the message may be out; nothing is stored
	CodeNotStored           = "CUSTOMS-NOT-STORED"           // the message is out, its reference is not stored: Commit again
	CodeHostIncomplete      = "CUSTOMS-HOST-INCOMPLETE"      // a Host without a part that Run or Prepare needs
	CodeProtocolTaken       = "CUSTOMS-PROTOCOL-TAKEN"       // PH1: a primary message under the id of a known protocol
	CodeProtocolMissing     = "CUSTOMS-PROTOCOL-MISSING"     // a run without a protocol id
	CodeTooManyAnswers      = "CUSTOMS-TOO-MANY-ANSWERS"     // a prompter gave wrong answers without end
	CodeDirectoryFailed     = "CUSTOMS-DIRECTORY-UNREADABLE" // a list of posts cannot be read
	CodeKindsUnreadable     = "CUSTOMS-KINDS-UNREADABLE"     // a table of message codes cannot be read
)

var (
	// ErrNotFound is returned by a ReferenceStore for a protocol without a reference.
	ErrNotFound = errors.New("customs: no reference")
	// ErrConflict is returned by a ReferenceStore when the version is not the stored one.
	ErrConflict = errors.New("customs: the reference was changed meanwhile")
	// ErrUnreadable is returned by a ReferenceStore for a record that exists but
	// cannot be decoded (gap 14a): it counts as a reference without content.
	ErrUnreadable = errors.New("customs: the reference cannot be decoded")
)

// Error is every error of this package. User ids are masked in Error, because
// hosts use logins for them; Message shows them to the person at the screen.
type Error struct {
	fault fault.Fault
	safe  bool
}

func newError(code, path string, args ...fault.Arg) *Error {
	return &Error{fault: fault.Fault{Code: code, Path: path, Args: args}, safe: true}
}

func (e *Error) because(cause error) *Error {
	e.fault.Cause = cause
	return e
}

// Error returns one English line for logs.
func (e *Error) Error() string { return e.fault.Log("customs", messagesEN) }

// Code returns the stable code, one of the Code constants.
func (e *Error) Code() string { return e.fault.Code }

// Path returns the place in the user's terms, "users[2].profiles[1]", or "".
func (e *Error) Path() string { return e.fault.Path }

// Message returns a sentence for a person in Russian ("ru") or English, after the
// place.
func (e *Error) Message(lang string) string {
	f := e.fault
	if post, ok := postNames[f.Path]; ok {
		f.Path = post.In(lang)
	}
	return f.Message(lang, messagesEN, messagesRU)
}

// postNames are the places of P7 as its form calls them.
var postNames = map[string]fault.Text{
	"main":   {EN: "main post", RU: "основной пост"},
	"border": {EN: "border post", RU: "приграничный пост"},
}

// SafeToRetry is true if nothing was sent before the error: Run may be called again.
func (e *Error) SafeToRetry() bool { return e.safe }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.fault.Cause }

var _ error = (*Error)(nil)
