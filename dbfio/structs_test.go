package dbfio

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// foreign is an optional type as another package would have it: it knows
// nothing of dbfio.
type foreign[T any] struct {
	seen  bool
	given bool
	v     T
}

func (f *foreign[T]) SetAbsent()     { *f = foreign[T]{} }
func (f *foreign[T]) SetBlank()      { *f = foreign[T]{seen: true} }
func (f *foreign[T]) SetValue(v T)   { *f = foreign[T]{true, true, v} }
func (f *foreign[T]) IsAbsent() bool { return !f.seen }
func (f *foreign[T]) Get() (T, bool) { return f.v, f.given }

// key reads and writes its cell by itself.
type key uint64

func (k *key) UnmarshalDBF(c Cell) error {
	s, ok, err := c.Text()
	if err != nil || !ok {
		return err
	}
	if s == "refused" {
		return errors.New("key: refused")
	}
	*k = key(len(s))
	return nil
}

func (k *key) MarshalDBF(w *Writer, col int) error {
	if *k > 9 {
		return newError(CodeNumberRange, "value", "10")
	}
	return w.SetText(col, strings.Repeat("k", int(*k)))
}

type base struct {
	ID string `dbf:"ID,C,5"`
}

type account struct {
	base
	Limit  Optional[int64]     `dbf:"LIMIT,N,5"`
	Car    Optional[bool]      `dbf:"CAR,L"`
	Till   Optional[time.Time] `dbf:"TILL,D"`
	Note   foreign[string]     `dbf:"NOTE,C,3"`
	Number foreign[int]        `dbf:"NUMBER,N,3"`
	Small  foreign[int32]      `dbf:"SMALL,N,10"`
	Left   *int32              `dbf:"LEFT,N,3"`
	Key    key                 `dbf:"KEY,C,7"`
	Other  string
	Hidden string `dbf:"-"`
}

