package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// TestRules names the rules that no scenario of the source stands for.
func TestRules(t *testing.T) {
	t.Run("M40 nothing goes to the register's receipt before the cashier closes", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		_, err := tl.s.Add(tl.ctx(), goods("пакет"))
		require.NoError(t, err)
		tl.sells(markB)
		_, err = tl.s.Remove(tl.ctx(), 2)
		require.NoError(t, err)
		assert.False(t, tl.device.ReceiptOpen())
		for _, name := range tl.device.Names(false) {
			assert.NotContains(t, []string{sessiontest.CallOpen, sessiontest.CallOperation, sessiontest.CallTag, sessiontest.CallBind, sessiontest.CallClose}, name)
		}
		tl.closes(markA, markB)
	})
	t.Run("M41 M75 sold in the order of the receipt, each with its own mark", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		list := marks(41, 4)
		for _, m := range list {
			tl.sells(m)
		}
		_, err := tl.s.Remove(tl.ctx(), 1)
		require.NoError(t, err)
		tl.sells(list[0]) // its old result, its old place
		tl.closes(list...)
	})
	t.Run("M41 a duplicate is told before anything is sent", TestDuplicate)
	t.Run("M42 what is no code is refused before anything is sent", TestUnreadable)
	t.Run("M44 [М-] refuses, and the next item is sold", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(mark string) sessiontest.Online {
			if mark == markA {
				return sessiontest.OnlineNegative
			}
			return sessiontest.OnlineOK
		}
		tl := newTill(t, d, session.Options{Permit: always(permitOK())})
		res := tl.refuses(markA, notice.Negative)
		assert.Equal(t, "Код товара прошел онлайн-проверку с отрицательным результатом. Попробуйте еще раз. Если ошибка повторится, то отложите товар в сторону и обратитесь в техническую поддержку.", res.Notices[0].Message("ru"))
		assert.Empty(t, d.Saved(), "M58: nothing is sent after a refusal")
		tl.sells(markB)
		tl.closes(markB)
	})
	t.Run("M45 no link of the register, permit passed: sold with a notice", TestRegisterWithoutNetwork)
	t.Run("M50 128 results, not one more, and unmarked goods go on", TestLimitOf128)
	t.Run("M51 a removed item's result stays and is used again", TestRemovedAndScannedAgain)
	t.Run("M41 M71 portions do not reserve, and a second one in the receipt is refused", TestPartialSale)
	t.Run("M52 M56 the journal on disk over restarts", TestFileJournal)
}

func TestSnooze(t *testing.T) {
	t.Run("M48 silenced for 15 minutes of a clock that nobody sets, one kind, still told and journalled", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
		var monotonic time.Duration
		business := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		tl := newTill(t, d, session.Options{Monotonic: func() time.Duration { return monotonic }, Now: func() time.Time { return business }})
		list := marks(48, 5)
		res := tl.sells(list[0])
		require.Equal(t, []notice.Kind{notice.RegisterOffline}, kindsOf(res))
		assert.False(t, res.Notices[0].Silenced)
		require.True(t, tl.s.Snooze(notice.RegisterOffline))
		business = business.Add(-24 * time.Hour) // somebody sets the clock: no matter
		monotonic += 15*time.Minute - time.Second
		res = tl.sells(list[1])
		require.Equal(t, []notice.Kind{notice.RegisterOffline}, kindsOf(res))
		assert.True(t, res.Notices[0].Silenced)
		monotonic += time.Second
		res = tl.sells(list[2])
		assert.False(t, res.Notices[0].Silenced, "15 minutes are over")
		assert.False(t, tl.s.Snooze(notice.Negative), "a refusal cannot be silenced")
		assert.False(t, tl.s.Snooze(notice.UnknownOutcome))
	})
}

