package shtrihm

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Mode is the state of a register: the low four bits of the mode byte.
type Mode byte

// The modes that a program meets. Zero is none.
const (
	ModeShiftOpen   Mode = 2 // less than 24 h
	ModeShiftLong   Mode = 3 // more than 24 h: it must be closed
	ModeShiftClosed Mode = 4
	ModeBlocked     Mode = 5
	ModeConfirmDate Mode = 6
	ModeReceipt     Mode = 8 // a receipt is open
)

var modeNames = map[Mode]string{
	ModeShiftOpen: "shift open", ModeShiftLong: "shift over 24 h", ModeShiftClosed: "shift closed",
	ModeBlocked: "blocked", ModeConfirmDate: "date to be confirmed", ModeReceipt: "receipt open",
}

// String returns the meaning, or Mode(N) for a value without one here.
func (m Mode) String() string {
	if s, ok := modeNames[m]; ok {
		return s
	}
	return "Mode(" + strconv.Itoa(int(m)) + ")"
}

// Submode says what the printer does.
type Submode byte

// The submodes.
const (
	SubmodeReady     Submode = 0 // paper is there
	SubmodeNoPaper   Submode = 1 // no paper, nothing is being printed
	SubmodePaperOut  Submode = 2 // no paper in mid-printing
	SubmodeContinue  Submode = 3 // paper was put in: [Device.ContinuePrint] is awaited
	SubmodeReport    Submode = 4 // a long report is printed
	SubmodeOperation Submode = 5 // something is printed: printing commands are refused with 50h
)

// State is the answer of 10h.
type State struct {
	Operator    byte    // number of the operator
	Flags       uint16  // bits: 0 journal roll, 1 receipt roll, 10 lid up, 11 drawer open, …
	Mode        Mode    // what the register is in
	ReceiptType byte    // with ModeReceipt: 0 sale, 1 purchase, 2 sale return, 3 purchase return
	Submode     Submode // what the printer does
	Operations  int     // in the open receipt
}

// State is 10h, the short status.
func (d *Device) State(ctx context.Context) (s State, err error) {
	err = d.query(ctx, d.request(0x10), func(in *field.Reader) {
		s.Operator, s.Flags = in.U8(), in.U16()
		mode := in.U8()
		s.Mode, s.ReceiptType = Mode(mode&15), mode>>4
		s.Submode, s.Operations = Submode(in.U8()), int(in.U8())
		in.Bytes(4) // battery, supply, two errors
		s.Operations += int(in.U8()) << 8
	})
	return s, err
}

// Status is the answer of 11h, in part: what [State] does not have.
type Status struct {
	Firmware   string    // version, as "T.3"
	Build      uint16    // of the firmware
	DocNumber  uint16    // number of the last document of any kind
	Time       time.Time // of the register's clock
	Serial     uint32    // serial number
	LastClosed uint16    // number of the last closed shift
	INN        uint64    // of the user
}

// Status is 11h.
func (d *Device) Status(ctx context.Context) (s Status, err error) {
	err = d.query(ctx, d.request(0x11), func(in *field.Reader) {
		in.U8()
		v := in.Bytes(2)
		if in.Err == nil {
			s.Firmware = decode(v[:1]) + "." + decode(v[1:])
		}
		s.Build = in.U16()
		in.Bytes(4) // date of the firmware, number in the hall
		s.DocNumber = in.U16()
		in.Bytes(5)     // flags, mode, submode, port
		in.Bytes(2 + 5) // firmware of the fiscal memory
		date, clock := in.Bytes(3), in.Bytes(3)
		if in.Err == nil {
			s.Time = time.Date(2000+int(date[2]), time.Month(date[1]), int(date[0]), int(clock[0]), int(clock[1]), int(clock[2]), 0, d.opt.Location)
		}
		in.U8()
		s.Serial, s.LastClosed = in.U32(), in.U16()
		in.Bytes(4)
		s.INN = in.Uint(6)
	})
	return s, err
}

// DeviceType is FCh: the model's name and the version of the protocol.
func (d *Device) DeviceType(ctx context.Context) (name string, major, minor byte, err error) {
	err = d.query(ctx, d.request(0xFC), func(in *field.Reader) {
		in.Bytes(2)
		major, minor = in.U8(), in.U8()
		in.Bytes(2)
		name = decode(in.Rest())
	})
	return name, major, minor, err
}

// Model are flags of what a model can do (F7h).
type Model uint64

