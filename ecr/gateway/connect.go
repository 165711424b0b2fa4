package gateway

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// dialResult is how an attempt to reach the device ended.
type dialResult struct {
	conn ecr.Conn
	err  error
}

// connect begins an attempt to reach the device.
func (a *arbiter) connect() {
	a.attempt, a.fruitful = a.now, false
	a.enter(Connecting, 0)
	ctx, cancel := context.WithTimeout(a.g.kill, a.g.opt.ConnectLimit)
	a.undial = cancel
	a.helpers.Go(func() {
		conn, err := a.g.dial(ctx)
		a.post(func(l *letter) { l.dialled = &dialResult{conn, err} })
	})
}

// reached handles the end of an attempt.
func (a *arbiter) reached(r dialResult) {
	a.undial()
	a.undial = nil
	a.g.figures.dialled(r.err)
	if r.err != nil {
		a.g.figures.failed(ConnectFailed)
		if times, tell := a.unreached.again(a.now, r.err.Error()); tell {
			a.g.opt.Logger.Warn("the device cannot be reached; it is tried again", "device", a.g.opt.Name, "error", r.err.Error(), "attempts", times)
		}
		a.g.note(nil, "the device cannot be reached: "+r.err.Error())
		a.down(false)
		return
	}
	a.unreached = seldom{}
	a.conn = r.conn
	_, a.serial = r.conn.(ecr.Line)
	_, a.line = r.conn.(lineWriter)
	a.mail.expect(a.conn)
	a.helpers.Go(func() { a.listen(r.conn) })
	a.side.forget()
	a.side.reset()
	a.g.refuses.Store(false)
	a.g.opt.Logger.Info("connected to the device", "device", a.g.opt.Name)
	a.g.note(nil, "connected to the device")
	if a.serial && (a.dirty || !a.known) {
		a.clear()
		return
	}
	a.enter(Idle, 0)
}

// hangUp closes the connection to the device; what came of it and was not looked
// at is dropped.
func (a *arbiter) hangUp() {
	if a.conn == nil {
		return
	}
	a.mail.expect(nil)
	a.conn.Close()
	a.conn = nil
}

// disconnect gives the connection up, for a reason that a monitor shows, and
// sees to the next one (rules E23, E25).
func (a *arbiter) disconnect(reason string) {
	if a.conn == nil {
		return
	}
	a.dirty = a.dirty || a.serial
	a.hangUp()
	a.side.forget()
	a.g.figures.lost(reason)
	a.g.opt.Logger.Warn("the connection to the device was given up", "device", a.g.opt.Name, "reason", reason)
	a.g.note(a.q, "the connection to the device was given up: "+reason)
	a.down(true)
}

// down decides when the device is dialled again. After a loss that is at once,
// and what waits goes on waiting; a device that hangs up before it did anything
// must not make the gateway spin, and one that cannot be reached refuses.
func (a *arbiter) down(lost bool) {
	switch {
	case a.g.opt.ReleasePort:
		if !lost {
			a.refuseAll(RefusedDown)
		}
		a.enter(Released, 0)
		return
	case a.g.opt.Reconnect < 0:
		a.redial = time.Time{}
	case lost && a.fruitful:
		a.redial = a.now
		a.enter(Down, 0)
		return
	default:
		a.redial = a.attempt.Add(a.g.opt.Reconnect)
		if lost && !a.now.Before(a.redial) {
			a.enter(Down, 0)
			return
		}
	}
	a.g.refuses.Store(true)
	a.enter(Down, 0)
}

// release closes the port after an exchange, if the settings say so (rule E26).
func (a *arbiter) release() {
	if a.g.opt.ReleasePort {
		a.hangUp()
		a.side.forget()
		a.enter(Released, 0)
	}
}

// settle is the clearing of a serial line (rule E13): silence for longer than the
// device's inter-byte time-out, then a byte that an idle device answers with one
// other. Devices answer in order, so after that nothing older can come.
type settle struct {
	probing bool
	head    []byte // the first bytes since the probe
	tries   int    // probes that nothing answered
}

const (
	probeQuiet = 300 * time.Millisecond // silence after the answer to the probe
	maxProbes  = 3                      // unanswered, then the line is given up, or trusted if nothing is known against it
)

// clear begins to clear the line.
func (a *arbiter) clear() {
	a.settle = settle{}
	a.side.reset()
	a.side.forget()
	a.g.note(nil, "clearing the line")
	a.enter(Settling, a.g.opt.Quiet)
}

// heard takes bytes while the line is being cleared.
func (a *arbiter) heard(b []byte) {
	a.stale(b)
	_, idle := a.side.probe()
	limit := a.g.opt.Quiet
	if a.settle.probing {
		a.settle.head = append(a.settle.head, b[:min(len(b), 2)]...)
		if len(a.settle.head) == 1 && a.settle.head[0] == idle {
			limit = probeQuiet
		}
	}
	a.until = a.now.Add(limit)
}

// silent is called when the line was silent long enough.
func (a *arbiter) silent() {
	probe, idle := a.side.probe()
	s := &a.settle
	switch {
	case probe == 0, s.probing && len(s.head) == 1 && s.head[0] == idle:
		a.cleared()
		return
	case s.probing && len(s.head) == 0:
		if s.tries++; s.tries < maxProbes {
			break
		}
		if !a.dirty {
			a.cleared() // no exchange is known to be open, and the device is silent
			return
		}
		if a.g.opt.Reconnect > 0 || a.g.opt.ReleasePort {
			a.fruitful = false
			a.disconnect("the device does not answer after a lost exchange")
			return
		}
	}
	s.probing, s.head = true, nil
	a.say(probe)
	a.until = a.now.Add(a.g.opt.Quiet)
}

func (a *arbiter) cleared() {
	a.dirty, a.known = false, true
	a.side.reset()
	a.g.note(nil, "the line is clear")
	if a.g.opt.ReleasePort && !a.g.queue.ready() {
		a.release()
		return
	}
	a.enter(Idle, 0)
}
