package customrutest

import "time"

// What the register says of itself.
const (
	modelName   = "Q3X-Ф"
	firmware    = "04.01.22"
	serial      = "00000000000000000001"
	driveNumber = "9999078900011804"
	drive       = "fn_v_1_1_2"
	ffd11       = 3
	inn         = "7722380481"
	rnm         = "0000000001064230"
	ofdINN      = "7704211201"
)

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// status is F1H: paper, device, activity. Healthy and idle is 00 C7 00.
func (x *call) status() fault {
	printing := x.active()
	idle := !printing // an open receipt is not to be seen here
	x.put(flag(!x.hasPaper())<<1, 1)
	x.put(1|flag(x.shift.open)<<1|flag(x.state != stateClock)<<2|1<<6|flag(idle)<<7, 1)
	x.put(flag(printing), 1)
	return fault{}
}

func (x *call) shiftStatus() fault {
	state := flag(x.shift.open)
	if x.expired() {
		state = 3
	}
	x.put(state, 1)
	x.put(uint64(x.shift.number), 2)
	x.putDate(x.shift.opened.Add(dayLong), "DMYhms")
	return fault{}
}

func (x *call) receiptStatus() fault {
	printing := x.active()
	phase := x.phase
	if printing && x.state == stateIdle {
		phase = phaseClosing
	}
	x.put(flag(printing), 1)
	x.put(flag(printing && x.state == stateNonFiscal), 1)
	x.put(uint64(phase), 1)
	return fault{}
}

func (x *call) lastReceipt() fault {
	at := x.last.at
	if at.IsZero() {
		at = x.shift.opened
	}
	x.putDate(at, "DMYhm")
	x.put(uint64(x.last.number), 2)
	x.put(x.last.total, 8)
	return fault{}
}

func (x *call) grandTotals() fault { return x.putTotals(&x.grand) }
func (x *call) dayTotals() fault   { return x.putTotals(&x.day) }

func (x *call) putTotals(t *totals) fault {
	x.put(uint64(t.operations), 4)
	for _, k := range t.kinds {
		x.put(uint64(k.n), 4)
		x.put(k.sum, 8)
		for _, sum := range k.paid {
			x.put(sum, 8)
		}
		for _, sum := range k.vat {
			x.put(sum, 8)
		}
	}
	x.put(uint64(t.corrected), 4)
	x.putCounters(t.fixes[:], 4)
	return fault{}
}

func (x *call) putCounters(list []counter, size int) {
	for _, c := range list {
		x.put(uint64(c.n), size)
		x.put(c.sum, 8)
	}
}

func (x *call) receiptTotals() fault {
	r := &x.receipt
	open := x.state&openReceipt != 0
	rest := r.change
	if open {
		rest = 0
		if x.state == statePay {
			rest = r.subtotal
			for _, sum := range r.paid {
				rest -= min(rest, sum)
			}
		}
	}
	number := x.shift.receipts
	if open {
		number++
	}
	for _, v := range [...]uint64{r.markup, r.discount, r.voided, 0, r.subtotal, rest} {
		x.put(v, 8)
	}
	x.put(uint64(number), 2)
	x.put(flag(open), 1)
	return fault{}
}

func (x *call) receiptInfo() fault {
	kind := 0
	if x.state&openReceipt != 0 && !x.receipt.correction {
		kind = x.receipt.kind + 1
	}
	x.put(uint64(kind), 1)
	x.put(uint64(x.shift.receipts), 2)
	x.put(uint64(x.shift.documents), 2)
	x.put(uint64(x.fd), 4)
	x.put(uint64(x.fpd), 4)
	x.put(0, 1)
	return fault{}
}

// unsent: the simulated register sends nothing, so all receipts it keeps are unsent.
func (x *call) unsent() fault {
	var kinds [4]counter
	for _, d := range x.docs {
		if d.kind == 3 {
			kinds[d.operation-1].add(d.sum)
		}
	}
	x.put(uint64(len(x.docs)), 4)
	x.putCounters(kinds[:], 4)
	return fault{}
}

func (x *call) cashState() fault {
	x.put(x.cash, 8)
	x.putCounters(x.drawer[:], 2)
	return fault{}
}

