package session_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

func TestNothingBeforeTheClose(t *testing.T) {
	t.Run("M40 items are collected; the receipt is sent when it is closed", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{Permit: always(permitOK())})
		_, err := tl.s.Add(tl.ctx(), goods("пакет"))
		require.NoError(t, err)
		assert.Empty(t, tl.device.Names(false), "goods without a mark need no register")
		tl.sells(markA)
		tl.sells(markB)
		assert.Equal(t, []string{
			sessiontest.CallWorkStatus, sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallWorkStatus,
			sessiontest.CallWorkStatus, sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallWorkStatus,
		}, tl.device.Names(false))
		assert.False(t, tl.device.ReceiptOpen())
		tl.device.Forget()
		tl.closes(markA, markB)
		names := tl.device.Names(true)
		assert.NotContains(t, names, sessiontest.CallCheck)
		assert.Equal(t, sessiontest.CallClose, names[len(names)-1])
		assert.Equal(t, 3, count(names, sessiontest.CallOperation))
		assert.Equal(t, 2, count(names, sessiontest.CallBind))
	})
	t.Run("M40 cancelled before the close: nothing was printed", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		res, err := tl.s.CancelReceipt(tl.ctx())
		require.NoError(t, err)
		assert.Equal(t, flow.Cancelled, res.Receipt)
		assert.Equal(t, []flow.ItemState{flow.Dropped}, itemStates(view(tl.s)))
		assert.Empty(t, tl.device.Documents())
		assert.Empty(t, tl.device.Saved(), "the register's memory is cleared where it can be")
		_, err = tl.s.CancelReceipt(tl.ctx())
		assert.Error(t, err)
		tl.sells(markA)
		tl.closes(markA)
	})
}

func count(list []string, name string) (n int) {
	for _, s := range list {
		if s == name {
			n++
		}
	}
	return n
}

// awayGuard is a guard that cannot be reached while away is true.
type awayGuard struct {
	guard.Guard
	away bool
}

func (g *awayGuard) Reserve(ctx context.Context, r guard.Request) (guard.Reservation, error) {
	if g.away {
		return guard.Reservation{}, errors.New("connection refused")
	}
	return g.Guard.Reserve(ctx, r)
}

func (g *awayGuard) Hold(ctx context.Context, list []guard.Reservation) error {
	if g.away {
		return errors.New("connection refused")
	}
	return g.Guard.Hold(ctx, list)
}

