package kmazstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

// TestDirectory checks that a store behaves as office.Directory asks. open makes a
// fresh one that holds what the snapshot holds; the store may number departments
// and order accounts as it likes, but keeps personal numbers. Revisions may be any
// numbers that change with every change.
func TestDirectory(t *testing.T, open func(t *testing.T, content *office.Snapshot) office.Directory) {
	t.Helper()
	d := &suite{open}
	t.Run("K46 a snapshot holds every field", d.holdsEverything)
	t.Run("K46 Commit stores all kinds of changes", d.storesChanges)
	t.Run("K46 a commit on an old revision changes nothing", d.refusesOldRevision)
	t.Run("K46 an impossible commit changes nothing", d.refusesNonsense)
	t.Run("K46 a snapshot stays as it was", d.snapshotStays)
	t.Run("K46 the directory numbers new accounts", d.numbersAccounts)
	t.Run("K46 one of many commits at a time succeeds", d.oneOfMany)
	t.Run("K46 an ended context stops every call", d.endedContext)
	t.Run("FL12 a receipt is stored with the changes", d.keepsReceipts)
	t.Run("FL12 a receipt alone", d.keepsReceiptAlone)
	t.Run("K45 imports through an office", d.imports)
}

type suite struct {
	open func(*testing.T, *office.Snapshot) office.Directory
}

