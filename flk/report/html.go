package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageSource string

// maxRows is how many error entries the page shows; a browser is slow with more.
const maxRows = 5000

// HTML writes one page for a clerk, in Russian: without any other file, readable
// on a phone, printable, with filters that need no server.
func HTML(w io.Writer, d *Data) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"place": placeText, "where": where, "severity": severityName, "plain": plain,
		"code": func(e Entry) string { c, _ := entryText(e); return c },
		"text": func(e Entry) string { _, t := entryText(e); return t },
	}).Parse(pageSource)
	if err != nil {
		return err
	}
	data := struct {
		*Summary
		StatusName string
		Facts      [][2]string
		List       []Finding
		Rows       []Entry
		Shown      int
		More       bool
	}{Summary: d.Summary, StatusName: d.Summary.Status.Text("ru"), Facts: facts(d.Summary), List: d.Findings}
	for e, err := range d.entries() {
		if err != nil {
			return err
		}
		if len(data.Rows) >= maxRows {
			data.More = true
			break
		}
		data.Rows = append(data.Rows, e)
	}
	data.Shown = len(data.Rows)
	return page.Execute(w, data)
}
