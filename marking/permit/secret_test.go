package permit_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// secrets are all that must not show, in every form in which they travel.
var secrets = []string{cdnToken, freshToken, lmPassword, piotToken, initToken,
	base64.StdEncoding.EncodeToString([]byte(lmUser + ":" + lmPassword))}

// secretFaults are all faults, with texts that repeat what the server was shown.
func secretFaults(echo string) []permittest.Fault {
	return []permittest.Fault{{}, permittest.Hang, permittest.Slow(3 * time.Second), permittest.TooMany, permittest.Broken,
		permittest.Overload, permittest.Emergency, permittest.Garbage, {Cut: true}, {Foreign: true}, {Missing: true}, {Oversized: true},
		{Without: []string{"reqId"}}, {Status: 302}, {Status: 404}, {Body: "[]"}, {Body: "{"}, {Code: 4045, Text: echo},
		permittest.Unauthorized,
		{Status: 401, Code: 401, Text: "invalid " + echo}, {Status: 400, Code: 400, Text: "bad " + echo}, {Code: 17, Text: echo},
		{Status: 500, Code: 5000, Text: echo}, {Status: 203, Code: 1, Text: echo}, {Code: 203, Text: echo},
		{Body: `{"status":"` + echo + `","code":5,"description":"` + echo + `"}`},
	}
}

func leak(text string) string {
	for _, s := range secrets {
		if strings.Contains(text, s) {
			return s
		}
	}
	return ""
}

// everything renders a value in all ways in which a program may print it.
func everything(v any) string {
	text := fmt.Sprintf("%v\n%+v\n%s\n", v, v, v)
	data, _ := json.Marshal(v)
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	return text + string(data) + b.String()
}

func TestSecrets(t *testing.T) {
	m := milk(t, 1)
	// Each server repeats in its texts what it was shown.
	login := base64.StdEncoding.EncodeToString([]byte(lmUser + ":" + lmPassword))
	echoes := map[string]string{"cdn": cdnToken, "lm": login + " " + lmPassword, "piot": piotToken}
	count := len(secretFaults(""))
	var all strings.Builder
	record := func(label string, v any) {
		text := everything(v)
		all.WriteString(text)
		if s := leak(text); s != "" {
			t.Errorf("%s shows %s", label, s)
		}
	}
	recordError := func(label string, err error) {
		for ; err != nil; err = errors.Unwrap(err) {
			record(label, err)
			if e, ok := err.(*permit.Error); ok {
				record(label, e.Message("ru")+e.Message("en")+e.Path())
			}
		}
	}
	for i := range count {
		t.Run(fmt.Sprintf("M67 no secret in any log or error, fault %d", i+1), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop()
				number := any(nil)
				if i%2 == 1 {
					number = 1
				}
				s.cdn.Goods.Put(m, members{"message": echoes["cdn"], "errorCode": number})
				s.local.Goods.Put(m, members{"message": echoes["lm"]})
				s.piot.Goods.Put(m, members{"message": echoes["piot"], "errorCode": number})
				f := secretFaults(echoes["cdn"])[i]
				for h := range 3 {
					s.cdn.Fail(h+1, f)
				}
				s.cdn.FailInfo(permittest.Fault{Times: 1}, f)
				s.cdn.FailHealth(1, f)
				f = secretFaults(echoes["piot"])[i]
				s.piot.Fail(f)
				s.piot.FailInfo(f)
				f = secretFaults(echoes["lm"])[i]
				s.local.Fail(f)
				s.local.FailStatus(permittest.Fault{Times: 1}, f)
				s.local.FailInit(secretFaults(echoes["lm"] + initToken)[i])
				s.local.FailSales(f)
				cdn, lm, piot := s.newCDN(t), s.newLocal(t), s.newPiot(t)
				sales, err := permit.NewSalesLog(lm, permit.SalesLogOptions{Store: brokenStore{}, Logger: slog.New(slog.NewTextHandler(s.log, nil))})
				if err != nil {
					t.Fatal(err)
				}
				working, _ := permit.NewSalesLog(lm, permit.SalesLogOptions{Store: &permit.MemStore{}, Logger: slog.New(slog.NewTextHandler(s.log, nil))})
				chain := permit.NewChain(permit.ChainOptions{CDN: cdn, Local: lm, Piot: piot})
				for _, c := range []permit.Checker{cdn, lm, piot, chain} {
					record("checker", c)
					for range 3 {
						v := ask(t, c, m)
						record("verdict", v)
						if s := leak(string(v.Raw)); s != "" {
							t.Errorf("the raw answer shows %s", s)
						}
						for _, e := range append(v.Warnings, v.Refusal, v.Failure, v.LocalFailure) {
							if e != nil {
								recordError("verdict", e)
							}
						}
						if v.Item != nil {
							record("item", *v.Item)
						}
					}
				}
				recordError("start", cdn.Start(t.Context()))
				_, err = piot.Info(t.Context())
				recordError("info", err)
				_, err = lm.Status(t.Context())
				recordError("status", err)
				s.local.FailStatus(f)
				recordError("init", lm.Init(t.Context(), initToken))
				s.local.Fail(secretFaults(echoes["lm"] + initToken)[i])
				record("verdict", ask(t, lm, m))
				recordError("sales", sales.Sold(t.Context(), m))
				recordError("sales", working.Sold(t.Context(), m))
				recordError("sales", working.Start(t.Context()))
				recordError("sales", working.Flush(t.Context()))
				closeAll(t, working, sales, chain)
				all.WriteString(s.log.String())
				if s := leak(s.log.String()); s != "" {
					t.Errorf("the log shows %s", s)
				}
				if strings.Contains(s.log.String(), m.Tail()) || strings.Contains(s.log.String(), m.Identity()) {
					t.Error("the log shows the mark")
				}
			})
		})
	}
	t.Run("M67 settings do not print their secrets", func(t *testing.T) {
		s := newShop()
		opts := s.cdnOptions()
		opts.Client, opts.Now, opts.Logger = nil, nil, nil
		for _, v := range []any{
			opts, permit.LocalOptions{User: lmUser, Password: lmPassword},
			permit.Token{Value: cdnToken}, permit.Secret(cdnToken), permit.StaticToken(cdnToken, time.Time{}),
			map[string]any{"p": permit.Secret(cdnToken)}, []permit.Token{{Value: cdnToken}},
			s.newCDN(t), s.newLocal(t), s.newPiot(t), s.newChain(t),
		} {
			record(fmt.Sprintf("%T", v), v)
			if s := leak(fmt.Sprintf("%#v", v)); s != "" && !strings.HasPrefix(fmt.Sprintf("%T", v), "*permit.") {
				t.Errorf("%T shows %s", v, s)
			}
		}
	})
	t.Run("M67 an address with a login is refused without showing it", func(t *testing.T) {
		for _, address := range []string{"https://user:" + cdnToken + "@cdn.test", "https://cdn.test/?token=" + cdnToken, "https://cdn.test/#" + cdnToken,
			"ftp://" + cdnToken, "://" + cdnToken, "https://", "\x7f" + cdnToken} {
			_, err := permit.NewCDN(permit.CDNOptions{BaseURL: address, Online: permit.Online{Tokens: permit.StaticToken(cdnToken, time.Time{})}})
			if e, ok := err.(*permit.Error); !ok || e.Code() != permit.CodeOptionURL {
				t.Errorf("%v", err)
			}
			recordError("options", err)
		}
	})
	t.Run("M67 a redirect does not carry the token elsewhere", func(t *testing.T) {
		s := newShop()
		s.put(m, nil)
		stolen := ""
		s.net["evil.test"] = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("X-API-KEY") })
		s.net["cdn.test"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.test"+r.URL.Path, http.StatusTemporaryRedirect)
		})
		c := s.newCDN(t)
		defer closeAll(t, c)
		if v := ask(t, c, m); v.Outcome != permit.OutcomeNoAnswer || stolen != "" {
			t.Error(v, stolen)
		}
	})
	t.Run("M67 the grep would find a secret", func(t *testing.T) {
		if all.Len() < 10_000 || leak(all.String()+cdnToken) == "" {
			t.Error("nothing was looked at")
		}
	})
}

