package scenario_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/customs/scenario"
)

// prose is English in a Russian text.
var prose = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

func source(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "source.json"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSource replays the source paragraph by paragraph: each sub-test is named
// by the heading of its paragraph, and the steps lean on what was stored before.
func TestSource(t *testing.T) {
	s, err := scenario.Parse(source(t))
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	err = s.Play(t.Context(), nil, func(p *scenario.Played) bool {
		played++
		t.Run(p.Step.Quote+" / "+p.Step.Title, func(t *testing.T) {
			for _, err := range p.Unexpected {
				t.Error(err)
			}
		})
		return true
	})
	if err != nil || played != len(s.Steps) {
		t.Errorf("%d of %d steps: %v", played, len(s.Steps), err)
	}
}

// TestPlayNoticesDifferences breaks the expectation of a step in each way.
func TestPlayNoticesDifferences(t *testing.T) {
	for _, c := range [][2]string{
		{`"persist": "create"`, `"persist": "update"`},
		{`"PH1", "G1", "S9"`, `"PH1", "G2", "S9"`},
		{`"CUSTOMS-PRIMARY-BY-USER"`, `"CUSTOMS-NO-PROFILES"`},
		{`"stored": {"user": "ivanov"`, `"stored": {"user": "petrova"`},
		{`"answers": [{"prompt": "P1", "choose": "main"}], `, ``},
		{`"prompt": "P1", "choose": "main"`, `"prompt": "P2", "choose": "main"`},
	} {
		text := strings.Replace(string(source(t)), c[0], c[1], 1)
		if text == string(source(t)) {
			t.Fatalf("%s is not in the scenario", c[0])
		}
		s, err := scenario.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Play(t.Context(), nil, nil)
		if e, ok := errors.AsType[*scenario.Error](err); !ok || !strings.HasPrefix(e.Path(), "steps[") || e.Message("ru") == "" || prose.MatchString(e.Message("ru")) {
			t.Errorf("%s: %v", c[1], err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no steps":       `{"name":"x"}`,
		"unknown member": `{"nome":"x","steps":[{}]}`,
		"unknown kind":   `{"steps":[{"kind":"X"}]}`,
		"two answers":    `{"steps":[{"answers":[{"prompt":"P1","choose":"a","do":"yes"}]}]}`,
		"no answer":      `{"steps":[{"answers":[{"prompt":"P1"}]}]}`,
		"unknown do":     `{"steps":[{"answers":[{"prompt":"P1","do":"maybe"}]}]}`,
	} {
		if _, err := scenario.Parse([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzScenario(f *testing.F) {
	f.Add(source(f))
	f.Add([]byte(`{"steps":[{"protocol":"A","kind":"EAD"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := scenario.Parse(text)
		if err != nil {
			if _, ok := errors.AsType[*scenario.Error](err); !ok {
				t.Fatalf("foreign error %v", err)
			}
			return
		}
		_ = s.Play(t.Context(), nil, nil) // must end without a panic
	})
}

func Example() {
	s, err := scenario.Parse([]byte(`{"users": [{"id": "ivanov", "profiles": ["main", "spare"]}], "currentUser": "ivanov",
		"settings": {"post": "10000020", "format": "5.1.0", "spec": "3.3.0"},
		"steps": [{"title": "open", "protocol": "A", "kind": "DECL", "initiative": "USER", "message": "OPEN",
			"answers": [{"prompt": "P1", "choose": "spare"}], "expect": {"profile": "spare"}}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = s.Play(context.Background(), nil, func(p *scenario.Played) bool {
		fmt.Println(p.Step.Title, p.Result.Outcome, p.Result.Decision.Rules)
		return true
	})
	fmt.Println(err)
	// Output:
	// open DONE [PH1 U1 C2 V1 S1]
	// <nil>
}
