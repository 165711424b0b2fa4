package redisguard

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/obmen-go/obmen/marking/session/guard"
)

// DefaultLimit is how long one call to the server that [Open] made may take.
const DefaultLimit = time.Second

// DefaultPrefix begins the names of all keys.
const DefaultPrefix = "obmen"

// Options are the settings of a Guard. All tills that share a server must have the
// same. A nil *Options means all defaults.
type Options struct {
	// TTL is how long a reservation lasts without a renewal: a till that dies
	// frees what it has after this time. It defaults to guard.DefaultTTL.
	TTL time.Duration
	// SoldFor is how long a sold entry lives. It defaults to guard.DefaultSoldFor.
	SoldFor time.Duration
	// Prefix begins the names of all keys, in braces, so that they share a slot of
	// a cluster. It defaults to DefaultPrefix.
	Prefix string
	// Limit is how long the client of Open waits for a connection and for an
	// answer. It defaults to DefaultLimit.
	Limit time.Duration
}

// Guard is a guard.Guard on a Redis server.
type Guard struct {
	client  redis.UniversalClient
	own     bool // the client was made by Open
	ttl     time.Duration
	soldFor time.Duration
	prefix  string
}

var _ guard.Guard = (*Guard)(nil)

// New makes a Guard on a client of the caller's, for one server, a cluster or
// sentinels. The caller closes the client. New does no I/O.
func New(client redis.UniversalClient, opt *Options) *Guard {
	if opt == nil {
		opt = &Options{}
	}
	g := &Guard{client: client, ttl: guard.DefaultTTL, soldFor: guard.DefaultSoldFor, prefix: DefaultPrefix}
	if opt.TTL > 0 {
		g.ttl = max(opt.TTL, time.Millisecond)
	}
	if opt.SoldFor > 0 {
		g.soldFor = max(opt.SoldFor, time.Millisecond)
	}
	if opt.Prefix != "" {
		g.prefix = opt.Prefix
	}
	g.prefix = "{" + strings.Map(func(r rune) rune {
		if r == '{' || r == '}' {
			return '-'
		}
		return r
	}, g.prefix) + "}:"
	return g
}

// Open makes a Guard for an address such as redis://user:password@host:6379/0,
// rediss:// for TLS, or unix:///run/redis.sock. It does no I/O: a server that is
// away shows in the first call. An address that is none is an error with CodeURL,
// which holds no password. Close it when it is no longer needed.
func Open(address string, opt *Options) (*Guard, error) {
	settings, err := redis.ParseURL(address)
	if err != nil {
		return nil, &Error{code: CodeURL}
	}
	timeout := DefaultLimit
	if opt != nil && opt.Limit > 0 {
		timeout = opt.Limit
	}
	settings.DialTimeout, settings.ReadTimeout, settings.WriteTimeout = timeout, timeout, timeout
	settings.PoolTimeout = 2 * timeout
	settings.MaxRetries = 1 // calls may be repeated; a cashier waits
	settings.DialerRetries = 1
	settings.ContextTimeoutEnabled = true
	settings.DisableIdentity = true
	g := New(redis.NewClient(settings), opt)
	g.own = true
	return g, nil
}

// Close closes the connections of a Guard that Open made.
func (g *Guard) Close() error {
	if !g.own {
		return nil
	}
	if err := g.client.Close(); err != nil {
		return away("close", err)
	}
	return nil
}

func (g *Guard) reserved(identity string) string { return g.prefix + "reserved:" + identity }
func (g *Guard) sold(identity string) string     { return g.prefix + "sold:" + identity }

// run runs a script. A script that the server has lost is sent again.
func (g *Guard) run(ctx context.Context, call string, s *redis.Script, keys []string, args ...any) (any, error) {
	if err := ctx.Err(); err != nil {
		return nil, away(call, err)
	}
	answer, err := s.Run(ctx, g.client, keys, args...).Result()
	if err != nil {
		return nil, away(call, err)
	}
	return answer, nil
}

