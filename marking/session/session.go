package session

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// The defaults of Options.
const (
	DefaultSnooze     = 15 * time.Minute       // how long "Не напоминать 15 минут" lasts (M48)
	DefaultPrintLimit = 30 * time.Second       // how long the printer is waited for between two commands (M74)
	DefaultBusyLimit  = 30 * time.Second       // how long another receipt on the register is waited for (M54)
	DefaultPoll       = 200 * time.Millisecond // how often the register's state is read while waiting
)

// GuardPolicy says what happens when the guard cannot be reached (M41).
type GuardPolicy uint8

// The policies. Zero is GuardRefuse.
const (
	GuardRefuse GuardPolicy = iota // marked goods are not sold
	GuardSell                      // they are sold with a notice, guarded in this receipt only
)

// Options are the settings of a Session. The zero value sells on a register of
// one's own without permit checks, guarded in this receipt, with a journal that
// ends with the program.
type Options struct {
	// Permit asks whether goods may be sold. It defaults to none: no goods
	// require a permit check.
	Permit permit.Checker
	// Exempt tells goods that require no permit check though Permit is set. It
	// defaults to none.
	Exempt func(Goods) bool
	// CheckReturns asks Permit for goods that come back, too (M76).
	CheckReturns bool
	// Industry are the parts of the block 1260 that name the law.
	Industry permit.IndustrySettings

	// Guard widens the guard against double sales beyond this receipt. It
	// defaults to none.
	Guard guard.Guard
	// GuardAway says what happens when Guard cannot be reached.
	GuardAway GuardPolicy
	// Till names this till to the others. It defaults to "till".
	Till string

	// Journal keeps what is about to be done. It defaults to a journal.Memory:
	// then nothing is left of a receipt when the program ends. A till wants
	// journal.Open.
	Journal journal.Store
	// Sold is told of every closed receipt with marks, for the log of sales of a
	// local module ([ReportTo]). It should only queue them: the sale is done.
	// Until it returns nil, it is called again with the next receipt or Resume.
	Sold func(ctx context.Context, sales []Sale) error

	// Shared says that other tills use the register too, through a gateway: a
	// scan then only checks, and results are saved when the receipt closes, under
	// one lease (M57).
	Shared bool
	// SendAsScanned sends the code to the register as the scanner delivered it,
	// the source's second way: a scanner without GS shows at once. By default the
	// code with its restored separators is sent.
	SendAsScanned bool
	// Marking are the settings for reading codes.
	Marking *marking.Options

	// PrintLimit is how long the printer is waited for between two commands. It
	// defaults to DefaultPrintLimit.
	PrintLimit time.Duration
	// BusyLimit is how long another receipt on the register is waited for. It
	// defaults to DefaultBusyLimit.
	BusyLimit time.Duration
	// Poll is how often the state is read while waiting. It defaults to DefaultPoll.
	Poll time.Duration
	// Snooze is how long a silenced notice stays silent. It defaults to DefaultSnooze.
	Snooze time.Duration

	// Notify gets every notice at once, also those that come while a call is
	// still waiting, such as paper that ran out. It must not call the Session.
	Notify func(notice.Notice)
	// Progress gets what the Session is about to do. It must not call the Session.
	Progress func(Progress)

	// Now is the clock for business time: journal, age of permit answers. It
	// defaults to time.Now.
	Now func() time.Time
	// Monotonic is a clock that nobody sets, for silenced notices. It defaults to
	// the time since New.
	Monotonic func() time.Duration
	// NewID makes the ids of receipts. It defaults to random UUIDs.
	NewID func() string
	// Logger gets the steps, never whole marks. It defaults to none.
	Logger *slog.Logger
}

// Progress is what a Session is about to do.
type Progress struct {
	// Step is what it is, such as "check", "permit", "accept", "FNOperation".
	Step string
	// Item is the number of the item, 0 for the receipt.
	Item int
	// Done and Total count the commands of the receipt while it is printed.
	Done, Total int
}

// Session sells one receipt after the other on one register. Its methods may be
// called from several goroutines; calls take turns.
type Session struct {
	register Register
	opt      Options
	log      *slog.Logger

	turn    chan struct{} // holds one value: whoever takes it may work
	loaded  bool          // the journal was read
	st      state
	watched WorkStatus // the last one that was reported on

	mu      sync.Mutex                    // guards what follows, for a moment only
	snoozed map[notice.Kind]time.Duration // until when, by the monotonic clock
	shown   View
	shows   bool // shown was set

	keeper keeper
}

