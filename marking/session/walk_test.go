package session_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// TestWalks goes through a shop's day by chance: scans, removals, closings,
// with faults of register, permit check, guard and journal, power losses, other
// programs on the register and crashes between any two steps. A walk that fails
// is replayed with OBMEN_WALK=seed.
func TestWalks(t *testing.T) {
	if seed := os.Getenv("OBMEN_WALK"); seed != "" {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		w := &walk{seed: n, verbose: true}
		synctest.Test(t, func(t *testing.T) { w.run() })
		t.Log(strings.Join(w.log, "\n"))
		if w.failed != "" {
			t.Fatal(w.failed)
		}
		return
	}
	count := uint64(10_000)
	switch {
	case testing.Short():
		count = 1_000
	case os.Getenv("OBMEN_LONG") == "1":
		count = 200_000
	}
	var stats walkStats
	for seed := range count {
		w := &walk{seed: seed}
		synctest.Test(t, func(t *testing.T) { w.run() })
		if w.failed != "" {
			t.Fatalf("seed %d: %s (replay: OBMEN_WALK=%d go test -run TestWalks -v)", seed, w.failed, seed)
		}
		stats.add(w)
	}
	t.Logf("%d walks: %+v", count, stats)
	// A walk that never meets what it is for would prove nothing.
	for name, n := range map[string]int{"closed": stats.closed, "crashed": stats.crashed, "cancelled": stats.cancelled, "unknown": stats.unknown, "rechecked": stats.rechecked} {
		if n < int(count)/100 {
			t.Errorf("only %d %s in %d walks", n, name, count)
		}
	}
}

type walkStats struct{ closed, crashed, cancelled, unknown, rechecked, sold int }

func (s *walkStats) add(w *walk) {
	s.closed += w.closed
	s.crashed += w.crashes
	s.cancelled += w.cancelled
	s.unknown += w.kinds[notice.UnknownOutcome] + w.kinds[notice.Interrupted]
	s.rechecked += w.kinds[notice.Rechecked]
	s.sold += len(w.d.Sold())
}

// fate is what the world says of a mark.
type fate struct {
	online sessiontest.Online
	noSave bool
	permit permit.Verdict
	bind   bool // comes back as [М-] when it is bound
}

// sellable says by the source's words, not by the matrix, whether a mark may be
// sold.
func (f fate) sellable() bool {
	return f.online != sessiontest.OnlineNegative && !f.noSave && !f.bind && f.permit.Allowed()
}

type walk struct {
	seed    uint64
	verbose bool
	rand    *rand.Rand
	d       *sessiontest.Device
	reg     *sessiontest.Register
	store   *crashStore
	guard   *guard.Memory
	s       *session.Session
	fates   map[string]fate
	marks   []string
	shared  bool
	faulty  bool // faults happen

	closed, crashes, cancelled, foreign int
	kinds                               map[notice.Kind]int
	seen                                map[string]bool // receipts that were counted
	log                                 []string
	failed                              string
}

func (w *walk) fail(format string, args ...any) {
	if w.failed == "" {
		w.failed = fmt.Sprintf(format, args...)
	}
}

func (w *walk) say(format string, args ...any) {
	if w.verbose {
		w.log = append(w.log, fmt.Sprintf(format, args...))
	}
}

// crashStore is a journal at which the program can end, before a record is
// written or after it.
type crashStore struct {
	journal.Memory
	crash func(before bool) // may panic
}

func (c *crashStore) Append(ctx context.Context, r []byte) error {
	c.crash(true)
	if err := c.Memory.Append(ctx, r); err != nil {
		return err
	}
	c.crash(false)
	return nil
}

func (c *crashStore) Replace(ctx context.Context, list [][]byte) error {
	c.crash(true)
	err := c.Memory.Replace(ctx, list)
	c.crash(false)
	return err
}

func (c *crashStore) Records(ctx context.Context) iter.Seq2[[]byte, error] {
	return c.Memory.Records(ctx)
}

var _ journal.Store = (*crashStore)(nil)

