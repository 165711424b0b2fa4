package report

import (
	"iter"
	"slices"

	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/flk/source"
)

// Entry is one row of a report: an error entry with its document.
type Entry struct {
	// File is the protocol's name, for inputs of many.
	File string
	// Document is the document the entry stands in, Number its number from 1.
	Document *flk.Document
	Number   int
	// Error is the entry; nil stands for the summary error of a document that
	// has no entries.
	Error *flk.ErrorEntry
	// Place is where the source file has it; the zero value: not found.
	Place source.Location
}

// Finding is a finding with the protocol it belongs to.
type Finding struct {
	File string // the protocol's name
	*flk.Finding
}

// Data is what the exports show.
type Data struct {
	// Summary is the whole in figures.
	Summary *Summary
	// Findings are those that were kept.
	Findings []Finding
	// Entries are the rows; it may be ranged over more than once. nil has none.
	Entries iter.Seq2[Entry, error]
}

// entries is Entries, or nothing.
func (d *Data) entries() iter.Seq2[Entry, error] {
	if d.Entries == nil {
		return func(func(Entry, error) bool) {}
	}
	return d.Entries
}

// Rows returns the rows of a document: its error entries, or its summary error if
// it has none. place may be nil.
func Rows(file string, number int, d *flk.Document, place *source.Index) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for i := range d.Errors {
			e := Entry{File: file, Document: d, Number: number, Error: &d.Errors[i]}
			e.Place, _ = Locate(place, d, e.Error)
			if !yield(e) {
				return
			}
		}
		if len(d.Errors) == 0 && (d.Source.ErrorCode != "" || d.Source.ErrorText != "") {
			yield(Entry{File: file, Document: d, Number: number})
		}
	}
}

// Locate finds the statement of an error entry: by its position, else by
// id_document (if that is the statement's own), else as the one after
// last_succeeded_id.
func Locate(x *source.Index, d *flk.Document, e *flk.ErrorEntry) (source.Location, bool) {
	if x == nil {
		return source.Location{}, false
	}
	if l, ok := x.At(e.Position); ok {
		return l, true
	}
	if n, ok := x.StatementOf(d.ID); ok {
		return source.Location{Statement: n}, true
	}
	if n, ok := x.StatementOf(e.LastSucceededID); ok && n < x.Statements {
		return source.Location{Statement: n + 1}, true
	}
	return source.Location{}, false
}

// Join collects the statements to send again.
type Join struct {
	index              *source.Index
	numbers            map[int]bool
	all                bool
	located, unlocated int
}

// NewJoin returns a join with a source file.
func NewJoin(x *source.Index) *Join { return &Join{index: x, numbers: map[int]bool{}} }

// Document takes a document in. A document with result 02 sends everything again.
func (j *Join) Document(d *flk.Document) {
	j.all = j.all || d.Source.Result == flk.ResultNone
	for i := range d.Errors {
		if l, ok := Locate(j.index, d, &d.Errors[i]); ok && l.Statement > 0 {
			j.located++
			j.numbers[l.Statement] = true
		} else {
			j.unlocated++
		}
	}
}

// Summary returns what the join came to. Resend is not complete while errors are
// not located.
func (j *Join) Summary(file string) *SourceSummary {
	s := &SourceSummary{File: file, FileID: j.index.FileID, Statements: j.index.Statements,
		Located: j.located, Unlocated: j.unlocated, Resend: []int{}}
	if j.all {
		for n := 1; n <= j.index.Statements; n++ {
			s.Resend = append(s.Resend, n)
		}
		return s
	}
	for n := range j.numbers {
		s.Resend = append(s.Resend, n)
	}
	slices.Sort(s.Resend)
	return s
}
