package flagfile_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/flagfile/flagtest"
)

// database is what an office keeps across its deaths: accounts and receipts,
// changed together in one step (FL12).
type database struct {
	imported map[string]int // table content -> how often
	receipts map[[sha256.Size]byte]bool
}

// office is the smallest office that keeps the rules.
func office(ctx context.Context, p *flagtest.Process, db *database) error {
	folder := flagfile.Folder{FS: p}
	for ctx.Err() == nil {
		if err := serve(ctx, folder, p, db); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(700 * time.Millisecond):
		}
	}
	return nil
}

func serve(ctx context.Context, folder flagfile.Folder, p *flagtest.Process, db *database) error {
	req, err := folder.Claim(ctx, flagfile.KindUsers)
	if err != nil || req == nil {
		return err
	}
	users, err := req.File.Users()
	if err != nil {
		return err
	}
	table, err := content(p, users.Table)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(append(req.Digest[:], table...))
	if !db.receipts[digest] {
		if current, err := req.Current(ctx); err != nil || !current {
			return err
		}
		db.imported[string(table)]++
		db.receipts[digest] = true
	}
	out, _, err := req.File.Answer(flagfile.Outcome{Begin: users.CommandTime, End: users.CommandTime}, "addcnt", strconv.Itoa(len(table)))
	if err != nil {
		return err
	}
	return req.Answer(ctx, out)
}

func content(fsys flagfile.FS, name string) ([]byte, error) {
	r, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func tableOf(n int) []byte { return bytes.Repeat([]byte{byte('a' + n)}, 5000+n) }

// send is the smallest external system that keeps the rules. report gets the
// result before the files are removed.
func send(ctx context.Context, p *flagtest.Process, n int, report func(*flagfile.Result)) error {
	folder := flagfile.Folder{FS: p, Every: 300 * time.Millisecond}
	request, err := flagfile.Users{CommandTime: flagfile.TimestampOf(time.Now()), Table: "users.dbf", Number: new(int64(n))}.File()
	if err != nil {
		return err
	}
	old, err := flagfile.Load(ctx, p, flagfile.UsersFlag)
	switch {
	case err == nil && old.Repeats(request):
		request = old // sent by our predecessor
	default:
		// The table may not change under a request that the office still reads.
		if err == nil && !old.Processed() {
			if _, err := folder.Settled(ctx, flagfile.KindUsers, old, time.Minute); err != nil {
				return err
			}
		}
		err := flagfile.Publish(ctx, p, "users.dbf", ".client-tmp", func(w flagfile.WriteFile) error {
			_, err := w.Write(tableOf(n))
			return err
		})
		if err == nil {
			err = folder.Publish(ctx, flagfile.KindUsers, request)
		}
		if err != nil {
			return err
		}
	}
	res, err := folder.Wait(ctx, flagfile.KindUsers, request)
	if err != nil {
		return err
	}
	report(res)
	if _, err := folder.Settled(ctx, flagfile.KindUsers, request, time.Minute); err != nil {
		return err
	}
	return folder.Clean(ctx, flagfile.KindUsers, "users.dbf")
}

// play sends three requests through one folder while client and office are killed
// as said and started again, and checks that each is imported exactly once.
// It returns which of the two kills happened.
func play(t *testing.T, windows bool, clientAt, officeAt int, when flagtest.When) (client, offi bool) {
	t.Helper()
	name := fmt.Sprintf("windows=%v client@%d office@%d when=%d", windows, clientAt, officeAt, when)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		disk := flagtest.NewDisk()
		if windows {
			disk.LikeWindows()
		}
		db := &database{map[string]int{}, map[[sha256.Size]byte]bool{}}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for at := officeAt; ctx.Err() == nil; at = 0 {
				p := disk.Process()
				p.KillAt(at, when)
				life, die := context.WithCancel(ctx)
				p.OnDeath(die)
				err := office(life, p, db)
				die()
				if p.Dead() {
					offi = true
				} else if err != nil && ctx.Err() == nil {
					t.Errorf("%s: the office fails: %v", name, err)
					return
				}
				time.Sleep(time.Second)
			}
		}()
		for n := range 3 {
			var got *flagfile.Result
			for {
				p := disk.Process()
				p.KillAt(clientAt, when)
				life, die := context.WithCancel(ctx)
				p.OnDeath(die)
				err := send(life, p, n, func(r *flagfile.Result) { got = r })
				die()
				if p.Dead() {
					client, clientAt = true, 0
				} else if err != nil {
					t.Errorf("%s: request %d: %v\n%q", name, n, err, p.Trace())
					got = nil
					break
				} else {
					clientAt = max(0, clientAt-len(p.Trace()))
				}
				if got != nil {
					break
				}
				time.Sleep(time.Second)
			}
			if got == nil {
				break
			}
			if count, _ := got.File.Get("main", "addcnt"); got.Err() != nil || count != strconv.Itoa(5000+n) {
				t.Errorf("%s: request %d got the result %q", name, n, got.File.Bytes())
			}
		}
		cancel()
		<-done
		for n := range 3 {
			if got := db.imported[string(tableOf(n))]; got != 1 {
				t.Errorf("%s: request %d imported %d times", name, n, got)
			}
		}
		if len(db.imported) != 3 {
			t.Errorf("%s: something half-read was imported", name)
		}
	})
	return client, offi
}

