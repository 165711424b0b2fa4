package customrutest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// Options are the settings of a [Register]. A nil *Options means all defaults.
type Options struct {
	// Faults are what the register does wrong. It defaults to nothing.
	Faults *ecrtest.Faults
	// Delay lies between ACK and answer of every command. It defaults to 0.
	Delay time.Duration
	// PrintTime is how long a printing command takes after it was done; the
	// register shows itself as printing meanwhile. It defaults to 0.
	PrintTime time.Duration
	// InterByte is the register's inter-byte time-out, after which a frame that
	// stopped is refused. It defaults to 1 s.
	InterByte time.Duration
	// ShiftClosed starts with the shift closed. It defaults to an open shift.
	ShiftClosed bool
	// Errors is the form of error answers. It defaults to ErrorsShort.
	Errors ErrorForm
	// Model is the model, which lacks some commands. It defaults to the Q3X-Ф.
	Model Model
	// Firmware, such as "04.01.22", decides which fields the register knows and
	// how long some answers and settings are. It defaults to 04.07.01.
	Firmware string
	// FFD105 is a register that is registered for format 1.05. It defaults to 1.1.
	FFD105 bool
	// Exclusive refuses a second connection while a document is open, with 3505.
	// It defaults to letting all connections in.
	Exclusive bool
	// Paper is what a printing command does while the paper is out: the first value
	// of field 9 of family 910, which a host can read and write. It defaults to
	// customru.PaperWaits, which is all that firmware below 04.01.30 does.
	Paper customru.PaperMode
	// OwnPaperMessages makes paper messages answers of the command itself, with
	// code 480, which a host could take for the result. It defaults to answers of
	// another command. The document gives no bytes for either.
	OwnPaperMessages bool
	// MaxItems is how many items a receipt takes. It defaults to 100.
	MaxItems int
	// Now is the register's clock. It defaults to time.Now.
	Now func() time.Time
	// OnCommand hears every command that was executed or refused by its code, from
	// the goroutine of its connection. It defaults to nothing.
	OnCommand func(Entry)
	// Logger hears connections and faults. It defaults to silence.
	Logger *slog.Logger
}

// ErrorForm is the form of error answers: the document shows both.
type ErrorForm int

// The forms.
const (
	ErrorsShort ErrorForm = iota // code and operator 0
	ErrorsFull                   // operator and fields of an earlier answer
	ErrorsMixed                  // short until the password was accepted, then full: as in the document's two examples
)

// Entry is one command in the journal.
type Entry struct {
	Time     time.Time        // by the register's clock
	Cmd      customru.Command // the command
	Code     uint16           // 0 = done, else the error code it was refused with
	Executed bool             // the command ran
}

// Register is a simulated cash register that speaks CustomRU. Make one with
// [New]. It is safe for use by several goroutines.
type Register struct {
	opt Options
	log *slog.Logger

	mu        sync.Mutex
	state     state
	phase     byte // of F3H
	shift     shift
	clock     time.Duration // set by 21H..23H, against Now
	newDate   *[3]byte      // 22H was sent, 23H is awaited
	fd        uint32        // last fiscal document
	fpd       uint32
	confirmed uint32 // last fiscal document that the OFD has confirmed
	docs      map[uint32]document
	driveEnd  time.Time // end of the fiscal drive's life
	cash      uint64
	drawer    [14]counter // of FAH
	grand     totals
	day       totals
	rows      rowTotals // of FBH and FCH
	receipt   receipt
	due       uint64 // what is left to be paid, in the state of paying
	saved     bool   // a document was kept in a file, for 8CH
	last      lastReceipt
	internal  uint16 // number of the last cash document
	tags      pendingTags
	list      [][]byte // tags that C8H or EBH still have to tell
	lastErr   lastError
	stale     map[customru.Command][]byte // fields of the last good answer
	tables    map[uint16][][]byte
	families  map[uint16][]byte
	busy      int           // connections with a command between ACK and answer
	paper     chan struct{} // closed while there is paper
	unprinted bool          // a command was done without paper
	owner     int           // connection that holds the open document; 0 none
	conns     int
	resetKind byte // what 16H announced
	powerOns  uint32
	cuts      uint32
	executed  map[customru.Command]int
}