// TestLocalNetwork runs all back ends over real sockets, with no client given.
func TestLocalNetwork(t *testing.T) {
	s := newShop()
	m := mark(t, 9, marking.LayoutL44Serial13)
	s.put(m, nil)
	urls := map[string]string{}
	for name, h := range s.net {
		server := newServer(t, h)
		urls[name] = server.URL
	}
	cdn := s.newCDN(t, func(o *permit.CDNOptions) { o.BaseURL, o.Client = urls["cdn.test"], nil })
	lm := s.newLocal(t, func(o *permit.LocalOptions) { o.BaseURL, o.Client = urls["lm.test"]+"/", nil })
	piot := s.newPiot(t, func(o *permit.PiotOptions) { o.BaseURL, o.Client = urls["piot.test"], nil })
	ctx := context.Background()
	if err := cdn.Start(ctx); err != nil {
		t.Fatal(err)
	}
	want(t, ask(t, cdn, m), permit.OutcomeOK, permit.LocalUnset, "")
	want(t, ask(t, lm, m), permit.OutcomeNoAnswer, permit.LocalOK, "")
	want(t, ask(t, piot, m), permit.OutcomeOK, permit.LocalUnset, "")
	s.down(permittest.Fault{Cut: true})
	want(t, ask(t, cdn, m), permit.OutcomeNoAnswer, permit.LocalUnset, permit.CodeHostsDown)
	closeAll(t, cdn, lm, piot)

	t.Run("M46 a port where nobody listens", func(t *testing.T) {
		lm := s.newLocal(t, func(o *permit.LocalOptions) { o.BaseURL, o.Client = "http://127.0.0.1:1", nil })
		defer closeAll(t, lm)
		want(t, ask(t, lm, m), permit.OutcomeNoAnswer, permit.LocalAbsent, permit.CodeUnreachable)
	})
}
