package source

import (
	"errors"
	"fmt"

	"github.com/obmen-go/obmen/flk/internal/fault"
	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// Codes of errors. They never change.
const (
	CodeUnreadable = "FLK-SOURCE-UNREADABLE" // the source file is no XML that can be read
	CodePath       = "FLK-SOURCE-PATH"       // a path to the statements outside the subset
)

var messagesEN = map[string]string{
	CodeUnreadable: "the source file cannot be read as XML ({detail}); check that it is the right file",
	CodePath:       "the path {value} to the statements is not of the form /a/b, //b or /*/b; correct it",
}

var messagesRU = map[string]string{
	CodeUnreadable: "Исходный файл не читается как XML ({detail}) · проверьте, тот ли это файл.",
	CodePath:       "Путь {value} к документам не вида /a/b, //b или /*/b · исправьте его.",
}

// Error says why a source file cannot be used.
type Error struct {
	code, path string
	args       []fault.Arg
	cause      error
}

// Error returns one English line for logs.
func (e *Error) Error() string {
	text := fault.Format(messagesEN[e.code], e.args)
	if e.path != "" {
		text = e.path + ": " + text
	}
	return "flk/source: " + text
}

// Code returns one of the constants Code….
func (e *Error) Code() string { return e.code }

// Path returns where in the source file, "line 4, column 17"; "" if nowhere.
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence in Russian ("ru") or English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return fault.Format(messagesRU[e.code], e.args)
	}
	return fault.Sentence(fault.Format(messagesEN[e.code], e.args))
}

// Unwrap returns the reader's own error, if reading failed.
func (e *Error) Unwrap() error { return e.cause }

func fromScan(err error) error {
	e, ok := errors.AsType[*xmlscan.Error](err)
	if !ok {
		return err
	}
	detail := e.Detail
	if detail == "" {
		detail = map[xmlscan.ErrorKind]string{
			xmlscan.KindEmpty: "empty", xmlscan.KindDoctype: "DOCTYPE", xmlscan.KindDepth: "depth",
			xmlscan.KindToken: "size", xmlscan.KindAttrs: "attributes", xmlscan.KindRead: "I/O",
		}[e.Kind]
	}
	return &Error{code: CodeUnreadable, path: fmt.Sprintf("line %d, column %d", e.Pos.Line, e.Pos.Col),
		args: []fault.Arg{{Name: "detail", Value: fault.Clip(detail)}}, cause: e.Cause}
}

func pathError(path string) error {
	return &Error{code: CodePath, args: []fault.Arg{{Name: "value", Value: fault.Clip(path)}}}
}
