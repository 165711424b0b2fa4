// Package guardtest is the conformance suite (M41) that you run on your own
// implementation of guard.Guard. You need it before a guard of your own guards
// a shop.
package guardtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking/session/guard"
)

// Env is an empty guard under test. Its times should be short: reservations
// that last for seconds on a real clock.
type Env struct {
	// Guards are two or more tills' guards on the same data; for a guard within
	// one program the same one twice.
	Guards []guard.Guard
	// Wait lets time pass for the guard: time.Sleep, or a step of a false clock.
	Wait func(d time.Duration)
	// SoldFor is how long a sold entry lives.
	SoldFor time.Duration
}

// TestGuard tests an implementation; open gives a fresh, empty Env for each test.
func TestGuard(t *testing.T, open func(t *testing.T) Env) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, e Env)
	}{
		{"M41 reserve, renew, release", testLife},
		{"M41 a repeated reserve gives the same reservation", testRepeat},
		{"M41 identities are case-sensitive", testCase},
		{"M41 a reservation expires, and the next has a greater token", testExpiry},
		{"M41 a held reservation does not expire", testHold},
		{"M41 hold and renew are all or nothing", testAtomic},
		{"M41 sold entries live for their time", testSold},
		{"M41 a return releases", testReturn},
		{"M41 a stale token does nothing", testStale},
		{"M41 of many at once one wins", testRace},
		{"M41 ended contexts and empty lists", testEdges},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := open(t)
			if len(e.Guards) < 2 {
				t.Fatal("Env needs two guards")
			}
			test.run(t, e)
		})
	}
}

var bg = context.Background()

const (
	one = "0104670008163685" + "21bvSqkCsuoAyR5"
	two = "0104640203820010" + "211000000119818"
)

func ask(owner string) guard.Request { return guard.Request{Identity: one, Owner: owner} }