func (w *walk) run() {
	w.rand = rand.New(rand.NewPCG(w.seed, 7))
	w.kinds, w.seen, w.fates = map[notice.Kind]int{}, map[string]bool{}, map[string]fate{}
	w.marks = marks(w.seed, 6)
	w.shared = w.rand.IntN(4) == 0
	w.d = sessiontest.NewDevice()
	w.d.Kind = receipt.Device{OperationLast: w.rand.IntN(2) == 0, GroupTags: w.rand.IntN(2) == 0}
	w.d.PrintFor = w.rand.IntN(2)
	w.d.CannotClear = w.rand.IntN(4) == 0
	w.d.PowerKeepsReceipt = w.rand.IntN(2) == 0
	for _, m := range w.marks {
		f := fate{permit: permit.Verdict{Outcome: permit.OutcomeOK, Stamp: permit.Stamp{Source: permit.SourceCDN, ReqID: "r", ReqTime: "1"}}}
		switch w.rand.IntN(12) {
		case 0:
			f.online = sessiontest.OnlineNegative
		case 1:
			f.online = sessiontest.OnlineTimeout
		case 2:
			f.noSave = true
		case 3:
			f.permit.Outcome = permit.OutcomeRefused
		case 4:
			f.permit = permit.Verdict{Outcome: permit.OutcomeNoAnswer, Local: permit.LocalState(1 + w.rand.IntN(5))}
		case 5:
			f.permit = permit.Verdict{Outcome: permit.OutcomeEmergency}
		case 6:
			f.bind = true
		}
		w.fates[m] = f
	}
	w.d.Online = func(m string) sessiontest.Online { return w.fates[m].online }
	w.d.NoSave = func(m string) bool { return w.fates[m].noSave }
	w.d.BindNegative = func(m string) bool { return w.fates[m].bind }
	w.d.Fault = func(c sessiontest.Call) sessiontest.Fault {
		if !w.faulty || w.rand.IntN(25) != 0 {
			return sessiontest.Fault{}
		}
		f := sessiontest.Fault{Kind: sessiontest.FaultKind(1 + w.rand.IntN(9))}
		if f.Kind == sessiontest.Refuse {
			f.Number = []int{session.ErrorPrinting, session.ErrorSequence, session.ErrorMode, 0x33, session.ErrorContinuePrint, 0x7B}[w.rand.IntN(6)]
		}
		w.say("    fault %d at %s#%d", f.Kind, c.Name, c.N)
		return f
	}
	w.store = &crashStore{crash: func(before bool) {
		if w.faulty && w.rand.IntN(150) == 0 {
			w.say("    crash at the journal, before %v", before)
			panic(sessiontest.Crash{})
		}
	}}
	w.guard = &guard.Memory{}
	w.reg = w.d.Connect()
	w.start()
	defer func() { w.s.Close() }()
	w.faulty = true
	steps := 6 + w.rand.IntN(14)
	for range steps {
		w.act()
		w.check()
		if w.failed != "" {
			return
		}
	}
	w.wayOut()
	w.check()
	w.guarded()
}

func (w *walk) start() {
	w.s = session.New(w.reg, &session.Options{
		Journal: w.store, Guard: w.guard, Shared: w.shared, PrintLimit: 2 * time.Second, BusyLimit: 2 * time.Second,
		Permit: permit.CheckerFunc(func(_ context.Context, q permit.Query) permit.Verdict { return w.fates[q.Mark.Text()].permit }),
	})
}

// do runs a call; a crash in it begins the program anew.
func (w *walk) do(name string, call func(ctx context.Context) (session.Result, error)) (res session.Result, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if w.faulty && w.rand.IntN(40) == 0 {
		time.AfterFunc(time.Duration(w.rand.IntN(400))*time.Millisecond, cancel)
	}
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		c, ok := r.(sessiontest.Crash)
		if !ok {
			panic(r)
		}
		w.say("  crash at %s#%d in %s", c.At.Name, c.At.N, name)
		w.crashes++
		w.s.Close()
		w.start()
		err = errCrash
		if w.rand.IntN(3) > 0 {
			res, err = w.do("resume", w.s.Resume)
		}
	}()
	res, err = call(ctx)
	w.say("%s: %v %v %v", name, res.Receipt, kindsOf(res), err)
	for _, n := range res.Notices {
		w.kinds[n.Kind]++
		if w.verbose {
			w.say("    notice %v item %d %v", n.Kind, n.Item, n.Details)
		}
	}
	return res, err
}

var errCrash = errors.New("crash")

func (w *walk) act() {
	switch n := w.rand.IntN(100); {
	case n < 45:
		m := w.marks[w.rand.IntN(len(w.marks))]
		w.do("scan "+m[:25], func(ctx context.Context) (session.Result, error) { return w.s.Scan(ctx, m, goods("товар")) })
	case n < 52:
		w.do("add", func(ctx context.Context) (session.Result, error) {
			return w.s.Add(ctx, session.Goods{Name: "пакет", Price: 501, Quantity: 1_500_000, Tax: receipt.TaxNone})
		})
	case n < 60:
		if items := view(w.s).Items; len(items) > 0 {
			n := 1 + w.rand.IntN(len(items))
			w.do(fmt.Sprint("remove ", n), func(ctx context.Context) (session.Result, error) { return w.s.Remove(ctx, n) })
		}
	case n < 78:
		w.do("close", w.close)
	case n < 81:
		w.do("cancel", w.s.CancelReceipt)
	case n < 86:
		w.do("resume", w.s.Resume)
	case n < 88:
		w.do("clear", w.s.ClearRegister)
	case n < 90:
		w.do("open shift", w.s.OpenShift)
	case n < 91:
		w.do("renew shift", w.s.RenewShift)
	case n < 93:
		w.say("power lost")
		w.d.LosePower()
	case n < 95:
		w.say("paper")
		w.d.TakePaper(w.rand.IntN(2) == 0)
	case n < 96:
		w.say("shift")
		if !w.d.ReceiptOpen() {
			w.d.SetShift([]session.Mode{session.ModeShiftOpen, session.ModeShiftOver, session.ModeShiftClosed}[w.rand.IntN(3)])
		}
	case n < 98:
		if !w.d.ReceiptOpen() {
			w.say("foreign close")
			w.d.CloseForeign(receipt.Money(1 + w.rand.IntN(1000)))
			w.foreign++
		}
	default:
		w.say("time")
		time.Sleep(time.Duration(w.rand.IntN(40)) * time.Minute)
	}
}

