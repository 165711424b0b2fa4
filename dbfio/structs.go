package dbfio

import (
	"iter"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ColumnsOf returns the columns that the tags of struct T describe, in the order
// of its fields:
//
//	type Driver struct {
//		ID    string                   `dbf:"ID,C,40"`
//		Limit dbfio.Optional[int64]    `dbf:"DAYLIMIT,N,5"`
//		Until dbfio.Optional[time.Time] `dbf:"TIMELIMIT,D"`
//	}
//
// Fields without a tag or with "-" are left out, embedded structs are entered.
// A tag that names a column without its type is enough for reading, not here.
func ColumnsOf[T any]() ([]Column, error) {
	fields, err := fieldsOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	cols := make([]Column, len(fields))
	for i, f := range fields {
		if f.column.Type == 0 {
			return nil, newError(CodeStructTag, "field", f.name, "tag", show(f.tag))
		}
		cols[i] = f.column
	}
	return checkColumns(cols, false)
}

// structField is one tagged field and how it passes to and from cells.
type structField struct {
	index  []int
	name   string
	tag    string
	column Column
	kind   fieldKind
	typ    reflect.Type
	// plain fields cannot hold absent or blank: string, int64 and the like.
	plain bool
	// pointer fields are nil for absent and blank.
	pointer bool
}

type fieldKind uint8

const (
	kindCell fieldKind = iota // CellUnmarshaler or CellMarshaler
	kindString
	kindInt
	kindUint
	kindBool
	kindTime
	kindOptional // of which T follows from the methods
)

var (
	timeType        = reflect.TypeFor[time.Time]()
	unmarshalerType = reflect.TypeFor[CellUnmarshaler]()
	marshalerType   = reflect.TypeFor[CellMarshaler]()
)

func fieldsOf(t reflect.Type) ([]structField, error) {
	if t.Kind() != reflect.Struct {
		return nil, newError(CodeStructType, "type", t.String(), "reason", "not a struct")
	}
	var fields []structField
	for _, f := range reflect.VisibleFields(t) {
		tag, tagged := f.Tag.Lookup("dbf")
		if !tagged || tag == "-" {
			continue
		}
		sf := structField{index: f.Index, name: f.Name, tag: tag, typ: f.Type}
		if !f.IsExported() || throughPointer(t, f.Index) {
			return nil, newError(CodeStructType, "type", t.String(), "reason", "the tagged field "+f.Name+" cannot be set")
		}
		if strings.Contains(tag, ",") {
			cols, err := ParseColumns(tag)
			if err != nil || len(cols) != 1 {
				return nil, newError(CodeStructTag, "field", f.Name, "tag", show(tag))
			}
			sf.column = cols[0]
		} else {
			sf.column.Name = strings.ToUpper(strings.TrimSpace(tag))
		}
		if !sf.classify() {
			return nil, newError(CodeStructType, "type", t.String(), "reason", "the field "+f.Name+" is of type "+f.Type.String())
		}
		fields = append(fields, sf)
	}
	if len(fields) == 0 {
		return nil, newError(CodeStructType, "type", t.String(), "reason", "no field has a dbf tag")
	}
	return fields, nil
}

// of returns the field in a struct.
func (f *structField) of(v reflect.Value) reflect.Value {
	if len(f.index) == 1 {
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

// throughPointer says whether the way to a field leads over an embedded pointer,
// which may be nil.
func throughPointer(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if t = t.Field(i).Type; t.Kind() == reflect.Pointer {
			return true
		}
	}
	return false
}

func (f *structField) classify() bool {
	p := reflect.PointerTo(f.typ)
	if p.Implements(unmarshalerType) || p.Implements(marshalerType) {
		f.kind = kindCell
		return true
	}
	if isOptional(reflect.New(f.typ).Interface()) {
		f.kind = kindOptional
		return true
	}
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t, f.pointer = t.Elem(), true
	}
	f.plain = !f.pointer
	switch t.Kind() {
	case reflect.String:
		f.kind = kindString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.kind = kindInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		f.kind = kindUint
	case reflect.Bool:
		f.kind = kindBool
	default:
		f.kind = kindTime
		return t == timeType
	}
	return true
}

func isOptional(p any) bool {
	switch p.(type) {
	case OptionalSetter[string], OptionalSetter[bool], OptionalSetter[int64], OptionalSetter[int32],
		OptionalSetter[int], OptionalSetter[time.Time],
		OptionalGetter[string], OptionalGetter[bool], OptionalGetter[int64], OptionalGetter[int32],
		OptionalGetter[int], OptionalGetter[time.Time]:
		return true
	}
	return false
}

// Structs yields the rows of r as values of the struct type T, by its tags. It
// can be used once. A row with invalid cells comes with an error (one *Error or
// Problems) and with every other field set. See Decoder for what fields may be.
func Structs[T any](r *Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var v, zero T
		d, err := NewDecoder[T](r)
		if err != nil {
			yield(v, err)
			return
		}
		for row, err := range r.Rows() {
			v = zero
			if err == nil {
				err = d.Decode(row, &v)
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// Decoder sets the fields of structs from rows. A field's type may be
//
//   - string, bool, an integer type or time.Time: they have no way to hold
//     absent or blank, so the column must exist, and a blank cell is an error
//     with CodeBlank; only a string takes a blank text as "";
//   - a pointer to one of these: nil for blank and for absent;
//   - Optional, or any type with the methods of OptionalSetter;
//   - any type whose pointer is a CellUnmarshaler.
//
// A Decoder belongs to one Reader.
type Decoder[T any] struct {
	fields []structField
	cols   []int
}

// NewDecoder matches the tags of T with r's columns. A plain field without a
// column is an error with CodeNoColumn.
func NewDecoder[T any](r *Reader) (*Decoder[T], error) {
	fields, err := fieldsOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	d := &Decoder[T]{fields: fields, cols: make([]int, len(fields))}
	for i := range fields {
		f := &fields[i]
		if d.cols[i] = r.Column(f.column.Name); d.cols[i] < 0 && f.plain {
			return nil, newError(CodeNoColumn).at(0, f.column.Name)
		}
		if f.kind == kindCell && !reflect.PointerTo(f.typ).Implements(unmarshalerType) {
			return nil, newError(CodeStructType, "type", f.typ.String(), "reason", "no UnmarshalDBF")
		}
	}
	return d, nil
}

// Decode sets the tagged fields of dst from row. It goes through all cells and
// returns the errors of the invalid ones, as *Error or Problems; their fields
// are left as they were.
func (d *Decoder[T]) Decode(row *Row, dst *T) error {
	v := reflect.ValueOf(dst).Elem()
	var problems Problems
	for i := range d.fields {
		f := &d.fields[i]
		if err := f.read(row.Cell(d.cols[i]), f.of(v)); err != nil {
			e, ok := err.(*Error)
			if !ok {
				return err
			}
			problems = append(problems, e)
		}
	}
	return problems.asError()
}

func (f *structField) read(c Cell, v reflect.Value) error {
	switch f.kind {
	case kindCell:
		return v.Addr().Interface().(CellUnmarshaler).UnmarshalDBF(c)
	case kindOptional:
		return readOptional(c, v.Addr().Interface())
	}
	target := v
	if f.pointer {
		target = reflect.New(f.typ.Elem()).Elem()
	}
	ok, err := f.readPlain(c, target)
	switch {
	case err != nil:
		return err
	case f.pointer && ok:
		v.Set(target.Addr())
	case f.pointer:
		v.SetZero()
	case !ok && f.kind == kindString:
		v.SetString("")
	case !ok:
		return newError(CodeBlank, "field", f.name).at(c.row.number, f.column.Name)
	}
	return nil
}

func (f *structField) readPlain(c Cell, v reflect.Value) (ok bool, err error) {
	switch f.kind {
	case kindString:
		s, ok, err := c.Text()
		if ok {
			v.SetString(s)
		}
		return ok, err
	case kindBool:
		b, ok, err := c.Bool()
		if ok {
			v.SetBool(b)
		}
		return ok, err
	case kindTime:
		t, ok, err := c.Time()
		if ok {
			*v.Addr().Interface().(*time.Time) = t
		}
		return ok, err
	}
	n, ok, err := c.Int()
	if !ok || err != nil {
		return ok, err
	}
	if f.kind == kindUint {
		if n < 0 || v.OverflowUint(uint64(n)) {
			return false, c.row.fault(c.col, CodeNumberRange, strconv.FormatInt(n, 10))
		}
		v.SetUint(uint64(n))
		return true, nil
	}
	if v.OverflowInt(n) {
		return false, c.row.fault(c.col, CodeNumberRange, strconv.FormatInt(n, 10))
	}
	v.SetInt(n)
	return true, nil
}

func readOptional(c Cell, p any) error {
	switch p := p.(type) {
	case OptionalSetter[string]:
		return setOptional(p, c, c.Text)
	case OptionalSetter[bool]:
		return setOptional(p, c, c.Bool)
	case OptionalSetter[time.Time]:
		return setOptional(p, c, c.Time)
	case OptionalSetter[int64]:
		return setOptional(p, c, c.Int)
	case OptionalSetter[int32]:
		return setOptional(p, c, func() (int32, bool, error) {
			n, ok, err := c.intWithin(math.MinInt32, math.MaxInt32)
			return int32(n), ok, err
		})
	case OptionalSetter[int]:
		return setOptional(p, c, func() (int, bool, error) {
			n, ok, err := c.intWithin(math.MinInt, math.MaxInt)
			return int(n), ok, err
		})
	}
	return newError(CodeStructType, "type", reflect.TypeOf(p).String(), "reason", "no SetValue")
}

func setOptional[T any](p OptionalSetter[T], c Cell, get func() (T, bool, error)) error {
	v, ok, err := get()
	switch {
	case err != nil:
		return err
	case ok:
		p.SetValue(v)
	case c.Exists():
		p.SetBlank()
	default:
		p.SetAbsent()
	}
	return nil
}

func (c Cell) intWithin(low, high int64) (int64, bool, error) {
	n, ok, err := c.Int()
	if ok && (n < low || n > high) {
		return 0, false, c.row.fault(c.col, CodeNumberRange, strconv.FormatInt(n, 10))
	}
	return n, ok, err
}
