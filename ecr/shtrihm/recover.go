package shtrihm

import (
	"context"
	"errors"
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// Baseline is what was known of the register just before a command that changes
// something. It can be stored as JSON, so that a program that was restarted can
// still recover.
type Baseline struct {
	Cmd        Command `json:"cmd"`        // the command that followed
	Sum        int64   `json:"sum"`        // of a close: what was paid, kopecks
	Mode       Mode    `json:"mode"`       // 10h
	Operations int     `json:"operations"` // 10h, in the open receipt
	LastFD     uint32  `json:"lastFD"`     // FF01h, number of the last fiscal document
	Document   byte    `json:"document"`   // FF01h, document begun
	ShiftOpen  bool    `json:"shiftOpen"`  // FF40h
	Receipt    uint16  `json:"receipt"`    // FF40h, number of the last receipt in the shift
	Total      int64   `json:"total"`      // 89h, of a close: the receipt's total, kopecks
	Check      byte    `json:"check"`      // FF70h, of marking commands
	Saved      int     `json:"saved"`      // FF70h, results kept
	Bound      int     `json:"bound"`      // FF70h, marks in the receipt
}

// UnknownError is an exchange of a [Device] whose outcome is unknown, with what
// [Device.Recover] needs. It unwraps to the *[ecr.Error] of the exchange.
type UnknownError struct {
	Baseline Baseline // the register's state just before
	observed bool     // the baseline was read
	err      error
}

var _ error = (*UnknownError)(nil)

// Error is the exchange's own text.
func (e *UnknownError) Error() string { return e.err.Error() }

// Unwrap returns the exchange's error.
func (e *UnknownError) Unwrap() error { return e.err }

// Code is the exchange's.
func (e *UnknownError) Code() string { return e.inner().Code() }

// Path names the command.
func (e *UnknownError) Path() string { return e.inner().Path() }

// Message is the exchange's sentence for the cashier.
func (e *UnknownError) Message(lang string) string { return e.inner().Message(lang) }

// Outcome is [ecr.Unknown].
func (e *UnknownError) Outcome() ecr.Outcome { return ecr.Unknown }

// SafeToRetry is false.
func (e *UnknownError) SafeToRetry() bool { return false }

func (e *UnknownError) inner() *ecr.Error {
	if inner, ok := errors.AsType[*ecr.Error](e.err); ok {
		return inner
	}
	return &ecr.Error{}
}

// Verdict is what [Device.Recover] found out about a lost command.
type Verdict int

// The verdicts. Zero is none.
const (
	Done        Verdict = iota + 1 // it was executed: go on as if the answer had come
	NotDone                        // it was not executed: it may be sent again
	Undecidable                    // the register's state does not tell
)

var verdictNames = [...]string{"unset", "done", "not-done", "undecidable"}

// String returns the name of the verdict, or Verdict(N) for a value that is none.
func (v Verdict) String() string {
	if v >= 0 && int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// MarshalText writes the name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for n, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(n)
			return nil
		}
	}
	return nameError("verdict", string(text))
}

// Recovery is a verdict with its evidence.
type Recovery struct {
	Verdict  Verdict   // about the lost command
	Evidence string    // what it rests on, in English
	Document *Document // of a close that was done: the receipt, read back
	// Answer is the answer of the lost command if the device still held it; its
	// error byte says whether the command was refused.
	Answer *Answer
}

// Recover finds out what became of a command whose exchange returned err with an
// unknown outcome, by asking only: the answer that the device may still hold, the
// mode, the last fiscal document, the shift, the marking memory. An err that is
// not unknown needs no question. [CodePrinting] means that the device still
// prints: ask again later.
//
// Between the command and Recover nothing else may have been sent, by anybody.
func (d *Device) Recover(ctx context.Context, err error) (Recovery, error) {
	switch ecr.OutcomeOf(err) {
	case ecr.NotSent, ecr.Rejected:
		return Recovery{Verdict: NotDone, Evidence: "the device did not take the command"}, nil
	case ecr.Answered:
		if err == nil {
			return Recovery{Verdict: Done, Evidence: "the device answered"}, nil
		}
		return Recovery{Verdict: NotDone, Evidence: "the device refused the command"}, nil
	}
	unknown, ok := errors.AsType[*UnknownError](err)
	if !ok || !unknown.observed {
		return Recovery{Verdict: Undecidable, Evidence: "no baseline was taken"}, nil
	}
	return d.RecoverFrom(ctx, unknown.Baseline)
}

// RecoverFrom is [Device.Recover] from a stored baseline.
func (d *Device) RecoverFrom(ctx context.Context, b Baseline) (r Recovery, err error) {
	err = d.session(ctx, b.Cmd, func(d *Device) error {
		// The first question makes the link ask for an answer that is still held.
		if _, err := d.WaitPrinted(ctx, printLimit); err != nil {
			return err
		}
		if a, ok := d.link.lateAnswer(b.Cmd); ok {
			r = Recovery{Verdict: Done, Evidence: "the device still held the answer", Answer: &a}
			if a.Code != 0 {
				r.Verdict = NotDone
			}
			return nil
		}
		now := Baseline{Cmd: b.Cmd}
		if err := d.observe(ctx, &now); err != nil {
			return err
		}
		var err error
		r, err = d.decide(ctx, &b, &now)
		return err
	})
	return r, err
}

const printLimit = 10 * pollPause

