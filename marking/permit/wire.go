package permit

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits on what a peer may make us keep.
const (
	// MaxBody is the longest answer in bytes: 100 codes take about 100 kB.
	MaxBody = 1 << 20
	// MaxCodes is how many marks one request may hold (M61).
	MaxCodes = 100
	// MaxHosts is how many hosts of a list are used.
	MaxHosts = 64
)

// DefaultLimit is how long a decision may take (M60).
const DefaultLimit = 1500 * time.Millisecond

// Common are the settings that all back ends share.
type Common struct {
	// Client sends the requests. It defaults to one of its own. Redirects are
	// never followed, whatever it says: they would carry the token elsewhere.
	Client *http.Client
	// Limit bounds a check that is asked of this back end, its repeats
	// included. It defaults to DefaultLimit; a [Chain] has a limit of its own.
	Limit time.Duration
	// Policy are the shop's decisions.
	Policy Policy
	// Now is the till's clock for dates: expiry, clock difference, emergency.
	// It defaults to time.Now.
	Now func() time.Time
	// Logger gets technical events; marks and secrets are never among them. It
	// defaults to silence.
	Logger *slog.Logger
}

// wire sends requests of one back end.
type wire struct {
	client *http.Client
	own    bool // the client is ours
	limit  time.Duration
	policy Policy
	now    func() time.Time
	log    *slog.Logger
	life   life
}

func newWire(c Common) *wire {
	w := &wire{limit: c.Limit, policy: c.Policy, now: c.Now, log: c.Logger}
	if c.Client != nil {
		w.client = new(*c.Client)
	} else {
		w.client, w.own = &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}, true
	}
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if w.limit <= 0 {
		w.limit = DefaultLimit
	}
	if w.now == nil {
		w.now = time.Now
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	return w
}

// close ends all that runs.
func (w *wire) close() {
	w.life.close()
	if w.own {
		w.client.CloseIdleConnections()
	}
}

// parseBase checks the address of a back end: it may hold a path, but no
// login, which would show up in logs, and nothing behind the path.
func parseBase(setting, address string) (string, *Error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", newError(CodeOptionURL, "setting", setting).at(setting)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// reply is an answer of whatever status.
type reply struct {
	status int
	body   []byte
}

// do sends one request and reads its whole answer. Errors name base, never the
// header or the body.
func (w *wire) do(ctx context.Context, method, base, path string, header http.Header, body []byte) (reply, *Error) {
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
	if err != nil {
		return reply{}, newError(CodeOptionURL, "setting", "BaseURL").at(base)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := w.client.Do(req)
	if err == nil {
		defer res.Body.Close()
		var data []byte
		data, err = io.ReadAll(io.LimitReader(res.Body, MaxBody+1))
		if len(data) > MaxBody {
			return reply{status: res.StatusCode}, newError(CodeTooLarge, "limit", MaxBody).at(base)
		}
		if err == nil {
			return reply{res.StatusCode, data}, nil
		}
	}
	return reply{}, broken(ctx, err, start).at(base)
}

// broken says why there is no answer.
func broken(ctx context.Context, err error, start time.Time) *Error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // the rest of it is the URL
	}
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return timedOut(start).because(err)
	}
	if ctx.Err() != nil {
		return newError(CodeCancelled).because(ctx.Err()).retry()
	}
	return newError(CodeUnreachable).because(err).retry()
}

func timedOut(start time.Time) *Error {
	return newError(CodeTimeout, "limit", time.Since(start).Round(time.Millisecond)).retry()
}

// explained says whether the text of a cause may stand in a log: errors of the
// network name addresses only.
func explained(cause error) bool {
	if _, ok := errors.AsType[*net.OpError](cause); ok {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](cause); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](cause); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](cause)
	return ok
}

// refusedConnection says that nobody listens at the address.
func refusedConnection(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" && !op.Timeout()
}

// statusError describes an answer that is none.
func statusError(r reply, secrets redaction) *Error {
	text := ""
	if o, err := parseObject(r.body); err == nil {
		text = o.description()
	}
	return newError(CodeStatus, "status", r.status, "text", or(secrets.text(text), "-"))
}

// codeError describes an answer whose own code is not 0.
func codeError(number int64, text string, secrets redaction) *Error {
	return newError(CodeBodyCode, "number", strconv.FormatInt(number, 10), "text", or(secrets.text(text), "-"))
}

// bounded runs work and returns its verdicts, or those of late when ctx or the
// limit ends first, even if work does not heed its context.
func (w *wire) bounded(ctx context.Context, limit time.Duration, queries []Query,
	work func(context.Context, []Query) []Verdict, late func(*Error) Verdict,
) []Verdict {
	start := time.Now()
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	all := func(err *Error) []Verdict {
		verdicts := make([]Verdict, len(queries))
		for i := range verdicts {
			verdicts[i] = late(err)
		}
		return verdicts
	}
	results := make(chan []Verdict, 1)
	cancel, ok := w.life.spawn(ctx, func(ctx context.Context) { results <- work(ctx, queries) })
	if !ok {
		return all(newError(CodeClosed))
	}
	defer cancel()
	select {
	case verdicts := <-results:
		return verdicts
	case <-ctx.Done():
	}
	select {
	case verdicts := <-results: // both at once
		return verdicts
	default:
		return all(broken(ctx, ctx.Err(), start))
	}
}
