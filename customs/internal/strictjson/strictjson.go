// Package strictjson reads JSON that must mean one thing: no unknown, repeated
// or differently cased member, nothing after the value, a bounded depth.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// maxDepth bounds nesting: the deepest document of this module has 7 levels.
const maxDepth = 16

// Error says where a document breaks; it carries no text of a dependency's type.
type Error struct {
	// Path is the member, "users[1].id", or empty.
	Path string
	// Reason is a half sentence.
	Reason fault.Text
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason.EN
	}
	return e.Path + ": " + e.Reason.EN
}

func broken(path, en, ru string, args ...any) error {
	return &Error{path, fault.Textf(en, ru, args...)}
}

// Unmarshal decodes data into the struct that v points to. Errors are *Error.
func Unmarshal(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := walk(dec, reflect.TypeOf(v).Elem(), "", 0); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return broken("", "text after the end of the object", "за концом объекта есть текст")
	}
	if err := json.Unmarshal(data, v); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return broken(wrong.Field, "a %[1]s where a %[2]s belongs", "%[1]s вместо значения типа %[2]s", wrong.Value, wrong.Type)
		}
		return broken("", "the value cannot be read: %[1]v", "значение не читается (%[1]v)", err)
	}
	return nil
}

func walk(dec *json.Decoder, typ reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return broken(path, "nested too deeply", "слишком глубокая вложенность")
	}
	tok, err := dec.Token()
	if err != nil {
		return syntax(dec, path, err)
	}
	for typ != nil && typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch tok {
	case json.Delim('{'):
		if typ == nil || typ.Kind() != reflect.Struct {
			return broken(path, "an object where none belongs", "здесь не может быть объекта")
		}
		return walkObject(dec, typ, path, depth)
	case json.Delim('['):
		if typ == nil || typ.Kind() != reflect.Slice {
			return broken(path, "an array where none belongs", "здесь не может быть массива")
		}
		for i := 1; dec.More(); i++ {
			if err := walk(dec, typ.Elem(), fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
				return err
			}
		}
		_, err := dec.Token()
		return syntax(dec, path, err)
	}
	if depth == 0 {
		return broken("", "not an object", "это не объект")
	}
	return nil
}

func walkObject(dec *json.Decoder, typ reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return syntax(dec, path, err)
		}
		name, _ := tok.(string)
		member := strings.TrimPrefix(path+"."+name, ".")
		inner, ok := field(typ, name)
		if !ok {
			return broken(path, "unknown member %q", "неизвестное поле %q", name)
		}
		if seen[name] {
			return broken(member, "the member stands twice", "поле указано дважды")
		}
		seen[name] = true
		if err := walk(dec, inner, member, depth+1); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return syntax(dec, path, err)
}

func field(typ reflect.Type, name string) (reflect.Type, bool) {
	for f := range typ.Fields() {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && tag == "" {
			if inner, ok := field(f.Type, name); ok {
				return inner, true
			}
		} else if tag == name {
			return f.Type, true
		}
	}
	return nil, false
}

func syntax(dec *json.Decoder, path string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return broken(path, "the text ends too early", "текст обрывается")
	}
	return broken(path, "not JSON near byte %d", "нарушен JSON около байта %d", dec.InputOffset()+1)
}
