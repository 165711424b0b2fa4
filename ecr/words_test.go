package ecr_test

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// english finds a word that a cashier who reads Russian would stumble over.
var english = regexp.MustCompile(`[A-Za-z]{3,}`)

func TestWords(t *testing.T) {
	t.Run("E12 phases and limits are worded in the language asked for", func(t *testing.T) {
		for p := ecr.PhaseQueue; p <= ecr.PhaseInterByte; p++ {
			e := ecr.NewError(ecr.CodeDeviceGone, ecr.Details{Phase: p})
			if ru := e.Message("ru"); english.MatchString(ru) || !strings.Contains(ru, p.Words("ru")) {
				t.Errorf("%v: %q", p, ru)
			}
			if en := e.Error(); !strings.Contains(en, p.String()) {
				t.Errorf("%v: %q", p, en)
			}
		}
		for d, want := range map[time.Duration]string{
			10 * time.Second: "10 с", 1500 * time.Millisecond: "1,5 с", 5 * time.Minute: "5 мин", 90 * time.Second: "90 с",
			100 * time.Millisecond: "100 мс", time.Microsecond: "меньше 1 мс",
		} {
			if got := ecr.NewError(ecr.CodeAnswerTimeout, ecr.Details{Limit: d}).Message("ru"); !strings.Contains(got, "за "+want+" ·") {
				t.Errorf("%v: %q, want %q in it", d, got, want)
			}
		}
		if got := ecr.Phase(99).Words("ru"); got != "Phase(99)" {
			t.Error(got)
		}
	})
	t.Run("E12 what is wrong with an address is told in Russian too", func(t *testing.T) {
		for _, s := range []string{"", "x://", "tcp://", "tcp://h:0", "serial://", "serial://a?b=1", "serial://a?baud=x", "serial://a?mode=x", "serial://a?baud=1&baud=2", "serial://a?%zz"} {
			_, err := ecr.ParseAddress(s)
			e, ok := errors.AsType[*ecr.Error](err)
			if !ok {
				t.Fatalf("%q: %v", s, err)
			}
			text := e.Message("ru")
			_, text, _ = strings.Cut(text, "»") // the address itself
			for _, name := range []string{"tcp", "serial", "host", "port", "dev", "ttyUSB", "COM", "baud", "mode"} {
				text = strings.ReplaceAll(text, name, "")
			}
			if english.MatchString(text) {
				t.Errorf("%q: %q", s, e.Message("ru"))
			}
		}
	})
	t.Run("E12 a phrase has a value in each language, secrets stay out", func(t *testing.T) {
		p := ecr.Phrase{EN: "{n} of {s}", RU: "{n} из {s}", Args: []ecr.Arg{{Name: "n", Value: 3}, {Name: "s", Value: "x", Secret: true}}}
		if p.String() != "3 of ***" || p.Words("ru") != "3 из ***" || p.IsZero() || !(ecr.Phrase{}).IsZero() {
			t.Errorf("%q %q", p, p.Words("ru"))
		}
		if got := ecr.Say("{2} {1}", "{1} {2}", "a", ecr.PhaseACK).Words("ru"); got != "a ожидание подтверждения" {
			t.Error(got)
		}
	})
}

func TestClass(t *testing.T) {
	t.Run("E15 classes have a name and an advice in two languages", func(t *testing.T) {
		for c := ecr.ClassUnknown; c <= ecr.ClassProgramming; c++ {
			text, err := c.MarshalText()
			var again ecr.Class
			if err != nil || again.UnmarshalText(text) != nil || again != c {
				t.Errorf("%v is written %s and read as %v", int(c), text, again)
			}
			if english.MatchString(c.Advice("ru")) || c.Advice("ru") == "" || c.Advice("en") == c.Advice("ru") {
				t.Errorf("%v: %q", c, c.Advice("ru"))
			}
		}
		var c ecr.Class
		if err := c.UnmarshalText([]byte("x")); !hasCode(err, ecr.CodeName) {
			t.Error(err)
		}
		if ecr.Class(-1).String() != "Class(-1)" || ecr.Class(9).Advice("en") == "" {
			t.Error("a strange class")
		}
	})
}

func TestVerdict(t *testing.T) {
	t.Run("E11 verdicts go there and back", func(t *testing.T) {
		for v := ecr.Verdict(0); v <= ecr.Undecidable; v++ {
			text, err := v.MarshalText()
			var again ecr.Verdict
			if err != nil || again.UnmarshalText(text) != nil || again != v {
				t.Errorf("%v is written %s and read as %v", int(v), text, again)
			}
		}
		var v ecr.Verdict
		if err := v.UnmarshalText([]byte("x")); !hasCode(err, ecr.CodeName) || ecr.Verdict(7).String() != "Verdict(7)" {
			t.Error(err)
		}
	})
	t.Run("E11 a lost command tells what its exchange told", func(t *testing.T) {
		inner := ecr.NewError(ecr.CodeAnswerTimeout, ecr.Details{Path: "command 50", Outcome: ecr.Unknown, Cause: io.EOF})
		e := ecr.NewLost(7, error(inner))
		if e.Baseline != 7 || e.Error() != inner.Error() || e.Code() != inner.Code() || e.Path() != inner.Path() ||
			e.Message("ru") != inner.Message("ru") || !errors.Is(e, io.EOF) || ecr.OutcomeOf(e) != ecr.Unknown || e.SafeToRetry() {
			t.Errorf("%v", e)
		}
		if e := ecr.NewLost(7, io.EOF); e.Code() == "" || e.Message("ru") == "" || !errors.Is(e, io.EOF) {
			t.Errorf("%v", e)
		}
	})
}
