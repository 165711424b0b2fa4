package flk

import (
	"io"
	"iter"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// ReaderOptions are the options of NewReader and Decode; nil means the defaults.
type ReaderOptions struct {
	// Profile decides about white space around the values of elements: Lenient
	// drops it, Strict keeps it for the validator to complain about. Values of
	// error_mean are always kept exactly.
	Profile Profile
	// Layouts are the layouts to recognise, at most 64. It defaults to the presets.
	Layouts []Layout
	// Limits bound memory.
	Limits Limits
}

// Reader reads a protocol document by document, in memory that does not depend on
// their number. Leaves are found by their code in the nearest group, as elements
// or as attributes, whatever the layout. A Reader is for one goroutine.
type Reader struct {
	scan    *xmlscan.Scanner
	lenient bool
	limits  Limits
	layouts []Layout
	groups  map[string]Group  // own element of each group
	wraps   map[string]bool   // other containers
	paths   map[string]uint64 // "group:path" to the layouts that have it there
	styles  [2]uint64         // layouts of each style
	alive   uint64            // layouts that fit so far

	header   Header
	began    [groupCount]bool // single groups that were met
	inFile   bool             // a document was met
	doc      *Document
	entries  []ErrorEntry
	leaves   []pendingLeaf
	text     []byte // values of the document, one after another
	unknowns int    // in this document
	outside  int    // outside all documents
	size     int    // bytes of unknown values in this document

	outsideSize int  // the same, outside all documents
	unread      bool // the layout was found not to fit; said once

	frames []frame
	names  []byte // of the open elements, for paths
	unks   []openUnknown
	done   *Document
	err    error
	ended  bool
}

// pendingLeaf is a value of the document whose text is still in the buffer.
type pendingLeaf struct {
	group    Group
	entry    int32
	leaf     int8
	from, to int32
}

// NewReader returns a Reader; it reads nothing yet. A layout with unusable names
// is reported by the first call that reads.
func NewReader(r io.Reader, o *ReaderOptions) *Reader {
	if o == nil {
		o = &ReaderOptions{}
	}
	limits := o.Limits.orDefaults()
	rd := &Reader{
		scan: xmlscan.New(r, limits.scan()), lenient: o.Profile == Lenient, limits: limits,
		layouts: o.Layouts, groups: map[string]Group{}, wraps: map[string]bool{}, paths: map[string]uint64{},
	}
	if len(rd.layouts) == 0 {
		rd.layouts = Layouts()
	}
	for i := range rd.layouts[:min(len(rd.layouts), 64)] {
		rd.learn(&rd.layouts[i], uint64(1)<<i)
	}
	return rd
}

func (r *Reader) learn(l *Layout, bit uint64) {
	if err := l.check(); err != nil {
		r.err = err
		return
	}
	r.alive |= bit
	r.styles[min(l.Style, StyleAttributes)] |= bit
	for g := GroupFile; g < groupCount; g++ {
		names := l.path(g)
		r.groups[names[len(names)-1]] = g
		for _, w := range names[:len(names)-1] {
			r.wraps[w] = true
		}
		full := "/" + l.Root + "/"
		if g == GroupSource || g == GroupError {
			full += l.Document + "/"
		}
		r.paths[full+strings.Join(names, "/")] |= bit
	}
	r.paths["/"+l.Root] |= bit
}

// Header returns what is known of the service part and of the file so far: all of
// it after ReadHeader for files in the order of the format, and after the last
// document for others.
func (r *Reader) Header() *Header {
	r.header.Encoding = encodingNamed(r.scan.Encoding())
	for i := range r.layouts {
		if r.alive&(1<<i) != 0 {
			r.header.Layout = r.layouts[i]
			break
		}
	}
	return &r.header
}

// ReadHeader reads up to the first document and returns the header.
func (r *Reader) ReadHeader() (*Header, error) {
	for r.err == nil && !r.inFile && !r.ended {
		r.step()
	}
	if r.err != nil {
		return r.Header(), r.err
	}
	return r.Header(), nil
}

// Documents returns the documents one by one; they stay valid. An error ends the
// sequence. It can be ranged over once; breaking off and ranging again goes on
// with the next document.
func (r *Reader) Documents() iter.Seq2[*Document, error] {
	return func(yield func(*Document, error) bool) {
		for {
			for r.err == nil && r.done == nil && !r.ended {
				r.step()
			}
			switch doc := r.done; {
			case doc != nil:
				r.done = nil
				if !yield(doc, nil) {
					return
				}
			case r.err != nil:
				yield(nil, r.err)
				return
			default:
				return
			}
		}
	}
}

// Decode reads a whole protocol into memory.
func Decode(r io.Reader, o *ReaderOptions) (*Protocol, error) {
	rd := NewReader(r, o)
	p := &Protocol{}
	for doc, err := range rd.Documents() {
		if err != nil {
			return nil, err
		}
		if len(p.Documents) >= rd.limits.Documents {
			return nil, newError(CodeDocumentCount, "", arg{Name: "limit", Value: number(rd.limits.Documents)})
		}
		p.Documents = append(p.Documents, doc)
	}
	p.Header = *rd.Header()
	return p, nil
}

// step handles one token.
func (r *Reader) step() {
	kind, err := r.scan.Next()
	if err != nil {
		r.err = fromScan(err)
		return
	}
	switch kind {
	case xmlscan.Start:
		err = r.open()
	case xmlscan.Text:
		err = r.addText(r.scan.Text())
	case xmlscan.End:
		err = r.close()
	default:
		r.ended = true
	}
	if err != nil {
		r.err = err
	}
}

func (r *Reader) limit(code string, limit int) error {
	return newError(code, place(Pos(r.scan.TokenPos())), arg{Name: "limit", Value: number(limit)})
}

// finish hands the document over: one string holds all its values.
func (r *Reader) finish() {
	d := r.doc
	d.Errors = append([]ErrorEntry(nil), r.entries...)
	all := string(r.text)
	for _, l := range r.leaves {
		*r.groupAt(l.group, int(l.entry)).leaf(int(l.leaf)) = all[l.from:l.to]
	}
	r.done, r.doc = d, nil
	clear(r.entries)
	r.entries, r.leaves, r.text = r.entries[:0], r.leaves[:0], r.text[:0]
}

// groupAt finds a group of the current document or the header.
func (r *Reader) groupAt(g Group, entry int) group {
	switch g {
	case GroupFile:
		return &r.header.File
	case GroupSender:
		return &r.header.Sender
	case GroupDocument:
		return r.doc
	case GroupSource:
		return &r.doc.Source
	}
	if r.doc.Errors != nil {
		return &r.doc.Errors[entry]
	}
	return &r.entries[entry]
}
