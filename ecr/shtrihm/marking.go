package shtrihm

import (
	"context"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// MaxSavedChecks is how many results of checks a fiscal drive keeps.
const MaxSavedChecks = 128

// PlannedStatus is tag 2003: what is to become of a marked item.
type PlannedStatus byte

// The statuses. Zero is none.
const (
	PieceSold     PlannedStatus = 1
	PartSold      PlannedStatus = 2 // measured goods; tags 2108 and 1023 are needed
	PieceReturned PlannedStatus = 3
	PartReturned  PlannedStatus = 4
	Unchanged     PlannedStatus = 255
)

// Types of marks (tag 2100) that need a decision.
const (
	MarkUnknown = 0    // not recognised
	MarkNone    = 0xFF // a code without a mark: the separator may be missing
)

// Results of the server's check (tag 2106).
const (
	ResultNegative = 5  // [M-]
	ResultPositive = 15 // [M+]
)

// Check is the answer of FF61h.
type Check struct {
	Local       byte // tag 2004: 0 not checked in the drive, 1 negative, 3 positive
	LocalReason byte // why not: 1 type not checkable, 2 no key, 3 wrong format, 4 other
	Type        byte // tag 2100: 1..5, or [MarkUnknown], [MarkNone]
	// ServerError is how the online check ended: -1 there is no link or it is
	// switched off, 0 it was made, 20h the answer was not accepted, 255 the
	// server did not answer in time, else an error of the fiscal drive.
	ServerError int
	// ServerStatus is tag 2106 after ServerError 0, a reason after 20h, else -1.
	ServerStatus int
	TLV          []byte // what the server said besides: tags 2005, 2105, 2109, 2114
}

// CheckMark is FF61h: mark are the bytes of the scanner with GS as 1Dh, without a
// leading FNC1; tlv belongs to measured goods, else it is empty. The shift must
// be open and no receipt. [Device.AcceptMark] follows.
func (d *Device) CheckMark(ctx context.Context, status PlannedStatus, mark, tlv []byte) (c Check, err error) {
	r := d.request(0xFF61).put(uint64(status), 1).put(0, 1)
	if len(mark) == 0 || len(mark)+len(tlv) > MaxBody-10 {
		r.fail("mark", "mark and tags have 1 to 245 bytes")
	}
	r.put(uint64(len(mark)), 1).put(uint64(len(tlv)), 1)
	r.data = append(append(r.data, mark...), tlv...)
	err = d.change(ctx, r, 0, func(in *field.Reader) { c = readCheck(in) })
	return c, err
}

func readCheck(in *field.Reader) Check {
	c := Check{Local: in.U8(), LocalReason: in.U8(), Type: in.U8(), ServerError: -1, ServerStatus: -1}
	more := in.Bytes(int(in.U8()))
	if len(more) > 0 {
		c.ServerError = int(more[0])
	}
	if len(more) > 1 && (c.ServerError == 0 || c.ServerError == 0x20) {
		c.ServerStatus = int(more[1])
	}
	if len(more) > 2 && c.ServerError == 0 {
		c.TLV = more[2:]
	}
	return c
}

// Decision is what FF69h says of the mark under check.
type Decision byte

// The decisions.
const (
	Decline  Decision = 0
	Accept   Decision = 1
	ClearAll Decision = 2 // all kept results; not on every model: A1h then
)

// AcceptMark is FF69h. result is tag 2106 as it was kept; 0 if the device sent
// none. That the result was kept, [Device.MarkingStatus] says: its Saved must
// have grown.
func (d *Device) AcceptMark(ctx context.Context, decision Decision) (result byte, err error) {
	r := d.request(0xFF69).number("decision", int64(decision), 0, 2, 1)
	err = d.change(ctx, r, 0, func(in *field.Reader) {
		if len(in.Data) > 0 {
			result = in.U8()
		}
	})
	return result, err
}

// Bound is the answer of FF67h.
type Bound struct {
	Code uint16 // 444Dh DataMatrix, 450Dh EAN-13, 4508h EAN-8, 490Eh ITF-14, 0 unknown, …
	Type byte   // of a DataMatrix: 0 with 88 characters, 1 symmetric, 2 tobacco, 3 with 44, FFh without a mark
	// Check is there if the mark had not been checked before and the device did
	// it by itself; a bad result can then only be undone by cancelling.
	Check *Check
}

// BindMark is FF67h: it gives the mark to the operation. On a cash core it goes
// before the operation, else after it ([Model.CashCore]). An empty mark stands
// for a damaged one.
func (d *Device) BindMark(ctx context.Context, mark []byte) (b Bound, err error) {
	r := d.request(0xFF67).bytes("mark", mark, MaxBody-7)
	err = d.change(ctx, r, 0, func(in *field.Reader) {
		b = Bound{Code: uint16(in.U8())<<8 | uint16(in.U8()), Type: in.U8()}
		if len(in.Data) > 0 {
			check := readCheck(in)
			b.Check = &check
		}
	})
	return b, err
}

// MarkingStatus is the answer of FF70h.
type MarkingStatus struct {
	Check        byte   // 0 table full, 1 none under check, 2 given, 3 request made, 4 answered
	Notification byte   // 0 none, 1 being formed, 2 blocked: the store is full
	Commands     byte   // bits of what is allowed
	Saved        int    // results kept, up to [MaxSavedChecks]
	Bound        int    // marks in the receipt
	Store        byte   // 0 less than half full, 1 to 80 %, 2 to 90 %, 3 more, 4 full
	Queue        uint16 // notifications not yet sent
}

// MarkingStatus is FF70h.
func (d *Device) MarkingStatus(ctx context.Context) (m MarkingStatus, err error) {
	err = d.query(ctx, d.request(0xFF70), func(in *field.Reader) {
		m = MarkingStatus{in.U8(), in.U8(), in.U8(), int(in.U8()), int(in.U8()), in.U8(), in.U16()}
	})
	return m, err
}
