package examples

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const dbfFields = "ID,C,40;DAYLIMIT,N,10,0;SUM,N,10,2;CANTIDE,L;TIMELIMIT,D"

const dbfRows = `{"ID":"Щука ёлка №5","DAYLIMIT":100,"SUM":1.50,"CANTIDE":true,"TIMELIMIT":"2026-02-28"}
{"ID":"  <a & \"b\">\\","DAYLIMIT":0,"SUM":-0.05,"CANTIDE":false,"TIMELIMIT":null}
{"ID":"","DAYLIMIT":null,"SUM":null,"CANTIDE":null,"TIMELIMIT":null}
{"ID":"line\nand\ttab","DAYLIMIT":1234567890,"SUM":1234567.89,"CANTIDE":null,"TIMELIMIT":"0001-01-01"}
`

func wantRun(t *testing.T, got result, code int, stdout, stderr string) {
	t.Helper()
	if got.code != code || got.stdout != stdout || got.stderr != stderr {
		t.Errorf("exit %d, want %d\n--- stdout\n%s--- want\n%s--- stderr\n%s--- want\n%s",
			got.code, code, got.stdout, stdout, got.stderr, stderr)
	}
}

// makeDBF makes t.dbf in a folder of its own and returns the folder.
func makeDBF(t *testing.T, rows string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	got := run(t, dir, rows, "dbf", append(append([]string{"make"}, args...), "-o", "t.dbf")...)
	wantRun(t, got, 0, "", "")
	return dir
}

func patch(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDBFMakeAndDump(t *testing.T) {
	for _, page := range []string{"cp866", "cp1251"} {
		dir := makeDBF(t, dbfRows, "-codepage", page, "-fields", dbfFields)
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, dbfRows, "")
	}
	t.Run("every spelling of the input", func(t *testing.T) {
		dir := makeDBF(t, "\ufeff{\"n\":\"-1.5\",\"L\":1,\"C\":12.50}\r\n\r\n  {\"D\":\"20260301\",\"L\":\"false\",\"C\":\"x  \"} \n{}",
			"-fields", "C,C,5; N,N,6,2; L,L; D,D")
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0,
			`{"C":"12.50","N":-1.50,"L":true,"D":null}`+"\n"+
				`{"C":"x","N":null,"L":false,"D":"2026-03-01"}`+"\n"+
				`{"C":"","N":null,"L":null,"D":null}`+"\n", "")
	})
	t.Run("no rows", func(t *testing.T) {
		dir := makeDBF(t, "", "-fields", dbfFields)
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, "", "")
	})
	t.Run("numbers that no float holds", func(t *testing.T) {
		rows := `{"N":12345678901234567890,"M":-0.123456789012345}` + "\n"
		dir := makeDBF(t, rows, "-fields", "N,N,20;M,N,20,15")
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, rows, "")
	})
}

