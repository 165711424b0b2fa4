package dbfio

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of errors and warnings. They are stable: a program may compare them.
const (
	CodeRead           = "DBF-READ"            // the source failed while it was read
	CodeWrite          = "DBF-WRITE"           // the target failed while it was written
	CodeNotFound       = "DBF-NOT-FOUND"       // no table of that name, in no spelling
	CodeNotFile        = "DBF-NOT-FILE"        // a folder or a device stands where the table is to be
	CodeNameAmbiguous  = "DBF-NAME-AMBIGUOUS"  // several files differ only in case (D5)
	CodeUsersName      = "DBF-USERS-NAME"      // a users table may not be called so (D5)
	CodeHeaderShort    = "DBF-HEADER-SHORT"    // the file ends inside its header (D8)
	CodeVersion        = "DBF-VERSION"         // not a table of a known kind
	CodeHeaderEnd      = "DBF-HEADER-END"      // the columns are not closed by 0x0D (D8)
	CodeHeaderLength   = "DBF-HEADER-LENGTH"   // the header's length cannot be
	CodeRecordLength   = "DBF-RECORD-LENGTH"   // too long a record for this kind of table
	CodeRecordConflict = "DBF-RECORD-CONFLICT" // the record's length contradicts the columns (D8)
	CodeTruncated      = "DBF-TRUNCATED"       // the last record is incomplete (D8)
	CodeRecordMark     = "DBF-RECORD-MARK"     // a record begins with neither blank nor asterisk
	CodeEarlyEnd       = "DBF-EARLY-END"       // an end mark where a counted and present record should be
	CodeCodePage       = "DBF-CODEPAGE"        // a code page that is not known or cannot be written
	CodeCpgConflict    = "DBF-CPG-CONFLICT"    // a .cpg file would make readers misread the table
	CodeColumnSyntax   = "DBF-COLUMN-SYNTAX"   // a column list that cannot be read
	CodeColumnName     = "DBF-COLUMN-NAME"     // a name that no table can hold (D3)
	CodeColumnType     = "DBF-COLUMN-TYPE"     // a type that is not written (D1)
	CodeColumnWidth    = "DBF-COLUMN-WIDTH"    // a width or decimals outside the type's range (D3)
	CodeColumnTwice    = "DBF-COLUMN-TWICE"    // two columns of one name
	CodeColumnCount    = "DBF-COLUMN-COUNT"    // too many columns
	CodeNoColumns      = "DBF-NO-COLUMNS"      // a table without columns
	CodeNoColumn       = "DBF-NO-COLUMN"       // the table has no such column
	CodeNumber         = "DBF-NUMBER"          // not a number (D6)
	CodeNotInteger     = "DBF-NOT-INTEGER"     // a number with a fraction where an integer is asked for
	CodeNumberRange    = "DBF-NUMBER-RANGE"    // a number beyond what the Go type holds
	CodeLogical        = "DBF-LOGICAL"         // not a logical (D6)
	CodeDate           = "DBF-DATE"            // not a calendar date (D6)
	CodeCharacter      = "DBF-CHARACTER"       // a byte without a character in the code page
	CodeCellType       = "DBF-CELL-TYPE"       // the column's type does not fit what is asked for
	CodeBlank          = "DBF-BLANK"           // a blank cell for a field that cannot hold blank
	CodeTextWidth      = "DBF-TEXT-WIDTH"      // text too long for its column (D7)
	CodeTextCharacter  = "DBF-TEXT-CHARACTER"  // a character that the code page lacks (D7)
	CodeNumberWidth    = "DBF-NUMBER-WIDTH"    // a number too long for its column (D7)
	CodeNumberDecimals = "DBF-NUMBER-DECIMALS" // more decimals than the column has (D7)
	CodeDateRange      = "DBF-DATE-RANGE"      // a year outside 1..9999 (D7)
	CodeRowCount       = "DBF-ROW-COUNT"       // other than the announced number of rows was written (D9)
	CodeNotSeekable    = "DBF-NOT-SEEKABLE"    // the count cannot be patched in this target (D9)
	CodeStructType     = "DBF-STRUCT-TYPE"     // a Go type that rows cannot be mapped to
	CodeStructTag      = "DBF-STRUCT-TAG"      // a dbf tag that cannot be read
	CodeClosed         = "DBF-CLOSED"          // used after Close
	CodeWarnPage       = "DBF-WARN-CODEPAGE"   // warning: nothing names the code page, CP1251 is taken (D2)
	CodeWarnCpg        = "DBF-WARN-CPG"        // warning: the .cpg file names no known page (D2)
	CodeWarnCase       = "DBF-WARN-CASE"       // warning: the file's name differs in case (D5)
	CodeWarnCount      = "DBF-WARN-COUNT"      // warning: the header counts other rows than there are (D8)
	CodeWarnTrailing   = "DBF-WARN-TRAILING"   // warning: bytes after the last record that are no record (D8)
	CodeWarnSkipped    = "DBF-WARN-SKIPPED"    // warning: a column of an unsupported type is skipped (D1)
	CodeWarnTwice      = "DBF-WARN-TWICE"      // warning: two columns of one name, the first is found by name
)

