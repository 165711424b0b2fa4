package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
)

// The tests write accounts and records as short texts, so that a case fits a few
// lines and can be read beside its rule.

// today is the office's day in tests.
var today = day("2026-11-23")

func day(s string) kmazs.Date {
	if s == "" {
		return kmazs.Date{}
	}
	d, err := kmazs.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// account reads "12 vehicle id=A name=А123ВС key=1F pin=7 day=100 all=5 fuels=1=500;2
// until=2026-12-31 stations=1,2 dept=1 car=5 locked=… saved=… full=… card=… reqdriver=false".
// An underscore stands for a blank.
func account(text string) Account {
	words := strings.Fields(text)
	number, err := strconv.Atoi(words[0])
	if err != nil {
		panic(text)
	}
	catalogue := Driver
	if len(words) > 1 && !strings.Contains(words[1], "=") {
		if err := catalogue.UnmarshalText([]byte(words[1])); err != nil {
			panic(err)
		}
		words = words[1:]
	}
	a := NewAccount(catalogue)
	a.Number = number
	for _, w := range words[1:] {
		name, v, ok := strings.Cut(strings.ReplaceAll(w, "_", " "), "=")
		if !ok {
			panic(text)
		}
		n, _ := strconv.Atoi(v)
		yes := v == "true"
		switch name {
		case "id":
			a.SyncID = v
		case "name":
			a.ShortName = v
		case "full":
			a.FullName = v
		case "card":
			a.CardNumber = v
		case "key":
			if err := a.Key.UnmarshalText([]byte(v)); err != nil {
				panic(err)
			}
		case "pin":
			a.PIN = PINCode(n)
		case "day":
			a.DayLimit = Litres(n)
		case "all":
			a.AllLimit = Litres(n)
		case "fuels":
			for item := range strings.SplitSeq(v, ";") {
				id, limit, limited := strings.Cut(item, "=")
				f := FuelLimit{}
				f.Fuel, _ = strconv.Atoi(id)
				if limited {
					n, _ := strconv.Atoi(limit)
					f.Limit = Litres(n)
				}
				a.Fuels = append(a.Fuels, f)
			}
		case "until":
			a.TimeLimit = day(v)
		case "locked":
			a.LockedOn = day(v)
		case "saved":
			a.SavedTimeLimit = day(v)
		case "shift":
			a.ShiftStart.UnmarshalText([]byte(v))
		case "stations":
			list, err := kmazs.ParseStations(v)
			if err != nil {
				panic(err)
			}
			a.Stations = list.Numbers
		case "dept":
			a.Department = n
		case "car":
			a.DefaultCar = n
		case "reqdriver":
			a.ReqDriver = yes
		case "cantide":
			a.CanTide = yes
		case "reqcar":
			a.ReqCar = yes
		case "techtide":
			a.TechTide = yes
		case "reqodometr":
			a.ReqOdometer = yes
		default:
			panic(w)
		}
	}
	return a
}

// office makes a snapshot of stations 1, 2, 10, fuels 1 = "92", 2 = "95", 3 = "DT",
// departments 1 = Склад (own station 1, sync id D1), 2 = Офис (D2), 3 = Гараж (no
// sync id), and these accounts.
func officeOf(accounts ...string) *Snapshot {
	s := &Snapshot{
		Revision: 7,
		Stations: []int{1, 2, 10},
		Fuels:    []Fuel{{1, "92"}, {2, "95"}, {3, "DT"}},
		Departments: []Department{
			{ID: 1, SyncID: "D1", Name: "Склад", Stations: []int{1}},
			{ID: 2, SyncID: "D2", Name: "Офис"},
			{ID: 3, Name: "Гараж"},
		},
	}
	for _, text := range accounts {
		s.Accounts = append(s.Accounts, account(text))
	}
	return s
}

// request reads records like "SYNCID=A SHORTNAME=ИВАНОВ_И.И. DAYLIMIT=" through the
// decoder of the Web-API.
func request(t testing.TB, records ...string) *kmazs.Request {
	t.Helper()
	users := []map[string]string{}
	for _, text := range records {
		user := map[string]string{}
		for w := range strings.FieldsSeq(text) {
			name, v, ok := strings.Cut(strings.ReplaceAll(w, "_", " "), "=")
			if strings.HasPrefix(w, "KEY_TYPE=") {
				name, v = "KEY_TYPE", w[len("KEY_TYPE="):]
			} else if !ok {
				t.Fatalf("record %q", text)
			}
			user[name] = v
		}
		users = append(users, user)
	}
	body, err := json.Marshal(map[string]any{
		"ImportUsersParams": map[string]any{"ImportType": "Update"},
		"TestCharSet":       kmazs.TestCharSet, "Users": users,
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := kmazs.ReadJSON(strings.NewReader(string(body)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lineText is a line of a plan in short: action, "*" if an account is used again,
// way, number, changes as FIELD=from>to, code, new department.
func lineText(l *Line) string {
	words := []string{l.Action.String()}
	if l.Reused {
		words[0] += "*"
	}
	if l.By != ByNothing {
		words = append(words, l.By.String())
	}
	if l.Number != 0 {
		words = append(words, strconv.Itoa(l.Number))
	}
	for _, c := range l.Changes {
		words = append(words, fmt.Sprintf("%v=%s>%s", c.Field, c.From, c.To))
	}
	if l.Code != "" {
		words = append(words, strings.TrimPrefix(l.Code, "KMAZS-"))
	}
	if l.CreatesDepartment != "" {
		words = append(words, "+"+l.CreatesDepartment)
	}
	return strings.ReplaceAll(strings.Join(words, " "), "  ", " ")
}

func planText(plan *Plan) []string {
	var list []string
	for l := range plan.Lines() {
		list = append(list, lineText(&l))
	}
	return list
}

// scene is one case: accounts before, records, and the lines of the plan. A line
// that ends in " …" is compared up to there.
type scene struct {
	accounts []string
	settings Settings
	options  kmazs.Options
	records  []string
	want     []string
	after    []string // accounts after applying, by number; nil = not asked
	err      string   // code of the request error instead
}

func (c scene) snapshot() *Snapshot { return officeOf(c.accounts...) }

func (c scene) run(t *testing.T) *Plan {
	t.Helper()
	s := c.snapshot()
	r := request(t, c.records...)
	r.Options = c.options
	plan, err := NewPlan(s, r, &c.settings, today)
	if c.err != "" {
		coded, ok := errors.AsType[interface {
			error
			Code() string
		}](err)
		if !ok || coded.Code() != "KMAZS-"+c.err {
			t.Fatalf("the request error is %v, want KMAZS-%s", err, c.err)
		}
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	got := planText(plan)
	for i := range max(len(got), len(c.want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(c.want) {
			w = c.want[i]
		}
		if prefix, open := strings.CutSuffix(w, " …"); g != w && !(open && strings.HasPrefix(g+" ", prefix+" ")) {
			t.Errorf("line %d is\n\t%s\nwant\n\t%s", i+1, g, w)
		}
	}
	checkInvariants(t, s, plan, r)
	if c.after != nil {
		after := apply(t, s, plan)
		var want []Account
		for _, text := range c.after {
			want = append(want, account(text))
		}
		slices.SortFunc(after.Accounts, func(a, b Account) int { return a.Number - b.Number })
		if fmt.Sprintf("%+v", bare(after.Accounts)) != fmt.Sprintf("%+v", bare(want)) {
			t.Errorf("after the import:\n\t%+v\nwant\n\t%+v", bare(after.Accounts), bare(want))
		}
	}
	return plan
}

// bare makes PINs comparable by text.
func bare(list []Account) []string {
	var texts []string
	for _, a := range list {
		code, _ := a.PIN.Code()
		texts = append(texts, fmt.Sprintf("%+v pin %d", a, code))
	}
	return texts
}

func apply(t testing.TB, s *Snapshot, plan *Plan) *Snapshot {
	t.Helper()
	after, err := plan.Changes().ApplyTo(s)
	if err != nil {
		t.Fatal(err)
	}
	return after
}

// checkInvariants holds what is true of every plan.
func checkInvariants(t testing.TB, s *Snapshot, plan *Plan, r *kmazs.Request) {
	t.Helper()
	result := plan.Result()
	if result.Records() != len(r.Records) {
		t.Errorf("K41: the counts %+v are not %d records in sum", result, len(r.Records))
	}
	after := apply(t, s, plan)
	if want := len(s.Accounts) + len(plan.changes.Added) - result.Deleted; len(after.Accounts) != want {
		t.Errorf("%d accounts after the import, want %d", len(after.Accounts), want)
	}
	before := map[int]*Account{}
	holders := map[kmazs.Key]int{}
	ids := map[string]bool{}
	for i := range s.Accounts {
		before[s.Accounts[i].Number] = &s.Accounts[i]
		holders[s.Accounts[i].Key]++
	}
	now := map[kmazs.Key]int{}
	seen := map[int]bool{}
	for i := range after.Accounts {
		a := &after.Accounts[i]
		if seen[a.Number] || a.Number < 1 {
			t.Errorf("personal number %d stands twice or is none", a.Number)
		}
		seen[a.Number] = true
		old := before[a.Number]
		if old != nil && old.Catalogue != a.Catalogue {
			t.Errorf("account %d changed its catalogue", a.Number)
		}
		if (old != nil && old.Catalogue == Operator || a.Catalogue == Operator) && (old == nil || !sameStored(old, a)) {
			t.Errorf("K39: operator %d was touched", a.Number)
		}
		if a.SyncID != "" && a.Catalogue != Operator {
			if ids[a.SyncID] {
				t.Errorf("K1: sync id %s stands twice", a.SyncID)
			}
			ids[a.SyncID] = true
		}
		now[a.Key]++
	}
	for k, n := range now {
		if !k.IsZero() && n > 1 && n > holders[k] {
			t.Errorf("K38: %d accounts have key %v after the import, %d before", n, k, holders[k])
		}
	}
	for _, d := range after.Departments {
		if d.ID < 1 {
			t.Errorf("department %q has no number", d.Name)
		}
	}
}

// sameStored compares accounts with their lists.
func sameStored(a, b *Account) bool {
	return fmt.Sprintf("%+v %v", *a, a.PIN.above) == fmt.Sprintf("%+v %v", *b, b.PIN.above)
}
