package examples

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func TestMarkingSaleDryRun(t *testing.T) {
	t.Parallel()
	t.Run("M72 the commands in the form of the source", func(t *testing.T) {
		r := newSale(t, saleReceipt(), "-dry-run").run2()
		if r.code != 0 || r.stderr != "" {
			t.Errorf("exit %d\n%s", r.code, r.stderr)
		}
		golden(t, "marking-sale/dry-run.txt", r.stdout)
	})
	t.Run("M72 with the tags of the permit check it is the source's listing", func(t *testing.T) {
		p := newPermits(t)
		r := newSale(t, saleReceipt(), "-dry-run", "-permit", p.cdnFlag(), "-permit-limit", "30s").run2()
		want, err := os.ReadFile("../marking/receipt/testdata/source-listing.txt")
		if err != nil {
			t.Fatal(err)
		}
		values := regexp.MustCompile(`UUID=\S+`)
		// The source scans in the other order than it sells in.
		got, source := values.ReplaceAllString(r.stdout, "UUID"), values.ReplaceAllString(string(want), "UUID")
		_, got, _ = strings.Cut(got, "SavedCount: 2\n")
		_, source, _ = strings.Cut(source, "SavedCount: 2\n")
		if r.code != 0 || got != source {
			t.Errorf("exit %d\n%s--- want\n%s%s", r.code, got, source, r.stderr)
		}
	})
	t.Run("M72 a refusal of the permit check is told", func(t *testing.T) {
		p := newPermits(t)
		p.cdn.Goods.Put(saleCode(t, seedMarkTwo), permittest.Members{"isBlocked": true})
		r := newSale(t, saleReceipt(), "-dry-run", "-permit", p.cdnFlag(), "-permit-limit", "30s").run2()
		if r.code != 0 || !strings.Contains(r.stderr, "item 1 (Инъектран): the permit check refuses: ") {
			t.Errorf("exit %d\n%s", r.code, r.stderr)
		}
	})
}

// run2 runs a dry run, whose listing holds whole marks.
func (s *sale) run2() result {
	s.t.Helper()
	cmd := program(s.t, "marking-sale", append(s.args, "receipt.json")...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "OBMEN_CDN_TOKEN="+saleCDNToken)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			s.t.Fatal(err)
		}
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func TestMarkingSaleWrongInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, err := json.Marshal(saleReceipt())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("receipt.json", string(good))
	edit := func(old, new string) string {
		if !strings.Contains(string(good), old) {
			t.Fatalf("no %s in the receipt", old)
		}
		return strings.Replace(string(good), old, new, 1)
	}
	var out strings.Builder
	show := func(title string, r result) {
		if r.code != 3 || r.stdout != "" {
			t.Errorf("%s: exit %d, %q", title, r.code, r.stdout)
		}
		text := r.stderr
		if i := strings.Index(text, "\nusage: "); i > 0 {
			text = text[:i+1] + "(usage)\n"
		}
		// What Windows says of a file that is not there.
		text = strings.ReplaceAll(text, "The system cannot find the file specified.", "no such file or directory")
		if strings.Contains(text, "geheim") {
			t.Errorf("M67 %s: %s", title, text)
		}
		fmt.Fprintf(&out, "$ %s\n%s\n", title, text)
	}
	for _, args := range []string{
		"", "-dry-run", "receipt.json", "-register 10.0.0.5 receipt.json", "-register tcp://10.0.0.5:7778 no-such.json",
		"-dry-run receipt.json receipt.json", "-dry-run -permit https://geheim.example receipt.json", "-dry-run -permit cdn+ftp://host receipt.json",
		"-dry-run -permit lm+http://user:geheim@host receipt.json", "-dry-run -permit lm+http://host?version=3 receipt.json",
		"-dry-run -permit cdn+https://a -permit cdn+https://b receipt.json", "-dry-run -guard http://:geheim@host receipt.json",
		"-dry-run -guard redis://:geheim@host/x receipt.json", "-dry-run -permit-limit 0s receipt.json", "-dry-run -permit-limit soon receipt.json",
		"-dry-run -decide maybe receipt.json", "-dry-run -patience -1s receipt.json", "-unknown",
	} {
		shown := strings.ReplaceAll(args, "geheim", "…")
		show(strings.TrimSpace("marking-sale "+shown), run(t, dir, "", "marking-sale", strings.Fields(args)...))
	}
	for _, c := range []struct{ name, text string }{
		{"empty", ""}, {"no JSON", "{\"type\":\n\"sale\",}"}, {"another value", "[]"}, {"two values", string(good) + "{}"},
		{"unknown member", edit(`"taxSystem"`, `"discount":5,"taxSystem"`)}, {"twice", edit(`"taxSystem":2`, `"taxSystem":2,"taxSystem":2`)},
		{"missing", edit(`"taxSystem":2,`, "")}, {"type", edit(`"sale"`, `"gift"`)}, {"money with a point", edit("10000", "100.00")},
		{"quantity as a number", edit(`"quantity":"1"`, `"quantity":1`)}, {"no hex", edit(`"mark":"30`, `"mark":"3x`)},
		{"no items", `{"type":"sale","taxSystem":2,"payments":{},"items":[]}`}, {"underpaid", edit("20000", "19999")},
		{"overpaid by card", edit("20000", "20001")}, {"status of a return", edit(`"status":1`, `"status":3`)},
		{"tag order", edit(`"before"`, `"behind"`)}, {"sign without a mark", edit(`"mark":"`+hex.EncodeToString(seedMarkTwo)+`",`, "")},
	} {
		write("wrong.json", c.text)
		show("receipt: "+c.name, run(t, dir, "", "marking-sale", "-dry-run", "wrong.json"))
	}
	golden(t, "marking-sale/wrong-input.txt", out.String())

	t.Run("M42 a mark that is none is refused as the source says", func(t *testing.T) {
		r := saleReceipt()
		r["items"].([]saleItem)[0]["mark"] = "3031"
		sim := startShtrih(t)
		newSale(t, r, "-register", "tcp://"+sim.addr).run().wants(t, 1,
			"refused: item 1 (Инъектран): Код товара не распознан. Попробуйте еще раз. Если это не поможет, то обратитесь в техническую поддержку")
	})
	t.Run("M41 a mark that stands twice is refused as the source says", func(t *testing.T) {
		r := saleReceipt()
		items := r["items"].([]saleItem)
		items[1]["mark"] = items[0]["mark"]
		sim := startShtrih(t)
		newSale(t, r, "-register", "tcp://"+sim.addr).run().wants(t, 1,
			"refused: item 2 (Мерсилон): Данный экземпляр маркированного товара уже добавлен в чек")
	})
	t.Run("M43 a short code without GS is restored", func(t *testing.T) {
		r := saleReceipt()
		r["items"] = []saleItem{medicine("Молоко", shortMark)}
		r["payments"] = map[string]any{"cash": 10000}
		sim := startShtrih(t)
		newSale(t, r, "-register", "tcp://"+sim.addr).run().wants(t, 0, saleSold)
	})
	t.Run("M70 the standard input is a receipt too", func(t *testing.T) {
		r := run(t, dir, string(good), "marking-sale", "-dry-run", "-")
		if r.code != 0 || !strings.HasSuffix(r.stdout, "FNCloseCheckEx: 0\n") {
			t.Errorf("exit %d\n%s", r.code, r.stderr)
		}
	})
}