func TestKills(t *testing.T) {
	for _, windows := range []bool{false, true} {
		for _, when := range []flagtest.When{flagtest.Before, flagtest.Halfway, flagtest.After} {
			t.Run(fmt.Sprintf("FL12 office killed around every operation, windows %v, when %d", windows, when), func(t *testing.T) {
				kills := 0
				for at := 1; !t.Failed(); at++ {
					if _, killed := play(t, windows, 0, at, when); !killed {
						break
					}
					kills++
				}
				if kills < 40 {
					t.Errorf("only %d operations", kills)
				}
				t.Logf("%d kills", kills)
			})
			t.Run(fmt.Sprintf("FL9 client killed around every operation, windows %v, when %d", windows, when), func(t *testing.T) {
				kills := 0
				for at := 1; !t.Failed(); at++ {
					if killed, _ := play(t, windows, at, 0, when); !killed {
						break
					}
					kills++
				}
				if kills < 40 {
					t.Errorf("only %d operations", kills)
				}
				t.Logf("%d kills", kills)
			})
		}
	}
	t.Run("FL4 both killed at random", func(t *testing.T) {
		seed := uint64(time.Now().UnixNano())
		r := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		for range 300 {
			play(t, r.IntN(2) == 0, 1+r.IntN(60), 1+r.IntN(80), flagtest.When(r.IntN(3)))
			if t.Failed() {
				return
			}
		}
	})
}

// TestPowerLoss cuts the power after every operation of a publication: what has
// the final name is whole (FL4: synced before it is renamed).
func TestPowerLoss(t *testing.T) {
	t.Run("FL4 synced before the rename", func(t *testing.T) {
		for at := 1; ; at++ {
			disk := flagtest.NewDisk()
			disk.Put("a.flag", []byte("old"))
			p := disk.Process()
			p.KillAt(at, flagtest.After)
			err := flagfile.Publish(t.Context(), p, "a.flag", ".tmp", func(w flagfile.WriteFile) error {
				_, err := w.Write([]byte("new content"))
				return err
			})
			dead := p.Dead()
			disk.PowerLoss()
			if got := string(disk.Get("a.flag")); got != "old" && got != "new content" {
				t.Fatalf("killed at %d: %q", at, got)
			}
			if !dead {
				if err != nil || at < 5 {
					t.Fatalf("%d operations, %v", at, err)
				}
				return
			}
			if !errors.Is(err, flagtest.ErrKilled) {
				t.Fatalf("killed at %d: %v", at, err)
			}
		}
	})
}
