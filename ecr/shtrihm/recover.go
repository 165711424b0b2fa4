package shtrihm

import (
	"context"
	"errors"

	"github.com/obmen-go/obmen/ecr"
)

// Baseline is what was known of the register just before a command that changes
// something. It can be stored as JSON, so that a program that was restarted can
// still recover.
type Baseline struct {
	Cmd        Command `json:"cmd"`        // the command that followed
	Known      bool    `json:"known"`      // the register was asked; else nothing below is set
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
type UnknownError = ecr.Lost[Baseline]

// Verdict is what [Device.Recover] found out about a lost command.
type Verdict = ecr.Verdict

// The verdicts of [ecr.Verdict]. Zero is none.
const (
	Done        = ecr.Done        // it was executed: go on as if the answer had come
	NotDone     = ecr.NotDone     // it was not executed: it may be sent again
	Undecidable = ecr.Undecidable // the register's state does not tell
)

// Recovery is a verdict with its evidence.
type Recovery struct {
	Verdict Verdict // about the lost command
	// Evidence says what the verdict rests on: ask it for its Words in a language.
	Evidence ecr.Phrase
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
		return Recovery{Verdict: NotDone, Evidence: evidenceNotTaken}, nil
	case ecr.Answered:
		if err == nil {
			return Recovery{Verdict: Done, Evidence: evidenceAnswered}, nil
		}
		return Recovery{Verdict: NotDone, Evidence: evidenceRefused}, nil
	}
	unknown, ok := errors.AsType[*UnknownError](err)
	if !ok {
		return Recovery{Verdict: Undecidable, Evidence: evidenceNoBaseline}, nil
	}
	return d.RecoverFrom(ctx, unknown.Baseline)
}

