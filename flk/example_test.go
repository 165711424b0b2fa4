package flk_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/obmen-go/obmen/flk"
)

func ExampleReader() {
	file := strings.NewReader(`<flk><info><document>
		<id_document>4a831b75-ce0b-40f9-ac69-be7e4b164f72</id_document>
		<source_file><processing_result>03</processing_result></source_file>
		<errors><error><error_code>E01</error_code><error_text>Неверный ИНН</error_text></error></errors>
	</document></info></flk>`)
	for doc, err := range flk.NewReader(file, nil).Documents() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(doc.Source.Result.Name())
		for _, e := range doc.Errors {
			fmt.Println(e.Code, e.Text, "line", e.Pos("error_code").Line)
		}
	}
	// Output:
	// приняты сведения по отдельным документам файла
	// E01 Неверный ИНН line 4
}

func ExampleBuild() {
	p, err := flk.Build(&flk.Outcomes{
		SenderCountry: "643", ReceiverCountry: "112",
		Person:       flk.Sender{Surname: "Иванова", Name: "Анна", Phone: "+7 495 000-00-00"},
		SourceFileID: "11264320260301120000", SourceFileName: "11264320260301120000",
		Received: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Documents: []flk.Outcome{{ID: "4a831b75-ce0b-40f9-ac69-be7e4b164f72", Total: 3, Errors: []flk.OutcomeError{
			{Element: 2, Code: "E01", Text: "Неверный ИНН", Position: "/file/statement[2]/inn"}}}},
	}, &flk.BuildOptions{Layout: flk.LayoutAttributes(), Now: func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(flk.Validate(p, nil).List), "findings")
	if err := flk.Encode(os.Stdout, p, nil); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0 findings
	// <?xml version="1.0" encoding="UTF-8"?>
	// <flk>
	//   <service>
	//     <file file_id="64311220260302100000" info_type="ТСФЛК" version="2.0"/>
	//     <sender surname="Иванова" name="Анна" phone="+7 495 000-00-00"/>
	//   </service>
	//   <info>
	//     <document id_document="4a831b75-ce0b-40f9-ac69-be7e4b164f72">
	//       <source_file file_id="11264320260301120000" recieve_date="01.03.2026" info_type="ТС" processing_result="03" docs_count_all="3" docs_count_ok="2" file_name="11264320260301120000"/>
	//       <errors>
	//         <error error_code="E01" error_text="Неверный ИНН" error_position="/file/statement[2]/inn"/>
	//       </errors>
	//     </document>
	//   </info>
	// </flk>
}

// The schema of a layout, for a partner who checks with tools of their own.
func ExampleAppendXSD() {
	xsd, err := flk.AppendXSD(nil, flk.LayoutAttributes(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Contains(xsd, []byte(`name="processing_result"`)))
	// Output:
	// true
}

// Protocols that came in a ZIP file; names in it are never used as paths.
func ExampleOpenArchive() {
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	member, _ := w.Create("protocol.xml")
	fmt.Fprint(member, `<flk><info><document><id_document>4a831b75-ce0b-40f9-ac69-be7e4b164f72</id_document></document></info></flk>`)
	w.Close()

	a, err := flk.OpenArchive(bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for m, err := range a.Protocols() {
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := flk.Decode(m.Reader, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.Name, p.Documents[0].ID)
	}
	// Output:
	// protocol.xml 4a831b75-ce0b-40f9-ac69-be7e4b164f72
}
