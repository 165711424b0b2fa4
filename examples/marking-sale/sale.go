package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

const (
	// defaultPatience is how long a register that does not answer is asked again:
	// one that had lost its power is back within seconds.
	defaultPatience = 30 * time.Second
	// reachLimit is how long a register that cannot be reached at all is tried.
	reachLimit = 6 * time.Second
	// settleLimit bounds what is done after Ctrl-C.
	settleLimit = 20 * time.Second
	// interval lies between two questions.
	interval = 500 * time.Millisecond
)

// sale is one receipt on its way.
type sale struct {
	receipt  receipt.Receipt
	journal  *steps
	patience time.Duration
	session  *session.Session
	stdout   io.Writer
	stderr   io.Writer

	current int         // the item of receipt.json that is being scanned, from 1
	items   map[int]int // its number by the session's
	last    string      // the last message of a refusal or a doubt
	untold  error       // why the result is not on stdout
}

// sell sells the receipt (M40 to M59).
func sell(ctx context.Context, s *settings, stdout, stderr io.Writer) int {
	journal, err := openSteps(s.journal)
	switch {
	case errors.Is(err, errBusy):
		fmt.Fprintf(stderr, "marking-sale: %v (%s)\n", err, s.journal)
		fmt.Fprintln(stdout, "refused: this receipt is being sold by another program; wait for it")
		return exitRefused
	case err != nil:
		return explain(stderr, bad("the journal cannot be kept: %v; name another file with -journal", err))
	}
	settled := false
	defer func() {
		if err := journal.close(settled); err != nil {
			fmt.Fprintln(stderr, "marking-sale:", err)
		}
	}()

	link := shtrihm.NewLink(s.dial, nil)
	defer link.Close()
	// A shared register is reached through a gateway that keeps the others out
	// from a check to the end of the receipt.
	reg := register.New(link, &register.Options{Guarded: s.shared})
	t := &sale{receipt: s.receipt, journal: journal, patience: s.patience, stdout: stdout, stderr: stderr, items: map[int]int{}}
	storage, err := t.reach(ctx, reg)
	if err != nil {
		fmt.Fprintf(stderr, "marking-sale: %s: %v\n", s.register, err)
		message := err.Error()
		if m, ok := errors.AsType[interface {
			error
			Message(string) string
		}](err); ok {
			message = m.Message("ru")
		}
		settled = journal.Empty()
		if !settled {
			return t.unknown("the receipt of the run before is not settled yet: " + message)
		}
		return t.refused(message)
	}
	checks, err := s.permits.open(ctx, s.limit, storage, stderr)
	if err != nil {
		settled = journal.Empty()
		return explain(stderr, bad("-permit: %v", err))
	}
	defer checks.close()

	options := session.Options{
		Journal: journal, Till: till(), Shared: s.shared, Notify: t.notify, Progress: t.progress,
	}
	if checks.chain != nil {
		options.Permit = checks.chain
	}
	if checks.sales != nil {
		options.Sold = session.ReportTo(checks.sales)
	}
	if s.guard != nil {
		options.Guard = s.guard
		if err := s.guard.Check(ctx); err != nil {
			fmt.Fprintln(stderr, "marking-sale:", err) // what follows from it is the session's to say
		}
	}
	t.session = session.New(reg, &options)
	defer t.session.Close()

	code, done := t.resume(ctx, s.decide)
	if !done {
		if err := journal.begin(s.receipt); err != nil {
			return explain(stderr, bad("the journal cannot be kept: %v; name another file with -journal", err))
		}
		code = t.sell(ctx)
	}
	checks.tell(ctx, stderr)
	settled = code != exitUnknown
	if t.untold != nil {
		fmt.Fprintf(stderr, "marking-sale: the result above could not be written to the standard output (%v): run the same command again to get it\n", t.untold)
		return code
	}
	if !settled {
		fmt.Fprintf(stderr, "marking-sale: the steps are kept in %s: run the same command again to ask the register, or end it by the paper with -decide sold or -decide not-sold\n", s.journal)
	}
	return code
}

// till names this till to the others.
func till() string {
	name, _ := os.Hostname()
	return cmp.Or(name, "marking-sale")
}

// reach asks the register for the number of its fiscal storage.
func (t *sale) reach(ctx context.Context, reg *register.Register) (string, error) {
	for began := time.Now(); ; {
		last, err := reg.LastDocument(ctx)
		if err == nil || time.Since(began) > min(reachLimit, t.patience) || !wait(ctx, interval) {
			return last.Storage, err
		}
	}
}

