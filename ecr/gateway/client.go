package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// client is one connection. What it sends is cut into requests by the goroutine
// that reads from it, one of which is queued at a time, and what comes back is
// written by whoever brings it, as long as the connection takes it at once; run
// writes what must wait, and keeps the time. A client that does not read or sends
// slowly holds up nobody but itself.
type client struct {
	g       *Gateway
	conn    net.Conn
	direct  *direct // writes without waiting; nil: conn cannot
	number  uint64
	address string
	since   time.Time
	spoke   atomic.Bool // it sent a request

	wake   chan struct{} // has one element when run has something to do
	resume chan struct{} // has one element when the reader may go on
	gone   chan struct{} // closed when run ends

	mu      sync.Mutex // guards what follows; taken under the arbiter's turn, never the other way round
	talk    dialogue
	pending *request  // waits or is under way
	asked   bool      // it was queued just now: the arbiter must hear of it
	last    time.Time // when bytes came last
	noise   int       // bytes since the last request that were none
	told    uint64    // number of the exchange that the client hears of
	eof     bool      // the client sends no more
	ending  bool      // hang up once all is written
	stopped bool      // the gateway is being stopped
	over    bool      // nothing is left to do, or to save

	outbox    []parcel
	notBefore time.Time // when it may go out: the delay of an early ACK
	blocked   bool      // run writes: nothing else is written, read or begun meanwhile
	timer     *time.Timer
	set       time.Time // when it fires at the latest; zero: it is stopped
}

// parcel is a write of its own.
type parcel struct {
	data   []byte
	traced bool
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
		g: g, conn: conn, direct: newDirect(conn), number: number, since: time.Now(), timer: time.NewTimer(time.Hour),
		wake: make(chan struct{}, 1), resume: make(chan struct{}, 1), gone: make(chan struct{}),
	}
	c.timer.Stop()
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

// read takes what the client sends, until its connection ends.
func (c *client) read() {
	var buf [readSize]byte
	for {
		n, err := c.conn.Read(buf[:])
		if !c.enter() {
			return
		}
		c.took(buf[:n], err)
		c.exit()
		if err != nil {
			return
		}
	}
}

// enter waits until input may be handled; false: it never will be. The lock is
// held after true.
func (c *client) enter() bool {
	c.mu.Lock()
	for !c.over {
		if !c.held() {
			return true
		}
		c.mu.Unlock()
		select {
		case <-c.resume:
		case <-c.gone:
		}
		c.mu.Lock()
	}
	c.mu.Unlock()
	return false
}

// held says that input must wait.
func (c *client) held() bool {
	return c.blocked || c.ending || c.talk.buffered() > c.g.opt.MaxFrame
}

// exit gives the lock back and lets the arbiter know of a new request.
func (c *client) exit() {
	c.settle()
	asked := c.asked
	c.asked = false
	c.mu.Unlock()
	if asked {
		c.g.arbiter.offer()
	}
}

// hear tells the client what became of its request, tell lets it write. Neither
// waits: the arbiter calls them. That an ACK and its answer, if they came as one,
// are written one right after the other spares the client a second wake-up.
func (c *client) hear(e event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over && (e.kind != eventPart || !c.blocked || len(c.outbox) <= mostParts) {
		c.heard(e)
	}
}

func (c *client) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.settle()
	}
}

// run serves the client until it leaves, misbehaves or the gateway stops.
func (c *client) run() {
	read := make(chan struct{})
	go func() {
		defer close(read)
		c.read()
	}()
	stop := context.AfterFunc(c.g.kill, func() { c.conn.Close() })
	defer func() {
		stop()
		c.timer.Stop()
		close(c.gone)
		c.conn.Close()
		<-read
		c.abandon()
		c.g.leave(c)
	}()
	stopping := c.g.stopping
	for {
		late := false
		select {
		case <-c.wake:
		case <-c.timer.C:
			late = true
		case <-stopping:
			stopping = nil
		}
		c.mu.Lock()
		c.stopped = stopping == nil
		if late {
			c.set = time.Time{}
			c.late()
		}
		c.settle()
		for c.blocked && !c.over {
			c.unblock()
		}
		over := c.over
		c.exit()
		if over {
			return
		}
	}
}

