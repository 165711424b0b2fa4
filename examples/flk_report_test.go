package examples

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	flkAsked    = "11264320260301120000"
	flkOutcomes = `{"sender":"643","receiver":"112","person":{"surname":"Иванова","name":"Анна","patronymic":"","phone":"+7 495 123-45-67","email":""},` +
		`"source":{"file_id":"` + flkAsked + `","file_name":"` + flkAsked + `","received":"2026-03-01"},` +
		`"documents":[{"id":"4a831b75-ce0b-40f9-ac69-be7e4b164f72","total":3,"errors":ERRORS}]}`
	flkTwoErrors = `[{"element":1,"code":"E01","text":"Неверный ИНН","value":"=1+1","position":"/file/statement[1]/inn"},` +
		`{"element":1,"code":"E02","text":"Нет | даты","value":"<b>\t&","position":"строка 5"}]`
)

func flkFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// flkProtocol makes a protocol with the program itself.
func flkProtocol(t *testing.T, dir, layout, errors string) string {
	t.Helper()
	flkFile(t, dir, "outcomes.json", strings.Replace(flkOutcomes, "ERRORS", errors, 1))
	name := layout + ".xml"
	r := run(t, dir, "", "flk-report", "make", "-layout", layout, "-now", "2026-03-02T10:00:00+03:00", "-o", name, "outcomes.json")
	if r.code != 0 || r.stdout+r.stderr != "" {
		t.Fatalf("make: %d %s%s", r.code, r.stdout, r.stderr)
	}
	return filepath.Join(dir, name)
}

func flkSource(t *testing.T, dir string) {
	t.Helper()
	flkFile(t, dir, flkAsked+".xml", "<file file_id=\""+flkAsked+"\">\n<statement><inn>1</inn></statement>\n<statement/>\n\n<statement/>\n</file>\n")
}

