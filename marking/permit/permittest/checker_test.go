package permittest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// TestCheckers holds the back ends of package permit to the suite.
func TestCheckers(t *testing.T) {
	read := func(text string) marking.Code {
		mark, err := marking.Read(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		return mark
	}
	marks := permittest.Marks{Good: read("0104603988009018" + "215YJFzZ\x1d93NGv1"), Refused: read("0104603988009018" + "215YJFzY\x1d93NGv1")}
	serve := func(t *testing.T, h http.Handler, goods *permittest.Goods) string {
		goods.Put(marks.Good, nil)
		goods.Put(marks.Refused, permittest.Members{"isBlocked": true, "ogvs": []string{"RAR"}})
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	closed := func(t *testing.T, c interface{ Close() error }) {
		t.Cleanup(func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	tokens := permit.Online{Tokens: permit.StaticToken("key", time.Time{})}
	newCDN := func(t *testing.T) *permit.CDN {
		server := &permittest.CDN{Token: "key", Hosts: 2}
		c, err := permit.NewCDN(permit.CDNOptions{BaseURL: serve(t, server, &server.Goods), Online: tokens})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	newLocal := func(t *testing.T) *permit.LocalModule {
		server := &permittest.Local{User: "admin", Password: "admin", ClientID: "9999078900000001"}
		c, err := permit.NewLocalModule(permit.LocalOptions{
			BaseURL: serve(t, server, &server.Goods), User: "admin", Password: "admin", ClientID: "9999078900000001",
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Run("M60 CDN", func(t *testing.T) {
		permittest.TestChecker(t, marks, func(t *testing.T) permit.Checker {
			c := newCDN(t)
			closed(t, c)
			return c
		})
	})
	t.Run("M60 local module", func(t *testing.T) {
		permittest.TestChecker(t, marks, func(t *testing.T) permit.Checker {
			c := newLocal(t)
			closed(t, c)
			return c
		})
	})
	t.Run("M60 ТС ПИоТ", func(t *testing.T) {
		permittest.TestChecker(t, marks, func(t *testing.T) permit.Checker {
			server := &permittest.Piot{Token: "key"}
			c, err := permit.NewPiot(permit.PiotOptions{BaseURL: serve(t, server, &server.Goods), Online: tokens})
			if err != nil {
				t.Fatal(err)
			}
			closed(t, c)
			return c
		})
	})
	t.Run("M60 chain", func(t *testing.T) {
		permittest.TestChecker(t, marks, func(t *testing.T) permit.Checker {
			c := permit.NewChain(permit.ChainOptions{CDN: newCDN(t), Local: newLocal(t)})
			closed(t, c)
			return c
		})
	})
}
