package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"

	"github.com/obmen-go/obmen/kmazs/office"
)

// planLine is a line of the plan as the contract has it.
type planLine struct {
	N                 int           `json:"n"`
	Action            office.Action `json:"action"`
	By                office.By     `json:"by"`
	Number            int           `json:"number"`
	Changes           changes       `json:"changes"`
	Code              string        `json:"code"`
	Reason            string        `json:"reason"`
	Reused            bool          `json:"reused,omitzero"`
	CreatesDepartment string        `json:"createsDepartment,omitzero"`
}

// changes is an object whose keys keep the order of the field table.
type changes []office.Change

// MarshalJSON writes {"DAYLIMIT":["100","200"]}.
func (c changes) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, change := range c {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, text := range []string{change.Field.String(), change.From, change.To} {
			b.WriteString([]string{"", ":[", ","}[j])
			quoted, err := quote(text)
			if err != nil {
				return nil, err
			}
			b.Write(quoted)
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func quote(text string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(text)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// printPlan prints a line a record, then one an account to be locked.
func printPlan(plan *office.Plan) error {
	out := bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for line := range plan.Lines() {
		err := enc.Encode(planLine{
			N: line.N, Action: line.Action, By: line.By, Number: line.Number,
			Changes: line.Changes, Code: line.Code, Reason: line.Reason("ru"),
			Reused: line.Reused, CreatesDepartment: line.CreatesDepartment,
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}