// departments and discounts keep no figures of their own here: all zero.
func (x *call) departments() fault { return x.emptyRows(16, 4*12) }
func (x *call) discounts() fault   { return x.emptyRows(20, 4*10) }

func (x *call) emptyRows(rows byte, size int) fault {
	x.in.U8()
	if row := x.in.U8(); row < 1 || row > rows {
		return fault{codeNoRow, 3}
	}
	x.out = append(x.out, make([]byte, size)...)
	return fault{}
}

// availableTags: no bit set, all are available.
func (x *call) availableTags() fault {
	x.out = append(x.out, make([]byte, 8)...)
	return fault{}
}

// deviceInfo is the form of 99 bytes that the document's example shows.
func (x *call) deviceInfo() fault {
	x.putText(padded(modelName, 16), 16)
	x.putText(padded(firmware, 16), 16)
	x.putText(serial, 20)
	x.put(1, 1)
	x.putText(driveNumber, 16)
	x.put(ffd11, 1)
	x.putText(padded(firmware, 16), 16)
	x.put(25, 1)
	x.put(576, 2)
	x.put(576, 2)
	x.put(0, 2)
	x.put(32, 2)
	return fault{}
}

func padded(s string, size int) string {
	for n := len([]rune(s)); n < size; n++ {
		s += " "
	}
	return s
}

func (x *call) fnStatus() fault {
	current := 0
	if x.state&openReceipt != 0 {
		current = 4
	}
	x.put(3, 1)
	x.put(uint64(current), 1)
	x.put(flag(current != 0 && len(x.receipt.items) > 0), 1)
	x.put(flag(x.shift.open), 1)
	x.put(0, 1)
	at := x.docs[x.fd].at
	if at.IsZero() {
		at = x.now()
	}
	x.putDate(at, "YMDhm")
	x.putText(driveNumber, 16)
	x.put(uint64(x.fd), 4)
	return fault{}
}

func (x *call) fnNumber() fault {
	x.putText(driveNumber, 16)
	return fault{}
}

func (x *call) fnTerm() fault {
	x.putDate(x.now().AddDate(1, 3, 0), "YMD")
	x.put(11, 1)
	x.put(1, 1)
	return fault{}
}

func (x *call) fnVersion() fault {
	x.putText(drive, 16)
	x.put(0, 1)
	return fault{}
}

func (x *call) ofdStatus() fault {
	first := x.fd
	for fd := range x.docs {
		first = min(first, fd)
	}
	at := x.docs[first].at
	if at.IsZero() {
		at = x.now()
	}
	x.put(2, 1)
	x.put(0, 1)
	x.put(uint64(len(x.docs)), 2)
	x.put(uint64(first), 4)
	x.putDate(at, "YMDhm")
	return fault{}
}

func (x *call) findFD() fault {
	d, ok := x.docs[x.in.U32()]
	if !ok {
		return fault{code: codeNoData}
	}
	x.put(uint64(d.kind), 1)
	x.put(0, 1)
	x.putDate(d.at, "YMDhm")
	x.put(uint64(d.fd), 4)
	x.put(uint64(d.fpd), 4)
	switch d.kind {
	case 3, 31:
		x.put(uint64(d.operation), 1)
		x.put(d.sum, 5)
	case 2, 5:
		x.put(uint64(d.shift), 2)
	case 21:
		x.put(uint64(len(x.docs)), 4)
		x.putDate(d.at, "YMDhm")
	}
	return fault{}
}

func (x *call) unconfirmed() fault {
	x.put(uint64(len(x.docs)), 2)
	return fault{}
}

// registration is the answer of format 1.1: made before the first document here.
func (x *call) registration() fault {
	if x.in.U8() != 1 {
		return fault{code: codeNoData}
	}
	x.putDate(time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC), "YMDhm")
	x.putText(inn, 12)
	x.putText(rnm, 20)
	x.put(1, 1)
	x.put(0, 1)
	x.put(0, 1)
	x.putText(ofdINN, 12)
	x.put(0, 4)
	x.put(1, 4)
	x.put(uint64(fiscalSign(1)), 4)
	return fault{}
}

func (x *call) fnShift() fault {
	x.put(flag(x.shift.open), 1)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts), 2)
	return fault{}
}

func (x *call) ffdVersion() fault {
	x.put(ffd11, 1)
	x.put(ffd11, 1)
	return fault{}
}
