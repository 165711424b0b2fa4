// Package report sums protocols up and shows them: a summary of one or many,
// the difference of two, filters and dictionaries of codes, the statements to
// send again, and exports as text, CSV, JSON lines, Markdown and one HTML page.
// You need it to show people what came back.
package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/flk/internal/idset"
)

// Summary is what a protocol, or many of them, came to.
type Summary struct {
	// Type is "summary", to tell the line from others in JSON.
	Type string `json:"type"`
	// File is the name of the input, for messages.
	File string `json:"file"`
	// Protocols is how many files were summed up.
	Protocols int `json:"protocols"`
	// FileID, InfoType, Version, Layout and Encoding are those of the first.
	FileID   string `json:"file_id"`
	InfoType string `json:"info_type"`
	Version  string `json:"version"`
	Layout   string `json:"layout"`
	Encoding string `json:"encoding"`
	// Profile is "strict" or "lenient".
	Profile string `json:"profile"`
	// Status is the outcome in a word.
	Status Status `json:"status"`
	// ExitCode is the one of flk.Exit….
	ExitCode int `json:"exit_code"`
	// Documents counts documents, Results by processing_result.
	Documents int     `json:"documents"`
	Results   Results `json:"results"`
	// CountAll and CountOK sum docs_count_all and docs_count_ok, each source file once.
	CountAll int64 `json:"count_all"`
	CountOK  int64 `json:"count_ok"`
	// Accepted is CountOK of CountAll in percent.
	Accepted Percent `json:"accepted_percent"`
	// Errors counts error entries.
	Errors int `json:"errors"`
	// ByCode, ByPosition and ByValue are the most frequent first.
	ByCode     []Tally `json:"by_code"`
	ByPosition []Tally `json:"by_position"`
	ByValue    []Tally `json:"by_value"`
	// Findings counts what the validator found.
	Findings FindingCounts `json:"findings"`
	// Source is about the source file, if it was given.
	Source *SourceSummary `json:"source,omitempty"`
	// Unreadable says why a protocol could not be read to its end.
	Unreadable []Failure `json:"unreadable,omitempty"`
}

// Results counts documents by processing_result.
type Results struct {
	// Full, None, Partial and Other are documents with 01, 02, 03 and anything else.
	Full    int `json:"01"`
	None    int `json:"02"`
	Partial int `json:"03"`
	Other   int `json:"other"`
}

// Tally is how often something occurs.
type Tally struct {
	// Key is what was counted, Text what a code means, Count how often.
	Key   string `json:"key"`
	Text  string `json:"text,omitempty"` // of a code: from the dictionary, else its first text
	Count int    `json:"count"`
}

// FindingCounts counts findings.
type FindingCounts struct {
	// Errors and Warnings count by severity, ByRule by rule.
	Errors   int            `json:"error"`
	Warnings int            `json:"warning"`
	ByRule   map[string]int `json:"by_rule"`
}

// SourceSummary is what the join with the source file came to.
type SourceSummary struct {
	// File is its name, FileID its own identifier, Statements their number.
	File       string `json:"file"`
	FileID     string `json:"file_id"`
	Statements int    `json:"statements"`
	Located    int    `json:"located"`   // error entries whose statement was found
	Unlocated  int    `json:"unlocated"` // and not found
	Resend     []int  `json:"resend"`    // numbers of the statements to send again
}

// Failure is a protocol that could not be read.
type Failure struct {
	// File is the protocol; the rest is its error's code, place and words.
	File      string `json:"file"`
	Code      string `json:"code"`
	Path      string `json:"path"`
	Message   string `json:"message"`
	MessageRU string `json:"message_ru"`
}

// Percent is a share in hundredths of a percent.
type Percent int

// PercentOf returns the share; nothing of nothing is 0.
func PercentOf(part, whole int64) Percent {
	if whole <= 0 || part < 0 {
		return 0
	}
	return Percent(part * 10_000 / whole)
}

// String writes "80.00".
func (p Percent) String() string { return fmt.Sprintf("%d.%02d", int(p)/100, int(p)%100) }

// MarshalJSON writes the number 80.00.
func (p Percent) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// Options are the options of a Collector; nil means the defaults.
type Options struct {
	// Profile is named in the summary.
	Profile flk.Profile
	// Dictionary gives codes better texts than the protocol's own.
	Dictionary Dictionary
	// Keep chooses error entries; nil keeps all.
	Keep Filter
	// Top is how many lines ByCode, ByPosition and ByValue hold; default 20.
	Top int
}