const firstFD = 100 // what the fiscal drive holds when a register is new

// New makes a register with paper, six departments for the six VAT codes, a
// cashier with password 999999 and, unless the options say otherwise, an open shift.
func New(opt *Options) *Register {
	r := &Register{
		docs: map[uint32]document{}, executed: map[customru.Command]int{}, stale: map[customru.Command][]byte{},
		fd: firstFD, confirmed: firstFD, state: stateIdle, paper: make(chan struct{}), powerOns: 1,
	}
	if opt != nil {
		r.opt = *opt
	}
	close(r.paper)
	if r.log = r.opt.Logger; r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.opt.InterByte <= 0 {
		r.opt.InterByte = time.Second
	}
	if r.opt.MaxItems <= 0 {
		r.opt.MaxItems = 100
	}
	if r.opt.Paper == 0 {
		r.opt.Paper = customru.PaperWaits
	}
	if r.opt.Firmware == "" {
		r.opt.Firmware = defaultFirmware
	}
	if r.opt.Now == nil {
		r.opt.Now = time.Now
	}
	r.factorySettings()
	y, m, d := r.now().Date()
	r.driveEnd = time.Date(y+1, m+3, d, 0, 0, 0, 0, r.now().Location())
	r.register()
	if !r.opt.ShiftClosed {
		r.openShift()
	}
	return r
}

// Executed says how often a command ran: the truth that a host's outcomes are
// held against.
func (r *Register) Executed(cmd customru.Command) int {
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

// SetPaper takes the paper out or puts it in.
func (r *Register) SetPaper(in bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.paper:
		if !in {
			r.paper = make(chan struct{})
		}
	default:
		if in {
			close(r.paper)
			r.unprinted = false
		}
	}
}

// hasPaper is called with the lock held.
func (r *Register) hasPaper() bool {
	select {
	case <-r.paper:
		return true
	default:
		return false
	}
}

// PowerLoss forgets what a register forgets without power: what it was printing
// and, by the power-fail mode of family 019, the open document.
func (r *Register) PowerLoss() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.owner = 0
	r.powerOns++
	if family := r.families[customru.FamilyGeneral]; family[powerFailField(len(family))] == powerFailCancels {
		r.cancelReceipt()
	}
	if r.state == stateNonFiscal {
		r.state, r.phase = stateIdle, phaseNone
	}
	r.newDate, r.unprinted = nil, false
}

const powerFailCancels = 3

// SetErrors changes the form of error answers.
func (r *Register) SetErrors(form ErrorForm) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opt.Errors = form
}

// paperMode is field 9 of family 910.
func (r *Register) paperMode() customru.PaperMode {
	if family := r.families[customru.FamilyLink]; len(family) > linkPaper {
		return customru.PaperMode(family[linkPaper]) + 1
	}
	return customru.PaperWaits
}

// Confirm has the OFD confirm all fiscal documents up to a number.
func (r *Register) Confirm(fd uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.confirmed = max(r.confirmed, min(fd, r.fd))
}

// active says whether the register works on a command that changes something,
// or still has something to print and no paper.
func (r *Register) active() bool { return r.busy > 0 || r.waitsForPaper() }

func (r *Register) waitsForPaper() bool { return r.unprinted && !r.hasPaper() }

func (r *Register) now() time.Time { return r.opt.Now().Add(r.clock) }

var _ ecrtest.Device = (*Register)(nil)

// ServeConn speaks with one host until it hangs up, a fault ends the connection
// or ctx ends. It does not close the connection.
func (r *Register) ServeConn(ctx context.Context, conn ecr.Conn) error {
	r.mu.Lock()
	r.conns++
	c := &connection{Register: r, conn: conn, id: r.conns}
	r.mu.Unlock()
	defer c.release()
	return c.serve(ctx)
}
