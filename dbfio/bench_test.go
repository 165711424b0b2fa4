package dbfio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// benchColumns is the users schema and one column more: 30 columns in records
// of 1017 bytes, as rule D13 has them.
var benchColumns = func() []Column {
	cols, err := ParseColumns("ID,C,40;SYNCID,C,40;OPERATION,C,1;DEPART,C,100;DEPSYNCID,C,40;ISCAR,L;" +
		"SHORTNAME,C,16;FULLNAME,C,50;KEY,C,16;KEY_TYPE,N,2;RFID,C,19;PIN,N,9;DAYLIMIT,N,5;" +
		"ALLLIMIT,N,7;DOPLIMIT,N,7;LIMITTYPE,N,2;DEFGSM,C,255;TIMELIMIT,D;SMBEGTIME,C,5;" +
		"STATIONS,C,255;CANTIDE,L;REQDRIVER,L;REQCAR,L;REQODOMETR,L;TECHTIDE,L;PROTECTKEY,L;" +
		"DEFCARID,N,10;CARDNUM,C,20;NUMLOGIN,L;REMARK,C,101")
	if err != nil {
		panic(err)
	}
	return cols
}()

// benchTable returns a table of n rows in CP866, as full as an ERP's are.
func benchTable(tb testing.TB, n int) []byte {
	tb.Helper()
	var buf seekBuffer
	buf.b = make([]byte, 0, 33+32*len(benchColumns)+n*1017+1)
	w, err := NewWriter(&buf, benchColumns, &WriteOptions{CodePage: CP866, Updated: day})
	if err != nil {
		tb.Fatal(err)
	}
	rec := benchRecord()
	for range n {
		if err := rec.setCells(w); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.b
}

// user has a field for each column.
type user struct {
	ID         string    `dbf:"ID,C,40"`
	SyncID     string    `dbf:"SYNCID,C,40"`
	Operation  string    `dbf:"OPERATION,C,1"`
	Depart     string    `dbf:"DEPART,C,100"`
	DepSyncID  string    `dbf:"DEPSYNCID,C,40"`
	IsCar      bool      `dbf:"ISCAR,L"`
	ShortName  string    `dbf:"SHORTNAME,C,16"`
	FullName   string    `dbf:"FULLNAME,C,50"`
	Key        string    `dbf:"KEY,C,16"`
	KeyType    int64     `dbf:"KEY_TYPE,N,2"`
	RFID       string    `dbf:"RFID,C,19"`
	PIN        int64     `dbf:"PIN,N,9"`
	DayLimit   int64     `dbf:"DAYLIMIT,N,5"`
	AllLimit   int64     `dbf:"ALLLIMIT,N,7"`
	DopLimit   int64     `dbf:"DOPLIMIT,N,7"`
	LimitType  int64     `dbf:"LIMITTYPE,N,2"`
	DefGSM     string    `dbf:"DEFGSM,C,255"`
	TimeLimit  time.Time `dbf:"TIMELIMIT,D"`
	SmBegTime  string    `dbf:"SMBEGTIME,C,5"`
	Stations   string    `dbf:"STATIONS,C,255"`
	CanTide    bool      `dbf:"CANTIDE,L"`
	ReqDriver  bool      `dbf:"REQDRIVER,L"`
	ReqCar     bool      `dbf:"REQCAR,L"`
	ReqOdo     bool      `dbf:"REQODOMETR,L"`
	TechTide   bool      `dbf:"TECHTIDE,L"`
	ProtectKey bool      `dbf:"PROTECTKEY,L"`
	DefCarID   int64     `dbf:"DEFCARID,N,10"`
	CardNum    string    `dbf:"CARDNUM,C,20"`
	NumLogin   bool      `dbf:"NUMLOGIN,L"`
	Remark     string    `dbf:"REMARK,C,101"`
}

func benchRecord() *user {
	return &user{"U000000001", "U000000001", "U", "Автоколонна 17, участок 3", "D017", true,
		"В002КМ", "Кузнецов Эдуард Эдуардович", "9E3779B97F4A7C15", 0, "0000000000000000001", 12345678, 400,
		5000, 5000, 2, "92=500;95=2000000;98;100=0;ДТ", day, "8:00", "1,2,10,110,1500", true, true, false, true,
		false, false, 77, "7013000000000001", false, "перевыпущена 01.03.2026"}
}

func (u *user) setCells(w *Writer) error {
	for i, s := range [...]string{u.ID, u.SyncID, u.Operation, u.Depart, u.DepSyncID} {
		w.SetText(i, s)
	}
	w.SetBool(5, u.IsCar)
	w.SetText(6, u.ShortName)
	w.SetText(7, u.FullName)
	w.SetText(8, u.Key)
	w.SetInt(9, u.KeyType)
	w.SetText(10, u.RFID)
	for i, n := range [...]int64{u.PIN, u.DayLimit, u.AllLimit, u.DopLimit, u.LimitType} {
		w.SetInt(11+i, n)
	}
	w.SetText(16, u.DefGSM)
	w.SetTime(17, u.TimeLimit)
	w.SetText(18, u.SmBegTime)
	w.SetText(19, u.Stations)
	for i, b := range [...]bool{u.CanTide, u.ReqDriver, u.ReqCar, u.ReqOdo, u.TechTide, u.ProtectKey} {
		w.SetBool(20+i, b)
	}
	w.SetInt(26, u.DefCarID)
	w.SetText(27, u.CardNum)
	w.SetBool(28, u.NumLogin)
	w.SetText(29, u.Remark)
	return w.WriteRow()
}

// value is what both readers of the benchmark make of a cell.
type value struct {
	text  string
	n     int64
	flag  bool
	day   time.Time
	state State
}

func readCells(src io.Reader, use func([]value)) error {
	r, err := NewReader(src, nil)
	if err != nil {
		return err
	}
	cols := r.Columns()
	values := make([]value, len(cols))
	for row, err := range r.Rows() {
		if err != nil {
			return err
		}
		for i := range cols {
			c, v := row.Cell(i), &values[i]
			var ok bool
			switch cols[i].Type {
			case Character:
				v.text, ok, err = c.Text()
			case Numeric:
				v.n, ok, err = c.Int()
			case Logical:
				v.flag, ok, err = c.Bool()
			case Date:
				v.day, ok, err = c.Time()
			}
			if err != nil {
				return err
			}
			v.state = Blank
			if ok {
				v.state = Value
			}
		}
		use(values)
	}
	return nil
}

// readPlain is the bound: what one would write by hand for this one table, with
// typed values and the code page, but no other kinds of tables, no tolerance and
// no errors that say where.
func readPlain(src io.Reader, use func([]value)) error {
	br := bufio.NewReaderSize(src, 1<<16)
	head := make([]byte, 33+32*len(benchColumns))
	if _, err := io.ReadFull(br, head); err != nil {
		return err
	}
	rec := make([]byte, 1017)
	values := make([]value, len(benchColumns))
	spans := make([][2]int, len(benchColumns))
	table := plainTable()
	text := make([]byte, 0, 3*len(rec))
	for {
		if _, err := io.ReadFull(br, rec[:1]); err != nil || rec[0] == 0x1A {
			return err
		}
		if _, err := io.ReadFull(br, rec[1:]); err != nil {
			return err
		}
		text = text[:0]
		pos := 1
		for i, c := range benchColumns {
			b := rec[pos : pos+c.Width]
			pos += c.Width
			v := &values[i]
			if c.Type != Numeric {
				for len(b) > 0 && b[len(b)-1] == ' ' {
					b = b[:len(b)-1]
				}
			} else {
				for len(b) > 0 && b[0] == ' ' {
					b = b[1:]
				}
			}
			v.state = Value
			if len(b) == 0 {
				v.state = Blank
			}
			switch c.Type {
			case Character:
				spans[i][0] = len(text)
				for _, x := range b {
					if x < 0x80 {
						text = append(text, x)
					} else {
						text = utf8.AppendRune(text, table[x-0x80])
					}
				}
				spans[i][1] = len(text)
			case Numeric:
				var n int64
				for _, x := range b {
					if x < '0' || x > '9' {
						return errors.New("not a number")
					}
					n = n*10 + int64(x-'0')
				}
				v.n = n
			case Logical:
				v.flag = len(b) == 1 && b[0] == 'T'
			case Date:
				if len(b) == 8 {
					n := 0
					for _, x := range b {
						n = n*10 + int(x-'0')
					}
					v.day = time.Date(n/10000, time.Month(n/100%100), n%100, 0, 0, 0, 0, time.UTC)
				}
			}
		}
		all := string(text)
		for i := range benchColumns {
			if benchColumns[i].Type == Character {
				values[i].text = all[spans[i][0]:spans[i][1]]
			}
		}
		use(values)
	}
}

func plainTable() [128]rune { return [128]rune([]rune(upper866)) }

// writePlain is the bound of writing, in the same sense.
func writePlain(dst io.Writer, n int, u *user) error {
	bw := bufio.NewWriterSize(dst, 1<<16)
	bw.Write(make([]byte, 33+32*len(benchColumns)))
	back := map[rune]byte{}
	for i, r := range plainTable() {
		back[r] = byte(0x80 + i)
	}
	var cyrillic [256]byte
	for r, b := range back {
		if r >= 0x400 && r < 0x500 {
			cyrillic[r-0x400] = b
		}
	}
	rec := make([]byte, 0, 1017)
	var fault error
	text := func(s string, width int) {
		end := len(rec) + width
		for _, r := range s {
			switch {
			case r < 0x80:
				rec = append(rec, byte(r))
			case r >= 0x400 && r < 0x500 && cyrillic[r-0x400] != 0:
				rec = append(rec, cyrillic[r-0x400])
			default:
				b, ok := back[r]
				if !ok {
					fault = errors.New("not in the page")
				}
				rec = append(rec, b)
			}
		}
		if len(rec) > end {
			fault = errors.New("too long")
			rec = rec[:end]
		}
		for len(rec) < end {
			rec = append(rec, ' ')
		}
	}
	var digits [20]byte
	number := func(v int64, width int) {
		d := strconv.AppendInt(digits[:0], v, 10)
		if len(d) > width {
			fault = errors.New("too long")
			d = d[:width]
		}
		for range width - len(d) {
			rec = append(rec, ' ')
		}
		rec = append(rec, d...)
	}
	flag := func(v bool) {
		if v {
			rec = append(rec, 'T')
		} else {
			rec = append(rec, 'F')
		}
	}
	for range n {
		rec = append(rec[:0], ' ')
		text(u.ID, 40)
		text(u.SyncID, 40)
		text(u.Operation, 1)
		text(u.Depart, 100)
		text(u.DepSyncID, 40)
		flag(u.IsCar)
		text(u.ShortName, 16)
		text(u.FullName, 50)
		text(u.Key, 16)
		number(u.KeyType, 2)
		text(u.RFID, 19)
		number(u.PIN, 9)
		number(u.DayLimit, 5)
		number(u.AllLimit, 7)
		number(u.DopLimit, 7)
		number(u.LimitType, 2)
		text(u.DefGSM, 255)
		rec = u.TimeLimit.AppendFormat(rec, "20060102")
		text(u.SmBegTime, 5)
		text(u.Stations, 255)
		for _, b := range [...]bool{u.CanTide, u.ReqDriver, u.ReqCar, u.ReqOdo, u.TechTide, u.ProtectKey} {
			flag(b)
		}
		number(u.DefCarID, 10)
		text(u.CardNum, 20)
		flag(u.NumLogin)
		text(u.Remark, 101)
		if fault != nil {
			return fault
		}
		if _, err := bw.Write(rec); err != nil {
			return err
		}
	}
	bw.WriteByte(0x1A)
	return bw.Flush()
}

func writeCells(dst io.Writer, n int, u *user) error {
	w, err := NewStreamWriter(dst, uint32(n), benchColumns, &WriteOptions{CodePage: CP866})
	if err != nil {
		return err
	}
	for range n {
		if err := u.setCells(w); err != nil {
			return err
		}
	}
	return w.Close()
}

func readStructs(src io.Reader, use func(user)) error {
	r, err := NewReader(src, nil)
	if err != nil {
		return err
	}
	for u, err := range Structs[user](r) {
		if err != nil {
			return err
		}
		use(u)
	}
	return nil
}

// optionalUser has the same columns as fields that keep three states.
type optionalUser struct {
	ID        Optional[string]    `dbf:"ID,C,40"`
	IsCar     Optional[bool]      `dbf:"ISCAR,L"`
	PIN       Optional[int64]     `dbf:"PIN,N,9"`
	DayLimit  Optional[int]       `dbf:"DAYLIMIT,N,5"`
	AllLimit  Optional[int32]     `dbf:"ALLLIMIT,N,7"`
	TimeLimit Optional[time.Time] `dbf:"TIMELIMIT,D"`
}

func readOptionals(src io.Reader, use func(optionalUser)) error {
	r, err := NewReader(src, nil)
	if err != nil {
		return err
	}
	for u, err := range Structs[optionalUser](r) {
		if err != nil {
			return err
		}
		use(u)
	}
	return nil
}

func writeOptionals(dst io.Writer, n int) error {
	cols, err := ColumnsOf[optionalUser]()
	if err != nil {
		return err
	}
	w, err := NewStreamWriter(dst, uint32(n), cols, nil)
	if err != nil {
		return err
	}
	e, err := NewEncoder[optionalUser](w)
	if err != nil {
		return err
	}
	u := optionalUser{Some("1"), Some(true), Some[int64](1), Some(2), Some[int32](3), Some(day)}
	for range n {
		if err := e.Encode(&u); err != nil {
			return err
		}
	}
	return w.Close()
}

func writeStructs(dst io.Writer, n int, u *user) error {
	w, err := NewStreamWriter(dst, uint32(n), benchColumns, &WriteOptions{CodePage: CP866})
	if err != nil {
		return err
	}
	e, err := NewEncoder[user](w)
	if err != nil {
		return err
	}
	for range n {
		if err := e.Encode(u); err != nil {
			return err
		}
	}
	return w.Close()
}

const benchRows = 2000

// speeds are the ways that are compared; each handles benchRows rows.
func speeds(tb testing.TB) map[string]func() error {
	table := benchTable(tb, benchRows)
	u := benchRecord()
	var sum int64
	cells := func(v []value) { sum += v[11].n + int64(len(v[29].text)) }
	return map[string]func() error{
		"read plain":   func() error { return readPlain(bytes.NewReader(table), cells) },
		"read cells":   func() error { return readCells(bytes.NewReader(table), cells) },
		"read structs": func() error { return readStructs(bytes.NewReader(table), func(u user) { sum += u.PIN }) },
		"read optionals": func() error {
			return readOptionals(bytes.NewReader(table), func(u optionalUser) { sum += int64(u.PIN.State()) })
		},
		"write optionals": func() error { return writeOptionals(io.Discard, benchRows) },
		"write plain":     func() error { return writePlain(io.Discard, benchRows, u) },
		"write cells":     func() error { return writeCells(io.Discard, benchRows, u) },
		"write structs":   func() error { return writeStructs(io.Discard, benchRows, u) },
	}
}

func BenchmarkTable(b *testing.B) {
	ways := speeds(b)
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		b.Run(strings.ReplaceAll(name, " ", "/"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := ways[name](); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// fastest interleaves the two ways and returns how many times as long as the
// first the second takes, by the fastest run of each: other work on the machine
// only ever adds time.
func fastest(t *testing.T, runs int, first, second func() error) float64 {
	t.Helper()
	best := [2]time.Duration{time.Hour, time.Hour}
	for range runs {
		for i, way := range []func() error{first, second} {
			begin := time.Now()
			if err := way(); err != nil {
				t.Fatal(err)
			}
			best[i] = min(best[i], time.Since(begin))
		}
	}
	return float64(best[1]) / float64(best[0])
}

func TestSpeed(t *testing.T) {
	ways := speeds(t)
	t.Run("D13 both ways do the same work", func(t *testing.T) {
		table := benchTable(t, 3)
		var a, b []string
		show := func(dst *[]string) func([]value) {
			return func(v []value) { *dst = append(*dst, fmt.Sprint(v)) }
		}
		if err := errors.Join(readPlain(bytes.NewReader(table), show(&a)), readCells(bytes.NewReader(table), show(&b))); err != nil {
			t.Fatal(err)
		}
		same(t, b, a...)
		var x, y bytes.Buffer
		u := benchRecord()
		if err := errors.Join(writePlain(&x, 3, u), writeCells(&y, 3, u)); err != nil {
			t.Fatal(err)
		}
		head := 33 + 32*len(benchColumns)
		if !bytes.Equal(x.Bytes()[head:], y.Bytes()[head:]) || len(y.Bytes()) != head+3*1017+1 {
			t.Error("the records differ")
		}
		for got, err := range Structs[user](must(NewReader(bytes.NewReader(table), nil))) {
			if err != nil || got != *u {
				t.Errorf("%+v %v", got, err)
			}
		}
	})
	t.Run("D13 at most 2 allocations a row, reading and writing", func(t *testing.T) {
		for name, limit := range map[string]float64{"read cells": 1, "read structs": 1, "write cells": 0, "write structs": 0,
			"read optionals": 1, "write optionals": 0} {
			per := testing.AllocsPerRun(3, func() { ways[name]() }) / benchRows
			if per > limit+0.2 { // what a table costs once is shared by its rows
				t.Errorf("%s: %.2f allocations a row", name, per)
			}
		}
	})
	for _, c := range []struct {
		name, first, second string
		limit               float64
	}{
		{"D13 reading at 0.8 of a plain loop", "read plain", "read cells", 1 / 0.8},
		{"D13 writing at 0.8 of a plain loop", "write plain", "write cells", 1 / 0.8},
		{"D12 reading structs costs at most twice the cells", "read cells", "read structs", 2},
		{"D12 writing structs costs at most twice the cells", "write cells", "write structs", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			runs, limit := 10, 2*c.limit
			if os.Getenv("OBMEN_LONG") == "1" {
				runs, limit = 100, c.limit
			}
			ratio := fastest(t, runs, ways[c.first], ways[c.second])
			t.Logf("%s takes %.2f times %s", c.second, ratio, c.first)
			if ratio > limit {
				t.Errorf("more than %.2f", limit)
			}
		})
	}
}

func must(r *Reader, err error) *Reader {
	if err != nil {
		panic(err)
	}
	return r
}
