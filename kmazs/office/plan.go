package office

import (
	"context"

	"github.com/obmen-go/obmen/kmazs"
)

// Plan says what an import would do (K45). It is made from a snapshot, refers to
// it and to the request, and changes nothing; Apply carries it out.
type Plan struct {
	p       *planner
	changes Changes
	result  kmazs.Result

	locks  []int32         // accounts in the order of their numbers
	reused map[int32]int32 // record -> account
	freed  map[int32]bool  // locked accounts that lose their key
	goes   map[int]bool    // numbers of accounts that are deleted or used again
}

// step is what happens to one record.
type step struct {
	account int32 // place in the snapshot, none if it matched nothing
	makes   int32 // place of the department that it creates, none
	by      By
	isNew   bool // a new user, unless refused
	delete  bool
	refused bool
	unlocks bool
	after   *Account // the account as it shall be; nil if it stays as it is
}

// NewPlan plans an import on a snapshot, on a day of the office. It is a pure
// function and reads no clock; a nil snapshot, request or settings mean their zero
// value. An error is a request error: nothing may be imported.
func NewPlan(s *Snapshot, request *kmazs.Request, settings *Settings, today kmazs.Date) (*Plan, error) {
	p, err := newPlanner(s, request, settings, today)
	if err != nil {
		return nil, err
	}
	if err := p.checkFields(); err != nil {
		return nil, err
	}
	p.matchAll()
	p.sameNames()
	p.findReusable()
	for again := true; again; {
		p.evaluateAll()
		p.reuse.count(p)
		p.checkVehicles()
		p.claims = p.judgeKeys()
		// A record that fell for its key may have made a department that
		// later ones rely on.
		again = p.makersFell()
	}
	if p.set.Strict && len(p.findings) > 0 {
		return nil, p.refusedRecords(CodeStrictRefused)
	}
	if err := p.checkReplace(); err != nil {
		return nil, err
	}
	return p.finish(), nil
}

// Revision is that of the snapshot the plan was made from.
func (plan *Plan) Revision() int64 { return plan.p.snap.Revision }

// Today is the day the plan was made for.
func (plan *Plan) Today() kmazs.Date { return plan.p.today }

// Result is what applying the plan is answered (K41). Refused records are listed
// if the settings ask for it.
func (plan *Plan) Result() kmazs.Result {
	r := plan.result
	if plan.p.set.ShowRefused {
		r.Refused = []kmazs.Refusal{}
		for _, f := range plan.Refusals() {
			r.Refused = append(r.Refused, kmazs.Refusal{N: f.Record(), Field: f.Field().String(), Code: f.Code(), Text: f.Detail("ru")})
		}
	}
	return r
}

// Refusals are the findings of refused records, in the order of the records. A
// record may have several.
func (plan *Plan) Refusals() []Finding {
	if len(plan.p.findings) == 0 {
		return nil
	}
	var all []Finding
	for i := range plan.p.steps {
		all = append(all, plan.p.findings[int32(i)]...)
	}
	return all
}

// Refused is the number of refused records.
func (plan *Plan) Refused() int { return len(plan.p.findings) }

// Warnings are about records that are applied, but perhaps not as they were meant.
func (plan *Plan) Warnings() []Finding { return plan.p.warnings }

// Changed says whether applying the plan changes accounts or departments.
func (plan *Plan) Changed() bool { return plan.changes.alters() }

// Changes is what Apply commits, without a receipt. The caller may add one; the
// lists are the plan's.
func (plan *Plan) Changes() *Changes {
	c := plan.changes
	return &c
}

// Apply commits the plan, all or nothing. It is refused with CodeDayChanged if
// today is another day than the plan was made for, and with ErrRevision if the
// directory has changed since (K45). A plan that changes nothing commits nothing.
func (plan *Plan) Apply(ctx context.Context, dir Directory, today kmazs.Date) error {
	return plan.commit(ctx, dir, plan.Changes(), today)
}

func (plan *Plan) commit(ctx context.Context, dir Directory, changes *Changes, today kmazs.Date) error {
	if today != plan.p.today {
		return newError(CodeDayChanged, 0)
	}
	if changes.Empty() {
		return nil
	}
	return dir.Commit(ctx, plan.Revision(), changes)
}
