package permit

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// DefaultPiot is where ТС ПИоТ usually listens.
const DefaultPiot = "https://localhost:51401"

// maxPiotLimit is the longest codesCheckTimeout that is honoured: no cashier
// waits longer.
const maxPiotLimit = 30 * time.Second

// PiotOptions are the settings of a [Piot].
type PiotOptions struct {
	Common
	Online
	// BaseURL is the address of the gateway. It defaults to DefaultPiot. The
	// gateway shows a certificate of its own: a Client that trusts it has to
	// be given.
	BaseURL string
	// Version is that of its interface, 1 to 3. It defaults to 3.
	Version int
	// Name, Release and ID name the till's program as it is registered with
	// the marking system.
	Name, Release, ID string
}

// Piot is ТС ПИоТ (M64), back end (c): a gateway beside the till that asks the
// marking system, or its own local module when there is no link. It may be used
// from several goroutines.
type Piot struct {
	remote
	base    string
	version int
	opts    PiotOptions
	// fixed is true if the caller has set the limit himself.
	fixed bool

	mu     sync.Mutex
	asked  time.Time // when info was last asked for
	waited time.Duration
}

var _ BatchChecker = (*Piot)(nil)

// NewPiot makes a Piot without any input or output. Errors are of type *Error.
func NewPiot(opts PiotOptions) (*Piot, error) {
	base, err := parseBase("BaseURL", or(opts.BaseURL, DefaultPiot))
	if err != nil {
		return nil, err
	}
	if opts.Version == 0 {
		opts.Version = 3
	}
	if opts.Version < 1 || opts.Version > 3 {
		return nil, newError(CodeOptionValue, "setting", "Version", "value", opts.Version, "want", "1, 2, 3").at("Version")
	}
	r, err := newRemote(opts.Common, opts.Online)
	if err != nil {
		return nil, err
	}
	return &Piot{remote: r, base: base, version: opts.Version, opts: opts, fixed: opts.Limit > 0}, nil
}

// String names the back end and shows no secret.
func (p *Piot) String() string { return "permit.Piot(" + p.base + ")" }

// GoString is String.
func (p *Piot) GoString() string { return p.String() }

// Start asks the gateway about itself, so that its time limit is known from the
// first check on. A Piot that was not started does so in its first check.
func (p *Piot) Start(ctx context.Context) error {
	p.emergency.load(ctx)
	_, err := p.Info(ctx)
	return err
}

// Close ends what runs and waits for it.
func (p *Piot) Close() error {
	p.close()
	return nil
}

// PiotInfo is what the gateway says about itself.
type PiotInfo struct {
	// ID is the gateway's own id.
	ID string
	// Register, FiscalDrive and INN are the register it belongs to: its serial
	// number, its fiscal storage, and the tax number of its owner.
	Register, FiscalDrive, INN string
	// Limit is how long a check may take, 0 if it does not say.
	Limit time.Duration
}

// Info asks the gateway about itself, for half a minute at most. Errors are of
// type *Error.
func (p *Piot) Info(ctx context.Context) (PiotInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	info, err := p.info(ctx)
	if err != nil {
		return info, err
	}
	return info, nil
}

func (p *Piot) info(ctx context.Context) (PiotInfo, *Error) {
	p.mu.Lock()
	p.asked = time.Now()
	p.mu.Unlock()
	r, err := p.do(ctx, http.MethodGet, p.base, fmt.Sprintf("/api/v%d/info", p.version), nil, nil)
	if err != nil {
		return PiotInfo{}, err
	}
	if r.status != http.StatusOK {
		// Its text is left out: it might repeat a token that it knows from before.
		return PiotInfo{}, statusError(reply{status: r.status}, nil).at(p.base)
	}
	o, fault := parseObject(r.body)
	info := PiotInfo{}
	if fault == nil {
		info = PiotInfo{ID: o.text("tspiotId"), Register: o.text("kktSerial"), FiscalDrive: o.text("fnSerial"), INN: o.text("kktInn")}
		if n := o.number("codesCheckTimeout"); n != nil && *n > 0 {
			info.Limit = time.Duration(min(*n, maxPiotLimit.Milliseconds())) * time.Millisecond
		}
		fault = o.err()
	}
	if fault != nil {
		return info, newError(CodeGarbage, "where", fault).because(fault).at(p.base)
	}
	p.mu.Lock()
	p.waited = info.Limit
	p.mu.Unlock()
	return info, nil
}

