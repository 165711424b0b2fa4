package gateway

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// arbiter owns the connection to the device. One goroutine, run, does all: it
// reaches the device, takes one request after another out of the queue, and
// tells each client what became of its own. What the device does in which state
// leads where, stands in the protocol's table.
type arbiter struct {
	g     *Gateway
	side  side
	rules *table
	state State

	conn    ecr.Conn
	serial  bool          // the connection is a serial line: it cannot be left behind
	input   chan chunk    // what the reader brings
	end     chan struct{} // ends the reader
	reading chan struct{} // closed when the reader has ended
	last    time.Time     // when bytes came last

	dialled  chan dialResult    // nil unless an attempt is under way
	undial   context.CancelFunc // ends it
	attempt  time.Time          // when the last one began
	redial   time.Time          // when the next one begins; zero: never
	fruitful bool               // an exchange was completed on this connection
	dirty    bool               // a late answer may still come on the serial line
	known    bool               // this line was proved to be clear once
	settle   settle

	q        *request  // the exchange under way
	until    time.Time // when the state's limit expires; zero: it has none
	began    time.Time // when the answer was first awaited
	noisy    bool      // noise came before the ACK
	held     []byte    // a frame before the ACK: an older answer, or this one's whose ACK was lost
	holds    bool
	previous []byte // the answer before, as it came
	asked    int    // ENQs or syncs that no reply has come to
	tries    int    // how many were sent in this state
	unclean  bool   // one stayed unanswered: its reply may still come
	fetches  int    // how often a damaged answer was asked for again
	gathered []byte // raw: the answer so far
	gap      bool   // raw: a real byte came, silence ends the answer

	stopping bool
}

// item is one thing that the device sent, or did.
type item struct {
	what happening
	raw  []byte // as it came; lives until the scanner's next call
	body []byte // Shtrih-M: of a frame
	num  uint16 // v2: its number
}

func newArbiter(g *Gateway) *arbiter {
	a := &arbiter{g: g, state: Down, redial: time.Now()}
	a.side, a.rules = newSide(&g.opt)
	if g.opt.ReleasePort {
		a.redial = time.Time{}
		a.enter(Released, 0)
	}
	return a
}

func (a *arbiter) run() {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	var set time.Time // what the timer is set to; zero: it is stopped
	stopping := a.g.stopping
	for {
		a.housekeep()
		a.proceed()
		if a.stopping && a.q == nil {
			break
		}
		if due := a.due(); !due.Equal(set) {
			if set = due; due.IsZero() {
				timer.Stop()
			} else {
				timer.Reset(time.Until(due))
			}
		}
		select {
		case in := <-a.input:
			a.took(in)
		case <-a.g.queue.wake:
		case r := <-a.dialled:
			a.reached(r)
		case <-timer.C:
			set = time.Time{}
			a.limit()
		case <-stopping:
			stopping, a.stopping = nil, true
		case <-a.g.kill.Done():
			a.stopping = true
			if a.q != nil {
				a.lose(StopCut, "the gateway was ended at once")
			}
		}
	}
	a.stop()
}

// due is when something happens by itself.
func (a *arbiter) due() time.Time {
	t := a.g.queue.next(a.g.opt.QueueLimit)
	if a.state == Down && !a.stopping {
		t = sooner(t, a.redial)
	}
	if a.conn != nil {
		t = sooner(t, a.until)
		if a.state.Busy() && a.side.pending() > 0 {
			t = sooner(t, a.last.Add(a.g.opt.InterByte))
		}
	}
	return t
}

// housekeep refuses what waited too long and ends the guard of a lost client.
func (a *arbiter) housekeep() {
	now := time.Now()
	for _, q := range a.g.queue.expired(now.Add(-a.g.opt.QueueLimit)) {
		a.refuse(q, RefusedQueue)
	}
	if a.g.queue.unguard(now) {
		a.g.figures.guard(0)
		a.g.note(nil, "the receipt of a lost client is no longer guarded")
	}
}

// proceed does what can be done without waiting: it begins the next exchange or
// the next attempt to reach the device.
func (a *arbiter) proceed() {
	for !a.stopping {
		switch a.state {
		case Down:
			if !a.redial.IsZero() && !time.Now().Before(a.redial) {
				a.connect()
				continue
			}
			a.refuseAll(RefusedDown)
		case Connecting:
			if a.g.refuses.Load() {
				a.refuseAll(RefusedDown)
			}
		case Released:
			if a.g.queue.ready() {
				a.connect()
				continue
			}
		case Idle:
			if !a.g.queue.ready() || !a.fresh() {
				return
			}
			if a.side.asks() {
				a.ask()
				return
			}
			a.begin()
			if a.state == Idle {
				continue // the request was taken back meanwhile, or refused
			}
		}
		return
	}
}

