package permittest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/obmen-go/obmen/marking/permit"
)

// TestStore runs the suite that a [permit.Store] must pass. newStore returns an
// empty store; reopen, which may be nil, opens the same store once more, as
// after a restart.
func TestStore(t *testing.T, newStore func(t *testing.T) permit.Store, reopen func(t *testing.T, s permit.Store) permit.Store) {
	ctx := context.Background()
	load := func(t *testing.T, s permit.Store, key string, want []byte) {
		t.Helper()
		got, err := s.Load(ctx, key)
		if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("Load(%q) = %q, %v; want %q", key, got, err, want)
		}
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keys := func(t *testing.T, s permit.Store, prefix string, want ...string) {
		t.Helper()
		got, err := s.Keys(ctx, prefix)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Keys(%q) = %q, %v; want %q", prefix, got, err, want)
		}
	}
	t.Run("empty", func(t *testing.T) {
		s := newStore(t)
		load(t, s, "a", nil)
		must(t, s.Delete(ctx, "a"))
		keys(t, s, "")
	})
	t.Run("save, replace, delete", func(t *testing.T) {
		s := newStore(t)
		value := []byte("one\x00\xff")
		must(t, s.Save(ctx, "a-1", value))
		value[0] = 'x' // the store has its own copy
		load(t, s, "a-1", []byte("one\x00\xff"))
		got, err := s.Load(ctx, "a-1")
		must(t, err)
		got[0] = 'x' // and so has the caller
		load(t, s, "a-1", []byte("one\x00\xff"))
		must(t, s.Save(ctx, "a-1", []byte("2")))
		load(t, s, "a-1", []byte("2"))
		must(t, s.Save(ctx, "a-1", bytes.Repeat([]byte("z"), 100_000)))
		load(t, s, "a-1", bytes.Repeat([]byte("z"), 100_000))
		must(t, s.Delete(ctx, "a-1"))
		load(t, s, "a-1", nil)
	})
	t.Run("keys", func(t *testing.T) {
		s := newStore(t)
		for _, k := range []string{"b-2", "a-10", "b-10", "a-1", "b"} {
			must(t, s.Save(ctx, k, []byte(k)))
		}
		keys(t, s, "", "a-1", "a-10", "b", "b-10", "b-2")
		keys(t, s, "b-", "b-10", "b-2")
		keys(t, s, "c")
		must(t, s.Delete(ctx, "b-10"))
		keys(t, s, "b-", "b-2")
	})
	t.Run("restart", func(t *testing.T) {
		if reopen == nil {
			t.Skip("the store does not outlive the program")
		}
		s := newStore(t)
		must(t, s.Save(ctx, "a", []byte("1")))
		must(t, s.Save(ctx, "b", []byte("2")))
		must(t, s.Delete(ctx, "b"))
		s = reopen(t, s)
		load(t, s, "a", []byte("1"))
		load(t, s, "b", nil)
		keys(t, s, "", "a")
	})
	t.Run("several goroutines", func(t *testing.T) {
		s := newStore(t)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				own := fmt.Sprintf("own-%d", i)
				for n := range 10 {
					value := fmt.Appendf(nil, "%d-%d", i, n)
					if err := s.Save(ctx, own, value); err != nil {
						t.Error(err)
					}
					if err := s.Save(ctx, "shared", value); err != nil {
						t.Error(err)
					}
					if got, err := s.Load(ctx, own); err != nil || !bytes.Equal(got, value) {
						t.Errorf("%q, %v", got, err)
					}
				}
			})
		}
		wg.Wait()
		if got, err := s.Load(ctx, "shared"); err != nil || len(got) != 3 {
			t.Errorf("%q, %v", got, err)
		}
	})
}
