package kmazs

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// squeeze takes the white space outside strings away.
func squeeze(s []byte) string {
	var b strings.Builder
	inside := false
	for i := 0; i < len(s); i++ {
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

func TestSample(t *testing.T) {
	data := sample(t, "request.json")
	r, err := ReadJSON(bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v %+v", r.Options, r.Records[0].User.DayLimit)
	var b bytes.Buffer
	if err := WriteJSON(&b, r.Options, r.Users()); err != nil {
		t.Fatal(err)
	}
	if squeeze(b.Bytes()) != squeeze(data) {
		t.Errorf("%s\n%s", b.Bytes(), data)
	}
	path := t.TempDir() + "/users.dbf"
	n, err := WriteTable(path, r.Users(), nil)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	again, err := ReadTable(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range again.Records {
		if again.Records[i].User != r.Records[i].User {
			t.Errorf("%+v\n%+v", again.Records[i].User, r.Records[i].User)
		}
	}
}
