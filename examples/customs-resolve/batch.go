package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/obmen-go/obmen/customs"
)

// decisionLine is the output of -batch; the order of its members is the contract.
type decisionLine struct {
	Outcome    string             `json:"outcome"`
	Phase      string             `json:"phase"`
	Rules      []string           `json:"rules"`
	Prompts    []customs.PromptID `json:"prompts"`
	User       string             `json:"user"`
	Profile    string             `json:"profile"`
	Main       string             `json:"main"`
	Border     string             `json:"border"`
	Format     string             `json:"format"`
	Spec       string             `json:"spec"`
	Persist    string             `json:"persist"`
	SwitchTo   string             `json:"switchTo"`
	Substitute string             `json:"substitute"`
	Notes      []string           `json:"notes"`
	Error      string             `json:"error"`
}

// batch answers each non-blank line of facts with one line.
func batch(in io.Reader, out io.Writer, answer func(*customs.Prompt) customs.Answer) error {
	r := bufio.NewReader(in)
	w := bufio.NewWriter(out)
	for n := 1; ; n++ {
		line, err := readLine(r)
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := writeLine(w, decide(line, answer)); err != nil {
				return err
			}
		}
		// An interactive peer gets its answer before it sends the next line.
		if r.Buffered() == 0 || err != nil {
			if err := w.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// readLine returns a line of any length, but keeps only so much of it that
// ParseFacts sees that it is too long.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), max(0, customs.MaxFacts+2-len(line)))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// decide resolves one line of facts and answers its questions.
func decide(line []byte, answer func(*customs.Prompt) customs.Answer) decisionLine {
	f, err := customs.ParseFacts(line)
	if wrong, ok := errors.AsType[*customs.Error](err); ok {
		return decisionLine{Outcome: customs.OutcomeFailed.String(), Rules: []string{"G3"}, Persist: customs.ActionNone.String(), Error: errorText(wrong)}
	}
	var answers []customs.Answer
	step := customs.Resolve(f, nil, nil)
	for step.Outcome == customs.OutcomeNeedAnswer {
		answers = append(answers, answer(&step.Prompt))
		step = customs.Resolve(f, answers, nil)
	}
	return describe(&step)
}

func describe(step *customs.Step) decisionLine {
	d := &step.Decision
	l := decisionLine{
		Outcome: step.Outcome.String(), Phase: d.Phase.String(), Rules: d.Rules, Prompts: d.Prompts,
		User: d.User, Profile: d.Profile, Main: d.Main, Border: d.Border, Format: d.Format, Spec: d.Spec,
		Persist: d.Persist.String(), SwitchTo: d.SwitchTo, Substitute: d.Substitute.String(),
	}
	if step.Outcome == customs.OutcomeCancelled {
		l.Rules = l.Rules[:len(l.Rules)-1] // the contract: up to the prompt, without S9
	}
	for _, n := range d.Notes {
		l.Notes = append(l.Notes, n.String())
	}
	if step.Err != nil {
		l.Error = errorText(step.Err)
	}
	return l
}

func errorText(err *customs.Error) string { return err.Code() + ": " + err.Message("en") }

func writeLine(w io.Writer, l decisionLine) error {
	for _, list := range []*[]string{&l.Rules, &l.Notes} {
		if *list == nil {
			*list = []string{}
		}
	}
	if l.Prompts == nil {
		l.Prompts = []customs.PromptID{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(l)
}

// Answers that nobody has to give (-answers).
const batchPost = "10000050"

func answerFirst(p *customs.Prompt) customs.Answer {
	switch p.ID {
	case customs.P3, customs.P6:
		return customs.Yes()
	case customs.P5:
		return customs.Acknowledge()
	case customs.P7:
		return customs.EnterPosts(batchPost, "")
	}
	return customs.Choose(p.Choices[0])
}

func answerDecline(p *customs.Prompt) customs.Answer {
	switch p.ID {
	case customs.P3, customs.P6:
		return customs.No()
	case customs.P5:
		return customs.Acknowledge()
	}
	return customs.Cancel()
}
