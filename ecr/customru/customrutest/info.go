package customrutest

import (
	"crypto/md5"
	"time"
)

// What the register says of itself.
const (
	serial      = "00000000000000000001"
	driveNumber = "9999078900011804"
	drive       = "fn_v_1_1_2"
	ffd105      = 2
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

func (x *call) receiptTotals() fault {
	r := &x.receipt
	open := x.state&openReceipt != 0
	rest := r.change
	if open {
		rest = 0
		if x.state == statePay {
			rest = x.due
		}
	}
	number := x.shift.receipts
	if open {
		number++
	}
	for _, v := range [...]uint64{r.markup(), r.discount(), r.voided, 0, r.subtotal(), rest} {
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

// availableTags: no bit set, all are available.
func (x *call) availableTags() fault {
	x.out = append(x.out, make([]byte, 8)...)
	return fault{}
}

// deviceInfo grew with the firmware: 99, 115 and 127 bytes.
func (x *call) deviceInfo() fault {
	format := uint64(ffd11)
	if x.opt.FFD105 {
		format = ffd105
	}
	x.putText(padded(x.opt.Model.String(), 16), 16)
	x.putText(padded(x.opt.Firmware, 16), 16)
	x.putText(serial, 20)
	x.put(1, 1)
	x.putText(driveNumber, 16)
	x.put(format, 1)
	x.putText(padded(x.opt.Firmware, 16), 16)
	x.put(25, 1)
	x.put(576, 2)
	x.put(576, 2)
	x.put(0, 2)
	x.put(32, 2)
	if x.has(firmwareDrawer) {
		sum := md5.Sum([]byte(x.opt.Firmware)) // of the firmware, as the field is defined
		x.out = append(x.out, sum[:]...)
	}
	if x.has(firmwareCounts) {
		x.put(uint64(x.powerOns), 4)
		x.put(uint64(x.cuts), 4)
		x.put(0xFFFFFFFF, 4) // paper is not counted
	}
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
		if x.receipt.correction {
			current = 0x14
		}
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
	x.putDate(x.driveEnd, "YMD")
	x.put(11, 1)
	x.put(1, 1)
	return fault{}
}

func (x *call) fnVersion() fault {
	x.putText(drive, 16)
	x.put(0, 1)
	return fault{}
}

// ofdStatus is E4H: the documents that wait, and the first of them.
func (x *call) ofdStatus() fault {
	waiting := x.fd - x.confirmed
	first, at := uint32(0), x.now()
	if waiting > 0 {
		first = x.confirmed + 1
	}
	if d, ok := x.docs[first]; ok {
		at = d.at
	}
	x.put(flag(waiting > 0)<<1, 1)
	x.put(0, 1)
	x.put(uint64(waiting), 2)
	x.put(uint64(first), 4)
	x.putDate(at, "YMDhm")
	return fault{}
}

func (x *call) unconfirmed() fault {
	x.put(uint64(x.fd-x.confirmed), 2)
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

// fnDaysLeft is C4H: from the given moment to the end of the drive's life.
func (x *call) fnDaysLeft() fault {
	var v [5]int
	for i := range v {
		v[i] = int(x.in.U8())
	}
	if v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 || v[4] > 59 {
		return fault{codeDate, 2}
	}
	from := time.Date(2000+v[0], time.Month(v[1]), v[2], v[3], v[4], 0, 0, x.driveEnd.Location())
	days := int64(x.driveEnd.Sub(from) / (24 * time.Hour))
	x.put(uint64(min(max(days, 0), 0xFFFF)), 2)
	return fault{}
}
