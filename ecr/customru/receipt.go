package customru

import (
	"context"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Limits of values.
const (
	MaxMoney    = 9_999_999_999 // kopecks
	MaxQuantity = 9_999_999_999 // thousandths
)

// DocFlags are the flags of a document.
type DocFlags uint16

// The flags that a document may carry.
const (
	NoPaper      DocFlags = 1 << 1  // do not print on paper
	SaveFile     DocFlags = 1 << 2  // keep it in the device: needed for [Device.ReprintLast]
	SaveSD       DocFlags = 1 << 3  // to the SD card
	SaveText     DocFlags = 1 << 4  // as text
	SaveTextSD   DocFlags = 1 << 5  // as text to the SD card
	PrintDrawer  DocFlags = 1 << 14 // X and Z reports: print the drawer's figures; firmware from 04.01.31
	receiptFlags          = NoPaper | SaveFile | SaveSD | SaveText | SaveTextSD
)

// TaxSystem is the system of taxation of a receipt.
type TaxSystem byte

// The systems. Zero lets the device choose.
const (
	TaxAutomatic  TaxSystem = 0
	TaxGeneral    TaxSystem = 1  // общая
	TaxIncome     TaxSystem = 2  // УСН доход
	TaxIncomeCost TaxSystem = 4  // УСН доход минус расход
	TaxImputed    TaxSystem = 8  // ЕНВД
	TaxFarm       TaxSystem = 16 // ЕСХН
	TaxPatent     TaxSystem = 32 // патент
)

func (r *request) taxes(t TaxSystem) *request {
	if t&(t-1) != 0 || t > TaxPatent {
		r.fail(labelTax, ecr.Say("{1} is none", "{1} — такой нет", uint8(t)))
	}
	return r.put(uint64(t), 1)
}

// wire is the kind in the numbering of 8DH.
func (k Kind) wire() int64 { return int64(k) - 1 }

// OpenReceipt is 8DH: it opens a receipt. An item opens one by itself as well,
// of its own kind, with the automatic tax system.
func (d *Device) OpenReceipt(ctx context.Context, kind Kind, tax TaxSystem, flags DocFlags) error {
	r := d.request(CmdOpenReceipt).flags(flags, receiptFlags).
		number(labelKind, kind.wire(), 0, 3, 1).taxes(tax)
	r.expect = func(b *Baseline) { b.Kind = kind }
	return d.call(ctx, r, nil)
}

// Discount changes an amount: by a sum in kopecks, or by a percentage in
// hundredths of a percent. The zero Discount changes nothing.
type Discount struct {
	Markup  bool  // add in place of taking off
	Percent bool  // Value is in 0.01 %, else in kopecks
	Value   int64 // 0..MaxMoney
}

func (d Discount) wire() uint64 {
	var kind uint64
	if d.Markup {
		kind |= 1
	}
	if d.Percent {
		kind |= 2
	}
	return kind
}

// Item is one position of a receipt.
type Item struct {
	Name       string   // 1..128 bytes in CP866; older settings print 53 or 57 (tag 1030)
	Quantity   int64    // thousandths, 1..MaxQuantity (tag 1023)
	Price      int64    // kopecks (tag 1079)
	Department int      // 0..16: its row in table 120 names the VAT; see [VATTable]
	Method     byte     // payment method 1..7, tag 1214; 0 leaves the tag out
	Subject    byte     // subject of payment 1..19, tag 1212; 0 leaves the tag out
	Country    string   // three digits, tag 1230; empty leaves the tag out
	Excise     int64    // kopecks, tag 1229; 0 leaves the tag out
	Discount   Discount // of this item
	Discount2  Discount // a second one; firmware from 04.01.23
	Requisite  string   // up to 64 bytes, tag 1191
	// Code is the content of tag 1162, up to 32 bytes of code with their head: see
	// [ScannedCode]. This protocol knows no checking of marking codes.
	Code       []byte
	Customs    string // number of a customs declaration, up to 32 bytes, tag 1231
	NoSubtotal bool   // keep the item out of a discount on the subtotal
	Between    bool   // sale between organisations: print the rate; firmware from 04.04.01
	// Tags of the item are sent directly before it: 1222, 1225, 1226 and, for this
	// item only, the agent's 1005, 1016, 1026, 1044, 1073, 1074, 1075, 1171.
	Tags []Tag
}

// Flags of an item. Bits 6 and 7, an own VAT amount, contradict each other in
// the document and are never set (decision).
const (
	itemDiscount   = 1 << 0
	itemRequisite  = 1 << 1
	itemCode       = 1 << 2
	itemCustoms    = 1 << 3
	itemNoSubtotal = 1 << 4
	itemDiscount2  = 1 << 5
	itemBetween    = 1 << 8
	maxCode        = 128 // bytes of the whole field
	oldSubject     = 18  // the last one before firmware 04.01.23
)

// ScannedCode is the content of tag 1162 for what a scanner read: the kind byte
// 31h and the raw bytes, of which the device makes the tag (firmware from
// 04.04.01). That the bytes stand right after the kind byte is an inference.
func ScannedCode(raw []byte) []byte { return append([]byte{0x31}, raw...) }

// Sell is 80H..83H, by the kind of the receipt: it adds an item.
//
// How the device rounds price × quantity is not written down: ask
// [Device.Subtotal] for the sum.
func (d *Device) Sell(ctx context.Context, kind Kind, it Item) error {
	cmd, known := itemCommands[kind]
	r := d.request(cmd).tags(d, it.Tags)
	if !known {
		r.fail(labelKind, field.Range(int64(kind), 1, 4))
	}
	r.since("04.01.23", labelDiscount2, it.Discount2 != Discount{})
	r.since("04.01.23", labelSubject, it.Subject > oldSubject)
	r.since("04.04.01", labelOrgs, it.Between)
	r.since("04.04.01", labelCode, len(it.Code) > 0 && it.Code[0] != 0)
	flags := uint64(0)
	for _, f := range [...]struct {
		set bool
		bit uint64
	}{
		{it.Discount != Discount{}, itemDiscount}, {it.Requisite != "", itemRequisite}, {len(it.Code) > 0, itemCode},
		{it.Customs != "", itemCustoms}, {it.NoSubtotal, itemNoSubtotal}, {it.Discount2 != Discount{}, itemDiscount2},
		{it.Between, itemBetween},
	} {
		if f.set {
			flags |= f.bit
		}
	}
	country := it.Country
	if country == "" {
		country = "000"
	}
	if len(country) != 3 {
		r.fail(labelCountry, field.Size(len(country), 3, 3))
	}
	r.put(flags, 2).number(labelMethod, int64(it.Method), 0, 7, 1).number(labelSubject, int64(it.Subject), 0, 19, 1).
		fixed(labelCountry, country, 3).
		number(labelQuantity, it.Quantity, 1, MaxQuantity, 5).money(labelPrice, it.Price).money(labelExcise, it.Excise).
		number(labelDepartment, int64(it.Department), 0, 16, 1)
	if flags&itemDiscount != 0 {
		r.put(it.Discount.wire(), 1).money(labelDiscount, it.Discount.Value)
	}
	longest := maxName
	if r.names > 0 {
		longest = r.names
	}
	r.text(labelName, it.Name, 1, longest)
	if flags&itemRequisite != 0 {
		r.text(labelRequisite, it.Requisite, 1, 64)
	}
	if flags&itemCode != 0 {
		r.bytes(labelCode, it.Code, 1, maxCode)
	}
	if flags&itemCustoms != 0 {
		r.text(labelCustoms, it.Customs, 1, 32)
	}
	if flags&itemDiscount2 != 0 {
		r.put(it.Discount2.wire(), 1).money(labelDiscount2, it.Discount2.Value)
	}
	r.expect = func(b *Baseline) { b.Kind, b.Traceless = kind, it.traceless() }
	return d.call(ctx, r, nil)
}

// traceless says whether the item's amount may be 0 after rounding.
func (it Item) traceless() bool {
	return it.Price == 0 || it.Quantity < 1000 && it.Quantity*it.Price < 1000
}

// Subtotal is the answer of 84H and 89H.
type Subtotal struct {
	Sum     int64  // kopecks
	Shift   uint16 // number of the shift
	Receipt uint16 // number of the receipt in it
}

func readSubtotal(in *field.Reader) Subtotal {
	return Subtotal{int64(in.Uint(8)), in.U16(), in.U16()}
}

// Void is 84H: it takes an item out again, by quantity, price and department.
func (d *Device) Void(ctx context.Context, it Item) (s Subtotal, err error) {
	r := d.request(CmdVoid).number(labelQuantity, it.Quantity, 1, MaxQuantity, 5).money(labelPrice, it.Price).
		number(labelDepartment, int64(it.Department), 1, 16, 1).put(0, 2).text(labelName, it.Name, 0, 128)
	r.expect = func(b *Baseline) { b.Traceless = it.traceless() }
	err = d.call(ctx, r, func(in *field.Reader) { s = readSubtotal(in) })
	return s, err
}

// UndoItem is 8FH: it takes the last item out.
func (d *Device) UndoItem(ctx context.Context) error {
	r := d.request(CmdUndoItem)
	r.expect = func(b *Baseline) { b.Traceless = true } // what it took out is not known here
	return d.call(ctx, r, nil)
}

// Subtotal is 89H; print prints it.
func (d *Device) Subtotal(ctx context.Context, print bool) (s Subtotal, err error) {
	flags := uint64(0)
	if print {
		flags = 1
	}
	err = d.call(ctx, d.request(CmdSubtotal).put(flags, 2), func(in *field.Reader) { s = readSubtotal(in) })
	return s, err
}

// Adjusted is the answer of 90H and 91H. Sums are in kopecks.
type Adjusted struct {
	Subtotal         int64  // after it
	Discount, Markup int64  // what the device made of the value
	Shift, Receipt   uint16 // numbers
}

// AdjustSubtotal is 90H: a discount or markup on the subtotal.
func (d *Device) AdjustSubtotal(ctx context.Context, by Discount, text string) (Adjusted, error) {
	return d.adjust(ctx, CmdAdjustSubtotal, by, text)
}

// AdjustItem is 91H: a discount or markup on the last item.
func (d *Device) AdjustItem(ctx context.Context, by Discount, text string) (Adjusted, error) {
	return d.adjust(ctx, CmdAdjustItem, by, text)
}

func (d *Device) adjust(ctx context.Context, cmd Command, by Discount, text string) (a Adjusted, err error) {
	r := d.request(cmd).put(by.wire(), 2).money(labelValue, by.Value).fixed(labelText, text, 28)
	r.expect = func(b *Baseline) { b.Traceless = by.Percent || by.Value == 0 }
	err = d.call(ctx, r, func(in *field.Reader) {
		a = Adjusted{int64(in.Uint(8)), int64(in.Uint(8)), int64(in.Uint(8)), in.U16(), in.U16()}
	})
	return a, err
}

// Payment are the sums by kind of payment, in kopecks.
type Payment struct {
	Cash       int64 `json:"cash"`       // tag 1031
	Electronic int64 `json:"electronic"` // tag 1081
	Advance    int64 `json:"advance"`    // tag 1215
	Credit     int64 `json:"credit"`     // tag 1216
	Other      int64 `json:"other"`      // counter-provision, tag 1217
}

func (p Payment) list() [5]int64 {
	return [5]int64{p.Cash, p.Electronic, p.Advance, p.Credit, p.Other}
}

// Closing is what [Device.CloseReceipt] sends besides the sums; all of it is optional.
type Closing struct {
	Requisite           string // up to 16 bytes, tag 1192
	Buyer               string // up to 128 bytes, tag 1227
	BuyerINN            string // 10 or 12 digits, tag 1228
	UserName, UserValue string // up to 64 and 256 bytes, tags 1085 and 1086; both or none
	Address, Place      string // up to 256 bytes each, tags 1009 and 1187; firmware above 04.03.43
	Machine             string // number of an automat, up to 20 bytes, tag 1036; firmware from 04.04.01
	RoundCash           bool   // let the device round down below 1 rouble for cash
	// Round lets it round down for one kind of payment that is not cash, which has
	// RoundCash; firmware from 04.01.40. PayCash, the zero value, means none.
	Round PaymentKind
	// Kopecks corrects the kopecks of the final total, 0..99: 54 makes x.54 of
	// x.55. Not with other rounding; firmware from 04.07.00. Nil leaves them.
	Kopecks *int
	Between bool // sale between organisations; firmware from 04.04.01
	// Tags of the receipt are sent directly before it is closed, after the queries
	// of the baseline, since the device forgets them with any other command: 1008,
	// the agent's 1005, 1016, 1026, 1044, 1057, 1073, 1074, 1075, 1171.
	Tags []Tag
}

// PaymentKind is a place in [Payment].
type PaymentKind int

// The kinds of payment.
const (
	PayCash       PaymentKind = iota // tag 1031
	PayElectronic                    // tag 1081
	PayAdvance                       // tag 1215
	PayCredit                        // tag 1216
	PayOther                         // counter-provision, tag 1217
)

// Closed is the answer of 85H.
type Closed struct {
	Change  int64  // kopecks; negative: still to pay
	Shift   uint16 // number of the shift
	Receipt uint16 // number of the receipt in it
	FD      uint32 // number of the fiscal document; 0: not closed yet
	FPD     uint32 // its fiscal sign
	Cashier string // as printed
}

// Partial says that the receipt is not paid yet: call [Device.CloseReceipt] with
// the rest, or [Device.CancelReceipt].
func (c Closed) Partial() bool { return c.FD == 0 }

// CloseReceipt is 85H: it takes payments and closes the receipt once it is paid.
// Change is given from cash only.
func (d *Device) CloseReceipt(ctx context.Context, pay Payment, more *Closing) (c Closed, err error) {
	if more == nil {
		more = &Closing{}
	}
	r := d.request(CmdCloseReceipt).tags(d, more.Tags)
	r.since("04.03.44", labelAddress, more.Address != "")
	r.since("04.03.44", labelPlace, more.Place != "")
	r.since("04.04.01", labelMachine, more.Machine != "")
	r.since("04.04.01", labelOrgs, more.Between)
	r.since("04.01.40", labelRounding, more.Round != PayCash)
	r.since("04.07.00", labelKopecks, more.Kopecks != nil)
	texts := [...]struct {
		name      field.Label
		value     string
		bit       uint64
		low, high int
	}{
		{labelRequisite, more.Requisite, 1 << 0, 1, 16},
		{labelBuyer, more.Buyer, 1 << 1, 1, 128},
		{labelBuyerINN, more.BuyerINN, 1 << 2, 10, 12},
		{labelUserName, more.UserName, 1 << 4, 1, 64},
		{labelUserValue, more.UserValue, 1 << 4, 1, 256},
		{labelAddress, more.Address, 1 << 8, 1, 256},
		{labelPlace, more.Place, 1 << 9, 1, 256},
		{labelMachine, more.Machine, 1 << 11, 1, 20},
	}
	flags := uint64(0)
	for _, t := range texts {
		if t.value != "" {
			flags |= t.bit
		}
	}
	if more.RoundCash {
		flags |= 1 << 3
	}
	if more.Round < PayCash || more.Round > PayOther {
		r.fail(labelRounding, field.Range(int64(more.Round), int64(PayCash), int64(PayOther)))
	}
	flags |= uint64(more.Round) & 7 << 5
	if more.Between {
		flags |= 1 << 10
	}
	if more.Kopecks != nil {
		flags |= 1 << 12
	}
	r.put(flags, 2)
	for _, sum := range pay.list() {
		r.money(labelPayment, sum)
	}
	for _, t := range texts {
		if flags&t.bit != 0 {
			r.text(t.name, t.value, t.low, t.high)
		}
	}
	if more.Kopecks != nil {
		r.number(labelKopecks, int64(*more.Kopecks), 0, 99, 1)
	}
	if len(more.BuyerINN) == 11 {
		r.fail(labelBuyerINN, ecr.Phrase{EN: "10 or 12 digits", RU: "10 или 12 цифр"})
	}
	r.expect = func(b *Baseline) { b.Payment = pay }
	err = d.call(ctx, r, func(in *field.Reader) {
		c = Closed{int64(in.Uint(8)), in.U16(), in.U16(), in.U32(), in.U32(), field.Decode(codePage, in.Prefixed())}
	})
	return c, err
}

// CancelReceipt is 88H: the open receipt is dropped; no fiscal document is made.
func (d *Device) CancelReceipt(ctx context.Context) error {
	return d.call(ctx, d.request(CmdCancelReceipt), nil)
}

// Correction is what [Device.OpenCorrection] sends.
type Correction struct {
	Kind  Kind      // in format 1.05: Sale or Purchase only
	Tax   TaxSystem // system of taxation
	Flags DocFlags  // as of a receipt
	Basis string    // 1..256 bytes, tag 1177
	Year  int       // date of the corrected document, tag 1178
	Month int       // 1..12
	Day   int       // 1..31
	Order string    // number of the authority's order, up to 32 bytes, tag 1179; empty: own correction
}

// OpenCorrection is D6H: it opens a correction receipt; items and CloseReceipt follow.
func (d *Device) OpenCorrection(ctx context.Context, c Correction) error {
	by := uint64(0)
	if c.Order != "" {
		by = 1
	}
	r := d.request(CmdOpenCorrection).flags(c.Flags, receiptFlags).number(labelKind, c.Kind.wire(), 0, 3, 1).
		taxes(c.Tax).put(by, 1).text(labelBasis, c.Basis, 1, 256).
		number(labelDate, int64(c.Year), 2000, 2255, 0).put(uint64(c.Year-2000), 1).
		number(labelDate, int64(c.Month), 1, 12, 1).number(labelDate, int64(c.Day), 1, 31, 1).
		text(labelOrder, c.Order, 0, 32)
	r.expect = func(b *Baseline) { b.Kind = c.Kind }
	return d.call(ctx, r, nil)
}
