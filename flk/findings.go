package flk

import (
	"strings"

	"github.com/obmen-go/obmen/flk/internal/fault"
)

// Codes of findings: the protocol can be read but breaks a rule. They never change.
const (
	CodeMissing       = "FLK-MISSING"         // a mandatory leaf is absent or empty
	CodeTooShort      = "FLK-TOO-SHORT"       // shorter than the format allows
	CodeTooLong       = "FLK-TOO-LONG"        // longer than the format allows
	CodeLength        = "FLK-LENGTH"          // not exactly as long as T(n) asks
	CodeValue         = "FLK-VALUE"           // not one of the values allowed
	CodeLookalike     = "FLK-LOOKALIKE"       // the value allowed, but with letters of another alphabet
	CodeMojibake      = "FLK-MOJIBAKE"        // the value allowed, read in a wrong encoding
	CodeNumber        = "FLK-NUMBER"          // not digits alone
	CodeLeadingZeros  = "FLK-LEADING-ZEROS"   // digits with zeros in front
	CodeDate          = "FLK-DATE"            // no real date
	CodeFileIDShape   = "FLK-FILE-ID"         // not 3+3 country characters and 14 digits
	CodeFileIDTime    = "FLK-FILE-ID-TIME"    // its 14 digits are no date and time
	CodeFileIDCountry = "FLK-FILE-ID-COUNTRY" // a country that is not known
	CodeFileIDMix     = "FLK-FILE-ID-MIX"     // a country of digits and letters
	CodeBlank         = "FLK-BLANK"           // nothing but blanks
	CodeSpaces        = "FLK-SPACES"          // white space around a value
	CodeControl       = "FLK-CONTROL"         // a control character or invalid text
	CodePhone         = "FLK-PHONE"           // does not look like a telephone number
	CodeEmail         = "FLK-EMAIL"           // does not look like an address
	CodeGUID          = "FLK-GUID"            // not 8-4-4-4-12 hexadecimal digits
	CodeSeparator     = "FLK-SEPARATOR"       // a path separator in a file name
	CodeLastID        = "FLK-LAST-ID"         // a GUID of 36 characters where 33 fit
	CodeSpelling      = "FLK-SPELLING"        // read under a spelling that the source has not
	CodeRepeated      = "FLK-REPEATED"        // a leaf or group stands more than once
	CodeUnknownLeaf   = "FLK-UNKNOWN-LEAF"    // a leaf that the format has not
	CodeUnknownGroup  = "FLK-UNKNOWN-GROUP"   // a container that the layout has not
	CodeStrayText     = "FLK-STRAY-TEXT"      // text outside a leaf
	CodeOrder         = "FLK-ORDER"           // containers in another order
	CodeUnknownLayout = "FLK-LAYOUT-UNKNOWN"  // no layout fits
	CodeNoDocuments   = "FLK-NO-DOCUMENTS"    // information part without documents
	CodeTrackingLimit = "FLK-TRACKING-LIMIT"  // X15 and X18 stopped at their limit
	CodeX1            = "FLK-X1"              // ok > all
	CodeX2            = "FLK-X2"              // 01, but ok is not all
	CodeX3            = "FLK-X3"              // 01 with errors
	CodeX4            = "FLK-X4"              // 02, but ok is not 0
	CodeX5            = "FLK-X5"              // 02 without a reason
	CodeX6            = "FLK-X6"              // 03, but not 0 < ok < all
	CodeX7            = "FLK-X7"              // 03 without error entries
	CodeX8            = "FLK-X8"              // all = 0 without 02
	CodeX9            = "FLK-X9"              // summary error half filled
	CodeX10           = "FLK-X10"             // countries not reversed
	CodeX10Same       = "FLK-X10-SAME"        // sender and receiver are one
	CodeX11           = "FLK-X11"             // answer older than the source file
	CodeX12Before     = "FLK-X12-BEFORE"      // received before the source file was made
	CodeX12After      = "FLK-X12-AFTER"       // received after the answer was made
	CodeX13           = "FLK-X13"             // both file_id are the same
	CodeX14           = "FLK-X14"             // file_name does not begin with file_id
	CodeX15           = "FLK-X15"             // id_document twice
	CodeX16           = "FLK-X16"             // more failed statements than all - ok
	CodeX17           = "FLK-X17"             // the same error entry twice
	CodeX18           = "FLK-X18"             // one source file with different counts
	CodeX19FileID     = "FLK-X19-FILE-ID"     // file_id is not the source file's
	CodeX19FileName   = "FLK-X19-FILE-NAME"   // file_name is not the source file's
	CodeX19Count      = "FLK-X19-COUNT"       // docs_count_all is not the source file's
)

// Severity says what a finding means for the protocol.
type Severity uint8

// The severities.
const (
	SeverityWarning Severity = iota + 1
	SeverityError
)

// Profile chooses how much is forgiven.
type Profile uint8

// The profiles. Strict is what a sender should hold itself to; Lenient is for
// reading what others wrote.
const (
	Strict Profile = iota
	Lenient
)

// Finding is one breach of a rule in a protocol that can be read.
type Finding struct {
	// Rule is "F1" to "F23", "X1" to "X19", or "common" for what concerns all leaves.
	Rule string
	// Severity is the one in the chosen profile.
	Severity Severity
	// Document is the number of the document from 1; 0: the file as a whole.
	Document int
	// Pos is where in the XML text; zero if the protocol was not read from XML.
	Pos Pos

	code, path string
	args       []arg
}

// Code returns one of the constants Code….
func (f *Finding) Code() string { return f.code }

// Path returns the leaf: "documents[2].errors[1].error_code". Groups have the
// names of the canonical layout, numbers count from 1.
func (f *Finding) Path() string { return f.path }

// Message returns a whole sentence in Russian ("ru") or English, without personal data.
func (f *Finding) Message(lang string) string { return message(lang, f.code, f.args, "") }

// Error returns String after the package's name: a Finding can be handed on as an
// error.
func (f *Finding) Error() string { return "flk: " + f.String() }

// String returns one English line for logs.
func (f *Finding) String() string {
	where := f.path
	if at := place(f.Pos); at != "" {
		where = strings.TrimPrefix(where+", "+at, ", ")
	}
	return f.Severity.String() + " " + f.Rule + " " + where + ": " + fault.Format(messagesEN[f.code], f.args)
}
