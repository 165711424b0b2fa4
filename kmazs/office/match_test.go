package office

import (
	"testing"

	"github.com/obmen-go/obmen/kmazs"
)

var (
	byKey  = Settings{AttachByKey: true}
	byName = Settings{AttachByName: true}
	byBoth = Settings{AttachByKey: true, AttachByName: true}
	cars   = Settings{ProcessIsCar: true, AttachByKey: true, AttachByName: true}
)

func runScenes(t *testing.T, scenes map[string]scene) {
	t.Helper()
	for name, c := range scenes {
		t.Run(name, func(t *testing.T) { c.run(t) })
	}
}

func TestMatching(t *testing.T) {
	people := []string{"1 id=A name=ИВАНОВ key=A1", "2 name=ПЕТРОВ key=A2", "3 name=СИДОРОВ key=A3"}
	runScenes(t, map[string]scene{
		"K30 by id, then key, then name": {accounts: people, settings: byBoth,
			records: []string{"SYNCID=A KEY=A1 SHORTNAME=ИВАНОВ", "KEY=A2 SHORTNAME=ПЕТРОВ DAYLIMIT=5", "KEY=FF SHORTNAME=СИДОРОВ"},
			want:    []string{"ignore id 1", "update key 2 DAYLIMIT=>5", "update name 3 KEY=00000000000000A3>00000000000000FF"}},
		"K30 the key wins over the name": {accounts: people, settings: byBoth,
			records: []string{"KEY=A2 SHORTNAME=СИДОРОВ"},
			want:    []string{"update key 2 SHORTNAME=ПЕТРОВ>СИДОРОВ"}},
		"K30 an attachment that is not allowed does not count": {accounts: people, settings: byName,
			records: []string{"KEY=A2 SHORTNAME=СИДОРОВ"},
			want:    []string{"refuse name 3 KEY-TAKEN"}},
		"K30 a zero key and a blank name never match": {accounts: []string{"1 name=А", "2 key=1"}, settings: byBoth,
			records: []string{"SYNCID=X KEY=0 SHORTNAME=Новый", "SYNCID=Y SHORTNAME="},
			want:    []string{"add …", "refuse NO-NAME"}},
		"K31 nothing to match by": {accounts: people, settings: byKey,
			records: []string{"SYNCID=A", "SHORTNAME=ПЕТРОВ", "KEY=0000 SHORTNAME=ПЕТРОВ"},
			want:    []string{"ignore id 1", "refuse NO-IDENTITY", "refuse NO-IDENTITY"}},
		"K31 without id any sync id is met, and stays": {accounts: people, settings: byBoth,
			records: []string{"KEY=A1 DAYLIMIT=1"}, want: []string{"update key 1 DAYLIMIT=>1"},
			after: []string{"1 id=A name=ИВАНОВ key=A1 day=1", people[1], people[2]}},
		"K31 an id does not attach to an account that has another": {accounts: people, settings: byBoth,
			records: []string{"SYNCID=B SHORTNAME=ИВАНОВ"}, want: []string{"add …"}},
		"K31 storing the sync id on attachment is a change": {accounts: people, settings: byBoth,
			records: []string{"SYNCID=B KEY=A2", "SYNCID=C SHORTNAME=СИДОРОВ"},
			want:    []string{"update key 2 SYNCID=>B", "update name 3 SYNCID=>C"}},
		"K32 names are compared folded": {accounts: people, settings: byName,
			records: []string{"SHORTNAME=__петров_", "SHORTNAME=CИДOРOВ"},
			want:    []string{"update name 2 SHORTNAME=ПЕТРОВ>петров", "add …"}},
		"K32 ISCAR separates the catalogues for key and name": {settings: cars,
			accounts: []string{"1 name=А key=A1", "2 vehicle name=А key=A2"},
			records:  []string{"ISCAR=true SHORTNAME=А DAYLIMIT=1", "ISCAR=false SHORTNAME=А DAYLIMIT=1", "KEY=A2 ISCAR=false SHORTNAME=Б"},
			want:     []string{"update name 2 DAYLIMIT=>1", "update name 1 DAYLIMIT=>1", "refuse KEY-TAKEN"}},
		"K32 an id of the other catalogue is refused": {settings: cars,
			accounts: []string{"1 id=A name=А", "2 vehicle id=B name=Б"},
			records:  []string{"SYNCID=A ISCAR=true", "SYNCID=B ISCAR=false"},
			want:     []string{"refuse id 1 OTHER-CATALOGUE", "refuse id 2 OTHER-CATALOGUE"}},
		"K32 ISCAR absent or blank: by id in both, else among drivers": {settings: cars,
			accounts: []string{"1 id=A name=А", "2 vehicle id=B name=Б", "3 vehicle name=В key=3"},
			records:  []string{"SYNCID=A DAYLIMIT=1", "SYNCID=B ISCAR= DAYLIMIT=1", "SHORTNAME=В DAYLIMIT=1"},
			want:     []string{"update id 1 DAYLIMIT=>1", "update id 2 DAYLIMIT=>1", "add SHORTNAME=>В DAYLIMIT=>1"}},
		"K3 without the setting all records are drivers": {settings: byBoth,
			accounts: []string{"1 name=А", "2 vehicle id=B name=Б"},
			records:  []string{"ISCAR=true SHORTNAME=А DAYLIMIT=1", "SYNCID=B", "ISCAR=nonsense SHORTNAME=Б"},
			want:     []string{"update name 1 DAYLIMIT=>1", "refuse id 2 OTHER-CATALOGUE", "add SHORTNAME=>Б"}},
		"K3 the resulting catalogue decides what is ignored": {settings: cars,
			accounts: []string{"1 id=A name=А", "2 vehicle id=B name=Б"},
			records: []string{"SYNCID=A REQCAR=true TECHTIDE=true REQODOMETR=nonsense REQDRIVER=nonsense",
				"SYNCID=B REQCAR=nonsense TECHTIDE=nonsense REQODOMETR=true REQDRIVER=false"},
			want: []string{"update id 1 REQCAR=false>true TECHTIDE=false>true", "update id 2 REQDRIVER=true>false REQODOMETR=false>true"}},
		"K33 several by name or key": {settings: byBoth,
			accounts: []string{"1 name=А", "2 name=а", "3 key=9", "4 key=9 name=Б"},
			records:  []string{"SHORTNAME=А DAYLIMIT=1", "KEY=9 SHORTNAME=Б DAYLIMIT=1"},
			want:     []string{"refuse AMBIGUOUS", "refuse AMBIGUOUS"}},
		"K33 other sync ids do not count for a record with an id": {settings: byBoth,
			accounts: []string{"1 name=А id=X", "2 name=А"}, records: []string{"SYNCID=Y SHORTNAME=А"},
			want: []string{"update name 2 SYNCID=>Y"}},
		"K34 a new account needs a name": {settings: byKey,
			records: []string{"SYNCID=A", "KEY=5 SHORTNAME=", "KEY=6 SHORTNAME=Б"},
			want:    []string{"refuse NO-NAME", "refuse NO-NAME", "add SHORTNAME=>Б KEY=>0000000000000006"}},
		"K35 D by id, however wrong the rest is": {accounts: people, settings: byBoth,
			records: []string{"OPERATION=D SYNCID=A DAYLIMIT=abc SHORTNAME=an_overlong_name_of_a_user STATIONS=99 DEPSYNCID=none", "OPERATION=D SYNCID=B KEY=A2"},
			want:    []string{"delete id 1", "ignore"},
			after:   []string{people[1], people[2]}},
		"K35 D without id by key or name if allowed": {accounts: people, settings: byBoth,
			records: []string{"OPERATION=D KEY=A2", "OPERATION=D SHORTNAME=СИДОРОВ", "OPERATION=D SHORTNAME=НЕТ"},
			want:    []string{"delete key 2", "delete name 3", "ignore"}},
		"K35 D that is refused": {settings: cars,
			accounts: []string{"1 id=A name=А", "2 vehicle id=B name=Б", "3 name=В", "4 name=В"},
			records: []string{"OPERATION=D DAYLIMIT=1", "OPERATION=D SYNCID=A KEY=xyz", "OPERATION=D ID=A SYNCID=C",
				"OPERATION=D SYNCID=B ISCAR=false", "OPERATION=D SHORTNAME=В", "OPERATION=D SHORTNAME=В SYNCID=Q KEY_TYPE=9"},
			want: []string{"refuse NO-IDENTITY", "refuse KEY-HEX", "refuse ID-CONFLICT", "refuse id 2 OTHER-CATALOGUE", "refuse AMBIGUOUS", "refuse KEY-TYPE"}},
		"K35 D without id by what cannot be read": {settings: cars, accounts: []string{"1 name=А"},
			records: []string{"OPERATION=D SHORTNAME=А ISCAR=maybe", "OPERATION=D SHORTNAME=an_overlong_name_of_a_user"},
			want:    []string{"refuse LOGICAL", "refuse TEXT-LENGTH"}},
		"K36 a match that changes nothing": {accounts: []string{"1 id=A name=А key=A1 day=5 all=7 pin=0 fuels=1=500;2 stations=1,2 until=2027-01-01 shift=8:00"},
			records: []string{"SYNCID=A SHORTNAME=А KEY=a1 DAYLIMIT=5 DOPLIMIT=7 PIN=0 DEFGSM=95,92=1 STATIONS=2,1,1 TIMELIMIT=01.01.2027 SMBEGTIME=08:03"},
			want:    []string{"ignore id 1"}},
		"K37 one id twice, the second falls": {accounts: people,
			records: []string{"SYNCID=A DAYLIMIT=abc", "SYNCID=A DAYLIMIT=1", "SYNCID=N SHORTNAME=Н", "ID=N SHORTNAME=Н", "OPERATION=D SYNCID=A"},
			want:    []string{"refuse id 1 NUMBER", "refuse id 1 SAME-ID", "add …", "refuse SAME-ID", "refuse id 1 SAME-ID"}},
		"K37 one account reached twice, whatever the way": {accounts: people, settings: byBoth,
			records: []string{"SHORTNAME=ИВАНОВ DAYLIMIT=1", "SYNCID=A DAYLIMIT=2", "KEY=A2", "OPERATION=D SHORTNAME=ПЕТРОВ"},
			want:    []string{"update name 1 DAYLIMIT=>1", "refuse id 1 SAME-ACCOUNT", "ignore key 2", "refuse name 2 SAME-ACCOUNT"}},
		"K37 names of new users without id": {settings: byBoth,
			records: []string{"SHORTNAME=Н", "SHORTNAME=н", "SHORTNAME=М", "SYNCID=1 SHORTNAME=М", "SYNCID=2 SHORTNAME=М"},
			want:    []string{"add …", "refuse SAME-NAME", "refuse SAME-NAME", "add …", "add …"}},
		"K37 stands even if the first falls by its key": {accounts: []string{"1 id=A name=А key=A1", "2 id=B name=Б key=B2"},
			records: []string{"SYNCID=A KEY=B2", "SYNCID=A DAYLIMIT=1"},
			want:    []string{"refuse id 1 KEY-TAKEN", "refuse id 1 SAME-ID"}},
		"K39 operators are neither matched nor touched": {settings: byBoth,
			accounts: []string{"1 operator id=A name=А key=A1 pin=7"},
			records:  []string{"SYNCID=A SHORTNAME=А", "OPERATION=D SHORTNAME=А", "OPERATION=D KEY=A1", "KEY=A1 SHORTNAME=Б"},
			want:     []string{"add …", "ignore", "ignore", "refuse KEY-TAKEN"}},
		"K1 ID and SYNCID differ, leading zeros and case count": {accounts: []string{"1 id=007 name=А", "2 id=a name=Б"},
			records: []string{"ID=007 SYNCID=7", "ID=7 SHORTNAME=В", "ID=A SHORTNAME=Г", "ID=_007_ DAYLIMIT=1"},
			want:    []string{"refuse ID-CONFLICT", "add …", "add …", "update id 1 DAYLIMIT=>1"}},
	})

	t.Run("K33 the text names the accounts", func(t *testing.T) {
		plan := scene{settings: byName, accounts: []string{"11 name=А", "2 name=а"}, records: []string{"SHORTNAME=А"}, want: []string{"refuse AMBIGUOUS"}}.run(t)
		if got := plan.Refusals()[0].Detail("en"); got != "Accounts 2, 11 all match by SHORTNAME; give the record a synchronisation id." {
			t.Error(got)
		}
	})
	t.Run("K1 ids are unique over both catalogues", func(t *testing.T) {
		scene{settings: cars, accounts: []string{"1 vehicle id=A name=А"},
			records: []string{"SYNCID=A ISCAR=false SHORTNAME=Б", "SYNCID=B ISCAR=true SHORTNAME=В", "SYNCID=B ISCAR=false SHORTNAME=Г"},
			want:    []string{"refuse id 1 OTHER-CATALOGUE", "add …", "refuse SAME-ID"}}.run(t)
	})
	t.Run("K0 the request wins over the settings, silence leaves them", func(t *testing.T) {
		c := scene{accounts: []string{"1 name=А"}, settings: byName, records: []string{"SHORTNAME=А DAYLIMIT=1", "SYNCID=1 SHORTNAME=Б"},
			want: []string{"update name 1 DAYLIMIT=>1", "add …"}}
		c.run(t)
		c.options.AttachByName = kmazs.Value(false)
		c.want[0] = "refuse NO-IDENTITY"
		c.run(t)
		c.settings, c.options.AttachByName = Settings{}, kmazs.Value(true)
		c.want[0] = "update name 1 DAYLIMIT=>1"
		c.run(t)
		c.settings, c.options.AttachByName = byName, kmazs.Empty[bool]()
		c.run(t)
	})
}
