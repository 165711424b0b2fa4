package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const customsFacts = `{"kind":"DECL","initiative":"USER","message":"OPEN","role":"INITIATING","currentUser":"u1",` +
	`"users":[{"id":"u1","profiles":["p1","p2"]}],"clientPost":{"main":"10000010","border":""},` +
	`"settings":{"post":"10000020","format":"5.1.0","spec":"3.3.0"},` +
	`"reference":{"user":"u1","profile":"p1","main":"10000030","border":"","format":"5.0.8","spec":"3.2.0"}}`

// TestCustomsBatch holds the contract's own example word by word, and a file of
// lines in both modes as golden files.
func TestCustomsBatch(t *testing.T) {
	got := run(t, ".", customsFacts+"\n", "customs-resolve", "-batch")
	const want = `{"outcome":"DONE","phase":"PRIMARY","rules":["PH1","U1","C1","V1","S1"],"prompts":["P1"],"user":"u1","profile":"p1","main":"10000010","border":"",` +
		`"format":"5.1.0","spec":"3.3.0","persist":"create","switchTo":"","substitute":"","notes":[],"error":""}` + "\n"
	if got.stdout != want || got.stderr != "" || got.code != 0 {
		t.Errorf("got %q %q %d", got.stdout, got.stderr, got.code)
	}
	lines, err := os.ReadFile(filepath.Join("testdata", "customs-resolve", "facts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"first", "decline"} {
		got := run(t, ".", string(lines), "customs-resolve", "-batch", "-answers", mode)
		golden(t, "customs-resolve/"+mode+".jsonl", got.stdout)
		if got.code != 0 || got.stderr != "" {
			t.Errorf("%s: %d %q", mode, got.code, got.stderr)
		}
	}
}

// TestCustomsBatchInput: odd lines get an answer each and the run goes on.
func TestCustomsBatchInput(t *testing.T) {
	long := `{"kind":"` + strings.Repeat("x", 5<<20) + `"}`
	in := "\ufeff" + customsFacts + "\r\n\r\n  \nnot JSON\n" + long + "\n" + customsFacts
	got := run(t, ".", in, "customs-resolve", "-batch")
	var outcomes []string
	for line := range strings.Lines(got.stdout) {
		var l struct {
			Outcome, Phase, Error string
			Rules                 []string
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, l.Outcome+" "+strings.Join(l.Rules, " "))
		if l.Outcome == "ERROR" && (l.Phase != "" || !strings.HasPrefix(l.Error, "CUSTOMS-FACTS-UNREADABLE: ")) {
			t.Errorf("%s", line)
		}
	}
	if want := "DONE PH1 U1 C1 V1 S1,ERROR G3,ERROR G3,DONE PH1 U1 C1 V1 S1"; strings.Join(outcomes, ",") != want || got.code != 0 {
		t.Errorf("%q, code %d", outcomes, got.code)
	}
	if empty := run(t, ".", "", "customs-resolve", "-batch"); empty.stdout != "" || empty.code != 0 {
		t.Errorf("empty input: %+v", empty)
	}
}

func TestCustomsTable(t *testing.T) {
	got := run(t, ".", "", "customs-resolve", "-table")
	golden(t, "customs-resolve/table.md", got.stdout)
}

// TestCustomsTerminal plays conversations on the terminal in both languages.
func TestCustomsTerminal(t *testing.T) {
	dir := t.TempDir()
	facts := strings.Replace(customsFacts, `"OPEN"`, `"HISTORY"`, 1)
	before, _, _ := strings.Cut(facts, `,"reference"`)
	if err := os.WriteFile(filepath.Join(dir, "facts.json"), []byte(before+"}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
	}{
		{"terminal-ru", "u9\n1\np2\n12345\n\n\n10000060\n", nil, 0},
		{"terminal-en", "1\n2\n\n-\n", []string{"-lang", "en"}, 0},
		{"terminal-cancelled", "1\nq\n", nil, 3},
		{"terminal-end-of-input", "1\n", nil, 3},
	} {
		got := run(t, dir, c.stdin, "customs-resolve", append(c.args, "facts.json")...)
		golden(t, "customs-resolve/"+c.name+".txt", got.stdout)
		if got.code != c.code || got.stderr != "" {
			t.Errorf("%s: code %d, stderr %q", c.name, got.code, got.stderr)
		}
	}
}

func TestCustomsUsage(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad.json"), []byte(`{"kind":"X"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	refused := strings.Replace(customsFacts, `"USER"`, `"AUTO"`, 1)
	if err := os.WriteFile(filepath.Join(dir, "refused.json"), []byte(refused), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		code   int
		stderr string
	}{
		{[]string{"-h"}, 0, "Usage:"},
		{nil, 2, "customs-resolve -h"},
		{[]string{"-batch", "-answers", "maybe"}, 2, "first nor decline"},
		{[]string{"-batch", "-table"}, 2, "is needed"},
		{[]string{"-nonsense"}, 2, "-nonsense"},
		{[]string{"missing.json"}, 2, "missing.json"},
		{[]string{"bad.json"}, 2, "CUSTOMS-FACTS-INVALID"},
		{[]string{"refused.json"}, 1, "CUSTOMS-PRIMARY-BY-USER"},
		{[]string{"-replay", "bad.json"}, 2, "bad.json"},
	} {
		got := run(t, dir, "", "customs-resolve", c.args...)
		if got.code != c.code || !strings.Contains(got.stderr, c.stderr) {
			t.Errorf("%q: code %d, stderr %q", c.args, got.code, got.stderr)
		}
	}
}

func TestCustomsReplay(t *testing.T) {
	file := filepath.Join("..", "customs", "scenario", "testdata", "source.json")
	got := run(t, ".", "", "customs-resolve", "-replay", file)
	golden(t, "customs-resolve/replay.txt", got.stdout)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.json")
	if err := os.WriteFile(broken, bytes.Replace(text, []byte(`"PH5", "U5"`), []byte(`"PH5", "U4"`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(t, ".", "", "customs-resolve", "-replay", "-lang", "en", broken); got.code != 1 || !strings.Contains(got.stdout, "steps[2]") {
		t.Errorf("a scenario that fails: %s", fmt.Sprint(got))
	}
}