// CashCore says that tags and marks go before their operation, not after it.
func (m Model) CashCore() bool { return m>>23&1 != 0 }

// Alternative says that the device speaks the alternative link level too.
func (m Model) Alternative() bool { return m>>28&1 != 0 }

// ErrorText says that the device has texts for its errors (6Bh).
func (m Model) ErrorText() bool { return m>>36&1 != 0 }

// Model is F7h of type 1, the model's parameters.
func (d *Device) Model(ctx context.Context) (m Model, err error) {
	err = d.query(ctx, d.request(0xF7).put(1, 1), func(in *field.Reader) { m = Model(in.Uint(8)) })
	return m, err
}

// ErrorText is 6Bh: the device's own words for an error, in Russian.
func (d *Device) ErrorText(ctx context.Context, number byte) (text string, err error) {
	err = d.query(ctx, d.request(0x6B).put(uint64(number), 1), func(in *field.Reader) { text = decode(in.Rest()) })
	return text, err
}

// FNStatus is the answer of FF01h: the fiscal drive.
type FNStatus struct {
	Life     byte      // bits: 0 set up, 1 fiscal mode open, 2 closed, 3 all sent
	Document byte      // open document: 0 none, 1 registration, 2 shift opening, 4 receipt, 8 shift closing, …
	Data     bool      // it has data
	Shift    bool      // the shift is open
	Warnings byte      // bits of what is near its end
	LastTime time.Time // of the last document, to the minute
	Number   string    // of the drive
	LastFD   uint32    // number of the last fiscal document
}

// FNStatus is FF01h.
func (d *Device) FNStatus(ctx context.Context) (s FNStatus, err error) {
	err = d.query(ctx, d.request(0xFF01), func(in *field.Reader) {
		s = FNStatus{
			Life: in.U8(), Document: in.U8(), Data: in.U8() != 0, Shift: in.U8() != 0, Warnings: in.U8(),
			LastTime: d.date(in, "YMDhm"), Number: decode(in.Bytes(16)), LastFD: in.U32(),
		}
	})
	return s, err
}

// Document is the answer of FF0Ah: one fiscal document.
type Document struct {
	Type      byte      // 2 shift opened, 3 receipt, 5 shift closed, …
	Confirmed bool      // the OFD has it
	Time      time.Time // to the minute
	FD, FPD   uint32    // number and fiscal sign
	Kind      byte      // of a receipt: 1 sale, 2 sale return, 3 purchase, 4 purchase return
	Sum       int64     // of a receipt, kopecks
}

const docReceipt = 3

// FindDocument is FF0Ah: the fiscal document with a number.
func (d *Device) FindDocument(ctx context.Context, fd uint32) (doc Document, err error) {
	err = d.query(ctx, d.request(0xFF0A).put(uint64(fd), 4), func(in *field.Reader) {
		doc = Document{Type: in.U8(), Confirmed: in.U8() != 0, Time: d.date(in, "YMDhm"), FD: in.U32(), FPD: in.U32()}
		if doc.Type == docReceipt {
			doc.Kind, doc.Sum = in.U8(), int64(in.Uint(5))
		}
	})
	return doc, err
}

// pollPause lies between two looks at a printing device.
const pollPause = 100 * time.Millisecond

// WaitPrinted asks until nothing is printed any more (submodes 4 and 5) and
// returns the state it found then: paper may be out, or a continuation awaited.
// After limit it fails with [CodePrinting]: a device can stay in submode 5 for ever.
func (d *Device) WaitPrinted(ctx context.Context, limit time.Duration) (State, error) {
	deadline := time.Now().Add(limit)
	for {
		s, err := d.State(ctx)
		if err != nil || s.Submode != SubmodeOperation && s.Submode != SubmodeReport {
			return s, err
		}
		if !time.Now().Add(pollPause).Before(deadline) {
			return s, ecr.NewError(CodePrinting, ecr.Details{
				EN: messagesEN[CodePrinting], RU: messagesRU[CodePrinting], Limit: limit,
			})
		}
		pause := time.NewTimer(pollPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return s, ecr.NewError(ecr.CodeCancelled, ecr.Details{Cause: ctx.Err()})
		}
	}
}

// nothing says that a refusal means that there was nothing to cancel.
func nothing(err error) bool {
	return errors.Is(err, &DeviceError{Number: ErrorMode}) || errors.Is(err, &DeviceError{Number: ErrorFNState})
}
