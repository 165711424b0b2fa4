package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTour runs the module's main job as its README says, and reads what it left.
func TestTour(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "day.html")
	began := time.Now()
	r := run(t, dir, "", "tour", "-html", page)
	took := time.Since(began)
	if r.code != 0 || r.stderr != "" {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	// The contract says 10 s, an idle machine needs 2.
	if took > 30*time.Second {
		t.Errorf("took %v", took)
	}
	acts := regexp.MustCompile(`(?m)^Акт (\d)\. \S.*$`).FindAllStringSubmatch(r.stdout, -1)
	if len(acts) != 4 {
		t.Fatalf("%d acts\n%s", len(acts), r.stdout)
	}
	for i, a := range acts {
		if a[1] != string(rune('1'+i)) {
			t.Errorf("act %s stands in place %d", a[1], i+1)
		}
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	if last := lines[len(lines)-1]; last != page {
		t.Errorf("the last line is %q, want the page's path", last)
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Данный экземпляр маркированного товара уже добавлен в чек", // a duplicate
		"gs-restored@31",   // a mark without separators
		"уже продан",       // a refused one
		"ФД 102", "ФД 103", // both receipts
		"выполнено закрытых чеков: 2", // in spite of a lost reply
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the transcript lacks %q", want)
		}
		if !strings.Contains(string(b), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if r := run(t, dir, "", "tour", "extra"); r.code != 2 || !strings.Contains(r.stderr, `unexpected argument "extra"`) {
		t.Errorf("exit %d, %s", r.code, r.stderr)
	}
}
