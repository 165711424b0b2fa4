// Package source finds what a protocol speaks of in the source file: positions
// as line and column, the statement they lie in, the file's own identifier, and
// the statements to send again. You need it to lead a person from an entry of a
// protocol to the place in the file that was sent.
//
// Positions are the free text of error_position. Understood are an XPath of a
// small subset (/a/b[2]/@c, //b, *, prefixes, *[local-name()='b'][2], a last
// text()), "12:5", and "строка 12" with or without a column. The source file is
// read once, streaming; any XML without a DOCTYPE will do.
package source

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// Location is a place in the source file.
type Location struct {
	Line, Column int // from 1; Column 0: the whole line
	Statement    int // number of the statement it lies in, from 1; 0: in none
}

// String writes "12:5", "12" for a whole line, "" for no line.
func (l Location) String() string {
	switch {
	case l.Line == 0:
		return ""
	case l.Column == 0:
		return strconv.Itoa(l.Line)
	}
	return strconv.Itoa(l.Line) + ":" + strconv.Itoa(l.Column)
}

// Options are the options of Locate; nil means the defaults.
type Options struct {
	// Statements is the path of the repeating element, such as /file/statement or
	// //statement. It defaults to the children of the root.
	Statements string
	// Positions are the texts to find. At most MaxPositions are looked for.
	Positions []string
	// IDs are values (id_document, last_succeeded_id) whose statement is wanted: a
	// statement has an id if one of its attributes or leaves has that value.
	IDs []string
}

// MaxPositions bounds the positions of one run.
const MaxPositions = 200_000

// maxLoose bounds the positions with // or *: each is held against every element.
const maxLoose = 1000

// Index is what was found.
type Index struct {
	// FileID is the first file_id, element or attribute, in the file; "" if none.
	FileID string
	// Statements is their number.
	Statements int

	places map[string]Location
	byID   map[string]int
}

// At returns where a position lies; ok is false if it was not found or understood.
func (x *Index) At(position string) (l Location, ok bool) {
	l, ok = x.places[position]
	return l, ok
}

// StatementOf returns the number of the statement that has an id.
func (x *Index) StatementOf(id string) (n int, ok bool) {
	n, ok = x.byID[id]
	return n, ok
}

// node is a step of all wanted paths together.
type node struct {
	step
	next []*node
	// byName finds the next steps that have a name and are children.
	byName map[string][]*node
	want   []string
	hit    bool
}

func (n *node) add(s step) *node {
	list := n.next
	if !s.any && s.name != "*" && !s.attr {
		list = n.byName[s.name]
	}
	for _, have := range list {
		if have.step == s {
			return have
		}
	}
	child := &node{step: s}
	if !s.any && s.name != "*" && !s.attr {
		if n.byName == nil {
			n.byName = map[string][]*node{}
		}
		n.byName[s.name] = append(n.byName[s.name], child)
	} else {
		n.next = append(n.next, child)
	}
	return child
}

// level is an open element.
type level struct {
	active   []*node        // whose next steps its children may be
	counts   map[string]int // its children so far, by name
	children int
	value    []byte
	leaf     bool
	begins   bool // a statement
}

// lineQuery is a place that is given by line and column.
type lineQuery struct {
	Location
	text string
}

type locator struct {
	index      *Index
	statements []step
	lines      []lineQuery
	ids        map[string]bool
	stack      []level
	inside     int // depth of the open statement, 0: none
	current    int // its number
}

