package permit

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// DefaultLocalModule is where the local module listens.
const DefaultLocalModule = "http://localhost:5995"

// LocalOptions are the settings of a [LocalModule].
type LocalOptions struct {
	Common
	// BaseURL is the address of the module. It defaults to DefaultLocalModule.
	BaseURL string
	// Version is that of its interface, 1 or 2. It defaults to 2.
	Version int
	// User and Password are the login.
	User     string
	Password Secret
	// ClientID is the number of the register's fiscal storage. It has no default.
	ClientID string
}

// LocalModule is the local module of Честный знак (M63), back end (b). It may
// be used from several goroutines.
//
// It speaks of LocalState only: the outcome of its verdicts is always
// OutcomeNoAnswer, because nothing was checked online.
type LocalModule struct {
	*wire
	base    string
	version int
	header  http.Header

	mu       sync.Mutex
	shown    redaction
	status   LocalStatus
	statusAt time.Time
}

var _ BatchChecker = (*LocalModule)(nil)

// statusFor is how long the module is taken to be ready after it said so. A
// module that stops being ready answers checks with a code of its own.
const statusFor = time.Minute

// syncWarning is the age of the last synchronisation that support should hear of.
const syncWarning = 24 * time.Hour

// NewLocalModule makes a LocalModule without any input or output. Errors are of
// type *Error.
func NewLocalModule(opts LocalOptions) (*LocalModule, error) {
	base, err := parseBase("BaseURL", or(opts.BaseURL, DefaultLocalModule))
	if err != nil {
		return nil, err
	}
	if opts.Version == 0 {
		opts.Version = 2
	}
	if opts.Version != 1 && opts.Version != 2 {
		return nil, newError(CodeOptionValue, "setting", "Version", "value", opts.Version, "want", "1, 2").at("Version")
	}
	if opts.ClientID == "" {
		return nil, newError(CodeOptionMissing, "setting", "ClientID").at("ClientID")
	}
	login := base64.StdEncoding.EncodeToString([]byte(opts.User + ":" + string(opts.Password)))
	return &LocalModule{
		wire:    newWire(opts.Common),
		base:    base,
		version: opts.Version,
		header:  http.Header{"Authorization": {"Basic " + login}, "X-Clientid": {opts.ClientID}},
		shown:   redaction(nil).with(login, string(opts.Password)),
	}, nil
}

// String names the back end and shows no secret.
func (m *LocalModule) String() string { return "permit.LocalModule(" + m.base + ")" }

// Close ends what runs and waits for it.
func (m *LocalModule) Close() error {
	m.close()
	return nil
}

// Check asks for one mark.
func (m *LocalModule) Check(ctx context.Context, q Query) Verdict {
	return m.CheckAll(ctx, []Query{q})[0]
}

// CheckAll asks for all marks, MaxCodes in a request, within one limit.
func (m *LocalModule) CheckAll(ctx context.Context, queries []Query) []Verdict {
	return m.bounded(ctx, m.limit, queries, m.ask, m.silent)
}

// silent is the verdict when the module said nothing usable.
func (m *LocalModule) silent(failure *Error) Verdict {
	v := m.without(newError(CodeNotConfigured).at("online"))
	v.Local, v.LocalFailure = LocalNoAnswer, failure
	switch {
	case failure.Code() == CodeNotReady:
		v.Local = LocalNotReady
	case failure.Code() == CodeUnreachable && refusedConnection(failure.cause):
		v.Local = LocalAbsent
	}
	return v
}

func (m *LocalModule) ask(ctx context.Context, queries []Query) []Verdict {
	status, err := m.ready(ctx)
	if err != nil {
		m.log.Warn("permit: the local module cannot be asked", "error", err)
		return each(queries, m.silent(err))
	}
	return marksOnly(queries, m.silent, func(marks []Query) []Verdict { return m.askMarks(ctx, status, marks) })
}

// LocalStatus is what the module says about itself.
type LocalStatus struct {
	// Status is ready, not_configured, initialization or sync_error.
	Status string
	// Version and Inst are those of the program and of its installation.
	Version, Inst string
	// LastSync is when it last synchronised; zero if it does not say.
	LastSync time.Time
}

// Ready says whether the module can be asked.
func (s LocalStatus) Ready() bool { return s.Status == "ready" }

// Status asks the module about itself, for half a minute at most. Errors are of
// type *Error.
func (m *LocalModule) Status(ctx context.Context) (LocalStatus, error) {
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	s, err := m.readStatus(ctx)
	if err != nil {
		return s, err
	}
	return s, nil
}

func (m *LocalModule) path(name string) string { return fmt.Sprintf("/api/v%d/%s", m.version, name) }

func (m *LocalModule) readStatus(ctx context.Context) (LocalStatus, *Error) {
	r, err := m.exchange(ctx, http.MethodGet, "status", nil)
	if err != nil {
		return LocalStatus{}, err
	}
	o, fault := parseObject(r.body)
	s := LocalStatus{}
	if fault == nil {
		s.Status, s.Version, s.Inst = o.text("status"), o.text("version"), o.text("inst")
		s.LastSync = moment(o.text("lastSync"))
		fault = o.err()
	}
	if fault != nil {
		return s, newError(CodeGarbage, "where", fault).because(fault).at(m.base)
	}
	return s, nil
}

