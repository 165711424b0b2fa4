package shtrihmtest

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr/internal/field"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// table is a settings table, as data.
type table struct {
	name   string
	rows   int
	fields []setting
}

// setting is a field of a table. A size of a CHAR field is in bytes of cp1251.
type setting struct {
	name     string
	char     bool
	size     int
	min, max uint64 // of a BIN field
	value    uint64
	text     string // of a CHAR field
	fixed    bool   // read-only
}

// cell names a value.
type cell struct {
	table byte
	row   uint16
	field byte
}

// Tables and fields that the register itself looks at.
const (
	tableMode     = 1
	fieldAllCodes = 57 // of a cash core: takes codes that are not recognised

	tableRegional   = 17
	fieldAcceptBad  = 41 // 1: a code that is not recognised is type 0, not D3h
	fieldStoreFault = 61 // 1: FF69h gives D3h when the result was not stored

	tableOFD        = 19
	fieldOnlineKeys = 8 // 0: no online check
)

func number(name string, low, high, value uint64) setting {
	size := 1
	for high>>(8*size) > 0 {
		size++
	}
	return setting{name: name, size: size, min: low, max: high, value: value}
}

func chars(name string, size int, value string) setting {
	return setting{name: name, char: true, size: size, text: value}
}

func readOnly(s setting) setting {
	s.fixed = true
	return s
}

// filled is a list of n fields: those given by number, and flags without a
// public name.
func filled(n int, known map[int]setting) []setting {
	list := make([]setting, n)
	for i := range list {
		s, ok := known[i+1]
		if !ok {
			s = number(fmt.Sprintf("Параметр %d", i+1), 0, 255, 0)
		}
		list[i] = s
	}
	return list
}

// factoryTables are the tables with their values.
func factoryTables(cashCore bool) map[byte]*table {
	mode := map[int]setting{1: number("Номер ККМ в магазине", 1, 99, 1)}
	modeFields, format := 41, number("Формат ФД", 0, 4, 4)
	regional := map[int]setting{
		17:              format,
		fieldAcceptBad:  number("Принимать нераспознанные коды товара", 0, 1, 0),
		fieldStoreFault: number("Ошибка при несохранении проверки КМ", 0, 1, 1),
		63:              number("Часовая зона", 1, 11, 2),
		71:              number("Замена НДС 20 на 22", 0, 1, 0),
	}
	service := map[int]setting{}
	if cashCore {
		modeFields = fieldAllCodes
		mode[fieldAllCodes] = number("Принимать все коды товара", 0, 1, 0)
		service[29] = format
	}
	taxes := &table{name: "Налоговые ставки", rows: 12, fields: []setting{
		number("Величина налога", 0, 10000, 0), chars("Название налога", 57, ""),
	}}
	return map[byte]*table{
		tableMode:     {"Тип и режим кассы", 1, filled(modeFields, mode)},
		6:             taxes,
		10:            {"Служебная", 1, filled(29, service)},
		tableRegional: {"Региональные настройки", 1, filled(71, regional)},
		18: {"Fiscal storage", 1, []setting{
			readOnly(chars("Serial number", 21, serialText)), readOnly(chars("INN", 12, userINN)),
			readOnly(chars("RNM", 20, "0000000001234567")), readOnly(chars("FS serial number", 16, fnSerial)),
			readOnly(number("Tax systems", 0, 63, 63)), readOnly(number("Work mode", 0, 255, 0)),
			chars("User", 128, "ООО \"ПРИМЕР\""), chars("Cashier", 64, "Кассир"), chars("Address", 128, "г. Москва"),
			chars("OFD name", 128, "ОФД"), chars("OFD site", 64, "ofd.example"), chars("OFD INN", 12, "7704211201"),
			chars("Tax service site", 64, "www.nalog.gov.ru"), chars("Place", 128, "Магазин"),
			chars("Sender", 64, "none"), chars("Automat number", 20, ""), readOnly(number("FFD version", 0, 4, 4)),
			number("Extended work mode", 0, 255, 0),
		}},
		tableOFD: {"Параметры ОФД", 1, filled(8, map[int]setting{
			1: chars("Сервер", 64, "ofd.example"), 2: number("Порт", 1, 65535, 7777), 3: number("Таймаут чтения ответа", 1, 65535, 1000),
			fieldOnlineKeys: number("Онлайн проверка КМ", 0, 1, 1),
		})},
	}
}

