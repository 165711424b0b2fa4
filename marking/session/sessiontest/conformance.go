package sessiontest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
)

// RegisterEnv is a register under test. On a real one the suite prints some
// receipts of one kopeck and cancels others: use a storage for tests (МГМ).
type RegisterEnv struct {
	// Register has paper, an open shift, no open receipt and no saved results.
	Register session.Register
	// Marks are two codes with their GS that the register recognises and checks
	// well enough to save the result.
	Marks [2]receipt.Mark
	// Wait is the pause between questions while something is printed. It defaults
	// to 100 ms.
	Wait time.Duration
	// Unplug takes the line away for good; nil leaves that test out.
	Unplug func()
}

// TestRegister is the conformance suite for implementations of
// [session.Register]: open gives a register in the state that RegisterEnv asks
// for, to each test anew.
func TestRegister(t *testing.T, open func(t *testing.T) RegisterEnv) {
	for _, test := range []struct {
		name string
		run  func(r registerTest, t *testing.T)
	}{
		{"M49 a check is saved by accepting it, and only by that", registerTest.saving},
		{"M49 what was not checked is not accepted", registerTest.order},
		{"M50 cleared results are gone", registerTest.clearing},
		{"M70 a marked item is sold and found again by its document's number", registerTest.sale},
		{"M70 a return is a receipt of its own kind", registerTest.back},
		{"M74 an open receipt is seen, and cancelled", registerTest.cancelling},
		{"M52 to cancel nothing is no error", registerTest.nothing},
		{"M52 a refusal has the register's number and nothing of it was done", registerTest.refusal},
		{"M52 an ended context sends nothing and says so", registerTest.ended},
		{"M52 without a line nothing was done, and that is safe to say or unknown", registerTest.unplugged},
		{"M53 a setting reads as it was written", registerTest.settings},
		{"M57 a lease keeps the next one waiting, and is released once", registerTest.lease},
		{"notifications are figures", registerTest.notifications},
	} {
		t.Run(test.name, func(t *testing.T) {
			env := open(t)
			if env.Register == nil || env.Marks[0] == "" || env.Marks[0] == env.Marks[1] {
				t.Fatal("RegisterEnv needs a Register and two Marks")
			}
			if env.Wait <= 0 {
				env.Wait = 100 * time.Millisecond
			}
			test.run(registerTest{env.Register, env}, t)
		})
	}
}

type registerTest struct {
	session.Register
	env RegisterEnv
}

// idle waits until the register neither prints nor waits to print on.
func (r registerTest) idle(t *testing.T) session.State {
	t.Helper()
	for range 600 {
		s, err := r.State(t.Context())
		switch {
		case err != nil:
			t.Fatal("State:", err)
		case s.Printing == session.PrintToContinue:
			if err := r.ContinuePrint(t.Context()); err != nil {
				t.Fatal("ContinuePrint:", err)
			}
		case !s.Printing.Busy():
			return s
		}
		time.Sleep(r.env.Wait)
	}
	t.Fatal("the register does not stop printing")
	return session.State{}
}

func (r registerTest) saved(t *testing.T, want int) {
	t.Helper()
	s, err := r.MarkingCodeWorkStatus(t.Context())
	if err != nil || s.Saved != want {
		t.Fatalf("%d results are saved, want %d: %v", s.Saved, want, err)
	}
}

func (r registerTest) check(t *testing.T, mark receipt.Mark, status receipt.ItemStatus) receipt.Checked {
	t.Helper()
	answer, err := r.CheckItemBarcode(t.Context(), session.Check{Mark: mark, Status: status})
	if err != nil {
		t.Fatal("CheckItemBarcode:", err)
	}
	return receipt.Checked{Mark: mark, Status: status, Answer: answer}
}

func (r registerTest) accept(t *testing.T, mark receipt.Mark, status receipt.ItemStatus) receipt.Checked {
	t.Helper()
	c := r.check(t, mark, status)
	if _, err := r.AcceptMarkingCode(t.Context()); err != nil {
		t.Fatal("AcceptMarkingCode:", err)
	}
	return c
}

func (r registerTest) saving(t *testing.T) {
	r.saved(t, 0)
	r.check(t, r.env.Marks[0], receipt.PieceSold)
	r.saved(t, 0)
	if err := r.DeclineMarkingCode(t.Context()); err != nil {
		t.Fatal("DeclineMarkingCode:", err)
	}
	r.saved(t, 0)
	r.accept(t, r.env.Marks[0], receipt.PieceSold)
	r.saved(t, 1)
	r.accept(t, r.env.Marks[1], receipt.PieceSold)
	r.saved(t, 2)
}

