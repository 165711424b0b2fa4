package flk

import "io"

// WriterOptions are the options of NewWriter and Encode; nil means the defaults.
type WriterOptions struct {
	// Layout defaults to the header's, which is the one that was read, and to
	// LayoutElements.
	Layout Layout
	// Encoding defaults to UTF-8 (decision).
	Encoding Encoding
	// RefuseReferences makes a character that the encoding lacks an error. By
	// default it is written as a numeric character reference, never as '?'.
	RefuseReferences bool
}

// Writer writes a protocol document by document. It writes whatever the values
// are, so that what was read can be written back: Validate judges them. Empty
// optional leaves are written absent, empty mandatory ones as empty. A Writer is
// for one goroutine.
type Writer struct {
	w      io.Writer
	o      WriterOptions
	x      emitter
	header *Header
	outer  scope // unknown leaves of the header
	docs   int
	err    error
	closed bool
}

// NewWriter returns a Writer; it writes nothing yet.
func NewWriter(w io.Writer, o *WriterOptions) *Writer {
	if o == nil {
		o = &WriterOptions{}
	}
	return &Writer{w: w, o: *o}
}

// WriteHeader writes the service part. It is called once and first.
func (w *Writer) WriteHeader(h *Header) error {
	if w.err != nil {
		return w.err
	}
	if w.header != nil || w.closed {
		return newError(CodeWriteOrder, "")
	}
	if w.o.Layout == (Layout{}) {
		w.o.Layout = h.Layout.orDefault()
	}
	if w.err = w.o.Layout.check(); w.err != nil {
		return w.err
	}
	w.x.out, w.err = outputFor(w.o.Encoding, w.o.RefuseReferences)
	if w.err != nil {
		return w.err
	}
	w.header = h
	l := &w.o.Layout
	w.x.raw(`<?xml version="1.0" encoding="` + w.o.Encoding.String() + `"?>`)
	w.outer = scope{unknown: h.Unknown}
	w.x.begin(l.Root)
	if l.Namespace != "" {
		w.x.attr("xmlns", l.Namespace)
	}
	w.outer.enter(&w.x, l.Root)
	w.group(&h.File, "file", 1, l.path(GroupFile), &w.outer)
	w.group(&h.Sender, "sender", 1, l.path(GroupSender), &w.outer)
	return w.flush(0)
}

// WriteDocument writes one document.
func (w *Writer) WriteDocument(d *Document) error {
	if w.err != nil {
		return w.err
	}
	if w.header == nil || w.closed {
		return newError(CodeWriteOrder, "")
	}
	w.docs++
	l := &w.o.Layout
	path := "documents[" + number(w.docs) + "]"
	names := l.path(GroupDocument)
	inner := scope{unknown: d.Unknown}
	depth := w.openGroup(d, path, 1, names, &w.outer, &inner)
	w.group(&d.Source, path+".source_file", depth, l.path(GroupSource), &inner)
	entry := l.path(GroupError)
	for i := range d.Errors {
		w.group(&d.Errors[i], path+".errors["+number(i+1)+"]", depth, entry, &inner)
	}
	w.x.closeTo(depth)
	w.x.path = path
	inner.rest(&w.x, false)
	w.x.end()
	return w.flush(flushSize)
}

// flushSize is how much text waits before it is written.
const flushSize = 64 << 10

// Close ends the file. It does not close the io.Writer.
func (w *Writer) Close() error {
	if w.closed || w.err != nil {
		return w.err
	}
	if w.header == nil {
		return newError(CodeWriteOrder, "")
	}
	w.closed = true
	w.x.closeTo(1)
	w.x.path = ""
	w.outer.rest(&w.x, false)
	w.x.closeTo(0)
	w.x.raw("\n")
	return w.flush(0)
}

// Encode writes a whole protocol.
func Encode(out io.Writer, p *Protocol, o *WriterOptions) error {
	w := NewWriter(out, o)
	if err := w.WriteHeader(&p.Header); err != nil {
		return err
	}
	for _, d := range p.Documents {
		if err := w.WriteDocument(d); err != nil {
			return err
		}
	}
	return w.Close()
}

// flush hands on what waits if it is more than keep bytes. A tag that is still
// open for attributes waits on.
func (w *Writer) flush(keep int) error {
	if w.err = w.x.err; w.err != nil || len(w.x.buf) <= keep || w.x.inTag {
		return w.err
	}
	if _, err := w.w.Write(w.x.out.convert(w.x.buf)); err != nil {
		e := newError(CodeWrite, "")
		e.cause = err
		w.err, w.x.err = e, e
	}
	w.x.buf = w.x.buf[:0]
	return w.err
}

// group writes a group and closes it.
func (w *Writer) group(g group, path string, depth int, names []string, around *scope) {
	inner := scope{unknown: *g.extra()}
	w.openGroup(g, path, depth, names, around, &inner)
	inner.rest(&w.x, false)
	w.x.end()
}

// openGroup opens the containers of a group below the given depth, its element
// and its leaves; it returns the depth inside.
func (w *Writer) openGroup(g group, path string, depth int, names []string, around, inner *scope) int {
	x := &w.x
	last := len(names) - 1
	same := 0
	for same < last && depth+same < len(x.open) && x.open[depth+same] == names[same] {
		same++
	}
	x.closeTo(depth + same)
	x.path = path
	for _, name := range names[same:last] {
		x.begin(name)
		around.enter(x, name)
	}
	x.begin(names[last])
	fields := groupFields(g.kind())
	if w.o.Layout.Style == StyleAttributes {
		for i := range fields {
			if value := *g.leaf(i); value != "" || fields[i].Required {
				x.path = path + "." + fields[i].Code
				x.attr(fields[i].Code, value)
			}
		}
		x.path = path
		inner.rest(x, true)
		return len(x.open)
	}
	inner.rest(x, true)
	for i := range fields {
		value := *g.leaf(i)
		if value == "" && !fields[i].Required && !inner.has(fields[i].Code) {
			continue
		}
		x.path = path + "." + fields[i].Code
		x.leaf(fields[i].Code, value, inner.take(fields[i].Code))
	}
	x.path = path
	return len(x.open)
}

// scope is the unknown leaves of one group and which of them are written.
type scope struct {
	unknown []Unknown
	written map[string]bool // by In
}

func (s *scope) has(in string) bool {
	for i := range s.unknown {
		if s.unknown[i].In == in {
			return true
		}
	}
	return false
}

// take returns what belongs into a known container or leaf, once.
func (s *scope) take(in string) []Unknown {
	if len(s.unknown) == 0 || s.written[in] || !s.has(in) {
		return nil
	}
	if s.written == nil {
		s.written = map[string]bool{}
	}
	s.written[in] = true
	var list []Unknown
	for _, u := range s.unknown {
		if u.In == in {
			list = append(list, u)
		}
	}
	return list
}

// enter writes what belongs into a container that was just begun.
func (s *scope) enter(x *emitter, name string) {
	list := s.take(name)
	x.unknownAttrs(list)
	for i := range list {
		if !list[i].Attr {
			x.unknown(&list[i])
		}
	}
}

// rest writes what belongs to the group itself: its attributes while its tag is
// open, later its elements and all that found no place.
func (s *scope) rest(x *emitter, attrs bool) {
	for i := range s.unknown {
		u := &s.unknown[i]
		switch {
		case u.In != "" && (attrs || s.written[u.In]), attrs != (u.Attr && u.In == ""):
		case attrs:
			x.unknownAttrs(s.unknown[i : i+1])
		default:
			x.unknown(u)
		}
	}
}
