package customrutest

import (
	"github.com/obmen-go/obmen/ecr/customru"
)

// Kinds of receipts, in the numbering of 8DH; F8H and the fiscal drive count from 1.
const (
	sale = iota
	saleReturn
	purchase
	purchaseReturn
	noKind = -1
)

// itemKinds: the item commands are numbered otherwise than the kinds.
var itemKinds = map[customru.Command]int{
	customru.CmdSale: sale, customru.CmdPurchase: purchase,
	customru.CmdSaleReturn: saleReturn, customru.CmdPurchaseReturn: purchaseReturn,
}

// openCodes are the refusals of an item of another kind.
var openCodes = [...]int{sale: codeSaleOpen, saleReturn: codeSaleRetOpen, purchase: codePurchaseOpen, purchaseReturn: codePurchRetOpen}

// receipt is the open receipt, and the closed one until the next is opened.
type receipt struct {
	kind       int
	correction bool
	saved      bool // flag bit 2: can be printed again
	items      []item
	subtotal   uint64
	markup     uint64
	discount   uint64
	voided     uint64
	adjusted   bool // a subtotal discount was given
	paid       [5]uint64
	change     uint64
}

type item struct {
	quantity, price, amount uint64
	department              int
	vat                     int // 1..6
}

// Limits of the values (section 1.4 of the command notes).
const (
	maxMoney    = 9_999_999_999
	maxQuantity = 9_999_999_999
)

func (x *call) openReceiptCmd() fault {
	flags, kind := x.in.U16(), int(x.in.U8())
	tax := x.in.U8()
	switch {
	case flags&^0x3E != 0:
		return fault{codeBadValue, 2}
	case kind > purchaseReturn:
		return fault{codeTooLarge, 3}
	case tax&(tax-1) != 0 || tax > 32:
		return fault{codeBadValue, 4}
	}
	return x.begin(kind, flags)
}

// begin opens a receipt.
func (x *call) begin(kind int, flags uint16) fault {
	if f := x.needShift(); f.code != 0 {
		return f
	}
	x.receipt = receipt{kind: kind, saved: flags&4 != 0}
	x.state, x.phase = stateAccum, phaseOpen
	return fault{}
}

func (x *call) openCorrection() fault {
	flags, kind, tax, by := x.in.U16(), int(x.in.U8()), x.in.U8(), x.in.U8()
	_, f := x.lpt(1, 256, 6)
	if f.code != 0 {
		return f
	}
	x.in.Bytes(3)
	low := 0
	if by == 1 {
		low = 1
	}
	if _, f = x.lpt(low, 32, 8); f.code != 0 {
		return f
	}
	switch {
	case len(x.in.Data) > 0:
		return fault{code: codeLength}
	case flags&^0x3E != 0:
		return fault{codeBadValue, 2}
	case kind > purchaseReturn:
		return fault{codeTooLarge, 3}
	case tax&(tax-1) != 0 || tax > 32:
		return fault{codeBadValue, 4}
	case by > 1:
		return fault{codeTooLarge, 5}
	}
	if f := x.begin(kind, flags); f.code != 0 {
		return f
	}
	x.receipt.correction = true
	return fault{}
}

// Flags of an item.
const (
	itemDiscount = 1 << iota
	itemRequisite
	itemCode
	itemCustoms
	_
	itemDiscount2
	itemVAT
	_
	_
	itemFlags = 1<<9 - 1
)

func (x *call) item() fault {
	in := &x.in
	flags := in.U16()
	method, subject := in.U8(), in.U8()
	in.Bytes(3) // country
	it := item{quantity: in.Uint(5), price: in.Uint(8)}
	excise := in.Uint(8)
	it.department = int(in.U8())
	var kinds [2]byte
	var values [2]uint64
	if flags&itemDiscount != 0 {
		kinds[0], values[0] = in.U8(), in.Uint(8)
	}
	if in.Err != nil {
		return fault{code: codeLength}
	}
	if _, f := x.lpt(1, 128, 12); f.code != 0 {
		return f
	}
	for _, option := range [...]struct {
		bit       uint16
		high, num int
	}{{itemRequisite, 64, 13}, {itemCode, 128, 14}, {itemCustoms, 32, 15}} {
		if flags&option.bit != 0 {
			if _, f := x.lpt(1, option.high, option.num); f.code != 0 {
				return f
			}
		}
	}
	if flags&itemDiscount2 != 0 {
		kinds[1], values[1] = in.U8(), in.Uint(8)
	}
	if flags&itemVAT != 0 {
		in.Uint(8)
	}
	switch {
	case in.Err != nil || len(in.Data) > 0:
		return fault{code: codeLength}
	case flags&^itemFlags != 0:
		return fault{codeBadValue, 2}
	case method > 7:
		return fault{codeTooLarge, 3}
	case subject > 19:
		return fault{codeTooLarge, 4}
	case it.quantity == 0:
		return fault{codeZero, 6}
	case it.quantity > maxQuantity:
		return fault{codeTooLarge, 6}
	case it.price > maxMoney:
		return fault{codeTooLarge, 7}
	case excise > maxMoney:
		return fault{codeTooLarge, 8}
	case it.department > 16:
		return fault{codeTooLarge, 9}
	}
	var f fault
	if it.vat, f = x.vatOf(it.department); f.code != 0 {
		return f
	}
	it.amount = (it.quantity*it.price + 500) / 1000 // the document does not say how it rounds
	var discount, markup uint64
	for i := range kinds {
		if f := adjust(&it.amount, kinds[i], values[i], &discount, &markup); f.code != 0 {
			return f
		}
	}
	return x.add(it, discount, markup)
}

