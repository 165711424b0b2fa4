package customru

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Clock is F0H: the register's date and time, to the minute.
func (d *Device) Clock(ctx context.Context) (t time.Time, err error) {
	err = d.call(ctx, d.request(CmdClock), func(in *field.Reader) { t = d.date(in, "DMYhm") })
	return t, err
}

// Status is the answer of F1H: three bytes of bits, of which unnamed ones are
// left out.
type Status struct {
	// Paper, byte 1: what stands in the way of printing.
	CoverOpen, PaperOut, PaperNearEnd, CutterError, VirtualNearEnd bool
	// Device, byte 2.
	DriveConnected, ShiftOpen, DateSet, DriveError, ResetNeeded, InitSwitch, SerialSet, Idle bool
	// Activity, byte 3; jam and ticket are known of the TK302-ФБ only.
	Printing, DeviceError, FirmwareWaits, PaperJam, TicketAtExit bool
}

// Status is F1H.
func (d *Device) Status(ctx context.Context) (s Status, err error) {
	err = d.call(ctx, d.request(CmdStatus), func(in *field.Reader) { s = readStatus(in) })
	return s, err
}

func readStatus(in *field.Reader) Status {
	paper, device, activity := in.U8(), in.U8(), in.U8()
	bit := func(b byte, n int) bool { return b>>n&1 == 1 }
	return Status{
		CoverOpen: bit(paper, 0), PaperOut: bit(paper, 1), PaperNearEnd: bit(paper, 2),
		CutterError: bit(paper, 3), VirtualNearEnd: bit(paper, 4),
		DriveConnected: bit(device, 0), ShiftOpen: bit(device, 1), DateSet: bit(device, 2), DriveError: bit(device, 3),
		ResetNeeded: bit(device, 4), InitSwitch: bit(device, 5), SerialSet: bit(device, 6), Idle: bit(device, 7),
		Printing: bit(activity, 0), DeviceError: bit(activity, 1), FirmwareWaits: bit(activity, 3),
		PaperJam: bit(activity, 6), TicketAtExit: bit(activity, 7),
	}
}

// ShiftStatus is the answer of F2H.
type ShiftStatus struct {
	Open    bool      // also when expired
	Expired bool      // older than 24 hours: close it
	Number  uint16    // the present shift, or the last one
	End     time.Time // end of the shift; of an open one probably 24 hours after its start
}

// ShiftStatus is F2H.
func (d *Device) ShiftStatus(ctx context.Context) (s ShiftStatus, err error) {
	err = d.call(ctx, d.request(CmdShiftStatus), func(in *field.Reader) { s = d.readShift(in) })
	return s, err
}

func (d *Device) readShift(in *field.Reader) ShiftStatus {
	state := in.U8()
	return ShiftStatus{
		Open: state > 0, Expired: state >= 2, // the two sources differ: 2 or 3
		Number: in.U16(), End: d.date(in, "DMYhms"),
	}
}

// ReceiptStatus is the answer of F3H.
type ReceiptStatus struct {
	PrintingFiscal    bool  // a fiscal document is being printed
	PrintingNonFiscal bool  // another document is being printed
	Phase             Phase // how far the document is
}

// Phase is how far a document is (F3H).
type Phase byte

// The phases; 4 to 8 pass by themselves while the receipt is being printed.
const (
	PhaseNone      Phase = 0 // no document is open
	PhaseOpen      Phase = 1 // open, without items
	PhaseItems     Phase = 2
	PhasePayment   Phase = 3 // begun to be paid
	PhaseChange    Phase = 4 // change is being printed
	PhaseEjecting  Phase = 8 // the last of those that pass
	PhaseNonFiscal Phase = 9 // a non-fiscal document is open
)

// Working says whether the phase passes by itself.
func (p Phase) Working() bool { return p >= PhaseChange && p <= PhaseEjecting }

