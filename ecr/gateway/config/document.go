package config

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/ecr"
)

// node is an element and where it stands in the text.
type node struct {
	name  string
	attrs []xml.Attr
	text  string // its own characters, without those of its children
	kids  []*node
	line  int

	start, open int // of the start tag: "<", after ">"
	shut, end   int // of the end tag: "<", after ">"; both are open if the element closes itself
}

// closesItself says whether the element is written <Name/>.
func (n *node) closesItself() bool { return n.shut == n.end && n.end == n.open && n.start < n.open }

func (n *node) attr(name string) (string, bool) {
	for _, a := range n.attrs {
		if fullName(a.Name) == name {
			return a.Value, true
		}
	}
	return "", false
}

func (n *node) kid(names ...string) *node {
	for _, k := range n.kids {
		if slices.Contains(names, k.name) {
			return k
		}
	}
	return nil
}

func fullName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

const rootName = "Configuration"

// readDocument reads the elements of a text. The root element may be missing, or
// its start tag alone, as in the source's sample: supplied says that it was.
func readDocument(text string) (root *node, supplied bool, err *ecr.Error) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded before
	top := &node{line: 1}
	stack := []*node{top}
	lines := lineCounter{text: text, line: 1}
	for {
		from := int(d.InputOffset())
		token, e := d.RawToken()
		if errors.Is(e, io.EOF) {
			break
		}
		to := int(d.InputOffset())
		if e != nil {
			line, reason := lines.at(to), "characters that XML does not allow"
			if syntax, ok := errors.AsType[*xml.SyntaxError](e); ok {
				line, reason = syntax.Line, syntax.Msg
			}
			return nil, false, fail(CodeSyntax, line, arg("reason", reason))
		}
		in := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: fullName(token.Name), attrs: token.Copy().Attr, line: lines.at(from), start: from, open: to}
			if root != nil && len(stack) == 1 {
				return nil, false, fail(CodeSyntax, n.line, arg("reason", "element "+n.name+" stands after the end of the root element"))
			}
			if len(stack) == 1 && len(top.kids) == 0 && n.name != rootName && !knownInRoot(n.name) {
				return nil, false, fail(CodeRoot, n.line, arg("name", n.name))
			}
			if len(stack) == 1 && len(top.kids) > 0 && n.name == rootName {
				return nil, false, fail(CodeSyntax, n.line, arg("reason", "the root element stands after other elements"))
			}
			if len(stack) > maxDepth {
				return nil, false, fail(CodeTooLong, n.line, arg("bytes", MaxSize), arg("depth", maxDepth))
			}
			in.kids = append(in.kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			name := fullName(token.Name)
			switch {
			case len(stack) > 1 && in.name == name:
				in.shut, in.end = from, to
				stack = stack[:len(stack)-1]
				if len(stack) == 1 && name == rootName {
					root = in
				}
			case len(stack) == 1 && name == rootName && root == nil && len(top.kids) > 0:
				top.shut, top.end = from, to
				root = top
			case len(stack) == 1:
				return nil, false, fail(CodeSyntax, lines.at(from), arg("reason", "the end of "+name+" without its beginning"))
			default:
				return nil, false, fail(CodeSyntax, lines.at(from), arg("reason", "the end of "+name+" where "+in.name+" must end"))
			}
		case xml.CharData:
			in.text += string(token)
		}
	}
	switch {
	case len(stack) > 1:
		open := stack[len(stack)-1]
		return nil, false, fail(CodeSyntax, open.line, arg("reason", "element "+open.name+" has no end"))
	case len(top.kids) == 0:
		return nil, false, fail(CodeMissing, 1, arg("name", rootName))
	case root == nil:
		top.shut, top.end = len(text), len(text)
		root = top
	}
	root.name = rootName
	return root, root == top, nil
}

// lineCounter tells the line of offsets that only grow.
type lineCounter struct {
	text      string
	at0, line int
}

func (l *lineCounter) at(offset int) int {
	offset = max(l.at0, min(offset, len(l.text)))
	l.line += strings.Count(l.text[l.at0:offset], "\n")
	l.at0 = offset
	return l.line
}
