package guardtest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/guardtest"
)

func memory(*testing.T) guardtest.Env {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	g := &guard.Memory{Now: func() time.Time { return now }, TTL: time.Minute, SoldFor: 24 * time.Hour}
	return guardtest.Env{Guards: []guard.Guard{g, g}, Wait: func(d time.Duration) { now = now.Add(d) }, SoldFor: 24 * time.Hour}
}

func TestMemory(t *testing.T) { guardtest.TestGuard(t, memory) }

func ExampleTestGuard() {
	// In a test of an implementation:
	_ = func(t *testing.T) {
		guardtest.TestGuard(t, func(*testing.T) guardtest.Env {
			g := &guard.Memory{TTL: 200 * time.Millisecond, SoldFor: time.Second}
			return guardtest.Env{Guards: []guard.Guard{g, g}, Wait: time.Sleep, SoldFor: time.Second}
		})
	}
	fmt.Println("ok")
	// Output: ok
}