// moment reads a time in milliseconds or in the form of RFC 3339; zero is neither.
func moment(text string) time.Time {
	if t, ok := millis(text); ok {
		return t
	}
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

// exchange sends a request; a status that is none of success is an error.
func (m *LocalModule) exchange(ctx context.Context, method, name string, body []byte) (reply, *Error) {
	r, err := m.do(ctx, method, m.base, m.path(name), m.header, body)
	if err != nil {
		return r, err
	}
	code := bodyCodeOf(r.body)
	switch {
	case code == bodyNotReady || code == bodyNotInSync:
		m.forget()
		return r, newError(CodeNotReady, "status", code).at(m.base).retry()
	case r.status == http.StatusUnauthorized:
		return r, newError(CodeUnauthorized).at(m.base)
	case r.status < 200 || r.status > 299:
		return r, statusError(r, m.secrets()).at(m.base)
	}
	return r, nil
}

// ready asks for the status, unless it was ready a moment ago.
func (m *LocalModule) ready(ctx context.Context) (LocalStatus, *Error) {
	m.mu.Lock()
	status, fresh := m.status, m.status.Ready() && time.Since(m.statusAt) < statusFor
	m.mu.Unlock()
	if fresh {
		return status, nil
	}
	status, err := m.readStatus(ctx)
	if err != nil {
		return status, err
	}
	if !status.Ready() {
		return status, newError(CodeNotReady, "status", or(m.secrets().text(status.Status), "-")).at(m.base).retry()
	}
	m.mu.Lock()
	m.status, m.statusAt = status, time.Now()
	m.mu.Unlock()
	return status, nil
}

// secrets are those that the module has been shown.
func (m *LocalModule) secrets() redaction {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shown
}

func (m *LocalModule) forget() {
	m.mu.Lock()
	m.status = LocalStatus{}
	m.mu.Unlock()
}

// askMarks asks by identities: the crypto tail stays here.
func (m *LocalModule) askMarks(ctx context.Context, status LocalStatus, marks []Query) []Verdict {
	r, err := m.exchange(ctx, http.MethodPost, "cis/outCheck", m.body(marks))
	if err != nil {
		m.log.Warn("permit: no answer of the local module", "error", err)
		return each(marks, m.silent(err))
	}
	answers, fault := decodeLocal(r.body)
	if fault != nil {
		return each(marks, m.silent(newError(CodeGarbage, "where", fault).because(fault).at(m.base)))
	}
	for i := range answers {
		s := &answers[i].stamp
		s.Inst, s.Ver = or(s.Inst, status.Inst), or(s.Ver, status.Version)
	}
	rows := local
	if m.version > 1 {
		rows |= localV2
	}
	s := &sheet{queries: marks, answers: answers, raw: r.body, secrets: m.secrets(),
		scopes: func(Stamp) scope { return rows }}
	verdicts := make([]Verdict, len(marks))
	for i, q := range marks {
		verdicts[i] = m.localVerdict(m.judge(s, q))
		if !status.LastSync.IsZero() {
			if age := m.now().Sub(status.LastSync); age > syncWarning {
				verdicts[i].warn(newError(CodeWarnSync, "hours", int64(age/time.Hour)))
			}
		}
	}
	return verdicts
}

// localVerdict says of a local module what was judged as if it were online.
func (m *LocalModule) localVerdict(v Verdict) Verdict {
	switch v.Outcome {
	case OutcomeOK:
		v.Local = LocalOK
	case OutcomeRefused:
		v.Local = LocalRefused
	default:
		silent := m.silent(or2(v.Failure, newError(CodeBodyCode, "number", bodyEmergency, "text", "-")))
		silent.Warnings, silent.Raw = v.Warnings, v.Raw
		return silent
	}
	v.Outcome, v.Failure = OutcomeNoAnswer, newError(CodeNotConfigured).at("online")
	return v
}

// or2 is or for errors.
func or2(e, byDefault *Error) *Error {
	if e == nil {
		return byDefault
	}
	return e
}

func (m *LocalModule) body(marks []Query) []byte {
	if m.version == 1 {
		request := struct {
			List []string `json:"cis_list"`
		}{}
		for _, q := range marks {
			request.List = append(request.List, q.Mark.Identity())
		}
		return encode(request)
	}
	type code struct {
		CIS   string `json:"cis"`
		Group int    `json:"pg,omitempty"`
	}
	request := struct {
		List []code `json:"cis_list"`
	}{}
	for _, q := range marks {
		request.List = append(request.List, code{q.Mark.Identity(), q.Group})
	}
	return encode(request)
}

// Init makes the module load its database with a token of the marking system.
// It is never called by itself (M63), and takes half a minute at most. Errors
// are of type *Error.
func (m *LocalModule) Init(ctx context.Context, token Secret) error {
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	m.mu.Lock()
	m.shown = m.shown.with(string(token))
	m.mu.Unlock()
	body := encode(map[string]string{"token": string(token)})
	r, err := m.do(ctx, http.MethodPost, m.base, m.path("init"), m.header, body)
	if err != nil {
		return err
	}
	m.forget()
	switch {
	case r.status == http.StatusUnauthorized:
		return newError(CodeUnauthorized).at(m.base)
	case r.status < 200 || r.status > 299:
		return statusError(r, m.secrets()).at(m.base)
	}
	if n := bodyCodeOf(r.body); n > bodyOK {
		return codeError(n, "", m.secrets()).at(m.base)
	}
	return nil
}
