package office

import (
	"strings"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
)

func TestFields(t *testing.T) {
	one := []string{"1 id=A name=А full=Ф card=К key=A1 pin=5 day=1 all=2 fuels=1=500;2=7 stations=1 until=2027-01-01 shift=8:00"}
	car := []string{"1 vehicle id=A name=А reqdriver=false"}
	runScenes(t, map[string]scene{
		"K12 blank keeps the value where the table says so": {accounts: one,
			records: []string{"SYNCID=A KEY= PIN= DAYLIMIT= ALLLIMIT= LIMITTYPE= DEFGSM= TIMELIMIT= SMBEGTIME= STATIONS= CANTIDE= DEFCARID= NUMLOGIN= DEPART= DEPSYNCID= RFID="},
			want:    []string{"ignore id 1"}},
		"K12 blank FULLNAME and CARDNUM clear, SHORTNAME never": {accounts: one,
			records: []string{"SYNCID=A SHORTNAME= FULLNAME= CARDNUM="},
			want:    []string{"update id 1 FULLNAME=Ф> CARDNUM=К>"}},
		"K12 absent changes nothing, another case is a change": {accounts: one,
			records: []string{"SYNCID=A SHORTNAME=а"},
			want:    []string{"update id 1 SHORTNAME=А>а"}},
		"K11 CANTIDE blank is true for a new user, kept for an old one": {accounts: []string{"1 id=A name=А cantide=false"},
			records: []string{"SYNCID=A CANTIDE=", "SYNCID=B SHORTNAME=Б CANTIDE=", "SYNCID=C SHORTNAME=В CANTIDE=false"},
			want:    []string{"ignore id 1", "add SYNCID=>B SHORTNAME=>Б", "add SYNCID=>C SHORTNAME=>В CANTIDE=true>false"}},
		"K13 a silent REQDRIVER becomes true where ISCAR is true": {accounts: car, settings: cars,
			records: []string{"SYNCID=A ISCAR=true REQDRIVER="}, want: []string{"update id 1 REQDRIVER=false>true"}},
		"K13 absent, too": {accounts: car, settings: cars,
			records: []string{"SYNCID=A ISCAR=true"}, want: []string{"update id 1 REQDRIVER=false>true"}},
		"K13 without ISCAR it stays": {accounts: car, settings: cars,
			records: []string{"SYNCID=A REQDRIVER="}, want: []string{"ignore id 1"}},
		"K13 ignored for drivers": {accounts: []string{"1 id=A name=А reqdriver=false"}, settings: cars,
			records: []string{"SYNCID=A ISCAR=false REQDRIVER=true"}, want: []string{"ignore id 1"}},
		"K4 RFID wins over KEY, KEY_TYPE over RFID": {accounts: one,
			records: []string{"SYNCID=A RFID=0000000000000000255 KEY=nonsense"},
			want:    []string{"update id 1 KEY=00000000000000A1>00000000000000FF"}},
		"K4 a value in KEY_TYPE, even 0": {accounts: one,
			records: []string{"SYNCID=A RFID=nonsense KEY=FF KEY_TYPE=0"},
			want:    []string{"update id 1 KEY=00000000000000A1>00000000000000FF"}},
		"K4 KEY_TYPE without KEY changes nothing": {accounts: one,
			records: []string{"SYNCID=A RFID=255 KEY_TYPE=0 KEY="}, want: []string{"ignore id 1"}},
		"K4 zeros are a value": {accounts: one,
			records: []string{"SYNCID=A KEY=0000000000000000"}, want: []string{"update id 1 KEY=00000000000000A1>"}},
		"K5 ALLLIMIT and DOPLIMIT": {accounts: append(one, "2 id=B name=Б"),
			records: []string{"SYNCID=A ALLLIMIT=3 DOPLIMIT=4", "SYNCID=B DOPLIMIT=0"},
			want:    []string{"refuse id 1 LIMIT-CONFLICT", "update id 2 ALLLIMIT=>0"}},
		"K6 LIMITTYPE": {settings: cars, accounts: []string{"1 id=A name=А", "2 vehicle id=B name=Б", "3 id=C name=В"},
			records: []string{"SYNCID=A LIMITTYPE=7", "SYNCID=B LIMITTYPE=7", "SYNCID=C LIMITTYPE=3"},
			want:    []string{"update id 1 LIMITTYPE=0>7", "ignore id 2", "refuse id 3 LIMIT-TYPE"}},
		"K7 fuels": {accounts: append(one, "2 id=B name=Б", "3 id=C name=В", "4 id=D name=Г"),
			records: []string{"SYNCID=A DEFGSM=empty", "SYNCID=B DEFGSM=_92_;DT=0, LIMITTYPE=0", "SYNCID=C DEFGSM=92,98", "SYNCID=D DEFGSM=92,92"},
			want: []string{"update id 1 DEFGSM=92=500;95=7>empty", "update id 2 DEFGSM=empty>92;DT=0",
				"refuse id 3 UNKNOWN-FUEL", "refuse id 4 FUEL-TWICE"}},
		"K8 limits count with LIMITTYPE": {accounts: one,
			records: []string{"SYNCID=A DEFGSM=92=1;DT=3 LIMITTYPE=1"},
			want:    []string{"update id 1 LIMITTYPE=0>1 DEFGSM=92=500;95=7>92=1;DT=3"}},
		"K8 without it the list is set and limits stay": {accounts: append(one, strings.Replace(one[0], "1 id=A", "2 id=B", 1)),
			settings: Settings{},
			records:  []string{"SYNCID=A DEFGSM=92=1;DT=3", "SYNCID=B DEFGSM=92=1;DT=3 LIMITTYPE=7"},
			want:     []string{"update id 1 DEFGSM=92=500;95=7>92=500;DT", "update id 2 LIMITTYPE=0>7 DEFGSM=92=500;95=7>92=500;DT"}},
		"K9 SMBEGTIME": {accounts: one, settings: Settings{ShiftStart: kmazs.At(6, 0)},
			records: []string{"SYNCID=A SMBEGTIME=8:05", "SYNCID=B SHORTNAME=Б SMBEGTIME=", "SYNCID=C SHORTNAME=В SMBEGTIME=24:00"},
			want:    []string{"update id 1 SMBEGTIME=8:00>8:10", "add SYNCID=>B SHORTNAME=>Б SMBEGTIME=0:00>6:00", "refuse TIME"}},
		"K10 stations": {accounts: append(one, "2 id=B name=Б stations=1,2,10", "3 id=C name=В stations=1", "4 id=D name=Г"),
			records: []string{"SYNCID=A STATIONS=10,_2", "SYNCID=B STATIONS=all", "SYNCID=C STATIONS=empty", "SYNCID=D STATIONS=1,99"},
			want: []string{"update id 1 STATIONS=1>2,10", "ignore id 2", "update id 3 STATIONS=1>empty",
				"refuse id 4 UNKNOWN-STATION"}},
		"K10 ignored, and not validated, if the department has a list": {
			accounts: []string{"1 id=A name=А dept=1 stations=2", "2 id=B name=Б dept=1", "3 id=C name=В"},
			records:  []string{"SYNCID=A STATIONS=99", "SYNCID=B STATIONS=99 DEPART=Офис", "SYNCID=C STATIONS=nonsense DEPSYNCID=D1"},
			want:     []string{"ignore id 1", "refuse id 2 UNKNOWN-STATION", "update id 3 DEPART=>Склад"}},
		"K21 AllowedStations": {accounts: []string{"1 id=A name=А stations=1", "2 id=B name=Б stations=1", "3 id=C name=В dept=1"},
			options: kmazs.Options{AllowedStations: kmazs.Value("2, 10")},
			records: []string{"SYNCID=A", "SYNCID=B STATIONS=1", "SYNCID=C", "SYNCID=D SHORTNAME=Г STATIONS="},
			want:    []string{"update id 1 STATIONS=1>2,10", "ignore id 2", "ignore id 3", "add SYNCID=>D SHORTNAME=>Г STATIONS=empty>2,10"}},
		"K21 all and empty": {accounts: []string{"1 id=A name=А stations=1"}, options: kmazs.Options{AllowedStations: kmazs.Value("empty")},
			records: []string{"SYNCID=A"}, want: []string{"update id 1 STATIONS=1>empty"}},
		"K21 an unknown number in AllowedStations": {options: kmazs.Options{AllowedStations: kmazs.Value("1,99")},
			records: []string{"SYNCID=A SHORTNAME=А"}, err: "ALLOWED-STATIONS"},
		"K16 equal number is the same key": {accounts: one,
			records: []string{"SYNCID=A KEY=161 KEY_TYPE=1"}, want: []string{"ignore id 1"}},
		"K16 type 3 has a name space of its own": {accounts: append(one, "2 id=B name=Б"),
			records: []string{"SYNCID=B KEY=00161 KEY_TYPE=3"}, want: []string{"update id 2 KEY=>3:161"}},
		"K17 minus one removes the PIN": {accounts: one,
			records: []string{"SYNCID=A PIN=-1"}, want: []string{"update id 1 PIN=5>-1"}},
		"K18 DEFCARID": {settings: cars,
			accounts: []string{"1 id=A name=А", "2 id=B name=Б car=5", "3 id=C name=В", "4 id=D name=Г", "5 vehicle id=V name=Ф", "6 vehicle name=Х"},
			records:  []string{"SYNCID=A DEFCARID=6", "SYNCID=B DEFCARID=0", "SYNCID=C DEFCARID=1", "SYNCID=D DEFCARID=5", "SYNCID=V OPERATION=D"},
			want: []string{"update id 1 DEFCARID=0>6", "update id 2 DEFCARID=5>0", "refuse id 3 UNKNOWN-VEHICLE",
				"refuse id 4 VEHICLE-GOES", "delete id 5"}},
		"K18 a default vehicle that goes becomes 0": {settings: cars,
			accounts: []string{"1 id=A name=А car=5", "2 id=B name=Б car=5", "3 operator name=О car=5", "5 vehicle id=V name=Ф"},
			records:  []string{"SYNCID=V OPERATION=D", "SYNCID=B DAYLIMIT=1"},
			want:     []string{"delete id 5", "update id 2 DAYLIMIT=>1 DEFCARID=5>0"},
			after:    []string{"1 id=A name=А", "2 id=B name=Б day=1", "3 operator name=О car=5"}},
		"K18 nor that of an account that goes or is locked itself": {settings: Settings{ProcessIsCar: true, Replace: true, ConfirmLocks: true},
			accounts: []string{"1 id=A name=А car=5", "2 name=Б car=5", "3 name=В car=5 locked=2026-11-01", "4 name=Г car=5 locked=2026-11-20", "5 vehicle id=V name=Ф car=5"},
			records:  []string{"SYNCID=V OPERATION=D", "SYNCID=A OPERATION=D", "SYNCID=N SHORTNAME=Н"},
			want:     []string{"delete id 5", "delete id 1", "add* 3 SYNCID=>N SHORTNAME=В>Н DEFCARID=5>0", "lock 2 TIMELIMIT=>2026-11-22 DEFCARID=5>0"},
			after:    []string{"2 name=Б until=2026-11-22 locked=2026-11-23", "3 id=N name=Н", "4 name=Г locked=2026-11-20"}},
		"K44 attach-only deletes no vehicle that others name": {settings: Settings{AttachOnly: true, ProcessIsCar: true},
			accounts: []string{"1 id=A name=А", "5 vehicle id=V name=Ф"}, records: []string{"SYNCID=V OPERATION=D", "SYNCID=A DEFCARID=5"},
			want: []string{"ignore id 5", "ignore id 1"}},
		"K19 a new account where the record is silent": {settings: cars, records: []string{"SYNCID=A SHORTNAME=А", "SYNCID=B SHORTNAME=Б ISCAR=true"},
			want:  []string{"add SYNCID=>A SHORTNAME=>А", "add SYNCID=>B ISCAR=false>true SHORTNAME=>Б"},
			after: []string{"1 id=A name=А reqdriver=true cantide=true", "2 vehicle id=B name=Б"}},
		"K22 KEY stands for the name of a new user": {settings: Settings{KeyAsUserName: true, AttachByKey: true, AttachByName: true},
			accounts: []string{"1 name=А key=A1", "2 name=00000000000000B2"},
			records:  []string{"KEY=00000000000000c3", "KEY=C4", "KEY=00000000000000A1", "KEY=00000000000000B2", "RFID=5 KEY=00000000000000D1", "KEY=0000000000000000 SYNCID=1"},
			want: []string{"add SHORTNAME=>00000000000000C3 KEY=>00000000000000C3", "refuse NO-NAME", "ignore key 1",
				"add SHORTNAME=>00000000000000B2 KEY=>00000000000000B2", "refuse NO-NAME", "refuse NO-NAME"}},
		"K14 too long is refused, naming the field": {accounts: one,
			records: []string{"SYNCID=A SHORTNAME=ABCDEFGHIJKLMNOPQ"}, want: []string{"refuse id 1 TEXT-LENGTH"}},
		"K40 fuels and stations are replaced in one pass": {accounts: append(one, "2 id=B name=Б", "3 id=C name=В", "4 id=D name=Г", "5 id=E name=Д", "6 id=F name=Е"),
			options: kmazs.Options{FuelReplace: kmazs.Value("92=2, 95=1,A98=3,X=77,Y=5=6"), StationsReplace: kmazs.Value("1=2,2=1,100=10")},
			records: []string{"SYNCID=A DEFGSM=92,DT STATIONS=1", "SYNCID=B DEFGSM=X", "SYNCID=C STATIONS=100,2", "SYNCID=D DEFGSM=A98,DT", "SYNCID=E STATIONS=3", "SYNCID=F DEFGSM=A98"},
			err:     "REPLACEMENT"},
		"K40 replaced": {accounts: append(one, "2 id=B name=Б", "3 id=C name=В", "4 id=D name=Г", "5 id=E name=Д", "6 id=F name=Е"),
			options: kmazs.Options{FuelReplace: kmazs.Value("92=2, 95=1,A98=3,X=77"), StationsReplace: kmazs.Value("1=2,2=1,100=10")},
			records: []string{"SYNCID=A DEFGSM=92,DT STATIONS=1", "SYNCID=B DEFGSM=X", "SYNCID=C STATIONS=100,2", "SYNCID=D DEFGSM=A98,DT", "SYNCID=E STATIONS=3", "SYNCID=F DEFGSM=A98"},
			want: []string{"update id 1 DEFGSM=92=500;95=7>95=7;DT STATIONS=1>2", "refuse id 2 UNKNOWN-FUEL", "update id 3 STATIONS=empty>1,10",
				"refuse id 4 SAME-FUEL", "refuse id 5 UNKNOWN-STATION", "update id 6 DEFGSM=empty>DT"}},
		"K40 a swap leaves a list of both as it is": {accounts: []string{"1 id=A name=А stations=1,2"},
			options: kmazs.Options{StationsReplace: kmazs.Value("1=2,2=1")}, records: []string{"SYNCID=A STATIONS=1,2"}, want: []string{"ignore id 1"}},
		"K40 a repeated left side": {options: kmazs.Options{StationsReplace: kmazs.Value("1=2,01=3")}, records: []string{"SYNCID=A"}, err: "REPLACEMENT-TWICE"},
		"K40 a repeated fuel":      {options: kmazs.Options{FuelReplace: kmazs.Value("92=2,92=3")}, records: []string{"SYNCID=A"}, err: "REPLACEMENT-TWICE"},
		"K42 a required field that no record has": {settings: Settings{RequiredFields: []kmazs.Field{kmazs.FieldKey}},
			records: []string{"SYNCID=A SHORTNAME=А"}, err: "MISSING-FIELD"},
		"K42 one record has it": {settings: Settings{RequiredFields: []kmazs.Field{kmazs.FieldKey}}, accounts: one,
			records: []string{"SYNCID=A", "SYNCID=B KEY= SHORTNAME=Б"}, want: []string{"ignore id 1", "add …"}},
		"K42 no column to match by":                {records: []string{"SHORTNAME=А KEY=1"}, err: "NO-IDENTITY-FIELD"},
		"K42 SHORTNAME serves if it is allowed to": {settings: byName, records: []string{"SHORTNAME=А"}, want: []string{"add …"}},
		"K41 strict: any refused record refuses the request": {settings: Settings{Strict: true}, accounts: one,
			records: []string{"SYNCID=A DAYLIMIT=5", "SYNCID=B DAYLIMIT=x"}, err: "STRICT-REFUSED"},
		"K44 attach-only stores sync ids and nothing else": {settings: Settings{AttachOnly: true, AttachByKey: true, AttachByName: true, Replace: true},
			accounts: []string{"1 name=А key=A1", "2 name=Б key=B2 locked=2026-11-01 until=2026-10-31", "3 id=C name=В", "4 name=Г", "5 name=Д", "6 name=Е"},
			records: []string{"SYNCID=A SHORTNAME=Я KEY=A1 DAYLIMIT=5 DEPART=Новый", "SYNCID=B SHORTNAME=Б TIMELIMIT=01.01.2030", "SYNCID=C DAYLIMIT=5",
				"SYNCID=D SHORTNAME=Нет", "OPERATION=D SHORTNAME=Г", "SYNCID=E SHORTNAME=Д DAYLIMIT=x", "SYNCID=D"},
			want:  []string{"update key 1 SYNCID=>A", "update name 2 SYNCID=>B", "ignore id 3", "ignore", "ignore name 4", "refuse name 5 NUMBER", "refuse SAME-ID"},
			after: []string{"1 id=A name=А key=A1", "2 id=B name=Б key=B2 locked=2026-11-01 until=2026-10-31", "3 id=C name=В", "4 name=Г", "5 name=Д", "6 name=Е"}},
	})
	t.Run("K4 an ignored KEY or RFID of the wrong type is not validated", func(t *testing.T) {
		for text, want := range map[string]string{
			`"KEY":1.5,"RFID":"255"`:              "update id 1 KEY=00000000000000A1>00000000000000FF",
			`"KEY":"FF","KEY_TYPE":0,"RFID":{}`:   "update id 1 KEY=00000000000000A1>00000000000000FF",
			`"KEY":1.5`:                           "refuse id 1 TEXT",
			`"REQCAR":7,"OPERATION":"D"`:          "delete id 1",
			`"KEY":{},"RFID":"1","OPERATION":"D"`: "delete id 1",
		} {
			r, err := kmazs.ReadJSON(strings.NewReader(`{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[{"SYNCID":"A",`+text+`}]}`), nil)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := NewPlan(officeOf(one...), r, nil, today)
			if err != nil {
				t.Fatal(err)
			}
			if got := planText(plan)[0]; got != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
	})
	t.Run("K42 in the words of the source", func(t *testing.T) {
		_, err := NewPlan(officeOf(), request(t, "SYNCID=A"), &Settings{RequiredFields: []kmazs.Field{kmazs.FieldKey}}, today)
		if got, want := err.(*Error).Message("ru"), "В таблице пользователей отсутствует поле KEY"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
	t.Run("K42 no records, no complaint", func(t *testing.T) {
		if _, err := NewPlan(officeOf(), request(t), nil, today); err != nil {
			t.Error(err)
		}
	})
	t.Run("K41 strict lists all findings", func(t *testing.T) {
		_, err := NewPlan(officeOf(), request(t, "SYNCID=A DAYLIMIT=x PIN=y", "SYNCID=B DAYLIMIT=z"), &Settings{Strict: true}, today)
		text := err.(*RefusedRecords).Message("ru")
		for _, part := range []string{"Запись 1, поле PIN", "Запись 1, поле DAYLIMIT", "Запись 2, поле DAYLIMIT"} {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in %q", part, text)
			}
		}
	})
	t.Run("K20 Replace only where the office replaces", func(t *testing.T) {
		scene{options: kmazs.Options{Replace: true}, records: []string{"SYNCID=A SHORTNAME=А"}, err: "REPLACE-IS-OFF"}.run(t)
		scene{settings: Settings{Replace: true}, options: kmazs.Options{Replace: true}, records: []string{"SYNCID=A SHORTNAME=А"}, want: []string{"add …"}}.run(t)
	})
	t.Run("K10 a station added later makes all a change again", func(t *testing.T) {
		s := officeOf("1 id=A name=А stations=1,2,10")
		s.Stations = append(s.Stations, 11)
		plan, err := NewPlan(s, request(t, "SYNCID=A STATIONS=all"), nil, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := planText(plan)[0]; got != "update id 1 STATIONS=1,2,10>1,2,10,11" {
			t.Error(got)
		}
	})
	t.Run("K19 an office template", func(t *testing.T) {
		driver := account("99 operator id=X name=Y key=5 day=50 stations=1 cantide=false locked=2026-01-01")
		plan := scene{settings: Settings{NewDriver: &driver}, records: []string{"SYNCID=A SHORTNAME=А DAYLIMIT=7"},
			want:  []string{"add SYNCID=>A SHORTNAME=>А DAYLIMIT=>7 STATIONS=empty>1 CANTIDE=true>false"},
			after: []string{"1 id=A name=А day=7 stations=1 cantide=false"}}.run(t)
		if len(plan.Warnings()) != 0 {
			t.Error(plan.Warnings())
		}
	})
	t.Run("K19 no stations gives a warning, K17 a PIN of two and K13 a driver asked for", func(t *testing.T) {
		plan := scene{settings: cars, accounts: []string{"1 id=A name=А pin=5", "2 id=B name=Б pin=6", "3 vehicle id=V name=В reqdriver=false"},
			records: []string{"SYNCID=N SHORTNAME=Н", "SYNCID=M SHORTNAME=М STATIONS=empty PIN=6", "SYNCID=K SHORTNAME=К DEPSYNCID=D1 PIN=6",
				"SYNCID=A PIN=5", "SYNCID=V ISCAR=true"},
			want: []string{"add …", "add …", "add …", "ignore id 1", "update id 3 REQDRIVER=false>true"}}.run(t)
		var got []string
		for _, w := range plan.Warnings() {
			got = append(got, w.Path()+" "+w.Code())
		}
		want := "record 1, field STATIONS KMAZS-NO-STATIONS|record 2, field PIN KMAZS-SAME-PIN|record 3, field PIN KMAZS-SAME-PIN-GIVEN|" +
			"record 3, field PIN KMAZS-SAME-PIN|record 5, field REQDRIVER KMAZS-DRIVER-ASKED"
		if strings.Join(got, "|") != want {
			t.Errorf("%q", got)
		}
	})
	t.Run("K17 the PIN of an account that goes is free", func(t *testing.T) {
		plan := scene{settings: Settings{Replace: true, ConfirmLocks: true},
			accounts: []string{"1 id=A name=А pin=5", "2 id=B name=Б pin=6", "3 name=В pin=7 locked=2026-11-01"},
			records:  []string{"SYNCID=A OPERATION=D", "SYNCID=B PIN=5", "SYNCID=N SHORTNAME=Н STATIONS=1 PIN=7"},
			want:     []string{"delete id 1", "update id 2 PIN=6>5", "add* 3 SYNCID=>N SHORTNAME=В>Н STATIONS=empty>1"}}.run(t)
		if list := plan.Warnings(); len(list) != 0 {
			t.Errorf("%v", list)
		}
	})
	t.Run("K16 an office with a converter of cards", func(t *testing.T) {
		s := Settings{Keys: kmazs.KeyRules{PremiumCard: func(digits string) (uint64, error) {
			if digits == "13" {
				return 0, strings.NewReader("").UnreadByte()
			}
			return 0xABC, nil
		}}}
		scene{settings: s, accounts: []string{"1 id=A name=А", "2 id=B name=Б"},
			records: []string{"SYNCID=A KEY=12 KEY_TYPE=3", "SYNCID=B KEY=13 KEY_TYPE=3"},
			want:    []string{"update id 1 KEY=>0000000000000ABC", "refuse id 2 KEY-UNREADABLE"}}.run(t)
	})
}

func TestDepartments(t *testing.T) {
	runScenes(t, map[string]scene{
		"K2 a hit of DEPSYNCID wins, without renaming": {accounts: []string{"1 id=A name=А"},
			records: []string{"SYNCID=A DEPSYNCID=D2 DEPART=Другое"}, want: []string{"update id 1 DEPART=>Офис"},
			after: []string{"1 id=A name=А dept=2"}},
		"K2 DEPART matches one without sync id and stores it": {accounts: []string{"1 id=A name=А", "2 id=B name=Б", "3 id=C name=В dept=3"},
			records: []string{"SYNCID=A DEPSYNCID=D3 DEPART=Гараж", "SYNCID=B DEPSYNCID=D3", "SYNCID=C DEPART=Гараж"},
			want:    []string{"update id 1 DEPART=>Гараж", "update id 2 DEPART=>Гараж", "ignore id 3"}},
		"K2 else one is made, once, by the first applied record": {
			records: []string{"SYNCID=A DEPART=Новый", "SYNCID=B SHORTNAME=Б DEPART=Новый", "SYNCID=C SHORTNAME=В DEPART=Новый"},
			want:    []string{"refuse NO-NAME", "add SYNCID=>B DEPART=>Новый SHORTNAME=>Б +Новый", "add SYNCID=>C DEPART=>Новый SHORTNAME=>В"},
			after:   []string{"1 id=B name=Б dept=4", "2 id=C name=В dept=4"}},
		"K2 unknown DEPSYNCID with blank DEPART": {accounts: []string{"1 id=A name=А"},
			records: []string{"SYNCID=A DEPSYNCID=D9 DEPART="}, want: []string{"refuse id 1 UNKNOWN-DEPARTMENT"}},
		"K2 never one with another sync id": {accounts: []string{"1 id=A name=А dept=2"},
			records: []string{"SYNCID=A DEPSYNCID=D9 DEPART=Офис"}, want: []string{"update id 1 DEPART=Офис>Офис +Офис"},
			after: []string{"1 id=A name=А dept=4"}},
		"K2 without DEPSYNCID, with sync id only if there is no other": {accounts: []string{"1 id=A name=А", "2 id=B name=Б", "3 id=C name=В"},
			records: []string{"SYNCID=A DEPART=Офис", "SYNCID=B DEPART=офис", "SYNCID=C DEPSYNCID=D9 DEPART=офис"},
			want:    []string{"update id 1 DEPART=>Офис", "update id 2 DEPART=>офис +офис", "update id 3 DEPART=>офис"}},
		"K2 storing a department's sync id alone is no change of the account": {accounts: []string{"1 id=A name=А dept=3"},
			records: []string{"SYNCID=A DEPSYNCID=D3 DEPART=Гараж"}, want: []string{"ignore id 1"}},
		"K2 a department made by a record that falls later is made by the next": {
			accounts: []string{"1 id=A name=А key=A1", "2 id=B name=Б", "3 id=C name=В"},
			records:  []string{"SYNCID=B KEY=A1 DEPSYNCID=D9 DEPART=Новый", "SYNCID=C DEPSYNCID=D9 DEPART=Иной"},
			want:     []string{"refuse id 2 KEY-TAKEN", "update id 3 DEPART=>Иной +Иной"}},
		"K2 and who relied on it falls, too, and frees nothing": {
			accounts: []string{"1 id=A name=А key=A1", "2 id=B name=Б", "3 id=C name=В key=C3", "4 id=D name=Г"},
			records:  []string{"SYNCID=B KEY=A1 DEPSYNCID=D9 DEPART=Новый", "SYNCID=C KEY=5 DEPSYNCID=D9", "SYNCID=D KEY=C3"},
			want:     []string{"refuse id 2 KEY-TAKEN", "refuse id 3 UNKNOWN-DEPARTMENT", "refuse id 4 KEY-TAKEN"}},
	})
	t.Run("K2 of two departments of one name that without sync id comes first", func(t *testing.T) {
		s := officeOf("1 id=A name=А")
		s.Departments = append([]Department{{ID: 9, SyncID: "D9", Name: "Гараж"}}, s.Departments...)
		plan, err := NewPlan(s, request(t, "SYNCID=A DEPART=Гараж"), nil, today)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Changes().Updated[0].Department; got != 3 {
			t.Errorf("department %d", got)
		}
	})
	t.Run("K2 the sync id of a department is stored by an ignored record", func(t *testing.T) {
		s := officeOf("1 id=A name=А dept=3")
		plan, err := NewPlan(s, request(t, "SYNCID=A DEPSYNCID=D3 DEPART=Гараж"), nil, today)
		if err != nil {
			t.Fatal(err)
		}
		after := apply(t, s, plan)
		if after.Departments[2].SyncID != "D3" || after.Departments[2].Name != "Гараж" || plan.Result().Ignored != 1 || after.Revision != 8 {
			t.Errorf("%+v, %+v", after.Departments, plan.Result())
		}
		if s.Departments[2].SyncID != "" {
			t.Error("planning changed the snapshot")
		}
	})
}
