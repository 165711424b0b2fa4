package customs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// combo is one combination of the inputs.
type combo struct {
	facts Facts
	state State
	count int
	flags [5]bool // RC, RV, client, settings post, settings versions
}

func (c *combo) String() string {
	f := &c.facts
	return fmt.Sprintf("%v %v %v %v %v N=%d RC,RV,C,SP,SV=%v", f.Kind, f.Initiative, f.Message, f.Role, c.state, c.count, c.flags)
}

// combos yields every combination that can be made concrete: 5 kinds x 2
// initiatives x 4 messages x 2 roles x 3 counts x 7 states x 2^5, without the
// own good reference of a user without profiles (EAD reads no ids).
func combos(yield func(*combo) bool) {
	for kind := KindDECL; kind <= KindOther; kind++ {
		for i := range 2 * 4 * 2 * 3 * 7 * 32 {
			c := combo{facts: Facts{Kind: kind, CurrentUser: "me"}}
			take := func(n int) int { v := i % n; i /= n; return v }
			c.facts.Initiative, c.facts.Message, c.facts.Role = Initiative(1+take(2)), Message(1+take(4)), Role(1+take(2))
			c.count, c.state = take(3), State(1+take(7))
			for b := range c.flags {
				c.flags[b] = take(2) == 1
			}
			if c.state == StateOwnOK && c.count == 0 && kind != KindEAD {
				continue
			}
			if !yield(c.concrete()) {
				return
			}
		}
	}
}

func (c *combo) concrete() *combo {
	f := &c.facts
	f.Users = []User{{"other", []string{"o1", "o2"}}, {"me", []string{"m1", "m2"}[:c.count]}}
	ref := &Reference{}
	switch c.state {
	case StateAbsent:
		ref = nil
	case StateOwnOK:
		ref.User, ref.Profile = "me", "m1"
	case StateOwnLost:
		ref.User, ref.Profile = "me", "gone"
	case StateForOK:
		ref.User, ref.Profile = "other", "o2"
	case StateForLost:
		ref.User, ref.Profile = "other", "gone"
	case StateForNoUser:
		ref.User, ref.Profile = "gone", "o1"
	case StateNoIDs:
		ref.Profile = "m1"
	}
	if ref != nil && c.flags[0] {
		ref.Main = "10000030"
	}
	if ref != nil && c.flags[1] {
		ref.Versions = Versions{"5.0.8", "3.2.0"}
	}
	f.Reference = ref
	if c.flags[2] {
		f.Client.Main = "10000010"
	}
	if c.flags[3] {
		f.Settings.Post = "10000020"
	}
	if c.flags[4] {
		f.Settings.Versions = Versions{"5.1.0", "3.3.0"}
	}
	return c
}

// wanted is the decision written down a second time, as a reader of the rules
// would: nested questions instead of a table.
func wanted(c *combo) (phase, guard, user, post, version string) {
	f := &c.facts
	rc, rv, client, sp, sv := c.flags[0], c.flags[1], c.flags[2], c.flags[3], c.flags[4]
	state := c.state
	if state == StateAbsent {
		rc, rv = false, false
	} else if f.Kind == KindEAD {
		state = StateNoIDs
	}
	auto, decl, query := f.Initiative == InitiativeAuto, f.Kind == KindDECL, f.Message == MessageStatus || f.Message == MessageHistory
	if decl {
		switch {
		case f.Message == MessageOpen:
			phase = "PH1"
		case f.Message == MessageOther:
			phase = "PH4"
		case state == StateAbsent:
			phase = "PH2"
		default:
			phase = "PH3"
		}
	} else if phase = "PH5"; f.Role == RoleFollowUp {
		phase = "PH6"
	}
	first := phase == "PH1" || phase == "PH5"
	if auto && (first || phase == "PH2") {
		return phase, "G1", "", "", ""
	}
	if auto && decl && state != StateOwnOK && state != StateForOK {
		return phase, "G2", "", "", ""
	}
	return phase, "", wantedUser(f, state, c.count, first), wantedPost(f, first, auto, decl, query, rc, client, sp), wantedVersion(decl, first, rv, sv)
}

func wantedUser(f *Facts, state State, n int, first bool) string {
	pick := func(many, zero string) string {
		if n == 0 {
			return zero
		}
		return many
	}
	if first {
		switch {
		case f.Kind == KindDECL:
			return pick("U1", "U0")
		case f.Kind == KindEAD:
			return "U2"
		case n == 1:
			return "U4"
		}
		return pick("U5", "U3")
	}
	if f.Kind == KindEAD {
		return pick("U6", "U7")
	}
	auto := f.Initiative == InitiativeAuto
	switch state {
	case StateOwnOK:
		return "U8"
	case StateAbsent, StateNoIDs:
		if auto {
			return pick("U10", "U11")
		}
		return "U9"
	case StateOwnLost:
		if auto {
			return pick("U14", "U15")
		}
		return pick("U12", "U13")
	case StateForOK:
		if auto {
			return "U19"
		}
		return "U16"
	}
	switch {
	case auto:
		return pick("U20", "U21")
	case state == StateForLost:
		return "U17"
	}
	return "U18"
}