// resume settles what a run before has left in the journal; done says that
// nothing is to be sold after it.
func (t *sale) resume(ctx context.Context, decide string) (code int, done bool) {
	before, err := t.session.View(ctx)
	if err != nil {
		return t.failed(err), true
	}
	if _, err := t.session.Resume(ctx); err != nil {
		return t.failed(err), true
	}
	if before.Receipt == flow.Closed && decide == "" {
		// It was sold, but the run before ended before it could say so. Its goods
		// are not in the journal any more.
		if t.journal.of(t.receipt) {
			return t.tellEnd(exitSold), true
		}
		return t.another(), true
	}
	if before.Receipt == 0 || before.Receipt.Done() {
		if decide == "" {
			return 0, false
		}
		return explain(t.stderr, bad("-decide: there is no receipt to decide on; run the command without it")), true
	}
	fmt.Fprintln(t.stderr, "settling the receipt of the run before")
	if decide != "" && t.view().Receipt == flow.UnknownReceipt {
		settle := t.session.DecideNotSold
		if decide == "sold" {
			settle = t.session.DecideSold
		}
		if _, err := settle(ctx); err != nil {
			return t.failed(err), true
		}
	}
	code = t.giveUp(ctx, "")
	switch {
	case code == exitUnknown, code == exitSold && t.same(before):
		return t.tellEnd(code), true
	case code == exitSold:
		return t.another(), true
	}
	return 0, false // nothing of it is sold: begin anew
}

// another tells of the receipt that the journal was of.
func (t *sale) another() int {
	if code := t.tellEnd(exitSold); code != exitSold {
		return code
	}
	return explain(t.stderr, bad("the journal was of another receipt, which is sold now; run the command again to sell this one"))
}

// same says whether the journal is of the receipt in the file.
func (t *sale) same(v session.View) bool {
	var marks, wanted []string
	var sum, total receipt.Money
	for _, it := range v.Items {
		if it.State.InReceipt() || it.State == flow.Sold {
			cost, _ := it.Goods.Cost()
			sum += cost
			marks = append(marks, it.Goods.Name+it.Mark.Identity())
		}
	}
	for _, it := range t.receipt.Items {
		cost, _ := it.Cost()
		total += cost
		wanted = append(wanted, it.Name+identity(it.Mark))
	}
	slices.Sort(marks)
	slices.Sort(wanted)
	return sum == total && slices.Equal(marks, wanted)
}

// sell scans all goods and closes the receipt.
func (t *sale) sell(ctx context.Context) int {
	t.last, t.items = "", map[int]int{}
	if t.receipt.Type == receipt.Return {
		if err := t.session.BeginReturn(ctx); err != nil {
			return t.failed(err)
		}
	}
	for i, goods := range t.receipt.Items {
		t.current = i + 1
		ok, err := t.take(ctx, goods)
		if err != nil {
			return t.failed(err)
		}
		if !ok {
			return t.tellEnd(t.giveUp(ctx, t.interrupted(ctx)))
		}
	}
	t.current = 0
	if err := t.close(ctx); err != nil && ctx.Err() == nil {
		return t.failed(err)
	}
	return t.tellEnd(t.giveUp(ctx, t.interrupted(ctx)))
}

func (t *sale) interrupted(ctx context.Context) string {
	if ctx.Err() != nil {
		return "interrupted"
	}
	return ""
}

// take takes one item into the receipt. What the register did not get is scanned
// again; what became of a lost reply is asked for.
func (t *sale) take(ctx context.Context, goods receipt.Item) (bool, error) {
	p := &patient{limit: t.patience}
	for {
		var res session.Result
		var err error
		if goods.Mark == "" {
			res, err = t.session.Add(ctx, goods)
		} else {
			res, err = t.session.Scan(ctx, string(goods.Mark), goods)
		}
		view := t.view()
		if len(view.Items) > 0 {
			t.items[view.Items[len(view.Items)-1].Number] = t.current
		}
		if err != nil {
			if ctx.Err() != nil {
				return false, nil
			}
			return false, err
		}
		for t.state() == flow.Unknown && p.wait(ctx) {
			if res, err = t.session.Resume(ctx); err != nil && !pending(err) {
				return false, err
			}
		}
		switch state := t.state(); {
		case res.Has(notice.ShiftClosed) || res.Has(notice.ShiftOver):
			return false, nil // opening a shift is the cashier's decision (M54)
		case state.InReceipt() && state != flow.Unknown:
			return true, nil
		case !res.Has(notice.Unreachable) || state == flow.Unknown || !p.wait(ctx):
			return false, nil
		}
	}
}

// patient waits between two questions as long as its limit lasts, beginning with
// the first failure: a lost reply alone can take longer.
type patient struct {
	limit time.Duration
	since time.Time
}

