package gateway

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// arbiter owns the connection to the device. It is no goroutine: whoever brings
// something, bytes of the device, a request, a moment that has come, leaves it in
// the mail and takes the turn; if another has it, that one goes on until no mail
// is left. So an answer goes from the line to its client without a change of
// goroutines, of which each costs as much as the rest of the gateway. What the
// device does in which state leads where, stands in the protocol's table.
type arbiter struct {
	g     *Gateway
	turn  chan struct{} // has one element while somebody has the turn
	again atomic.Bool   // whoever has it must look again
	mail  mail
	wake  chan struct{} // has one element when run shall take the turn

	side  side
	rules *table
	state State
	timer *time.Timer
	set   time.Time     // when it fires at the latest; zero: it is stopped
	ended chan struct{} // closed when all is done

	conn    ecr.Conn
	serial  bool           // the connection is a serial line: it cannot be left behind
	line    bool           // and it hands its input on by itself
	now     time.Time      // when the turn began or the last write ended
	last    time.Time      // when bytes came last
	helpers sync.WaitGroup // readers and attempts
	told    []*client      // they have something to write

	undial    context.CancelFunc // ends the attempt under way; nil: there is none
	attempt   time.Time          // when the last one began
	unreached seldom             // failures since the last connection
	redial    time.Time          // when the next one begins; zero: never
	fruitful  bool               // an exchange was completed on this connection
	dirty     bool               // a late answer may still come on the serial line
	known     bool               // this line was proved to be clear once
	settle    settle

	q        *request  // the exchange under way
	until    time.Time // when the state's limit expires; zero: it has none
	began    time.Time // when the answer was first awaited
	latest   time.Time // when the limit of the answer is over
	noisy    bool      // noise came before the ACK
	held     []byte    // a frame before the ACK: an older answer, or this one's whose ACK was lost
	holds    bool
	previous []byte // the answer before, as it came
	asked    int    // ENQs or syncs that no reply has come to
	tries    int    // how many were sent in this state
	unclean  bool   // one stayed unanswered: its reply may still come
	fetches  int    // how often a damaged answer was asked for again
	quiet    bool   // the answer was asked for because none came within its limit
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
	a := &arbiter{
		g: g, turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), ended: make(chan struct{}),
		timer: time.NewTimer(time.Hour), state: Down, redial: time.Now(),
	}
	a.timer.Stop()
	a.side, a.rules = newSide(&g.opt)
	if g.opt.ReleasePort {
		a.redial = time.Time{}
		a.enter(Released, 0)
	}
	return a
}

// run keeps the time until the gateway stops.
func (a *arbiter) run() {
	a.kick()
	stopping, killed := a.g.stopping, a.g.kill.Done()
	for {
		select {
		case <-a.wake:
			a.kick()
		case <-a.timer.C:
			a.post(func(l *letter) { l.due = true })
		case <-stopping:
			stopping = nil
			a.post(func(l *letter) { l.stop = true })
		case <-killed:
			killed = nil
			a.post(func(l *letter) { l.kill = true })
		case <-a.ended:
			a.timer.Stop()
			a.helpers.Wait()
			if r := a.mail.dialled; r != nil && r.conn != nil {
				r.conn.Close()
			}
			return
		}
	}
}

// kick does what there is to do, or leaves it to whoever has the turn.
func (a *arbiter) kick() {
	a.again.Store(true)
	for a.again.Load() {
		select {
		case a.turn <- struct{}{}:
		default:
			return
		}
		a.work()
		<-a.turn
	}
}

// offer is for a client that has queued a request: an idle serial line is written
// to at once, by the client's own goroutine. It does not work for others, for
// then it would not hear its client.
func (a *arbiter) offer() {
	select {
	case a.turn <- struct{}{}:
		if a.line && a.state == Idle && a.g.queue.length() == 1 {
			a.work()
		}
		<-a.turn
	default:
	}
	if a.again.Load() {
		nudge(a.wake)
	}
}

