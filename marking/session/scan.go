package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// BeginReturn begins a receipt for goods that come back (M76). A receipt of a
// sale begins by itself with its first item.
func (s *Session) BeginReturn(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if s.st.receipt != 0 && !s.st.receipt.Done() {
		_, err := s.st.receipt.On(flow.Begin)
		return s.fail(CodeEvent, err)
	}
	return s.begin(ctx, true)
}

func (s *Session) begin(ctx context.Context, back bool) error {
	return s.write(ctx, record{Receipt: s.opt.NewID(), ReceiptEvent: flow.Begin, Return: back})
}

// open makes sure that items can come and go.
func (s *Session) open(ctx context.Context) error {
	switch {
	case s.st.resumed:
		return s.fail(CodeResume, nil)
	case s.st.receipt == 0 || s.st.receipt.Done():
		return s.begin(ctx, false)
	}
	if _, err := s.st.receipt.On(flow.Change); err != nil {
		return s.fail(CodeEvent, err)
	}
	return nil
}

// Scan takes goods with a mark: scan is what the scanner delivered. The code is
// read, compared with the receipt, checked by the register and by the permit
// check, and its result is saved in the fiscal storage. The item is sold with
// the receipt if its state is then flow.Saved, or flow.Ready on a shared
// register; the notices are what the cashier is to see.
//
// What the register, the permit check or the guard refuse is no error. An error
// is an [*Error]: the call does not fit, or the journal failed.
func (s *Session) Scan(ctx context.Context, scan string, goods Goods) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if err := s.open(ctx); err != nil {
		return Result{}, err
	}
	c := s.call()
	err := c.scan(ctx, scan, goods)
	return c.result(), err
}

// Add takes goods without a mark.
func (s *Session) Add(ctx context.Context, goods Goods) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if err := s.open(ctx); err != nil {
		return Result{}, err
	}
	c := s.call()
	_, err := c.enterItem(ctx, flow.Unmarked, goods, marking.Code{})
	return c.result(), err
}

// enterItem writes the first record of an item.
func (c *call) enterItem(ctx context.Context, e flow.ItemEvent, goods Goods, code marking.Code) (*item, error) {
	s := c.s
	goods.Mark = receipt.Mark(code.Text())
	r := record{Item: len(s.st.items) + 1, ItemEvent: e, Goods: &goods}
	if goods.Mark != "" {
		if code.Original() != code.Text() {
			r.Scan = marking.EncodeHex(code.Original())
		}
	}
	if err := s.write(ctx, r); err != nil {
		return nil, err
	}
	it := s.st.items[len(s.st.items)-1]
	c.touch(it)
	return it, nil
}

func (c *call) scan(ctx context.Context, scan string, goods Goods) error {
	s := c.s
	if err := c.settleItems(ctx); err != nil {
		return err
	}
	if err := c.pending(); err != nil {
		return err
	}
	s.progress("read", len(s.st.items)+1)
	code, err := marking.Read(scan, s.opt.Marking)
	if err != nil || !code.Kind().IsMark() && code.Kind() != marking.KindGS1 {
		return c.unreadable(ctx, scan, goods, code, err)
	}
	for _, it := range s.st.items {
		if it.state == flow.Removed && it.identity() == code.Identity() {
			return c.rescan(ctx, it, goods)
		}
	}
	it, err := c.enterItem(ctx, flow.Read, goods, code)
	if err != nil {
		return err
	}
	return c.admit(ctx, it)
}

// admit lets an item that was read go to its check, unless it is in the receipt
// already, the storage is full, or the guard is against it (M41, M50).
func (c *call) admit(ctx context.Context, it *item) error {
	s := c.s
	for _, other := range s.st.items {
		if other != it && other.marked() && other.state.InReceipt() && other.identity() == it.identity() {
			return c.end(ctx, it, flow.Duplicate, notice.Notice{Kind: notice.Duplicate})
		}
	}
	if s.full() {
		return c.end(ctx, it, flow.LimitReached, notice.Notice{Kind: notice.Limit})
	}
	if it.reservation == nil {
		if ok, err := c.reserve(ctx, it); err != nil || !ok {
			return err
		}
	}
	return c.examine(ctx, it)
}

// full says that the storage keeps no further result. On a shared register only
// the count at closing can tell.
func (s *Session) full() bool { return !s.opt.Shared && s.st.counted && s.st.saved >= MaxSaved }

// unreadable refuses a scan that is no code a till can sell.
func (c *call) unreadable(ctx context.Context, scan string, goods Goods, code marking.Code, err error) error {
	n := notice.Notice{Kind: notice.NotRecognised}
	if err != nil {
		n.Details = append(n.Details, err.Error())
	} else {
		n.Details = append(n.Details, "kind "+code.Kind().String())
	}
	for _, cause := range marking.Diagnose(scan) {
		n.Details = append(n.Details, cause.Code()+": "+cause.Message("en"))
	}
	it, err := c.enterItem(ctx, flow.Unreadable, goods, marking.Code{})
	if err != nil {
		return err
	}
	n.Item = it.number
	return c.tell(ctx, n)
}

// end writes the last event of an item's way and tells the cashier.
func (c *call) end(ctx context.Context, it *item, e flow.ItemEvent, n notice.Notice) error {
	if err := c.s.step(ctx, it, e, record{}); err != nil {
		return err
	}
	if !it.state.InReceipt() {
		if err := c.release(ctx, it); err != nil {
			return err
		}
	}
	n.Item = it.number
	return c.tell(ctx, n)
}

