package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
)

// csvHeader is public: scripts rely on it.
var csvHeader = []string{"document", "file_id", "result", "count_all", "count_ok", "error_code", "error_text",
	"error_mean", "error_position", "last_succeeded_id"}

// CSV writes one row an error, in UTF-8. Cells that a spreadsheet would take for
// a formula get a leading apostrophe.
func CSV(w io.Writer, d *Data) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for e, err := range d.entries() {
		if err != nil {
			out.Flush()
			return err
		}
		s := &e.Document.Source
		row := []string{e.Document.ID, string(s.FileID), string(s.Result), string(s.All), string(s.OK), s.ErrorCode, s.ErrorText, "", "", ""}
		if e.Error != nil {
			row = append(row[:5], e.Error.Code, e.Error.Text, e.Error.Mean, e.Error.Position, e.Error.LastSucceededID)
		}
		for i := range row {
			row[i] = guard(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// guard keeps a spreadsheet from running a cell.
func guard(s string) string {
	if s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	return s
}

type jsonFinding struct {
	Type      string `json:"type"`
	File      string `json:"file"`
	Rule      string `json:"rule"`
	Code      string `json:"code"`
	Severity  string `json:"severity"`
	Document  int    `json:"document"`
	Path      string `json:"path"`
	Line      int32  `json:"line"`
	Column    int32  `json:"column"`
	Message   string `json:"message"`
	MessageRU string `json:"message_ru"`
}

type jsonEntry struct {
	Type            string `json:"type"`
	File            string `json:"file"`
	Number          int    `json:"number"`
	Document        string `json:"document"`
	FileID          string `json:"file_id"`
	Result          string `json:"result"`
	CountAll        *int   `json:"count_all"`
	CountOK         *int   `json:"count_ok"`
	ErrorCode       string `json:"error_code"`
	ErrorText       string `json:"error_text"`
	ErrorMean       string `json:"error_mean"`
	ErrorPosition   string `json:"error_position"`
	LastSucceededID string `json:"last_succeeded_id"`
	Line            int32  `json:"line"`
	Column          int32  `json:"column"`
	SourcePosition  string `json:"source_position,omitempty"` // line:column
	Statement       int    `json:"statement,omitempty"`
}

// JSON writes one object a line: the summary, each finding, each error entry.
func JSON(w io.Writer, d *Data) error {
	if err := SummaryJSON(w, d.Summary); err != nil {
		return err
	}
	for _, f := range d.Findings {
		if err := line(w, jsonFinding{"finding", f.File, f.Rule, f.Code(), f.Severity.String(), f.Document, f.Path(),
			f.Pos.Line, f.Pos.Col, f.Message("en"), f.Message("ru")}); err != nil {
			return err
		}
	}
	for e, err := range d.entries() {
		if err != nil {
			return err
		}
		if e.Error == nil {
			continue // a summary error is no entry
		}
		s, at := &e.Document.Source, e.Error.Pos("")
		out := jsonEntry{Type: "error", File: e.File, Number: e.Number, Document: e.Document.ID, FileID: string(s.FileID), Result: string(s.Result),
			ErrorCode: e.Error.Code, ErrorText: e.Error.Text, ErrorMean: e.Error.Mean, ErrorPosition: e.Error.Position,
			LastSucceededID: e.Error.LastSucceededID, Line: at.Line, Column: at.Col,
			SourcePosition: e.Place.String(), Statement: e.Place.Statement}
		if n, ok := s.All.Int(); ok {
			out.CountAll = &n
		}
		if n, ok := s.OK.Int(); ok {
			out.CountOK = &n
		}
		if err := line(w, out); err != nil {
			return err
		}
	}
	return nil
}

// SummaryJSON writes the summary alone, on one line.
func SummaryJSON(w io.Writer, s *Summary) error { return line(w, s) }

func line(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
