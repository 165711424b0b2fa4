package customrutest

import (
	"encoding/binary"
	"strconv"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Flags of an item.
const (
	itemDiscount = 1 << iota
	itemRequisite
	itemCode
	itemCustoms
	itemNoSubtotal
	itemDiscount2
	itemVAT
	_
	itemBetween
	itemFlags = 1<<9 - 1
)

func (x *call) item() fault {
	in := &x.in
	flags := in.U16()
	method, subject := in.U8(), in.U8()
	country := in.Bytes(3)
	it := item{quantity: in.Uint(5), price: in.Uint(8)}
	excise := in.Uint(8)
	it.department = int(in.U8())
	var kinds [2]byte
	var values [2]uint64
	if flags&itemDiscount != 0 {
		kinds[0], values[0] = in.U8(), in.Uint(8)
	}
	if in.Err != nil {
		return fault{code: codeLength}
	}
	name, f := x.lpt(1, x.longestName(), 12)
	if f.code != 0 {
		return f
	}
	it.tags = append(it.tags, tag(1030, name), tag(1079, number(it.price)), tag(1023, append([]byte{3}, number(it.quantity)...)))
	for _, option := range [...]struct {
		bit       uint16
		high, num int
		tag       uint16
	}{{itemRequisite, 64, 13, 1191}, {itemCode, 128, 14, 1162}, {itemCustoms, 32, 15, 1231}} {
		if flags&option.bit != 0 {
			b, f := x.lpt(1, option.high, option.num)
			if f.code != 0 {
				return f
			}
			if option.bit == itemCode {
				if b, f = x.productCode(b); f.code != 0 {
					return f
				}
			}
			it.tags = append(it.tags, tag(option.tag, b))
		}
	}
	if flags&itemDiscount2 != 0 {
		kinds[1], values[1] = in.U8(), in.Uint(8)
	}
	if flags&itemVAT != 0 {
		in.Uint(8)
	}
	lastSubject := byte(19)
	if !x.has(firmwareDiscount2) {
		lastSubject = 18
	}
	switch {
	case in.Err != nil || len(in.Data) > 0:
		return fault{code: codeLength}
	case flags&^itemFlags != 0:
		return fault{codeBadValue, 2}
	case method > 7:
		return fault{codeTooLarge, 3}
	case subject > lastSubject:
		return fault{codeTooLarge, 4}
	case it.quantity == 0:
		return fault{codeZero, 6}
	case it.quantity > maxQuantity:
		return fault{codeTooLarge, 6}
	case it.price > maxMoney:
		return fault{codeTooLarge, 7}
	case excise > maxMoney:
		return fault{codeTooLarge, 8}
	case it.department > 16:
		return fault{codeTooLarge, 9}
	}
	for _, later := range [...]fault{
		x.needs(firmwareDiscount2, flags&(itemDiscount2|itemVAT) != 0, 2), x.needs(firmwareScanned, flags&itemBetween != 0, 2),
	} {
		if later.code != 0 {
			return later
		}
	}
	if it.vat, f = x.vatOf(it.department); f.code != 0 {
		return f
	}
	for _, t := range [...]struct {
		number uint16
		value  uint64
	}{{1214, uint64(method)}, {1212, uint64(subject)}, {1229, excise}} {
		if t.value != 0 {
			it.tags = append(it.tags, tag(t.number, number(t.value)))
		}
	}
	if string(country) != "000" {
		it.tags = append(it.tags, tag(1230, country))
	}
	it.apart = flags&itemNoSubtotal != 0
	it.amount = mulDiv(it.quantity, it.price, 1000)
	if mulDiv(it.quantity, it.price, 500)%2 == 1 {
		it.amount++ // the document does not say how it rounds: to the nearest kopeck here
	}
	for i := range kinds {
		a, f := adjust(it.amount, kinds[i], values[i], itemRow)
		if f.code != 0 {
			return f
		}
		it.apply(a)
	}
	return x.add(it)
}

// longestName is by the line mode of items in family 018.
func (r *Register) longestName() int {
	if r.has(firmwareRounding) && r.families[customru.FamilyPrinter][4]&3 == 0 {
		return 53
	}
	return 128
}

// productCode reads parameter 14: of the kinds 31h and 32h the bytes after it are
// taken as tag 1162 here, of kind 00 the structure of product type, GTIN and serial.
func (x *call) productCode(b []byte) ([]byte, fault) {
	const parameter = 14
	switch b[0] {
	case 0x31, 0x32:
		if !x.has(firmwareScanned) || len(b) < 2 {
			return nil, fault{codeBadValue, parameter}
		}
		return b[1:min(len(b), 1+32)], fault{}
	case 0:
		in := field.Reader{Data: b[1:]}
		in.U8()
		kind, gtin, serial := in.U16(), in.Prefixed(), in.Prefixed()
		v, err := strconv.ParseUint(string(gtin), 10, 48)
		if in.Err != nil || len(in.Data) > 0 || err != nil || len(gtin) > 15 || len(serial) > 24 || len(serial) == 0 {
			return nil, fault{codeBadValue, parameter}
		}
		head := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint16(nil, kind), v<<16)[:8]
		return append(head, serial...), fault{}
	}
	return nil, fault{codeBadValue, parameter}
}

// add puts an item into the receipt, which it opens if none is.
func (x *call) add(it item) fault {
	kind := itemKinds[x.cmd]
	if x.state == stateIdle {
		if f := x.begin(kind, 0, 0); f.code != 0 {
			return f
		}
	} else if x.receipt.kind != kind {
		return fault{code: openCodes[x.receipt.kind]}
	}
	r := &x.receipt
	if r.subtotal()+it.amount > maxMoney {
		return fault{code: codeTotalLarge}
	}
	it.tags = append(it.tags, x.tags.take(beforeItem)...)
	r.items = append(r.items, it)
	r.subtotalled = false
	x.phase = phaseItems
	if len(r.items) >= x.opt.MaxItems {
		x.state = stateBlocked
	}
	return fault{}
}

// vatOf returns the VAT code of a department; 0 is taken as "no VAT", since the
// document does not say what department 0 is.
func (x *call) vatOf(department int) (int, fault) {
	if department == 0 {
		return vatNone, fault{}
	}
	vat := int(x.tables[tableDepartments][department-1][38])
	if vat == 0 {
		return 0, fault{code: codeNoDepartment}
	}
	if vat > 6 {
		return 0, fault{code: codeNoVAT}
	}
	return vat, fault{}
}
