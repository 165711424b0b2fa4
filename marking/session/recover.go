package session

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// Resume takes up what the journal holds: the receipt and the items that were
// on their way when the program ended. The register is asked what became of
// them. Call it once before the first scan; called again, it asks again about
// what is still unknown.
func (s *Session) Resume(ctx context.Context) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	c := s.call()
	s.st.resumed = false
	if s.st.receipt != 0 && !s.st.receipt.Done() {
		if err := c.settleReceipt(ctx); err != nil {
			return c.result(), err
		}
		if s.st.receipt == flow.Collecting {
			if err := c.settleItems(ctx); err != nil {
				return c.result(), err
			}
		}
	}
	var err error
	switch {
	case s.st.receipt.Done():
		err = c.over(ctx)
	case len(s.st.duties) > 0:
		err = c.dischargeOld(ctx)
	}
	return c.result(), err
}

// dischargeOld tells of receipts before this one.
func (c *call) dischargeOld(ctx context.Context) error {
	if c.s.st.receipt == flow.UnknownReceipt {
		return nil // the reservations of this one stay held
	}
	return c.discharge(ctx)
}

// loseReceipt notes that a reply of the receipt is missing, and asks at once.
func (c *call) loseReceipt(ctx context.Context, err error) error {
	s := c.s
	if err := s.write(ctx, record{ReceiptEvent: flow.LoseReply}); err != nil {
		return err
	}
	if ctx.Err() == nil {
		return c.settleLeased(ctx, err)
	}
	return c.unknown(ctx, err.Error())
}

func (c *call) unknown(ctx context.Context, details ...string) error {
	kind := notice.UnknownOutcome
	if !c.s.st.sent {
		kind = notice.Interrupted // not sold: the close was never sent
	}
	return c.tell(ctx, notice.Notice{Kind: kind, Details: details})
}

// settleReceipt finds out what became of a receipt whose printing was
// interrupted, if it was (M56).
func (c *call) settleReceipt(ctx context.Context) error {
	s := c.s
	switch s.st.receipt {
	case flow.Printing, flow.Closing:
		if err := s.write(ctx, record{ReceiptEvent: flow.LoseReply}); err != nil {
			return err
		}
	case flow.UnknownReceipt:
	default:
		return nil
	}
	release, err := c.lease(ctx)
	if err != nil {
		return c.unknown(ctx, err.Error())
	}
	defer release()
	if err := c.settleLeased(ctx, nil); err != nil {
		return err
	}
	return c.over(ctx)
}

// settleLeased is M56: 10h, FF01 and, if the number grew, FF0A. cause is the
// error that made it necessary, nil after a restart.
func (c *call) settleLeased(ctx context.Context, cause error) error {
	s := c.s
	var details []string
	if cause != nil {
		details = append(details, cause.Error())
	}
	s.progress("ask", 0)
	state, err := s.register.State(ctx)
	if err != nil {
		return c.unknown(ctx, append(details, err.Error())...)
	}
	last, err := s.register.LastDocument(ctx)
	if err != nil {
		return c.unknown(ctx, append(details, err.Error())...)
	}
	before := s.st.last
	if s.st.sent {
		before = s.st.closing
	}
	details = append(details, fmt.Sprintf("mode %d, last document %d, before the receipt %d", state.Mode, last.Number, before.Number))
	if last.Storage != before.Storage && before.Storage != "" {
		return c.unknown(ctx, append(details, "the fiscal storage is another one")...)
	}
	switch {
	case !s.st.sent:
		// The close was never sent, so that nothing of the receipt can be sold.
		return c.stop(ctx, state, details)
	case last.Number > before.Number:
		doc, err := s.register.FindDocument(ctx, before.Number+1)
		if err != nil {
			return c.unknown(ctx, append(details, err.Error())...)
		}
		if doc.Operation == s.kind() && doc.Sum == s.st.total {
			if err := c.closed(ctx, &doc); err != nil {
				return err
			}
			return c.tell(ctx, notice.Notice{Kind: notice.Confirmed, Details: details})
		}
		return c.unknown(ctx, append(details, fmt.Sprintf("document %d is another one", doc.Number))...)
	case last.Number < before.Number:
		return c.unknown(ctx, details...)
	case state.Mode == ModeReceipt:
		return c.closeAgain(ctx, state, details)
	}
	return c.stop(ctx, state, details)
}

