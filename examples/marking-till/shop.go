package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/serial"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/journal"
)

// shop is what stands behind the page: register, permit check, journal, till.
type shop struct {
	till *till
	ends []func() error // in the order of opening
}

func (s *shop) close() error {
	var failures []error
	for _, end := range slices.Backward(s.ends) {
		failures = append(failures, end())
	}
	return errors.Join(failures...)
}

func openShop(ctx context.Context, s *settings) (_ *shop, err error) {
	sh := &shop{till: newTill(s.lang, cmp.Or(s.register, texts[s.lang]["simulated"]))}
	defer func() {
		if err != nil {
			err = errors.Join(err, sh.close())
		}
	}()
	dial, err := sh.dial(s)
	if err != nil {
		return nil, err
	}
	link := shtrihm.NewLink(dial, nil)
	sh.ends = append(sh.ends, link.Close)
	reg := register.New(link, nil)
	last, err := reg.LastDocument(ctx)
	if err != nil {
		return nil, fmt.Errorf("the register cannot be asked: %w", err)
	}
	checker, err := sh.permits(ctx, s, last.Storage)
	if err != nil {
		return nil, err
	}
	options := session.Options{Permit: checker, Journal: new(journal.Memory)}
	if path, err := journalFile(s); err != nil {
		return nil, err
	} else if path != "" {
		file, err := journal.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%w; name another file with -journal", err)
		}
		sh.ends = append(sh.ends, file.Close)
		options.Journal = file
	}
	if err := sh.till.open(ctx, reg, options); err != nil {
		return nil, err
	}
	sh.ends = append(sh.ends, func() error { sh.till.session.Close(); return nil })
	return sh, nil
}

// dial reaches the register, a simulated one if none is given.
func (s *shop) dial(set *settings) (ecr.DialFunc, error) {
	if set.register != "" {
		return (&ecr.Dialer{Serial: serial.Dial}).Func(set.register)
	}
	var online shtrihmtest.Verdict
	if err := online.UnmarshalText([]byte(set.online)); err != nil || online == shtrihmtest.VerdictNoSave {
		return nil, fmt.Errorf("-online %q: give ok, negative, timeout or off", set.online)
	}
	server := &ecrtest.Server{Device: shtrihmtest.New(&shtrihmtest.Options{Online: online, PrintTime: printTime})}
	s.ends = append(s.ends, server.Close)
	return server.Dial, nil
}

// printTime is how long the simulated register prints a line: long enough to see
// the progress.
const printTime = 120 * time.Millisecond

// journalFile is where an open receipt is kept; "" for memory only.
func journalFile(s *settings) (string, error) {
	if s.journal != "" || s.register == "" {
		return s.journal, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("%w; name a file with -journal", err)
	}
	folder := filepath.Join(cache, "obmen")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("%w; name a file with -journal", err)
	}
	return filepath.Join(folder, "marking-till.journal"), nil
}

// permits makes the permit check of the given addresses, a simulated one if there
// are none: it knows every mark that is scanned.
func (s *shop) permits(ctx context.Context, set *settings, storage string) (permit.Checker, error) {
	var options permit.ChainOptions
	addresses := set.permits
	client := (*http.Client)(nil)
	token := os.Getenv("OBMEN_CDN_TOKEN")
	if len(addresses) == 0 {
		online := &permittest.CDN{Token: "simulated"}
		var mu sync.Mutex
		s.till.known = func(code marking.Code) {
			mu.Lock()
			defer mu.Unlock()
			online.Goods.Put(code, nil)
		}
		addresses, token = []string{"cdn+http://cdn.simulated"}, "simulated"
		client = &http.Client{Transport: permittest.Transport{"cdn.simulated": online}}
	}
	common := permit.Common{Client: client}
	for _, a := range addresses {
		kind, url, ok := strings.Cut(a, "+")
		var err error
		switch {
		case ok && kind == "cdn" && options.CDN == nil:
			options.CDN, err = permit.NewCDN(permit.CDNOptions{
				Common: common, BaseURL: url, FiscalDrive: storage,
				Online: permit.Online{Tokens: permit.StaticToken(permit.Secret(token), time.Time{})},
			})
		case ok && kind == "lm" && options.Local == nil:
			options.Local, err = permit.NewLocalModule(permit.LocalOptions{
				Common: common, BaseURL: url, ClientID: storage,
				User: os.Getenv("OBMEN_LM_USER"), Password: permit.Secret(os.Getenv("OBMEN_LM_PASSWORD")),
			})
		case ok && kind == "piot" && options.Piot == nil:
			options.Piot, err = permit.NewPiot(permit.PiotOptions{
				Common: common, BaseURL: url, Name: "marking-till", Release: "1", ID: "obmen",
				Online: permit.Online{Tokens: permit.StaticToken(permit.Secret(os.Getenv("OBMEN_PIOT_TOKEN")), time.Time{})},
			})
		default:
			err = fmt.Errorf("give cdn+https://…, lm+http://… or piot+https://…, each once")
		}
		if err != nil {
			return nil, fmt.Errorf("-permit %q: %w", a, err)
		}
	}
	chain := permit.NewChain(options)
	s.ends = append(s.ends, chain.Close)
	if err := chain.Start(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "marking-till:", err) // it goes on trying
	}
	return chain, nil
}
