package customrutest

import (
	"encoding/binary"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Forms of fiscal documents, as E5H and EAH tell them.
const (
	formRegistration = 1
	formShiftOpen    = 2
	formReceipt      = 3
	formShiftClose   = 5
	formSettlements  = 21
	formCorrection   = 31
)

// document is one fiscal document.
type document struct {
	kind      byte // one of the forms
	at        time.Time
	fd, fpd   uint32
	operation byte // of a receipt: 1..4
	sum       uint64
	shift     uint16
	paid      [5]uint64 // of a receipt
	vat       [6]uint64
	requisite []byte   // tag 1192
	tags      [][]byte // the whole document, tag by tag
	items     [][]byte // tags 1059 of a receipt
}

// keptDocuments bounds the memory of a register that runs for long. The
// registration is kept besides.
const keptDocuments = 2000

// document numbers and keeps a fiscal document: its head, the tags given, its sign.
func (r *Register) document(d document) (fd, fpd uint32) {
	r.fd++
	return r.keep(r.fd, d)
}

func (r *Register) keep(number uint32, d document) (fd, fpd uint32) {
	d.at, d.fd, d.fpd, d.shift = r.now(), number, fiscalSign(number), uint16(r.shift.number)
	head := [][]byte{
		textTag(1041, driveNumber), textTag(1037, pad(rnm, 20)), textTag(1018, pad(inn, 12)),
		tag(1012, field.AppendUint(nil, wallSeconds(d.at), 4)), tag(1040, field.AppendUint(nil, uint64(d.fd), 4)),
		tag(1038, field.AppendUint(nil, uint64(d.shift), 4)),
	}
	d.tags = append(append(head, d.tags...), d.items...)
	d.tags = append(d.tags, tag(1077, binary.BigEndian.AppendUint32([]byte{0, 0}, d.fpd)))
	r.docs[d.fd] = d
	if len(r.docs) > keptDocuments {
		delete(r.docs, d.fd-keptDocuments)
	}
	if number == r.fd {
		r.fpd = d.fpd
		r.shift.documents++
	}
	return d.fd, d.fpd
}

// register puts the registration into the fiscal drive, document 1.
func (r *Register) register() {
	r.keep(1, document{kind: formRegistration, tags: r.registrationTags()})
}

func (r *Register) registrationTags() [][]byte {
	format := byte(ffd11)
	if r.opt.FFD105 {
		format = ffd105
	}
	return [][]byte{
		textTag(1048, "ООО «Касса»"), textTag(1009, "г. Москва, ул. Кассовая, 1"), textTag(1187, "магазин"),
		textTag(1017, ofdINN), textTag(1013, serial), tag(1062, []byte{1}), tag(1209, []byte{format}),
	}
}

// fiscalSign is any number that looks like one and follows from the document's.
func fiscalSign(fd uint32) uint32 {
	v := fd * 2654435761
	v ^= v >> 15
	return v * 2246822519
}

// tag is one tag with its value: number, length, value.
func tag(number uint16, value []byte) []byte {
	return field.AppendBytes(field.AppendUint(nil, uint64(number), 2), value)
}

func textTag(number uint16, s string) []byte {
	b, _ := field.Encode(codePage, s) // the register's own texts fit
	return tag(number, b)
}

func pad(s string, size int) string {
	for len(s) < size {
		s += " "
	}
	return s
}

// number is a number of as many bytes as it needs.
func number(v uint64) []byte {
	b := []byte{byte(v)}
	for v >>= 8; v > 0; v >>= 8 {
		b = append(b, byte(v))
	}
	return b
}

// wallSeconds is the register's wall clock as seconds, as the drive keeps it.
func wallSeconds(t time.Time) uint64 {
	return uint64(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC).Unix())
}

// findFD is E5H.
func (x *call) findFD() fault {
	d, ok := x.docs[x.in.U32()]
	if !ok {
		return fault{code: codeNoData}
	}
	x.put(uint64(d.kind), 1)
	x.put(flag(d.fd <= x.confirmed), 1)
	x.putDate(d.at, "YMDhm")
	x.put(uint64(d.fd), 4)
	x.put(uint64(d.fpd), 4)
	switch d.kind {
	case formReceipt, formCorrection:
		x.put(uint64(d.operation), 1)
		x.put(d.sum, 5)
	case formShiftOpen, formShiftClose:
		x.put(uint64(d.shift), 2)
	case formSettlements:
		x.put(uint64(x.fd-x.confirmed), 4)
		x.putDate(d.at, "YMDhm")
	case formRegistration:
		x.putRegistration()
	}
	return fault{}
}

