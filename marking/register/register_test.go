package register_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// The marks of the source's receipt.
const (
	markA = "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
	markB = "0104640203820010" + "211000000119818" + "\x1d91EE08\x1d92SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo="
)

// bench is a register on a simulated device.
type bench struct {
	*register.Register
	device *shtrihmtest.Register
	server *ecrtest.Server
	link   *shtrihm.Link

	mu   sync.Mutex
	said []string // the commands that ran or were refused since heard
}

// heard returns the commands since the last call.
func (b *bench) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}

func start(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options, opt *register.Options) *bench {
	t.Helper()
	if sim == nil {
		sim = &shtrihmtest.Options{}
	}
	b := &bench{}
	heard := *sim
	heard.OnCommand = func(e shtrihmtest.Entry) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.said = append(b.said, fmt.Sprintf("%X", int(e.Cmd)))
	}
	b.device = shtrihmtest.New(&heard)
	b.server = &ecrtest.Server{Device: b.device, Faults: sim.Faults, Down: 10 * time.Millisecond}
	// A fault costs a wait; nothing else comes near these limits.
	limits := shtrihm.Limits{ACK: 2 * time.Second, Answer: 3 * time.Second}
	b.link = shtrihm.NewLink(b.server.Dial, &shtrihm.Options{
		Level: level, Limits: limits,
		CommandLimits: map[shtrihm.Command]shtrihm.Limits{0xFF61: limits},
	})
	b.Register = register.New(b.link, opt)
	t.Cleanup(func() {
		assert.NoError(t, b.link.Close())
		assert.NoError(t, b.server.Close())
	})
	return b
}

func script(t *testing.T, text string) *ecrtest.Faults {
	t.Helper()
	s, err := ecrtest.ParseScript(text)
	require.NoError(t, err)
	return ecrtest.NewFaults(s)
}

// each runs a test at both link levels, in both orders of the commands.
func each(t *testing.T, name string, f func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options)) {
	t.Helper()
	for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
		for _, cashCore := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, %v, cash core %v", name, level, cashCore), func(t *testing.T) {
				t.Parallel()
				f(t, level, &shtrihmtest.Options{CashCore: cashCore})
			})
		}
	}
}

func goods(name string) session.Goods {
	return session.Goods{Name: name, Price: 10000, Quantity: receipt.One, Tax: 4}
}

func scan(t *testing.T, s *session.Session, mark string, g session.Goods) session.Result {
	t.Helper()
	res, err := s.Scan(t.Context(), mark, g)
	require.NoError(t, err)
	return res
}

func closeAll(t *testing.T, s *session.Session, sum receipt.Money) session.Result {
	t.Helper()
	res, err := s.CloseReceipt(t.Context(), session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: sum}})
	require.NoError(t, err)
	return res
}

func TestSale(t *testing.T) {
	each(t, "M35 M70 a whole sale", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		b := start(t, level, sim, nil)
		s := session.New(b, nil)
		defer s.Close()
		for _, mark := range []string{markA, markB} {
			res := scan(t, s, mark, goods("Инъектран"))
			require.Len(t, res.Items, 1)
			require.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
			require.Equal(t, marking.VerdictPositive, res.Items[0].Answer.Verdict())
		}
		_, err := s.Add(t.Context(), goods("Пакет"))
		require.NoError(t, err)
		res := closeAll(t, s, 30000)
		require.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
		require.NotNil(t, res.Document)
		assert.Equal(t, receipt.Money(30000), res.Document.Sum)
		for cmd, want := range map[shtrihm.Command]int{0xFF61: 2, 0xFF69: 2, 0xFF46: 3, 0xFF67: 2, 0xFF45: 1} {
			assert.Equal(t, want, b.device.Executed(cmd), "%v", cmd)
		}
		last, err := b.LastDocument(t.Context())
		require.NoError(t, err)
		assert.Equal(t, res.Document.Number, last.Number)
		assert.Len(t, last.Storage, 16)
		found, err := b.FindDocument(t.Context(), last.Number)
		require.NoError(t, err)
		assert.Equal(t, receipt.Sale, found.Operation)
		assert.Equal(t, receipt.Money(30000), found.Sum)
		assert.Equal(t, res.Document.Sign, found.Sign)
	})
	each(t, "M76 goods come back", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		b := start(t, level, sim, nil)
		s := session.New(b, nil)
		defer s.Close()
		require.NoError(t, s.BeginReturn(t.Context()))
		res := scan(t, s, markA, goods("Инъектран"))
		require.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
		res = closeAll(t, s, 10000)
		require.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
		found, err := b.FindDocument(t.Context(), res.Document.Number)
		require.NoError(t, err)
		assert.Equal(t, receipt.Return, found.Operation)
	})
	each(t, "M71 a measured portion and a part of a pack", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		b := start(t, level, sim, nil)
		s := session.New(b, nil)
		defer s.Close()
		g := goods("Сыр")
		g.Status, g.Unit, g.Quantity = receipt.MeasuredSold, 11, 500_000
		res := scan(t, s, markA, g)
		require.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
		g = goods("Таблетки")
		g.Status, g.Fraction = receipt.MeasuredSold, receipt.Fraction{Numerator: 1, Denominator: 3}
		res = scan(t, s, markB, g)
		require.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
		res = closeAll(t, s, 15000)
		require.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
	})
}

