package shtrihmtest

import (
	"math/bits"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// receipt is the open receipt.
type receipt struct {
	kind  byte // type of 8Dh: 0 sale, 1 purchase, 2 sale return, 3 purchase return
	items []item
	total uint64
	tags  tags // of the document
	next  item // tags and mark that wait for their operation (cash core)
}

// item is one operation.
type item struct {
	sum    uint64
	tags   tags
	marked bool // FF67h bound something, perhaps an empty mark
	mark   []byte
}

// tags are those given for one item or document; each may come once.
type tags map[shtrihm.Tag]bool

const (
	receiptSale       = 0
	receiptSaleReturn = 2

	maxTags  = 100             // of one item: memory must end somewhere
	maxMoney = 99_999_999_99   // kopecks; a receipt's total
	notGiven = 0xFF_FFFF_FFFF  // a sum or a tax that the device works out
	millions = 1_000_000       // a quantity of 1
	maxCount = 999_999_999_999 // greatest quantity, in millionths
)

func (x *call) openReceipt() byte {
	kind := x.in.U8()
	switch {
	case x.receipt != nil:
		return shtrihm.ErrorMode
	case kind > 3:
		return shtrihm.ErrorParameters
	}
	x.receipt = &receipt{kind: kind}
	return 0
}

func (x *call) cancel() byte {
	if x.receipt == nil {
		return shtrihm.ErrorMode
	}
	x.receipt = nil
	x.crossNo = x.crossNo%9999 + 1
	return 0
}

func (x *call) subtotal() byte {
	if x.receipt == nil {
		return shtrihm.ErrorMode
	}
	x.put(x.receipt.total, 5)
	return 0
}

func (x *call) repeat() byte {
	switch {
	case x.receipt != nil:
		return shtrihm.ErrorReceiptOpen
	case len(x.docs) == 0:
		return errNothing
	}
	return 0
}

// kinds are the receipt's types by the type of FF46h.
var kinds = map[byte]byte{1: receiptSale, 2: receiptSaleReturn, 3: 1, 4: 3}

// operation is FF46h. It opens the receipt if none is open.
func (x *call) operation() byte {
	kind, known := kinds[x.in.U8()]
	quantity, price, sum := x.in.Uint(6), x.in.Uint(5), x.in.Uint(5)
	x.in.Uint(5) // tax
	rate, department, payment, subject := x.in.U8(), x.in.U8(), x.in.U8(), x.in.U8()
	x.in.Rest() // name
	switch {
	case !known || !validRate(rate) || payment > 7 || subject > 33:
		return shtrihm.ErrorParameters
	case quantity == 0 || quantity > maxCount:
		return errQuantity
	case price > maxMoney:
		return errPrice
	case department > 16 && department != 255:
		return errDepartment
	case x.receipt != nil && x.receipt.kind != kind:
		return errReceiptType
	case x.receipt != nil && len(x.receipt.items) >= maxOperations:
		return errTooManyPlaces
	}
	own, refusal := product(quantity, price)
	if refusal != 0 {
		return refusal
	}
	if sum == notGiven {
		sum = own
	} else if sum+1 < own || sum > own+1 {
		return shtrihm.ErrorParameters
	}
	r := x.receipt
	if r == nil {
		r = &receipt{kind: kind}
	}
	if r.total+sum > maxMoney {
		return errTotal
	}
	it := r.next // empty but on a cash core
	it.sum = sum
	r.items, r.next = append(r.items, it), item{}
	r.total += sum
	x.receipt = r
	return 0
}

// product is quantity × price in kopecks, rounded.
func product(quantity, price uint64) (uint64, byte) {
	high, low := bits.Mul64(quantity, price)
	low, carry := bits.Add64(low, millions/2, 0)
	high += carry
	if high >= millions {
		return 0, errTotal
	}
	sum, _ := bits.Div64(high, low, millions)
	if sum > maxMoney {
		return 0, errTotal
	}
	return sum, 0
}

// validRate knows one bit of the rates 1..8 and C0h+n for those from 9 on.
func validRate(rate byte) bool {
	return rate&(rate-1) == 0 || rate >= 0xC9 && rate <= 0xCF
}

func (x *call) close6() byte  { return x.close(6) }
func (x *call) close10() byte { return x.close(10) }
func (x *call) close12() byte { return x.close(12) }

// close is FF45h and its kin with more taxes.
func (x *call) close(taxes int) byte {
	var pay [16]uint64
	for i := range pay {
		pay[i] = x.in.Uint(5)
	}
	rounding := uint64(x.in.U8())
	x.in.Bytes(5 * taxes)
	system := x.in.U8()
	x.in.Rest()
	if rounding > 99 || system&(system-1) != 0 || system > 32 {
		return shtrihm.ErrorParameters
	}
	change, d, refusal := x.settle(pay[:], rounding)
	if refusal == 0 {
		x.put(change, 5)
		x.put(uint64(d.fd), 4)
		x.put(uint64(d.fp), 4)
	}
	return refusal
}

// closeOld is 85h, with four kinds of payment and a discount on the receipt.
func (x *call) closeOld() byte {
	var pay [4]uint64
	for i := range pay {
		pay[i] = x.in.Uint(5)
	}
	discount := x.in.U16()
	x.in.Rest()
	if discount != 0 {
		return shtrihm.ErrorParameters // not on registers with a fiscal drive
	}
	change, _, refusal := x.settle(pay[:], 0)
	if refusal == 0 {
		x.put(change, 5)
	}
	return refusal
}

// settle closes the receipt; a refusal leaves it open. The first payment is cash.
func (x *call) settle(pay []uint64, rounding uint64) (change uint64, d document, refusal byte) {
	r := x.receipt
	switch {
	case r == nil:
		return 0, d, shtrihm.ErrorMode
	case len(r.items) == 0:
		return 0, d, errZeroTotal
	case len(r.next.tags) > 0 || r.next.marked:
		return 0, d, errTLVOrder // tags or a mark without their operation
	case rounding > r.total:
		return 0, d, shtrihm.ErrorParameters
	}
	total := r.total - rounding
	paid, cashless := uint64(0), uint64(0)
	for i, p := range pay {
		paid += p
		if i > 0 {
			cashless += p
		}
	}
	switch {
	case cashless > total:
		return 0, d, errNonCash
	case paid < total:
		return 0, d, errPayLess
	}
	change = paid - total
	if inCash := pay[0] - change; r.kind == receiptSale || r.kind == 3 {
		x.cash += inCash
	} else {
		x.cash -= min(x.cash, inCash)
	}
	sign := map[byte]byte{0: 1, 2: 2, 1: 3, 3: 4}[r.kind]
	d = x.file(document{kind: docReceipt, sign: sign, sum: total})
	x.shift.receipts++
	x.marks.sold(r)
	x.receipt = nil
	return change, d, 0
}

// documentTag is FF0Ch: for the open receipt or the shift document that was begun.
func (x *call) documentTag() byte {
	b := x.in.Rest()
	if x.receipt == nil && x.begun == 0 {
		return shtrihm.ErrorMode
	}
	given := tags{}
	if x.receipt != nil {
		if x.receipt.tags == nil {
			x.receipt.tags = given
		}
		given = x.receipt.tags
	}
	return given.add(b)
}

func (x *call) operationTag() byte { return x.tagItem(x.in.Rest()) }

// tagItem gives tags to the last operation, on a cash core to the next one.
func (x *call) tagItem(b []byte) byte {
	r := x.receipt
	if r == nil {
		return shtrihm.ErrorMode
	}
	it := &r.next
	if !x.opt.CashCore {
		if len(r.items) == 0 {
			return errTLVOrder
		}
		it = &r.items[len(r.items)-1]
	} else if it.marked {
		return errTLVOrder // the mark comes after all tags
	}
	if it.tags == nil {
		it.tags = tags{}
	}
	return it.tags.add(b)
}

// Tags with a length of their own.
const (
	tagIndustry = 1260 // holds 1262..1265; given bare, the register wraps them
)

var tagLengths = map[shtrihm.Tag]struct{ low, high int }{
	1226: {12, 12}, 1262: {1, 3}, 1263: {10, 10}, 1264: {1, 32}, 1265: {1, 256},
}

// add takes a list of tags, all or none.
func (t tags) add(b []byte) byte {
	seen := tags{}
	for e, err := range shtrihm.TLVs(b) {
		if err != nil || seen[e.Tag] || t[e.Tag] || len(t)+len(seen) >= maxTags {
			return shtrihm.ErrorParameters
		}
		seen[e.Tag] = true
		if n, ok := tagLengths[e.Tag]; ok && (len(e.Value) < n.low || len(e.Value) > n.high) {
			return shtrihm.ErrorParameters
		}
		if e.Tag != tagIndustry {
			continue
		}
		inner := tags{}
		for in, err := range shtrihm.TLVs(e.Value) {
			if err == nil && in.Tag == tagIndustry {
				return errLength
			}
		}
		if refusal := inner.add(e.Value); refusal != 0 {
			return refusal
		}
	}
	for tag := range seen {
		t[tag] = true
	}
	return 0
}

// bufferSize is how many bytes FF33h takes in all; blockSize in one command.
const (
	bufferSize = 32 << 10
	blockSize  = 240
)

// bufferBegin is FF32h: a buffer for tags that do not fit a command.
func (x *call) bufferBegin() byte {
	n := int(x.in.U16())
	if n == 0 || n > bufferSize {
		return shtrihm.ErrorParameters
	}
	x.buffer = make([]byte, n)
	x.put(blockSize, 1)
	return 0
}

func (x *call) bufferPut() byte {
	offset, n := int(x.in.U16()), int(x.in.U8())
	b := x.in.Rest()
	switch {
	case x.buffer == nil:
		return errNoBuffer
	case n != len(b) || n > blockSize:
		return errLength
	case offset+n > len(x.buffer):
		return shtrihm.ErrorParameters
	}
	copy(x.buffer[offset:], b)
	return 0
}

// bufferSend is FF64h: the buffer goes to the operation, as FF4Dh would.
func (x *call) bufferSend() byte {
	if x.buffer == nil {
		return errNoBuffer
	}
	refusal := x.tagItem(x.buffer)
	if refusal == 0 {
		x.buffer = nil
	}
	return refusal
}
