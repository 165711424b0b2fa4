package flk

import (
	"bytes"

	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// frameKind says what an open element is.
type frameKind uint8

const (
	frameContainer frameKind = iota // the root or a wrapper
	frameGroup
	frameLeaf
	frameUnknown
)

// frame is an open element.
type frame struct {
	kind   frameKind
	group  Group  // nearest group, 0 outside all
	owner  int    // index of that group's frame
	entry  int    // of an error entry
	leaf   int    // of a leaf, within its group
	seen   uint16 // leaves that the group has
	name   int    // where its name begins in names
	from   int    // where a leaf's text begins
	phase  uint8  // how far the order of containers has come
	opaque bool   // nothing below is lifted out
	lifted bool   // something below was
}

// openUnknown is an unknown element that is being read.
type openUnknown struct {
	Unknown
	text []byte
	kids bool
}

// note is something odd that the reader saw and the validator judges.
type note struct {
	code  string
	name  string
	group Group
	entry int
	leaf  int // -1: none
	pos   Pos
}

func (r *Reader) open() error {
	name := r.scan.Name()
	f := frame{name: len(r.names), owner: -1}
	r.names = append(append(r.names, '/'), name...)
	if len(r.frames) == 0 {
		r.fits(r.names)
		r.frames = append(r.frames, f)
		return r.containerAttrs(&f)
	}
	parent := &r.frames[len(r.frames)-1]
	f.group, f.owner, f.entry, f.opaque = parent.group, parent.owner, parent.entry, parent.opaque
	if parent.kind == frameLeaf || parent.opaque {
		return r.openUnknown(f)
	}
	if l, ok := leafNames[f.group][string(name)]; ok && f.group != 0 {
		return r.openLeaf(f, l)
	}
	if g, ok := r.groups[string(name)]; ok && r.belongs(g, parent) {
		return r.openGroup(f, g)
	}
	if parent.kind != frameUnknown && r.wraps[string(name)] {
		r.frames = append(r.frames, f)
		return r.containerAttrs(&f)
	}
	return r.openUnknown(f)
}

// belongs says whether a group may begin here: those of a document inside one,
// the others outside.
func (r *Reader) belongs(g Group, parent *frame) bool {
	if g == GroupSource || g == GroupError {
		return r.doc != nil && parent.group == GroupDocument
	}
	return r.doc == nil && parent.group == 0
}

// fits drops the layouts that do not have a group at this path.
func (r *Reader) fits(path []byte) {
	r.alive &= r.paths[string(path)]
	if r.alive == 0 && !r.unread {
		r.unread = true
		at := note{code: CodeUnknownLayout, name: string(r.scan.Name()), leaf: -1, pos: Pos(r.scan.TokenPos())}
		if r.doc != nil {
			r.doc.notes = append(r.doc.notes, at)
		} else {
			r.header.notes = append(r.header.notes, at)
		}
	}
}

func (r *Reader) openGroup(f frame, g Group) error {
	single := g == GroupFile || g == GroupSender || g == GroupSource
	if single && r.began[g] {
		f.opaque = true
		if err := r.note(f, CodeRepeated, string(r.scan.Name()), -1); err != nil {
			return err
		}
		return r.openUnknown(f)
	}
	r.began[g] = true
	pos := Pos(r.scan.TokenPos())
	switch g {
	case GroupDocument:
		r.doc = &Document{}
		r.inFile, r.began[GroupSource] = true, false
		r.unknowns, r.size = 0, 0
		if !r.began[GroupFile] || !r.began[GroupSender] {
			r.header.late = true
		}
	case GroupError:
		if len(r.entries) >= r.limits.Entries {
			return r.limit(CodeEntries, r.limits.Entries)
		}
		r.entries = append(r.entries, ErrorEntry{})
		f.entry = len(r.entries) - 1
	}
	r.fits(r.names)
	if err := r.inOrder(f, g); err != nil {
		return err
	}
	r.lift()
	f.kind, f.group, f.owner = frameGroup, g, len(r.frames)
	own := r.groupAt(g, f.entry)
	own.markOf(-1).Pos = pos
	r.frames = append(r.frames, f)
	for _, a := range r.scan.Attrs() {
		if ignored(a) {
			continue
		}
		top := &r.frames[len(r.frames)-1]
		l, known := leafNames[g][string(a.Name)]
		if !known || top.seen&(1<<l.index) != 0 {
			if known {
				if err := r.note(*top, CodeRepeated, string(a.Name), l.index); err != nil {
					return err
				}
			}
			if err := r.keep(top, Unknown{Name: string(a.Name), Attr: true, Value: string(a.Value), Pos: Pos(a.Pos)}, ""); err != nil {
				return err
			}
			continue
		}
		r.style(StyleAttributes)
		top.seen |= 1 << l.index
		m := own.markOf(l.index)
		m.Pos, m.alias = Pos(a.Pos), l.alias
		if err := r.setLeaf(top, l.index, a.Value); err != nil {
			return err
		}
	}
	return nil
}

// style drops the layouts of the other style.
func (r *Reader) style(s Style) { r.alive &= r.styles[s] }

// inOrder notes a container that comes later than the format has it.
func (r *Reader) inOrder(f frame, g Group) error {
	phase := uint8(g) // the groups are numbered in the order of the format
	at := &r.frames[0].phase
	if f.owner >= 0 {
		at = &r.frames[f.owner].phase
	}
	if phase < *at {
		return r.note(f, CodeOrder, string(r.scan.Name()), -1)
	}
	*at = phase
	return nil
}

// lift tells the unknown containers around that they hold something known.
func (r *Reader) lift() {
	for i := len(r.frames) - 1; i >= 0 && r.frames[i].kind == frameUnknown; i-- {
		r.frames[i].lifted = true
	}
}

func (r *Reader) openLeaf(f frame, l leafName) error {
	owner := &r.frames[f.owner]
	if owner.seen&(1<<l.index) != 0 {
		f.opaque = true
		if err := r.note(f, CodeRepeated, string(r.scan.Name()), l.index); err != nil {
			return err
		}
		return r.openUnknown(f)
	}
	if f.group == GroupDocument && owner.phase > 0 {
		if err := r.note(f, CodeOrder, string(r.scan.Name()), l.index); err != nil {
			return err
		}
	}
	owner.seen |= 1 << l.index
	r.style(StyleElements)
	r.lift()
	m := r.groupAt(f.group, f.entry).markOf(l.index)
	m.Pos, m.alias = Pos(r.scan.Here()), l.alias
	f.kind, f.leaf, f.from = frameLeaf, l.index, len(r.text)
	r.frames = append(r.frames, f)
	return r.containerAttrs(&f)
}

func (r *Reader) openUnknown(f frame) error {
	f.kind = frameUnknown
	u := openUnknown{Unknown: Unknown{Name: string(r.scan.Name()), Pos: Pos(r.scan.Here())}}
	if err := r.count(len(u.Name)); err != nil {
		return err
	}
	for _, a := range r.scan.Attrs() {
		if ignored(a) {
			continue
		}
		if err := r.count(len(a.Name) + len(a.Value)); err != nil {
			return err
		}
		u.Children = append(u.Children, Unknown{Name: string(a.Name), Attr: true, Value: string(a.Value), Pos: Pos(a.Pos)})
	}
	if len(r.frames) > 0 && r.frames[len(r.frames)-1].kind == frameUnknown {
		r.unks[len(r.unks)-1].kids = true
	}
	r.frames = append(r.frames, f)
	r.unks = append(r.unks, u)
	return nil
}

// containerAttrs keeps the attributes of an element that should have none.
func (r *Reader) containerAttrs(f *frame) error {
	for _, a := range r.scan.Attrs() {
		if ignored(a) {
			continue
		}
		in := string(r.names[f.name+1:])
		if err := r.keep(f, Unknown{Name: string(a.Name), Attr: true, Value: string(a.Value), Pos: Pos(a.Pos)}, in); err != nil {
			return err
		}
	}
	return nil
}

// ignored says that an attribute is about namespaces or schemas, not data.
func ignored(a xmlscan.Attr) bool {
	switch string(a.Prefix) {
	case "xmlns", "xsi", "xml":
		return true
	}
	return len(a.Prefix) == 0 && string(a.Name) == "xmlns"
}

// count holds unknown leaves against the limits.
func (r *Reader) count(size int) error {
	n := &r.unknowns
	if r.doc == nil {
		n = &r.outside
	}
	if *n++; *n > r.limits.Unknown {
		return r.limit(CodeUnknownCount, r.limits.Unknown)
	}
	return r.grow(size)
}

func (r *Reader) grow(size int) error {
	used := &r.size
	if r.doc == nil {
		used = &r.outsideSize
	}
	if *used += size; *used+len(r.text) > r.limits.Document {
		return r.limit(CodeDocumentSize, r.limits.Document)
	}
	return nil
}

func (r *Reader) note(f frame, code, name string, leaf int) error {
	if err := r.count(len(name)); err != nil {
		return err
	}
	n := note{code, name, f.group, f.entry, leaf, Pos(r.scan.TokenPos())}
	if r.doc != nil {
		r.doc.notes = append(r.doc.notes, n)
	} else {
		r.header.notes = append(r.header.notes, n)
	}
	return nil
}

// keep stores an unknown leaf with the nearest group.
func (r *Reader) keep(f *frame, u Unknown, in string) error {
	if err := r.count(len(u.Name) + len(u.Value)); err != nil {
		return err
	}
	r.store(f, u, in)
	return nil
}

func (r *Reader) store(f *frame, u Unknown, in string) {
	u.In = in
	if f.group == 0 {
		r.header.Unknown = append(r.header.Unknown, u)
		return
	}
	list := r.groupAt(f.group, f.entry).extra()
	*list = append(*list, u)
}

// setLeaf stores a value: at once in the header, with the document's other
// values at its end.
func (r *Reader) setLeaf(f *frame, leaf int, value []byte) error {
	if f.group == GroupFile || f.group == GroupSender {
		*r.groupAt(f.group, 0).leaf(leaf) = string(value)
		return nil
	}
	from := len(r.text)
	r.text = append(r.text, value...)
	r.leaves = append(r.leaves, pendingLeaf{f.group, int32(f.entry), int8(leaf), int32(from), int32(len(r.text))})
	return r.grow(0)
}

func (r *Reader) addText(text []byte) error {
	if len(r.frames) == 0 {
		return nil
	}
	top := &r.frames[len(r.frames)-1]
	switch top.kind {
	case frameLeaf:
		r.text = append(r.text, text...)
		return r.grow(0)
	case frameUnknown:
		u := &r.unks[len(r.unks)-1]
		u.text = append(u.text, text...)
		return r.grow(len(text))
	}
	if allBlank(text) {
		return nil
	}
	trimmed := bytes.Trim(text, blanks)
	in := ""
	if top.kind == frameContainer {
		in = string(r.names[top.name+1:])
	}
	return r.keep(top, Unknown{Value: string(trimmed), Pos: Pos(r.scan.TokenPos())}, in)
}

func allBlank(text []byte) bool {
	for _, c := range text {
		if !isBlank(c) {
			return false
		}
	}
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// blanks is the white space of XML.
const blanks = " \t\r\n"

func (r *Reader) close() error {
	f := r.frames[len(r.frames)-1]
	r.frames = r.frames[:len(r.frames)-1]
	name := r.names[f.name+1:]
	r.names = r.names[:f.name]
	switch f.kind {
	case frameGroup:
		if f.group == GroupDocument {
			r.finish()
		}
	case frameLeaf:
		return r.closeLeaf(f)
	case frameUnknown:
		return r.closeUnknown(f, string(name))
	}
	return nil
}

func (r *Reader) closeLeaf(f frame) error {
	value := r.text[f.from:]
	if r.lenient && groupFields(f.group)[f.leaf].check != checkExact {
		if trimmed := bytes.Trim(value, blanks); len(trimmed) < len(value) {
			r.groupAt(f.group, f.entry).markOf(f.leaf).trimmed = true
			value = trimmed
		}
	}
	to := copy(r.text[f.from:], value)
	r.text = r.text[:f.from]
	return r.setLeaf(&f, f.leaf, r.text[f.from:f.from+to])
}

func (r *Reader) closeUnknown(f frame, name string) error {
	u := r.unks[len(r.unks)-1]
	r.unks = r.unks[:len(r.unks)-1]
	text := u.text
	if u.kids || f.lifted {
		text = bytes.Trim(text, blanks)
	}
	u.Value = string(text)
	if f.lifted {
		if err := r.note(f, CodeUnknownGroup, name, -1); err != nil {
			return err
		}
		if len(u.Children) == 0 && u.Value == "" {
			return nil
		}
	}
	parent := &r.frames[len(r.frames)-1]
	switch parent.kind {
	case frameUnknown:
		p := &r.unks[len(r.unks)-1]
		p.Children = append(p.Children, u.Unknown)
	case frameGroup:
		r.store(parent, u.Unknown, "")
	default:
		r.store(parent, u.Unknown, string(r.names[parent.name+1:]))
	}
	return nil
}
