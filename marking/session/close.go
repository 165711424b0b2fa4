package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// maxPrints is how often one call of Close begins to print: after a fault the
// receipt is cancelled and printed anew once.
const maxPrints = 2

// CloseReceipt makes the receipt: what is missing in the register is checked and saved
// again, the reservations are held, and the commands of the receipt run. The
// receipt is sold if the result's state is then flow.Closed. If it is
// flow.Collecting, nothing was sold and the notices say why; if it is
// flow.UnknownReceipt, the register must be asked again (CloseReceipt or Resume does)
// or the cashier decides ([Session.DecideSold]).
func (s *Session) CloseReceipt(ctx context.Context, p Payment) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if s.st.resumed {
		return Result{}, s.fail(CodeResume, nil)
	}
	c := s.call()
	c.anew = true
	if err := c.settleReceipt(ctx); err != nil {
		return c.result(), err
	}
	if s.st.receipt != flow.Collecting {
		if len(c.res.Notices) > 0 {
			return c.result(), nil
		}
		_, err := s.st.receipt.On(flow.Print)
		return c.result(), s.fail(CodeEvent, err)
	}
	err := c.close(ctx, p)
	return c.result(), err
}

func (c *call) close(ctx context.Context, p Payment) error {
	s := c.s
	if err := c.settleItems(ctx); err != nil {
		return err
	}
	if err := c.pending(); err != nil {
		return err
	}
	if c.stopped() {
		return nil
	}
	sold := false
	for _, it := range s.st.items {
		sold = sold || it.state.InReceipt()
	}
	if !sold {
		return s.fail(CodeEmpty, nil)
	}
	if r, _ := s.receipt(p); r.Validate() != nil {
		return s.fail(CodeReceipt, r.Validate())
	}
	if err := c.checkAgain(ctx, false); err != nil || c.stopped() {
		return err
	}
	if err := c.freshen(ctx); err != nil || c.stopped() {
		return err
	}
	release, err := c.lease(ctx)
	if err != nil {
		return c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{err.Error()}})
	}
	defer release()
	c.closing = true
	for try := 1; ; try++ {
		ok, err := c.prepare(ctx)
		if err == nil && ok {
			ok, err = c.hold(ctx)
		}
		if err != nil || !ok {
			return err
		}
		if err := c.print(ctx, p); err != nil {
			return err
		}
		if s.st.receipt != flow.Collecting || c.stopped() || ctx.Err() != nil {
			break
		}
		if try == maxPrints {
			if err := c.tell(ctx, notice.Notice{Kind: notice.NotPrinted}); err != nil {
				return err
			}
			break
		}
	}
	return c.over(ctx)
}

// over does what follows the end of a receipt.
func (c *call) over(ctx context.Context) error {
	s := c.s
	if !s.st.receipt.Done() {
		return nil
	}
	if err := c.discharge(ctx); err != nil {
		return err
	}
	return s.turnPage(ctx)
}

// stopped says whether this call has told of something that keeps the receipt
// from being printed.
func (c *call) stopped() bool {
	for _, n := range c.res.Notices {
		switch n.Severity() {
		case notice.Refusal, notice.Question, notice.Unsure:
			if n.Kind != notice.Limit || n.Item == 0 || !c.s.st.find(n.Item).entered {
				return true
			}
		}
	}
	return false
}

