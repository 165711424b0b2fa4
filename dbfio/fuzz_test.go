package dbfio

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

// everything reads a table through every accessor and returns what came out.
func everything(src []byte, slow bool) string {
	var out strings.Builder
	var r *Reader
	var err error
	opts := &ReadOptions{Deleted: true}
	if slow {
		r, err = NewReader(iotest.OneByteReader(bytes.NewReader(src)), opts)
	} else {
		r, err = NewReader(bytes.NewReader(src), opts)
	}
	if err != nil {
		return err.Error()
	}
	fmt.Fprintln(&out, r.Header(), r.Columns(), r.Skipped())
	for row, err := range r.Rows() {
		if err != nil {
			fmt.Fprintln(&out, err)
			continue
		}
		fmt.Fprintln(&out, row.Number(), row.Deleted())
		for i := range row.Len() {
			c := row.Cell(i)
			s, ok, err := c.Text()
			fmt.Fprintf(&out, "%v %q %v %v", c.State(), s, ok, err)
			for _, get := range []func() (any, bool, error){
				func() (any, bool, error) { return wrap(c.Int()) },
				func() (any, bool, error) { return wrap(c.Scaled(2)) },
				func() (any, bool, error) { return wrap(c.Bool()) },
				func() (any, bool, error) { return wrap(c.Time()) },
				func() (any, bool, error) { return wrap(c.Number()) },
			} {
				v, ok, err := get()
				fmt.Fprint(&out, v, ok, err)
			}
		}
	}
	fmt.Fprintln(&out, r.Warnings())
	return out.String()
}

func wrap[T any](v T, ok bool, err error) (any, bool, error) { return v, ok, err }

// FuzzRead: no input panics, and the size of the pieces in which a table arrives
// changes nothing. Wide records are left to TestBounds: they only slow this down.
func FuzzRead(f *testing.F) {
	for _, tab := range []rawTable{
		plain("A,C,3;N,N,4,1;L,L;D,D", " abc 1.5T20260301", "*****    ?00000000"),
		{version: 0x30, mark: 0xC9, count: -1, end: "\x1a", flags: []byte{2, 2, 5},
			cols:    []Column{{"I", Integer, 4, 0}, {"T", DateTime, 8, 0}, {"_N", '0', 1, 0}},
			records: []string{" \x01\x02\x03\x04\xff\xff\xff\x7f\xff\xff\x00\x00\x01"}},
		{version: 0x30, count: 2, end: "\x1a", cols: []Column{{"B", Double, 8, 0}, {"Y", Currency, 8, 0}, {"F", Float, 9, 0}, {"M", 'M', 4, 0}},
			records: []string{" \xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x80 1.5e+10 mmmm"}},
	} {
		b := tab.bytes()
		f.Add(b)
		f.Add(b[:len(b)-3])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4<<10 {
			return
		}
		if whole, pieces := everything(b, false), everything(b, true); whole != pieces {
			t.Errorf("in one piece\n%s\nbyte by byte\n%s", whole, pieces)
		}
	})
}

// FuzzRoundTrip: what the writer accepts comes back as it was. Two exceptions
// lie in the format: blanks at a text's end are padding, and the text "" is blank.
func FuzzRoundTrip(f *testing.F) {
	f.Add("Ёлка №5", int64(-150), 2, true, 2026, 60, true)
	f.Add(" a ", int64(math.MinInt64), 0, false, 9999, 365, false)
	f.Add("\x1a*\r\n", int64(0), 5, false, 0, 0, true)
	f.Fuzz(func(t *testing.T, s string, n int64, decimals int, l bool, year, yday int, dos bool) {
		opts := &WriteOptions{}
		if dos {
			opts.CodePage = CP866
		}
		decimals = int(uint(decimals) % 6)
		var buf seekBuffer
		w, err := NewWriter(&buf, []Column{Char("S", 20), Number("N", 18, decimals), Bool("L"), Day("D")}, opts)
		if err != nil {
			t.Fatal(err)
		}
		day := time.Date(int(uint(year)%10100), 1, 1+int(uint(yday)%366), 0, 0, 0, 0, time.UTC)
		textErr, numErr, dayErr := w.SetText(0, s), w.SetScaled(1, n, decimals), w.SetTime(3, day)
		w.SetBool(2, l)
		if (textErr == nil) != fits(s, w.codec) {
			t.Errorf("text %q: %v", s, textErr)
		}
		if err := w.WriteRow(); (err == nil) != (textErr == nil && numErr == nil && dayErr == nil) {
			t.Fatal(err)
		} else if err != nil {
			return
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(buf.b), nil)
		if err != nil {
			t.Fatal(err)
		}
		row, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		gotS, _, err1 := row.Cell(0).Text()
		gotN, ok, err2 := row.Cell(1).Scaled(decimals)
		gotL, _, err3 := row.Cell(2).Bool()
		gotD, _, err4 := row.Cell(3).Time()
		if want := strings.TrimRight(s, " "); gotS != want || gotN != n || !ok || gotL != l || !gotD.Equal(day) {
			t.Errorf("%q %d %v %v came back as %q %d %v %v (%v %v %v %v)", want, n, l, day, gotS, gotN, gotL, gotD, err1, err2, err3, err4)
		}
	})
}

