package office

import (
	"slices"

	"github.com/obmen-go/obmen/kmazs"
)

// Keys are judged on the state after the whole import (K38), so that cards are
// handed on and swapped within one request. A record takes a key if it is applied
// and gives its account another key than the account has now. It falls if the key
// has a holder after the import that is no taker (an account nobody touches, or
// one whose record leaves the key alone or fell), else if an earlier record takes
// the same key.
//
// A record that falls leaves its account with the old key, which may make that
// account a holder and fell others; a new user that falls may leave an account
// unused that was to be reused, which then holds its key again. Records only fall
// and holders only appear, so any order of the work ends in the same state.

// claim is what is known about one key that some record takes.
type claim struct {
	takers  []int32 // records, in order
	holders []int32 // accounts that have the key in the snapshot
	queued  bool
}

// judgeKeys fells the records whose keys clash. It returns the claims, so that
// the keys that get free can be told.
func (p *planner) judgeKeys() map[kmazs.Key]*claim {
	claims, order := p.claimKeys()
	if len(claims) == 0 {
		return nil
	}
	for i := range p.snap.Accounts {
		if c := claims[p.snap.Accounts[i].Key]; c != nil {
			c.holders = append(c.holders, int32(i))
		}
	}
	queue := order
	for _, k := range order {
		claims[k].queued = true
	}
	again := func(account int32) { // the account may have become a holder
		k := p.snap.Accounts[account].Key
		if c := claims[k]; c != nil && !c.queued {
			c.queued = true
			queue = append(queue, k)
		}
	}
	var fallen []int32
	for len(queue) > 0 {
		key := queue[0]
		queue = queue[1:]
		c := claims[key]
		c.queued = false

		holder := p.holderOf(c)
		first := none
		for _, record := range c.takers {
			s := &p.steps[record]
			if s.refused {
				continue
			}
			if holder == none && first == none {
				first = record
				continue
			}
			fallen = append(fallen, record)
			s.refused = true
			if !s.isNew {
				again(s.account)
			} else if unused := p.reuse.shrink(s.after.Catalogue); unused != none {
				again(unused)
			}
		}
	}
	p.tellFallen(claims, fallen)
	return claims
}

// holderOf is an account that keeps the key whoever takes it, or none.
func (p *planner) holderOf(c *claim) int32 {
	for _, account := range c.holders {
		if p.keepsKey(account) {
			return account
		}
	}
	return none
}

// tellFallen refuses the records that fell, with the reason that holds in the end.
func (p *planner) tellFallen(claims map[kmazs.Key]*claim, fallen []int32) {
	slices.Sort(fallen)
	for _, record := range fallen {
		c := claims[p.steps[record].after.Key]
		if holder := p.holderOf(c); holder != none {
			p.refuse(int(record), newError(CodeKeyTaken, kmazs.FieldKey, "account", p.snap.Accounts[holder].Number))
			continue
		}
		for _, first := range c.takers {
			if !p.steps[first].refused {
				p.refuse(int(record), newError(CodeKeyTakenTwice, kmazs.FieldKey, "first", p.records[first].N))
				break
			}
		}
	}
}

// claimKeys collects the keys that records take, in the order of their first taker.
func (p *planner) claimKeys() (map[kmazs.Key]*claim, []kmazs.Key) {
	claims := map[kmazs.Key]*claim{}
	var order []kmazs.Key
	for i := range p.steps {
		s := &p.steps[i]
		if s.refused || s.after == nil || s.after.Key.IsZero() {
			continue
		}
		if !s.isNew && s.after.Key == p.snap.Accounts[s.account].Key {
			continue
		}
		c := claims[s.after.Key]
		if c == nil {
			c = &claim{}
			claims[s.after.Key] = c
			order = append(order, s.after.Key)
		}
		c.takers = append(c.takers, int32(i))
	}
	return claims, order
}

// keepsKey says whether an account will have its key after the import as things
// stand, whoever takes it.
func (p *planner) keepsKey(account int32) bool {
	a := &p.snap.Accounts[account]
	if a.Catalogue == Operator {
		return true
	}
	record := p.met.reached[account]
	if record == none {
		return !p.reuse.uses(p, account) && !p.locks(account)
	}
	switch s := &p.steps[record]; {
	case s.refused, s.account != account:
		return true
	case s.delete:
		return false
	default:
		return s.after == nil || s.after.Key == a.Key
	}
}