func encode[T any](t *testing.T, rows ...T) []byte {
	t.Helper()
	cols, err := ColumnsOf[T]()
	if err != nil {
		t.Fatal(err)
	}
	var buf seekBuffer
	w, err := NewWriter(&buf, cols, nil)
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEncoder[T](w)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := e.Encode(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.b
}

func TestStructs(t *testing.T) {
	t.Run("D12 a struct comes back as it was", func(t *testing.T) {
		in := []account{
			{base: base{"a"}, Limit: Some[int64](0), Car: Some(false), Till: Some(day), Note: foreign[string]{true, true, "x"},
				Number: foreign[int]{true, true, -7}, Small: foreign[int32]{true, true, math.MinInt32 / 10}, Left: new(int32(5)), Key: 3},
			{base: base{"b"}, Limit: Empty[int64](), Car: Empty[bool](), Till: Empty[time.Time](), Note: foreign[string]{seen: true},
				Number: foreign[int]{seen: true}, Small: foreign[int32]{seen: true}},
			{},
		}
		r, err := NewReader(bytes.NewReader(encode(t, in...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		in[2] = in[1] // what was absent has a column here, and is blank
		in[2].ID = ""
		i := 0
		for got, err := range Structs[account](r) {
			if err != nil || !reflect.DeepEqual(got, in[i]) {
				t.Errorf("got  %+v %v\nwant %+v", got, err, in[i])
			}
			i++
		}
		if i != 3 {
			t.Error(i)
		}
	})
	t.Run("D12 absent, blank and value stay three", func(t *testing.T) {
		type some struct {
			A Optional[int64]  `dbf:"A"`
			B Optional[int64]  `dbf:"B"`
			C foreign[int64]   `dbf:"C"`
			D *int64           `dbf:"D"`
			E Optional[string] `dbf:"E"`
		}
		r := plain("B,N,3,0;E,C,1", "   0x", "    x").reader(t, nil)
		var got []some
		for v, err := range Structs[some](r) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if v, ok := got[0].B.Get(); v != 0 || !ok || got[0].B.State() != Value || got[1].B.State() != Blank ||
			got[0].A.State() != Absent || got[0].C.seen || got[0].D != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("D12 plain fields need their column and a value", func(t *testing.T) {
		type bare struct {
			N int  `dbf:"N"`
			L bool `dbf:"L"`
		}
		_, err := NewDecoder[bare](plain("N,N,3,0", "   1").reader(t, nil))
		wantCode(t, err, CodeNoColumn)
		d, err := NewDecoder[bare](plain("N,N,3,0;L,L", "    T").reader(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		r := plain("N,N,3,0;L,L", "    T").reader(t, nil)
		row, _ := r.Read()
		var v bare
		err = d.Decode(row, &v)
		wantCode(t, err, CodeBlank)
		if !strings.Contains(err.Error(), "row 1, column N") || !v.L {
			t.Error(err, v)
		}
	})
	t.Run("D12 all invalid cells of a row are told, the others set", func(t *testing.T) {
		r := plain("LIMIT,N,5,0;CAR,L;ID,C,5;NUMBER,N,3,0;KEY,C,7", " *****xabcd 1.5kk     ").reader(t, nil)
		for v, err := range Structs[account](r) {
			list, ok := err.(Problems)
			if !ok || len(list) != 3 || list[0].Column() != "LIMIT" || list[1].Column() != "CAR" || list[2].Code() != CodeNotInteger {
				t.Error(err)
			}
			if v.ID != "abcd" || v.Key != 2 {
				t.Errorf("%+v", v)
			}
		}
	})
	t.Run("D12 an own error of a field's type comes through", func(t *testing.T) {
		r := plain("ID,C,1;KEY,C,7", " arefused").reader(t, nil)
		for _, err := range Structs[account](r) {
			if err == nil || err.Error() != "key: refused" {
				t.Error(err)
			}
		}
	})
	t.Run("D12 numbers that the Go type cannot hold", func(t *testing.T) {
		type narrow struct {
			A int8           `dbf:"A"`
			B uint16         `dbf:"B"`
			C foreign[int32] `dbf:"C"`
		}
		r := plain("A,N,4,0;B,N,6,0;C,N,11,0", "  128    -1 2147483648", "  127 65535-2147483648").reader(t, nil)
		n := 0
		for v, err := range Structs[narrow](r) {
			if list, _ := err.(Problems); n == 0 && (len(list) != 3 || list[2].Code() != CodeNumberRange) {
				t.Error(err)
			}
			if n == 1 && (err != nil || v.A != 127 || v.B != 65535 || v.C.v != math.MinInt32) {
				t.Error(v, err)
			}
			n++
		}
	})
	t.Run("D12 a value without a column is not lost in silence", func(t *testing.T) {
		w, _ := NewWriter(&seekBuffer{}, []Column{Char("ID", 5), Char("KEY", 7)}, nil)
		e, err := NewEncoder[account](w)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, e.Encode(&account{}), "")
		wantCode(t, e.Encode(&account{Limit: Some[int64](1)}), CodeNoColumn)
		wantCode(t, e.Encode(&account{Left: new(int32)}), CodeNoColumn)
		wantCode(t, e.Encode(&account{base: base{"toolong"}}), CodeTextWidth)
		wantCode(t, e.Encode(&account{Key: 10}), CodeNumberRange)
		wantCode(t, e.Encode(&account{}), "")
		if w.Rows() != 2 {
			t.Error(w.Rows())
		}
		w, _ = NewWriter(&seekBuffer{}, []Column{Char("KEY", 5)}, nil)
		_, err = NewEncoder[account](w)
		wantCode(t, err, CodeNoColumn)
	})
	t.Run("D12 types that have no mapping", func(t *testing.T) {
		type float struct {
			A float64 `dbf:"A,N,5"`
		}
		type tag struct {
			A string `dbf:"A,C,x"`
		}
		type untyped struct {
			A string `dbf:"A"`
		}
		type private struct {
			a string `dbf:"A,C,5"`
		}
		type pointer struct {
			*base
		}
		for name, f := range map[string]func() ([]Column, error){
			CodeStructType + " float":   ColumnsOf[float],
			CodeStructType + " int":     ColumnsOf[int],
			CodeStructType + " empty":   ColumnsOf[struct{ A string }],
			CodeStructType + " private": ColumnsOf[private],
			CodeStructType + " pointer": ColumnsOf[pointer],
			CodeStructTag + " tag":      ColumnsOf[tag],
			CodeStructTag + " untyped":  ColumnsOf[untyped],
		} {
			_, err := f()
			wantCode(t, err, strings.Fields(name)[0])
		}
		_ = private{}.a
	})
}

func TestTypedCells(t *testing.T) {
	row := func(t *testing.T, cols, record string) *Row {
		t.Helper()
		row, err := plain(cols, record).reader(t, nil).Read()
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	t.Run("D12 integers from text and numbers of any width", func(t *testing.T) {
		for _, c := range []struct {
			cols, cell string
			want       int64
			err        string
		}{
			{"A,N,4,0", "  42", 42, ""},
			{"A,N,4,0", "42  ", 42, ""},
			{"A,C,10", "42        ", 42, ""},
			{"A,C,10", "   -42    ", -42, ""},
			{"A,C,10", "+42       ", 42, ""},
			{"A,N,10,2", "     42.00", 42, ""},
			{"A,N,10,2", "     42.50", 0, CodeNotInteger},
			{"A,N,20,0", " 9223372036854775807", math.MaxInt64, ""},
			{"A,N,20,0", "-9223372036854775808", math.MinInt64, ""},
			{"A,N,20,0", " 9223372036854775808", 0, CodeNumberRange},
			{"A,N,20,0", "99999999999999999999", 0, CodeNumberRange},
			{"A,N,20,0", "00000000000000000001", 1, ""},
			{"A,C,10", "4 2       ", 0, CodeNumber},
			{"A,D", "20260301", 0, CodeCellType},
			{"A,L", "T", 0, CodeCellType},
		} {
			n, ok, err := row(t, c.cols, " "+c.cell).Cell(0).Int()
			if wantCode(t, err, c.err); n != c.want || ok != (c.err == "") {
				t.Errorf("%s %q: %d %v %v", c.cols, c.cell, n, ok, err)
			}
		}
	})
	t.Run("D12 numbers in exact form", func(t *testing.T) {
		for cell, want := range map[string]string{"  1.50": "1.50", "   .50": "0.50", "007   ": "7", "-0    ": "0", "-0.00 ": "0.00",
			"+5    ": "5", "5.    ": "5", "1e3   ": "1000", "12e-3 ": "0.012", "-1.5e1": "-15"} {
			s, ok, err := row(t, "A,N,6,2", " "+cell).Cell(0).Number()
			if s != want || !ok || err != nil {
				t.Errorf("%q: %q %v %v", cell, s, ok, err)
			}
		}
		_, _, err := row(t, "A,C,9", " 1e999999 ").Cell(0).Number()
		wantCode(t, err, CodeNumber)
	})
	t.Run("D12 money in kopecks", func(t *testing.T) {
		c := row(t, "A,N,8,2", "   -10.5 ").Cell(0)
		n, ok, err := c.Scaled(2)
		if n != -1050 || !ok || err != nil {
			t.Error(n, ok, err)
		}
		_, _, err = row(t, "A,N,8,3", "   1.505 ").Cell(0).Scaled(2)
		wantCode(t, err, CodeNumberDecimals)
		_, _, err = c.Scaled(-1)
		wantCode(t, err, CodeNotInteger)
		n, _, err = row(t, "A,N,20,0", "    92233720368547758").Cell(0).Scaled(2)
		if n != 9223372036854775800 || err != nil {
			t.Error(n, err)
		}
		_, _, err = row(t, "A,N,20,0", "    92233720368547759").Cell(0).Scaled(2)
		wantCode(t, err, CodeNumberRange)
	})
	t.Run("D12 logicals from text and numbers", func(t *testing.T) {
		for _, c := range []struct {
			cols, cell string
			want, ok   bool
			err        string
		}{
			{"A,C,3", "1  ", true, true, ""}, {"A,C,3", " 0 ", false, true, ""}, {"A,C,3", "t  ", true, true, ""},
			{"A,C,3", "   ", false, false, ""}, {"A,C,3", "yes", false, false, CodeLogical},
			{"A,N,3,1", "1.0", true, true, ""}, {"A,N,3,0", "  0", false, true, ""}, {"A,N,3,0", "   ", false, false, ""},
			{"A,N,3,0", "  2", false, false, CodeLogical}, {"A,N,3,0", "***", false, false, CodeLogical},
			{"A,D", "20260301", false, false, CodeCellType},
		} {
			v, ok, err := row(t, c.cols, " "+c.cell).Cell(0).Bool()
			if wantCode(t, err, c.err); v != c.want || ok != c.ok {
				t.Errorf("%s %q: %v %v", c.cols, c.cell, v, ok)
			}
		}
	})
	t.Run("D12 dates only from dates", func(t *testing.T) {
		_, _, err := row(t, "A,C,8", " 20260301").Cell(0).Time()
		wantCode(t, err, CodeCellType)
		v, ok, err := row(t, "A,D", " 20260301").Cell(0).Time()
		if !v.Equal(day) || !ok || err != nil {
			t.Error(v, ok, err)
		}
	})
	t.Run("D12 texts outlive their row", func(t *testing.T) {
		r := plain("A,C,2;B,C,2", " \xe0\xe1\xe2\xe3", " \xe4\xe5\xb8\xe6").reader(t, nil)
		var all []string
		for row := range r.Rows() {
			for i := range row.Len() {
				s, _, _ := row.Cell(i).Text()
				all = append(all, s)
			}
		}
		same(t, all, "аб", "вг", "де", "ёж")
	})
}
