package flk

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
)

// rich is a protocol with everything that a round trip must keep.
func rich() *Protocol {
	p := good()
	p.Sender.Patronymic = "Қазақ Ўзбек 𝄞"
	ent(p).Mean = " a\tb\nc\r\nd <&>\"' ]]> "
	ent(p).Unknown = []Unknown{{Name: "colour", Value: "red"}, {Name: "box", Children: []Unknown{{Name: "id", Attr: true, Value: "1\n2"}, {Name: "in", Value: "x"}}}}
	src(p).Unknown = []Unknown{{Name: "extra", Attr: true, Value: "ы"}}
	p.Header.Unknown = []Unknown{{Name: "made", Attr: true, Value: "1", In: "flk"}, {Name: "note", Value: "text", In: "service"}}
	p.Documents = append(p.Documents, &Document{ID: "second", Source: *src(good())})
	return p
}

// bare forgets where things stood.
func bare(p *Protocol) *Protocol {
	strip := func(g group) {
		*g.markOf(-1) = mark{}
		for i := range groupFields(g.kind()) {
			*g.markOf(i) = mark{}
		}
		stripUnknown(*g.extra())
	}
	strip(&p.File)
	strip(&p.Sender)
	stripUnknown(p.Header.Unknown)
	p.Header.notes, p.Header.Layout, p.Header.Encoding = nil, Layout{}, 0
	for _, d := range p.Documents {
		strip(d)
		strip(&d.Source)
		d.notes = nil
		for i := range d.Errors {
			strip(&d.Errors[i])
		}
	}
	return p
}

func stripUnknown(list []Unknown) {
	for i := range list {
		list[i].Pos = Pos{}
		stripUnknown(list[i].Children)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, layout := range Layouts() {
		for encoding := range EncodingOther {
			t.Run(layout.Name+" "+encoding.String(), func(t *testing.T) {
				var b bytes.Buffer
				require.NoError(t, Encode(&b, rich(), &WriterOptions{Layout: layout, Encoding: encoding}))
				for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b.Bytes()),
					"byte by byte": iotest.OneByteReader(bytes.NewReader(b.Bytes())),
					"with EOF":     iotest.DataErrReader(bytes.NewReader(b.Bytes()))} {
					p, err := Decode(r, nil)
					require.NoError(t, err, name)
					require.Equal(t, layout, p.Layout)
					require.Equal(t, encoding, p.Encoding)
					var again bytes.Buffer
					require.NoError(t, Encode(&again, p, &WriterOptions{Encoding: encoding}))
					require.Equal(t, b.String(), again.String())
					require.Equal(t, rich(), bare(p), name)
				}
			})
		}
	}
	require.Error(t, Encode(io.Discard, rich(), &WriterOptions{Encoding: EncodingWindows1251, RefuseReferences: true}))
	bad := good()
	bad.Sender.Name = "a\x00b"
	err := Encode(io.Discard, bad, nil)
	require.ErrorContains(t, err, "sender.name")
}

func TestPositions(t *testing.T) {
	text := `<flk><service><file file_id="x"/></service><info><document>` + "\r\n" +
		`  <id_document>ы</id_document><errors><error><error_code>` + "\n</error_code></error></errors></document></info></flk>"
	p, err := Decode(strings.NewReader(text), nil)
	require.NoError(t, err)
	require.Equal(t, Pos{1, 30}, p.File.Pos("file_id"))
	require.Equal(t, Pos{2, 16}, p.Documents[0].Pos("id_document"))
	require.Equal(t, Pos{2, 39}, p.Documents[0].Errors[0].Pos(""))
	require.Equal(t, Pos{2, 58}, p.Documents[0].Errors[0].Pos("error_code"))
}

