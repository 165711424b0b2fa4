package flk

import (
	"strings"

	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// Style says whether leaves are child elements or attributes of their group.
type Style uint8

// The styles.
const (
	StyleElements Style = iota
	StyleAttributes
)

// Layout says how the tables lie in XML. The source gives the tables alone: every
// container name is an assumption, which is why it is a value. A path is a list
// of element names with slashes; its last name is the group's own element.
type Layout struct {
	// Name is what the layout is called in messages and by flk-report.
	Name string
	// Style places the leaves.
	Style Style
	// Root is the name of the root element.
	Root string
	// File and Sender are paths below the root.
	File, Sender string
	// Document is the path below the root of the group that repeats.
	Document string
	// Source and Error are paths below a document. A path of two names gives
	// the entries a wrapper: "errors/error".
	Source, Error string
	// Namespace is written on the root; reading ignores all namespaces.
	Namespace string
}

// The presets: the canonical layout, the same with leaves as attributes, and one
// without the wrapper around the error entries.
var (
	layoutElements = Layout{Name: "elements", Root: "flk", File: "service/file", Sender: "service/sender",
		Document: "info/document", Source: "source_file", Error: "errors/error"}
	layoutAttributes = Layout{Name: "attributes", Style: StyleAttributes, Root: "flk", File: "service/file", Sender: "service/sender",
		Document: "info/document", Source: "source_file", Error: "errors/error"}
	layoutCompact = Layout{Name: "compact", Root: "flk", File: "service/file", Sender: "service/sender",
		Document: "info/document", Source: "source_file", Error: "error"}
)

// LayoutElements is the canonical layout (assumption): each leaf an element.
func LayoutElements() Layout { return layoutElements }

// LayoutAttributes has each leaf as an attribute of its group's element.
func LayoutAttributes() Layout { return layoutAttributes }

// LayoutCompact is LayoutElements without a wrapper around the error entries.
func LayoutCompact() Layout { return layoutCompact }

// Layouts returns the presets in the order in which they are recognised.
func Layouts() []Layout { return []Layout{layoutElements, layoutAttributes, layoutCompact} }

// LayoutNamed finds a preset.
func LayoutNamed(name string) (Layout, bool) {
	for _, l := range Layouts() {
		if l.Name == name {
			return l, true
		}
	}
	return Layout{}, false
}

func (l Layout) orDefault() Layout {
	if l == (Layout{}) {
		return layoutElements
	}
	return l
}

// path returns a group's names from the root's child on; for the groups of a
// document, from the document's child on.
func (l *Layout) path(g Group) []string {
	switch g {
	case GroupFile:
		return strings.Split(l.File, "/")
	case GroupSender:
		return strings.Split(l.Sender, "/")
	case GroupDocument:
		return strings.Split(l.Document, "/")
	case GroupSource:
		return strings.Split(l.Source, "/")
	}
	return strings.Split(l.Error, "/")
}

// check refuses a layout that cannot be written or read back.
func (l *Layout) check() error {
	seen := map[string]bool{}
	bad := func(name string) error {
		return newError(CodeLayout, "", arg{Name: "layout", Value: l.Name}, arg{Name: "name", Value: name})
	}
	if !xmlscan.IsName(l.Root) {
		return bad(l.Root)
	}
	for g := GroupFile; g < groupCount; g++ {
		names := l.path(g)
		for _, name := range names {
			if !xmlscan.IsName(name) {
				return bad(name)
			}
			for in := GroupFile; in < groupCount; in++ {
				if _, leaf := leafNames[in][name]; leaf {
					return bad(name)
				}
			}
		}
		own := names[len(names)-1]
		if seen[own] {
			return bad(own)
		}
		seen[own] = true
	}
	return nil
}
