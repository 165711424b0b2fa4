package flk

import (
	"time"

	"github.com/google/uuid"
)

// Outcomes is what a check of a source file came to, in the terms of who checked
// it. Build makes the protocol from it.
type Outcomes struct {
	// SenderCountry and ReceiverCountry are those of the protocol: the answer
	// goes back, so they are the reverse of the source file's.
	SenderCountry, ReceiverCountry string
	// Person is the official who sends the protocol.
	Person Sender
	// SourceFileID is the identifier of the checked file, SourceFileName its name.
	SourceFileID   FileID
	SourceFileName string
	// Received is the date on which it was received.
	Received time.Time
	// SourceInfoType is ТС unless the file's type could not be read: then "-".
	SourceInfoType string
	// SummaryCode and SummaryText are the summary error, both or neither.
	SummaryCode, SummaryText string
	// Documents are the checked documents, one at least.
	Documents []Outcome
}

// Outcome is one document of the protocol.
type Outcome struct {
	// ID is id_document; "" makes a new GUID.
	ID string
	// Total is how many structural elements were taken into processing.
	Total int
	// Errors are the errors found.
	Errors []OutcomeError
}

// OutcomeError is one error found.
type OutcomeError struct {
	// Element is the number of the element from 1; 0 is an error of the document
	// as a whole: then nothing of it is accepted (decision).
	Element int
	// Code and Text say what is wrong.
	Code, Text string
	// Value is the erroneous value.
	Value string
	// Position is where it stands in the source file.
	Position string
	// LastSucceeded is the last element without errors.
	LastSucceeded string
}

// BuildOptions are the options of Build; nil means the defaults.
type BuildOptions struct {
	// Layout of the protocol; it defaults to LayoutElements.
	Layout Layout
	// Dates are written dd.mm.yyyy by default.
	Dates DateLayout
	// Now is the clock of the protocol's file_id; it defaults to time.Now.
	Now func() time.Time
	// IDs keeps file identifiers apart; nil: this one alone is made.
	IDs *FileIDs
	// NewID makes GUIDs; it defaults to random ones.
	NewID func() string
}

// Build computes counts and processing result and returns the protocol. The
// counts are those of the source file: with several documents each holds their
// sums, because one source file has one result (X18, decision). Element counts
// once, however many errors it has. Texts are not checked here: Validate does.
func Build(in *Outcomes, o *BuildOptions) (*Protocol, error) {
	if o == nil {
		o = &BuildOptions{}
	}
	if len(in.Documents) == 0 {
		return nil, newError(CodeNoOutcomes, "documents")
	}
	ids, newID := o.IDs, o.NewID
	if ids == nil {
		ids = &FileIDs{}
	}
	if newID == nil {
		newID = uuid.NewString
	}
	id, err := ids.NewFileID(in.SenderCountry, in.ReceiverCountry, o.Now)
	if err != nil {
		return nil, err
	}
	all, ok := 0, 0
	for i := range in.Documents {
		accepted, err := in.Documents[i].accepted("documents[" + number(i+1) + "]")
		if err != nil {
			return nil, err
		}
		all += in.Documents[i].Total
		ok += accepted
	}
	if all > maxCount {
		return nil, newError(CodeTotal, "documents", arg{Name: "total", Value: number(all)})
	}
	source := SourceFile{
		FileID: in.SourceFileID, Received: NewDate(in.Received, o.Dates), InfoType: in.SourceInfoType,
		Result: resultOf(all, ok), All: NewCount(all), OK: NewCount(ok),
		ErrorCode: in.SummaryCode, ErrorText: in.SummaryText, FileName: in.SourceFileName,
	}
	switch source.InfoType {
	case "":
		source.InfoType = SourceInfoType
	case "-":
		source.InfoType = ""
	}
	p := &Protocol{Header: Header{File: File{ID: id, InfoType: InfoType, Version: Version}, Sender: in.Person, Layout: o.Layout.orDefault()}}
	for i := range in.Documents {
		outcome := &in.Documents[i]
		d := &Document{ID: outcome.ID, Source: source}
		if d.ID == "" {
			d.ID = newID()
		}
		for _, e := range outcome.Errors {
			d.Errors = append(d.Errors, ErrorEntry{Mean: e.Value, Code: e.Code, Text: e.Text,
				LastSucceededID: e.LastSucceeded, Position: e.Position})
		}
		p.Documents = append(p.Documents, d)
	}
	return p, nil
}

// accepted counts the elements without errors.
func (o *Outcome) accepted(path string) (int, error) {
	if o.Total < 0 || o.Total > maxCount {
		return 0, newError(CodeTotal, path, arg{Name: "total", Value: number(o.Total)})
	}
	failed := map[int]bool{}
	whole := false
	for i, e := range o.Errors {
		if e.Element < 0 || e.Element > o.Total {
			return 0, newError(CodeElement, path+".errors["+number(i+1)+"]",
				arg{Name: "element", Value: number(e.Element)}, arg{Name: "total", Value: number(o.Total)})
		}
		whole = whole || e.Element == 0
		failed[e.Element] = true
	}
	if whole {
		return 0, nil
	}
	return o.Total - len(failed), nil
}

// resultOf is the meaning of the results; nothing taken into processing goes
// with 02 alone (X8).
func resultOf(all, ok int) Result {
	switch ok {
	case 0:
		return ResultNone
	case all:
		return ResultFull
	}
	return ResultPartial
}