func TestHostileInput(t *testing.T) {
	bomb := `<!DOCTYPE lolz [<!ENTITY lol "lol">]><flk>&lol;</flk>`
	for _, c := range []struct{ name, code, text string }{
		{"DOCTYPE", CodeDoctype, bomb},
		{"entity", CodeEntity, "<flk>&lol;</flk>"},
		{"depth", CodeDepth, strings.Repeat("<a>", 100)},
		{"huge attribute", CodeValueSize, `<flk a="` + strings.Repeat("x", 2<<20) + `"/>`},
		{"huge value", CodeValueSize, "<flk>" + strings.Repeat("x", 2<<20) + "</flk>"},
		{"attributes", CodeAttributes, "<flk " + manyAttrs(200) + "/>"},
		{"truncated", CodeTruncated, "<flk><info>"},
		{"empty", CodeEmpty, ""},
		{"windows-1251 called UTF-8", CodeBytes, "<flk>\xd2\xd1\xd4</flk>"},
		{"unknown encoding", CodeEncoding, `<?xml version="1.0" encoding="EBCDIC"?><flk/>`},
		{"UTF-16 odd", CodeBytes, "\xff\xfe<\x00f"[:5] + "\x00/\x00>"},
		{"control character", CodeCharacter, "<flk>\x01</flk>"},
		{"bad end", CodeSyntax, "<flk></fl>"},
		{"unknown leaves", CodeUnknownCount, "<flk>" + strings.Repeat("<x/>", 20_000) + "</flk>"},
		{"undefined byte", CodeBytes, "<?xml version='1.0' encoding='windows-1251'?><flk>\x98</flk>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(strings.NewReader(c.text), nil)
			own, ok := errors.AsType[*Error](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.code, own.Code(), "%v", err)
			require.NotEmpty(t, own.Path())
			require.NotContains(t, own.Message("ru"), "{")
			require.Contains(t, own.Message("ru"), "строка")
		})
	}
	broken := errors.New("cable pulled")
	_, err := Decode(io.MultiReader(strings.NewReader("<flk>"), iotest.ErrReader(broken)), nil)
	require.ErrorIs(t, err, broken)
	var b bytes.Buffer
	require.NoError(t, Encode(&b, good(), nil))
	for n := range b.Len() - 1 {
		_, err := Decode(bytes.NewReader(b.Bytes()[:n]), nil)
		require.Error(t, err, "cut at %d", n)
	}
	require.Error(t, Encode(failingWriter{broken}, good(), nil))
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func manyAttrs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='' ", i)
	}
	return b.String()
}

func TestLateHeader(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Encode(&b, good(), nil))
	text := b.String()
	from, to := strings.Index(text, "  <service>"), strings.Index(text, "  <info>")
	text = text[:from] + strings.Replace(text[to:], "</flk>", text[from:to]+"</flk>", 1)
	for profile, want := range map[Profile]int{Strict: 2, Lenient: 0} {
		r := NewReader(strings.NewReader(text), &ReaderOptions{Profile: profile})
		v := NewValidator(&ValidatorOptions{Profile: profile})
		h, err := r.ReadHeader()
		require.NoError(t, err)
		v.Header(h)
		for d, err := range r.Documents() {
			require.NoError(t, err)
			v.Document(d)
		}
		found := v.Finish()
		require.Equal(t, want, found.Errors, "%v", found.List)
	}
}

// needXMLLint skips without xmllint, or fails in CI, which has it.
func needXMLLint(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		if os.Getenv("OBMEN_CI") == "1" {
			t.Fatal("xmllint is not installed, and CI must have it")
		}
		t.Skip("xmllint is not installed")
	}
}

// inXSD are the cases of TestRules that a schema can express.
func inXSD(c *ruleCase) bool {
	return c.strict == SeverityError && (strings.HasPrefix(c.rule, "F") || c.rule == "common") || c.rule == "X15"
}

