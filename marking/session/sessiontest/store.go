package sessiontest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/obmen-go/obmen/marking/session/journal"
)

// TestStore is the conformance suite for journals (M56). open opens the same
// store each time it is called within one test, as a program does that begins
// again, and an empty one for each new *testing.T.
func TestStore(t *testing.T, open func(t *testing.T) journal.Store) {
	t.Run("M56 records come back in their order, also after a restart", func(t *testing.T) {
		s := open(t)
		expect(t, s)
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf(`{"step":%d,"text":"марка"}`, i))
			add(t, s, want[i])
			expect(t, s, want...)
		}
		expect(t, open(t), want...)
	})
	t.Run("M56 replace is all or nothing", func(t *testing.T) {
		s := open(t)
		add(t, s, "one")
		if err := s.Replace(t.Context(), [][]byte{[]byte("two"), nil}); err == nil {
			t.Error("an empty record was taken")
		}
		expect(t, s, "one")
		if err := s.Replace(t.Context(), [][]byte{[]byte("two"), []byte("three")}); err != nil {
			t.Fatal(err)
		}
		add(t, s, "four")
		expect(t, s, "two", "three", "four")
		s = open(t)
		expect(t, s, "two", "three", "four")
		if err := s.Replace(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		expect(t, s)
		expect(t, open(t))
	})
	t.Run("M56 what is refused leaves nothing behind", func(t *testing.T) {
		s := open(t)
		add(t, s, "one")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for name, err := range map[string]error{
			"an empty record":         s.Append(t.Context(), nil),
			"a record of two lines":   s.Append(t.Context(), []byte("a\nb")),
			"a record beyond MaxSize": s.Append(t.Context(), bytes.Repeat([]byte("x"), journal.MaxRecord+1)),
			"an ended context":        s.Append(ended, []byte("two")),
		} {
			if err == nil {
				t.Error(name + " was taken")
			}
		}
		expect(t, s, "one")
		long := string(bytes.Repeat([]byte("x"), journal.MaxRecord))
		add(t, s, long)
		expect(t, open(t), "one", long)
	})
	t.Run("M56 records belong to the store", func(t *testing.T) {
		s := open(t)
		r := []byte("mine")
		if err := s.Append(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		copy(r, "your")
		expect(t, s, "mine")
		for range s.Records(t.Context()) {
			break // a loop may be left
		}
		expect(t, s, "mine")
	})
}

func add(t *testing.T, s journal.Store, r string) {
	t.Helper()
	if err := s.Append(t.Context(), []byte(r)); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, s journal.Store, want ...string) {
	t.Helper()
	var got []string
	for r, err := range s.Records(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(r))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
}