// ReceiptStatus is F3H.
func (d *Device) ReceiptStatus(ctx context.Context) (s ReceiptStatus, err error) {
	err = d.call(ctx, d.request(CmdReceiptStatus), func(in *field.Reader) { s = readReceiptStatus(in) })
	return s, err
}

func readReceiptStatus(in *field.Reader) ReceiptStatus {
	return ReceiptStatus{PrintingFiscal: in.Flag(), PrintingNonFiscal: in.Flag(), Phase: Phase(in.U8())}
}

// LastReceipt is the answer of F4H.
type LastReceipt struct {
	Time   time.Time // to the minute
	Number uint16    // of the receipt in its shift
	Total  int64     // kopecks
}

// LastReceipt is F4H.
func (d *Device) LastReceipt(ctx context.Context) (r LastReceipt, err error) {
	err = d.call(ctx, d.request(CmdLastReceipt), func(in *field.Reader) {
		r = LastReceipt{d.date(in, "DMYhm"), in.U16(), int64(in.Uint(8))}
	})
	return r, err
}

// Kind is a kind of receipt, in the numbering of the fiscal data formats
// (tag 1054): the other two numberings of the protocol stay inside this package.
type Kind byte

// The kinds. Zero is none.
const (
	Sale           Kind = 1 // приход
	SaleReturn     Kind = 2 // возврат прихода
	Purchase       Kind = 3 // расход
	PurchaseReturn Kind = 4 // возврат расхода
)

var itemCommands = map[Kind]Command{
	Sale: CmdSale, SaleReturn: CmdSaleReturn, Purchase: CmdPurchase, PurchaseReturn: CmdPurchaseReturn,
}

// Counter is a number of documents and their sum.
type Counter struct {
	Count uint32 `json:"count"` // documents
	Sum   int64  `json:"sum"`   // kopecks
}

// KindTotals are the totals of one kind of receipt. Sums are in kopecks.
type KindTotals struct {
	Counter          // receipts
	Paid    [5]int64 // by payment kind, in the order of [Payment]
	VAT     [6]int64 // by VAT code 1..6
}

// Totals is the answer of F5H and F6H, each array by Kind-1.
type Totals struct {
	Operations  uint32        // operations in all
	Kinds       [4]KindTotals // receipts
	Corrections uint32        // correction receipts in all
	Corrected   [4]Counter    // correction receipts by kind
}

// GrandTotals is F5H: totals since the fiscal drive was put in (tag 1157).
func (d *Device) GrandTotals(ctx context.Context) (Totals, error) {
	return d.totals(ctx, CmdGrandTotals)
}

// DayTotals is F6H: totals of the present shift (tag 1194).
func (d *Device) DayTotals(ctx context.Context) (Totals, error) { return d.totals(ctx, CmdDayTotals) }

func (d *Device) totals(ctx context.Context, cmd Command) (t Totals, err error) {
	err = d.call(ctx, d.request(cmd), func(in *field.Reader) { t = readTotals(in, 8) })
	return t, err
}

// readTotals reads the block of counters; the drive's own have shorter sums.
func readTotals(in *field.Reader, size int) (t Totals) {
	t.Operations = in.U32()
	for i := range t.Kinds {
		t.Kinds[i] = readKindTotals(in, size)
	}
	t.Corrections = in.U32()
	readCounters(in, t.Corrected[:], 4, size)
	return t
}

func readKindTotals(in *field.Reader, size int) (k KindTotals) {
	k.Counter = readCounter(in, 4, size)
	for j := range k.Paid {
		k.Paid[j] = int64(in.Uint(size))
	}
	for j := range k.VAT {
		k.VAT[j] = int64(in.Uint(size))
	}
	return k
}

func readCounter(in *field.Reader, count, sum int) Counter {
	return Counter{Count: uint32(in.Uint(count)), Sum: int64(in.Uint(sum))}
}

