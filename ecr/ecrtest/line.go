package ecrtest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Piece is a part of what was written, on its way through a [Line].
type Piece struct {
	Data  []byte        // the bytes
	After time.Duration // since the write; never overtakes the piece before
}

// Mangle decides what becomes of the bytes of one write: all of them in one
// piece after a while, or less, or damaged. It may keep b.
type Mangle func(b []byte) []Piece

// Line is a line in memory with a delay and faults of its own, unlike a
// net.Pipe: bytes under way belong to the line, so that a late answer meets a
// host that has already gone on. With timers that a test bubble fakes, one event
// happens at a time.
type Line struct {
	toDevice, toHost *queue
}

// NewLine makes a line. A nil Mangle passes everything on after a millisecond.
func NewLine(toDevice, toHost Mangle) *Line {
	return &Line{toDevice: newQueue(toDevice), toHost: newQueue(toHost)}
}

// Host opens the host's end as a serial port: it can be closed and opened again,
// and what is on the line then stays on it.
func (l *Line) Host() ecr.Line {
	e := &end{in: l.toHost, out: l.toDevice, serial: true}
	e.Discard() // unread bytes do not survive the opening
	return e
}

// Device opens the device's end as a serial port.
func (l *Line) Device() ecr.Line { return &end{in: l.toDevice, out: l.toHost, serial: true} }

// Pair returns the ends as those of a connection: closing one hangs up.
func (l *Line) Pair() (host, device ecr.Conn) {
	return pairEnd{&end{in: l.toHost, out: l.toDevice}}, pairEnd{&end{in: l.toDevice, out: l.toHost}}
}

// queue is one direction.
type queue struct {
	mangle Mangle

	mu      sync.Mutex
	pieces  []arriving
	last    time.Time // when the last piece arrives
	hungUp  bool      // by the writer
	refused bool      // the reader is gone
	changed chan struct{}
}

type arriving struct {
	at   time.Time
	data []byte
}

func newQueue(m Mangle) *queue {
	if m == nil {
		m = func(b []byte) []Piece { return []Piece{{b, time.Millisecond}} }
	}
	return &queue{mangle: m, changed: make(chan struct{})}
}

func (q *queue) wake() {
	close(q.changed)
	q.changed = make(chan struct{})
}

func (q *queue) write(b []byte) error {
	pieces := q.mangle(append([]byte(nil), b...))
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refused || q.hungUp {
		return io.ErrClosedPipe
	}
	now := time.Now()
	for _, p := range pieces {
		if len(p.Data) == 0 {
			continue
		}
		at := now.Add(p.After)
		if at.Before(q.last) {
			at = q.last
		}
		q.last = at
		q.pieces = append(q.pieces, arriving{at, p.Data})
	}
	q.wake()
	return nil
}

// end is one end of a line.
type end struct {
	in, out *queue
	serial  bool

	mu     sync.Mutex
	closed bool
	limit  time.Time
}

// pairEnd hides Discard: a connection is no serial line.
type pairEnd struct{ e *end }

func (p pairEnd) Read(b []byte) (int, error)         { return p.e.Read(b) }
func (p pairEnd) Write(b []byte) (int, error)        { return p.e.Write(b) }
func (p pairEnd) Close() error                       { return p.e.Close() }
func (p pairEnd) SetReadDeadline(t time.Time) error  { return p.e.SetReadDeadline(t) }
func (p pairEnd) SetWriteDeadline(t time.Time) error { return p.e.SetWriteDeadline(t) }

var (
	_ ecr.Line = (*end)(nil)
	_ ecr.Conn = pairEnd{}
)

func (e *end) Read(b []byte) (int, error) {
	for {
		e.in.mu.Lock()
		changed := e.in.changed // before the state is looked at, or a change would be missed
		e.mu.Lock()
		closed, limit := e.closed, e.limit
		e.mu.Unlock()
		var wait time.Time
		var n int
		var err error
		now := time.Now()
		switch {
		case closed:
			err = net.ErrClosed
		case !limit.IsZero() && !now.Before(limit):
			err = os.ErrDeadlineExceeded
		case len(e.in.pieces) > 0 && !now.Before(e.in.pieces[0].at):
			n = copy(b, e.in.pieces[0].data)
			if e.in.pieces[0].data = e.in.pieces[0].data[n:]; len(e.in.pieces[0].data) == 0 {
				e.in.pieces = e.in.pieces[1:]
			}
		case len(e.in.pieces) > 0:
			wait = e.in.pieces[0].at
		case e.in.hungUp:
			err = io.EOF
		}
		e.in.mu.Unlock()
		if n > 0 || err != nil || len(b) == 0 {
			return n, err
		}
		if !limit.IsZero() && (wait.IsZero() || limit.Before(wait)) {
			wait = limit
		}
		sleepUntil(changed, wait)
	}
}

func sleepUntil(changed <-chan struct{}, until time.Time) {
	if until.IsZero() {
		<-changed
		return
	}
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	}
}

func (e *end) Write(b []byte) (int, error) {
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	if closed {
		return 0, net.ErrClosed
	}
	if err := e.out.write(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Discard drops what has arrived.
func (e *end) Discard() (int, error) {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	n := 0
	for len(e.in.pieces) > 0 && !time.Now().Before(e.in.pieces[0].at) {
		n += len(e.in.pieces[0].data)
		e.in.pieces = e.in.pieces[1:]
	}
	return n, nil
}

func (e *end) SetReadDeadline(t time.Time) error {
	e.mu.Lock()
	e.limit = t
	e.mu.Unlock()
	e.in.mu.Lock()
	e.in.wake()
	e.in.mu.Unlock()
	return nil
}

// SetWriteDeadline has nothing to limit: a line takes all at once.
func (e *end) SetWriteDeadline(time.Time) error { return nil }

func (e *end) Close() error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	e.mu.Unlock()
	for _, q := range []*queue{e.in, e.out} {
		q.mu.Lock()
		if !e.serial {
			q.hungUp = q.hungUp || q == e.out
			q.refused = q.refused || q == e.in
		}
		q.wake()
		q.mu.Unlock()
	}
	return nil
}