// rescan puts an item back whose result is still saved: nothing is sent (M51).
func (c *call) rescan(ctx context.Context, it *item, goods Goods) error {
	c.touch(it)
	if ok, err := c.reserveAgain(ctx, it); err != nil || !ok {
		return err
	}
	goods.Mark = it.goods.Mark
	if err := c.s.step(ctx, it, flow.Rescan, record{Goods: &goods}); err != nil {
		return err
	}
	return c.decided(ctx, it)
}

// reserveAgain reserves for an item that was removed; a refusal leaves it so.
func (c *call) reserveAgain(ctx context.Context, it *item) (bool, error) {
	res, kind, details := c.ask(ctx, it)
	if kind != notice.None {
		if err := c.tell(ctx, notice.Notice{Kind: kind, Item: it.number, Details: details}); err != nil {
			return false, err
		}
		if kind != notice.GuardAway {
			return false, nil
		}
	}
	if res != nil {
		return true, c.s.write(ctx, record{Item: it.number, Reservation: res})
	}
	return true, nil
}

// reserve asks the guard for a new item (M41).
func (c *call) reserve(ctx context.Context, it *item) (bool, error) {
	res, kind, details := c.ask(ctx, it)
	switch kind {
	case notice.Elsewhere:
		return false, c.end(ctx, it, flow.Duplicate, notice.Notice{Kind: kind, Details: details})
	case notice.GuardForbids:
		return false, c.end(ctx, it, flow.Unguarded, notice.Notice{Kind: kind, Details: details})
	case notice.GuardAway:
		return true, c.tell(ctx, notice.Notice{Kind: kind, Item: it.number, Details: details})
	}
	if res != nil {
		return true, c.s.write(ctx, record{Item: it.number, Reservation: res})
	}
	return true, nil
}

// ask reserves at the guard. Portions of a pack are not reserved (M41).
func (c *call) ask(ctx context.Context, it *item) (*guard.Reservation, notice.Kind, []string) {
	s := c.s
	if s.opt.Guard == nil || s.status(it).Measured() {
		return nil, notice.None, nil
	}
	s.progress("reserve", it.number)
	res, err := s.opt.Guard.Reserve(ctx, guard.Request{Identity: it.identity(), Owner: s.opt.Till + "/" + s.st.id, Return: s.st.back})
	switch taken, ok := errors.AsType[*guard.TakenError](err); {
	case err == nil:
		return &res, notice.None, nil
	case ok:
		return nil, notice.Elsewhere, []string{taken.Error()}
	case s.opt.GuardAway == GuardSell:
		return nil, notice.GuardAway, []string{err.Error()}
	}
	return nil, notice.GuardForbids, []string{err.Error()}
}

// release gives an item's reservation back. What the guard does not take
// expires by itself.
func (c *call) release(ctx context.Context, it *item) error {
	if it.reservation == nil {
		return nil
	}
	res := *it.reservation
	if err := c.s.write(ctx, record{Item: it.number, Unreserve: true}); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	ctx, cancel := context.WithTimeout(ctx, renewLimit)
	defer cancel()
	if err := c.s.opt.Guard.Release(ctx, []guard.Reservation{res}); err != nil {
		c.s.log.LogAttrs(ctx, slog.LevelWarn, "reservation not released", slog.String("error", err.Error()))
	}
	return nil
}

// Remove takes an item out of the receipt. Its result stays saved in the
// register and counts until the receipt closes; scanned again, nothing is sent
// (M51).
func (s *Session) Remove(ctx context.Context, number int) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if err := s.open(ctx); err != nil {
		return Result{}, err
	}
	it := s.st.find(number)
	if it == nil {
		e := s.fail(CodeItem, nil).(*Error)
		e.path = fmt.Sprintf("item %d", number)
		return Result{}, e
	}
	c := s.call()
	c.touch(it)
	if err := c.settleItems(ctx); err != nil {
		return c.result(), err
	}
	if it.state == flow.Unknown {
		err := c.pending()
		return c.result(), err
	}
	if !it.state.InReceipt() {
		// It was refused, or is out already: while its outcome was asked for, say.
		if len(c.res.Notices) > 0 {
			return c.result(), nil
		}
		_, err := it.state.On(flow.Remove)
		return c.result(), s.fail(CodeEvent, err)
	}
	if err := s.step(ctx, it, flow.Remove, record{}); err != nil {
		return c.result(), err
	}
	err := c.release(ctx, it)
	return c.result(), err
}

// CancelReceipt gives the receipt up: nothing of it is sold, and its reservations are
// released. Results that are saved in the register are cleared where it can do
// that; a receipt whose outcome is not known must be decided first.
func (s *Session) CancelReceipt(ctx context.Context) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if s.st.resumed {
		return Result{}, s.fail(CodeResume, nil)
	}
	c := s.call()
	if err := c.settleReceipt(ctx); err != nil {
		return c.result(), err
	}
	if s.st.receipt.Done() && len(c.res.Notices) > 0 {
		return c.result(), nil // it was sold after all
	}
	if _, err := s.st.receipt.On(flow.Abandon); err != nil {
		return c.result(), s.fail(CodeEvent, err)
	}
	err := c.abandon(ctx)
	return c.result(), err
}

func (c *call) abandon(ctx context.Context) error {
	s := c.s
	d := duty{Receipt: s.st.id, Release: s.st.reservations(true), At: s.opt.Now(), Abandoned: true}
	r := record{ReceiptEvent: flow.Abandon}
	if len(d.Release) > 0 {
		r.Duty = &d
	}
	if err := s.write(ctx, r); err != nil {
		return err
	}
	if err := c.discharge(ctx); err != nil {
		return err
	}
	if !s.opt.Shared && s.st.saved > 0 {
		if err := c.clearSaved(ctx); err != nil {
			return err
		}
	}
	return s.turnPage(ctx)
}