func snapshot(t *testing.T, d office.Directory) *office.Snapshot {
	t.Helper()
	s, err := d.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func commit(t *testing.T, d office.Directory, c *office.Changes) *office.Snapshot {
	t.Helper()
	if err := d.Commit(t.Context(), snapshot(t, d).Revision, c); err != nil {
		t.Fatal(err)
	}
	return snapshot(t, d)
}

// content is what a snapshot says, whatever its revision, order and department
// numbers are.
func content(s *office.Snapshot) map[string]any {
	names := map[int]string{0: ""}
	for _, d := range s.Departments {
		names[d.ID] = d.SyncID + "/" + d.Name
	}
	accounts := []string{}
	ordered := slices.Clone(s.Accounts)
	slices.SortFunc(ordered, func(a, b office.Account) int { return cmp.Compare(a.Number, b.Number) })
	for _, a := range ordered {
		code, _ := a.PIN.Code()
		department := names[a.Department]
		a.Department = 0
		if len(a.Fuels) == 0 {
			a.Fuels = nil
		}
		if len(a.Stations) == 0 {
			a.Stations = nil
		}
		accounts = append(accounts, fmt.Sprintf("%+v pin %d department %q", a, code, department))
	}
	departments := []string{}
	for _, d := range s.Departments {
		departments = append(departments, fmt.Sprintf("%s %v", names[d.ID], append([]int{}, d.Stations...)))
	}
	return map[string]any{
		"accounts": accounts, "departments": departments,
		"stations": fmt.Sprint(s.Stations), "fuels": fmt.Sprint(s.Fuels),
	}
}

func same(t *testing.T, got, want *office.Snapshot) {
	t.Helper()
	g, w := content(got), content(want)
	for part := range w {
		if !reflect.DeepEqual(g[part], w[part]) {
			t.Errorf("%s:\ngot  %v\nwant %v", part, g[part], w[part])
		}
	}
}

// full is an account with a value in every field.
func full(number int) office.Account {
	day := func(n int) kmazs.Date { d, _ := kmazs.NewDate(2026, 1, n); return d }
	return office.Account{
		Number: number, Catalogue: office.Driver, SyncID: fmt.Sprintf(" 0%d-я", number), ShortName: "Ё \"<&>\"", FullName: "Полное имя",
		CardNumber: "0012", Key: kmazs.NumberKey(1<<63 + uint64(number)), PIN: office.PINCode(99_999_999), DayLimit: office.Litres(0),
		AllLimit: office.Litres(2_000_000), LimitType: kmazs.LimitWeekly,
		Fuels:     []office.FuelLimit{{Fuel: 3, Limit: office.Litres(0)}, {Fuel: 1}},
		TimeLimit: day(1), ShiftStart: kmazs.At(23, 50), Stations: []int{2, 10}, Department: 1, DefaultCar: 20,
		CanTide: false, ReqDriver: true, ReqCar: true, ReqOdometer: true, TechTide: true, ProtectKey: true, NumLogin: true,
		LockedOn: day(2), SavedTimeLimit: day(3),
	}
}

func (d *suite) holdsEverything(t *testing.T) {
	s := Office()
	a := full(99)
	a.Department = 2
	s.Accounts = append(s.Accounts, a)
	card := office.NewAccount(office.Vehicle)
	card.Number = 98
	if err := card.Key.UnmarshalText([]byte("3:18446744073709551617")); err != nil {
		t.Fatal(err)
	}
	s.Accounts = append(s.Accounts, card)
	same(t, snapshot(t, d.open(t, s)), s)
}

func (d *suite) storesChanges(t *testing.T) {
	start := Office()
	dir := d.open(t, start)
	before := snapshot(t, dir)
	garage := before.Departments[slices.IndexFunc(before.Departments, func(d office.Department) bool { return d.Name == "Гараж" })]
	garage.SyncID = "D2"
	updated := full(13)
	updated.Department = -1
	added := full(0)
	added.SyncID, added.Key, added.Department = "new", kmazs.NumberKey(5), -2
	after := commit(t, dir, &office.Changes{
		Departments: []office.Department{garage, {ID: -1, Name: "Цех"}, {ID: -2, SyncID: "D9", Name: "Цех"}},
		Added:       []office.Account{added},
		Updated:     []office.Account{updated},
		Deleted:     []int{14, 20},
	})
	if after.Revision == before.Revision {
		t.Error("the revision is the same after a change")
	}
	want := Office()
	want.Departments[1].SyncID = "D2"
	want.Departments = append(want.Departments, office.Department{ID: 3, Name: "Цех"}, office.Department{ID: 4, SyncID: "D9", Name: "Цех"})
	updated.Department, added.Department = 3, 4
	number := 0
	for _, a := range after.Accounts {
		if a.SyncID == "new" {
			number = a.Number
		}
	}
	added.Number = number
	want.Accounts = []office.Account{want.Accounts[0], updated, want.Accounts[3], added}
	same(t, after, want)
}

func (d *suite) refusesOldRevision(t *testing.T) {
	dir := d.open(t, Office())
	old := snapshot(t, dir).Revision
	now := commit(t, dir, &office.Changes{Deleted: []int{14}})
	err := dir.Commit(t.Context(), old, &office.Changes{Deleted: []int{13}, Receipt: &office.Receipt{Digest: "late"}})
	if !errors.Is(err, office.ErrRevision) {
		t.Errorf("the error is %v, want ErrRevision", err)
	}
	same(t, snapshot(t, dir), now)
	if r, err := dir.Receipt(t.Context(), "late"); r != nil || err != nil {
		t.Errorf("receipt %v, error %v", r, err)
	}
}

func (d *suite) refusesNonsense(t *testing.T) {
	for name, c := range map[string]*office.Changes{
		"an unknown account": {Deleted: []int{13}, Updated: []office.Account{full(4711)}},
		"a department that is not made": {Deleted: []int{13}, Added: []office.Account{func() office.Account {
			a := full(0)
			a.Department = -7
			return a
		}()}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := d.open(t, Office())
			s := snapshot(t, dir)
			if err := dir.Commit(t.Context(), s.Revision, c); err == nil {
				t.Error("no error")
			}
			same(t, snapshot(t, dir), Office())
		})
	}
}

func (d *suite) snapshotStays(t *testing.T) {
	dir := d.open(t, Office())
	s := snapshot(t, dir)
	a := full(13)
	a.Department = 0
	commit(t, dir, &office.Changes{Updated: []office.Account{a}, Deleted: []int{14}, Departments: []office.Department{{ID: -1, Name: "Цех"}}})
	same(t, s, Office())
}

func (d *suite) numbersAccounts(t *testing.T) {
	dir := d.open(t, Office())
	one, two := office.NewAccount(office.Driver), office.NewAccount(office.Vehicle)
	one.ShortName, two.ShortName = "ОДИН", "ДВА"
	s := commit(t, dir, &office.Changes{Added: []office.Account{one, two}})
	seen := map[int]bool{}
	for _, a := range s.Accounts {
		if a.Number < 1 || seen[a.Number] {
			t.Errorf("%s has the number %d, which is none or another's", a.ShortName, a.Number)
		}
		seen[a.Number] = true
	}
	if len(s.Accounts) != 7 {
		t.Errorf("%d accounts, want 7", len(s.Accounts))
	}
}