func TestSettings(t *testing.T) {
	t.Run("M53 settings are read and never written by themselves", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Settings[session.SettingTakeAnyCode], d.Settings[session.SettingStorageFault211], d.Settings[session.SettingOnlineCheck] = 1, 1, 0
		tl := newTill(t, d, session.Options{})
		tl.sells(markA)
		reports, res, err := tl.s.CheckSettings(tl.ctx())
		require.NoError(t, err)
		assert.Len(t, reports, 3)
		assert.Equal(t, []notice.Kind{notice.UnwiseSetting, notice.UnwiseSetting, notice.UnwiseSetting}, kindsOf(res))
		tl.closes(markA)
		assert.NotContains(t, d.Names(false), sessiontest.CallWriteSetting)

		d.Settings[session.SettingStorageFault211] = 0
		changed, err := tl.s.SetRecommendedSettings(tl.ctx())
		require.NoError(t, err)
		require.Len(t, changed, 2, "only what differs is written")
		assert.Equal(t, map[session.Setting]int{session.SettingTakeAnyCode: 0, session.SettingStorageFault211: 0, session.SettingOnlineCheck: 1}, d.Settings)
		_, res, err = tl.s.CheckSettings(tl.ctx())
		require.NoError(t, err)
		assert.Empty(t, res.Notices)
	})
	t.Run("M53 a register that does not tell", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallReadSetting + "#2": {Kind: sessiontest.Refuse, Number: session.ErrorNotSupported}})
		tl := newTill(t, d, session.Options{})
		reports, _, err := tl.s.CheckSettings(tl.ctx())
		assert.Len(t, reports, 1)
		var e *session.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, session.CodeSetting, e.Code())
	})
}

func TestSharedRegister(t *testing.T) {
	t.Run("M57 a scan only checks; check, accept and count of all items run under one lease at the close", func(t *testing.T) {
		d := sessiontest.NewDevice()
		tl := newTill(t, d, session.Options{Shared: true})
		tl.sells(markA)
		tl.sells(markB)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallCheck}, d.Names(true))
		d.Forget()
		tl.closes(markA, markB)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallCheck, sessiontest.CallAccept}, d.Names(true)[:4])
		assert.Zero(t, d.Breaches())
	})
	t.Run("M57 two tills on one register, by turns: nobody's mark is lost or sold twice", func(t *testing.T) {
		d := sessiontest.NewDevice()
		one, two := newTill(t, d, session.Options{Shared: true, Till: "1"}), newTill(t, d, session.Options{Shared: true, Till: "2"})
		list := marks(57, 6)
		for i, m := range list {
			[]*till{one, two}[i%2].sells(m)
		}
		one.closes(list[0], list[2], list[4])
		two.closes(list[1], list[3], list[5])
		assert.Zero(t, d.Breaches())
	})
	t.Run("M57 a result that another till saves between our count and our check is no storage fault", func(t *testing.T) {
		d := sessiontest.NewDevice()
		tl := newTill(t, d, session.Options{Shared: true})
		tl.sells(markA)
		checks := 0
		d.Fault = func(c sessiontest.Call) sessiontest.Fault {
			if c.Name == sessiontest.CallCheck {
				checks++
			}
			return sessiontest.Fault{}
		}
		// The other till's accept comes after our count and before our check, which
		// is where a gateway begins to keep others out.
		tl.reg = d.Connect()
		late := &lateCount{Register: tl.reg, device: d}
		s := session.New(late, &session.Options{Shared: true})
		defer s.Stop()
		res, err := s.Scan(tl.ctx(), markB, goods("товар"))
		require.NoError(t, err)
		require.Equal(t, flow.Ready, res.Items[0].State)
		late.armed = true
		res, err = s.Close(tl.ctx(), due(s))
		require.NoError(t, err)
		assert.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
		assert.False(t, res.Has(notice.NotSaved))
	})
}

// lateCount is a register on which another till saves a result right before a check.
type lateCount struct {
	*sessiontest.Register
	device *sessiontest.Device
	armed  bool
}

