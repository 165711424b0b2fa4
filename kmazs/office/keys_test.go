package office

import "testing"

func TestKeys(t *testing.T) {
	three := []string{"1 id=A name=А key=A1", "2 id=B name=Б key=B2", "3 id=C name=В key=C3"}
	runScenes(t, map[string]scene{
		"K38 a swap": {accounts: three, records: []string{"SYNCID=A KEY=B2", "SYNCID=B KEY=A1"},
			want:  []string{"update id 1 KEY=00000000000000A1>00000000000000B2", "update id 2 KEY=00000000000000B2>00000000000000A1"},
			after: []string{"1 id=A name=А key=B2", "2 id=B name=Б key=A1", three[2]}},
		"K38 a ring of three, in any order": {accounts: three, records: []string{"SYNCID=C KEY=A1", "SYNCID=A KEY=B2", "SYNCID=B KEY=C3"},
			want: []string{"update id 3 …", "update id 1 …", "update id 2 …"}},
		"K38 handed on, and the giver gets none": {accounts: three, records: []string{"SYNCID=B KEY=A1", "SYNCID=A KEY=0"},
			want: []string{"update id 2 …", "update id 1 KEY=00000000000000A1>"}},
		"K38 taken by nobody's record": {accounts: three, records: []string{"SYNCID=A KEY=B2 DAYLIMIT=5"},
			want: []string{"refuse id 1 KEY-TAKEN"}, after: three},
		"K38 the holder's record leaves the key alone and is never refused": {accounts: three,
			records: []string{"SYNCID=A KEY=B2", "SYNCID=B KEY=B2 DAYLIMIT=1"},
			want:    []string{"refuse id 1 KEY-TAKEN", "update id 2 DAYLIMIT=>1"}},
		"K38 two take one free key": {accounts: three,
			records: []string{"SYNCID=B KEY=FF", "SYNCID=A KEY=FF", "SYNCID=N SHORTNAME=Н KEY=FF"},
			want:    []string{"update id 2 …", "refuse id 1 KEY-TAKEN-TWICE", "refuse KEY-TAKEN-TWICE"}},
		"K38 a fall fells a chain, earlier records too": {accounts: append(three, "4 id=D name=Г key=D4"),
			records: []string{"SYNCID=A KEY=B2", "SYNCID=B KEY=C3", "SYNCID=C KEY=D4"},
			want:    []string{"refuse id 1 KEY-TAKEN", "refuse id 2 KEY-TAKEN", "refuse id 3 KEY-TAKEN"}},
		"K38 the first taker falls, the second does not rise": {accounts: append(three, "4 id=D name=Г key=D4"),
			records: []string{"SYNCID=A KEY=B2", "SYNCID=C KEY=B2", "SYNCID=B KEY=D4"},
			want:    []string{"refuse id 1 KEY-TAKEN", "refuse id 3 KEY-TAKEN", "refuse id 2 KEY-TAKEN"}},
		"K38 an account deleted by this import frees its key": {accounts: three,
			records: []string{"SYNCID=N SHORTNAME=Н KEY=A1", "SYNCID=A OPERATION=D"},
			want:    []string{"add …", "delete id 1"}},
		"K38 operators' keys are taken": {accounts: []string{"1 operator name=О key=A1", "2 id=B name=Б"},
			records: []string{"SYNCID=B KEY=A1"}, want: []string{"refuse id 2 KEY-TAKEN"}},
		"K38 keys over both catalogues": {accounts: []string{"1 vehicle name=М key=A1", "2 id=B name=Б"}, settings: cars,
			records: []string{"SYNCID=B KEY=A1"}, want: []string{"refuse id 2 KEY-TAKEN"}},
		"K38 keys of accounts locked by an earlier import are taken": {settings: Settings{Replace: true},
			accounts: []string{"1 id=A name=А key=A1 locked=2026-11-20 until=2026-11-19", "2 id=B name=Б"},
			records:  []string{"SYNCID=B KEY=A1"}, err: "REPLACE-REFUSED"},
		"K38 a locked account that its record reaches may give its key": {
			accounts: []string{"1 id=A name=А key=A1 locked=2026-11-20 until=2026-11-19", "2 id=B name=Б"},
			records:  []string{"SYNCID=B KEY=A1", "SYNCID=A KEY=5"},
			want:     []string{"update id 2 …", "update id 1 KEY=00000000000000A1>0000000000000005 TIMELIMIT=2026-11-19>"}},
		"K38 a replace-locked account loses its key to an applied record": {
			settings: Settings{Replace: true, ConfirmLocks: true}, accounts: three,
			records: []string{"SYNCID=B KEY=A1"},
			want: []string{"update id 2 KEY=00000000000000B2>00000000000000A1", "lock 1 KEY=00000000000000A1> TIMELIMIT=>2026-11-22",
				"lock 3 TIMELIMIT=>2026-11-22"},
			after: []string{"1 id=A name=А until=2026-11-22 locked=2026-11-23", "2 id=B name=Б key=A1",
				"3 id=C name=В key=C3 until=2026-11-22 locked=2026-11-23"}},
		"K38 and not to a record that falls": {
			settings: Settings{Replace: true, ConfirmLocks: true, LockDespiteRefusals: true},
			accounts: append([]string{"4 operator name=О key=D4"}, three...),
			records:  []string{"SYNCID=B DAYLIMIT=x KEY=A1"},
			want:     []string{"refuse id 2 NUMBER", "lock 1 TIMELIMIT=>2026-11-22", "lock 3 TIMELIMIT=>2026-11-22"}},
		"K38 a key that two accounts had before stays with both": {accounts: []string{"1 id=A name=А key=A1", "2 id=B name=Б key=A1", "3 id=C name=В"},
			records: []string{"SYNCID=A KEY=A1 DAYLIMIT=1", "SYNCID=C KEY=A1"},
			want:    []string{"update id 1 DAYLIMIT=>1", "refuse id 3 KEY-TAKEN"}},
	})
}
