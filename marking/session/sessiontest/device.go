package sessiontest

import (
	"slices"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
)

// Online is what the server of marks says of a code.
type Online uint8

// The answers of the server.
const (
	OnlineOK       Online = iota // [М+]
	OnlineNegative               // [М-]
	OnlineTimeout                // it does not answer in time: 255
	OnlineOff                    // the check is switched off, or there is no link: -1
	OnlinePartly                 // it knows the code's signature only: no verdict
)

// Device is a register in memory. Its fields may be changed between calls, not
// during one; its methods may be called from several goroutines.
type Device struct {
	// Online is what the server says of a code. It defaults to OnlineOK for all.
	Online func(mark string) Online
	// NoSave names codes whose results the storage does not keep: the storage
	// fault.
	NoSave func(mark string) bool
	// FalseLocally names codes that the storage's own check finds false.
	FalseLocally func(mark string) bool
	// BindNegative names codes that come back as [М-] when they are bound.
	BindNegative func(mark string) bool
	// CannotClear makes ClearMarkingCodes answer A1h, as some models do.
	CannotClear bool
	// PowerKeepsReceipt keeps the receipt open over a power loss.
	PowerKeepsReceipt bool
	// Kind is the order in which the register wants the commands of a receipt.
	Kind receipt.Device
	// PrintFor is how many questions for the state say that it prints, after
	// each command that prints.
	PrintFor int
	// Now is the register's clock. It defaults to time.Now.
	Now func() time.Time
	// Fault is asked before each command. It defaults to none.
	Fault func(c Call) Fault
	// Settings are the register's settings. They begin as 0, 0, 1.
	Settings map[session.Setting]int

	mu       sync.Mutex
	shift    session.Mode // ModeShiftOpen, ModeShiftOver, ModeShiftClosed
	printing session.Printing
	prints   int
	noPaper  bool
	mark     string // under check
	answer   marking.Answer
	checked  bool // the answer was received
	saved    []string
	open     *openReceipt
	docs     []session.Document
	sold     []Sold
	calls    []Call
	counts   map[string]int
	pending  session.Notifications
	status   session.WorkStatus
	storage  string
	lease    chan struct{}
	holder   *Register
	breaches int
}

// Sold is a mark in a closed receipt of the register.
type Sold struct {
	// Mark is the code as it was bound.
	Mark string
	// Document is the receipt's number.
	Document uint32
	// Return is true if the goods came back.
	Return bool
}

// openReceipt is the receipt that is open.
type openReceipt struct {
	back  bool
	sum   receipt.Money
	marks []string
	ops   int
	bound bool // the last operation has its mark
}

// NewDevice makes a register with an open shift, paper and a link.
func NewDevice() *Device {
	d := &Device{
		Settings: map[session.Setting]int{session.SettingTakeAnyCode: 0, session.SettingStorageFault211: 0, session.SettingOnlineCheck: 1},
		shift:    session.ModeShiftOpen, storage: "9999078900001234", counts: map[string]int{}, lease: make(chan struct{}, 1),
	}
	d.lease <- struct{}{}
	return d
}

// Connect gives a till its own connection.
func (d *Device) Connect() *Register { return &Register{d: d} }

// SetShift sets the shift: session.ModeShiftOpen, ModeShiftOver or ModeShiftClosed.
func (d *Device) SetShift(m session.Mode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shift = m
}

// LosePower switches the register off and on again: the results of checks are
// gone, and the open receipt as well unless PowerKeepsReceipt.
func (d *Device) LosePower() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.losePower()
}

func (d *Device) losePower() {
	d.saved, d.mark, d.checked, d.prints = nil, "", false, 0
	if !d.PowerKeepsReceipt {
		d.open = nil
	}
}

// TakePaper makes the paper run out, or puts a new roll in: the register then
// waits to be told to print on.
func (d *Device) TakePaper(out bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.noPaper && !out {
		d.printing = session.PrintToContinue
	}
	d.noPaper = out
}

// SetNotifications sets what the register says about unsent notifications.
func (d *Device) SetNotifications(n session.Notifications, status, storage uint8) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending = n
	d.status.NotificationStatus, d.status.Storage, d.status.Queue = status, storage, n.Queue
}

// Leave puts results into the storage that no till here knows of, as an aborted
// receipt of another program does.
func (d *Device) Leave(marks ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.saved = append(d.saved, marks...)
}

// CloseForeign makes a document as another program would: all results are gone.
func (d *Device) CloseForeign(sum receipt.Money) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.document(1, sum)
	d.saved = nil
}

// OpenForeign opens a receipt as another program would, or ends it.
func (d *Device) OpenForeign(open bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open = nil; open {
		d.open = &openReceipt{ops: 1}
	}
}

func (d *Device) document(operation receipt.Type, sum receipt.Money) session.Document {
	now := time.Now
	if d.Now != nil {
		now = d.Now
	}
	doc := session.Document{Number: uint32(len(d.docs) + 1), Type: 3, Operation: operation, Sum: sum, At: now()}
	doc.Sign = doc.Number*2654435761 + 1
	d.docs = append(d.docs, doc)
	return doc
}

// Saved returns the codes whose results are in the storage.
func (d *Device) Saved() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.saved)
}

// Sold returns all marks in closed receipts.
func (d *Device) Sold() []Sold {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.sold)
}

// Documents returns all fiscal documents.
func (d *Device) Documents() []session.Document {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.docs)
}

// ReceiptOpen says whether a receipt is open.
func (d *Device) ReceiptOpen() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open != nil
}

// Calls returns all commands that arrived, in their order.
func (d *Device) Calls() []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// Names returns the names of the commands that arrived, without the questions
// for state, count and last document if brief is true.
func (d *Device) Names(brief bool) []string {
	var list []string
	for _, c := range d.Calls() {
		if brief && (c.Name == CallState || c.Name == CallWorkStatus || c.Name == CallLastDocument) {
			continue
		}
		list = append(list, c.Name)
	}
	return list
}

// Forget empties the list of commands.
func (d *Device) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls, d.counts = nil, map[string]int{}
}

// Breaches counts commands that arrived while another connection held the lease.
func (d *Device) Breaches() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.breaches
}
