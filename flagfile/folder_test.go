package flagfile_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/flagfile/flagtest"
)

func request(t *testing.T, n int64) *flagfile.File {
	t.Helper()
	f, err := flagfile.Users{CommandTime: "07.09.2011 10:36:50", Table: "users.dbf", Number: &n}.File()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func result(t *testing.T, req *flagfile.File) *flagfile.File {
	t.Helper()
	f, _, err := req.Answer(flagfile.Outcome{Begin: "07.09.2011 10:36:50", End: "07.09.2011 10:36:51"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func code(err error) string {
	if e, ok := errors.AsType[*flagfile.Error](err); ok {
		return e.Code()
	}
	return ""
}

func safe(err error) bool {
	e, ok := errors.AsType[*flagfile.Error](err)
	return ok && e.SafeToRetry()
}

func TestClient(t *testing.T) {
	ctx := t.Context()
	users := flagfile.KindUsers
	t.Run("FL4 temporary name, sync, rename, in this order", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		if err := flagfile.PublishFile(ctx, p, "users.flag", ".tmp", request(t, 1)); err != nil {
			t.Fatal(err)
		}
		want := []string{"create users.flag.tmp", "write users.flag.tmp", "sync users.flag.tmp", "close users.flag.tmp", "rename users.flag.tmp users.flag"}
		if got := p.Trace(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
	t.Run("FL9 never published over a request in flight", func(t *testing.T) {
		disk := flagtest.NewDisk()
		folder := flagfile.Folder{FS: disk.Process()}
		if err := folder.Publish(ctx, users, request(t, 1)); err != nil {
			t.Fatal(err)
		}
		if err := folder.Publish(ctx, users, request(t, 2)); code(err) != flagfile.CodeInFlight || !safe(err) {
			t.Errorf("%v", err)
		}
		req, err := folder.Claim(ctx, users)
		if err != nil || req == nil {
			t.Fatal(req, err)
		}
		if err := req.Answer(ctx, result(t, req.File)); err != nil {
			t.Fatal(err)
		}
		if err := folder.Publish(ctx, users, request(t, 2)); err != nil {
			t.Errorf("after processed=1: %v", err)
		}
	})
	t.Run("FL15 a stale result is removed before publishing", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		disk.Put(flagfile.UsersResult, result(t, request(t, 2)).Bytes())
		if err := (flagfile.Folder{FS: p}).Publish(ctx, users, request(t, 2)); err != nil {
			t.Fatal(err)
		}
		trace := p.Trace()
		if gone, flag := slices.Index(trace, "remove usersres.flag"), slices.Index(trace, "rename users.flag.client-tmp users.flag"); gone < 0 || flag < gone {
			t.Errorf("%q", trace)
		}
	})
	t.Run("FL15 the result of another request is not taken", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			disk := flagtest.NewDisk()
			folder := flagfile.Folder{FS: disk.Process()}
			disk.Put(flagfile.UsersResult, result(t, request(t, 1)).Bytes())
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := folder.Wait(ctx, users, request(t, 2))
			if code(err) != flagfile.CodeTimeout || !errors.Is(err, context.DeadlineExceeded) || safe(err) {
				t.Errorf("%v", err)
			}
		})
	})
	t.Run("FL3 a result without ready=1 is waited for, FL10 polling every 5 s", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			disk := flagtest.NewDisk()
			p := disk.Process()
			whole := result(t, request(t, 1))
			torn := whole.Clone()
			torn.Delete(flagfile.Main, "ready")
			disk.Put(flagfile.UsersResult, torn.Bytes())
			go func() {
				time.Sleep(12 * time.Second)
				disk.Put(flagfile.UsersResult, whole.Bytes())
			}()
			began := time.Now()
			res, err := (flagfile.Folder{FS: p}).Wait(t.Context(), users, request(t, 1))
			if err != nil || res.Err() != nil || time.Since(began) != 15*time.Second {
				t.Errorf("%+v %v after %v", res, err, time.Since(began))
			}
		})
	})
	t.Run("FL9 after a time-out the flag is renamed and the result looked for once more", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		folder := flagfile.Folder{FS: p}
		if err := folder.Publish(ctx, users, request(t, 1)); err != nil {
			t.Fatal(err)
		}
		disk.Put(flagfile.UsersResult, result(t, request(t, 1)).Bytes())
		res, err := folder.Withdraw(ctx, users, request(t, 1))
		if err != nil || res == nil || disk.Get(flagfile.UsersFlag) != nil {
			t.Errorf("%+v %v", res, err)
		}
		trace := p.Trace()
		if gone, looked := slices.Index(trace, "rename users.flag users.flag.withdrawn"), slices.Index(trace, "open usersres.flag"); gone < 0 || looked < gone {
			t.Errorf("%q", trace)
		}
		if req, err := folder.Claim(ctx, users); req != nil || err != nil {
			t.Errorf("a withdrawn request is claimed: %v %v", req, err)
		}
	})
	t.Run("FL9 another's request is not withdrawn", func(t *testing.T) {
		disk := flagtest.NewDisk()
		folder := flagfile.Folder{FS: disk.Process()}
		disk.Put(flagfile.UsersFlag, request(t, 2).Bytes())
		if res, err := folder.Withdraw(ctx, users, request(t, 1)); res != nil || err != nil || disk.Get(flagfile.UsersFlag) == nil {
			t.Errorf("%v %v", res, err)
		}
	})
	t.Run("FL9 flag, table, result are removed in this order", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		for _, name := range []string{"users.flag", "users.dbf", "usersres.flag"} {
			disk.Put(name, nil)
		}
		if err := (flagfile.Folder{FS: p}).Clean(ctx, users, "users.dbf"); err != nil {
			t.Fatal(err)
		}
		if got := p.Trace(); !slices.Equal(got, []string{"remove users.flag", "remove users.dbf", "remove users.flag.withdrawn", "remove usersres.flag"}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("FL9 a request that an office overwrote with a withdrawn one is published again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			disk := flagtest.NewDisk()
			folder := flagfile.Folder{FS: disk.Process()}
			old := request(t, 1)
			if err := old.Set(flagfile.Main, "processed", "1"); err != nil {
				t.Fatal(err)
			}
			disk.Put(flagfile.UsersFlag, old.Bytes())
			go func() {
				time.Sleep(time.Second)
				req, err := folder.Claim(t.Context(), users)
				if err != nil || req == nil || !req.File.Answers(request(t, 2)) {
					t.Errorf("not published again: %v", err)
					return
				}
				if err := req.Answer(t.Context(), result(t, req.File)); err != nil {
					t.Error(err)
				}
			}()
			if _, err := folder.Wait(t.Context(), users, request(t, 2)); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("FL7 a malformed result is an error at once", func(t *testing.T) {
		disk := flagtest.NewDisk()
		disk.Put(flagfile.UsersResult, []byte("[main]\r\ncommandtime=07.09.2011 10:36:50\r\nnummessage=1\r\nprocessed=1\r\nerror=да\r\nready=1\r\n"))
		if _, err := (flagfile.Folder{FS: disk.Process()}).Wait(ctx, users, request(t, 1)); code(err) != flagfile.CodeNumber {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL4 a lost reply to the rename is found out", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := lostReply{disk.Process()}
		if err := (flagfile.Folder{FS: p}).Publish(ctx, users, request(t, 1)); err != nil {
			t.Errorf("the request is there, but: %v", err)
		}
	})
}

// lostReply is a share whose renames happen and report a failure.
type lostReply struct{ *flagtest.Process }

func (p lostReply) Rename(a, b string) error {
	if err := p.Process.Rename(a, b); err != nil {
		return err
	}
	return errors.New("the network name is no longer available")
}

func TestOffice(t *testing.T) {
	ctx := t.Context()
	users := flagfile.KindUsers
	t.Run("FL3 only a ready request that is not processed is claimed", func(t *testing.T) {
		disk := flagtest.NewDisk()
		folder := flagfile.Folder{FS: disk.Process()}
		for text, claimed := range map[string]bool{
			"[main]\r\ncommand=userssync\r\n":                false,
			"[main]\r\nready=1\r\nprocessed=1\r\n":           false,
			"[main]\r\ncommand=x\r\nready=1\r\n":             true,
			"[main]\r\nready=1\r\nprocessed=0\r\n[x]\r\n":    true,
			"[other]\r\nprocessed=1\r\n[main]\r\nready=1":    true,
			"[main]\r\nready=1\r\nprocessed=1 (да)\r\n[x]\n": true,
		} {
			disk.Put(flagfile.UsersFlag, []byte(text))
			if req, err := folder.Claim(ctx, users); err != nil || (req != nil) != claimed {
				t.Errorf("%q: %v %v", text, req, err)
			}
		}
	})
	t.Run("FL5 result first, then processed=1", func(t *testing.T) {
		disk := flagtest.NewDisk()
		p := disk.Process()
		folder := flagfile.Folder{FS: p}
		disk.Put(flagfile.UsersFlag, request(t, 1).Bytes())
		req, err := folder.Claim(ctx, users)
		if err != nil {
			t.Fatal(err)
		}
		if err := req.Answer(ctx, result(t, req.File)); err != nil {
			t.Fatal(err)
		}
		trace := p.Trace()
		if res, flag := slices.Index(trace, "rename usersres.flag.office-tmp usersres.flag"), slices.Index(trace, "rename users.flag.office-tmp users.flag"); res < 0 || flag < res {
			t.Errorf("%q", trace)
		}
		if got := string(disk.Get(flagfile.UsersFlag)); got != "[main]\r\ncommand=userssync\r\ncommandtime=07.09.2011 10:36:50\r\ndbffile=users.dbf\r\nautoexchange=0\r\nnummessage=1\r\nprocessed=1\r\nready=1\r\n" {
			t.Errorf("%q", got)
		}
		if res, err := req.Result(ctx); err != nil || res == nil {
			t.Errorf("its own result is not found: %v", err)
		}
	})
	t.Run("FL12 a request that changed meanwhile is not marked", func(t *testing.T) {
		disk := flagtest.NewDisk()
		folder := flagfile.Folder{FS: disk.Process()}
		disk.Put(flagfile.UsersFlag, request(t, 1).Bytes())
		req, err := folder.Claim(ctx, users)
		if err != nil {
			t.Fatal(err)
		}
		disk.Put(flagfile.UsersFlag, request(t, 2).Bytes())
		if current, err := req.Current(ctx); current || err != nil {
			t.Errorf("%v %v", current, err)
		}
		if err := req.Answer(ctx, result(t, req.File)); err != nil {
			t.Fatal(err)
		}
		if got := string(disk.Get(flagfile.UsersFlag)); got != string(request(t, 2).Bytes()) {
			t.Errorf("%q", got)
		}
		other := flagtest.NewDisk()
		other.Put(flagfile.UsersFlag, request(t, 1).Bytes())
		p := other.Process()
		req, err = flagfile.Folder{FS: p}.Claim(ctx, users)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Remove(flagfile.UsersFlag); err != nil {
			t.Fatal(err)
		}
		if err := req.Finish(ctx); err != nil || other.Get(flagfile.UsersFlag) != nil {
			t.Errorf("a withdrawn request is put back: %v", err)
		}
	})
	t.Run("FL8 exchanges have files of their own", func(t *testing.T) {
		disk := flagtest.NewDisk()
		folder := flagfile.Folder{FS: disk.Process()}
		e, err := flagfile.Exchange{CommandTime: "07.09.2011 10:36:50", Stations: "all"}.File()
		if err != nil {
			t.Fatal(err)
		}
		if err := folder.Publish(ctx, flagfile.KindExchange, e); err != nil {
			t.Fatal(err)
		}
		req, err := folder.Claim(ctx, flagfile.KindExchange)
		if err != nil || req == nil {
			t.Fatal(req, err)
		}
		if err := req.Answer(ctx, result(t, req.File)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(disk.Get("exchg.flag")), "processed=1\r\n") || disk.Get("exchgres.flag") == nil {
			t.Errorf("%q", disk.Get("exchg.flag"))
		}
	})
}

func TestRetry(t *testing.T) {
	t.Run("FL14 a busy file is tried again for about 2 s", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			disk := flagtest.NewDisk()
			folder := flagfile.Folder{FS: disk.Process()}
			for _, name := range []string{"users.flag.client-tmp", "users.flag", "usersres.flag"} {
				disk.Busy(name, 5)
			}
			began := time.Now()
			if err := folder.Publish(t.Context(), flagfile.KindUsers, request(t, 1)); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took < 300*time.Millisecond || took > 6*time.Second {
				t.Errorf("took %v", took)
			}
			disk.Busy("users.flag", 1<<30)
			began = time.Now()
			_, err := folder.Claim(t.Context(), flagfile.KindUsers)
			if took := time.Since(began); code(err) != flagfile.CodeBusy || took < 1500*time.Millisecond || took > 2*time.Second {
				t.Errorf("%v after %v", err, took)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			began = time.Now()
			if _, err := folder.Claim(ctx, flagfile.KindUsers); code(err) != flagfile.CodeBusy || time.Since(began) > 200*time.Millisecond {
				t.Errorf("a cancelled wait: %v after %v", err, time.Since(began))
			}
		})
	})
	t.Run("FL10 access denied names the service account", func(t *testing.T) {
		disk := flagtest.NewDisk()
		disk.Deny("users.flag", true)
		_, err := flagfile.Folder{FS: disk.Process()}.Claim(t.Context(), flagfile.KindUsers)
		e, ok := errors.AsType[*flagfile.Error](err)
		if !ok || e.Code() != flagfile.CodeAccess || !strings.Contains(e.Error(), "account") || !strings.Contains(e.Message("ru"), "учётной записи") || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%v", err)
		}
	})
	t.Run("FL10 a share that comes back does not end the wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			disk := flagtest.NewDisk()
			disk.Put(flagfile.UsersResult, result(t, request(t, 1)).Bytes())
			disk.Deny(flagfile.UsersResult, true)
			go func() { time.Sleep(20 * time.Second); disk.Deny(flagfile.UsersResult, false) }()
			if _, err := (flagfile.Folder{FS: disk.Process()}).Wait(t.Context(), flagfile.KindUsers, request(t, 1)); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	folder := flagfile.Folder{FS: flagfile.Dir(dir), Every: time.Millisecond}
	ctx := t.Context()
	if err := folder.Publish(ctx, flagfile.KindUsers, request(t, 1)); err != nil {
		t.Fatal(err)
	}
	req, err := folder.Claim(ctx, flagfile.KindUsers)
	if err != nil || req == nil {
		t.Fatal(req, err)
	}
	if err := req.Answer(ctx, result(t, req.File)); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Wait(ctx, flagfile.KindUsers, request(t, 1)); err != nil {
		t.Fatal(err)
	}
	names, err := folder.FS.Names()
	if slices.Sort(names); err != nil || !slices.Equal(names, []string{"users.flag", "usersres.flag"}) {
		t.Errorf("%q %v", names, err)
	}
	if err := folder.Clean(ctx, flagfile.KindUsers, "users.dbf"); err != nil {
		t.Fatal(err)
	}
	t.Run("FL13 a symbolic link does not lead out of the folder", func(t *testing.T) {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, filepath.Join(dir, "users.dbf")); err != nil {
			t.Skip("no symbolic links here")
		}
		if f, err := folder.FS.Open("users.dbf"); err == nil {
			f.Close()
			t.Error("it does")
		}
		if _, err := folder.FS.Open("../x"); err == nil {
			t.Error("neither does ..")
		}
	})
	t.Run("FL10 a lock file has one holder", func(t *testing.T) {
		disk := flagtest.NewDisk()
		dead := disk.Process()
		for _, fsys := range [][2]flagfile.FS{{folder.FS, folder.FS}, {dead, disk.Process()}} {
			held, err := fsys[0].Lock("office.lock")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fsys[1].Lock("office.lock"); !errors.Is(err, flagfile.ErrLocked) {
				t.Errorf("a held lock: %v", err)
			}
			if fsys[0] == flagfile.FS(dead) {
				dead.Kill()
			} else if err := held.Close(); err != nil {
				t.Error(err)
			}
			held, err = fsys[1].Lock("office.lock")
			if err != nil {
				t.Fatalf("a free lock: %v", err)
			}
			if err := held.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("FL10 a missing folder is said by name", func(t *testing.T) {
		err := flagfile.Folder{FS: flagfile.Dir(filepath.Join(dir, "none"))}.Publish(ctx, flagfile.KindUsers, request(t, 1))
		if code(err) != flagfile.CodeIO || !strings.Contains(err.Error(), "none") {
			t.Errorf("%v", err)
		}
		e := err.(*flagfile.Error)
		if got := e.Message("ru"); got != "users.flag.client-tmp: Ошибка файловой системы: файл или папка не найдены · проверьте диск или сетевой каталог." {
			t.Errorf("%s", got)
		}
	})
}