// taxRows are rate and name of the rows of table 6.
var taxRows = [...]struct {
	rate uint64
	name string
}{
	{2000, "НДС 20%"}, {1000, "НДС 10%"}, {0, "НДС 0%"}, {0, "БЕЗ НДС"}, {2000, "НДС 20/120"}, {1000, "НДС 10/110"},
	{500, "НДС 5%"}, {700, "НДС 7%"}, {500, "НДС 5/105"}, {700, "НДС 7/107"}, {2200, "НДС 22%"}, {2200, "НДС 22/122"},
}

// lookup finds a field.
func (r *Register) lookup(c cell) (setting, byte) {
	t := r.tables[c.table]
	switch {
	case t == nil:
		return setting{}, errTable
	case c.row < 1 || int(c.row) > t.rows || c.field < 1 || int(c.field) > len(t.fields):
		return setting{}, shtrihm.ErrorParameters
	}
	return t.fields[c.field-1], 0
}

// value returns the bytes of a field that exists.
func (r *Register) value(c cell, s setting) []byte {
	if v, ok := r.values[c]; ok {
		return v
	}
	if c.table == 6 && int(c.row) <= len(taxRows) {
		s.value, s.text = taxRows[c.row-1].rate, taxRows[c.row-1].name
	}
	if s.char {
		return fixed(s.text, s.size)
	}
	return field.AppendUint(nil, s.value, s.size)
}

// set says whether a flag of row 1 is 1.
func (r *Register) set(table, number byte) bool {
	c := cell{table, 1, number}
	s, refusal := r.lookup(c)
	return refusal == 0 && r.value(c, s)[0] == 1
}

func (x *call) cell() cell { return cell{x.in.U8(), x.in.U16(), x.in.U8()} }

func (x *call) readTable() byte {
	c := x.cell()
	s, refusal := x.lookup(c)
	if refusal == 0 {
		x.out = append(x.out, x.value(c, s)...)
	}
	return refusal
}

func (x *call) writeTable() byte {
	c := x.cell()
	v := append([]byte(nil), x.in.Rest()...)
	s, refusal := x.lookup(c)
	switch {
	case refusal != 0:
		return refusal
	case s.fixed:
		return errReadOnly
	case len(v) > s.size || !s.char && len(v) < s.size:
		return errLength
	}
	v = append(v, make([]byte, s.size-len(v))...)
	if !s.char {
		in := field.Reader{Data: v}
		if n := in.Uint(s.size); n < s.min || n > s.max {
			return shtrihm.ErrorParameters
		}
	}
	x.values[c] = v
	return 0
}

func (x *call) tableInfo() byte {
	t := x.tables[x.in.U8()]
	if t == nil {
		return errTable
	}
	x.putText(t.name, 40)
	x.put(uint64(t.rows), 2)
	x.put(uint64(len(t.fields)), 1)
	return 0
}

func (x *call) fieldInfo() byte {
	s, refusal := x.lookup(cell{x.in.U8(), 1, x.in.U8()})
	if refusal != 0 {
		return refusal
	}
	x.putText(s.name, 40)
	if s.char {
		x.put(1, 1)
		x.put(uint64(s.size), 1)
		return 0
	}
	x.put(0, 1)
	x.put(uint64(s.size), 1)
	x.put(s.min, s.size)
	x.put(s.max, s.size)
	return 0
}
