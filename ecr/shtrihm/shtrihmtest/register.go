package shtrihmtest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// Options are the settings of a [Register]. A nil *Options means all defaults.
type Options struct {
	// Faults are what the register does wrong. It defaults to nothing.
	Faults *ecrtest.Faults
	// Delay lies between ACK and execution of every command. It defaults to 0.
	Delay time.Duration
	// PrintTime is how long documents and lines print after they were answered:
	// submode 5, in which printing commands are refused with 50h. It defaults to 0.
	PrintTime time.Duration
	// InterByte is the register's byte time-out, after which a frame that stopped
	// is refused. It defaults to 1 s.
	InterByte time.Duration
	// ShiftClosed starts with the shift closed. It defaults to an open shift.
	ShiftClosed bool
	// FFAfterACK sends FFh after each ACK of the host, as models on RNDIS do. It
	// defaults to false.
	FFAfterACK bool
	// CashCore takes tags and marks before the operation, not after it (F7h bit
	// 23). It defaults to false.
	CashCore bool
	// Online is what the marking server says of marks that no rule matches:
	// VerdictOK, VerdictNegative, VerdictTimeout or VerdictOff. It defaults to VerdictOK.
	Online Verdict
	// Marks are rules for single marks, the first that matches counts. They
	// default to none.
	Marks []MarkRule
	// Recognise tells the type of a mark (tag 2100): 1..5, 255 for a code without
	// a mark, 0 for what cannot be recognised. It defaults to [Recognise].
	Recognise func(mark []byte) byte
	// Now is the register's clock. It defaults to time.Now.
	Now func() time.Time
	// OnCommand hears every command that was executed or refused by its code, from
	// the goroutine of its connection. It defaults to nothing.
	OnCommand func(Entry)
	// Logger hears faults. It defaults to silence.
	Logger *slog.Logger
}

// Entry is one command in the journal.
type Entry struct {
	Time     time.Time       // by the register's clock
	Cmd      shtrihm.Command // the command
	Code     byte            // 0 = done, else the error it was refused with
	Executed bool            // the command ran
}

// Register is a simulated cash register. Make one with [New]. It is safe for use
// by several goroutines.
type Register struct {
	opt Options
	log *slog.Logger

	mu       sync.Mutex
	shift    shift
	fd       uint32 // last fiscal document
	docs     map[uint32]document
	crossNo  uint16 // number of the last document of any kind
	receipt  *receipt
	begun    byte // document begun with FF41h or FF42h: 02h, 08h; 0 none
	cash     uint64
	marks    marks
	tables   map[byte]*table
	values   map[cell][]byte
	buffer   []byte // of FF33h
	lastErr  lastError
	printing time.Time // until when
	noPaper  bool
	submode  byte // 0, 1, 2 or 3; 5 follows from printing
	executed map[shtrihm.Command]int

	// The link's memory, one for all connections as in a device.
	answer   []byte // v1: body of the answer that was not acknowledged; nil none
	lastNum  uint16 // v2
	lastBody []byte // v2: answer to lastNum; nil: nothing was executed yet
	job      *job   // the command under way
}

// New makes a register with paper and, unless the options say otherwise, an open shift.
func New(opt *Options) *Register {
	r := &Register{docs: map[uint32]document{}, executed: map[shtrihm.Command]int{}, fd: 100, crossNo: 218, lastNum: 1}
	if opt != nil {
		r.opt = *opt
	}
	if r.log = r.opt.Logger; r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.opt.InterByte <= 0 {
		r.opt.InterByte = time.Second
	}
	if r.opt.Recognise == nil {
		r.opt.Recognise = Recognise
	}
	if r.opt.Now == nil {
		r.opt.Now = time.Now
	}
	r.shift.number = 89
	r.tables = factoryTables(r.opt.CashCore)
	r.values = map[cell][]byte{}
	if !r.opt.ShiftClosed {
		r.openShift()
	}
	return r
}

// Executed says how often a command ran: the truth that a host's outcomes are
// held against.
func (r *Register) Executed(cmd shtrihm.Command) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.executed[cmd]
}

// Cash is the sum in the drawer, in kopecks.
func (r *Register) Cash() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cash
}

// SetPaper takes the paper out or puts it in. Where a command met the missing
// paper, the register then waits for B0h (submode 3).
func (r *Register) SetPaper(in bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !in:
		r.noPaper, r.submode = true, submodeNoPaper
	case r.noPaper:
		r.noPaper = false
		if r.submode == submodeActiveNoPaper {
			r.submode = submodeContinue
		} else {
			r.submode = 0
		}
	}
}

// Submodes of 10h. 5 is worked out from the time printing takes.
const (
	submodeNoPaper       = 1
	submodeActiveNoPaper = 2
	submodeContinue      = 3
	submodePrinting      = 5
)

// PowerLoss forgets what a register forgets without power: the answer that was
// not acknowledged, the numbers of v2, the checked marks, and what was printing.
// The receipt stays open.
func (r *Register) PowerLoss() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer, r.lastNum, r.lastBody, r.job = nil, 1, nil, nil
	r.marks.saved, r.marks.check = nil, nil
	r.buffer = nil
	r.printing = time.Time{}
}

func (r *Register) now() time.Time { return r.opt.Now() }

var _ ecrtest.Device = (*Register)(nil)

// ServeConn speaks with one host until it hangs up, a fault ends the connection
// or ctx ends. It does not close the connection.
func (r *Register) ServeConn(ctx context.Context, conn ecr.Conn) error {
	c := &connection{Register: r, conn: conn}
	c.frames.Max = shtrihm.MaxBody + 2 // no command is longer
	return c.serve(ctx)
}
