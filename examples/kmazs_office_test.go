package examples

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// emptyOffice is a directory without users.
const emptyOffice = `{"revision":1,"stations":[1,2,10],"fuels":[{"id":1,"code":"92"}],"departments":[],"accounts":[]}`

// officeFolder makes a folder with dir.json and an exchange folder in it.
func officeFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "exchange"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "dir.json"), emptyOffice)
	return dir
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// officeFile is what the tests look at in dir.json.
type officeFile struct {
	Revision int64 `json:"revision"`
	Accounts []struct {
		Number    int    `json:"number"`
		SyncID    string `json:"syncId"`
		ShortName string `json:"shortName"`
		DayLimit  *int   `json:"dayLimit"`
	} `json:"accounts"`
	Receipts []struct {
		Digest string `json:"digest"`
	} `json:"receipts"`
}

func readOffice(t *testing.T, dir string) (o officeFile) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "dir.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatalf("dir.json is half-written: %v", err)
	}
	return o
}

// importRequest is a whole request of one record.
func importRequest(record string) string {
	return `{"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки","Users":[` + record + `]}`
}

// startOffice runs kmazs-office on the folder until the test ends; it watches when
// startOffice returns.
func startOffice(t *testing.T, dir string, args ...string) {
	t.Helper()
	office := program(t, "kmazs-office", append([]string{"-directory", "dir.json", "-folder", "exchange", "-every", "20ms"}, args...)...)
	office.Dir = dir
	stderr, err := office.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := office.Start(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	watching, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ready := false
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			log.WriteString(lines.Text() + "\n")
			if !ready && strings.Contains(lines.Text(), "the folder is watched") {
				ready = true
				close(watching)
			}
		}
	}()
	t.Cleanup(func() {
		office.Process.Kill()
		<-ended
		office.Wait()
		if t.Failed() {
			t.Logf("kmazs-office:\n%s", log.String())
		}
	})
	select {
	case <-watching:
	case <-ended:
		t.Fatalf("kmazs-office ended: %s", log.String())
	case <-time.After(time.Minute):
		t.Fatal("kmazs-office does not begin to watch")
	}
}