// freshen asks the permit check again where its answer is too old for the
// receipt (M66).
func (c *call) freshen(ctx context.Context) error {
	s := c.s
	for _, it := range s.st.items {
		if !it.state.InReceipt() || !it.marked() || !s.required(it) || !it.verdict.Stale(s.opt.Now()) {
			continue
		}
		c.touch(it)
		s.progress("permit", it.number)
		v := s.opt.Permit.Check(ctx, s.query(it))
		v.Raw = nil
		d := flow.Decide(flow.Find(it.answer), v.Outcome, v.Local)
		if err := s.write(ctx, record{Item: it.number, Verdict: &v, Decision: &d}); err != nil {
			return err
		}
		if d.Sell {
			continue
		}
		if err := c.end(ctx, it, flow.Forbid, c.forbidden(it)); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the leased register ready for the receipt: no other receipt is
// open, the shift is, and every mark's result is saved (M54, M55, M57).
func (c *call) prepare(ctx context.Context) (bool, error) {
	s := c.s
	if ok, err := c.free(ctx); err != nil || !ok {
		return false, err
	}
	marked := false
	for _, it := range s.st.items {
		marked = marked || it.marked() && it.state.InReceipt()
	}
	if !marked {
		return true, nil
	}
	ws, err := s.register.MarkingCodeWorkStatus(ctx)
	if err != nil {
		return false, c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{err.Error()}})
	}
	if s.opt.Shared && ws.Saved > 0 {
		// Under this lease nobody else's results are of any use.
		_ = s.register.ClearMarkingCodes(ctx)
		if ws, err = s.register.MarkingCodeWorkStatus(ctx); err != nil {
			return false, c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Details: []string{err.Error()}})
		}
	}
	if s.opt.Shared && (ws.Saved == 0 || ws.Saved < len(s.st.known)) {
		if err := s.write(ctx, record{Saved: new(ws.Saved), Gone: true}); err != nil {
			return false, err
		}
	}
	if err := c.counted(ctx, ws); err != nil {
		return false, err
	}
	again := 0
	// A result can be lost while others are saved: until all are there.
	for round := 0; ; round++ {
		missing := false
		for _, it := range s.st.items {
			if it.state != flow.Ready || !it.marked() {
				continue
			}
			missing = true
			c.touch(it)
			again++
			told := len(c.res.Notices)
			if err := c.save(ctx, it); err != nil {
				return false, err
			}
			if it.state == flow.Saved {
				continue
			}
			if !slices.ContainsFunc(c.res.Notices[told:], func(n notice.Notice) bool { return n.Severity() > notice.Warning }) {
				// Nothing was told that explains it.
				return false, c.tell(ctx, notice.Notice{Kind: notice.RegisterFailed, Item: it.number, Details: []string{"item " + it.state.String()}})
			}
			return false, nil
		}
		if !missing {
			break
		}
		if round == maxTries {
			return false, c.tell(ctx, notice.Notice{Kind: notice.RegisterFailed, Details: []string{"the register loses results again and again"}})
		}
	}
	if again > 0 && !s.opt.Shared {
		return true, c.tell(ctx, notice.Notice{Kind: notice.Rechecked, Details: []string{fmt.Sprintf("%d marks were checked again", again)}})
	}
	return true, nil
}

// free waits until no receipt is open on the register and looks at the shift.
func (c *call) free(ctx context.Context) (bool, error) {
	s := c.s
	for waited := s.opt.Poll * 0; ; waited += s.opt.Poll {
		state, ok, err := c.ready(ctx)
		if err != nil || !ok {
			return false, err
		}
		switch state.Mode {
		case ModeShiftClosed:
			return false, c.tell(ctx, notice.Notice{Kind: notice.ShiftClosed})
		case ModeShiftOver:
			return false, c.tell(ctx, notice.Notice{Kind: notice.ShiftOver})
		case ModeReceipt:
			if waited < s.opt.BusyLimit && wait(ctx, s.opt.Poll) {
				continue
			}
			return false, c.tell(ctx, notice.Notice{Kind: notice.RegisterBusy, Details: []string{"mode 8: a receipt is open"}})
		}
		return true, nil
	}
}

