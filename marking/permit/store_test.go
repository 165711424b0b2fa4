package permit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func TestMemStore(t *testing.T) {
	permittest.TestStore(t, func(*testing.T) permit.Store { return &permit.MemStore{} }, nil)
}

func TestDirStore(t *testing.T) {
	dirs := map[permit.Store]string{}
	open := func(t *testing.T, dir string) permit.Store {
		s, err := permit.OpenDirStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		dirs[s] = dir
		return s
	}
	permittest.TestStore(t,
		func(t *testing.T) permit.Store { return open(t, filepath.Join(t.TempDir(), "new", "folder")) },
		func(t *testing.T, s permit.Store) permit.Store {
			s.(*permit.DirStore).Close()
			return open(t, dirs[s])
		})
	t.Run("M62 a key cannot leave the folder", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, filepath.Join(dir, "store"))
		for _, key := range []string{"", "../x", "a/b", `a\b`, "A", "a.b", "con:", "ключ"} {
			if s.Save(t.Context(), key, nil) == nil || s.Delete(t.Context(), key) == nil {
				t.Errorf("%q", key)
			}
			if _, err := s.Load(t.Context(), key); err == nil {
				t.Errorf("%q", key)
			}
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Error(entries)
		}
	})
	t.Run("M62 a half-written file is no value", func(t *testing.T) {
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, "emergency.tmp"), []byte(`{"unt`), 0o600)
		s := open(t, dir)
		if v, err := s.Load(t.Context(), "emergency"); v != nil || err != nil {
			t.Error(v, err)
		}
		if keys, _ := s.Keys(t.Context(), ""); len(keys) != 0 {
			t.Error(keys)
		}
		if err := s.Save(t.Context(), "emergency", []byte("x")); err != nil {
			t.Error(err)
		}
	})
	t.Run("M62 a folder that cannot be opened", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		os.WriteFile(file, nil, 0o600)
		_, err := permit.OpenDirStore(file)
		if e, ok := err.(*permit.Error); !ok || e.Code() != permit.CodeStore {
			t.Error(err)
		}
	})
}
