package report_test

import (
	"fmt"
	"strings"

	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/flk/report"
)

func protocol(codes ...string) *flk.Protocol {
	var text strings.Builder
	text.WriteString(`<flk><info><document><id_document>4a831b75-ce0b-40f9-ac69-be7e4b164f72</id_document>
		<source_file><processing_result>03</processing_result></source_file><errors>`)
	for _, c := range codes {
		text.WriteString("<error><error_code>" + c + "</error_code><error_text>Ошибка " + c + "</error_text></error>")
	}
	p, err := flk.Decode(strings.NewReader(text.String()+"</errors></document></info></flk>"), nil)
	if err != nil {
		panic(err)
	}
	return p
}

// What became better from one sending to the next, and the sum of the last one.
func Example() {
	before, after := protocol("E01", "E02"), protocol("E02", "E03")
	d := report.Diff(before, after)
	fmt.Println(len(d.Fixed), "fixed,", len(d.New), "new,", len(d.Remaining), "as before")

	c := report.NewCollector("second.xml", nil)
	for _, doc := range after.Documents {
		c.Document(doc)
	}
	s := c.Summary()
	fmt.Println(s.Documents, "document,", s.Errors, "errors")
	for _, t := range s.ByCode {
		fmt.Println(t)
	}
	// Output:
	// 1 fixed, 1 new, 1 as before
	// 1 document, 2 errors
	// {E02 Ошибка E02 1}
	// {E03 Ошибка E03 1}
}
