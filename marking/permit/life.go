package permit

import (
	"context"
	"sync"
)

// life owns the goroutines of a checker: close ends them all and waits.
type life struct {
	mu      sync.Mutex
	closed  bool
	next    int
	cancels map[int]context.CancelFunc
	wg      sync.WaitGroup
}

// spawn runs f in a goroutine whose context ends with ctx, with the returned
// function, or with close; false after close. done is called at the end.
func (l *life) spawn(ctx context.Context, f func(context.Context)) (cancel context.CancelFunc, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, false
	}
	ctx, cancel = context.WithCancel(ctx)
	id := l.next
	l.next++
	if l.cancels == nil {
		l.cancels = map[int]context.CancelFunc{}
	}
	l.cancels[id] = cancel
	l.wg.Go(func() {
		defer func() {
			cancel()
			l.mu.Lock()
			delete(l.cancels, id)
			l.mu.Unlock()
		}()
		f(ctx)
	})
	return cancel, true
}

// close ends all goroutines and waits for them; false if it was closed before.
func (l *life) close() bool {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	for _, cancel := range l.cancels {
		cancel()
	}
	l.mu.Unlock()
	l.wg.Wait()
	return first
}
