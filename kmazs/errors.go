package kmazs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/kmazs/internal/fault"
)

// Codes of errors and findings. They are stable: a program may compare them.
const (
	// Findings about a field.

	CodeTextLength    = "KMAZS-TEXT-LENGTH"    // text longer than its field (K14)
	CodeText          = "KMAZS-TEXT"           // not a text: a fraction, a logical, an object
	CodeTextUTF8      = "KMAZS-TEXT-UTF8"      // a text of a caller that is not UTF-8
	CodeNumber        = "KMAZS-NUMBER"         // not a whole number (K23)
	CodeRange         = "KMAZS-RANGE"          // a number outside its range (K23)
	CodeLogical       = "KMAZS-LOGICAL"        // neither true nor false (K23)
	CodeDate          = "KMAZS-DATE"           // not a calendar day (K23)
	CodeTime          = "KMAZS-TIME"           // not a time of day (K9)
	CodeOperation     = "KMAZS-OPERATION"      // neither U nor D (K23)
	CodeKeyType       = "KMAZS-KEY-TYPE"       // KEY_TYPE other than 0 to 3
	CodeKeyHex        = "KMAZS-KEY-HEX"        // a key of other than hexadecimal digits (K16)
	CodeKeyDecimal    = "KMAZS-KEY-DECIMAL"    // a key of other than decimal digits (K16)
	CodeKeyRange      = "KMAZS-KEY-RANGE"      // a key of more digits, or 2^64 and above (K16)
	CodeKeyCard       = "KMAZS-KEY-CARD"       // the caller's converter does not know the Premium-Card (K16)
	CodeIDConflict    = "KMAZS-ID-CONFLICT"    // ID and SYNCID differ (K1)
	CodeLimitConflict = "KMAZS-LIMIT-CONFLICT" // ALLLIMIT and DOPLIMIT differ (K5)
	CodeLimitType     = "KMAZS-LIMIT-TYPE"     // LIMITTYPE other than 0, 1, 2, 4, 7 (K6)
	CodeFuelEmpty     = "KMAZS-FUEL-EMPTY"     // an empty item in DEFGSM (K7)
	CodeFuelTwice     = "KMAZS-FUEL-TWICE"     // a repeated code in DEFGSM (K7)
	CodeFuelLimit     = "KMAZS-FUEL-LIMIT"     // a limit in DEFGSM that is no number of its range (K7)
	CodeFuelCount     = "KMAZS-FUEL-COUNT"     // too many items in DEFGSM
	CodeStation       = "KMAZS-STATION"        // a part of STATIONS that is no station number (K10)
	CodeInvalid       = "KMAZS-INVALID"        // a field whose value could not be read is to be written
	CodeCell          = "KMAZS-CELL"           // a cell whose bytes are no text of the code page
	CodeStationsLong  = "KMAZS-STATIONS-LONG"  // a station list that a table cannot hold (K14)
	CodeWouldClear    = "KMAZS-WOULD-CLEAR"    // an absent field that a blank cell would clear (K12)
	CodeUnknownField  = "KMAZS-UNKNOWN-FIELD"  // no field has that name

	// Errors of a whole request.

	CodeRead            = "KMAZS-READ"              // the source failed while it was read
	CodeJSONSyntax      = "KMAZS-JSON-SYNTAX"       // not JSON (K24)
	CodeJSONEnded       = "KMAZS-JSON-ENDED"        // the JSON text is incomplete (K24)
	CodeJSONUTF8        = "KMAZS-JSON-UTF8"         // invalid UTF-8 or half a surrogate pair (K24)
	CodeJSONTwice       = "KMAZS-JSON-TWICE"        // a key twice in one object (K24)
	CodeJSONLong        = "KMAZS-JSON-LONG"         // a string above the limit
	CodeJSONDeep        = "KMAZS-JSON-DEEP"         // nested too deeply
	CodeJSONKeys        = "KMAZS-JSON-KEYS"         // an object of too many keys
	CodeJSONShape       = "KMAZS-JSON-SHAPE"        // a member is another kind of value
	CodeTooLarge        = "KMAZS-TOO-LARGE"         // the text exceeds Limits.Bytes
	CodeTooManyRecords  = "KMAZS-TOO-MANY-RECORDS"  // more than Limits.Records
	CodeTooManyFindings = "KMAZS-TOO-MANY-FINDINGS" // more than Limits.Findings
	CodeCharSet         = "KMAZS-CHARSET"           // TestCharSet is missing or wrong (K20)
	CodeImportType      = "KMAZS-IMPORT-TYPE"       // ImportType is missing or unknown (K20)
	CodeNoUsers         = "KMAZS-NO-USERS"          // the member Users is missing
	CodeUsedTwice       = "KMAZS-USED-TWICE"        // a sequence of records was read again
	CodeTable           = "KMAZS-TABLE"             // the table is damaged or cannot be read
	CodeTableWrite      = "KMAZS-TABLE-WRITE"       // the table cannot be written
	CodeNotInJSON       = "KMAZS-NOT-IN-JSON"       // an option that the Web-API cannot express (K0)
	CodeWrite           = "KMAZS-WRITE"             // the target failed while it was written
	CodeResponse        = "KMAZS-RESPONSE"          // the answer is none of an office (K25)
	CodeOfficeRefused   = "KMAZS-OFFICE-REFUSED"    // the office answered with an error: nothing was imported (K25)

	// Warnings.

	CodeWarnUnknown     = "KMAZS-WARN-UNKNOWN"      // an unknown key or column is ignored (K15)
	CodeWarnTable       = "KMAZS-WARN-TABLE"        // something in the table was tolerated
	CodeWarnRFIDIgnored = "KMAZS-WARN-RFID-IGNORED" // KEY_TYPE is given, so RFID is ignored, and KEY is blank (K4)
	CodeWarnReqDriver   = "KMAZS-WARN-REQDRIVER"    // a vehicle's REQDRIVER becomes true though it is not given (K13)
	CodeWarnNoStations  = "KMAZS-WARN-NO-STATIONS"  // a new user would have no station (K19)
)

