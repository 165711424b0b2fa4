package sessiontest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
)

// Register is a till's connection to a Device.
type Register struct{ d *Device }

var _ session.Register = (*Register)(nil)

// run is the way of every command: count it, ask for its fault, run it.
func (r *Register) run(ctx context.Context, c Call, do func(d *Device) int) error {
	d := r.d
	if ctx.Err() != nil {
		return &Error{code: CodeUnsent, call: c.Name}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.holder != nil && d.holder != r {
		d.breaches++
	}
	d.counts[c.Name]++
	c.N = d.counts[c.Name]
	var f Fault
	if d.Fault != nil {
		f = d.Fault(c)
	}
	if f.Kind == Unsent {
		return &Error{code: CodeUnsent, call: c.Name}
	}
	if f.Kind == CrashBefore {
		panic(Crash{c})
	}
	d.calls = append(d.calls, c)
	switch f.Kind {
	case Refuse:
		return &Error{code: CodeRefused, call: c.Name, number: f.Number}
	case LoseRequest:
		return &Error{code: CodeLost, call: c.Name}
	case PowerBefore:
		d.losePower()
		return &Error{code: CodeLost, call: c.Name}
	}
	number := do(d)
	switch f.Kind {
	case CrashAfter:
		panic(Crash{c})
	case PaperAfter:
		d.noPaper = true
	case PowerAfter:
		d.losePower()
		return &Error{code: CodeLost, call: c.Name}
	case LoseReply:
		return &Error{code: CodeLost, call: c.Name}
	}
	if number != 0 {
		return &Error{code: CodeRefused, call: c.Name, number: number}
	}
	return nil
}

// busy is the error of a command that prints, 0 if it may.
func (d *Device) busy() int {
	switch {
	case d.prints > 0:
		return session.ErrorPrinting
	case d.noPaper:
		return session.ErrorPaper
	case d.printing == session.PrintToContinue:
		return session.ErrorContinuePrint
	}
	return 0
}

func (d *Device) printed() int {
	d.prints = d.PrintFor
	return 0
}

// CheckItemBarcode checks a code.
func (r *Register) CheckItemBarcode(ctx context.Context, c session.Check) (a marking.Answer, err error) {
	mark := string(c.Mark)
	err = r.run(ctx, Call{Name: CallCheck, Mark: mark, Text: fmt.Sprintf("status %d", c.Status)}, func(d *Device) int {
		switch {
		case d.open != nil || d.shift == session.ModeShiftClosed:
			return session.ErrorMode
		case d.shift == session.ModeShiftOver:
			return session.ErrorShiftLong
		case d.status.NotificationStatus == 2:
			return session.ErrorMarkingBlocked
		case len(d.saved) >= session.MaxSaved:
			return session.ErrorMarkingFull
		}
		if marking.Rejected(mark) && d.Settings[session.SettingTakeAnyCode] == 0 {
			return session.ErrorNotRecognised
		}
		d.mark, d.checked, d.answer = mark, true, d.examine(mark)
		a = d.answer
		return 0
	})
	return a, err
}

func (d *Device) examine(mark string) marking.Answer {
	a := marking.Answer{Type: marking.Predict(mark), Server: marking.ServerNoLink, LocalError: marking.LocalNotCheckable}
	if a.Type == marking.TypeTail88 || a.Type == marking.TypeTail44InStorage {
		a.LocalError, a.LocalResult = marking.LocalChecked, marking.LocalTrue
		if d.FalseLocally != nil && d.FalseLocally(mark) {
			a.LocalResult = marking.LocalFalse
		}
	}
	online := OnlineOK
	if d.Online != nil {
		online = d.Online(mark)
	}
	if a.Type == marking.TypeGS1 || d.Settings[session.SettingOnlineCheck] == 0 {
		return a
	}
	switch online {
	case OnlineOK:
		a.Server, a.Status = marking.ServerLinked, 15
	case OnlineNegative:
		a.Server, a.Status = marking.ServerLinked, 5
	case OnlinePartly:
		a.Server, a.Status = marking.ServerLinked, 3
	case OnlineTimeout:
		a.Server = marking.ServerTimeout
	}
	if a.Type == marking.TypeUnidentified && a.Server == marking.ServerLinked {
		a.Status = 5
	}
	return a
}

// AcceptMarkingCode saves the result of the check before it.
func (r *Register) AcceptMarkingCode(ctx context.Context) (s marking.Status, err error) {
	err = r.run(ctx, Call{Name: CallAccept}, func(d *Device) int {
		if !d.checked || d.answer.Type == marking.TypeGS1 {
			return session.ErrorSequence
		}
		if len(d.saved) >= session.MaxSaved {
			return session.ErrorMarkingFull
		}
		mark := d.mark
		s, d.checked, d.mark = d.answer.Status, false, ""
		if d.NoSave != nil && d.NoSave(mark) || slices.Contains(d.saved, mark) {
			if d.Settings[session.SettingStorageFault211] == 1 {
				return session.ErrorNotRecognised
			}
			return 0
		}
		d.saved = append(d.saved, mark)
		return 0
	})
	return s, err
}

// DeclineMarkingCode forgets the check before it.
func (r *Register) DeclineMarkingCode(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallDecline}, func(d *Device) int {
		d.checked, d.mark = false, ""
		return 0
	})
}

