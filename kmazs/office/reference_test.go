package office

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
)

// The reference works the rules out the slow way: every question is a walk over
// all accounts and records, and whenever a record falls everything that follows
// from records is worked out again from nothing.
type reference struct {
	s       *Snapshot
	set     *Settings
	recs    []map[string]string
	refused map[int]bool
	account map[int]int // record -> place of its account, absent if none
	by      map[int]By
	meant   map[int]bool
	isNew   map[int]bool
}

func refKey(text string) uint64 {
	n, _ := strconv.ParseUint(text, 16, 64)
	return n
}

func keyNumber(a *Account) uint64 {
	n, _ := a.Key.Number()
	return n
}

func (r *reference) catalogue(i int) (c Catalogue, said bool) {
	if r.set.ProcessIsCar {
		switch r.recs[i]["ISCAR"] {
		case "true":
			return Vehicle, true
		case "false":
			return Driver, true
		}
		return Driver, false
	}
	return Driver, true
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// match fills refused, account, by, meant and isNew for what the snapshot decides.
func (r *reference) match() {
	firstID := map[string]bool{}
	reached := map[int]bool{}
	for i, rec := range r.recs {
		id, key, name, del := rec["SYNCID"], refKey(rec["KEY"]), rec["SHORTNAME"], rec["OPERATION"] == "D"
		useKey := r.set.AttachByKey && key != 0
		useName := r.set.AttachByName && strings.TrimSpace(name) != ""
		if id == "" && !useKey && !useName {
			r.refused[i] = true
			continue
		}
		cat, said := r.catalogue(i)
		found := -1
		for j, a := range r.s.Accounts {
			if id != "" && a.SyncID == id && a.Catalogue != Operator {
				found = j
				r.by[i] = ByID
				if said && a.Catalogue != cat {
					r.refused[i] = true
				}
			}
		}
		pick := func(by By, same func(a *Account) bool) (several bool) {
			var hits []int
			for j := range r.s.Accounts {
				a := &r.s.Accounts[j]
				if a.Catalogue == cat && same(a) && (id == "" || a.SyncID == "") {
					hits = append(hits, j)
				}
			}
			if len(hits) == 1 {
				found = hits[0]
				r.by[i] = by
			}
			for _, j := range hits {
				r.meant[j] = r.meant[j] || len(hits) > 1
			}
			return len(hits) > 1
		}
		if found < 0 && !(del && id != "") {
			several := useKey && pick(ByKey, func(a *Account) bool { return keyNumber(a) == key })
			if found < 0 && !several && useName {
				several = pick(ByName, func(a *Account) bool { return sameName(a.ShortName, name) })
			}
			if several {
				r.refused[i] = true
				firstID[id] = firstID[id] || id != ""
				continue
			}
		}
		if id != "" && firstID[id] || found >= 0 && reached[found] {
			r.refused[i] = true
		}
		firstID[id] = id != ""
		if found >= 0 {
			r.account[i] = found
			reached[found] = true
		} else if !del && !r.refused[i] {
			r.isNew[i] = true
		}
	}
	// New users without id that share a name.
	for i := range r.recs {
		if !r.isNew[i] || r.recs[i]["SYNCID"] != "" {
			continue
		}
		for j := range r.recs {
			ci, _ := r.catalogue(i)
			cj, _ := r.catalogue(j)
			earlier := j < i && !r.refused[j]
			if j != i && r.isNew[j] && ci == cj && strings.TrimSpace(r.recs[i]["SHORTNAME"]) != "" &&
				sameName(r.recs[i]["SHORTNAME"], r.recs[j]["SHORTNAME"]) && (r.recs[j]["SYNCID"] != "" || earlier) {
				r.refused[i] = true
			}
		}
	}
}

// owner is the record that is applied to the account, -1 if none is.
func (r *reference) owner(account int) int {
	for i := range r.recs {
		if a, ok := r.account[i]; ok && a == account && !r.refused[i] {
			return i
		}
	}
	return -1
}

func (r *reference) present(account int) bool {
	for i := range r.recs {
		if a, ok := r.account[i]; ok && a == account {
			return true
		}
	}
	return r.meant[account]
}

func (r *reference) locks(account int) bool {
	a := &r.s.Accounts[account]
	return r.set.Replace && a.Catalogue != Operator && a.LockedOn.IsZero() && !r.present(account)
}

// reuse gives new users their accounts.
func (r *reference) reuse() map[int]int {
	given := map[int]int{}
	taken := map[int]bool{}
	for i := range r.recs {
		if !r.set.Replace || !r.isNew[i] || r.refused[i] {
			continue
		}
		cat, _ := r.catalogue(i)
		best := -1
		for j := range r.s.Accounts {
			a := &r.s.Accounts[j]
			if a.Catalogue != cat || a.LockedOn.IsZero() || today.Before(a.LockedOn.AddDays(10)) || taken[j] || r.present(j) {
				continue
			}
			if b := best; b < 0 || a.LockedOn.Before(r.s.Accounts[b].LockedOn) ||
				a.LockedOn == r.s.Accounts[b].LockedOn && a.Number < r.s.Accounts[b].Number {
				best = j
			}
		}
		if best >= 0 {
			given[i] = best
			taken[best] = true
		}
	}
	return given
}

// oneFalls refuses one more record by a rule about fields, departments or keys, and
// says whether there was one.
func (r *reference) oneFalls() bool {
	departments := slices.Clone(r.s.Departments)
	for i, rec := range r.recs {
		if r.refused[i] || rec["OPERATION"] == "D" {
			continue
		}
		if rec["DAYLIMIT"] == "x" || r.isNew[i] && strings.TrimSpace(rec["SHORTNAME"]) == "" {
			r.refused[i] = true
			return true
		}
		id, name := rec["DEPSYNCID"], rec["DEPART"]
		if id == "" {
			if name != "" && !slices.ContainsFunc(departments, func(d Department) bool { return d.Name == name }) {
				departments = append(departments, Department{Name: name})
			}
			continue
		}
		if slices.ContainsFunc(departments, func(d Department) bool { return d.SyncID == id }) {
			continue
		}
		if name == "" {
			r.refused[i] = true
			return true
		}
		if j := slices.IndexFunc(departments, func(d Department) bool { return d.SyncID == "" && d.Name == name }); j >= 0 {
			departments[j].SyncID = id
		} else {
			departments = append(departments, Department{SyncID: id, Name: name})
		}
	}
	reused := r.reuse()
	usedAgain := map[int]bool{}
	for _, account := range reused {
		usedAgain[account] = true
	}
	takes := func(i int) uint64 {
		key := refKey(r.recs[i]["KEY"])
		a, matched := r.account[i]
		if r.refused[i] || r.recs[i]["OPERATION"] == "D" || key == 0 || !matched && !r.isNew[i] || matched && keyNumber(&r.s.Accounts[a]) == key {
			return 0
		}
		return key
	}
	for i := len(r.recs) - 1; i >= 0; i-- {
		key := takes(i)
		if key == 0 {
			continue
		}
		for j := range i {
			if takes(j) == key {
				r.refused[i] = true
				return true
			}
		}
		for j := range r.s.Accounts {
			if keyNumber(&r.s.Accounts[j]) != key || usedAgain[j] || r.locks(j) {
				continue
			}
			o := r.owner(j)
			if o >= 0 && (r.recs[o]["OPERATION"] == "D" || r.recs[o]["KEY"] != "" && refKey(r.recs[o]["KEY"]) != key) {
				continue // deleted, or given another key
			}
			r.refused[i] = true
			return true
		}
	}
	return false
}

// lines are the plan's, without changes and codes.
func (r *reference) lines() []string {
	r.match()
	for r.oneFalls() {
	}
	reused := r.reuse()
	var list []string
	for i, rec := range r.recs {
		a, matched := r.account[i]
		where := ""
		if matched {
			where = fmt.Sprintf(" %v %d", r.by[i], r.s.Accounts[a].Number)
		}
		switch old := (*Account)(nil); {
		case r.refused[i]:
			list = append(list, "refuse"+where)
		case rec["OPERATION"] == "D" && matched:
			list = append(list, "delete"+where)
		case rec["OPERATION"] == "D":
			list = append(list, "ignore")
		case r.isNew[i]:
			if j, ok := reused[i]; ok {
				list = append(list, fmt.Sprintf("add* %d", r.s.Accounts[j].Number))
			} else {
				list = append(list, "add")
			}
		default:
			old = &r.s.Accounts[a]
			changed := !old.LockedOn.IsZero() || rec["SYNCID"] != "" && rec["SYNCID"] != old.SyncID ||
				strings.TrimSpace(rec["SHORTNAME"]) != "" && strings.Join(strings.Fields(rec["SHORTNAME"]), " ") != old.ShortName ||
				rec["KEY"] != "" && refKey(rec["KEY"]) != keyNumber(old) ||
				rec["DAYLIMIT"] != "" && rec["DAYLIMIT"] != old.DayLimit.String()
			list = append(list, map[bool]string{true: "update", false: "ignore"}[changed]+where)
		}
	}
	var locked []int
	for j := range r.s.Accounts {
		if r.locks(j) {
			locked = append(locked, r.s.Accounts[j].Number)
		}
	}
	slices.Sort(locked)
	for _, n := range locked {
		list = append(list, fmt.Sprintf("lock %d", n))
	}
	return list
}

// randomWorld makes a small office, crowded with clashes.
func randomWorld(rng *rand.Rand) (*Snapshot, []map[string]string, *Settings) {
	s := officeOf()
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	numbers := rng.Perm(20)
	ids := rng.Perm(8)
	for i := range 1 + rng.IntN(7) {
		a := NewAccount(Catalogue(1 + rng.IntN(3)))
		if rng.IntN(3) > 0 {
			a.Catalogue = Driver
		}
		a.Number = numbers[i] + 1
		a.ShortName = pick("", "А", "Б", "а", "В")
		if rng.IntN(2) == 0 {
			a.SyncID = "i" + strconv.Itoa(ids[i])
		}
		a.Key = kmazs.NumberKey(uint64(rng.IntN(7)))
		if rng.IntN(3) == 0 && a.Catalogue != Operator {
			a.LockedOn = today.AddDays(-7 - rng.IntN(5))
			a.TimeLimit = a.LockedOn.AddDays(-1)
		}
		s.Accounts = append(s.Accounts, a)
	}
	var recs []map[string]string
	for range 1 + rng.IntN(7) {
		rec := map[string]string{}
		put := func(name string, values ...string) {
			if v := pick(values...); v != "-" {
				rec[name] = v
			}
		}
		put("SYNCID", "-", "-", "i0", "i1", "i2", "i3", "i4", "i5")
		put("SHORTNAME", "-", "А", "Б", " б ", "В", "Г", "Д", "Е", "")
		put("KEY", "-", "-", "0", "1", "2", "3", "4", "5", "6")
		put("OPERATION", "-", "-", "-", "-", "U", "D")
		put("ISCAR", "-", "-", "true", "false", "")
		put("DAYLIMIT", "-", "-", "-", "-", "5", "", "x")
		if rng.IntN(2) == 0 {
			put("DEPSYNCID", "-", "D1", "E1", "E2", "E3")
			put("DEPART", "-", "-", "Гараж", "Цех", "Офис")
		}
		recs = append(recs, rec)
	}
	return s, recs, &Settings{
		AttachByKey: rng.IntN(2) == 0, AttachByName: rng.IntN(2) == 0, ProcessIsCar: rng.IntN(2) == 0,
		Replace: rng.IntN(2) == 0, ConfirmLocks: true, LockDespiteRefusals: true,
	}
}

func TestRandomWorldsAgainstTheReference(t *testing.T) {
	worlds := 30_000
	if testing.Short() {
		worlds = 3_000
	}
	seen := map[string]int{}
	for seed := range worlds {
		rng := rand.New(rand.NewPCG(uint64(seed), 20261123))
		s, recs, set := randomWorld(rng)
		req := &kmazs.Request{Fields: kmazs.SetOf(kmazs.FieldID)}
		for i, rec := range recs {
			req.Records = append(req.Records, record(i+1, rec))
		}
		// DAYLIMIT alone decides whether a department's choice can be seen, so
		// the department does not count as a change here.
		plan, err := NewPlan(s, req, set, today)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var got []string
		for l := range plan.Lines() {
			l.Code, l.CreatesDepartment = "", ""
			if l.Action == Update && len(l.Changes) == 1 && l.Changes[0].Field == kmazs.FieldDepart && !l.Unlocked {
				l.Action = Ignore
			}
			l.Changes = nil
			got = append(got, lineText(&l))
			seen[l.Action.String()+" "+l.By.String()]++
			if l.Reused {
				seen["reused"]++
			}
		}
		for _, f := range plan.Refusals() {
			seen[f.Code()]++
		}
		ref := &reference{s: s, set: set, recs: recs, refused: map[int]bool{}, account: map[int]int{}, by: map[int]By{}, meant: map[int]bool{}, isNew: map[int]bool{}}
		if want := ref.lines(); !slices.Equal(got, want) {
			t.Fatalf("seed %d: settings %+v\naccounts %v\nrecords %v\ngot  %q\nwant %q", seed, *set, bare(s.Accounts), recs, got, want)
		}
		checkInvariants(t, s, plan, req)
		againAllIgnored(t, s, plan, req, set)
		if t.Failed() {
			t.Fatalf("seed %d: settings %+v\naccounts %v\nrecords %v\nplan %q", seed, *set, bare(s.Accounts), recs, planText(plan))
		}
	}
	for _, what := range []string{"add ", "reused", "update id", "update key", "update name", "delete id", "delete key", "delete name", "lock ",
		CodeNoIdentity, CodeAmbiguous, CodeOtherCatalogue, CodeNoName, CodeSameID, CodeSameAccount, CodeSameName, CodeKeyTaken, CodeKeyTakenTwice, CodeUnknownDepartment} {
		if seen[what] < worlds/1000 {
			t.Errorf("%q was met %d times only", what, seen[what])
		}
	}
}

// record makes a record the way the decoders do.
func record(n int, fields map[string]string) kmazs.Record {
	var u kmazs.User
	text := func(o *kmazs.Optional[string], name string) {
		if v, ok := fields[name]; ok {
			o.SetValue(v)
		}
	}
	text(&u.SyncID, "SYNCID")
	text(&u.ShortName, "SHORTNAME")
	text(&u.Key, "KEY")
	text(&u.Depart, "DEPART")
	text(&u.DepSyncID, "DEPSYNCID")
	if fields["OPERATION"] == "D" {
		u.Operation = kmazs.Value(kmazs.Delete)
	}
	if v := fields["ISCAR"]; v != "" {
		u.IsCar = kmazs.Value(v == "true")
	}
	switch v := fields["DAYLIMIT"]; v {
	case "x":
		u.DayLimit = kmazs.Value(-5)
	case "5":
		u.DayLimit = kmazs.Value(5)
	}
	return kmazs.NewRecord(n, u)
}

// againAllIgnored imports the records that were applied once more. Nothing may
// change, if they still mean the same accounts: records with ids do.
func againAllIgnored(t *testing.T, s *Snapshot, plan *Plan, req *kmazs.Request, set *Settings) {
	t.Helper()
	after := apply(t, s, plan)
	again := &kmazs.Request{Fields: req.Fields}
	for i := range req.Records {
		id, _ := req.Records[i].User.SyncIdentity()
		if a := plan.action(i); a != Refuse && a != Delete && id != "" && !req.Records[i].User.IsDelete() {
			again.Records = append(again.Records, req.Records[i])
		}
	}
	update := *set
	update.Replace = false
	second, err := NewPlan(after, again, &update, today)
	if err != nil {
		t.Fatal(err)
	}
	if second.Changed() || second.Result().Ignored != len(again.Records) || second.Refused() > 0 {
		t.Errorf("applied again: %q", planText(second))
	}
}