func readCounters(in *field.Reader, list []Counter, count, sum int) {
	for i := range list {
		list[i] = readCounter(in, count, sum)
	}
}

// ReceiptTotals is the answer of F7H. Sums are in kopecks.
type ReceiptTotals struct {
	Markup    int64  `json:"markup"`    // given so far
	Discount  int64  `json:"discount"`  // given so far
	Voided    int64  `json:"voided"`    // taken out by 84H
	Subtotal  int64  `json:"subtotal"`  // what is to be paid
	Remainder int64  `json:"remainder"` // open and payment begun: still to pay; closed: the change
	Number    uint16 `json:"number"`    // of the receipt
	Open      bool   `json:"open"`      // a receipt is open
}

// ReceiptTotals is F7H.
func (d *Device) ReceiptTotals(ctx context.Context) (t ReceiptTotals, err error) {
	err = d.call(ctx, d.request(CmdReceiptTotals), func(in *field.Reader) { t = readReceiptTotals(in) })
	return t, err
}

func readReceiptTotals(in *field.Reader) ReceiptTotals {
	sum := func() int64 { return int64(in.Uint(8)) }
	t := ReceiptTotals{Markup: sum(), Discount: sum(), Voided: sum()}
	sum() // "returns", not used by the device
	t.Subtotal, t.Remainder = sum(), sum()
	t.Number, t.Open = in.U16(), in.Flag()
	return t
}

// ReceiptInfo is the answer of F8H.
type ReceiptInfo struct {
	Kind      Kind   `json:"kind"`      // of the open receipt; 0: none, or a correction
	Receipts  uint16 `json:"receipts"`  // today
	Documents uint16 `json:"documents"` // today
	LastFD    uint32 `json:"lastFD"`    // number of the last fiscal document
	LastFPD   uint32 `json:"lastFPD"`   // its fiscal sign
	OFDReason byte   `json:"ofdReason"` // why the OFD refused: 1 sign, 2 format, 3 FD number, 4 drive number, 5 checksum, 6 INN of the OFD
}

// ReceiptInfo is F8H.
func (d *Device) ReceiptInfo(ctx context.Context) (i ReceiptInfo, err error) {
	err = d.call(ctx, d.request(CmdReceiptInfo), func(in *field.Reader) { i = readReceiptInfo(in) })
	return i, err
}

func readReceiptInfo(in *field.Reader) ReceiptInfo {
	return ReceiptInfo{
		Kind: Kind(in.U8()), Receipts: in.U16(), Documents: in.U16(),
		LastFD: in.U32(), LastFPD: in.U32(), OFDReason: in.U8(),
	}
}

// Unsent is the answer of F9H.
type Unsent struct {
	Documents uint32     // fiscal documents that the OFD has not got
	Kinds     [4]Counter // receipts among them, by Kind-1
}

// Unsent is F9H.
func (d *Device) Unsent(ctx context.Context) (u Unsent, err error) {
	err = d.call(ctx, d.request(CmdUnsent), func(in *field.Reader) { u = readUnsent(in, 8) })
	return u, err
}

func readUnsent(in *field.Reader, size int) (u Unsent) {
	u.Documents = in.U32()
	readCounters(in, u.Kinds[:], 4, size)
	return u
}

// Cash is the answer of FAH. The arrays are by Kind-1.
type Cash struct {
	Sum       int64      `json:"sum"`       // in the drawer, kopecks
	In        Counter    `json:"in"`        // cash-in documents
	Out       Counter    `json:"out"`       // cash-out documents
	Cancelled [4]Counter `json:"cancelled"` // cancelled receipts
	Discounts [4]Counter `json:"discounts"` // discounts given
	Markups   [4]Counter `json:"markups"`   // markups taken
}

// Cash is FAH.
func (d *Device) Cash(ctx context.Context) (c Cash, err error) {
	err = d.call(ctx, d.request(CmdCash), func(in *field.Reader) { c = readCash(in) })
	return c, err
}