func TestGuard(t *testing.T) {
	two := func(t *testing.T, g guard.Guard) (a, b *till) {
		a = newTill(t, nil, session.Options{Guard: g, Till: "a"})
		b = newTill(t, nil, session.Options{Guard: g, Till: "b"})
		return a, b
	}
	t.Run("M41 the same piece in another receipt of the shop, then sold, then returned", func(t *testing.T) {
		g := new(guard.Memory)
		a, b := two(t, g)
		a.sells(markA)
		b.refuses(markA, notice.Elsewhere)
		assert.Empty(t, b.device.Names(false), "nothing is sent")
		_, err := a.s.Remove(a.ctx(), 1)
		require.NoError(t, err)
		b.sells(markA) // released
		res, err := a.s.Scan(a.ctx(), markA, goods("x"))
		require.NoError(t, err)
		assert.Equal(t, []notice.Kind{notice.Elsewhere}, kindsOf(res))
		assert.Equal(t, flow.Removed, res.Items[0].State)
		b.closes(markA)
		require.NoError(t, b.s.BeginReturn(b.ctx()))
		b.sells(markA)
		b.closes(markA)
		_, err = a.s.CancelReceipt(a.ctx())
		require.NoError(t, err)
		a.sells(markA) // it came back and is for sale again
	})
	t.Run("M41 a cancelled receipt releases", func(t *testing.T) {
		a, b := two(t, new(guard.Memory))
		a.sells(markA)
		_, err := a.s.CancelReceipt(a.ctx())
		require.NoError(t, err)
		b.sells(markA)
	})
	t.Run("M41 portions are not reserved", func(t *testing.T) {
		a, b := two(t, new(guard.Memory))
		part := goods("таблетки")
		part.Status, part.Fraction = receipt.MeasuredSold, receipt.Fraction{Numerator: 1, Denominator: 3}
		for _, tl := range []*till{a, b} {
			res, err := tl.s.Scan(tl.ctx(), markA, part)
			require.NoError(t, err)
			assert.Equal(t, flow.Saved, res.Items[0].State)
		}
	})
	t.Run("M41 of two tills that sell one code at once exactly one wins", func(t *testing.T) {
		rounds := 1000
		if testing.Short() {
			rounds = 100
		}
		g := new(guard.Memory)
		a, b := two(t, g)
		for i, m := range marks(41, rounds) {
			var wg sync.WaitGroup
			for _, tl := range []*till{a, b} {
				wg.Go(func() {
					if res, err := tl.s.Scan(tl.ctx(), m, goods("x")); assert.NoError(t, err) && res.Items[0].State == flow.Saved {
						_, err := tl.s.CloseReceipt(tl.ctx(), due(tl.s))
						assert.NoError(t, err)
					}
				})
			}
			wg.Wait()
			if n := len(a.device.Sold()) + len(b.device.Sold()); n != i+1 {
				t.Fatalf("%d sold after %d rounds", n, i+1)
			}
		}
	})
	t.Run("M41 the lease is renewed while the receipt lives; a till that dies frees it in time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, b := two(t, new(guard.Memory))
			defer func() { a.s.Close(); b.s.Close() }()
			a.sells(markA)
			time.Sleep(time.Hour)
			b.refuses(markA, notice.Elsewhere)
			a.s.Close() // the program dies
			time.Sleep(guard.DefaultTTL + time.Second)
			b.sells(markA)
			res := a.close() // and comes back, with its reservation lost
			assert.Equal(t, []notice.Kind{notice.GuardLost}, kindsOf(res))
			assert.Equal(t, flow.Collecting, res.Receipt)
			assert.NotContains(t, a.device.Names(true), sessiontest.CallOperation, "verified just before the first receipt command")
			b.closes(markA)
		})
	})
	t.Run("M41 an unknown outcome keeps the reservation until it is settled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a, b := two(t, new(guard.Memory))
			defer func() { a.s.Close(); b.s.Close() }()
			a.sells(markA)
			a.device.Fault = func(c sessiontest.Call) sessiontest.Fault {
				switch {
				case c.Name == sessiontest.CallClose:
					a.device.Fault = func(sessiontest.Call) sessiontest.Fault { return sessiontest.Fault{Kind: sessiontest.LoseRequest} }
					return sessiontest.Fault{Kind: sessiontest.LoseReply}
				}
				return sessiontest.Fault{}
			}
			res := a.close()
			assert.Equal(t, flow.UnknownReceipt, res.Receipt)
			a.s.Close()
			time.Sleep(10 * guard.DefaultTTL)
			b.refuses(markA, notice.Elsewhere)
			a.device.Fault = nil
			res = a.restart()
			assert.Equal(t, []notice.Kind{notice.Confirmed}, kindsOf(res))
			time.Sleep(10 * guard.DefaultTTL)
			b.refuses(markA, notice.Elsewhere) // sold
		})
	})
	t.Run("M41 a guard that is away is a policy of the caller's", func(t *testing.T) {
		g := &awayGuard{Guard: new(guard.Memory), away: true}
		tl := newTill(t, nil, session.Options{Guard: g})
		tl.refuses(markA, notice.GuardForbids)
		assert.Empty(t, tl.device.Names(false))
		tl = newTill(t, nil, session.Options{Guard: g, GuardAway: session.GuardSell})
		assert.Equal(t, []notice.Kind{notice.GuardAway}, kindsOf(tl.sells(markA)))
		tl.closes(markA)
		// It comes back between the scan and the close: the piece is reserved then.
		tl.sells(markB)
		g.away = false
		tl.closes(markB)
		newTill(t, nil, session.Options{Guard: g}).refuses(markB, notice.Elsewhere)
	})
}

