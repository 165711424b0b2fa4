package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// maxTries is how often one item is checked anew within one call after the
// register has lost what it had; more means that something is wrong.
const maxTries = 4

// examine takes an item from its check to its saved result: check, permit,
// accept, count, with the register leased as long as a result could be lost to
// another till (M57). At its end the item is Saved or Ready, Held, Refused, or
// Unknown.
func (c *call) examine(ctx context.Context, it *item) error {
	s := c.s
	release, err := c.lease(ctx)
	if err != nil {
		return c.unsent(ctx, it, err)
	}
	defer release()
	if s.opt.Shared {
		// The scan only checks; accept and count follow when the receipt closes.
		if ok, err := c.check(ctx, it); err != nil || !ok {
			return err
		}
		release()
		if ok, err := c.permit(ctx, it); err != nil || !ok {
			return err
		}
		if err := s.step(ctx, it, flow.Keep, record{}); err != nil {
			return err
		}
		return c.decided(ctx, it)
	}
	return c.save(ctx, it)
}

// save runs check, permit, accept and count on a leased register.
func (c *call) save(ctx context.Context, it *item) error {
	for try := 0; ; try++ {
		if try == maxTries {
			return c.giveUp(ctx, it)
		}
		if ok, err := c.count(ctx, it); err != nil || !ok {
			return err
		}
		if ok, err := c.check(ctx, it); err != nil || !ok {
			return err
		}
		if ok, err := c.permit(ctx, it); err != nil || !ok {
			return err
		}
		switch again, err := c.accept(ctx, it); {
		case err != nil:
			return err
		case again:
			continue
		}
		return nil
	}
}

// giveUp ends an item that the register keeps losing.
func (c *call) giveUp(ctx context.Context, it *item) error {
	n := notice.Notice{Kind: notice.RegisterFailed, Details: []string{"the register loses the check again and again"}}
	switch it.state {
	case flow.Accepting, flow.Checking:
		e := flow.Failed
		if it.entered {
			e = flow.Postponed
		}
		return c.end(ctx, it, e, n)
	}
	n.Item = it.number
	return c.tell(ctx, n)
}

// decided tells what goes with an item that is sold: its matrix cell's notice.
func (c *call) decided(ctx context.Context, it *item) error {
	if it.decision.Notice == notice.None {
		return nil
	}
	return c.tell(ctx, notice.Notice{Kind: it.decision.Notice, Item: it.number, Details: c.details(it)})
}

// count reads the number of saved results before a check. What a power loss or
// another program's close has taken is marked as gone (M49, M55).
func (c *call) count(ctx context.Context, it *item) (bool, error) {
	s := c.s
	ws, err := s.register.MarkingCodeWorkStatus(ctx)
	if err != nil {
		return false, c.unsent(ctx, it, err)
	}
	if err := c.counted(ctx, ws); err != nil {
		return false, err
	}
	if s.st.saved < MaxSaved {
		return true, nil
	}
	n := notice.Notice{Kind: notice.Limit, Item: it.number}
	if it.state == flow.Normalised {
		return false, c.end(ctx, it, flow.LimitReached, n)
	}
	return false, c.tell(ctx, n)
}

// counted takes over a count that was read while no accept of ours is open.
func (c *call) counted(ctx context.Context, ws WorkStatus) error {
	s := c.s
	r := record{}
	switch {
	case !s.st.counted && ws.Saved > len(s.st.known):
		// More than we know of: an aborted receipt has left them, or other tills.
		r.Saved = new(ws.Saved)
		if !s.opt.Shared {
			n := notice.Notice{Kind: notice.Leftovers, Details: []string{fmt.Sprintf("%d saved results", ws.Saved)}}
			if err := s.write(ctx, r); err != nil {
				return err
			}
			if err := c.tellOnce(ctx, n); err != nil {
				return err
			}
			return c.watch(ctx, ws)
		}
	case ws.Saved < len(s.st.known) || ws.Saved < s.st.saved:
		r.Saved, r.Gone = new(ws.Saved), true
	case !s.st.counted || ws.Saved != s.st.saved:
		r.Saved = new(ws.Saved)
	}
	if r.Saved != nil {
		if err := s.write(ctx, r); err != nil {
			return err
		}
	}
	return c.watch(ctx, ws)
}

