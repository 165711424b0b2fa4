package kmazs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mustCode fails unless err is an *Error with this code somewhere in its tree.
func mustCode(t testing.TB, err error, code string) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code() != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	return e
}

// findings are "FIELD code" of each finding.
func findings(list Findings) []string {
	var got []string
	for _, e := range list {
		got = append(got, e.Field().String()+" "+e.Code())
	}
	return got
}

func wantFindings(t testing.TB, list Findings, want ...string) {
	t.Helper()
	if got := findings(list); !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}

func codes(list []Warning) []string {
	var got []string
	for _, w := range list {
		got = append(got, w.Code())
	}
	return got
}

// request wraps the text of a users array.
func request(users string) string {
	return `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[` + users + `]}`
}

func readJSON(t testing.TB, text string) *Request {
	t.Helper()
	r, err := ReadJSON(strings.NewReader(text), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return r
}

// readUser reads one record from the members of a JSON object.
func readUser(t testing.TB, members string) Record {
	t.Helper()
	return readJSON(t, request("{"+members+"}")).Records[0]
}

func readFails(t testing.TB, text, code string) *Error {
	t.Helper()
	r, err := ReadJSON(strings.NewReader(text), nil)
	if r != nil {
		t.Fatalf("a request came back: %+v", r)
	}
	return mustCode(t, err, code)
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

// squeeze takes the white space outside strings away.
func squeeze(s []byte) string {
	var b strings.Builder
	inside := false
	for i := range s {
		switch c := s[i]; {
		case c == '"' && (i == 0 || s[i-1] != '\\'):
			inside = !inside
			b.WriteByte(c)
		case !inside && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
