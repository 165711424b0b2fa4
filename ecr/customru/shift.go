package customru

import (
	"context"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// ShiftDocument is the answer of D9H and 41H.
type ShiftDocument struct {
	Shift   uint16 // number of the shift
	FD, FPD uint32 // fiscal document and its sign
	Cashier string // as printed
}

// Site says where a document is made; firmware above 04.07.00. The zero Site
// leaves both out.
type Site struct {
	Address string // up to 256 bytes, tag 1009
	Place   string // up to 256 bytes, tag 1187
}

func (r *request) document(flags DocFlags, allowed DocFlags, site Site) *request {
	r.since("04.07.01", labelAddress, site.Address != "")
	r.since("04.07.01", labelPlace, site.Place != "")
	if site.Address != "" {
		flags |= 1 << 8
	}
	if site.Place != "" {
		flags |= 1 << 9
	}
	r.flags(flags, allowed|1<<8|1<<9)
	if site.Address != "" {
		r.text(labelAddress, site.Address, 1, 256)
	}
	if site.Place != "" {
		r.text(labelPlace, site.Place, 1, 256)
	}
	return r
}

// OpenShift is D9H. Code 410: it is open already.
func (d *Device) OpenShift(ctx context.Context, flags DocFlags, site Site) (ShiftDocument, error) {
	return d.shiftDocument(ctx, d.request(CmdOpenShift).document(flags, receiptFlags, site))
}

// CloseShift is 41H, the Z report. Code 409: it is closed already.
func (d *Device) CloseShift(ctx context.Context, flags DocFlags, site Site) (ShiftDocument, error) {
	return d.shiftDocument(ctx, d.request(CmdCloseShift).document(flags, receiptFlags|PrintDrawer, site))
}

func (d *Device) shiftDocument(ctx context.Context, r *request) (s ShiftDocument, err error) {
	err = d.call(ctx, r, func(in *field.Reader) {
		s = ShiftDocument{in.U16(), in.U32(), in.U32(), field.Decode(codePage, in.Prefixed())}
	})
	return s, err
}

// XReport is 40H. It returns the shift. flags may hold [PrintDrawer], firmware
// from 04.01.31; without it the form is sent that every firmware takes.
func (d *Device) XReport(ctx context.Context, flags DocFlags) (open bool, shift uint16, err error) {
	r := d.request(CmdXReport)
	if flags != 0 {
		r.since("04.01.31", labelFlags, true)
		r.flags(flags, PrintDrawer)
	}
	err = d.call(ctx, r, func(in *field.Reader) { open, shift = in.Flag(), in.U16() })
	return open, shift, err
}

// Report kinds of [Device.Report].
const (
	ReportDevice            = 1  // device information
	ReportExtended          = 3  // with the device's own list of errors
	ReportDepartmentsDay    = 20 // departments, the day
	ReportDepartmentsPeriod = 21 // departments, the period
	ReportVAT               = 51 // VAT
)

// Report is 42H: it prints a report and clears nothing.
func (d *Device) Report(ctx context.Context, kind int) error {
	return d.call(ctx, d.request(CmdReport).number(labelReport, int64(kind), 0, 65535, 2), nil)
}

// ReportAndClear is 43H: kinds [ReportDepartmentsPeriod] and [ReportVAT].
func (d *Device) ReportAndClear(ctx context.Context, kind int) error {
	return d.call(ctx, d.request(CmdReportClear).number(labelReport, int64(kind), 0, 65535, 2), nil)
}

// Settlements is 1FH: the report on the state of settlements, a fiscal document.
func (d *Device) Settlements(ctx context.Context, flags DocFlags, site Site) (fd, fpd uint32, err error) {
	r := d.request(CmdSettlements).document(flags, receiptFlags, site)
	err = d.call(ctx, r, func(in *field.Reader) { fd, fpd = in.U32(), in.U32() })
	return fd, fpd, err
}

// CashDocument is the answer of 50H and 51H.
type CashDocument struct {
	Number uint16 // of the document
	Cash   int64  // in the drawer now, kopecks
}

// CashIn is 50H: sum kopecks are put into the drawer.
func (d *Device) CashIn(ctx context.Context, sum int64) (CashDocument, error) {
	return d.cash(ctx, CmdCashIn, sum)
}

// CashOut is 51H: sum kopecks are taken out. Code 603: there is not so much.
func (d *Device) CashOut(ctx context.Context, sum int64) (CashDocument, error) {
	return d.cash(ctx, CmdCashOut, sum)
}

func (d *Device) cash(ctx context.Context, cmd Command, sum int64) (c CashDocument, err error) {
	r := d.request(cmd).number(labelSum, sum, 1, MaxMoney, 8)
	r.expect = func(b *Baseline) { b.Sum = sum }
	err = d.call(ctx, r, func(in *field.Reader) { c = CashDocument{in.U16(), int64(in.Uint(8))} })
	return c, err
}

// ReprintLast is 8CH type 0: a copy of the last document that was kept with
// [SaveFile]. Code 611: nothing is kept.
func (d *Device) ReprintLast(ctx context.Context) error { return d.Reprint(ctx, ReprintSaved, 0, 0) }

// ReprintFull is 8CH type 2: fiscal documents first to last, printed from the
// fiscal drive; 0 and 0 are the last one.
func (d *Device) ReprintFull(ctx context.Context, first, last uint32) error {
	return d.Reprint(ctx, ReprintInFull, first, last)
}

// ReprintShort is 8CH type 1: as ReprintFull, in short.
func (d *Device) ReprintShort(ctx context.Context, first, last uint32) error {
	return d.Reprint(ctx, ReprintInShort, first, last)
}

// ReprintKind is what [Device.Reprint] prints.
type ReprintKind uint16

// The kinds. The last three take no numbers.
const (
	ReprintSaved        ReprintKind = 0 // the last document that was kept with [SaveFile]
	ReprintInShort      ReprintKind = 1 // fiscal documents, in short
	ReprintInFull       ReprintKind = 2 // fiscal documents
	ReprintConfirmation ReprintKind = 3 // what the OFD confirmed of them
	ReprintRegistration ReprintKind = 4
	ReprintDriveStatus  ReprintKind = 5
	ReprintOFDStatus    ReprintKind = 6
)

// Reprint is 8CH: a copy of fiscal documents first to last, 0 and 0 the last one.
func (d *Device) Reprint(ctx context.Context, kind ReprintKind, first, last uint32) error {
	r := d.request(CmdReprint).put(uint64(first), 4).put(uint64(last), 4).
		number(labelReport, int64(kind), 0, int64(ReprintOFDStatus), 2)
	if first > last || (kind < ReprintInShort || kind > ReprintConfirmation) && last != 0 {
		r.fail(labelDocument, ecr.Say("{1}..{2} does not suit the kind", "{1}..{2} не подходит к виду копии", first, last))
	}
	return d.call(ctx, r, nil)
}
