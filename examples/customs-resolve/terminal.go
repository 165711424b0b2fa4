package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/scenario"
)

// words are the terminal's own words in a language.
type words struct {
	pick, yesNo, enter, main, border, none string
	yes, no                                []string
	done, substitute, cancelled            string
	user, profile, post, versions, store   string
	switchTo, because, step, expected      string
}

var wordsOf = map[string]words{
	"ru": {
		pick: "Номер или название (q отменяет)", yesNo: "да/нет (q отменяет)", enter: "Enter продолжает, q отменяет",
		main: "Основной пост", border: "Приграничный пост", none: "- оставляет пустым",
		yes: []string{"д", "да", "y", "yes"}, no: []string{"н", "нет", "n", "no"},
		done: "Решение:", substitute: "Вместо сообщения отправьте запрос истории процедуры (HISTORY), затем повторите решение.", cancelled: "Отправка отменена, ничего не сохранено.",
		user: "пользователь", profile: "профиль", post: "посты", versions: "версии", store: "сохранить", switchTo: "переключиться на",
		because: "Почему:", step: "Шаг", expected: "как ожидалось",
	},
	"en": {
		pick: "Number or name (q cancels)", yesNo: "yes/no (q cancels)", enter: "Enter goes on, q cancels",
		main: "Main post", border: "Border post", none: "- leaves it empty",
		yes: []string{"y", "yes"}, no: []string{"n", "no"},
		done: "Decision:", substitute: "Send a request for the history of the procedure (HISTORY) instead, then resolve again.", cancelled: "Cancelled; nothing is stored.",
		user: "user", profile: "profile", post: "posts", versions: "versions", store: "store", switchTo: "switch to",
		because: "Why:", step: "Step", expected: "as expected",
	},
}

// terminal asks the questions of a decision.
type terminal struct {
	in   *lines
	out  io.Writer
	lang string
}

