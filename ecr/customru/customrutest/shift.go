package customrutest

import "time"

// shift is the present shift, or the last one.
type shift struct {
	open      bool
	number    int
	opened    time.Time
	receipts  int // closed receipts
	documents int // fiscal documents
}

const dayLong = 24 * time.Hour

func (r *Register) expired() bool { return r.shift.open && r.now().Sub(r.shift.opened) > dayLong }

// needShift refuses what needs a shift that is open and younger than a day.
func (r *Register) needShift() fault {
	switch {
	case !r.shift.open:
		return fault{code: codeShiftClosed}
	case r.expired():
		return fault{code: codeShiftLong}
	}
	return fault{}
}

func (r *Register) openShift() (fd, fpd uint32) {
	r.shift = shift{open: true, number: r.shift.number + 1, opened: r.now()}
	r.newDay()
	return r.document(document{kind: formShiftOpen})
}

// documentFlags reads the flags of D9H, 41H and 1FH and the texts they announce.
func (x *call) documentFlags(allowed uint16) fault {
	flags := x.in.U16()
	if flags&^allowed != 0 {
		return fault{codeBadValue, 2}
	}
	if f := x.needs(firmwareShiftSite, flags&(1<<8|1<<9) != 0, 2); f.code != 0 {
		return f
	}
	if f := x.needs(firmwareDrawer, flags&(1<<14) != 0, 2); f.code != 0 {
		return f
	}
	for i, bit := range [...]uint16{1 << 8, 1 << 9} {
		if flags&bit != 0 {
			if _, f := x.lpt(1, 256, 3+i); f.code != 0 {
				return f
			}
		}
	}
	if x.in.Err != nil || len(x.in.Data) > 0 {
		return fault{code: codeLength}
	}
	return fault{}
}

const (
	printFlags  = 0x033E // of documents: bits 1..5, 8, 9
	drawerFlags = printFlags | 1<<14
)

func (x *call) openShiftCmd() fault {
	if f := x.documentFlags(printFlags); f.code != 0 {
		return f
	}
	if x.shift.open {
		return fault{code: codeShiftOpen}
	}
	fd, fpd := x.openShift()
	x.putShiftDocument(fd, fpd)
	return fault{}
}

func (x *call) closeShift() fault {
	if f := x.documentFlags(drawerFlags); f.code != 0 {
		return f
	}
	if !x.shift.open {
		return fault{code: codeShiftClosed}
	}
	fd, fpd := x.document(document{kind: formShiftClose})
	x.shift.open = false
	x.putShiftDocument(fd, fpd)
	return fault{}
}

func (x *call) putShiftDocument(fd, fpd uint32) {
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(fd), 4)
	x.put(uint64(fpd), 4)
	x.putCashier()
}

func (x *call) settlements() fault {
	if f := x.documentFlags(printFlags); f.code != 0 {
		return f
	}
	fd, fpd := x.document(document{kind: formSettlements})
	x.put(uint64(fd), 4)
	x.put(uint64(fpd), 4)
	return fault{}
}

func (x *call) xReport() fault {
	if len(x.in.Data) > 0 {
		if !x.has(firmwareDrawer) {
			return fault{code: codeLength}
		}
		if x.in.U16()&^uint16(1<<14) != 0 {
			return fault{codeBadValue, 2}
		}
	}
	x.put(flag(x.shift.open), 1)
	x.put(uint64(x.shift.number), 2)
	return fault{}
}

func (x *call) cashIn() fault {
	sum := x.in.Uint(8)
	switch {
	case sum == 0:
		return fault{codeZero, 2}
	case sum > maxMoney || x.cash+sum > maxMoney:
		return fault{codeTooLarge, 2}
	}
	x.cash += sum
	return x.cashDocument(0, sum)
}

func (x *call) cashOut() fault {
	sum := x.in.Uint(8)
	switch {
	case sum == 0:
		return fault{codeZero, 2}
	case sum > maxMoney:
		return fault{codeTooLarge, 2}
	case sum > x.cash:
		return fault{code: codeDrawer}
	}
	x.cash -= sum
	return x.cashDocument(1, sum)
}

func (x *call) cashDocument(row int, sum uint64) fault {
	x.drawer[row].add(sum)
	x.internal++
	x.put(uint64(x.internal), 2)
	x.put(x.cash, 8)
	return fault{}
}

func (x *call) reprint() fault {
	first, last, kind := x.in.U32(), x.in.U32(), x.in.U16()
	switch {
	case kind > 6:
		return fault{codeTooLarge, 4}
	case kind == 0 && !x.saved:
		return fault{code: codeNoCopy}
	case (kind == 0 || kind > 3) && (first != 0 || last != 0):
		return fault{codeBadValue, 2}
	case kind >= 1 && kind <= 3 && first != 0:
		d, ok := x.docs[first]
		if !ok || last < first || last > x.fd || kind == 3 && d.fd > x.confirmed {
			return fault{code: codeNoData}
		}
	}
	return fault{}
}

func (x *call) clockNow() fault {
	x.putDate(x.now(), "DMYhm")
	return fault{}
}

func (x *call) setTime() fault {
	h, m, s := int(x.in.U8()), int(x.in.U8()), int(x.in.U8())
	if h > 23 || m > 59 || s > 59 {
		return fault{codeTime, 2}
	}
	now := x.now()
	x.clock += time.Date(now.Year(), now.Month(), now.Day(), h, m, s, 0, now.Location()).Sub(now)
	return fault{}
}

// setDate keeps the date until 23H has repeated it.
func (x *call) setDate() fault {
	d := [3]byte(x.in.Bytes(3))
	at, ok := x.date(d)
	switch {
	case !ok:
		return fault{code: codeDate}
	case at.Before(x.docs[x.fd].at.Truncate(time.Hour)):
		return fault{code: codeOldDate}
	}
	x.newDate = &d
	return fault{}
}

func (x *call) confirmDate() fault {
	d := [3]byte(x.in.Bytes(3))
	if x.newDate == nil || *x.newDate != d {
		return fault{codeSecondDate, 2}
	}
	at, _ := x.date(d)
	x.clock += at.Sub(x.now())
	x.newDate = nil
	x.state = stateIdle
	return fault{}
}

func (x *call) date(d [3]byte) (time.Time, bool) {
	now := x.now()
	at := time.Date(2000+int(d[2]), time.Month(d[1]), int(d[0]), now.Hour(), now.Minute(), now.Second(), 0, now.Location())
	return at, at.Day() == int(d[0]) && at.Month() == time.Month(d[1])
}
