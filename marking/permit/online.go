package permit

import (
	"context"
	"net/http"
	"time"
)

// DefaultTokenWarning is how long before a token's known end the verdicts warn.
const DefaultTokenWarning = 7 * 24 * time.Hour

// Online are the settings that the two online back ends share.
type Online struct {
	// Tokens gives the token. It has no default.
	Tokens TokenSource
	// TokenWarning is how long before a token's known end the verdicts warn of
	// it. It defaults to DefaultTokenWarning.
	TokenWarning time.Duration
	// Store keeps a declared emergency over a restart. It defaults to keeping
	// it in memory only.
	Store Store
	// Emergency is how long an emergency lasts at most after it was last
	// declared. It defaults to EmergencyLength.
	Emergency time.Duration
}

// remote is what [CDN] and [Piot] have in common: tokens, emergency, and what
// follows from each kind of answer (M62).
type remote struct {
	*wire
	tokens      TokenSource
	tokenPeriod time.Duration // before its end, in which is warned
	emergency   *emergency
}

func newRemote(c Common, o Online) (remote, *Error) {
	if o.Tokens == nil {
		return remote{}, newError(CodeOptionMissing, "setting", "Tokens").at("Tokens")
	}
	if o.TokenWarning <= 0 {
		o.TokenWarning = DefaultTokenWarning
	}
	if o.Emergency <= 0 {
		o.Emergency = EmergencyLength
	}
	w := newWire(c)
	e := &emergency{store: o.Store, length: o.Emergency, now: w.now, log: w.log, storing: make(chan struct{}, 1)}
	return remote{w, o.Tokens, o.TokenWarning, e}, nil
}

// attempt is what one check has used up.
type attempt struct {
	token   Token
	renewed bool // a new token was asked for: once a check
}

// begin gets the token for a check.
func (r *remote) begin(ctx context.Context) (*attempt, *Error) {
	a := &attempt{}
	return a, r.token(ctx, a)
}

func (r *remote) token(ctx context.Context, a *attempt) *Error {
	t, err := r.tokens.Token(ctx, a.renewed)
	if err != nil || t.Value == "" {
		if ctx.Err() != nil {
			return broken(ctx, ctx.Err(), time.Now())
		}
		return newError(CodeToken).because(err)
	}
	a.token = t
	return nil
}

func (a *attempt) secrets() redaction { return redaction(nil).with(string(a.token.Value)) }

// tokenWarning warns of the end of the token.
func (r *remote) tokenWarning(a *attempt) *Error {
	if a.token.Expires.IsZero() {
		return nil
	}
	left := a.token.Expires.Sub(r.now())
	if left > r.tokenPeriod {
		return nil
	}
	return newError(CodeWarnToken, "days", int64(max(left, 0)/(24*time.Hour)))
}

// fate is what follows from an answer.
type fate uint8

const (
	fateAnswer    fate = iota // status 200
	fateNext                  // this host is down, another may answer
	fateStop                  // the online part ends without an answer
	fateEmergency             // 203
)

// send makes one request to an address, and what the rules allow to be repeated
// at it: after 429 and 5xx once more, after 401 with a new token once a check.
// make builds the request for a token.
func (r *remote) send(ctx context.Context, a *attempt, method, base, path string,
	make func(Token) (http.Header, []byte),
) (reply, fate, *Error) {
	for repeated := false; ; {
		header, body := make(a.token)
		answer, err := r.do(ctx, method, base, path, header, body)
		if err != nil {
			if err.Code() == CodeCancelled || err.Code() == CodeOptionURL {
				return answer, fateStop, err
			}
			return answer, fateNext, err
		}
		code := bodyCodeOf(answer.body)
		switch {
		case answer.status == http.StatusNonAuthoritativeInfo || code == bodyEmergency:
			return answer, fateEmergency, nil
		case answer.status == http.StatusOK:
			return answer, fateAnswer, nil
		case answer.status == http.StatusUnauthorized:
			if a.renewed {
				return answer, fateStop, newError(CodeUnauthorized).at(base)
			}
			a.renewed = true
			if err := r.token(ctx, a); err != nil {
				return answer, fateStop, err
			}
		case answer.status == http.StatusTooManyRequests || answer.status >= 500:
			if !repeated {
				repeated = true
				continue
			}
			if code == bodyOverload && answer.status >= 500 {
				return answer, fateStop, statusError(answer, a.secrets()).at(base).retry()
			}
			return answer, fateNext, statusError(answer, a.secrets()).at(base).retry()
		default:
			return answer, fateStop, statusError(answer, a.secrets()).at(base)
		}
	}
}

// declared is the verdict after a 203.
func (r *remote) declared(ctx context.Context, a *attempt, raw []byte) Verdict {
	r.emergency.declare(ctx)
	v := Verdict{Outcome: OutcomeEmergency, Answered: r.now(), Raw: a.secrets().body(raw)}
	until, _ := r.emergency.active()
	v.warn(newError(CodeWarnEmergency, "until", until.Format(time.RFC3339)))
	return v
}

// remember turns no answer into an emergency while one lasts.
func (r *remote) remember(verdicts []Verdict) []Verdict {
	until, ok := r.emergency.active()
	if !ok {
		return verdicts
	}
	for i := range verdicts {
		v := &verdicts[i]
		if v.Outcome == OutcomeNoAnswer && !v.ours() {
			v.Outcome = OutcomeEmergency
			v.warn(newError(CodeWarnEmergency, "until", until.Format(time.RFC3339)))
		}
	}
	return verdicts
}

// ours says that nobody was asked: that is no want of an answer.
func (v *Verdict) ours() bool {
	if v.Failure == nil {
		return false
	}
	switch v.Failure.Code() {
	case CodeQuery, CodeCancelled, CodeClosed:
		return true
	}
	return false
}

// each gives the same verdict to all queries.
func each(queries []Query, v Verdict) []Verdict {
	verdicts := make([]Verdict, len(queries))
	for i := range verdicts {
		verdicts[i] = v
	}
	return verdicts
}
