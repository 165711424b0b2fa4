package customru

import (
	"context"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/ecr/customru/internal/field"
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
	if flags&^allowed != 0 {
		r.fail("flags", fmt.Sprintf("%#x has bits other than %#x", uint16(flags), uint16(allowed)))
	}
	bits := uint64(flags)
	if site.Address != "" {
		bits |= 1 << 8
	}
	if site.Place != "" {
		bits |= 1 << 9
	}
	r.put(bits, 2)
	if site.Address != "" {
		r.text("address", site.Address, 1, 256)
	}
	if site.Place != "" {
		r.text("place", site.Place, 1, 256)
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
		s = ShiftDocument{in.U16(), in.U32(), in.U32(), field.Decode(in.Prefixed())}
	})
	return s, err
}

// XReport is 40H in the form that every firmware takes. It returns the shift.
func (d *Device) XReport(ctx context.Context) (open bool, shift uint16, err error) {
	err = d.call(ctx, d.request(CmdXReport), func(in *field.Reader) { open, shift = in.Flag(), in.U16() })
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
	return d.call(ctx, d.request(CmdReport).number("kind", int64(kind), 0, 65535, 2), nil)
}

// ReportAndClear is 43H: kinds [ReportDepartmentsPeriod] and [ReportVAT].
func (d *Device) ReportAndClear(ctx context.Context, kind int) error {
	return d.call(ctx, d.request(CmdReportClear).number("kind", int64(kind), 0, 65535, 2), nil)
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
	r := d.request(cmd).number("sum", sum, 1, MaxMoney, 8)
	r.expect = func(b *Baseline) { b.Sum = sum }
	err = d.call(ctx, r, func(in *field.Reader) { c = CashDocument{in.U16(), int64(in.Uint(8))} })
	return c, err
}

// ReprintLast is 8CH type 0: a copy of the last document that was kept with
// [SaveFile]. Code 611: nothing is kept.
func (d *Device) ReprintLast(ctx context.Context) error { return d.reprint(ctx, 0, 0, 0) }

// ReprintFull is 8CH type 2: fiscal documents first to last, printed from the
// fiscal drive; 0 and 0 are the last one.
func (d *Device) ReprintFull(ctx context.Context, first, last uint32) error {
	return d.reprint(ctx, first, last, 2)
}

// ReprintShort is 8CH type 1: as ReprintFull, in short.
func (d *Device) ReprintShort(ctx context.Context, first, last uint32) error {
	return d.reprint(ctx, first, last, 1)
}

func (d *Device) reprint(ctx context.Context, first, last uint32, kind uint64) error {
	return d.call(ctx, d.request(CmdReprint).put(uint64(first), 4).put(uint64(last), 4).put(kind, 2), nil)
}

// StopPrinting is 19H: it ends a long non-fiscal print. Do not send it into an
// open receipt: the document does not say what becomes of that.
func (d *Device) StopPrinting(ctx context.Context) error {
	return d.call(ctx, d.request(CmdStopPrinting), nil)
}

// SetTime is 21H: hours, minutes and seconds of t.
func (d *Device) SetTime(ctx context.Context, t time.Time) error {
	t = t.In(d.opt.Location)
	r := d.request(CmdSetTime).put(uint64(t.Hour()), 1).put(uint64(t.Minute()), 1).put(uint64(t.Second()), 1)
	return d.call(ctx, r, nil)
}

// SetDate is 22H and 23H, which confirms it: day, month and year of t.
func (d *Device) SetDate(ctx context.Context, t time.Time) error {
	t = t.In(d.opt.Location)
	for _, cmd := range [...]Command{CmdSetDate, CmdConfirmDate} {
		r := d.request(cmd).put(uint64(t.Day()), 1).put(uint64(t.Month()), 1).
			number("year", int64(t.Year()), 2000, 2255, 0).put(uint64(t.Year()-2000), 1)
		if err := d.call(ctx, r, nil); err != nil && !warning(err) {
			return err
		}
	}
	return nil
}

// Beep is 13H.
func (d *Device) Beep(ctx context.Context) error { return d.call(ctx, d.request(CmdBeep), nil) }

// Cut is 25H: it cuts the paper, partially or through.
func (d *Device) Cut(ctx context.Context, partial bool) error {
	kind := uint64(0)
	if partial {
		kind = 1
	}
	return d.call(ctx, d.request(CmdCut).put(kind, 1), nil)
}

// OpenDrawer is 28H: cash drawer 0 or 1.
func (d *Device) OpenDrawer(ctx context.Context, number int) error {
	return d.call(ctx, d.request(CmdDrawer).number("drawer", int64(number), 0, 1, 1), nil)
}

// Feed is 29H: 1..255 lines of receipt tape. The flags byte is 0, as in the
// document's example.
func (d *Device) Feed(ctx context.Context, lines int) error {
	return d.call(ctx, d.request(CmdFeed).put(0, 1).number("lines", int64(lines), 1, 255, 1), nil)
}

// Display is 2AH: up to 20 characters on a line of the customer display, from 1.
func (d *Device) Display(ctx context.Context, line int, text string) error {
	r := d.request(CmdDisplay).put(1, 1).number("line", int64(line), 1, 255, 1).fixed("text", text, 20)
	return d.call(ctx, r, nil)
}

// OpenCover is 2BH.
func (d *Device) OpenCover(ctx context.Context) error {
	return d.call(ctx, d.request(CmdOpenCover), nil)
}

// ResetKind is what [Device.Reset] does.
type ResetKind byte

// The kinds of reset.
const (
	ResetFull   ResetKind = 0    // all; date and time must be set afterwards
	ResetKeep   ResetKind = 1    // keep the settings if possible
	ResetReboot ResetKind = 0x80 // restart only
)

// Reset is 16H: the device answers first, then runs it and may hang up. The kind
// needs firmware from 04.01.40.
func (d *Device) Reset(ctx context.Context, kind ResetKind) error {
	return d.call(ctx, d.request(CmdReset).put(uint64(kind), 1), nil)
}
