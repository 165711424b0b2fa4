package permit_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// chainCase runs a chain over a shop in virtual time.
func chainCase(t *testing.T, name string, f func(t *testing.T, s *shop, m marking.Code)) {
	m := milk(t, 1)
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newShop()
			s.put(m, nil)
			f(t, s, m)
		})
	})
}

func (s *shop) newChain(t testing.TB, change ...func(*permit.ChainOptions)) *permit.Chain {
	opts := permit.ChainOptions{CDN: s.newCDN(t), Local: s.newLocal(t)}
	for _, f := range change {
		f(&opts)
	}
	return permit.NewChain(opts)
}

func (s *shop) withPiot(t testing.TB) func(*permit.ChainOptions) {
	return func(o *permit.ChainOptions) { o.Piot = s.newPiot(t) }
}

// down makes all hosts fail.
func (s *shop) down(f permittest.Fault) {
	for h := range s.cdn.Hosts {
		s.cdn.Fail(h+1, f)
	}
	s.piot.Fail(f)
}

func TestChain(t *testing.T) {
	chainCase(t, "M60 online first", func(t *testing.T, s *shop, m marking.Code) {
		c := s.newChain(t)
		defer closeAll(t, c)
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := ask(t, c, m)
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		if v.Stamp.Source != permit.SourceCDN || s.piot.Checks() != 0 {
			t.Error(v)
		}
	})
	chainCase(t, "M60 ТС ПИоТ in place of the CDN", func(t *testing.T, s *shop, m marking.Code) {
		c := s.newChain(t, s.withPiot(t))
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		s.piot.Fail(permittest.Broken)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
		if v.Stamp.Source != permit.SourcePiot || s.cdn.Checks(1) != 0 {
			t.Error(v)
		}
	})
	chainCase(t, "M60 the local module is asked at the same time", func(t *testing.T, s *shop, m marking.Code) {
		s.down(permittest.Hang)
		s.local.Fail(permittest.Slow(1400 * time.Millisecond))
		c := s.newChain(t)
		defer closeAll(t, c)
		start := time.Now()
		v := ask(t, c, m)
		want(t, v, permit.OutcomeNoAnswer, permit.LocalOK, "")
		if took := time.Since(start); took > permit.DefaultLimit || !v.Allowed() || v.Stamp.Source != permit.SourceLocal {
			t.Error(took, v)
		}
		if v.Failure == nil || v.Failure.Code() != permit.CodeTimeout {
			t.Error(v.Failure)
		}
	})
	chainCase(t, "M60 a local refusal counts only if online has no verdict", func(t *testing.T, s *shop, m marking.Code) {
		s.local.Goods.Put(m, members{"isBlocked": true})
		c := s.newChain(t)
		defer closeAll(t, c)
		s.cdn.Fail(1, permittest.Slow(200*time.Millisecond)) // the local module is first
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		s.down(permittest.Hang)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeNoAnswer, permit.LocalRefused, permit.CodeLocalBlocked)
		if v.Allowed() {
			t.Error("allowed")
		}
	})
	chainCase(t, "M60 online refuses while the local module is content", func(t *testing.T, s *shop, m marking.Code) {
		s.cdn.Goods.Put(m, members{"sold": true})
		c := s.newChain(t)
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeRefused, permit.LocalUnset, permit.CodeSold)
	})
	chainCase(t, "M60 several marks, some without an online verdict", func(t *testing.T, s *shop, m marking.Code) {
		other := milk(t, 2)
		s.put(other, members{"printView": "?", "cis": "?"})
		s.local.Goods.Put(other, nil)
		c := s.newChain(t)
		defer closeAll(t, c)
		v := c.CheckAll(t.Context(), []permit.Query{{Mark: m}, {Mark: other}, {Mark: m, Operation: permit.OperationReturn}})
		want(t, v[0], permit.OutcomeOK, permit.LocalUnset, "")
		want(t, v[1], permit.OutcomeNoAnswer, permit.LocalOK, "")
		want(t, v[2], permit.OutcomeNotRequired, permit.LocalUnset, "")
	})
	for _, c := range []struct {
		name  string
		set   func(*shop)
		state permit.LocalState
		code  string
	}{
		{"M46 local module refuses the connection", func(s *shop) { delete(s.net, "lm.test") }, permit.LocalAbsent, permit.CodeUnreachable},
		{"M46 local module is silent", func(s *shop) { s.local.Fail(permittest.Hang) }, permit.LocalNoAnswer, permit.CodeTimeout},
		{"M46 local module is not configured", func(s *shop) { s.local.SetStatus("not_configured") }, permit.LocalNotReady, permit.CodeNotReady},
		{"M46 local module loads its database", func(s *shop) { s.local.SetStatus("initialization") }, permit.LocalNotReady, permit.CodeNotReady},
		{"M46 local module cannot synchronise", func(s *shop) { s.local.SetStatus("sync_error") }, permit.LocalNotReady, permit.CodeNotReady},
		{"M46 local module fails", func(s *shop) { s.local.Fail(permittest.Broken) }, permit.LocalNoAnswer, permit.CodeStatus},
		{"M46 local module is ready", func(*shop) {}, permit.LocalOK, ""},
	} {
		chainCase(t, c.name, func(t *testing.T, s *shop, m marking.Code) {
			s.down(permittest.Fault{Cut: true})
			c.set(s)
			chain := s.newChain(t)
			defer closeAll(t, chain)
			v := ask(t, chain, m)
			want(t, v, permit.OutcomeNoAnswer, c.state, c.code)
			if v.Allowed() != (c.state == permit.LocalOK) {
				t.Error("allowed", v.Allowed())
			}
			if v.LocalFailure != nil && v.LocalFailure.Message("ru") == "" {
				t.Error("no technical text")
			}
		})
	}
	chainCase(t, "M46 no local module is configured", func(t *testing.T, s *shop, m marking.Code) {
		s.down(permittest.Fault{Cut: true})
		c := s.newChain(t, func(o *permit.ChainOptions) { o.Local = nil })
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalAbsent, permit.CodeNotConfigured)
	})
	chainCase(t, "M60 a local module alone", func(t *testing.T, s *shop, m marking.Code) {
		c := s.newChain(t, func(o *permit.ChainOptions) { o.CDN = nil })
		defer closeAll(t, c)
		v := ask(t, c, m)
		want(t, v, permit.OutcomeNoAnswer, permit.LocalOK, "")
		if v.Failure.Code() != permit.CodeNotConfigured {
			t.Error(v.Failure)
		}
	})
	chainCase(t, "M60 nothing at all", func(t *testing.T, s *shop, m marking.Code) {
		c := permit.NewChain(permit.ChainOptions{})
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalAbsent, permit.CodeNotConfigured)
	})
	chainCase(t, "M62 the local module is not asked for in an emergency", func(t *testing.T, s *shop, m marking.Code) {
		s.local.Goods.Put(m, members{"isBlocked": true})
		s.cdn.Fail(1, permittest.Emergency)
		c := s.newChain(t)
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, "")
	})
	chainCase(t, "M62 an emergency is remembered at the limit", func(t *testing.T, s *shop, m marking.Code) {
		s.cdn.Fail(1, permittest.Emergency.Once())
		c := s.newChain(t)
		defer closeAll(t, c)
		ask(t, c, m)
		s.down(permittest.Hang)
		start := time.Now()
		want(t, ask(t, c, m), permit.OutcomeEmergency, permit.LocalUnset, permit.CodeTimeout)
		if took := time.Since(start); took > permit.DefaultLimit {
			t.Error(took)
		}
	})
	chainCase(t, "M76 returns are not checked", func(t *testing.T, s *shop, m marking.Code) {
		c := s.newChain(t)
		defer closeAll(t, c)
		v := c.Check(t.Context(), permit.Query{Mark: m, Operation: permit.OperationReturn})
		want(t, v, permit.OutcomeNotRequired, permit.LocalUnset, "")
		if _, ok := v.Industry(permit.IndustrySettings{}); ok || !v.Allowed() || s.cdn.Checks(1) != 0 {
			t.Error(v)
		}
	})
	chainCase(t, "M76 returns are checked by choice", func(t *testing.T, s *shop, m marking.Code) {
		s.put(m, members{"sold": true, "realizable": false})
		c := s.newChain(t, func(o *permit.ChainOptions) { o.Returns = true })
		defer closeAll(t, c)
		v := c.Check(t.Context(), permit.Query{Mark: m, Operation: permit.OperationReturn})
		want(t, v, permit.OutcomeOK, permit.LocalUnset, "")
		if _, ok := v.Industry(permit.IndustrySettings{}); !ok {
			t.Error("no block 1260")
		}
	})
	chainCase(t, "M60 what needs no check", func(t *testing.T, s *shop, m marking.Code) {
		c := s.newChain(t, func(o *permit.ChainOptions) { o.Required = func(q permit.Query) bool { return q.Group == 8 } })
		defer closeAll(t, c)
		v := c.CheckAll(t.Context(), []permit.Query{{Mark: m, Group: 1}, {Mark: m, Group: 8}})
		want(t, v[0], permit.OutcomeNotRequired, permit.LocalUnset, "")
		want(t, v[1], permit.OutcomeOK, permit.LocalUnset, "")
	})
	chainCase(t, "M60 a checker of somebody else's", func(t *testing.T, s *shop, m marking.Code) {
		c := permit.NewChain(permit.ChainOptions{CDN: permit.CheckerFunc(func(_ context.Context, q permit.Query) permit.Verdict {
			return permit.Verdict{Outcome: permit.OutcomeOK}
		})})
		defer closeAll(t, c)
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
	})
	chainCase(t, "M60 Close in the middle", func(t *testing.T, s *shop, m marking.Code) {
		s.down(permittest.Hang)
		s.local.Fail(permittest.Hang)
		c := s.newChain(t)
		done := make(chan permit.Verdict)
		go func() { done <- ask(t, c, m) }()
		synctest.Wait()
		start := time.Now()
		closeAll(t, c)
		if v := <-done; v.Outcome != permit.OutcomeNoAnswer || v.Allowed() || time.Since(start) != 0 {
			t.Error(v)
		}
		v := ask(t, c, m)
		if v.Outcome != permit.OutcomeNoAnswer || v.Failure.Code() != permit.CodeClosed {
			t.Error(v)
		}
	})
}

