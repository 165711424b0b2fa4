package sessiontest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/obmen-go/obmen/marking/session/journal"
)

// TestStore runs the suite that a [journal.Store] must pass. open gives an empty
// store; reopen, which may be nil, opens the same one once more, as after a crash.
func TestStore(t *testing.T, open func(t *testing.T) journal.Store, reopen func(t *testing.T, s journal.Store) journal.Store) {
	read := func(t *testing.T, s journal.Store) (list []string) {
		t.Helper()
		for record, err := range s.Records(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, string(record))
		}
		return list
	}
	want := func(t *testing.T, s journal.Store, list ...string) {
		t.Helper()
		if got := read(t, s); !slices.Equal(got, list) {
			t.Errorf("records %q, want %q", got, list)
		}
	}
	add := func(t *testing.T, s journal.Store, list ...string) {
		t.Helper()
		for _, r := range list {
			if err := s.Append(t.Context(), []byte(r)); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("records in their order", func(t *testing.T) {
		s := open(t)
		want(t, s)
		record := []byte("one")
		if err := s.Append(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		record[0] = 'x' // the store has its own copy
		add(t, s, "two", "three \x1d \x00 три")
		want(t, s, "one", "two", "three \x1d \x00 три")
	})
	t.Run("replaced", func(t *testing.T) {
		s := open(t)
		add(t, s, "one", "two")
		if err := s.Replace(t.Context(), [][]byte{[]byte("three"), []byte("four")}); err != nil {
			t.Fatal(err)
		}
		add(t, s, "five")
		want(t, s, "three", "four", "five")
		if err := s.Replace(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		want(t, s)
	})
	t.Run("a reader that stops", func(t *testing.T) {
		s := open(t)
		add(t, s, "one", "two", "three")
		for record, err := range s.Records(t.Context()) {
			if err != nil || string(record) != "one" {
				t.Errorf("%q, %v", record, err)
			}
			break
		}
		want(t, s, "one", "two", "three")
	})
	t.Run("a caller that gave up writes nothing", func(t *testing.T) {
		s := open(t)
		add(t, s, "one")
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if s.Append(gone, []byte("two")) == nil || s.Replace(gone, [][]byte{[]byte("three")}) == nil {
			t.Error("no error")
		}
		want(t, s, "one")
	})
	t.Run("long records, and many", func(t *testing.T) {
		s := open(t)
		long := string(bytes.Repeat([]byte("x"), journal.MaxRecord))
		add(t, s, long)
		list := []string{long}
		for i := range 300 {
			list = append(list, fmt.Sprintf(`{"n":%d}`, i))
		}
		add(t, s, list[1:]...)
		want(t, s, list...)
	})
	if reopen == nil {
		return
	}
	t.Run("there after a crash", func(t *testing.T) {
		s := open(t)
		add(t, s, "one", "two")
		s = reopen(t, s)
		want(t, s, "one", "two")
		if err := s.Replace(t.Context(), [][]byte{[]byte("three")}); err != nil {
			t.Fatal(err)
		}
		add(t, s, "four")
		want(t, reopen(t, s), "three", "four")
	})
}