// stop makes sure that no receipt of ours is open: it can be printed anew.
func (c *call) stop(ctx context.Context, state State, details []string) error {
	s := c.s
	if state.Mode == ModeReceipt {
		s.progress("cancel", 0)
		if err := c.cancelCheck(ctx); err != nil {
			return c.unknown(ctx, append(details, "the receipt could not be cancelled: "+err.Error())...)
		}
	}
	if err := s.write(ctx, record{ReceiptEvent: flow.Stop}); err != nil {
		return err
	}
	c.unhold(ctx)
	if c.anew && !c.stopped() && c.tries < maxTries {
		c.tries++
		return nil
	}
	return c.tell(ctx, notice.Notice{Kind: notice.NotPrinted, Details: details})
}

// closeAgain sends the close once more: it was journalled and the receipt is
// still open, so it did not run (M56).
func (c *call) closeAgain(ctx context.Context, state State, details []string) error {
	s := c.s
	plan, _, err := s.compose(ctx, s.st.payment)
	if err != nil {
		return c.unknown(ctx, append(details, err.Error())...)
	}
	if n := operations(plan); state.Operations > 0 && state.Operations != n {
		return c.unknown(ctx, append(details, fmt.Sprintf("the open receipt has %d operations, ours %d", state.Operations, n))...)
	}
	if c.tries++; c.tries > maxTries {
		return c.unknown(ctx, details...)
	}
	last := s.st.closing
	if err := s.write(ctx, record{ReceiptEvent: flow.SendClose, Last: &last}); err != nil {
		return err
	}
	return c.sendClose(ctx, plan)
}

// DecideSold ends a receipt whose outcome nobody can tell: the cashier has looked
// at the paper and the register, and it was printed (M56, notice.WasSold).
func (s *Session) DecideSold(ctx context.Context) (Result, error) { return s.decide(ctx, true) }

// DecideNotSold is the other answer (notice.WasNotSold): what is left of the
// receipt in the register is cancelled, and it can be closed again or cancelled.
func (s *Session) DecideNotSold(ctx context.Context) (Result, error) { return s.decide(ctx, false) }

func (s *Session) decide(ctx context.Context, sold bool) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	s.st.resumed = false
	c := s.call()
	if s.st.receipt == flow.Printing || s.st.receipt == flow.Closing {
		if err := s.write(ctx, record{ReceiptEvent: flow.LoseReply}); err != nil {
			return c.result(), err
		}
	}
	if s.st.receipt != flow.UnknownReceipt {
		_, err := s.st.receipt.On(flow.CloseDone)
		return c.result(), s.fail(CodeEvent, err)
	}
	if sold {
		if err := c.closed(ctx, nil); err != nil {
			return c.result(), err
		}
		err := c.over(ctx)
		return c.result(), err
	}
	release, err := c.lease(ctx)
	if err != nil {
		return c.result(), s.fail(CodeRegister, err)
	}
	defer release()
	state, err := s.register.State(ctx)
	if err != nil {
		return c.result(), s.fail(CodeRegister, err)
	}
	if state.Mode == ModeReceipt {
		if err := c.cancelCheck(ctx); err != nil {
			return c.result(), s.fail(CodeRegister, err)
		}
	}
	if err := s.write(ctx, record{ReceiptEvent: flow.Stop}); err != nil {
		return c.result(), err
	}
	c.unhold(ctx)
	return c.result(), nil
}
