package shtrihm_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

func seedMark(t *testing.T) []byte {
	t.Helper()
	b, err := hex.DecodeString("3031303436373030303831363336383532316276537143" + "73756F41795235" + "1D" + "393145453039" + "1D" + "3932" +
		"62696C316D344C33692B4C7755354557786C3451734372554437396858527172" + "47336A4E6E6E666F4476633D")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func both(t *testing.T, script string, run func(t *testing.T, b *bench, d *shtrihm.Device), change ...func(*shtrihmtest.Options, *shtrihm.Options)) {
	t.Helper()
	for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
		set := func(_ *shtrihmtest.Options, o *shtrihm.Options) { o.Level = level }
		inBubble(t, script, func(t *testing.T, b *bench) {
			run(t, b, shtrihm.NewDevice(b.link, nil))
			if t.Failed() {
				t.Log(level, "\n"+strings.Join(b.lines, "\n"))
			}
		}, append(change, set)...)
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
		return v
	}
}

var item = shtrihm.Operation{
	Type: shtrihm.Sale, Quantity: 1_000_000, Price: 10000, Rate: shtrihm.TaxNone, Department: 1, PaymentType: 4, Subject: 33, Name: "Инъектран",
}

func TestDevice(t *testing.T) {
	t.Run("E11 a marked receipt by typed commands", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			ctx, mark := t.Context(), seedMark(t)
			check := must[shtrihm.Check](t)(d.CheckMark(ctx, shtrihm.PieceSold, mark, nil))
			if check.Type != 3 || check.ServerError != 0 || check.ServerStatus != shtrihm.ResultPositive {
				t.Errorf("%+v", check)
			}
			if r := must[byte](t)(d.AcceptMark(ctx, shtrihm.Accept)); r != shtrihm.ResultPositive {
				t.Errorf("accepted as %d", r)
			}
			if m := must[shtrihm.MarkingStatus](t)(d.MarkingStatus(ctx)); m.Saved != 1 || m.Check != 1 || m.Commands != 0x25 {
				t.Errorf("%+v", m)
			}
			if err := d.Operation(ctx, item); err != nil {
				t.Error(err)
			}
			tags, _ := shtrihm.AppendTLV(nil, 1262, []byte("030"))
			if err := d.OperationTag(ctx, tags); err != nil {
				t.Error(err)
			}
			if bound := must[shtrihm.Bound](t)(d.BindMark(ctx, mark)); bound.Code != 0x444D || bound.Type != 3 || bound.Check != nil {
				t.Errorf("%+v", bound)
			}
			if s := must[shtrihm.State](t)(d.State(ctx)); s.Mode != shtrihm.ModeReceipt || s.ReceiptType != 0 || s.Operations != 1 {
				t.Errorf("%+v", s)
			}
			before := must[shtrihm.FNStatus](t)(d.FNStatus(ctx))
			closed := must[shtrihm.Closed](t)(d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{shtrihm.PayCash: 15000}, TaxSystem: 2}))
			if closed.Change != 5000 || closed.FD != before.LastFD+1 {
				t.Errorf("%+v", closed)
			}
			if doc := must[shtrihm.Document](t)(d.FindDocument(ctx, closed.FD)); doc.Sum != 10000 || doc.Kind != 1 || doc.FPD != closed.FPD {
				t.Errorf("%+v", doc)
			}
			if none := must[bool](t)(d.CancelReceipt(ctx)); none {
				t.Error("there was no receipt to cancel")
			}
			if none := must[bool](t)(d.CancelDocument(ctx)); none {
				t.Error("there was no document to cancel")
			}
		})
	})
	t.Run("E11 state, model, tables and shift", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			ctx := t.Context()
			name, major, minor, err := d.DeviceType(ctx)
			if err != nil || name != "ШТРИХ-ЛАЙТ-02Ф" || major != 1 || minor != 14 {
				t.Error(name, major, minor, err)
			}
			if m := must[shtrihm.Model](t)(d.Model(ctx)); m.CashCore() || !m.Alternative() || !m.ErrorText() {
				t.Errorf("%x", m)
			}
			if s := must[shtrihm.Status](t)(d.Status(ctx)); s.Serial != 17798 || s.INN != 7701234567 || time.Since(s.Time).Abs() > time.Minute || s.Firmware != "T.3" {
				t.Errorf("%+v", s)
			}
			if text := must[string](t)(d.ErrorText(ctx, 0x73)); !strings.Contains(text, "73h (115)") {
				t.Error(text)
			}
			if table := must[shtrihm.Table](t)(d.Table(ctx, 17)); table.Name != "Региональные настройки" || table.Fields < 71 {
				t.Errorf("%+v", table)
			}
			if err := d.SetNumber(ctx, 17, 1, 61, 0); err != nil {
				t.Error(err)
			}
			if v := must[uint64](t)(d.Number(ctx, 17, 1, 61)); v != 0 {
				t.Error(v)
			}
			if err := d.SetNumber(ctx, 17, 1, 61, 2); ecr.OutcomeOf(err) != ecr.NotSent {
				t.Errorf("out of range: %v", err)
			}
			if _, err := d.Text(ctx, 17, 1, 61); ecr.OutcomeOf(err) != ecr.NotSent {
				t.Errorf("a number as text: %v", err)
			}
			if err := d.SetText(ctx, 19, 1, 1, "ofd.пример"); err != nil {
				t.Error(err)
			}
			if s := must[string](t)(d.Text(ctx, 19, 1, 1)); s != "ofd.пример" {
				t.Error(s)
			}
			if err := d.SetText(ctx, 18, 1, 1, "1"); !errors.Is(err, &shtrihm.DeviceError{Number: 0x7A}) {
				t.Error(err)
			}
			closed := must[shtrihm.ShiftDocument](t)(d.CloseShift(ctx))
			if s := must[shtrihm.Shift](t)(d.Shift(ctx)); s.Open || s.Number != closed.Shift {
				t.Errorf("%+v", s)
			}
			if err := d.BeginOpenShift(ctx); err != nil {
				t.Error(err)
			}
			if opened := must[shtrihm.ShiftDocument](t)(d.OpenShift(ctx)); opened.Shift != closed.Shift+1 || opened.FD != closed.FD+1 {
				t.Errorf("%+v", opened)
			}
			for _, err := range []error{d.XReport(ctx), d.PrintLine(ctx, "Спасибо", 1), d.Cut(ctx, true), d.Repeat(ctx)} {
				if err != nil {
					t.Error(err)
				}
			}
		})
	})
	t.Run("E15 7 the end of printing is waited for, 50h before it", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			if err := d.XReport(t.Context()); err != nil {
				t.Error(err)
			}
			if err := d.XReport(t.Context()); !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorPrinting}) {
				t.Error(err)
			}
			if s, err := d.WaitPrinted(t.Context(), 10*time.Second); err != nil || s.Submode != shtrihm.SubmodeReady {
				t.Error(s, err)
			}
			if err := d.XReport(t.Context()); err != nil {
				t.Error(err)
			}
		}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.PrintTime = 3 * time.Second })
	})
	t.Run("E12 8 the wait for the printer has a limit of its own", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			if err := d.XReport(t.Context()); err != nil {
				t.Error(err)
			}
			_, err := d.WaitPrinted(t.Context(), 10*time.Second)
			if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != shtrihm.CodePrinting {
				t.Error(err)
			}
		}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.PrintTime = time.Hour })
	})
	t.Run("E15 paper out, put in, continued", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			b.register.SetPaper(false)
			if err := d.XReport(t.Context()); !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorPaper}) {
				t.Error(err)
			}
			b.register.SetPaper(true)
			if err := d.XReport(t.Context()); !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorContinue}) {
				t.Error(err)
			}
			if s, err := d.State(t.Context()); err != nil || s.Submode != shtrihm.SubmodeContinue {
				t.Error(s, err)
			}
			if err := d.ContinuePrint(t.Context()); err != nil {
				t.Error(err)
			}
			if err := d.XReport(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E10 values that do not fit are not sent", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			bad := item
			bad.Price = -1
			long := item
			long.Name = strings.Repeat("я", 129)
			_, empty := d.CheckMark(t.Context(), shtrihm.PieceSold, nil, nil)
			_, wide := d.BindMark(t.Context(), make([]byte, 249))
			for _, err := range []error{
				d.Operation(t.Context(), bad), d.Operation(t.Context(), long), d.OpenReceipt(t.Context(), 0), d.OperationTag(t.Context(), nil),
				d.DocumentTag(t.Context(), make([]byte, 251)), empty, wide,
			} {
				if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != shtrihm.CodeField || !e.SafeToRetry() {
					t.Error(err)
				}
			}
			if len(b.lines) > 0 {
				t.Error(b.lines)
			}
		})
	})
}

