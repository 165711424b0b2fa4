// Package guard keeps one piece of marked goods from being sold twice: you need
// it when several tills of a shop or a chain could sell the same piece (M41).
//
// A till reserves an identity when it is scanned, renews the reservation while
// the receipt lives, holds it just before the first receipt command, and
// confirms or releases it when the outcome is known. A till that dies frees its
// reservations by their expiry; what is held does not expire, because nobody
// knows whether it was sold.
package guard

import (
	"context"
	"time"
)

// Guard is shared by all who must not sell the same piece. Its methods may be
// called from several goroutines and programs at once and are atomic: of two
// that reserve one identity at the same time, one wins. Identities are
// case-sensitive.
//
// Errors: a [TakenError] from Reserve, a [LostError] from Renew and Hold; any
// other error means that the guard is away, and what to do then is a policy of
// the Session's user.
type Guard interface {
	// Reserve takes an identity for an owner until it expires. An owner that has
	// it already gets the same reservation again, renewed: a repeat after a lost
	// answer does no harm. Each new reservation of an identity has a greater
	// fencing token than all before it.
	Reserve(ctx context.Context, r Request) (Reservation, error)
	// Renew makes reservations last from now on, all of them; those that were held
	// expire again. If one is no longer the owner's, nothing changes and the
	// error is a LostError that names all such.
	Renew(ctx context.Context, list []Reservation) error
	// Hold verifies the fencing tokens and keeps the reservations without an
	// expiry until Confirm, Release or Renew, all of them or, with a LostError,
	// none: called just before the first receipt command.
	Hold(ctx context.Context, list []Reservation) error
	// Confirm turns reservations into sold entries, which live for the guard's
	// number of days; those of a return free the identity instead. Confirming
	// again does nothing.
	Confirm(ctx context.Context, list []Reservation) error
	// Release frees reservations. What is not the owner's any more is left alone.
	Release(ctx context.Context, list []Reservation) error
}

// Request is what a till wants to reserve.
type Request struct {
	// Identity is marking.Code.Identity.
	Identity string
	// Owner names the till and its receipt, such as "till-3/8f6a…". Only the same
	// receipt may have the same owner.
	Owner string
	// Return is true when the piece comes back: a sold entry does not stand in the
	// way then, and Confirm removes it.
	Return bool
}

// Reservation is what a till got. It can be stored and used after a restart.
type Reservation struct {
	// Identity, Owner and Return are the request's.
	Identity string `json:"identity"`
	Owner    string `json:"owner"`
	Return   bool   `json:"return,omitempty"`
	// Token grows with each new reservation of the identity.
	Token uint64 `json:"token"`
	// TTL is how long the reservation lasts without a renewal, from Reserve or
	// Renew on.
	TTL time.Duration `json:"ttl"`
}
