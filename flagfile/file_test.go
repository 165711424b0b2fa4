package flagfile

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

func parse(t *testing.T, text string) *File {
	t.Helper()
	raw, bad, ok := encode1251(text)
	if !ok {
		t.Fatalf("the test's own text holds %q", bad)
	}
	f, err := Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func want(t *testing.T, f *File, section, key, value string) {
	t.Helper()
	if got, ok := f.Get(section, key); !ok || got != value {
		t.Errorf("[%s] %s = %q, %v; want %q", section, key, got, ok, value)
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code()
	}
	return ""
}

func TestFile(t *testing.T) {
	t.Run("FL1 names are case-insensitive and blanks around = trimmed", func(t *testing.T) {
		f := parse(t, " [Main] \r\n  DbfFile \t=  users.dbf\r\n")
		want(t, f, "MAIN", "dbffile", "users.dbf")
		want(t, f, "main", "DBFFILE", "users.dbf")
	})
	t.Run("FL1 the first of duplicates wins", func(t *testing.T) {
		want(t, parse(t, "[main]\r\na=1\r\nA=2\r\n[x]\r\na=3\r\n[main]\r\na=4\r\n"), "main", "a", "1")
	})
	t.Run("FL1 any line end is read", func(t *testing.T) {
		for _, end := range []string{"\r\n", "\n", "\r"} {
			f := parse(t, strings.Join([]string{"[main]", "a=1", "", "ready=1"}, end))
			want(t, f, "main", "a", "1")
			if !f.Ready() {
				t.Errorf("line end %q: ready=1 is lost", end)
			}
		}
	})
	t.Run("FL1 what ini.v1 would change comes through", func(t *testing.T) {
		for _, value := range []string{
			"a;b", "a#b ; c", `ends in \`, `"quoted"`, `'quoted'`, "`back", `"""`, `"""x`, "%(command)s", "a=b", "=", "$x", "хвост ", "\xA0", "-", "DEFAULT",
		} {
			raw := append([]byte("[main]\r\nv="), encodeForTest(value)...)
			f, err := Parse(append(raw, "\r\nready=1\r\n"...))
			if err != nil {
				t.Fatal(err)
			}
			want(t, f, "main", "v", decode1251(encodeForTest(value)))
			if !f.Ready() {
				t.Errorf("%q swallows ready=1", value)
			}
		}
	})
	t.Run("FL1 a file that begins with яю is not UTF-16", func(t *testing.T) {
		want(t, parse(t, "яю=1\r\n[main]\r\na=2"), "", "яю", "1")
	})
	t.Run("FL1 a UTF-8 mark is read with a warning", func(t *testing.T) {
		text := bom + "[main]\r\nerrmsg=Ошибка\r\n"
		f, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want(t, f, "main", "errmsg", "Ошибка")
		if len(f.Warnings()) != 1 {
			t.Errorf("warnings: %v", f.Warnings())
		}
		if string(f.Bytes()) != text {
			t.Errorf("written back as %q", f.Bytes())
		}
		f, err = Parse([]byte(bom + "[main]\r\na=\xCF\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		want(t, f, "main", "a", "П")
	})
	t.Run("FL1 comments, unknown keys and sections stay in order", func(t *testing.T) {
		text := "; первая\r\nbefore=1\n[main]\r\n;c\r\nz=1\r\nнечто\r\na=2\r\n\r\n[other]\rq=3\r\n[main\r\n=5\r\nlast=x"
		f := parse(t, text)
		raw, _, _ := encode1251(text)
		if string(f.Bytes()) != raw {
			t.Errorf("not written back as it was: %q", f.Bytes())
		}
		want(t, f, "other", "q", "3")
		want(t, f, "", "before", "1")
		want(t, f, "other", "last", "x")
		if got := f.Keys("main"); !slices.Equal(got, []string{"z", "a"}) {
			t.Errorf("keys %q", got)
		}
		var lines []int
		for _, w := range f.Warnings() {
			lines = append(lines, w.Line)
		}
		if !slices.Equal(lines, []int{6, 11, 12}) {
			t.Errorf("warnings at %v", f.Warnings())
		}
	})
	t.Run("FL1 a new key is written without blanks and with CRLF", func(t *testing.T) {
		f := &File{}
		for _, kv := range [][2]string{{"command", "userssync"}, {"ready", "1"}, {"errmsg", "Ошибка"}} {
			if err := f.Set(Main, kv[0], kv[1]); err != nil {
				t.Fatal(err)
			}
		}
		if got := f.Text(); got != "[main]\ncommand=userssync\nerrmsg=Ошибка\nready=1\n" {
			t.Errorf("as text: %q", got)
		}
		raw, _, _ := encode1251("[main]\r\ncommand=userssync\r\nerrmsg=Ошибка\r\nready=1\r\n")
		if string(f.Bytes()) != raw {
			t.Errorf("%q", f.Bytes())
		}
	})
	t.Run("FL1 Set keeps the place of a key and the section's end", func(t *testing.T) {
		f := parse(t, "[main]\na=1\nb=2\n\n[x]\nc=3")
		for _, kv := range [][3]string{{"main", "A", "9"}, {"main", "n", "5"}, {"x", "d", "4"}, {"y", "e", "6"}, {"", "f", "7"}} {
			if err := f.Set(kv[0], kv[1], kv[2]); err != nil {
				t.Fatal(err)
			}
			want(t, f, kv[0], kv[1], kv[2])
		}
		if got := string(f.Bytes()); got != "f=7\r\n[main]\nA=9\nb=2\nn=5\r\n\n[x]\nc=3\r\nd=4\r\n[y]\r\ne=6\r\n" {
			t.Errorf("%q", got)
		}
		f.Delete("main", "b")
		if _, ok := f.Get("main", "b"); ok || bytes.Contains(f.Bytes(), []byte("b=2")) {
			t.Error("b is still there")
		}
	})
	t.Run("FL1 Set refuses what a line cannot hold", func(t *testing.T) {
		for _, c := range []struct{ section, key, value, code string }{
			{"main", "a", "x\ny", CodeLineBreak},
			{"main", "a", " x", CodeOuterBlank},
			{"main", "a", "☃", CodeCharacter},
			{"main", "a=b", "", CodeName},
			{"main", ";a", "", CodeName},
			{"main", "", "", CodeName},
			{"ma]in", "a", "", CodeName},
			{"☃", "a", "", CodeCharacter},
			{"main", "☃", "", CodeCharacter},
		} {
			f := &File{}
			if err := f.Set(c.section, c.key, c.value); code(err) != c.code {
				t.Errorf("%q: %v, want %s", c, err, c.code)
			}
			if len(f.Bytes()) > 0 {
				t.Errorf("%q left %q", c, f.Bytes())
			}
		}
	})
	t.Run("FL1 UTF-16 and large files are refused by name", func(t *testing.T) {
		if _, err := Parse([]byte("\xFF\xFE[\x00m\x00")); code(err) != CodeUTF16 {
			t.Errorf("%v", err)
		}
		if _, err := Parse([]byte("\xFE\xFF\x00[\x00m")); code(err) != CodeUTF16 {
			t.Errorf("%v", err)
		}
		if _, err := Parse(make([]byte, MaxSize+1)); code(err) != CodeTooLarge {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL3 without ready=1 the file is not there yet", func(t *testing.T) {
		for text, ready := range map[string]bool{"[main]\r\nready=1": true, "[main]\r\nREADY = 1 ": true, "[main]\r\nready=0\r\nready=1": false, "[x]\r\nready=1": false, "ready=1": false, "": false} {
			if parse(t, text).Ready() != ready {
				t.Errorf("%q: ready is not %v", text, ready)
			}
		}
	})
}

func encodeForTest(s string) []byte {
	raw, _, ok := encode1251(s)
	if !ok {
		return []byte(s)
	}
	return []byte(raw)
}

func TestSample(t *testing.T) {
	data, err := os.ReadFile("testdata/users.flag")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("FL16 the verbatim sample passes the generic reader", func(t *testing.T) {
		want(t, f, Main, "dbfrecordcount", "100 (число записей в dbf-файле)")
		want(t, f, Main, "commandtime", "07.09.2011 10:36:50 (дата и время команды)")
		if !bytes.Equal(f.Bytes(), data) || !f.Ready() {
			t.Error("the sample is not written back as it is")
		}
	})
	t.Run("FL16 the typed reader names key and remark", func(t *testing.T) {
		_, err := f.Users()
		problems, ok := errors.AsType[Problems](err)
		if !ok {
			t.Fatalf("%v", err)
		}
		var keys []string
		for _, p := range problems {
			if p.Code() != CodeRemark {
				t.Errorf("%v", p)
			}
			keys = append(keys, p.Path())
		}
		if !slices.Equal(keys, []string{"main, commandtime", "main, dbffile", "main, dbfrecordcount", "main, autoexchange", "main, nummessage"}) {
			t.Errorf("%q", keys)
		}
		if text := problems[2].Error(); text != "flagfile: main, dbfrecordcount: the remark (число записей в dbf-файле) of the documentation stands after the value; remove it" {
			t.Error(text)
		}
	})
	t.Run("FL2 the cleaned sample is typed and written back", func(t *testing.T) {
		clean := cleaned(t, data)
		f, err := Parse(clean)
		if err != nil {
			t.Fatal(err)
		}
		u, err := f.Users()
		if err != nil {
			t.Fatal(err)
		}
		if u.CommandTime != "07.09.2011 10:36:50" || u.Table != "users.dbf" || *u.Records != 100 || !u.AutoExchange || *u.Number != 10 || u.AttachByName != nil || u.CodePage != CodePageUnset {
			t.Errorf("%+v", u)
		}
		again, err := u.File()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), clean) {
			t.Errorf("%q\nwant %q", again.Bytes(), clean)
		}
	})
	t.Run("FL2 the optional keys of the document", func(t *testing.T) {
		data, err := os.ReadFile("testdata/options.flag")
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(append([]byte("[main]\r\ncommand=userssync\r\ndbffile=users.dbf\r\n"), cleaned(t, data)...))
		if err != nil {
			t.Fatal(err)
		}
		u, err := f.Users()
		if err != nil {
			t.Fatal(err)
		}
		if u.CodePage != CodePage866 || !*u.AttachByName || !*u.ProcessISCAR || u.StationsReplace != "1=100,2=101,3=102" || u.FuelReplace != "A192=1,A195=2,DT=3" || u.Records != nil {
			t.Errorf("%+v", u)
		}
		out, err := u.File()
		if err != nil {
			t.Fatal(err)
		}
		u2, err := out.Users()
		if err != nil || u2.CodePage != u.CodePage || u2.FuelReplace != u.FuelReplace {
			t.Errorf("%+v %v", u2, err)
		}
	})
}

// cleaned strips the remarks of a sample, as a person has to.
func cleaned(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for l := range bytes.Lines(data) {
		if i := bytes.Index(l, []byte(" (")); i >= 0 {
			l = append(slices.Clone(l[:i]), "\r\n"...)
		}
		b.Write(l)
	}
	return b.Bytes()
}