func must(t *testing.T, g guard.Guard, r guard.Request) guard.Reservation {
	t.Helper()
	res, err := g.Reserve(bg, r)
	if err != nil {
		t.Fatalf("Reserve: %v", err)
	}
	if res.Identity != r.Identity || res.Owner != r.Owner || res.Return != r.Return || res.Token == 0 || res.TTL <= 0 {
		t.Fatalf("Reserve returned %+v for %+v", res, r)
	}
	return res
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func taken(t *testing.T, g guard.Guard, r guard.Request, owner string, sold bool) {
	t.Helper()
	_, err := g.Reserve(bg, r)
	e, is := errors.AsType[*guard.TakenError](err)
	if !is {
		t.Fatalf("Reserve: %v, want a TakenError", err)
	}
	if e.Owner != owner || e.Sold != sold {
		t.Fatalf("taken by %q, sold %v; want %q, %v", e.Owner, e.Sold, owner, sold)
	}
}

func lost(t *testing.T, err error, identities ...string) {
	t.Helper()
	e, is := errors.AsType[*guard.LostError](err)
	if !is {
		t.Fatalf("%v, want a LostError", err)
	}
	got := slices.Sorted(slices.Values(e.Identities))
	slices.Sort(identities)
	if !slices.Equal(got, identities) {
		t.Fatalf("lost %q, want %q", got, identities)
	}
}

func list(r ...guard.Reservation) []guard.Reservation { return r }

func testLife(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r := must(t, a, ask("a"))
	taken(t, b, ask("b"), "a", false)
	for range 4 {
		e.Wait(r.TTL / 2)
		ok(t, a.Renew(bg, list(r)))
	}
	taken(t, b, ask("b"), "a", false)
	ok(t, a.Release(bg, list(r)))
	must(t, b, ask("b"))
	ok(t, a.Release(bg, list(r))) // again: not ours any more
	taken(t, a, ask("a"), "b", false)
}

func testRepeat(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r := must(t, a, ask("a"))
	e.Wait(r.TTL / 2)
	if again := must(t, b, ask("a")); again.Token != r.Token {
		t.Fatalf("token %d, then %d for the same owner", r.Token, again.Token)
	}
	e.Wait(r.TTL * 3 / 4) // the repeat has renewed it
	taken(t, b, ask("b"), "a", false)
}

func testCase(t *testing.T, e Env) {
	must(t, e.Guards[0], guard.Request{Identity: one, Owner: "a"})
	must(t, e.Guards[1], guard.Request{Identity: "0104670008163685" + "21BvSqkCsuoAyR5", Owner: "b"})
}

func testExpiry(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	old := must(t, a, ask("a"))
	e.Wait(old.TTL + old.TTL/4)
	r := must(t, b, ask("b"))
	if r.Token <= old.Token {
		t.Fatalf("token %d after %d", r.Token, old.Token)
	}
	lost(t, a.Renew(bg, list(old)), one)
	lost(t, a.Hold(bg, list(old)), one)
	ok(t, b.Release(bg, list(r)))
	if third := must(t, a, ask("a")); third.Token <= r.Token {
		t.Fatalf("token %d after %d was released", third.Token, r.Token)
	}
}

func testHold(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r := must(t, a, ask("a"))
	ok(t, a.Hold(bg, list(r)))
	e.Wait(3 * r.TTL)
	taken(t, b, ask("b"), "a", false)
	ok(t, a.Hold(bg, list(r)))
	ok(t, a.Renew(bg, list(r))) // expires again from here on
	e.Wait(r.TTL + r.TTL/4)
	must(t, b, ask("b"))
}

func testAtomic(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r1 := must(t, a, ask("a"))
	e.Wait(r1.TTL + r1.TTL/4)
	must(t, b, ask("b"))
	r2 := must(t, a, guard.Request{Identity: two, Owner: "a"})
	lost(t, a.Hold(bg, list(r1, r2)), one)
	e.Wait(r2.TTL / 2)
	lost(t, a.Renew(bg, list(r2, r1)), one)
	e.Wait(r2.TTL * 3 / 4) // neither held nor renewed
	must(t, b, guard.Request{Identity: two, Owner: "b"})
}

func testSold(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r := must(t, a, ask("a"))
	ok(t, a.Hold(bg, list(r)))
	ok(t, a.Confirm(bg, list(r)))
	ok(t, a.Confirm(bg, list(r)))
	taken(t, b, ask("b"), "a", true)
	taken(t, a, ask("a"), "a", true)
	ok(t, a.Release(bg, list(r))) // a sold entry is not released
	lost(t, a.Renew(bg, list(r)), one)
	e.Wait(e.SoldFor / 2)
	taken(t, b, ask("b"), "a", true)
	e.Wait(e.SoldFor)
	must(t, b, ask("b"))
	// Sold although the reservation had expired and nobody else took it.
	late := must(t, a, guard.Request{Identity: two, Owner: "a"})
	e.Wait(late.TTL + late.TTL/4)
	ok(t, a.Confirm(bg, list(late)))
	taken(t, b, guard.Request{Identity: two, Owner: "b"}, "a", true)
}

func testReturn(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	r := must(t, a, ask("a"))
	ok(t, a.Confirm(bg, list(r)))
	back := guard.Request{Identity: one, Owner: "b", Return: true}
	rb := must(t, b, back)
	if rb.Token <= r.Token {
		t.Fatalf("token %d after %d", rb.Token, r.Token)
	}
	taken(t, a, guard.Request{Identity: one, Owner: "c", Return: true}, "b", false)
	taken(t, a, ask("c"), "b", false)
	ok(t, b.Release(bg, list(rb))) // the return was cancelled: as sold as before
	taken(t, a, ask("c"), "a", true)
	rb = must(t, b, back)
	ok(t, b.Hold(bg, list(rb)))
	ok(t, b.Confirm(bg, list(rb)))
	must(t, a, ask("c"))
	// A return that expires leaves the piece sold.
	r = must(t, a, guard.Request{Identity: two, Owner: "a"})
	ok(t, a.Confirm(bg, list(r)))
	rb = must(t, b, guard.Request{Identity: two, Owner: "b", Return: true})
	e.Wait(rb.TTL + rb.TTL/4)
	taken(t, a, guard.Request{Identity: two, Owner: "c"}, "a", true)
}

func testStale(t *testing.T, e Env) {
	a, b := e.Guards[0], e.Guards[1]
	old := must(t, a, ask("a"))
	e.Wait(old.TTL + old.TTL/4)
	r := must(t, b, ask("b"))
	ok(t, a.Release(bg, list(old)))
	ok(t, a.Confirm(bg, list(old)))
	taken(t, a, ask("c"), "b", false)
	ok(t, b.Hold(bg, list(r)))
	ok(t, b.Confirm(bg, list(r)))
	taken(t, a, ask("c"), "b", true)
}

func testRace(t *testing.T, e Env) {
	for round := range 50 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var won []guard.Reservation
		id := fmt.Sprintf("%s%d", one, round)
		for i := range 8 {
			g := e.Guards[i%len(e.Guards)]
			wg.Go(func() {
				r, err := g.Reserve(bg, guard.Request{Identity: id, Owner: fmt.Sprint(i)})
				if _, taken := errors.AsType[*guard.TakenError](err); err != nil && !taken {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					won = append(won, r)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("round %d: %d have it", round, len(won))
		}
	}
}

func testEdges(t *testing.T, e Env) {
	g := e.Guards[0]
	ok(t, g.Renew(bg, nil))
	ok(t, g.Hold(bg, nil))
	ok(t, g.Confirm(bg, nil))
	ok(t, g.Release(bg, nil))
	ctx, cancel := context.WithCancel(bg)
	cancel()
	if _, err := g.Reserve(ctx, ask("a")); err == nil {
		t.Fatal("reserved though the context had ended")
	}
	r := must(t, g, ask("b"))
	if g.Hold(ctx, list(r)) == nil || g.Renew(ctx, list(r)) == nil || g.Confirm(ctx, list(r)) == nil || g.Release(ctx, list(r)) == nil {
		t.Fatal("done though the context had ended")
	}
	taken(t, e.Guards[1], ask("c"), "b", false)
}
