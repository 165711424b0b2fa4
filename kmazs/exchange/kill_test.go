package exchange_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/flagfile/flagtest"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
)

// jobs are three requests whose double or lost import would show: the revision of
// the directory counts the imports that changed something.
func jobs() []*kmazs.Request {
	gone := kmazs.User{SyncID: kmazs.Value("1"), Operation: kmazs.Value(kmazs.Delete)}
	more := user("2", "СИДОРОВ")
	more.DayLimit = kmazs.Value(200)
	again := user("1", "ИВАНОВ")
	auto := kmazs.Options{AutoExchange: kmazs.Value(true)}
	return []*kmazs.Request{
		kmazs.NewRequest(auto, user("1", "ИВАНОВ"), user("2", "СИДОРОВ")),
		kmazs.NewRequest(auto, gone, more),
		kmazs.NewRequest(auto, again),
	}
}

// play sends the jobs while sender and office are killed at an operation each and
// started again. It returns which of the two kills happened.
func play(t *testing.T, windows bool, clientAt, officeAt int, when flagtest.When) (clientDied, officeDied bool) {
	t.Helper()
	name := fmt.Sprintf("windows=%v client@%d office@%d when=%d", windows, clientAt, officeAt, when)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		s := newSite()
		if windows {
			s.disk.LikeWindows()
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for at := officeAt; ctx.Err() == nil; at = 0 {
				p := s.disk.Process()
				p.KillAt(at, when)
				life, die := context.WithCancel(ctx)
				p.OnDeath(die)
				o, importer := s.officeOf(p, nil)
				err := o.Run(life)
				die()
				if p.Dead() {
					officeDied = true
				} else if err != nil && ctx.Err() == nil {
					t.Errorf("%s: the office ends: %v", name, err)
					return
				}
				if err := importer.Close(t.Context()); err != nil {
					t.Error(err)
				}
				time.Sleep(1700 * time.Millisecond)
			}
		}()
		for n, job := range jobs() {
			for replied := false; !replied; {
				p := s.disk.Process()
				p.KillAt(clientAt, when)
				life, die := context.WithCancel(ctx)
				p.OnDeath(die)
				reply, err := exchange.NewClient(p, &exchange.ClientOptions{Every: 700 * time.Millisecond}).Send(life, job, int64(n+1))
				if err == nil {
					replied = true // the caller has it, whatever happens now
					err = reply.Clean(life)
				}
				die()
				if p.Dead() {
					clientDied, clientAt = true, 0
				} else if err != nil {
					t.Errorf("%s: job %d: %v\n%q", name, n, err, p.Trace())
					replied = true
				} else {
					clientAt = max(0, clientAt-len(p.Trace()))
				}
				time.Sleep(300 * time.Millisecond)
			}
		}
		cancel()
		<-ended
		var got []string
		for _, a := range s.accounts(t) {
			limit, _ := a.DayLimit.Litres()
			got = append(got, fmt.Sprintf("%d %s %s %d", a.Number, a.SyncID, a.ShortName, limit))
		}
		if want := "2 2 СИДОРОВ 200|3 1 ИВАНОВ 100"; strings.Join(got, "|") != want || revision(t, s) != 4 {
			t.Errorf("%s: revision %d, accounts %q", name, revision(t, s), got)
		}
		if len(s.begun) < 3 {
			t.Errorf("%s: an exchange got lost: %v", name, s.begun)
		}
	})
	return clientDied, officeDied
}

func TestKills(t *testing.T) {
	for _, when := range []flagtest.When{flagtest.Before, flagtest.Halfway, flagtest.After} {
		for _, windows := range []bool{false, true} {
			if windows && when != flagtest.After && os.Getenv("OBMEN_LONG") != "1" {
				continue // the moments are the same; what differs is who holds which file
			}
			t.Run(fmt.Sprintf("FL12 office killed around every operation, windows %v, when %d", windows, when), func(t *testing.T) {
				kills := 0
				for at := 1; !t.Failed(); at++ {
					if _, died := play(t, windows, 0, at, when); !died {
						break
					}
					kills++
				}
				if t.Logf("%d kills", kills); kills < 60 {
					t.Error("too few operations")
				}
			})
			t.Run(fmt.Sprintf("FL9 sender killed around every operation, windows %v, when %d", windows, when), func(t *testing.T) {
				kills := 0
				for at := 1; !t.Failed(); at++ {
					if died, _ := play(t, windows, at, 0, when); !died {
						break
					}
					kills++
				}
				if t.Logf("%d kills", kills); kills < 60 {
					t.Error("too few operations")
				}
			})
		}
	}
	t.Run("FL12 both killed at random", func(t *testing.T) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 2))
		rounds := 100
		if os.Getenv("OBMEN_LONG") == "1" {
			rounds = 3000
		}
		for range rounds {
			if play(t, r.IntN(2) == 0, 1+r.IntN(90), 1+r.IntN(120), flagtest.When(r.IntN(3))); t.Failed() {
				return
			}
		}
	})
}
