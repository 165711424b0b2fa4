package office

import (
	"slices"

	"github.com/obmen-go/obmen/kmazs"
)

// finish counts what the steps amount to (K41) and collects the changes.
func (p *planner) finish() *Plan {
	plan := &Plan{p: p, reused: map[int32]int32{}, freed: map[int32]bool{}}
	c := &plan.changes
	c.Departments = p.departments.changes()
	plan.goes = map[int]bool{}
	if p.opt.replace {
		p.collectLocks(plan)
		p.collectReuses(plan)
		for _, account := range plan.reused {
			plan.goes[p.snap.Accounts[account].Number] = true
		}
	}
	for i := range p.steps {
		if plan.action(i) == Delete {
			number := p.snap.Accounts[p.steps[i].account].Number
			plan.goes[number] = true
			c.Deleted = append(c.Deleted, number)
		}
	}
	p.dropVehicles(plan)

	for i := range p.steps {
		s := &p.steps[i]
		switch plan.action(i) {
		case Add:
			plan.result.Added++
			if account, ok := plan.reused[int32(i)]; ok {
				s.after.Number = p.snap.Accounts[account].Number
				c.Updated = append(c.Updated, *s.after)
			} else {
				c.Added = append(c.Added, *s.after)
			}
		case Update:
			c.Updated = append(c.Updated, *s.after)
			switch s.by {
			case ByID:
				plan.result.UpdatedByID++
			case ByKey:
				plan.result.UpdatedByKey++
			default:
				plan.result.UpdatedByName++
			}
		case Delete:
			plan.result.Deleted++
		default:
			plan.result.Ignored++
		}
	}
	for _, account := range plan.locks {
		c.Updated = append(c.Updated, plan.locked(account))
	}
	plan.result.Locked = len(plan.locks)
	p.warnSamePINs()
	return plan
}

// action is what happens to record i.
func (plan *Plan) action(i int) Action {
	s := &plan.p.steps[i]
	switch {
	case s.refused:
		return Refuse
	case s.delete:
		if s.account == none || plan.p.opt.attachOnly {
			return Ignore
		}
		return Delete
	case s.after == nil:
		return Ignore
	case s.isNew:
		return Add
	}
	return Update
}

// collectLocks lists the accounts that no record means, and those of them whose
// key an applied record takes (K38, K50).
func (p *planner) collectLocks(plan *Plan) {
	for i := range p.snap.Accounts {
		if p.locks(int32(i)) {
			plan.locks = append(plan.locks, int32(i))
		}
	}
	slices.SortFunc(plan.locks, func(a, b int32) int {
		return p.snap.Accounts[a].Number - p.snap.Accounts[b].Number
	})
	for _, c := range p.claims {
		for _, record := range c.takers {
			if p.steps[record].refused {
				continue
			}
			for _, account := range c.holders {
				if p.locks(account) {
					plan.freed[account] = true
				}
			}
		}
	}
}

// collectReuses gives new users the accounts to be used again, in the order of
// the records (K51).
func (p *planner) collectReuses(plan *Plan) {
	var next [len(p.reuse.lists)]int
	for i := range p.steps {
		s := &p.steps[i]
		if !s.isNew || s.after == nil {
			continue
		}
		c := s.after.Catalogue
		if next[c] < len(p.reuse.lists[c]) {
			plan.reused[int32(i)] = p.reuse.lists[c][next[c]]
			next[c]++
		}
	}
}

// dropVehicles takes vehicles that go from the accounts that have them as their
// default (K18), but for operators. Accounts that nothing else changes join the
// updates; they are not counted.
func (p *planner) dropVehicles(plan *Plan) {
	goes, c := plan.goes, &plan.changes
	if len(goes) == 0 {
		return
	}
	for i := range p.steps {
		if a := p.steps[i].after; a != nil && goes[a.DefaultCar] {
			a.DefaultCar = 0
		}
	}
	for i := range p.snap.Accounts {
		a := &p.snap.Accounts[i]
		if a.Catalogue == Operator || !goes[a.DefaultCar] || p.locks(int32(i)) {
			continue
		}
		if record := p.met.reached[i]; record != none && p.steps[record].after != nil && !p.steps[record].refused || p.deletes(int32(i)) {
			continue
		}
		if p.reuse.uses(p, int32(i)) {
			continue
		}
		without := *a
		without.DefaultCar = 0
		c.Updated = append(c.Updated, without)
	}
}

// locked is an account as it is while locked (K50).
func (plan *Plan) locked(account int32) Account {
	a := plan.p.lock(plan.p.snap.Accounts[account])
	if plan.freed[account] {
		a.Key = kmazs.Key{}
	}
	if plan.goes[a.DefaultCar] {
		a.DefaultCar = 0
	}
	return a
}

// warnSamePINs warns of PINs that a record gives and another account has, too,
// after the import (K17).
func (p *planner) warnSamePINs() {
	given := map[PIN][]int32{}
	for i := range p.steps {
		s := &p.steps[i]
		if s.after == nil || s.refused || s.after.PIN == (PIN{}) {
			continue
		}
		if s.isNew || s.after.PIN != p.snap.Accounts[s.account].PIN {
			given[s.after.PIN] = append(given[s.after.PIN], int32(i))
		}
	}
	if len(given) == 0 {
		return
	}
	for _, records := range given {
		for _, record := range records[1:] {
			p.warn(int(record), CodeSamePINGiven, kmazs.FieldPIN, "first", p.records[records[0]].N)
		}
	}
	for i := range p.snap.Accounts {
		a := &p.snap.Accounts[i]
		records := given[a.PIN]
		if records == nil || p.deletes(int32(i)) || p.reuse.uses(p, int32(i)) {
			continue
		}
		if r := p.met.reached[i]; r != none && p.steps[r].after != nil && p.steps[r].after.PIN != a.PIN {
			continue
		}
		for _, record := range records {
			p.warn(int(record), CodeSamePIN, kmazs.FieldPIN, "account", a.Number)
		}
	}
	slices.SortStableFunc(p.warnings, func(a, b Finding) int { return a.Record() - b.Record() })
}
