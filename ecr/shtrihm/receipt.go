package shtrihm

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// ReceiptType is a type of receipt, in the numbering of FF46h.
type ReceiptType byte

// The types. Zero is none.
const (
	Sale           ReceiptType = 1 // приход
	SaleReturn     ReceiptType = 2 // возврат прихода
	Purchase       ReceiptType = 3 // расход
	PurchaseReturn ReceiptType = 4 // возврат расхода
)

// open is the numbering of 8Dh and of the mode byte.
func (t ReceiptType) open() (byte, bool) {
	v, ok := map[ReceiptType]byte{Sale: 0, Purchase: 1, SaleReturn: 2, PurchaseReturn: 3}[t]
	return v, ok
}

// OpenReceipt is 8Dh. An operation opens a receipt by itself as well.
func (d *Device) OpenReceipt(ctx context.Context, t ReceiptType) error {
	v, ok := t.open()
	r := d.request(0x8D).put(uint64(v), 1)
	if !ok {
		r.fail("type", fmt.Sprintf("%d is none", t))
	}
	return d.change(ctx, r, 0, nil)
}

// CancelReceipt is 88h. That there was none to cancel is no error: it says false.
func (d *Device) CancelReceipt(ctx context.Context) (cancelled bool, err error) {
	err = d.change(ctx, d.request(0x88), 0, nil)
	if nothing(err) {
		return false, nil
	}
	return err == nil, err
}

// CancelDocument is FF08h: the open document of the fiscal drive. That there was
// none is no error: it says false.
func (d *Device) CancelDocument(ctx context.Context) (cancelled bool, err error) {
	err = d.change(ctx, d.request(0xFF08), 0, nil)
	if nothing(err) {
		return false, nil
	}
	return err == nil, err
}

// Subtotal is 89h: the sum of the open receipt in kopecks.
func (d *Device) Subtotal(ctx context.Context) (sum int64, err error) {
	err = d.query(ctx, d.request(0x89), func(in *field.Reader) {
		in.U8()
		sum = int64(in.Uint(5))
	})
	return sum, err
}

// TaxRate is the rate byte of FF46h.
type TaxRate byte

// The rates. Those from 9 on are sent as C0h and their number.
const (
	Tax20      TaxRate = 1
	Tax10      TaxRate = 2
	Tax0       TaxRate = 4
	TaxNone    TaxRate = 8 // без НДС
	Tax20of120 TaxRate = 16
	Tax10of110 TaxRate = 32
	Tax22      TaxRate = 0xC0 + 11
	Tax22of122 TaxRate = 0xC0 + 12
)

// Operation is one position of a receipt.
type Operation struct {
	Type        ReceiptType // that of the receipt
	Quantity    int64       // millionths: 1 000 000 is one piece
	Price       int64       // kopecks for quantity 1
	Sum         *int64      // kopecks; nil: the device works it out, else within 1 kopeck of that
	Rate        TaxRate     // of the VAT
	Department  byte        // 0..16
	PaymentType byte        // tag 1214: 1..7, 4 full payment
	Subject     byte        // tag 1212: 1 goods, 33 goods with a marking code
	Name        string      // up to 128 bytes of cp1251; // before it: not printed
}

const deviceComputes = 0xFF_FFFF_FFFF

// Operation is FF46h. It opens the receipt if none is open.
func (d *Device) Operation(ctx context.Context, o Operation) error {
	r := d.request(0xFF46).number("type", int64(o.Type), 1, 4, 1).
		number("quantity", o.Quantity, 1, MaxQuantity, 6).money("price", o.Price)
	if o.Sum != nil {
		r.money("sum", *o.Sum)
	} else {
		r.put(deviceComputes, 5)
	}
	r.put(deviceComputes, 5).put(uint64(o.Rate), 1).number("department", int64(o.Department), 0, 16, 1).
		number("payment type", int64(o.PaymentType), 0, 7, 1).put(uint64(o.Subject), 1).text("name", o.Name, 128)
	return d.change(ctx, r, 0, nil)
}

// OperationTag is FF4Dh: a list of TLV for the operation, 1..[MaxTLV] bytes. On a
// cash core it goes before the operation, else after it ([Model.CashCore]).
func (d *Device) OperationTag(ctx context.Context, tlv []byte) error { return d.tags(ctx, 0xFF4D, tlv) }

// DocumentTag is FF0Ch: a list of TLV for the document, 1..[MaxTLV] bytes.
func (d *Device) DocumentTag(ctx context.Context, tlv []byte) error { return d.tags(ctx, 0xFF0C, tlv) }

func (d *Device) tags(ctx context.Context, cmd Command, tlv []byte) error {
	r := d.request(cmd)
	if len(tlv) == 0 || len(tlv) > MaxTLV {
		r.fail("tags", fmt.Sprintf("%d bytes are not 1..%d", len(tlv), MaxTLV))
	}
	r.data = append(r.data, tlv...)
	return d.change(ctx, r, 0, nil)
}

// Payments of [Closing].
const (
	PayCash       = 0  // наличные
	PayElectronic = 1  // the first of 1..12
	PayPrepaid    = 13 // аванс
	PayCredit     = 14 // кредит
	PayCounter    = 15 // встречное предоставление
)