func TestCheckAnswer(t *testing.T) {
	t.Run("E11 -1 stands for no link, 255 for a server that did not answer", func(t *testing.T) {
		for online, want := range map[shtrihmtest.Verdict][2]int{
			shtrihmtest.VerdictOff: {-1, -1}, shtrihmtest.VerdictTimeout: {255, -1}, shtrihmtest.VerdictNegative: {0, 5}, shtrihmtest.VerdictOK: {0, 15},
		} {
			both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
				c, err := d.CheckMark(t.Context(), shtrihm.PieceSold, seedMark(t), nil)
				if err != nil || c.ServerError != want[0] || c.ServerStatus != want[1] {
					t.Errorf("%v: %+v %v", online, c, err)
				}
			}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.Online = online })
		}
	})
}

// Recover is tried with each command that it can decide about, lost before and
// after it ran.
func TestRecover(t *testing.T) {
	mark := seedMark(t)
	receipt := func(t *testing.T, d *shtrihm.Device) error { return d.Operation(t.Context(), item) }
	checked := func(t *testing.T, d *shtrihm.Device) error {
		_, err := d.CheckMark(t.Context(), shtrihm.PieceSold, mark, nil)
		return err
	}
	marked := func(t *testing.T, d *shtrihm.Device) error {
		if err := checked(t, d); err != nil {
			return err
		}
		if _, err := d.AcceptMark(t.Context(), shtrihm.Accept); err != nil {
			return err
		}
		return receipt(t, d)
	}
	for _, c := range []struct {
		cmd    string
		before func(*testing.T, *shtrihm.Device) error
		run    func(context.Context, *shtrihm.Device) error
		closed bool // the shift
	}{
		{"8d", nil, func(ctx context.Context, d *shtrihm.Device) error { return d.OpenReceipt(ctx, shtrihm.Sale) }, false},
		{"88", receipt, func(ctx context.Context, d *shtrihm.Device) error { _, err := d.CancelReceipt(ctx); return err }, false},
		{"ff46", nil, func(ctx context.Context, d *shtrihm.Device) error { return d.Operation(ctx, item) }, false},
		{"ff46", receipt, func(ctx context.Context, d *shtrihm.Device) error {
			return d.Operation(ctx, shtrihm.Operation{Type: shtrihm.Sale, Quantity: 1, Rate: shtrihm.Tax10, Name: "пакет"})
		}, false},
		{"ff45", receipt, func(ctx context.Context, d *shtrihm.Device) error {
			_, err := d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 1})
			return err
		}, false},
		{"ff76", receipt, func(ctx context.Context, d *shtrihm.Device) error {
			_, err := d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 1, Taxes: make([]int64, 10)})
			return err
		}, false},
		{"ff78", receipt, func(ctx context.Context, d *shtrihm.Device) error {
			_, err := d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 1, Taxes: make([]int64, 12)})
			return err
		}, false},
		{"85", receipt, func(ctx context.Context, d *shtrihm.Device) error {
			_, err := d.CloseReceiptOld(ctx, shtrihm.OldClosing{Payments: [4]int64{10000}})
			return err
		}, false},
		{"e0", nil, func(ctx context.Context, d *shtrihm.Device) error { return d.OpenShiftOld(ctx) }, true},
		{"41", nil, func(ctx context.Context, d *shtrihm.Device) error { return d.ZReport(ctx) }, false},
		{"ff0b", nil, func(ctx context.Context, d *shtrihm.Device) error { _, err := d.OpenShift(ctx); return err }, true},
		{"ff43", nil, func(ctx context.Context, d *shtrihm.Device) error { _, err := d.CloseShift(ctx); return err }, false},
		{"ff41", nil, func(ctx context.Context, d *shtrihm.Device) error { return d.BeginOpenShift(ctx) }, true},
		{"ff69", checked, func(ctx context.Context, d *shtrihm.Device) error {
			_, err := d.AcceptMark(ctx, shtrihm.Accept)
			return err
		}, false},
		{"ff67", marked, func(ctx context.Context, d *shtrihm.Device) error { _, err := d.BindMark(ctx, mark); return err }, false},
	} {
		n := "#1"
		if c.cmd == "ff46" && c.before != nil {
			n = "#2"
		}
		closed := func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.ShiftClosed = c.closed }
		lost := func(t *testing.T, d *shtrihm.Device) shtrihm.Baseline {
			t.Helper()
			if c.before != nil {
				if err := c.before(t, d); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			unknown, ok := errors.AsType[*shtrihm.UnknownError](c.run(ctx, d))
			if !ok {
				t.Fatal("the outcome is not unknown")
			}
			time.Sleep(time.Minute)
			text, _ := json.Marshal(unknown.Baseline)
			var stored shtrihm.Baseline
			if err := json.Unmarshal(text, &stored); err != nil || stored != unknown.Baseline {
				t.Errorf("%s: %v", text, err)
			}
			return stored
		}
		check := func(t *testing.T, d *shtrihm.Device, b shtrihm.Baseline, want shtrihm.Verdict) shtrihm.Recovery {
			t.Helper()
			r, err := d.RecoverFrom(t.Context(), b)
			if err != nil || r.Verdict != want || r.Evidence.Words("ru") == "" {
				t.Errorf("%+v %v, want %v", r, err, want)
			}
			return r
		}
		t.Run("E11 "+c.cmd+" lost before it ran", func(t *testing.T) {
			both(t, "cmd "+c.cmd+n+" power-loss", func(t *testing.T, b *bench, d *shtrihm.Device) {
				want := shtrihm.NotDone
				if c.cmd == "ff69" { // the mark under check is gone with the power
					want = shtrihm.Undecidable
				}
				check(t, d, lost(t, d), want)
			}, closed)
		})
		t.Run("E11 "+c.cmd+" ran, the device holds its answer", func(t *testing.T) {
			both(t, "cmd "+c.cmd+n+" late=30s", func(t *testing.T, b *bench, d *shtrihm.Device) {
				if r := check(t, d, lost(t, d), shtrihm.Done); r.Answer == nil || r.Answer.Code != 0 {
					t.Errorf("answer %+v", r.Answer)
				}
			}, closed)
		})
		t.Run("E11 "+c.cmd+" ran, a restarted program sees the state", func(t *testing.T) {
			both(t, "cmd "+c.cmd+n+" late=30s", func(t *testing.T, b *bench, d *shtrihm.Device) {
				base := lost(t, d)
				link := shtrihm.NewLink(b.server.Dial, nil)
				defer link.Close()
				r := check(t, shtrihm.NewDevice(link, nil), base, shtrihm.Done)
				if c.cmd == "ff45" && (r.Document == nil || r.Document.Sum != 10000) {
					t.Errorf("document %+v", r.Document)
				}
			}, closed)
		})
	}
	t.Run("E11 what was not lost needs no question", func(t *testing.T) {
		d := shtrihm.NewDevice(shtrihm.NewLink(nobody, nil), nil)
		for err, want := range map[error]shtrihm.Verdict{
			nil: shtrihm.Done, &shtrihm.DeviceError{Number: 0x73}: shtrihm.NotDone,
			ecr.NewError(ecr.CodeRejected, ecr.Details{Outcome: ecr.Rejected}): shtrihm.NotDone,
			errors.New("something"): shtrihm.Undecidable,
		} {
			if r, e := d.Recover(t.Context(), err); e != nil || r.Verdict != want {
				t.Errorf("%v: %+v %v", err, r, e)
			}
		}
	})
}

// nobody is a device that cannot be reached.
func nobody(context.Context) (ecr.Conn, error) { return nil, errors.New("nobody there") }