// Reserve takes an identity for an owner.
func (g *Guard) Reserve(ctx context.Context, r guard.Request) (guard.Reservation, error) {
	answer, err := g.run(ctx, "reserve", reserveScript,
		[]string{g.reserved(r.Identity), g.sold(r.Identity), g.prefix + "token"}, r.Owner, flag(r.Return), g.ttl.Milliseconds())
	if err != nil {
		return guard.Reservation{}, err
	}
	list, _ := answer.([]any)
	if len(list) != 2 {
		return guard.Reservation{}, &Error{code: CodeAnswer, call: "reserve"}
	}
	word, _ := list[0].(string)
	text, _ := list[1].(string)
	switch word {
	case "taken", "sold":
		return guard.Reservation{}, &guard.TakenError{Owner: text, Sold: word == "sold"}
	}
	token, err := strconv.ParseUint(text, 10, 64)
	if word != "ok" || err != nil {
		return guard.Reservation{}, &Error{code: CodeAnswer, call: "reserve"}
	}
	return guard.Reservation{Identity: r.Identity, Owner: r.Owner, Return: r.Return, Token: token, TTL: g.ttl}, nil
}

// Renew makes reservations last from now on, all of them or none.
func (g *Guard) Renew(ctx context.Context, list []guard.Reservation) error {
	return g.change(ctx, "renew", list, g.ttl)
}

// Hold verifies the fencing tokens and keeps the reservations without an expiry,
// all of them or none.
func (g *Guard) Hold(ctx context.Context, list []guard.Reservation) error {
	return g.change(ctx, "hold", list, 0)
}

func (g *Guard) change(ctx context.Context, call string, list []guard.Reservation, ttl time.Duration) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, len(list))
	args := []any{ttl.Milliseconds()}
	for i, r := range list {
		keys[i] = g.reserved(r.Identity)
		args = append(args, r.Owner, token(r))
	}
	answer, err := g.run(ctx, call, changeScript, keys, args...)
	if err != nil {
		return err
	}
	numbers, ok := answer.([]any)
	if !ok {
		return &Error{code: CodeAnswer, call: call}
	}
	var lost []string
	for _, n := range numbers {
		i, ok := n.(int64)
		if !ok || i < 1 || i > int64(len(list)) {
			return &Error{code: CodeAnswer, call: call}
		}
		lost = append(lost, list[i-1].Identity)
	}
	if lost != nil {
		return &guard.LostError{Identities: lost}
	}
	return nil
}

// Confirm turns reservations into sold entries; those of a return free the identity.
func (g *Guard) Confirm(ctx context.Context, list []guard.Reservation) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, 0, 2*len(list))
	args := []any{g.soldFor.Milliseconds()}
	for _, r := range list {
		keys = append(keys, g.reserved(r.Identity), g.sold(r.Identity))
		args = append(args, r.Owner, token(r), flag(r.Return))
	}
	_, err := g.run(ctx, "confirm", confirmScript, keys, args...)
	return err
}

// Release frees reservations; a sold entry behind a return's stays.
func (g *Guard) Release(ctx context.Context, list []guard.Reservation) error {
	if len(list) == 0 {
		return nil
	}
	keys := make([]string, len(list))
	var args []any
	for i, r := range list {
		keys[i] = g.reserved(r.Identity)
		args = append(args, r.Owner, token(r))
	}
	_, err := g.run(ctx, "release", releaseScript, keys, args...)
	return err
}

// Check asks the server whether it is there and keeps what it is told: an error
// with CodeEvicts means that it may drop entries when its memory is full. A server
// that does not tell its settings passes.
func (g *Guard) Check(ctx context.Context) error {
	if err := g.client.Ping(ctx).Err(); err != nil {
		return away("ping", err)
	}
	settings, err := g.client.ConfigGet(ctx, "maxmemory-policy").Result()
	if policy := settings["maxmemory-policy"]; err == nil && policy != "" && policy != "noeviction" {
		return &Error{code: CodeEvicts, call: "check", policy: policy}
	}
	return nil
}

func token(r guard.Reservation) string { return strconv.FormatUint(r.Token, 10) }

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