func readCash(in *field.Reader) (c Cash) {
	c.Sum = int64(in.Uint(8))
	c.In, c.Out = readCounter(in, 2, 8), readCounter(in, 2, 8)
	readCounters(in, c.Cancelled[:], 2, 8)
	for i := range c.Discounts {
		c.Discounts[i], c.Markups[i] = readCounter(in, 2, 8), readCounter(in, 2, 8)
	}
	return c
}

// DepartmentTotals is FBH: the totals of a department, by Kind-1. row is 1..16;
// period asks for the period in place of the day. Not on the VKP80.
func (d *Device) DepartmentTotals(ctx context.Context, row int, period bool) (t [4]Counter, err error) {
	flags := uint64(2)
	if period {
		flags |= 1
	}
	r := d.request(CmdDepartments).put(flags, 1).number(labelRow, int64(row), 1, 16, 1)
	err = d.call(ctx, r, func(in *field.Reader) { readCounters(in, t[:], 4, 8) })
	return t, err
}

// DiscountTotals is FCH: the use of a discount in this shift, by Kind-1. row is 1..20.
func (d *Device) DiscountTotals(ctx context.Context, row int) (t [4]Counter, err error) {
	r := d.request(CmdDiscounts).put(0, 1).number(labelRow, int64(row), 1, 20, 1)
	err = d.call(ctx, r, func(in *field.Reader) { readCounters(in, t[:], 2, 8) })
	return t, err
}

// AvailableTags is FEH: 8 bytes in which a set bit means not available. Byte 0:
// family 911, family 912, tags 1005, 1008, 1016, 1026, 1044, 1057; byte 1: 1073,
// 1074, 1075, 1171, 1222, 1225, 1226.
func (d *Device) AvailableTags(ctx context.Context) (tags [8]byte, err error) {
	err = d.call(ctx, d.request(CmdAvailableTags), func(in *field.Reader) { copy(tags[:], in.Bytes(8)) })
	return tags, err
}

// Info is the answer of FFH. Its last fields came with later firmware: they are
// zero where the answer ends before them.
type Info struct {
	Model, Firmware, Serial string   // "Q3X-Ф", "04.01.22", left-padded with zeros
	Registered              bool     // fiscal state
	DriveNumber             string   // of the fiscal drive, present or last
	FFD                     byte     // format of fiscal documents: 2 = 1.05, 3 = 1.1
	RegisteredFirmware      string   // firmware at registration
	Pictures                byte     // stored pictures
	WidthPX                 uint16   // printer width
	PictureX, PictureY      uint16   // largest picture; 0 none
	PictureKiB              uint16   // largest picture
	MD5                     [16]byte // of the firmware
	PowerOns, Cuts, PaperCM uint32   // FFFFFFFFh = not counted
}

// Info is FFH.
func (d *Device) Info(ctx context.Context) (i Info, err error) {
	err = d.call(ctx, d.request(CmdDeviceInfo), func(in *field.Reader) {
		i = Info{
			Model: in.Text(16), Firmware: in.Text(16), Serial: in.Text(20), Registered: in.Flag(),
			DriveNumber: in.Text(16), FFD: in.U8(), RegisteredFirmware: in.Text(16), Pictures: in.U8(),
			WidthPX: in.U16(), PictureX: in.U16(), PictureY: in.U16(), PictureKiB: in.U16(),
		}
		if in.Has(16) {
			copy(i.MD5[:], in.Bytes(16))
		}
		if in.Has(12) {
			i.PowerOns, i.Cuts, i.PaperCM = in.U32(), in.U32(), in.U32()
		}
	})
	return i, err
}

// LastError is D7H. An error answer carries it already, in [DeviceError].
func (d *Device) LastError(ctx context.Context) (e LastError, err error) {
	err = d.call(ctx, d.request(CmdLastError), func(in *field.Reader) { e = *readLastError(in) })
	return e, err
}