// add puts an item into the receipt, which it opens if none is.
func (x *call) add(it item, discount, markup uint64) fault {
	kind := itemKinds[x.cmd]
	if x.state == stateIdle {
		if f := x.begin(kind, 0); f.code != 0 {
			return f
		}
	} else if x.receipt.kind != kind {
		return fault{code: openCodes[x.receipt.kind]}
	}
	if x.receipt.subtotal+it.amount > maxMoney {
		return fault{code: codeTotalLarge}
	}
	x.receipt.items = append(x.receipt.items, it)
	x.receipt.subtotal += it.amount
	x.receipt.discount += discount
	x.receipt.markup += markup
	x.phase = phaseItems
	if len(x.receipt.items) >= x.opt.MaxItems {
		x.state = stateBlocked
	}
	return fault{}
}

// adjust applies a discount or a markup, as a sum or in hundredths of a percent.
func adjust(amount *uint64, kind byte, value uint64, discount, markup *uint64) fault {
	if value == 0 {
		return fault{}
	}
	if kind > 3 {
		return fault{codeTooLarge, 10}
	}
	if kind&2 != 0 {
		if value > 10_000 {
			return fault{codeTooLarge, 11}
		}
		value = (*amount*value + 5_000) / 10_000
	}
	if kind&1 != 0 {
		*amount += value
		*markup += value
		return fault{}
	}
	if value > *amount {
		return fault{code: codeTotalNegative}
	}
	*amount -= value
	*discount += value
	return fault{}
}

// vatOf returns the VAT code of a department; 0 is taken as "no VAT", since the
// document does not say what department 0 is.
func (x *call) vatOf(department int) (int, fault) {
	if department == 0 {
		return vatNone, fault{}
	}
	vat := int(x.tables[tableDepartments][department-1][38])
	if vat == 0 {
		return 0, fault{code: codeNoDepartment}
	}
	if vat > 6 {
		return 0, fault{code: codeNoVAT}
	}
	return vat, fault{}
}

func (x *call) void() fault {
	quantity, price, department := x.in.Uint(5), x.in.Uint(8), int(x.in.U8())
	flags := x.in.U16()
	if _, f := x.lpt(0, 128, 6); f.code != 0 {
		return f
	}
	if flags&itemVAT != 0 {
		x.in.Uint(8)
	}
	if x.in.Err != nil || len(x.in.Data) > 0 {
		return fault{code: codeLength}
	}
	for i, it := range x.receipt.items {
		if it.quantity == quantity && it.price == price && it.department == department {
			x.remove(i)
			return x.putSubtotal()
		}
	}
	return fault{code: codeVoid}
}

func (x *call) undo() fault {
	if len(x.receipt.items) == 0 {
		return fault{code: codeVoid}
	}
	x.remove(len(x.receipt.items) - 1)
	return fault{}
}

func (x *call) remove(i int) {
	r := &x.receipt
	r.subtotal -= min(r.items[i].amount, r.subtotal)
	r.voided += r.items[i].amount
	r.items = append(r.items[:i], r.items[i+1:]...)
	if len(r.items) == 0 {
		x.phase = phaseOpen
	}
}

func (x *call) subtotal() fault {
	x.in.U16()
	return x.putSubtotal()
}

func (x *call) putSubtotal() fault {
	x.put(x.receipt.subtotal, 8)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts+1), 2)
	return fault{}
}

func (x *call) adjustSubtotal() fault {
	r := &x.receipt
	switch {
	case r.adjusted:
		return fault{code: codeDiscountTwice}
	case r.subtotal == 0:
		return fault{code: codeNoSubtotal}
	}
	f := x.adjustBy(&r.subtotal, func() {})
	r.adjusted = f.code == 0
	return f
}

func (x *call) adjustItem() fault {
	r := &x.receipt
	if len(r.items) == 0 || r.items[len(r.items)-1].amount == 0 {
		return fault{code: codeZeroItem}
	}
	last := &r.items[len(r.items)-1]
	before := last.amount
	return x.adjustBy(&last.amount, func() { r.subtotal = r.subtotal - before + last.amount })
}

// adjustBy reads the fields of 90H and 91H, changes an amount, lets the caller
// draw the consequence and writes the answer.
func (x *call) adjustBy(amount *uint64, then func()) fault {
	flags, value := x.in.U16(), x.in.Uint(8)
	x.in.Bytes(28)
	if flags&^7 != 0 {
		return fault{codeBadValue, 2}
	}
	var discount, markup uint64
	if f := adjust(amount, byte(flags&3), value, &discount, &markup); f.code != 0 {
		return f
	}
	then()
	x.receipt.discount += discount
	x.receipt.markup += markup
	x.put(x.receipt.subtotal, 8)
	x.put(discount, 8)
	x.put(markup, 8)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts+1), 2)
	return fault{}
}

func (x *call) cancel() fault {
	kind := x.receipt.kind
	x.drawer[2+kind].add(x.receipt.subtotal)
	x.cancelReceipt()
	return fault{}
}

// cancelReceipt drops the open receipt without a trace in the fiscal drive.
func (r *Register) cancelReceipt() {
	if r.state&openReceipt == 0 {
		return
	}
	r.cash -= min(r.cash, r.receipt.paid[0])
	r.receipt = receipt{kind: noKind}
	r.state, r.phase = stateIdle, phaseNone
	clear(r.tags)
}