// settle does what can be done without waiting, after anything has changed; with
// the lock held.
func (c *client) settle() {
	if !c.blocked {
		c.flush()
	}
	if !c.blocked && len(c.outbox) == 0 && (c.ending || c.pending == nil && (c.eof || c.stopped)) {
		c.over = true
	}
	if c.blocked || c.over {
		nudge(c.wake)
		return
	}
	if due := c.due(); !due.IsZero() && (c.set.IsZero() || due.Before(c.set)) {
		c.set = due // a timer that is set too early costs less than one set for each exchange
		c.timer.Reset(time.Until(due))
	}
	if !c.held() {
		nudge(c.resume)
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// due is when something happens by itself.
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

// late handles a moment that may have come.
func (c *client) late() {
	if d := c.talk.due(c); !c.blocked && !c.ending && !d.IsZero() && !time.Now().Before(d) {
		c.talk.late(c)
		c.step()
	}
}

// took handles what was read.
func (c *client) took(data []byte, err error) {
	if len(data) > 0 {
		c.last = time.Now()
		c.talk.add(data)
		c.step()
	}
	if err == nil {
		return
	}
	// The client sends no more. What runs goes on, and if it only closed its
	// sending half it still gets the answer; what waits is dropped.
	c.eof = true
	if !errors.Is(err, io.EOF) {
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
	if c.ending || c.blocked {
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
	q.client, q.address, q.from, q.at = c.number, c.address, c, time.Now()
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
		return
	}
	c.asked = true
	c.g.arbiter.again.Store(true)
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
func (c *client) put(b ...byte) { c.outbox = append(c.outbox, parcel{data: b}) }

// flush writes what may go out now, as far as the connection takes it at once;
// the rest is run's.
func (c *client) flush() {
	if len(c.outbox) == 0 || !c.notBefore.IsZero() && time.Now().Before(c.notBefore) {
		return
	}
	c.notBefore = time.Time{}
	for i := range c.outbox {
		p := &c.outbox[i]
		if c.direct == nil {
			c.blocked = true
			return
		}
		c.traced(p)
		n, err := c.direct.write(p.data)
		if err != nil {
			c.lost(err)
			return
		}
		if n < len(p.data) {
			p.data = p.data[n:]
			c.outbox = c.outbox[i:]
			c.blocked = true
			return
		}
		p.data = nil
	}
	c.outbox = c.outbox[:0]
}

// unblock writes what must wait for the client; the lock is given back meanwhile.
func (c *client) unblock() {
	list := c.outbox
	c.outbox = nil
	c.mu.Unlock()
	err := c.write(list)
	c.mu.Lock()
	c.blocked = false
	if err != nil {
		c.lost(err)
		return
	}
	c.step()
	c.settle()
}

func (c *client) write(list []parcel) error {
	for i := range list {
		c.traced(&list[i])
		if err := c.conn.SetWriteDeadline(time.Now().Add(c.g.opt.ClientWriteLimit)); err != nil {
			return err
		}
		if _, err := c.conn.Write(list[i].data); err != nil {
			return err
		}
	}
	c.conn.SetWriteDeadline(time.Time{}) // direct writes have none
	return nil
}

// lost ends a client that what is written does not reach.
func (c *client) lost(err error) {
	kind := ClientGone
	if errors.Is(err, os.ErrDeadlineExceeded) {
		kind = ClientSlow
	}
	if !c.eof { // else it was counted
		c.g.figures.failed(kind)
	}
	c.outbox, c.ending, c.over = nil, true, true
}

// traced tells the tracer of a write, once.
func (c *client) traced(p *parcel) {
	if c.g.opt.Tracer != nil && !p.traced {
		p.traced = true
		c.g.trace(ToClient, &request{client: c.number, address: c.address, number: c.told}, p.data, layoutOpen)
	}
}

// abandon takes the request of a client that is gone back, if it still waits.
func (c *client) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	if !g.opt.Logger.Enabled(g.kill, level) {
		return
	}
	attrs := []any{"device", g.opt.Name, "exchange", e.Number, "client", e.Client, "command", e.Command, "outcome", outcome, "took", e.Took}
	if failure != 0 {
		attrs = append(attrs, "failure", failure)
	}
	g.opt.Logger.Log(g.kill, level, text, attrs...)
}

// command is the code in hex.
func (q *request) command() string {
	switch {
	case q.probe:
		return "05"
	case q.layout == layoutSecret:
		return ""
	}
	const digits = "0123456789ABCDEF"
	low := []byte{digits[q.cmd>>4&15], digits[q.cmd&15]}
	if high := q.cmd >> 8; high != 0 {
		return string([]byte{digits[high>>4], digits[high&15], low[0], low[1]})
	}
	return string(low)
}