// fresh drops what has come unasked (rule E13); false: the device has hung up.
func (a *arbiter) fresh() bool {
	for {
		select {
		case in := <-a.input:
			a.took(in)
			if a.state != Idle {
				return false
			}
		default:
			if n := a.side.reset(); n > 0 {
				a.stale(nil)
			}
			return true
		}
	}
}

// begin takes the request whose turn it is and writes it to the device.
func (a *arbiter) begin() {
	q := a.g.queue.take()
	if q == nil {
		a.enter(Idle, 0)
		return
	}
	out, l, err := a.side.encode(q)
	if err != nil {
		a.refuse(q, Malformed)
		a.enter(Idle, 0)
		return
	}
	now := time.Now()
	q.turn = now
	a.q, a.held, a.holds, a.noisy, a.fetches, a.gathered, a.gap = q, a.held[:0], false, false, 0, nil, false
	n, err := a.write(out, l)
	q.wrote = time.Now()
	switch {
	case err != nil && n == 0:
		a.q = nil
		a.refuse(q, WriteFailed)
		a.disconnect("the request could not be written: " + err.Error())
	case err != nil:
		a.lose(WriteFailed, "the request could not be written whole: "+err.Error())
	case a.side.acknowledges():
		a.enter(Waiting, a.g.opt.ACKLimit)
	default: // v2 has no ACK: the frame is on its way, that is all there is to say
		q.send(event{kind: eventACK, at: q.wrote})
		a.await()
	}
}

// write writes to the device within its limit.
func (a *arbiter) write(b []byte, l layout) (int, error) {
	a.g.trace(ToDevice, a.q, b, l)
	if err := a.conn.SetWriteDeadline(time.Now().Add(a.g.opt.DeviceWriteLimit)); err != nil {
		return 0, err
	}
	return a.conn.Write(b)
}

// say writes control bytes of a dialogue; that the device does not hear them
// shows by itself.
func (a *arbiter) say(b ...byte) { a.write(b, layoutOpen) }

// enter changes the state; a limit of 0 is none.
func (a *arbiter) enter(s State, limit time.Duration) {
	a.until = time.Time{}
	if limit > 0 {
		a.until = time.Now().Add(limit)
	}
	if s != a.state {
		a.state = s
		a.g.figures.entered(s)
	}
}

// took handles what the device sent.
func (a *arbiter) took(in chunk) {
	if len(in.data) > 0 {
		a.last = time.Now()
		a.g.trace(FromDevice, a.q, in.data, layoutOpen)
		if a.state == Settling {
			a.heard(in.data)
		} else {
			a.side.add(in.data)
			a.items()
		}
	}
	if in.err != nil && a.conn != nil {
		a.happened(item{what: hungUp})
	}
}

func (a *arbiter) items() {
	for a.conn != nil && a.state != Settling {
		i, ok := a.side.next(a.q)
		if !ok {
			return
		}
		a.happened(i)
	}
}

// happened looks the next step up.
func (a *arbiter) happened(i item) {
	if i.what <= gotDamaged {
		a.fruitful = true
	}
	if do := a.rules[a.state][i.what]; do != nil {
		do(a, i)
		return
	}
	switch i.what {
	case hungUp:
		a.gone(i)
	case expired:
		a.until = time.Time{}
	default:
		a.stale(i.raw)
	}
}

// limit handles a moment that has come.
func (a *arbiter) limit() {
	now := time.Now()
	if a.conn == nil {
		return
	}
	if a.state.Busy() && a.side.pending() > 0 && !now.Before(a.last.Add(a.g.opt.InterByte)) {
		a.side.reset()
		a.happened(item{what: cut})
		return
	}
	if !a.until.IsZero() && !now.Before(a.until) {
		if a.state == Settling {
			a.silent()
			return
		}
		a.happened(item{what: expired})
	}
}

// stale counts bytes of the device that belong to no exchange.
func (a *arbiter) stale([]byte) {
	a.g.figures.failed(StaleInput)
	a.g.note(a.q, "dropped bytes that belong to no exchange")
}

// refuse tells a client that nothing of its request was written.
func (a *arbiter) refuse(q *request, f Failure) {
	a.g.figures.failed(f)
	a.g.ended(q, ecr.NotSent, f, 0)
	q.send(event{kind: eventRefused, failure: f})
}

func (a *arbiter) refuseAll(f Failure) {
	for _, q := range a.g.queue.all() {
		a.refuse(q, f)
	}
}

// stop ends the device side: what waits is refused.
func (a *arbiter) stop() {
	for _, q := range a.g.queue.close() {
		a.refuse(q, RefusedStopping)
	}
	a.hangUp()
	if a.dialled != nil {
		a.undial()
		if r := <-a.dialled; r.conn != nil {
			r.conn.Close()
		}
	}
	a.enter(Stopped, 0)
}
