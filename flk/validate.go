package flk

import (
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/fault"
	"github.com/obmen-go/obmen/flk/internal/idset"
)

// ValidatorOptions are the options of NewValidator and Validate; nil means the defaults.
type ValidatorOptions struct {
	// Profile is Strict unless asked otherwise.
	Profile Profile
	// Formats are the formats known; it defaults to ТСФЛК 2.0 alone.
	Formats *Registry
	// Source is the file that the protocol answers, for X19; nil: not compared.
	Source *SourceFacts
	// MaxFindings is how many findings are kept, the rest is counted by rule; it
	// defaults to 1 000.
	MaxFindings int
	// MaxTracked is how many documents X15 and source files X18 remember; it
	// defaults to 2 000 000, at 8 and 16 bytes a slot.
	MaxTracked int
}

// SourceFacts is what X19 compares with.
type SourceFacts struct {
	FileID   string // its identifier; "": not compared
	FileName string // its name with or without extension; "": not compared
	Count    int    // its statements; 0: not compared
}

// Findings is what a validator found.
type Findings struct {
	// List holds the first findings.
	List []Finding
	// Errors and Warnings count all findings, those not kept included.
	Errors, Warnings int
	// ByRule counts all findings by rule.
	ByRule map[string]int
}

// Err returns nil if no finding is an error, else an error that holds those kept.
func (f *Findings) Err() error {
	if f.Errors == 0 {
		return nil
	}
	return &FindingsError{f}
}

// FindingsError is a protocol that is not valid.
type FindingsError struct {
	// Findings is what was found, warnings included.
	Findings *Findings
}

// Error counts the errors and gives the first, in English.
func (e *FindingsError) Error() string {
	text := "flk: the protocol is not valid: " + strconv.Itoa(e.Findings.Errors) + " errors"
	if f := e.first(); f != nil {
		text += ", the first: " + f.String()
	}
	return text
}

// Code returns CodeInvalid; those of the findings are below, see Unwrap.
func (e *FindingsError) Code() string { return CodeInvalid }

// Path returns the path of the first finding that is an error.
func (e *FindingsError) Path() string {
	if f := e.first(); f != nil {
		return f.Path()
	}
	return ""
}

// Message counts the errors and gives the first, in Russian ("ru") or English.
func (e *FindingsError) Message(lang string) string {
	args := []arg{{Name: "count", Value: number(e.Findings.Errors)}, {Name: "first", Value: "-"}}
	if f := e.first(); f != nil {
		args[1].Value, args[1].RU = strings.TrimSuffix(f.Message("en"), "."), f.Message("ru")
	}
	return message(lang, CodeInvalid, args, e.Path())
}

// Unwrap returns the findings that are errors, each a *Finding.
func (e *FindingsError) Unwrap() []error {
	var list []error
	for i := range e.Findings.List {
		if f := &e.Findings.List[i]; f.Severity == SeverityError {
			list = append(list, f)
		}
	}
	return list
}

func (e *FindingsError) first() *Finding {
	for i := range e.Findings.List {
		if f := &e.Findings.List[i]; f.Severity == SeverityError {
			return f
		}
	}
	return nil
}

// Validator holds a protocol against the rules, document by document. It is for
// one goroutine.
type Validator struct {
	o       ValidatorOptions
	found   Findings
	format  *compiledFormat
	header  *Header
	began   bool // the header was judged
	docs    int
	seed    maphash.Seed
	ids     idset.Table // X15
	sources idset.Table // X18
	limited bool
	lastID  FileID // of the document before, with its fingerprint
	lastKey uint64
	entries map[uint64]int
	groups  map[string]bool
	late    []lateSource
}

// lateSource is what X10 to X13 need of a document that came before the header.
type lateSource struct {
	doc    int
	source SourceFile
}

// maxLate bounds the documents kept for a header that comes last.
const maxLate = 1000

// NewValidator returns a validator for one protocol.
func NewValidator(o *ValidatorOptions) *Validator {
	v := &Validator{seed: maphash.MakeSeed(), found: Findings{ByRule: map[string]int{}}, entries: map[uint64]int{}, groups: map[string]bool{}}
	if o != nil {
		v.o = *o
	}
	if v.o.MaxFindings <= 0 {
		v.o.MaxFindings = 1000
	}
	if v.o.MaxTracked <= 0 {
		v.o.MaxTracked = 2_000_000
	}
	if v.o.Formats == nil || len(v.o.Formats.formats) == 0 {
		v.o.Formats = tsflk
	}
	v.ids.Limit = v.o.MaxTracked
	v.sources = idset.Table{Limit: v.o.MaxTracked, Values: true}
	v.format = v.o.Formats.formats[0]
	return v
}

