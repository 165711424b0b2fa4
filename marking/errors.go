package marking

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The codes of errors that reading a scan returns: a closed list.
const (
	// CodeNotRecognised: no kind of code fits.
	CodeNotRecognised = "MARK-NOT-RECOGNISED"
	// CodeIllegalCharacter: a character that no code may hold at that place.
	CodeIllegalCharacter = "MARK-ILLEGAL-CHARACTER"
	// CodeMixedLayout: Cyrillic letters among characters that the Russian
	// keyboard layout cannot type.
	CodeMixedLayout = "MARK-MIXED-LAYOUT"
	// CodeGSInconsistent: the separators that arrived fit no layout.
	CodeGSInconsistent = "MARK-GS-INCONSISTENT"
	// CodeUnrestorable: all separators are lost and no layout fits.
	CodeUnrestorable = "MARK-UNRESTORABLE"
	// CodeAmbiguous: more than one kind or layout fits; [Error.Candidates] lists them.
	CodeAmbiguous = "MARK-AMBIGUOUS"
	// CodeDuplicateAI: an application identifier stands twice.
	CodeDuplicateAI = "MARK-DUPLICATE-AI"
	// CodeUnknownAI: an application identifier that no mark uses.
	CodeUnknownAI = "MARK-UNKNOWN-AI"
	// CodeBadLength: a value, or a code without separators, has a wrong length.
	CodeBadLength = "MARK-BAD-LENGTH"
	// CodeIncomplete: the beginning of a code, without the rest.
	CodeIncomplete = "MARK-INCOMPLETE"
)

// CodeName is the code of the errors of the UnmarshalText methods.
const CodeName = "MARK-NAME"

// Error says why a scan gives no code. It never holds the code itself, only
// places, lengths and application identifiers.
type Error struct {
	code       string
	path       string
	args       []arg
	candidates []string
}

type arg struct {
	name  string
	value any
}

var _ error = (*Error)(nil)

func newError(code, path string, args ...arg) *Error {
	return &Error{code: code, path: path, args: args}
}

// Error returns one line in English for logs.
func (e *Error) Error() string {
	if e.path == "" {
		return "marking: " + fill(messagesEN[e.code], e.args)
	}
	return "marking: " + e.path + ": " + fill(messagesEN[e.code], e.args)
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path says where: "character 17" (counted from 1, in the code behind any
// prefix), "AI 93", or "".
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence for the cashier: what happened and what to
// do. lang is "ru"; any other language gives English.
func (e *Error) Message(lang string) string { return message(e.code, lang, e.args) }

// Candidates lists the names of what fits, for CodeAmbiguous.
func (e *Error) Candidates() []string { return append([]string(nil), e.candidates...) }

// message finds the text of a code and makes it a sentence.
func message(code, lang string, args []arg) string {
	if lang == "ru" {
		return fill(messagesRU[code], args)
	}
	s := fill(messagesEN[code], args)
	if s == "" {
		return ""
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

func fill(text string, args []arg) string {
	for _, a := range args {
		text = strings.ReplaceAll(text, "{"+a.name+"}", fmt.Sprint(a.value))
	}
	return text
}