// observe reads what tells whether a command was done.
func (d *Device) observe(ctx context.Context, b *Baseline) error {
	if !decidable(b.Cmd) {
		return nil
	}
	if b.Cmd == 0xFF69 || b.Cmd == 0xFF67 {
		m, err := d.MarkingStatus(ctx)
		b.Check, b.Saved, b.Bound = m.Check, m.Saved, m.Bound
		return err
	}
	s, err := d.State(ctx)
	if err != nil {
		return err
	}
	b.Mode, b.Operations = s.Mode, s.Operations
	fn, err := d.FNStatus(ctx)
	if err != nil {
		return err
	}
	b.LastFD, b.Document = fn.LastFD, fn.Document
	shift, err := d.Shift(ctx)
	if err != nil {
		return err
	}
	b.ShiftOpen, b.Receipt = shift.Open, shift.Receipt
	if closes(b.Cmd) && b.Mode == ModeReceipt {
		b.Total, err = d.Subtotal(ctx)
	}
	return err
}

// decidable says whether the register's state tells if a command was done.
func decidable(cmd Command) bool {
	switch cmd {
	case 0x41, 0x88, 0x8D, 0xE0, 0xFF08, 0xFF0B, 0xFF41, 0xFF42, 0xFF43, 0xFF46, 0xFF67, 0xFF69:
		return true
	}
	return closes(cmd)
}

// closes says whether a command closes a receipt.
func closes(cmd Command) bool {
	switch cmd {
	case 0x85, 0xFF45, 0xFF76, 0xFF78:
		return true
	}
	return false
}

// shifts says whether a command opens or closes the shift.
func shifts(cmd Command) bool {
	switch cmd {
	case 0x41, 0xE0, 0xFF0B, 0xFF43:
		return true
	}
	return false
}

// decide compares the register's state with the baseline.
func (d *Device) decide(ctx context.Context, b, now *Baseline) (Recovery, error) {
	was := func(done bool, evidence string) (Recovery, error) {
		if done {
			return Recovery{Verdict: Done, Evidence: evidence}, nil
		}
		return Recovery{Verdict: NotDone, Evidence: evidence + ": unchanged"}, nil
	}
	lost := func(why string) (Recovery, error) {
		return Recovery{Verdict: Undecidable, Evidence: why}, nil
	}
	if b.LastFD != now.LastFD && !closes(b.Cmd) && !shifts(b.Cmd) {
		return lost("there is a document that is not this command's: somebody else used the register")
	}
	receipt := now.Mode == ModeReceipt
	switch b.Cmd {
	case 0x8D:
		return was(receipt && b.Mode != ModeReceipt, "mode (10h)")
	case 0x88:
		return was(!receipt && b.Mode == ModeReceipt, "mode (10h)")
	case 0xFF46:
		if !receipt && b.Mode == ModeReceipt {
			return lost("the receipt is gone: the register lost power or was reset")
		}
		return was(now.Operations > b.Operations || receipt && b.Mode != ModeReceipt, "operations in the receipt (10h)")
	case 0xFF08, 0xFF41, 0xFF42:
		return was(now.Document != b.Document, "document begun in the fiscal drive (FF01h)")
	case 0x41, 0xE0, 0xFF0B, 0xFF43:
		return was(now.ShiftOpen != b.ShiftOpen, "shift (FF40h)")
	case 0x85, 0xFF45, 0xFF76, 0xFF78:
		return d.decideClose(ctx, b, now)
	case 0xFF67:
		return was(now.Bound > b.Bound, "marks in the receipt (FF70h)")
	case 0xFF69:
		if now.Saved <= b.Saved && now.Check != b.Check {
			return lost("the check is over and its result was not kept: check the mark again")
		}
		return was(now.Saved > b.Saved, "results kept (FF70h)")
	}
	return lost(undecidableEvidence(b.Cmd))
}

// decideClose looks for the receipt among the fiscal documents.
func (d *Device) decideClose(ctx context.Context, b, now *Baseline) (Recovery, error) {
	switch {
	case now.LastFD == b.LastFD && now.Mode == ModeReceipt:
		return Recovery{Verdict: NotDone, Evidence: "the receipt is still open, no new document (FF01h)"}, nil
	case now.LastFD == b.LastFD:
		return Recovery{Verdict: Undecidable, Evidence: "the receipt is gone without a document: it was cancelled"}, nil
	case now.LastFD != b.LastFD+1:
		return Recovery{Verdict: Undecidable, Evidence: "more than one new document: somebody else used the register"}, nil
	}
	doc, err := d.FindDocument(ctx, now.LastFD)
	if err != nil {
		return Recovery{}, err
	}
	// Rounding takes less than a rouble off.
	if doc.Type != docReceipt || doc.Sum > b.Total || doc.Sum <= b.Total-100 {
		return Recovery{Verdict: Undecidable, Evidence: "the new document is not this receipt: somebody else used the register"}, nil
	}
	return Recovery{Verdict: Done, Evidence: "a new fiscal document with the receipt's sum (FF01h, FF0Ah)", Document: &doc}, nil
}

func undecidableEvidence(cmd Command) string {
	switch cmd {
	case 0xFF4D, 0xFF0C:
		return "tags leave no trace: cancel the receipt and begin again"
	case 0xFF61:
		return "a check leaves no trace that tells: check the mark again, that does no harm"
	case 0x1E:
		return "read the setting back"
	}
	return "nothing in the register's state tells: only paper is at stake"
}
