package customru

import (
	"bytes"
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// FNStatus is the answer of E0H: the fiscal drive (фискальный накопитель).
type FNStatus struct {
	Life     byte      // 1 ready to register, 3 in use, 7 sending only, 15 archive
	Document byte      // open document: 0 none, 1 registration, 2 shift open, 4 receipt, 8 shift close, …
	Data     bool      // it has data
	Shift    bool      // the shift is open
	Warnings byte      // bits: 0 replace in 3 days, 1 in 30 days, 2 99 % full, 3 OFD overdue, 7 critical, …
	LastTime time.Time // of the last document
	Number   string    // of the drive
	LastFD   uint32    // number of the last fiscal document
}

// FNStatus is E0H.
func (d *Device) FNStatus(ctx context.Context) (s FNStatus, err error) {
	err = d.call(ctx, d.request(CmdFNStatus), func(in *field.Reader) {
		s = FNStatus{
			Life: in.U8(), Document: in.U8(), Data: in.Flag(), Shift: in.Flag(), Warnings: in.U8(),
			LastTime: d.date(in, "YMDhm"), Number: in.Text(16), LastFD: in.U32(),
		}
	})
	return s, err
}

// FNNumber is E1H: the drive's number.
func (d *Device) FNNumber(ctx context.Context) (number string, err error) {
	err = d.call(ctx, d.request(CmdFNNumber), func(in *field.Reader) { number = in.Text(16) })
	return number, err
}

// FNTerm is the answer of E2H.
type FNTerm struct {
	Until time.Time // the day on which the drive's life ends
	Left  int8      // registrations left
	Made  int8      // registrations made
}

// FNTerm is E2H.
func (d *Device) FNTerm(ctx context.Context) (t FNTerm, err error) {
	err = d.call(ctx, d.request(CmdFNTerm), func(in *field.Reader) {
		t = FNTerm{d.date(in, "YMD"), int8(in.U8()), int8(in.U8())}
	})
	return t, err
}

// FNVersion is E3H: the drive's version, and whether it is a serial one and not
// a debugging one, whose receipts are worth nothing.
func (d *Device) FNVersion(ctx context.Context) (version string, serial bool, err error) {
	err = d.call(ctx, d.request(CmdFNVersion), func(in *field.Reader) { version, serial = in.Text(16), in.Flag() })
	return version, serial, err
}

// OFDStatus is the answer of E4H: the exchange with the fiscal data operator.
type OFDStatus struct {
	Flags    byte      // bits: 0 connected, 1 message waiting, 2 confirmation awaited, 3 command, 4 settings changed, 5 answer awaited
	Reading  bool      // reading has begun
	Messages uint16    // to be sent
	FirstFD  uint32    // first unsent document
	Since    time.Time // its time
}

// OFDStatus is E4H.
func (d *Device) OFDStatus(ctx context.Context) (s OFDStatus, err error) {
	err = d.call(ctx, d.request(CmdOFDStatus), func(in *field.Reader) {
		s = OFDStatus{in.U8(), in.Flag(), in.U16(), in.U32(), d.date(in, "YMDhm")}
	})
	return s, err
}

// Document is a fiscal document as E5H finds it.
type Document struct {
	Type      byte      // 1 registration, 2 shift opened, 3 receipt, 5 shift closed, 21 settlements, 31 correction, … (an inference)
	Confirmed bool      // the OFD has it
	Time      time.Time // to the minute
	FD, FPD   uint32    // number and fiscal sign
	Kind      Kind      // of a receipt
	Sum       int64     // of a receipt, kopecks
	Body      []byte    // what follows the sign, as it came
}

// FindDocument is E5H: a fiscal document by its number. Code 2408: there is none.
func (d *Device) FindDocument(ctx context.Context, fd uint32) (doc Document, err error) {
	err = d.call(ctx, d.request(CmdFindFD).put(uint64(fd), 4), func(in *field.Reader) { doc = d.readDocument(in) })
	return doc, err
}

// Types of [Document] that hold a kind and a sum.
const (
	docReceipt    = 3
	docForm       = 4 // БСО
	docCorrection = 31
)

func (d *Device) readDocument(in *field.Reader) Document {
	doc := Document{Type: in.U8(), Confirmed: in.Flag(), Time: d.date(in, "YMDhm"), FD: in.U32(), FPD: in.U32()}
	doc.Body = bytes.Clone(in.Data)
	if (doc.Type == docReceipt || doc.Type == docForm || doc.Type == docCorrection) && in.Has(6) {
		doc.Kind, doc.Sum = Kind(in.U8()), int64(in.Uint(5))
	}
	return doc
}

// Unconfirmed is E7H: documents that the OFD has not confirmed.
func (d *Device) Unconfirmed(ctx context.Context) (n uint16, err error) {
	err = d.call(ctx, d.request(CmdUnconfirmed), func(in *field.Reader) { n = in.U16() })
	return n, err
}

// Registration is the answer of E8H.
type Registration struct {
	Time    time.Time // to the minute
	INN     string    // of the user
	RNM     string    // registration number of the register
	Taxes   byte      // systems of taxation, bits of [TaxSystem]
	Mode    byte      // mode of work, bits
	OFDINN  string    // INN of the OFD; format 1.1 only
	Reasons uint32    // format 1.1: bits of reasons; 1.05: 1 drive, 2 OFD, 3 data, 4 settings
	FD, FPD uint32    // the document of the registration
}

// registrationNew is the size of the answer of format 1.1, without its head.
const registrationNew = 64

// Registration is E8H: registration number n, from 1.
func (d *Device) Registration(ctx context.Context, n int) (g Registration, err error) {
	r := d.request(CmdRegistration).number(labelRegistration, int64(n), 1, 255, 1)
	err = d.call(ctx, r, func(in *field.Reader) {
		newer := in.Has(registrationNew)
		g = Registration{Time: d.date(in, "YMDhm"), INN: in.Text(12), RNM: in.Text(20), Taxes: in.U8(), Mode: in.U8()}
		if newer {
			in.U8()
			g.OFDINN, g.Reasons = in.Text(12), in.U32()
		} else {
			g.Reasons = uint32(in.U8())
		}
		g.FD, g.FPD = in.U32(), in.U32()
	})
	return g, err
}

// FNShift is the answer of ECH.
type FNShift struct {
	Open    bool   `json:"open"`    // the shift is open
	Number  uint16 `json:"number"`  // of the shift
	Receipt uint16 `json:"receipt"` // of the last receipt in it
}

// FNShift is ECH: the shift as the fiscal drive has it.
func (d *Device) FNShift(ctx context.Context) (s FNShift, err error) {
	err = d.call(ctx, d.request(CmdFNShift), func(in *field.Reader) { s = readFNShift(in) })
	return s, err
}

func readFNShift(in *field.Reader) FNShift { return FNShift{in.Flag(), in.U16(), in.U16()} }

// FFDVersion is C3H, on registers that are registered for format 1.1: the format
// in use (1 = 1.0, 3 = 1.1) and the best one that is possible.
func (d *Device) FFDVersion(ctx context.Context) (used, possible byte, err error) {
	err = d.call(ctx, d.request(CmdFFDVersion), func(in *field.Reader) { used, possible = in.U8(), in.U8() })
	return used, possible, err
}

// Tables and families of settings that programs look at.
const (
	TableDepartments = 120
	TableCashiers    = 320
	TablePayments    = 520
	FamilyVAT        = 16
	FamilyPrinter    = 18
	FamilyGeneral    = 19
	FamilyReceipt    = 20
	FamilyLink       = 910

	familyEthernet = 911
	familyWiFi     = 912
)

// ReadFamily is 04H: the bytes of a family of settings. Their number changes
// with firmware: change what you know and write the same number back.
func (d *Device) ReadFamily(ctx context.Context, family int) (b []byte, err error) {
	r := d.request(CmdReadFamily).number(labelFamily, int64(family), 0, 65535, 2)
	err = d.call(ctx, r, func(in *field.Reader) { b = in.Rest() })
	return b, err
}

// WriteFamily is 05H: all bytes of a family.
func (d *Device) WriteFamily(ctx context.Context, family int, b []byte) error {
	r := d.request(CmdWriteFamily).number(labelFamily, int64(family), 0, 65535, 2)
	r.data = append(r.data, b...)
	return d.call(ctx, r, nil)
}

// ReadRow is 09H: a row of a settings table, from 1.
func (d *Device) ReadRow(ctx context.Context, table, row int) (b []byte, err error) {
	r := d.request(CmdReadRow).number(labelTable, int64(table), 0, 65535, 2).number(labelRow, int64(row), 1, 65535, 2)
	err = d.call(ctx, r, func(in *field.Reader) { b = in.Rest() })
	return b, err
}

// WriteRow is 0AH: all bytes of a row.
func (d *Device) WriteRow(ctx context.Context, table, row int, b []byte) error {
	r := d.request(CmdWriteRow).number(labelTable, int64(table), 0, 65535, 2).number(labelRow, int64(row), 1, 65535, 2)
	r.data = append(r.data, b...)
	return d.call(ctx, r, nil)
}
