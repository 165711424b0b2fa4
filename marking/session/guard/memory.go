package guard

import (
	"context"
	"slices"
	"sync"
	"time"
)

// The defaults of [Memory].
const (
	// DefaultTTL is how long a reservation lasts without a renewal.
	DefaultTTL = 2 * time.Minute
	// DefaultSoldFor is how long a sold entry lives.
	DefaultSoldFor = 30 * 24 * time.Hour
)

// Memory is a Guard inside one program: for several tills in one process, and
// for tests. The zero value is ready; it may be used from several goroutines
// and forgets everything when the program ends.
type Memory struct {
	// TTL is how long a reservation lasts without a renewal. It defaults to DefaultTTL.
	TTL time.Duration
	// SoldFor is how long a sold entry lives. It defaults to DefaultSoldFor.
	SoldFor time.Duration
	// Now is the clock. It defaults to time.Now.
	Now func() time.Time

	mu      sync.Mutex
	entries map[string]entry
	token   uint64
	sweep   int
}

// entry is what is known of an identity. Reserved, held or sold.
type entry struct {
	owner string
	token uint64
	back  bool      // reserved for a return
	sold  bool      // sold, until until
	until time.Time // zero: held, does not expire
	// What a return found: the sold entry comes back when it is released.
	before *entry
}

var _ Guard = (*Memory)(nil)

func (m *Memory) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

func (m *Memory) ttl() time.Duration {
	if m.TTL > 0 {
		return m.TTL
	}
	return DefaultTTL
}

// lookup returns the entry of an identity, none if it has expired.
func (m *Memory) lookup(identity string, now time.Time) (entry, bool) {
	e, ok := m.entries[identity]
	for ok && !e.until.IsZero() && !now.Before(e.until) {
		if e.before == nil {
			delete(m.entries, identity)
			return entry{}, false
		}
		e = *e.before
		m.entries[identity] = e
	}
	return e, ok
}

// sweepExpired drops what has expired, now and then, so that the memory is
// bounded by what lives.
func (m *Memory) sweepExpired(now time.Time) {
	if m.sweep++; m.sweep < 1024 {
		return
	}
	m.sweep = 0
	for id := range m.entries {
		m.lookup(id, now)
	}
}

// Reserve takes an identity for an owner.
func (m *Memory) Reserve(ctx context.Context, r Request) (Reservation, error) {
	if err := ctx.Err(); err != nil {
		return Reservation{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.sweepExpired(now)
	var before *entry
	e, ok := m.lookup(r.Identity, now)
	switch {
	case !ok:
	case e.sold && !r.Return:
		return Reservation{}, &TakenError{Owner: e.owner, Sold: true}
	case e.sold:
		before = &e
	case e.owner != r.Owner || e.back != r.Return:
		return Reservation{}, &TakenError{Owner: e.owner}
	default: // ours already
		e.until = now.Add(m.ttl())
		m.entries[r.Identity] = e
		return Reservation{Identity: r.Identity, Owner: r.Owner, Return: r.Return, Token: e.token, TTL: m.ttl()}, nil
	}
	if m.entries == nil {
		m.entries = map[string]entry{}
	}
	m.token++
	m.entries[r.Identity] = entry{owner: r.Owner, token: m.token, back: r.Return, until: now.Add(m.ttl()), before: before}
	return Reservation{Identity: r.Identity, Owner: r.Owner, Return: r.Return, Token: m.token, TTL: m.ttl()}, nil
}

// change does something to all entries of the reservations, or to none.
func (m *Memory) change(ctx context.Context, list []Reservation, do func(*entry, time.Time)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	var lost []string
	for _, r := range list {
		if e, ok := m.lookup(r.Identity, now); !ok || e.sold || e.token != r.Token {
			lost = append(lost, r.Identity)
		}
	}
	if lost != nil {
		slices.Sort(lost)
		return &LostError{Identities: lost}
	}
	for _, r := range list {
		e := m.entries[r.Identity]
		do(&e, now)
		m.entries[r.Identity] = e
	}
	return nil
}

// Renew makes reservations last from now on.
func (m *Memory) Renew(ctx context.Context, list []Reservation) error {
	return m.change(ctx, list, func(e *entry, now time.Time) { e.until = now.Add(m.ttl()) })
}

// Hold keeps reservations without an expiry.
func (m *Memory) Hold(ctx context.Context, list []Reservation) error {
	return m.change(ctx, list, func(e *entry, _ time.Time) { e.until = time.Time{} })
}

// Confirm turns reservations into sold entries, those of a return into nothing.
// What somebody else has by now is left alone.
func (m *Memory) Confirm(ctx context.Context, list []Reservation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	soldFor := m.SoldFor
	if soldFor <= 0 {
		soldFor = DefaultSoldFor
	}
	for _, r := range list {
		e, ok := m.lookup(r.Identity, now)
		switch {
		case ok && (e.token != r.Token || e.sold):
		case r.Return:
			delete(m.entries, r.Identity)
		default: // ours, or expired and nobody's: the sale happened all the same
			if m.entries == nil {
				m.entries = map[string]entry{}
			}
			m.entries[r.Identity] = entry{owner: r.Owner, token: r.Token, sold: true, until: now.Add(soldFor)}
		}
	}
	return nil
}

// Release frees reservations; a return's leaves the piece as sold as it was.
func (m *Memory) Release(ctx context.Context, list []Reservation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for _, r := range list {
		e, ok := m.lookup(r.Identity, now)
		switch {
		case !ok || e.token != r.Token || e.sold:
		case e.before != nil:
			m.entries[r.Identity] = *e.before
		default:
			delete(m.entries, r.Identity)
		}
	}
	return nil
}

// Len returns how many identities are known: reserved, held, sold, or expired
// and not yet forgotten.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}
