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
)

// maxDepth bounds nesting: the deepest document of this module has 7 levels.
const maxDepth = 16

// Error says where a document breaks; it carries no text of a dependency's type.
type Error struct {
	// Path is the member, "users[1].id", or empty.
	Path string
	// Reason is an English half sentence.
	Reason string
}

// Error returns the path and the reason.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// Unmarshal decodes data into the struct that v points to. Errors are *Error.
func Unmarshal(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := walk(dec, reflect.TypeOf(v).Elem(), "", 0); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &Error{Reason: "text after the end of the object"}
	}
	if err := json.Unmarshal(data, v); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return &Error{Path: wrong.Field, Reason: fmt.Sprintf("a %s where a %s belongs", wrong.Value, wrong.Type)}
		}
		return &Error{Reason: "the value cannot be read: " + err.Error()}
	}
	return nil
}

func walk(dec *json.Decoder, typ reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return &Error{path, "nested too deeply"}
	}
	tok, err := dec.Token()
	if err != nil {
		return broken(dec, path, err)
	}
	for typ != nil && typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch tok {
	case json.Delim('{'):
		if typ == nil || typ.Kind() != reflect.Struct {
			return &Error{path, "an object where none belongs"}
		}
		return walkObject(dec, typ, path, depth)
	case json.Delim('['):
		if typ == nil || typ.Kind() != reflect.Slice {
			return &Error{path, "an array where none belongs"}
		}
		for i := 1; dec.More(); i++ {
			if err := walk(dec, typ.Elem(), fmt.Sprintf("%s[%d]", path, i), depth+1); err != nil {
				return err
			}
		}
		_, err := dec.Token()
		return broken(dec, path, err)
	}
	if depth == 0 {
		return &Error{Reason: "not an object"}
	}
	return nil
}

func walkObject(dec *json.Decoder, typ reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return broken(dec, path, err)
		}
		name, _ := tok.(string)
		member := strings.TrimPrefix(path+"."+name, ".")
		inner, ok := field(typ, name)
		if !ok {
			return &Error{path, fmt.Sprintf("unknown member %q", name)}
		}
		if seen[name] {
			return &Error{member, "the member stands twice"}
		}
		seen[name] = true
		if err := walk(dec, inner, member, depth+1); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return broken(dec, path, err)
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

func broken(dec *json.Decoder, path string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{path, "the text ends too early"}
	}
	return &Error{path, fmt.Sprintf("not JSON near byte %d", dec.InputOffset()+1)}
}
