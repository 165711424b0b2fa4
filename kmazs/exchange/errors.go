package exchange

import (
	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// Codes of this package's errors. They are stable; the texts may change.
const (
	CodeOption      = "KMAZS-FOLDER-OPTION"       // an option that a folder cannot carry (K0)
	CodeReplaceMode = "KMAZS-FOLDER-REPLACE"      // ImportType Replace: only the office's setting can ask for it
	CodeNoTable     = "KMAZS-FOLDER-NO-TABLE"     // dbffile missing or busy for three polls (FL10)
	CodeRecordCount = "KMAZS-FOLDER-RECORD-COUNT" // dbfrecordcount differs from the table (FL11)
	CodeUnreadable  = "KMAZS-FOLDER-UNREADABLE"   // a row or the header cannot be read (FL11)
	CodeLocked      = "KMAZS-FOLDER-LOCKED"       // another office serves the folder (FL10)
	CodeStations    = "KMAZS-FOLDER-STATIONS"     // stations of exchg.flag are no list of numbers (FL8)
	CodeFailed      = "KMAZS-FOLDER-FAILED"       // the import failed inside the office
	CodeFolder      = "KMAZS-FOLDER-ACCESS"       // the folder or a file in it cannot be used; Unwrap says why
	CodeExists      = "KMAZS-FOLDER-EXISTS"       // a template would replace a file
	CodeSenderBusy  = "KMAZS-FOLDER-SENDER-BUSY"  // another sender works in the folder (FL9)
	CodeEarlier     = "KMAZS-FOLDER-EARLIER"      // an earlier request is still in flight (FL9)
	CodeWithdrawn   = "KMAZS-FOLDER-WITHDRAWN"    // no result came; the request was taken back (FL9)
)

// Error is a failure of the folder exchange, in the form that the module's error
// contract gives.
type Error struct{ f fault.Fault }

func newError(code string, args ...any) *Error {
	return &Error{fault.Fault{Code: code, Args: args}}
}

func (e *Error) in(member string) *Error { e.f.Member = member; return e }

func (e *Error) because(err error) *Error { e.f.Cause = err; return e }

func (e *Error) unsent() *Error { e.f.Safe = true; return e }

// Error is one English line for logs, without personal data.
func (e *Error) Error() string { return e.f.Line1("kmazs/exchange", messagesEN) }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.f.Code }

// Path says where: a file, or a parameter of the request; "" if nowhere.
func (e *Error) Path() string { return e.f.Path() }

// Message is a sentence for a clerk, in Russian for "ru", else in English.
func (e *Error) Message(lang string) string { return e.f.Message(lang, messagesEN, messagesRU) }

// SafeToRetry is true only if the office cannot have acted on the request.
func (e *Error) SafeToRetry() bool { return e.f.Safe }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.f.Cause }
