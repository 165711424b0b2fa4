package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

func TestStores(t *testing.T) {
	t.Run("M56 memory", func(t *testing.T) {
		kept := map[*testing.T]*journal.Memory{}
		sessiontest.TestStore(t, func(t *testing.T) journal.Store {
			if kept[t] == nil {
				kept[t] = new(journal.Memory)
			}
			return kept[t]
		})
	})
	t.Run("M56 file", func(t *testing.T) {
		paths := map[*testing.T]string{}
		open := map[*testing.T]*journal.File{}
		sessiontest.TestStore(t, func(t *testing.T) journal.Store {
			if paths[t] == "" {
				paths[t] = filepath.Join(t.TempDir(), "till.journal")
				t.Cleanup(func() { _ = open[t].Close() })
			} else {
				require.NoError(t, open[t].Close())
			}
			j, err := journal.Open(paths[t])
			require.NoError(t, err)
			open[t] = j
			return j
		})
	})
}

func records(t *testing.T, j journal.Store) (list []string, err error) {
	t.Helper()
	for r, e := range j.Records(t.Context()) {
		if e != nil {
			return list, e
		}
		list = append(list, string(r))
	}
	return list, nil
}

func code(err error) string {
	if e, ok := errors.AsType[*journal.Error](err); ok {
		return e.Code()
	}
	return fmt.Sprint(err)
}

func TestPowerLoss(t *testing.T) {
	path := filepath.Join(t.TempDir(), "till.journal")
	j, err := journal.Open(path)
	require.NoError(t, err)
	for _, r := range []string{"first", "second"} {
		require.NoError(t, j.Append(t.Context(), []byte(r)))
	}
	require.NoError(t, j.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	first := len(whole) / 2
	for i, b := range whole {
		if b == '\n' {
			first = i + 1
			break
		}
	}
	t.Run("M56 a line cut off anywhere is dropped, the others stay", func(t *testing.T) {
		for n := range whole {
			require.NoError(t, os.WriteFile(path, whole[:n], 0o600))
			j, err := journal.Open(path)
			require.NoError(t, err, n)
			got, err := records(t, j)
			require.NoError(t, err)
			var want []string
			torn := n
			if n >= first {
				want, torn = []string{"first"}, n-first
			}
			assert.Equal(t, want, got, n)
			assert.EqualValues(t, torn, j.Torn())
			require.NoError(t, j.Append(t.Context(), []byte("next")))
			got, err = records(t, j)
			require.NoError(t, err)
			assert.Equal(t, append(want, "next"), got)
			require.NoError(t, j.Close())
		}
	})
	t.Run("M56 damage before the last line is an error that says where", func(t *testing.T) {
		bad := append([]byte(nil), whole...)
		bad[12] ^= 1
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		_, err := journal.Open(path)
		assert.Equal(t, journal.CodeDamaged, code(err))
		e, _ := errors.AsType[*journal.Error](err)
		assert.Equal(t, path+", line 1", e.Path())
		assert.Contains(t, e.Message("ru"), "("+path+", строка 1)")
		assert.NotContains(t, err.Error(), "first")
		assert.NotEmpty(t, e.Message("ru"))
	})
	t.Run("M56 a failed replace leaves the old records", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path, whole, 0o600))
		j, err := journal.Open(path)
		require.NoError(t, err)
		defer func() { _ = j.Close() }()
		require.NoError(t, os.Mkdir(path+".new", 0o700)) // nothing can be written beside
		require.Error(t, j.Replace(t.Context(), [][]byte{[]byte("third")}))
		_ = os.Remove(path + ".new")
		got, err := records(t, j)
		require.NoError(t, err)
		assert.Equal(t, []string{"first", "second"}, got)
		require.NoError(t, j.Replace(t.Context(), [][]byte{[]byte("third")}))
		got, err = records(t, j)
		require.NoError(t, err)
		assert.Equal(t, []string{"third"}, got)
	})
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(filepath.Join(dir, "a"))
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, "a"))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds whole marks")
	}
	require.NoError(t, j.Close())
	require.NoError(t, j.Close())
	assert.Equal(t, journal.CodeClosed, code(j.Append(t.Context(), []byte("x"))))
	_, err = records(t, j)
	assert.Equal(t, journal.CodeClosed, code(err))
	_, err = journal.Open(filepath.Join(dir, "no", "such"))
	assert.Equal(t, journal.CodeFile, code(err))
	big := filepath.Join(dir, "big")
	f, err := os.Create(big)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(journal.MaxSize+1))
	require.NoError(t, f.Close())
	_, err = journal.Open(big)
	assert.Equal(t, journal.CodeTooLarge, code(err))
}

// Whatever is in the file, opening it neither panics nor invents a record.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("c5ec9a3a {}\n"))
	f.Add([]byte("00000000 x\n00000000 y\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(path)
		if err != nil {
			return
		}
		defer func() { _ = j.Close() }()
		before, err := records(t, j)
		if err != nil {
			t.Fatal("what was opened cannot be read: ", err)
		}
		if err := j.Append(t.Context(), []byte("next")); err != nil {
			t.Fatal(err)
		}
		after, err := records(t, j)
		if err != nil || len(after) != len(before)+1 || after[len(before)] != "next" {
			t.Fatalf("%d records, then %d: %v", len(before), len(after), err)
		}
	})
}

// A till keeps its journal in a file of its own.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "till")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	j, err := journal.Open(filepath.Join(dir, "till.journal"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = j.Close() }()
	if err := j.Append(context.Background(), []byte(`{"about":"to be sent"}`)); err != nil {
		fmt.Println(err)
		return
	}
	for record, err := range j.Records(context.Background()) {
		fmt.Println(string(record), err)
	}
	// Output: {"about":"to be sent"} <nil>
}
