package shtrihm

import (
	"context"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// FNNumber is FF02h: the number of the fiscal drive, 16 digits.
func (d *Device) FNNumber(ctx context.Context) (number string, err error) {
	err = d.query(ctx, d.request(0xFF02), func(in *field.Reader) { number = decode(in.Bytes(16)) })
	return number, err
}

// FNExpiry is FF03h: the day on which the fiscal drive expires.
func (d *Device) FNExpiry(ctx context.Context) (day time.Time, err error) {
	err = d.query(ctx, d.request(0xFF03), func(in *field.Reader) { day = d.date(in, "YMD") })
	return day, err
}

// FNVersion is FF04h: the version of the fiscal drive's program; serial is true
// for a production one, false for a debug one.
func (d *Device) FNVersion(ctx context.Context) (version string, serial bool, err error) {
	err = d.query(ctx, d.request(0xFF04), func(in *field.Reader) {
		version, serial = decode(in.Bytes(16)), in.U8() != 0
	})
	return version, serial, err
}

// OFDStatus is the answer of FF39h: how documents go to the operator of fiscal data.
type OFDStatus struct {
	State   byte      // bits: 0 connection open, 1 there is a message, 2 an answer is awaited, 3 there is a command of the operator, 4 its settings changed, 5 an answer to it is awaited
	Reading byte      // 1: a message is being read
	Queue   uint16    // documents that wait
	First   uint32    // number of the first that waits; 0 if none does
	Since   time.Time // when that one was made; zero if none waits
}

// OFDStatus is FF39h.
func (d *Device) OFDStatus(ctx context.Context) (e OFDStatus, err error) {
	err = d.query(ctx, d.request(0xFF39), func(in *field.Reader) {
		e = OFDStatus{State: in.U8(), Reading: in.U8(), Queue: in.U16(), First: in.U32()}
		e.Since = d.dateIf(e.Queue > 0, in)
	})
	return e, err
}

// Notifications is the answer of FF68h: how notifications about sold marks go to
// the server of marks.
type Notifications struct {
	State   byte      // 0 none is under way, 1 one is being read, 2 a receipt for it is awaited
	Queue   uint16    // notifications that wait
	First   uint32    // number of the one that is next
	Since   time.Time // when that one was made; zero if none waits
	Percent byte      // how full their store is
}

// Notifications is FF68h. A register that works without a link answers 02h.
func (d *Device) Notifications(ctx context.Context) (n Notifications, err error) {
	err = d.query(ctx, d.request(0xFF68), func(in *field.Reader) {
		n = Notifications{State: in.U8(), Queue: in.U16(), First: in.U32()}
		n.Since = d.dateIf(n.Queue > 0, in)
		n.Percent = in.U8()
	})
	return n, err
}

// dateIf reads YY MM DD HH MM; without something that it belongs to the bytes
// mean nothing.
func (d *Device) dateIf(there bool, in *field.Reader) time.Time {
	t := d.date(in, "YMDhm")
	if !there {
		return time.Time{}
	}
	return t
}

// Export is the answer of FF71h: the notifications that a register without a link
// keeps for a program to carry them to the server of marks.
type Export struct {
	Total uint16 // notifications that wait
	First uint32 // number of the first
	Size  uint16 // its bytes
}

// BeginExport is FF71h.
func (d *Device) BeginExport(ctx context.Context) (e Export, err error) {
	err = d.change(ctx, d.request(0xFF71), 0, func(in *field.Reader) { e = Export{in.U16(), in.U32(), in.U16()} })
	return e, err
}

// ExportBlock is a part of a notification, the answer of FF72h.
type ExportBlock struct {
	Number uint32 // of the notification
	Size   uint16 // of the whole notification, bytes
	Offset uint16 // of this part in it
	Data   []byte // up to 128 bytes
}

// ExportBlock is FF72h: the next part.
func (d *Device) ExportBlock(ctx context.Context) (b ExportBlock, err error) {
	err = d.change(ctx, d.request(0xFF72), 0, func(in *field.Reader) {
		b = ExportBlock{Number: in.U32(), Size: in.U16(), Offset: in.U16()}
		b.Data = append([]byte(nil), in.Prefixed()...)
	})
	return b, err
}

// ConfirmExport is FF73h: the notification was delivered; crc is the CRC-16 of its
// bytes as FF72h gave them.
func (d *Device) ConfirmExport(ctx context.Context, number uint32, crc uint16) error {
	return d.change(ctx, d.request(0xFF73).put(uint64(number), 4).put(uint64(crc), 2), 0, nil)
}

// MaxLongTLV is the longest list of TLV that [Device.LongOperationTag] sends.
const MaxLongTLV = 0xFFFF

// LongOperationTag is FF32h, FF33h and FF64h: a list of TLV for the operation that
// does not fit FF4Dh. It goes to the register in the blocks that it asks for and is
// bound as a whole at the end. A failure before that has changed nothing.
func (d *Device) LongOperationTag(ctx context.Context, tlv []byte) error {
	begin := d.request(0xFF32).put(uint64(len(tlv)), 2)
	if len(tlv) == 0 || len(tlv) > MaxLongTLV {
		begin.fail("tags", fmt.Sprintf("%d bytes are not 1..%d", len(tlv), MaxLongTLV))
	}
	block := 0
	if err := d.query(ctx, begin, func(in *field.Reader) { block = int(in.U8()) }); err != nil {
		return err
	}
	if block == 0 {
		block = MaxTLV
	}
	for offset := 0; offset < len(tlv); offset += block {
		part := tlv[offset:min(offset+block, len(tlv))]
		r := d.request(0xFF33).put(uint64(offset), 2).bytes("block", part, MaxTLV)
		if err := d.query(ctx, r, func(*field.Reader) {}); err != nil {
			return err
		}
	}
	return d.change(ctx, d.request(0xFF64), 0, nil)
}
