package jsonscan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

var limits = Limits{Bytes: 1 << 30, String: 1 << 20, Depth: 200, Keys: 1000}

func skipAll(src io.Reader) error {
	s := New(src, limits)
	if err := s.Skip(); err != nil {
		return err
	}
	return s.End()
}

func reason(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return 0
}

// TestLongTexts moves strings over the buffer's border byte by byte.
func TestLongTexts(t *testing.T) {
	for pad := bufferSize - 20; pad < bufferSize+5; pad++ {
		text := `"` + strings.Repeat("a", pad) + `Ё\u0401\ud83d\ude00\n"`
		s := New(strings.NewReader(text+" 123.5e-7 true "), limits)
		got, err := s.String()
		if err != nil || string(got) != strings.Repeat("a", pad)+"ЁЁ😀\n" {
			t.Fatalf("%d: %v", pad, err)
		}
		if n, err := s.Number(); err != nil || string(n) != "123.5e-7" {
			t.Fatalf("%d: %s %v", pad, n, err)
		}
		if word, err := s.Literal(); err != nil || word != "true" {
			t.Fatalf("%d: %s %v", pad, word, err)
		}
		if err := s.End(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 500 {
		b.WriteString(`"k` + strings.Repeat("x", i) + `":{"k":1},`)
	}
	if err := skipAll(strings.NewReader("{" + b.String() + `"last":1}`)); err != nil {
		t.Error(err)
	}
	for _, twice := range []string{`"k"`, `"kxxx"`, `"k` + strings.Repeat("x", 450) + `"`} {
		err := skipAll(strings.NewReader("{" + b.String() + twice + ":1}"))
		if reason(err) != DuplicateKey {
			t.Errorf("%v", err)
		}
	}
}

func TestPosition(t *testing.T) {
	for text, want := range map[string][2]int{
		"x": {1, 1}, "\n\n  x": {3, 3}, "\xef\xbb\xbfx": {1, 1}, "[1,\r\n 2,,": {2, 4}, "[\"ЁЁ\" x": {1, 9},
		"{\"a\":1,\n\"a\":2}": {2, 1},
	} {
		e, ok := errors.AsType[*Error](skipAll(strings.NewReader(text)))
		if !ok || e.Line != want[0] || e.Column != want[1] {
			t.Errorf("%q: %+v", text, e)
		}
	}
}

func TestSources(t *testing.T) {
	boom := errors.New("boom")
	if err := skipAll(iotest.ErrReader(boom)); reason(err) != Reading || !errors.Is(err, boom) {
		t.Error(err)
	}
	if err := skipAll(readerFunc(func([]byte) (int, error) { return 0, nil })); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
	s := New(strings.NewReader(`[1,2]`), Limits{Bytes: 4, String: 10, Depth: 2, Keys: 100})
	if err := s.Skip(); reason(err) != TooLarge {
		t.Error(err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzScanner compares with encoding/json: what it refuses is refused here; what is
// refused here beyond that has one of the reasons that encoding/json passes over.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e+3,"x\u00e9",true,false,null]}`, `"\ud800"`, "\"\xff\"", `{"a":1,"a":2}`, `[[[]]]`, " 1 ", "01", "-", "\x00", `"\`, "tru",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := skipAll(bytes.NewReader(data))
		if slow := skipAll(iotest.OneByteReader(bytes.NewReader(data))); reason(slow) != reason(err) {
			t.Fatalf("%v, byte by byte %v", reason(err), reason(slow))
		}
		valid := json.Valid(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
		switch r := reason(err); {
		case err == nil && !valid:
			t.Fatal("encoding/json refuses it")
		case err == nil && !utf8.Valid(data):
			t.Fatal("invalid UTF-8 went through")
		case err != nil && valid && r != InvalidUTF8 && r != DuplicateKey && r != TooDeep:
			t.Fatalf("encoding/json takes it, here reason %v", r)
		}
	})
}
