package customrutest

import (
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/internal/field"
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

// receipt is the open receipt, and the closed one until the next is opened. Its
// sums follow from its items and adjustments.
type receipt struct {
	kind        int
	correction  bool
	saved       bool // flag bit 2: can be printed again
	tax         byte
	basis       [][]byte // tags of a correction
	items       []item
	adjust      []adjustment // of the subtotal
	voided      uint64
	subtotalled bool // 89H was given since the last item
	paid        [5]uint64
	change      uint64
}

type item struct {
	quantity, price, amount uint64
	department              int
	vat                     int  // 1..6
	apart                   bool // kept out of a discount on the subtotal
	adjust                  []adjustment
	tags                    [][]byte // all but amount and sums
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
	return x.begin(kind, flags, tax)
}

// begin opens a receipt.
func (x *call) begin(kind int, flags uint16, tax byte) fault {
	if f := x.needShift(); f.code != 0 {
		return f
	}
	x.receipt = receipt{kind: kind, saved: flags&4 != 0, tax: tax}
	x.state, x.phase = stateAccum, phaseOpen
	return fault{}
}

func (x *call) openCorrection() fault {
	flags, kind, tax, by := x.in.U16(), int(x.in.U8()), x.in.U8(), x.in.U8()
	basis, f := x.lpt(1, 256, 6)
	if f.code != 0 {
		return f
	}
	if len(x.in.Data) < 3 {
		return fault{code: codeLength}
	}
	year, month, day := x.in.U8(), x.in.U8(), x.in.U8()
	low, high := 0, 0
	if by == 1 {
		low, high = 1, 32
	}
	order, f := x.lpt(low, high, 8)
	switch {
	case f.code != 0:
		return f
	case len(x.in.Data) > 0:
		return fault{code: codeLength}
	case flags&^0x3E != 0:
		return fault{codeBadValue, 2}
	case kind > purchaseReturn:
		return fault{codeTooLarge, 3}
	case x.opt.FFD105 && (kind == saleReturn || kind == purchaseReturn):
		return fault{codeNotListed, 3}
	case tax&(tax-1) != 0 || tax > 32:
		return fault{codeBadValue, 4}
	case by > 1:
		return fault{codeTooLarge, 5}
	}
	at, ok := x.date([3]byte{day, month, year})
	if !ok {
		return fault{codeDate, 7}
	}
	if f := x.begin(kind, flags, tax); f.code != 0 {
		return f
	}
	x.receipt.correction = true
	x.receipt.basis = [][]byte{
		tag(1173, []byte{by}),
		tag(1174, append(append(tag(1177, basis), tag(1178, field.AppendUint(nil, wallSeconds(at), 4))...), tag(1179, order)...)),
	}
	return fault{}
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
			if f := x.remove(i); f.code != 0 {
				return f
			}
			return x.putSubtotal()
		}
	}
	return fault{code: codeVoid}
}

func (x *call) undo() fault {
	if len(x.receipt.items) == 0 {
		return fault{code: codeVoid}
	}
	return x.remove(len(x.receipt.items) - 1)
}

// remove takes an item out; a discount on the subtotal can then not be more than
// what is left.
func (x *call) remove(i int) fault {
	r := &x.receipt
	rest := r.gross(true) - r.items[i].amount
	for _, a := range r.adjust {
		if !a.markup() && a.sum > rest {
			return fault{code: codeTotalNegative}
		}
	}
	r.voided += r.items[i].amount
	r.items = append(r.items[:i], r.items[i+1:]...)
	r.subtotalled = false
	if len(r.items) == 0 {
		x.phase = phaseOpen
	}
	return fault{}
}

func (x *call) subtotal() fault {
	if x.in.U16()&^1 != 0 {
		return fault{codeBadValue, 2}
	}
	x.receipt.subtotalled = true
	return x.putSubtotal()
}

func (x *call) putSubtotal() fault {
	x.put(x.receipt.subtotal(), 8)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts+1), 2)
	return fault{}
}

func (x *call) cancel() fault {
	kind := x.receipt.kind
	x.drawer[2+kind].add(x.receipt.subtotal())
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
	r.tags = nil
}
