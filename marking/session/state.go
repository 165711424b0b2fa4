package session

import (
	"errors"
	"log/slog"
	"slices"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
)

// levelStep is the level of the steps in the log.
const levelStep = slog.LevelDebug

// state is all that a session knows. Only apply changes it, so that a journal
// read again gives the same state.
type state struct {
	id       string
	receipt  flow.ReceiptState
	back     bool // goods come back
	items    []*item
	saved    int             // results in the fiscal storage as last read
	known    map[string]bool // identities whose results are among them
	counted  bool            // saved was read for this receipt
	payment  Payment
	total    receipt.Money // of the receipt that is being printed, in kopecks
	last     LastDocument  // before the first command of the receipt
	closing  LastDocument  // before the close
	sent     bool          // the close was, or was about to be, sent
	document *Document
	duties   []duty
	resumed  bool // read from the journal and not taken up yet
}

// item is one item with what is known of it.
type item struct {
	number      int
	state       flow.ItemState
	goods       Goods
	code        marking.Code
	answer      marking.Answer
	answered    bool
	verdict     permit.Verdict
	decision    flow.Decision
	reservation *guard.Reservation
	intent      flow.ItemEvent // what was sent last: SendCheck or SendAccept
	entered     bool           // it is in the receipt; before, it is only being examined
}

func (it *item) public() Item {
	return Item{Number: it.number, State: it.state, Goods: it.goods, Mark: it.code, Answer: it.answer, Verdict: it.verdict, Decision: it.decision}
}

// marked says whether the item has a mark.
func (it *item) marked() bool { return it.code.Kind() != marking.KindUnknown }

func (it *item) identity() string { return it.code.Identity() }

func (st *state) find(number int) *item {
	if number < 1 || number > len(st.items) {
		return nil
	}
	return st.items[number-1]
}

// reservations lists those of the items in the receipt, or of all: a crash can
// leave one with an item that is out of it.
func (st *state) reservations(all bool) []guard.Reservation {
	var list []guard.Reservation
	for _, it := range st.items {
		if it.reservation != nil && (all || it.state.InReceipt()) {
			list = append(list, *it.reservation)
		}
	}
	return list
}

