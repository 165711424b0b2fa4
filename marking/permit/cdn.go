package permit

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// DefaultCDN is the address of the list of hosts of the working system.
const DefaultCDN = "https://cdn.crpt.ru"

// The paths of the True API (M61).
const (
	pathInfo   = "/api/v4/true-api/cdn/info"
	pathHealth = "/api/v4/true-api/cdn/health/check"
	pathCheck  = "/api/v4/true-api/codes/check"
)

// CDNOptions are the settings of a [CDN].
type CDNOptions struct {
	Common
	Online
	// BaseURL is where the list of hosts is read. It defaults to DefaultCDN.
	BaseURL string
	// FiscalDrive is the number of the register's fiscal storage. It is left
	// out of the request if it is empty.
	FiscalDrive string
	// HostLimit bounds one request to one host. It defaults to an equal share
	// of the time that is left among the hosts that are left, but at least
	// 400 ms.
	HostLimit time.Duration
	// DownTime is how long a host that failed is not asked. It defaults to 15
	// minutes.
	DownTime time.Duration
}

// CDN is the True API over the CDN hosts (M61, M62), back end (a). It may be
// used from several goroutines.
type CDN struct {
	remote
	base        string
	fiscalDrive string
	hostLimit   time.Duration
	hosts       hostList
}

var _ BatchChecker = (*CDN)(nil)

// NewCDN makes a CDN without any input or output: [CDN.Start] begins. Errors
// are of type *Error.
func NewCDN(opts CDNOptions) (*CDN, error) {
	base, err := parseBase("BaseURL", or(opts.BaseURL, DefaultCDN))
	if err != nil {
		return nil, err
	}
	r, err := newRemote(opts.Common, opts.Online)
	if err != nil {
		return nil, err
	}
	if opts.DownTime <= 0 {
		opts.DownTime = 15 * time.Minute
	}
	c := &CDN{remote: r, base: base, fiscalDrive: opts.FiscalDrive, hostLimit: opts.HostLimit}
	c.hosts.downTime = opts.DownTime
	return c, nil
}

// String names the back end and shows no secret.
func (c *CDN) String() string { return "permit.CDN(" + c.base + ")" }

// Close ends what runs in the background and waits for it.
func (c *CDN) Close() error {
	c.close()
	return nil
}

// Check asks for one mark.
func (c *CDN) Check(ctx context.Context, q Query) Verdict {
	return c.CheckAll(ctx, []Query{q})[0]
}

// CheckAll asks for all marks, MaxCodes in a request, within one limit.
func (c *CDN) CheckAll(ctx context.Context, queries []Query) []Verdict {
	return c.remember(c.bounded(ctx, c.limit, queries, c.ask, c.without))
}

func (c *CDN) ask(ctx context.Context, queries []Query) []Verdict {
	c.emergency.load(ctx)
	return marksOnly(queries, c.without, func(marks []Query) []Verdict { return c.askMarks(ctx, marks) })
}

// askMarks asks the hosts, best first, until one has answered (M62).
func (c *CDN) askMarks(ctx context.Context, marks []Query) []Verdict {
	a, err := c.begin(ctx)
	if err != nil {
		return each(marks, c.without(err))
	}
	body := c.body(marks)
	request := func(t Token) (http.Header, []byte) { return c.header(t), body }
	for again := false; ; again = true {
		hosts := c.hosts.up()
		for i, h := range hosts {
			share, cancel := c.share(ctx, len(hosts)-i)
			answer, f, err := c.send(share, a, http.MethodPost, h, pathCheck, request)
			cancel()
			if f == fateAnswer {
				if verdicts, fault := c.read(ctx, a, marks, answer); fault == nil {
					return verdicts
				} else {
					f, err = fateNext, fault.at(h)
				}
			}
			switch f {
			case fateEmergency:
				return each(marks, c.declared(ctx, a, answer.body))
			case fateStop:
				c.log.Warn("permit: no answer", "error", err)
				return each(marks, c.without(err))
			}
			if ctx.Err() == context.Canceled {
				return each(marks, c.without(err))
			}
			c.hosts.mark(h)
			c.log.Warn("permit: host is down", "host", h, "error", err)
			if spent(ctx) {
				return each(marks, c.without(err))
			}
		}
		if again {
			return each(marks, c.without(newError(CodeHostsDown, "count", len(hosts)).retry()))
		}
		// All are down: the marks are cleared and the list is read once more.
		c.hosts.clear()
		share, cancel := c.share(ctx, 2)
		err, emergency := c.readList(share, a)
		cancel()
		switch {
		case emergency:
			return each(marks, c.declared(ctx, a, nil))
		case err != nil:
			c.log.Warn("permit: the list of hosts cannot be read", "error", err)
			return each(marks, c.without(err))
		}
	}
}

// minShare is the least time that a host gets.
const minShare = 400 * time.Millisecond

// share is the part of the time left that one of n hosts gets.
func (c *CDN) share(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	limit := c.hostLimit
	if end, ok := ctx.Deadline(); ok && limit <= 0 {
		limit = max(time.Until(end)/time.Duration(n), minShare)
	}
	return context.WithTimeout(ctx, limit)
}

// spent says that no time is left for another host.
func spent(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(end) < leastTime
}

// leastTime is too short for any request.
const leastTime = 5 * time.Millisecond

func (c *CDN) header(t Token) http.Header {
	return http.Header{"X-Api-Key": {string(t.Value)}}
}

func (c *CDN) body(marks []Query) []byte {
	request := struct {
		Codes       []string `json:"codes"`
		FiscalDrive string   `json:"fiscalDriveNumber,omitempty"`
	}{FiscalDrive: c.fiscalDrive}
	for _, q := range marks {
		request.Codes = append(request.Codes, q.Mark.Text())
	}
	return encode(request)
}

// encode writes JSON as it is sent: & < > are ordinary characters of a mark.
func encode(value any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // texts and numbers only
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// read makes the verdicts of an answer; an error is garbage.
func (c *CDN) read(ctx context.Context, a *attempt, marks []Query, r reply) ([]Verdict, *Error) {
	parsed, err := decodeCDN(r.body)
	if err != nil {
		return nil, newError(CodeGarbage, "where", err).because(err)
	}
	if parsed.code != bodyOK {
		v := c.without(codeError(parsed.code, parsed.description, a.secrets()))
		v.Raw = a.secrets().body(r.body)
		return each(marks, v), nil
	}
	c.emergency.end(ctx)
	s := &sheet{queries: marks, answers: []answer{parsed}, raw: r.body, secrets: a.secrets(),
		scopes: func(Stamp) scope { return online }}
	verdicts := make([]Verdict, len(marks))
	for i, q := range marks {
		verdicts[i] = c.judge(s, q)
		verdicts[i].warn(c.tokenWarning(a), c.hosts.warning())
	}
	return verdicts, nil
}
