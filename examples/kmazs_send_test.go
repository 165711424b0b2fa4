package examples

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// moments replaces what differs from run to run in a result.
var moments = regexp.MustCompile(`\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d`)

func TestKmazsSend(t *testing.T) {
	sample, err := os.ReadFile("testdata/kmazs-send/users.json")
	if err != nil {
		t.Fatal(err)
	}
	prepared := func(t *testing.T) string {
		dir := officeFolder(t)
		writeFile(t, filepath.Join(dir, "users.json"), string(sample))
		return dir
	}
	t.Run("FL5 the document's sample through a folder", func(t *testing.T) {
		dir := prepared(t)
		startOffice(t, dir)
		r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "-codepage", "cp866", "-autoexchange", "-nummessage", "10", "-process-iscar", "users.json")
		if r.code != 0 || r.stderr != "" {
			t.Errorf("%+v", r)
		}
		golden(t, "kmazs-send/result.txt", moments.ReplaceAllString(r.stdout, "TIME"))
		if o := readOffice(t, dir); len(o.Accounts) != 2 || o.Accounts[1].ShortName != "СИДОРОВ С.С." || *o.Accounts[1].DayLimit != 200 {
			t.Errorf("%+v", o)
		}
		left, err := filepath.Glob(filepath.Join(dir, "exchange", "users*"))
		if err != nil || len(left) > 0 {
			t.Errorf("FL9: left over: %q", left)
		}
	})
	t.Run("FL7 an office that refuses is exit 1", func(t *testing.T) {
		dir := prepared(t)
		startOffice(t, dir, "-require", "PIN,KEY")
		r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "users.json")
		if r.code != 1 || !strings.Contains(r.stdout, "error=1\nerrmsg=В таблице пользователей отсутствует поле PIN") || !strings.Contains(r.stderr, "отсутствует поле PIN") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("FL9 nobody answers: exit 2, the request is withdrawn", func(t *testing.T) {
		dir := prepared(t)
		r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "-timeout", "200ms", "users.json")
		if r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, "withdrawn") {
			t.Errorf("%+v", r)
		}
		if _, err := os.Stat(filepath.Join(dir, "exchange", "users.flag")); err == nil {
			t.Error("users.flag is still there")
		}
	})
	t.Run("FL8 -exchange", func(t *testing.T) {
		dir := prepared(t)
		startOffice(t, dir)
		if r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "-exchange", "1,2"); r.code != 0 || !strings.Contains(r.stdout, "\nstations=1,2\n") || !strings.Contains(r.stdout, "\nerror=0\n") {
			t.Errorf("%+v", r)
		}
		if r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "-exchange", "all"); r.code != 0 {
			t.Errorf("%+v", r)
		}
		if r := run(t, dir, "", "kmazs-send", "-folder", "exchange", "-every", "10ms", "-exchange", "1,77"); r.code != 1 || !strings.Contains(r.stdout, "77") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("D10 -template", func(t *testing.T) {
		dir := t.TempDir()
		if r := run(t, dir, "", "kmazs-send", "-template", "."); r.code != 0 || r.stdout+r.stderr != "" {
			t.Errorf("%+v", r)
		}
		flag, err := os.ReadFile(filepath.Join(dir, "users.flag"))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "kmazs-send/template.txt", moments.ReplaceAllString(string(flag), "TIME"))
		if r := run(t, dir, "", "dbf", "dump", "-count", "users.dbf"); r.code != 0 || !strings.HasPrefix(r.stdout, `{"rows":0,`) {
			t.Errorf("%+v", r)
		}
		if r := run(t, dir, "", "kmazs-send", "-template", "."); r.code != 3 {
			t.Errorf("it replaces files: %+v", r)
		}
	})
	t.Run("wrong input is exit 3", func(t *testing.T) {
		dir := prepared(t)
		writeFile(t, filepath.Join(dir, "charset.json"), strings.Replace(string(sample), "Проверка кодировки", "Џа®ўҐаЄ ", 1))
		writeFile(t, filepath.Join(dir, "long.json"), strings.Replace(string(sample), "ИВАНОВ И.И.", "ИВАНОВ ИВАН ИВАНОВИЧ", 1))
		writeFile(t, filepath.Join(dir, "bykey.json"), strings.Replace(string(sample), `"AllowAttachByKey": false`, `"AllowAttachByKey": true`, 1))
		writeFile(t, filepath.Join(dir, "empty.json"), "")
		for _, args := range [][]string{
			{},
			{"users.json"},
			{"-folder", "exchange"},
			{"-folder", "none", "users.json"},
			{"-folder", "exchange", "none.json"},
			{"-folder", "exchange", "empty.json"},
			{"-folder", "exchange", "charset.json"},
			{"-folder", "exchange", "long.json"},
			{"-folder", "exchange", "bykey.json"},
			{"-folder", "exchange", "users.json", "users.json"},
			{"-folder", "exchange", "-exchange", "all", "users.json"},
			{"-folder", "exchange", "-exchange", "1,x"},
			{"-folder", "exchange", "-codepage", "koi8-r", "users.json"},
			{"-folder", "exchange", "-url", "http://127.0.0.1/", "users.json"},
			{"-url", "http://127.0.0.1/", "users.json"},
			{"-url", "http://127.0.0.1/", "-user", "u", "-password-env", "OBMEN_NOT_SET", "users.json"},
			{"-folder", "exchange", "-timeout", "-1s", "users.json"},
			{"-folder", "exchange", "-user", "u", "users.json"},
			{"-url", "http://127.0.0.1/", "-user", "u", "-password-env", "PATH", "-nummessage", "7", "users.json"},
			{"-exchange", "all"},
			{"-folder", "exchange", "-exchange", "all", "-autoexchange"},
			{"-template", ".", "-nummessage", "7"},
			{"-bogus"},
		} {
			if r := run(t, dir, "", "kmazs-send", args...); r.code != 3 || r.stderr == "" || r.stdout != "" {
				t.Errorf("%q: %+v", args, r)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "exchange", "users*")); len(left) > 0 {
			t.Errorf("something was sent: %q", left)
		}
		if r := run(t, dir, "", "kmazs-send", "-h"); r.code != 0 || !strings.Contains(r.stderr, "Usage: kmazs-send") {
			t.Errorf("-h: %+v", r)
		}
	})
}