func TestFLKReportFormats(t *testing.T) {
	dir := t.TempDir()
	for _, layout := range []string{"elements", "attributes", "compact"} {
		path := flkProtocol(t, dir, layout, flkTwoErrors)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "flk-report/"+layout+".xml", string(text))
		schema := run(t, dir, "", "flk-report", "xsd", "-layout", layout)
		golden(t, "flk-report/"+layout+".xsd", schema.stdout)
	}
	flkSource(t, dir)
	for _, format := range []string{"text", "summary", "json", "csv", "md", "html"} {
		r := run(t, dir, "", "flk-report", "-source", flkAsked+".xml", "-statements", "/file/statement", "-format", format, "elements.xml")
		if r.code != 1 || r.stderr != "" {
			t.Errorf("%s: %d %s", format, r.code, r.stderr)
		}
		golden(t, "flk-report/report."+format, r.stdout)
	}
	table := run(t, dir, "", "flk-report", "-format", "csv", "elements.xml").stdout
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][7] != "'=1+1" || rows[2][7] != "<b>\t&" {
		t.Errorf("%v %q", err, rows)
	}
	for line := range strings.Lines(run(t, dir, "", "flk-report", "-format", "json", "elements.xml").stdout) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestFLKReportExitCodes(t *testing.T) {
	dir := t.TempDir()
	one := func(text, old, new string) string { return strings.Replace(text, old, new, 1) }
	path := flkProtocol(t, dir, "elements", flkTwoErrors)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	flkSource(t, dir)
	flkFile(t, dir, "other.xml", "<file file_id='x'/>")
	for _, c := range []struct {
		name, text string
		args       []string
		code       int
	}{
		{"partial", text, nil, 1},
		{"strict spelling", strings.ReplaceAll(text, "recieve_date", "receive_date"), nil, 3},
		{"lenient spelling", strings.ReplaceAll(text, "recieve_date", "receive_date"), []string{"-lenient"}, 1},
		{"lenient value with blanks", one(text, ">03<", "> 03\n<"), []string{"-lenient"}, 1},
		{"unknown version", one(text, "2.0", "2.1"), []string{"-lenient"}, 3},
		{"truncated", text[:len(text)/2], nil, 3},
		{"DOCTYPE", "<!DOCTYPE flk><flk/>", nil, 3},
		{"empty", "", nil, 3},
		{"no documents", "<flk/>", []string{"-lenient"}, 3},
		{"another source", text, []string{"-source", "other.xml"}, 3},
		{"broken source", text, []string{"-source", "outcomes.json"}, 3},
		{"no source", text, []string{"-source", "absent.xml"}, 4},
		{"unknown format", text, []string{"-format", "pdf"}, 4},
		{"unknown flag", text, []string{"-x"}, 4},
		{"two files", text, []string{"outcomes.json"}, 4},
		{"no place for the result", text, []string{"-o", "absent/out"}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			flkFile(t, dir, "p.xml", c.text)
			r := run(t, dir, "", "flk-report", append(c.args, "p.xml")...)
			if r.code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", r.code, c.code, r.stdout, r.stderr)
			}
		})
	}
	for errors, code := range map[string]int{"[]": 0, `[{"element":1,"code":"1","text":"x"},{"element":2,"code":"2","text":"y"},{"element":3,"code":"3","text":"z"}]`: 2} {
		flkProtocol(t, dir, "compact", errors)
		if r := run(t, dir, "", "flk-report", "compact.xml"); r.code != code {
			t.Errorf("exit %d, want %d\n%s", r.code, code, r.stdout)
		}
	}
	for _, args := range [][]string{{}, {"absent.xml"}, {"."}, {"make", "absent.json"}, {"make", "-layout", "x", "outcomes.json"}, {"make", "-now", "x", "outcomes.json"}, {"xsd", "more"}} {
		if r := run(t, dir, "", "flk-report", args...); r.code != 4 || r.stdout != "" || r.stderr == "" {
			t.Errorf("%q: exit %d %s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	flkFile(t, dir, "bad.json", strings.Replace(flkOutcomes, "ERRORS", `[{"element":4,"code":"1","text":"x"}]`, 1))
	if r := run(t, dir, "", "flk-report", "make", "-o", "none.xml", "bad.json"); r.code != 3 {
		t.Errorf("exit %d", r.code)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.xml")); err == nil {
		t.Error("a protocol was written all the same")
	}
	for _, args := range [][]string{{"-h"}, {"make", "-h"}, {"xsd", "-h"}} {
		if r := run(t, dir, "", "flk-report", args...); r.code != 0 || !strings.Contains(r.stdout, "Usage") {
			t.Errorf("%q: exit %d %s", args, r.code, r.stdout)
		}
	}
}

func TestFLKReportOutput(t *testing.T) {
	dir := t.TempDir()
	path := flkProtocol(t, dir, "elements", flkTwoErrors)
	flkSource(t, dir)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refuses := func(name, want string, args ...string) {
		t.Helper()
		r := run(t, dir, "", "flk-report", append(args, "elements.xml")...)
		if r.code != 4 || !strings.Contains(r.stderr, want) || strings.Contains(r.stderr, ".flk-report-") {
			t.Errorf("%s: exit %d, %s", name, r.code, r.stderr)
		}
	}
	refuses("a folder", "choose another name", "-o", ".")
	refuses("its own input", "elements.xml is read here", "-o", "./elements.xml")
	refuses("the source file", "is read here", "-source", flkAsked+".xml", "-o", flkAsked+".xml")
	refuses("a missing folder", "missing/x.txt cannot be written", "-o", "missing/x.txt")
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the protocol was changed: %v", err)
	}
	flkFile(t, dir, "report.txt", "old")
	if err := os.Symlink("report.txt", filepath.Join(dir, "link.txt")); err == nil {
		run(t, dir, "", "flk-report", "-o", "link.txt", "elements.xml")
		if info, err := os.Lstat(filepath.Join(dir, "link.txt")); err != nil || info.Mode().IsRegular() {
			t.Errorf("the link was replaced: %v", err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "report.txt")); err != nil || string(text) == "old" {
			t.Errorf("the file behind the link was not written: %v", err)
		}
	}
	flkFile(t, dir, "empty.json", "")
	if r := run(t, dir, "", "flk-report", "make", "empty.json"); r.code != 3 || !strings.Contains(r.stderr, "empty.json is empty") {
		t.Errorf("exit %d, %s", r.code, r.stderr)
	}
}

func TestFLKReportArchive(t *testing.T) {
	dir := t.TempDir()
	flkProtocol(t, dir, "elements", flkTwoErrors)
	flkProtocol(t, dir, "compact", "[]")
	f, err := os.Create(filepath.Join(dir, "all.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"elements.xml", "compact.xml"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create("in/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r := run(t, dir, "", "flk-report", "-format", "summary", "all.zip")
	if r.code != 1 || !strings.Contains(r.stdout, `"protocols":2`) || strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("%d %s%s", r.code, r.stdout, r.stderr)
	}
}

// TestFLKReportInBrowser looks at the page in a real browser: the script must
// have filled the list of codes and filtered the rows, and there is a picture.
func TestFLKReportInBrowser(t *testing.T) {
	needs(t, "chromium")
	dir := t.TempDir()
	flkProtocol(t, dir, "elements", flkTwoErrors)
	if r := run(t, dir, "", "flk-report", "-format", "html", "-o", "page.html", "elements.xml"); r.code != 1 {
		t.Fatal(r.stderr)
	}
	chromium := func(args ...string) string {
		args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
			"--user-data-dir=" + filepath.Join(dir, "profile"), "--virtual-time-budget=2000"}, args...)
		cmd := exec.CommandContext(t.Context(), "chromium", args...)
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	page := "file://" + filepath.Join(dir, "page.html")
	dom := chromium("--dump-dom", page+"#find=E02")
	if strings.Count(dom, "<option") != 3 || strings.Count(dom, `hidden=""`) != 2 { // a row, and the note that nothing is left
		t.Errorf("the filter did not work:\n%s", dom)
	}
	for name, size := range map[string]string{"desk.png": "1000,1100", "phone.png": "390,1100"} {
		picture := filepath.Join(t.ArtifactDir(), name)
		chromium("--window-size="+size, "--screenshot="+picture, page)
		if info, err := os.Stat(picture); err != nil || info.Size() < 10_000 {
			t.Errorf("no picture: %v", err)
		}
	}
}
