package session

import (
	"context"

	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// OpenShift opens the register's shift and runs the checks again that waited
// for it (M54).
func (s *Session) OpenShift(ctx context.Context) (Result, error) {
	return s.shift(ctx, false)
}

// RenewShift closes a shift that is open for more than 24 hours, opens a new
// one, looks whether the saved results are still there, and runs the checks
// again that waited or whose results are gone (M54).
func (s *Session) RenewShift(ctx context.Context) (Result, error) {
	return s.shift(ctx, true)
}

func (s *Session) shift(ctx context.Context, renew bool) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if s.st.resumed {
		return Result{}, s.fail(CodeResume, nil)
	}
	c := s.call()
	if ok, err := c.turnShift(ctx, renew); err != nil || !ok {
		return c.result(), err
	}
	if s.st.receipt != flow.Collecting {
		return c.result(), nil
	}
	err := c.checkAgain(ctx, renew)
	return c.result(), err
}

// turnShift sends the commands. A lost reply is settled by the register's mode:
// opening an open shift, or closing a closed one, is refused and does no harm.
func (c *call) turnShift(ctx context.Context, renew bool) (bool, error) {
	s := c.s
	release, err := c.lease(ctx)
	if err != nil {
		return false, c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{err.Error()}})
	}
	defer release()
	state, ok, err := c.ready(ctx)
	if err != nil || !ok {
		return false, err
	}
	if state.Mode == ModeReceipt {
		return false, c.tell(ctx, notice.Notice{Kind: notice.RegisterBusy, Details: []string{"mode 8: a receipt is open"}})
	}
	if renew && state.Mode != ModeShiftClosed {
		s.progress("close-shift", 0)
		if ok, err := c.shiftDone(ctx, s.register.CloseShift(ctx), ModeShiftClosed); err != nil || !ok {
			return false, err
		}
		if state, ok, err = c.ready(ctx); err != nil || !ok {
			return false, err
		}
	}
	if state.Mode != ModeShiftClosed {
		return true, nil // open already
	}
	s.progress("open-shift", 0)
	return c.shiftDone(ctx, s.register.OpenShift(ctx), ModeShiftOpen)
}

func (c *call) shiftDone(ctx context.Context, failed error, want Mode) (bool, error) {
	if failed == nil {
		return true, nil
	}
	s := c.s
	n := notice.Notice{Kind: notice.RegisterFailed, Details: []string{failed.Error()}}
	if number := ErrorNumber(failed); number == 0 {
		state, err := s.register.State(ctx)
		if err == nil && state.Mode == want {
			return true, nil
		}
		n.Kind = notice.Interrupted
		if safe(failed) {
			n.Kind = notice.Unreachable
		}
	}
	return false, c.tell(ctx, n)
}

// checkAgain runs the checks that waited for the shift; after a shift was closed
// also those whose results are gone.
func (c *call) checkAgain(ctx context.Context, renewed bool) error {
	s := c.s
	if renewed && !s.opt.Shared && s.st.counted {
		if ws, err := s.register.MarkingCodeWorkStatus(ctx); err == nil {
			if err := c.counted(ctx, ws); err != nil {
				return err
			}
		}
	}
	for _, it := range s.st.items {
		gone := it.state == flow.Ready && it.marked() && !s.opt.Shared
		if it.state != flow.Held && !gone {
			continue
		}
		c.touch(it)
		if err := c.examine(ctx, it); err != nil {
			return err
		}
		if it.state == flow.Held {
			return nil // the shift is still not right: one notice is enough
		}
	}
	return nil
}
