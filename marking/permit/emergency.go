package permit

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
)

// EmergencyLength is how long an emergency lasts at most after it was last
// declared (M62).
const EmergencyLength = 72 * time.Hour

// emergencyKey is where a [Store] keeps it.
const emergencyKey = "emergency"

// emergency remembers that the system has suspended the check, for all groups,
// until the first normal answer, over restarts (M62).
type emergency struct {
	store  Store // nil: not kept
	length time.Duration
	now    func() time.Time
	log    *slog.Logger
	// storing is full while the store is used. The fields below are never held
	// meanwhile: a store that hangs must not hold up a check.
	storing chan struct{}

	mu     sync.Mutex
	loaded bool
	until  time.Time
	saved  time.Time // what the store holds; zero if nothing
}

type savedEmergency struct {
	Until time.Time `json:"until"`
}

// withStore runs f while nobody else uses the store.
func (e *emergency) withStore(ctx context.Context, f func()) {
	if e.store == nil {
		return
	}
	select {
	case e.storing <- struct{}{}:
		defer func() { <-e.storing }()
		f()
	case <-ctx.Done():
	}
}

// load reads what an earlier run has kept. A store that fails is asked again.
func (e *emergency) load(ctx context.Context) {
	if e.get().loaded {
		return
	}
	e.withStore(ctx, func() {
		if e.get().loaded {
			return
		}
		data, err := e.store.Load(ctx, emergencyKey)
		if err != nil {
			e.log.Warn("permit: cannot read whether there is an emergency", "error", newError(CodeStore))
			return
		}
		var s savedEmergency
		json.Unmarshal(data, &s) // damage is no emergency
		e.mu.Lock()
		defer e.mu.Unlock()
		e.loaded, e.saved = true, s.Until
		if s.Until.After(e.until) {
			e.until = s.Until
		}
	})
}

// emergencyState is a copy of what is known.
type emergencyState struct {
	loaded       bool
	until, saved time.Time
}

func (e *emergency) get() emergencyState {
	e.mu.Lock()
	defer e.mu.Unlock()
	return emergencyState{e.loaded || e.store == nil, e.until, e.saved}
}

// declare begins or prolongs it. Prolonging is saved when it makes a difference.
func (e *emergency) declare(ctx context.Context) {
	until := e.now().Add(e.length)
	e.mu.Lock()
	began := e.until.IsZero()
	e.until = until
	fresh := !e.saved.IsZero() && until.Sub(e.saved) < time.Minute
	e.mu.Unlock()
	if began {
		e.log.Warn("permit: emergency declared by the marking system", "until", until)
	}
	if fresh {
		return
	}
	e.withStore(ctx, func() {
		data := encode(savedEmergency{until})
		if err := e.store.Save(ctx, emergencyKey, data); err != nil {
			e.log.Error("permit: the emergency is not kept over a restart", "error", newError(CodeStore))
			return
		}
		e.mu.Lock()
		e.saved = until
		e.mu.Unlock()
	})
}

// end is the first normal answer.
func (e *emergency) end(ctx context.Context) {
	e.mu.Lock()
	ended, kept := !e.until.IsZero(), !e.saved.IsZero()
	e.until = time.Time{}
	e.mu.Unlock()
	if ended {
		e.log.Info("permit: the emergency is over")
	}
	if !kept {
		return
	}
	e.withStore(ctx, func() {
		if err := e.store.Delete(ctx, emergencyKey); err != nil {
			e.log.Warn("permit: cannot forget the emergency", "error", newError(CodeStore))
			return
		}
		e.mu.Lock()
		e.saved = time.Time{}
		e.mu.Unlock()
	})
}

// active returns when it ends; ok is false if there is none.
func (e *emergency) active() (until time.Time, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	// A clock that was set back must not prolong it beyond its length.
	return e.until, now.Before(e.until) && !e.until.After(now.Add(e.length))
}
