package ecr

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// Wire is the connection of one link: it dials, redials after an unknown
// outcome, clears a serial line, ends a wait when its context ends, and says
// what every failure means. It is the ground of the links of CustomRU and
// Shtrih-M; programs use those.
//
// Between Begin and End a Wire belongs to one goroutine. Close may come from any
// and wakes a blocked call. A Wire needs at least Dial.
type Wire struct {
	// Dial opens the connection, with the first exchange and whenever the one
	// before was given up. It must be set.
	Dial DialFunc

	// Quiet is how long a serial line must be silent after an unknown outcome
	// before anything is sent; it must be longer than the device's inter-byte
	// time-out. It defaults to 1.5 s.
	Quiet time.Duration
	// SettleLimit limits the clearing of a serial line. It defaults to 30 s.
	SettleLimit time.Duration
	// Probe is a byte that an idle device answers with Idle alone (rule E6: 05h
	// and NAK). It proves that nothing of the lost exchange is still to come.
	// 0 trusts the silence.
	Probe, Idle byte

	// Note hears what the Wire notices; nil: nothing.
	Note func(text string)

	mu     sync.Mutex
	conn   Conn
	closed bool
	dirty  bool
	end    func()
}

const (
	defaultQuiet  = 1500 * time.Millisecond
	defaultSettle = 30 * time.Second
)

// long ago: a deadline that ends every wait at once.
var past = time.Unix(1, 0)

// Begin makes the wire ready for an exchange: it dials if there is no
// connection, clears the line after an unknown outcome, and drops what arrived
// unasked (rule E13). Its failures are NotSent. fresh says that the connection
// was dialled just now. End must follow in any case.
func (w *Wire) Begin(ctx context.Context) (fresh bool, err error) {
	conn, fresh, err := w.take(ctx)
	if err != nil {
		return fresh, err
	}
	w.watch(ctx, conn)
	if line, ok := conn.(Line); ok && w.dirty {
		if err := w.settle(ctx, line); err != nil {
			return false, err
		}
		w.dirty = false
		return true, nil
	}
	n, err := discard(conn)
	if n > 0 {
		w.note("dropped stale input")
	}
	if err == nil {
		return fresh, nil
	}
	// The device hung up while nothing was under way: one new connection.
	w.unwatch()
	w.drop(conn)
	w.note("the device had hung up")
	if conn, _, err = w.take(ctx); err != nil {
		return false, err
	}
	w.watch(ctx, conn)
	return true, nil
}

// End ends the exchange that Begin began.
func (w *Wire) End() {
	w.unwatch()
}

