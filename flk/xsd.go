package flk

import (
	"fmt"
	"strings"
)

// AppendXSD appends the XML schema (XSD 1.0, UTF-8, no imports) of a layout to
// dst. It is made from the same table as codec and validator; format nil is
// ТСФЛК 2.0. What XSD cannot say (the rules between leaves, except X15) is left
// to Validate.
func AppendXSD(dst []byte, layout Layout, format *Format) ([]byte, error) {
	layout = layout.orDefault()
	if err := layout.check(); err != nil {
		return dst, err
	}
	f := tsflk.formats[0]
	if format != nil {
		f = compile(*format)
	}
	x := &schema{layout: &layout, format: f}
	x.write()
	return append(dst, x.b.String()...), nil
}

// schema writes an XSD.
type schema struct {
	b      strings.Builder
	layout *Layout
	format *compiledFormat
	depth  int
}

func (x *schema) line(format string, args ...any) {
	x.b.WriteString(strings.Repeat("  ", x.depth))
	fmt.Fprintf(&x.b, format, args...)
	x.b.WriteByte('\n')
}

func (x *schema) open(format string, args ...any) { x.line(format, args...); x.depth++ }

func (x *schema) close(name string) { x.depth--; x.line("</xs:%s>", name) }

func (x *schema) doc(text string) {
	x.line(`<xs:annotation><xs:documentation xml:lang="ru">%s</xs:documentation></xs:annotation>`, escapeXML(text))
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escapeXML(s string) string { return xmlEscapes.Replace(s) }

func (x *schema) write() {
	x.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	namespace, prefix := "", ""
	if ns := x.layout.Namespace; ns != "" {
		namespace = fmt.Sprintf(` targetNamespace="%s" xmlns:flk="%[1]s"`, escapeXML(ns))
		prefix = "flk:"
	}
	x.open(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"%s elementFormDefault="qualified">`, namespace)
	x.doc("Протокол ФЛК, " + x.format.InfoType + " " + x.format.Version + ", раскладка " + x.layout.Name)
	x.open(`<xs:element name="%s">`, x.layout.Root)
	x.tree(x.children())
	// X15: XSD compares letter by letter, Validate does not mind the case.
	x.open(`<xs:unique name="X15">`)
	var steps []string
	for _, name := range x.layout.path(GroupDocument) {
		steps = append(steps, prefix+name)
	}
	x.line(`<xs:selector xpath="%s"/>`, strings.Join(steps, "/"))
	id := prefix + "id_document"
	if x.layout.Style == StyleAttributes {
		id = "@id_document"
	}
	x.line(`<xs:field xpath="%s"/>`, id)
	x.close("unique")
	x.close("element")
	x.close("schema")
}

// item is a container or group of the schema.
type item struct {
	name     string
	group    Group // 0: a container
	children []*item
	min, max string
}

// children puts the paths of the layout together as a tree.
func (x *schema) children() *item {
	root := &item{}
	place := func(top *item, g Group) *item {
		at := top
		names := x.layout.path(g)
		for i, name := range names {
			last := len(at.children) - 1
			if i < len(names)-1 && last >= 0 && at.children[last].name == name {
				at = at.children[last]
				continue
			}
			next := &item{name: name, min: "1", max: "1"}
			at.children = append(at.children, next)
			at = next
		}
		at.group = g
		return at
	}
	place(root, GroupFile)
	place(root, GroupSender)
	document := place(root, GroupDocument)
	document.max = "unbounded"
	place(document, GroupSource)
	entry := place(document, GroupError)
	entry.min, entry.max = "0", "unbounded"
	if len(x.layout.path(GroupError)) > 1 {
		document.children[len(document.children)-1].min = "0"
	}
	return root
}

// tree writes the type of an element.
func (x *schema) tree(it *item) {
	x.open("<xs:complexType>")
	fields := x.format.groups[it.group]
	elements := x.layout.Style == StyleElements && it.group != 0
	switch {
	case elements && len(it.children) == 0:
		x.open("<xs:all>") // leaves of a group may stand in any order
		for i := range fields {
			x.field(&fields[i])
		}
		x.close("all")
	case elements || len(it.children) > 0:
		x.open("<xs:sequence>")
		for i := range fields {
			if elements {
				x.field(&fields[i])
			}
		}
		for _, child := range it.children {
			x.open(`<xs:element name="%s" minOccurs="%s" maxOccurs="%s">`, child.name, child.min, child.max)
			if child.group != 0 {
				x.doc(child.group.Table() + " " + child.group.String())
			}
			x.tree(child)
			x.close("element")
		}
		x.close("sequence")
	}
	for i := range fields {
		if !elements {
			x.field(&fields[i])
		}
	}
	x.close("complexType")
}

// field writes a leaf with its type.
func (x *schema) field(f *compiledField) {
	kind := "element"
	if x.layout.Style == StyleElements {
		min := 0
		if f.Required {
			min = 1
		}
		x.open(`<xs:element name="%s" minOccurs="%d">`, f.Code, min)
	} else {
		use := "optional"
		if f.Required {
			use = "required"
		}
		kind = "attribute"
		x.open(`<xs:attribute name="%s" use="%s">`, f.Code, use)
	}
	x.doc(f.Name)
	x.open("<xs:simpleType>")
	patterns := f.patterns()
	// Patterns of one restriction are alternatives; nested ones must all fit.
	for range patterns {
		x.open("<xs:restriction>")
		x.open("<xs:simpleType>")
	}
	x.open(`<xs:restriction base="xs:string">`)
	for _, v := range f.Values {
		x.line(`<xs:enumeration value="%s"/>`, escapeXML(v))
	}
	if len(f.Values) > 0 && !f.Required {
		x.line(`<xs:enumeration value=""/>`)
	}
	if len(f.Values) == 0 {
		if f.Required {
			x.line(`<xs:minLength value="%d"/>`, f.Min)
		}
		x.line(`<xs:maxLength value="%d"/>`, f.Max)
	}
	x.close("restriction")
	for _, p := range patterns {
		x.close("simpleType")
		x.line(`<xs:pattern value="%s"/>`, escapeXML(p))
		x.close("restriction")
	}
	x.close("simpleType")
	x.close(kind)
}

// The patterns of XSD know no dates: these do, leap years included.
const (
	leapYear  = `([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)`
	yearNot0  = `([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])`
	shortDay  = `(0[1-9]|1[0-9]|2[0-8])`
	longMonth = `(0[13578]|1[02])`
	not2Month = `(0[13-9]|1[0-2])`
	anyMonth  = `(0[1-9]|1[0-2])`
	clockTime = `([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]`
	countries = `[0-9A-Z]{6}`
	hexDigit  = `[0-9a-fA-F]`
)

// calendar joins day, month and year in the order of a format.
func calendar(join func(day, month, year string) string) string {
	return "(" + join(shortDay, anyMonth, yearNot0) + "|" + join("(29|30)", not2Month, yearNot0) + "|" +
		join("31", longMonth, yearNot0) + "|" + join("29", "02", leapYear) + ")"
}

// patterns are what the value must fit, all of them.
func (f *Field) patterns() []string {
	var list []string
	if f.check != checkExact && len(f.Values) == 0 && f.Kind == KindText {
		// no blanks around, no control characters inside
		list = append(list, "([^\\s]([^\\t\\n\\r\u007f-\u009f]*[^\\s])?)?")
	}
	switch {
	case f.Kind == KindNumber:
		list = append(list, `[0-9]{1,7}`)
	case f.Kind == KindDate:
		list = append(list, calendar(func(d, m, y string) string { return d + `\.` + m + `\.` + y })+"|"+
			calendar(func(d, m, y string) string { return y + "-" + m + "-" + d }))
	case f.check == checkFileID:
		list = append(list, countries+calendar(func(d, m, y string) string { return y + m + d })+clockTime)
	case f.check == checkGUID:
		list = append(list, hexDigit+"{8}(-"+hexDigit+"{4}){3}-"+hexDigit+"{12}")
	}
	return list
}
