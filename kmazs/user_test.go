package kmazs

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

func TestUser(t *testing.T) {
	t.Run("K1 ID and SYNCID are one thing and must not differ", func(t *testing.T) {
		for _, c := range []struct {
			u    User
			want string
			ok   bool
		}{
			{User{}, "", true},
			{User{ID: Value("17")}, "17", true},
			{User{SyncID: Value(" 17 ")}, "17", true},
			{User{ID: Value("17"), SyncID: Value("17 ")}, "17", true},
			{User{ID: Empty[string](), SyncID: Value("17")}, "17", true},
			{User{ID: Value("17"), SyncID: Empty[string]()}, "17", true},
			{User{ID: Value("017"), SyncID: Value("17")}, "017", false},
			{User{ID: Value("a"), SyncID: Value("A")}, "a", false},
		} {
			got, ok := c.u.SyncIdentity()
			if got != c.want || ok != c.ok {
				t.Errorf("%v %v: %q, %v", c.u.ID, c.u.SyncID, got, ok)
			}
			if bad := slices.Contains(findings(c.u.Check()), "SYNCID "+CodeIDConflict); bad == c.ok {
				t.Errorf("%v %v: found a conflict: %v", c.u.ID, c.u.SyncID, bad)
			}
		}
	})
	t.Run("K1 a JSON integer is taken by its literal text", func(t *testing.T) {
		r := readUser(t, `"SYNCID":1456735`)
		if id, _ := r.User.SyncIdentity(); id != "1456735" {
			t.Errorf("%q", id)
		}
		wantFindings(t, readUser(t, `"SYNCID":17.0`).Findings, "SYNCID "+CodeText)
		wantFindings(t, readUser(t, `"ID":1e3`).Findings, "ID "+CodeText)
	})
	t.Run("K5 ALLLIMIT and DOPLIMIT are one thing and must not differ", func(t *testing.T) {
		for _, c := range []struct {
			u    User
			want Optional[int]
			ok   bool
		}{
			{User{}, Optional[int]{}, true},
			{User{AllLimit: Value(0)}, Value(0), true},
			{User{DopLimit: Value(5)}, Value(5), true},
			{User{AllLimit: Empty[int](), DopLimit: Value(5)}, Value(5), true},
			{User{AllLimit: Value(5), DopLimit: Empty[int]()}, Value(5), true},
			{User{DopLimit: Empty[int]()}, Empty[int](), true},
			{User{AllLimit: Empty[int]()}, Empty[int](), true},
			{User{AllLimit: Value(5), DopLimit: Value(5)}, Value(5), true},
			{User{AllLimit: Value(5), DopLimit: Value(0)}, Value(5), false},
		} {
			got, ok := c.u.AdditionalLimit()
			if got != c.want || ok != c.ok {
				t.Errorf("%v %v: %v, %v", c.u.AllLimit, c.u.DopLimit, got, ok)
			}
			if bad := len(c.u.Check()) > 0; bad == c.ok {
				t.Errorf("%v %v: found a conflict: %v", c.u.AllLimit, c.u.DopLimit, bad)
			}
		}
	})
	t.Run("K6 LIMITTYPE is 0, 1, 2, 4 or 7", func(t *testing.T) {
		for n := range 256 {
			want := slices.Contains([]int{0, 1, 2, 4, 7}, n)
			u := User{LimitType: Value(LimitType(n))}
			if got := u.Check() == nil; got != want {
				t.Errorf("%d: %v", n, got)
			}
		}
		for _, text := range []string{"3", `"5"`, "-1", "256", "263", "99999999999999999999"} {
			wantFindings(t, readUser(t, `"LIMITTYPE":`+text).Findings, "LIMITTYPE "+CodeLimitType)
		}
	})
	t.Run("K12 absent, blank and value are three things", func(t *testing.T) {
		absent, blank, null, zero := readUser(t, ``), readUser(t, `"DAYLIMIT":""`), readUser(t, `"DAYLIMIT":null`), readUser(t, `"DAYLIMIT":0`)
		for i, want := range []State{StateAbsent, StateBlank, StateBlank, StateValue} {
			got := []*Record{&absent, &blank, &null, &zero}[i].User.State(FieldDayLimit)
			if got != want {
				t.Errorf("case %d: %v, want %v", i, got, want)
			}
		}
		for f := range Fields() {
			r := readUser(t, `"`+f.String()+`":null`)
			if r.User.Present() != SetOf(f) || r.User.State(f) != StateBlank || r.Findings != nil {
				t.Errorf("%v null: %v %v", f, r.User.State(f), r.Findings)
			}
			if r = readUser(t, `"`+f.String()+`":" "`); r.User.State(f) != StateBlank || r.Findings != nil {
				t.Errorf("%v of blanks: %v %v", f, r.User.State(f), r.Findings)
			}
		}
	})
	t.Run("K12 the table says which blanks keep and which clear", func(t *testing.T) {
		var keeps, clears []string
		for f := range Fields() {
			if f.Info().KeepsOnBlank {
				keeps = append(keeps, f.String())
			}
			if f.Info().ClearsOnBlank {
				clears = append(clears, f.String())
			}
		}
		if got := strings.Join(keeps, " "); got != "DEPART DEPSYNCID KEY RFID PIN DAYLIMIT ALLLIMIT DOPLIMIT LIMITTYPE DEFGSM TIMELIMIT "+
			"SMBEGTIME STATIONS CANTIDE REQCAR REQODOMETR TECHTIDE PROTECTKEY DEFCARID NUMLOGIN" {
			t.Error(got)
		}
		if got := strings.Join(clears, " "); got != "FULLNAME CARDNUM" {
			t.Error(got)
		}
	})
	t.Run("K14 widths count characters and bind", func(t *testing.T) {
		for f := range Fields() {
			info := f.Info()
			if info.Kind != Text || f == FieldOperation || f == FieldKey || f == FieldRFID || info.Unbound {
				continue
			}
			fits := strings.Repeat("Ё", info.Width)
			if r := readUser(t, `"`+info.Name+`":"`+fits+`"`); r.Findings != nil {
				t.Errorf("%v of %d: %v", f, info.Width, r.Findings)
			}
			if r := readUser(t, `"`+info.Name+`":"  `+fits+`  "`); r.Findings != nil {
				t.Errorf("%v: outer blanks count: %v", f, r.Findings)
			}
			r := readUser(t, `"`+info.Name+`":"`+fits+`x"`)
			wantFindings(t, r.Findings, info.Name+" "+CodeTextLength)
			if text, ok := (&r.User).slot(f).(*Optional[string]).Get(); !ok || len([]rune(text)) != info.Width+1 {
				t.Errorf("%v is cut or lost: %q", f, text)
			}
			if e := r.Findings[0]; e.Record() != 1 || !strings.Contains(e.Message("ru"), "Запись 1, поле "+info.Name) {
				t.Error(e.Message("ru"))
			}
		}
		long := strings.Repeat("1,", 200) + "1"
		if r := readUser(t, `"STATIONS":"`+long+`"`); r.Findings != nil {
			t.Errorf("JSON binds STATIONS: %v", r.Findings)
		}
	})
	t.Run("K17 PIN is -1 for none up to 99999999", func(t *testing.T) {
		for text, ok := range map[string]bool{"-1": true, "0": true, "99999999": true, `"-1"`: true, "-2": false, "100000000": false} {
			if r := readUser(t, `"PIN":`+text); (r.Findings == nil) != ok {
				t.Errorf("%s: %v", text, r.Findings)
			}
		}
	})
	t.Run("K22 a KEY that may stand for a name", func(t *testing.T) {
		for _, c := range []struct {
			u    User
			want string
		}{
			{User{Key: Value("000056789012345a")}, "000056789012345A"},
			{User{Key: Value("0000567890123456"), KeyType: Value(KeyRFIDHex)}, "0000567890123456"},
			{User{Key: Value("567890123456")}, ""},
			{User{Key: Value("0000000000000000")}, ""},
			{User{Key: Value("000056789012345G")}, ""},
			{User{Key: Value("0000567890123456"), KeyType: Value(KeyRFIDDecimal)}, ""},
			{User{Key: Value("0000567890123456"), KeyType: Value(KeyPremiumCard)}, ""},
			{User{}, ""},
		} {
			if got, ok := c.u.NameKey(); ok != (c.want != "") || ok && got != c.want {
				t.Errorf("%v: %q, %v", c.u.Key, got, ok)
			}
		}
	})
	t.Run("K0 what a request does not say is not false", func(t *testing.T) {
		r := readJSON(t, request(""))
		if _, given := r.Options.AttachByKey.Get(); given || r.Options != (Options{}) {
			t.Errorf("%+v", r.Options)
		}
		r = readJSON(t, strings.Replace(request(""), `{"ImportType"`, `{"AllowAttachByKey":false,"AllowAttachByName":"true","AllowKeyAsUserName":null,"ImportType"`, 1))
		if r.Options.AttachByKey != Value(false) || r.Options.AttachByName != Value(true) || !r.Options.KeyAsUserName.IsBlank() {
			t.Errorf("%+v", r.Options)
		}
	})
	t.Run("K42 the fields of a request are the keys that any record has", func(t *testing.T) {
		r := readJSON(t, request(`{"SYNCID":"1"},{"KEY":null},{"PIN":"abc"}`))
		if r.Fields != SetOf(FieldSyncID, FieldKey, FieldPIN) {
			t.Errorf("%v", slices.Collect(r.Fields.All()))
		}
		if r = NewRequest(Options{}, User{ID: Value("1")}, User{PIN: Value(1)}); r.Fields != SetOf(FieldID, FieldPIN) {
			t.Errorf("%v", slices.Collect(r.Fields.All()))
		}
	})
}

