package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/flagfile/flagtest"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/office"
)

// site is a folder with an office whose directory is in memory.
type site struct {
	disk      *flagtest.Disk
	directory *office.Memory
	log       *bytes.Buffer
	logger    *slog.Logger // one for all: its handler locks the buffer
	begun     [][]int      // exchanges with stations
	failing   error        // of the exchanger
	mu        sync.Mutex
}

func newSite() *site {
	log := &bytes.Buffer{}
	return &site{
		disk: flagtest.NewDisk(),
		directory: office.NewMemory(&office.Snapshot{
			Revision: 1,
			Stations: []int{1, 2, 10},
			Fuels:    []office.Fuel{{ID: 1, Code: "92"}},
		}),
		log:    log,
		logger: slog.New(slog.NewTextHandler(log, nil)),
	}
}

func (s *site) office(settings *office.Settings) *exchange.Office {
	o, _ := s.officeOf(s.disk.Process(), settings)
	return o
}

func (s *site) officeOf(p *flagtest.Process, settings *office.Settings) (*exchange.Office, *office.Importer) {
	importer := office.NewImporter(s.directory, settings, &office.Options{
		Exchanger: office.ExchangerFunc(func(_ context.Context, stations []int) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.failing == nil {
				s.begun = append(s.begun, stations)
			}
			return s.failing
		}),
	})
	return exchange.NewOffice(p, importer, &exchange.OfficeOptions{Every: time.Second, Logger: s.logger}), importer
}

func (s *site) client() *exchange.Client {
	return exchange.NewClient(s.disk.Process(), &exchange.ClientOptions{Every: time.Second, Logger: s.logger})
}

func (s *site) accounts(t *testing.T) []office.Account {
	t.Helper()
	snap, err := s.directory.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return snap.Accounts
}

func user(id, name string) kmazs.User {
	return kmazs.User{SyncID: kmazs.Value(id), ShortName: kmazs.Value(name), DayLimit: kmazs.Value(100)}
}

// request lays a request into the folder as an external system of its own making
// would: flag lines and a table of users.
func (s *site) request(t *testing.T, lines string, users ...kmazs.User) {
	t.Helper()
	s.disk.Put("users.dbf", table(t, users...))
	s.flag(t, "users.flag", "command=userssync\r\ncommandtime=07.09.2011 10:36:50\r\ndbffile=users.dbf\r\n"+lines)
}

