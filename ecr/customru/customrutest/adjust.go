package customrutest

import "math/bits"

// adjustment is a discount or a markup; its row is that of FCH.
type adjustment struct {
	row int
	sum uint64
}

func (a adjustment) markup() bool { return a.row == 6 || a.row == 8 || a.row == 17 || a.row == 19 }

// Rows of FCH as they leave the factory: of items and of the subtotal; by
// percentage, markups one row further, sums two.
const (
	itemRow     = 5
	subtotalRow = 16
)

func (r *receipt) adjustments() []adjustment {
	var list []adjustment
	for _, it := range r.items {
		list = append(list, it.adjust...)
	}
	return append(list, r.adjust...)
}

func (r *receipt) adjusted(markup bool) (sum uint64) {
	for _, a := range r.adjustments() {
		if a.markup() == markup {
			sum += a.sum
		}
	}
	return sum
}

func (r *receipt) markup() uint64   { return r.adjusted(true) }
func (r *receipt) discount() uint64 { return r.adjusted(false) }

// gross is the sum of the items; of those only that a discount on the subtotal
// is for, or of all.
func (r *receipt) gross(all bool) (sum uint64) {
	for _, it := range r.items {
		if all || !it.apart {
			sum += it.amount
		}
	}
	return sum
}

func (r *receipt) subtotal() uint64 {
	sum := r.gross(true)
	for _, a := range r.adjust {
		if a.markup() {
			sum += a.sum
		} else {
			sum -= min(sum, a.sum)
		}
	}
	return sum
}

// amounts are those of the items with their share of the adjusted subtotal: the
// last of them takes what is left by rounding.
func (r *receipt) amounts() []uint64 {
	list := make([]uint64, len(r.items))
	last, left := -1, r.subtotal()
	base := r.gross(false)
	share := left - min(left, r.gross(true)-base) // what the items that share come to
	for i, it := range r.items {
		list[i] = it.amount
		if !it.apart && base > 0 {
			list[i] = mulDiv(it.amount, share, base)
			last = i
		}
		left -= min(left, list[i])
	}
	if last >= 0 {
		list[last] += left
	}
	return list
}

// mulDiv is a*b/c without overflow.
func mulDiv(a, b, c uint64) uint64 {
	high, low := bits.Mul64(a, b)
	q, _ := bits.Div64(high%c, low, c)
	return q
}

// adjust is a discount or a markup on an amount, as a sum or in hundredths of a
// percent; row is the first of its rows of FCH.
func adjust(amount uint64, kind byte, value uint64, row int) (a adjustment, f fault) {
	switch {
	case value == 0:
		return a, f
	case kind > 3:
		return a, fault{codeTooLarge, 10}
	case kind&2 != 0 && value > 10_000, value > maxMoney:
		return a, fault{codeTooLarge, 11}
	}
	a = adjustment{row + int(kind&1), value}
	if kind&2 != 0 {
		a.sum = (amount*value + 5_000) / 10_000
	} else {
		a.row += 2
	}
	if !a.markup() && a.sum > amount {
		return a, fault{code: codeTotalNegative}
	}
	return a, f
}

// apply changes the item's amount.
func (it *item) apply(a adjustment) {
	switch {
	case a.row == 0:
		return
	case a.markup():
		it.amount += a.sum
	default:
		it.amount -= a.sum
	}
	it.adjust = append(it.adjust, a)
}

func (x *call) adjustSubtotal() fault {
	r := &x.receipt
	switch {
	case len(r.adjust) > 0:
		return fault{code: codeDiscountTwice}
	case r.gross(false) == 0:
		return fault{code: codeNoSubtotal}
	}
	a, f := x.adjustment(r.gross(false), subtotalRow)
	if f.code == 0 && a.markup() && r.subtotal()+a.sum > maxMoney {
		f = fault{code: codeTotalLarge}
	}
	if f.code != 0 {
		return f
	}
	if a.row != 0 {
		r.adjust = append(r.adjust, a)
	}
	return x.putAdjusted(a)
}

func (x *call) adjustItem() fault {
	r := &x.receipt
	if len(r.items) == 0 || r.items[len(r.items)-1].amount == 0 {
		return fault{code: codeZeroItem}
	}
	last := &r.items[len(r.items)-1]
	a, f := x.adjustment(last.amount, itemRow)
	switch {
	case f.code != 0:
		return f
	case len(r.adjust) > 0:
		return fault{code: codeDiscountTwice}
	case a.markup() && r.subtotal()+a.sum > maxMoney:
		return fault{code: codeTotalLarge}
	}
	last.apply(a)
	return x.putAdjusted(a)
}

// adjustment reads the fields of 90H and 91H.
func (x *call) adjustment(amount uint64, row int) (adjustment, fault) {
	flags, value := x.in.U16(), x.in.Uint(8)
	x.in.Bytes(28)
	if flags&^7 != 0 {
		return adjustment{}, fault{codeBadValue, 2}
	}
	return adjust(amount, byte(flags&3), value, row)
}

func (x *call) putAdjusted(a adjustment) fault {
	discount, markup := a.sum, uint64(0)
	if a.markup() {
		discount, markup = 0, a.sum
	}
	x.put(x.receipt.subtotal(), 8)
	x.put(discount, 8)
	x.put(markup, 8)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts+1), 2)
	return fault{}
}