func (r registerTest) order(t *testing.T) {
	_, err := r.AcceptMarkingCode(t.Context())
	r.refused(t, "AcceptMarkingCode", err)
	r.check(t, r.env.Marks[0], receipt.PieceSold)
	if err := r.DeclineMarkingCode(t.Context()); err != nil {
		t.Fatal("DeclineMarkingCode:", err)
	}
	_, err = r.AcceptMarkingCode(t.Context())
	r.refused(t, "AcceptMarkingCode after a decline", err)
	r.saved(t, 0)
}

func (r registerTest) clearing(t *testing.T) {
	r.accept(t, r.env.Marks[0], receipt.PieceSold)
	err := r.ClearMarkingCodes(t.Context())
	if n := session.ErrorNumber(err); n == session.ErrorNotSupported || n == session.ErrorStorageState {
		t.Skip("this register cannot clear:", err)
	}
	if err != nil {
		t.Fatal("ClearMarkingCodes:", err)
	}
	r.saved(t, 0)
	r.accept(t, r.env.Marks[0], receipt.PieceSold)
	r.saved(t, 1)
}

// print runs the plan of a receipt with one marked item of one kopeck.
func (r registerTest) print(t *testing.T, kind receipt.Type, c receipt.Checked) receipt.Closed {
	t.Helper()
	device, err := r.Device(t.Context())
	if err != nil {
		t.Fatal("Device:", err)
	}
	sold := receipt.Receipt{Type: kind, TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 1},
		Items: []receipt.Item{{Name: "Проверка", Price: 1, Quantity: receipt.One, Tax: receipt.TaxNone, Mark: c.Mark, Status: c.Status}}}
	plan, err := receipt.Compose(sold, []receipt.Checked{c}, device)
	if err != nil {
		t.Fatal(err)
	}
	var reply receipt.Reply
	for _, step := range plan.Steps {
		for {
			reply, err = receipt.Do(t.Context(), r.Register, step.Command)
			if session.ErrorNumber(err) != session.ErrorPrinting {
				break
			}
			r.idle(t)
		}
		if err != nil {
			t.Fatalf("%s: %v", step.Command.Name(), err)
		}
		if reply.Bound.Refused() {
			t.Fatal("the register refuses the mark: choose others")
		}
	}
	return reply.Closed
}

func (r registerTest) sale(t *testing.T) { r.printed(t, receipt.Sale, receipt.PieceSold) }

func (r registerTest) back(t *testing.T) { r.printed(t, receipt.Return, receipt.PieceReturned) }

func (r registerTest) printed(t *testing.T, kind receipt.Type, status receipt.ItemStatus) {
	before, err := r.LastDocument(t.Context())
	if err != nil || len(before.Storage) != 16 {
		t.Fatalf("LastDocument: %+v, %v", before, err)
	}
	closed := r.print(t, kind, r.accept(t, r.env.Marks[0], status))
	if s := r.idle(t); s.Mode != session.ModeShiftOpen {
		t.Errorf("mode %v after the receipt", s.Mode)
	}
	last, err := r.LastDocument(t.Context())
	if err != nil || last.Number != before.Number+1 || last.Number != closed.Document || last.Storage != before.Storage {
		t.Fatalf("the last document is %+v, %v; it was %+v, and the receipt said %d", last, err, before, closed.Document)
	}
	doc, err := r.FindDocument(t.Context(), last.Number)
	if err != nil || doc.Number != last.Number || doc.Type != 3 || doc.Operation != kind || doc.Sum != 1 || doc.Sign != closed.Sign {
		t.Errorf("the document is found as %+v, %v; want a %v of 1 kopeck with sign %d", doc, err, kind, closed.Sign)
	}
	r.saved(t, 0)
}

func (r registerTest) cancelling(t *testing.T) {
	before, err := r.LastDocument(t.Context())
	if err != nil {
		t.Fatal("LastDocument:", err)
	}
	if err := r.OpenCheck(t.Context(), receipt.Sale); err != nil {
		t.Fatal("OpenCheck:", err)
	}
	if s := r.idle(t); s.Mode != session.ModeReceipt || s.Kind != 0 {
		t.Errorf("an open sale shows as %+v", s)
	}
	if err := r.CancelCheck(t.Context()); err != nil {
		t.Fatal("CancelCheck:", err)
	}
	if s := r.idle(t); s.Mode != session.ModeShiftOpen {
		t.Errorf("mode %v after the cancel", s.Mode)
	}
	if last, err := r.LastDocument(t.Context()); err != nil || last != before {
		t.Errorf("a cancelled receipt is a document: %+v, %v", last, err)
	}
}

func (r registerTest) nothing(t *testing.T) {
	for range 2 {
		if err := r.CancelCheck(t.Context()); err != nil {
			t.Fatal("CancelCheck without a receipt:", err)
		}
	}
}

