package session_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// behind is a register on which something happens just before a check arrives.
type behind struct {
	session.Register
	check func()
}

func (r *behind) CheckItemBarcode(ctx context.Context, c session.Check) (marking.Answer, error) {
	if r.check != nil {
		r.check()
	}
	return r.Register.CheckItemBarcode(ctx, c)
}

func TestSharedRegister(t *testing.T) {
	t.Run("M57 a scan only checks; at the close each is checked, accepted and counted under one lease", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{Shared: true})
		assert.Equal(t, flow.Ready, tl.sells(markA).Items[0].State)
		tl.sells(markB)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallCheck}, tl.device.Names(true))
		assert.Empty(t, tl.device.Saved())
		tl.device.Forget()
		res := tl.closes(markA, markB)
		assert.Empty(t, res.Notices)
		assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallCheck, sessiontest.CallAccept}, tl.device.Names(true)[:4])
	})
	t.Run("M57 the count is read again after the check: another till's accept is no storage fault", func(t *testing.T) {
		d := sessiontest.NewDevice()
		closing, foreign := false, 0
		r := &behind{Register: d.Connect()}
		// A gateway keeps the others out from the check on, not before it.
		r.check = func() {
			if closing && foreign < 1 {
				foreign++
				d.Leave(fmt.Sprint("another till's ", foreign))
			}
		}
		s := session.New(r, &session.Options{Shared: true})
		ctx := context.Background()
		for _, m := range []string{markA, markB} {
			_, err := s.Scan(ctx, m, goods("x"))
			require.NoError(t, err)
		}
		closing = true
		res, err := s.CloseReceipt(ctx, due(s))
		require.NoError(t, err)
		assert.Equal(t, flow.Closed, res.Receipt, "%v", res.Notices)
		assert.Empty(t, res.Notices)
		assert.Len(t, d.Sold(), 2)
	})
	t.Run("M57 the reply to an accept is lost: the count under the lease tells", func(t *testing.T) {
		for _, kind := range []sessiontest.FaultKind{sessiontest.LoseReply, sessiontest.LoseRequest, sessiontest.PowerAfter} {
			d := sessiontest.NewDevice()
			d.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallAccept + "#2": {Kind: kind}})
			tl := newTill(t, d, session.Options{Shared: true})
			tl.sells(markA)
			tl.sells(markB)
			tl.closes(markA, markB)
		}
	})
	t.Run("M57 128 are shared: another till's results count", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.CannotClear = true
		tl := newTill(t, d, session.Options{Shared: true})
		tl.sells(markA)
		tl.sells(markB)
		d.Leave(marks(57, 127)...)
		res := tl.close()
		assert.Equal(t, []notice.Kind{notice.Limit}, kindsOf(res))
		assert.Equal(t, flow.Collecting, res.Receipt)
		d.CloseForeign(1) // the other till closes
		tl.closes(markA, markB)
	})
	// Another till sells a whole receipt at every step of this one.
	t.Run("M57 two tills on one register, interleaved at every step", func(t *testing.T) {
		for step := 1; ; step++ {
			reached := false
			synctest.Test(t, func(t *testing.T) {
				d := sessiontest.NewDevice()
				list := marks(uint64(step), 4)
				b := newTill(t, d, session.Options{Shared: true, Till: "b"})
				steps, done := 0, make(chan struct{})
				var other session.Result
				a := newTill(t, d, session.Options{Shared: true, Till: "a", Progress: func(session.Progress) {
					if steps++; steps != step {
						return
					}
					reached = true
					go func() {
						defer close(done)
						b.sells(list[2])
						b.sells(list[3])
						other, _ = b.s.CloseReceipt(b.ctx(), due(b.s))
					}()
					synctest.Wait() // the other is done, or waits for the lease
				}})
				a.sells(list[0])
				a.sells(list[1])
				res := a.close()
				require.Equal(t, flow.Closed, res.Receipt, "step %d: %v", step, res.Notices)
				assert.Empty(t, res.Notices)
				if !reached {
					return
				}
				<-done
				assert.Equal(t, flow.Closed, other.Receipt, "step %d: %v", step, other.Notices)
				assert.Empty(t, other.Notices)
				assert.Len(t, d.Sold(), 4)
				assert.Zero(t, d.Breaches(), "no command beside the lease")
			})
			if !reached {
				require.Greater(t, step, 10)
				return
			}
		}
	})
}