// Locate reads a source file.
func Locate(r io.Reader, o *Options) (*Index, error) {
	if o == nil {
		o = &Options{}
	}
	l := &locator{index: &Index{places: map[string]Location{}, byID: map[string]int{}}, ids: map[string]bool{}}
	l.statements = []step{{name: "*"}, {name: "*"}}
	if o.Statements != "" {
		steps, ok := parsePath(o.Statements)
		if !ok || slices.ContainsFunc(steps, func(s step) bool { return s.attr || s.nth > 0 }) {
			return nil, pathError(o.Statements)
		}
		l.statements = steps
	}
	for _, id := range o.IDs {
		if id != "" {
			l.ids[id] = true
		}
	}
	root, loose := &node{}, 0
	for _, text := range o.Positions[:min(len(o.Positions), MaxPositions)] {
		q, ok := parsePosition(text)
		switch {
		case !ok:
		case q.line > 0:
			l.lines = append(l.lines, lineQuery{Location{Line: q.line, Column: q.col}, text})
		default:
			if slices.ContainsFunc(q.steps, func(s step) bool { return s.any || s.name == "*" }) {
				if loose++; loose > maxLoose {
					continue
				}
			}
			n := root
			for _, s := range q.steps {
				n = n.add(s)
			}
			n.want = append(n.want, text)
		}
	}
	slices.SortStableFunc(l.lines, func(a, b lineQuery) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	l.stack = append(l.stack, level{active: []*node{root}})
	if err := l.read(xmlscan.New(r, xmlscan.Limits{Depth: 256})); err != nil {
		return nil, err
	}
	return l.index, nil
}

func (l *locator) read(scan *xmlscan.Scanner) error {
	for {
		kind, err := scan.Next()
		if err != nil {
			return fromScan(err)
		}
		switch kind {
		case xmlscan.EOF:
			l.pass(xmlscan.Pos{Line: 1<<31 - 1}, 0)
			return nil
		case xmlscan.Start:
			l.start(scan)
		case xmlscan.Text:
			if top := &l.stack[len(l.stack)-1]; top.leaf && len(top.value) < 256 {
				top.value = append(top.value, scan.Text()...)
			}
		case xmlscan.End:
			l.end(string(scan.Name()), scan.Here())
		}
	}
}

func (l *locator) start(scan *xmlscan.Scanner) {
	name := string(scan.Name())
	pos := scan.TokenPos()
	parent := &l.stack[len(l.stack)-1]
	parent.leaf = false
	if parent.counts == nil {
		parent.counts = map[string]int{}
	}
	parent.children++
	if len(parent.counts) < 1000 || parent.counts[name] > 0 {
		parent.counts[name]++
	}
	here := level{leaf: true}
	if l.inside == 0 && l.isStatement(scan, name) {
		l.pass(pos, 0)
		l.index.Statements++
		l.inside, l.current, here.begins = len(l.stack), l.index.Statements, true
	}
	place := Location{int(pos.Line), int(pos.Col), l.current}
	for _, n := range parent.active {
		for _, c := range n.byName[name] {
			if c.nth == 0 && !c.hit || c.nth == parent.counts[name] {
				here.active = l.reach(here.active, c, place)
			}
		}
		for _, c := range n.next {
			if c.any {
				here.active = append(here.active, &node{next: []*node{c}}) // stays open below
			}
			if c.attr || c.name != "*" && c.name != name {
				continue
			}
			if c.nth == 0 || c.name == "*" && c.nth == parent.children || c.name == name && c.nth == parent.counts[name] {
				here.active = l.reach(here.active, c, place)
			}
		}
	}
	l.stack = append(l.stack, here)
	for _, a := range scan.Attrs() {
		l.value(string(a.Name), string(a.Value))
		at := Location{int(a.Pos.Line), int(a.Pos.Col), l.current}
		for _, n := range here.active {
			for _, c := range n.next {
				if c.attr && (c.name == "*" || c.name == string(a.Name)) {
					l.reach(nil, c, at)
				}
			}
		}
	}
}

// reach notes that a step's element was met.
func (l *locator) reach(active []*node, n *node, at Location) []*node {
	if !n.hit {
		n.hit = len(n.want) > 0 && len(n.next) == 0 && len(n.byName) == 0
		for _, text := range n.want {
			if _, known := l.index.places[text]; !known {
				l.index.places[text] = at
			}
		}
	}
	return append(active, n)
}

// isStatement holds the open elements against the path of the statements.
func (l *locator) isStatement(scan *xmlscan.Scanner, name string) bool {
	depth := len(l.stack)
	last := l.statements[len(l.statements)-1]
	if last.name != "*" && last.name != name {
		return false
	}
	return matches(l.statements, scan, depth)
}

// matches says whether the open elements fit the steps; // may skip any number.
func matches(steps []step, scan *xmlscan.Scanner, depth int) bool {
	if len(steps) == 0 {
		return depth == 0
	}
	if depth == 0 {
		return false
	}
	s := steps[len(steps)-1]
	if s.name != "*" && s.name != scan.OpenName(depth-1) {
		return false
	}
	rest := steps[:len(steps)-1]
	if !s.any {
		return matches(rest, scan, depth-1)
	}
	for d := depth - 1; d >= 0; d-- {
		if matches(rest, scan, d) {
			return true
		}
	}
	return false
}

func (l *locator) end(name string, here xmlscan.Pos) {
	top := &l.stack[len(l.stack)-1]
	if top.leaf {
		l.value(name, strings.TrimSpace(string(top.value)))
	}
	begins := top.begins
	l.stack = l.stack[:len(l.stack)-1]
	if begins {
		l.pass(here, l.current)
		l.inside, l.current = 0, 0
	}
}

// value looks at an attribute or leaf.
func (l *locator) value(name, value string) {
	if name == "file_id" && l.index.FileID == "" {
		l.index.FileID = value
	}
	if l.current > 0 && l.ids[value] {
		if _, known := l.index.byID[value]; !known {
			l.index.byID[value] = l.current
		}
	}
}

// pass settles the places before a point: they lie in a statement or in none.
func (l *locator) pass(until xmlscan.Pos, statement int) {
	for len(l.lines) > 0 {
		q := l.lines[0]
		col := q.Column
		if q.Line > int(until.Line) || q.Line == int(until.Line) && (col == 0 && statement == 0 || col >= int(until.Col)) {
			return
		}
		q.Statement = statement
		l.index.places[q.text] = q.Location
		l.lines = l.lines[1:]
	}
}
