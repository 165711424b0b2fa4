package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// till is the state behind the page: one session, what the cashier is told, and
// what is being done. Calls take turns; the state can be read at any time.
type till struct {
	lang     string
	session  *session.Session
	register session.Register
	about    string             // the register, as the page's head names it
	storage  string             // number of the fiscal storage
	known    func(marking.Code) // tells a simulated marking system of goods
	now      func() time.Time
	ended    chan struct{} // closed when the program ends

	turn chan struct{} // holds one value: whoever takes it calls the session

	mu        sync.Mutex
	version   uint64
	changed   chan struct{} // closed with the next change
	view      session.View
	names     map[string]string // of goods by GTIN, as far as the catalogue has them
	next      receipt.Money     // price of the goods that are scanned next
	isReturn  bool
	messages  []message // the first is shown
	seq       int
	busy      string // what is being done, as a key of texts
	stopCall  context.CancelFunc
	done, all int // commands of the receipt
	paper     *paper
	again     func(context.Context) error // what the answer "again" does
}

type message struct {
	Seq      int             `json:"seq"`
	ID       string          `json:"id"`
	Severity string          `json:"severity"`
	Text     string          `json:"text"`
	Support  string          `json:"support"`
	Answers  []messageAnswer `json:"answers"`
	notice   notice.Notice
}

type messageAnswer struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

func newTill(lang, about string) *till {
	t := &till{
		lang: lang, about: about, now: time.Now, next: 100_00, version: 1, known: func(marking.Code) {},
		names: map[string]string{}, ended: make(chan struct{}), changed: make(chan struct{}), turn: make(chan struct{}, 1),
	}
	t.turn <- struct{}{}
	return t
}

// open takes up what an earlier run has left, and reads what the page shows.
func (t *till) open(ctx context.Context, register session.Register, options session.Options) error {
	t.register = register
	options.Notify, options.Progress = t.notify, t.progress
	t.session = session.New(register, &options)
	last, err := register.LastDocument(ctx)
	if err != nil {
		return err
	}
	t.storage = last.Storage
	return t.call(ctx, "checking", func(ctx context.Context) error {
		_, err := t.session.Resume(ctx)
		return err
	})
}

// update changes the state and tells the pages.
func (t *till) update(change func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change()
	t.version++
	close(t.changed)
	t.changed = make(chan struct{})
}

// notify takes a notice of the session; silenced ones are not shown.
func (t *till) notify(n notice.Notice) {
	if n.Silenced {
		return
	}
	t.update(func() { t.push(n) })
}

func (t *till) push(n notice.Notice) {
	t.seq++
	m := message{
		Seq: t.seq, ID: n.Kind.String(), Severity: n.Severity().String(),
		Text: n.Message(t.lang), Support: n.Support(t.lang), notice: n,
	}
	for _, a := range n.Answers() {
		m.Answers = append(m.Answers, messageAnswer{a.String(), a.Text(t.lang)})
	}
	if len(m.Answers) == 0 {
		m.Answers = []messageAnswer{{notice.OK.String(), notice.OK.Text(t.lang)}}
	}
	t.messages = append(t.messages, m)
}

// fail shows an error that is no notice.
func (t *till) fail(err error) {
	text := err.Error()
	if e, ok := errors.AsType[interface {
		error
		Message(lang string) string
	}](err); ok {
		text = e.Message(t.lang)
	}
	t.update(func() {
		t.seq++
		t.messages = append(t.messages, message{
			Seq: t.seq, ID: "error", Severity: notice.Refusal.String(), Text: text,
			Answers: []messageAnswer{{notice.OK.String(), notice.OK.Text(t.lang)}},
		})
	})
}

func (t *till) progress(p session.Progress) {
	if p.Total > 0 {
		t.update(func() { t.done, t.all = p.Done, p.Total })
	}
}

// call does one thing with the session, after those before it. What it answers
// is shown; an error only says that the call does not fit.
func (t *till) call(ctx context.Context, what string, do func(context.Context) error) error {
	select {
	case <-t.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.ended:
		return errEnded
	}
	defer func() { t.turn <- struct{}{} }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	t.update(func() { t.busy, t.stopCall, t.done, t.all = what, stop, 0, 0 })
	err := do(ctx)
	view := t.seen()
	t.update(func() { t.view, t.busy, t.stopCall, t.done, t.all = view, "", nil, 0, 0 })
	if err != nil {
		t.fail(err)
	}
	return err
}

var errEnded = errors.New("the till is closed")

// scan takes what a scanner delivered: a mark, or the bar code of goods without one.
func (t *till) scan(ctx context.Context, text string) {
	t.begin()
	_ = t.call(ctx, "checking", func(ctx context.Context) error {
		code, err := marking.Read(text, nil)
		if err == nil && !code.Kind().IsMark() && code.GTIN() != "" {
			_, err = t.session.Add(ctx, t.goods(code.GTIN()))
			return err
		}
		goods := t.goods("")
		if err == nil {
			goods = t.goods(code.GTIN())
			t.known(code)
		}
		again := func(ctx context.Context) error {
			_, err := t.session.Scan(ctx, text, goods)
			return err
		}
		t.update(func() { t.again = again })
		return again(ctx)
	})
}

