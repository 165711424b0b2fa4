package guard_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/session/guard"
)

func TestErrors(t *testing.T) {
	taken := &guard.TakenError{Owner: "till-3/1"}
	assert.Equal(t, guard.CodeTaken, taken.Code())
	assert.Equal(t, guard.CodeSold, (&guard.TakenError{Sold: true}).Code())
	lost := &guard.LostError{Identities: []string{"a", "b"}}
	assert.Equal(t, guard.CodeLost, lost.Code())
	for _, e := range []interface {
		error
		Path() string
		Message(string) string
		SafeToRetry() bool
	}{taken, lost} {
		assert.Empty(t, e.Path())
		assert.True(t, e.SafeToRetry())
		assert.NotContains(t, e.Error()+e.Message("ru")+e.Message("en"), "{")
	}
	assert.Contains(t, taken.Message("ru"), "till-3/1")
	assert.Contains(t, lost.Message("en"), "a, b")
}

// What has expired leaves the memory, also where nobody asks for it again.
func TestMemoryIsBounded(t *testing.T) {
	now := time.Now()
	g := &guard.Memory{Now: func() time.Time { return now }}
	for i := range 5000 {
		_, err := g.Reserve(context.Background(), guard.Request{Identity: fmt.Sprint(i), Owner: "a"})
		require.NoError(t, err)
		now = now.Add(time.Second)
	}
	assert.Less(t, g.Len(), 1200)
}

func ExampleGuard() {
	var g guard.Guard = new(guard.Memory)
	ctx := context.Background()
	r, _ := g.Reserve(ctx, guard.Request{Identity: "0104670008163685" + "21bvSqkCsuoAyR5", Owner: "till-1/receipt-17"})
	_, err := g.Reserve(ctx, guard.Request{Identity: r.Identity, Owner: "till-2/receipt-4"})
	taken, _ := errors.AsType[*guard.TakenError](err)
	fmt.Println(taken.Code(), taken.Owner)
	fmt.Println(g.Hold(ctx, []guard.Reservation{r}))    // just before the receipt is printed
	fmt.Println(g.Confirm(ctx, []guard.Reservation{r})) // it was
	// Output:
	// MARK-GUARD-TAKEN till-1/receipt-17
	// <nil>
	// <nil>
}
