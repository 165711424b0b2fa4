package office

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Exchanger sends the directory to the stations (K43). The package calls one
// method of it at a time.
type Exchanger interface {
	// StartExchange begins an exchange with the stations of these numbers, nil
	// meaning all of them, and returns as soon as it has begun: the other side
	// of a folder waits for that answer. An error says that it did not begin.
	StartExchange(ctx context.Context, stations []int) error
}

// ExchangerFunc is a function that serves as an Exchanger.
type ExchangerFunc func(ctx context.Context, stations []int) error

// StartExchange calls f.
func (f ExchangerFunc) StartExchange(ctx context.Context, stations []int) error {
	return f(ctx, stations)
}

var _ Exchanger = ExchangerFunc(nil)

// pacer starts exchanges: at once, or when no change came for a while, so that
// a run of imports costs one exchange ("Выполнить обмен, выждав паузу", K43).
type pacer struct {
	target Exchanger
	pause  time.Duration // 0 = changes alone start nothing
	log    *slog.Logger

	ctx    context.Context // of exchanges that no caller waits for
	cancel context.CancelFunc

	running sync.Mutex // held while the target is called

	mu      sync.Mutex
	timer   *time.Timer // nil unless an exchange is pending
	closed  bool
	started sync.WaitGroup // timers that have fired
}

func newPacer(target Exchanger, pause time.Duration, log *slog.Logger) *pacer {
	p := &pacer{target: target, pause: pause, log: log}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// changed notes a change: the exchange with all stations starts when the pause
// has passed without another one.
func (p *pacer) changed() {
	if p.target == nil || p.pause <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
	case p.timer == nil:
		p.timer = time.AfterFunc(p.pause, p.fire)
	default:
		p.timer.Reset(p.pause)
	}
}

func (p *pacer) fire() {
	p.mu.Lock()
	if p.timer == nil { // another exchange took the pending one over meanwhile
		p.mu.Unlock()
		return
	}
	p.timer = nil
	p.started.Add(1)
	p.mu.Unlock()
	defer p.started.Done()
	if err := p.start(p.ctx, nil); err != nil {
		p.log.Error("exchange did not start, it is tried again after the pause", "error", err)
		p.changed()
	}
}

// now starts an exchange at once; one with all stations takes the place of a
// pending one.
func (p *pacer) now(ctx context.Context, stations []int) error {
	if p.target == nil {
		return newError(CodeNoExchanger, 0)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if stations == nil {
		p.drop()
	}
	p.mu.Unlock()
	err := p.start(ctx, stations)
	if err != nil && stations == nil {
		p.changed() // the changes still wait to be sent
	}
	return err
}

// drop forgets a pending exchange and says whether there was one. p.mu is held.
func (p *pacer) drop() bool {
	if p.timer == nil {
		return false
	}
	p.timer.Stop()
	p.timer = nil
	return true
}

func (p *pacer) start(ctx context.Context, stations []int) error {
	p.running.Lock()
	defer p.running.Unlock()
	return p.target.StartExchange(ctx, stations)
}

// close starts a pending exchange without waiting for its pause, since nobody
// would do so later, and waits for the one that is being started, which the end of
// ctx interrupts.
func (p *pacer) close(ctx context.Context) error {
	defer p.cancel()
	defer context.AfterFunc(ctx, p.cancel)()
	p.mu.Lock()
	pending := p.drop()
	already := p.closed
	p.closed = true
	p.mu.Unlock()
	var err error
	if pending && !already {
		err = p.start(ctx, nil)
	}
	p.started.Wait()
	return err
}