func (l *lateCount) CheckItemBarcode(ctx context.Context, c session.Check) (marking.Answer, error) {
	if l.armed {
		l.armed = false
		l.device.Leave("another till's")
	}
	return l.Register.CheckItemBarcode(ctx, c)
}

func TestDecline(t *testing.T) {
	t.Run("M58 after a refusal nothing is sent", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineNegative }
		tl := newTill(t, d, session.Options{})
		tl.refuses(markA, notice.Negative)
		assert.Equal(t, []string{sessiontest.CallCheck}, d.Names(true))
	})
	t.Run("M58 on A1h it declines once and checks again", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallCheck: {Kind: sessiontest.Refuse, Number: session.ErrorSequence}})
		tl := newTill(t, d, session.Options{})
		tl.sells(markA)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallDecline, sessiontest.CallCheck, sessiontest.CallAccept}, d.Names(true))
	})
	t.Run("M58 A1h for ever is one refusal, no loop", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Fault = func(c sessiontest.Call) sessiontest.Fault {
			if c.Name == sessiontest.CallCheck {
				return sessiontest.Fault{Kind: sessiontest.Refuse, Number: session.ErrorSequence}
			}
			return sessiontest.Fault{}
		}
		tl := newTill(t, d, session.Options{})
		tl.refuses(markA, notice.RegisterFailed)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallDecline, sessiontest.CallCheck}, d.Names(true))
	})
}

func TestLongChecks(t *testing.T) {
	t.Run("M59 progress is told, and a cancelled check is settled by asking", func(t *testing.T) {
		d := sessiontest.NewDevice()
		var steps []string
		tl := newTill(t, d, session.Options{Progress: func(p session.Progress) { steps = append(steps, p.Step) }})
		ctx, cancel := context.WithCancelCause(context.Background())
		d.Fault = func(c sessiontest.Call) sessiontest.Fault {
			if c.Name == sessiontest.CallCheck && c.N == 1 {
				cancel(errors.New("Esc"))
				return sessiontest.Fault{Kind: sessiontest.LoseReply}
			}
			return sessiontest.Fault{}
		}
		res, err := tl.s.Scan(ctx, markA, goods("товар"))
		require.NoError(t, err)
		assert.Equal(t, flow.Unknown, res.Items[0].State, "never a false “added”")
		assert.True(t, res.Has(notice.Interrupted))
		assert.Contains(t, steps, "check")
		res, err = tl.s.Resume(tl.ctx())
		require.NoError(t, err)
		require.Len(t, res.Items, 1)
		assert.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
		tl.closes(markA)
	})
	t.Run("M59 unsent notifications are told in time, once each time they get worse", func(t *testing.T) {
		d := sessiontest.NewDevice()
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		tl := newTill(t, d, session.Options{Now: func() time.Time { return now }})
		list := marks(59, 4)
		assert.Empty(t, tl.sells(list[0]).Notices)
		d.SetNotifications(session.Notifications{Queue: 7, First: 3, Since: now.Add(-25 * time.Hour), Percent: 40}, 1, 2)
		assert.True(t, tl.sells(list[1]).Has(notice.NotificationsDue))
		assert.Empty(t, tl.sells(list[2]).Notices, "not again for the same")
		n, res, err := tl.s.CheckNotifications(tl.ctx())
		require.NoError(t, err)
		assert.Equal(t, 7, n.Queue)
		assert.True(t, res.Has(notice.NotificationsDue), "they wait for over a day")
		d.SetNotifications(session.Notifications{Queue: 1, Since: now.Add(-time.Hour), Percent: 81}, 0, 0)
		_, res, err = tl.s.CheckNotifications(tl.ctx())
		require.NoError(t, err)
		assert.True(t, res.Has(notice.NotificationsDue), "the store is over 80 % full")
		d.SetNotifications(session.Notifications{Queue: 1, Since: now.Add(-time.Hour), Percent: 10}, 0, 0)
		_, res, err = tl.s.CheckNotifications(tl.ctx())
		require.NoError(t, err)
		assert.Empty(t, res.Notices)
	})
	t.Run("M59 A2h: blocked until they are sent", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallCheck: {Kind: sessiontest.Refuse, Number: session.ErrorMarkingBlocked}})
		tl := newTill(t, d, session.Options{})
		tl.refuses(markA, notice.MarkingBlocked)
		tl.sells(markA)
		tl.closes(markA)
	})
}