func (p *patient) wait(ctx context.Context) bool {
	if p.since.IsZero() {
		p.since = time.Now()
	}
	return time.Since(p.since) < p.limit && wait(ctx, min(interval, p.limit))
}

// view is the state after the last step. The journal was read before, so it
// cannot fail.
func (t *sale) view() session.View {
	v, _ := t.session.View(context.Background())
	return v
}

// state is that of the newest item.
func (t *sale) state() flow.ItemState {
	items := t.view().Items
	if len(items) == 0 {
		return 0
	}
	return items[len(items)-1].State
}

func pending(err error) bool {
	e, ok := errors.AsType[*session.Error](err)
	return ok && e.SafeToRetry()
}

// close closes the receipt. Where the link or the power failed the register is
// asked again, and what it does not hold is printed anew.
func (t *sale) close(ctx context.Context) error {
	payment := session.Payment{TaxSystem: t.receipt.TaxSystem, Payments: t.receipt.Payments}
	p := &patient{limit: t.patience}
	for {
		res, err := t.session.CloseReceipt(ctx, payment)
		if t.view().Receipt.Done() {
			return nil // also where a lost reply turned out to be a receipt that was made
		}
		again := res.Receipt == flow.UnknownReceipt || res.Receipt == flow.Printing ||
			res.Has(notice.Unreachable) || res.Has(notice.Interrupted) || res.Has(notice.NotPrinted)
		if err != nil && pending(err) {
			again, err = true, nil
		}
		if err != nil || !again || !p.wait(ctx) {
			return err
		}
	}
}

// giveUp ends the receipt as it stands, even after Ctrl-C: what the register
// holds is settled, and what is not sold is cancelled.
func (t *sale) giveUp(ctx context.Context, why string) int {
	t.last = cmp.Or(why, t.last)
	if t.view().Receipt == flow.Closed {
		return exitSold
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(settleLimit, t.patience))
	defer cancel()
	message := t.last
	for {
		switch t.view().Receipt {
		case flow.Closed:
			return exitSold
		case 0, flow.Cancelled:
			t.last = message
			return exitRefused
		case flow.Collecting:
			_, err := t.session.CancelReceipt(ctx)
			if err != nil {
				fmt.Fprintln(t.stderr, "marking-sale:", err)
			}
			if t.view().Receipt == flow.Collecting && (err != nil || !wait(ctx, interval)) {
				t.last = message
				return exitRefused // nothing was printed; the reservations expire
			}
			continue
		}
		if _, err := t.session.Resume(ctx); err != nil {
			fmt.Fprintln(t.stderr, "marking-sale:", err)
		}
		if r := t.view().Receipt; (r == flow.UnknownReceipt || r == flow.Printing || r == flow.Closing) && !wait(ctx, interval) {
			return exitUnknown
		}
	}
}

// tellEnd prints the result.
func (t *sale) tellEnd(code int) int {
	switch code {
	case exitSold:
		line := "sold"
		if d := t.view().Document; d != nil {
			line += fmt.Sprintf(": document %d, fiscal sign %010d", d.Number, d.Sign)
		}
		return t.tell(code, line)
	case exitUnknown:
		return t.unknown(t.last)
	}
	return t.refused(t.last)
}

// tell prints the result. A sale that nobody hears of is unknown: the journal
// stays, and the next run tells it.
func (t *sale) tell(code int, line string) int {
	if _, err := fmt.Fprintln(t.stdout, line); err != nil {
		fmt.Fprintln(t.stderr, "marking-sale:", line)
		t.untold = err
		return exitUnknown
	}
	return code
}

func (t *sale) refused(message string) int {
	return t.tell(exitRefused, "refused: "+cmp.Or(message, "the receipt was not made"))
}

func (t *sale) unknown(message string) int {
	return t.tell(exitUnknown, "unknown: "+cmp.Or(message, "whether the receipt was made is not known"))
}

// failed ends a receipt that cannot go on, such as for a full disk.
func (t *sale) failed(err error) int {
	fmt.Fprintln(t.stderr, "marking-sale:", err)
	if e, ok := errors.AsType[*session.Error](err); ok {
		t.last = e.Message("ru")
		if e.Code() == session.CodeReceipt {
			t.giveUp(context.Background(), "")
			if problems, ok := errors.AsType[receipt.Problems](err); ok {
				return explain(t.stderr, problemLines("the receipt", problems))
			}
			return exitWrong
		}
	}
	return t.tellEnd(t.giveUp(context.Background(), ""))
}

// wait waits; false if there is no more time.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