func TestKmazsOffice(t *testing.T) {
	t.Run("FL5 -once serves what lies there", func(t *testing.T) {
		dir := officeFolder(t)
		exchange := filepath.Join(dir, "exchange")
		if r := run(t, dir, `{"SYNCID":"1","SHORTNAME":"ИВАНОВ И.И."}`+"\n", "dbf", "make", "-codepage", "cp866", "-fields", "SYNCID,C,40;SHORTNAME,C,16", "-o", "exchange/users.dbf"); r.code != 0 {
			t.Fatal(r.stderr)
		}
		writeFile(t, filepath.Join(exchange, "users.flag"), "[main]\r\ncommand=userssync\r\ncommandtime=7.9.2011 8:36:50\r\ndbffile=users.dbf\r\ndbfrecordcount=1\r\nautoexchange=1\r\nnummessage=10\r\nready=1\r\n")
		r := run(t, dir, "", "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-once")
		if r.code != 0 {
			t.Fatal(r)
		}
		result, err := os.ReadFile(filepath.Join(exchange, "usersres.flag"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"commandtime=7.9.2011 8:36:50\r\n", "nummessage=10\r\n", "processed=1\r\n", "error=0\r\n", "procbegin=", "procend="} {
			if !strings.Contains(string(result), want) {
				t.Errorf("no %q in %q", want, result)
			}
		}
		if !strings.HasSuffix(string(result), "\r\nready=1\r\n") || strings.Contains(string(result), "cnt=") {
			t.Errorf("%q", result)
		}
		if flag, _ := os.ReadFile(filepath.Join(exchange, "users.flag")); !strings.Contains(string(flag), "processed=1\r\n") {
			t.Errorf("%q", flag)
		}
		if o := readOffice(t, dir); len(o.Accounts) != 1 || o.Accounts[0].ShortName != "ИВАНОВ И.И." {
			t.Errorf("%+v", o)
		}
		if !strings.Contains(r.stderr, "record=1 action=add") || strings.Contains(r.stderr, "ИВАНОВ") || !strings.Contains(r.stderr, "exchange with stations begins") {
			t.Errorf("the log: %s", r.stderr)
		}
	})
	t.Run("FL10 -once grants a missing table three looks", func(t *testing.T) {
		dir := officeFolder(t)
		writeFile(t, filepath.Join(dir, "exchange", "users.flag"), "[main]\r\ncommand=userssync\r\ndbffile=users.dbf\r\nready=1\r\n")
		if r := run(t, dir, "", "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-once", "-every", "10ms"); r.code != 0 {
			t.Fatal(r)
		}
		if result, _ := os.ReadFile(filepath.Join(dir, "exchange", "usersres.flag")); !strings.Contains(string(result), "error=1\r\n") {
			t.Errorf("%q", result)
		}
	})
	t.Run("K43 -pause begins an exchange after a change, at the latest when it ends", func(t *testing.T) {
		dir := officeFolder(t)
		if r := run(t, dir, `{"SYNCID":"1","SHORTNAME":"A"}`+"\n", "dbf", "make", "-codepage", "cp866", "-fields", "SYNCID,C,40;SHORTNAME,C,16", "-o", "exchange/users.dbf"); r.code != 0 {
			t.Fatal(r.stderr)
		}
		for _, begins := range []bool{true, false} { // the second time nothing changes
			writeFile(t, filepath.Join(dir, "exchange", "users.flag"), "[main]\r\ncommand=userssync\r\ndbffile=users.dbf\r\n; "+fmt.Sprint(begins)+"\r\nready=1\r\n")
			r := run(t, dir, "", "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-once", "-pause", "3600")
			if r.code != 0 || strings.Contains(r.stderr, "exchange with stations begins") != begins {
				t.Errorf("%v: %+v", begins, r)
			}
		}
	})
	t.Run("an interrupt is an orderly end", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("Windows has no interrupt to send")
		}
		dir := officeFolder(t)
		office := program(t, "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-listen", "127.0.0.1:0", "-user", "u", "-password-env", "HOME")
		office.Dir = dir
		stdout, err := office.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := office.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || !strings.HasPrefix(line, "listening on 127.0.0.1:") {
			t.Errorf("%q %v", line, err)
		}
		if err := office.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := office.Wait(); err != nil {
			t.Errorf("%v", err)
		}
	})
	t.Run("wrong usage is exit 3", func(t *testing.T) {
		dir := officeFolder(t)
		for _, args := range [][]string{
			{},
			{"-directory", "dir.json"},
			{"-folder", "exchange"},
			{"-directory", "none.json", "-folder", "exchange", "-once"},
			{"-directory", "dir.json", "-folder", "none", "-once"},
			{"-directory", "dir.json", "-folder", "exchange", "-once", "-require", "KEY,NOSUCH"},
			{"-directory", "dir.json", "-folder", "exchange", "-once", "-pause", "soon"},
			{"-directory", "dir.json", "-folder", "exchange", "-once", "-every", "0s"},
			{"-directory", "dir.json", "-folder", "exchange", "-once", "extra"},
			{"-directory", "dir.json", "-listen", "127.0.0.1:0"},
			{"-directory", "dir.json", "-listen", "127.0.0.1:0", "-user", "u", "-password-env", "OBMEN_NOT_SET"},
			{"-bogus"},
		} {
			if r := run(t, dir, "", "kmazs-office", args...); r.code != 3 || r.stderr == "" || r.stdout != "" {
				t.Errorf("%q: %+v", args, r)
			}
		}
		if r := run(t, dir, "", "kmazs-office", "-h"); r.code != 0 || !strings.Contains(r.stderr, "Usage: kmazs-office") {
			t.Errorf("-h: %+v", r)
		}
	})
	t.Run("FL10 a second office on the folder ends with 1", func(t *testing.T) {
		dir := officeFolder(t)
		startOffice(t, dir)
		if r := run(t, dir, "", "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-once"); r.code != 1 || !strings.Contains(r.stderr, "already serves") {
			t.Errorf("%+v", r)
		}
	})
}

