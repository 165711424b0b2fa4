package dbfio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestReadFormats(t *testing.T) {
	t.Run("D1 the kinds of tables that are read", func(t *testing.T) {
		for _, version := range []byte{0x03, 0x83, 0xF5, 0x04, 0x43, 0x8B, 0x30, 0x31, 0x32} {
			tab := plain("A,C,3;N,N,4,0", " abc  12")
			tab.version = version
			same(t, texts(tab.reader(t, nil)), "abc|12")
		}
		for _, version := range []byte{0, 0x02, 0x7F, 'P', 0xFF} {
			tab := plain("A,C,3", " abc")
			tab.version = version
			_, err := NewReader(bytes.NewReader(tab.bytes()), nil)
			wantCode(t, err, CodeVersion)
		}
	})
	t.Run("D1 FoxPro's header with its link behind the columns", func(t *testing.T) {
		tab := plain("A,C,3", " abc")
		tab.version = 0x30
		b := tab.bytes()
		head := append(b[:65:65], make([]byte, 263)...)
		binary.LittleEndian.PutUint16(head[8:], uint16(65+263))
		r, err := NewReader(bytes.NewReader(append(head, b[65:]...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, texts(r), "abc")
	})
	t.Run("D1 the types F I B Y T", func(t *testing.T) {
		bin := func(v uint64, n int) string { return string(binary.LittleEndian.AppendUint64(nil, v)[:n]) }
		tab := rawTable{version: 0x30, mark: 0xC9, count: -1, end: "\x1a", cols: []Column{
			{"F", Float, 14, 3}, {"I", Integer, 4, 0}, {"B", Double, 8, 2}, {"Y", Currency, 8, 4}, {"T", DateTime, 8, 0}},
			records: []string{
				" " + "    1.5e+002  " + bin(uint64(0xFFFFFFFE), 4) + bin(math.Float64bits(0.1), 8) +
					bin(uint64(1234567), 8) + bin(2461101, 4) + bin(37_800_500, 4),
				" " + strings.Repeat(" ", 14) + bin(0, 4) + bin(math.Float64bits(math.NaN()), 8) +
					bin(math.MaxUint64, 8) + bin(0, 8),
			}}
		same(t, texts(tab.reader(t, nil)),
			"150|-2|0.1|123.4567|2026-03-01T10:30:00.5",
			"-|0|DBF-NUMBER|-0.0001|-")
	})
	t.Run("D1 FoxPro's null bits are blank cells", func(t *testing.T) {
		tab := rawTable{version: 0x30, mark: 0xC9, count: -1, end: "\x1a",
			cols:    []Column{{"A", Integer, 4, 0}, {"B", Integer, 4, 0}, {"S", Character, 2, 0}, {"_NullFlags", '0', 1, 0}},
			flags:   []byte{0x02, 0, 0x02, 0x05},
			records: []string{" \x01\x00\x00\x00\x02\x00\x00\x00ab\x03", " \x01\x00\x00\x00\x02\x00\x00\x00ab\x00"}}
		r := tab.reader(t, nil)
		if len(r.Columns()) != 3 {
			t.Error("the hidden column is shown")
		}
		same(t, texts(r), "-|2|-", "1|2|ab")
	})
	t.Run("D1 memo columns are reported and skipped", func(t *testing.T) {
		tab := rawTable{version: 0x83, mark: 0xC9, count: -1, end: "\x1a",
			cols:    []Column{{"A", Character, 2, 0}, {"NOTE", 'M', 10, 0}, {"B", 'B', 10, 0}, {"Z", Character, 1, 0}},
			records: []string{" ab0000000001bbbbbbbbbbz"}}
		r := tab.reader(t, nil)
		same(t, texts(r), "ab|z")
		if s := r.Skipped(); len(s) != 2 || s[0].Name != "NOTE" || warned(r) != CodeWarnSkipped+" "+CodeWarnSkipped {
			t.Errorf("skipped %v, warnings %v", s, r.Warnings())
		}
		if s := r.Warnings()[0].String(); s != "dbfio: column NOTE: type M of width 10 is not supported, the column is skipped" {
			t.Error(s)
		}
	})
	t.Run("D1 the header's own words", func(t *testing.T) {
		h := plain("A,C,3", " abc", " def").reader(t, nil).Header()
		want := Header{0x03, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 2, 65, 4, 0xC9, CP1251}
		if h != want {
			t.Errorf("%+v", h)
		}
	})
	t.Run("D3 texts of 255 characters and wider ones are read", func(t *testing.T) {
		long := strings.Repeat("x", 255)
		same(t, texts(plain("A,C,255", " "+long).reader(t, nil)), long)
		wide := plain("A,C,44;B,C,1", " "+strings.Repeat("y", 300)+"z")
		wide.cols[0] = Column{"A", Character, 300, 1} // 300 = 44 + 1<<8
		same(t, texts(wide.reader(t, nil)), strings.Repeat("y", 300)+"|z")
	})
	t.Run("D4 columns in any order, one record", func(t *testing.T) {
		r := plain("LIMIT,N,3,0;ID,C,2", "  42ab").reader(t, nil)
		row, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		n, ok, err := row.Named("limit").Int()
		if n != 42 || !ok || err != nil || row.Cell(r.Column("NONE")).State() != Absent {
			t.Error(n, ok, err)
		}
		if _, err := r.Read(); err != io.EOF {
			t.Error(err)
		}
	})
}

func TestDecidePage(t *testing.T) {
	// 0xE0 0xA0 is "аа" no page agrees on.
	tab := plain("A,C,2", " \xe0\xa0")
	for _, c := range []struct {
		name    string
		mark    byte
		cpg     string
		opts    ReadOptions
		page    CodePage
		text    string
		warning string
	}{
		{"D2 forced before all", 0xC9, "1251", ReadOptions{CodePage: CP866}, CP866, "ра", ""},
		{"D2 the .cpg file before the mark", 0xC9, "866", ReadOptions{DefaultCodePage: CP1251}, CP866, "ра", ""},
		{"D2 a known mark before the default", 0x65, "", ReadOptions{DefaultCodePage: CP1251}, CP866, "ра", ""},
		{"D2 mark 0x26 is CP866 too", 0x26, "", ReadOptions{}, CP866, "ра", ""},
		{"D2 mark 0xC9", 0xC9, "", ReadOptions{}, CP1251, "а\u00a0", ""},
		{"D2 the default without a mark", 0, "", ReadOptions{DefaultCodePage: CP866}, CP866, "ра", ""},
		{"D2 CP1251 with a warning at last", 0, "", ReadOptions{}, CP1251, "а\u00a0", CodeWarnPage},
		{"D2 mark 0x57 names no page", 0x57, "", ReadOptions{}, CP1251, "а\u00a0", CodeWarnPage},
		{"D2 an unknown .cpg file is reported and passed by", 0x65, "klingon", ReadOptions{}, CP866, "ра", CodeWarnCpg},
		{"D2 a .cpg file with blanks and line end", 0, " OEM 866\r\n", ReadOptions{}, CP866, "ра", ""},
		{"D2 other pages go through x/text", 0, "KOI8-R", ReadOptions{}, 20866, "Ю═", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab.mark = c.mark
			path := put(t, "users.dbf", tab.bytes())
			if c.cpg != "" {
				cpg := strings.TrimSuffix(path, "dbf") + "cpg"
				if err := os.WriteFile(cpg, []byte(c.cpg), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Open(path, &c.opts)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.Header().CodePage != c.page || warned(r) != c.warning {
				t.Errorf("page %v, warnings %v", r.Header().CodePage, r.Warnings())
			}
			same(t, texts(r), c.text)
		})
	}
	t.Run("D2 UTF-8 by a .cpg file", func(t *testing.T) {
		tab := plain("A,C,6", " ёж  \xd1 ", " ёжи")
		tab.records[0] = " ёж\xd1 "
		r := tab.reader(t, &ReadOptions{CodePage: UTF8})
		same(t, texts(r), CodeCharacter, "ёжи")
	})
	t.Run("D2 an unknown forced page is an error", func(t *testing.T) {
		_, err := NewReader(bytes.NewReader(tab.bytes()), &ReadOptions{CodePage: 1})
		wantCode(t, err, CodeCodePage)
	})
}

func TestStates(t *testing.T) {
	cell := func(t *testing.T, col, raw string) Cell {
		t.Helper()
		r := plain(col, " "+raw).reader(t, nil)
		row, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		return row.Cell(0)
	}
	for _, c := range []struct {
		col   string
		cells string // separated by /
		state State
		text  string
	}{
		{"L,L", " /?/\x00", Blank, ""},
		{"L,L", "T/t/Y/y", Value, "true"},
		{"L,L", "F/f/N/n", Value, "false"},
		{"L,L", "x/1/0/-/*/\xff", Invalid, ""},
		{"N,N,4,0", "    /\x00\x00\x00\x00/  \x00\x00", Blank, ""},
		{"N,N,4,0", "   0/0000/  -0/0   /0\x00\x00\x00/  +0/  0./  .0", Value, ""},
		{"N,N,4,0", "****/ abc/1 2 /  - /  . / 1,5/0x10/ 1e /--1 /NaN ", Invalid, ""},
		{"D,D", "        /\x00\x00\x00\x00\x00\x00\x00\x00/00000000", Blank, ""},
		{"D,D", "20240229", Value, "2024-02-29"},
		{"D,D", "20230229/20231301/20230100/2023022 /abcdefgh/00000101/********/2023-1-1", Invalid, ""},
		{"C,C,4", "    /\x00\x00\x00\x00/ \x00  ", Blank, ""},
		{"C,C,4", "ab  /ab\x00\x00/ab\x00 ", Value, "ab"},
		{"C,C,4", "  ab", Value, "  ab"},
		{"C,C,4", "a\x98  ", Invalid, ""},
	} {
		for raw := range strings.SplitSeq(c.cells, "/") {
			t.Run("D6 "+c.col+" "+c.state.String(), func(t *testing.T) {
				cell := cell(t, c.col, raw)
				s, ok, err := cell.Text()
				if cell.State() != c.state || ok != (c.state == Value) || (err != nil) != (c.state == Invalid) || c.text != "" && s != c.text {
					t.Errorf("%q: state %v, text %q %v %v", raw, cell.State(), s, ok, err)
				}
				if err != nil && (!strings.Contains(err.Error(), "row 1, column "+c.col[:1]) || cell.Err() == nil) {
					t.Errorf("the error does not say where: %v", err)
				}
			})
		}
	}
	t.Run("D6 an invalid cell leaves the row's others readable", func(t *testing.T) {
		tab := plain("A,C,2;N,N,4,0;L,L;D,D", " ab****x20260301", " cd   1T        ")
		r := tab.reader(t, nil)
		same(t, texts(r), "ab|DBF-NUMBER|DBF-LOGICAL|2026-03-01", "cd|1|true|-")
	})
	t.Run("D6 the error names row, column and value", func(t *testing.T) {
		r := plain("LIMIT,N,4,0", "    1", " ****").reader(t, nil)
		r.Read()
		row, _ := r.Read()
		_, _, err := row.Cell(0).Int()
		if err == nil || err.Error() != `dbfio: row 2, column LIMIT: "****" is not a number` {
			t.Error(err)
		}
		e, _ := errors.AsType[*Error](err)
		if e.Path() != "row 2, column LIMIT" || e.Row() != 2 || e.Column() != "LIMIT" {
			t.Error(e.Path())
		}
		if m := e.Message("ru"); m != `Строка 2, столбец LIMIT. Значение "****" не является числом · исправьте его.` {
			t.Error(m)
		}
	})
	t.Run("D6 a masked value stands in no text", func(t *testing.T) {
		r := plain("PIN,N,4,0", " 12x4").reader(t, &ReadOptions{Mask: []string{"pin"}})
		row, _ := r.Read()
		err := row.Cell(0).Err()
		e, _ := errors.AsType[*Error](err)
		for _, s := range []string{err.Error(), e.Message("ru"), e.Message("en")} {
			if strings.Contains(s, "12x4") || !strings.Contains(s, "***") {
				t.Error(s)
			}
		}
	})
	t.Run("D6 absent is the fourth", func(t *testing.T) {
		r := plain("A,C,1", " x").reader(t, nil)
		row, _ := r.Read()
		for _, c := range []Cell{row.Cell(-1), row.Cell(7), row.Named("B")} {
			_, ok, err := c.Int()
			if c.State() != Absent || ok || err != nil || c.Exists() || c.Raw() != nil || c.Column() != (Column{}) {
				t.Error(c.State(), ok, err)
			}
		}
		if row.Cell(0).State() != Value || State(9).String() != "State(9)" {
			t.Error("states")
		}
	})
}

func TestTolerance(t *testing.T) {
	three := []string{" a", " b", " c"}
	for _, c := range []struct {
		name    string
		change  func(*rawTable)
		want    []string
		warning string
	}{
		{"D8 a missing end mark", func(r *rawTable) { r.end = "" }, []string{"a", "b", "c"}, ""},
		{"D8 too small a count", func(r *rawTable) { r.count = 1 }, []string{"a", "b", "c"}, CodeWarnCount},
		{"D8 too large a count", func(r *rawTable) { r.count = 9 }, []string{"a", "b", "c"}, CodeWarnCount},
		{"D8 count zero", func(r *rawTable) { r.count = 0 }, []string{"a", "b", "c"}, CodeWarnCount},
		{"D8 count 2^32-1", func(r *rawTable) { r.count = math.MaxUint32 & math.MaxInt }, []string{"a", "b", "c"}, CodeWarnCount},
		{"D8 bytes after the end mark", func(r *rawTable) { r.end = "\x1a rest of an older table" }, []string{"a", "b", "c"}, ""},
		{"D8 records of an older, longer table", func(r *rawTable) { r.end = "\x1a x y z\x1a" }, []string{"a", "b", "c"}, ""},
		{"D8 zeros instead of the end mark", func(r *rawTable) { r.end = "\x00\x00\x00\x00" }, []string{"a", "b", "c"}, CodeWarnTrailing},
		{"D8 a line end instead of the end mark", func(r *rawTable) { r.end = "\n" }, []string{"a", "b", "c"}, CodeWarnTrailing},
		{"D8 an end mark before the counted end", func(r *rawTable) { r.records = three[:2]; r.count = 3 }, []string{"a", "b"}, CodeWarnCount},
		{"D8 an end mark with junk before the counted end", func(r *rawTable) { r.records = three[:2]; r.count = 9; r.end = "\x1ajunk" }, []string{"a", "b"}, CodeWarnCount},
		{"D8 a cut last record after all whole ones", func(r *rawTable) {
			*r = plain("A,C,3", " abc", " def")
			r.end, r.count = " g", 3
		}, []string{"abc", "def", CodeTruncated}, ""},
		{"D8 a cut last record that the count does not know", func(r *rawTable) {
			*r = plain("A,C,3", " abc")
			r.end, r.count = " g", 1
		}, []string{"abc", CodeTruncated}, ""},
		{"D8 a cut record that the count knows, though it begins oddly", func(r *rawTable) {
			*r = plain("A,C,3", " abc")
			r.end, r.count = "xg", 2
		}, []string{"abc", CodeTruncated}, ""},
		{"D8 an end mark where counted records follow", func(r *rawTable) { r.records = []string{" a", "\x1ab", " c"} }, []string{"a", CodeEarlyEnd}, ""},
		{"D8 a damaged mark, and the rows after it", func(r *rawTable) { r.records = []string{" a", "xb", " c"} }, []string{"a", CodeRecordMark, "c"}, ""},
		{"D8 deleted rows are skipped", func(r *rawTable) { r.records = []string{" a", "*b", " c"} }, []string{"a", "c"}, ""},
		{"D8 no rows at all", func(r *rawTable) { r.records = nil }, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab := plain("A,C,1", three...)
			c.change(&tab)
			for _, src := range []io.Reader{bytes.NewReader(tab.bytes()),
				iotest.OneByteReader(bytes.NewReader(tab.bytes())), iotest.DataErrReader(bytes.NewReader(tab.bytes()))} {
				r, err := NewReader(src, nil)
				if err != nil {
					t.Fatal(err)
				}
				same(t, texts(r), c.want...)
				if warned(r) != c.warning {
					t.Errorf("warnings %v", r.Warnings())
				}
				if _, err := r.Read(); err != io.EOF {
					t.Errorf("after the end: %v", err)
				}
			}
		})
	}
	t.Run("D8 the cut record is named", func(t *testing.T) {
		tab := plain("A,C,3", " abc")
		tab.end = " g"
		r := tab.reader(t, nil)
		r.Read()
		_, err := r.Read()
		if err == nil || err.Error() != "dbfio: row 2: the last record is cut off: 2 bytes of 4" {
			t.Error(err)
		}
	})
	t.Run("D8 deleted rows on request", func(t *testing.T) {
		r := plain("A,C,1", " a", "*b", " c").reader(t, &ReadOptions{Deleted: true})
		var got []string
		for row, err := range r.Rows() {
			if err != nil {
				t.Fatal(err)
			}
			s, _, _ := row.Cell(0).Text()
			if row.Deleted() {
				s += " deleted"
			}
			got = append(got, s)
		}
		same(t, got, "a", "b deleted", "c")
		if live, dead := r.Counts(); live != 2 || dead != 1 {
			t.Error(live, dead)
		}
	})
	t.Run("D8 rows keep their numbers beside deleted ones", func(t *testing.T) {
		r := plain("A,C,1", "*a", " b").reader(t, nil)
		row, _ := r.Read()
		if row.Number() != 2 {
			t.Error(row.Number())
		}
	})
	t.Run("D8 lower-case names and garbage after NUL", func(t *testing.T) {
		tab := plain("A,C,1;B,C,1", " ab")
		tab.cols[0].Name, tab.cols[1].Name = "id\x00\xfe\xffjunk", "Limit"
		r := tab.reader(t, nil)
		if c := r.Columns(); c[0].Name != "ID" || c[1].Name != "LIMIT" || r.Column("Id") != 0 || r.Column("limit") != 1 {
			t.Error(c)
		}
	})
	t.Run("D8 two columns of one name", func(t *testing.T) {
		tab := plain("A,C,1;B,C,1", " ab")
		tab.cols[1].Name = "a"
		r := tab.reader(t, nil)
		if r.Column("A") != 0 || warned(r) != CodeWarnTwice {
			t.Error(r.Warnings())
		}
		same(t, texts(r), "a|b")
	})
}

func TestDamagedHeader(t *testing.T) {
	good := plain("A,C,3;B,N,4,0", " abc  12").bytes()
	for _, c := range []struct {
		name   string
		change func([]byte) []byte
		want   string
	}{
		{"D8 an empty file", func(b []byte) []byte { return nil }, CodeHeaderShort},
		{"D8 a file within its first bytes", func(b []byte) []byte { return b[:20] }, CodeHeaderShort},
		{"D8 a file within its columns", func(b []byte) []byte { return b[:70] }, CodeHeaderShort},
		{"D8 a header beyond the file", func(b []byte) []byte { b[9] = 0xff; return b }, CodeHeaderShort},
		{"D8 a header length that cannot be", func(b []byte) []byte { b[8], b[9] = 7, 0; return b }, CodeHeaderLength},
		{"D8 no 0x0D", func(b []byte) []byte { b[96] = ' '; return b }, CodeHeaderEnd},
		{"D8 a record length that contradicts the columns", func(b []byte) []byte { b[10]++; return b }, CodeRecordConflict},
		{"D8 record length 0", func(b []byte) []byte { b[10] = 0; return b }, CodeRecordConflict},
		{"D8 a width that contradicts the record length", func(b []byte) []byte { b[32+16] = 200; return b }, CodeRecordConflict},
		{"D8 no columns", func(b []byte) []byte { b[32] = 0x0D; b[10], b[11] = 1, 0; return b }, CodeNoColumns},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := NewReader(bytes.NewReader(c.change(bytes.Clone(good))), nil)
			wantCode(t, err, c.want)
		})
	}
	t.Run("D8 a source that fails", func(t *testing.T) {
		_, err := NewReader(iotest.ErrReader(io.ErrClosedPipe), nil)
		if wantCode(t, err, CodeRead); !errors.Is(err, io.ErrClosedPipe) {
			t.Error("the cause is lost")
		}
		tab := plain("A,C,1", " a", " b").bytes()
		r, err := NewReader(io.MultiReader(bytes.NewReader(tab[:len(tab)-3]), iotest.ErrReader(io.ErrClosedPipe)), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, texts(r), "a", CodeRead)
	})
}