func (s *site) flag(t *testing.T, name, lines string) {
	t.Helper()
	f, err := flagfile.Parse([]byte("[main]\r\n" + lines + "ready=1\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.disk.Put(name, f.Bytes())
}

// result reads a result file, nil if it is not there.
func (s *site) result(t *testing.T, name string) *flagfile.Result {
	t.Helper()
	data := s.disk.Get(name)
	if data == nil {
		return nil
	}
	f, err := flagfile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	res, err := f.Result()
	if err != nil {
		t.Fatalf("%v: %q", err, data)
	}
	return res
}

func (s *site) processed(name string) bool {
	return strings.Contains(string(s.disk.Get(name)), "processed=1\r\n")
}

func code(err error) string {
	var e interface{ Code() string }
	if errors.As(err, &e) {
		return e.Code()
	}
	return ""
}

func TestOffice(t *testing.T) {
	t.Run("FL5 users come in, usersres.flag and processed=1 appear", func(t *testing.T) {
		s := newSite()
		s.request(t, "dbfrecordcount=2\r\nnummessage=10\r\n", user("1", "ИВАНОВ И.И."), user("2", "СИДОРОВ С.С."))
		if err := s.office(nil).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if res := s.result(t, "usersres.flag"); res == nil || res.Err() != nil || !s.processed("users.flag") {
			t.Errorf("%+v", res)
		}
		if got := s.accounts(t); len(got) != 2 || got[0].ShortName != "ИВАНОВ И.И." {
			t.Errorf("%+v", got)
		}
		if s.disk.Get("users.dbf") == nil || s.disk.Get("users.flag") == nil {
			t.Error("FL9: the office deletes files")
		}
	})
	t.Run("FL2 an unknown command and wrong values are error=1", func(t *testing.T) {
		for _, c := range []struct{ lines, text string }{
			{"command=sync\r\ndbffile=users.dbf\r\n", "Неизвестная команда «sync»"},
			{"command=userssync\r\ndbffile=users.dbf\r\ndbfrecordcount=100 (rows)\r\nautoexchange=2\r\n", "(rows)"},
			{"command=userssync\r\n", "dbffile"},
			{"command=userssync\r\ndbffile=..\\..\\windows\\win.ini\r\n", "простое имя файла"}, // FL13
			{"command=userssync\r\ndbffile=nul\r\n", "простое имя файла"},
		} {
			s := newSite()
			s.flag(t, "users.flag", c.lines)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); res == nil || !res.Failed || !strings.Contains(res.Text, c.text) || !s.processed("users.flag") {
				t.Errorf("%q: %+v", c.lines, res)
			}
		}
	})
	t.Run("FL6 several problems are several lines of errmsg", func(t *testing.T) {
		s := newSite()
		s.flag(t, "users.flag", "command=a\r\nautoexchange=2\r\n")
		if err := s.office(nil).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if res := s.result(t, "usersres.flag"); strings.Count(res.Text, "\n") != 2 {
			t.Errorf("%q", res.Text)
		}
	})
	t.Run("FL3 a flag without ready=1 is left alone", func(t *testing.T) {
		s := newSite()
		s.disk.Put("users.flag", []byte("[main]\r\ncommand=userssync\r\n"))
		if err := s.office(nil).RunOnce(t.Context()); err != nil || s.disk.Get("usersres.flag") != nil {
			t.Errorf("%v %q", err, s.disk.Get("usersres.flag"))
		}
	})
	t.Run("FL10 a missing table is error=1 after 3 looks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			s.flag(t, "users.flag", "command=userssync\r\ndbffile=users.dbf\r\n")
			o := s.office(nil)
			for look := 1; look <= 3; look++ {
				if waiting, err := o.Poll(t.Context()); err != nil || waiting != (look < 3) {
					t.Errorf("look %d: %v %v", look, waiting, err)
				}
				if there := s.disk.Get("usersres.flag") != nil; there != (look == 3) {
					t.Errorf("look %d: result %v", look, there)
				}
			}
			if res := s.result(t, "usersres.flag"); !res.Failed || !strings.Contains(res.Text, "users.dbf") {
				t.Errorf("%+v", res)
			}
		})
	})
	t.Run("FL10 a table that comes with the second look is taken", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			s.flag(t, "users.flag", "command=userssync\r\ndbffile=users.dbf\r\n")
			time.AfterFunc(1500*time.Millisecond, func() { s.disk.Put("users.dbf", table(t, user("1", "A"))) })
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); res.Err() != nil || len(s.accounts(t)) != 1 {
				t.Errorf("%+v", res)
			}
		})
	})
	t.Run("FL10 a table that is held for ever is error=1, access denied names the account", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			s.request(t, "", user("1", "A"))
			s.disk.Busy("users.dbf", 1<<30)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); !res.Failed || !strings.Contains(res.Text, "занят") {
				t.Errorf("%+v", res)
			}
			s = newSite()
			s.request(t, "", user("1", "A"))
			s.disk.Deny("users.dbf", true)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); !res.Failed || !strings.Contains(res.Text, "учётной записи") {
				t.Errorf("%+v", res)
			}
		})
	})
	t.Run("FL10 one office a folder", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- s.office(nil).Run(ctx) }()
			synctest.Wait()
			if err := s.office(nil).RunOnce(t.Context()); code(err) != exchange.CodeLocked {
				t.Errorf("%v", err)
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Errorf("the lock is not given back: %v", err)
			}
		})
	})
	t.Run("FL10 users.flag.txt is one warning", func(t *testing.T) {
		s := newSite()
		s.disk.Put("Users.flag.txt", nil)
		o := s.office(nil)
		for range 3 {
			if _, err := o.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(s.log.String(), "users.flag.txt is not users.flag"); n != 1 {
			t.Errorf("%d warnings: %s", n, s.log)
		}
	})
	t.Run("FL10 a failing folder is logged once and tried again", func(t *testing.T) {
		s := newSite()
		s.request(t, "", user("1", "A"))
		s.disk.Deny("users.flag", true)
		o := s.office(nil)
		for range 3 {
			if _, err := o.Poll(t.Context()); err == nil {
				t.Fatal("no error")
			}
		}
		if n := strings.Count(s.log.String(), "the folder fails"); n != 1 {
			t.Errorf("%d lines: %s", n, s.log)
		}
		s.disk.Deny("users.flag", false)
		if _, err := o.Poll(t.Context()); err != nil || s.result(t, "usersres.flag").Err() != nil {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL11 dbfrecordcount is the rows by size or the live rows", func(t *testing.T) {
		whole := table(t, user("1", "A"), user("2", "B"), user("3", "C"))
		marked := bytes.Clone(whole)
		marked[dataStart(whole)] = '*' // the first row is deleted
		for lines, ok := range map[string]bool{"": true, "dbfrecordcount=3\r\n": true, "dbfrecordcount=2\r\n": true, "dbfrecordcount=1\r\n": false, "dbfrecordcount=4\r\n": false} {
			s := newSite()
			s.request(t, lines)
			s.disk.Put("users.dbf", marked)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); res.Failed == ok {
				t.Errorf("%q: %+v", lines, res.Outcome)
			}
			if n := len(s.accounts(t)); ok && n != 2 || !ok && n != 0 {
				t.Errorf("%q: %d accounts", lines, n)
			}
		}
		wrong := bytes.Clone(whole)
		wrong[4] = 9 // the header's own count does not matter
		s := newSite()
		s.request(t, "dbfrecordcount=3\r\n")
		s.disk.Put("users.dbf", wrong)
		if err := s.office(nil).RunOnce(t.Context()); err != nil || s.result(t, "usersres.flag").Failed {
			t.Errorf("%v %+v", err, s.result(t, "usersres.flag"))
		}
	})
	t.Run("FL11 a truncated or unreadable row refuses the request", func(t *testing.T) {
		whole := table(t, user("1", "A"), user("2", "B"))
		odd := bytes.Clone(whole)
		odd[dataStart(whole)] = 'x'
		for name, data := range map[string][]byte{"truncated": whole[:len(whole)-20], "unreadable": odd, "no header": whole[:10], "empty": {}} {
			s := newSite()
			s.request(t, "")
			s.disk.Put("users.dbf", data)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); !res.Failed || len(s.accounts(t)) != 0 || !strings.Contains(res.Text, "users.dbf") {
				t.Errorf("%s: %+v", name, res.Outcome)
			}
		}
	})
	t.Run("FL12 a request seen again is answered from its receipt", func(t *testing.T) {
		s := newSite()
		s.request(t, "autoexchange=1\r\n", user("1", "A"))
		flag := s.disk.Get("users.flag")
		for range 2 { // the second time as if the office had died after its commit
			s.disk.Put("users.flag", flag)
			s.disk.Put("usersres.flag", nil)
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "usersres.flag"); res.Err() != nil || !s.processed("users.flag") {
				t.Errorf("%+v", res)
			}
		}
		snap, _ := s.directory.Snapshot(t.Context())
		if snap.Revision != 2 || !strings.Contains(s.log.String(), "from its receipt") {
			t.Errorf("revision %d\n%s", snap.Revision, s.log)
		}
		if len(s.begun) != 2 {
			t.Errorf("K43: exchanges %v", s.begun)
		}
		// Another table under the same flag is another request.
		s.disk.Put("users.flag", flag)
		s.disk.Put("users.dbf", table(t, user("2", "B")))
		if err := s.office(nil).RunOnce(t.Context()); err != nil || len(s.accounts(t)) != 2 {
			t.Errorf("%v, %d accounts", err, len(s.accounts(t)))
		}
	})
	t.Run("FL12 a commit whose answer got lost is no error", func(t *testing.T) {
		s := newSite()
		s.request(t, "", user("1", "A"))
		o := exchange.NewOffice(s.disk.Process(), office.NewImporter(lostCommit{s.directory}, nil, nil), nil)
		if err := o.RunOnce(t.Context()); err != nil || s.result(t, "usersres.flag").Failed || len(s.accounts(t)) != 1 {
			t.Errorf("%v %+v", err, s.result(t, "usersres.flag"))
		}
	})
	t.Run("FL9 a request withdrawn before the commit is not done", func(t *testing.T) {
		s := newSite()
		s.request(t, "", user("1", "A"))
		p := s.disk.Process()
		o := exchange.NewOffice(withdrawing{p}, office.NewImporter(s.directory, nil, nil), nil)
		if err := o.RunOnce(t.Context()); err != nil || s.disk.Get("usersres.flag") != nil || len(s.accounts(t)) != 0 {
			t.Errorf("%v, %d accounts", err, len(s.accounts(t)))
		}
	})
	t.Run("FL4 a table that changes while it is read is looked at again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			s.request(t, "", user("1", "A"))
			p := s.disk.Process()
			o := exchange.NewOffice(&changing{Process: p, site: s, next: table(t, user("1", "A"), user("2", "B"))}, office.NewImporter(s.directory, nil, nil), nil)
			if waiting, err := o.Poll(t.Context()); !waiting || err != nil || s.disk.Get("usersres.flag") != nil || len(s.accounts(t)) != 0 {
				t.Errorf("%v %v, %d accounts", waiting, err, len(s.accounts(t)))
			}
			if err := o.RunOnce(t.Context()); err != nil || s.result(t, "usersres.flag").Failed || len(s.accounts(t)) != 2 {
				t.Errorf("%v, %d accounts, %+v", err, len(s.accounts(t)), s.result(t, "usersres.flag"))
			}
		})
	})
	t.Run("D5 a name that differs in case alone is taken with a warning", func(t *testing.T) {
		s := newSite()
		s.flag(t, "users.flag", "command=userssync\r\ndbffile=users.dbf\r\n")
		s.disk.Put("USERS.DBF", table(t, user("1", "A")))
		if err := s.office(nil).RunOnce(t.Context()); err != nil || s.result(t, "usersres.flag").Failed || !strings.Contains(s.log.String(), "USERS.DBF") {
			t.Errorf("%v %s", err, s.log)
		}
	})
	t.Run("K0 codepagetype wins over the office's page", func(t *testing.T) {
		for _, c := range []struct {
			lines string
			page  dbfio.CodePage
			want  string
		}{
			{"codepagetype=0\r\n", dbfio.CP866, "ИВАНОВ"},
			{"codepagetype=1\r\n", 0, "╚┬└═╬┬"},
			{"", dbfio.CP866, "╚┬└═╬┬"},
			{"", 0, "ИВАНОВ"},
		} {
			s := newSite()
			s.request(t, c.lines, user("1", "ИВАНОВ"))
			o := exchange.NewOffice(s.disk.Process(), office.NewImporter(s.directory, nil, nil), &exchange.OfficeOptions{CodePage: c.page})
			if err := o.RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := s.accounts(t); len(got) != 1 || got[0].ShortName != c.want {
				t.Errorf("%q, %v: %+v", c.lines, c.page, got)
			}
		}
	})
	t.Run("K0 allowattachbyname and processiscar win over the settings", func(t *testing.T) {
		s := newSite()
		s.request(t, "allowattachbyname=0\r\nprocessiscar=1\r\n", kmazs.User{SyncID: kmazs.Value("1"), ShortName: kmazs.Value("А001АА"), IsCar: kmazs.Value(true)}, kmazs.User{ShortName: kmazs.Value("Б")})
		if err := s.office(&office.Settings{AttachByName: true, ShowRefused: true}).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.accounts(t); len(got) != 1 || got[0].Catalogue != office.Vehicle {
			t.Errorf("%+v", got)
		}
	})
	t.Run("K40 the replacement lists of the flag are applied", func(t *testing.T) {
		s := newSite()
		u := user("1", "A")
		u.Stations, u.DefGSM = kmazs.Value("7,2"), kmazs.Value("A192")
		s.request(t, "kmazsreplace=7=1,2=10\r\ngsmreplace=A192=1\r\n", u)
		if err := s.office(nil).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.accounts(t); len(got) != 1 || len(got[0].Stations) != 2 || got[0].Stations[1] != 10 || got[0].Fuels[0].Fuel != 1 {
			t.Errorf("%+v %+v", got, s.result(t, "usersres.flag"))
		}
		s = newSite()
		s.request(t, "kmazsreplace=7=1,7=10\r\n", u)
		if err := s.office(nil).RunOnce(t.Context()); err != nil || !s.result(t, "usersres.flag").Failed {
			t.Errorf("a repeated left side passes: %v", err)
		}
	})
	t.Run("K41 the counts stand in usersres.flag by option", func(t *testing.T) {
		for _, show := range []bool{false, true} {
			s := newSite()
			bad := user("3", "C")
			bad.Stations = kmazs.Value("77")
			s.request(t, "", user("1", "A"), user("2", "B"), bad)
			if err := s.office(&office.Settings{ShowRefused: show}).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			res := s.result(t, "usersres.flag")
			if res.Err() != nil {
				t.Errorf("refused records are no error: %v", res.Err())
			}
			for key, want := range map[string]string{"addcnt": "2", "updcnt": "0", "delcnt": "0", "ignoredcnt": "1", "refusedcnt": "1"} {
				if got, ok := res.File.Get("main", key); ok != show || show && got != want {
					t.Errorf("option %v: %s=%s %v", show, key, got, ok)
				}
			}
		}
	})
	t.Run("K42 a required column is named in the source's words", func(t *testing.T) {
		s := newSite()
		s.request(t, "", user("1", "A"))
		if err := s.office(&office.Settings{RequiredFields: []kmazs.Field{kmazs.FieldKey}}).RunOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		if res := s.result(t, "usersres.flag"); !res.Failed || !strings.HasPrefix(res.Text, "В таблице пользователей отсутствует поле KEY") {
			t.Errorf("%q", res.Text)
		}
	})
	t.Run("K43 autoexchange=1 begins an exchange at once", func(t *testing.T) {
		for lines, n := range map[string]int{"autoexchange=1\r\n": 1, "autoexchange=0\r\n": 0, "": 0} {
			s := newSite()
			s.request(t, lines, user("1", "A"))
			if err := s.office(nil).RunOnce(t.Context()); err != nil || len(s.begun) != n {
				t.Errorf("%q: %v %v", lines, s.begun, err)
			}
		}
	})
}