// refused holds what an error of a command must be that was answered with a number.
func (r registerTest) refused(t *testing.T, what string, err error) {
	t.Helper()
	if n := session.ErrorNumber(err); n < 1 || n > 255 {
		t.Errorf("%s gives %v with number %d; want the register's own", what, err, n)
	}
	r.coded(t, what, err)
}

// coded holds the shape of every error.
func (r registerTest) coded(t *testing.T, what string, err error) {
	t.Helper()
	e, ok := errors.AsType[interface {
		error
		Code() string
		Path() string
		Message(lang string) string
		SafeToRetry() bool
	}](err)
	if !ok {
		t.Errorf("%s: %T lacks Code, Path, Message or SafeToRetry", what, err)
		return
	}
	if e.Code() == "" || e.Message("ru") == "" || e.Message("ru") == e.Message("en") || strings.Contains(e.Error(), "\n") {
		t.Errorf("%s: code %q, texts %q, %q, %q", what, e.Code(), e.Error(), e.Message("en"), e.Message("ru"))
	}
}

func (r registerTest) refusal(t *testing.T) {
	if err := r.OpenCheck(t.Context(), receipt.Sale); err != nil {
		t.Fatal("OpenCheck:", err)
	}
	r.idle(t)
	r.refused(t, "a second OpenCheck", r.OpenCheck(t.Context(), receipt.Sale))
	if s := r.idle(t); s.Mode != session.ModeReceipt {
		t.Errorf("mode %v after a refusal", s.Mode)
	}
	if err := r.CancelCheck(t.Context()); err != nil {
		t.Error("CancelCheck:", err)
	}
}

func (r registerTest) ended(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, check := r.CheckItemBarcode(ctx, session.Check{Mark: r.env.Marks[0], Status: receipt.PieceSold})
	_, last := r.LastDocument(ctx)
	for what, err := range map[string]error{"OpenCheck": r.OpenCheck(ctx, receipt.Sale), "CheckItemBarcode": check, "LastDocument": last} {
		r.coded(t, what, err)
		if !safe(err) {
			t.Errorf("%s with an ended context: %v is not safe to retry", what, err)
		}
	}
	if s := r.idle(t); s.Mode != session.ModeShiftOpen {
		t.Errorf("mode %v: an ended context opened a receipt", s.Mode)
	}
}

func (r registerTest) unplugged(t *testing.T) {
	if r.env.Unplug == nil {
		t.Skip("no Unplug")
	}
	r.env.Unplug()
	for range 2 { // the first may still meet the old connection
		err := r.OpenCheck(t.Context(), receipt.Sale)
		if err == nil {
			t.Fatal("a receipt was opened without a line")
		}
		r.coded(t, "OpenCheck", err)
		if n := session.ErrorNumber(err); n != 0 {
			t.Errorf("OpenCheck: %v has number %d, but no register answered", err, n)
		}
	}
	if err := r.OpenCheck(t.Context(), receipt.Sale); !safe(err) {
		t.Errorf("where there is no line a command cannot have run: %v", err)
	}
}

func safe(err error) bool {
	e, ok := errors.AsType[interface {
		error
		SafeToRetry() bool
	}](err)
	return ok && e.SafeToRetry()
}

func (r registerTest) settings(t *testing.T) {
	const setting = session.SettingTakeAnyCode
	before, err := r.ReadSetting(t.Context(), setting)
	if session.ErrorNumber(err) != 0 {
		t.Skip("this register has no such setting:", err)
	}
	if err != nil {
		t.Fatal("ReadSetting:", err)
	}
	for _, v := range []int{1 - before, before} {
		if err := r.WriteSetting(t.Context(), setting, v); err != nil {
			t.Fatal("WriteSetting:", err)
		}
		if got, err := r.ReadSetting(t.Context(), setting); err != nil || got != v {
			t.Errorf("%v reads %d after %d was written: %v", setting, got, v, err)
		}
	}
}

func (r registerTest) lease(t *testing.T) {
	release, err := r.Lease(t.Context())
	if err != nil {
		t.Fatal("Lease:", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if second, err := r.Lease(ctx); err == nil {
		second()
		t.Log("this register is nobody else's: it leases at once")
	} else {
		r.coded(t, "Lease", err)
		if !safe(err) {
			t.Errorf("a lease that was not got: %v is not safe to retry", err)
		}
	}
	release()
	release()
	ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	again, err := r.Lease(ctx)
	if err != nil {
		t.Fatal("Lease after a release:", err)
	}
	again()
}

func (r registerTest) notifications(t *testing.T) {
	n, err := r.Notifications(t.Context())
	if err != nil {
		t.Fatal("Notifications:", err)
	}
	if n.Queue < 0 || n.Percent < 0 || n.Percent > 100 || n.Queue == 0 && !n.Since.IsZero() {
		t.Errorf("%+v", n)
	}
}
