package redisguard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/obmen-go/obmen/marking/session/guard"
	"github.com/obmen-go/obmen/marking/session/guardtest"
	"github.com/obmen-go/obmen/marking/session/redisguard"
)

const mark = "0104670008163685" + "21bvSqkCsuoAyR5"

// TestConformance runs the suite against a real server: reservations last a
// second there, on a real clock that a loaded machine may stretch.
func TestConformance(t *testing.T) {
	s := start(t)
	var n atomic.Int32
	guardtest.TestGuard(t, func(t *testing.T) guardtest.Env {
		opt := &redisguard.Options{TTL: time.Second, SoldFor: 4 * time.Second, Prefix: fmt.Sprintf("suite-%d", n.Add(1)), Limit: 10 * time.Second}
		return guardtest.Env{Guards: []guard.Guard{open(t, s.url(), opt), open(t, s.url(), opt)}, Wait: time.Sleep, SoldFor: opt.SoldFor}
	})
}

// TestRace lets two tills with a connection of their own race for each of 1000
// marks.
func TestRace(t *testing.T) {
	s := start(t)
	opt := &redisguard.Options{Limit: 30 * time.Second}
	tills := []*redisguard.Guard{s.open(opt), s.open(opt)}
	t.Run("M41 of two tills that race for a thousand marks exactly one wins each", func(t *testing.T) {
		const marks = 1000
		var won [2]int
		for i := range marks {
			identity := fmt.Sprintf("%s%04d", mark[:16], i)
			var wg sync.WaitGroup
			var has [2]*guard.Reservation
			for n, g := range tills {
				wg.Go(func() {
					r, err := g.Reserve(bg, guard.Request{Identity: identity, Owner: fmt.Sprintf("till-%d/%d", n, i)})
					if err == nil {
						has[n] = &r
					} else if _, taken := errors.AsType[*guard.TakenError](err); !taken {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if (has[0] == nil) == (has[1] == nil) {
				t.Fatalf("mark %d: %v, %v", i, has[0], has[1])
			}
			winner := 0
			if has[1] != nil {
				winner = 1
			}
			won[winner]++
			list := []guard.Reservation{*has[winner]}
			if err := tills[winner].Hold(bg, list); err != nil {
				t.Fatal(err)
			}
			if err := tills[winner].Confirm(bg, list); err != nil {
				t.Fatal(err)
			}
			_, err := tills[1-winner].Reserve(bg, guard.Request{Identity: identity, Owner: "late"})
			if taken, ok := errors.AsType[*guard.TakenError](err); !ok || !taken.Sold {
				t.Fatalf("mark %d after its sale: %v", i, err)
			}
		}
		t.Logf("won: %d and %d", won[0], won[1])
	})
}

func TestServerAway(t *testing.T) {
	reserve := func(g *redisguard.Guard) (guard.Reservation, error) {
		return g.Reserve(bg, guard.Request{Identity: mark, Owner: "till-1/r1"})
	}
	code := func(t *testing.T, err error, want string) *redisguard.Error {
		t.Helper()
		e, ok := errors.AsType[*redisguard.Error](err)
		if !ok || e.Code() != want {
			t.Fatalf("%v, want %s", err, want)
		}
		if !e.SafeToRetry() || e.Message("ru") == "" || !strings.HasSuffix(e.Message("en"), ".") {
			t.Errorf("%+v", e)
		}
		return e
	}

	t.Run("M41 no server is away, and says so in time", func(t *testing.T) {
		g := open(t, fmt.Sprintf("redis://:geheim@127.0.0.1:%d/0", freePort(t)), nil)
		began := time.Now()
		_, err := reserve(g)
		e := code(t, err, redisguard.CodeAway)
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("took %v", d)
		}
		if e.Path() != "reserve" {
			t.Errorf("path %q", e.Path())
		}
		code(t, g.Check(bg), redisguard.CodeAway)
	})

	t.Run("M41 killed in mid-use: an error, and after the restart Hold finds the loss", func(t *testing.T) {
		s := start(t)
		g := s.open(nil)
		before, err := reserve(g)
		if err != nil {
			t.Fatal(err)
		}
		s.kill()
		list := []guard.Reservation{before}
		code(t, g.Renew(bg, list), redisguard.CodeAway)
		code(t, g.Hold(bg, list), redisguard.CodeAway)
		code(t, g.Confirm(bg, list), redisguard.CodeAway)
		code(t, g.Release(bg, list), redisguard.CodeAway)
		s.start() // without its data, and without the scripts it knew
		if lost, ok := errors.AsType[*guard.LostError](g.Hold(bg, list)); !ok || len(lost.Identities) != 1 {
			t.Fatal("a reservation that the server forgot was held")
		}
		after, err := reserve(g)
		if err != nil {
			t.Fatal(err)
		}
		if after.Token <= before.Token {
			t.Errorf("token %d after %d: a server without its data gave an old one", after.Token, before.Token)
		}
	})

	t.Run("M41 killed with appendonly: nothing is forgotten", func(t *testing.T) {
		dir := t.TempDir()
		s := start(t, "--appendonly", "yes", "--appendfsync", "always", "--dir", dir)
		g := s.open(&redisguard.Options{Limit: 20 * time.Second})
		r, err := reserve(g)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Hold(bg, []guard.Reservation{r}); err != nil {
			t.Fatal(err)
		}
		s.kill()
		s.start()
		_, err = g.Reserve(bg, guard.Request{Identity: mark, Owner: "till-2/r2"})
		for range 500 { // LOADING at first
			if e, ok := errors.AsType[*redisguard.Error](err); !ok || e.Code() == redisguard.CodeAnswer {
				break
			}
			time.Sleep(20 * time.Millisecond)
			_, err = g.Reserve(bg, guard.Request{Identity: mark, Owner: "till-2/r2"})
		}
		if taken, ok := errors.AsType[*guard.TakenError](err); !ok || taken.Owner != "till-1/r1" {
			t.Fatalf("%v", err)
		}
		if err := g.Confirm(bg, []guard.Reservation{r}); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("M41 a slow server is away after the time-out, the script may still have run", func(t *testing.T) {
		s := start(t)
		g := s.open(&redisguard.Options{Limit: 150 * time.Millisecond, TTL: time.Minute})
		if _, err := reserve(g); err != nil {
			t.Fatal(err)
		}
		if err := s.raw().Do(bg, "CLIENT", "PAUSE", "30000", "ALL").Err(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err := reserve(g)
		code(t, err, redisguard.CodeAway)
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("took %v", d)
		}
		ctx, cancel := context.WithTimeout(bg, 50*time.Millisecond)
		defer cancel()
		_, err = g.Reserve(ctx, guard.Request{Identity: mark, Owner: "till-1/r1"})
		if code(t, err, redisguard.CodeAway); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Errorf("%v does not say why", err)
		}
	})

	t.Run("M41 a wrong password is refused with the server's word alone", func(t *testing.T) {
		s := start(t, "--requirepass", "geheim-richtig")
		url := fmt.Sprintf("redis://:geheim-falsch@127.0.0.1:%d/0", s.port)
		_, err := reserve(open(t, url, nil))
		e := code(t, err, redisguard.CodeRefuse)
		if !strings.Contains(e.Error(), "WRONGPASS") || strings.Contains(e.Error(), "geheim") {
			t.Error(e)
		}
		_, err = reserve(s.open(nil))
		if e := code(t, err, redisguard.CodeRefuse); !strings.Contains(e.Error(), "NOAUTH") {
			t.Error(e)
		}
		if _, err := reserve(open(t, strings.Replace(url, "falsch", "richtig", 1), nil)); err != nil {
			t.Error(err)
		}
	})

	t.Run("M41 another service on the port gives no reservation", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
					io.Copy(io.Discard, c)
				}()
			}
		}()
		g := open(t, "redis://"+l.Addr().String(), &redisguard.Options{Limit: 300 * time.Millisecond})
		_, err = reserve(g)
		if _, ok := errors.AsType[*redisguard.Error](err); !ok {
			t.Fatal(err)
		}
	})

	t.Run("M41 a closed guard is away", func(t *testing.T) {
		g := open(t, "redis://127.0.0.1:1/0", nil)
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := reserve(g)
		if code(t, err, redisguard.CodeAway); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

func isTimeout(err error) bool {
	e, ok := errors.AsType[net.Error](err)
	return ok && e.Timeout()
}

func TestKeys(t *testing.T) {
	s := start(t)
	raw := s.raw()
	t.Run("M41 keys begin with the prefix, in one slot, and expire", func(t *testing.T) {
		g := s.open(&redisguard.Options{Prefix: "shop{7}", TTL: time.Minute, SoldFor: time.Hour})
		r, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "till-1/r1"})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := raw.Keys(bg, "*").Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if !strings.HasPrefix(k, "{shop-7-}:") {
				t.Errorf("key %q", k)
			}
		}
		if d := raw.PTTL(bg, "{shop-7-}:reserved:"+mark).Val(); d <= 0 || d > time.Minute {
			t.Errorf("the reservation expires in %v", d)
		}
		if err := g.Confirm(bg, []guard.Reservation{r}); err != nil {
			t.Fatal(err)
		}
		if d := raw.PTTL(bg, "{shop-7-}:sold:"+mark).Val(); d <= time.Minute || d > time.Hour {
			t.Errorf("the sold entry expires in %v", d)
		}
		if n := raw.Exists(bg, "{shop-7-}:reserved:"+mark).Val(); n != 0 {
			t.Error("the reservation outlived its sale")
		}
	})
	t.Run("M41 shops with other prefixes do not meet", func(t *testing.T) {
		for _, p := range []string{"a", "b"} {
			if _, err := s.open(&redisguard.Options{Prefix: p}).Reserve(bg, guard.Request{Identity: mark, Owner: p}); err != nil {
				t.Error(p, err)
			}
		}
	})
	t.Run("M41 a client of the caller's stays open", func(t *testing.T) {
		g := redisguard.New(raw, &redisguard.Options{Prefix: "own"})
		if _, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "x"}); err != nil {
			t.Fatal(err)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
		if err := raw.Ping(bg).Err(); err != nil {
			t.Error(err)
		}
	})
	t.Run("M41 a foreign value under a key is an error, not a reservation", func(t *testing.T) {
		g := s.open(&redisguard.Options{Prefix: "foreign"})
		if err := raw.Set(bg, "{foreign}:reserved:"+mark, "x", 0).Err(); err != nil {
			t.Fatal(err)
		}
		_, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "x"})
		if e, ok := errors.AsType[*redisguard.Error](err); !ok || e.Code() != redisguard.CodeRefuse {
			t.Error(err)
		}
	})
	t.Run("M41 Check tells of a server that may evict entries", func(t *testing.T) {
		g := s.open(nil)
		if err := g.Check(bg); err != nil {
			t.Fatal(err)
		}
		if err := raw.ConfigSet(bg, "maxmemory-policy", "allkeys-lru").Err(); err != nil {
			t.Fatal(err)
		}
		e, ok := errors.AsType[*redisguard.Error](g.Check(bg))
		if !ok || e.Code() != redisguard.CodeEvicts || !strings.Contains(e.Message("ru"), "allkeys-lru") {
			t.Error(e)
		}
	})
}