func (w *walk) close(ctx context.Context) (session.Result, error) {
	return w.s.CloseReceipt(ctx, due(w.s))
}

// check compares what the till believes with what the register has done.
func (w *walk) check() {
	v := view(w.s)
	if v.Receipt.Done() && !w.seen[v.ID] {
		w.seen[v.ID] = true
		if v.Receipt == flow.Closed {
			w.closed++
			w.compare(v)
		} else {
			w.cancelled++
		}
	}
	if n := w.d.Breaches(); n > 0 {
		w.fail("%d commands outside the lease", n)
	}
	sold := map[string]int{}
	for _, s := range w.d.Sold() {
		f := w.fates[s.Mark]
		if !f.sellable() {
			w.fail("sold what had to be refused: %+v", f)
		}
		if sold[s.Mark]++; sold[s.Mark] > 1 {
			w.fail("sold twice")
		}
	}
}

// compare holds a closed receipt against the register's document.
func (w *walk) compare(v session.View) {
	var want []string
	var sum receipt.Money
	for _, it := range v.Items {
		switch {
		case it.State == flow.Sold:
			cost, _ := it.Goods.Cost()
			sum += cost
			if it.Mark.Kind() != marking.KindUnknown {
				want = append(want, it.Mark.Text())
			}
		case it.State.InReceipt():
			w.fail("item %d is %v in a closed receipt", it.Number, it.State)
		}
	}
	if v.Document == nil || len(v.Items) == 0 {
		return // decided by the cashier, or known from the journal only
	}
	docs := w.d.Documents()
	if int(v.Document.Number) > len(docs) || docs[v.Document.Number-1].Sum != sum {
		w.fail("document %d has another sum than %d", v.Document.Number, sum)
		return
	}
	var got []string
	for _, s := range w.d.Sold() {
		if s.Document == v.Document.Number {
			got = append(got, s.Mark)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.fail("the register sold %d marks, the till believes %d", len(got), len(want))
	}
}

// receipts counts the documents of sales that are this till's.
func (w *walk) receipts() int {
	n := -w.foreign
	for _, d := range w.d.Documents() {
		if d.Operation == receipt.Sale {
			n++
		}
	}
	return n
}

// wayOut ends the day without faults: every state must have a way to a closed
// or cancelled receipt, by what the notices offer.
func (w *walk) wayOut() {
	w.faulty = false
	w.d.TakePaper(false)
	w.say("-- the faults end")
	for range 12 {
		res, _ := w.do("resume", w.s.Resume)
		w.check()
		v := view(w.s)
		if v.Receipt == 0 || v.Receipt.Done() || w.failed != "" {
			break
		}
		if v.Receipt == flow.UnknownReceipt && res.Has(notice.UnknownOutcome) {
			sold := w.receipts() > w.closed
			w.do(fmt.Sprint("decide ", sold), decide(w.s, sold))
			continue
		}
		res, err := w.do("close", w.close)
		w.check()
		switch e, _ := errors.AsType[*session.Error](err); {
		case res.Has(notice.ShiftClosed):
			w.do("open shift", w.s.OpenShift)
		case res.Has(notice.ShiftOver):
			w.do("renew shift", w.s.RenewShift)
		case res.Has(notice.RegisterBusy):
			w.do("clear", w.s.ClearRegister)
		case e != nil && e.Code() == session.CodeEmpty:
			w.do("cancel", w.s.CancelReceipt)
		}
	}
	v := view(w.s)
	if v.Receipt != 0 && !v.Receipt.Done() {
		w.fail("no way out of %v: %v", v.Receipt, itemStates(v))
	}
	if n := w.receipts(); n != w.closed {
		w.fail("the register has %d receipts, the till believes %d", n, w.closed)
	}
}

func itemStates(v session.View) []flow.ItemState {
	var list []flow.ItemState
	for _, it := range v.Items {
		list = append(list, it.State)
	}
	return list
}

// guarded looks whether the guard knows what was sold, and holds nothing else.
func (w *walk) guarded() {
	if w.failed != "" {
		return
	}
	w.do("resume", w.s.Resume)
	sold := map[string]bool{}
	for _, s := range w.d.Sold() {
		sold[s.Mark] = true
	}
	time.Sleep(2 * guard.DefaultTTL)
	for _, m := range w.marks {
		code, _ := marking.Parse(m, nil)
		_, err := w.guard.Reserve(context.Background(), guard.Request{Identity: code.Identity(), Owner: "another"})
		taken, ok := errors.AsType[*guard.TakenError](err)
		switch {
		case sold[m] && (!ok || !taken.Sold):
			w.fail("the guard does not know that %s was sold: %v", code, err)
		case !sold[m] && err != nil:
			w.fail("the guard keeps %s, which was not sold: %v", code, err)
		}
	}
}
