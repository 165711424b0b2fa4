package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/obmen-go/obmen/flk"
)

// outcomesFile is the public form of outcomes.json.
type outcomesFile struct {
	Sender   string `json:"sender"`
	Receiver string `json:"receiver"`
	Person   struct {
		Surname    string `json:"surname"`
		Name       string `json:"name"`
		Patronymic string `json:"patronymic"`
		Phone      string `json:"phone"`
		Email      string `json:"email"`
	} `json:"person"`
	Source struct {
		FileID   string `json:"file_id"`
		FileName string `json:"file_name"`
		Received string `json:"received"`
	} `json:"source"`
	Documents []struct {
		ID     string `json:"id"`
		Total  int    `json:"total"`
		Errors []struct {
			Element       int    `json:"element"`
			Code          string `json:"code"`
			Text          string `json:"text"`
			Value         string `json:"value"`
			Position      string `json:"position"`
			LastSucceeded string `json:"last_succeeded"`
		} `json:"errors"`
	} `json:"documents"`
}

const sample = `outcomes.json:

  {"sender":"643","receiver":"112","person":{"surname":"Иванова","name":"Анна","patronymic":"","phone":"+7 495 123-45-67","email":""},
   "source":{"file_id":"11264320260301120000","file_name":"11264320260301120000","received":"2026-03-01"},
   "documents":[{"id":"4a831b75-ce0b-40f9-ac69-be7e4b164f72","total":3,
     "errors":[{"element":1,"code":"E01","text":"Неверный ИНН","value":"7","position":"/file/statement[1]/inn"}]}]}`

func makeProtocol(args []string) int {
	fs := flags("flk-report make [flags] outcomes.json", "Writes a protocol from what a check came to.\n\n"+sample)
	layoutName := fs.String("layout", "elements", "`LAYOUT`: elements, attributes, compact")
	now := fs.String("now", "", "`TIME` of the protocol, RFC 3339 (default: now)")
	out := fs.String("o", "", "write to `FILE` instead of the standard output")
	if code, ok := parse(fs, args, 1); !ok {
		return code
	}
	layout, ok := flk.LayoutNamed(*layoutName)
	if !ok {
		return usage("unknown layout %q: use elements, attributes or compact", *layoutName)
	}
	o := &flk.BuildOptions{Layout: layout}
	if *now != "" {
		at, err := time.Parse(time.RFC3339, *now)
		if err != nil {
			return usage("-now %q is no RFC 3339 time such as 2026-03-02T09:30:00+03:00", *now)
		}
		o.Now = func() time.Time { return at }
	}
	outcomes, err := readOutcomes(fs.Arg(0))
	if err != nil {
		return fail(err)
	}
	p, err := flk.Build(outcomes, o)
	if err != nil {
		return fail(&contentError{err})
	}
	found := flk.Validate(p, nil)
	for i := range found.List {
		fmt.Fprintf(os.Stderr, "flk-report: %s\n", found.List[i].String())
	}
	if err := found.Err(); err != nil {
		return fail(&contentError{errors.New("these outcomes make no valid protocol: correct them; nothing was written")})
	}
	if err := write(*out, []string{fs.Arg(0)}, func(w io.Writer) error { return flk.Encode(w, p, nil) }); err != nil {
		return fail(err)
	}
	return 0
}

func readOutcomes(path string) (*flk.Outcomes, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in outcomesFile
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	err = dec.Decode(&in)
	switch {
	case errors.Is(err, io.EOF):
		return nil, &contentError{fmt.Errorf("%s is empty: it must hold the outcomes as a JSON object", path)}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &contentError{fmt.Errorf("%s ends in the middle of its JSON object", path)}
	case err != nil:
		return nil, &contentError{fmt.Errorf("%s, byte %d: %w", path, dec.InputOffset(), err)}
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, &contentError{fmt.Errorf("%s: something follows the object", path)}
	}
	received, ok := flk.Date(in.Source.Received).Time()
	if !ok {
		return nil, &contentError{fmt.Errorf("%s: source.received %q is no date such as 2026-03-01", path, in.Source.Received)}
	}
	out := &flk.Outcomes{
		SenderCountry: in.Sender, ReceiverCountry: in.Receiver,
		Person: flk.Sender{Surname: in.Person.Surname, Name: in.Person.Name, Patronymic: in.Person.Patronymic,
			Phone: in.Person.Phone, Email: in.Person.Email},
		SourceFileID: flk.FileID(in.Source.FileID), SourceFileName: in.Source.FileName, Received: received,
	}
	for _, d := range in.Documents {
		doc := flk.Outcome{ID: d.ID, Total: d.Total}
		for _, e := range d.Errors {
			doc.Errors = append(doc.Errors, flk.OutcomeError{Element: e.Element, Code: e.Code, Text: e.Text,
				Value: e.Value, Position: e.Position, LastSucceeded: e.LastSucceeded})
		}
		out.Documents = append(out.Documents, doc)
	}
	return out, nil
}