func TestNames(t *testing.T) {
	b := plain("A,C,1", " a").bytes()
	dir := t.TempDir()
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	open := func(name string) (string, error) {
		r, err := Open(filepath.Join(dir, name), nil)
		if err != nil {
			return "", err
		}
		defer r.Close()
		return warned(r), nil
	}
	t.Run("D5 no file", func(t *testing.T) {
		_, err := open("users.dbf")
		wantCode(t, err, CodeNotFound)
		_, err = open("nofolder/users.dbf")
		wantCode(t, err, CodeNotFound)
	})
	write("USERS.DBF")
	if _, err := os.Stat(filepath.Join(dir, "users.dbf")); err == nil {
		t.Skip("this file system does not regard case")
	}
	t.Run("D5 a single match in another case, with a warning", func(t *testing.T) {
		w, err := open("users.dbf")
		if w != CodeWarnCase || err != nil {
			t.Error(w, err)
		}
	})
	write("Users.dbf")
	t.Run("D5 several matches are an error that names them", func(t *testing.T) {
		_, err := open("users.dbf")
		wantCode(t, err, CodeNameAmbiguous)
		if !strings.Contains(err.Error(), "USERS.DBF, Users.dbf") {
			t.Error(err)
		}
	})
	t.Run("D5 the exact name wins", func(t *testing.T) {
		write("users.dbf")
		w, err := open("users.dbf")
		if w != "" || err != nil {
			t.Error(w, err)
		}
	})
	t.Run("D5 a relative path is used as given", func(t *testing.T) {
		t.Chdir(dir)
		for _, name := range []string{"Users.dbf", "./USERS.DBF"} {
			r, err := Open(name, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
		}
		os.Remove("users.dbf")
		os.Remove("Users.dbf")
		r, err := Open("users.dbf", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
	})
	t.Run("D5 names of users tables", func(t *testing.T) {
		for _, name := range []string{"users.dbf", "u1.dbf", "2026.dbf"} {
			if err := CheckUsersName(name); err != nil {
				t.Error(err)
			}
		}
		for _, name := range []string{"", ".dbf", "Users.dbf", "users.DBF", "users", "my users.dbf", "us_ers.dbf",
			"юзеры.dbf", "a/users.dbf", "users.dbf.dbf", "users.dbf "} {
			wantCode(t, CheckUsersName(name), CodeUsersName)
		}
		_, err := Create(filepath.Join(dir, "Users.dbf"), []Column{Char("A", 1)}, &WriteOptions{UsersName: true})
		wantCode(t, err, CodeUsersName)
	})
}
