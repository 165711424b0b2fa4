package receipt

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of this package's errors.
const (
	CodeSyntax     = "MARK-RECEIPT-SYNTAX"      // the text is no JSON object
	CodeUnknown    = "MARK-RECEIPT-UNKNOWN"     // a member that the format does not have
	CodeDuplicate  = "MARK-RECEIPT-DUPLICATE"   // a member stands twice
	CodeMissing    = "MARK-RECEIPT-MISSING"     // a member is missing
	CodeKind       = "MARK-RECEIPT-KIND"        // a value of a wrong JSON type
	CodeTooLarge   = "MARK-RECEIPT-TOO-LARGE"   // the text is longer than MaxJSON
	CodeValue      = "MARK-RECEIPT-VALUE"       // a value that is not one of those allowed
	CodeRange      = "MARK-RECEIPT-RANGE"       // a number out of its range
	CodeLength     = "MARK-RECEIPT-LENGTH"      // an empty text, or one that is too long
	CodeCharacter  = "MARK-RECEIPT-CHARACTER"   // a character that a register cannot print
	CodeQuantity   = "MARK-RECEIPT-QUANTITY"    // a text that is no quantity
	CodeFraction   = "MARK-RECEIPT-FRACTION"    // a text that is no fraction of a pack
	CodeHex        = "MARK-RECEIPT-HEX"         // a mark that is not written in hex
	CodeName       = "MARK-RECEIPT-NAME"        // a text that is no name of a value
	CodeNoItems    = "MARK-RECEIPT-NO-ITEMS"    // a receipt without items
	CodeTooMany    = "MARK-RECEIPT-TOO-MANY"    // more items than MaxItems
	CodeMark       = "MARK-RECEIPT-MARK"        // a code that is no mark
	CodeSameMark   = "MARK-RECEIPT-SAME-MARK"   // a mark stands twice
	CodeSignMark   = "MARK-RECEIPT-SIGN-MARK"   // sign and mark do not go together
	CodeStatus     = "MARK-RECEIPT-STATUS"      // the status is not that of the receipt's type
	CodePiece      = "MARK-RECEIPT-PIECE"       // a marked piece whose quantity is not one
	CodeMeasure    = "MARK-RECEIPT-MEASURE"     // measured goods without a unit, or a fraction that is no part of a pack
	CodeUnderpaid  = "MARK-RECEIPT-UNDERPAID"   // the payments are less than the total
	CodeOverpaid   = "MARK-RECEIPT-OVERPAID"    // the payments without cash are more than the total
	CodeNotChecked = "MARK-RECEIPT-NOT-CHECKED" // an item whose mark was not checked
	CodeIndustry   = "MARK-RECEIPT-INDUSTRY"    // a block 1260 that a register would not take
)

// Error says what is wrong with a receipt, and where. It never holds a mark.
type Error struct {
	code string
	path string
	args []arg
}

type arg struct {
	name  string
	value any
}

// words is an argument that is worded in each language.
type words struct{ en, ru string }

var _ error = (*Error)(nil)

func newError(code, path string, args ...arg) *Error {
	return &Error{code: code, path: path, args: args}
}

// at returns the error with a path.
func (e *Error) at(path string) *Error { return &Error{code: e.code, path: path, args: e.args} }

// Error returns one line in English for logs.
func (e *Error) Error() string {
	if e.path == "" {
		return "receipt: " + fill(messagesEN[e.code], e.args, false)
	}
	return "receipt: " + e.path + ": " + fill(messagesEN[e.code], e.args, false)
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path says where: "items[2].price", counted from 1, "line 4" for what is no
// JSON, or "".
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence: what happened and what to do. lang is "ru";
// any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return fill(messagesRU[e.code], e.args, true)
	}
	s := fill(messagesEN[e.code], e.args, false)
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// Problems are all the errors of one receipt, at least one.
type Problems []*Error

var _ error = Problems(nil)

func (p *Problems) add(code, path string, args ...arg) {
	*p = append(*p, newError(code, path, args...))
}

// Error returns the errors in one line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, e := range p {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "; ")
}

// Unwrap returns the errors, so that errors.AsType finds the first.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, e := range p {
		list[i] = e
	}
	return list
}

func fill(text string, args []arg, ru bool) string {
	for _, a := range args {
		value := fmt.Sprint(a.value)
		if w, ok := a.value.(words); ok && ru {
			value = w.ru
		} else if ok {
			value = w.en
		}
		text = strings.ReplaceAll(text, "{"+a.name+"}", value)
	}
	return text
}

// clip keeps a text of somebody else's short, and on one line.
func clip(s string) string {
	const max = 40
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > max {
		s = string([]rune(s)[:max]) + "…"
	}
	return s
}
