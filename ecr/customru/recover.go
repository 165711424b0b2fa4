package customru

import (
	"context"
	"errors"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Baseline is what was known of the register just before a command that changes
// something. It can be stored as JSON, so that a program that was restarted can
// still recover.
type Baseline struct {
	Cmd     Command       `json:"cmd"`     // the command that followed
	Info    ReceiptInfo   `json:"info"`    // F8H: last fiscal document
	Phase   Phase         `json:"phase"`   // F3H
	Totals  ReceiptTotals `json:"totals"`  // F7H, of item commands and payments
	Cash    Cash          `json:"cash"`    // FAH, of cash-in and cash-out
	Shift   FNShift       `json:"shift"`   // ECH, of shift commands
	Kind    Kind          `json:"kind"`    // the receipt kind that was asked for
	Sum     int64         `json:"sum"`     // of cash-in and cash-out, kopecks
	Payment Payment       `json:"payment"` // of 85H
	// Traceless: the command may have left the register's sums as they were even
	// if it was done, such as an item that costs nothing.
	Traceless bool `json:"traceless"`
}

// UnknownError is an exchange of a [Device] whose outcome is unknown, with what
// [Device.Recover] needs. It unwraps to the *[ecr.Error] of the exchange.
type UnknownError = ecr.Lost[Baseline]

// Verdict is what [Device.Recover] found out about a lost command.
type Verdict = ecr.Verdict

// The verdicts of [ecr.Verdict]. Zero is none.
const (
	Done        = ecr.Done        // it was executed: go on as if the answer had come
	NotDone     = ecr.NotDone     // it was not executed: it may be sent again
	Undecidable = ecr.Undecidable // the register's state does not tell
)

// Recovery is a verdict and what is left to do.
type Recovery struct {
	Verdict Verdict // about the lost command
	// Closed is the answer of a lost 85H that was executed, read back: sums,
	// document, sign and change; Cashier stays empty.
	Closed *Closed
	// Advice says what to do next where the verdict alone does not: ask it for its
	// Words in a language.
	Advice ecr.Phrase
}

// Recover finds out what became of a command whose exchange returned err with an
// unknown outcome, by asking only: the receipt's phase, the last fiscal
// document, receipt totals, the drawer, the shift. It returns [CodeBusy] while
// the register is still printing or waits for paper: ask again then. An err
// that is not unknown needs no question, but for error codes that do not say
// whether the command ran: no paper, failures of the fiscal drive and the like.
//
// Between the command and Recover nothing else may have been sent, by anybody.
func (d *Device) Recover(ctx context.Context, err error) (Recovery, error) {
	switch ecr.OutcomeOf(err) {
	case ecr.NotSent, ecr.Rejected:
		return Recovery{Verdict: NotDone}, nil
	case ecr.Answered:
		refused, ok := errors.AsType[*DeviceError](err)
		switch {
		case err == nil || ok && refused.warning():
			return Recovery{Verdict: Done}, nil
		case !ok:
			// An answer without an error code, whose fields could not be read.
			return Recovery{Verdict: Done, Advice: adviceUnread}, nil
		case refused.certain():
			return Recovery{Verdict: NotDone}, nil
		case refused.baseline != nil:
			return d.RecoverFrom(ctx, *refused.baseline)
		}
		return Recovery{Verdict: Undecidable, Advice: adviceNoBaseline}, nil
	}
	unknown, ok := errors.AsType[*UnknownError](err)
	if !ok {
		return Recovery{Verdict: Undecidable, Advice: adviceNoBaseline}, nil
	}
	return d.RecoverFrom(ctx, unknown.Baseline)
}

// RecoverFrom is [Device.Recover] from a stored baseline.
func (d *Device) RecoverFrom(ctx context.Context, b Baseline) (r Recovery, err error) {
	err = d.session(ctx, b.Cmd, func() error {
		if err := d.settled(ctx, b.Cmd); err != nil {
			return err
		}
		r, err = d.decide(ctx, &b)
		return err
	})
	return r, err
}

// settled makes sure that nothing is under way any more.
func (d *Device) settled(ctx context.Context, cmd Command) error {
	var status Status
	if err := d.ask(ctx, CmdStatus, func(in *field.Reader) { status = readStatus(in) }); err != nil {
		return err
	}
	phase, err := d.phase(ctx)
	if err != nil {
		return err
	}
	if status.Printing || phase.PrintingFiscal || phase.PrintingNonFiscal || phase.Phase.Working() ||
		!status.Idle && phase.Phase == PhaseNone {
		return ecr.NewError(CodeBusy, ecr.Details{
			EN: messagesEN[CodeBusy], RU: messagesRU[CodeBusy],
			Args: []ecr.Arg{{Name: "command", Value: cmd}},
		})
	}
	return nil
}

func (d *Device) phase(ctx context.Context) (s ReceiptStatus, err error) {
	err = d.ask(ctx, CmdReceiptStatus, func(in *field.Reader) { s = readReceiptStatus(in) })
	return s, err
}

// ask is a query inside a session: no baseline, no question about an error.
func (d *Device) ask(ctx context.Context, cmd Command, read func(*field.Reader)) error {
	answer, err := d.link.exchange(ctx, cmd, d.request(cmd).data)
	if err != nil {
		return err
	}
	return readFields(cmd, answer.Fields, read)
}

// baseline asks what the recovery of a command will compare with. A failure of
// these queries is one of the command that was not sent.
func (d *Device) baseline(ctx context.Context, r *request) (*Baseline, error) {
	b := &Baseline{Cmd: r.cmd}
	if r.expect != nil {
		r.expect(b)
	}
	if !decidable(r.cmd) {
		return b, nil
	}
	if err := d.observe(ctx, b); err != nil {
		if e, ok := errors.AsType[*ecr.Error](err); ok {
			return nil, e.Before(r.cmd.path())
		}
		return nil, d.failed(ctx, nil, err)
	}
	return b, nil
}

// decidable says whether the register's state tells if a command was done.
func decidable(cmd Command) bool {
	switch cmd {
	case CmdOpenReceipt, CmdSale, CmdPurchase, CmdSaleReturn, CmdPurchaseReturn, CmdVoid, CmdUndoItem,
		CmdAdjustSubtotal, CmdAdjustItem, CmdCloseReceipt, CmdCancelReceipt, CmdOpenShift, CmdCloseShift,
		CmdSettlements, CmdOpenCorrection, CmdCashIn, CmdCashOut, CmdOpenNonFiscal, CmdCloseNonFiscal:
		return true
	}
	return false
}

// observe reads what matters for a command: always phase and last document, the
// rest by kind.
func (d *Device) observe(ctx context.Context, b *Baseline) error {
	phase, err := d.phase(ctx)
	if err != nil {
		return err
	}
	b.Phase = phase.Phase
	if err := d.ask(ctx, CmdReceiptInfo, func(in *field.Reader) { b.Info = readReceiptInfo(in) }); err != nil {
		return err
	}
	switch b.Cmd {
	case CmdSale, CmdPurchase, CmdSaleReturn, CmdPurchaseReturn, CmdVoid, CmdUndoItem,
		CmdAdjustSubtotal, CmdAdjustItem, CmdCloseReceipt:
		return d.ask(ctx, CmdReceiptTotals, func(in *field.Reader) { b.Totals = readReceiptTotals(in) })
	case CmdCashIn, CmdCashOut:
		return d.ask(ctx, CmdCash, func(in *field.Reader) { b.Cash = readCash(in) })
	case CmdOpenShift, CmdCloseShift:
		return d.ask(ctx, CmdFNShift, func(in *field.Reader) { b.Shift = readFNShift(in) })
	}
	return nil
}

// decide compares the register's state with the baseline (section 7 of the
// command notes).
func (d *Device) decide(ctx context.Context, b *Baseline) (Recovery, error) {
	if !decidable(b.Cmd) {
		return Recovery{Verdict: Undecidable, Advice: undecidableAdvice(b.Cmd)}, nil
	}
	now := Baseline{Cmd: b.Cmd}
	if err := d.observe(ctx, &now); err != nil {
		return Recovery{}, err
	}
	was := func(done bool) (Recovery, error) {
		if done {
			return Recovery{Verdict: Done}, nil
		}
		return Recovery{Verdict: NotDone}, nil
	}
	newFD := now.Info.LastFD != b.Info.LastFD
	switch b.Cmd {
	case CmdOpenReceipt, CmdOpenCorrection, CmdOpenNonFiscal:
		return was(now.Phase != b.Phase)
	case CmdCloseNonFiscal:
		return was(now.Phase == PhaseNone)
	case CmdCashIn:
		return was(now.Cash.In.Count != b.Cash.In.Count || now.Cash.In.Sum != b.Cash.In.Sum)
	case CmdCashOut:
		return was(now.Cash.Out.Count != b.Cash.Out.Count || now.Cash.Out.Sum != b.Cash.Out.Sum)
	case CmdOpenShift, CmdCloseShift:
		return was(now.Shift.Open != b.Shift.Open)
	case CmdSettlements:
		return was(newFD)
	case CmdCancelReceipt:
		return was(now.Phase == PhaseNone && !newFD)
	case CmdCloseReceipt:
		return d.decideClose(ctx, b, &now)
	}
	return decideItem(b, &now)
}

// decideItem is for the commands that change the sums of an open receipt.
func decideItem(b, now *Baseline) (Recovery, error) {
	opened := b.Phase == PhaseNone && now.Phase != PhaseNone
	before, after := b.Totals, now.Totals
	if b.Phase == PhaseNone {
		before = ReceiptTotals{} // F7H still told of the receipt before
	}
	changed := after.Subtotal != before.Subtotal || after.Discount != before.Discount ||
		after.Markup != before.Markup || after.Voided != before.Voided
	switch {
	case opened || now.Phase != PhaseNone && (changed || now.Phase != b.Phase):
		return Recovery{Verdict: Done}, nil
	case now.Phase == PhaseNone && b.Phase != PhaseNone:
		return Recovery{Verdict: Undecidable, Advice: adviceGone}, nil
	case now.Phase == PhaseNone:
		return Recovery{Verdict: NotDone}, nil
	case b.Traceless:
		return Recovery{Verdict: Undecidable, Advice: adviceTraceless}, nil
	}
	return Recovery{Verdict: NotDone}, nil
}

// decideClose is for 85H: a new document is the receipt; a changed rest is a
// payment in part.
func (d *Device) decideClose(ctx context.Context, b, now *Baseline) (Recovery, error) {
	if now.Info.LastFD != b.Info.LastFD {
		return d.readClosed(ctx, b, now)
	}
	switch {
	case now.Phase == PhaseNone:
		return Recovery{Verdict: Undecidable, Advice: adviceCancelled}, nil
	case now.Phase != b.Phase || b.Phase == PhasePayment && now.Totals.Remainder != b.Totals.Remainder:
		return Recovery{Verdict: Done, Closed: &Closed{Change: -now.Totals.Remainder, Receipt: now.Totals.Number}}, nil
	}
	return Recovery{Verdict: NotDone}, nil
}

// readClosed reads the answer of a lost 85H back from the fiscal drive, if the
// new document is the receipt of the baseline.
func (d *Device) readClosed(ctx context.Context, b, now *Baseline) (Recovery, error) {
	answer, err := d.link.exchange(ctx, CmdFindFD, d.request(CmdFindFD).put(uint64(now.Info.LastFD), 4).data)
	if err != nil {
		return Recovery{}, err
	}
	var doc Document
	unread := readFields(CmdFindFD, answer.Fields, func(in *field.Reader) { doc = d.readDocument(in) })
	rounding := b.Totals.Subtotal - doc.Sum
	switch {
	case unread != nil, now.Info.LastFD != b.Info.LastFD+1, doc.Kind == 0,
		b.Info.Kind != 0 && doc.Kind != b.Info.Kind, rounding >= 100 || rounding <= -100:
		return Recovery{Verdict: Undecidable, Advice: adviceForeign}, nil
	}
	var shift FNShift
	if err := d.ask(ctx, CmdFNShift, func(in *field.Reader) { shift = readFNShift(in) }); err != nil {
		return Recovery{}, err
	}
	return Recovery{Verdict: Done, Closed: &Closed{
		Change: now.Totals.Remainder, Shift: shift.Number, Receipt: now.Totals.Number, FD: doc.FD, FPD: doc.FPD,
	}}, nil
}

// What to do where the verdict alone does not tell.
var (
	adviceNoBaseline = ecr.Phrase{EN: "no baseline was taken: look at the register's state", RU: "состояние до команды не запоминалось: проверьте состояние ККТ"}
	adviceUnread     = ecr.Phrase{EN: "the command ran, its answer cannot be read: look at the register's state", RU: "команда выполнена, ответ не разобран: проверьте состояние ККТ"}
	adviceGone       = ecr.Phrase{EN: "the receipt is gone: the register lost power or was reset", RU: "чека больше нет: ККТ теряла питание или была сброшена"}
	adviceTraceless  = ecr.Phrase{EN: "an amount of 0 leaves no trace: cancel the receipt and begin again", RU: "нулевая сумма не оставляет следа: аннулируйте чек и начните его заново"}
	adviceCancelled  = ecr.Phrase{EN: "the receipt is gone without a document: it was cancelled", RU: "чека больше нет, документа тоже: чек аннулирован"}
	adviceForeign    = ecr.Phrase{
		EN: "the last fiscal document is not this receipt: somebody else used the register; look at its tape",
		RU: "последний документ — не этот чек: ККТ пользовался кто-то ещё; посмотрите ленту",
	}
	advicePaper    = ecr.Phrase{EN: "only paper is at stake: close the document and print it again, or go on", RU: "дело только в бумаге: закройте документ и напечатайте снова или продолжайте"}
	adviceTag      = ecr.Phrase{EN: "send the tag with length 0 and then again", RU: "передайте реквизит с длиной 0 и затем снова"}
	adviceReadBack = ecr.Phrase{EN: "read the setting back", RU: "прочитайте настройку обратно"}
	adviceDrawer   = ecr.Phrase{EN: "look at the drawer", RU: "посмотрите на денежный ящик"}
	adviceHarmless = ecr.Phrase{EN: "nothing in the register's state tells; it is harmless to do it again", RU: "по состоянию ККТ не узнать; повтор безвреден"}
)

func undecidableAdvice(cmd Command) ecr.Phrase {
	switch cmd {
	case CmdText, CmdBarcode, CmdPicture, CmdCutNonFiscal:
		return advicePaper
	case CmdTag:
		return adviceTag
	case CmdWriteFamily, CmdWriteRow, CmdSetTime, CmdSetDate, CmdConfirmDate:
		return adviceReadBack
	case CmdDrawer:
		return adviceDrawer
	}
	return adviceHarmless
}

// warning says whether the code is one of the document's warnings, after which
// the command was done all the same.
func (e *DeviceError) warning() bool { return e.Number == 350 || e.Number == 1104 || e.Number == 1500 }

// certain says whether the code means that the command did not run. The others
// can come in the middle of it: no paper, a failing fiscal drive or cutter. The
// codes of the protocol itself come before it.
func (e *DeviceError) certain() bool {
	if e.Number >= 3500 && e.Number <= 3506 {
		return true
	}
	class := e.Class()
	return class == ClassProgramming || class == ClassOperator && !e.paper()
}

// paper says whether the code can be a paper message, which is a warning and no
// result (section 3.5 of the command notes).
func (e *DeviceError) paper() bool { return e.Number >= 480 && e.Number <= 484 }

// warning says whether an error is only a warning.
func warning(err error) bool {
	e, ok := errors.AsType[*DeviceError](err)
	return ok && e.warning()
}