// ClearMarkingCodes forgets all results.
func (r *Register) ClearMarkingCodes(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallClear}, func(d *Device) int {
		if d.CannotClear {
			return session.ErrorSequence
		}
		d.saved, d.checked, d.mark = nil, false, ""
		return 0
	})
}

// MarkingCodeWorkStatus tells the count.
func (r *Register) MarkingCodeWorkStatus(ctx context.Context) (w session.WorkStatus, err error) {
	err = r.run(ctx, Call{Name: CallWorkStatus}, func(d *Device) int {
		w = d.status
		w.Saved, w.CheckStatus = len(d.saved), 1
		if d.checked {
			w.CheckStatus = 4
		}
		if d.open != nil {
			w.Realized = len(d.open.marks)
		}
		return 0
	})
	return w, err
}

// State tells mode and submode.
func (r *Register) State(ctx context.Context) (s session.State, err error) {
	err = r.run(ctx, Call{Name: CallState}, func(d *Device) int {
		s.Mode = d.shift
		if d.open != nil {
			s.Mode, s.Operations = session.ModeReceipt, d.open.ops
			if d.open.back {
				s.Kind = 2
			}
		}
		s.Printing = d.printing
		switch {
		case d.noPaper && d.open != nil:
			s.Printing = session.PrintPaperOut
		case d.noPaper:
			s.Printing = session.PrintNoPaper
		case d.prints > 0:
			d.prints--
			s.Printing = session.PrintOperation
		}
		return 0
	})
	return s, err
}

// LastDocument tells the last document's number.
func (r *Register) LastDocument(ctx context.Context) (l session.LastDocument, err error) {
	err = r.run(ctx, Call{Name: CallLastDocument}, func(d *Device) int {
		l = session.LastDocument{Number: uint32(len(d.docs)), Storage: d.storage}
		return 0
	})
	return l, err
}

// FindDocument finds a document.
func (r *Register) FindDocument(ctx context.Context, number uint32) (doc session.Document, err error) {
	err = r.run(ctx, Call{Name: CallFindDocument, Text: fmt.Sprint(number)}, func(d *Device) int {
		if number == 0 || int(number) > len(d.docs) {
			return 0x08
		}
		doc = d.docs[number-1]
		return 0
	})
	return doc, err
}

// OpenShift opens the shift.
func (r *Register) OpenShift(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallOpenShift}, func(d *Device) int {
		if n := d.busy(); n != 0 {
			return n
		}
		if d.shift != session.ModeShiftClosed {
			return session.ErrorMode
		}
		d.shift = session.ModeShiftOpen
		d.document(0, 0)
		return d.printed()
	})
}

// CloseShift closes the shift.
func (r *Register) CloseShift(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallCloseShift}, func(d *Device) int {
		if n := d.busy(); n != 0 {
			return n
		}
		if d.shift == session.ModeShiftClosed || d.open != nil {
			return session.ErrorMode
		}
		d.shift = session.ModeShiftClosed
		d.document(0, 0)
		return d.printed()
	})
}

// CancelCheck cancels the open receipt.
func (r *Register) CancelCheck(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallCancel}, func(d *Device) int {
		if d.open == nil {
			return 0 // 73h: nothing to cancel is no error
		}
		if n := d.busy(); n != 0 {
			return n
		}
		d.open = nil
		return d.printed()
	})
}

// ContinuePrint prints on.
func (r *Register) ContinuePrint(ctx context.Context) error {
	return r.run(ctx, Call{Name: CallContinue}, func(d *Device) int {
		if d.printing == session.PrintToContinue {
			d.printing = session.PrintIdle
		}
		return 0
	})
}

// ReadSetting reads a setting.
func (r *Register) ReadSetting(ctx context.Context, s session.Setting) (v int, err error) {
	err = r.run(ctx, Call{Name: CallReadSetting, Text: s.String()}, func(d *Device) int {
		v = d.Settings[s]
		return 0
	})
	return v, err
}

// WriteSetting writes a setting.
func (r *Register) WriteSetting(ctx context.Context, s session.Setting, value int) error {
	return r.run(ctx, Call{Name: CallWriteSetting, Text: fmt.Sprintf("%s=%d", s, value)}, func(d *Device) int {
		d.Settings[s] = value
		return 0
	})
}

