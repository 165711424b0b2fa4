package kmazs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/dbfio"
)

// full is a user with a value in every field.
func full() User {
	day, _ := NewDate(2026, 12, 31)
	return User{
		ID: Value("17"), SyncID: Value("17"), Operation: Value(Update), Depart: Value("Склад № 1"), DepSyncID: Value("D1"),
		IsCar: Value(false), ShortName: Value("ИВАНОВ И.И."), FullName: Value("Иванов Иван Ёжикович"), Key: Value("00ABCDEF"),
		KeyType: Value(KeyRFIDHex), RFID: Value("0000000000000000255"), PIN: Value(-1), DayLimit: Value(0), AllLimit: Value(2000000),
		DopLimit: Value(2000000), LimitType: Value(LimitWeekly), DefGSM: Value("92=500;95"), TimeLimit: Value(day),
		SMBegTime: Value(At(8, 0)), Stations: Value("1,2,10"), CanTide: Value(true), ReqDriver: Value(false), ReqCar: Value(true),
		ReqOdometr: Value(false), TechTide: Value(true), ProtectKey: Value(false), DefCarID: Value(2147483647), CardNum: Value("№ 5"),
		NumLogin: Value(true),
	}
}

// writeCells writes a table of one text row with the columns of that notation.
func writeCells(t testing.TB, columns string, rows ...[]string) string {
	t.Helper()
	cols, err := dbfio.ParseColumns(columns)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "users.dbf")
	f, err := dbfio.Create(path, cols, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, row := range rows {
		for i, cell := range row {
			switch {
			case cell == "":
				f.SetBlank(i)
			case cols[i].Type == dbfio.Numeric:
				f.SetNumber(i, cell)
			case cols[i].Type == dbfio.Logical:
				f.SetBool(i, cell == "T")
			case cols[i].Type == dbfio.Date:
				day, _ := ParseDate(cell)
				f.SetTime(i, day.Time(time.UTC))
			default:
				f.SetText(i, cell)
			}
		}
		if err := f.WriteRow(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

func readTable(t testing.TB, path string) *Request {
	t.Helper()
	r, err := ReadTable(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func columnsOf(t testing.TB, path string) string {
	t.Helper()
	r, err := dbfio.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for _, c := range r.Columns() {
		names = append(names, c.String())
	}
	return strings.Join(names, ";")
}

func TestTable(t *testing.T) {
	t.Run("every field survives both code pages", func(t *testing.T) {
		blank := User{}
		for f := range Fields() {
			blank.slot(f).SetBlank()
		}
		for _, page := range []dbfio.CodePage{dbfio.CP1251, dbfio.CP866} {
			path := filepath.Join(t.TempDir(), "users.dbf")
			n, err := WriteTable(path, Users([]User{full(), blank}), &WriteTableOptions{CodePage: page})
			if err != nil || n != 2 {
				t.Fatal(n, err)
			}
			r := readTable(t, path)
			if r.Records[0].User != full() || r.Records[1].User != blank || r.Findings() != nil || len(r.Warnings) != 0 {
				t.Errorf("%v: %+v %v %v", page, r.Records, r.Findings(), r.Warnings)
			}
			if r.Fields.Len() != FieldCount || r.Records[1].N != 2 {
				t.Error(r.Fields.Len())
			}
		}
	})
	t.Run("D10 a table of the whole schema without a record", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		if n, err := WriteTable(path, Users(nil), nil); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		want := "ID,C,40;SYNCID,C,40;OPERATION,C,1;DEPART,C,100;DEPSYNCID,C,40;ISCAR,L,1,0;SHORTNAME,C,16;FULLNAME,C,50;KEY,C,16;KEY_TYPE,N,2,0;" +
			"RFID,C,19;PIN,N,9,0;DAYLIMIT,N,5,0;ALLLIMIT,N,7,0;DOPLIMIT,N,7,0;LIMITTYPE,N,2,0;DEFGSM,C,255;TIMELIMIT,D,8,0;SMBEGTIME,C,5;" +
			"STATIONS,C,255;CANTIDE,L,1,0;REQDRIVER,L,1,0;REQCAR,L,1,0;REQODOMETR,L,1,0;TECHTIDE,L,1,0;PROTECTKEY,L,1,0;DEFCARID,N,10,0;CARDNUM,C,20;NUMLOGIN,L,1,0"
		got := columnsOf(t, path)
		strip := strings.NewReplacer(",0;", ";", "L,1", "L", "D,8", "D", ",0", "")
		if strip.Replace(got+";") != strip.Replace(want+";") {
			t.Errorf("%s\nwant %s", got, want)
		}
		if r := readTable(t, path); len(r.Records) != 0 || r.Fields.Len() != FieldCount {
			t.Error(r)
		}
	})
	t.Run("D5 the table's name is checked", func(t *testing.T) {
		for _, name := range []string{"Users.dbf", "пользователи.dbf", "my users.dbf"} {
			_, err := WriteTable(filepath.Join(t.TempDir(), name), Users(nil), nil)
			mustCode(t, err, CodeTableWrite)
		}
	})
	t.Run("D4 the columns are the fields that any user has", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		if _, err := WriteTable(path, Users([]User{{SyncID: Value("1")}, {SyncID: Value("2"), DayLimit: Value(5)}}), nil); err != nil {
			t.Fatal(err)
		}
		r := readTable(t, path)
		if r.Fields != SetOf(FieldSyncID, FieldDayLimit) || !r.Records[0].User.DayLimit.IsBlank() {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K12 a blank cell that would clear is refused", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		for _, c := range []struct {
			users []User
			want  []string
		}{
			{[]User{{ID: Value("1"), FullName: Value("x")}, {ID: Value("2")}}, []string{"FULLNAME " + CodeWouldClear}},
			{[]User{{ID: Value("1"), CardNum: Value("x")}, {ID: Value("2")}}, []string{"CARDNUM " + CodeWouldClear}},
			{[]User{{ID: Value("1"), CardNum: Value("x")}, {ID: Value("2"), CardNum: Empty[string]()}}, nil},
			{[]User{{ID: Value("1"), CardNum: Value("x")}, {ID: Value("2"), Operation: Value(Delete)}}, nil},
		} {
			_, err := WriteTable(path, Users(c.users), nil)
			var got Findings
			errors.As(err, &got)
			wantFindings(t, got, c.want...)
			if got != nil && got[0].Record() != 2 {
				t.Error(got)
			}
		}
	})
	t.Run("K14 nothing is cut", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "users.dbf")
		long := strings.TrimSuffix(strings.Repeat("1234567,", 40), ",")
		manyNumbers := func() string {
			var b strings.Builder
			for i := range 100 {
				b.WriteString("," + strings.Repeat("1", 3) + string(rune('0'+i/10)) + string(rune('0'+i%10)))
			}
			return b.String()[1:]
		}()
		for _, c := range []struct {
			u    User
			want string
		}{
			{User{ShortName: Value(strings.Repeat("x", 17))}, "SHORTNAME " + CodeTextLength},
			{User{Stations: Value(manyNumbers)}, "STATIONS " + CodeStationsLong},
			{User{DefGSM: Value(strings.Repeat("a", 256))}, "DEFGSM " + CodeTextLength},
		} {
			_, err := WriteTable(path, Users([]User{c.u}), nil)
			var got Findings
			errors.As(err, &got)
			wantFindings(t, got, c.want)
		}
		_, err := WriteTable(path, Users([]User{{Stations: Value(manyNumbers)}}), nil)
		if e := mustCode(t, err, CodeStationsLong); !strings.Contains(e.Message("ru"), "all") {
			t.Error(e.Message("ru"))
		}
		// Repeats alone do not make a list too long.
		if _, err := WriteTable(path, Users([]User{{Stations: Value(long)}}), nil); err != nil {
			t.Error(err)
		}
		if r := readTable(t, path); r.Records[0].User.Stations != Value("1234567") {
			t.Error(r.Records[0].User.Stations)
		}
		os.Remove(path)
		_, err = WriteTable(path, Users([]User{{FullName: Value("Смирнов 日")}}), nil)
		mustCode(t, err, CodeTableWrite)
		if _, ok := errors.AsType[*dbfio.Error](err); !ok {
			t.Error("the cause is lost")
		}
		if strings.Contains(err.Error(), "Смирнов") {
			t.Errorf("personal data in %v", err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Error(left)
		}
	})
	t.Run("K16 a decimal key of 20 digits widens KEY or goes into RFID", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		users := []User{
			{Key: Value("18446744073709551615"), KeyType: Value(KeyRFIDDecimal)},
			{Key: Value("ABC")},
			{Key: Value("99999999999999999999"), KeyType: Value(KeyPremiumCard)},
		}
		if _, err := WriteTable(path, Users(users), nil); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(columnsOf(t, path), "KEY,C,20") {
			t.Error(columnsOf(t, path))
		}
		for i, r := range readTable(t, path).Records {
			if r.User.Key != users[i].Key || r.Findings != nil {
				t.Errorf("%+v", r)
			}
		}
		short := []User{{Key: Value("255"), KeyType: Value(KeyRFIDDecimal)}, {Key: Value("0"), KeyType: Value(KeyRFIDDecimal)}}
		if _, err := WriteTable(path, Users(short), &WriteTableOptions{KeysAsRFID: true}); err != nil {
			t.Fatal(err)
		}
		r := readTable(t, path)
		if r.Fields != SetOf(FieldRFID) || r.Records[0].User.RFID != Value("0000000000000000255") || r.Records[1].User.RFID != Value("0000000000000000000") {
			t.Errorf("%+v", r.Records)
		}
		for i := range r.Records {
			a, _, _ := KeyRules{}.Of(&r.Records[i].User)
			b, _, _ := KeyRules{}.Of(&short[i])
			if a != b {
				t.Error(a, b)
			}
		}
	})
	t.Run("K16 a reader takes any width of KEY", func(t *testing.T) {
		path := writeCells(t, "KEY,C,40;KEY_TYPE,C,3", []string{"00000000000000000255", "1"}, []string{"A1B2C3D4E5F6A7B8", ""}, []string{strings.Repeat("1", 40), "0"})
		r := readTable(t, path)
		wantFindings(t, r.Findings(), "KEY "+CodeKeyRange)
		if k, _, err := (KeyRules{}).Of(&r.Records[0].User); k != NumberKey(255) {
			t.Error(k, err)
		}
	})
	t.Run("K0 AllowedStations goes into each blank STATIONS", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		users := []User{{ID: Value("1")}, {ID: Value("2"), Stations: Value("5")}, {ID: Value("3"), Operation: Value(Delete)}, {ID: Value("4"), Stations: Empty[string]()}}
		if _, err := WriteTable(path, Users(users), &WriteTableOptions{AllowedStations: "all"}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range readTable(t, path).Records {
			got = append(got, r.User.Stations.Or("-"))
		}
		if !slices.Equal(got, []string{"all", "5", "-", "all"}) {
			t.Error(got)
		}
		_, err := WriteTable(path, Users(users), &WriteTableOptions{AllowedStations: "x"})
		mustCode(t, err, CodeStation)
	})
	t.Run("K15 unknown columns warn", func(t *testing.T) {
		r := readTable(t, writeCells(t, "ID,C,5;FOO,N,3;BAR,L", []string{"1", "2", "T"}))
		if got := codes(r.Warnings); !slices.Equal(got, []string{CodeWarnUnknown, CodeWarnUnknown}) || r.Fields != SetOf(FieldID) {
			t.Error(r.Warnings)
		}
	})
	t.Run("D12 other types and widths of columns are read", func(t *testing.T) {
		r := readTable(t, writeCells(t, "ID,N,10;DAYLIMIT,C,8;PIN,N,12,2;CANTIDE,C,5;ISCAR,N,1;NUMLOGIN,C,1;TIMELIMIT,C,10;SMBEGTIME,C,9;KEY,N,6",
			[]string{"17", " 100", "-1.00", "true", "1", "F", "31.12.2026", "08:00", "255"},
			[]string{"", "", "", "", "", "", "", "", ""}))
		u := r.Records[0].User
		day, _ := NewDate(2026, 12, 31)
		want := User{ID: Value("17"), DayLimit: Value(100), PIN: Value(-1), CanTide: Value(true), IsCar: Value(true), NumLogin: Value(false),
			TimeLimit: Value(day), SMBegTime: Value(At(8, 0)), Key: Value("255")}
		if u != want || r.Findings() != nil {
			t.Errorf("%+v\n%v", u, r.Findings())
		}
		for f := range r.Fields.All() {
			if r.Records[1].User.State(f) != StateBlank {
				t.Errorf("%v is %v", f, r.Records[1].User.State(f))
			}
		}
	})
	t.Run("D6 an unreadable cell is a finding and the others are read", func(t *testing.T) {
		path := writeCells(t, "ID,C,5;DAYLIMIT,N,5;CANTIDE,L;TIMELIMIT,D;FULLNAME,C,10",
			[]string{"1", "7", "T", "31.12.2026", "я"}, []string{"2", "5", "F", "", "x"})
		data, _ := os.ReadFile(path)
		row := bytes.Index(data, []byte(" 1    "))
		copy(data[row+6:], "*****X20261301")
		data[row+20] = 0x98 // no letter in CP1251
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r := readTable(t, path)
		wantFindings(t, r.Records[0].Findings, "FULLNAME "+CodeCell, "DAYLIMIT "+CodeNumber, "TIMELIMIT "+CodeDate, "CANTIDE "+CodeLogical)
		if r.Records[0].User.ID != Value("1") || r.Records[0].User.State(FieldDayLimit) != StateInvalid || r.Records[1].Findings != nil {
			t.Errorf("%+v", r.Records)
		}
		if text := r.Findings().Message("ru"); !strings.Contains(text, "*****") {
			t.Error(text)
		}
	})
	t.Run("D8 a damaged table is an error, and no request", func(t *testing.T) {
		path := writeCells(t, "ID,C,5", []string{"1"}, []string{"2"})
		data, _ := os.ReadFile(path)
		for _, n := range []int{0, 10, 40, len(data) - 3} {
			if err := os.WriteFile(path, data[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := ReadTable(path, nil)
			e := mustCode(t, err, CodeTable)
			if _, ok := errors.AsType[*dbfio.Error](err); r != nil || !ok || strings.Contains(e.Message("ru"), "{detail}") {
				t.Errorf("%d bytes: %v, %v", n, r, err)
			}
		}
		_, err := ReadTable(filepath.Join(t.TempDir(), "none.dbf"), nil)
		mustCode(t, err, CodeTable)
	})
	t.Run("limits are kept", func(t *testing.T) {
		path := writeCells(t, "ID,C,5;PIN,C,3", []string{"1", "x"}, []string{"2", "x"})
		seen := 0
		if r, err := ReadTable(path, &ReadTableOptions{Progress: func(n int) { seen += n }}); err != nil || seen != len(r.Records) || seen == 0 {
			t.Errorf("progress of %d records: %v", seen, err)
		}
		_, err := ReadTable(path, &ReadTableOptions{Limits: Limits{Records: 1}})
		mustCode(t, err, CodeTooManyRecords)
		_, err = ReadTable(path, &ReadTableOptions{Limits: Limits{Findings: 1}})
		mustCode(t, err, CodeTooManyFindings)
	})
	t.Run("into a file of the caller", func(t *testing.T) {
		f, err := os.Create(filepath.Join(t.TempDir(), "x"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if n, err := WriteTableTo(f, Users([]User{full()}), nil); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if _, err := f.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		r, err := dbfio.NewReader(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		d := NewTableDecoder(r, nil)
		for rec, err := range d.Records() {
			if err != nil || rec.User != full() {
				t.Errorf("%+v %v", rec, err)
			}
		}
		for _, err := range d.Records() {
			mustCode(t, err, CodeUsedTwice)
		}
	})
}

func TestAdvice(t *testing.T) {
	users := []User{
		{ID: Value("1"), IsCar: Value(true), ShortName: Value("А1"), Stations: Value("all")},
		{ID: Value("2"), IsCar: Value(true), ReqDriver: Empty[bool]()},
		{ID: Value("3"), IsCar: Value(true), ReqDriver: Value(false)},
		{ID: Value("4"), ShortName: Value("Б"), KeyType: Value(KeyDefault), RFID: Value("1")},
		{ID: Value("5"), ShortName: Value("В"), IsCar: Value(true), Operation: Value(Delete)},
	}
	got := Advice(Options{}, Users(users))
	find := func(code string) *Warning {
		for i := range got {
			if got[i].Code() == code {
				return &got[i]
			}
		}
		return nil
	}
	t.Run("K13 a vehicle whose REQDRIVER is not given", func(t *testing.T) {
		w := find(CodeWarnReqDriver)
		if w == nil || w.Record() != 1 || w.Field() != FieldReqDriver || !strings.Contains(w.Message("ru"), "записей: 2") {
			t.Error(got)
		}
	})
	t.Run("K19 a new user without stations", func(t *testing.T) {
		w := find(CodeWarnNoStations)
		if w == nil || w.Record() != 4 || !strings.Contains(w.String(), "kind: 1") {
			t.Error(got)
		}
		for _, w := range Advice(Options{AllowedStations: Value("all")}, Users(users)) {
			if w.Code() == CodeWarnNoStations {
				t.Error(w)
			}
		}
	})
	t.Run("K4 an RFID that is ignored", func(t *testing.T) {
		if w := find(CodeWarnRFIDIgnored); w == nil || w.Record() != 4 {
			t.Error(got)
		}
	})
}

func FuzzReadTable(f *testing.F) {
	var seed []byte
	path := filepath.Join(f.TempDir(), "users.dbf")
	if _, err := WriteTable(path, Users([]User{full(), {ID: Value("2"), FullName: Value("x"), CardNum: Value("y")}}), nil); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add(seed[:len(seed)-20])
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := dbfio.NewReader(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		req, err := ReadTableFrom(r, &Limits{Records: 100})
		if err != nil {
			if req != nil {
				t.Fatal("a request in spite of an error")
			}
			return
		}
		for i, rec := range req.Records {
			if rec.N != i+1 || rec.User.Present()&^req.Fields != 0 {
				t.Fatalf("%+v", rec)
			}
			if rec.Findings == nil && rec.User.checkWritable() != nil {
				t.Fatalf("%+v", rec)
			}
		}
	})
}
