package office

import "github.com/obmen-go/obmen/kmazs"

// Two records must not be about one user (K37): the later one falls and names
// the first. What counts is order alone: not the way of matching, nor whether the
// first one is refused for a reason of its own, now or later.

// encounters remembers which record came first for an id or an account. Ids that
// an account bears are kept by account: most are, and an array is cheaper.
type encounters struct {
	reached []int32          // account -> first record that reached it, none
	byID    []int32          // account -> first record with its id, none
	unknown map[string]int32 // other ids -> first record
}

func newEncounters(accounts int) *encounters {
	e := &encounters{
		reached: make([]int32, accounts),
		byID:    make([]int32, accounts),
		unknown: map[string]int32{},
	}
	for i := range accounts {
		e.reached[i], e.byID[i] = none, none
	}
	return e
}

// meet notes a record and returns the code that refuses it and the record that
// came first, or "".
func (e *encounters) meet(record int32, id *identity, m *match) (code string, first int32) {
	if id.sync != "" {
		if m.by == ByID {
			first = e.byID[m.account]
			if first == none {
				e.byID[m.account] = record
			}
		} else if seen, ok := e.unknown[id.sync]; ok {
			first = seen
		} else {
			e.unknown[id.sync] = record
			first = none
		}
		if first != none {
			code = CodeSameID
		}
	}
	if m.account != none {
		if seen := e.reached[m.account]; seen == none {
			e.reached[m.account] = record
		} else if code == "" {
			code, first = CodeSameAccount, seen
		}
	}
	if code == "" {
		first = none
	}
	return code, first
}

// sameNames refuses a new user without id that bears the name of another new user
// of its catalogue: of any that has an id, or of an earlier one without (K37).
func (p *planner) sameNames() {
	if !p.newWithoutID || p.opt.attachOnly {
		return
	}
	type name struct {
		catalogue Catalogue
		folded    string
	}
	withID := map[name]int32{}
	without := map[name]int32{}
	for pass := range 2 {
		for i := range p.steps {
			s := &p.steps[i]
			if !s.isNew {
				continue
			}
			id := p.identify(i)
			bearer := name{id.catalogue, foldName(p.newName(i))}
			switch {
			case bearer.folded == "":
			case pass == 0 && id.sync != "":
				if _, ok := withID[bearer]; !ok {
					withID[bearer] = int32(i)
				}
			case pass == 1 && id.sync == "":
				first, ok := withID[bearer]
				if !ok {
					first, ok = without[bearer]
				}
				if ok {
					p.refuse(i, newError(CodeSameName, kmazs.FieldShortName, "first", p.records[first].N))
				} else {
					without[bearer] = int32(i)
				}
			}
		}
	}
}