func TestClose(t *testing.T) {
	s := start(t)
	before := runtime.NumGoroutine()
	g, err := redisguard.Open(s.url(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "x"}); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestSecrets(t *testing.T) {
	t.Run("M67 no password in errors of an address, nor in logs", func(t *testing.T) {
		for _, url := range []string{
			"", "till", "http://:geheim@host/0", "redis://:geheim@host/x", "redis://u:geheim@host:port/0", "redis://u:geheim@host/0?x=1",
			"redis://u:geheim%zz@host/0",
		} {
			g, err := redisguard.Open(url, nil)
			if err == nil {
				g.Close()
				t.Errorf("%q is no address", url)
				continue
			}
			e, ok := errors.AsType[*redisguard.Error](err)
			if !ok || e.Code() != redisguard.CodeURL || e.Path() != "" || errors.Unwrap(err) != nil {
				t.Errorf("%q: %v", url, err)
				continue
			}
			all := fmt.Sprintf("%v %+v %s %s", err, err, e.Message("ru"), e.Message("en"))
			if strings.Contains(all, "geheim") {
				t.Errorf("%q: %s", url, all)
			}
		}
		g := open(t, fmt.Sprintf("redis://u:geheim@127.0.0.1:%d/0", freePort(t)), nil)
		_, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "till/x"})
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "guard", g, "error", err)
		text := fmt.Sprintf("%v %+v %s %s %v", g, g, err, log.String(), errors.Unwrap(err))
		if strings.Contains(text, "geheim") || strings.Contains(text, mark[18:]) {
			t.Error(text)
		}
	})
	t.Run("M41 errors of the client stay inside", func(t *testing.T) {
		g := open(t, "redis://127.0.0.1:1/0", nil)
		_, err := g.Reserve(bg, guard.Request{Identity: mark, Owner: "x"})
		if _, ok := errors.AsType[redis.Error](err); ok {
			t.Error("a type of the client came out")
		}
	})
}
