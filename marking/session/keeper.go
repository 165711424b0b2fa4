package session

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking/session/guard"
)

// keeper renews the reservations of a receipt while it lives (M41). It uses the
// guard alone, never the register, and has one goroutine from the first
// reservation until stop or until nothing is reserved.
type keeper struct {
	guard guard.Guard
	log   *slog.Logger

	// renewing is held over a renewal and by hold, so that a renewal which is
	// under way cannot make a reservation expire that Hold has just made last.
	renewing sync.Mutex
	held     bool

	mu     sync.Mutex
	list   []guard.Reservation
	off    bool
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// renewLimit is how long one renewal may take.
const renewLimit = 10 * time.Second

// set tells the keeper what is reserved now.
func (k *keeper) set(list []guard.Reservation) {
	if k.guard == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = list
	switch {
	case len(list) == 0 && k.cancel != nil:
		k.cancel()
		k.cancel = nil
	case len(list) > 0 && k.cancel == nil && !k.off:
		ctx, cancel := context.WithCancel(context.Background())
		k.cancel = cancel
		k.wg.Go(func() { k.run(ctx) })
	}
}

// hold stops renewing (true) or goes on with it (false): while a receipt is
// printed and while its outcome is unknown, reservations are held instead.
func (k *keeper) hold(held bool) {
	k.renewing.Lock()
	defer k.renewing.Unlock()
	k.held = held
}

func (k *keeper) reserved() []guard.Reservation {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.list)
}

func (k *keeper) run(ctx context.Context) {
	for {
		wait := time.Minute
		for _, r := range k.reserved() {
			if r.TTL > 0 {
				wait = min(wait, r.TTL/3)
			}
		}
		timer := time.NewTimer(max(wait, time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if err := k.renew(ctx); err != nil && ctx.Err() == nil {
			k.log.LogAttrs(ctx, slog.LevelWarn, "reservations not renewed", slog.String("error", err.Error()))
		}
	}
}

func (k *keeper) renew(ctx context.Context) error {
	k.renewing.Lock()
	defer k.renewing.Unlock()
	list := k.reserved()
	if k.held || len(list) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, renewLimit)
	defer cancel()
	err := k.guard.Renew(ctx, list)
	if lost, ok := errors.AsType[*guard.LostError](err); ok {
		// The others are to live on; what is lost shows when the receipt closes.
		list = slices.DeleteFunc(list, func(r guard.Reservation) bool { return slices.Contains(lost.Identities, r.Identity) })
		if len(list) > 0 {
			return errors.Join(err, k.guard.Renew(ctx, list))
		}
	}
	return err
}

// begin lets the keeper work again after stop.
func (k *keeper) begin() {
	k.mu.Lock()
	was := k.off
	k.off = false
	list := k.list
	k.mu.Unlock()
	if was {
		k.set(list)
	}
}

// stop ends the goroutine and waits for it.
func (k *keeper) stop() {
	k.mu.Lock()
	k.off = true
	if k.cancel != nil {
		k.cancel()
		k.cancel = nil
	}
	k.mu.Unlock()
	k.wg.Wait()
}
