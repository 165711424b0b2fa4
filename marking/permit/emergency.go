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

	mu     sync.Mutex
	loaded bool
	until  time.Time
	saved  time.Time
}

type savedEmergency struct {
	Until time.Time `json:"until"`
}

// load reads what an earlier run has kept. A store that fails is asked again.
func (e *emergency) load(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.loaded || e.store == nil {
		return
	}
	data, err := e.store.Load(ctx, emergencyKey)
	if err != nil {
		e.log.Warn("permit: cannot read whether there is an emergency", "error", newError(CodeStore))
		return
	}
	e.loaded = true
	var s savedEmergency
	if len(data) > 0 && json.Unmarshal(data, &s) == nil && s.Until.After(e.until) {
		e.until, e.saved = s.Until, s.Until
	}
}

// declare begins or prolongs it. Prolonging is saved when it makes a difference.
func (e *emergency) declare(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.until = e.now().Add(e.length)
	if e.store == nil || e.until.Sub(e.saved) < time.Minute && !e.saved.IsZero() {
		return
	}
	e.log.Warn("permit: emergency declared by the marking system", "until", e.until)
	data, err := json.Marshal(savedEmergency{e.until})
	if err == nil {
		err = e.store.Save(ctx, emergencyKey, data)
	}
	if err != nil {
		e.log.Error("permit: the emergency is not kept over a restart", "error", newError(CodeStore))
		return
	}
	e.saved = e.until
}

// end is the first normal answer.
func (e *emergency) end(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.until.IsZero() && e.saved.IsZero() {
		return
	}
	e.until = time.Time{}
	if e.store != nil {
		if err := e.store.Delete(ctx, emergencyKey); err != nil {
			e.log.Warn("permit: cannot forget the emergency", "error", newError(CodeStore))
			return
		}
	}
	e.saved = time.Time{}
	e.log.Info("permit: the emergency is over")
}

// active returns when it ends; ok is false if there is none.
func (e *emergency) active() (until time.Time, ok bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	// A clock that was set back must not prolong it beyond its length.
	return e.until, now.Before(e.until) && !e.until.After(now.Add(e.length))
}