// Closing is what FF45h takes, and FF76h and FF78h, which have room for more taxes.
type Closing struct {
	Payments  [16]int64 // kopecks, by the Pay constants
	Rounding  byte      // kopecks taken off the total, 0..99
	TaxSystem byte      // bit: 1 ОСН, 2 УСН доход, 4 УСН доход − расход, 8 ЕНВД, 16 ЕСХН, 32 ПСН
	Text      string    // up to 64 bytes of cp1251
	// Taxes are the sums of the VAT by rate in kopecks, by the rows of the
	// register's table of taxes, at most 12; 0 and missing ones the device works
	// out. With up to 6 the command is FF45h, with up to 10 FF76h, with more FF78h.
	Taxes []int64
}

// taxes finds the command for so many taxes, and how many it has room for.
func (c *Closing) taxes() (cmd Command, room int) {
	switch n := len(c.Taxes); {
	case n <= 6:
		return 0xFF45, 6
	case n <= 10:
		return 0xFF76, 10
	}
	return 0xFF78, 12
}

// Closed is the answer of FF45h.
type Closed struct {
	Change  int64  // kopecks
	FD, FPD uint32 // number and fiscal sign of the document
}

// CloseReceipt is FF45h, or FF76h or FF78h if there are more taxes. A refusal leaves the receipt open: close it another way
// or cancel it, opening a new one is refused.
func (d *Device) CloseReceipt(ctx context.Context, c Closing) (closed Closed, err error) {
	cmd, room := c.taxes()
	r := d.request(cmd)
	if len(c.Taxes) > room {
		r.fail("taxes", fmt.Sprintf("%d are more than %d", len(c.Taxes), room))
	}
	sum := int64(0)
	for i, p := range c.Payments {
		r.money(fmt.Sprintf("payment %d", i+1), p)
		sum += p
	}
	r.number("rounding", int64(c.Rounding), 0, 99, 1)
	for i := range room {
		tax := int64(0) // the device works it out
		if i < len(c.Taxes) {
			tax = c.Taxes[i]
		}
		r.money(fmt.Sprintf("tax %d", i+1), tax)
	}
	r.number("tax system", int64(c.TaxSystem), 0, 32, 1).text("text", c.Text, 64)
	err = d.change(ctx, r, sum, func(in *field.Reader) {
		closed = Closed{int64(in.Uint(5)), in.U32(), in.U32()}
	})
	return closed, err
}

// OldClosing is what 85h takes, the close of registers before the fiscal drive.
type OldClosing struct {
	Payments [4]int64 // kopecks: cash and three other kinds
	Discount int16    // hundredths of a per cent off the total; negative: a surcharge
	Taxes    [4]byte  // groups of taxes, 0 none
	Text     string   // up to 40 bytes of cp1251
}

// CloseReceiptOld is 85h: it says the change in kopecks. Newer registers want
// [Device.CloseReceipt].
func (d *Device) CloseReceiptOld(ctx context.Context, c OldClosing) (change int64, err error) {
	r := d.request(0x85)
	sum := int64(0)
	for i, p := range c.Payments {
		r.money(fmt.Sprintf("payment %d", i+1), p)
		sum += p
	}
	r.put(uint64(uint16(c.Discount)), 2)
	for _, t := range c.Taxes {
		r.put(uint64(t), 1)
	}
	r.padded("text", c.Text, 40)
	err = d.change(ctx, r, sum, func(in *field.Reader) {
		in.U8()
		change = int64(in.Uint(5))
	})
	return change, err
}

// ContinuePrint is B0h: paper was put in, print on.
func (d *Device) ContinuePrint(ctx context.Context) error {
	return d.change(ctx, d.request(0xB0), 0, nil)
}

// PrintLine is 2Fh: a line of up to 40 bytes of cp1251 on the receipt's paper, in a
// font of the device, from 1.
func (d *Device) PrintLine(ctx context.Context, line string, font byte) error {
	const onReceipt = 2
	r := d.request(0x2F).put(onReceipt, 1).put(uint64(font), 1).padded("line", line, 40)
	return d.change(ctx, r, 0, nil)
}

// PrintText is 17h: as [Device.PrintLine], in the usual font.
func (d *Device) PrintText(ctx context.Context, line string) error {
	const onReceipt = 2
	return d.change(ctx, d.request(0x17).put(onReceipt, 1).padded("line", line, 40), 0, nil)
}

// Feed is 29h: the receipt's paper goes on by 1..255 lines.
func (d *Device) Feed(ctx context.Context, lines int) error {
	const onReceipt = 2
	return d.change(ctx, d.request(0x29).put(onReceipt, 1).number("lines", int64(lines), 1, 255, 1), 0, nil)
}

// Beep is 13h.
func (d *Device) Beep(ctx context.Context) error { return d.change(ctx, d.request(0x13), 0, nil) }

// Cut is 25h; part leaves a bridge of paper.
func (d *Device) Cut(ctx context.Context, part bool) error {
	kind := uint64(0)
	if part {
		kind = 1
	}
	return d.change(ctx, d.request(0x25).put(kind, 1), 0, nil)
}

// Repeat is 8Ch: a copy of the last closed document.
func (d *Device) Repeat(ctx context.Context) error { return d.change(ctx, d.request(0x8C), 0, nil) }
