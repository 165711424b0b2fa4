package customrutest

import (
	"time"

	"github.com/obmen-go/obmen/ecr/customru"
)

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
	for _, later := range [...]fault{
		x.needs(firmwareRounding, flags&payRound != 0, 2), x.needs(firmwareSite, flags&(payAddress|payPlace) != 0, 2),
		x.needs(firmwareScanned, flags&(payMachine|payOrg) != 0, 2), x.needs(firmwareKopecks, flags&payKopecks != 0, 2),
	} {
		if later.code != 0 {
			return later
		}
	}
	var more [][]byte
	var requisite []byte
	for _, option := range [...]struct {
		bit            uint16
		low, high, num int
		tag            uint16
	}{
		{payRequisite, 1, 16, 8, 1192}, {payBuyer, 1, 128, 9, 1227}, {payINN, 10, 12, 10, 1228},
		{payUser, 1, 64, 11, 1085}, {payUser, 1, 256, 12, 1086},
		{payAddress, 1, 256, 13, 1009}, {payPlace, 1, 256, 14, 1187}, {payMachine, 1, 20, 15, 1036},
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
		if option.tag == 1192 {
			requisite = append([]byte(nil), b...)
		}
		more = append(more, tag(option.tag, b))
	}
	kopecks := byte(0)
	if flags&payKopecks != 0 {
		if kopecks = x.in.U8(); kopecks > 99 {
			return fault{codeTooLarge, 16}
		}
		if flags&(payRoundCash|payRound) != 0 {
			return fault{codeBadValue, 16} // not with other rounding
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
	if x.families[customru.FamilyGeneral][0] != 0 && !x.receipt.subtotalled {
		return fault{code: codeSubtotalFirst}
	}
	for i, row := range x.tables[tablePayments] {
		if sums[i] > 0 && row[0] == 0 {
			return fault{codePayOff, 3 + i}
		}
	}
	return x.pay(sums, x.rounded(flags, sums, kopecks), requisite, more)
}

// rounded is the total after the rounding that the flags allow.
func (x *call) rounded(flags uint16, sums [5]uint64, kopecks byte) uint64 {
	total := x.receipt.subtotal()
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
func (x *call) pay(sums [5]uint64, total uint64, requisite []byte, more [][]byte) fault {
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
		x.due = total - paid
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
	d := x.receiptDocument(total, cash, more)
	d.requisite = requisite
	fd, fpd := x.document(d)
	x.saved = r.saved
	x.cuts++
	x.count(total, cash)
	x.last = lastReceipt{x.now(), uint16(x.shift.receipts), total}
	x.state, x.phase = stateIdle, phaseNone
	x.tags = nil
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

const vatNone = 4 // the VAT code of "no VAT"

// vat are the sums by VAT code: the tax in the amounts; codes 3 and 4 count the
// amount itself.
func (r *receipt) vat() (sums [6]uint64) {
	for i, amount := range r.amounts() {
		switch code := r.items[i].vat; code {
		case 1, 5:
			sums[code-1] += (amount*20 + 60) / 120
		case 2, 6:
			sums[code-1] += (amount*10 + 55) / 110
		default:
			sums[code-1] += amount
		}
	}
	return sums
}

// vatTags are the tags of the VAT codes, paymentTags those of the payments.
var (
	vatTags     = [6]uint16{1102, 1103, 1104, 1105, 1106, 1107}
	paymentTags = [5]uint16{1031, 1081, 1215, 1216, 1217}
)

// receiptDocument is the fiscal document of the closed receipt.
func (x *call) receiptDocument(total, cash uint64, more [][]byte) document {
	r := &x.receipt
	d := document{kind: formReceipt, operation: byte(r.kind + 1), sum: total, paid: r.paid, vat: r.vat()}
	d.paid[0] = cash
	d.tags = append([][]byte{
		tag(1042, number(uint64(x.shift.receipts))), tag(1054, []byte{d.operation}), tag(1055, []byte{max(r.tax, 1)}),
		tag(1021, x.cashier()), tag(1020, number(total)),
	}, r.basis...)
	if r.correction {
		d.kind = formCorrection
	}
	for i, sum := range d.paid {
		d.tags = append(d.tags, tag(paymentTags[i], number(sum)))
	}
	for i, sum := range d.vat {
		if sum > 0 {
			d.tags = append(d.tags, tag(vatTags[i], number(sum)))
		}
	}
	d.tags = append(append(d.tags, more...), x.tags.take(beforeClose)...)
	amounts := r.amounts()
	for i, it := range r.items {
		var content []byte
		for _, t := range it.tags {
			content = append(content, t...)
		}
		content = append(content, tag(1043, number(amounts[i]))...)
		d.items = append(d.items, tag(1059, append(content, tag(1199, []byte{tagVAT[it.vat-1]})...)))
	}
	return d
}

// tagVAT are the VAT codes in the order of tag 1199.
var tagVAT = [6]byte{1, 2, 5, 6, 3, 4}
