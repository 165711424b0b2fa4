package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
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

// together runs an office beside a client, in a bubble.
func together(t *testing.T, s *site, settings *office.Settings, client func(ctx context.Context)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		ended := make(chan error)
		go func() { ended <- s.office(settings).Run(ctx) }()
		client(ctx)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestClient(t *testing.T) {
	users := []kmazs.User{user("1", "ИВАНОВ И.И."), user("2", "СИДОРОВ С.С.")}
	t.Run("FL2 table and flag as the document has them", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			p := s.disk.Process()
			c := exchange.NewClient(p, &exchange.ClientOptions{CodePage: dbfio.CP866, Every: time.Second, Now: func() time.Time { return time.Date(2011, 9, 7, 10, 36, 50, 0, time.UTC) }})
			reply, err := c.Send(ctx, kmazs.NewRequest(kmazs.Options{AutoExchange: kmazs.Value(true), AttachByName: kmazs.Value(false), ProcessIsCar: kmazs.Value(true), StationsReplace: kmazs.Value("1=2")}, users...), 10)
			if err != nil {
				t.Error(err)
				return
			}
			synctest.Wait() // the office marks the request after its answer
			want := "[main]\r\ncommand=userssync\r\ncommandtime=07.09.2011 10:36:50\r\ndbffile=users.dbf\r\ndbfrecordcount=2\r\nautoexchange=1\r\nnummessage=10\r\ncodepagetype=1\r\nallowattachbyname=0\r\nprocessiscar=1\r\nkmazsreplace=1=2\r\nprocessed=1\r\nready=1\r\n"
			if got := string(s.disk.Get("users.flag")); got != want {
				t.Errorf("%q", got)
			}
			trace := p.Trace()
			if dbf, flag := slices.Index(trace, "rename users.dbf.client-tmp users.dbf"), slices.Index(trace, "rename users.flag.client-tmp users.flag"); dbf < 0 || flag < dbf {
				t.Errorf("FL4: the flag before the table: %q", trace)
			}
			if err := reply.Clean(ctx); err != nil {
				t.Error(err)
			}
			names, _ := p.Names()
			if len(names) != 0 {
				t.Errorf("FL9: left over: %q", names)
			}
		})
		if got := s.accounts(t); len(got) != 2 || got[1].ShortName != "СИДОРОВ С.С." {
			t.Errorf("%+v", got)
		}
	})
	t.Run("FL7 error=1 is a Go error beside the reply", func(t *testing.T) {
		s := newSite()
		together(t, s, &office.Settings{RequiredFields: []kmazs.Field{kmazs.FieldKey}}, func(ctx context.Context) {
			reply, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
			if code(err) != flagfile.CodeRefused || !strings.Contains(err.Error(), "отсутствует поле KEY") || reply == nil {
				t.Errorf("%v %v", reply, err)
			}
		})
	})
	t.Run("FL9 a time-out withdraws the request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
			var retry interface{ SafeToRetry() bool }
			if code(err) != exchange.CodeWithdrawn || !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &retry) || retry.SafeToRetry() {
				t.Errorf("%v", err)
			}
			if s.disk.Get("users.flag") != nil || s.disk.Get("users.flag.withdrawn") == nil {
				t.Error("the flag is still there")
			}
		})
	})
	t.Run("FL9 an earlier request is waited for, the table too stays as it is", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			s.request(t, "nummessage=1\r\n", user("9", "Z"))
			table := s.disk.Get("users.dbf")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 2)
			if code(err) != exchange.CodeEarlier || !bytes.Equal(s.disk.Get("users.dbf"), table) {
				t.Errorf("%v", err)
			}
		})
		s := newSite()
		s.request(t, "nummessage=1\r\n", user("9", "Z"))
		together(t, s, nil, func(ctx context.Context) {
			if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 2); err != nil {
				t.Error(err)
			}
		})
		if len(s.accounts(t)) != 3 {
			t.Errorf("%+v", s.accounts(t))
		}
	})
	t.Run("FL9 two senders take turns", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			done := make(chan error)
			for i := range 3 {
				go func() {
					c := s.client()
					reply, err := c.Send(ctx, kmazs.NewRequest(kmazs.Options{}, user(string(rune('a'+i)), "A")), 0)
					if err == nil {
						err = reply.Clean(ctx)
					}
					done <- err
				}()
			}
			for range 3 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		})
		if len(s.accounts(t)) != 3 {
			t.Errorf("%+v", s.accounts(t))
		}
	})
	t.Run("FL9 Clean leaves the files of the next request alone", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			first, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 1)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, user("3", "C")), 2); err != nil {
				t.Error(err)
			}
			if err := first.Clean(ctx); err != nil || !strings.Contains(string(s.disk.Get("users.flag")), "nummessage=2\r\n") || s.disk.Get("users.dbf") == nil || s.disk.Get("usersres.flag") == nil {
				t.Errorf("%v, %q", err, s.disk.Get("users.flag"))
			}
			// Nor does it wait for a sender that works for long.
			lock, err := s.disk.Process().Lock("kmazs-client.lock")
			if err != nil {
				t.Error(err)
				return
			}
			begin := time.Now()
			if err := first.Clean(ctx); err != nil || time.Since(begin) > 10*time.Second {
				t.Errorf("%v after %v", err, time.Since(begin))
			}
			if err := lock.Close(); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("K0 AllowedStations goes into each blank STATIONS", func(t *testing.T) {
		s := newSite()
		own := user("3", "C")
		own.Stations = kmazs.Value("2")
		together(t, s, nil, func(ctx context.Context) {
			if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{AllowedStations: kmazs.Value("1,10")}, append(users, own)...), 0); err != nil {
				t.Error(err)
			}
		})
		got := s.accounts(t)
		if len(got) != 3 || !slices.Equal(got[0].Stations, []int{1, 10}) || !slices.Equal(got[2].Stations, []int{2}) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("K0 what a folder cannot express is refused before anything is written", func(t *testing.T) {
		for name, o := range map[string]kmazs.Options{
			"AllowAttachByKey":   {AttachByKey: kmazs.Value(true)},
			"AllowKeyAsUserName": {KeyAsUserName: kmazs.Value(true)},
			"replace mode":       {Replace: true},
		} {
			p := flagtest.NewDisk().Process()
			_, err := exchange.NewClient(p, nil).Send(t.Context(), kmazs.NewRequest(o, users...), 0)
			if err == nil || !strings.Contains(err.Error(), name) || len(p.Trace()) != 0 {
				t.Errorf("%s: %v %q", name, err, p.Trace())
			}
		}
	})
	t.Run("D5 the writer refuses other names", func(t *testing.T) {
		p := flagtest.NewDisk().Process()
		if _, err := exchange.NewClient(p, &exchange.ClientOptions{Table: "Users.dbf"}).Send(t.Context(), kmazs.NewRequest(kmazs.Options{}, users...), 0); err == nil || len(p.Trace()) != 0 {
			t.Errorf("%v", err)
		}
	})
	t.Run("D7 what the page lacks is an error and leaves nothing", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		if _, err := exchange.NewClient(p, nil).Send(t.Context(), kmazs.NewRequest(kmazs.Options{}, user("1", "☃")), 0); err == nil {
			t.Error("a snowman passes")
		}
		if names, _ := p.Names(); len(names) != 0 {
			t.Errorf("%q", names)
		}
	})
	t.Run("K13 the client warns of REQDRIVER", func(t *testing.T) {
		s := newSite()
		car := user("1", "А001АА")
		car.IsCar = kmazs.Value(true)
		together(t, s, nil, func(ctx context.Context) {
			if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, car), 0); err != nil {
				t.Error(err)
			}
		})
		if !strings.Contains(s.log.String(), "REQDRIVER") {
			t.Errorf("%s", s.log)
		}
	})
	t.Run("FL15 a number names a request: sent again it is not done again", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			for range 2 {
				if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 5); err != nil {
					t.Error(err)
				}
			}
			if got := revision(t, s); got != 2 {
				t.Errorf("revision %d after a repetition", got)
			}
			// The same number over another table is another request.
			if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, user("1", "ИВАНОВ И.И."), user("2", "СИДОРОВ П.П.")), 5); err != nil {
				t.Error(err)
			}
			if got := revision(t, s); got != 3 {
				t.Errorf("revision %d after another table", got)
			}
			// Another number, or no number at all, is another request.
			changed := user("1", "ПЕТРОВ")
			for i, number := range []int64{5, 6, 0} {
				changed.DayLimit = kmazs.Value(i)
				if _, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, changed), number); err != nil {
					t.Error(err)
				}
			}
			if got := revision(t, s); got != 6 {
				t.Errorf("revision %d", got)
			}
		})
	})
	t.Run("FL15 without a number every sending is a request of its own", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			seen := map[string]bool{}
			for range 2 {
				reply, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := reply.Result.File.Get("main", "nummessage")
				if seen[n] {
					t.Errorf("the reply of then is taken again: %s", n)
				}
				seen[n] = true
			}
		})
	})
	t.Run("FL15 a request that is answered and not marked yet is not taken again", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			first, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
			if err != nil {
				t.Error(err)
				return
			}
			synctest.Wait()
			// As if the office had not come to its mark.
			flag := strings.Replace(string(s.disk.Get("users.flag")), "processed=1", "processed=0", 1)
			s.disk.Put("users.flag", []byte(flag))
			second, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
			if err != nil {
				t.Error(err)
				return
			}
			a, _ := first.Result.File.Get("main", "nummessage")
			if b, _ := second.Result.File.Get("main", "nummessage"); a == b {
				t.Errorf("the reply of then is taken again: %s", a)
			}
		})
	})
	t.Run("FL15 equal users within a second, the files of before gone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			ended := make(chan error)
			importer := office.NewImporter(s.directory, &office.Settings{ShowRefused: true}, nil)
			o := exchange.NewOffice(s.disk.Process(), importer, &exchange.OfficeOptions{Every: 10 * time.Millisecond})
			go func() { ended <- o.Run(ctx) }()
			for _, added := range []string{"2", "0", "0"} {
				c := exchange.NewClient(s.disk.Process(), &exchange.ClientOptions{Every: 10 * time.Millisecond})
				reply, err := c.Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
				if err != nil {
					t.Error(err)
					break
				}
				if got, _ := reply.Result.File.Get("main", "addcnt"); got != added {
					t.Errorf("addcnt=%s, want %s: an old result is taken for this one", got, added)
				}
				if err := reply.Clean(ctx); err != nil {
					t.Error(err)
				}
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("FL9 Clean waits for the office's last step", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			time.AfterFunc(3500*time.Millisecond, func() { // an office that dies between its two steps
				flag, err := flagfile.Parse(s.disk.Get("users.flag"))
				if err != nil {
					t.Error(err)
					return
				}
				result, _, err := flag.Answer(flagfile.Outcome{Begin: "07.09.2011 10:36:50", End: "07.09.2011 10:36:50"})
				if err != nil {
					t.Error(err)
					return
				}
				s.disk.Put("usersres.flag", result.Bytes())
			})
			reply, err := s.client().Send(ctx, kmazs.NewRequest(kmazs.Options{}, users...), 0)
			if err != nil {
				t.Error(err)
				return
			}
			if err := reply.Clean(ctx); err != nil || s.disk.Get("users.flag") == nil || s.disk.Get("users.dbf") == nil {
				t.Errorf("the files of a request in flight are gone: %v", err)
			}
		})
	})
	t.Run("FL15 one exchange a second, each with a number of its own", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newSite()
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			ended := make(chan error)
			importer := office.NewImporter(s.directory, nil, &office.Options{Exchanger: office.ExchangerFunc(func(context.Context, []int) error { return nil })})
			o := exchange.NewOffice(s.disk.Process(), importer, &exchange.OfficeOptions{Every: 10 * time.Millisecond})
			go func() { ended <- o.Run(ctx) }()
			seen := map[string]bool{}
			for round := range 4 {
				c := exchange.NewClient(s.disk.Process(), &exchange.ClientOptions{Every: 10 * time.Millisecond})
				reply, err := c.Exchange(ctx, []int{1, 2}, 0)
				if err != nil {
					t.Error(err)
					break
				}
				at, _ := reply.Result.File.Get("main", "commandtime")
				n, _ := reply.Result.File.Get("main", "nummessage")
				if seen[at] || seen[n] {
					t.Errorf("two at %s, or with number %s", at, n)
				}
				seen[at], seen[n] = true, true
				if round%2 == 0 {
					if err := reply.Clean(ctx); err != nil {
						t.Error(err)
					}
				}
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("FL8 an unknown station comes back as an error", func(t *testing.T) {
		s := newSite()
		together(t, s, nil, func(ctx context.Context) {
			if _, err := s.client().Exchange(ctx, []int{77}, 0); code(err) != flagfile.CodeRefused {
				t.Errorf("%v", err)
			}
			if _, err := s.client().Exchange(ctx, nil, 0); err != nil {
				t.Error(err)
			}
			if _, err := s.client().Exchange(ctx, []int{}, 0); code(err) != exchange.CodeStations {
				t.Errorf("%v", err)
			}
		})
	})
}

func revision(t *testing.T, s *site) int64 {
	t.Helper()
	snap, err := s.directory.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return snap.Revision
}

func TestTemplate(t *testing.T) {
	t.Run("D10 an empty table of the whole schema and an example users.flag", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		at := time.Date(2011, 9, 7, 10, 36, 50, 0, time.UTC)
		if err := exchange.WriteTemplate(t.Context(), p, dbfio.CP866, at); err != nil {
			t.Fatal(err)
		}
		f, err := p.Open("users.dbf")
		if err != nil {
			t.Fatal(err)
		}
		r, err := dbfio.NewReader(f, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(r.Columns()); n != kmazs.FieldCount {
			t.Errorf("%d columns", n)
		}
		if _, err := r.Read(); err != io.EOF {
			t.Errorf("%v", err)
		}
		flag, err := flagfile.Parse(disk.Get("users.flag"))
		if err != nil {
			t.Fatal(err)
		}
		if u, err := flag.Users(); err != nil || u.CodePage != flagfile.CodePage866 {
			t.Errorf("%+v %v", u, err)
		}
		if err := exchange.WriteTemplate(t.Context(), p, dbfio.CP866, at); code(err) != exchange.CodeExists {
			t.Errorf("it replaces files: %v", err)
		}
	})
}

// closedFS is a folder that may not be written into.
type closedFS struct{ flagfile.FS }

func (closedFS) Lock(name string) (io.Closer, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestFolderAccess(t *testing.T) {
	s := newSite()
	told := func(name string, err error, safe bool) {
		t.Helper()
		e, ok := errors.AsType[*exchange.Error](err)
		if !ok || e.Code() != exchange.CodeFolder || e.SafeToRetry() != safe || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", name, err)
			return
		}
		if strings.Count(e.Error(), "permission denied") != 1 || strings.Contains(e.Message("ru"), "администратору") || !strings.Contains(e.Message("ru"), "Каталог обмена недоступен") {
			t.Errorf("%s: %q, %q", name, e.Error(), e.Message("ru"))
		}
	}
	_, err := exchange.NewClient(closedFS{s.disk.Process()}, nil).Send(t.Context(), kmazs.NewRequest(kmazs.Options{}, user("1", "ИВАНОВ И.И.")), 1)
	told("FL9 a sender", err, true)
	o := exchange.NewOffice(closedFS{s.disk.Process()}, nil, nil)
	told("FL10 an office", o.Run(t.Context()), false)
}