// TestConformance is what any register must do, at both levels and in both orders.
func TestConformance(t *testing.T) {
	each(t, "M70 a register of package session", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		sessiontest.TestRegister(t, func(t *testing.T) sessiontest.RegisterEnv {
			b := start(t, level, sim, nil)
			return sessiontest.RegisterEnv{Register: b, Marks: [2]receipt.Mark{markA, markB}, Wait: time.Millisecond,
				Unplug: func() { _ = b.server.Close() }}
		})
	})
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		online shtrihmtest.Verdict
		state  flow.ItemState
		notice notice.Kind
		server marking.ServerError
	}{
		{"M33 the server says yes", shtrihmtest.VerdictOK, flow.Saved, notice.None, 0},
		{"M44 the server says no", shtrihmtest.VerdictNegative, flow.Refused, notice.Negative, 0},
		{"M32 M45 the server does not answer", shtrihmtest.VerdictTimeout, flow.Saved, notice.RegisterOffline, -1},
		{"M32 M45 no link", shtrihmtest.VerdictOff, flow.Saved, notice.RegisterOffline, -1},
		{"M49 the storage does not keep the result", shtrihmtest.VerdictNoSave, flow.Refused, notice.NotSaved, 0},
	} {
		each(t, c.name, func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
			sim.Marks = []shtrihmtest.MarkRule{{Pattern: regexp.MustCompile(`bvSqk`), Verdict: c.online}}
			b := start(t, level, sim, nil)
			s := session.New(b, nil)
			defer s.Close()
			res := scan(t, s, markA, goods("Инъектран"))
			require.Len(t, res.Items, 1)
			assert.Equal(t, c.state, res.Items[0].State, "%v", res.Notices)
			if c.server == -1 && c.online == shtrihmtest.VerdictOff {
				assert.Equal(t, c.server, res.Items[0].Answer.Server)
			}
			if c.notice == notice.None {
				assert.Empty(t, res.Notices)
			} else {
				assert.True(t, res.Has(c.notice), "%v", res.Notices)
			}
			// Goods of another mark are not hurt by it.
			res = scan(t, s, markB, goods("Инъектран"))
			assert.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
		})
	}
	t.Run("M42 a code that the register does not recognise", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, &shtrihmtest.Options{Recognise: func([]byte) byte { return 0 }}, nil)
		_, err := b.CheckItemBarcode(t.Context(), session.Check{Mark: markA})
		if err != nil {
			assert.Equal(t, session.ErrorNotRecognised, session.ErrorNumber(err))
		}
		s := session.New(b, nil)
		defer s.Close()
		res := scan(t, s, markA, goods("Инъектран"))
		assert.True(t, res.Has(notice.NotRecognised), "%v", res.Notices)
	})
}