// RecoverFrom is [Device.Recover] from a stored baseline.
func (d *Device) RecoverFrom(ctx context.Context, b Baseline) (r Recovery, err error) {
	if !b.Known {
		return Recovery{Verdict: Undecidable, Evidence: evidenceNoBaseline}, nil
	}
	err = d.session(ctx, b.Cmd, func(d *Device) error {
		// The first question makes the link ask for an answer that is still held.
		if _, err := d.WaitPrinted(ctx, printLimit); err != nil {
			return err
		}
		if a, ok := d.link.lateAnswer(b.Cmd); ok {
			r = Recovery{Verdict: Done, Evidence: evidenceHeld, Answer: &a}
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
	was := func(done bool, evidence ecr.Phrase) (Recovery, error) {
		if done {
			return Recovery{Verdict: Done, Evidence: evidence}, nil
		}
		return Recovery{Verdict: NotDone, Evidence: unchanged(evidence)}, nil
	}
	lost := func(why ecr.Phrase) (Recovery, error) {
		return Recovery{Verdict: Undecidable, Evidence: why}, nil
	}
	if b.LastFD != now.LastFD && !closes(b.Cmd) && !shifts(b.Cmd) {
		return lost(evidenceForeign)
	}
	receipt := now.Mode == ModeReceipt
	switch b.Cmd {
	case 0x8D:
		return was(receipt && b.Mode != ModeReceipt, evidenceMode)
	case 0x88:
		return was(!receipt && b.Mode == ModeReceipt, evidenceMode)
	case 0xFF46:
		if !receipt && b.Mode == ModeReceipt {
			return lost(evidenceGone)
		}
		return was(now.Operations > b.Operations || receipt && b.Mode != ModeReceipt, evidenceOperations)
	case 0xFF08, 0xFF41, 0xFF42:
		return was(now.Document != b.Document, evidenceBegun)
	case 0x41, 0xE0, 0xFF0B, 0xFF43:
		return was(now.ShiftOpen != b.ShiftOpen, evidenceShift)
	case 0x85, 0xFF45, 0xFF76, 0xFF78:
		return d.decideClose(ctx, b, now)
	case 0xFF67:
		return was(now.Bound > b.Bound, evidenceMarks)
	case 0xFF69:
		if now.Saved <= b.Saved && now.Check != b.Check {
			return lost(evidenceCheckOver)
		}
		return was(now.Saved > b.Saved, evidenceKept)
	}
	return lost(undecidableEvidence(b.Cmd))
}

// decideClose looks for the receipt among the fiscal documents.
func (d *Device) decideClose(ctx context.Context, b, now *Baseline) (Recovery, error) {
	switch {
	case now.LastFD == b.LastFD && now.Mode == ModeReceipt:
		return Recovery{Verdict: NotDone, Evidence: evidenceOpen}, nil
	case now.LastFD == b.LastFD:
		return Recovery{Verdict: Undecidable, Evidence: evidenceCancelled}, nil
	case now.LastFD != b.LastFD+1:
		return Recovery{Verdict: Undecidable, Evidence: evidenceMany}, nil
	}
	doc, err := d.FindDocument(ctx, now.LastFD)
	if err != nil {
		return Recovery{}, err
	}
	// Rounding takes less than a rouble off.
	if doc.Type != docReceipt || doc.Sum > b.Total || doc.Sum <= b.Total-100 {
		return Recovery{Verdict: Undecidable, Evidence: evidenceOther}, nil
	}
	return Recovery{Verdict: Done, Evidence: evidenceDocument, Document: &doc}, nil
}

func undecidableEvidence(cmd Command) ecr.Phrase {
	switch cmd {
	case 0xFF4D, 0xFF0C:
		return evidenceTags
	case 0xFF61:
		return evidenceCheck
	case 0x1E:
		return evidenceSetting
	}
	return evidencePaper
}

func unchanged(p ecr.Phrase) ecr.Phrase {
	return ecr.Phrase{EN: p.EN + ": unchanged", RU: p.RU + ": без изменений"}
}

// What a verdict rests on.
var (
	evidenceNotTaken   = ecr.Phrase{EN: "the device did not take the command", RU: "ККТ не приняла команду"}
	evidenceAnswered   = ecr.Phrase{EN: "the device answered", RU: "ККТ ответила"}
	evidenceRefused    = ecr.Phrase{EN: "the device refused the command", RU: "ККТ отказала в выполнении команды"}
	evidenceHeld       = ecr.Phrase{EN: "the device still held the answer", RU: "ККТ ещё хранила ответ"}
	evidenceForeign    = ecr.Phrase{EN: "there is a document that is not this command's: somebody else used the register", RU: "есть документ другой команды: на ККТ работал кто-то ещё"}
	evidenceMode       = ecr.Phrase{EN: "mode (10h)", RU: "режим (10h)"}
	evidenceGone       = ecr.Phrase{EN: "the receipt is gone: the register lost power or was reset", RU: "чека больше нет: ККТ теряла питание или была сброшена"}
	evidenceOperations = ecr.Phrase{EN: "operations in the receipt (10h)", RU: "операции в чеке (10h)"}
	evidenceBegun      = ecr.Phrase{EN: "document begun in the fiscal drive (FF01h)", RU: "начатый документ ФН (FF01h)"}
	evidenceShift      = ecr.Phrase{EN: "shift (FF40h)", RU: "смена (FF40h)"}
	evidenceMarks      = ecr.Phrase{EN: "marks in the receipt (FF70h)", RU: "марки в чеке (FF70h)"}
	evidenceCheckOver  = ecr.Phrase{EN: "the check is over and its result was not kept: check the mark again", RU: "проверка окончена, её результат не сохранён: проверьте марку ещё раз"}
	evidenceKept       = ecr.Phrase{EN: "results kept (FF70h)", RU: "сохранённые результаты проверок (FF70h)"}
	evidenceOpen       = ecr.Phrase{EN: "the receipt is still open, no new document (FF01h)", RU: "чек ещё открыт, нового документа нет (FF01h)"}
	evidenceCancelled  = ecr.Phrase{EN: "the receipt is gone without a document: it was cancelled", RU: "чека больше нет, документа тоже: чек аннулирован"}
	evidenceMany       = ecr.Phrase{EN: "more than one new document: somebody else used the register", RU: "новых документов больше одного: на ККТ работал кто-то ещё"}
	evidenceOther      = ecr.Phrase{EN: "the new document is not this receipt: somebody else used the register", RU: "новый документ — не этот чек: на ККТ работал кто-то ещё"}
	evidenceDocument   = ecr.Phrase{EN: "a new fiscal document with the receipt's sum (FF01h, FF0Ah)", RU: "новый фискальный документ с суммой чека (FF01h, FF0Ah)"}
	evidenceTags       = ecr.Phrase{EN: "tags leave no trace: cancel the receipt and begin again", RU: "реквизиты не оставляют следа: аннулируйте чек и начните его заново"}
	evidenceCheck      = ecr.Phrase{EN: "a check leaves no trace that tells: check the mark again, that does no harm", RU: "проверка не оставляет ясного следа: проверьте марку ещё раз, это безопасно"}
	evidenceSetting    = ecr.Phrase{EN: "read the setting back", RU: "прочитайте настройку"}
	evidencePaper      = ecr.Phrase{EN: "nothing in the register's state tells: only paper is at stake", RU: "по состоянию ККТ не узнать: речь только о бумаге"}
	evidenceNoBaseline = ecr.Phrase{EN: "no baseline was taken", RU: "состояние ККТ перед командой не запрошено"}
)
