package flagfile

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// FuzzParse: no input panics, an unchanged file is written back byte for byte,
// and what ini.v1 looks up is what plain line splitting finds.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/users.flag", "testdata/options.flag"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{
		"", "[main]", "[main]\rready=1\rx=\\\r", "a=1\n[A]\na=2\n[a]\na=3", "\xEF\xBB\xBF[m]\nk=\xD0\x9F", "\xEF\xBB\xBFk=\xFF", "\xFF\xFE=1", "\xFF\xFE[\x00",
		"`=1\n\"\"\"=2\n-=3\n[DEFAULT]\nx=`\n[a\x00b]\ny=\"\"\"\n]=[", "[a] ; x\n ; c\n#h=1\nk = v ;\n=v", "[]\nk=v\n[ ]\nk=w", "[main]\nk=\xEE\x80\x80\nK=\x98",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			if code(err) == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if got := file.Bytes(); !bytes.Equal(got, data) {
			t.Fatalf("written back as %q", got)
		}
		first := map[[2]string]string{}
		for _, l := range file.lines {
			if l.key == "" {
				continue
			}
			k := [2]string{l.section, l.key}
			if _, seen := first[k]; !seen {
				first[k] = l.value
			}
		}
		for k, value := range first {
			if got, ok := file.Get(k[0], k[1]); !ok || got != value {
				t.Fatalf("%q: ini.v1 says %q %v, the lines %q", k, got, ok, value)
			}
		}
		// The typed readers and an answer stand everything too.
		_, _ = file.Users()
		_, _ = file.Exchange()
		out, _, err := file.Answer(Outcome{Failed: true, Text: "x"}, "addcnt", "1")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(out.Bytes())
		if err != nil && code(err) != CodeTooLarge && code(err) != CodeUTF16 {
			t.Fatal(err)
		}
		if err == nil {
			if res, err := again.Result(); err != nil && code(err) != CodeTime && code(err) != CodeRemark || !again.Ready() || !res.Failed || res.Text != "x" {
				t.Fatalf("the answer is read back as %+v, %v: %q", res, err, out.Bytes())
			}
		}
	})
}

// FuzzErrmsg: every text is exact through a result file, but for what windows-1251
// lacks and for \n, CR and CRLF of its own (FL6).
func FuzzErrmsg(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `""`, ` x `, "a\nb", `\`, "`x", `"""`, "%(a)s", ";", "ё\u0098"} {
		f.Add(s)
	}
	request, err := Parse([]byte("[main]\r\ncommand=userssync\r\nready=1\r\n"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, lost, err := request.Answer(Outcome{Failed: true, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Bytes()) > MaxSize {
			return
		}
		again, err := Parse(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		res, err := again.Result()
		if err != nil {
			t.Fatal(err)
		}
		if !again.Ready() {
			t.Fatal("ready=1 is lost")
		}
		if lost == nil && !strings.Contains(text, `\n`) && !strings.Contains(text, "\r") && res.Text != text {
			t.Fatalf("%q comes back as %q", text, res.Text)
		}
	})
}