// check sends the check, once more where the source says so (M54, M58).
func (c *call) check(ctx context.Context, it *item) (bool, error) {
	s := c.s
	declined := false
	var busy time.Duration
	for {
		if it.state != flow.Checking {
			if err := s.step(ctx, it, flow.SendCheck, record{}); err != nil {
				return false, err
			}
		}
		s.progress("check", it.number)
		answer, err := s.register.CheckItemBarcode(ctx, s.checkOf(it))
		if err == nil {
			return c.checked(ctx, it, answer)
		}
		switch number := ErrorNumber(err); number {
		case 0:
			if safe(err) {
				return false, c.unsent(ctx, it, err)
			}
			return false, c.lost(ctx, it, err)
		case ErrorMode, ErrorShiftClosed, ErrorShiftLong, ErrorShiftOver:
			again, err := c.mode(ctx, it, number, &busy)
			if err != nil || !again {
				return false, err
			}
		case ErrorSequence:
			if declined {
				return false, c.registerFailed(ctx, it, err)
			}
			declined = true
			if err := s.register.DeclineMarkingCode(ctx); err != nil && ErrorNumber(err) == 0 && !safe(err) {
				return false, c.lost(ctx, it, err)
			}
		case ErrorMarkingFull:
			return false, c.refusedOrKept(ctx, it, flow.LimitReached, notice.Notice{Kind: notice.Limit})
		case ErrorMarkingBlocked:
			return false, c.end(ctx, it, flow.Failed, notice.Notice{Kind: notice.MarkingBlocked, Details: []string{err.Error()}})
		case ErrorNotRecognised:
			return false, c.notRecognised(ctx, it, flow.FoundRejected, err)
		default:
			return false, c.registerFailed(ctx, it, err)
		}
	}
}

// refusedOrKept refuses a new item; one that is in the receipt already stays in
// it, and only the closing stops.
func (c *call) refusedOrKept(ctx context.Context, it *item, e flow.ItemEvent, n notice.Notice) error {
	if it.entered {
		e = flow.Postponed
	}
	return c.end(ctx, it, e, n)
}

// registerFailed refuses an item for an error number that nothing else is known of.
func (c *call) registerFailed(ctx context.Context, it *item, err error) error {
	return c.refusedOrKept(ctx, it, flow.Failed, notice.Notice{Kind: notice.RegisterFailed, Details: []string{err.Error()}})
}

// mode asks why the register does not check now (M54). again is true when it
// may be sent once more.
func (c *call) mode(ctx context.Context, it *item, number int, busy *time.Duration) (again bool, err error) {
	s := c.s
	kind := notice.ShiftClosed
	if number == ErrorShiftLong || number == ErrorShiftOver {
		kind = notice.ShiftOver
	} else {
		state, err := s.register.State(ctx)
		if err != nil {
			return false, c.unsent(ctx, it, err)
		}
		switch state.Mode {
		case ModeShiftClosed:
		case ModeShiftOver:
			kind = notice.ShiftOver
		case ModeReceipt:
			if *busy < s.opt.BusyLimit {
				*busy += s.opt.Poll
				wait(ctx, s.opt.Poll) // a caller that gave up makes the next command fail unsent
				return true, nil
			}
			return false, c.refusedOrKept(ctx, it, flow.Failed, notice.Notice{Kind: notice.RegisterBusy, Details: []string{"mode 8: a receipt is open"}})
		default:
			return false, c.refusedOrKept(ctx, it, flow.Failed, notice.Notice{Kind: notice.RegisterFailed,
				Details: []string{fmt.Sprintf("error %d in mode %d", number, state.Mode)}})
		}
	}
	if it.entered {
		return false, c.end(ctx, it, flow.Postponed, notice.Notice{Kind: kind})
	}
	return false, c.end(ctx, it, flow.ShiftWanted, notice.Notice{Kind: kind})
}

