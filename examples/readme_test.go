package examples

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking/session/flow"
)

// TestReadme holds the README against the code: each Go snippet stands line by
// line in an Example function, which the tests compile and run; each package and
// program that it names exists, and each program is named.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)

	t.Run("snippets are compiled", func(t *testing.T) {
		var examples []string
		err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "example_test.go" {
				source, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				examples = append(examples, unindented(string(source)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for rest := readme; ; {
			_, after, ok := strings.Cut(rest, "```go\n")
			if !ok {
				break
			}
			snippet, after, _ := strings.Cut(after, "```")
			rest = after
			found++
			compiled := false
			for _, e := range examples {
				compiled = compiled || strings.Contains(e, unindented(snippet))
			}
			if !compiled {
				t.Errorf("no Example function holds this snippet:\n%s", snippet)
			}
		}
		if found < 3 {
			t.Errorf("%d snippets, and three quick starts are promised", found)
		}
	})

	t.Run("the picture of a receipt is drawn from its table", func(t *testing.T) {
		if !strings.Contains(readme, "```mermaid\n"+strings.TrimSpace(flow.Mermaid(flow.Receipts))+"\n```") {
			t.Errorf("the README's diagram is not\n%s", flow.Mermaid(flow.Receipts))
		}
	})

	t.Run("packages exist", func(t *testing.T) {
		for _, part := range strings.Split(readme, "](")[1:] {
			target, _, _ := strings.Cut(part, ")")
			if strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(target))); err != nil {
				t.Errorf("the README links to %s: %v", target, err)
			}
		}
	})

	t.Run("programs are named", func(t *testing.T) {
		for _, p := range listPackages(t) {
			if p.Name != "main" || domain(strings.TrimPrefix(p.ImportPath, module+"/")) != "examples" {
				continue
			}
			if name := filepath.Base(p.ImportPath); !strings.Contains(readme, "| `"+name+"` |") {
				t.Errorf("the program %s is not in the README's table", name)
			}
		}
	})
}

// unindented drops the white space at the beginning of each line.
func unindented(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.TrimLeft(line, " \t"))
	}
	return b.String()
}
