package permit

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The list of hosts is read again after between 6 and 7 hours, not at the same
// time by all tills (M62); after a failure in a minute or two.
const (
	refreshAfter  = 6 * time.Hour
	refreshJitter = time.Hour
	retryAfter    = time.Minute
	healthLimit   = 2 * time.Second
)

// hostList is the hosts that may be asked.
type hostList struct {
	downTime time.Duration

	mu      sync.Mutex
	hosts   []host
	foreign int // hosts that were left out
}

type host struct {
	base string
	// average is what the host says it takes to answer; unmeasured hosts have none.
	average  time.Duration
	measured bool
	// down is until when it is not asked, by the monotonic clock.
	down time.Time
}

// up lists the hosts that are not down, best first.
func (l *hostList) up() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	sorted := slices.Clone(l.hosts)
	slices.SortStableFunc(sorted, func(a, b host) int {
		if a.measured != b.measured {
			return cmp.Compare(rank(a), rank(b))
		}
		return cmp.Compare(a.average, b.average)
	})
	var up []string
	for _, h := range sorted {
		if time.Now().After(h.down) {
			up = append(up, h.base)
		}
	}
	return up
}

func rank(h host) int {
	if h.measured {
		return 0
	}
	return 1
}

// mark keeps a host from being asked for a while.
func (l *hostList) mark(base string) {
	l.change(base, func(h *host) { h.down = time.Now().Add(l.downTime) })
}

func (l *hostList) change(base string, f func(*host)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.hosts {
		if l.hosts[i].base == base {
			f(&l.hosts[i])
		}
	}
}

// clear takes all marks away.
func (l *hostList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.hosts {
		l.hosts[i].down = time.Time{}
	}
}

// replace takes a new list; hosts that were known keep what is known of them.
func (l *hostList) replace(bases []string, foreign int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var hosts []host
	for _, b := range bases {
		h := host{base: b}
		if i := slices.IndexFunc(l.hosts, func(h host) bool { return h.base == b }); i >= 0 {
			h = l.hosts[i]
		}
		hosts = append(hosts, h)
	}
	l.hosts, l.foreign = hosts, foreign
}

func (l *hostList) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bases []string
	for _, h := range l.hosts {
		bases = append(bases, h.base)
	}
	return bases
}

func (l *hostList) warning() *Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.foreign == 0 {
		return nil
	}
	return newError(CodeWarnHost, "count", l.foreign)
}

// Start reads the list of hosts, measures them, and from then on does both
// again in the background every 6 to 7 hours until [CDN.Close]. An error says
// that the list could not be read now; the checker is usable all the same and
// goes on trying. A CDN that was not started reads the list in its first check
// and asks the hosts in the order of the list.
func (c *CDN) Start(ctx context.Context) error {
	c.emergency.load(ctx)
	err := c.refresh(ctx)
	_, ok := c.life.spawn(context.WithoutCancel(ctx), func(ctx context.Context) { c.keepFresh(ctx, err == nil) })
	if !ok {
		return newError(CodeClosed)
	}
	if err != nil {
		return err
	}
	return nil
}

func (c *CDN) keepFresh(ctx context.Context, fresh bool) {
	for {
		pause := retryAfter + rand.N(retryAfter)
		if fresh {
			pause = refreshAfter + rand.N(refreshJitter)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		err := c.refresh(ctx)
		if fresh = err == nil; !fresh && ctx.Err() == nil {
			c.log.Warn("permit: the list of hosts cannot be read", "error", err)
		}
	}
}

// refresh reads the list and measures its hosts.
func (c *CDN) refresh(ctx context.Context) *Error {
	a, err := c.begin(ctx)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	err, emergency := c.readList(limited, a)
	if emergency {
		c.emergency.declare(ctx)
	}
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, base := range c.hosts.all() {
		wg.Go(func() { c.measure(limited, a.token, base) })
	}
	wg.Wait()
	return nil
}

// refreshLimit bounds what is asked outside a check, where no cashier waits.
const refreshLimit = 30 * time.Second

// readList reads the list of hosts. It may name hosts by the base address's
// scheme or a safer one only: the token goes to them.
func (c *CDN) readList(ctx context.Context, a *attempt) (failure *Error, emergency bool) {
	answer, f, err := c.send(ctx, a, http.MethodGet, c.base, pathInfo, func(t Token) (http.Header, []byte) { return c.header(t), nil })
	switch {
	case f == fateEmergency:
		return nil, true
	case f != fateAnswer:
		return err, false
	}
	o, fault := parseObject(answer.body)
	if fault != nil {
		return newError(CodeGarbage, "where", fault).because(fault).at(c.base), false
	}
	if n := o.bodyCode(); n != bodyOK {
		return codeError(n, o.description(), a.secrets()).at(c.base), false
	}
	var bases []string
	foreign := 0
	for _, h := range o.objects("hosts") {
		base, bad := parseBase("hosts", h.text("host"))
		switch {
		case bad != nil || strings.HasPrefix(c.base, "https:") && !strings.HasPrefix(base, "https:"):
			foreign++
		case len(bases) < MaxHosts && !slices.Contains(bases, base):
			bases = append(bases, base)
		}
	}
	if fault := o.err(); fault != nil {
		return newError(CodeGarbage, "where", fault).because(fault).at(c.base), false
	}
	if len(bases) == 0 {
		return newError(CodeNoHosts).at(c.base), false
	}
	c.hosts.replace(bases, foreign)
	return nil, false
}

// measure asks a host for its average time. One that does not tell is asked
// after those that do.
func (c *CDN) measure(ctx context.Context, t Token, base string) {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	answer, err := c.do(ctx, http.MethodGet, base, pathHealth, c.header(t), nil)
	measured, average := false, time.Duration(0)
	if err == nil && answer.status == http.StatusOK {
		if o, fault := parseObject(answer.body); fault == nil && o.bodyCode() == bodyOK {
			if n := o.number("avgTimeMs"); n != nil && *n >= 0 {
				measured, average = true, time.Duration(min(*n, maxAverage))*time.Millisecond
			}
		}
	}
	c.hosts.change(base, func(h *host) { h.measured, h.average = measured, average })
}

// maxAverage keeps an average from overflowing.
const maxAverage = 1_000_000