// begin puts the receipt of before away.
func (t *till) begin() {
	t.update(func() { t.paper = nil })
}

// goods are one piece at the price that is set.
func (t *till) goods(gtin string) session.Goods {
	t.mu.Lock()
	defer t.mu.Unlock()
	name := texts[t.lang]["notMarked"]
	if gtin != "" {
		name = texts[t.lang]["goods"] + " " + gtin
		if n := t.names[gtin]; n != "" {
			name = n
		}
	}
	return session.Goods{Name: name, Price: t.next, Quantity: receipt.One, Tax: taxNone}
}

// taxNone is the row of the register's table of taxes for "без НДС".
const taxNone = 4

func (t *till) addUnmarked(ctx context.Context) error {
	t.begin()
	return t.call(ctx, "checking", func(ctx context.Context) error {
		_, err := t.session.Add(ctx, t.goods(""))
		return err
	})
}

// price sets the price of what is scanned next.
func (t *till) price(text string) error {
	kopecks, ok := parseAmount(text)
	if !ok || kopecks == 0 {
		err := errors.New(texts[t.lang]["badPrice"])
		t.fail(err)
		return err
	}
	t.update(func() { t.next = receipt.Money(kopecks) })
	return nil
}

func (t *till) remove(ctx context.Context, n int) error {
	return t.call(ctx, "removing", func(ctx context.Context) error {
		_, err := t.session.Remove(ctx, n)
		return err
	})
}

// setKind chooses between sale and return before the first item.
func (t *till) setKind(ctx context.Context, kind string) error {
	switch kind {
	case "return":
		err := t.call(ctx, "checking", t.session.BeginReturn)
		if err == nil {
			t.update(func() { t.isReturn = true })
		}
		return err
	case "sale":
		err := t.cancel(ctx) // an empty return
		return err
	}
	return fmt.Errorf("unknown kind %q", kind)
}

func (t *till) close(ctx context.Context, payment string) error {
	if payment != "cash" && payment != "electronic" {
		return fmt.Errorf("unknown payment %q", payment)
	}
	var closeIt func(context.Context) error
	closeIt = func(ctx context.Context) error {
		t.update(func() { t.again = closeIt })
		var p receipt.Payments
		if sum := t.total(t.seen()); payment == "cash" {
			p.Cash = sum
		} else {
			p.Electronic = sum
		}
		res, err := t.session.CloseReceipt(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: p})
		if err == nil && res.Receipt == flow.Closed {
			t.finish(res.Document)
		}
		return err
	}
	return t.call(ctx, "closing", closeIt)
}

// seen is the state after the session's last step. Before the first one that may
// fail, as the step itself will say.
func (t *till) seen() session.View {
	v, _ := t.session.View(context.Background())
	return v
}

// finish draws the receipt.
func (t *till) finish(d *session.Document) {
	view := t.seen()
	drawn := t.draw(view, d)
	t.update(func() { t.paper, t.isReturn = drawn, false })
}

func (t *till) cancel(ctx context.Context) error {
	err := t.call(ctx, "cancelling", func(ctx context.Context) error {
		_, err := t.session.CancelReceipt(ctx)
		return err
	})
	if err == nil {
		t.update(func() { t.isReturn = false })
	}
	return err
}

// stop ends the wait of what is being done: its outcome is then settled by asking.
func (t *till) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopCall != nil {
		t.stopCall()
	}
}

// answer is the cashier's to the message that is shown.
func (t *till) answer(ctx context.Context, seq int, name string) error {
	var given notice.Answer
	if err := given.UnmarshalText([]byte(name)); err != nil {
		return err
	}
	t.mu.Lock()
	if len(t.messages) == 0 || t.messages[0].Seq != seq {
		t.mu.Unlock()
		return errors.New("this message is answered")
	}
	m, again := t.messages[0], t.again
	t.mu.Unlock()
	t.update(func() { t.messages = t.messages[1:] })
	do := func(what string, f func(context.Context) (session.Result, error)) error {
		return t.call(ctx, what, func(ctx context.Context) error {
			res, err := f(ctx)
			if err == nil && res.Receipt == flow.Closed && res.Document != nil {
				t.finish(res.Document)
			}
			return err
		})
	}
	switch given {
	case notice.Snooze:
		t.session.Snooze(m.notice.Kind)
	case notice.OpenShift:
		return do("checking", t.session.OpenShift)
	case notice.RenewShift:
		return do("checking", t.session.RenewShift)
	case notice.ClearRegister:
		return do("checking", t.session.ClearRegister)
	case notice.WasSold:
		return do("checking", t.session.DecideSold)
	case notice.WasNotSold:
		return do("checking", t.session.DecideNotSold)
	case notice.Again:
		if again != nil {
			return t.call(ctx, "checking", again)
		}
	case notice.GiveUp:
		if m.notice.Item > 0 {
			return t.remove(ctx, m.notice.Item)
		}
		return t.cancel(ctx)
	}
	return nil
}

