package session

import (
	"context"
	"encoding/json"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// record is a line of the journal. It is written before it is applied, and what
// it announces (a command about to be sent) before that is done; reading the
// journal applies the same records in the same order. A program of before that
// does not know a field must not guess: see version.
type record struct {
	Version int       `json:"v"`
	At      time.Time `json:"at"`
	Receipt string    `json:"receipt"`

	// What happens to the receipt or to an item.
	ReceiptEvent flow.ReceiptEvent `json:"receiptEvent,omitzero"`
	Item         int               `json:"item,omitempty"`
	ItemEvent    flow.ItemEvent    `json:"event,omitzero"`

	// What came with it.
	Return      bool               `json:"return,omitempty"`      // Begin: goods come back
	Goods       *Goods             `json:"goods,omitempty"`       // the item's first record, with Code.Text as its mark
	Scan        string             `json:"scan,omitempty"`        // hex of Code.Original, where it differs from the mark
	Answer      *marking.Answer    `json:"answer,omitempty"`      // Passed, Failed
	Verdict     *permit.Verdict    `json:"verdict,omitempty"`     // Permit, Forbid, or a fresh answer
	Decision    *flow.Decision     `json:"decision,omitempty"`    // Permit, Forbid
	Reservation *guard.Reservation `json:"reservation,omitempty"` // of the guard
	Unreserve   bool               `json:"unreserve,omitempty"`   // the reservation is no more
	Saved       *int               `json:"saved,omitempty"`       // the count that was read
	Gone        bool               `json:"gone,omitempty"`        // nothing of ours is saved any more
	Payment     *Payment           `json:"payment,omitempty"`     // Print
	Last        *LastDocument      `json:"last,omitempty"`        // Print, SendClose
	Total       receipt.Money      `json:"total,omitempty"`       // Print: the sum of the receipt in kopecks
	Command     int                `json:"command,omitempty"`     // the command that is about to be sent, from 1
	Document    *Document          `json:"document,omitempty"`    // CloseDone
	Notices     []notice.Notice    `json:"notices,omitempty"`     // what the cashier was told
	Duty        *duty              `json:"duty,omitempty"`        // what is still to be told of a closed receipt
	DutyDone    string             `json:"dutyDone,omitempty"`    // the receipt whose duty is done
	Over        flow.ReceiptState  `json:"over,omitzero"`         // how the receipt before has ended
	Known       []string           `json:"known,omitempty"`       // identities whose results are saved, of a receipt before
}

const version = 1

// duty is what others have to be told of a closed receipt.
type duty struct {
	Receipt   string              `json:"receipt"`
	Confirm   []guard.Reservation `json:"confirm,omitempty"` // to the guard
	Release   []guard.Reservation `json:"release,omitempty"` // to the guard
	Sales     []saleRecord        `json:"sales,omitempty"`   // to Options.Sold
	At        time.Time           `json:"at"`
	Abandoned bool                `json:"abandoned,omitempty"`
}

type saleRecord struct {
	Goods  Goods `json:"goods"`
	Return bool  `json:"return,omitempty"`
}

// write makes a step: the record goes to the journal, then into the state. The
// event is tried first, so that nothing is written that does not fit.
func (s *Session) write(ctx context.Context, r record) error {
	r.Version, r.At = version, s.opt.Now()
	if r.Receipt == "" {
		r.Receipt = s.st.id
	}
	if err := s.st.fits(&r); err != nil {
		return s.fail(CodeEvent, err)
	}
	line, err := json.Marshal(&r)
	if err != nil {
		return s.fail(CodeJournal, err)
	}
	// What has happened must be written also when the caller has given up.
	if err := s.opt.Journal.Append(context.WithoutCancel(ctx), line); err != nil {
		return s.fail(CodeJournal, err)
	}
	if err := s.st.apply(&r, s.opt.Marking); err != nil {
		return s.fail(CodeJournal, err)
	}
	s.log.LogAttrs(ctx, levelStep, "step", r.attrs()...)
	s.keeper.set(s.st.reservations(false))
	s.show()
	return nil
}

// item writes a step of an item.
func (s *Session) step(ctx context.Context, it *item, e flow.ItemEvent, r record) error {
	r.Item, r.ItemEvent = it.number, e
	return s.write(ctx, r)
}

// load reads the journal the first time.
func (s *Session) load(ctx context.Context) error {
	if s.loaded {
		return nil
	}
	st := state{}
	for line, err := range s.opt.Journal.Records(ctx) {
		if err != nil {
			return s.fail(CodeJournal, err)
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil {
			return s.fail(CodeJournal, err)
		}
		if r.Version != version {
			return s.fail(CodeJournalVersion, nil)
		}
		if err := st.fits(&r); err != nil {
			return s.fail(CodeJournal, err)
		}
		if err := st.apply(&r, s.opt.Marking); err != nil {
			return s.fail(CodeJournal, err)
		}
	}
	// What was about to be sent when the program ended may have been.
	st.resumed = st.receipt != 0 && !st.receipt.Done()
	s.st, s.loaded = st, true
	s.keeper.set(st.reservations(false))
	return nil
}

// turnPage replaces the journal when a receipt is over: what is left of it are
// the duties and what the register still remembers.
func (s *Session) turnPage(ctx context.Context) error {
	var list [][]byte
	add := func(r record) error {
		r.Version, r.At, r.Receipt = version, s.opt.Now(), s.st.id
		line, err := json.Marshal(&r)
		list = append(list, line)
		return err
	}
	// The cashier of a till that crashed just now will want to know.
	if err := add(record{Over: s.st.receipt, Document: s.st.document}); err != nil {
		return s.fail(CodeJournal, err)
	}
	for i := range s.st.duties {
		if err := add(record{Duty: &s.st.duties[i]}); err != nil {
			return s.fail(CodeJournal, err)
		}
	}
	if s.st.saved > 0 || len(s.st.known) > 0 {
		if err := add(record{Known: s.st.knownList(), Saved: new(s.st.saved)}); err != nil {
			return s.fail(CodeJournal, err)
		}
	}
	if err := s.opt.Journal.Replace(context.WithoutCancel(ctx), list); err != nil {
		return s.fail(CodeJournal, err)
	}
	return nil
}
