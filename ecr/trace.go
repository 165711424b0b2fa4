package ecr

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Direction says which way traced bytes went.
type Direction int

// The directions. Zero means that none was set.
const (
	Sent     Direction = iota + 1 // host to device
	Received                      // device to host
	Noted                         // no bytes: something that the link noticed or decided
)

var directionNames = [...]string{Sent: "sent", Received: "received", Noted: "noted"}

// String returns the name of the direction, or Direction(N) for a value that is none.
func (d Direction) String() string { return nameOf("Direction", int(d), directionNames[:]) }

// TraceEvent is one step of an exchange. Its strings hold no password: the
// bytes that would show it are written ** (rule E2).
type TraceEvent struct {
	Time     time.Time // when, by the wall clock
	Exchange uint64    // number of the exchange on this link, from 1; 0 outside one
	Dir      Direction // which way
	Hex      string    // the bytes, "01 05 00 F1 ** ** ** ** **"; empty for a note
	Text     string    // what they are, or the note, in English
}

// Tracer receives every step of a link: a support log for people and a golden
// text for tests. Trace is called from the goroutine of the exchange and holds
// it up; it must be safe for use by several links at once if they share it.
type Tracer interface {
	// Trace hears one step.
	Trace(TraceEvent)
}

// TraceFunc makes a Tracer of a function.
type TraceFunc func(TraceEvent)

// Trace calls the function.
func (f TraceFunc) Trace(e TraceEvent) { f(e) }

// TraceWriter writes one line for each event, in the form
//
//	12:30:05.123 #7 > 01 05 00 F1 ** ** ** ** ** | F1 device status
//
// Lines of several links do not mix. A failed write is not reported: a full disk
// must not stop a sale.
func TraceWriter(w io.Writer) Tracer { return &traceWriter{w: w} }

type traceWriter struct {
	mu sync.Mutex
	w  io.Writer
}

var (
	_ Tracer = TraceFunc(nil)
	_ Tracer = (*traceWriter)(nil)
)

func (t *traceWriter) Trace(e TraceEvent) {
	line := e.Time.Format("15:04:05.000 ") + e.Line() + "\n"
	t.mu.Lock()
	defer t.mu.Unlock()
	io.WriteString(t.w, line)
}

// Line writes the event without its time, for tests: "#7 > 15 | NAK".
func (e TraceEvent) Line() string {
	sign := map[Direction]string{Sent: ">", Received: "<"}[e.Dir]
	if sign == "" {
		return fmt.Sprintf("#%d - %s", e.Exchange, e.Text)
	}
	return fmt.Sprintf("#%d %s %s | %s", e.Exchange, sign, e.Hex, e.Text)
}

// Hex writes bytes as "01 0A FF"; those for which hidden says true are written
// as "**". A nil hidden hides none.
func Hex(b []byte, hidden func(i int) bool) string {
	const digits = "0123456789ABCDEF"
	var s strings.Builder
	s.Grow(3 * len(b))
	for i, c := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		if hidden != nil && hidden(i) {
			s.WriteString("**")
			continue
		}
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}
