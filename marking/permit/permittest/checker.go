package permittest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
)

// Marks are what [TestChecker] asks about. A checker against a test contour is
// given codes of that contour.
type Marks struct {
	// Good may be sold.
	Good marking.Code
	// Refused may not. The tests that need it are left out if it is no mark.
	Refused marking.Code
}

// patience is what a checker gets beyond the end of its context.
const patience = 2 * time.Second

// TestChecker runs the suite that a [permit.Checker] must pass (M60): a verdict
// of its own for each mark, never an answer where there is none, an end with the
// context, and use from several goroutines. newChecker returns a checker that
// can be asked; it cleans up by t.
func TestChecker(t *testing.T, marks Marks, newChecker func(t *testing.T) permit.Checker) {
	ask := func(t *testing.T, c permit.Checker, q permit.Query) permit.Verdict {
		t.Helper()
		v := c.Check(t.Context(), q)
		sound(t, v)
		return v
	}
	good := permit.Query{Mark: marks.Good, Price: 10_000}
	t.Run("a good mark", func(t *testing.T) {
		if v := ask(t, newChecker(t), good); !v.Allowed() {
			t.Errorf("%v", v)
		}
	})
	t.Run("a refused mark", func(t *testing.T) {
		if !marks.Refused.Kind().IsMark() {
			t.Skip("no mark is given that is refused")
		}
		c := newChecker(t)
		if v := ask(t, c, permit.Query{Mark: marks.Refused, Price: 10_000}); v.Allowed() || v.Refusal == nil {
			t.Errorf("%v", v)
		}
		verdicts := permit.CheckAll(t.Context(), c, []permit.Query{{Mark: marks.Refused, Price: 10_000}, good})
		if len(verdicts) != 2 || verdicts[0].Allowed() || !verdicts[1].Allowed() {
			t.Errorf("together: %v", verdicts)
		}
	})
	t.Run("what is no mark", func(t *testing.T) {
		if v := ask(t, newChecker(t), permit.Query{}); v.Outcome == permit.OutcomeOK || v.Outcome == permit.OutcomeRefused {
			t.Errorf("%v", v)
		}
	})
	t.Run("nothing to ask", func(t *testing.T) {
		if verdicts := permit.CheckAll(t.Context(), newChecker(t), nil); len(verdicts) != 0 {
			t.Errorf("%v", verdicts)
		}
	})
	t.Run("a context that has ended", func(t *testing.T) {
		c := newChecker(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		start := time.Now()
		v := c.Check(ctx, good)
		sound(t, v)
		if v.Outcome == permit.OutcomeRefused {
			t.Errorf("a refusal that nobody gave: %v", v)
		}
		if took := time.Since(start); took > patience {
			t.Errorf("returned %v after the end", took)
		}
	})
	t.Run("several goroutines", func(t *testing.T) {
		c := newChecker(t)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				v := c.Check(t.Context(), good)
				sound(t, v)
				if v.Refusal != nil {
					t.Errorf("%v", v)
				}
			})
		}
		wg.Wait()
	})
}

// sound says what is wrong with a verdict in itself.
func sound(t *testing.T, v permit.Verdict) {
	t.Helper()
	_, hasTag := v.Industry(permit.IndustrySettings{})
	switch {
	case v.Outcome == permit.OutcomeUnset:
		t.Error("a verdict without an outcome")
	case v.Answered.IsZero():
		t.Error("a verdict without the time it was made")
	case v.Outcome == permit.OutcomeRefused && v.Refusal == nil:
		t.Error("a refusal without a reason")
	case v.Outcome == permit.OutcomeOK && v.Refusal != nil:
		t.Error("it may be sold, and there is a reason against it")
	case v.Outcome == permit.OutcomeOK && !hasTag:
		t.Error("it may be sold, and the receipt could not say by which answer (M66)")
	case v.Outcome == permit.OutcomeNoAnswer && v.Failure == nil:
		t.Error("no answer, and no word on why")
	}
}
