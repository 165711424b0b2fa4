package customstest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/customstest"
)

func TestMemStore(t *testing.T) {
	customstest.TestReferenceStore(t, func(*testing.T) customs.ReferenceStore { return new(customs.MemStore) })
}

// broken are stores with one fault each, and the words of the test that finds it.
var broken = map[string]struct {
	finds string
	store func() customs.ReferenceStore
}{
	"folding": {"keep_apart", func() customs.ReferenceStore { return &faulty{protocol: strings.ToLower} }},
	"blind": {"a_version_that", func() customs.ReferenceStore {
		return &faulty{version: func(m *customs.MemStore, protocol string) uint64 {
			_, v, _ := m.Load(context.Background(), protocol)
			return v
		}}
	}},
	"deaf": {"ended_context", func() customs.ReferenceStore { return &faulty{deaf: true} }},
	"lossy": {"every_member", func() customs.ReferenceStore {
		return &faulty{ref: func(r customs.Reference) customs.Reference { r.Recovered = false; return r }}
	}},
}

// TestBroken runs the suite on the store that the environment names.
func TestBroken(t *testing.T) {
	b, ok := broken[os.Getenv("BROKEN_STORE")]
	if !ok {
		t.Skip("run by TestFinds")
	}
	customstest.TestReferenceStore(t, func(*testing.T) customs.ReferenceStore { return b.store() })
}

func TestFinds(t *testing.T) {
	for name, b := range broken {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestBroken$")
			cmd.Env = append(os.Environ(), "BROKEN_STORE="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), b.finds) {
				t.Errorf("not found: %v\n%s", err, out)
			}
		})
	}
}

type faulty struct {
	customs.MemStore
	protocol func(string) string
	version  func(m *customs.MemStore, protocol string) uint64
	ref      func(customs.Reference) customs.Reference
	deaf     bool
}

func (f *faulty) Load(ctx context.Context, protocol string) (customs.Reference, uint64, error) {
	if f.protocol != nil {
		protocol = f.protocol(protocol)
	}
	if f.deaf {
		ctx = context.Background()
	}
	return f.MemStore.Load(ctx, protocol)
}

func (f *faulty) Save(ctx context.Context, protocol string, ref customs.Reference, version uint64) error {
	if f.protocol != nil {
		protocol = f.protocol(protocol)
	}
	if f.deaf {
		ctx = context.Background()
	}
	if f.version != nil {
		version = f.version(&f.MemStore, protocol)
	}
	if f.ref != nil {
		ref = f.ref(ref)
	}
	return f.MemStore.Save(ctx, protocol, ref, version)
}

func ExampleTestReferenceStore() {
	// In a test of your own package:
	_ = func(t *testing.T) {
		customstest.TestReferenceStore(t, func(t *testing.T) customs.ReferenceStore {
			return new(customs.MemStore) // yours, empty
		})
	}
	fmt.Println("ok")
	// Output: ok
}
