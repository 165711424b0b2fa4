package office

import (
	"testing"
)

func TestReplace(t *testing.T) {
	replace := Settings{Replace: true, ConfirmLocks: true}
	despite := Settings{Replace: true, ConfirmLocks: true, LockDespiteRefusals: true, AttachByKey: true, AttachByName: true}
	runScenes(t, map[string]scene{
		"K50 what no record reaches is locked": {settings: replace,
			accounts: []string{"1 id=A name=А", "3 vehicle name=В until=2026-12-31", "2 name=Б until=2026-11-01", "4 operator name=О", "5 name=Д locked=2026-11-22 until=2026-11-21 saved=2027-01-01"},
			records:  []string{"SYNCID=A"},
			want:     []string{"ignore id 1", "lock 2", "lock 3 TIMELIMIT=2026-12-31>2026-11-22"},
			after: []string{"1 id=A name=А", "2 name=Б until=2026-11-01 saved=2026-11-01 locked=2026-11-23",
				"3 vehicle name=В until=2026-11-22 saved=2026-12-31 locked=2026-11-23", "4 operator name=О", "5 name=Д locked=2026-11-22 until=2026-11-21 saved=2027-01-01"}},
		"K50 until yesterday stays as it is": {settings: replace, accounts: []string{"1 id=A name=А", "2 name=Б until=2026-11-22"},
			records: []string{"SYNCID=A"}, want: []string{"ignore id 1", "lock 2"}},
		"K51 reused after ten days, oldest lock first, then lowest number": {settings: Settings{Replace: true, ProcessIsCar: true},
			accounts: []string{"1 id=A name=А", "9 name=Д key=D9 pin=4 id=Q locked=2026-11-13", "7 name=Ж locked=2026-11-13 day=5", "8 name=З locked=2026-11-12",
				"6 name=Е locked=2026-11-14", "5 vehicle name=Т locked=2026-11-01"},
			records: []string{"SYNCID=A", "SYNCID=N1 SHORTNAME=Н1 KEY=D9", "SYNCID=N2 SHORTNAME=Н2", "SYNCID=V ISCAR=true SHORTNAME=М", "SYNCID=N3 SHORTNAME=Н3", "SYNCID=N4 SHORTNAME=Н4"},
			want: []string{"ignore id 1", "add* 8 SYNCID=>N1 SHORTNAME=З>Н1 KEY=>00000000000000D9", "add* 7 SYNCID=>N2 SHORTNAME=Ж>Н2 DAYLIMIT=5>",
				"add* 5 SYNCID=>V SHORTNAME=Т>М", "add* 9 SYNCID=Q>N3 SHORTNAME=Д>Н3 KEY=00000000000000D9> PIN=4>-1", "add SYNCID=>N4 SHORTNAME=>Н4"},
			after: []string{"1 id=A name=А", "5 vehicle id=V name=М", "6 name=Е locked=2026-11-14", "7 id=N2 name=Н2", "8 id=N1 name=Н1 key=D9", "9 id=N3 name=Н3", "10 id=N4 name=Н4"}},
		"K51 not by an update import": {accounts: []string{"7 name=Ж locked=2026-11-01"},
			records: []string{"SYNCID=N SHORTNAME=Н"}, want: []string{"add SYNCID=>N SHORTNAME=>Н"}},
		"K51 not one that a record reaches": {settings: replace, accounts: []string{"7 id=A name=Ж locked=2026-11-01 until=2026-10-31"},
			records: []string{"SYNCID=N SHORTNAME=Н", "SYNCID=A"}, want: []string{"add SYNCID=>N SHORTNAME=>Н", "update id 7 TIMELIMIT=2026-10-31>"}},
		"K38 the key of an account that is not reused after all is taken": {settings: despite,
			accounts: []string{"7 name=Ж key=77 locked=2026-11-01", "8 name=З key=88 locked=2026-11-02", "1 operator key=1", "2 id=B name=Б"},
			records:  []string{"SYNCID=B KEY=88", "SYNCID=N1 SHORTNAME=Н1", "SYNCID=N2 SHORTNAME=Н2 KEY=1"},
			want:     []string{"refuse id 2 KEY-TAKEN", "add* 7 …", "refuse KEY-TAKEN"}},
		"K18 a vehicle that is used again is no default": {settings: Settings{Replace: true, ConfirmLocks: true, LockDespiteRefusals: true, ProcessIsCar: true},
			accounts: []string{"1 id=A name=А", "2 id=B name=Б car=5", "5 vehicle name=Т locked=2026-11-01"},
			records:  []string{"SYNCID=A DEFCARID=5", "SYNCID=B", "SYNCID=V SHORTNAME=М ISCAR=true"},
			want:     []string{"refuse id 1 VEHICLE-GOES", "ignore id 2", "add* 5 SYNCID=>V SHORTNAME=Т>М"},
			after:    []string{"1 id=A name=А", "2 id=B name=Б", "5 vehicle id=V name=М"}},
		"K52 a U record of any import unlocks": {
			accounts: []string{"1 id=A name=А until=2026-11-10 saved=2027-05-05 locked=2026-11-11", "2 id=B name=Б until=2026-11-10 locked=2026-11-11",
				"3 id=C name=В until=2026-01-01 saved=2026-01-01 locked=2026-11-11", "4 id=D name=Г until=2026-11-10 saved=2027-05-05 locked=2026-11-11"},
			records: []string{"SYNCID=A TIMELIMIT=", "SYNCID=B TIMELIMIT=2026-12-01", "SYNCID=C", "SYNCID=D DAYLIMIT=x"},
			want:    []string{"update id 1 TIMELIMIT=2026-11-10>2027-05-05", "update id 2 TIMELIMIT=2026-11-10>2026-12-01", "update id 3", "refuse id 4 NUMBER"},
			after: []string{"1 id=A name=А until=2027-05-05", "2 id=B name=Б until=2026-12-01", "3 id=C name=В until=2026-01-01",
				"4 id=D name=Г until=2026-11-10 saved=2027-05-05 locked=2026-11-11"}},
		"K53 a refused record refuses the import": {settings: replace, accounts: []string{"1 id=A name=А", "2 name=Б"},
			records: []string{"SYNCID=A", "SYNCID=B DAYLIMIT=x SHORTNAME=В"}, err: "REPLACE-REFUSED"},
		"K53 despite refusals: who could be meant is present": {settings: despite,
			accounts: []string{"1 id=A name=А", "2 name=Б", "3 name=Б", "4 id=D name=Г", "5 id=E name=Д", "6 key=66", "7 name=Ж"},
			records:  []string{"SYNCID=A DAYLIMIT=x", "SHORTNAME=Б", "ID=D SYNCID=E KEY=66"},
			want:     []string{"refuse id 1 NUMBER", "refuse AMBIGUOUS", "refuse ID-CONFLICT", "lock 7 TIMELIMIT=>2026-11-22"}},
		"K53 despite refusals: a record whose ISCAR cannot be read": {settings: Settings{Replace: true, ConfirmLocks: true, LockDespiteRefusals: true, AttachByName: true, ProcessIsCar: true},
			accounts: []string{"1 vehicle name=А", "2 name=Б"}, records: []string{"SHORTNAME=А ISCAR=maybe"},
			want: []string{"refuse LOGICAL", "lock 2 TIMELIMIT=>2026-11-22"}},
		"K54 nobody":            {settings: Settings{Replace: true}, accounts: []string{"1 name=А"}, err: "REPLACE-EMPTY"},
		"K54 nobody, confirmed": {settings: replace, accounts: []string{"1 name=А"}, want: []string{"lock 1 TIMELIMIT=>2026-11-22"}},
		"K54 more than a fifth": {settings: Settings{Replace: true}, accounts: []string{"1 id=A name=А", "2 id=B name=Б", "3 name=В until=2020-01-01", "4 id=D name=Г", "5 operator", "6 name=Е locked=2026-11-20"},
			records: []string{"SYNCID=A", "SYNCID=B", "SYNCID=D"}, err: "TOO-MANY-LOCKS"},
		"K54 a fifth is not more": {settings: Settings{Replace: true}, accounts: []string{"1 id=A name=А", "2 id=B name=Б", "3 name=В until=2020-01-01", "4 id=D name=Г", "5 id=E name=Д"},
			records: []string{"SYNCID=A", "SYNCID=B", "SYNCID=D", "SYNCID=E"}, want: []string{"ignore id 1", "ignore id 2", "ignore id 4", "ignore id 5", "lock 3"}},
		"K54 another share": {settings: Settings{Replace: true, MaxLockPercent: 50}, accounts: []string{"1 id=A name=А", "2 name=Б"},
			records: []string{"SYNCID=A"}, want: []string{"ignore id 1", "lock 2 TIMELIMIT=>2026-11-22"}},
		"K50 a deletion reaches its account": {settings: replace, accounts: []string{"1 id=A name=А", "2 id=B name=Б"},
			records: []string{"SYNCID=A OPERATION=D", "SYNCID=B"}, want: []string{"delete id 1", "ignore id 2"}},
	})
	t.Run("K51 the plan says whose it was", func(t *testing.T) {
		plan := scene{settings: replace, accounts: []string{"7 id=Q name=Ж locked=2026-11-01"}, records: []string{"SYNCID=N SHORTNAME=Н"}, want: []string{"add* 7 …"}}.run(t)
		for l := range plan.Lines() {
			want := "Повторно используется учётная запись 7 (Ж, код синхронизации «Q»), заблокированная 2026-11-01."
			if got := l.Reason("ru"); got != want {
				t.Errorf("%q", got)
			}
		}
		if r := plan.Result(); r.Added != 1 || r.Locked != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K50 locked again and again, counted once", func(t *testing.T) {
		s := officeOf("1 id=A name=А", "2 name=Б")
		r := request(t, "SYNCID=A")
		for i, want := range []int{1, 0, 0} {
			plan, err := NewPlan(s, r, &replace, today.AddDays(i))
			if err != nil {
				t.Fatal(err)
			}
			if got := plan.Result().Locked; got != want {
				t.Errorf("import %d locks %d accounts, want %d", i+1, got, want)
			}
			s = apply(t, s, plan)
		}
		if s.Accounts[1].LockedOn != today || s.Accounts[1].TimeLimit != today.AddDays(-1) {
			t.Errorf("%+v", s.Accounts[1])
		}
	})
}
