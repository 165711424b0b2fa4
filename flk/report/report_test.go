package report_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/flk/report"
)

func document() *flk.Document {
	return &flk.Document{ID: "D1", Source: flk.SourceFile{FileID: "S", Result: flk.ResultPartial, All: "3", OK: "2"},
		Errors: []flk.ErrorEntry{{Code: "E01", Text: "a|b", Mean: "=1"}, {Code: "E02", Text: "<script>alert(1)</script>"}}}
}

func data(docs ...*flk.Document) *report.Data {
	c := report.NewCollector("p.xml", nil)
	for _, d := range docs {
		c.Document(d)
	}
	c.Protocol("p.xml", &flk.Header{}, &flk.Findings{}, nil)
	return &report.Data{Summary: c.Summary(), Entries: func(yield func(report.Entry, error) bool) {
		for i, d := range docs {
			for e := range report.Rows("p.xml", i+1, d, nil) {
				if !yield(e, nil) {
					return
				}
			}
		}
	}}
}

func ExampleCSV() {
	if err := report.CSV(os.Stdout, data(document())); err != nil {
		fmt.Println(err)
	}
	// Output:
	// document,file_id,result,count_all,count_ok,error_code,error_text,error_mean,error_position,last_succeeded_id
	// D1,S,03,3,2,E01,a|b,'=1,,
	// D1,S,03,3,2,E02,<script>alert(1)</script>,,,
}

func TestExports(t *testing.T) {
	d := data(document())
	var b strings.Builder
	require.NoError(t, report.HTML(&b, d))
	require.NotContains(t, b.String(), "<script>alert")
	require.NotRegexp(t, `(src|href)=`, b.String(), "the page needs no other file")
	b.Reset()
	require.NoError(t, report.Markdown(&b, d))
	require.Contains(t, b.String(), `a\|b`)
	require.NotContains(t, b.String(), "<script>")
	rejected := &flk.Document{ID: "D2", Source: flk.SourceFile{Result: flk.ResultNone, ErrorCode: "-9", ErrorText: "@x"}}
	b.Reset()
	require.NoError(t, report.CSV(&b, data(rejected)))
	require.Contains(t, b.String(), "D2,,02,,,'-9,'@x,,,\n", "a summary error without entries has its row")
}

func TestSummary(t *testing.T) {
	second := document()
	s := data(document(), second).Summary
	require.EqualValues(t, 3, s.CountAll, "one source file counts once")
	require.Equal(t, "66.66", s.Accepted.String())
	require.Equal(t, flk.ExitPartial, s.ExitCode)
	require.Equal(t, 4, s.Errors)
	require.Equal(t, 2, s.ByCode[0].Count)
	c := report.NewCollector("", &report.Options{Keep: report.Not(report.Codes("E01")), Dictionary: report.Dictionary{"E02": "из словаря"}})
	c.Document(second)
	require.Equal(t, []report.Tally{{Key: "E02", Text: "из словаря", Count: 1}}, c.Summary().ByCode)
}

func TestDiff(t *testing.T) {
	before := &flk.Protocol{Documents: []*flk.Document{document()}}
	after := &flk.Protocol{Documents: []*flk.Document{{Errors: []flk.ErrorEntry{{Code: "E02"}, {Code: "E03"}}}}}
	d := report.Diff(before, after)
	require.Equal(t, "E01", d.Fixed[0].Code)
	require.Equal(t, "E02", d.Remaining[0].Code)
	require.Equal(t, "E03", d.New[0].Code)
}

func TestStatus(t *testing.T) {
	for result, want := range map[flk.Result]report.Status{
		flk.ResultNone: report.StatusRejected, flk.ResultPartial: report.StatusPartial,
	} {
		d := document()
		d.Source.Result = result
		s := data(d).Summary
		if s.Status != want || s.Status.Text("ru") == string(want) || s.Status.Text("en") == s.Status.Text("ru") {
			t.Errorf("%s: %s %q", result, s.Status, s.Status.Text("ru"))
		}
	}
	if s := report.Status("new"); s.Text("ru") != "new" {
		t.Error(s.Text("ru"))
	}
}

// Data without entries has a report too.
func TestNoEntries(t *testing.T) {
	d := data(document())
	d.Entries = nil
	for name, write := range map[string]func(io.Writer, *report.Data) error{
		"text": report.Text, "CSV": report.CSV, "JSON": report.JSON, "Markdown": report.Markdown, "HTML": report.HTML,
	} {
		var b strings.Builder
		if err := write(&b, d); err != nil || b.Len() == 0 {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
}