// TestKmazsKills runs both programs on one folder and kills each of them at random
// moments: nothing may be lost, done twice or half-read.
func TestKmazsKills(t *testing.T) {
	kills, limit := 200, 50*time.Second
	switch {
	case os.Getenv("OBMEN_LONG") == "1":
		kills, limit = 2000, 10*time.Minute
	case testing.Short():
		kills, limit = 40, 20*time.Second
	}
	dir := officeFolder(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))

	var mu sync.Mutex
	killed := map[string]int{}
	kill := func(who string) { mu.Lock(); defer mu.Unlock(); killed[who]++ }
	total := func() int { mu.Lock(); defer mu.Unlock(); return killed["kmazs-office"] + killed["kmazs-send"] }

	stop, ended := make(chan struct{}), make(chan struct{})
	officeRandom := rand.New(rand.NewPCG(seed, 4))
	go func() {
		defer close(ended)
		for {
			office := program(t, "kmazs-office", "-directory", "dir.json", "-folder", "exchange", "-every", "10ms")
			office.Dir = dir
			if err := office.Start(); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-stop:
				office.Process.Kill()
				office.Wait()
				return
			case <-time.After(time.Duration(5+officeRandom.IntN(200)) * time.Millisecond):
			}
			office.Process.Kill()
			office.Wait()
			kill("kmazs-office")
		}
	}()

	digests := map[string]bool{}
	jobs := 0
	for begin := time.Now(); total() < kills && time.Since(begin) < limit && !t.Failed(); jobs++ {
		n := jobs + 1
		file := filepath.Join(dir, "users.json")
		writeFile(t, file, importRequest(fmt.Sprintf(`{"SYNCID":"%d","SHORTNAME":"USER %d","DAYLIMIT":"%d","STATIONS":"all"}`, n%7, n%7, n)))
		for sent := false; !sent; {
			var out bytes.Buffer
			send := program(t, "kmazs-send", "-folder", "exchange", "-every", "5ms", "-timeout", "60s", "-nummessage", fmt.Sprint(n), "users.json")
			send.Dir, send.Stdout = dir, &out
			if err := send.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(time.Duration(5+random.IntN(250))*time.Millisecond, func() { send.Process.Kill() })
			err := send.Wait()
			timer.Stop()
			if send.ProcessState.ExitCode() < 0 || send.ProcessState.ExitCode() == 1 && out.Len() == 0 {
				kill("kmazs-send")
			} else if err != nil {
				t.Fatalf("request %d: %v\n%s", n, err, out.String())
			}
			// What was printed whole has arrived, even if the sender died cleaning up.
			sent = strings.HasSuffix(out.String(), "\nready=1\n")
			if sent && (!strings.Contains(out.String(), "\nerror=0\n") || !strings.Contains(out.String(), fmt.Sprintf("\nnummessage=%d\n", n))) {
				t.Fatalf("request %d got %s", n, out.String())
			}
		}
		o := readOffice(t, dir)
		for _, r := range o.Receipts {
			digests[r.Digest] = true
		}
		if o.Revision != int64(1+n) || len(digests) != n {
			t.Fatalf("after request %d: revision %d, %d imports", n, o.Revision, len(digests))
		}
		found := false
		for _, a := range o.Accounts {
			found = found || a.SyncID == fmt.Sprint(n%7) && a.DayLimit != nil && *a.DayLimit == n
		}
		if !found {
			t.Fatalf("request %d is lost: %+v", n, o.Accounts)
		}
	}
	close(stop)
	<-ended
	t.Logf("%d requests, killed %v", jobs, killed)
	if total() < kills*3/4 {
		t.Errorf("only %d kills: this run says little", total())
	}
}