// Header judges the service part. It is called with the reader's header before
// the first document; a header that is complete only later is judged by Finish.
func (v *Validator) Header(h *Header) {
	v.header = h
	if !h.late {
		v.judgeHeader()
	}
}

func (v *Validator) judgeHeader() {
	v.began = true
	h := v.header
	if f, ok := v.o.Formats.find(h.File.InfoType, h.File.Version); ok {
		v.format = f
	}
	v.group(&h.File, "file", 0)
	v.group(&h.Sender, "sender", 0)
	v.sameCountries("X10", h.File.ID, "file.file_id", 0, h.File.marks[0].Pos)
}

// Document judges the next document.
func (v *Validator) Document(d *Document) {
	v.docs++
	n := v.docs
	path := "documents[" + number(n) + "]"
	v.notes(d.notes, path, n)
	v.group(d, path, n)
	v.group(&d.Source, path+".source_file", n)
	for i := range d.Errors {
		v.entry(d, i, n)
	}
	v.cross(d, path, n)
}

// entry judges an error entry; its path is put together only for a finding.
func (v *Validator) entry(d *Document, i, n int) {
	v.group(&d.Errors[i], "", n, i)
}

// Finish judges what can be known only at the end and returns the findings.
func (v *Validator) Finish() *Findings {
	if v.header == nil {
		v.header = &Header{}
	}
	if !v.began {
		v.judgeHeader()
		for _, l := range v.late {
			v.answer(&l.source, "documents["+number(l.doc)+"].source_file", l.doc)
		}
	}
	v.notes(v.header.notes, "", 0)
	for i := range v.header.Unknown {
		v.unknown(0, &v.header.Unknown[i], "", 0)
	}
	if v.docs == 0 {
		v.report("common", CodeNoDocuments, "documents", 0, Pos{})
	}
	return &v.found
}

// Validate holds a protocol in memory against the rules.
func Validate(p *Protocol, o *ValidatorOptions) *Findings {
	v := NewValidator(o)
	v.Header(&p.Header)
	for _, d := range p.Documents {
		v.Document(d)
	}
	return v.Finish()
}

// report adds a finding unless the profile has it off.
func (v *Validator) report(rule, code, path string, doc int, pos Pos, args ...arg) {
	s := v.o.Profile.severity(code)
	if s == off {
		return
	}
	if s == SeverityError {
		v.found.Errors++
	} else {
		v.found.Warnings++
	}
	v.found.ByRule[rule]++
	if len(v.found.List) < v.o.MaxFindings {
		for i := range args {
			args[i].Value = fault.Clip(args[i].Value)
		}
		v.found.List = append(v.found.List, Finding{Rule: rule, Severity: s, Document: doc, Pos: pos, code: code, path: path, args: args})
	}
}

// notes turns what the reader saw into findings.
func (v *Validator) notes(list []note, base string, doc int) {
	for _, n := range list {
		rule, path := "common", base
		if n.leaf >= 0 {
			rule = groupFields(n.group)[n.leaf].Rule
		}
		if n.group != 0 {
			path = groupPath(n.group, base, n.entry)
		}
		if path != "" {
			path += "."
		}
		v.report(rule, n.code, path+fault.Clip(n.name), doc, n.pos, arg{Name: "value", Value: n.name})
	}
}

// groupPath names a group within its document, or of the header.
func groupPath(g Group, document string, entry int) string {
	switch g {
	case GroupFile:
		return "file"
	case GroupSender:
		return "sender"
	case GroupSource:
		return document + ".source_file"
	case GroupError:
		return document + ".errors[" + number(entry+1) + "]"
	}
	return document
}

// unknown reports a leaf that the format does not have.
func (v *Validator) unknown(g Group, u *Unknown, path string, doc int) {
	if u.In == "" && len(u.Children) == 0 && g != 0 && v.format.has(g, u.Name) {
		return
	}
	if l, ok := leafNames[g][u.Name]; ok && u.In == "" && !l.alias {
		return // a repeated leaf: the reader's note says so
	}
	name := fault.Clip(u.Name)
	if u.In != "" {
		name = u.In + "." + name
	}
	if path != "" {
		path += "."
	}
	switch {
	case u.Name == "":
		v.report("common", CodeStrayText, path+"text()", doc, u.Pos)
	case len(u.Children) > 0:
		v.report("common", CodeUnknownGroup, path+name, doc, u.Pos, arg{Name: "value", Value: name})
	default:
		v.report("common", CodeUnknownLeaf, path+name, doc, u.Pos, arg{Name: "value", Value: name})
	}
}

// SoFar returns what was found in a protocol that could not be read to its end.
func (v *Validator) SoFar() *Findings { return &v.found }