func TestNegative(t *testing.T) {
	for name, status := range map[string]marking.Status{"M44 status 5": 5, "M44 the item's status is wrong": 7} {
		t.Run(name, func(t *testing.T) {
			d := sessiontest.NewDevice()
			tl := newTill(t, d, session.Options{Permit: always(permitOK())})
			r := &answering{Register: tl.reg, answer: marking.Answer{Type: marking.TypeTail44, Status: status}}
			s := session.New(r, &tl.opt)
			res, err := s.Scan(tl.ctx(), markA, goods("x"))
			require.NoError(t, err)
			says(t, res, textNegative)
			assert.Equal(t, flow.Refused, res.Items[0].State)
			assert.Empty(t, d.Saved())
			assert.Empty(t, d.Names(true), "M58: nothing follows a refusal")
		})
	}
}

// answering answers every check with the same.
type answering struct {
	session.Register
	answer marking.Answer
}

func (r *answering) CheckItemBarcode(context.Context, session.Check) (marking.Answer, error) {
	return r.answer, nil
}

func TestSettings(t *testing.T) {
	bad := func() *sessiontest.Device {
		d := sessiontest.NewDevice()
		d.Settings[session.SettingTakeAnyCode], d.Settings[session.SettingStorageFault211], d.Settings[session.SettingOnlineCheck] = 1, 1, 0
		return d
	}
	t.Run("M53 a sale writes no setting", func(t *testing.T) {
		d := bad()
		tl := newTill(t, d, session.Options{})
		tl.sells(markA)
		tl.closes(markA)
		tl.restart()
		assert.NotContains(t, d.Names(false), sessiontest.CallWriteSetting)
	})
	t.Run("M53 the checker reports what breaks the flow and writes nothing", func(t *testing.T) {
		d := bad()
		tl := newTill(t, d, session.Options{})
		list, res, err := tl.s.CheckSettings(tl.ctx())
		require.NoError(t, err)
		require.Len(t, list, 3)
		for _, r := range list {
			assert.True(t, r.Breaks(), r.Setting)
		}
		assert.Equal(t, []notice.Kind{notice.UnwiseSetting, notice.UnwiseSetting, notice.UnwiseSetting}, kindsOf(res))
		assert.Contains(t, res.Notices[2].Support("en"), "online-check is 0, recommended 1")
		assert.NotContains(t, d.Names(false), sessiontest.CallWriteSetting)
		_, res, err = newTill(t, nil, session.Options{}).s.CheckSettings(tl.ctx())
		require.NoError(t, err)
		assert.Empty(t, res.Notices)
	})
	t.Run("M53 the explicit call sets what is recommended, and only that", func(t *testing.T) {
		d := bad()
		d.Settings[session.SettingOnlineCheck] = 1
		tl := newTill(t, d, session.Options{})
		changed, err := tl.s.SetRecommendedSettings(tl.ctx())
		require.NoError(t, err)
		require.Len(t, changed, 2)
		assert.Equal(t, map[session.Setting]int{session.SettingTakeAnyCode: 0, session.SettingStorageFault211: 0, session.SettingOnlineCheck: 1}, d.Settings)
		assert.Equal(t, 2, count(d.Names(false), sessiontest.CallWriteSetting))
	})
	t.Run("M53 a register that does not answer is an error that says so", func(t *testing.T) {
		d := bad()
		d.Fault = func(sessiontest.Call) sessiontest.Fault { return sessiontest.Fault{Kind: sessiontest.Unsent} }
		_, _, err := newTill(t, d, session.Options{}).s.CheckSettings(context.Background())
		e, ok := errors.AsType[*session.Error](err)
		require.True(t, ok)
		assert.Equal(t, session.CodeSetting, e.Code())
	})
}

