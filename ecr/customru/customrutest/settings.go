package customrutest

import (
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Tables of the settings.
const (
	tableDepartments = 120
	tableCashiers    = 320
	tablePayments    = 520
)

const cashierName = "КАССИР01"

// factorySettings are the tables and families as they leave the factory:
// departments 1..6 carry the VAT codes 1..6, cashier 99 has password 9999.
// How long some families are, the firmware decides.
func (r *Register) factorySettings() {
	text := func(size int, s string) []byte {
		b, _ := field.AppendText(nil, codePage, s, size) // the factory's texts fit
		return b
	}
	rows := func(n, size int) [][]byte {
		list := make([][]byte, n)
		for i := range list {
			list[i] = make([]byte, size)
		}
		return list
	}
	departments, cashiers, payments := rows(16, 71), rows(8, 96), rows(4, 54)
	for i, d := range departments {
		copy(d, text(30, "ОТДЕЛ "+string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))))
		if i < 6 {
			d[38] = byte(i + 1) // VAT code
		}
	}
	copy(cashiers[0], []byte{operator, 0x0F, 0x27})
	copy(cashiers[0][3:], text(64, cashierName))
	for i, name := range []string{"НАЛИЧНЫМИ", "БЕЗНАЛИЧНЫМИ", "АВАНС", "КРЕДИТ"} {
		payments[i][0] = 1
		copy(payments[i][1:], text(30, name))
		payments[i][31] = byte(min(i, 1))
		payments[i][35] = byte(min(i, 1)) // no change
	}
	var rates []byte
	for _, rate := range []uint64{2000, 1000, 0, 0, 2000, 1000} {
		rates = field.AppendUint(rates, rate, 2)
	}
	families := map[uint16][]byte{
		16:  rates,
		18:  {6, 100, 10, 0, 0xA9, 0x4A, 0, 0, 1}, // names of 128 bytes
		19:  {0, 0, 0, 2, 0},
		20:  make([]byte, 13),
		21:  make([]byte, 405),
		23:  make([]byte, 405),
		910: {7, 0x40, 2, 0, 0, 8, 0, 0, 0, 0, 0, byte(r.opt.Paper) - 1},
	}
	if !r.has("04.01.25") {
		families[19] = []byte{0, 0, 2, 0}
	}
	if !r.has(firmwarePaper) {
		families[910] = families[910][:linkPaper]
	}
	r.tables = map[uint16][][]byte{tableDepartments: departments, tableCashiers: cashiers, tablePayments: payments}
	r.families = families
}

const linkPaper = 11 // field 9 of family 910

// powerFailField is the place in family 019, which the firmware decides.
func powerFailField(size int) int {
	if size == 5 {
		return 3
	}
	return 2
}

func (x *call) readFamily() fault {
	family, ok := x.families[x.in.U16()]
	if !ok {
		return fault{code: codeNoFamily}
	}
	x.out = append(x.out, family...)
	return fault{}
}

func (x *call) writeFamily() fault {
	number := x.in.U16()
	family, ok := x.families[number]
	if !ok {
		return fault{code: codeNoFamily}
	}
	data := x.in.Rest()
	if len(data) != len(family) {
		return fault{codeTextLength, 3}
	}
	if number == customru.FamilyLink {
		if len(data) > linkPaper && data[linkPaper] > 3 {
			return fault{codeTooLarge, 3}
		}
		x.hangUp = true // the link itself changes
	}
	copy(family, data)
	return fault{}
}

func (x *call) row() ([]byte, fault) {
	table, ok := x.tables[x.in.U16()]
	if !ok {
		return nil, fault{code: codeNoTable}
	}
	row := int(x.in.U16())
	if row < 1 || row > len(table) {
		return nil, fault{code: codeNoRow}
	}
	return table[row-1], fault{}
}

func (x *call) readRow() fault {
	row, f := x.row()
	x.out = append(x.out, row...)
	return f
}

func (x *call) writeRow() fault {
	row, f := x.row()
	if f.code != 0 {
		return f
	}
	data := x.in.Rest()
	if len(data) != len(row) {
		return fault{codeTextLength, 4}
	}
	copy(row, data)
	return fault{}
}