// TestErrors: what became of a command is said by the shape of its error (M52).
func TestErrors(t *testing.T) {
	shape := func(t *testing.T, err error, code string, safe bool, number int) {
		t.Helper()
		var e *register.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, code, e.Code(), "%v", err)
		assert.Equal(t, safe, e.SafeToRetry())
		assert.Equal(t, number, e.Number())
		assert.Equal(t, number, session.ErrorNumber(err))
		for _, lang := range []string{"ru", "en"} {
			assert.NotEmpty(t, e.Message(lang))
		}
		// No type of package ecr leaks.
		var wire *ecr.Error
		var refused *shtrihm.DeviceError
		var unknown *shtrihm.UnknownError
		assert.False(t, errors.As(err, &wire) || errors.As(err, &refused) || errors.As(err, &unknown), "%T", errors.Unwrap(err))
	}
	t.Run("M52 refused by its number", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, &shtrihmtest.Options{ShiftClosed: true}, nil)
		err := b.OpenCheck(t.Context(), receipt.Sale)
		require.Error(t, err)
		shape(t, err, register.CodeRefused, false, session.ErrorNumber(err))
		assert.NotZero(t, session.ErrorNumber(err))
	})
	t.Run("M52 nobody there", func(t *testing.T) {
		link := shtrihm.NewLink(func(context.Context) (ecr.Conn, error) { return nil, errors.New("no route") }, nil)
		defer link.Close()
		_, err := register.New(link, nil).State(t.Context())
		shape(t, err, register.CodeNotSent, true, 0)
	})
	t.Run("M52 a lost answer is fetched", func(t *testing.T) {
		each(t, "v", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
			sim.Faults = script(t, "cmd ff61#1 drop-answer; cmd ff45#1 drop-answer")
			b := start(t, level, sim, nil)
			s := session.New(b, nil)
			defer s.Close()
			res := scan(t, s, markA, goods("Инъектран"))
			require.Equal(t, flow.Saved, res.Items[0].State, "%v", res.Notices)
			res = closeAll(t, s, 10000)
			require.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
			assert.Equal(t, 1, b.device.Executed(0xFF45))
			assert.Equal(t, 1, b.device.Executed(0xFF61))
		})
	})
	t.Run("M52 the power goes with the command", func(t *testing.T) {
		for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
			b := start(t, level, &shtrihmtest.Options{Faults: script(t, "cmd ff0b#1 power-loss"), ShiftClosed: true}, nil)
			shape(t, b.OpenShift(t.Context()), register.CodeUnknown, false, 0)
		}
	})
	t.Run("M59 the caller gives up", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, &shtrihmtest.Options{Faults: script(t, "cmd ff61#1 stall")}, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		reason := errors.New("the cashier pressed Esc")
		time.AfterFunc(50*time.Millisecond, func() { cancel(reason) })
		_, err := b.CheckItemBarcode(ctx, session.Check{Mark: markA})
		shape(t, err, register.CodeUnknown, false, 0)
		assert.True(t, errors.Is(err, context.Canceled) || errors.Is(err, reason), "%v", err)
	})
	t.Run("M35 a value that a tag cannot hold", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, nil, nil)
		for _, tag := range []receipt.Tag{
			{Number: 1262, Type: receipt.TagString, Text: "日本"},
			{Number: 2108, Type: receipt.TagByte, Value: 256},
			{Number: 2108, Type: receipt.TagByte, Value: -1},
			{Number: 1293, Type: receipt.TagVLN, Value: -1},
			{Number: 1023, Type: receipt.TagFVLN, Value: -1},
			{Number: 1260, Type: receipt.TagGroup, Tags: []receipt.Tag{{Number: 1262, Type: 99}}},
			{Number: 1265, Type: receipt.TagString, Text: string(make([]byte, 300))},
		} {
			err := b.SendTag(t.Context(), tag)
			shape(t, err, register.CodeTag, true, 0)
			assert.Contains(t, err.Error(), fmt.Sprint(tag.Number))
		}
		assert.Zero(t, b.device.Executed(0xFF4D))
	})
	t.Run("M35 nothing to cancel is no error", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, nil, nil)
		require.NoError(t, b.CancelCheck(t.Context()))
		require.NoError(t, b.OpenCheck(t.Context(), receipt.Sale))
		require.NoError(t, b.CancelCheck(t.Context()))
		require.Equal(t, session.ModeShiftOpen, state(t, b).Mode)
	})
}

func state(t *testing.T, b *bench) session.State {
	t.Helper()
	s, err := b.State(t.Context())
	require.NoError(t, err)
	return s
}

func TestSettings(t *testing.T) {
	each(t, "M53 settings are read and written where the model has them", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		sim.ShiftClosed = true
		b := start(t, level, sim, nil)
		for _, c := range []session.Setting{session.SettingTakeAnyCode, session.SettingStorageFault211, session.SettingOnlineCheck} {
			if sim.CashCore && c == session.SettingStorageFault211 {
				_, err := b.ReadSetting(t.Context(), c)
				var e *register.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, register.CodeSetting, e.Code())
				assert.True(t, e.SafeToRetry())
				assert.Error(t, b.WriteSetting(t.Context(), c, 0))
				continue
			}
			was, err := b.ReadSetting(t.Context(), c)
			require.NoError(t, err, "%v", c)
			require.NoError(t, b.WriteSetting(t.Context(), c, 1-was))
			now, err := b.ReadSetting(t.Context(), c)
			require.NoError(t, err)
			assert.Equal(t, 1-was, now, "%v", c)
			assert.Error(t, b.WriteSetting(t.Context(), c, 1000), "a value that does not fit the field")
			assert.Error(t, b.WriteSetting(t.Context(), c, -1))
		}
	})
	t.Run("M53 the session's checker over a real register", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, &shtrihmtest.Options{ShiftClosed: true}, nil)
		require.NoError(t, b.WriteSetting(t.Context(), session.SettingTakeAnyCode, 1))
		s := session.New(b, nil)
		defer s.Close()
		reports, res, err := s.CheckSettings(t.Context())
		require.NoError(t, err)
		assert.True(t, res.Has(notice.UnwiseSetting), "%v", reports)
		_, err = s.SetRecommendedSettings(t.Context())
		require.NoError(t, err)
		reports, res, err = s.CheckSettings(t.Context())
		require.NoError(t, err)
		assert.False(t, res.Has(notice.UnwiseSetting), "%v", reports)
	})
}

