package kmazs

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestResponse(t *testing.T) {
	t.Run("K25 a result is the document's line", func(t *testing.T) {
		got := string(ResponseTo(&Result{Ignored: 2}, nil).AppendJSON(nil))
		want := `{"ImportUsersResult":{"LockedCnt":0,"UpdByIdCnt":0,"DelCnt":0,"AddCnt":0,"IgnoredCnt":2,"UpdByNameCnt":0,"UpdByKeyCnt":0},"ErrCode":0}`
		if got != want || squeeze(sample(t, "response.json")) != want {
			t.Error(got)
		}
	})
	t.Run("K25 each count has its place", func(t *testing.T) {
		r := Result{Locked: 1, UpdatedByID: 2, Deleted: 3, Added: 4, Ignored: 5, UpdatedByName: 6, UpdatedByKey: 7}
		got := string(ResponseTo(&r, nil).AppendJSON(nil))
		want := `{"ImportUsersResult":{"LockedCnt":1,"UpdByIdCnt":2,"DelCnt":3,"AddCnt":4,"IgnoredCnt":5,"UpdByNameCnt":6,"UpdByKeyCnt":7},"ErrCode":0}`
		if got != want {
			t.Error(got)
		}
		back, err := ParseResponse([]byte(got))
		if err != nil || !reflect.DeepEqual(*back.Result, r) || r.Records() != 27 || r.Updated() != 15 {
			t.Error(back, err)
		}
	})
	t.Run("K25 an error is the document's line", func(t *testing.T) {
		got := string(ResponseTo(nil, errors.New("В таблице пользователей отсутствует поле KEY")).AppendJSON(nil))
		if got != squeeze(sample(t, "error.json")) {
			t.Error(got)
		}
		back, err := ParseResponse([]byte(got))
		if err != nil || back.ErrCode != 1 || back.Result != nil {
			t.Error(back, err)
		}
		e := mustCode(t, back.Err(), CodeOfficeRefused)
		if !strings.Contains(e.Message("ru"), "отсутствует поле KEY") {
			t.Error(e.Message("ru"))
		}
		if got := ResponseTo(nil, newError(CodeNoUsers)).ErrMsg; !strings.Contains(got, "нет массива Users") {
			t.Error(got)
		}
		if got := string(Response{}.AppendJSON(nil)); got != `{"ErrCode":1,"ErrMsg":""}` {
			t.Error(got)
		}
	})
	t.Run("K25 any other code is an error, unknown codes and members are tolerated", func(t *testing.T) {
		for text, want := range map[string]int{
			`{"ErrCode":77,"ErrMsg":"x","Hint":{"a":1}}`: 0 + 77,
			`{"ErrCode":-1}`: -1,
			"\xef\xbb\xbf" + `{"ErrCode":0,"ImportUsersResult":{"NewCnt":5},"X":[1]}`: 0,
			`{"ErrCode":3,"ImportUsersResult":{"AddCnt":5}}`:                          3,
		} {
			r, err := ParseResponse([]byte(text))
			if err != nil || r.ErrCode != want || (r.Err() == nil) != (want == 0) {
				t.Errorf("%s: %+v, %v", text, r, err)
			}
		}
	})
	t.Run("K25 what is no answer is told apart from a refusal", func(t *testing.T) {
		for _, text := range []string{
			"", "null", "{}", "[]", "<html>", `{"ErrCode":0}`, `{"ImportUsersResult":{}}`, `{"ErrCode":"x"}`,
			`{"ErrCode":0,"ImportUsersResult":{"AddCnt":"many"}}`, `{"ErrCode":0,"ImportUsersResult":{"AddCnt":1.5}}`,
		} {
			_, err := ParseResponse([]byte(text))
			mustCode(t, err, CodeResponse)
		}
	})
	t.Run("K41 refused records follow the counts where the office tells them", func(t *testing.T) {
		r := Result{Ignored: 1, Refused: []Refusal{{2, "DAYLIMIT", CodeNumber, "Значение \"abc\" <не> число"}}}
		got := string(ResponseTo(&r, nil).AppendJSON(nil))
		if !strings.HasSuffix(got, `"ErrCode":0,"Refused":[{"n":2,"field":"DAYLIMIT","code":"KMAZS-NUMBER","text":"Значение \"abc\" <не> число"}]}`) {
			t.Error(got)
		}
		back, err := ParseResponse([]byte(got))
		if err != nil || !reflect.DeepEqual(*back.Result, r) {
			t.Error(back, err)
		}
		if none := string(ResponseTo(&Result{Refused: []Refusal{}}, nil).AppendJSON(nil)); !strings.HasSuffix(none, `"Refused":[]}`) {
			t.Error(none)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	f.Add([]byte(`{"ErrCode":0,"ImportUsersResult":{"AddCnt":1},"Refused":[{"n":1}]}`))
	f.Add([]byte(`{"ErrCode":1,"ErrMsg":"x\u0000\n"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseResponse(data)
		if err != nil {
			return
		}
		line := r.AppendJSON(nil)
		if !json.Valid(line) || strings.ContainsAny(string(line), "\r\n") {
			t.Fatalf("%s", line)
		}
		again, err := ParseResponse(line)
		if err != nil || again.ErrCode != r.ErrCode || again.ErrMsg != r.ErrMsg {
			t.Fatalf("%s: %v", line, err)
		}
	})
}
