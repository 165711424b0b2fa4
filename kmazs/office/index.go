package office

import (
	"iter"

	"github.com/obmen-go/obmen/kmazs"
)

// none is no place in a list.
const none = int32(-1)

// multimap finds accounts, by their place in the snapshot, under a value that
// several may share. It is one plain map; the few that share a value are chained
// beside it.
type multimap[K comparable] struct {
	last map[K]int32
	prev map[int32]int32
}

func newMultimap[K comparable](size int) *multimap[K] {
	return &multimap[K]{last: make(map[K]int32, size)}
}

func (m *multimap[K]) add(k K, account int32) {
	if other, shared := m.last[k]; shared {
		if m.prev == nil {
			m.prev = map[int32]int32{}
		}
		m.prev[account] = other
	}
	m.last[k] = account
}

// all yields the accounts under k, the last added first.
func (m *multimap[K]) all(k K) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		account, ok := m.last[k]
		for ok && yield(account) {
			account, ok = m.prev[account]
		}
	}
}

// keymap finds accounts by key. Ordinary keys are kept as bare numbers, which are
// quicker to look up.
type keymap struct {
	numbers *multimap[uint64]
	cards   *multimap[kmazs.Key]
}

func (m *keymap) all(k kmazs.Key) iter.Seq[int32] {
	if n, ok := k.Number(); ok {
		return m.numbers.all(n)
	}
	return m.cards.all(k)
}

// The three indexes are built when a record first asks for one. Operators are in
// none of them (K39).

func (p *planner) syncs() *multimap[string] {
	if p.bySync == nil {
		p.bySync = newMultimap[string](len(p.snap.Accounts))
		for i := range p.snap.Accounts {
			if a := &p.snap.Accounts[i]; a.SyncID != "" && a.Catalogue != Operator {
				p.bySync.add(a.SyncID, int32(i))
			}
		}
	}
	return p.bySync
}

func (p *planner) keys() *keymap {
	if p.byKey == nil {
		p.byKey = &keymap{newMultimap[uint64](len(p.snap.Accounts)), newMultimap[kmazs.Key](0)}
		for i := range p.snap.Accounts {
			a := &p.snap.Accounts[i]
			if a.Key.IsZero() || a.Catalogue == Operator {
				continue
			}
			if n, ok := a.Key.Number(); ok {
				p.byKey.numbers.add(n, int32(i))
			} else {
				p.byKey.cards.add(a.Key, int32(i))
			}
		}
	}
	return p.byKey
}

func (p *planner) names() *multimap[string] {
	if p.byName == nil {
		p.byName = newMultimap[string](len(p.snap.Accounts))
		for i := range p.snap.Accounts {
			if a := &p.snap.Accounts[i]; a.Catalogue != Operator {
				if name := foldName(a.ShortName); name != "" {
					p.byName.add(name, int32(i))
				}
			}
		}
	}
	return p.byName
}