// Error is any error of this package. It says where (Row, Column), what (Code)
// and in which words (Error, Message); a failed file operation is its Unwrap.
type Error struct {
	code   string
	row    int64
	column string
	args   []any // name, value, name, value …
	masked bool
	cause  error
}

var _ error = (*Error)(nil)

func newError(code string, args ...any) *Error { return &Error{code: code, args: args} }

func (e *Error) at(row int64, column string) *Error {
	e.row, e.column = row, column
	return e
}

func (e *Error) because(cause error) *Error {
	e.cause = cause
	return e
}

// Code returns the stable code, one of the Code constants.
func (e *Error) Code() string { return e.code }

// Row returns the record's number in the table, from 1 and counting deleted
// ones; 0 if the error is not about a record.
func (e *Error) Row() int64 { return e.row }

// Column returns the column's name, "" if the error is not about a column.
func (e *Error) Column() string { return e.column }

// Path says where: "row 17, column LIMIT", "column LIMIT", or "".
func (e *Error) Path() string { return joinPath("row ", "column ", e.row, e.column) }

// Unwrap returns the cause: an error of the file system, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Error returns one line in English. The value of a column that the options
// name in Mask does not stand in it.
func (e *Error) Error() string {
	s := "dbfio: "
	if p := e.Path(); p != "" {
		s += p + ": "
	}
	return s + e.Detail()
}

// Detail returns the English text without package and position, for programs
// that name the position in words of their own.
func (e *Error) Detail() string {
	s := e.fill(messagesEN[e.code])
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Message returns a whole sentence for a clerk: what happened and what to do.
// lang is "ru" or "en"; any other gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		s := e.fill(messagesRU[e.code])
		if p := joinPath("строка ", "столбец ", e.row, e.column); p != "" {
			s = upperFirst(p) + ". " + s
		}
		if e.cause != nil {
			s += " (" + e.cause.Error() + ")"
		}
		return s
	}
	s := e.Detail()
	if p := e.Path(); p != "" {
		s = p + ": " + s
	}
	return upperFirst(s) + "."
}

// maxShownValue bounds how much of a value stands in a text, in characters.
const maxShownValue = 60

func (e *Error) fill(text string) string {
	if text == "" {
		return e.code
	}
	for i := 0; i+1 < len(e.args); i += 2 {
		name := "{" + e.args[i].(string) + "}"
		shown := fmt.Sprint(e.args[i+1])
		if name == "{value}" {
			if e.masked {
				shown = "***"
			} else {
				shown = show(shown)
			}
		}
		text = strings.ReplaceAll(text, name, shown)
	}
	return text
}

// show quotes a value so that an error stays one line, and shortens a long one.
func show(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxShownValue {
			return strconv.Quote(s[:i]) + "…"
		}
	}
	if plainNumber(s) {
		return s
	}
	return strconv.Quote(s)
}

func plainNumber(s string) bool {
	for i := range len(s) {
		if b := s[i]; (b < '0' || b > '9') && b != '-' && b != '.' {
			return false
		}
	}
	return s != ""
}

func joinPath(rowWord, columnWord string, row int64, column string) string {
	var parts []string
	if row > 0 {
		parts = append(parts, rowWord+strconv.FormatInt(row, 10))
	}
	if column != "" {
		parts = append(parts, columnWord+column)
	}
	return strings.Join(parts, ", ")
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Problems is several errors of one row, in the order of its columns.
type Problems []*Error

var _ error = Problems(nil)

// Error returns the texts of all, one after the other.
func (p Problems) Error() string {
	s := make([]string, len(p))
	for i, e := range p {
		s[i] = e.Error()
	}
	return strings.Join(s, "; ")
}

// Message joins the sentences for a person, one a line.
func (p Problems) Message(lang string) string {
	s := make([]string, len(p))
	for i, e := range p {
		s[i] = e.Message(lang)
	}
	return strings.Join(s, "\n")
}

// Unwrap lets errors.Is, errors.As and errors.AsType look at each of them.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, e := range p {
		list[i] = e
	}
	return list
}

// asError gives nil for none, the error itself for one, Problems for several.
func (p Problems) asError() error {
	switch len(p) {
	case 0:
		return nil
	case 1:
		return p[0]
	}
	return p
}

// Warning is a fault that did not stop the reading. It is a value: nothing is
// logged. Its codes are the CodeWarn constants.
type Warning struct{ e Error }

// Code returns the stable code, one of the CodeWarn constants.
func (w Warning) Code() string { return w.e.code }

// Path says where, "column LIMIT", or "".
func (w Warning) Path() string { return w.e.Path() }

// Message returns a whole sentence for a clerk in "ru" or "en".
func (w Warning) Message(lang string) string { return w.e.Message(lang) }

// String returns one line in English, as Error.Error does.
func (w Warning) String() string { return w.e.Error() }