// Limit is how long a check may take: what the caller set, or else what the
// gateway's info has asked for, or else DefaultLimit.
func (p *Piot) Limit() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.fixed && p.waited > 0 {
		return p.waited
	}
	return p.limit
}

// infoAgain is how long after a try info is asked for again, if it failed.
const infoAgain = time.Minute

func (p *Piot) needsInfo() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.waited == 0 && (p.asked.IsZero() || time.Since(p.asked) > infoAgain)
}

// Check asks for one mark.
func (p *Piot) Check(ctx context.Context, q Query) Verdict {
	return p.CheckAll(ctx, []Query{q})[0]
}

// CheckAll asks for all marks, MaxCodes in a request, within one limit.
func (p *Piot) CheckAll(ctx context.Context, queries []Query) []Verdict {
	return p.remember(p.bounded(ctx, p.Limit(), queries, p.ask, p.without))
}

func (p *Piot) ask(ctx context.Context, queries []Query) []Verdict {
	p.emergency.load(ctx)
	if p.needsInfo() {
		short, cancel := context.WithTimeout(ctx, infoLimit)
		if _, err := p.info(short); err != nil {
			p.log.Warn("permit: no info of the gateway", "error", err)
		}
		cancel()
	}
	return marksOnly(queries, p.without, func(marks []Query) []Verdict { return p.askMarks(ctx, marks) })
}

// infoLimit is the part of a check that asking for info may take.
const infoLimit = 300 * time.Millisecond

func (p *Piot) askMarks(ctx context.Context, marks []Query) []Verdict {
	a, err := p.begin(ctx)
	if err != nil {
		return each(marks, p.without(err))
	}
	path := fmt.Sprintf("/api/v%d/codes/check", p.version)
	r, f, err := p.send(ctx, a, http.MethodPost, p.base, path, func(t Token) (http.Header, []byte) {
		return nil, p.body(t, marks)
	})
	switch f {
	case fateEmergency:
		return each(marks, p.declared(ctx, a, r.body))
	case fateAnswer:
	default:
		p.log.Warn("permit: no answer of the gateway", "error", err)
		return each(marks, p.without(err))
	}
	answers, fault := decodePiot(r.body)
	if fault != nil {
		return each(marks, p.without(newError(CodeGarbage, "where", fault).because(fault).at(p.base)))
	}
	s := &sheet{queries: marks, answers: answers, raw: r.body, secrets: a.secrets(), scopes: func(s Stamp) scope {
		if s.Offline {
			return offline
		}
		return online
	}}
	verdicts := make([]Verdict, len(marks))
	for i, q := range marks {
		v := p.judge(s, q)
		switch {
		case v.Outcome == OutcomeEmergency:
			v = p.declared(ctx, a, v.Raw)
		case v.Stamp.Offline:
			v.warn(newError(CodeWarnOffline))
		case v.Outcome != OutcomeNoAnswer:
			p.emergency.end(ctx)
		}
		v.warn(p.tokenWarning(a))
		verdicts[i] = v
	}
	return verdicts
}

// body is the request: the marks are wrapped so that their separators survive.
func (p *Piot) body(t Token, marks []Query) []byte {
	type code struct {
		CIS   string `json:"cis"`
		Group int    `json:"pg,omitempty"`
	}
	type client struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		ID      string `json:"id"`
		Token   string `json:"token"`
	}
	request := struct {
		Codes  []any  `json:"codes"`
		Client client `json:"client_info"`
	}{Client: client{p.opts.Name, p.opts.Release, p.opts.ID, string(t.Value)}}
	for _, q := range marks {
		text := base64.StdEncoding.EncodeToString([]byte(q.Mark.Text()))
		if p.version < 3 {
			request.Codes = append(request.Codes, text)
		} else {
			request.Codes = append(request.Codes, code{text, q.Group})
		}
	}
	return encode(request)
}