func wantedPost(f *Facts, first, auto, decl, query, rc, client, sp bool) string {
	if !first && f.Kind != KindEAD && rc {
		return "C7"
	}
	if decl && !first {
		switch {
		case auto:
			return "C11"
		case query:
			return "C8"
		}
		return "C9"
	}
	switch {
	case f.Kind == KindPI && sp:
		return "C3"
	case f.Kind == KindPI:
		return "C4"
	case client:
		return "C1"
	case sp:
		return "C2"
	case auto:
		return "C6"
	}
	return "C5"
}

func wantedVersion(decl, first, rv, sv bool) string {
	switch {
	case decl && !first && rv:
		return "V2"
	case !sv:
		return "V6"
	case first:
		return "V1"
	case decl:
		return "V3"
	}
	return "V4"
}

func only(t *testing.T, c *combo, rows []row, s *situation) string {
	t.Helper()
	id := ""
	for i := range rows {
		if rows[i].match(s) {
			if id != "" {
				t.Fatalf("%v: %s and %s both apply", c, id, rows[i].id)
			}
			id = rows[i].id
		}
	}
	return id
}

// TestTableIsTotal runs every combination: exactly one row per output, the row
// that the second writing wants, and no row without a combination.
func TestTableIsTotal(t *testing.T) {
	fired := map[string]int{}
	n := 0
	for c := range combos {
		n++
		s := newSituation(&c.facts, &Options{})
		phase := only(t, c, phaseRows, &s)
		for _, r := range phaseRows {
			if r.id == phase {
				s.phase = 1 << r.then.phase
			}
		}
		guard := only(t, c, guardRows, &s)
		got := []string{phase, guard, "", "", ""}
		if guard == "" {
			got[2], got[3], got[4] = only(t, c, userRows, &s), only(t, c, postRows, &s), only(t, c, versionRows, &s)
		}
		a, b, u, p, v := wanted(c)
		if want := []string{a, b, u, p, v}; !slices.Equal(got, want) {
			t.Fatalf("%v: rows %q, want %q", c, got, want)
		}
		for _, id := range got {
			if id != "" {
				fired[id]++
			}
		}
	}
	if n != 51712 {
		t.Errorf("%d combinations, want 51712", n)
	}
	if len(fired) != 45 {
		t.Errorf("%d rows fire, want 45: %v", len(fired), slices.Sorted(maps.Keys(fired)))
	}
}

// TestConversations plays every combination with both kinds of answers and
// checks what must hold for each outcome.
func TestConversations(t *testing.T) {
	stores := map[string]int{}
	for c := range combos {
		for _, agree := range []bool{true, false} {
			step := converseWith(c.facts, nil, agree)
			checkStep(t, c, &step, agree)
			for _, id := range step.Decision.Rules {
				stores[id]++
			}
		}
	}
	for _, id := range []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S11"} {
		if stores[id] == 0 {
			t.Errorf("row %s never fires", id)
		}
	}
}

func converseWith(f Facts, opt *Options, agree bool) Step {
	var answers []Answer
	step := Resolve(f, nil, opt)
	for step.Outcome == OutcomeNeedAnswer {
		answers = append(answers, reply(&step.Prompt, agree))
		step = Resolve(f, answers, opt)
	}
	return step
}

func reply(p *Prompt, agree bool) Answer {
	switch {
	case p.ID == P5:
		return Acknowledge()
	case !agree && (p.ID == P3 || p.ID == P6):
		return No()
	case !agree:
		return Cancel()
	case p.ID == P3 || p.ID == P6:
		return Yes()
	case p.ID == P7:
		return EnterPosts("10000050", "")
	}
	return Choose(p.Choices[0])
}

func checkStep(t *testing.T, c *combo, step *Step, agree bool) {
	t.Helper()
	d := &step.Decision
	empty := d.User == "" && d.Profile == "" && d.Posts == (Posts{}) && d.Versions == (Versions{}) && d.SwitchTo == "" && d.Persist == ActionNone
	bases, extras := 0, 0
	for _, id := range d.Rules {
		switch {
		case id == "S8" || id == "S11":
			extras++
		case strings.HasPrefix(id, "S"):
			bases++
		}
	}
	if bases > 1 || bases == 0 && extras == 0 {
		t.Fatalf("%v: rows of persistence in %v", c, d.Rules)
	}
	switch step.Outcome {
	case OutcomeDone:
		if d.User == "" || d.Profile == "" || !ValidPostCode(d.Main) || !d.Versions.complete() || !agree && len(d.Prompts) > 0 {
			t.Fatalf("%v: incomplete decision %+v", c, d)
		}
	case OutcomeSubstitute:
		if !empty || d.Substitute != MessageHistory || !agree {
			t.Fatalf("%v: substitution with %+v", c, d)
		}
	case OutcomeCancelled:
		if !empty || agree || d.Rules[len(d.Rules)-1] != "S9" {
			t.Fatalf("%v: cancelled with %+v", c, d)
		}
	case OutcomeFailed:
		if !empty || step.Err == nil || d.Rules[len(d.Rules)-1] != "S9" {
			t.Fatalf("%v: error with %+v", c, d)
		}
	default:
		t.Fatalf("%v: outcome %v", c, step.Outcome)
	}
}
