package customstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/obmen-go/obmen/customs"
)

// TestReferenceStore tests an implementation; open gives a fresh, empty store for
// each test.
func TestReferenceStore(t *testing.T, open func(t *testing.T) customs.ReferenceStore) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, store customs.ReferenceStore)
	}{
		{"an unknown protocol is not found", testUnknown},
		{"what is saved is loaded, every member", testAll},
		{"protocols keep apart, byte by byte", testApart},
		{"gap 24 a version that is not the stored one is refused", testVersions},
		{"gap 24 of many at once one wins, and none is lost", testRace},
		{"an ended context stores nothing", testContext},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func whole() customs.Reference {
	return customs.Reference{User: "Иванов", Profile: "ЭП '1'; \"x\"", Recovered: true,
		Posts:    customs.Posts{Main: "10000030", Border: "10000040"},
		Versions: customs.Versions{Format: "5.0.8", Spec: "3.2.0"}}
}

func save(t *testing.T, store customs.ReferenceStore, protocol string, ref customs.Reference, version uint64) {
	t.Helper()
	if err := store.Save(t.Context(), protocol, ref, version); err != nil {
		t.Fatalf("Save of version %d: %v", version, err)
	}
}

// holds loads a reference, compares it and returns its version.
func holds(t *testing.T, store customs.ReferenceStore, protocol string, want customs.Reference) uint64 {
	t.Helper()
	got, version, err := store.Load(t.Context(), protocol)
	if err != nil || got != want {
		t.Fatalf("Load(%q) = %+v, %v; want %+v", protocol, got, err, want)
	}
	return version
}

func testUnknown(t *testing.T, store customs.ReferenceStore) {
	if _, _, err := store.Load(t.Context(), "A"); !errors.Is(err, customs.ErrNotFound) {
		t.Errorf("Load gives %v, want ErrNotFound", err)
	}
	if err := store.Save(t.Context(), "A", whole(), 1); !errors.Is(err, customs.ErrConflict) {
		t.Errorf("Save of version 1 gives %v, want ErrConflict: nothing is stored yet", err)
	}
	if _, _, err := store.Load(t.Context(), "A"); !errors.Is(err, customs.ErrNotFound) {
		t.Errorf("Load after a refused Save gives %v, want ErrNotFound", err)
	}
}

func testAll(t *testing.T, store customs.ReferenceStore) {
	save(t, store, "A", whole(), 0)
	version := holds(t, store, "A", whole())
	if version == 0 {
		t.Fatal("a stored reference has version 0, which says that there is none")
	}
	save(t, store, "A", customs.Reference{}, version)
	if next := holds(t, store, "A", customs.Reference{}); next != version+1 {
		t.Errorf("version %d after %d: a Save counts it up by one", next, version)
	}
}

func testApart(t *testing.T, store customs.ReferenceStore) {
	protocols := []string{"A", "a", "A ", "Я", "я", "a/b", "a'b", "6f8c1e52-0000-4000-8000-000000000001"}
	for _, p := range protocols {
		save(t, store, p, customs.Reference{User: p}, 0)
	}
	for _, p := range protocols {
		holds(t, store, p, customs.Reference{User: p})
	}
}

func testVersions(t *testing.T, store customs.ReferenceStore) {
	save(t, store, "A", whole(), 0)
	version := holds(t, store, "A", whole())
	for _, wrong := range []uint64{0, version - 1, version + 1, 1 << 62} {
		if wrong == version {
			continue
		}
		if err := store.Save(t.Context(), "A", customs.Reference{User: "other"}, wrong); !errors.Is(err, customs.ErrConflict) {
			t.Errorf("Save of version %d over %d gives %v, want ErrConflict", wrong, version, err)
		}
	}
	if now := holds(t, store, "A", whole()); now != version {
		t.Errorf("a refused Save changed the version from %d to %d", version, now)
	}
}

func testRace(t *testing.T, store customs.ReferenceStore) {
	const writers, each = 4, 8
	save(t, store, "A", customs.Reference{}, 0)
	first := holds(t, store, "A", customs.Reference{})
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				ref, version, err := store.Load(t.Context(), "A")
				if err != nil {
					t.Errorf("Load: %v", err)
					return
				}
				ref.User += fmt.Sprint(w)
				err = store.Save(t.Context(), "A", ref, version)
				if err == nil {
					done++
				} else if !errors.Is(err, customs.ErrConflict) {
					t.Errorf("Save: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	ref, version, err := store.Load(t.Context(), "A")
	if err != nil || len(ref.User) != writers*each || version != first+writers*each {
		t.Errorf("%d of %d changes are left, version %d after %d: %v", len(ref.User), writers*each, version, first, err)
	}
}

func testContext(t *testing.T, store customs.ReferenceStore) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := store.Load(ctx, "A"); !errors.Is(err, context.Canceled) {
		t.Errorf("Load gives %v, want context.Canceled", err)
	}
	if err := store.Save(ctx, "A", whole(), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("Save gives %v, want context.Canceled", err)
	}
	if _, _, err := store.Load(t.Context(), "A"); !errors.Is(err, customs.ErrNotFound) {
		t.Errorf("Load gives %v, want ErrNotFound: nothing was to be stored", err)
	}
}
