package kmazs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadJSON(t *testing.T) {
	t.Run("K23 the document's sample", func(t *testing.T) {
		r, err := ReadJSON(bytes.NewReader(sample(t, "request.json")), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := NewRequest(Options{
			AllowedStations: Value("all"), AttachByKey: Value(false), AttachByName: Value(false), KeyAsUserName: Value(false),
		}, User{
			Key: Value("0000567890123456"), ShortName: Value("ИВАНОВ И.И."), SyncID: Value("1456735"),
			FullName: Value("Иванов Иван Иванович"), CanTide: Value(true), DayLimit: Value(100),
		}, User{
			Key: Value("0000000000123456"), ShortName: Value("СИДОРОВ С.С."), SyncID: Value("8923564"),
			FullName: Value("Сидоров Сидор Сидорович"), CanTide: Value(true), DayLimit: Value(200),
		})
		if fmt.Sprintf("%+v", r) != fmt.Sprintf("%+v", want) {
			t.Errorf("%+v\nwant %+v", r, want)
		}
	})
	t.Run("K20 ImportType and TestCharSet must be right, wherever they stand", func(t *testing.T) {
		good := request(`{"ID":"1"}`)
		for _, c := range []struct{ old, new, code string }{
			{`"Update"`, `"update"`, CodeImportType},
			{`"Update"`, `null`, CodeImportType},
			{`"Update"`, `1`, CodeImportType},
			{`{"ImportType":"Update"}`, `{}`, CodeImportType},
			{`"ImportUsersParams":{"ImportType":"Update"},`, ``, CodeImportType},
			{`Проверка кодировки`, `Проверка кодировки `, CodeCharSet},
			{`Проверка кодировки`, `проверка кодировки`, CodeCharSet},
			{`Проверка кодировки`, `ÐŸÑ€Ð¾Ð²ÐµÑ€ÐºÐ°`, CodeCharSet},
			{`"TestCharSet":"Проверка кодировки",`, ``, CodeCharSet},
			{`"Users":[{"ID":"1"}]`, `"users":[]`, CodeNoUsers},
			{`"Проверка кодировки"`, `["Проверка кодировки"]`, CodeJSONShape},
		} {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal(c.old)
			}
			e := readFails(t, text, c.code)
			if e.Message("ru") == e.Message("en") || e.Message("ru") == "" {
				t.Error(e.Message("ru"))
			}
		}
	})
	t.Run("K20 Replace is passed on for the office to judge", func(t *testing.T) {
		if r := readJSON(t, strings.Replace(request(""), "Update", "Replace", 1)); !r.Options.Replace {
			t.Error("Replace is lost")
		}
		if r := readJSON(t, request("")); r.Options.Replace {
			t.Error("Replace out of nowhere")
		}
	})
	t.Run("K21 AllowedStations as text or array", func(t *testing.T) {
		for text, want := range map[string]Optional[string]{
			`"all"`: Value("all"), `"empty"`: Value("empty"), `" 1, 10 "`: Value("1, 10"), `[1,10]`: Value("1,10"), `["1","10"]`: Value("1,10"),
			`[]`: Value("empty"), `5`: Value("5"), `""`: Empty[string](), `null`: Empty[string](),
		} {
			r := readJSON(t, strings.Replace(request(""), `"ImportType"`, `"AllowedStations":`+text+`,"ImportType"`, 1))
			if r.Options.AllowedStations != want {
				t.Errorf("%s: %v", text, r.Options.AllowedStations)
			}
		}
		for text, code := range map[string]string{`"1,x"`: CodeStation, `[1.5]`: CodeStation, `[[1]]`: CodeJSONShape, `{}`: CodeJSONShape, `true`: CodeStation} {
			readFails(t, strings.Replace(request(""), `"ImportType"`, `"AllowedStations":`+text+`,"ImportType"`, 1), code)
		}
	})
	t.Run("K23 any order of members is read", func(t *testing.T) {
		r := readJSON(t, `{"Users":[{"ID":"1"}],"TestCharSet":"Проверка кодировки","ImportUsersParams":{"ImportType":"Update","AllowAttachByName":true}}`)
		if len(r.Records) != 1 || r.Options.AttachByName != Value(true) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K23 forms of values", func(t *testing.T) {
		for _, c := range []struct{ members, want string }{
			{`"DAYLIMIT":100`, `{"DAYLIMIT": "100"}`},
			{`"DAYLIMIT":"100"`, `{"DAYLIMIT": "100"}`},
			{`"DAYLIMIT":" 100 "`, `{"DAYLIMIT": "100"}`},
			{`"DAYLIMIT":"100.00"`, `{"DAYLIMIT": "100"}`},
			{`"DAYLIMIT":"+100"`, `{"DAYLIMIT": "100"}`},
			{`"DAYLIMIT":-0`, `{"DAYLIMIT": "0"}`},
			{`"DAYLIMIT":65535`, `{"DAYLIMIT": "65535"}`},
			{`"CANTIDE":true`, `{"CANTIDE": true}`},
			{`"CANTIDE":"false"`, `{"CANTIDE": false}`},
			{`"CANTIDE":"True"`, `{"CANTIDE": true}`},
			{`"CANTIDE":null`, `{"CANTIDE": null}`},
			{`"TIMELIMIT":"2026-12-31"`, `{"TIMELIMIT": "31.12.2026"}`},
			{`"TIMELIMIT":20261231`, `{"TIMELIMIT": "31.12.2026"}`},
			{`"OPERATION":"d"`, `{"OPERATION": "D"}`},
			{`"KEY_TYPE":"3"`, `{"KEY_TYPE": "3"}`},
			{`"KEY":123`, `{"KEY": "123"}`},
			{`"STATIONS":[1,2]`, `{"STATIONS": "1,2"}`},
			{`"STATIONS":7`, `{"STATIONS": "7"}`},
			{`"SHORTNAME":"А\u0411\"\\\n"`, `{"SHORTNAME": "АБ\"\\"}`},
			{`"DEFCARID":2147483647`, `{"DEFCARID": "2147483647"}`},
		} {
			r := readUser(t, c.members)
			got, err := r.User.MarshalJSON()
			if err != nil || string(got) != c.want || r.Findings != nil {
				t.Errorf("%s: %s, %v %v", c.members, got, err, r.Findings)
			}
		}
	})
	t.Run("K23 what a field cannot hold is a finding", func(t *testing.T) {
		for _, c := range []struct{ members, want string }{
			{`"DAYLIMIT":"abc"`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":1.5`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":"1."`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":1e2`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":true`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":{"a":[1]}`, "DAYLIMIT " + CodeNumber},
			{`"DAYLIMIT":-1`, "DAYLIMIT " + CodeRange},
			{`"DAYLIMIT":65536`, "DAYLIMIT " + CodeRange},
			{`"DAYLIMIT":"99999999999999999999999999"`, "DAYLIMIT " + CodeRange},
			{`"ALLLIMIT":2000001`, "ALLLIMIT " + CodeRange},
			{`"DOPLIMIT":2000001`, "DOPLIMIT " + CodeRange},
			{`"DEFCARID":-1`, "DEFCARID " + CodeRange},
			{`"DEFCARID":2147483648`, "DEFCARID " + CodeRange},
			{`"TIMELIMIT":"31.02.2026"`, "TIMELIMIT " + CodeDate},
			{`"TIMELIMIT":true`, "TIMELIMIT " + CodeDate},
			{`"SMBEGTIME":800`, "SMBEGTIME " + CodeTime},
			{`"CANTIDE":1`, "CANTIDE " + CodeLogical},
			{`"CANTIDE":"да"`, "CANTIDE " + CodeLogical},
			{`"CANTIDE":[]`, "CANTIDE " + CodeLogical},
			{`"OPERATION":"X"`, "OPERATION " + CodeOperation},
			{`"OPERATION":"UD"`, "OPERATION " + CodeOperation},
			{`"FULLNAME":true`, "FULLNAME " + CodeText},
			{`"FULLNAME":{}`, "FULLNAME " + CodeText},
			{`"STATIONS":[1,{}]`, "STATIONS " + CodeText},
			{`"STATIONS":[1,"x"]`, "STATIONS " + CodeStation},
			{`"DEFGSM":"92,,95"`, "DEFGSM " + CodeFuelEmpty},
		} {
			r := readUser(t, c.members)
			wantFindings(t, r.Findings, c.want)
			if f, _ := ParseField(strings.Fields(c.want)[0]); strings.HasSuffix(c.want, CodeRange) && r.User.State(f) != StateInvalid {
				t.Errorf("%s: %v", c.members, r.User.State(f))
			}
			if len(r.Findings) == 1 && (r.Findings[0].Record() != 1 || strings.Contains(r.Findings.Message("ru"), "{value")) {
				t.Error(r.Findings.Message("ru"))
			}
		}
	})
	t.Run("K15 unknown keys warn, once each", func(t *testing.T) {
		r := readJSON(t, `{"Extra":{"a":[1,{"b":null}]},`+request(`{"FOO":1,"shortname":"x"},{"FOO":[[]]}`)[1:])
		if got := codes(r.Warnings); len(got) != 3 || r.Warnings[1].Record() != 1 || r.Records[0].User.Present() != 0 {
			t.Errorf("%v", r.Warnings)
		}
		var b strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&b, `{"X%d":1},`, i)
		}
		if r = readJSON(t, request(b.String()+"{}")); len(r.Warnings) > maxWarnings {
			t.Errorf("%d warnings", len(r.Warnings))
		}
	})
	t.Run("K24 malformed JSON, invalid UTF-8, duplicate keys", func(t *testing.T) {
		good := request(`{"ID":"1","FULLNAME":"Иван"}`)
		for _, c := range []struct{ text, code string }{
			{"", CodeJSONEnded},
			{"  \n", CodeJSONEnded},
			{good[:len(good)-1], CodeJSONEnded},
			{good[:len(good)/2], CodeJSONEnded},
			{good + "x", CodeJSONSyntax},
			{good + "{}", CodeJSONSyntax},
			{"[" + good + "]", CodeJSONShape},
			{"null", CodeJSONShape},
			{strings.Replace(good, `"ID":"1"`, `"ID":"1",`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `'ID':"1"`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `"ID":01`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `"ID":nul`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `"ID":NaN`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, "\"ID\":\"\n\"", 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `"ID":"\x"`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, `/**/"ID":"1"`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"1"`, "\"\xff\"", 1), CodeJSONUTF8},
			{strings.Replace(good, "Иван", "\xc8\xe2\xe0\xed", 1), CodeJSONUTF8},
			{strings.Replace(good, `"ID"`, "\"ID\xff\"", 1), CodeJSONUTF8},
			{strings.Replace(good, `"1"`, `"\ud800"`, 1), CodeJSONUTF8},
			{strings.Replace(good, `"1"`, `"\ud800\u0041"`, 1), CodeJSONUTF8},
			{strings.Replace(good, `"1"`, `"\udc00"`, 1), CodeJSONUTF8},
			{strings.Replace(good, `"Extra"`, ``, 1) + "\xff", CodeJSONUTF8},
			{"\xff\xfe" + good, CodeJSONUTF8},
			{strings.Replace(good, `"ID":"1"`, `"X":{"a":"\xff"},"ID":"1"`, 1), CodeJSONSyntax},
			{strings.Replace(good, `"ID":"1"`, "\"X\":{\"a\":\"\xff\"},\"ID\":\"1\"", 1), CodeJSONUTF8},
			{strings.Replace(good, `"ID":"1"`, `"ID":"1","ID":"1"`, 1), CodeJSONTwice},
			{strings.Replace(good, `"ID":"1"`, `"ID":"1","\u0049D":"2"`, 1), CodeJSONTwice},
			{strings.Replace(good, `"ID":"1"`, `"X":{"a":1,"b":{"a":1},"a":2},"ID":"1"`, 1), CodeJSONTwice},
			{strings.Replace(good, `"Users"`, `"TestCharSet":"Проверка кодировки","Users"`, 1), CodeJSONTwice},
			{strings.Replace(good, `[`, `[1,`, 1), CodeJSONShape},
			{strings.Replace(good, `"Users":[`, `"Users":{},"x":[`, 1), CodeJSONShape},
			{strings.Replace(good, `"Users":[`, `"Users":null,"x":[`, 1), CodeJSONShape},
			{strings.Repeat("[", 100), CodeJSONDeep},
			{strings.Replace(good, `"ID":"1"`, `"X":`+strings.Repeat("[", 100)+strings.Repeat("]", 100), 1), CodeJSONDeep},
		} {
			readFails(t, c.text, c.code)
		}
		if r := readJSON(t, "\xef\xbb\xbf"+good); len(r.Records) != 1 {
			t.Error("a BOM is not read")
		}
		// Keys are exact: another case is another key, not a duplicate.
		if r := readJSON(t, strings.Replace(good, `"ID":"1"`, `"ID":"1","id":"2"`, 1)); r.Records[0].User.ID != Value("1") || len(r.Warnings) != 1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K24 an error tells line and column", func(t *testing.T) {
		e := readFails(t, "{\n  \"Users\": [\n    {\"ID\": x}]}", CodeJSONSyntax)
		if e.Path() != "line 3, column 12" || !strings.Contains(e.Message("ru"), "Строка 3, позиция 12") {
			t.Error(e.Path(), e.Message("ru"))
		}
	})
	t.Run("every prefix is refused, at any split of reads", func(t *testing.T) {
		text := string(sample(t, "request.json"))
		end := strings.LastIndexByte(text, '}')
		for i := range end {
			if r, err := ReadJSON(strings.NewReader(text[:i]), nil); r != nil || err == nil {
				t.Fatalf("%d bytes of %d give %v, %v", i, len(text), r, err)
			}
		}
		want := fmt.Sprintf("%+v", readJSON(t, text))
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data with EOF": iotest.DataErrReader,
		} {
			r, err := ReadJSON(wrap(strings.NewReader("\xef\xbb\xbf"+text)), nil)
			if err != nil || fmt.Sprintf("%+v", r) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("limits are kept", func(t *testing.T) {
		text := request(`{"ID":"1"},{"ID":"2","PIN":"x"},{"ID":"3","PIN":"x"}`)
		for _, c := range []struct {
			limits Limits
			code   string
		}{
			{Limits{Records: 2}, CodeTooManyRecords},
			{Limits{Findings: 1}, CodeTooManyFindings},
			{Limits{Bytes: int64(len(text)) - 1}, CodeTooLarge},
			{Limits{Records: 3, Findings: 2, Bytes: int64(len(text))}, ""},
		} {
			_, err := ReadJSON(strings.NewReader(text), &c.limits)
			if codeOf(err) != c.code {
				t.Errorf("%+v: %v", c.limits, err)
			}
		}
		readFails(t, request(`{"X":"`+strings.Repeat("a", maxJSONString+1)+`"}`), CodeJSONLong)
		readFails(t, request(`{"X":`+strings.Repeat("1", maxJSONString+1)+`}`), CodeJSONLong)
		var b strings.Builder
		for i := range maxJSONKeys + 1 {
			fmt.Fprintf(&b, `"%d":1,`, i)
		}
		readFails(t, request(`{`+b.String()+`"x":1}`), CodeJSONKeys)
	})
	t.Run("a source that fails", func(t *testing.T) {
		boom := errors.New("boom")
		for _, src := range []io.Reader{
			iotest.ErrReader(boom),
			io.MultiReader(strings.NewReader(request(`{"ID":"1"}`)[:60]), iotest.ErrReader(boom)),
		} {
			_, err := ReadJSON(src, nil)
			mustCode(t, err, CodeRead)
			if !errors.Is(err, boom) {
				t.Error(err)
			}
		}
	})
	t.Run("records come one by one, once", func(t *testing.T) {
		d := NewJSONDecoder(strings.NewReader(request(`{"ID":"1"},{"ID":"2"}`)), nil)
		for r, err := range d.Records() {
			if err != nil || r.N != 1 {
				t.Error(r, err)
			}
			break
		}
		for _, err := range d.Records() {
			mustCode(t, err, CodeUsedTwice)
		}
	})
	t.Run("one record by encoding/json", func(t *testing.T) {
		var list []User
		if err := json.Unmarshal([]byte(`[{"ID":"1","DAYLIMIT":"5"},{"ID":7}]`), &list); err != nil || list[1].ID != Value("7") || list[0].DayLimit != Value(5) {
			t.Error(list, err)
		}
		var u User
		err := json.Unmarshal([]byte(`{"ID":"1","DAYLIMIT":"x"}`), &u)
		mustCode(t, err, CodeNumber)
		if u.ID != Value("1") {
			t.Error(u.ID)
		}
		mustCode(t, u.UnmarshalJSON([]byte(`[]`)), CodeJSONShape)
	})
}

func FuzzReadJSON(f *testing.F) {
	f.Add(sample(f, "request.json"))
	for _, s := range []string{
		request(`{"ID":"1","DAYLIMIT":-1.5e3}`), request(`{"STATIONS":[1,"2",{}]}`), request(`{"X":{"a":[true,null]}}`),
		"\xef\xbb\xbf{}", request(`{"FULLNAME":"\ud83d\ude00\u0000"}`), "{\"\xff\":1}", request(""),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadJSON(bytes.NewReader(data), &Limits{Records: 1000})
		slow, slowErr := ReadJSON(iotest.OneByteReader(bytes.NewReader(data)), &Limits{Records: 1000})
		if codeOf(err) != codeOf(slowErr) || (err == nil) != (slowErr == nil) {
			t.Fatalf("%v, byte by byte %v", err, slowErr)
		}
		if err != nil {
			if codeOf(err) == "" {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		if !json.Valid(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) {
			t.Fatal("encoding/json does not read it")
		}
		if fmt.Sprint(r) != fmt.Sprint(slow) {
			t.Fatal("byte by byte it reads otherwise")
		}
		if r.Findings() != nil {
			return
		}
		var b bytes.Buffer
		if err := WriteJSON(&b, r.Options, r.Users()); err != nil {
			t.Fatal(err)
		}
		again, err := ReadJSON(&b, nil)
		if err != nil || len(again.Records) != len(r.Records) {
			t.Fatalf("what was written is not read: %v", err)
		}
		for i := range r.Records {
			if again.Records[i].User != r.Records[i].User {
				t.Fatalf("%+v comes back as %+v", r.Records[i].User, again.Records[i].User)
			}
		}
		if !slices.Equal(codes(again.Warnings), codes(nil)) && again.Warnings[0].Code() == CodeWarnUnknown {
			t.Fatal("unknown keys were written")
		}
	})
}
