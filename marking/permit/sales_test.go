package permit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func newServer(t *testing.T, h http.Handler) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func newSales(t testing.TB, m *permit.LocalModule, store permit.Store, most int) *permit.SalesLog {
	t.Helper()
	l, err := permit.NewSalesLog(m, permit.SalesLogOptions{Store: store, Max: most})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSalesLog(t *testing.T) {
	a, b := milk(t, 1), milk(t, 2)
	bubble := func(name string, f func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				lm := s.newLocal(t)
				f(t, s, lm, &permit.MemStore{})
				closeAll(t, lm)
			})
		})
	}
	told := func(t *testing.T, s *shop, want ...string) {
		t.Helper()
		if got := s.local.Told(); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	sell, back := "sell "+a.Identity(), "return "+a.Identity()

	bubble("M63 sales and returns are told in their order", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		l := newSales(t, lm, store, 0)
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if l.Sold(t.Context(), a, b) != nil || l.Returned(t.Context(), a) != nil || l.Sold(t.Context()) != nil {
			t.Error("not stored")
		}
		synctest.Wait()
		told(t, s, sell, "sell "+b.Identity(), back)
		if l.Pending() != 0 {
			t.Error(l.Pending())
		}
		if keys, _ := store.Keys(t.Context(), ""); len(keys) != 0 {
			t.Error(keys)
		}
		closeAll(t, l)
		want(t, ask(t, lm, b), permit.OutcomeNoAnswer, permit.LocalRefused, permit.CodeLocalSold)
		want(t, ask(t, lm, a), permit.OutcomeNoAnswer, permit.LocalOK, "")
	})
	bubble("M63 repeated until acknowledged, never holding up a sale", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		s.local.FailSales(permittest.Hang)
		l := newSales(t, lm, store, 0)
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		l.Sold(t.Context(), a)
		l.Returned(t.Context(), a)
		if time.Since(start) != 0 {
			t.Error("the sale was held up")
		}
		for _, f := range []permittest.Fault{permittest.Broken, permittest.Unauthorized, permittest.TooMany, permittest.Garbage, {Cut: true}, {Oversized: true}, {Code: 4050}} {
			time.Sleep(time.Hour)
			s.local.FailSales(f)
		}
		time.Sleep(time.Hour)
		told(t, s)
		if l.Pending() != 2 {
			t.Error(l.Pending())
		}
		s.local.FailSales()
		time.Sleep(11 * time.Minute)
		told(t, s, sell, back)
		closeAll(t, l)
	})
	bubble("M63 the queue survives a restart", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		s.local.FailSales(permittest.Hang)
		l := newSales(t, lm, store, 0)
		l.Start(t.Context())
		l.Sold(t.Context(), a)
		l.Returned(t.Context(), a)
		time.Sleep(3 * time.Second)
		start := time.Now()
		closeAll(t, l)
		if time.Since(start) != 0 {
			t.Error("Close waited")
		}
		s.local.FailSales()
		l = newSales(t, lm, store, 0)
		l.Sold(t.Context(), b)
		if l.Pending() != 3 {
			t.Error(l.Pending())
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		told(t, s, sell, back, "sell "+b.Identity())
		closeAll(t, l)
	})
	bubble("M63 an answer that was lost is told again", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		lost := true
		s.net["lm.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lost {
				s.local.ServeHTTP(httptest.NewRecorder(), r)
				lost = false
				panic(http.ErrAbortHandler)
			}
			s.local.ServeHTTP(w, r)
		})
		l := newSales(t, lm, store, 0)
		l.Sold(t.Context(), a)
		if err := l.Flush(t.Context()); err == nil || l.Pending() != 1 {
			t.Error(err)
		}
		if err := l.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		told(t, s, sell, sell)
	})
	bubble("M63 a code that is refused holds up nothing but itself", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		// The module refuses whole requests that hold a, and answers those with b.
		s.net["lm.test"] = refusing(s.local, a, http.StatusBadRequest)
		l := newSales(t, lm, store, 0)
		l.Sold(t.Context(), a, b)
		l.Returned(t.Context(), a)
		l.Returned(t.Context(), b)
		err := l.Flush(t.Context())
		if e, ok := err.(*permit.Error); !ok || e.Code() != permit.CodeNotAcknowledged {
			t.Error(err)
		}
		told(t, s, "sell "+b.Identity(), "return "+b.Identity())
		if l.Pending() != 2 {
			t.Error(l.Pending())
		}
		s.net["lm.test"] = s.local
		if err := l.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		told(t, s, "sell "+b.Identity(), "return "+b.Identity(), sell, back)
	})
	bubble("M63 success = false is no acknowledgement", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		for _, body := range []string{
			`{"results":[{"success":false,"cis":` + quoted(a) + `}]}`, `{"results":[]}`, `{"results":[{"cis":` + quoted(a) + `}]}`,
			`{"results":[{"success":true,"cis":"other"}]}`, `{"code":5,"description":"no"}`,
		} {
			s.local.FailSales(permittest.Fault{Body: body})
			l := newSales(t, lm, &permit.MemStore{}, 0)
			l.Sold(t.Context(), a)
			if err := l.Flush(t.Context()); err == nil || l.Pending() != 1 {
				t.Errorf("%s: %v", body, err)
			}
		}
		s.local.FailSales(permittest.Fault{Status: 201, Body: `{}`})
		l := newSales(t, lm, store, 0)
		l.Sold(t.Context(), a)
		if err := l.Flush(t.Context()); err != nil || l.Pending() != 0 {
			t.Error(err)
		}
	})
	bubble("M63 the queue is bounded", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		l := newSales(t, lm, store, 3)
		if l.Sold(t.Context(), a, b) != nil {
			t.Error("full too early")
		}
		err := l.Sold(t.Context(), a, b)
		if e, ok := err.(*permit.Error); !ok || e.Code() != permit.CodeQueueFull || l.Pending() != 2 {
			t.Error(err)
		}
		if l.Sold(t.Context(), a) != nil || l.Flush(t.Context()) != nil || l.Sold(t.Context(), a, b) != nil {
			t.Error("still full")
		}
	})
	bubble("M63 a hundred codes in a request", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		l := newSales(t, lm, store, 0)
		var many []marking.Code
		for i := range 250 {
			many = append(many, milk(t, uint64(100+i)))
		}
		l.Sold(t.Context(), many...)
		if err := l.Flush(t.Context()); err != nil || len(s.local.Told()) != 250 {
			t.Error(err, len(s.local.Told()))
		}
	})
	bubble("M63 a store that fails", func(t *testing.T, s *shop, lm *permit.LocalModule, _ permit.Store) {
		l := newSales(t, lm, brokenStore{}, 0)
		for _, err := range []error{l.Start(t.Context()), l.Sold(t.Context(), a), l.Flush(t.Context())} {
			if e, ok := err.(*permit.Error); !ok || e.Code() != permit.CodeStore {
				t.Error(err)
			}
		}
		closeAll(t, l)
	})
	bubble("M63 an entry that cannot be read does not stop the others", func(t *testing.T, s *shop, lm *permit.LocalModule, store permit.Store) {
		store.Save(t.Context(), "sale-0000000000000005", []byte("garbage"))
		store.Save(t.Context(), "sale-x", []byte("{}"))
		l := newSales(t, lm, store, 0)
		l.Sold(t.Context(), a)
		if err := l.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		told(t, s, sell)
		if keys, _ := store.Keys(t.Context(), ""); len(keys) != 2 {
			t.Error("the damaged entries are gone", keys)
		}
	})
	t.Run("M63 settings", func(t *testing.T) {
		s := newShop()
		v1 := s.newLocal(t, func(o *permit.LocalOptions) { o.Version = 1 })
		for _, f := range []func() (*permit.SalesLog, error){
			func() (*permit.SalesLog, error) {
				return permit.NewSalesLog(nil, permit.SalesLogOptions{Store: &permit.MemStore{}})
			},
			func() (*permit.SalesLog, error) {
				return permit.NewSalesLog(v1, permit.SalesLogOptions{Store: &permit.MemStore{}})
			},
			func() (*permit.SalesLog, error) { return permit.NewSalesLog(s.newLocal(t), permit.SalesLogOptions{}) },
		} {
			if l, err := f(); err == nil || l != nil {
				t.Error(l)
			}
		}
		for _, f := range []func() error{
			func() error { _, err := permit.NewLocalModule(permit.LocalOptions{}); return err },
			func() error {
				_, err := permit.NewLocalModule(permit.LocalOptions{ClientID: "1", Version: 3})
				return err
			},
			func() error { _, err := permit.NewPiot(permit.PiotOptions{}); return err },
			func() error { _, err := permit.NewPiot(permit.PiotOptions{Version: 4}); return err },
			func() error { _, err := permit.NewCDN(permit.CDNOptions{}); return err },
		} {
			e, ok := f().(*permit.Error)
			if !ok || e.Path() == "" || e.SafeToRetry() {
				t.Error(e)
			}
		}
	})
	t.Run("M63 sales and Flush from several goroutines", func(t *testing.T) {
		s := newShop()
		lm := s.newLocal(t)
		store := &permit.MemStore{}
		l := newSales(t, lm, store, 0)
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		done := make(chan bool)
		for w := range 4 {
			go func() {
				for i := range 25 {
					l.Sold(context.Background(), milk(t, uint64(1000*w+i)))
					l.Flush(context.Background())
				}
				done <- true
			}()
		}
		for range 4 {
			<-done
		}
		if err := l.Flush(t.Context()); err != nil || l.Pending() != 0 || len(s.local.Told()) != 100 {
			t.Error(err, l.Pending(), len(s.local.Told()))
		}
		closeAll(t, l, lm)
	})
}

func quoted(m marking.Code) string { return fmt.Sprintf("%q", m.Identity()) }

// refusing answers requests that hold the mark with a status.
func refusing(h http.Handler, m marking.Code, status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if holds(r, m) {
			w.WriteHeader(status)
			return
		}
		h.ServeHTTP(w, r)
	})
}
