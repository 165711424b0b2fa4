package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The office of these tests: its accounts are made to meet the records of
// testdata/kmazs-import/*.json.
const importDirectory = `{"revision":7,"stations":[1,2,10],"fuels":[{"id":1,"code":"92"},{"id":2,"code":"95"}],
"departments":[{"syncId":"D1","name":"Склад","stations":[1]}],
"accounts":[
{"number":1,"catalogue":"operator","syncId":"op","shortName":"ОПЕРАТОР"},
{"number":12,"syncId":"1456735","shortName":"ИВАНОВ И.И.","fullName":"Иванов Иван Иванович","key":"0000567890123456","dayLimit":100,"stations":"all"},
{"number":13,"shortName":"СИДОРОВ С.С.","key":"0000000000123456","pin":1234,"department":"D1"},
{"number":14,"syncId":"9","shortName":"ПЕТРОВ П.П.","key":"00000000000000AA","timeLimit":"2026-12-31"},
{"number":15,"syncId":"10","shortName":"СТАРЫЙ С.С.","lockedOn":"2026-11-01","timeLimit":"2026-10-31"},
{"number":20,"catalogue":"vehicle","syncId":"car","shortName":"А123ВС 77","reqDriver":false},
{"number":21,"shortName":"ДВОЙНИК Д.Д."},{"number":22,"shortName":"ДВОЙНИК Д.Д."}]}
`

// importFolder makes a folder with dir.json and the request files.
func importFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("dir.json", importDirectory)
	files, err := filepath.Glob("testdata/kmazs-import/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no requests", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		write(filepath.Base(f), string(data))
	}
	return dir
}

func TestKmazsImportPlans(t *testing.T) {
	for name, c := range map[string]struct {
		args string
		code int
	}{
		"update":         {"-attach-by-key -attach-by-name -process-iscar update.json", 1},
		"update-ids":     {"update.json", 1},
		"replace":        {"-replace -confirm-locks replace.json", 0},
		"too-many-locks": {"-replace replace.json", 2},
		"strict":         {"-strict update.json", 2},
		"attach-only":    {"-attach-only -attach-by-key -attach-by-name update.json", 1},
		"lists":          {"-stations-replace 7=1,8=2 -fuel-replace A92=1,DT=2 -allowed-stations 8 lists.json", 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := importFolder(t)
			args := append([]string{"-directory", "dir.json", "-today", "2026-11-23"}, strings.Fields(c.args)...)
			planned := run(t, dir, "", "kmazs-import", append([]string{"-plan"}, args...)...)
			golden(t, "kmazs-import/"+name+".plan", planned.stdout)
			if planned.code != c.code {
				t.Errorf("-plan exits with %d, want %d\n%s", planned.code, c.code, planned.stderr)
			}
			if data, _ := os.ReadFile(filepath.Join(dir, "dir.json")); string(data) != importDirectory {
				t.Error("-plan has changed the directory")
			}
			done := run(t, dir, "", "kmazs-import", args...)
			golden(t, "kmazs-import/"+name+".answer", done.stdout)
			if done.code != c.code {
				t.Errorf("the import exits with %d, want %d\n%s", done.code, c.code, done.stderr)
			}
			after, err := os.ReadFile(filepath.Join(dir, "dir.json"))
			if err != nil {
				t.Fatal(err)
			}
			if c.code == 2 {
				if string(after) != importDirectory || planned.stdout != done.stdout {
					t.Error("a request error changed the directory or is told in two ways")
				}
				return
			}
			golden(t, "kmazs-import/"+name+".dir", string(after))
		})
	}
}

func TestKmazsImportTwice(t *testing.T) {
	dir := importFolder(t)
	args := []string{"-directory", "dir.json", "-attach-by-key", "sample.json"}
	want := []string{
		`{"ImportUsersResult":{"LockedCnt":0,"UpdByIdCnt":0,"DelCnt":0,"AddCnt":0,"IgnoredCnt":1,"UpdByNameCnt":0,"UpdByKeyCnt":1},"ErrCode":0}`,
		`{"ImportUsersResult":{"LockedCnt":0,"UpdByIdCnt":0,"DelCnt":0,"AddCnt":0,"IgnoredCnt":2,"UpdByNameCnt":0,"UpdByKeyCnt":0},"ErrCode":0}`,
	}
	for i, line := range want {
		before, _ := os.ReadFile(filepath.Join(dir, "dir.json"))
		got := run(t, dir, "", "kmazs-import", args...)
		if got.code != 0 || got.stdout != line+"\n" {
			t.Errorf("import %d: exit %d\n%s%s", i+1, got.code, got.stdout, got.stderr)
		}
		after, _ := os.ReadFile(filepath.Join(dir, "dir.json"))
		if same := string(before) == string(after); same != (i == 1) {
			t.Errorf("import %d: the file is the same: %v", i+1, same)
		}
	}
}

