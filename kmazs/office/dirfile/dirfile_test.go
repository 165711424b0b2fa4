package dirfile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/kmazstest"
	"github.com/obmen-go/obmen/kmazs/office"
)

// newFile makes the file of a directory that holds what the snapshot holds.
func newFile(t testing.TB, s *office.Snapshot) string {
	t.Helper()
	data, err := encode(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dir.json")
	if err := os.WriteFile(path, data, 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConformance(t *testing.T) {
	kmazstest.TestDirectory(t, func(t *testing.T, content *office.Snapshot) office.Directory {
		return New(newFile(t, content))
	})
}

const sample = `{"revision":7,"stations":[10,1,2],"fuels":[{"id":1,"code":"92"},{"id":2,"code":"95"}],
"departments":[{"syncId":"D1","name":"Склад","stations":[1]},{"syncId":"","name":"D1"}],
"accounts":[
{"number":12,"catalogue":"vehicle","syncId":"1456735","shortName":"ИВАНОВ И.И.","key":"567890123456","pin":0,"dayLimit":100,"allLimit":null,"limitType":4,"fuels":"92=500;95","timeLimit":"2026-12-31","shiftStart":"8:00","stations":"all","canTide":false,"reqDriver":false,"department":"D1"},
{"number":3},{"number":4,"key":"3:12345","stations":[2,1],"department":"Склад"},{"number":5,"department":{"name":"D1"}}]}`

func TestSchema(t *testing.T) {
	s, _, err := decode([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("K19 missing members are those of a new account", func(t *testing.T) {
		want := office.NewAccount(office.Driver)
		want.Number = 3
		if got := s.Accounts[1]; fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
	t.Run("K10 all is read as the stations of the file and written as numbers", func(t *testing.T) {
		data, err := encode(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(s.Accounts[0].Stations) != "[1 2 10]" || !bytes.Contains(data, []byte(`"stations":[1,2,10],"canTide"`)) {
			t.Errorf("%v\n%s", s.Accounts[0].Stations, data)
		}
	})
	t.Run("a name that is also a sync id", func(t *testing.T) {
		if a := s.Accounts; a[0].Department != 1 || a[2].Department != 1 || a[3].Department != 2 {
			t.Errorf("departments %d, %d, %d", a[0].Department, a[2].Department, a[3].Department)
		}
	})
	t.Run("K16 keys", func(t *testing.T) {
		if got := s.Accounts[0].Key.String() + " " + s.Accounts[2].Key.String(); got != "0000567890123456 3:12345" {
			t.Error(got)
		}
	})
	t.Run("written, it is read as it was", func(t *testing.T) {
		data, err := encode(s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(data) {
			t.Fatalf("no JSON: %s", data)
		}
		again, _, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", s) {
			t.Errorf("%+v\nwant %+v", again, s)
		}
	})
}

// prose is English in a Russian text.
var prose = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

func TestDamagedFiles(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"unknown member":    {`"pin":0`, `"pinn":0`, `unknown field "pinn"`},
		"no JSON":           {`"fuels":[`, `"fuels":`, "line 1"},
		"wrong type":        {`"pin":0`, `"pin":"0"`, "line 4"},
		"two numbers":       {`{"number":3}`, `{"number":12}`, "accounts[2].number: 12 stands twice"},
		"no number":         {`{"number":3}`, `{}`, "accounts[2].number"},
		"two sync ids":      {`{"number":3}`, `{"number":3,"syncId":"1456735"}`, "accounts[2].syncId"},
		"key":               {`"3:12345"`, `"3:x"`, "accounts[3].key"},
		"pin":               {`"pin":0`, `"pin":-2`, "accounts[1].pin"},
		"limit":             {`"dayLimit":100`, `"dayLimit":-1`, "accounts[1].dayLimit"},
		"limit type":        {`"limitType":4`, `"limitType":3`, "accounts[1].limitType"},
		"unknown fuel":      {`92=500;95`, `98`, `accounts[1].fuels: there is no fuel "98"`},
		"fuel list":         {`92=500;95`, `92=x`, "accounts[1].fuels"},
		"day":               {`2026-12-31`, `2026-02-31`, "accounts[1].timeLimit"},
		"time":              {`8:00`, `25:00`, "accounts[1].shiftStart"},
		"stations":          {`"all"`, `"some"`, `stations "some"`},
		"department":        {`"department":"Склад"`, `"department":"Цех"`, "accounts[3].department"},
		"catalogue":         {`"vehicle"`, `"lorry"`, "lorry"},
		"fuel code":         {`{"id":2,"code":"95"}`, `{"id":2,"code":"9,5"}`, "fuels[2]"},
		"fuel twice":        {`{"id":2,"code":"95"}`, `{"id":1,"code":"95"}`, "fuels[2]: id 1"},
		"department twice":  {`{"syncId":"","name":"D1"}`, `{"syncId":"D1","name":"X"}`, "departments[2]"},
		"station":           {`"stations":[10,1,2]`, `"stations":[10,0]`, "stations[1]"},
		"something follows": {`{"name":"D1"}}]}`, `{"name":"D1"}}]} {}`, "something follows"},
		"no UTF-8":          {"ИВАНОВ", "\xc8\xc2", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(sample, c.from, c.to, 1)
			if text == sample {
				t.Fatal("the case changes nothing")
			}
			path := filepath.Join(t.TempDir(), "dir.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := New(path).Snapshot(t.Context())
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code() != CodeContent || !strings.Contains(e.Message("en"), c.want) || !strings.Contains(e.Path(), "dir.json") {
				t.Errorf("the error is %v, want it to name %q", err, c.want)
			} else if prose.MatchString(e.Message("ru")) {
				t.Errorf("%q", e.Message("ru"))
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		if _, err := New(t.TempDir()).Snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Error(err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		d := New(newFile(t, kmazstest.Office()))
		d.limit = 100
		if _, err := d.Snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 100") {
			t.Error(err)
		}
	})
	t.Run("missing", func(t *testing.T) {
		_, err := New(filepath.Join(t.TempDir(), "none.json")).Snapshot(t.Context())
		if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeMissing {
			t.Error(err)
		}
	})
}

// Every step of writing may fail, and the process may die between any two.
func TestCommitIsAllOrNothing(t *testing.T) {
	broken := errors.New("broken disk")
	for name, sabotage := range map[string]func(*Directory){
		"sync fails":   func(d *Directory) { d.sync = func(*os.File) error { return broken } },
		"rename fails": func(d *Directory) { d.rename = func(string, string) error { return broken } },
	} {
		t.Run("K46 "+name, func(t *testing.T) {
			path := newFile(t, kmazstest.Office())
			before, _ := os.ReadFile(path)
			d := New(path)
			sabotage(d)
			err := d.Commit(t.Context(), 7, &office.Changes{Deleted: []int{13}})
			if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeFile || !errors.Is(err, broken) {
				t.Errorf("the error is %v", err)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file has changed")
			}
			if _, err := os.Stat(path + ".tmp"); !errors.Is(err, os.ErrNotExist) {
				t.Error("the temporary file is left behind")
			}
			if err := New(path).Commit(t.Context(), 7, &office.Changes{Deleted: []int{13}}); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("K46 the rest of a process that died is no hindrance", func(t *testing.T) {
		path := newFile(t, kmazstest.Office())
		if err := os.WriteFile(path+".tmp", []byte(`{"half`), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := New(path).Commit(t.Context(), 7, &office.Changes{Deleted: []int{13}}); err != nil {
			t.Fatal(err)
		}
		if s, err := New(path).Snapshot(t.Context()); err != nil || len(s.Accounts) != 4 || s.Revision != 8 {
			t.Errorf("%+v, %v", s, err)
		}
	})
	t.Run("K46 a lock that another holds is waited for", func(t *testing.T) {
		path := newFile(t, kmazstest.Office())
		d, held := New(path), make(chan struct{})
		release := make(chan struct{})
		d.sync = func(*os.File) error { close(held); <-release; return nil }
		done := make(chan error)
		go func() { done <- d.Commit(context.Background(), 7, &office.Changes{Deleted: []int{13}}) }()
		<-held
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := New(path).Commit(ended, 7, &office.Changes{Deleted: []int{14}}); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := New(path).Commit(t.Context(), 7, &office.Changes{Deleted: []int{14}}); !errors.Is(err, office.ErrRevision) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("K46 a link to the file and its rights are kept", func(t *testing.T) {
		path := newFile(t, kmazstest.Office())
		link := filepath.Join(t.TempDir(), "link.json")
		if err := os.Symlink(path, link); err != nil {
			t.Skip(err)
		}
		if err := New(link).Commit(t.Context(), 7, &office.Changes{Deleted: []int{13}}); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Error("the link is gone")
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(sample))
	for _, s := range []string{``, `{}`, `[]`, `{"accounts":[{"number":1,"key":"3:0"}]}`, `{"accounts":[{"stations":"`, "\ufeff{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, receipts, err := decode(data)
		if err != nil {
			return
		}
		out, err := encode(s, receipts)
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := decode(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if fmt.Sprintf("%+v", s) != fmt.Sprintf("%+v", again) {
			t.Errorf("%+v\nwritten and read\n%+v", s, again)
		}
	})
}

// A directory file takes an import.
func ExampleNew() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "dir.json")
	if err := os.WriteFile(path, []byte(`{"revision":1,"stations":[1,2],"accounts":[]}`), 0o600); err != nil {
		panic(err)
	}
	im := office.NewImporter(New(path), nil, nil)
	defer im.Close(context.Background())
	result, err := im.Import(context.Background(), kmazs.NewRequest(
		kmazs.Options{AllowedStations: kmazs.Value("all")},
		kmazs.User{SyncID: kmazs.Value("1456735"), ShortName: kmazs.Value("ИВАНОВ И.И.")},
	), "")
	fmt.Println(result.Added, err)
	// Output: 1 <nil>
}