func TestDBFDump(t *testing.T) {
	rows := `{"ID":"1","N":1,"L":true,"D":"2026-03-01"}` + "\n" + `{"ID":"2","N":2,"L":true,"D":"2026-03-02"}` + "\n" +
		`{"ID":"3","N":3,"L":true,"D":"2026-03-03"}` + "\n"
	const fields = "ID,C,2;N,N,4;L,L;D,D"
	const head, record = 33 + 4*32, 16
	t.Run("invalid cells", func(t *testing.T) {
		dir := makeDBF(t, rows, "-fields", fields)
		patch(t, filepath.Join(dir, "t.dbf"), func(b []byte) []byte {
			copy(b[head+record+1:], "\x98 ****x20260230")
			return b
		})
		got := run(t, dir, "", "dbf", "dump", "t.dbf")
		line := strings.Split(got.stdout, "\n")
		want := `{"ID":{"error":"row 2, column ID: byte 0x98 at position 1 is no character of cp1251"},` +
			`"N":{"error":"row 2, column N: \"****\" is not a number"},` +
			`"L":{"error":"row 2, column L: \"x\" is not a logical value"},` +
			`"D":{"error":"row 2, column D: 20260230 is not a date"}}`
		if line[1] != want || len(line) != 4 || got.code != 0 || got.stderr != "" {
			t.Errorf("%+v", got)
		}
		for _, l := range line[:3] {
			if !json.Valid([]byte(l)) {
				t.Error(l)
			}
		}
	})
	t.Run("deleted rows", func(t *testing.T) {
		dir := makeDBF(t, rows, "-fields", fields)
		patch(t, filepath.Join(dir, "t.dbf"), func(b []byte) []byte {
			b[head], b[head+record] = '*', '*'
			return b
		})
		third := strings.SplitAfter(rows, "\n")[2]
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, third, "")
		wantRun(t, run(t, dir, "", "dbf", "dump", "-deleted", "t.dbf"), 0, rows, "deleted rows: 1-2\n")
	})
	t.Run("a wrong count and no mark", func(t *testing.T) {
		dir := makeDBF(t, rows, "-fields", fields)
		patch(t, filepath.Join(dir, "t.dbf"), func(b []byte) []byte {
			b[4], b[29] = 77, 0
			return b[:len(b)-1]
		})
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, rows,
			"warning: Nothing names the code page (mark 0x00), cp1251 is taken.\n"+
				"warning: The header counts 77 records, the file holds 3; all of them are read.\n")
		wantRun(t, run(t, dir, "", "dbf", "dump", "-codepage", "cp866", "t.dbf"), 0, rows,
			"warning: The header counts 77 records, the file holds 3; all of them are read.\n")
	})
	t.Run("a cut last record", func(t *testing.T) {
		dir := makeDBF(t, rows, "-fields", fields)
		patch(t, filepath.Join(dir, "t.dbf"), func(b []byte) []byte { return b[:len(b)-5] })
		two := strings.Join(strings.SplitAfter(rows, "\n")[:2], "")
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 1, two, "dbf: row 3: the last record is cut off: 12 bytes of 16\n")
		got := run(t, dir, "", "dbf", "dump", "-count", "t.dbf")
		if got.code != 1 || !strings.HasPrefix(got.stdout, `{"rows":2,`) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("another case of the name", func(t *testing.T) {
		dir := makeDBF(t, rows, "-fields", fields)
		if err := os.Rename(filepath.Join(dir, "t.dbf"), filepath.Join(dir, "T.DBF")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "t.dbf")); err == nil {
			t.Skip("this file system does not regard case")
		}
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 0, rows, "warning: There is no t.dbf, T.DBF is read instead.\n")
	})
	t.Run("what cannot be read", func(t *testing.T) {
		dir := t.TempDir()
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 1, "", "dbf: there is no table t.dbf\n")
		if err := os.WriteFile(filepath.Join(dir, "t.dbf"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 1, "",
			"dbf: the file ends inside its header: 0 bytes of 32; it is not a complete table\n")
		if err := os.WriteFile(filepath.Join(dir, "t.dbf"), []byte(strings.Repeat("PK", 40)), 0o644); err != nil {
			t.Fatal(err)
		}
		wantRun(t, run(t, dir, "", "dbf", "dump", "t.dbf"), 1, "",
			"dbf: the file is not a table of a known kind (first byte 0x50)\n")
	})
}

func TestDBFMakeRefuses(t *testing.T) {
	for _, c := range []struct{ rows, want string }{
		{`{"ID":"12345"}`, `line 3, column ID: text 12345 of 5 characters does not fit 4`},
		{`{"ID":"汉"}`, `line 3, column ID: text "汉" holds the character 汉 (U+6C49), which cp1251 does not have`},
		{`{"N":12345}`, `line 3, column N: number 12345 does not fit 4 characters`},
		{`{"N":1.5}`, `line 3, column N: number 1.5 has more than 0 decimals`},
		{`{"N":"abc","ID":"12345"}`, "line 3, column N: \"abc\" is not a number\ndbf: line 3, column ID: text 12345 of 5 characters does not fit 4"},
		{`{"N":true}`, `line 3, column N: true does not go into a column of type N`},
		{`{"ID":[1]}`, `line 3, column ID: [1] does not go into a column of type C`},
		{`{"L":"maybe"}`, `line 3, column L: "maybe" is not a logical value; use true, false or null`},
		{`{"D":"31.02.2026"}`, `line 3, column D: "31.02.2026" is not a date; use "YYYY-MM-DD"`},
		{`{"D":"2026-02-30"}`, `line 3, column D: "2026-02-30" is not a date; use "YYYY-MM-DD"`},
		{`{"ID":{"error":"bad"}}`, `line 3, column ID: the cell is marked as invalid: bad`},
		{`{"NAME":"x"}`, `line 3: the table has no column "NAME"; add it to -fields`},
		{`{"ID":"a","id":"b"}`, `line 3, column ID: the key stands twice`},
		{`["ID"]`, `line 3: a JSON object is expected, as {"ID":"1"}`},
		{`{"ID":"a"`, `line 3: the JSON object is not complete`},
		{`{"ID":"a"} {}`, `line 3: something follows the JSON object`},
		{"{\"ID\":\"\xff\"}", `line 3: the text is not valid UTF-8`},
	} {
		dir := t.TempDir()
		old := []byte("an older table")
		if err := os.WriteFile(filepath.Join(dir, "t.dbf"), old, 0o644); err != nil {
			t.Fatal(err)
		}
		got := run(t, dir, "{\"ID\":\"1\"}\n\n"+c.rows+"\n{\"ID\":\"2\"}\n", "dbf", "make", "-fields", "ID,C,4;N,N,4;L,L;D,D", "-o", "t.dbf")
		wantRun(t, got, 1, "", "dbf: "+c.want+"\n")
		list, _ := os.ReadDir(dir)
		if b, err := os.ReadFile(filepath.Join(dir, "t.dbf")); string(b) != string(old) || len(list) != 1 {
			t.Errorf("%s left %q, %v, %v", c.rows, b, list, err)
		}
	}
	t.Run("flags", func(t *testing.T) {
		dir := t.TempDir()
		for _, c := range []struct {
			args []string
			code int
			want string
		}{
			{nil, 2, "dbf looks into"},
			{[]string{"frob"}, 2, `dbf: unknown command "frob"`},
			{[]string{"dump"}, 2, "dbf: one FILE is needed"},
			{[]string{"dump", "-codepage", "klingon", "x"}, 2, "invalid value"},
			{[]string{"make"}, 2, "dbf: -fields is needed"},
			{[]string{"make", "-fields", "A,C,1"}, 2, "dbf: -o is needed"},
			{[]string{"make", "-fields", "A,C,256", "-o", "x.dbf"}, 1, "dbf: -fields: column A: width 256"},
			{[]string{"make", "-fields", "A,C,1", "-codepage", "utf-8", "-o", "x.dbf"}, 1, "dbf: code page utf-8"},
			{[]string{"make", "-fields", "A,C,1", "-o", "no/x.dbf"}, 1, "dbf: cannot write the table no/x.dbf"},
			{[]string{"fill", "-o", "x.dbf"}, 2, "dbf: -rows is needed"},
			{[]string{"fill", "-rows", "-5", "-o", "x.dbf"}, 2, "dbf: -rows is needed"},
			{[]string{"fill", "-rows", "1"}, 2, "dbf: -o is needed"},
		} {
			got := run(t, dir, "", "dbf", c.args...)
			if got.code != c.code || got.stdout != "" || !strings.HasPrefix(got.stderr, c.want) {
				t.Errorf("%q: %+v", c.args, got)
			}
		}
		for _, args := range [][]string{{"-h"}, {"dump", "-h"}, {"make", "-h"}, {"fill", "-h"}} {
			if got := run(t, dir, "", "dbf", args...); got.code != 0 || got.stdout == "" || got.stderr != "" {
				t.Errorf("%q: %+v", args, got)
			}
		}
	})
}