// fits says by the slow way whether a text goes into 20 characters of a page.
func fits(s string, c *codec) bool {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 20 {
		return false
	}
	for _, r := range s {
		if r == 0 || c.byteOf(r) == 0 {
			return false
		}
	}
	return true
}

// FuzzDecimal: numbers are exact, by the arithmetic of math/big.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"0", "-1.50", "+.5", "5.", "1e3", "12.34E-3", "-0", "9223372036854775808", "-9223372036854775808", "1e-400"} {
		f.Add(s, 2)
	}
	f.Fuzz(func(t *testing.T, s string, places int) {
		d, ok := parseDecimal([]byte(s))
		if !ok || len(s) > 40 {
			return
		}
		want, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		got, ok := new(big.Rat).SetString(d.String())
		if !ok || got.Cmp(want) != 0 {
			t.Errorf("%q is spelled %s", s, d.String())
		}
		places = int(uint(places) % 19)
		want.Mul(want, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
		n, outcome := d.scaled(places)
		switch {
		case !want.IsInt():
			if outcome != scaledFraction {
				t.Errorf("%q * 10^%d: %d %v", s, places, n, outcome)
			}
		case !want.Num().IsInt64():
			if outcome != scaledRange {
				t.Errorf("%q * 10^%d: %d %v", s, places, n, outcome)
			}
		case outcome != scaledOK || n != want.Num().Int64():
			t.Errorf("%q * 10^%d: %d %v", s, places, n, outcome)
		}
	})
}

// FuzzColumns: a list that is accepted is printed as it is read, and can be written.
func FuzzColumns(f *testing.F) {
	f.Add("ID,C,40;DAYLIMIT,N,10,0;CANTIDE,L;TIMELIMIT,D")
	f.Add(" a , n , 9 , 2 ;;")
	f.Fuzz(func(t *testing.T, s string) {
		cols, err := ParseColumns(s)
		if err != nil {
			return
		}
		var list []string
		for _, c := range cols {
			list = append(list, c.String())
		}
		again, err := ParseColumns(strings.Join(list, ";"))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(cols) {
			t.Errorf("%v became %v, %v", cols, again, err)
		}
		var buf seekBuffer
		w, err := NewWriter(&buf, cols, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.WriteRow()
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(buf.b), nil)
		if err != nil || fmt.Sprint(r.Columns()) != fmt.Sprint(cols) {
			t.Errorf("read back %v, %v", r, err)
		}
	})
}

// FuzzCells: a header that is sound, any columns, any bytes in the records.
func FuzzCells(f *testing.F) {
	f.Add("CNLD", byte(0x03), 1, []byte(" abc 1.5T20260301*zzz****?00000000"))
	f.Add("IBYTF0M", byte(0x30), 7, []byte(" \x01\x02\x03\x04\xff\xff\xff\xff\xff\xff\xf0\x7f"))
	f.Fuzz(func(t *testing.T, types string, version byte, count int, body []byte) {
		if len(types) > 20 || len(body) > 2<<10 {
			return
		}
		tab := rawTable{version: version, mark: 0xC9, count: int(uint16(count)), end: string(body)}
		for i := range len(types) {
			width := map[Type]int{Logical: 1, Date: 8, Integer: 4, Double: 8, Currency: 8, DateTime: 8}[Type(types[i])]
			if width == 0 {
				width = 1 + int(types[i])%11 + i
			}
			tab.cols = append(tab.cols, Column{"A", Type(types[i]), width, i % 3})
			tab.flags = append(tab.flags, byte(i)<<1)
		}
		b := tab.bytes()
		if whole, pieces := everything(b, false), everything(b, true); whole != pieces {
			t.Errorf("in one piece\n%s\nbyte by byte\n%s", whole, pieces)
		}
	})
}