// dataStart is where the rows of a table begin.
func dataStart(table []byte) int { return int(table[8]) | int(table[9])<<8 }

// table is a users table of windows-1251 without a mark of its page, so that the
// page is decided by rule.
func table(t *testing.T, users ...kmazs.User) []byte {
	t.Helper()
	disk := flagtest.NewDisk()
	w, err := disk.Process().Create("t")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kmazs.WriteTableTo(w, kmazs.Users(users), nil); err != nil {
		t.Fatal(err)
	}
	data := disk.Get("t")
	data[29] = 0
	return data
}

// lostCommit is a store that commits and reports a failure.
type lostCommit struct{ office.Directory }

func (d lostCommit) Commit(ctx context.Context, revision int64, changes *office.Changes) error {
	if err := d.Directory.Commit(ctx, revision, changes); err != nil {
		return err
	}
	return errors.New("the connection to the database broke")
}

// withdrawing is a folder whose client withdraws as soon as the table is opened.
type withdrawing struct{ *flagtest.Process }

func (w withdrawing) Open(name string) (flagfile.ReadFile, error) {
	f, err := w.Process.Open(name)
	if name == "users.dbf" {
		err = errors.Join(err, w.Process.Rename("users.flag", "users.flag.withdrawn"))
	}
	return f, err
}

// changing is a folder where somebody writes into the table after its first
// reading.
type changing struct {
	*flagtest.Process
	site *site
	next []byte
}

func (c *changing) Open(name string) (flagfile.ReadFile, error) {
	f, err := c.Process.Open(name)
	if name != "users.dbf" || c.next == nil || err != nil {
		return f, err
	}
	next := c.next
	c.next = nil
	return &rewound{f, func() {
		w, err := c.site.disk.Process().Create("users.dbf")
		if err == nil {
			_, err = w.Write(next)
		}
		if err != nil {
			panic(err)
		}
	}}, nil
}

// rewound calls a function when the reader goes back to the beginning.
type rewound struct {
	flagfile.ReadFile
	then func()
}

func (r *rewound) Seek(offset int64, whence int) (int64, error) {
	r.then()
	return r.ReadFile.Seek(offset, whence)
}
