package gateway

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// Leg is a part of the way that bytes take through a gateway.
type Leg int

// The legs, in running order. Zero means that none was set.
const (
	FromClient Leg = iota + 1 // client to gateway
	ToDevice                  // gateway to device
	FromDevice                // device to gateway
	ToClient                  // gateway to client
	Note                      // no bytes: something that the gateway noticed or decided
)

var legNames = [...]string{
	FromClient: "client>gateway", ToDevice: "gateway>device", FromDevice: "device>gateway", ToClient: "gateway>client", Note: "note",
}

// String returns the leg as a log shows it, or Leg(N) for a value that is none.
func (l Leg) String() string { return nameOf("Leg", int(l), legNames[:]) }

// TraceEvent is one step of the debug log (rule E32). Its strings hold no
// password unless [Options.Verbose] is set.
type TraceEvent struct {
	Time     time.Time // when, by the wall clock
	Device   string    // the gateway's name
	Leg      Leg       // which way
	Client   uint64    // number of the client's connection; 0 if the bytes belong to none
	Address  string    // the client's network address; empty as above
	Exchange uint64    // number of the exchange; 0 outside one
	Hex      string    // the bytes, "01 05 00 F1 ** ** ** ** **"; empty for a note
	Text     string    // the note, in English
}

// Line writes the event without its time: "0 gateway>device client 2 #7: 01 05".
func (e TraceEvent) Line() string {
	text := e.Hex
	if e.Leg == Note {
		text = e.Text
	}
	return fmt.Sprintf("%s %s client %d #%d: %s", e.Device, e.Leg, e.Client, e.Exchange, text)
}

// Tracer hears every step. Trace holds the traffic up; it is called from several
// goroutines.
type Tracer interface {
	// Trace hears one step.
	Trace(TraceEvent)
}

// TraceFunc makes a Tracer of a function.
type TraceFunc func(TraceEvent)

// Trace calls the function.
func (f TraceFunc) Trace(e TraceEvent) { f(e) }

// TraceWriter writes one line for each step, beginning with the time of day. A
// failed write is not reported: a full disk must not stop a sale.
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

// layout says where in traced bytes a password stands.
type layout int

const (
	layoutOpen     layout = iota // nowhere
	layoutCustomRU               // a request of CustomRU
	layoutV1                     // a request of Shtrih-M, standard level
	layoutV2                     // the same, alternative level, stuffed
	layoutSecret                 // perhaps anywhere
)

// hidden tells which bytes are secret: the password, and the checksum, from
// which a byte of it could be computed (rule E2).
func (l layout) hidden(cmd uint16, raw []byte) func(int) bool {
	first, sum := 0, 1
	switch l {
	case layoutCustomRU:
		first = 4
	case layoutV1, layoutV2:
		code := shtrihm.Command(cmd)
		switch code {
		case 0xFC, 0xF7, 0x6B: // without a password
			return nil
		}
		if first = 2 + code.Size(); l == layoutV2 {
			first, sum = 5+code.Size(), 2
		}
	case layoutSecret:
		return func(int) bool { return true }
	default:
		return nil
	}
	plain := make([]int, len(raw)) // place of each byte without stuffing
	n := 0
	for i, b := range raw {
		plain[i] = n
		if l != layoutV2 || b != 0x9F {
			n++
		}
	}
	return func(i int) bool { return plain[i] >= first && plain[i] < first+4 || plain[i] >= max(n-sum, first) }
}

// trace tells the tracer of bytes.
func (g *Gateway) trace(leg Leg, q *request, b []byte, l layout) {
	if g.opt.Tracer == nil || len(b) == 0 {
		return
	}
	var hidden func(int) bool
	if !g.opt.Verbose {
		cmd := uint16(0)
		if q != nil {
			cmd = q.cmd
		}
		hidden = l.hidden(cmd, b)
	}
	g.tell(TraceEvent{Leg: leg, Hex: ecr.Hex(b, hidden)}, q)
}

// note tells the tracer what was noticed or decided.
func (g *Gateway) note(q *request, text string) {
	if g.opt.Tracer != nil {
		g.tell(TraceEvent{Leg: Note, Text: text}, q)
	}
}

func (g *Gateway) tell(e TraceEvent, q *request) {
	e.Time, e.Device = time.Now(), g.opt.Name
	if q != nil {
		e.Client, e.Address, e.Exchange = q.client, q.address, q.number
	}
	g.opt.Tracer.Trace(e)
}