func TestAge(t *testing.T) {
	t.Run("M66 an answer older than 30 minutes is asked for again at the close", func(t *testing.T) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		asked := 0
		refuse := false
		checker := permit.CheckerFunc(func(context.Context, permit.Query) permit.Verdict {
			asked++
			v := permitOK()
			v.Answered = now
			if refuse {
				v = permit.Verdict{Outcome: permit.OutcomeRefused, Answered: now}
			}
			return v
		})
		tl := newTill(t, nil, session.Options{Permit: checker, Now: func() time.Time { return now }})
		tl.sells(markA)
		now = now.Add(31 * time.Minute)
		tl.sells(markB)
		tl.closes(markA, markB)
		assert.Equal(t, 3, asked)

		tl.sells(markA)
		now, refuse = now.Add(31*time.Minute), true
		res := tl.close()
		assert.NotEqual(t, flow.Closed, res.Receipt, "what may not be sold any more is not sold")
	})
}

func TestCrashes(t *testing.T) {
	t.Run("M52 M56 a program that ends at any write of its journal sells nothing twice and loses nothing", func(t *testing.T) {
		for n := 1; n < 60; n++ {
			d := sessiontest.NewDevice()
			store := &failing{Store: new(journal.Memory), at: n}
			tl := newTill(t, d, session.Options{Journal: store})
			crashed := func() (crashed bool) {
				defer func() {
					if r := recover(); r != nil {
						if r != errWriteCrash {
							panic(r)
						}
						crashed = true
					}
				}()
				for _, m := range []string{markA, markB} {
					_, _ = tl.s.Scan(tl.ctx(), m, goods("товар"))
				}
				_, _ = tl.s.Close(tl.ctx(), due(tl.s))
				return false
			}()
			if !crashed {
				return // all writes were tried
			}
			// The program starts anew on what the journal holds.
			store.at = 0
			after := newTill(t, d, session.Options{Journal: store})
			_, err := after.s.Resume(after.ctx())
			require.NoError(t, err, "write %d", n)
			if v := after.s.View(); !v.Receipt.Done() {
				for _, m := range []string{markA, markB} {
					after.scan(m) // the cashier scans what is missing; the rest is a duplicate
				}
				res := after.close()
				require.Equal(t, flow.Closed, res.Receipt, "write %d: %v", n, res.Notices)
			} else if len(d.Sold()) == 0 {
				after.sells(markA)
				after.sells(markB)
				after.close()
			}
			var sold []string
			for _, s := range d.Sold() {
				sold = append(sold, s.Mark)
			}
			assert.ElementsMatch(t, []string{markA, markB}, sold, "write %d", n)
			assert.Len(t, d.Documents(), 1, "write %d", n)
		}
		t.Fatal("the journal is written more often than this test looks")
	})
}

var errWriteCrash = errors.New("the program ends")

// failing is a journal at whose n-th write the program ends, before anything is written.
type failing struct {
	journal.Store
	at, n int
}

func (f *failing) count() {
	if f.n++; f.n == f.at {
		panic(errWriteCrash)
	}
}

func (f *failing) Append(ctx context.Context, record []byte) error {
	f.count()
	return f.Store.Append(ctx, record)
}

func (f *failing) Replace(ctx context.Context, records [][]byte) error {
	f.count()
	return f.Store.Replace(ctx, records)
}
