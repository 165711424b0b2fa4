package customrutest

import (
	"slices"
	"time"
)

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

// document is one fiscal document.
type document struct {
	kind      byte // 2 shift opened, 3 receipt, 5 shift closed, 21 settlements, 31 correction
	at        time.Time
	fd, fpd   uint32
	operation byte // of a receipt: 1..4
	sum       uint64
	shift     uint16
}

// document numbers and keeps a fiscal document.
func (r *Register) document(d document) (fd, fpd uint32) {
	r.fd++
	d.at, d.fd, d.fpd, d.shift = r.now(), r.fd, fiscalSign(r.fd), uint16(r.shift.number)
	r.fpd = d.fpd
	r.docs[d.fd] = d
	if len(r.docs) > keptDocuments {
		delete(r.docs, d.fd-keptDocuments)
	}
	r.shift.documents++
	return d.fd, d.fpd
}

// keptDocuments bounds the memory of a register that runs for long.
const keptDocuments = 10_000

// fiscalSign is any number that looks like one and follows from the document's.
func fiscalSign(fd uint32) uint32 {
	v := fd * 2654435761
	v ^= v >> 15
	return v * 2246822519
}

func (r *Register) openShift() (fd, fpd uint32) {
	r.shift = shift{open: true, number: r.shift.number + 1, opened: r.now()}
	r.day = totals{}
	r.drawer = [14]counter{}
	return r.document(document{kind: 2})
}

// documentFlags reads the flags of D9H, 41H and 1FH and the texts they announce.
func (x *call) documentFlags(allowed uint16) fault {
	flags := x.in.U16()
	if flags&^allowed != 0 {
		return fault{codeBadValue, 2}
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
	fd, fpd := x.document(document{kind: 5})
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
	fd, fpd := x.document(document{kind: 21})
	x.put(uint64(fd), 4)
	x.put(uint64(fpd), 4)
	return fault{}
}

func (x *call) xReport() fault {
	if len(x.in.Data) > 0 && x.in.U16()&^uint16(1<<14) != 0 {
		return fault{codeBadValue, 2}
	}
	open := uint64(0)
	if x.shift.open {
		open = 1
	}
	x.put(open, 1)
	x.put(uint64(x.shift.number), 2)
	return fault{}
}

func (x *call) report() fault      { return x.listed(1, 3, 20, 21, 51) }
func (x *call) reportClear() fault { return x.listed(21, 51) }

func (x *call) listed(kinds ...uint16) fault {
	kind := x.in.U16()
	if slices.Contains(kinds, kind) {
		return fault{}
	}
	return fault{codeNotListed, 2}
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
	case kind == 0 && !x.receipt.saved:
		return fault{code: codeNoCopy}
	case kind >= 1 && kind <= 3 && first != 0:
		if _, ok := x.docs[first]; !ok || last < first || last > x.fd {
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
		return fault{122, 2}
	}
	now := x.now()
	x.clock += time.Date(now.Year(), now.Month(), now.Day(), h, m, s, 0, now.Location()).Sub(now)
	return fault{}
}

// setDate keeps the date until 23H has repeated it.
func (x *call) setDate() fault {
	d := [3]byte(x.in.Bytes(3))
	if _, ok := x.date(d); !ok {
		return fault{code: codeDate}
	}
	x.newDate = &d
	return fault{}
}

func (x *call) confirmDate() fault {
	d := [3]byte(x.in.Bytes(3))
	if x.newDate == nil || *x.newDate != d {
		return fault{124, 2}
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

// D8H: the tags that a receipt may take.
var receiptTags = map[uint16]int{
	1005: 255, 1008: 64, 1016: 12, 1026: 64, 1044: 24, 1057: 1, 1073: 19, 1074: 19, 1075: 19, 1171: 19,
	1222: 1, 1225: 255, 1226: 12,
}

func (x *call) tag() fault {
	tag, operation := x.in.U16(), x.in.U8()
	value := x.in.Prefixed()
	if x.in.Err != nil || len(x.in.Data) > 0 {
		return fault{code: codeLength}
	}
	if tag == 0 {
		clear(x.tags)
		return fault{}
	}
	limit, known := receiptTags[tag]
	switch {
	case operation != 0:
		return fault{codeBadValue, 3}
	case !known:
		return fault{codeTag, int(tag)}
	case len(value) > limit:
		return fault{codeTextLong, int(tag)}
	case len(value) == 0:
		delete(x.tags, tag)
	default:
		x.tags[tag] = append([]byte(nil), value...)
	}
	return fault{}
}