// Notifications tells what waits to be sent.
func (r *Register) Notifications(ctx context.Context) (n session.Notifications, err error) {
	err = r.run(ctx, Call{Name: CallNotifications}, func(d *Device) int {
		n = d.pending
		return 0
	})
	return n, err
}

// Lease waits for its turn.
func (r *Register) Lease(ctx context.Context) (func(), error) {
	d := r.d
	select {
	case <-d.lease:
	case <-ctx.Done():
		return nil, &Error{code: CodeUnsent, call: "Lease"}
	}
	d.mu.Lock()
	d.holder = r
	d.mu.Unlock()
	var once sync.Once
	return func() {
		once.Do(func() {
			d.mu.Lock()
			d.holder = nil
			d.mu.Unlock()
			d.lease <- struct{}{}
		})
	}, nil
}

func (d *Device) printable() int {
	if d.shift == session.ModeShiftOver {
		return session.ErrorShiftLong
	}
	if d.shift == session.ModeShiftClosed {
		return session.ErrorMode
	}
	return d.busy()
}

// Device tells the order of the commands.
func (r *Register) Device(ctx context.Context) (k receipt.Device, err error) {
	err = r.run(ctx, Call{Name: CallDevice}, func(d *Device) int {
		k = d.Kind
		return 0
	})
	return k, err
}

// OpenCheck opens the receipt.
func (r *Register) OpenCheck(ctx context.Context, t receipt.Type) error {
	return r.run(ctx, Call{Name: CallOpen}, func(d *Device) int {
		if n := d.printable(); n != 0 {
			return n
		}
		if d.open != nil {
			return session.ErrorMode
		}
		d.open = &openReceipt{back: t == receipt.Return}
		return d.printed()
	})
}

// Operation adds an operation; the first opens the receipt.
func (r *Register) Operation(ctx context.Context, o receipt.Operation) error {
	return r.run(ctx, Call{Name: CallOperation, Text: o.Text}, func(d *Device) int {
		if n := d.printable(); n != 0 {
			return n
		}
		if d.open == nil {
			if d.Kind.OperationLast {
				return session.ErrorMode
			}
			d.open = &openReceipt{back: o.Type == receipt.Return}
		}
		cost, ok := receipt.Cost(o.Price, o.Quantity)
		if !ok || (o.Type == receipt.Return) != d.open.back {
			return session.ErrorParameters
		}
		d.open.ops++
		d.open.sum += cost
		d.open.bound = false
		return d.printed()
	})
}

// SendTag adds a tag to the operation.
func (r *Register) SendTag(ctx context.Context, t receipt.Tag) error {
	return r.run(ctx, Call{Name: CallTag, Text: t.String()}, func(d *Device) int {
		if d.open == nil {
			return session.ErrorMode
		}
		return 0
	})
}

// SendItemBarcode binds a mark to the operation.
func (r *Register) SendItemBarcode(ctx context.Context, m receipt.Mark) (b receipt.Bound, err error) {
	mark := string(m)
	err = r.run(ctx, Call{Name: CallBind, Mark: mark}, func(d *Device) int {
		switch {
		case d.open == nil:
			return session.ErrorMode
		case d.open.bound:
			return session.ErrorParameters
		case slices.Contains(d.open.marks, mark):
			return session.ErrorNotRecognised
		case d.BindNegative != nil && d.BindNegative(mark):
			b = receipt.Bound{Checked: true, Answer: marking.Answer{Type: marking.TypeTail44, Server: marking.ServerLinked, Status: 5}}
			return 0
		case !slices.Contains(d.saved, mark):
			return session.ErrorNotChecked
		}
		d.open.marks, d.open.bound = append(d.open.marks, strings.Clone(mark)), true
		return 0
	})
	return b, err
}

// CloseCheck closes the receipt.
func (r *Register) CloseCheck(ctx context.Context, c receipt.CloseCheck) (closed receipt.Closed, err error) {
	err = r.run(ctx, Call{Name: CallClose, Text: c.String()}, func(d *Device) int {
		if n := d.printable(); n != 0 {
			return n
		}
		if d.open == nil {
			return session.ErrorMode
		}
		var paid receipt.Money
		for _, sum := range c.Payments.Sums() {
			paid += sum
		}
		if paid < d.open.sum {
			return session.ErrorPayment
		}
		kind := receipt.Sale
		if d.open.back {
			kind = receipt.Return
		}
		doc := d.document(kind, d.open.sum)
		for _, m := range d.open.marks {
			d.sold = append(d.sold, Sold{Mark: m, Document: doc.Number, Return: d.open.back})
		}
		closed = receipt.Closed{Change: paid - d.open.sum, Document: doc.Number, Sign: doc.Sign}
		d.open, d.saved = nil, nil
		return d.printed()
	})
	return closed, err
}
