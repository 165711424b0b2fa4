package ecr

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"
)

// Conn is a byte stream with deadlines: what a [net.Conn] has, and what the
// serial ports of package ecr/serial have. A Conn is used by one exchange at a
// time; Close may come from another goroutine and wakes a blocked call.
//
// An expired deadline is reported as [os.ErrDeadlineExceeded].
type Conn interface {
	io.ReadWriteCloser
	// SetReadDeadline limits Read; the zero time means no limit.
	SetReadDeadline(time.Time) error
	// SetWriteDeadline limits Write; the zero time means no limit.
	SetWriteDeadline(time.Time) error
}

var _ Conn = (net.Conn)(nil)

// A Line is a Conn that cannot be left behind by dialling anew: a serial line,
// on which a late answer still arrives after the port was closed and opened. A
// [Wire] clears it by reading and dropping (rule E13).
type Line interface {
	Conn
	// Discard drops what has arrived and was not read, without waiting, and says
	// how many bytes that were. An error means that the line is gone.
	Discard() (int, error)
}

// DialFunc opens a connection to one device. [Dialer.Func] makes one from an
// address; a test may return one end of a [net.Pipe].
type DialFunc func(ctx context.Context) (Conn, error)

// Once is the DialFunc of a connection that is open already: the first call
// returns it, every later one fails with [ErrDeviceGone], because nobody can
// dial it anew. A link owns the connection from its first exchange on.
func Once(conn Conn) DialFunc {
	var used atomic.Bool
	return func(context.Context) (Conn, error) {
		if used.Swap(true) {
			return nil, fail(CodeDeviceGone, Details{Outcome: NotSent, Phase: PhaseConnect})
		}
		return conn, nil
	}
}

// Sentinels for decisions that a caller makes in code.
var (
	// ErrClosed: the link was closed by this program.
	ErrClosed = errors.New("ecr: the link is closed")
	// ErrDeviceGone: the device hung up, or its port was unplugged.
	ErrDeviceGone = errors.New("ecr: the device is gone")
)
