package session_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// crashing runs a call that ends with the program, as the fault says.
func crashing(t *testing.T, tl *till, call func()) {
	t.Helper()
	defer func() {
		_, ok := recover().(sessiontest.Crash)
		require.True(t, ok, "the program did not end")
		tl.device.Fault = nil
	}()
	call()
}

func TestCrashAroundTheClose(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    sessiontest.FaultKind
		keeps    bool // the register keeps its receipt open
		receipt  flow.ReceiptState
		want     []notice.Kind
		canceled bool
	}{
		{"M56 crash before the close: it is sent again", sessiontest.CrashBefore, true, flow.Closed, nil, false},
		{"M56 crash after the close: it was sold", sessiontest.CrashAfter, true, flow.Closed, []notice.Kind{notice.Confirmed}, false},
		{"M56 crash before the close, the receipt is gone: printed anew", sessiontest.CrashBefore, false, flow.Collecting, []notice.Kind{notice.NotPrinted}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallClose: {Kind: c.fault}})
			crashing(t, tl, func() { tl.close() })
			if !c.keeps {
				tl.device.LosePower()
			}
			res := tl.restart()
			assert.Equal(t, c.receipt, res.Receipt)
			assert.Equal(t, c.want, kindsOf(res))
			if res.Receipt == flow.Collecting {
				tl.closes(markA)
			}
			assert.Len(t, tl.device.Documents(), 1)
			assert.Len(t, tl.device.Sold(), 1)
			assert.Equal(t, receipt.Money(10000), tl.device.Documents()[0].Sum)
			v := view(tl.s)
			require.NotNil(t, v.Document)
			assert.Equal(t, uint32(1), v.Document.Number)
		})
	}
	t.Run("M56 crash before the close was journalled: cancelled, printed anew", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallBind: {Kind: sessiontest.CrashAfter}})
		crashing(t, tl, func() { tl.close() })
		assert.True(t, tl.device.ReceiptOpen())
		res := tl.restart()
		assert.Equal(t, []notice.Kind{notice.NotPrinted}, kindsOf(res))
		assert.False(t, tl.device.ReceiptOpen())
		assert.Equal(t, []string{markA}, tl.device.Saved(), "saved results survive a cancel")
		tl.device.Forget()
		tl.closes(markA)
		assert.NotContains(t, tl.device.Names(true), sessiontest.CallCheck)
	})
	t.Run("M56 anything else: the cashier decides", func(t *testing.T) {
		for _, sold := range []bool{true, false} {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallClose: {Kind: sessiontest.CrashBefore}})
			crashing(t, tl, func() { tl.close() })
			tl.device.OpenForeign(false)
			tl.device.CloseForeign(777) // another program has made a document
			res := tl.restart()
			assert.Equal(t, flow.UnknownReceipt, res.Receipt)
			require.Equal(t, []notice.Kind{notice.UnknownOutcome}, kindsOf(res))
			assert.Contains(t, res.Notices[0].Support("en"), "document 1 is another one", "what is known is told")
			_, err := tl.s.Scan(tl.ctx(), markB, goods("x"))
			assert.Error(t, err, "nothing else goes on")
			res, err = decide(tl.s, sold)(tl.ctx())
			require.NoError(t, err)
			if sold {
				assert.Equal(t, flow.Closed, res.Receipt)
				continue
			}
			assert.Equal(t, flow.Collecting, res.Receipt)
			tl.closes(markA)
		}
	})
}

func TestLostReplies(t *testing.T) {
	for _, c := range []struct {
		call  string
		fault sessiontest.FaultKind
	}{
		{sessiontest.CallCheck, sessiontest.LoseRequest}, {sessiontest.CallCheck, sessiontest.LoseReply}, {sessiontest.CallCheck, sessiontest.PowerBefore}, {sessiontest.CallCheck, sessiontest.PowerAfter},
		{sessiontest.CallAccept, sessiontest.LoseRequest}, {sessiontest.CallAccept, sessiontest.LoseReply}, {sessiontest.CallAccept, sessiontest.PowerBefore}, {sessiontest.CallAccept, sessiontest.PowerAfter},
		{sessiontest.CallOperation, sessiontest.LoseRequest}, {sessiontest.CallOperation, sessiontest.LoseReply}, {sessiontest.CallOperation, sessiontest.PowerAfter},
		{sessiontest.CallBind, sessiontest.LoseRequest}, {sessiontest.CallBind, sessiontest.LoseReply}, {sessiontest.CallBind, sessiontest.PowerAfter},
		{sessiontest.CallClose, sessiontest.LoseRequest}, {sessiontest.CallClose, sessiontest.LoseReply}, {sessiontest.CallClose, sessiontest.PowerBefore}, {sessiontest.CallClose, sessiontest.PowerAfter},
	} {
		t.Run("M52 M56 "+c.call+" "+string(rune('0'+c.fault)), func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.Fault = sessiontest.Script(map[string]sessiontest.Fault{c.call: {Kind: c.fault}})
			tl := newTill(t, d, session.Options{})
			tl.sells(markA)
			tl.sells(markB)
			res := tl.close()
			require.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
			assert.Len(t, d.Documents(), 1)
			assert.ElementsMatch(t, []sessiontest.Sold{{Mark: markA, Document: 1}, {Mark: markB, Document: 1}}, d.Sold())
		})
	}
}

func TestBindWithABadResult(t *testing.T) {
	for name, spoil := range map[string]func(*sessiontest.Device){
		"M74 [М-]":     func(d *sessiontest.Device) { d.BindNegative = func(m string) bool { return m == markB } },
		"M74 an error": func(d *sessiontest.Device) { d.Fault = bindError },
	} {
		t.Run(name, func(t *testing.T) {
			d := sessiontest.NewDevice()
			spoil(d)
			tl := newTill(t, d, session.Options{})
			tl.sells(markA)
			tl.sells(markB)
			res := tl.close()
			assert.Equal(t, flow.Collecting, res.Receipt)
			assert.Equal(t, []notice.Kind{notice.BindFailed}, kindsOf(res))
			assert.Equal(t, 2, res.Notices[0].Item)
			assert.Contains(t, res.Notices[0].Support("en"), "FNSendItemBarcode")
			assert.False(t, d.ReceiptOpen(), "the receipt is cancelled")
			assert.Equal(t, []flow.ItemState{flow.Saved, flow.Refused}, itemStates(view(tl.s)))
			tl.closes(markA)
		})
	}
}

func bindError(c sessiontest.Call) sessiontest.Fault {
	if c.Name == sessiontest.CallBind && c.Mark == markB {
		return sessiontest.Fault{Kind: sessiontest.Refuse, Number: session.ErrorNotChecked}
	}
	return sessiontest.Fault{}
}

func decide(s *session.Session, sold bool) func(context.Context) (session.Result, error) {
	if sold {
		return s.DecideSold
	}
	return s.DecideNotSold
}