func TestBusyRegister(t *testing.T) {
	t.Run("M54 another receipt is open: waited for, then checked", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.device.OpenForeign(true)
			time.AfterFunc(5*time.Second, func() { tl.device.OpenForeign(false) })
			began := time.Now()
			assert.Empty(t, tl.sells(markA).Notices)
			assert.Less(t, time.Since(began), 6*time.Second)
		})
	})
	t.Run("M54 beyond the limit it is told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.device.OpenForeign(true)
			began := time.Now()
			tl.refuses(markA, notice.RegisterBusy)
			assert.InDelta(t, float64(session.DefaultBusyLimit), float64(time.Since(began)), float64(time.Second))
			_, err := tl.s.ClearRegister(tl.ctx())
			require.NoError(t, err)
			tl.sells(markA)
			tl.closes(markA)
		})
	})
}

func TestOneDeclineAtMost(t *testing.T) {
	for name, c := range map[string]struct {
		times int
		sold  bool
	}{"M58 A1h: declined once, checked again": {1, true}, "M58 A1h twice: refused": {2, false}} {
		t.Run(name, func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.Fault = func(call sessiontest.Call) sessiontest.Fault {
				if call.Name == sessiontest.CallCheck && call.N <= c.times {
					return sessiontest.Fault{Kind: sessiontest.Refuse, Number: session.ErrorSequence}
				}
				return sessiontest.Fault{}
			}
			tl := newTill(t, d, session.Options{})
			want := []string{sessiontest.CallCheck, sessiontest.CallDecline, sessiontest.CallCheck}
			if c.sold {
				tl.sells(markA)
				want = append(want, sessiontest.CallAccept)
			} else {
				tl.refuses(markA, notice.RegisterFailed)
			}
			assert.Equal(t, want, d.Names(true))
		})
	}
}

// slow is a register whose check takes its time.
type slow struct {
	session.Register
	takes time.Duration
}

func (r *slow) CheckItemBarcode(ctx context.Context, c session.Check) (marking.Answer, error) {
	select {
	case <-time.After(r.takes):
		return r.Register.CheckItemBarcode(ctx, c)
	case <-ctx.Done():
		return marking.Answer{}, fmt.Errorf("register: %w", ctx.Err()) // it may have run
	}
}

func TestSlowCheckAndNotifications(t *testing.T) {
	t.Run("M59 a check of 40 s shows its progress and is waited for", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			var steps []string
			s := session.New(&slow{tl.reg, 40 * time.Second}, &session.Options{Progress: func(p session.Progress) { steps = append(steps, fmt.Sprint(p.Item, " ", p.Step)) }})
			res, err := s.Scan(tl.ctx(), markA, goods("x"))
			require.NoError(t, err)
			assert.Equal(t, flow.Saved, res.Items[0].State)
			assert.Equal(t, []string{"1 read", "1 check", "1 accept", "1 count"}, steps)
		})
	})
	t.Run("M59 the state can be seen, and a notice silenced, during a check", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			s := session.New(&slow{tl.reg, 40 * time.Second}, nil)
			defer s.Close()
			done := make(chan error)
			go func() {
				_, err := s.Scan(tl.ctx(), markA, goods("x"))
				done <- err
			}()
			time.Sleep(10 * time.Second)
			began := time.Now()
			items := view(s).Items
			s.Snooze(notice.RegisterOffline)
			if took := time.Since(began); took != 0 || len(items) != 1 || items[0].State != flow.Checking {
				t.Errorf("after %v: %+v", took, items)
			}
			require.NoError(t, <-done)
		})
	})
	t.Run("M56 a journal that cannot be read is an error of View, not an empty receipt", func(t *testing.T) {
		s := session.New(sessiontest.NewDevice().Connect(), &session.Options{Journal: unreadable{}})
		if v, err := s.View(t.Context()); err == nil {
			t.Errorf("%+v", v)
		}
	})
	t.Run("M59 cancelled: unknown, settled by asking, then sold once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			r := &slow{tl.reg, 40 * time.Second}
			s := session.New(r, nil)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			res, err := s.Scan(ctx, markA, goods("x"))
			require.NoError(t, err)
			assert.Equal(t, flow.Unknown, res.Items[0].State)
			assert.Equal(t, []notice.Kind{notice.Interrupted}, kindsOf(res))
			assert.Equal(t, notice.Unsure, res.Notices[0].Severity())
			r.takes = 0
			tl.device.Forget()
			res, err = s.Resume(t.Context())
			require.NoError(t, err)
			assert.Equal(t, flow.Saved, res.Items[0].State)
			assert.Equal(t, sessiontest.CallWorkStatus, tl.device.Names(false)[0], "asked before anything is sent")
			res, err = s.CloseReceipt(t.Context(), due(s))
			require.NoError(t, err)
			assert.Equal(t, flow.Closed, res.Receipt)
			assert.Len(t, tl.device.Sold(), 1)
		})
	})
	t.Run("M59 unsent notifications are told of in time", func(t *testing.T) {
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			n    session.Notifications
			told bool
		}{
			{session.Notifications{}, false},
			{session.Notifications{Queue: 3, First: 7, Since: now.Add(-23 * time.Hour), Percent: 80}, false},
			{session.Notifications{Queue: 3, First: 7, Since: now.Add(-25 * time.Hour)}, true},
			{session.Notifications{Queue: 900, First: 7, Since: now, Percent: 81}, true},
		} {
			tl := newTill(t, nil, session.Options{Now: func() time.Time { return now }})
			tl.device.SetNotifications(c.n, 0, 0)
			got, res, err := tl.s.CheckNotifications(tl.ctx())
			require.NoError(t, err)
			assert.Equal(t, c.n, got)
			assert.Equal(t, c.told, res.Has(notice.NotificationsDue), "%+v", c.n)
		}
	})
	t.Run("M59 the warning of FF70 is told once each time it gets worse", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		list := marks(59, 4)
		tl.device.SetNotifications(session.Notifications{}, 0, 2)
		assert.Equal(t, []notice.Kind{notice.NotificationsDue}, kindsOf(tl.sells(list[0])))
		assert.Empty(t, tl.sells(list[1]).Notices)
		tl.device.SetNotifications(session.Notifications{}, 0, 3)
		assert.Equal(t, []notice.Kind{notice.NotificationsDue}, kindsOf(tl.sells(list[2])))
	})
	t.Run("M59 A2h: no marked goods until the register has sent them", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallCheck: {Kind: sessiontest.Refuse, Number: session.ErrorMarkingBlocked}})
		tl.refuses(markA, notice.MarkingBlocked)
		tl.sells(markA)
	})
}