func TestXSD(t *testing.T) {
	needXMLLint(t)
	for _, layout := range append(Layouts(), Layout{Name: "named", Root: "r", File: "f", Sender: "s", Document: "d", Source: "sf", Error: "e", Namespace: "urn:x"}) {
		dir := t.TempDir()
		schema, err := AppendXSD(nil, layout, nil)
		require.NoError(t, err)
		xsd := filepath.Join(dir, "flk.xsd")
		require.NoError(t, os.WriteFile(xsd, schema, 0o600))
		wrong := []string{}
		args := []string{"--noout", "--schema", xsd}
		add := func(name string, p *Protocol) {
			var b bytes.Buffer
			if Encode(&b, p, &WriterOptions{Layout: layout}) != nil {
				return // a value that XML cannot carry at all
			}
			path := filepath.Join(dir, strings.NewReplacer(" ", "_", ",", "").Replace(name)+".xml")
			require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
			args = append(args, path)
		}
		add("good", good())
		leap := good()
		src(leap).Received = "2024-02-29"
		add("good leap day", leap)
		for i := range ruleCases {
			c := &ruleCases[i]
			p := good()
			c.spoil(p)
			if layout.Style == StyleElements && c.name == "X15 twice" || c.rule == "X15" {
				p.Documents[1].ID = p.Documents[0].ID // XSD minds the case
			}
			if inXSD(c) {
				wrong = append(wrong, c.name)
				add("bad "+c.name, p)
			} else {
				add("good "+c.name, p)
			}
		}
		out, _ := exec.Command("xmllint", args...).CombinedOutput()
		for _, path := range args[3:] {
			name := filepath.Base(path)
			valid := strings.Contains(string(out), path+" validates")
			require.Equal(t, strings.HasPrefix(name, "good"), valid, "%s: %s\n%s", layout.Name, name, grep(string(out), name))
		}
		require.NotEmpty(t, wrong)
	}
}

func grep(text, word string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestArchive(t *testing.T) {
	pack := func(members ...string) *bytes.Reader {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, m := range members {
			name, body, _ := strings.Cut(m, "|")
			f, err := z.Create(name)
			require.NoError(t, err)
			_, err = io.WriteString(f, body)
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		return bytes.NewReader(b.Bytes())
	}
	for _, c := range []struct {
		name, code string
		r          *bytes.Reader
		limits     ZIPLimits
	}{
		{"up", CodeZIPName, pack("../a.xml|<a/>"), ZIPLimits{}},
		{"backslash", CodeZIPName, pack(`x\..\a.xml|<a/>`), ZIPLimits{}},
		{"absolute", CodeZIPName, pack("/a.xml|<a/>"), ZIPLimits{}},
		{"drive", CodeZIPName, pack("C:a.txt|<a/>"), ZIPLimits{}},
		{"none", CodeZIPEmpty, pack("a.txt|x"), ZIPLimits{}},
		{"no archive", CodeZIP, bytes.NewReader([]byte("PK")), ZIPLimits{}},
		{"members", CodeZIPMembers, pack("a.xml|", "b.xml|"), ZIPLimits{Members: 1}},
		{"member", CodeZIPSize, pack("a.xml|12345"), ZIPLimits{Member: 4}},
		{"total", CodeZIPSize, pack("a.xml|123", "b.xml|123"), ZIPLimits{Total: 5}},
		{"bomb", CodeZIPRatio, pack("a.xml|" + strings.Repeat(" ", 4<<20)), ZIPLimits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := OpenArchive(c.r, c.r.Size(), &c.limits)
			own, ok := errors.AsType[*Error](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, c.code, own.Code())
		})
	}
	liar := &memberReader{r: strings.NewReader(strings.Repeat(" ", 10)), name: "x", left: 5, limit: 5, packed: 5, ratio: 200}
	_, err := Decode(liar, nil)
	own, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, CodeZIPSize, own.Code(), "a directory that lies about sizes")
	r := pack("a/b.XML|<a/>", "c.txt|")
	a, err := OpenArchive(r, r.Size(), nil)
	require.NoError(t, err)
	for m, err := range a.Protocols() {
		require.NoError(t, err)
		require.Equal(t, "a/b.XML", m.Name)
	}
}

