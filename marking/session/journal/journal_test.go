package journal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

func open(t *testing.T, path string) *journal.File {
	t.Helper()
	j, err := journal.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func records(t *testing.T, s journal.Store) (list []string) {
	t.Helper()
	for r, err := range s.Records(t.Context()) {
		require.NoError(t, err)
		list = append(list, string(r))
	}
	return list
}

func TestMemory(t *testing.T) {
	sessiontest.TestStore(t, func(*testing.T) journal.Store { return new(journal.Memory) }, nil)
}

func TestFile(t *testing.T) {
	paths := map[journal.Store]string{}
	sessiontest.TestStore(t, func(t *testing.T) journal.Store {
		path := filepath.Join(t.TempDir(), "till.journal")
		j := open(t, path)
		paths[j] = path
		return j
	}, func(t *testing.T, s journal.Store) journal.Store {
		// Not closed: the program has crashed.
		j := open(t, paths[s])
		paths[j] = paths[s]
		return j
	})
}

// code is the Code of an error of the package, "" for another.
func code(err error) string {
	if e, ok := errors.AsType[*journal.Error](err); ok {
		return e.Code()
	}
	return ""
}

func TestDamage(t *testing.T) {
	fill := func(t *testing.T) (path string, text []byte) {
		path = filepath.Join(t.TempDir(), "till.journal")
		j := open(t, path)
		for _, r := range []string{"one", "two", "three"} {
			require.NoError(t, j.Append(t.Context(), []byte(r)))
		}
		require.NoError(t, j.Close())
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return path, text
	}
	t.Run("M56 cut anywhere, all whole records are there and the rest is dropped", func(t *testing.T) {
		path, text := fill(t)
		for n := range len(text) + 1 {
			require.NoError(t, os.WriteFile(path, text[:n], 0o600))
			j := open(t, path)
			whole := bytes.Count(text[:n], []byte{'\n'})
			assert.Equal(t, []string{"one", "two", "three"}[:whole], append([]string{}, records(t, j)...), "cut at %d", n)
			assert.Equal(t, int64(n-bytes.LastIndexByte(text[:n], '\n')-1), j.Torn(), "cut at %d", n)
			require.NoError(t, j.Append(t.Context(), []byte("four")))
			assert.Equal(t, append(append([]string{}, []string{"one", "two", "three"}[:whole]...), "four"), records(t, j))
			require.NoError(t, j.Close())
		}
	})
	t.Run("M56 a damaged line in the middle is an error with its place", func(t *testing.T) {
		path, text := fill(t)
		second := bytes.IndexByte(text, '\n') + 1
		for i := range 12 {
			bad := slices.Clone(text)
			if bad[second+i] ^= 0x40; bad[second+i] == text[second+i] {
				t.Fatal("not damaged")
			}
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			_, err := journal.Open(path)
			require.Equal(t, journal.CodeDamaged, code(err), "byte %d: %v", i, err)
			var e *journal.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "line 2", e.Path())
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, bad, after, "nothing is lost by looking")
		}
	})
	t.Run("M56 a line that is too long, a file that is too large", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "till.journal")
		require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", 2*journal.MaxRecord)+"\n"), 0o600))
		_, err := journal.Open(path)
		assert.Equal(t, journal.CodeDamaged, code(err))
		require.NoError(t, os.Truncate(path, journal.MaxSize+1))
		_, err = journal.Open(path)
		assert.Equal(t, journal.CodeTooLarge, code(err))
	})
}

func TestRefused(t *testing.T) {
	for name, s := range map[string]journal.Store{"memory": new(journal.Memory), "file": open(t, filepath.Join(t.TempDir(), "j"))} {
		t.Run("M56 what is no record, "+name, func(t *testing.T) {
			for _, r := range []string{"", "two\nlines", strings.Repeat("x", journal.MaxRecord+1)} {
				assert.Equal(t, journal.CodeRecord, code(s.Append(t.Context(), []byte(r))))
				assert.Equal(t, journal.CodeRecord, code(s.Replace(t.Context(), [][]byte{[]byte(r)})))
			}
			assert.Empty(t, records(t, s))
		})
	}
	t.Run("M56 a journal that cannot be opened", func(t *testing.T) {
		_, err := journal.Open(filepath.Join(t.TempDir(), "no", "such"))
		assert.Equal(t, journal.CodeFile, code(err))
		assert.ErrorIs(t, err, os.ErrNotExist)
	})
	t.Run("M56 closed", func(t *testing.T) {
		j := open(t, filepath.Join(t.TempDir(), "j"))
		require.NoError(t, j.Close())
		require.NoError(t, j.Close())
		assert.Equal(t, journal.CodeClosed, code(j.Append(t.Context(), []byte("x"))))
		for _, err := range j.Records(t.Context()) {
			assert.Equal(t, journal.CodeClosed, code(err))
		}
	})
	t.Run("M56 a reader whose context ends", func(t *testing.T) {
		j := open(t, filepath.Join(t.TempDir(), "j"))
		for range 3 {
			require.NoError(t, j.Append(t.Context(), []byte("x")))
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		n := 0
		for _, err := range j.Records(ctx) {
			if n++; n == 2 {
				assert.Equal(t, journal.CodeCancelled, code(err))
			}
			cancel()
		}
		assert.Equal(t, 2, n)
	})
	t.Run("M67 for its owner only", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("Windows keeps rights otherwise")
		}
		path := filepath.Join(t.TempDir(), "j")
		j := open(t, path)
		require.NoError(t, j.Replace(t.Context(), [][]byte{[]byte("x")}))
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("7a6c86f1 one\nb8b9a3ab two\n"))
	f.Add([]byte("\n"))
	f.Add([]byte("00000000 \n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Skip()
		}
		j, err := journal.Open(path)
		if err != nil {
			if code(err) == "" {
				t.Errorf("%T", err)
			}
			return
		}
		defer j.Close()
		before := records(t, j)
		if err := j.Append(t.Context(), []byte("more")); err != nil {
			t.Fatal(err)
		}
		if after := records(t, j); len(after) != len(before)+1 || after[len(before)] != "more" {
			t.Errorf("%q after %q", after, before)
		}
	})
}
