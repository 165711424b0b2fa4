// Package redisguard keeps one piece of marked goods from being sold twice by the
// tills of a shop or a chain, over a Redis server that they share (M41). It is an
// implementation of guard.Guard.
//
//	g, err := redisguard.Open("redis://:password@10.0.0.5:6379/0", nil)
//	s := session.New(register, &session.Options{Guard: g, GuardAway: session.GuardRefuse, …})
//
// # What is kept
//
// For each identity up to two keys, both in one slot of a cluster:
//
//	{obmen}:reserved:<identity>   who has it now: expires, but for held ones
//	{obmen}:sold:<identity>       who sold it: lives for Options.SoldFor
//	{obmen}:token                 the last fencing token
//
// Each call is one script, which the server runs as a whole: of two tills that
// reserve one identity at the same moment one wins; Renew and Hold change all their
// reservations or none. Only the server's clock counts, so that tills whose clocks
// differ agree. Identities hold no crypto tail and no personal data.
//
// Fencing tokens are the server's time in microseconds, or one more than the last
// token if that is greater: they grow even after a server has lost its data. A
// reservation is the owner's only if token and owner both fit.
//
// A till that dies frees its reservations when they expire (Options.TTL). What is
// held, because its receipt may have been printed, stays until Confirm, Release or
// Renew: a till settles it when it comes back (M56).
//
// # When Redis is away
//
// Every call ends within the context, and the client that [Open] makes gives up
// after Options.Limit. The error is an [*Error], never a TakenError or a
// LostError: what to do is the policy of the caller (session.Options.GuardAway). A
// repeat of any call does no harm.
//
// A server that lost its data (no persistence, an eviction, a fail-over to a replica
// that was behind) has lost reservations: Hold says so before the receipt, but sold
// entries are forgotten. Run Redis with appendonly yes and maxmemory-policy
// noeviction; [Guard.Check] looks whether entries can be evicted.
//
// Redis 5 or later is needed, or a server that speaks like it.
//
// # Rules
//
//   - M41: a piece is reserved, held just before the receipt, confirmed or released;
//     identities are case-sensitive; an unknown outcome keeps the reservation; sold
//     entries live for Options.SoldFor, and a return frees its piece (decision: a
//     return that is cancelled leaves the piece as sold as it was).
//   - M67: an error shows neither the address nor its password, and of what the
//     server says only the first word.
//
// # Concurrency
//
// A Guard may be used from several goroutines.
package redisguard
