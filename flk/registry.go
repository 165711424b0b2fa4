package flk

import "slices"

// Format is a kind of protocol: what its info_type and version are and which
// leaves it has.
type Format struct {
	// InfoType and Version are the values of F2 and F3.
	InfoType, Version string
	// Fields is its table. Leaves with the codes of ТСФЛК 2.0 fill the types of
	// this package, others are found among Unknown of their group.
	Fields []Field
}

// FormatTSFLK returns format ТСФЛК 2.0. A successor is made from its copy: the
// protocol of identification, for instance, has a further error_docs_count.
func FormatTSFLK() Format {
	return Format{InfoType: InfoType, Version: Version, Fields: Fields()}
}

// Registry knows formats by info_type and version. It does not change, so it may
// be used by many goroutines.
type Registry struct {
	formats []*compiledFormat
}

// compiledFormat has the fields by group, each with its place in the Go types.
type compiledFormat struct {
	Format
	groups [groupCount][]compiledField
}

type compiledField struct {
	Field
	leaf int // within the group; -1: among Unknown
}

// NewRegistry makes a registry; the first format is the one that a protocol with
// an unknown info_type or version is held against.
func NewRegistry(formats ...Format) (*Registry, error) {
	r := &Registry{}
	for _, f := range formats {
		if f.InfoType == "" || f.Version == "" {
			return nil, newError(CodeFormatName, "")
		}
		if _, known := r.find(f.InfoType, f.Version); known {
			return nil, newError(CodeFormatTwice, "", arg{Name: "infoType", Value: f.InfoType}, arg{Name: "version", Value: f.Version})
		}
		r.formats = append(r.formats, compile(f))
	}
	return r, nil
}

// Formats returns the registered formats.
func (r *Registry) Formats() []Format {
	list := make([]Format, len(r.formats))
	for i, f := range r.formats {
		list[i] = f.Format
		list[i].Fields = slices.Clone(f.Fields)
	}
	return list
}

func (r *Registry) find(infoType, version string) (*compiledFormat, bool) {
	for _, f := range r.formats {
		if f.InfoType == infoType && f.Version == version {
			return f, true
		}
	}
	return nil, false
}

func compile(f Format) *compiledFormat {
	c := &compiledFormat{Format: f}
	c.Fields = slices.Clone(f.Fields)
	for i := range c.Fields {
		fd := &c.Fields[i]
		if fd.Group == 0 || fd.Group >= groupCount {
			continue
		}
		leaf := -1
		if l, ok := leafNames[fd.Group][fd.Code]; ok && !l.alias {
			leaf = l.index
		}
		if fd.Group == GroupFile {
			switch fd.Code {
			case "info_type":
				fd.Values = []string{f.InfoType}
			case "version":
				fd.Values = []string{f.Version}
			}
		}
		c.groups[fd.Group] = append(c.groups[fd.Group], compiledField{*fd, leaf})
	}
	return c
}

// has says whether the format has a leaf beyond the Go types.
func (c *compiledFormat) has(g Group, code string) bool {
	for i := range c.groups[g] {
		if f := &c.groups[g][i]; f.leaf < 0 && f.Code == code {
			return true
		}
	}
	return false
}

var tsflk = &Registry{formats: []*compiledFormat{compile(FormatTSFLK())}}