func TestShiftAndQueue(t *testing.T) {
	each(t, "M54 M59 shift, notifications, clearing", func(t *testing.T, level shtrihm.Level, sim *shtrihmtest.Options) {
		sim.ShiftClosed = true
		b := start(t, level, sim, &register.Options{Location: time.UTC})
		require.Equal(t, session.ModeShiftClosed, state(t, b).Mode)
		require.NoError(t, b.OpenShift(t.Context()))
		require.Equal(t, session.ModeShiftOpen, state(t, b).Mode)
		_, err := b.CheckItemBarcode(t.Context(), session.Check{Mark: markA})
		require.NoError(t, err)
		_, err = b.AcceptMarkingCode(t.Context())
		require.NoError(t, err)
		w, err := b.MarkingCodeWorkStatus(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, w.Saved)
		_, err = b.CheckItemBarcode(t.Context(), session.Check{Mark: markB})
		require.NoError(t, err)
		require.NoError(t, b.DeclineMarkingCode(t.Context()))
		w, err = b.MarkingCodeWorkStatus(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, w.Saved, "a declined result is not saved")
		require.NoError(t, b.ClearMarkingCodes(t.Context()))
		w, err = b.MarkingCodeWorkStatus(t.Context())
		require.NoError(t, err)
		assert.Zero(t, w.Saved)
		n, err := b.Notifications(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n.Queue)
		assert.True(t, n.Since.IsZero(), "%v", n.Since)
		require.NoError(t, b.CloseShift(t.Context()))
		require.Equal(t, session.ModeShiftClosed, state(t, b).Mode)
	})
	t.Run("M74 the paper runs out and printing goes on", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, &shtrihmtest.Options{ShiftClosed: true}, nil)
		b.device.SetPaper(false)
		err := b.OpenShift(t.Context())
		if err == nil {
			require.True(t, state(t, b).Printing.NeedsPaper())
		}
		b.device.SetPaper(true)
		if state(t, b).Printing == session.PrintToContinue {
			require.NoError(t, b.ContinuePrint(t.Context()))
		}
		assert.Equal(t, session.PrintIdle, state(t, b).Printing)
	})
}

func TestLease(t *testing.T) {
	t.Run("M57 users of one Register take turns", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, nil, nil)
		release, err := b.Lease(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err = b.Lease(ctx)
		var e *register.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, register.CodeBusy, e.Code())
		assert.True(t, e.SafeToRetry())
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		release()
		release() // more than once is fine
		again, err := b.Lease(t.Context())
		require.NoError(t, err)
		defer again()
		_, err = b.Lease(ctx)
		require.Error(t, err, "a release that came twice must not free the next lease")
	})
	t.Run("M57 a lease of the caller's", func(t *testing.T) {
		taken, released := 0, 0
		b := start(t, shtrihm.LevelStandard, nil, &register.Options{Lease: func(context.Context) (func(), error) {
			taken++
			return func() { released++ }, nil
		}})
		release, err := b.Lease(t.Context())
		require.NoError(t, err)
		release()
		assert.Equal(t, []int{1, 1}, []int{taken, released})
	})
	t.Run("M57 the end of a lease frees a gateway that kept others out", func(t *testing.T) {
		b := start(t, shtrihm.LevelStandard, nil, &register.Options{Guarded: true})
		release, err := b.Lease(t.Context())
		require.NoError(t, err)
		_, err = b.CheckItemBarcode(t.Context(), session.Check{Mark: markA})
		require.NoError(t, err)
		b.heard()
		release()
		assert.Equal(t, []string{"10", "88"}, b.heard())

		// After a receipt that was closed nobody is kept out.
		release, err = b.Lease(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.Operation(t.Context(), receipt.Operation{Type: receipt.Sale, Quantity: receipt.One, Price: 100, Tax: 4, PaymentType: 4, Sign: 1, Text: "Пакет"}))
		_, err = b.CloseCheck(t.Context(), receipt.CloseCheck{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 100}})
		require.NoError(t, err)
		b.heard()
		release()
		assert.Empty(t, b.heard())

		// A receipt that stays open is its session's to settle.
		release, err = b.Lease(t.Context())
		require.NoError(t, err)
		require.NoError(t, b.OpenCheck(t.Context(), receipt.Sale))
		b.heard()
		release()
		assert.Equal(t, []string{"10"}, b.heard())
		assert.Equal(t, session.ModeReceipt, state(t, b).Mode)
	})
}
