package dbfio

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// peer returns the path of an independent program; tests skip where it is not
// installed, and fail in CI, where it must be.
func peer(t *testing.T, name string, check ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		if err = exec.Command(path, check...).Run(); err == nil {
			return path
		}
	}
	if os.Getenv("OBMEN_CI") == "1" {
		t.Fatalf("%s %q is not installed, and CI must have it: %v", name, check, err)
	}
	t.Skipf("%s %q is not installed: %v", name, check, err)
	return ""
}

// python finds an interpreter that has the module.
func python(t *testing.T, module string) string {
	t.Helper()
	name := "/usr/bin/python3" // Debian's packages belong to Debian's interpreter
	if _, err := os.Stat(name); err != nil {
		name = "python3"
	}
	return peer(t, name, "-c", "import "+module)
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, stderr.String())
	}
	return string(out)
}

// peerTable is written by us for the peers: long texts, blanks of every type,
// signs and decimals, letters that code pages disagree on.
func peerTable(t *testing.T, page CodePage) (path string, want [][]any) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "users.dbf")
	f, err := Create(path, []Column{Char("NAME", 20), Char("LONG", 255), Number("LIMIT", 9, 0), Number("SUM", 12, 2), Bool("CAR"), Day("TILL")},
		&WriteOptions{CodePage: page})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want = [][]any{
		{"Щукин Ёж №5", strings.Repeat("я", 255), -12345678.0, -1.5, true, "2026-03-01"},
		{"сад", "x", 0.0, 0.0, false, "0987-12-05"},
		{nil, nil, nil, nil, nil, nil},
		{"  a", "\"b\", c", 999999999.0, 123456789.01, nil, "9999-12-31"},
	}
	for _, row := range want {
		for i, v := range row {
			switch v := v.(type) {
			case string:
				if i < 2 {
					f.SetText(i, v)
				} else if day, err := time.Parse(time.DateOnly, v); err != nil {
					t.Fatal(err)
				} else {
					f.SetTime(i, day)
				}
			case float64:
				f.SetNumber(i, fmt.Sprintf("%.2f", v))
			case bool:
				f.SetBool(i, v)
			}
		}
		if err := f.WriteRow(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	return path, want
}

func wantRows(t *testing.T, text string, want [][]any) {
	t.Helper()
	var got [][]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

const readByDBFRead = `
import sys, json, dbfread
rows = []
for r in dbfread.DBF(sys.argv[1], ignore_missing_memofile=True):
    rows.append([v.isoformat() if hasattr(v, 'isoformat') else (None if v == '' else v) for v in r.values()])
print(json.dumps(rows))
`

const readByPythonDBF = `
import sys, json, dbf
t = dbf.Table(sys.argv[1]); t.open()
rows = []
for r in t:
    rows.append([v.isoformat() if hasattr(v, 'isoformat') else (v.rstrip() or None if isinstance(v, str) else v) for v in r])
print(json.dumps(rows))
`

const writeByPythonDBF = `
import sys, dbf, datetime
t = dbf.Table(sys.argv[1], 'name C(20); limit N(9,0); sum N(12,2); car L; till D', codepage=sys.argv[2], dbf_type='db3')
t.open(mode=dbf.READ_WRITE)
t.append(('Щукин Ёж', -12345678, -1.5, True, datetime.date(2026, 3, 1)))
t.append((None, None, None, None, None))
t.append(('сад', 0, 0, False, datetime.date(987, 12, 5)))
t.append(('deleted', 1, 1, True, None))
dbf.delete(t[3])
t.close()
`

func TestPeers(t *testing.T) {
	pages := []CodePage{CP866, CP1251}
	t.Run("D1 dbfread reads what we write", func(t *testing.T) {
		py := python(t, "dbfread")
		for _, page := range pages {
			path, want := peerTable(t, page)
			wantRows(t, output(t, py, "-c", readByDBFRead, path), want)
		}
	})
	t.Run("D1 python-dbf reads what we write", func(t *testing.T) {
		py := python(t, "dbf")
		for _, page := range pages {
			path, want := peerTable(t, page)
			wantRows(t, output(t, py, "-c", readByPythonDBF, path), want)
		}
	})
	t.Run("D1 we read what python-dbf writes", func(t *testing.T) {
		py := python(t, "dbf")
		for _, page := range pages {
			path := filepath.Join(t.TempDir(), "users.dbf")
			output(t, py, "-c", writeByPythonDBF, path, page.String())
			r, err := Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			same(t, texts(r), "Щукин Ёж|-12345678|-1.50|true|2026-03-01", "-|-|-|-|-", "сад|0|0.00|false|0987-12-05")
			if h := r.Header(); h.CodePage != page || warned(r) != "" {
				t.Errorf("%+v %v", h, r.Warnings())
			}
			r.Close()
		}
	})
	t.Run("D1 ogr2ogr reads what we write", func(t *testing.T) {
		ogr := peer(t, "ogr2ogr", "--version")
		for _, page := range pages {
			path, want := peerTable(t, page)
			rows, err := csv.NewReader(strings.NewReader(output(t, ogr, "-f", "CSV", "/vsistdout/", path))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for i, row := range rows[1:] {
				for j, v := range want[i] {
					s := ""
					switch v := v.(type) {
					case string:
						s = v
						if j == 5 {
							s = strings.ReplaceAll(v, "-", "/")
						}
						if j == 0 {
							s = strings.TrimLeft(v, " ") // a habit of GDAL's reader
						}
					case float64:
						s = map[int]string{2: fmt.Sprintf("%.0f", v), 3: fmt.Sprintf("%.2f", v)}[j]
					case bool:
						s = map[bool]string{true: "T", false: "F"}[v]
					}
					if row[j] != s {
						t.Errorf("%v: row %d, column %s: %q, want %q", page, i+1, rows[0][j], row[j], s)
					}
				}
			}
		}
	})
	t.Run("D1 we read what ogr2ogr writes", func(t *testing.T) {
		ogr := peer(t, "ogr2ogr", "--version")
		dir := t.TempDir()
		src := filepath.Join(dir, "in.csv")
		if err := os.WriteFile(src, []byte("NAME,LIMIT,SUM,TILL\nЩукин Ёж,-5,1.25,2026/03/01\nсад,0,0,\nnull,,,\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, encoding := range []string{"CP866", "CP1251", "UTF-8"} {
			path := filepath.Join(dir, "out"+encoding+".dbf")
			output(t, ogr, "-f", "ESRI Shapefile", "-lco", "ENCODING="+encoding, "-oo", "AUTODETECT_TYPE=YES", path, src)
			r, err := Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var got []string
			for row, err := range r.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				name, _, err1 := row.Named("NAME").Text()
				limit, ok, err2 := row.Named("LIMIT").Int()
				sum, _, err3 := row.Named("SUM").Scaled(2)
				till, _, err4 := row.Named("TILL").Time()
				if name == "null" { // GDAL's mark for a missing number, which we say is invalid
					wantCode(t, err2, CodeNumber)
					wantCode(t, err3, CodeNumber)
				} else if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
					t.Error(err1, err2, err3, err4)
				}
				got = append(got, fmt.Sprint(name, limit, ok, sum, till.Year()))
			}
			same(t, got, "Щукин Ёж-5 true 125 2026", "сад0 true 0 1", "null0 false 0 1")
			if warned(r) != "" {
				t.Error(encoding, r.Warnings())
			}
		}
	})
}