// Ask puts one question and reads its answer; the end of the input cancels.
func (t *terminal) Ask(ctx context.Context, p customs.Prompt) (customs.Answer, error) {
	w := wordsOf[t.lang]
	fmt.Fprintln(t.out)
	if p.Problem != nil {
		fmt.Fprintln(t.out, "! "+p.Problem.Message(t.lang))
	}
	fmt.Fprintf(t.out, "%s (%s)\n", p.Text(t.lang), p.ID)
	for i, c := range p.Choices {
		fmt.Fprintf(t.out, "  %d) %s\n", i+1, p.ChoiceText(c, t.lang))
	}
	switch p.ID {
	case customs.P3, customs.P6:
		return t.yesNo(ctx, w)
	case customs.P5:
		if _, ok := t.line(ctx, w.enter); !ok {
			return customs.Cancel(), nil
		}
		return customs.Acknowledge(), nil
	case customs.P7:
		return t.posts(ctx, &p, w)
	}
	text, ok := t.line(ctx, w.pick)
	if !ok {
		return customs.Cancel(), nil
	}
	// A name wins over a number: ids may be numbers.
	for _, c := range p.Choices {
		if c == text {
			return customs.Choose(c), nil
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(p.Choices) {
		text = p.Choices[n-1]
	}
	return customs.Choose(text), nil
}

func (t *terminal) yesNo(ctx context.Context, w words) (customs.Answer, error) {
	text, ok := t.line(ctx, w.yesNo)
	if !ok {
		return customs.Cancel(), nil
	}
	for _, yes := range w.yes {
		if strings.EqualFold(text, yes) {
			return customs.Yes(), nil
		}
	}
	for _, no := range w.no {
		if strings.EqualFold(text, no) {
			return customs.No(), nil
		}
	}
	return customs.Answer{}, nil // asked again with the reason
}

func (t *terminal) posts(ctx context.Context, p *customs.Prompt, w words) (customs.Answer, error) {
	main, ok := t.field(ctx, w.main, p.Defaults.Main, w.none)
	if !ok {
		return customs.Cancel(), nil
	}
	border := ""
	if !p.MainOnly {
		if border, ok = t.field(ctx, w.border, p.Defaults.Border, w.none); !ok {
			return customs.Cancel(), nil
		}
	}
	return customs.EnterPosts(main, border), nil
}

func (t *terminal) field(ctx context.Context, label, value, none string) (string, bool) {
	if value != "" {
		label += " [" + value + "; " + none + "]"
	}
	text, ok := t.line(ctx, label)
	switch text {
	case "":
		text = value
	case "-":
		text = ""
	}
	return text, ok
}

// line asks for a line; false means cancelled.
func (t *terminal) line(ctx context.Context, label string) (string, bool) {
	fmt.Fprintf(t.out, "%s: ", label)
	text, ok := t.in.next(ctx)
	text = strings.TrimSpace(text)
	return text, ok && text != "q" && text != "й"
}

// lines reads lines while a context may end the wait: a read from a terminal
// cannot be interrupted, so it runs beside.
type lines struct{ c chan string }

func newLines(r io.Reader) *lines {
	l := &lines{make(chan string)}
	go func() {
		s := bufio.NewScanner(r)
		for s.Scan() {
			l.c <- s.Text()
		}
		close(l.c)
	}()
	return l
}

func (l *lines) next(ctx context.Context) (string, bool) {
	select {
	case text, ok := <-l.c:
		return text, ok
	case <-ctx.Done():
		return "", false
	}
}

var _ customs.Prompter = (*terminal)(nil)

// interactive decides one set of facts with the person at the terminal.
func interactive(ctx context.Context, name, lang string, in io.Reader, out io.Writer) (int, error) {
	text, err := readFile(name, in)
	if err != nil {
		return exitUsage, err
	}
	f, err := customs.ParseFacts(text)
	if wrong, ok := errors.AsType[*customs.Error](err); ok {
		return exitUsage, fmt.Errorf("%s: %s", name, errorTextIn(wrong, lang))
	}
	if name == "-" {
		in = strings.NewReader("") // stdin is used up: every question is cancelled
	}
	t := &terminal{newLines(in), out, lang}
	var answers []customs.Answer
	step := customs.Resolve(f, nil, nil)
	for step.Outcome == customs.OutcomeNeedAnswer {
		a, err := t.Ask(ctx, step.Prompt)
		if err != nil || len(answers) == customs.MaxAnswers {
			a = customs.Cancel()
		}
		answers = append(answers, a)
		step = customs.Resolve(f, answers, nil)
	}
	show(out, &step, lang)
	switch step.Outcome {
	case customs.OutcomeFailed:
		return exitRefused, errors.New(errorTextIn(step.Err, lang))
	case customs.OutcomeCancelled:
		return exitCancelled, nil
	}
	return 0, nil
}

func errorTextIn(err *customs.Error, lang string) string {
	return err.Message(lang) + " (" + err.Code() + ")"
}

func readFile(name string, in io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(in, customs.MaxFacts+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, scenario.MaxFile+1))
}

// show prints a decision and its reasons.
func show(out io.Writer, step *customs.Step, lang string) {
	w, d := wordsOf[lang], &step.Decision
	fmt.Fprintln(out)
	switch step.Outcome {
	case customs.OutcomeDone:
		fmt.Fprintln(out, w.done)
		for _, m := range [][2]string{{w.user, d.User}, {w.profile, d.Profile}, {w.post, strings.Trim(d.Main+" / "+d.Border, " /")},
			{w.versions, d.Format + " / " + d.Spec}, {w.switchTo, d.SwitchTo}, {w.store, d.Persist.String()}} {
			if m[1] != "" {
				fmt.Fprintf(out, "  %s: %s\n", m[0], m[1])
			}
		}
	case customs.OutcomeSubstitute:
		fmt.Fprintln(out, w.substitute)
	case customs.OutcomeCancelled:
		fmt.Fprintln(out, w.cancelled)
	}
	fmt.Fprintln(out, w.because)
	for _, r := range d.Explain(lang) {
		fmt.Fprintf(out, "  %-4s %s\n", r.ID, r.Text)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(out, "  !    %s\n", n.Text(lang))
	}
}

// replayFile plays a scenario and says where it differs.
func replayFile(ctx context.Context, name, lang string, in io.Reader, out io.Writer) (int, error) {
	text, err := readFile(name, in)
	if err != nil {
		return exitUsage, err
	}
	s, err := scenario.Parse(text)
	if err != nil {
		return exitUsage, fmt.Errorf("%s: %w", name, err)
	}
	w := wordsOf[lang]
	n := 0
	err = s.Play(ctx, nil, func(p *scenario.Played) bool {
		n++
		fmt.Fprintf(out, "%s %d. %s: %s %s\n", w.step, n, p.Step.Title, p.Result.Outcome, strings.Join(p.Result.Decision.Rules, " "))
		for _, err := range p.Unexpected {
			fmt.Fprintf(out, "  ! %v\n", err)
		}
		return true
	})
	if err != nil {
		return exitRefused, fmt.Errorf("%s: the replay is not as expected", name)
	}
	fmt.Fprintf(out, "%d: %s\n", n, w.expected)
	return 0, nil
}