// Error is a failure or, with a field, a finding about one record. Its texts hold
// neither personal data nor keys nor PINs.
type Error struct {
	f     fault.Fault
	field Field
}

func newError(code string, args ...any) *Error {
	return &Error{f: fault.Fault{Code: code, Args: args}}
}

func (e *Error) because(cause error) *Error { e.f.Cause = cause; return e }

// Error is one English line for logs.
func (e *Error) Error() string { return e.f.Line1("kmazs", messagesEN) }

// Code is the stable code, one of the Code constants.
func (e *Error) Code() string { return e.f.Code }

// Path says where: "record 17, field LIMIT", "line 4, column 7"; "" if nowhere.
func (e *Error) Path() string { return e.f.Path() }

// Record is the number of the record, from 1; 0 if it is not about one.
func (e *Error) Record() int { return e.f.Record }

// Field is the field of a finding, 0 if it is not about one.
func (e *Error) Field() Field { return e.field }

// Message is a whole sentence for a clerk, with its place: what happened, what to
// do. lang is "ru" or "en"; any other gives English.
func (e *Error) Message(lang string) string { return e.f.Message(lang, messagesEN, messagesRU) }

// Detail is Message without the place, for programs that show record and field by
// themselves.
func (e *Error) Detail(lang string) string { return e.f.Detail(lang, messagesEN, messagesRU) }

// Unwrap is the cause, an error of the standard library, of package dbfio or of
// the caller's own function; nil if there is none.
func (e *Error) Unwrap() error { return e.f.Cause }

// Findings are what is wrong with a record or with a request.
type Findings []*Error

// Error joins the findings on one line.
func (f Findings) Error() string {
	texts := make([]string, len(f))
	for i, e := range f {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Message joins the findings' sentences, one a line.
func (f Findings) Message(lang string) string {
	texts := make([]string, len(f))
	for i, e := range f {
		texts[i] = e.Message(lang)
	}
	return strings.Join(texts, "\n")
}

// Err returns the findings as an error, nil if there are none. Findings itself, empty,
// would be an error that is not nil.
func (f Findings) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Unwrap lets errors.Is and errors.As look at every finding.
func (f Findings) Unwrap() []error {
	list := make([]error, len(f))
	for i, e := range f {
		list[i] = e
	}
	return list
}

// Fields are the fields that have a finding.
func (f Findings) Fields() FieldSet {
	var s FieldSet
	for _, e := range f {
		s = s.With(e.field)
	}
	return s
}

// Without returns the findings about other fields than these.
func (f Findings) Without(ignored FieldSet) Findings {
	if f.Fields()&ignored == 0 {
		return f
	}
	var rest Findings
	for _, e := range f {
		if !ignored.Has(e.field) {
			rest = append(rest, e)
		}
	}
	return rest
}

func (f Findings) sort() {
	slices.SortStableFunc(f, func(a, b *Error) int { return cmp.Compare(a.field, b.field) })
}

// Warning is something that was tolerated, or that a client should know. It is a
// value: nothing is logged. Its codes are the CodeWarn constants.
type Warning struct{ e *Error }

func newWarning(code string, record int, f Field, args ...any) Warning {
	e := newError(code, args...)
	e.f.Record, e.f.Field, e.field = record, f.String(), f
	return Warning{e}
}

// Code is the stable code.
func (w Warning) Code() string { return w.e.Code() }

// Path says where.
func (w Warning) Path() string { return w.e.Path() }

// Record is the number of the first record it is about, 0 if of none.
func (w Warning) Record() int { return w.e.Record() }

// Field is the field it is about, 0 if none.
func (w Warning) Field() Field { return w.e.field }

// Message is a whole sentence for a clerk in "ru" or "en".
func (w Warning) Message(lang string) string { return w.e.Message(lang) }

// String is one English line.
func (w Warning) String() string { return w.e.Error() }
