package customru

import (
	"context"
	"errors"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// FullReceipt is the answer of CFH: a receipt with its sums, on registers that
// are registered for format 1.1.
type FullReceipt struct {
	Format    byte      // format of fiscal documents: 3 = 1.1
	Type      byte      // as [Document].Type
	Time      time.Time // to the minute
	FD, FPD   uint32    // number and fiscal sign
	Sum       int64     // kopecks
	Kind      Kind      // of the receipt
	Sign      [12]byte  // of the archive
	Type2     byte      // the type once more, as it came
	Paid      Payment   // kopecks
	VAT       [6]int64  // kopecks, by VAT code 1..6
	Requisite string    // tag 1192; empty if there is none
	Items     []TLV     // tags of the first 10 items
}

// FindReceipt is CFH. Code 2408: there is none. The document prints an answer one
// byte shorter than its fields add up to: the fields are read (decision).
func (d *Device) FindReceipt(ctx context.Context, fd uint32) (f FullReceipt, err error) {
	err = d.call(ctx, d.request(CmdFindFull).put(uint64(fd), 4), func(in *field.Reader) {
		f.Format = in.U8()
		has := in.Flag()
		f.Type, f.Time, f.FD, f.FPD = in.U8(), d.date(in, "YMDhm"), in.U32(), in.U32()
		f.Sum, f.Kind = int64(in.Uint(5)), Kind(in.U8())
		copy(f.Sign[:], in.Bytes(12))
		f.Type2 = in.U8()
		sum := func() int64 { return int64(in.Uint(5)) }
		f.Paid = Payment{Cash: sum(), Electronic: sum(), Advance: sum(), Credit: sum(), Other: sum()}
		for i := range f.VAT {
			f.VAT[i] = sum()
		}
		if text := in.Text(16); has {
			f.Requisite = text
		}
		f.Items = readTLVs(in)
	})
	return f, err
}

// OFDReceipt is the answer of E6H: what the OFD confirmed of a document. That its
// bytes are these fields is an inference.
type OFDReceipt struct {
	Time time.Time // to the minute
	Sign [18]byte  // of the OFD
	FD   uint32    // the document
	Raw  []byte    // all bytes, as they came
}

// OFDReceipt is E6H. Code 2408: the OFD has not confirmed this document.
func (d *Device) OFDReceipt(ctx context.Context, fd uint32) (r OFDReceipt, err error) {
	err = d.call(ctx, d.request(CmdOFDReceipt).put(uint64(fd), 4), func(in *field.Reader) {
		r.Raw = append(r.Raw, in.Data...)
		if in.Has(27) {
			r.Time = d.date(in, "YMDhm")
			copy(r.Sign[:], in.Bytes(18))
			r.FD = in.U32()
		}
	})
	return r, err
}

// Form is a form of fiscal document, as EAH tells it.
type Form uint16

// The forms.
const (
	FormRegistration   Form = 1
	FormShiftOpen      Form = 2
	FormReceipt        Form = 3
	FormBSO            Form = 4 // БСО
	FormShiftClose     Form = 5
	FormDriveClose     Form = 6
	FormConfirmation   Form = 7 // of the OFD
	FormReregistration Form = 11
	FormSettlements    Form = 21
	FormCorrection     Form = 31
	FormBSOCorrection  Form = 41
)

// ReadDocument is EAH and as many EBH as there are: a fiscal document with all its
// tags, as the drive keeps it. Code 2408: there is none.
func (d *Device) ReadDocument(ctx context.Context, fd uint32) (form Form, tags []TLV, err error) {
	open := d.request(CmdOpenFD).put(uint64(fd), 4)
	err = d.session(ctx, CmdOpenFD, func() error {
		err := d.inSession(ctx, open, func(in *field.Reader) {
			form = Form(in.U16())
			in.U16() // its length, which the end of the list tells as well
		})
		if err == nil {
			tags, err = d.list(ctx, CmdNextTLV)
		}
		return err
	})
	return form, tags, err
}

// AllRegistrationTags is the tag for [Device.RegistrationTags] that stands for all.
const AllRegistrationTags uint16 = 0xFFFF

// RegistrationTags is E9H: a tag of registration number n, from 1. For
// [AllRegistrationTags] it reads them all by C8H. Code 2408: there is none.
func (d *Device) RegistrationTags(ctx context.Context, n int, tag uint16) (tags []TLV, err error) {
	r := d.request(CmdRegistrationTag).number(labelRegistration, int64(n), 1, 255, 1).put(uint64(tag), 2)
	if r.err != nil {
		return nil, r.err
	}
	err = d.session(ctx, CmdRegistrationTag, func() error {
		err := d.inSession(ctx, r, func(in *field.Reader) { tags = readTLVs(in) })
		if err == nil && tag == AllRegistrationTags {
			var more []TLV
			more, err = d.list(ctx, CmdNextRegistration)
			tags = append(tags, more...)
		}
		return err
	})
	return tags, err
}

// maxTags bounds a list of tags that a device reads out one by one.
const maxTags = 10_000

// list asks for the next tag until the device says that there is none.
func (d *Device) list(ctx context.Context, cmd Command) (tags []TLV, err error) {
	for len(tags) < maxTags {
		answer, err := d.link.exchange(ctx, cmd, d.request(cmd).data)
		if refused, ok := errors.AsType[*DeviceError](err); ok && refused.Number == noMoreData {
			return tags, nil
		}
		if err != nil {
			return nil, d.failed(ctx, nil, err)
		}
		if err := readFields(cmd, answer.Fields, func(in *field.Reader) { tags = append(tags, readTLVs(in)...) }); err != nil {
			return nil, err
		}
	}
	return nil, ecr.NewError(ecr.CodeAnswer, ecr.Details{
		Path: cmd.path(), Outcome: ecr.Answered, Phase: ecr.PhaseAnswer,
		Args: []ecr.Arg{{Name: "reason", Value: ecr.Say("more than {1} tags", "больше {1} реквизитов", maxTags)}},
	})
}

// noMoreData is the end of the lists of C8H and EBH.
const noMoreData = 2408
