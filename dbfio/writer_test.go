package dbfio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func TestWriteFormat(t *testing.T) {
	t.Run("D1 plain dBASE III, byte for byte", func(t *testing.T) {
		got := written(t, "ID,C,4;LIMIT,N,6,2;CAR,L;TILL,D", &WriteOptions{Updated: day}, func(w *Writer) {
			w.SetText(0, "Ёж")
			w.SetScaled(1, -150, 2)
			w.SetBool(2, true)
			w.SetTime(3, time.Date(987, 12, 5, 23, 59, 0, 0, time.FixedZone("", 10*3600)))
		})
		want := "\x03\x7e\x03\x01" + "\x01\x00\x00\x00" + "\xa1\x00" + "\x14\x00" + strings.Repeat("\x00", 17) + "\xc9\x00\x00" +
			"ID\x00\x00\x00\x00\x00\x00\x00\x00\x00C\x00\x00\x00\x00\x04\x00" + strings.Repeat("\x00", 14) +
			"LIMIT\x00\x00\x00\x00\x00\x00N\x00\x00\x00\x00\x06\x02" + strings.Repeat("\x00", 14) +
			"CAR\x00\x00\x00\x00\x00\x00\x00\x00L\x00\x00\x00\x00\x01\x00" + strings.Repeat("\x00", 14) +
			"TILL\x00\x00\x00\x00\x00\x00\x00D\x00\x00\x00\x00\x08\x00" + strings.Repeat("\x00", 14) +
			"\x0d" + " \xa8\xe6   -1.50T09871205" + "\x1a"
		if string(got) != want {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
	})
	t.Run("D1 CP866 is marked 0x65", func(t *testing.T) {
		got := written(t, "A,C,4", &WriteOptions{CodePage: CP866}, func(w *Writer) { w.SetText(0, "сад№") })
		if got[29] != 0x65 || string(got[65:]) != " \xe1\xa0\xa4\xfc\x1a" {
			t.Errorf("%q", got[29:])
		}
	})
	t.Run("D1 the day defaults to today", func(t *testing.T) {
		got := written(t, "A,C,4", nil, func(w *Writer) {})
		now := time.Now()
		if int(got[1]) != now.Year()-1900 || got[2] != byte(now.Month()) {
			t.Errorf("% x", got[:4])
		}
	})
	t.Run("D1 pages without a mark are not written", func(t *testing.T) {
		for _, page := range []CodePage{UTF8, 20866, 1} {
			_, err := NewWriter(&seekBuffer{}, []Column{Char("A", 1)}, &WriteOptions{CodePage: page})
			wantCode(t, err, CodeCodePage)
		}
		for page := range CodePage(2000) {
			if m := markOf(page); m != 0 && (pageOfMark(m) != page || loadCodec(page) == nil) {
				t.Errorf("page %d is written with mark %x, which reads as %d", page, m, pageOfMark(m))
			}
		}
	})
	t.Run("D1 a row that is not set is blank, NewWriter writes nothing", func(t *testing.T) {
		var buf seekBuffer
		w, err := NewWriter(&buf, []Column{Char("A", 2), Number("N", 3, 1), Bool("L"), Day("D")}, nil)
		if err != nil || len(buf.b) != 0 {
			t.Fatal(err, len(buf.b))
		}
		w.SetText(0, "xx")
		w.SetInt(1, 1)
		for i := range 4 {
			w.SetBlank(i)
		}
		w.WriteRow()
		w.Close()
		if s := string(buf.b[161:]); s != strings.Repeat(" ", 15)+"\x1a" {
			t.Errorf("%q", s)
		}
	})
	t.Run("D4 a subset of columns, one record", func(t *testing.T) {
		b := written(t, "KEY,C,16", nil, func(w *Writer) { w.SetText(w.Column("key"), "00") })
		r, err := NewReader(bytes.NewReader(b), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, texts(r), "00")
	})
	t.Run("D10 an empty table of many columns", func(t *testing.T) {
		var buf seekBuffer
		w, err := NewWriter(&buf, benchColumns, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if want := 33 + 32*len(benchColumns) + 1; len(buf.b) != want {
			t.Errorf("%d bytes, want %d", len(buf.b), want)
		}
		r, err := NewReader(bytes.NewReader(buf.b), nil)
		if err != nil || len(r.Columns()) != len(benchColumns) {
			t.Fatal(err)
		}
		if got := texts(r); got != nil || warned(r) != "" {
			t.Error(got, r.Warnings())
		}
	})
}

func TestColumnRules(t *testing.T) {
	for _, c := range []struct{ name, cols, want string }{
		{"D3 a name of 10 characters", "A123456789,C,1", ""},
		{"D3 a name of 11 characters", "A1234567890,C,1", CodeColumnName},
		{"D3 no name", ",C,1", CodeColumnName},
		{"D3 a name in Cyrillic", "ИМЯ,C,1", CodeColumnName},
		{"D3 a name that begins with a digit", "1A,C,1", CodeColumnName},
		{"D3 a name with a blank", "A B,C,1", CodeColumnName},
		{"D3 texts of 255", "A,C,255", ""},
		{"D3 texts of 256", "A,C,256", CodeColumnWidth},
		{"D3 texts of 0", "A,C,0", CodeColumnWidth},
		{"D3 texts with decimals", "A,C,10,2", CodeColumnWidth},
		{"D3 numbers of 20", "A,N,20", ""},
		{"D3 numbers of 21", "A,N,21", CodeColumnWidth},
		{"D3 decimals that leave no digit", "A,N,3,2", CodeColumnWidth},
		{"D3 decimals that leave one digit", "A,N,4,2", ""},
		{"D3 negative decimals", "A,N,4,-1", CodeColumnWidth},
		{"D3 a logical of width 2", "A,L,2", CodeColumnWidth},
		{"D3 a date of width 10", "A,D,10", CodeColumnWidth},
		{"D1 a type that dBASE III lacks", "A,I,4", CodeColumnType},
		{"D1 no columns", " ; ", CodeNoColumns},
		{"D1 a column twice", "A,C,1;a,C,1", CodeColumnTwice},
		{"D1 a width that is no number", "A,C,x", CodeColumnSyntax},
		{"D1 a name alone", "A", CodeColumnSyntax},
		{"D1 a text without width", "A,C", CodeColumnSyntax},
		{"D1 blanks and a last semicolon", " a , c , 10 ; b , l ; ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseColumns(c.cols)
			wantCode(t, err, c.want)
		})
	}
	t.Run("D3 classic dBASE ends at 254", func(t *testing.T) {
		classic := &WriteOptions{Classic: true}
		for width, want := range map[int]string{254: "", 255: CodeColumnWidth} {
			_, err := NewWriter(&seekBuffer{}, []Column{Char("A", width)}, classic)
			wantCode(t, err, want)
		}
		_, err := NewWriter(&seekBuffer{}, []Column{Number("A", 20, 0)}, classic)
		wantCode(t, err, CodeColumnWidth)
		many := make([]Column, 129)
		for i := range many {
			many[i] = Bool("A" + string(rune('A'+i/26)) + string(rune('A'+i%26)))
		}
		_, err = NewWriter(&seekBuffer{}, many, classic)
		wantCode(t, err, CodeColumnCount)
		_, err = NewWriter(&seekBuffer{}, many, nil)
		wantCode(t, err, "")
		for i := range many {
			many[i].Type, many[i].Width = Character, 254
		}
		_, err = NewWriter(&seekBuffer{}, many[:20], classic)
		wantCode(t, err, CodeRecordLength)
	})
	t.Run("D11 no more columns than a header holds", func(t *testing.T) {
		_, err := NewWriter(&seekBuffer{}, make([]Column, 2047), nil)
		wantCode(t, err, CodeColumnCount)
	})
	t.Run("D1 a list is printed as it is read", func(t *testing.T) {
		for _, s := range []string{"ID,C,40", "LIMIT,N,10,2", "CAR,L", "TILL,D"} {
			if cols, err := ParseColumns(s); err != nil || cols[0].String() != s {
				t.Error(cols, err)
			}
		}
	})
}

func TestNothingIsCut(t *testing.T) {
	cols := []Column{Char("NAME", 5), Number("LIMIT", 5, 0), Number("SUM", 7, 2), Day("TILL"), Bool("CAR")}
	for _, c := range []struct {
		name string
		set  func(w *Writer) error
		want string
	}{
		{"D7 text too long", func(w *Writer) error { return w.SetText(0, "Иванов") },
			`dbfio: row 2, column NAME: text "Иванов" of 6 characters does not fit 5`},
		{"D7 text too long by a blank", func(w *Writer) error { return w.SetText(0, "Иван  ") },
			`dbfio: row 2, column NAME: text "Иван  " of 6 characters does not fit 5`},
		{"D7 a number that does not fit", func(w *Writer) error { return w.SetInt(1, 1234567) },
			"dbfio: row 2, column LIMIT: number 1234567 does not fit 5 characters"},
		{"D7 a sign that does not fit", func(w *Writer) error { return w.SetInt(1, -12345) },
			"dbfio: row 2, column LIMIT: number -12345 does not fit 5 characters"},
		{"D7 decimals that do not fit", func(w *Writer) error { return w.SetInt(2, 10000) },
			"dbfio: row 2, column SUM: number 10000 does not fit 7 characters"},
		{"D7 the smallest integer", func(w *Writer) error { return w.SetInt(1, math.MinInt64) },
			"dbfio: row 2, column LIMIT: number -9223372036854775808 does not fit 5 characters"},
		{"D7 more decimals than the column", func(w *Writer) error { return w.SetNumber(2, "1.505") },
			"dbfio: row 2, column SUM: number 1.505 has more than 2 decimals"},
		{"D7 kopecks into whole roubles", func(w *Writer) error { return w.SetScaled(1, 150, 2) },
			"dbfio: row 2, column LIMIT: number 1.50 has more than 0 decimals"},
		{"D7 no number", func(w *Writer) error { return w.SetNumber(2, "1,5") },
			`dbfio: row 2, column SUM: "1,5" is not a number`},
		{"D7 a character that CP1251 lacks", func(w *Writer) error { return w.SetText(0, "a│b") },
			`dbfio: row 2, column NAME: text "a│b" holds the character │ (U+2502), which cp1251 does not have`},
		{"D7 a character beyond 16 bits", func(w *Writer) error { return w.SetText(0, "🚚") },
			`dbfio: row 2, column NAME: text "🚚" holds the character 🚚 (U+1F69A), which cp1251 does not have`},
		{"D7 text that is not UTF-8", func(w *Writer) error { return w.SetText(0, "a\xff") },
			`dbfio: row 2, column NAME: text "a\xff" holds the character � (U+FFFD), which cp1251 does not have`},
		{"D7 NUL would come back as a blank", func(w *Writer) error { return w.SetText(0, "a\x00") },
			`dbfio: row 2, column NAME: text "a\x00" holds the character U+0000, which cp1251 does not have`},
		{"D7 й in two parts", func(w *Writer) error { return w.SetText(0, "и\u0306") },
			"dbfio: row 2, column NAME: text \"и\u0306\" holds the character \u0306 (U+0306), which cp1251 does not have"},
		{"D7 the year 0", func(w *Writer) error { return w.SetTime(3, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)) },
			"dbfio: row 2, column TILL: year 0 is outside 1..9999"},
		{"D7 the year 10000", func(w *Writer) error { return w.SetTime(3, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) },
			"dbfio: row 2, column TILL: year 10000 is outside 1..9999"},
		{"D7 the wrong setter", func(w *Writer) error { return w.SetInt(0, 1) },
			"dbfio: row 2, column NAME: a column of type C does not hold a number"},
		{"D7 a column that is not there", func(w *Writer) error { return w.SetText(-1, "") },
			"dbfio: row 2, column #-1: the table has no such column"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var buf seekBuffer
			w, err := NewWriter(&buf, cols, nil)
			if err != nil {
				t.Fatal(err)
			}
			w.SetText(0, "first")
			if err := w.WriteRow(); err != nil {
				t.Fatal(err)
			}
			w.SetBool(4, true)
			err = c.set(w)
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if e, ok := errors.AsType[*Error](err); ok && (e.Row() != 2 || !strings.Contains(e.Message("ru"), " · ")) {
				t.Error(e.Message("ru"))
			}
			if again := w.WriteRow(); again == nil || again.Error() != c.want {
				t.Errorf("the row was not refused: %v", again)
			}
			w.SetText(0, "third")
			if err := w.WriteRow(); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			r, err := NewReader(bytes.NewReader(buf.b), nil)
			if err != nil {
				t.Fatal(err)
			}
			same(t, texts(r), "first|-|-|-|-", "third|-|-|-|-")
		})
	}
	t.Run("D7 all faults of a row together", func(t *testing.T) {
		w, _ := NewWriter(&seekBuffer{}, cols, &WriteOptions{Mask: []string{"name"}})
		w.SetText(0, "Иванов")
		w.SetInt(1, 123456)
		err := w.WriteRow()
		list, ok := err.(Problems)
		if !ok || len(list) != 2 || list[1].Column() != "LIMIT" {
			t.Fatal(err)
		}
		if _, ok := errors.AsType[*Error](err); !ok || strings.Contains(err.Error(), "Иванов") {
			t.Error(err)
		}
	})
	t.Run("D7 a shorter value leaves nothing of a longer one", func(t *testing.T) {
		b := written(t, "A,C,5;N,N,5,0", nil, func(w *Writer) {
			w.SetText(0, "abcde")
			w.SetText(0, "x")
			w.SetInt(1, 12345)
			w.SetInt(1, 7)
		})
		if s := string(b[97:]); s != " x        7\x1a" {
			t.Errorf("%q", s)
		}
	})
	t.Run("D7 numbers in full, zeros added, minus zero is zero", func(t *testing.T) {
		for text, want := range map[string]string{"1": "   1.00", "-.5": "  -0.50", "1.5e1": "  15.00", "1.50000": "   1.50",
			"9999.99": "9999.99", "-0.00": "   0.00", "1e-2": "   0.01"} {
			b := written(t, "N,N,7,2", nil, func(w *Writer) { w.SetNumber(0, text) })
			if s := string(b[66 : 66+7]); s != want {
				t.Errorf("%s is written %q", text, s)
			}
		}
	})
}

