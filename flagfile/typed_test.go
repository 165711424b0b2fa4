package flagfile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTyped(t *testing.T) {
	t.Run("FL2 one-digit day, month and hour are read, two written", func(t *testing.T) {
		loc := time.FixedZone("", 3*3600)
		got, err := Timestamp("7.9.2011 8:36:50").Time(loc)
		if err != nil || !got.Equal(time.Date(2011, 9, 7, 8, 36, 50, 0, loc)) {
			t.Errorf("%v %v", got, err)
		}
		if s := TimestampOf(got); s != "07.09.2011 08:36:50" {
			t.Error(s)
		}
		for _, bad := range []Timestamp{"", "07.09.2011", "31.02.2011 10:00:00", "07.09.11 10:00:00", "07.09.2011 10:36:50.5", "07.09.2011 10:36:50,5", "07.09.2011 25:00:00", "2011-09-07 10:00:00", "07.09.2011 10:6:50"} {
			if _, err := bad.Time(loc); code(err) != CodeTime {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
	t.Run("FL2 every wrong value is named", func(t *testing.T) {
		f := parse(t, "[main]\r\ncommand=usersync\r\ncommandtime=вчера\r\ndbffile=..\\u.dbf\r\ndbfrecordcount=-1\r\nautoexchange=2\r\nnummessage=x\r\ncodepagetype=2\r\nallowattachbyname=да\r\nready=1\r\n")
		_, err := f.Users()
		problems, _ := errors.AsType[Problems](err)
		var got []string
		for _, p := range problems {
			got = append(got, strings.TrimPrefix(p.Path(), "main, ")+" "+p.Code())
		}
		if !slices.Equal(got, []string{
			"command " + CodeCommand, "commandtime " + CodeTime, "dbffile " + CodeTableName, "dbfrecordcount " + CodeNumber,
			"autoexchange " + CodeLogical, "nummessage " + CodeNumber, "codepagetype " + CodePageUnknown, "allowattachbyname " + CodeLogical,
		}) {
			t.Errorf("%q", got)
		}
		if !errors.Is(err, problems[3]) || strings.Contains(err.Error(), "\n") || len(strings.Split(problems.Message("ru"), "\n")) != len(problems) {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL11 the announced number of records, 0 and none are three things", func(t *testing.T) {
		for line, want := range map[string]int64{"": -1, "dbfrecordcount=": -1, "dbfrecordcount=0": 0, "dbfrecordcount=100": 100} {
			u, err := parse(t, "[main]\r\ncommand=userssync\r\ndbffile=u.dbf\r\n"+line+"\r\nready=1\r\n").Users()
			got := int64(-1)
			if u.Records != nil {
				got = *u.Records
			}
			if err != nil || got != want {
				t.Errorf("%q: %d, %v", line, got, err)
			}
		}
	})
	t.Run("FL2 command and dbffile are needed, the case of the command is not", func(t *testing.T) {
		_, err := parse(t, "[main]\r\nready=1\r\n").Users()
		problems, _ := errors.AsType[Problems](err)
		if len(problems) != 2 || problems[0].Code() != CodeMissing || problems[1].Path() != "main, dbffile" {
			t.Errorf("%v", err)
		}
		if _, err := parse(t, "[main]\r\ncommand=UsersSync\r\ndbffile=u.dbf").Users(); err != nil {
			t.Error(err)
		}
	})
	t.Run("FL2 codepagetype 0 is windows-1251 and 1 is CP866", func(t *testing.T) {
		for text, p := range map[string]CodePage{"": CodePageUnset, "0": CodePage1251, "1": CodePage866} {
			var got CodePage
			if err := got.UnmarshalText([]byte(text)); err != nil || got != p {
				t.Errorf("%q: %v %v", text, got, err)
			}
			if b, err := p.MarshalText(); err != nil || string(b) != text {
				t.Errorf("%v: %q %v", p, b, err)
			}
		}
		if _, err := CodePage(9).MarshalText(); err == nil || CodePage(9).String() != "CodePage(9)" {
			t.Error("CodePage(9) passes")
		}
	})
	t.Run("FL8 exchg.flag", func(t *testing.T) {
		f, err := Exchange{CommandTime: "07.09.2011 10:36:50", Stations: "1,2,3,4,5", Number: new(int64(7))}.File()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(f.Bytes()); got != "[main]\r\ncommand=exchangedata\r\ncommandtime=07.09.2011 10:36:50\r\nstations=1,2,3,4,5\r\nnummessage=7\r\nready=1\r\n" {
			t.Errorf("%q", got)
		}
		e, err := f.Exchange()
		if err != nil || e.Stations != "1,2,3,4,5" || *e.Number != 7 {
			t.Errorf("%+v %v", e, err)
		}
		if _, err := parse(t, "[main]\r\ncommand=exchangedata\r\n").Exchange(); code(err) != CodeMissing {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL13 a dbffile outside the folder is refused", func(t *testing.T) {
		for _, bad := range []string{
			"", ".", "..", "../users.dbf", `..\users.dbf`, "/etc/passwd", `C:\users.dbf`, "C:users.dbf", `\\srv\x\u.dbf`, "a/b.dbf",
			"con", "NUL.dbf", "nul .dbf", "com1.dbf", "LPT9", "COM¹.dbf", "aux.", "CONIN$", "conout$.dbf", "users.dbf.", "users.dbf ", " users.dbf",
			"users.dbf:stream", "u*.dbf", "u?.dbf", "u\x00.dbf", "u\x1F.dbf", "u\x7F.dbf", `"u".dbf`, "u|.dbf", "<u>", strings.Repeat("a", 256),
		} {
			if err := CheckTableName(bad); code(err) != CodeTableName {
				t.Errorf("%q passes: %v", bad, err)
			}
		}
		for _, good := range []string{"users.dbf", "USERS.DBF", "users1.dbf", "console.dbf", "com10.dbf", "com.dbf", "Пользователи.dbf", "a..b"} {
			if err := CheckTableName(good); err != nil {
				t.Errorf("%q: %v", good, err)
			}
		}
		if _, err := (Users{Table: "../x.dbf"}).File(); code(err) != CodeTableName {
			t.Errorf("written: %v", err)
		}
	})
}

func TestErrmsg(t *testing.T) {
	t.Run("FL6 escape and unescape", func(t *testing.T) {
		for _, c := range [][3]string{
			{"просто", "просто", "просто"},
			{"a\nb", `a\nb`, "a\nb"},
			{"a\r\nb\rc", `a\nb\nc`, "a\nb\nc"},
			{`поле "KEY"`, `"поле "KEY""`, `поле "KEY"`},
			{`"`, `"""`, `"`},
			{`""`, `""""`, `""`},
			{`C:\KMAZS\Log`, `C:\KMAZS\Log`, `C:\KMAZS\Log`},
			{`ends in \`, `ends in \`, `ends in \`},
			{" blanks ", `" blanks "`, " blanks "},
			{"", "", ""},
			{"a;b#c", "a;b#c", "a;b#c"},
			{`C:\new`, `C:\new`, "C:\new"}, // the one loss the format has: \n of the text itself
		} {
			if got := EscapeText(c[0]); got != c[1] {
				t.Errorf("escape %q: %q, want %q", c[0], got, c[1])
			}
			if got := UnescapeText(c[1]); got != c[2] {
				t.Errorf("unescape %q: %q, want %q", c[1], got, c[2])
			}
		}
	})
	t.Run("FL6 exact through a whole result", func(t *testing.T) {
		for _, text := range []string{"просто", "a\nb", `поле "KEY" не "то"`, `"`, "`back`", `"""x"""`, `C:\KMAZS\`, "  ", "\t", "a;b", "%(x)s", "'q'"} {
			res := answer(t, Outcome{Failed: true, Text: text})
			if res.Text != text {
				t.Errorf("%q comes back as %q", text, res.Text)
			}
			if raw, _ := res.File.Get(Main, "errmsg"); raw != EscapeText(text) {
				t.Errorf("raw %q", raw)
			}
		}
	})
	t.Run("FL6 characters outside windows-1251 become ? and are reported", func(t *testing.T) {
		out, lost, err := parse(t, "[main]\r\nready=1").Answer(Outcome{Failed: true, Text: "снег ☃\xFF!"})
		if err != nil || !slices.Equal(lost, []rune{'☃', '\uFFFD'}) {
			t.Errorf("%q %v", lost, err)
		}
		want(t, out, Main, "errmsg", "снег ??!")
	})
	t.Run("FL7 error=1 is a Go error with the message", func(t *testing.T) {
		res := answer(t, Outcome{Failed: true, Text: "В таблице пользователей отсутствует поле KEY"})
		err := res.Err()
		if code(err) != CodeRefused || !strings.Contains(err.Error(), "отсутствует поле KEY") {
			t.Errorf("%v", err)
		}
		e, _ := errors.AsType[*Error](err)
		if !strings.Contains(e.Message("ru"), "отсутствует поле KEY") || e.SafeToRetry() {
			t.Error(e.Message("ru"))
		}
		if err := answer(t, Outcome{}).Err(); err != nil {
			t.Error(err)
		}
	})
}

// answer sends an outcome through the bytes of a result file.
func answer(t *testing.T, o Outcome) *Result {
	t.Helper()
	out, lost, err := parse(t, "[main]\r\ncommand=userssync\r\nready=1\r\n").Answer(o)
	if err != nil || lost != nil {
		t.Fatal(lost, err)
	}
	f, err := Parse(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	res, err := f.Result()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestAnswer(t *testing.T) {
	request := "[main]\r\n; от 1С\r\ncommand=userssync\r\ncommandtime=7.9.2011 10:36:50\r\nчужое=да\r\nready=1\r\nnummessage=10\r\n[extra]\r\nx=1\r\n"
	t.Run("FL5 all fields of the request, then its own, ready last", func(t *testing.T) {
		out, _, err := parse(t, request).Answer(Outcome{Failed: true, Text: "нет", Begin: "07.09.2011 10:36:50", End: "07.09.2011 10:36:51"}, "refusedcnt", "3")
		if err != nil {
			t.Fatal(err)
		}
		expected, _, _ := encode1251("[main]\r\n; от 1С\r\ncommand=userssync\r\ncommandtime=7.9.2011 10:36:50\r\nчужое=да\r\nnummessage=10\r\nprocessed=1\r\nerror=1\r\nerrmsg=нет\r\nprocbegin=07.09.2011 10:36:50\r\nprocend=07.09.2011 10:36:51\r\nrefusedcnt=3\r\nready=1\r\n[extra]\r\nx=1\r\n")
		if string(out.Bytes()) != expected {
			t.Errorf("%s", decode1251(out.Bytes()))
		}
		res, err := out.Result()
		if err != nil || res.Begin != "07.09.2011 10:36:50" || res.End != "07.09.2011 10:36:51" {
			t.Errorf("%+v %v", res, err)
		}
	})
	t.Run("FL5 a request made from an old result carries nothing over", func(t *testing.T) {
		out, _, err := parse(t, "[main]\r\nerror=1\r\nerrmsg=старое\r\nready=1\r\n").Answer(Outcome{})
		if err != nil {
			t.Fatal(err)
		}
		if res, err := out.Result(); err != nil || res.Failed || res.Text != "" {
			t.Errorf("%+v %v", res, err)
		}
	})
	t.Run("FL5 a result has to say processed=1 and error", func(t *testing.T) {
		if _, err := parse(t, "[main]\r\nerror=0\r\nready=1").Result(); code(err) != CodeNotProcessed {
			t.Errorf("%v", err)
		}
		if _, err := parse(t, "[main]\r\nprocessed=1\r\nready=1").Result(); code(err) != CodeMissing {
			t.Errorf("%v", err)
		}
		if res, err := parse(t, "[main]\r\nprocessed=1\r\nerror=5\r\nready=1").Result(); err != nil || res.Err() == nil {
			t.Errorf("error=5 passes as success: %v", err)
		}
	})
	t.Run("FL15 nummessage and commandtime must match", func(t *testing.T) {
		req := parse(t, request)
		for text, ok := range map[string]bool{
			"[main]\r\ncommandtime=7.9.2011 10:36:50\r\nnummessage=10":   true,
			"[main]\r\ncommandtime=07.09.2011 10:36:50\r\nnummessage=10": false, // compared as text
			"[main]\r\ncommandtime=7.9.2011 10:36:50\r\nnummessage=11":   false,
			"[main]\r\ncommandtime=7.9.2011 10:36:50":                    false,
			"[main]\r\nnummessage=10":                                    false,
		} {
			if parse(t, text).Answers(req) != ok {
				t.Errorf("%q", text)
			}
		}
		exchange := parse(t, "[main]\r\ncommand=exchangedata\r\ncommandtime=7.9.2011 10:36:50\r\nnummessage=3\r\n")
		if !parse(t, "[main]\r\ncommandtime=7.9.2011 10:36:50").Answers(exchange) {
			t.Error("an exchange result without nummessage does not match by its time")
		}
	})
	t.Run("FL1 the answer to a UTF-8 request is windows-1251", func(t *testing.T) {
		f, err := Parse([]byte(bom + "[main]\nимя=Ёж ☃\nready=1\n"))
		if err != nil {
			t.Fatal(err)
		}
		out, lost, err := f.Answer(Outcome{})
		if err != nil || !slices.Equal(lost, []rune("☃")) {
			t.Errorf("%q %v", lost, err)
		}
		again, err := Parse(out.Bytes())
		if err != nil || len(again.Warnings()) > 0 {
			t.Fatal(again.Warnings(), err)
		}
		want(t, again, Main, "имя", "Ёж ?")
		want(t, out, Main, "имя", "Ёж ?")
		want(t, f, Main, "имя", "Ёж ☃")
	})
}

func TestEveryByteSurvives(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	raw, bad, ok := encode1251(decode1251(all))
	if !ok || raw != string(all) {
		t.Errorf("%q %v", bad, ok)
	}
}

func TestAdvice(t *testing.T) {
	for text, want := range map[string]string{
		"КМАЗС 77 не зарегистрирован · укажите другой.": "КМАЗС-Офис сообщил об ошибке: КМАЗС 77 не зарегистрирован · укажите другой.",
		"Нет связи с базой.":                            "КМАЗС-Офис сообщил об ошибке: Нет связи с базой · исправьте данные и отправьте их снова.",
	} {
		t.Run("FL7 the office's advice is the only one", func(t *testing.T) {
			if got := fail(CodeRefused, "", "text", text).Message("ru"); got != want {
				t.Error(got)
			}
		})
	}
}