// total is the sum of what stands in the receipt.
func (t *till) total(view session.View) (sum receipt.Money) {
	for _, it := range view.Items {
		if it.State.InReceipt() {
			cost, _ := it.Goods.Cost()
			sum += cost
		}
	}
	return sum
}

// shownItem is a row of the page.
type shownItem struct {
	N     int    `json:"n"`
	Name  string `json:"name"`
	Code  string `json:"code"`
	State string `json:"state"`
	Tone  string `json:"tone"`
	Price string `json:"price"`
}

// state is what the pages show, as JSON, with its version; changed is closed with
// the next one. The text is empty if the version is the caller's last.
func (t *till) state(last uint64) (text []byte, version uint64, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.version == last {
		return nil, last, t.changed
	}
	words := texts[t.lang]
	point := ","
	if t.lang != "ru" {
		point = "."
	}
	s := struct {
		Register string      `json:"register"`
		Counter  string      `json:"counter"`
		Saved    int         `json:"saved"`
		Limit    int         `json:"limit"`
		Items    []shownItem `json:"items"`
		Open     bool        `json:"open"`
		Total    string      `json:"total"`
		Price    string      `json:"price"`
		Kind     string      `json:"kind"`
		Busy     string      `json:"busy"`
		Progress any         `json:"progress"`
		Message  *message    `json:"message"`
		Receipt  *paper      `json:"receipt"`
		Remove   string      `json:"remove"`
	}{
		Register: t.about, Saved: t.view.Saved, Limit: session.MaxSaved, Items: []shownItem{},
		Counter: fmt.Sprintf(words["saved"], t.view.Saved, session.MaxSaved), Open: t.busy == "",
		Total: amount(int64(t.total(t.view)), point), Price: amount(int64(t.next), point),
		Kind: "sale", Busy: words[t.busy], Receipt: t.paper, Remove: words["remove"],
	}
	if t.isReturn {
		s.Kind = "return"
	}
	if !t.view.Receipt.Done() {
		for _, it := range t.view.Items {
			if it.State.InReceipt() { // what was refused, the message has said
				s.Items = append(s.Items, shownItem{
					N: it.Number, Name: it.Goods.Name, Code: it.Mark.Identity(), State: stateWord(t.lang, it.State),
					Tone: tone(it.State), Price: amount(int64(it.Goods.Price), point),
				})
			}
		}
	}
	if t.busy == "closing" && t.all > 0 {
		s.Progress = map[string]any{"done": t.done, "total": t.all, "text": fmt.Sprintf(words["printing"], t.done, t.all)}
	}
	if len(t.messages) > 0 {
		s.Message = &t.messages[0]
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts and numbers only
	}
	return text, t.version, t.changed
}

func tone(s flow.ItemState) string {
	switch {
	case s == flow.Refused:
		return "bad"
	case s == flow.Unknown || s == flow.Held:
		return "warn"
	case s == flow.Saved || s == flow.Ready:
		return "good"
	}
	return ""
}

// draw makes the paper of a closed receipt.
func (t *till) draw(view session.View, d *session.Document) *paper {
	words := texts[t.lang]
	p := &paper{}
	line := func(left, right, class string) {
		p.Lines = append(p.Lines, paperLine{Left: left, Right: right, Class: class})
	}
	at := d.At
	if at.IsZero() {
		at = t.now()
	}
	f := fiscal{Storage: t.storage, Document: d.Number, Sign: d.Sign, At: at, Return: d.Operation == receipt.Return, Sum: int64(d.Sum)}
	kind := "receiptSale"
	if f.Return {
		kind = "receiptReturn"
	}
	line(words["receiptTitle"], "", "title")
	line(words[kind], "", "title")
	p.Lines = append(p.Lines, paperLine{Rule: true})
	n := 0
	for _, it := range view.Items {
		if it.State != flow.Sold {
			continue
		}
		n++
		name := it.Goods.Name
		if it.Mark.Kind().IsMark() {
			name += " [" + strings.TrimSpace(markSign(it)) + "]"
		}
		cost, _ := it.Goods.Cost()
		line(fmt.Sprintf("%d. %s", n, name), "="+amount(int64(cost), "."), "")
	}
	p.Lines = append(p.Lines, paperLine{Rule: true})
	line(words["receiptTotal"], "="+amount(f.Sum, "."), "total")
	p.Lines = append(p.Lines, paperLine{Rule: true})
	line(at.Format("02.01.2006 15:04"), "", "")
	line("ФН "+f.Storage, "", "")
	line(fmt.Sprintf("ФД %d", f.Document), fmt.Sprintf("ФП %010d", f.Sign), "")
	p.QRText = f.qrText()
	if image, err := qrImage(p.QRText); err == nil {
		p.QR = image
	}
	return p
}

// markSign is what stands by a marked item on paper: [М+] if the server of marks
// has checked it, [М] if it has not.
func markSign(it session.Item) string {
	if it.Answer.Verdict() == marking.VerdictPositive {
		return "М+"
	}
	return "М"
}