func TestStreams(t *testing.T) {
	cols := []Column{Char("A", 3)}
	t.Run("D9 a seeker gets its count, behind other data too", func(t *testing.T) {
		buf := &seekBuffer{b: []byte("before"), pos: 6}
		w, _ := NewWriter(buf, cols, nil)
		for range 70_000 { // several buffers
			w.SetText(0, "abc")
			if err := w.WriteRow(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if n := binary.LittleEndian.Uint32(buf.b[6+4:]); n != 70_000 || buf.pos != len(buf.b) || buf.b[len(buf.b)-1] != 0x1A {
			t.Error(n, buf.pos, len(buf.b))
		}
		buf.Write([]byte("after"))
		r, err := NewReader(bytes.NewReader(buf.b[6:]), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(texts(r)); n != 70_000 {
			t.Error(n)
		}
	})
	t.Run("D9 a plain writer needs the count beforehand", func(t *testing.T) {
		var stream, seek seekBuffer
		ws, _ := NewStreamWriter(struct{ io.Writer }{&stream}, 2, cols, nil)
		wk, _ := NewWriter(&seek, cols, nil)
		for _, w := range []*Writer{ws, wk} {
			for _, s := range []string{"a", "b"} {
				w.SetText(0, s)
				if err := w.WriteRow(); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(stream.b, seek.b) {
			t.Error("the two ways differ")
		}
	})
	t.Run("D9 more or fewer rows than announced", func(t *testing.T) {
		w, _ := NewStreamWriter(io.Discard, 1, cols, nil)
		wantCode(t, w.Close(), CodeRowCount)
		w, _ = NewStreamWriter(io.Discard, 1, cols, nil)
		wantCode(t, w.WriteRow(), "")
		wantCode(t, w.WriteRow(), CodeRowCount)
		wantCode(t, w.Close(), "")
		wantCode(t, w.WriteRow(), CodeClosed)
	})
	t.Run("D9 a target that cannot seek after all", func(t *testing.T) {
		w, _ := NewWriter(noSeek{}, cols, nil)
		wantCode(t, w.WriteRow(), "")
		wantCode(t, w.Close(), CodeNotSeekable)
	})
}

type noSeek struct{ io.Writer }

func (noSeek) Seek(int64, int) (int64, error) { return 0, errors.New("a pipe") }