// maxKeys bounds what is counted by key; the rest falls under otherKey.
const (
	maxKeys  = 10_000
	otherKey = "…"
)

// Collector sums up protocols document by document. It is for one goroutine.
type Collector struct {
	o       Options
	s       Summary
	exit    flk.ExitStatus
	codes   counter
	places  counter
	values  counter
	sources idset.Table
	invalid bool
}

// NewCollector returns a collector for an input of this name.
func NewCollector(file string, o *Options) *Collector {
	c := &Collector{}
	if o != nil {
		c.o = *o
	}
	if c.o.Top <= 0 {
		c.o.Top = 20
	}
	c.s = Summary{Type: "summary", File: file, Profile: c.o.Profile.String(), Findings: FindingCounts{ByRule: map[string]int{}}}
	c.sources.Limit = 2_000_000
	return c
}

// Document sums a document up.
func (c *Collector) Document(d *flk.Document) {
	c.exit.Document(d)
	c.s.Documents++
	switch d.Source.Result {
	case flk.ResultFull:
		c.s.Results.Full++
	case flk.ResultNone:
		c.s.Results.None++
	case flk.ResultPartial:
		c.s.Results.Partial++
	default:
		c.s.Results.Other++
	}
	if _, seen, _ := c.sources.Add(fingerprint(string(d.Source.FileID)), 0); !seen || d.Source.FileID == "" {
		all, _ := d.Source.All.Int()
		ok, _ := d.Source.OK.Int()
		c.s.CountAll += int64(all)
		c.s.CountOK += int64(ok)
	}
	for i := range d.Errors {
		e := &d.Errors[i]
		if c.o.Keep != nil && !c.o.Keep(d, e) {
			continue
		}
		c.s.Errors++
		c.codes.add(e.Code, e.Text)
		if e.Position != "" {
			c.places.add(e.Position, "")
		}
		if e.Mean != "" {
			c.values.add(e.Mean, "")
		}
	}
}

// Protocol ends a protocol: h is its header, found what the validator says, err
// why it could not be read to its end.
func (c *Collector) Protocol(file string, h *flk.Header, found *flk.Findings, err error) {
	if c.s.Protocols++; c.s.Protocols == 1 && h != nil {
		c.s.FileID, c.s.InfoType, c.s.Version = string(h.File.ID), h.File.InfoType, h.File.Version
		c.s.Layout, c.s.Encoding = h.Layout.Name, h.Encoding.String()
	}
	if found != nil {
		c.s.Findings.Errors += found.Errors
		c.s.Findings.Warnings += found.Warnings
		for rule, n := range found.ByRule {
			c.s.Findings.ByRule[rule] += n
		}
		c.invalid = c.invalid || found.Errors > 0
	}
	if err != nil {
		c.invalid = true
		c.s.Unreadable = append(c.s.Unreadable, failure(file, err))
	}
}

func failure(file string, err error) Failure {
	f := Failure{File: file, Message: err.Error(), MessageRU: err.Error()}
	if e, ok := err.(interface {
		Code() string
		Path() string
		Message(string) string
	}); ok {
		f.Code, f.Path, f.Message, f.MessageRU = e.Code(), e.Path(), e.Message("en"), e.Message("ru")
	}
	return f
}

// Summary returns what was summed up so far.
func (c *Collector) Summary() *Summary {
	s := c.s
	s.Accepted = PercentOf(s.CountOK, s.CountAll)
	s.ExitCode = c.exit.Code(c.invalid)
	s.Status = statusOf(s.ExitCode)
	s.ByCode, s.ByPosition, s.ByValue = c.codes.top(c.o.Top), c.places.top(c.o.Top), c.values.top(c.o.Top)
	for i := range s.ByCode {
		if text, ok := c.o.Dictionary[s.ByCode[i].Key]; ok {
			s.ByCode[i].Text = text
		}
	}
	return &s
}

// counter counts by key, in bounded memory.
type counter struct{ m map[string]*Tally }

func (c *counter) add(key, text string) {
	if c.m == nil {
		c.m = map[string]*Tally{}
	}
	t := c.m[key]
	if t == nil {
		if len(c.m) >= maxKeys {
			key, text = otherKey, ""
			t = c.m[key]
		}
		if t == nil {
			t = &Tally{Key: clone(key), Text: clone(text)}
			c.m[t.Key] = t
		}
	}
	t.Count++
}

func (c *counter) top(n int) []Tally {
	list := make([]Tally, 0, len(c.m))
	for _, t := range c.m {
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b Tally) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Key, b.Key))
	})
	return list[:min(n, len(list))]
}
