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
	pathRU     string
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
	text, place := fault.Sentence(fault.Format(messagesEN[e.code], e.args)), e.path
	if lang == "ru" {
		text, place = fault.FormatIn("ru", messagesRU[e.code], e.args), e.pathRU
	}
	if place != "" {
		text += " (" + place + ")"
	}
	return text
}

// Unwrap returns the reader's own error, if reading failed.
func (e *Error) Unwrap() error { return e.cause }

func fromScan(err error) error {
	e, ok := errors.AsType[*xmlscan.Error](err)
	if !ok {
		return err
	}
	detail := fault.Arg{Name: "detail", Value: fault.Clip(e.Detail), RU: fault.Clip(e.DetailRU)}
	if words, ok := kinds[e.Kind]; ok {
		detail.Value, detail.RU = words[0], words[1]
	}
	return &Error{code: CodeUnreadable, path: fmt.Sprintf("line %d, column %d", e.Pos.Line, e.Pos.Col),
		pathRU: fmt.Sprintf("строка %d, позиция %d", e.Pos.Line, e.Pos.Col), args: []fault.Arg{detail}, cause: e.Cause}
}

// kinds words what is wrong where Detail is no prose.
var kinds = map[xmlscan.ErrorKind][2]string{
	xmlscan.KindTruncated: {"it ends early", "он обрывается"},
	xmlscan.KindEmpty:     {"it holds no element", "в нём нет элементов"},
	xmlscan.KindDoctype:   {"it has a DOCTYPE", "в нём есть DOCTYPE"},
	xmlscan.KindEntity:    {"it uses an entity that is not defined", "в нём сущность, которая не определена"},
	xmlscan.KindDepth:     {"it is nested too deeply", "вложенность слишком велика"},
	xmlscan.KindToken:     {"a value is too long", "значение слишком длинное"},
	xmlscan.KindAttrs:     {"an element has too many attributes", "у элемента слишком много атрибутов"},
	xmlscan.KindEncoding:  {"its encoding is not supported", "кодировка не поддерживается"},
	xmlscan.KindBytes:     {"its bytes are not of its encoding", "байты не соответствуют кодировке"},
	xmlscan.KindCharacter: {"it holds a character that XML forbids", "в нём символ, запрещённый в XML"},
	xmlscan.KindRead:      {"reading failed", "ошибка чтения"},
}

func pathError(path string) error {
	return &Error{code: CodePath, args: []fault.Arg{{Name: "value", Value: fault.Clip(path)}}}
}