func TestSnooze(t *testing.T) {
	t.Run("M48 silenced by the caller's clock, one kind only", func(t *testing.T) {
		var clock time.Duration
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
		tl := newTill(t, d, session.Options{Permit: always(permitOK()), Monotonic: func() time.Duration { return clock }})
		list := marks(48, 5)
		n := tl.sells(list[0]).Notices[0]
		assert.False(t, n.Silenced)
		require.True(t, tl.s.Snooze(n.Kind))
		clock += 15*time.Minute - 1
		res := tl.sells(list[1])
		require.Len(t, res.Notices, 1, "it is still returned")
		assert.True(t, res.Notices[0].Silenced)
		tl.device.Online = func(string) sessiontest.Online { return sessiontest.OnlineNegative }
		assert.False(t, tl.refuses(list[2], notice.Negative).Notices[0].Silenced)
		tl.device.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
		clock++
		assert.False(t, tl.sells(list[3]).Notices[0].Silenced)
		assert.False(t, tl.s.Snooze(notice.Negative), "refusals cannot be silenced")
		assert.False(t, tl.s.Snooze(notice.UnknownOutcome))
		var journalled int
		for line, err := range tl.store.Records(tl.ctx()) {
			require.NoError(t, err)
			if strings.Contains(string(line), `"silenced":true`) {
				journalled++
			}
		}
		assert.Equal(t, 1, journalled)
	})
	t.Run("M48 a snooze ends with the program", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
		tl := newTill(t, d, session.Options{Permit: always(permitOK())})
		tl.sells(markA)
		tl.s.Snooze(notice.RegisterOffline)
		tl.restart()
		assert.False(t, tl.sells(markB).Notices[0].Silenced)
	})
}