func TestKmazsImportTable(t *testing.T) {
	dir := importFolder(t)
	rows := `{"SYNCID":"1456735","DAYLIMIT":300,"CANTIDE":null,"TIMELIMIT":"2027-02-28"}
{"SYNCID":"77","SHORTNAME":"ЁЛКИН Ё.Ё.","DAYLIMIT":0,"CANTIDE":false,"TIMELIMIT":null}
`
	made := run(t, dir, rows, "dbf", "make", "-codepage", "cp866", "-fields", "SYNCID,C,40;SHORTNAME,C,16;DAYLIMIT,N,5,0;CANTIDE,L;TIMELIMIT,D", "-o", "users.dbf")
	if made.code != 0 {
		t.Fatal(made.stderr)
	}
	plan := run(t, dir, "", "kmazs-import", "-plan", "-directory", "dir.json", "-today", "2026-11-23", "-allowed-stations", "all", "users.dbf")
	golden(t, "kmazs-import/table.plan", plan.stdout)
	if plan.code != 0 {
		t.Errorf("exit %d\n%s", plan.code, plan.stderr)
	}
	missing := run(t, dir, "", "kmazs-import", "-directory", "dir.json", "-require", "KEY", "users.dbf")
	if want := `{"ErrCode":1,"ErrMsg":"В таблице пользователей отсутствует поле KEY"}` + "\n"; missing.code != 2 || missing.stdout != want {
		t.Errorf("exit %d, %s", missing.code, missing.stdout)
	}
	if forced := run(t, dir, "", "kmazs-import", "-plan", "-directory", "dir.json", "-codepage", "cp1251", "users.dbf"); strings.Contains(forced.stdout, "ЁЛКИН") {
		t.Error("-codepage is not obeyed")
	}
	// D5: a name that differs only in case is found, with a warning.
	if err := os.Rename(filepath.Join(dir, "users.dbf"), filepath.Join(dir, "USERS.DBF")); err != nil {
		t.Fatal(err)
	}
	other := run(t, dir, "", "kmazs-import", "-plan", "-directory", "dir.json", "users.dbf")
	if runtime.GOOS == "linux" && (other.code != 0 || !strings.Contains(other.stderr, "USERS.DBF")) {
		t.Errorf("USERS.DBF for users.dbf: exit %d, %s", other.code, other.stderr)
	}
}

func TestKmazsImportRequestErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":             `{"Users":[`,
		"wrong test text":     `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Ïðîâåðêà","Users":[]}`,
		"Replace while off":   `{"ImportUsersParams":{"ImportType":"Replace"},"TestCharSet":"Проверка кодировки","Users":[]}`,
		"unknown station":     `{"ImportUsersParams":{"ImportType":"Update","AllowedStations":"99"},"TestCharSet":"Проверка кодировки","Users":[]}`,
		"a key of two":        `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[{"SYNCID":"1","SYNCID":"2"}]}`,
		"nothing to match by": `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[{"FULLNAME":"А"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := importFolder(t)
			if err := os.WriteFile(filepath.Join(dir, "bad.json"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"-directory", "dir.json", "bad.json"}, {"-plan", "-directory", "dir.json", "bad.json"}} {
				got := run(t, dir, "", "kmazs-import", args...)
				var answer struct {
					ErrCode int
					ErrMsg  string
				}
				if err := json.Unmarshal([]byte(got.stdout), &answer); err != nil || answer.ErrCode != 1 || answer.ErrMsg == "" ||
					got.code != 2 || strings.Count(got.stdout, "\n") != 1 {
					t.Errorf("%v: exit %d, stdout %q, stderr %q", args, got.code, got.stdout, got.stderr)
				}
			}
		})
	}
}

// An answer that cannot be written has an exit code of its own: the import was done.
func TestKmazsImportUntold(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full:", err)
	}
	defer full.Close()
	for _, c := range []struct {
		args    []string
		code    int
		want    string
		changed bool
	}{
		{nil, 4, "the import was done, but its answer could not be written", true},
		{[]string{"-plan"}, 4, "the plan could not be written", false},
		{[]string{"-strict"}, 2, "nothing was changed", false},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := importFolder(t)
			cmd := program(t, "kmazs-import", append(c.args, "-directory", "dir.json", "update.json")...)
			var stderr strings.Builder
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, full, &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(stderr.String(), c.want) {
				t.Errorf("exit %d, %s", code, stderr.String())
			}
			after, err := os.ReadFile(filepath.Join(dir, "dir.json"))
			if err != nil || (string(after) != importDirectory) != c.changed {
				t.Errorf("changed: %v, %v", string(after) != importDirectory, err)
			}
		})
	}
}

func TestKmazsImportUsage(t *testing.T) {
	dir := importFolder(t)
	for name, c := range map[string]struct {
		args, stderr string
	}{
		"no directory":      {"sample.json", "-directory is missing"},
		"no file":           {"-directory dir.json", "there are 0 files"},
		"two files":         {"-directory dir.json sample.json sample.json", "there are 2 files"},
		"file is missing":   {"-directory dir.json none.json", "none.json"},
		"directory missing": {"-directory none.json sample.json", "none.json"},
		"bad directory":     {"-directory sample.json sample.json", "kmazs-import: sample.json"},
		"unknown ending":    {"-directory dir.json dir.txt", "dir.txt"},
		"unknown flag":      {"-directory dir.json -nonsense sample.json", "-nonsense"},
		"unknown field":     {"-directory dir.json -require NONSENSE sample.json", "NONSENSE"},
		"no day":            {"-directory dir.json -today 23.11.2026 sample.json", "yyyy-mm-dd"},
		"no code page":      {"-directory dir.json -codepage klingon sample.json", "klingon"},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, dir, "", "kmazs-import", strings.Fields(c.args)...)
			if got.code != 3 || got.stdout != "" || !strings.Contains(got.stderr, c.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
			}
		})
	}
	if got := run(t, dir, "", "kmazs-import", "-h"); got.code != 0 || !strings.Contains(got.stdout+got.stderr, "kmazs-import [-plan] -directory dir.json") {
		t.Errorf("-h: exit %d, %q, %q", got.code, got.stdout, got.stderr)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "dir.json")); string(data) != importDirectory {
		t.Error("the directory has changed")
	}
}
