package office

import (
	"cmp"
	"slices"
)

// Replace mode (K50..K54): what no record reaches is locked, and what was locked
// long enough serves new users again.

// reuseAfter is how many days an account stays locked before it is used again.
const reuseAfter = 10

// defaultLockPercent is Settings.MaxLockPercent where it is 0.
const defaultLockPercent = 20

// reuses are the locked accounts that may serve new users (K51): for each
// catalogue in the order they are taken, and how many are.
type reuses struct {
	lists [Operator][]int32 // by catalogue
	adds  [Operator]int     // new users of the catalogue that are not refused
	rank  map[int32]int     // account -> place in its list
}

// findReusable lists the accounts that were locked ten days ago or earlier and
// that no record means.
func (p *planner) findReusable() {
	if !p.opt.replace {
		return
	}
	latest := p.today.AddDays(-reuseAfter)
	for i := range p.snap.Accounts {
		a := &p.snap.Accounts[i]
		if a.Catalogue == Operator || a.LockedOn.IsZero() || latest.Before(a.LockedOn) || p.present(int32(i)) {
			continue
		}
		p.reuse.lists[a.Catalogue] = append(p.reuse.lists[a.Catalogue], int32(i))
	}
	p.reuse.rank = map[int32]int{}
	for _, list := range p.reuse.lists {
		slices.SortFunc(list, func(x, y int32) int {
			a, b := &p.snap.Accounts[x], &p.snap.Accounts[y]
			return cmp.Or(a.LockedOn.Compare(b.LockedOn), cmp.Compare(a.Number, b.Number))
		})
		for rank, account := range list {
			p.reuse.rank[account] = rank
		}
	}
}

// count sets how many new users there are.
func (r *reuses) count(p *planner) {
	r.adds = [Operator]int{}
	for i := range p.steps {
		if s := &p.steps[i]; s.isNew && s.after != nil {
			r.adds[s.after.Catalogue]++
		}
	}
}

// uses says whether the account is used again by this import.
func (r *reuses) uses(p *planner, account int32) bool {
	rank, ok := r.rank[account]
	return ok && rank < r.adds[p.snap.Accounts[account].Catalogue]
}

// shrink notes that a new user of the catalogue fell and returns the account
// that is not needed any more, or none.
func (r *reuses) shrink(c Catalogue) int32 {
	r.adds[c]--
	if n := r.adds[c]; n < len(r.lists[c]) {
		return r.lists[c][n]
	}
	return none
}

// present says whether some record means the account, so that a replace import
// leaves it alone.
func (p *planner) present(account int32) bool {
	return p.met.reached[account] != none || p.meant[account]
}

// locks says whether a replace import locks the account (K50).
func (p *planner) locks(account int32) bool {
	a := &p.snap.Accounts[account]
	return p.opt.replace && a.Catalogue != Operator && a.LockedOn.IsZero() && !p.present(account)
}

// lock is the account as it is while locked.
func (p *planner) lock(a Account) Account {
	yesterday := p.today.AddDays(-1)
	a.SavedTimeLimit = a.TimeLimit
	if a.TimeLimit.IsZero() || yesterday.Before(a.TimeLimit) {
		a.TimeLimit = yesterday
	}
	a.LockedOn = p.today
	return a
}

// checkReplace refuses a replace import that looks like a mistake (K53, K54).
func (p *planner) checkReplace() error {
	if !p.opt.replace {
		return nil
	}
	if len(p.findings) > 0 && !p.set.LockDespiteRefusals {
		return p.refusedRecords(CodeReplaceRefused)
	}
	if p.set.ConfirmLocks {
		return nil
	}
	if len(p.records) == 0 {
		return newError(CodeReplaceEmpty, 0)
	}
	active, locks := 0, 0
	for i := range p.snap.Accounts {
		a := &p.snap.Accounts[i]
		if a.Catalogue != Operator && a.LockedOn.IsZero() {
			active++
		}
		if p.locks(int32(i)) {
			locks++
		}
	}
	share := cmp.Or(p.set.MaxLockPercent, defaultLockPercent)
	if locks*100 > active*share {
		return newError(CodeTooManyLocks, 0, "locks", locks, "active", active, "share", share)
	}
	return nil
}
