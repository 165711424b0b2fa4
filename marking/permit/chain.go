package permit

import (
	"context"
	"errors"
	"time"
)

// ChainOptions are the settings of a [Chain].
type ChainOptions struct {
	// Piot is ТС ПИоТ, back end (c). If it is set, CDN is not asked: the law
	// has put the one in the place of the other.
	Piot Checker
	// CDN is the True API, back end (a).
	CDN Checker
	// Local is the local module, back end (b), asked at the same time.
	Local Checker
	// Limit bounds the whole decision. It defaults to what the gateway asks for
	// in its info, or to DefaultLimit.
	Limit time.Duration
	// Required says whether goods need a permit check; the dates from which on
	// a product group does are the caller's. It defaults to all of them.
	Required func(Query) bool
	// Returns asks for returns too. It defaults to not asking (M76).
	Returns bool
}

// Chain is the policy over the back ends (M60): ТС ПИоТ if there is one, else
// the CDN hosts, with the local module asked in parallel; its word counts only
// if online ends without a verdict. It may be used from several goroutines.
type Chain struct {
	opts   ChainOptions
	online Checker
	*wire
}

var _ BatchChecker = (*Chain)(nil)

// NewChain makes a chain. It owns its back ends: [Chain.Start] starts those
// that can be started, [Chain.Close] closes them.
func NewChain(opts ChainOptions) *Chain {
	c := &Chain{opts: opts, online: opts.Piot, wire: newWire(Common{})}
	if c.online == nil {
		c.online = opts.CDN
	}
	return c
}

// String names the chain and shows no secret.
func (c *Chain) String() string { return "permit.Chain" }

type starter interface{ Start(context.Context) error }

type closer interface{ Close() error }

type limiter interface{ Limit() time.Duration }

// Start starts the back ends that are asked. An error says what does not work
// now; the chain is usable all the same.
func (c *Chain) Start(ctx context.Context) error {
	var failures []error
	for _, b := range []Checker{c.online, c.opts.Local} {
		if s, ok := b.(starter); ok {
			failures = append(failures, s.Start(ctx))
		}
	}
	return errors.Join(failures...)
}

// Close closes all back ends and waits for what runs in them.
func (c *Chain) Close() error {
	var failures []error
	for _, b := range []Checker{c.opts.Piot, c.opts.CDN, c.opts.Local} {
		if s, ok := b.(closer); ok {
			failures = append(failures, s.Close())
		}
	}
	c.close()
	return errors.Join(failures...)
}

// Limit is how long a decision may take.
func (c *Chain) Limit() time.Duration {
	if c.opts.Limit > 0 {
		return c.opts.Limit
	}
	if l, ok := c.online.(limiter); ok {
		return l.Limit()
	}
	return DefaultLimit
}

// required says whether the query needs a check.
func (c *Chain) required(q Query) bool {
	if q.isReturn() && !c.opts.Returns {
		return false
	}
	return c.opts.Required == nil || c.opts.Required(q)
}

// Check decides on one mark.
func (c *Chain) Check(ctx context.Context, q Query) Verdict {
	return c.CheckAll(ctx, []Query{q})[0]
}

// CheckAll decides on all marks within one limit.
func (c *Chain) CheckAll(ctx context.Context, queries []Query) []Verdict {
	verdicts := make([]Verdict, len(queries))
	var needed []Query
	var places []int
	for i, q := range queries {
		if c.required(q) {
			needed, places = append(needed, q), append(places, i)
		} else {
			verdicts[i] = Verdict{Outcome: OutcomeNotRequired, Answered: c.now()}
		}
	}
	if len(needed) > 0 {
		for i, v := range c.decide(ctx, needed) {
			verdicts[places[i]] = v
		}
	}
	return verdicts
}

// reserve is the part of the limit, one in so many, that is kept back so that
// the back ends can still say what they know when their time is over.
const reserve = 50

// decide asks both at once, and waits for the local module only where online
// has no verdict.
func (c *Chain) decide(ctx context.Context, queries []Query) []Verdict {
	limit := c.Limit()
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	fromOnline := c.start(ctx, limit-limit/reserve, c.online, queries, c.noOnline)
	fromLocal := c.start(ctx, limit-limit/reserve, c.opts.Local, queries, c.noLocal)
	verdicts := <-fromOnline
	var locals []Verdict
	for i := range verdicts {
		if verdicts[i].Outcome != OutcomeNoAnswer {
			continue
		}
		if locals == nil {
			locals = <-fromLocal
		}
		verdicts[i].add(locals[i])
	}
	return verdicts
}

// start asks a back end in the background. The channel always gets one list of
// verdicts, one for each query, within the limit of ctx.
func (c *Chain) start(ctx context.Context, limit time.Duration, b Checker, queries []Query, without func(*Error) Verdict) <-chan []Verdict {
	results := make(chan []Verdict, 1)
	if b == nil {
		missing := without(newError(CodeNotConfigured))
		if missing.Local != LocalUnset {
			missing.Local = LocalAbsent
		}
		results <- each(queries, missing)
		return results
	}
	_, ok := c.life.spawn(ctx, func(ctx context.Context) {
		results <- c.bounded(ctx, time.Hour, queries, func(ctx context.Context, queries []Query) []Verdict {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			verdicts := CheckAll(ctx, b, queries)
			for len(verdicts) < len(queries) { // a foreign Checker may be wrong
				verdicts = append(verdicts, without(newError(CodeMissing)))
			}
			return verdicts
		}, without)
	})
	if !ok {
		results <- each(queries, without(newError(CodeClosed)))
	}
	return results
}

func (c *Chain) noOnline(failure *Error) Verdict { return c.without(failure) }

func (c *Chain) noLocal(failure *Error) Verdict {
	v := c.without(nil)
	v.Local, v.LocalFailure = LocalNoAnswer, failure
	return v
}

// add completes an online check without an answer by what the local module said.
func (v *Verdict) add(l Verdict) {
	v.Local, v.LocalFailure = l.Local, l.LocalFailure
	v.Warnings = append(v.Warnings, l.Warnings...)
	if l.Local == LocalUnset {
		v.Local = LocalNoAnswer
	}
	if l.Local != LocalOK && l.Local != LocalRefused {
		return
	}
	v.Refusal, v.Stamp, v.Answered, v.Item, v.Raw = l.Refusal, l.Stamp, l.Answered, l.Item, l.Raw
}