// ofdReceipt is E6H: time, sign, number of a document that the OFD has confirmed.
func (x *call) ofdReceipt() fault {
	d, ok := x.docs[x.in.U32()]
	if !ok || d.fd > x.confirmed {
		return fault{code: codeNoData}
	}
	x.putDate(d.at, "YMDhm")
	sign := make([]byte, 18)
	binary.BigEndian.PutUint32(sign, fiscalSign(d.fpd))
	x.out = append(x.out, sign...)
	x.put(uint64(d.fd), 4)
	return fault{}
}

// openFD is EAH: what EBH then tells tag by tag.
func (x *call) openFD() fault {
	d, ok := x.docs[x.in.U32()]
	if !ok {
		return fault{code: codeNoData}
	}
	x.list = d.tags
	size := 0
	for _, t := range d.tags {
		size += len(t)
	}
	x.put(uint64(d.kind), 2)
	x.put(uint64(size), 2)
	return fault{}
}

func (x *call) nextTLV() fault {
	if len(x.list) == 0 {
		return fault{code: codeNoData}
	}
	x.out = append(x.out, x.list[0]...)
	x.list = x.list[1:]
	return fault{}
}

// registrationTag is E9H: one tag of the registration, or FFFFh for all by C8H.
func (x *call) registrationTag() fault {
	registration, wanted := x.in.U8(), x.in.U16()
	if registration != 1 {
		return fault{code: codeNoData}
	}
	tags := x.docs[1].tags
	if len(tags) == 0 {
		tags = x.registrationTags() // the document itself was dropped
	}
	if wanted == 0xFFFF {
		x.list = tags
		return fault{}
	}
	for _, t := range tags {
		if binary.LittleEndian.Uint16(t) == wanted {
			x.out = append(x.out, t...)
			return fault{}
		}
	}
	return fault{code: codeNoData}
}

func (x *call) nextRegistration() fault { return x.nextTLV() }

// findFull is CFH: a receipt with its sums.
func (x *call) findFull() fault {
	d, ok := x.docs[x.in.U32()]
	if !ok || d.kind != formReceipt && d.kind != formCorrection {
		return fault{code: codeNoData}
	}
	x.put(ffd11, 1)
	x.put(flag(len(d.requisite) > 0), 1)
	x.put(uint64(d.kind), 1)
	x.putDate(d.at, "YMDhm")
	x.put(uint64(d.fd), 4)
	x.put(uint64(d.fpd), 4)
	x.put(d.sum, 5)
	x.put(uint64(d.operation), 1)
	x.out = append(x.out, make([]byte, 12)...)
	x.put(uint64(d.kind), 1)
	for _, sum := range d.paid {
		x.put(sum, 5)
	}
	for _, sum := range d.vat {
		x.put(sum, 5)
	}
	requisite := make([]byte, 16)
	copy(requisite, d.requisite)
	x.out = append(x.out, requisite...)
	for _, item := range d.items[:min(10, len(d.items))] {
		x.out = append(x.out, item...)
	}
	return fault{}
}

// registration is E8H: made before the first document here.
func (x *call) registration() fault {
	if x.in.U8() != 1 {
		return fault{code: codeNoData}
	}
	x.putDate(time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC), "YMDhm")
	x.putRegistration()
	x.put(1, 4)
	x.put(uint64(fiscalSign(1)), 4)
	return fault{}
}

// putRegistration writes the fields that E5H and E8H share: by format.
func (x *call) putRegistration() {
	x.putText(inn, 12)
	x.putText(rnm, 20)
	x.put(1, 1) // tax systems
	x.put(0, 1) // mode
	if x.opt.FFD105 {
		x.put(1, 1) // reason
		return
	}
	x.put(0, 1)
	x.putText(ofdINN, 12)
	x.put(0, 4)
}
