package permit_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// The secrets of all tests: none may show up in any log or error.
const (
	cdnToken   = "cdn-token-3f1b8c2e"
	freshToken = "cdn-token-fresh-77aa"
	lmUser     = "lm-user-kassa"
	lmPassword = "lm-password-qwerty"
	piotToken  = "piot-token-91d0ffe4"
	initToken  = "init-token-5c5c5c5c"
)

const drive = "9999078900000001"

// mark is a random code of a layout.
func mark(t testing.TB, seed uint64, layout marking.Layout) marking.Code {
	t.Helper()
	c, err := marking.Parse(markingtest.New(seed).Code(layout), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func milk(t testing.TB, seed uint64) marking.Code { return mark(t, seed, marking.LayoutS6) }

// shop is all back ends with their servers, over a network in memory.
type shop struct {
	cdn   *permittest.CDN
	local *permittest.Local
	piot  *permittest.Piot
	net   permittest.Transport
	log   *syncBuffer
}

func newShop() *shop {
	s := &shop{
		cdn:   &permittest.CDN{Token: cdnToken, Hosts: 3},
		local: &permittest.Local{User: lmUser, Password: lmPassword, ClientID: drive},
		piot:  &permittest.Piot{Token: piotToken},
		log:   &syncBuffer{},
	}
	s.net = permittest.Transport{"cdn.test": s.cdn, "lm.test": s.local, "piot.test": s.piot}
	return s
}

func (s *shop) common() permit.Common {
	return permit.Common{
		Client: &http.Client{Transport: s.net},
		Policy: permit.Policy{Location: time.UTC},
		Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func (s *shop) cdnOptions() permit.CDNOptions {
	return permit.CDNOptions{
		Common:      s.common(),
		Online:      permit.Online{Tokens: permit.StaticToken(cdnToken, time.Time{})},
		BaseURL:     "https://cdn.test",
		FiscalDrive: drive,
	}
}

func (s *shop) newCDN(t testing.TB, change ...func(*permit.CDNOptions)) *permit.CDN {
	t.Helper()
	opts := s.cdnOptions()
	for _, f := range change {
		f(&opts)
	}
	c, err := permit.NewCDN(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (s *shop) newLocal(t testing.TB, change ...func(*permit.LocalOptions)) *permit.LocalModule {
	t.Helper()
	opts := permit.LocalOptions{Common: s.common(), BaseURL: "http://lm.test", User: lmUser, Password: lmPassword, ClientID: drive}
	for _, f := range change {
		f(&opts)
	}
	m, err := permit.NewLocalModule(opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (s *shop) newPiot(t testing.TB, change ...func(*permit.PiotOptions)) *permit.Piot {
	t.Helper()
	opts := permit.PiotOptions{
		Common:  s.common(),
		Online:  permit.Online{Tokens: permit.StaticToken(piotToken, time.Time{})},
		BaseURL: "https://piot.test",
		Name:    "till", Release: "1.0", ID: "18aa4ecf-523c-4c2a-a759-d0435f4c0408",
	}
	for _, f := range change {
		f(&opts)
	}
	p, err := permit.NewPiot(opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// put makes a mark known to all servers.
func (s *shop) put(c marking.Code, members permittest.Members) {
	s.cdn.Goods.Put(c, members)
	s.local.Goods.Put(c, members)
	s.piot.Goods.Put(c, members)
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// ask checks a sale.
func ask(t testing.TB, c permit.Checker, m marking.Code) permit.Verdict {
	t.Helper()
	return c.Check(context.Background(), permit.Query{Mark: m})
}

// want compares the parts of a verdict that decide.
func want(t testing.TB, v permit.Verdict, outcome permit.Outcome, local permit.LocalState, code string) {
	t.Helper()
	got := ""
	switch {
	case v.Refusal != nil:
		got = v.Refusal.Code()
	case v.Failure != nil && local == permit.LocalUnset:
		got = v.Failure.Code()
	case v.LocalFailure != nil:
		got = v.LocalFailure.Code()
	}
	if v.Outcome != outcome || v.Local != local || got != code {
		t.Errorf("verdict %v, local %v, %q (failure %v, local %v); want %v, %v, %q",
			v.Outcome, v.Local, got, v.Failure, v.LocalFailure, outcome, local, code)
	}
}

func closeAll(t testing.TB, list ...interface{ Close() error }) {
	t.Helper()
	for _, c := range list {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