func TestKmazsSendWebAPI(t *testing.T) {
	sample, err := os.ReadFile("testdata/kmazs-send/users.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("OBMEN_TEST_PASSWORD", "пароль")
	dir := officeFolder(t)
	writeFile(t, filepath.Join(dir, "users.json"), string(sample))
	url := startWebAPI(t, dir, "-require", "KEY")
	send := func(file, user string) result {
		return run(t, dir, "", "kmazs-send", "-url", url, "-user", user, "-password-env", "OBMEN_TEST_PASSWORD", file)
	}
	t.Run("K25 the document's sample, twice", func(t *testing.T) {
		for _, want := range []string{
			`{"ImportUsersResult":{"LockedCnt":0,"UpdByIdCnt":0,"DelCnt":0,"AddCnt":2,"IgnoredCnt":0,"UpdByNameCnt":0,"UpdByKeyCnt":0},"ErrCode":0}` + "\n",
			`{"ImportUsersResult":{"LockedCnt":0,"UpdByIdCnt":0,"DelCnt":0,"AddCnt":0,"IgnoredCnt":2,"UpdByNameCnt":0,"UpdByKeyCnt":0},"ErrCode":0}` + "\n",
		} {
			if r := send("users.json", "u"); r.code != 0 || r.stdout != want || r.stderr != "" {
				t.Errorf("%+v", r)
			}
		}
	})
	t.Run("K25 a refusal is exit 1 and the office's line", func(t *testing.T) {
		writeFile(t, filepath.Join(dir, "nokey.json"), importRequest(`{"SYNCID":"9","SHORTNAME":"A","STATIONS":"all"}`))
		if r := send("nokey.json", "u"); r.code != 1 || !strings.HasPrefix(r.stdout, `{"ErrCode":1,"ErrMsg":"В таблице пользователей отсутствует поле KEY`) || !strings.Contains(r.stderr, "отсутствует поле KEY") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K26 a wrong login is exit 1 and tells no password", func(t *testing.T) {
		if r := send("users.json", "other"); r.code != 1 || strings.Contains(r.stdout+r.stderr, "пароль»") || strings.Contains(r.stderr, "0L/QsNGA") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K26 nobody there is exit 2", func(t *testing.T) {
		r := run(t, dir, "", "kmazs-send", "-url", "http://127.0.0.1:1/", "-user", "u", "-password-env", "OBMEN_TEST_PASSWORD", "users.json")
		if r.code != 2 || r.stdout != "" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("K0 an option that only a folder has is exit 3", func(t *testing.T) {
		r := run(t, dir, "", "kmazs-send", "-url", url, "-user", "u", "-password-env", "OBMEN_TEST_PASSWORD", "-process-iscar", "users.json")
		if r.code != 3 || r.stdout != "" {
			t.Errorf("%+v", r)
		}
	})
}

// startWebAPI runs kmazs-office with the Web-API alone and returns its URL.
func startWebAPI(t *testing.T, dir string, args ...string) string {
	t.Helper()
	office := program(t, "kmazs-office", append([]string{"-directory", "dir.json", "-listen", "127.0.0.1:0", "-user", "u", "-password-env", "OBMEN_TEST_PASSWORD"}, args...)...)
	office.Dir = dir
	stdout, err := office.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := office.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		office.Process.Kill()
		office.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("%q %v", line, err)
	}
	return "http://" + address + "/"
}