// work handles the mail and what follows from it.
func (a *arbiter) work() {
	a.again.Store(false)
	if a.state == Stopped {
		return
	}
	a.now = time.Now()
	a.open(a.mail.take())
	a.tell() // before the next request is written: that may take a while
	a.housekeep()
	a.proceed()
	if a.stopping && a.q == nil {
		a.stop()
	}
	a.tell()
	if due := a.due(); a.state != Stopped && !due.IsZero() && (a.set.IsZero() || due.Before(a.set)) {
		a.set = due // a timer that is set too early costs less than one set for each state
		a.timer.Reset(due.Sub(a.now))
	}
}

// send lets a client know what became of its request; the client writes it when
// all that has come is looked at.
func (a *arbiter) send(q *request, e event) {
	q.from.hear(e)
	if n := len(a.told); n == 0 || a.told[n-1] != q.from {
		a.told = append(a.told, q.from)
	}
}

func (a *arbiter) tell() {
	for i, c := range a.told {
		c.tell()
		a.told[i] = nil
	}
	a.told = a.told[:0]
}

// open handles the mail.
func (a *arbiter) open(l letter) {
	a.took(l.data, l.err)
	if l.dialled != nil {
		a.reached(*l.dialled)
	}
	if l.due {
		a.set = time.Time{}
		a.limit()
	}
	a.stopping = a.stopping || l.stop || l.kill
	if l.kill && a.q != nil {
		a.lose(StopCut, "the gateway was ended at once")
	}
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
	for _, q := range a.g.queue.expired(a.now.Add(-a.g.opt.QueueLimit)) {
		a.refuse(q, RefusedQueue)
	}
	if a.g.queue.unguard(a.now) {
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
			if !a.redial.IsZero() && !a.now.Before(a.redial) {
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
	a.took(a.mail.input())
	if a.state != Idle {
		return false
	}
	if n := a.side.reset(); n > 0 {
		a.stale(nil)
	}
	return true
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
	q.turn = a.now
	a.q, a.held, a.holds, a.noisy, a.quiet, a.fetches, a.gathered, a.gap = q, a.held[:0], false, false, false, 0, nil, false
	n, err := a.write(out, l)
	q.wrote = a.now
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
		a.send(q, event{kind: eventACK, at: q.wrote})
		a.await()
	}
}

// write writes to the device within its limit.
func (a *arbiter) write(b []byte, l layout) (int, error) {
	a.g.trace(ToDevice, a.q, b, l)
	if err := a.conn.SetWriteDeadline(a.now.Add(a.g.opt.DeviceWriteLimit)); err != nil {
		return 0, err
	}
	n, err := a.conn.Write(b)
	a.now = time.Now() // a write may wait
	return n, err
}

// say writes control bytes of a dialogue; that the device does not hear them
// shows by itself.
func (a *arbiter) say(b ...byte) { a.write(b, layoutOpen) }

// enter changes the state; a limit of 0 is none.
func (a *arbiter) enter(s State, limit time.Duration) {
	a.until = time.Time{}
	if limit > 0 {
		a.until = a.now.Add(limit)
	}
	if s != a.state {
		a.state = s
		a.g.figures.entered(s)
	}
}

// took handles what the device sent.
func (a *arbiter) took(data []byte, err error) {
	if len(data) > 0 {
		a.last = a.now
		a.g.trace(FromDevice, a.q, data, layoutOpen)
		if a.state == Settling {
			a.heard(data)
		} else {
			a.side.add(data)
			a.items()
		}
	}
	if err != nil && a.conn != nil {
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
	if a.conn == nil {
		return
	}
	if a.state.Busy() && a.side.pending() > 0 && !a.now.Before(a.last.Add(a.g.opt.InterByte)) {
		a.side.reset()
		a.happened(item{what: cut})
		return
	}
	if !a.until.IsZero() && !a.now.Before(a.until) {
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
	a.send(q, event{kind: eventRefused, failure: f})
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
	if a.undial != nil {
		a.undial()
	}
	a.enter(Stopped, 0)
	close(a.ended)
}
