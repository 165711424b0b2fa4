package customrutest

import "time"

// Flags of 85H (the field numbers are those of D7H's sub-code).
const (
	payRequisite = 1 << 0
	payBuyer     = 1 << 1
	payINN       = 1 << 2
	payRoundCash = 1 << 3
	payUser      = 1 << 4
	payRound     = 7 << 5
	payAddress   = 1 << 8
	payPlace     = 1 << 9
	payOrg       = 1 << 10
	payMachine   = 1 << 11
	payKopecks   = 1 << 12
	payFlags     = 1<<13 - 1
)

func (x *call) closeReceipt() fault {
	flags := x.in.U16()
	var sums [5]uint64
	for i := range sums {
		if sums[i] = x.in.Uint(8); sums[i] > maxMoney {
			return fault{codeTooLarge, 3 + i}
		}
	}
	if flags&^payFlags != 0 || flags&payRound > 4<<5 {
		return fault{codeBadValue, 2}
	}
	for _, option := range [...]struct {
		bit            uint16
		low, high, num int
	}{
		{payRequisite, 1, 16, 8}, {payBuyer, 1, 128, 9}, {payINN, 10, 12, 10}, {payUser, 1, 64, 11}, {payUser, 1, 256, 12},
		{payAddress, 1, 256, 13}, {payPlace, 1, 256, 14}, {payMachine, 1, 20, 15},
	} {
		if flags&option.bit == 0 {
			continue
		}
		b, f := x.lpt(option.low, option.high, option.num)
		if f.code != 0 {
			return f
		}
		if option.bit == payINN && len(b) == 11 {
			return fault{codeINN, 10}
		}
	}
	kopecks := byte(0)
	if flags&payKopecks != 0 {
		if kopecks = x.in.U8(); kopecks > 99 {
			return fault{codeTooLarge, 16}
		}
	}
	if x.in.Err != nil || len(x.in.Data) > 0 {
		return fault{code: codeLength}
	}
	if f := x.needShift(); f.code != 0 {
		return f
	}
	if len(x.receipt.items) == 0 {
		return fault{code: codeMissing}
	}
	return x.pay(sums, x.rounded(flags, sums, kopecks))
}

// rounded is the total after the rounding that the flags allow.
func (x *call) rounded(flags uint16, sums [5]uint64, kopecks byte) uint64 {
	total := x.receipt.subtotal
	kind := int(flags & payRound >> 5)
	switch {
	case flags&payKopecks != 0:
		return total - total%100 + uint64(kopecks)
	case flags&payRoundCash != 0 && sums[0] > 0, kind > 0 && sums[kind] > 0:
		return total - total%100
	}
	return total
}

// pay takes the sums and closes the receipt once it is paid.
func (x *call) pay(sums [5]uint64, total uint64) fault {
	r := &x.receipt
	paid, bare := uint64(0), uint64(0)
	for i := range sums {
		paid += r.paid[i] + sums[i]
		if i > 0 {
			bare += r.paid[i] + sums[i]
		}
	}
	if bare > total {
		return fault{code: codeNoChange}
	}
	for i := range sums {
		r.paid[i] += sums[i]
	}
	if paid < total {
		x.state, x.phase = statePay, phasePay
		x.put(paid-total, 8) // two's complement: still to pay
		x.putReceipt(0, 0, x.shift.receipts+1)
		return fault{}
	}
	r.change = paid - total
	cash := r.paid[0] - r.change
	outgoing := r.kind == saleReturn || r.kind == purchase
	if outgoing && cash > x.cash {
		for i := range sums {
			r.paid[i] -= sums[i]
		}
		return fault{code: codeDrawer}
	}
	if outgoing {
		x.cash -= cash
	} else {
		x.cash += cash
	}
	x.shift.receipts++
	kind := 3
	if r.correction {
		kind = 31
	}
	fd, fpd := x.document(document{kind: byte(kind), operation: byte(r.kind + 1), sum: total})
	x.count(total, cash)
	x.last = lastReceipt{x.now(), uint16(x.shift.receipts), total}
	x.state, x.phase = stateIdle, phaseNone
	clear(x.tags)
	x.put(r.change, 8)
	x.putReceipt(fd, fpd, x.shift.receipts)
	return fault{}
}

func (x *call) putReceipt(fd, fpd uint32, number int) {
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(number), 2)
	x.put(uint64(fd), 4)
	x.put(uint64(fpd), 4)
	x.putCashier()
}

type lastReceipt struct {
	at     time.Time
	number uint16
	total  uint64
}

// counter is a number and a sum.
type counter struct {
	n   uint32
	sum uint64
}

func (c *counter) add(sum uint64) {
	c.n++
	c.sum += sum
}

// totals is the block of F5H and F6H.
type totals struct {
	operations uint32
	kinds      [4]kindTotals
	corrected  uint32
	fixes      [4]counter
}

type kindTotals struct {
	counter
	paid [5]uint64
	vat  [6]uint64
}

// count adds the closed receipt to the totals.
func (x *call) count(total, cash uint64) {
	r := &x.receipt
	for _, t := range []*totals{&x.grand, &x.day} {
		t.operations++
		if r.correction {
			t.corrected++
			t.fixes[r.kind].add(total)
			continue
		}
		k := &t.kinds[r.kind]
		k.add(total)
		for i := range k.paid {
			if i == 0 {
				k.paid[0] += cash
			} else {
				k.paid[i] += r.paid[i]
			}
		}
		for _, it := range r.items {
			k.vat[it.vat-1] += it.vatSum()
		}
	}
	for kind, sum := range [...]uint64{r.discount, r.markup} {
		if sum > 0 {
			x.drawer[6+2*r.kind+kind].add(sum)
		}
	}
}

const vatNone = 4 // the VAT code of "no VAT"

// vatSum is the tax in an item's amount; codes 3 and 4 count the amount itself.
func (it item) vatSum() uint64 {
	switch it.vat {
	case 1, 5:
		return (it.amount*20 + 60) / 120
	case 2, 6:
		return (it.amount*10 + 55) / 110
	}
	return it.amount
}