// TestLimits: whatever the peers do, the decision keeps its limit, exactly.
func TestLimits(t *testing.T) {
	faults := []permittest.Fault{{}, permittest.Hang, permittest.Slow(700 * time.Millisecond), permittest.Slow(3 * time.Second),
		permittest.Unauthorized, permittest.TooMany, permittest.Broken, permittest.Overload, permittest.Emergency, permittest.Garbage,
		{Cut: true}, {Foreign: true}, {Oversized: true}, {Delay: 499 * time.Millisecond, Status: 500}, {Delay: 600 * time.Millisecond, Cut: true}}
	for _, limit := range []time.Duration{0, 300 * time.Millisecond, 5 * time.Second} {
		chainCase(t, fmt.Sprintf("M60 never longer than the limit %v", limit), func(t *testing.T, s *shop, m marking.Code) {
			random := rand.New(rand.NewPCG(1, uint64(limit)))
			bound := limit
			if bound == 0 {
				bound = permit.DefaultLimit
			}
			runs := 100
			if os.Getenv("OBMEN_LONG") != "" {
				runs = 10_000
			}
			for range runs {
				c := s.newChain(t, func(o *permit.ChainOptions) { o.Limit = limit })
				if random.IntN(2) == 0 {
					c = s.newChain(t, func(o *permit.ChainOptions) { o.Limit = limit }, s.withPiot(t))
				}
				pick := func() permittest.Fault { return faults[random.IntN(len(faults))] }
				for h := range 3 {
					s.cdn.Fail(h+1, pick().Once(), pick())
				}
				s.cdn.FailInfo(pick().Once(), pick())
				s.piot.Fail(pick().Once(), pick())
				s.piot.FailInfo(pick())
				s.local.Fail(pick())
				s.local.FailStatus(pick())
				for range 3 {
					start := time.Now()
					v := ask(t, c, m)
					if took := time.Since(start); took > bound {
						t.Fatalf("%v: %v", took, v)
					}
					if v.Outcome == permit.OutcomeRefused || v.Local == permit.LocalRefused {
						t.Fatalf("a fault became a refusal: %v", v)
					}
				}
				closeAll(t, c)
			}
		})
	}
	chainCase(t, "M60 a transport that does not heed its context", func(t *testing.T, s *shop, m marking.Code) {
		deaf := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(10 * time.Second)
			return nil, context.DeadlineExceeded
		})}
		cdn := s.newCDN(t, func(o *permit.CDNOptions) { o.Client = deaf })
		c := permit.NewChain(permit.ChainOptions{CDN: cdn})
		start := time.Now()
		v := ask(t, c, m)
		if took := time.Since(start); took > permit.DefaultLimit || v.Outcome != permit.OutcomeNoAnswer {
			t.Error(took, v)
		}
		start = time.Now()
		ask(t, cdn, m)
		if took := time.Since(start); took > permit.DefaultLimit {
			t.Error(took)
		}
		closeAll(t, c)
	})
	chainCase(t, "M60 three hosts, two of them slow: the p99", func(t *testing.T, s *shop, m marking.Code) {
		random := rand.New(rand.NewPCG(2, 3))
		c := s.newChain(t, func(o *permit.ChainOptions) { o.Local = nil })
		defer closeAll(t, c)
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		var times []time.Duration
		answered := 0
		const checks = 2000
		for i := range checks {
			if i%10 == 0 {
				slow := random.Perm(3)
				s.cdn.Fail(slow[0]+1, permittest.Slow(2*time.Second))
				s.cdn.Fail(slow[1]+1, permittest.Slow(5*time.Second))
				s.cdn.Fail(slow[2]+1, permittest.Slow(time.Duration(20+random.IntN(200))*time.Millisecond))
				time.Sleep(16 * time.Minute) // all are asked again
			}
			start := time.Now()
			v := ask(t, c, m)
			times = append(times, time.Since(start))
			if v.Outcome == permit.OutcomeOK {
				answered++
			}
		}
		slices.Sort(times)
		p99, longest := times[checks*99/100], times[checks-1]
		t.Logf("p50 %v, p99 %v, longest %v; %d of %d answered", times[checks/2], p99, longest, answered, checks)
		if p99 > permit.DefaultLimit || longest > permit.DefaultLimit || answered != checks {
			t.Error("beyond the limit, or without an answer")
		}
	})
	chainCase(t, "M64 the limit is what the gateway's info asks for", func(t *testing.T, s *shop, m marking.Code) {
		s.piot.Timeout = 4 * time.Second
		s.piot.Fail(permittest.Slow(3 * time.Second))
		c := s.newChain(t, s.withPiot(t))
		defer closeAll(t, c)
		if err := c.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.Limit() != 4*time.Second {
			t.Error(c.Limit())
		}
		want(t, ask(t, c, m), permit.OutcomeOK, permit.LocalUnset, "")
		s.piot.Fail(permittest.Hang)
		start := time.Now()
		want(t, ask(t, c, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
		if took := time.Since(start); took > 4*time.Second || took < 3*time.Second {
			t.Error(took)
		}
	})
	chainCase(t, "M64 the caller's own limit goes first", func(t *testing.T, s *shop, m marking.Code) {
		s.piot.Timeout = 4 * time.Second
		c := s.newChain(t, s.withPiot(t), func(o *permit.ChainOptions) { o.Limit = time.Second })
		defer closeAll(t, c)
		c.Start(t.Context())
		if c.Limit() != time.Second {
			t.Error(c.Limit())
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
