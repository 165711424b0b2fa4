package gateway

import (
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// The asking of a Shtrih-M device before a request. Nothing of the request was
// written yet: it still waits in the queue, where it can be taken back.

// ask begins: ENQ (v1) or a sync (v2).
func (a *arbiter) ask() {
	a.asked, a.tries, a.unclean = 0, 0, false
	a.enter(Asking, a.g.opt.ENQLimit)
	a.enquire()
}

func (a *arbiter) enquire() {
	a.asked++
	a.tries++
	a.say(a.side.ask()...)
	a.until = a.now.Add(a.g.opt.ENQLimit)
}

// isIdle: NAK to ENQ. The request may be written if no reply to an ENQ is
// outstanding, else that would be taken for the request's.
func (a *arbiter) isIdle(item) {
	if a.asked--; a.asked > 0 {
		return
	}
	if a.unclean {
		a.until = a.now.Add(lateReply) // then asked once more
		return
	}
	a.begin()
}

// lateReply is how long replies to repeated ENQs are waited for.
const lateReply = 300 * time.Millisecond

// holdsAnswer: ACK to ENQ. An answer follows that belongs to nobody who waits.
func (a *arbiter) holdsAnswer(item) {
	a.asked = max(a.asked-1, 0)
	a.tries = 0
	a.until = a.now.Add(a.g.opt.answerLimit(0))
}

// dropAnswer takes an answer that belongs to nobody and asks again.
func (a *arbiter) dropAnswer(i item) {
	a.stale(i.raw)
	a.say(shtrihm.ACK)
	if a.asked == 0 {
		a.enquire()
	}
}

// askAgain: nothing came within the limit. After as many tries as fit into the
// ACK limit the connection is remade; what waits at the head is refused.
func (a *arbiter) askAgain(item) {
	if a.asked > 0 {
		a.unclean = true
	} else {
		a.unclean = false // the silence that was waited for
	}
	a.asked = 0
	if a.tries < max(int(a.g.opt.ACKLimit/a.g.opt.ENQLimit), 1) {
		a.enquire()
		return
	}
	if q := a.g.queue.take(); q != nil {
		a.refuse(q, NoACK)
	}
	a.disconnect("the device does not answer")
}

// synced: a device of v2 told its number.
func (a *arbiter) synced(i item) {
	a.side.learn(i.num)
	a.begin()
}