func (d *suite) oneOfMany(t *testing.T) {
	dir := d.open(t, Office())
	revision := snapshot(t, dir).Revision
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			a := office.NewAccount(office.Driver)
			a.ShortName = fmt.Sprint("РАЗОМ ", i)
			errs[i] = dir.Commit(t.Context(), revision, &office.Changes{Added: []office.Account{a}})
		})
	}
	wg.Wait()
	stored := 0
	for _, err := range errs {
		switch {
		case err == nil:
			stored++
		case !errors.Is(err, office.ErrRevision):
			t.Errorf("the error is %v, want ErrRevision", err)
		}
	}
	if n := len(snapshot(t, dir).Accounts); stored != 1 || n != 6 {
		t.Errorf("%d commits succeeded and there are %d accounts, want 1 and 6", stored, n)
	}
}

func (d *suite) endedContext(t *testing.T) {
	dir := d.open(t, Office())
	revision := snapshot(t, dir).Revision
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dir.Snapshot(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Snapshot: %v", err)
	}
	if _, err := dir.Receipt(ended, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Receipt: %v", err)
	}
	if err := dir.Commit(ended, revision, &office.Changes{Deleted: []int{13}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit: %v", err)
	}
	same(t, snapshot(t, dir), Office())
}

func (d *suite) keepsReceipts(t *testing.T) {
	dir := d.open(t, Office())
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	result := kmazs.Result{Locked: 1, UpdatedByID: 2, UpdatedByKey: 3, UpdatedByName: 4, Added: 5, Deleted: 6, Ignored: 7,
		Refused: []kmazs.Refusal{{N: 3, Field: "KEY", Code: "KMAZS-KEY-HEX", Text: "Ключ"}}}
	commit(t, dir, &office.Changes{Deleted: []int{13}, Receipt: &office.Receipt{Digest: "a", Result: result, At: at}})
	r, err := dir.Receipt(t.Context(), "a")
	if err != nil || r == nil {
		t.Fatalf("receipt %v, error %v", r, err)
	}
	if r.Digest != "a" || !r.At.Equal(at) || !reflect.DeepEqual(r.Result, result) {
		t.Errorf("the receipt is %+v", *r)
	}
	if r, err := dir.Receipt(t.Context(), "b"); r != nil || err != nil {
		t.Errorf("receipt %v, error %v for an unknown digest", r, err)
	}
	for i := range office.KeptReceipts - 1 {
		if err := dir.Commit(t.Context(), snapshot(t, dir).Revision, &office.Changes{Receipt: &office.Receipt{Digest: fmt.Sprint("n", i), At: at}}); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := dir.Receipt(t.Context(), "a"); r == nil || err != nil {
		t.Errorf("the receipt is lost after %d others: %v", office.KeptReceipts-1, err)
	}
}

func (d *suite) keepsReceiptAlone(t *testing.T) {
	dir := d.open(t, Office())
	s := commit(t, dir, &office.Changes{Receipt: &office.Receipt{Digest: "a"}})
	same(t, s, Office())
	if r, err := dir.Receipt(t.Context(), "a"); r == nil || err != nil {
		t.Errorf("receipt %v, error %v", r, err)
	}
}

func (d *suite) imports(t *testing.T) {
	dir := d.open(t, Office())
	im := office.NewImporter(dir, nil, nil)
	defer im.Close(t.Context())
	req := kmazs.NewRequest(kmazs.Options{},
		kmazs.User{SyncID: kmazs.Value("1456735"), DayLimit: kmazs.Value(200), Depart: kmazs.Value("Цех")},
		kmazs.User{SyncID: kmazs.Value("77"), ShortName: kmazs.Value("НОВЫЙ Н.Н."), Depart: kmazs.Value("Цех")},
		kmazs.User{SyncID: kmazs.Value("car-20"), Operation: kmazs.Value(kmazs.Delete)},
	)
	want := kmazs.Result{UpdatedByID: 1, Added: 1, Ignored: 1} // without ISCAR a vehicle's id is refused
	for i, digest := range []string{"one", "one", "two"} {
		if i == 2 {
			want = kmazs.Result{Ignored: 3}
		}
		got, err := im.Import(t.Context(), req, digest)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("import %d: %+v, error %v, want %+v", i+1, got, err, want)
		}
	}
	if n := len(snapshot(t, dir).Departments); n != 3 {
		t.Errorf("%d departments, want 3", n)
	}
}