func (st *state) knownList() []string {
	var list []string
	for id := range st.known {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// errStray is a record that names what is not there.
var errStray = errors.New("a record of an item or receipt that is not there")

// fits tries a record's events on the state without changing it.
func (st *state) fits(r *record) error {
	if r.ReceiptEvent != 0 {
		from := st.receipt
		if r.ReceiptEvent == flow.Begin && from.Done() {
			from = 0
		}
		if _, err := from.On(r.ReceiptEvent); err != nil {
			return err
		}
	}
	if r.ItemEvent != 0 {
		from := flow.Scanned
		if it := st.find(r.Item); it != nil {
			from = it.state
		} else if r.Goods == nil || r.Item != len(st.items)+1 {
			return errStray
		}
		if _, err := from.On(r.ItemEvent); err != nil {
			return err
		}
	}
	return nil
}

// apply puts a record into the state. The caller has called fits.
func (st *state) apply(r *record, opt *marking.Options) error {
	if r.ReceiptEvent != 0 {
		st.applyReceipt(r)
	}
	if r.Over != 0 {
		st.id, st.receipt, st.document = r.Receipt, r.Over, r.Document
	}
	if r.Saved != nil {
		st.saved, st.counted = *r.Saved, true
	}
	if r.Known != nil {
		st.known = map[string]bool{}
		for _, id := range r.Known {
			st.known[id] = true
		}
	}
	if r.Gone {
		st.known = nil
		for _, it := range st.items {
			if to, err := it.state.On(flow.Gone); err == nil {
				it.state = to
			}
		}
	}
	if r.Duty != nil {
		st.duties = append(st.duties, *r.Duty)
	}
	if r.DutyDone != "" {
		st.duties = slices.DeleteFunc(st.duties, func(d duty) bool { return d.Receipt == r.DutyDone })
	}
	if r.Item != 0 {
		return st.applyItem(r, opt)
	}
	return nil
}

func (st *state) applyReceipt(r *record) {
	if r.ReceiptEvent == flow.Begin {
		*st = state{id: r.Receipt, back: r.Return, saved: st.saved, known: st.known, duties: st.duties}
	}
	st.receipt, _ = st.receipt.On(r.ReceiptEvent)
	switch r.ReceiptEvent {
	case flow.Print:
		st.sent, st.closing, st.total = false, LastDocument{}, r.Total
		if r.Payment != nil {
			st.payment = *r.Payment
		}
		if r.Last != nil {
			st.last = *r.Last
		}
	case flow.SendClose:
		st.sent = true
		if r.Last != nil {
			st.closing = *r.Last
		}
	case flow.CloseFails:
		st.sent = false
	case flow.Stop:
		st.sent = false
		st.counted = false
	case flow.CloseDone:
		st.document, st.known, st.saved, st.counted = r.Document, nil, 0, false
		for _, it := range st.items {
			if to, err := it.state.On(flow.Sell); err == nil {
				it.state, it.reservation = to, nil
			}
		}
		st.forget()
	case flow.Abandon:
		st.forget()
	}
}

// forget drops all items that are still in the receipt.
func (st *state) forget() {
	for _, it := range st.items {
		it.reservation = nil
		if to, err := it.state.On(flow.Forget); err == nil {
			it.state = to
		}
	}
}

func (st *state) applyItem(r *record, opt *marking.Options) error {
	it := st.find(r.Item)
	if it == nil {
		if r.Goods == nil || r.Item != len(st.items)+1 {
			return errStray
		}
		it = &item{number: r.Item, state: flow.Scanned, goods: *r.Goods}
		if r.Goods.Mark != "" {
			code, err := readMark(r.Goods.Mark, r.Scan, opt)
			if err != nil {
				return err
			}
			it.code = code
		}
		st.items = append(st.items, it)
	}
	if r.ItemEvent != 0 {
		it.state, _ = it.state.On(r.ItemEvent)
	}
	if r.Goods != nil {
		it.goods = *r.Goods
	}
	if r.Answer != nil {
		it.answer, it.answered = *r.Answer, true
	}
	if r.Verdict != nil {
		it.verdict = *r.Verdict
	}
	if r.Decision != nil {
		it.decision = *r.Decision
	}
	if r.Reservation != nil {
		it.reservation = r.Reservation
	}
	if r.Unreserve {
		it.reservation = nil
	}
	switch r.ItemEvent {
	case flow.SendCheck, flow.SendAccept:
		it.intent = r.ItemEvent
	case flow.Counted:
		if st.known == nil {
			st.known = map[string]bool{}
		}
		st.known[it.identity()] = true
	}
	if it.state == flow.Saved || it.state == flow.Ready {
		it.entered = true
	}
	return nil
}

// readMark reads a code back from the journal: the code from its text, so that
// it has all its parts, with the scan as its original.
func readMark(mark receipt.Mark, scan string, opt *marking.Options) (marking.Code, error) {
	if scan != "" {
		original, err := marking.DecodeHex(scan)
		if err != nil {
			return marking.Code{}, err
		}
		if code, err := marking.Read(original, opt); err == nil && code.Text() == string(mark) {
			return code, nil
		}
	}
	return marking.Parse(string(mark), opt)
}

// attrs is the record for the log: no marks, no permit answers.
func (r *record) attrs() []slog.Attr {
	list := []slog.Attr{slog.String("receipt", r.Receipt)}
	if r.ReceiptEvent != 0 {
		list = append(list, slog.String("event", r.ReceiptEvent.String()))
	}
	if r.ItemEvent != 0 {
		list = append(list, slog.Int("item", r.Item), slog.String("event", r.ItemEvent.String()))
	}
	if r.Saved != nil {
		list = append(list, slog.Int("saved", *r.Saved))
	}
	if r.Command != 0 {
		list = append(list, slog.Int("command", r.Command))
	}
	for _, n := range r.Notices {
		list = append(list, slog.Any("notice", n))
	}
	return list
}
