package dbfio

import (
	"reflect"
	"strconv"
	"time"
)

// RowWriter is what an Encoder writes rows to: a *Writer or a *File.
type RowWriter interface {
	// Column returns the index of a column, or -1.
	Column(name string) int
	// WriteRow ends the row.
	WriteRow() error
	// table returns the Writer whose setters are used.
	table() *Writer
}

var (
	_ RowWriter = (*Writer)(nil)
	_ RowWriter = (*File)(nil)
)

func (w *Writer) table() *Writer { return w }

// Encoder writes structs as rows, by their tags; field types are those of
// Decoder, with OptionalGetter for OptionalSetter and CellMarshaler for
// CellUnmarshaler. It belongs to one RowWriter.
type Encoder[T any] struct {
	w      RowWriter
	fields []structField
	cols   []int
}

// NewEncoder matches the tags of T with w's columns. A plain field without a
// column is an error with CodeNoColumn, since its values would be lost.
func NewEncoder[T any](w RowWriter) (*Encoder[T], error) {
	fields, err := fieldsOf(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	e := &Encoder[T]{w: w, fields: fields, cols: make([]int, len(fields))}
	for i := range fields {
		f := &fields[i]
		if e.cols[i] = w.Column(f.column.Name); e.cols[i] < 0 && f.plain {
			return nil, newError(CodeNoColumn).at(0, f.column.Name)
		}
		if f.kind == kindCell && !reflect.PointerTo(f.typ).Implements(marshalerType) {
			return nil, newError(CodeStructType, "type", f.typ.String(), "reason", "no MarshalDBF")
		}
	}
	return e, nil
}

// Encode writes v as one row. A value that does not fit, or for which the table
// has no column, refuses the row as Writer.WriteRow says.
func (e *Encoder[T]) Encode(v *T) error {
	s := reflect.ValueOf(v).Elem()
	w := e.w.table()
	for i := range e.fields {
		f := &e.fields[i]
		if err := f.write(w, e.cols[i], f.of(s)); err != nil {
			e, ours := err.(*Error)
			if !ours {
				w.DropRow()
				return err
			}
			if n := len(w.problems); n == 0 || w.problems[n-1] != e {
				w.problem(e) // a CellMarshaler's own
			}
		}
	}
	return e.w.WriteRow()
}

func (f *structField) write(w *Writer, col int, v reflect.Value) error {
	switch f.kind {
	case kindCell:
		return v.Addr().Interface().(CellMarshaler).MarshalDBF(w, col)
	case kindOptional:
		return f.writeOptional(w, col, v.Addr().Interface())
	}
	if f.pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if col < 0 {
		return f.lost(w)
	}
	switch f.kind {
	case kindString:
		return setText(w, col, v.String())
	case kindInt:
		return w.SetInt(col, v.Int())
	case kindUint:
		return w.SetNumber(col, strconv.FormatUint(v.Uint(), 10))
	case kindBool:
		return w.SetBool(col, v.Bool())
	}
	return w.SetTime(col, *v.Addr().Interface().(*time.Time))
}

// setText also serves numeric columns: an id may be a string in Go and N in the table.
func setText(w *Writer, col int, s string) error {
	if w.cols[col].Type == Numeric {
		if s == "" {
			return w.SetBlank(col)
		}
		return w.SetNumber(col, s)
	}
	return w.SetText(col, s)
}

func (f *structField) lost(w *Writer) error {
	return w.problem(newError(CodeNoColumn).at(w.rows+1, f.column.Name))
}

func (f *structField) writeOptional(w *Writer, col int, p any) error {
	switch p := p.(type) {
	case OptionalGetter[string]:
		return writeValue(f, w, col, p, setText)
	case OptionalGetter[bool]:
		return writeValue(f, w, col, p, (*Writer).SetBool)
	case OptionalGetter[time.Time]:
		return writeValue(f, w, col, p, (*Writer).SetTime)
	case OptionalGetter[int64]:
		return writeValue(f, w, col, p, (*Writer).SetInt)
	case OptionalGetter[int32]:
		return writeValue(f, w, col, p, func(w *Writer, col int, v int32) error { return w.SetInt(col, int64(v)) })
	case OptionalGetter[int]:
		return writeValue(f, w, col, p, func(w *Writer, col, v int) error { return w.SetInt(col, int64(v)) })
	}
	return w.problem(newError(CodeStructType, "type", reflect.TypeOf(p).String(), "reason", "no Get and IsAbsent"))
}

func writeValue[T any](f *structField, w *Writer, col int, p OptionalGetter[T], set func(*Writer, int, T) error) error {
	v, ok := p.Get()
	switch {
	case col < 0 && p.IsAbsent():
		return nil
	case col < 0:
		return f.lost(w)
	case !ok:
		return w.SetBlank(col)
	}
	return set(w, col, v)
}
