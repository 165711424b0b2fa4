package permit

import (
	"context"
	"log/slog"
	"time"
)

// Secret is a token or a password. However it is printed, logged or marshalled,
// it shows as three asterisks; convert it to a string to use it (M67).
type Secret string

// String returns three asterisks, or "" for no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString is String.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Token proves to a back end who asks.
type Token struct {
	// Value is the token itself.
	Value Secret
	// Expires is when it ends; zero if that is not known.
	Expires time.Time
}

// TokenSource gives tokens. It is asked before each request, so it keeps what
// it has; renew is true once in a check when the last token was refused with
// 401: then it gets a new one, within ctx (M62).
type TokenSource interface {
	// Token gives the token for the next request.
	Token(ctx context.Context, renew bool) (Token, error)
}

// TokenFunc makes a function a [TokenSource].
type TokenFunc func(ctx context.Context, renew bool) (Token, error)

// Token calls the function.
func (f TokenFunc) Token(ctx context.Context, renew bool) (Token, error) { return f(ctx, renew) }

// StaticToken is a source with one token, which nobody can renew. expires may
// be zero.
func StaticToken(value Secret, expires time.Time) TokenSource {
	return staticToken{Token{value, expires}}
}

type staticToken struct{ token Token }

var (
	_ TokenSource = TokenFunc(nil)
	_ TokenSource = staticToken{}
)

func (s staticToken) Token(context.Context, bool) (Token, error) { return s.token, nil }

// String hides the token even from %v of what holds it.
func (s staticToken) String() string { return "permit.StaticToken(***)" }

// GoString is String.
func (s staticToken) GoString() string { return s.String() }
