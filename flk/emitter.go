package flk

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/obmen-go/obmen/flk/internal/fault"
	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// emitter writes tags and values; it never indents inside a leaf.
type emitter struct {
	out   outputEncoding
	buf   []byte
	open  []string
	attrs []string // of the tag that is open
	inTag bool
	path  string // of what is being written, for errors
	err   error
}

func (x *emitter) raw(s string) { x.buf = append(x.buf, s...) }

func (x *emitter) fail(e *Error) {
	if x.err == nil {
		x.err = e
	}
}

// line ends an open tag and begins a line at the depth of the open elements.
func (x *emitter) line() {
	x.endTag()
	x.raw("\n")
	for range x.open {
		x.raw("  ")
	}
}

func (x *emitter) endTag() {
	if x.inTag {
		x.raw(">")
		x.inTag = false
	}
}

func (x *emitter) begin(name string) {
	x.line()
	x.tag(name)
	x.open = append(x.open, name)
}

func (x *emitter) tag(name string) {
	x.name(name)
	x.raw("<" + name)
	x.inTag, x.attrs = true, x.attrs[:0]
}

// name refuses what cannot be the name of a tag or attribute in this encoding.
func (x *emitter) name(name string) {
	if !xmlscan.IsName(name) || !x.out.hasAll(name) {
		x.fail(newError(CodeWriteName, x.path, arg{Name: "name", Value: fault.Clip(name)}))
	}
}

// attr writes an attribute; it returns false if the tag has one of this name.
func (x *emitter) attr(name, value string) bool {
	if slices.Contains(x.attrs, name) {
		return false
	}
	x.attrs = append(x.attrs, name)
	x.name(name)
	x.raw(" " + name + `="`)
	x.value(value, true)
	x.raw(`"`)
	return true
}

func (x *emitter) end() {
	name := x.open[len(x.open)-1]
	x.open = x.open[:len(x.open)-1]
	if x.inTag {
		x.raw("/>")
		x.inTag = false
		return
	}
	x.line()
	x.raw("</" + name + ">")
}

func (x *emitter) closeTo(depth int) {
	for len(x.open) > depth {
		x.end()
	}
}

// leaf writes a known leaf with what unknown things it carries.
func (x *emitter) leaf(name, value string, extra []Unknown) {
	x.line()
	x.inline(name, value, extra)
}

// inline writes an element without any white space of its own.
func (x *emitter) inline(name, value string, children []Unknown) {
	x.tag(name)
	x.unknownAttrs(children)
	if value != "" {
		x.endTag()
		x.value(value, false)
	}
	for i := range children {
		switch u := &children[i]; {
		case u.Attr:
		case u.Name == "":
			x.endTag()
			x.value(u.Value, false)
		default:
			x.endTag()
			x.inline(u.Name, u.Value, u.Children)
		}
	}
	if x.inTag {
		x.raw("/>")
		x.inTag = false
		return
	}
	x.raw("</" + name + ">")
}

// unknownAttrs writes the attributes of a list. Another layout may have the name
// already: then the attribute cannot be kept.
func (x *emitter) unknownAttrs(list []Unknown) {
	for i := range list {
		if u := &list[i]; u.Attr && !x.attr(u.Name, u.Value) {
			x.fail(newError(CodeWriteName, x.path, arg{Name: "name", Value: fault.Clip(u.Name)}))
		}
	}
}

// unknown writes an unknown leaf on a line of its own.
func (x *emitter) unknown(u *Unknown) {
	x.line()
	if u.Name == "" {
		x.value(u.Value, false)
		return
	}
	x.inline(u.Name, u.Value, u.Children)
}

// value writes text. TAB, LF, CR in attributes and CR in text would not come back
// as they are, so they are written as references.
func (x *emitter) value(s string, attr bool) {
	for i, r := range s {
		switch {
		case r == '<':
			x.raw("&lt;")
		case r == '>':
			x.raw("&gt;")
		case r == '&':
			x.raw("&amp;")
		case r == '"' && attr:
			x.raw("&quot;")
		case r == '\r', attr && (r == '\n' || r == '\t'):
			x.buf = fmt.Appendf(x.buf, "&#%d;", r)
		case r < utf8.RuneSelf && r >= ' ', r == '\n', r == '\t':
			x.buf = append(x.buf, byte(r))
		case !xmlscan.IsChar(r) || r == utf8.RuneError && !validAt(s[i:]):
			x.fail(newError(CodeWriteCharacter, x.path, arg{Name: "detail", Value: fmt.Sprintf("U+%04X", r)}))
			return
		case x.out.has(r):
			x.buf = utf8.AppendRune(x.buf, r)
		case x.out.refuse:
			x.fail(newError(CodeUnencodable, x.path, arg{Name: "detail", Value: fmt.Sprintf("U+%04X", r)},
				arg{Name: "encoding", Value: x.out.encoding.String()}))
			return
		default:
			x.buf = fmt.Appendf(x.buf, "&#%d;", r)
		}
	}
}

// validAt tells the replacement character from a broken byte.
func validAt(s string) bool {
	_, n := utf8.DecodeRuneInString(s)
	return n > 1
}
