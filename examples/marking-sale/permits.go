package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/marking/permit"
)

// permits are the addresses of -permit by their kind.
type permits struct {
	kinds map[string]address
}

type address struct {
	url     string
	version int // 0 for the default
}

// set takes one -permit.
func (p *permits) set(value string) error {
	kind, text, ok := strings.Cut(value, "+")
	highest := map[string]int{"cdn": 0, "lm": 2, "piot": 3}
	max, known := highest[kind]
	u, err := url.Parse(text)
	switch {
	case !ok || !known:
		return errors.New("give cdn+https://HOST, lm+http://HOST or piot+https://HOST")
	case p.kinds[kind].url != "":
		return fmt.Errorf("%s is given twice; each kind may be given once", kind)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("an address such as %s+https://HOST is expected", kind)
	case u.User != nil:
		return errors.New("no user or password in the address: they are taken from the environment, see -h")
	}
	a := address{}
	if query := u.Query(); query.Has("version") {
		a.version, err = strconv.Atoi(query.Get("version"))
		if err != nil || a.version < 1 || a.version > max {
			return fmt.Errorf("%s has no version %q of its interface", kind, query.Get("version"))
		}
		query.Del("version")
		u.RawQuery = query.Encode()
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return errors.New("nothing but ?version=N may stand behind the address")
	}
	a.url = u.String()
	if p.kinds == nil {
		p.kinds = map[string]address{}
	}
	p.kinds[kind] = a
	return nil
}

// checks are the permit checks of a sale.
type checks struct {
	chain *permit.Chain
	sales *permit.SalesLog // nil if nobody is to be told
}

func (c *checks) close() {
	if c.sales != nil {
		_ = c.sales.Close()
	}
	if c.chain != nil {
		_ = c.chain.Close()
	}
}

// open makes the checks; storage is the number of the register's fiscal storage.
func (p *permits) open(ctx context.Context, limit time.Duration, storage string, stderr io.Writer) (*checks, error) {
	c := &checks{}
	if len(p.kinds) == 0 {
		return c, nil
	}
	options := permit.ChainOptions{Limit: limit}
	if a, ok := p.kinds["cdn"]; ok {
		cdn, err := permit.NewCDN(permit.CDNOptions{BaseURL: a.url, FiscalDrive: storage, Online: permit.Online{Tokens: token("OBMEN_CDN_TOKEN", stderr)}})
		if err != nil {
			return nil, err
		}
		options.CDN = cdn
	}
	if a, ok := p.kinds["piot"]; ok {
		piot, err := permit.NewPiot(permit.PiotOptions{
			BaseURL: a.url, Version: a.version, Name: "marking-sale", Release: "1", ID: "obmen",
			Online: permit.Online{Tokens: token("OBMEN_PIOT_TOKEN", stderr)},
		})
		if err != nil {
			return nil, err
		}
		options.Piot = piot
	}
	if a, ok := p.kinds["lm"]; ok {
		local, err := permit.NewLocalModule(permit.LocalOptions{
			BaseURL: a.url, Version: a.version, ClientID: storage,
			User: os.Getenv("OBMEN_LM_USER"), Password: permit.Secret(os.Getenv("OBMEN_LM_PASSWORD")),
		})
		if err != nil {
			return nil, err
		}
		options.Local = local
		if a.version != 1 {
			c.sales, err = permit.NewSalesLog(local, permit.SalesLogOptions{Store: &permit.MemStore{}})
			if err != nil {
				return nil, err
			}
		}
	}
	c.chain = permit.NewChain(options)
	if err := c.chain.Start(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(stderr, "permit check:", err) // each check tries again
	}
	return c, nil
}

// token takes a token from the environment.
func token(variable string, stderr io.Writer) permit.TokenSource {
	value := os.Getenv(variable)
	if value == "" {
		fmt.Fprintf(stderr, "marking-sale: %s is not set: the permit check is asked without a token\n", variable)
	}
	return permit.StaticToken(permit.Secret(value), time.Time{})
}

// tellLimit bounds the wait for the local module's acknowledgement: the sale is
// done without it.
const tellLimit = 3 * time.Second

// tell tells the local module what was sold.
func (c *checks) tell(ctx context.Context, stderr io.Writer) {
	if c.sales == nil || c.sales.Pending() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellLimit)
	defer cancel()
	if err := c.sales.Flush(ctx); err != nil || c.sales.Pending() > 0 {
		fmt.Fprintf(stderr, "the local module was not told of the sale (%v); it will allow these marks until it has synchronised\n", err)
	}
}
