package office

import (
	"errors"
	"strings"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// Codes of refusals: the record is not applied, and the report says why.
const (
	CodeNoIdentity        = "KMAZS-NO-IDENTITY"        // nothing to match the record by (K31, K35)
	CodeAmbiguous         = "KMAZS-AMBIGUOUS"          // several accounts match (K33)
	CodeOtherCatalogue    = "KMAZS-OTHER-CATALOGUE"    // the id is one of the other catalogue (K3, K32)
	CodeNoName            = "KMAZS-NO-NAME"            // a new user without SHORTNAME (K34)
	CodeSameID            = "KMAZS-SAME-ID"            // an earlier record has the id (K37)
	CodeSameAccount       = "KMAZS-SAME-ACCOUNT"       // an earlier record reached the account (K37)
	CodeSameName          = "KMAZS-SAME-NAME"          // another new user has the name (K37)
	CodeKeyTaken          = "KMAZS-KEY-TAKEN"          // an account keeps the key (K38)
	CodeKeyTakenTwice     = "KMAZS-KEY-TAKEN-TWICE"    // an earlier record takes the key (K38)
	CodeKeyUnreadable     = "KMAZS-KEY-UNREADABLE"     // the office's converter does not know the card (K16)
	CodeUnknownDepartment = "KMAZS-UNKNOWN-DEPARTMENT" // unknown DEPSYNCID without DEPART (K2)
	CodeUnknownFuel       = "KMAZS-UNKNOWN-FUEL"       // DEFGSM names a fuel that is not there (K7)
	CodeSameFuel          = "KMAZS-SAME-FUEL"          // DEFGSM names a fuel twice, by way of gsmreplace (K7)
	CodeUnknownStation    = "KMAZS-UNKNOWN-STATION"    // STATIONS names a station that is not there (K10)
	CodeUnknownVehicle    = "KMAZS-UNKNOWN-VEHICLE"    // DEFCARID is no vehicle's number (K18)
	CodeVehicleGoes       = "KMAZS-VEHICLE-GOES"       // DEFCARID is deleted or used again by this import (K18)
)

// Codes of request errors: nothing has been changed.
const (
	CodeMissingField        = "KMAZS-MISSING-FIELD"         // a required column is missing (K42)
	CodeNoIdentityField     = "KMAZS-NO-IDENTITY-FIELD"     // no column to match records by (K42)
	CodeAllowedStations     = "KMAZS-ALLOWED-STATIONS"      // AllowedStations names an unknown station (K21)
	CodeAllowedStationsText = "KMAZS-ALLOWED-STATIONS-TEXT" // AllowedStations is no list (K21)
	CodeReplacement         = "KMAZS-REPLACEMENT"           // a pair of a replacement list is none (K40)
	CodeReplacementTwice    = "KMAZS-REPLACEMENT-TWICE"     // a left side stands twice (K40)
	CodeReplaceIsOff        = "KMAZS-REPLACE-IS-OFF"        // ImportType Replace without the office's setting (K20)
	CodeReplaceEmpty        = "KMAZS-REPLACE-EMPTY"         // a replace import of nobody (K54)
	CodeTooManyLocks        = "KMAZS-TOO-MANY-LOCKS"        // more accounts to lock than MaxLockPercent (K54)
	CodeReplaceRefused      = "KMAZS-REPLACE-REFUSED"       // refused records in a replace import (K53)
	CodeStrictRefused       = "KMAZS-STRICT-REFUSED"        // refused records in strict mode (K41)
	CodeDayChanged          = "KMAZS-DAY-CHANGED"           // the office's day has changed since planning (K45)
	CodeNoExchanger         = "KMAZS-NO-EXCHANGER"          // an exchange is asked for, and none is set up
)

// Codes of warnings: the record is applied, but perhaps not as meant.
const (
	CodeNoStations   = "KMAZS-NO-STATIONS"    // a new user without any station (K19)
	CodeSamePINGiven = "KMAZS-SAME-PIN-GIVEN" // an earlier record gives the same PIN (K17)
	CodeSamePIN      = "KMAZS-SAME-PIN"       // the PIN is another account's too (K17)
	CodeDriverAsked  = "KMAZS-DRIVER-ASKED"   // REQDRIVER became true though the record is silent (K13)
)

// Codes of notes in plans.
const (
	CodeNoteReused   = "KMAZS-NOTE-REUSED"   // a locked account serves a new user (K51)
	CodeNoteUnlocked = "KMAZS-NOTE-UNLOCKED" // the account is not locked any more (K52)
)

// Finding is one thing that is wrong with a record, or worth a warning: an *Error
// of this package or one of package kmazs.
type Finding interface {
	error
	// Code is the stable code of the rule.
	Code() string
	// Path says where: "record 3, field KEY".
	Path() string
	// Record is the number of the record, from 1; 0 if it is about none.
	Record() int
	// Field is the field at fault, 0 if none alone is.
	Field() kmazs.Field
	// Message is a sentence for a clerk with its place, in Russian for "ru", else
	// in English.
	Message(lang string) string
	// Detail is Message without the place.
	Detail(lang string) string
}

var (
	_ Finding = (*Error)(nil)
	_ Finding = (*kmazs.Error)(nil)
)

// Error is an error of this package, in the form that the module's error contract
// gives. Its texts hold no personal data, keys or PINs.
type Error struct {
	f     fault.Fault
	field kmazs.Field
}

// newError makes an error about a field (0 = none); args are name, value, …
func newError(code string, field kmazs.Field, args ...any) *Error {
	return &Error{fault.Fault{Code: code, Field: field.String(), Args: args}, field}
}

func (e *Error) because(cause error) *Error { e.f.Cause = cause; return e }

// Error is one English line for logs.
func (e *Error) Error() string { return e.f.Line1("kmazs/office", messagesEN) }

// Code is one of the Code constants.
func (e *Error) Code() string { return e.f.Code }

// Path says where: "record 3, field KEY"; "" if nowhere.
func (e *Error) Path() string { return e.f.Path() }

// Record is the number of the record, from 1; 0 if it is about none.
func (e *Error) Record() int { return e.f.Record }

// Field is the field at fault, 0 if none alone is.
func (e *Error) Field() kmazs.Field { return e.field }

// Message is a sentence for a clerk, in Russian for "ru", else in English.
func (e *Error) Message(lang string) string { return e.f.Message(lang, messagesEN, messagesRU) }

// Detail is Message without the place.
func (e *Error) Detail(lang string) string { return e.f.Detail(lang, messagesEN, messagesRU) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.f.Cause }

// RefusedRecords is the request error of an import that refused records forbid:
// in strict mode (K41) and when users are replaced (K53).
type RefusedRecords struct {
	head *Error
	// Findings are all of them, in the order of the records.
	Findings []Finding
}

// Error lists the findings on one line.
func (e *RefusedRecords) Error() string {
	var b strings.Builder
	b.WriteString(e.head.Error())
	for _, f := range e.Findings {
		b.WriteString("; ")
		b.WriteString(f.Error())
	}
	return b.String()
}

// Code is CodeStrictRefused or CodeReplaceRefused.
func (e *RefusedRecords) Code() string { return e.head.Code() }

// Path is "": each finding has its own.
func (e *RefusedRecords) Path() string { return "" }

// Message is a sentence for a clerk, then each finding on a line of its own.
func (e *RefusedRecords) Message(lang string) string {
	var b strings.Builder
	b.WriteString(e.head.Message(lang))
	for _, f := range e.Findings {
		b.WriteByte('\n')
		b.WriteString(f.Message(lang))
	}
	return b.String()
}

// Unwrap lets errors.Is and errors.As look at every finding.
func (e *RefusedRecords) Unwrap() []error {
	list := []error{e.head}
	for _, f := range e.Findings {
		list = append(list, f)
	}
	return list
}

// ErrBusy says that another import is running. It is kmazs.ErrBusy, which carriers
// know.
var ErrBusy = kmazs.ErrBusy

// ErrClosed is returned by an Importer that has been closed.
var ErrClosed = errors.New("kmazs/office: the importer is closed")
