package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// client is one connection. One goroutine reads from it; another, run, owns all
// else: it cuts requests out of what was read, queues one at a time, and writes
// what comes back. A client that does not read or sends slowly holds up nobody
// but itself.
type client struct {
	g       *Gateway
	conn    net.Conn
	number  uint64
	address string
	since   time.Time
	spoke   atomic.Bool // it sent a request

	input  chan chunk
	events chan event
	gone   chan struct{} // closed when run ends

	talk    dialogue
	pending *request  // waits or is under way
	last    time.Time // when bytes came last
	noise   int       // bytes since the last request that were none
	told    uint64    // number of the exchange that the client hears of
	eof     bool      // the client sends no more
	ending  bool      // hang up once all is written

	outbox    [][]byte  // each a write of its own
	notBefore time.Time // when it may go out: the delay of an early ACK
}

// chunk is what one Read brought.
type chunk struct {
	data []byte
	err  error
}

// dialogue is the client side of a protocol: how requests are framed and what a
// client is told.
type dialogue interface {
	// add takes bytes in.
	add(b []byte)
	// step handles what has arrived whole, as far as it may be handled now.
	step(c *client)
	// heard tells the client what became of its request.
	heard(c *client, e event)
	// due is when bytes that wait for more are given up or taken as whole; zero is never.
	due(c *client) time.Time
	// late is called when that moment has come.
	late(c *client)
	// buffered is how many bytes wait.
	buffered() int
}

func newClient(g *Gateway, conn net.Conn, number uint64) *client {
	c := &client{
		g: g, conn: conn, number: number, since: time.Now(),
		input: make(chan chunk), events: make(chan event, eventRoom), gone: make(chan struct{}),
	}
	if a := conn.RemoteAddr(); a != nil {
		c.address = a.String()
	}
	switch g.opt.Protocol {
	case CustomRU:
		c.talk = newCustomRUTalk(g.opt.MaxFrame)
	case ShtrihM:
		c.talk = &shtrihmTalk{max: g.opt.MaxFrame}
	default:
		c.talk = &rawTalk{}
	}
	g.tune(conn)
	g.join(c)
	return c
}

// readSize is how much a client's or device's Read takes at most.
const readSize = 4 << 10

// pump reads until the connection ends. Two buffers take turns: that the second
// is received means that the first is done with.
func pump(conn io.Reader, to chan<- chunk, end <-chan struct{}) {
	var buffers [2][readSize]byte
	for i := 0; ; i ^= 1 {
		n, err := conn.Read(buffers[i][:])
		select {
		case to <- chunk{buffers[i][:n], err}:
		case <-end:
			return
		}
		if err != nil {
			return
		}
	}
}

// run serves the client until it leaves, misbehaves or the gateway stops.
func (c *client) run() {
	read := make(chan struct{})
	go func() {
		defer close(read)
		pump(c.conn, c.input, c.gone)
	}()
	stop := context.AfterFunc(c.g.kill, func() { c.conn.Close() })
	defer func() {
		stop()
		close(c.gone)
		c.conn.Close()
		<-read
		c.abandon()
		c.g.leave(c)
	}()
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	var set time.Time // what the timer is set to; zero: it is stopped
	stopping := c.g.stopping
	for {
		if !c.flush() || c.ending && len(c.outbox) == 0 {
			return
		}
		if c.pending == nil && len(c.outbox) == 0 && (c.eof || stopping == nil) {
			return
		}
		input := c.input
		if c.eof || c.ending || c.talk.buffered() > c.g.opt.MaxFrame {
			input = nil
		}
		if due := c.due(); !due.Equal(set) {
			if set = due; due.IsZero() {
				timer.Stop()
			} else {
				timer.Reset(time.Until(due))
			}
		}
		select {
		case in := <-input:
			c.took(in)
		case e := <-c.events:
			c.heard(e)
		case <-timer.C:
			set = time.Time{}
			if d := c.talk.due(c); !c.ending && !d.IsZero() && !time.Now().Before(d) {
				c.talk.late(c)
				c.step()
			}
		case <-stopping:
			stopping = nil
		}
	}
}

func (c *client) due() time.Time {
	var t time.Time
	if len(c.outbox) > 0 {
		t = c.notBefore
	}
	if c.ending {
		return t
	}
	return sooner(t, c.talk.due(c))
}

// took handles what was read.
func (c *client) took(in chunk) {
	if len(in.data) > 0 {
		c.last = time.Now()
		c.talk.add(in.data)
		c.step()
	}
	if in.err == nil {
		return
	}
	// The client sends no more. What runs goes on, and if it only closed its
	// sending half it still gets the answer; what waits is dropped.
	c.eof = true
	if !errors.Is(in.err, io.EOF) {
		c.ending = true
	}
	if c.pending != nil {
		c.g.figures.failed(ClientGone)
		if c.g.queue.remove(c.pending) {
			c.g.ended(c.pending, ecr.NotSent, ClientGone, 0)
			c.pending = nil
		}
	}
	if c.ending {
		c.outbox = nil
	}
}

