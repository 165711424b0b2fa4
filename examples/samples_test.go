package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is the input that a program's help shows.
func sample(t *testing.T, dir, file, name string, args ...string) {
	t.Helper()
	r := run(t, dir, "", name, append(args, "-h")...)
	help := r.stdout + r.stderr
	at := strings.Index(help, "\n  {\"")
	if r.code != 0 || at < 0 {
		t.Fatalf("%s -h: exit %d, no sample in\n%s", name, r.code, help)
	}
	var text json.RawMessage
	if err := json.NewDecoder(strings.NewReader(help[at:])).Decode(&text); err != nil {
		t.Fatalf("%s -h: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestSamples: whoever copies the sample out of the help has an input that works.
func TestSamples(t *testing.T) {
	dir := t.TempDir()
	works := func(name string, args ...string) {
		t.Helper()
		if r := run(t, dir, "", name, args...); r.code != 0 {
			t.Errorf("%s %q: exit %d, %s%s", name, args, r.code, r.stdout, r.stderr)
		}
	}
	sample(t, dir, "receipt.json", "marking-sale")
	works("marking-sale", "-dry-run", "receipt.json")
	sample(t, dir, "dir.json", "kmazs-office")
	sample(t, dir, "users.json", "kmazs-import")
	works("kmazs-import", "-directory", "dir.json", "users.json")
	sample(t, dir, "sent.json", "kmazs-send")
	works("kmazs-import", "-directory", "dir.json", "sent.json")
	if err := os.WriteFile(filepath.Join(dir, "empty.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	works("kmazs-import", "-directory", "empty.json", "users.json")
	sample(t, dir, "outcomes.json", "flk-report", "make")
	works("flk-report", "make", "-o", "protocol.xml", "outcomes.json")
	sample(t, dir, "facts.json", "customs-resolve")
	text, err := os.ReadFile(filepath.Join(dir, "facts.json"))
	if err != nil {
		t.Fatal(err)
	}
	line := strings.ReplaceAll(string(text), "\n", " ") + "\n"
	if r := run(t, dir, line, "customs-resolve", "-batch"); r.code != 0 || !strings.Contains(r.stdout, `"outcome":"DONE"`) {
		t.Errorf("customs-resolve: exit %d, %s%s", r.code, r.stdout, r.stderr)
	}
	if r := run(t, dir, "010467000816368521bvSqkCsuoAyR591EE0992bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=\n", "marking-scan"); r.code != 0 || strings.Contains(r.stdout, "UNKNOWN") {
		t.Errorf("marking-scan: %s", r.stdout)
	}
}
