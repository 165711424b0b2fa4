package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// print runs the commands of the receipt on a leased register (M74). When it
// returns nil, the receipt is Closed; Collecting, with nothing of it left in the
// register; Printing, if only the printer keeps it; or unknown.
func (c *call) print(ctx context.Context, p Payment) error {
	s := c.s
	plan, numbers, err := s.compose(ctx, p)
	if err != nil {
		c.unhold(ctx)
		if f, failed := errors.AsType[*printerError](err); failed {
			return c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{f.Error()}})
		}
		return s.fail(CodeReceipt, err)
	}
	last, err := s.register.LastDocument(ctx)
	if err != nil {
		c.unhold(ctx)
		return c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{err.Error()}})
	}
	if err := s.write(ctx, record{ReceiptEvent: flow.Print, Payment: &p, Last: &last, Total: plan.Total}); err != nil {
		c.unhold(ctx)
		return err
	}
	for i := range plan.Steps {
		if done, err := c.command(ctx, plan, numbers, i); err != nil || done {
			return err
		}
	}
	return nil
}

// command runs one command; done is true when the receipt goes no further.
func (c *call) command(ctx context.Context, plan receipt.Plan, numbers []int, i int) (done bool, err error) {
	s, step := c.s, plan.Steps[i]
	number := 0
	if step.Item > 0 {
		number = numbers[step.Item-1]
	}
	if s.opt.Progress != nil {
		s.opt.Progress(Progress{Step: step.Command.Name(), Item: number, Done: i, Total: len(plan.Steps)})
	}
	if ok, err := c.awaitPrinter(ctx); err != nil || !ok {
		return true, err
	}
	if _, ok := step.Command.(receipt.CloseCheck); ok {
		last, err := s.register.LastDocument(ctx)
		if err != nil {
			return true, c.loseReceipt(ctx, err)
		}
		if err := s.write(ctx, record{ReceiptEvent: flow.SendClose, Last: &last}); err != nil {
			return true, err
		}
		return true, c.sendClose(ctx, plan)
	}
	if err := s.write(ctx, record{Command: i + 1}); err != nil {
		return true, err
	}
	reply, failed := c.send(ctx, step.Command)
	where := fmt.Sprintf("command %d of %d, %s", i+1, len(plan.Steps), step.Command)
	_, binds := step.Command.(receipt.SendItemBarcode)
	refused := ErrorNumber(failed)
	switch {
	case failed == nil && reply.Bound.Refused():
		return true, c.bindFailed(ctx, number, &reply.Bound.Answer, where+": the mark came back as "+flow.Find(reply.Bound.Answer).String())
	case failed == nil:
		return false, nil
	case binds && refused != 0 && !temporary(refused):
		return true, c.bindFailed(ctx, number, nil, where+": "+failed.Error())
	case refused != 0:
		return true, c.commandFailed(ctx, refused, where+": "+failed.Error())
	}
	return true, c.loseReceipt(ctx, fmt.Errorf("%s: %w", where, failed))
}

// temporary says that a command was refused for the printer's sake only.
func temporary(number int) bool {
	return number == ErrorPrinting || number == ErrorContinuePrint || number == ErrorPaper
}

// send sends a command until the printer lets it through: what was refused with
// 50h, 58h or 6Bh did not run and may be repeated.
func (c *call) send(ctx context.Context, cmd receipt.Command) (receipt.Reply, error) {
	s := c.s
	for began := time.Now(); ; {
		out, err := receipt.Do(ctx, s.register, cmd)
		number := ErrorNumber(err)
		if err == nil || !temporary(number) || time.Since(began) > s.opt.PrintLimit {
			return out, err
		}
		switch number {
		case ErrorContinuePrint:
			if err := s.register.ContinuePrint(ctx); err != nil && ErrorNumber(err) == 0 && !safe(err) {
				return out, err
			}
		case ErrorPaper:
			if err := c.tellOnce(ctx, notice.Notice{Kind: notice.PaperOut}); err != nil {
				return out, err
			}
		}
		if !wait(ctx, s.opt.Poll) {
			return out, err
		}
	}
}

// tellOnce tells a notice of a kind once in a call.
func (c *call) tellOnce(ctx context.Context, n notice.Notice) error {
	if c.res.Has(n.Kind) {
		return nil
	}
	return c.tell(ctx, n)
}

// awaitPrinter waits until the printer is ready for the next command; false if
// it is not within the limit. The receipt then stays as far as it is: closing
// again cancels it in the register and prints it anew, Cancel gives it up.
func (c *call) awaitPrinter(ctx context.Context) (bool, error) {
	_, ok, err := c.printer(ctx)
	if f, failed := errors.AsType[*printerError](err); failed {
		return false, c.loseReceipt(ctx, f.cause)
	}
	return ok, err
}

// printerError is a register that cannot be asked, apart from errors of the
// session itself.
type printerError struct{ cause error }

func (e *printerError) Error() string { return e.cause.Error() }
func (e *printerError) Unwrap() error { return e.cause }

// printer waits until the printer is ready and makes it print on after the
// paper was changed. It returns the last state; ok is false, with a notice, when
// the limit is over, and err is a printerError when the register does not answer.
func (c *call) printer(ctx context.Context) (state State, ok bool, err error) {
	s := c.s
	for began := time.Now(); ; {
		state, err = s.register.State(ctx)
		switch {
		case err != nil && (!safe(err) || ctx.Err() != nil):
			return state, false, &printerError{err}
		case err != nil: // not sent: the link may come back
		case state.Printing == PrintToContinue:
			if err := s.register.ContinuePrint(ctx); err != nil && ErrorNumber(err) == 0 && !safe(err) {
				return state, false, &printerError{err}
			}
		case state.Printing.NeedsPaper():
			if err := c.tellOnce(ctx, notice.Notice{Kind: notice.PaperOut}); err != nil {
				return state, false, err
			}
		case !state.Printing.Busy():
			return state, true, nil
		}
		if time.Since(began) > s.opt.PrintLimit || !wait(ctx, s.opt.Poll) {
			if err != nil {
				return state, false, &printerError{err}
			}
			return state, false, c.tellOnce(ctx, notice.Notice{Kind: notice.PrintStuck, Details: []string{fmt.Sprintf("submode %d", state.Printing)}})
		}
	}
}