func TestDBFFill(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, run(t, dir, "", "dbf", "fill", "-rows", "30", "-o", "users.dbf"), 0, "", "")
	got := run(t, dir, "", "dbf", "dump", "users.dbf")
	if got.code != 0 || got.stderr != "" {
		t.Errorf("%+v", got)
	}
	golden(t, "dbf/fill.jsonl", got.stdout)
	ids := map[string]bool{}
	for line := range strings.Lines(got.stdout) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if len(row) != 29 {
			t.Errorf("%d columns", len(row))
		}
		ids[fmt.Sprint(row["ID"])], ids[fmt.Sprint(row["KEY"])] = true, true
	}
	if len(ids) != 60 {
		t.Errorf("%d different ids and keys", len(ids))
	}
	t.Run("count", func(t *testing.T) {
		got := run(t, dir, "", "dbf", "dump", "-count", "users.dbf")
		if !regexp.MustCompile(`^\{"rows":30,"seconds":\d+\.\d{3}\}\n$`).MatchString(got.stdout) || got.code != 0 || got.stderr != "" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("an empty table of the whole schema", func(t *testing.T) {
		wantRun(t, run(t, dir, "", "dbf", "fill", "-rows", "0", "-o", "empty.dbf"), 0, "", "")
		if info, err := os.Stat(filepath.Join(dir, "empty.dbf")); err != nil || info.Size() != 33+29*32+1 {
			t.Error(info, err)
		}
	})
	t.Run("a name that users tables may not have", func(t *testing.T) {
		got := run(t, dir, "", "dbf", "fill", "-rows", "1", "-o", "My.dbf")
		if got.code != 0 || !strings.HasPrefix(got.stderr, `warning: the name "My.dbf" is not one for a users table`) {
			t.Errorf("%+v", got)
		}
	})
}

// TestDBFInterrupt: Ctrl-C while make waits for input leaves nothing.
func TestDBFInterrupt(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("Windows has no signal to send to one process")
	}
	dir := t.TempDir()
	cmd := program(t, "dbf", "make", "-fields", "A,C,1", "-o", filepath.Join(dir, "t.dbf"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, `{"A":"x"}`)
	for range 200 {
		if list, _ := os.ReadDir(dir); len(list) == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if list, _ := os.ReadDir(dir); cmd.ProcessState.ExitCode() != 130 || len(list) != 0 {
		t.Error(cmd.ProcessState.ExitCode(), list)
	}
}
