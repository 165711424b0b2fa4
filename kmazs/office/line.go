package office

import (
	"fmt"
	"iter"
	"strings"
)

// Action is what a plan does to a record, or to an account that no record means.
type Action uint8

// The actions.
const (
	Add    Action = iota + 1 // a new account, perhaps in a locked one's place
	Update                   // an account changes
	Delete                   // an account goes
	Ignore                   // nothing changes
	Refuse                   // the record is not applied
	Lock                     // no record means the account (replace mode)
)

var actionNames = [...]string{Add: "add", Update: "update", Delete: "delete", Ignore: "ignore", Refuse: "refuse", Lock: "lock"}

// String is "add", "update", "delete", "ignore", "refuse", "lock", or Action(n).
func (a Action) String() string {
	if a >= Add && int(a) < len(actionNames) {
		return actionNames[a]
	}
	return fmt.Sprintf("Action(%d)", uint8(a))
}

// MarshalText writes the name of a known action.
func (a Action) MarshalText() ([]byte, error) {
	if a < Add || a > Lock {
		return nil, fmt.Errorf("kmazs/office: %v has no name", a)
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads the name of an action.
func (a *Action) UnmarshalText(text []byte) error {
	for v := Add; v <= Lock; v++ {
		if v.String() == string(text) {
			*a = v
			return nil
		}
	}
	return fmt.Errorf("kmazs/office: no action is named %q", text)
}

// Line is one line of a plan: a record, or an account that is locked.
type Line struct {
	// N is the number of the record, 0 for a lock.
	N int
	// Action is what happens.
	Action Action
	// By is how the record found its account, ByNothing if it did not.
	By By
	// Number is the personal number of the account, 0 if it is not known yet.
	Number int
	// Changes are the fields that change, in the order of the table. They hold
	// personal data, keys and PINs.
	Changes []Change
	// Findings say why a record is refused; Code is the code of the first.
	Findings []Finding
	Code     string
	// Reused: the new user gets the account of one that was locked (K51).
	Reused bool
	// Before is whose the reused account was, nil unless Reused.
	Before *Account
	// Unlocked: the account was locked and is not any more (K52).
	Unlocked bool
	// CreatesDepartment is the name of the department that this record makes, "".
	CreatesDepartment string
}

// Reason says in one sentence, in Russian for "ru", why a record is refused or
// what is special about it; "" if nothing is. It may name a person.
func (l *Line) Reason(lang string) string {
	if len(l.Findings) > 0 {
		texts := make([]string, len(l.Findings))
		for i, f := range l.Findings {
			texts[i] = f.Detail(lang)
			if field := f.Field().String(); field != "" {
				texts[i] = field + ": " + texts[i]
			}
		}
		return strings.Join(texts, "; ")
	}
	var e *Error
	switch {
	case l.Reused:
		e = newError(CodeNoteReused, 0, "number", l.Number, "name", l.Before.ShortName, "id", l.Before.SyncID, "day", l.Before.LockedOn)
	case l.Unlocked:
		e = newError(CodeNoteUnlocked, 0)
	default:
		return ""
	}
	return e.Detail(lang)
}

// Lines yields a line for each record, in their order, then one for each account
// to be locked, in the order of the personal numbers. They are made while they
// are asked for.
func (plan *Plan) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		names := namesOf(plan.p.snap, plan.p.departments.list)
		for i := range plan.p.steps {
			if !yield(plan.recordLine(i, names)) {
				return
			}
		}
		for _, account := range plan.locks {
			before := &plan.p.snap.Accounts[account]
			after := plan.locked(account)
			if !yield(Line{Action: Lock, Number: before.Number, Changes: names.changes(before, &after)}) {
				return
			}
		}
	}
}

func (plan *Plan) recordLine(i int, names *names) Line {
	s := &plan.p.steps[i]
	line := Line{N: plan.p.records[i].N, Action: plan.action(i), By: s.by}
	if s.account != none {
		line.Number = plan.p.snap.Accounts[s.account].Number
	}
	switch line.Action {
	case Refuse:
		line.Findings = plan.p.findings[int32(i)]
		line.Code = line.Findings[0].Code()
		return line
	case Update:
		line.Changes = names.changes(&plan.p.snap.Accounts[s.account], s.after)
		line.Unlocked = s.unlocks
	case Add:
		before := NewAccount(Driver) // so that ISCAR of a vehicle is told
		if account, ok := plan.reused[int32(i)]; ok {
			before = plan.p.snap.Accounts[account]
			line.Number, line.Reused, line.Before = before.Number, true, &before
		}
		line.Changes = names.changes(&before, s.after)
	}
	if s.makes != none {
		line.CreatesDepartment = plan.p.departments.list[s.makes].Name
	}
	return line
}