// ready is printer for a register that nothing of ours is open on: one that
// does not answer is told of.
func (c *call) ready(ctx context.Context) (State, bool, error) {
	state, ok, err := c.printer(ctx)
	if f, failed := errors.AsType[*printerError](err); failed {
		return state, false, c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{f.Error()}})
	}
	return state, ok, err
}

// sendClose sends the close, whose last document number is journalled.
func (c *call) sendClose(ctx context.Context, plan receipt.Plan) error {
	s, total := c.s, len(plan.Steps)
	cmd := plan.Steps[total-1].Command
	out, err := c.send(ctx, cmd)
	if err == nil {
		doc := &Document{Number: out.Closed.Document, Type: typeReceipt, Operation: s.kind(), Sum: plan.Total, Sign: out.Closed.Sign, Change: out.Closed.Change}
		if err := c.closed(ctx, doc); err != nil {
			return err
		}
		if s.opt.Progress != nil {
			s.opt.Progress(Progress{Step: cmd.Name(), Done: total, Total: total})
		}
		return c.afterClose(ctx)
	}
	where := fmt.Sprintf("command %d of %d, %s: ", total, total, cmd)
	number := ErrorNumber(err)
	if number == 0 {
		return c.loseReceipt(ctx, fmt.Errorf("%s%w", where, err))
	}
	if err := s.write(ctx, record{ReceiptEvent: flow.CloseFails}); err != nil {
		return err
	}
	if temporary(number) {
		return c.tellOnce(ctx, notice.Notice{Kind: notice.PrintStuck, Details: []string{where + err.Error()}})
	}
	return c.commandFailed(ctx, number, where+err.Error())
}

// typeReceipt is the storage's type of a receipt.
const typeReceipt = 3

// afterClose looks at the paper once: the sale is done, whatever it does (M74).
func (c *call) afterClose(ctx context.Context) error {
	s := c.s
	state, err := s.register.State(ctx)
	switch {
	case err != nil:
	case state.Printing == PrintToContinue:
		_ = s.register.ContinuePrint(ctx)
	case state.Printing.NeedsPaper():
		return c.tellOnce(ctx, notice.Notice{Kind: notice.PaperOut})
	}
	return nil
}

// bindFailed cancels the receipt and takes the item out (M74).
func (c *call) bindFailed(ctx context.Context, number int, answer *marking.Answer, detail string) error {
	s := c.s
	it := s.st.find(number)
	if it == nil {
		return c.commandFailed(ctx, 0, detail)
	}
	c.touch(it)
	if err := c.cancelOpen(ctx); err != nil {
		return err
	}
	// The item goes even if the receipt is not cancelled yet: printed anew, it
	// must not be among the others.
	r := record{}
	if answer != nil {
		r.Answer = answer
	}
	if err := s.step(ctx, it, flow.BindFailed, r); err != nil {
		return err
	}
	if err := c.release(ctx, it); err != nil {
		return err
	}
	return c.tell(ctx, notice.Notice{Kind: notice.BindFailed, Item: number, Details: []string{detail}})
}

// commandFailed cancels the receipt after the register refused a command.
func (c *call) commandFailed(ctx context.Context, number int, detail string) error {
	kind := notice.RegisterFailed
	switch number {
	case ErrorShiftLong, ErrorShiftOver:
		kind = notice.ShiftOver
	case ErrorShiftClosed:
		kind = notice.ShiftClosed
	}
	if err := c.cancelOpen(ctx); err != nil {
		return err
	}
	return c.tell(ctx, notice.Notice{Kind: kind, Details: []string{detail}})
}

// cancelOpen cancels the receipt in the register; if it cannot be told whether
// that worked, the receipt becomes unknown and is settled by the next call.
func (c *call) cancelOpen(ctx context.Context) error {
	s := c.s
	if err := c.cancelCheck(ctx); err != nil {
		if err := s.write(ctx, record{ReceiptEvent: flow.LoseReply}); err != nil {
			return err
		}
		return c.tell(ctx, notice.Notice{Kind: notice.Interrupted, Details: []string{"the receipt could not be cancelled: " + err.Error()}})
	}
	if err := s.write(ctx, record{ReceiptEvent: flow.Stop}); err != nil {
		return err
	}
	c.unhold(ctx)
	return nil
}

// cancelCheck sends the cancel, waiting for the printer where it must, and asks
// whether the receipt is gone. A repeated cancel does no harm.
func (c *call) cancelCheck(ctx context.Context) error {
	s := c.s
	for began := time.Now(); ; {
		err := s.register.CancelCheck(ctx)
		state, asked := s.register.State(ctx)
		if asked == nil && state.Mode != ModeReceipt {
			return nil
		}
		switch {
		case err == nil && asked != nil:
			return asked
		case err == nil:
			err = fmt.Errorf("the receipt is still open")
		case temporary(ErrorNumber(err)):
			if ErrorNumber(err) == ErrorContinuePrint {
				_ = s.register.ContinuePrint(ctx)
			}
		default:
			return err
		}
		if time.Since(began) > s.opt.PrintLimit || !wait(ctx, s.opt.Poll) {
			return err
		}
	}
}
