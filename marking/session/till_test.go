package session_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// The marks of the source.
const (
	markA   = "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
	markB   = "0104640203820010" + "211000000119818" + "\x1d91EE08\x1d92SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo="
	long88  = "010123456789012321&dAIMqnpEQnQ!!910058921gx+7D2jIWGSo6LLr1FMGiETo7Ez6k4fr9D8FZwEmJqIWtivlAGjqEP8OspoVeIKiP4OkzmSCzRXmEUygvkKQw=="
	short13 = "0104603934000748215rRFTn7CqRO6f93AZub"
	short6  = "0104603745968015215YJF\"Z93NGv1"
)

// till is a session on a device, with what its cashier saw.
type till struct {
	t       *testing.T
	device  *sessiontest.Device
	reg     *sessiontest.Register
	store   journal.Store
	opt     session.Options
	s       *session.Session
	notices []notice.Notice
}

func newTill(t *testing.T, d *sessiontest.Device, opt session.Options) *till {
	t.Helper()
	if d == nil {
		d = sessiontest.NewDevice()
	}
	tl := &till{t: t, device: d, reg: d.Connect(), store: opt.Journal, opt: opt}
	if tl.store == nil {
		tl.store = new(journal.Memory)
	}
	tl.start()
	return tl
}

// start makes the session, as a program that begins does.
func (tl *till) start() {
	opt := tl.opt
	opt.Journal = tl.store
	opt.Notify = func(n notice.Notice) { tl.notices = append(tl.notices, n) }
	tl.s = session.New(tl.reg, &opt)
	tl.t.Cleanup(func() { tl.s.Close() })
}

func (tl *till) restart() session.Result {
	tl.t.Helper()
	tl.s.Close()
	tl.start()
	res, err := tl.s.Resume(tl.ctx())
	require.NoError(tl.t, err)
	return res
}

func (tl *till) ctx() context.Context { return context.Background() }

func goods(name string) session.Goods {
	return session.Goods{Name: name, Price: 10000, Quantity: receipt.One, Tax: receipt.TaxNone}
}

func (tl *till) scan(mark string) session.Result {
	tl.t.Helper()
	res, err := tl.s.Scan(tl.ctx(), mark, goods("товар"))
	require.NoError(tl.t, err)
	return res
}

// sells scans and expects the item in the receipt.
func (tl *till) sells(mark string) session.Result {
	tl.t.Helper()
	res := tl.scan(mark)
	require.Len(tl.t, res.Items, 1)
	require.Contains(tl.t, []flow.ItemState{flow.Saved, flow.Ready}, res.Items[0].State, "%v", res.Notices)
	return res
}

// refuses scans and expects one notice of the kind and the item refused.
func (tl *till) refuses(mark string, kind notice.Kind) session.Result {
	tl.t.Helper()
	res := tl.scan(mark)
	require.Len(tl.t, res.Items, 1)
	assert.Equal(tl.t, flow.Refused, res.Items[0].State)
	assert.Equal(tl.t, []notice.Kind{kind}, kindsOf(res))
	return res
}

func kindsOf(res session.Result) []notice.Kind {
	var list []notice.Kind
	for _, n := range res.Notices {
		list = append(list, n.Kind)
	}
	return list
}

func (tl *till) close() session.Result {
	tl.t.Helper()
	res, err := tl.s.CloseReceipt(tl.ctx(), due(tl.s))
	require.NoError(tl.t, err)
	return res
}

// due is a payment by card of what the receipt costs.
func due(s *session.Session) session.Payment {
	var sum receipt.Money
	for _, it := range view(s).Items {
		if it.State.InReceipt() {
			cost, _ := it.Goods.Cost()
			sum += cost
		}
	}
	return session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: sum}}
}

// closes closes and expects the receipt sold with these marks.
func (tl *till) closes(marks ...string) session.Result {
	tl.t.Helper()
	before := len(tl.device.Sold())
	res := tl.close()
	require.Equal(tl.t, flow.Closed, res.Receipt, "%v", res.Notices)
	var sold []string
	for _, s := range tl.device.Sold()[before:] {
		sold = append(sold, s.Mark)
	}
	assert.Equal(tl.t, marks, sold)
	assert.Empty(tl.t, tl.device.Saved())
	return res
}

// always is a permit check that says the same of every mark.
func always(v permit.Verdict) permit.Checker {
	return permit.CheckerFunc(func(context.Context, permit.Query) permit.Verdict { return v })
}

func permitOK() permit.Verdict {
	return permit.Verdict{Outcome: permit.OutcomeOK, Stamp: permit.Stamp{Source: permit.SourceCDN, ReqID: "1e87c58a-2934-40f5-80cb-6cc319f6487a", ReqTime: "1737344126424"}}
}

func marks(seed uint64, n int) []string {
	g := markingtest.New(seed)
	list := make([]string, n)
	for i := range list {
		list[i] = g.Code(marking.LayoutS7)
	}
	return list
}

func view(s *session.Session) session.View {
	v, err := s.View(context.Background())
	if err != nil {
		panic(err)
	}
	return v
}
