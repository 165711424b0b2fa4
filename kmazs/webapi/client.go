package webapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// ClientOptions are those of a Client; nil is the zero value.
type ClientOptions struct {
	// User and Password are sent as Basic authentication, unless User is "" or
	// Header has an Authorization.
	User, Password string
	// Header is added to each request; what it names replaces the client's own.
	Header http.Header
	// HTTP sends the requests: proxies, certificates and time-outs are its. It
	// defaults to http.DefaultClient. Redirects are never followed.
	HTTP *http.Client
	// Attempts is how often a request is tried in all while the office cannot
	// have acted: it was not reached or was busy. It defaults to 1, no retry.
	Attempts int
	// Pause is the time between attempts. It defaults to 5 seconds.
	Pause time.Duration
	// MaxAnswer bounds the size of an answer. It defaults to 64 MiB.
	MaxAnswer int64
}

const (
	defaultPause     = 5 * time.Second
	defaultMaxAnswer = 64 << 20
)

// Client sends imports to an office.
type Client struct {
	url    *url.URL
	o      ClientOptions
	client http.Client
}

// NewClient returns a client of the Web-API at this URL, which the office's own
// document names. It does no I/O.
func NewClient(rawURL string, o *ClientOptions) (*Client, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, newError(CodeURL).safe()
	}
	c := &Client{url: u}
	if o != nil {
		c.o = *o
	}
	if c.o.Header != nil {
		c.o.Header = c.o.Header.Clone()
	}
	if u.User != nil && c.o.User == "" {
		c.o.User = u.User.Username()
		c.o.Password, _ = u.User.Password()
	}
	if c.o.HTTP != nil {
		c.client = *c.o.HTTP
	}
	c.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if c.o.Pause <= 0 {
		c.o.Pause = defaultPause
	}
	if c.o.MaxAnswer <= 0 {
		c.o.MaxAnswer = defaultMaxAnswer
	}
	return c, nil
}

// Warnings says what is unwise about the client's options: Basic authentication
// over plain HTTP to another machine (K26).
func (c *Client) Warnings() []Warning {
	secret := c.o.User != "" || c.o.Header.Get("Authorization") != ""
	if !secret || c.url.Scheme != "http" || isLoopback(c.url.Hostname()) {
		return nil
	}
	e := newError(CodeWarnPlain)
	e.f.Member = c.url.Host
	return []Warning{{e}}
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// Import sends users and returns what the office did with them. Users that have
// findings are returned as kmazs.Findings and nothing is sent. Any other error is
// an *Error that tells by SafeToRetry whether the office cannot have acted. users
// is ranged over twice.
func (c *Client) Import(ctx context.Context, o kmazs.Options, users iter.Seq[*kmazs.User]) (*kmazs.Result, error) {
	var body bytes.Buffer
	if err := kmazs.WriteJSON(&body, o, users); err != nil {
		return nil, err
	}
	return c.ImportJSON(ctx, body.Bytes())
}

// ImportJSON sends a request that is JSON already, as it is.
func (c *Client) ImportJSON(ctx context.Context, body []byte) (*kmazs.Result, error) {
	for attempt := 1; ; attempt++ {
		result, err := c.send(ctx, body)
		if err == nil {
			return result, nil
		}
		again := err.f.Code == CodeUnreachable || err.f.Code == CodeBusy
		if attempt >= c.o.Attempts || !again || !err.f.Safe || !pause(ctx, c.o.Pause) {
			return nil, err
		}
	}
}

// pause waits and reports whether the time has passed before ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (c *Client) send(ctx context.Context, body []byte) (*kmazs.Result, *Error) {
	if err := ctx.Err(); err != nil {
		return nil, c.at(newError(CodeUnreachable).because(err).safe())
	}
	var progress progress
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, progress.trace()),
		http.MethodPost, c.url.String(), bytes.NewReader(body))
	if err != nil {
		return nil, newError(CodeURL).safe()
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Accept", "application/json")
	if c.o.User != "" {
		req.SetBasicAuth(c.o.User, c.o.Password)
	}
	for name, values := range c.o.Header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, c.at(progress.failure(err))
	}
	defer resp.Body.Close()
	return c.answer(resp)
}

func (c *Client) at(e *Error) *Error {
	e.f.Member = c.url.Host
	return e
}

// answer judges what came back (K25, K26).
func (c *Client) answer(resp *http.Response) (*kmazs.Result, *Error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, c.o.MaxAnswer+1))
	var answer kmazs.Response
	if err == nil && int64(len(data)) <= c.o.MaxAnswer {
		answer, err = kmazs.ParseResponse(data)
	} else if err == nil {
		err = errTooLong
	}
	refusedByOffice := err == nil && answer.Err() != nil
	var e *Error
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized:
		e = newError(CodeLogin).safe()
	case status == http.StatusRequestEntityTooLarge:
		e = newError(CodeTooLarge).safe()
	case status == http.StatusServiceUnavailable && refusedByOffice:
		e = newError(CodeBusy).safe()
	case refusedByOffice:
		e = newError(CodeRefused, "number", answer.ErrCode, "text", answer.ErrMsg).because(answer.Err()).safe()
	case status/100 == 2 && err == nil:
		return answer.Result, nil
	case status/100 == 2:
		e = newError(CodeAnswer).because(plain(err))
	default:
		e = newError(CodeStatus, "status", status)
		// A redirect or a 4xx refuses the request; behind a 5xx of a proxy
		// the office may still be at work.
		e.f.Safe = status/100 == 3 || status/100 == 4
	}
	if refusedByOffice {
		e.errCode, e.errMsg = answer.ErrCode, answer.ErrMsg
	}
	e.status = resp.StatusCode
	return nil, c.at(e)
}

var errTooLong = errors.New("the answer is longer than allowed")

// progress is how far a request got; its hooks run on other goroutines.
type progress struct{ asked, wrote atomic.Bool }

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:          func(string) { p.asked.Store(true) },
		WroteHeaderField: func(string, []string) { p.wrote.Store(true) },
		WroteHeaders:     func() { p.wrote.Store(true) },
		WroteRequest:     func(httptrace.WroteRequestInfo) { p.wrote.Store(true) },
	}
}

// failure words an error of net/http. The office cannot have acted if no byte of
// the request was written: a transport that reports its steps shows that, and an
// error of dialling proves it with any other.
func (p *progress) failure(err error) *Error {
	unsent := p.asked.Load() && !p.wrote.Load()
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		unsent = true
	}
	cause := plain(err)
	if unsent {
		return newError(CodeUnreachable).because(cause).safe()
	}
	return newError(CodeBroken).because(cause)
}

// plain takes the URL, which may hold secrets in its query, off an error.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