// New makes a Session on a register. It does no I/O; nil options are the
// defaults. Call [Session.Resume] before the first scan: it takes up what a
// crash has left. New panics if register is nil.
func New(register Register, options *Options) *Session {
	if register == nil {
		panic("session: New needs a Register")
	}
	s := &Session{register: register, turn: make(chan struct{}, 1), snoozed: map[notice.Kind]time.Duration{}}
	if options != nil {
		s.opt = *options
	}
	o := &s.opt
	set(&o.PrintLimit, DefaultPrintLimit)
	set(&o.BusyLimit, DefaultBusyLimit)
	set(&o.Poll, DefaultPoll)
	set(&o.Snooze, DefaultSnooze)
	if o.Till == "" {
		o.Till = "till"
	}
	if o.Journal == nil {
		o.Journal = new(journal.Memory)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Monotonic == nil {
		start := time.Now()
		o.Monotonic = func() time.Duration { return time.Since(start) }
	}
	if o.NewID == nil {
		o.NewID = uuid.NewString
	}
	s.log = o.Logger
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.keeper.guard, s.keeper.log = o.Guard, s.log
	s.turn <- struct{}{}
	return s
}

func set(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// enter waits for its turn and reads the journal the first time.
func (s *Session) enter(ctx context.Context) error {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return s.fail(CodeCancelled, context.Cause(ctx))
	}
	if err := s.load(ctx); err != nil {
		s.leave()
		return err
	}
	s.keeper.begin()
	return nil
}

func (s *Session) leave() {
	if s.loaded {
		s.show()
	}
	s.turn <- struct{}{}
}

// Close ends the renewal of reservations and waits for it; a receipt that is not
// closed stays in the journal for Resume. The Session can be used again.
// It never fails.
func (s *Session) Close() error {
	s.keeper.stop()
	return nil
}

// Result is what a call has led to.
type Result struct {
	// Items are those that the call was about, as they are now.
	Items []Item
	// Notices are for the cashier, in their order.
	Notices []notice.Notice
	// Receipt is the state of the receipt.
	Receipt flow.ReceiptState
	// Document is the closed receipt, nil before.
	Document *Document
}

// Has says whether a notice of that kind is among the result's.
func (r Result) Has(k notice.Kind) bool {
	for _, n := range r.Notices {
		if n.Kind == k {
			return true
		}
	}
	return false
}

// Item is one item of a receipt.
type Item struct {
	// Number counts from 1 in the order of scans and is never given twice in a
	// receipt.
	Number int
	// State is where it stands; only items with State.InReceipt are sold.
	State flow.ItemState
	// Goods are what was given to Scan or Add.
	Goods Goods
	// Mark is the code; the zero Code for goods without a mark.
	Mark marking.Code
	// Answer is the register's last answer to its check.
	Answer marking.Answer
	// Verdict is the permit check's; without Raw and Item after a restart.
	Verdict permit.Verdict
	// Decision is the cell of the matrix that decided, zero before.
	Decision flow.Decision
}

// View is the state of a Session.
type View struct {
	// ID is the receipt's, "" before the first.
	ID string
	// Receipt is its state, 0 before the first.
	Receipt flow.ReceiptState
	// Items are all that were scanned or added, also those refused and removed.
	Items []Item
	// Saved is the number of results in the fiscal storage as it was last read,
	// of at most MaxSaved.
	Saved int
	// Document is the closed receipt, nil before.
	Document *Document
	// Allowed are the events that fit the receipt's state.
	Allowed []flow.ReceiptEvent
}

// View returns the state after the last step. It asks nobody and does not wait
// for a call under way, so Notify and Progress may call it; only before the first
// call it reads the journal, whose errors it returns.
func (s *Session) View(ctx context.Context) (View, error) {
	if v, ok := s.seen(); ok {
		return v, nil
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return View{}, s.fail(CodeCancelled, context.Cause(ctx))
	}
	err := s.load(ctx)
	s.leave()
	v, _ := s.seen()
	return v, err
}

// seen is what was shown last; ok is false before the journal was read.
func (s *Session) seen() (v View, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v = s.shown
	v.Items = slices.Clone(v.Items)
	return v, s.shows
}

// show makes the state visible to View.
func (s *Session) show() {
	v := View{ID: s.st.id, Receipt: s.st.receipt, Saved: s.st.saved, Document: s.st.document, Allowed: s.st.receipt.Allowed()}
	for _, it := range s.st.items {
		v.Items = append(v.Items, it.public())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown, s.shows = v, true
}

// call collects what one call of a method leads to.
type call struct {
	s   *Session
	res Result
	// tries counts how often lost replies were asked after, so that a register
	// that loses every reply does not keep the call for ever.
	tries int
	// closing: the register is leased over all items of the receipt.
	closing bool
	// anew: a receipt that was not printed is printed anew by this call.
	anew   bool
	leased bool
}

func (s *Session) call() *call { return &call{s: s} }

// lease leases the register for this call; what is leased already is not leased
// twice. The function returned may be called more than once.
func (c *call) lease(ctx context.Context) (func(), error) {
	if c.leased {
		return func() {}, nil
	}
	release, err := c.s.register.Lease(ctx)
	if err != nil {
		return nil, err
	}
	c.leased = true
	done := false
	return func() {
		if !done {
			done, c.leased = true, false
			release()
		}
	}, nil
}

// touch adds an item to the result, once.
func (c *call) touch(it *item) {
	for i := range c.res.Items {
		if c.res.Items[i].Number == it.number {
			return
		}
	}
	c.res.Items = append(c.res.Items, Item{Number: it.number})
}

// result fills in the state at the end of the call.
func (c *call) result() Result {
	for i := range c.res.Items {
		if it := c.s.st.find(c.res.Items[i].Number); it != nil {
			c.res.Items[i] = it.public()
		}
	}
	c.res.Receipt, c.res.Document = c.s.st.receipt, c.s.st.document
	return c.res
}

func (s *Session) progress(step string, item int) {
	if s.opt.Progress != nil {
		s.opt.Progress(Progress{Step: step, Item: item})
	}
}