// hold verifies the fencing tokens and makes the reservations last, just before
// the first receipt command (M41).
func (c *call) hold(ctx context.Context) (bool, error) {
	s := c.s
	if s.opt.Guard == nil {
		return true, nil
	}
	for _, it := range s.st.items {
		if it.reservation != nil || !it.marked() || !it.state.InReceipt() || s.status(it).Measured() {
			continue
		}
		// The guard was away when it was scanned.
		res, kind, details := c.ask(ctx, it)
		switch kind {
		case notice.None:
			if err := s.write(ctx, record{Item: it.number, Reservation: res}); err != nil {
				return false, err
			}
		case notice.Elsewhere:
			return false, c.end(ctx, it, flow.Forbid, notice.Notice{Kind: kind, Details: details})
		default:
			if err := c.tell(ctx, notice.Notice{Kind: kind, Item: it.number, Details: details}); err != nil || kind != notice.GuardAway {
				return false, err
			}
		}
	}
	list := s.st.reservations(false)
	if len(list) == 0 {
		return true, nil
	}
	s.progress("hold", 0)
	s.keeper.hold(true)
	err := s.opt.Guard.Hold(ctx, list)
	if err == nil {
		return true, nil
	}
	if lost, ok := errors.AsType[*guard.LostError](err); ok {
		s.keeper.hold(false)
		for _, it := range s.st.items {
			if it.reservation == nil || !it.state.InReceipt() || !slices.Contains(lost.Identities, it.identity()) {
				continue
			}
			c.touch(it)
			if err := c.end(ctx, it, flow.Forbid, notice.Notice{Kind: notice.GuardLost, Details: []string{err.Error()}}); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	n := notice.Notice{Kind: notice.GuardAway, Details: []string{err.Error()}}
	if s.opt.GuardAway == GuardSell {
		return true, c.tell(ctx, n)
	}
	s.keeper.hold(false)
	n.Kind = notice.GuardForbids
	return false, c.tell(ctx, n)
}

// unhold lets reservations expire again after a receipt that was not printed.
func (c *call) unhold(ctx context.Context) {
	s := c.s
	list := s.st.reservations(false)
	if s.opt.Guard == nil || len(list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
	defer cancel()
	s.keeper.hold(false)
	if err := s.opt.Guard.Renew(ctx, list); err != nil {
		// They stay held; the keeper tries again, the next closing verifies them.
		s.log.LogAttrs(ctx, slog.LevelWarn, "reservations stay held", slog.String("error", err.Error()))
	}
}

// maxDuties is how many closed receipts may wait to be told to a guard or a
// log of sales that is away; the oldest are given up beyond it.
const maxDuties = 4096

// discharge tells the guard and the log of sales of receipts that are over. What
// fails is tried again with the next receipt or Resume; the sale is done.
func (c *call) discharge(ctx context.Context) error {
	s := c.s
	s.keeper.hold(false)
	for i := len(s.st.duties); i > maxDuties; i-- {
		d := s.st.duties[0]
		s.log.LogAttrs(ctx, slog.LevelError, "given up to tell of a receipt", slog.String("receipt", d.Receipt))
		if err := s.write(ctx, record{DutyDone: d.Receipt}); err != nil {
			return err
		}
	}
	for _, d := range append([]duty(nil), s.st.duties...) {
		if err := s.tellOthers(ctx, d); err != nil {
			s.log.LogAttrs(ctx, slog.LevelWarn, "a receipt is still to be told of", slog.String("receipt", d.Receipt), slog.String("error", err.Error()))
			return nil
		}
		if err := s.write(ctx, record{DutyDone: d.Receipt}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) tellOthers(ctx context.Context, d duty) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
	defer cancel()
	if s.opt.Guard != nil && len(d.Confirm) > 0 {
		if err := s.opt.Guard.Confirm(ctx, d.Confirm); err != nil {
			return err
		}
	}
	if s.opt.Guard != nil && len(d.Release) > 0 {
		if err := s.opt.Guard.Release(ctx, d.Release); err != nil {
			return err
		}
	}
	if s.opt.Sold == nil || len(d.Sales) == 0 {
		return nil
	}
	var list []Sale
	for _, r := range d.Sales {
		code, err := readMark(r.Goods.Mark, "", s.opt.Marking)
		if err != nil {
			return err
		}
		list = append(list, Sale{Mark: code, Goods: r.Goods, Return: r.Return, At: d.At})
	}
	return s.opt.Sold(ctx, list)
}

// closed writes that the receipt is sold, with what others are to be told.
func (c *call) closed(ctx context.Context, doc *Document) error {
	s := c.s
	d := duty{Receipt: s.st.id, At: s.opt.Now()}
	for _, it := range s.st.items {
		if !it.marked() {
			continue
		}
		switch {
		case it.state.InReceipt():
			if it.reservation != nil {
				d.Confirm = append(d.Confirm, *it.reservation)
			}
			if s.opt.Sold != nil {
				d.Sales = append(d.Sales, saleRecord{Goods: it.goods, Return: s.st.back})
			}
		case it.reservation != nil:
			d.Release = append(d.Release, *it.reservation)
		}
	}
	r := record{ReceiptEvent: flow.CloseDone, Document: doc}
	if len(d.Confirm)+len(d.Release)+len(d.Sales) > 0 {
		r.Duty = &d
	}
	return s.write(ctx, r)
}
