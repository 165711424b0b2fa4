package office

import (
	"fmt"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/kmazs"
)

// planner holds what the stages of planning share; the stages stand in the order
// in which NewPlan calls them: checkFields, matchAll, sameNames, findReusable,
// evaluateAll, checkVehicles, judgeKeys, checkReplace, finish.
type planner struct {
	snap    *Snapshot
	set     *Settings
	opt     options
	today   kmazs.Date
	records []kmazs.Record
	fields  kmazs.FieldSet

	bySync *multimap[string]
	byKey  *keymap
	byName *multimap[string]

	steps        []step
	met          *encounters
	meant        map[int32]bool // see noteMeant
	newWithoutID bool
	findings     map[int32][]Finding // of refused records
	warnings     []Finding

	departments *departments
	cache       textCache
	vehicles    map[int]int32 // personal number -> account, of vehicles
	reuse       reuses
	claims      map[kmazs.Key]*claim
}

func newPlanner(s *Snapshot, r *kmazs.Request, set *Settings, today kmazs.Date) (*planner, error) {
	if set == nil {
		set = &Settings{}
	}
	if s == nil {
		s = &Snapshot{}
	}
	if r == nil {
		r = &kmazs.Request{}
	}
	opt, err := mergeOptions(s, set, &r.Options)
	if err != nil {
		return nil, err
	}
	return &planner{
		snap: s, set: set, opt: opt, today: today, records: r.Records, fields: r.Fields,
		steps:       make([]step, len(r.Records)),
		met:         newEncounters(len(s.Accounts)),
		meant:       map[int32]bool{},
		findings:    map[int32][]Finding{},
		departments: newDepartments(s.Departments),
	}, nil
}

// checkFields refuses a table that lacks a column it must have (K42). A request
// without records, which only JSON can be without columns, has nothing to lack.
func (p *planner) checkFields() error {
	if len(p.records) == 0 && p.fields == 0 {
		return nil
	}
	for _, f := range p.set.RequiredFields {
		if !p.fields.Has(f) {
			return newError(CodeMissingField, 0, "field", f)
		}
	}
	usable := kmazs.SetOf(kmazs.FieldID, kmazs.FieldSyncID)
	names := "ID / SYNCID"
	if p.opt.attachByKey {
		usable |= kmazs.SetOf(kmazs.FieldKey, kmazs.FieldRFID)
		names += " / KEY"
	}
	if p.opt.attachByName {
		usable |= kmazs.SetOf(kmazs.FieldShortName)
		names += " / SHORTNAME"
	}
	if p.fields&usable == 0 {
		return newError(CodeNoIdentityField, 0, "fields", names)
	}
	return nil
}

// matchAll finds whom each record is about, in the order of the records.
func (p *planner) matchAll() {
	for i := range p.records {
		id := p.identify(i)
		s := &p.steps[i]
		*s = step{account: none, makes: none, delete: id.delete}
		if bad := p.unusable(i, &id); bad != nil {
			p.refuse(i, bad...)
			p.noteMeant(i, &match{})
			continue
		}
		if rec := &p.records[i]; rec.Findings != nil && p.opt.processIsCar && rec.Findings.Fields().Has(kmazs.FieldIsCar) {
			p.noteMeant(i, &match{}) // nobody knows in which catalogue
		}
		m := p.match(i, &id)
		s.account, s.by = m.account, m.by
		switch m.fault {
		case CodeAmbiguous:
			p.refuse(i, newError(m.fault, 0, "accounts", p.numbers(m.several), "field", m.way.field()))
			p.noteMeant(i, &m)
		case CodeOtherCatalogue:
			p.refuse(i, newError(m.fault, 0, "account", p.snap.Accounts[m.account].Number))
		}
		code, first := p.met.meet(int32(i), &id, &m)
		switch code {
		case CodeSameID:
			p.refuse(i, newError(code, 0, "first", p.records[first].N))
		case CodeSameAccount:
			p.refuse(i, newError(code, 0, "first", p.records[first].N, "account", p.snap.Accounts[m.account].Number))
		}
		if m.account == none && !s.refused && !s.delete {
			s.isNew = true
			p.newWithoutID = p.newWithoutID || id.sync == ""
		}
	}
}

// numbers are the personal numbers of accounts, for a text.
func (p *planner) numbers(accounts []int32) string {
	list := make([]int, len(accounts))
	for i, account := range accounts {
		list[i] = p.snap.Accounts[account].Number
	}
	slices.Sort(list)
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(slices.Compact(list)), " ", ", "), "[]")
}

// refuse marks a record as refused, for good.
func (p *planner) refuse(i int, why ...Finding) {
	for _, f := range why {
		if e, ok := f.(*Error); ok {
			p.about(i, e)
		}
	}
	p.steps[i].refused = true
	p.steps[i].after = nil
	p.findings[int32(i)] = append(p.findings[int32(i)], why...)
}

// about gives an error the number of a record.
func (p *planner) about(i int, e *Error) *Error {
	e.f.Record = p.records[i].N
	return e
}

// refusedRecords is the request error of this code, nil if nothing is refused.
func (p *planner) refusedRecords(code string) error {
	e := &RefusedRecords{head: newError(code, 0)}
	for i := range p.steps {
		e.Findings = append(e.Findings, p.findings[int32(i)]...)
	}
	return e
}

// makersFell says whether a record was refused after it had made a department or
// stored a department's sync id: records after it may depend on that.
func (p *planner) makersFell() bool {
	for record := range p.departments.makers {
		if p.steps[record].refused {
			return true
		}
	}
	return false
}
