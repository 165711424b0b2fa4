package shtrihm

import (
	"context"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Shift is the answer of FF40h.
type Shift struct {
	Open    bool   // the shift is open
	Number  uint16 // of the open shift, or of the last one
	Receipt uint16 // of the last receipt in it
}

// Shift is FF40h.
func (d *Device) Shift(ctx context.Context) (s Shift, err error) {
	err = d.query(ctx, d.request(0xFF40), func(in *field.Reader) { s = Shift{in.U8() != 0, in.U16(), in.U16()} })
	return s, err
}

// ShiftDocument is the answer of FF0Bh and FF43h.
type ShiftDocument struct {
	Shift   uint16 // number of the shift
	FD, FPD uint32 // number and fiscal sign of the document
}

// BeginOpenShift is FF41h: tags for the opening document may follow by
// [Device.DocumentTag], then [Device.OpenShift]. It may be left out.
func (d *Device) BeginOpenShift(ctx context.Context) error {
	return d.change(ctx, d.request(0xFF41), 0, nil)
}

// OpenShift is FF0Bh. It can take minutes: keys are renewed then.
func (d *Device) OpenShift(ctx context.Context) (doc ShiftDocument, err error) {
	err = d.change(ctx, d.request(0xFF0B), 0, doc.read)
	return doc, err
}

// BeginCloseShift is FF42h: as [Device.BeginOpenShift].
func (d *Device) BeginCloseShift(ctx context.Context) error {
	return d.change(ctx, d.request(0xFF42), 0, nil)
}

// CloseShift is FF43h.
func (d *Device) CloseShift(ctx context.Context) (doc ShiftDocument, err error) {
	err = d.change(ctx, d.request(0xFF43), 0, doc.read)
	return doc, err
}

func (s *ShiftDocument) read(in *field.Reader) { *s = ShiftDocument{in.U16(), in.U32(), in.U32()} }

// OpenShiftOld is E0h, which older programs send in place of [Device.OpenShift]. It
// can take minutes.
func (d *Device) OpenShiftOld(ctx context.Context) error {
	return d.change(ctx, d.request(0xE0), 0, nil)
}

// ZReport is 41h: the report that closes the shift, of registers before the fiscal
// drive and of those that take it for [Device.CloseShift].
func (d *Device) ZReport(ctx context.Context) error { return d.change(ctx, d.request(0x41), 0, nil) }

// XReport is 40h: a report without closing the shift.
func (d *Device) XReport(ctx context.Context) error { return d.change(ctx, d.request(0x40), 0, nil) }