// wait sleeps; false if ctx ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// safe says that the register cannot have run the command.
func safe(err error) bool {
	for err != nil {
		if e, ok := err.(interface{ SafeToRetry() bool }); ok {
			return e.SafeToRetry()
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

// unsent ends an item whose command did not reach the register. A new item is
// refused, one in the receipt stays in it.
func (c *call) unsent(ctx context.Context, it *item, err error) error {
	n := notice.Notice{Kind: notice.Unreachable, Item: it.number, Details: []string{err.Error()}}
	if !safe(err) && ErrorNumber(err) != 0 {
		n.Kind = notice.RegisterFailed
	}
	switch it.state {
	case flow.Normalised:
		if err := c.s.step(ctx, it, flow.SendCheck, record{}); err != nil {
			return err
		}
		fallthrough
	case flow.Checking, flow.Accepting:
		return c.refusedOrKept(ctx, it, flow.NotSent, n)
	}
	return c.tell(ctx, n)
}

// lost notes that a reply is missing (M52). The register is asked at once, and
// if it does not answer either, before anything else is done.
func (c *call) lost(ctx context.Context, it *item, err error) error {
	if err := c.s.step(ctx, it, flow.Lost, record{}); err != nil {
		return err
	}
	if ctx.Err() == nil {
		if err := c.settleItem(ctx, it); err != nil || it.state != flow.Unknown {
			return err
		}
	}
	return c.tell(ctx, notice.Notice{Kind: notice.Interrupted, Item: it.number, Details: []string{err.Error()}})
}

// checked draws the register's part of the decision from its answer.
func (c *call) checked(ctx context.Context, it *item, answer marking.Answer) (bool, error) {
	s := c.s
	found := flow.Find(answer)
	r := record{Answer: &answer}
	switch found {
	case flow.FoundPositive, flow.FoundNoVerdict:
		return true, s.step(ctx, it, flow.Passed, r)
	case flow.FoundUnidentified, flow.FoundGS1:
		if err := s.write(ctx, record{Item: it.number, Answer: &answer}); err != nil {
			return false, err
		}
		return false, c.notRecognised(ctx, it, found, nil)
	}
	d := flow.Decide(found, permit.OutcomeUnset, permit.LocalUnset)
	r.Decision = &d
	if err := s.write(ctx, record{Item: it.number, Answer: &answer, Decision: &d}); err != nil {
		return false, err
	}
	return false, c.end(ctx, it, flow.Failed, notice.Notice{Kind: d.Notice, Details: c.details(it)})
}

// notRecognised refuses a code that the register does not take for one, with
// every cause that can be computed (M42, M43).
func (c *call) notRecognised(ctx context.Context, it *item, found flow.Finding, err error) error {
	s := c.s
	d := flow.Decide(found, permit.OutcomeUnset, permit.LocalUnset)
	n := notice.Notice{Kind: d.Notice}
	if err != nil {
		n.Details = append(n.Details, err.Error())
	} else {
		n.Details = append(n.Details, "type "+it.answer.Type.String())
	}
	sent := string(s.sent(it))
	for _, cause := range marking.Diagnose(sent) {
		n.Details = append(n.Details, cause.Code()+": "+cause.Message("en"))
	}
	if s.st.known[it.identity()] {
		n.Details = append(n.Details, marking.CauseDuplicate.Code()+": "+marking.CauseDuplicate.Message("en"))
	}
	if marking.Predict(sent).Good() {
		n.Details = append(n.Details, "the code looks sound, so a damaged code or a setting of the register is likelier")
	}
	if err := s.write(ctx, record{Item: it.number, Decision: &d}); err != nil {
		return err
	}
	return c.end(ctx, it, flow.Failed, n)
}

// details are the lines for support behind a decision.
func (c *call) details(it *item) []string {
	var list []string
	if it.answered {
		list = append(list, fmt.Sprintf("MarkingType2 %s, KMServerErrorCode %s, KMServerCheckingStatus %s, CheckItemLocalError %s, CheckItemLocalResult %s",
			it.answer.Type, it.answer.Server, it.answer.Status, it.answer.LocalError, it.answer.LocalResult))
	}
	if it.verdict.Outcome != permit.OutcomeUnset {
		list = append(list, "permit check: "+it.verdict.String())
	}
	for w := range it.code.Warnings() {
		list = append(list, w.Code()+": "+w.Message("en"))
	}
	return list
}

// permit asks the permit check, where it is required, and finds the cell of the
// matrix (M46, M47).
func (c *call) permit(ctx context.Context, it *item) (bool, error) {
	s := c.s
	v := it.verdict
	if v.Outcome == permit.OutcomeUnset || v.Stale(s.opt.Now()) {
		if v = (permit.Verdict{Outcome: permit.OutcomeNotRequired}); s.required(it) {
			s.progress("permit", it.number)
			v = s.opt.Permit.Check(ctx, s.query(it))
		}
	}
	v.Raw = nil // whole marks, and long
	d := flow.Decide(flow.Find(it.answer), v.Outcome, v.Local)
	r := record{Verdict: &v, Decision: &d}
	if d.Sell {
		return true, s.step(ctx, it, flow.Permit, r)
	}
	r.Item = it.number
	if err := s.write(ctx, r); err != nil {
		return false, err
	}
	return false, c.end(ctx, it, flow.Forbid, c.forbidden(it))
}

// forbidden is the notice for goods that may not be sold.
func (c *call) forbidden(it *item) notice.Notice {
	n := notice.Notice{Kind: it.decision.Notice, Item: it.number, Details: c.details(it)}
	if n.Kind == notice.PermitRefused && it.verdict.Refusal != nil {
		n.Own = notice.Text{RU: it.verdict.Refusal.Message("ru"), EN: it.verdict.Refusal.Message("en")}
		n.Details = append(n.Details, it.verdict.Refusal.Code())
	}
	return n
}

// required says whether the goods need a permit check (M76: returns do not).
func (s *Session) required(it *item) bool {
	return s.opt.Permit != nil && (!s.st.back || s.opt.CheckReturns) && (s.opt.Exempt == nil || !s.opt.Exempt(it.goods))
}

// accept saves the result and reads the count: whether it grew is the only
// proof (M49). again is true when the check is to be run anew.
func (c *call) accept(ctx context.Context, it *item) (again bool, err error) {
	s := c.s
	if err := s.step(ctx, it, flow.SendAccept, record{}); err != nil {
		return false, err
	}
	if s.opt.Shared {
		// A gateway keeps other tills out from the check on: only a count read
		// after it is one that the accept must make grow (M57).
		ws, err := s.register.MarkingCodeWorkStatus(ctx)
		if err != nil {
			return false, c.unsent(ctx, it, err)
		}
		if err := c.counted(ctx, ws); err != nil {
			return false, err
		}
	}
	s.progress("accept", it.number)
	if _, err := s.register.AcceptMarkingCode(ctx); err != nil {
		switch number := ErrorNumber(err); {
		case number == 0 && safe(err):
			return false, c.unsent(ctx, it, err)
		case number == 0:
			return false, c.lost(ctx, it, err)
		case number == ErrorSequence:
			return true, nil // the check is gone: the register lost its power
		case number == ErrorMarkingFull:
			return false, c.refusedOrKept(ctx, it, flow.LimitReached, notice.Notice{Kind: notice.Limit})
		case number == ErrorNotRecognised:
			return false, c.notSaved(ctx, it, err.Error())
		}
		return false, c.registerFailed(ctx, it, err)
	}
	s.progress("count", it.number)
	ws, err := s.register.MarkingCodeWorkStatus(ctx)
	if err != nil {
		return false, c.lost(ctx, it, err)
	}
	return c.grown(ctx, it, ws)
}

// grown judges the count after an accept.
func (c *call) grown(ctx context.Context, it *item, ws WorkStatus) (again bool, err error) {
	s := c.s
	switch grew := ws.Saved - s.st.saved; {
	case grew == 1, grew == 0 && s.st.known[it.identity()]:
		return false, c.saved(ctx, it, ws)
	case grew < 0:
		// All results are gone, this one with them or not: begin anew.
		return true, s.write(ctx, record{Saved: new(ws.Saved), Gone: true})
	case grew == 0:
		if err := c.notSaved(ctx, it, fmt.Sprintf("the count stays %d", ws.Saved)); err != nil {
			return false, err
		}
		return false, c.watch(ctx, ws)
	default:
		if err := s.write(ctx, record{Saved: new(ws.Saved)}); err != nil {
			return false, err
		}
		return false, c.notSaved(ctx, it, fmt.Sprintf("the count grew by %d: another program uses the register", grew))
	}
}

// saved takes an item in whose result is among the saved ones: the 128th is
// sold and says that it is the last (M50).
func (c *call) saved(ctx context.Context, it *item, ws WorkStatus) error {
	s := c.s
	first := !it.entered
	if err := s.step(ctx, it, flow.Counted, record{Saved: new(ws.Saved)}); err != nil {
		return err
	}
	if first {
		if err := c.decided(ctx, it); err != nil {
			return err
		}
		if ws.Saved >= MaxSaved {
			if err := c.tell(ctx, notice.Notice{Kind: notice.Limit, Item: it.number}); err != nil {
				return err
			}
		}
	}
	return c.watch(ctx, ws)
}

// notSaved refuses an item whose result the storage did not keep.
func (c *call) notSaved(ctx context.Context, it *item, detail string) error {
	n := notice.Notice{Kind: notice.NotSaved, Details: []string{detail, marking.CauseStorageFault.Code() + ": " + marking.CauseStorageFault.Message("en")}}
	return c.end(ctx, it, flow.NotCounted, n)
}

// settleItems asks the register about items whose reply was lost, in this
// program or in the one before (M52).
func (c *call) settleItems(ctx context.Context) error {
	s := c.s
	for _, it := range slices.Clone(s.st.items) {
		if !it.state.InReceipt() {
			if err := c.release(ctx, it); err != nil {
				return err
			}
		}
		switch it.state {
		case flow.Checking, flow.Accepting, flow.Checked, flow.Permitted:
			if err := s.step(ctx, it, flow.Lost, record{}); err != nil {
				return err
			}
		case flow.Normalised:
			// Nothing was sent for it.
			c.touch(it)
			if err := c.admit(ctx, it); err != nil {
				return err
			}
			continue
		}
		if it.state != flow.Unknown {
			continue
		}
		c.touch(it)
		if err := c.settleLeasedItem(ctx, it); err != nil {
			return err
		}
		if it.state == flow.Unknown {
			return c.tellOnce(ctx, notice.Notice{Kind: notice.Interrupted, Item: it.number})
		}
	}
	return nil
}

func (c *call) settleLeasedItem(ctx context.Context, it *item) error {
	release, err := c.lease(ctx)
	if err != nil {
		return c.tell(ctx, notice.Notice{Kind: notice.Unreachable, Item: it.number, Details: []string{err.Error()}})
	}
	defer release()
	return c.settleItem(ctx, it)
}

// settleItem finds out what became of a lost command, on a leased register. If
// nothing was saved, the item is checked anew: a check alone changes nothing.
func (c *call) settleItem(ctx context.Context, it *item) error {
	s := c.s
	if c.tries++; c.tries > maxTries {
		return nil // stays unknown; the next call asks again
	}
	s.progress("ask", it.number)
	ws, err := s.register.MarkingCodeWorkStatus(ctx)
	if err != nil {
		return nil
	}
	// On a shared register only a count under this call's own lease tells.
	ours := !s.opt.Shared || c.closing
	switch grew := ws.Saved - s.st.saved; {
	case it.intent == flow.SendAccept && grew == 1 && ours:
		return c.saved(ctx, it, ws)
	case it.intent == flow.SendAccept && grew > 1 && ours:
		if err := s.write(ctx, record{Saved: new(ws.Saved)}); err != nil {
			return err
		}
		return c.notSaved(ctx, it, fmt.Sprintf("the count grew by %d while a reply was lost", grew))
	case grew < 0:
		if err := s.write(ctx, record{Saved: new(ws.Saved), Gone: true}); err != nil {
			return err
		}
	case grew > 0 && !s.opt.Shared:
		if err := s.write(ctx, record{Saved: new(ws.Saved)}); err != nil {
			return err
		}
	}
	if s.opt.Shared && !c.closing {
		return c.examine(ctx, it)
	}
	return c.save(ctx, it)
}
