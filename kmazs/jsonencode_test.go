package kmazs

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type failingWriter struct{ after int }

var errDisk = errors.New("disk full")

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func TestWriteJSON(t *testing.T) {
	write := func(o Options, users ...User) (string, error) {
		var b bytes.Buffer
		err := WriteJSON(&b, o, Users(users))
		return b.String(), err
	}
	t.Run("K23 what is written equals the document's sample up to white space", func(t *testing.T) {
		want := sample(t, "request.json")
		r := readJSON(t, string(want))
		got, err := write(r.Options, r.Records[0].User, r.Records[1].User)
		if err != nil || squeeze([]byte(got)) != squeeze(want) {
			t.Errorf("%v\n%s", err, got)
		}
	})
	t.Run("K23 the order of keys is the sample's, then the table's", func(t *testing.T) {
		var u User
		for f := range Fields() {
			u.slot(f).SetBlank()
		}
		text, err := u.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		want := `{"KEY":"","SHORTNAME":"","SYNCID":"","FULLNAME":"","CANTIDE":null,"DAYLIMIT":"","ID":"","OPERATION":"","DEPART":"","DEPSYNCID":"","ISCAR":null,` +
			`"KEY_TYPE":"","RFID":"","PIN":"","ALLLIMIT":"","DOPLIMIT":"","LIMITTYPE":"","DEFGSM":"","TIMELIMIT":"","SMBEGTIME":"","STATIONS":"",` +
			`"REQDRIVER":null,"REQCAR":null,"REQODOMETR":null,"TECHTIDE":null,"PROTECTKEY":null,"DEFCARID":"","CARDNUM":"","NUMLOGIN":null}`
		if squeeze(text) != want {
			t.Errorf("%s", text)
		}
	})
	t.Run("K20 the client always writes Update", func(t *testing.T) {
		got, err := write(Options{Replace: true})
		if err != nil || !strings.Contains(got, `"ImportType": "Update"`) || strings.Contains(got, "Replace") {
			t.Errorf("%v %s", err, got)
		}
		if r := readJSON(t, got); len(r.Records) != 0 {
			t.Error(r)
		}
	})
	t.Run("K0 options that only a folder can express are refused", func(t *testing.T) {
		for _, o := range []Options{
			{ProcessIsCar: Value(true)}, {StationsReplace: Value("1=2")}, {FuelReplace: Value("A=1")}, {AutoExchange: Value(true)},
		} {
			got, err := write(o)
			mustCode(t, err, CodeNotInJSON)
			if got != "" {
				t.Error(got)
			}
		}
		if _, err := write(Options{AllowedStations: Value("x")}); codeOf(err) != CodeStation {
			t.Error(err)
		}
	})
	t.Run("K21 AllowedStations is written as a text", func(t *testing.T) {
		got, err := write(Options{AllowedStations: Value("1,10")})
		if err != nil || !strings.Contains(got, `"AllowedStations": "1,10"`) {
			t.Error(got, err)
		}
	})
	t.Run("wrong users are findings and nothing is written", func(t *testing.T) {
		got, err := write(Options{}, User{ID: Value("1")}, User{PIN: Value(-5)})
		if e := mustCode(t, err, CodeRange); got != "" || e.Record() != 2 || e.Field() != FieldPIN {
			t.Error(got, err)
		}
		r := readUser(t, `"PIN":"x"`)
		if _, err := write(Options{}, r.User); codeOf(err) != CodeInvalid {
			t.Error(err)
		}
	})
	t.Run("a target that fails", func(t *testing.T) {
		users := make([]User, 3000)
		for i := range users {
			users[i].FullName = Value("Иванов Иван Иванович")
		}
		for _, after := range []int{0, 70000} {
			err := WriteJSON(&failingWriter{after}, Options{}, Users(users))
			mustCode(t, err, CodeWrite)
			if !errors.Is(err, errDisk) {
				t.Error(err)
			}
		}
	})
}