func TestBuild(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }
	base := Outcomes{SenderCountry: "643", ReceiverCountry: "112", Person: testPerson, SourceFileID: askedID, SourceFileName: askedID, Received: now()}
	bad := OutcomeError{Element: 1, Code: "1", Text: "x"}
	for _, c := range []struct {
		name    string
		docs    []Outcome
		result  Result
		all, ok Count
	}{
		{"all", []Outcome{{Total: 3}}, ResultFull, "3", "3"},
		{"a part, one element twice", []Outcome{{Total: 3, Errors: []OutcomeError{bad, bad}}}, ResultPartial, "3", "2"},
		{"none", []Outcome{{Total: 1, Errors: []OutcomeError{bad}}}, ResultNone, "1", "0"},
		{"as a whole", []Outcome{{Total: 3, Errors: []OutcomeError{{Code: "1", Text: "x"}}}}, ResultNone, "3", "0"},
		{"nothing", []Outcome{{}}, ResultNone, "0", "0"},
		{"two documents", []Outcome{{Total: 3}, {Total: 2, Errors: []OutcomeError{bad}}}, ResultPartial, "5", "4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := base
			in.Documents = c.docs
			p, err := Build(&in, &BuildOptions{Now: now})
			require.NoError(t, err)
			for _, d := range p.Documents {
				require.Equal(t, c.result, d.Source.Result)
				require.Equal(t, c.all, d.Source.All)
				require.Equal(t, c.ok, d.Source.OK)
			}
			require.Zero(t, Validate(p, nil).Errors, "%v", Validate(p, nil).List)
		})
	}
	var ids FileIDs
	seen := map[FileID]bool{}
	for range 100 {
		id, err := ids.NewFileID("643", "112", now)
		require.NoError(t, err)
		require.False(t, seen[id])
		seen[id] = true
	}
	_, err := ids.NewFileID("6 3", "112", now)
	require.Error(t, err)
	in := base
	in.Documents = []Outcome{{Total: 1, Errors: []OutcomeError{{Element: 2}}}}
	_, err = Build(&in, nil)
	require.ErrorContains(t, err, "documents[1].errors[1]")
}

func TestRegistry(t *testing.T) {
	next := FormatTSFLK()
	next.Version = "3.0"
	next.Fields = append(next.Fields, Field{Rule: "F24", Group: GroupSource, Code: "error_docs_count", Required: true, Kind: KindNumber, Min: 1, Max: 7})
	r, err := NewRegistry(FormatTSFLK(), next)
	require.NoError(t, err)
	_, err = NewRegistry(next, next)
	require.Error(t, err)
	p := good()
	p.File.Version = "3.0"
	src(p).Unknown = []Unknown{{Name: "error_docs_count", Value: "1"}}
	require.Empty(t, Validate(p, &ValidatorOptions{Formats: r}).List)
	src(p).Unknown[0].Value = "x"
	require.Equal(t, "F24", Validate(p, &ValidatorOptions{Formats: r}).List[0].Rule)
	require.NotZero(t, Validate(p, nil).Errors)
}

func FuzzDecode(f *testing.F) {
	for _, l := range Layouts() {
		var b bytes.Buffer
		if err := Encode(&b, rich(), &WriterOptions{Layout: l}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte("<flk><box><document><id_document>1<x/></id_document></document></box></flk>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		Validate(p, nil)
		var b bytes.Buffer
		if err := Encode(&b, p, &WriterOptions{Layout: LayoutElements()}); err != nil {
			if own, ok := errors.AsType[*Error](err); ok && own.Code() == CodeWriteName {
				return // names with colons, or an attribute that another layout has already
			}
			t.Fatal(err)
		}
		again, err := Decode(bytes.NewReader(b.Bytes()), nil)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, b.Bytes())
		}
		for i, d := range p.Documents {
			for j := range d.Errors {
				if d.Errors[j].Mean != again.Documents[i].Errors[j].Mean {
					t.Fatalf("error_mean %q became %q", d.Errors[j].Mean, again.Documents[i].Errors[j].Mean)
				}
			}
			if d.ID != again.Documents[i].ID || d.Source.FileName != again.Documents[i].Source.FileName {
				t.Fatal("a value changed")
			}
		}
	})
}
