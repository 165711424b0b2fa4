package receipt

import (
	"context"

	"github.com/obmen-go/obmen/marking"
)

// Printer is the part of a fiscal printer that prints receipts, in the source's
// terms. A session's register is one; so is anything else that runs a [Plan].
//
// Every error says what became of the command, by structure and not by type:
// SafeToRetry() true means that the register cannot have run it, an error with
// a Number() int that the register answered and refused it; after any other
// error the command may have run, and the register must be asked before
// anything else is sent.
type Printer interface {
	// Device tells in which order and form the register wants its commands.
	Device(ctx context.Context) (Device, error)
	// OpenCheck opens the receipt (8Dh).
	OpenCheck(ctx context.Context, t Type) error
	// Operation is FNOperation (FF46h). It opens the receipt if none is open.
	Operation(ctx context.Context, o Operation) error
	// SendTag is FNSendTagOperation, or FNSendSTLVTagOperation for a group (FF4Dh).
	SendTag(ctx context.Context, t Tag) error
	// SendItemBarcode is FNSendItemBarcode (FF67h): the mark's bytes go with
	// their GS. It can take 40 s where the register checks the mark by itself.
	SendItemBarcode(ctx context.Context, mark Mark) (Bound, error)
	// CloseCheck is FNCloseCheckEx (FF45h).
	CloseCheck(ctx context.Context, c CloseCheck) (Closed, error)
}

// Device is what kind of register a receipt is composed for. The zero value is
// the source's: the operation first, then single tags and the mark.
type Device struct {
	// OperationLast is true for registers of the cash-core family: the receipt is
	// opened first, and tags and mark go before their operation (M70).
	OperationLast bool
	// GroupTags sends tags 1260 and 1291 as one group each, instead of their
	// members one by one, which most registers put together by themselves.
	GroupTags bool
}

// Bound is the answer of SendItemBarcode.
type Bound struct {
	// Checked is true if the register had no saved result of the mark and checked
	// it now by itself.
	Checked bool
	// Answer is what that check said.
	Answer marking.Answer
}

// Refused says whether the register's own check found the mark bad: the receipt
// must be cancelled then (M74).
func (b Bound) Refused() bool {
	return b.Checked && (!b.Answer.Type.Good() || b.Answer.Verdict() == marking.VerdictNegative || b.Answer.RefusedLocally())
}

// Closed is the answer of CloseCheck: the receipt as a fiscal document.
type Closed struct {
	// Change is what the buyer gets back, in kopecks.
	Change Money
	// Document is the number of the fiscal document, Sign its fiscal sign.
	Document, Sign uint32
}

// Reply is what [Do] returns.
type Reply struct {
	// Bound is the answer of a SendItemBarcode.
	Bound Bound
	// Closed is the answer of a CloseCheck.
	Closed Closed
}

// Do runs one command on a register and returns its answer. Errors are the
// register's.
func Do(ctx context.Context, p Printer, c Command) (Reply, error) { return c.do(ctx, p) }

func (c OpenCheck) do(ctx context.Context, p Printer) (Reply, error) {
	return Reply{}, p.OpenCheck(ctx, c.Type)
}

func (c Operation) do(ctx context.Context, p Printer) (Reply, error) {
	return Reply{}, p.Operation(ctx, c)
}

func (c SendTag) do(ctx context.Context, p Printer) (Reply, error) {
	return Reply{}, p.SendTag(ctx, c.Tag)
}

func (c SendItemBarcode) do(ctx context.Context, p Printer) (Reply, error) {
	bound, err := p.SendItemBarcode(ctx, c.Mark)
	return Reply{Bound: bound}, err
}

func (c CloseCheck) do(ctx context.Context, p Printer) (Reply, error) {
	closed, err := p.CloseCheck(ctx, c)
	return Reply{Closed: closed}, err
}