func (c *client) step() {
	if c.ending {
		return
	}
	c.talk.step(c)
	if c.noise > c.g.opt.MaxFrame {
		c.malformed("too many bytes that are no request")
		c.ending = true
	}
}

func (c *client) heard(e event) {
	if e.final() {
		c.pending = nil
	}
	if c.eof && c.ending {
		return
	}
	c.talk.heard(c, e)
	c.step()
}

// submit queues a request. raw is copied.
func (c *client) submit(q *request, raw []byte) {
	q.raw = bytes.Clone(raw)
	q.number = c.g.numbers.Add(1)
	q.client, q.address, q.events, q.at = c.number, c.address, c.events, time.Now()
	if !q.probe {
		q.class = classify(c.g.opt.Protocol, q.cmd)
	} else {
		q.class = reads
	}
	c.pending, c.noise, c.told = q, 0, q.number
	c.spoke.Store(true)
	c.g.trace(FromClient, q, q.raw, q.layout)
	c.g.figures.pending(c.number)
	if !c.g.queue.push(q) {
		c.g.figures.failed(RefusedStopping)
		c.g.ended(q, ecr.NotSent, RefusedStopping, 0)
		c.heard(event{kind: eventRefused, failure: RefusedStopping})
	}
}

// malformed counts what is no request and says so in the trace.
func (c *client) malformed(text string) {
	c.g.figures.failed(Malformed)
	c.g.note(c.self(), text)
}

// self stands for the client in the trace, outside an exchange.
func (c *client) self() *request {
	if c.pending != nil {
		return c.pending
	}
	return &request{client: c.number, address: c.address}
}

// saw traces bytes of the client that are no request: what they are is not
// known, so all of them may be secret unless they are control bytes.
func (c *client) saw(raw []byte, l layout) {
	if c.g.opt.Tracer != nil {
		c.g.trace(FromClient, c.self(), raw, l)
	}
}

// put queues bytes for the client, as a write of its own.
func (c *client) put(b ...byte) { c.outbox = append(c.outbox, b) }

// flush writes what may go out now; false means that the client is lost.
func (c *client) flush() bool {
	if len(c.outbox) == 0 || !c.notBefore.IsZero() && time.Now().Before(c.notBefore) {
		return true
	}
	c.notBefore = time.Time{}
	for i, b := range c.outbox {
		c.outbox[i] = nil
		if c.g.opt.Tracer != nil {
			c.g.trace(ToClient, &request{client: c.number, address: c.address, number: c.told}, b, layoutOpen)
		}
		if err := c.conn.SetWriteDeadline(time.Now().Add(c.g.opt.ClientWriteLimit)); err != nil {
			return false
		}
		if _, err := c.conn.Write(b); err != nil {
			kind := ClientGone
			if errors.Is(err, os.ErrDeadlineExceeded) {
				kind = ClientSlow
			}
			if !c.eof { // else it was counted
				c.g.figures.failed(kind)
			}
			return false
		}
	}
	c.outbox = c.outbox[:0]
	return true
}

// abandon takes the request of a client that is gone back, if it still waits.
func (c *client) abandon() {
	if q := c.pending; q != nil && c.g.queue.remove(q) {
		c.g.ended(q, ecr.NotSent, ClientGone, 0)
	}
}

// early says when the ACK that came at a moment goes to the client.
func (c *client) early(at time.Time) {
	c.notBefore = at.Add(c.g.opt.EarlyAckDelay)
}

// ended records what became of a request.
func (g *Gateway) ended(q *request, outcome ecr.Outcome, failure Failure, answer int) {
	now := time.Now()
	e := Exchange{
		Number: q.number, Client: q.client, Address: q.address, Command: q.command(), At: q.at,
		ACK: q.ack, Request: len(q.raw), Answer: answer, Outcome: outcome, Failure: failure,
	}
	if q.turn.IsZero() {
		e.Queued = now.Sub(q.at)
	} else {
		e.Queued, e.Took = q.turn.Sub(q.at), now.Sub(q.turn)
	}
	g.figures.ended(e)
	level, text := slog.LevelDebug, "exchange"
	if failure != 0 {
		level, text = slog.LevelWarn, "exchange failed"
	}
	if g.opt.Logger.Enabled(g.kill, level) {
		g.opt.Logger.Log(g.kill, level, text, "device", g.opt.Name, "exchange", e.Number, "client", e.Client,
			"command", e.Command, "outcome", outcome, "failure", failure, "took", e.Took)
	}
}

// command is the code in hex.
func (q *request) command() string {
	switch {
	case q.probe:
		return "05"
	case q.layout == layoutSecret:
		return ""
	}
	return fmt.Sprintf("%02X", q.cmd)
}