func TestRunningTheReceipt(t *testing.T) {
	t.Run("M74 progress per command, the printer awaited between them", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var done []int
			var total int
			d := sessiontest.NewDevice()
			d.PrintFor = 3
			tl := newTill(t, d, session.Options{Progress: func(p session.Progress) {
				if p.Total > 0 {
					done, total = append(done, p.Done), p.Total
				}
			}})
			tl.sells(markA)
			tl.closes(markA)
			want := make([]int, total+1)
			for i := range want {
				want[i] = i
			}
			assert.Equal(t, want, done)
			d.Forget()
		})
	})
	t.Run("M74 50h was refused, so it is waited and repeated", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.Fault = func(c sessiontest.Call) sessiontest.Fault {
				if c.Name == sessiontest.CallOperation && c.N < 3 {
					return sessiontest.Fault{Kind: sessiontest.Refuse, Number: session.ErrorPrinting}
				}
				return sessiontest.Fault{}
			}
			tl.closes(markA)
			assert.Equal(t, 3, count(tl.device.Names(true), sessiontest.CallOperation))
		})
	})
	t.Run("M74 a command that fails says where, the receipt is cancelled, nothing is printed twice", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallOperation: {Kind: sessiontest.Refuse, Number: session.ErrorParameters}})
		res := tl.close()
		require.Equal(t, []notice.Kind{notice.RegisterFailed}, kindsOf(res))
		assert.Contains(t, res.Notices[0].Support("en"), "command 1 of 3, FNOperation")
		assert.Equal(t, flow.Collecting, res.Receipt)
		assert.False(t, tl.device.ReceiptOpen())
		tl.device.Fault = nil
		tl.closes(markA)
		assert.Len(t, tl.device.Documents(), 1)
	})
}

func TestLeftovers(t *testing.T) {
	for _, cannot := range []bool{false, true} {
		t.Run(fmt.Sprintf("M49 left-overs are told of and cleared; the register cannot: %v", cannot), func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.CannotClear = cannot
			d.Leave("left over")
			tl := newTill(t, d, session.Options{})
			assert.Equal(t, []notice.Kind{notice.Leftovers}, kindsOf(tl.sells(markA)))
			assert.Empty(t, tl.sells(markB).Notices, "told once")
			res, err := tl.s.ClearRegister(tl.ctx())
			require.NoError(t, err)
			assert.Equal(t, cannot, res.Has(notice.Leftovers))
			tl.closes(markA, markB)
		})
	}
}

func TestEventsThatDoNotFit(t *testing.T) {
	t.Run("M40 an event that does not fit lists those that do", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		_, err := tl.s.CloseReceipt(tl.ctx(), session.Payment{})
		e, ok := errors.AsType[*session.Error](err)
		require.True(t, ok)
		assert.Equal(t, session.CodeEvent, e.Code())
		assert.Contains(t, e.Message("en"), "begin")
		_, err = tl.s.DecideSold(tl.ctx())
		assert.Error(t, err)
		_, err = tl.s.Remove(tl.ctx(), 1)
		e, _ = errors.AsType[*session.Error](err)
		require.NotNil(t, e)
		assert.Equal(t, session.CodeItem, e.Code())
		assert.Equal(t, "item 1", e.Path())
		_, err = tl.s.CloseReceipt(tl.ctx(), session.Payment{})
		e, _ = errors.AsType[*session.Error](err)
		require.NotNil(t, e)
		assert.Equal(t, session.CodeEmpty, e.Code())
		assert.Empty(t, tl.device.Names(true))
	})
	t.Run("M47 a permit check that refuses has the last word, with its own text", func(t *testing.T) {
		v := permit.Verdict{Outcome: permit.OutcomeRefused}
		tl := newTill(t, nil, session.Options{Permit: always(v)})
		tl.refuses(markA, notice.PermitRefused)
		assert.Equal(t, []string{sessiontest.CallCheck}, tl.device.Names(true))
	})
}

// unreadable is a journal whose disk has failed.
type unreadable struct{}

func (unreadable) Append(context.Context, []byte) error    { return errDisk }
func (unreadable) Replace(context.Context, [][]byte) error { return errDisk }
func (unreadable) Records(context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) { yield(nil, errDisk) }
}

var errDisk = errors.New("input/output error")