func TestRecord(t *testing.T) {
	t.Run("all findings come, in the order of the table, and reading goes on", func(t *testing.T) {
		r := readUser(t, `"NUMLOGIN":"x","DAYLIMIT":"abc","FULLNAME":"`+strings.Repeat("x", 51)+`","CANTIDE":true,"OPERATION":"X"`)
		wantFindings(t, r.Findings, "OPERATION "+CodeOperation, "FULLNAME "+CodeTextLength, "DAYLIMIT "+CodeNumber, "NUMLOGIN "+CodeLogical)
		if r.User.State(FieldDayLimit) != StateInvalid || r.User.CanTide != Value(true) {
			t.Errorf("%+v", r.User)
		}
		rest := r.Findings.Without(SetOf(FieldNumLogin, FieldOperation))
		wantFindings(t, rest, "FULLNAME "+CodeTextLength, "DAYLIMIT "+CodeNumber)
		if all := r.Findings.Without(SetOf(FieldKey)); len(all) != 4 {
			t.Error(findings(all))
		}
	})
	t.Run("texts of findings hold no personal data", func(t *testing.T) {
		secret := "ТАЙНА123"
		for f := range Fields() {
			if !f.Info().Personal {
				continue
			}
			r := readUser(t, `"`+f.String()+`":"`+strings.Repeat(secret, 10)+`"`)
			if len(r.Findings) != 1 {
				t.Fatalf("%v: %v", f, r.Findings)
			}
			for _, text := range []string{r.Findings.Error(), r.Findings.Message("ru"), r.Findings[0].Detail("en")} {
				if strings.Contains(text, "ТАЙНА") {
					t.Errorf("%v: %s", f, text)
				}
			}
		}
	})
	t.Run("a record in code is tidied and checked like a decoded one", func(t *testing.T) {
		r := NewRecord(3, User{ShortName: Value(" ИВАНОВ "), CardNum: Value("  "), DayLimit: Value(70000), TimeLimit: Value(Date{})})
		if r.User.ShortName != Value("ИВАНОВ") || !r.User.CardNum.IsBlank() {
			t.Errorf("%+v", r.User)
		}
		wantFindings(t, r.Findings, "DAYLIMIT "+CodeRange, "TIMELIMIT "+CodeDate)
		if r.Findings[0].Path() != "record 3, field DAYLIMIT" {
			t.Error(r.Findings[0].Path())
		}
		wantFindings(t, NewRecord(1, User{FullName: Value("\xc8\xe2\xe0\xed")}).Findings, "FULLNAME "+CodeTextUTF8)
	})
	t.Run("a record takes the memory that the documentation says", func(t *testing.T) {
		if size := unsafe.Sizeof(Record{}); size > 456 {
			t.Errorf("%d bytes", size)
		}
	})
}

func TestOptional(t *testing.T) {
	type holder struct {
		A Optional[int]  `json:"a,omitzero"`
		B Optional[bool] `json:"b,omitzero"`
		C Optional[Date] `json:"c,omitzero"`
	}
	day, _ := NewDate(2026, 12, 31)
	for text, want := range map[string]holder{
		`{}`:                                 {},
		`{"a":null,"b":null}`:                {A: Empty[int](), B: Empty[bool]()},
		`{"a":0,"b":false,"c":"2026-12-31"}`: {A: Value(0), B: Value(false), C: Value(day)},
	} {
		var got holder
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if back, err := json.Marshal(want); err != nil || string(back) != text {
			t.Errorf("%s, %v; want %s", back, err, text)
		}
	}
	var h holder
	if err := json.Unmarshal([]byte(`{"a":"x"}`), &h); err == nil || h.A.State() != StateInvalid {
		t.Errorf("%v %v", err, h.A.State())
	}
	if _, err := json.Marshal(h); err == nil {
		t.Error("an invalid field was written")
	}
	if State(9).String() != "State(9)" || Value(5).Or(1) != 5 || Empty[int]().Or(1) != 1 {
		t.Error("states")
	}
}