// take returns the connection, dialling if need be.
func (w *Wire) take(ctx context.Context) (Conn, bool, error) {
	if ctx.Err() != nil {
		return nil, false, w.failure(PhaseConnect, 0, NotSent, ctx.Err())
	}
	w.mu.Lock()
	conn, closed := w.conn, w.closed
	w.mu.Unlock()
	switch {
	case closed:
		return nil, false, fail(CodeClosed, Details{Outcome: NotSent, Phase: PhaseConnect})
	case conn != nil:
		return conn, false, nil
	}
	conn, err := w.Dial(ctx)
	if err != nil {
		if _, ok := errors.AsType[*Error](err); ok && ctx.Err() == nil {
			return nil, false, err
		}
		if ctx.Err() != nil {
			return nil, false, w.failure(PhaseConnect, 0, NotSent, ctx.Err())
		}
		return nil, false, fail(CodeConnect, Details{
			Outcome: NotSent, Phase: PhaseConnect, Cause: err, // the text of CodeConnect, without the address that Dial alone knows
			EN: "the device cannot be reached", RU: "Нет связи с ККТ · проверьте питание, кабель и адрес.",
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		conn.Close()
		return nil, false, fail(CodeClosed, Details{Outcome: NotSent, Phase: PhaseConnect})
	}
	w.conn = conn
	w.note("connected")
	return conn, true, nil
}

// watch ends every wait on the connection as soon as the context ends (rule E14).
func (w *Wire) watch(ctx context.Context, conn Conn) {
	if ctx.Done() == nil {
		return
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		conn.SetReadDeadline(past)
		conn.SetWriteDeadline(past)
	})
	w.end = func() {
		if !stop() {
			<-done // else it would cut the next exchange
		}
	}
}

func (w *Wire) unwatch() {
	if w.end != nil {
		w.end()
		w.end = nil
	}
}

// Write writes the whole request within a limit and says how many bytes went
// out; after an error that many may have reached the device.
func (w *Wire) Write(ctx context.Context, b []byte, limit time.Duration) (int, error) {
	conn := w.current()
	if conn == nil {
		return 0, ErrClosed
	}
	if err := conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n, err := conn.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, reason(ctx, err)
}

// Read reads what is there, waiting until the deadline at the longest.
func (w *Wire) Read(ctx context.Context, p []byte, deadline time.Time) (int, error) {
	conn := w.current()
	if conn == nil {
		return 0, ErrClosed
	}
	if err := conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n, err := conn.Read(p)
	return n, reason(ctx, err)
}

// reason puts the context's error in the place of the deadline it set.
func reason(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (w *Wire) current() Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conn
}

// Spoil says that the outcome of the exchange is unknown or the connection is
// broken: what still comes on it belongs to nobody. A TCP connection is closed,
// a serial line is cleared before the next exchange (rule E13).
func (w *Wire) Spoil() {
	w.unwatch()
	conn := w.current()
	if conn == nil {
		return
	}
	if _, ok := conn.(Line); ok {
		w.dirty = true
		return
	}
	w.drop(conn)
}

// Gone says that the connection is of no more use: it is closed, a serial port too.
func (w *Wire) Gone() {
	w.unwatch()
	if conn := w.current(); conn != nil {
		w.dirty = true // a late answer survives the opening of a port
		w.drop(conn)
	}
}

func (w *Wire) drop(conn Conn) {
	w.mu.Lock()
	if w.conn == conn {
		w.conn = nil
	}
	w.mu.Unlock()
	conn.Close()
}

// Close closes the connection for good and wakes a call that waits on it.
func (w *Wire) Close() error {
	w.mu.Lock()
	conn := w.conn
	w.conn, w.closed = nil, true
	w.mu.Unlock()
	if conn == nil {
		return nil
	}
	return conn.Close()
}

// settle reads and drops until the line was silent for the set time and, if
// there is a probe, until the device has proved that it is idle: it answers in
// order, so that after the answer to the probe nothing older can come.
func (w *Wire) settle(ctx context.Context, line Line) error {
	quiet, limit := w.Quiet, w.SettleLimit
	if quiet <= 0 {
		quiet = defaultQuiet
	}
	if limit <= 0 {
		limit = defaultSettle
	}
	w.note("clearing the line")
	until := time.Now().Add(limit)
	if _, err := w.drain(ctx, quiet, until); err != nil {
		return w.unsettled(ctx, err, limit)
	}
	for w.Probe != 0 {
		if _, err := w.Write(ctx, []byte{w.Probe}, quiet); err != nil {
			return w.unsettled(ctx, err, limit)
		}
		got, err := w.drain(ctx, quiet, until)
		if err != nil {
			return w.unsettled(ctx, err, limit)
		}
		if bytes.Equal(got, []byte{w.Idle}) {
			break
		}
		if len(got) == 0 && time.Now().Add(quiet).After(until) {
			return w.unsettled(ctx, os.ErrDeadlineExceeded, limit)
		}
	}
	_, err := line.Discard()
	if err != nil {
		return w.unsettled(ctx, err, limit)
	}
	w.note("the line is clear")
	return nil
}

// drain reads until the line was silent for a time; it returns the first bytes
// it dropped, enough to tell one byte from more.
func (w *Wire) drain(ctx context.Context, quiet time.Duration, until time.Time) (head []byte, err error) {
	var buf [256]byte
	for {
		if time.Now().After(until) {
			return head, os.ErrDeadlineExceeded
		}
		n, err := w.Read(ctx, buf[:], time.Now().Add(quiet))
		if len(head) < 2 {
			head = append(head, buf[:n]...)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return head, nil
		}
		if err != nil {
			return head, err
		}
	}
}

func (w *Wire) unsettled(ctx context.Context, err error, limit time.Duration) error {
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		return fail(CodeUnsettled, Details{Outcome: NotSent, Phase: PhaseSettle, Limit: limit})
	}
	if ctx.Err() == nil {
		w.Gone()
	}
	return w.failure(PhaseSettle, limit, NotSent, err)
}

// Failure turns what Write or Read returned into an [Error] of the phase: a limit
// that expired, a caller who gave up, a device that is gone.
func (w *Wire) Failure(phase Phase, limit time.Duration, outcome Outcome, err error) *Error {
	return w.failure(phase, limit, outcome, err).(*Error)
}

func (w *Wire) failure(phase Phase, limit time.Duration, outcome Outcome, err error) error {
	d := Details{Phase: phase, Outcome: outcome}
	w.mu.Lock()
	closed := w.closed
	w.mu.Unlock()
	switch {
	case closed:
		return fail(CodeClosed, d)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, os.ErrDeadlineExceeded):
		d.Cause = err
		return fail(CodeCancelled, d)
	case errors.Is(err, os.ErrDeadlineExceeded):
		d.Limit = limit
		switch phase {
		case PhaseACK:
			return fail(CodeACKTimeout, d)
		case PhaseAnswer:
			return fail(CodeAnswerTimeout, d)
		case PhaseInterByte:
			return fail(CodeInterByte, d)
		case PhaseWrite:
			return fail(CodeWrite, d)
		}
		return fail(CodeUnsettled, d)
	case phase == PhaseWrite && !gone(err):
		d.Cause = err
		return fail(CodeWrite, d)
	}
	d.Cause = err
	return fail(CodeDeviceGone, d)
}

// gone says whether an error means that the peer has hung up.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, ErrDeviceGone) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func (w *Wire) note(text string) {
	if w.Note != nil {
		w.Note(text)
	}
}
