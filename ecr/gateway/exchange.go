package gateway

import (
	"bytes"
	"slices"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// await goes on to the answer.
func (a *arbiter) await() {
	a.began = a.now
	limit := a.g.opt.answerLimit(a.q.cmd)
	a.latest = a.began.Add(limit)
	if a.g.opt.Protocol == ShtrihM {
		limit -= min(askBefore, limit/4)
	}
	a.enter(Answering, limit)
}

// askBefore is how long before the end of its limit an answer that has not come
// is asked for.
const askBefore = 3 * time.Second

// took the request: the answer follows.
func (a *arbiter) acknowledged(item) {
	if a.holds {
		a.holds = false
		a.stale(a.held) // an older answer, late
	}
	a.tellACK()
	if a.q.probe {
		a.finish(eventAnswer, []byte{customru.ACK}, ecr.Answered, 0)
		return
	}
	a.await()
}

// tellACK tells the client, once, that the device took its request.
func (a *arbiter) tellACK() {
	a.q.ack = max(a.now.Sub(a.q.wrote), 1)
	if !a.q.probe {
		a.send(a.q, event{kind: eventACK, at: a.now})
	}
}

// hold keeps a frame that came before any ACK. If the exchange before had the
// same command, it may be a copy of that answer: an ACK then follows. If none
// does, the ACK was lost (rule E6).
func (a *arbiter) hold(i item) {
	if !a.noisy && !a.mayBeOld(i.raw) {
		a.lostACK(i.raw)
		return
	}
	if !a.holds {
		a.until = a.now.Add(min(a.g.opt.ACKLimit, a.g.opt.InterByte))
	}
	a.held, a.holds = append(a.held[:0], i.raw...), true
}

func (a *arbiter) mayBeOld(raw []byte) bool {
	return len(a.previous) > 3 && len(raw) > 3 && a.previous[3] == raw[3]
}

func (a *arbiter) lostACK(raw []byte) {
	a.g.figures.failed(LostACK)
	a.g.note(a.q, "an answer without ACK")
	a.answered(item{raw: raw})
}

// noACK ends the exchange: the connection is remade, the client's is closed (rule E23).
func (a *arbiter) noACK(item) {
	if a.holds && !bytes.Equal(a.held, a.previous) {
		a.holds = false
		a.lostACK(a.held)
		return
	}
	if a.holds { // the very answer of before: a copy, the ACK may still come
		a.holds = false
		a.stale(a.held)
		if left := a.q.wrote.Add(a.g.opt.ACKLimit).Sub(a.now); left > 0 {
			a.until = a.now.Add(left)
			return
		}
	}
	a.lose(NoACK, "neither ACK nor NAK came")
}

func (a *arbiter) noise(i item) {
	a.noisy = true
	a.stale(i.raw)
}

// nakPause is how long the line must stay silent after a NAK.
const nakPause = 100 * time.Millisecond

// refusedFirst waits whether the NAK was for the request.
func (a *arbiter) refusedFirst(i item) {
	switch {
	case a.q.probe:
		a.q.ack = max(a.now.Sub(a.q.wrote), 1)
		a.finish(eventAnswer, []byte{customru.NAK}, ecr.Answered, 0)
	case a.noisy || a.holds: // it may as well be a byte of a damaged answer
		a.doubt(i)
	default:
		a.enter(Refused, nakPause)
	}
}

// checkRefusal asks a device of v1 whether the NAK was for the request.
func (a *arbiter) checkRefusal(item) {
	a.tries = 1
	a.say(shtrihm.ENQ)
	a.enter(Refused, a.g.opt.ENQLimit)
}

// refused tells the client: the command did not run.
func (a *arbiter) refused(item) {
	a.g.figures.failed(DeviceNAK)
	a.q.ack = max(a.now.Sub(a.q.wrote), 1)
	a.finish(eventNAK, nil, ecr.Rejected, DeviceNAK)
}

// doubt ends the exchange: what came may mean two things.
func (a *arbiter) doubt(item) { a.lose(Doubtful, "what the device sent may mean two things") }

// interim passes on a frame of another command: the device waits for paper (rule E5).
func (a *arbiter) interim(i item) {
	a.send(a.q, event{kind: eventPart, data: bytes.Clone(i.raw), at: a.now})
	a.until = a.now.Add(a.g.opt.answerLimit(a.q.cmd))
	if end := a.began.Add(a.g.opt.InterimLimit); a.until.After(end) {
		a.until = end
	}
}

// answered gives the answer to its client.
func (a *arbiter) answered(i item) {
	data := i.raw
	if i.body != nil {
		data = i.body
	}
	data = bytes.Clone(data)
	a.previous = append(a.previous[:0], i.raw...)
	a.guard(data)
	a.finish(eventAnswer, data, ecr.Answered, 0)
}

// confirmed acknowledges an answer of v1 and gives it to its client.
func (a *arbiter) confirmed(i item) {
	a.say(shtrihm.ACK)
	a.answered(i)
}

// unacknowledged takes an answer of v1 whose ACK was lost: the device was idle
// before the request, so it can be no older one.
func (a *arbiter) unacknowledged(i item) {
	a.g.figures.failed(LostACK)
	a.confirmed(i)
}

// damaged passes a damaged answer on as it is (rule E27). What really belonged to
// it is not known, so the line is cleared.
func (a *arbiter) damaged(i item) {
	a.g.figures.failed(AnswerDamaged)
	a.finish(eventAnswer, bytes.Clone(i.raw), ecr.Unknown, AnswerDamaged)
	a.quarantine("the answer was damaged")
}

func (a *arbiter) damagedEarly(item) {
	a.lose(AnswerDamaged, "a damaged frame came in place of the ACK")
}
func (a *arbiter) tooLong(item)  { a.lose(AnswerLong, "the answer is longer than the limit") }
func (a *arbiter) cutOff(item)   { a.lose(AnswerCut, "the answer stopped in the middle") }
func (a *arbiter) noAnswer(item) { a.lose(NoAnswer, "no answer came") }

// gone: the device hung up.
func (a *arbiter) gone(item) {
	if a.q == nil {
		a.g.figures.failed(DeviceGone)
		a.disconnect("the device hung up")
		return
	}
	a.lose(DeviceGone, "the device hung up")
}

// maxFetches is how often a damaged answer is asked for again.
const maxFetches = 3

// fetch asks for a damaged answer again: the device has it until it is
// acknowledged (v1), or until the next request (v2).
func (a *arbiter) fetch(i item) {
	a.g.figures.failed(AnswerDamaged)
	if a.fetches++; a.fetches > maxFetches {
		a.lose(AnswerDamaged, "the answer came damaged each time")
		return
	}
	a.g.note(a.q, "a damaged answer: asking again")
	a.say(a.side.again()...)
	a.enter(Fetching, a.g.opt.ENQLimit)
}

// askOnce: the limit is nearly over. A Shtrih-M device has the answer still if
// only its way here failed, so it is asked once before the exchange is given up
// (rule E10).
func (a *arbiter) askOnce(i item) {
	if a.quiet {
		a.noAnswer(i)
		return
	}
	a.quiet = true
	a.g.note(a.q, "no answer yet: asking for it")
	a.say(a.side.ask()...)
	a.enter(Fetching, min(a.g.opt.ENQLimit, a.latest.Sub(a.now)))
}

// fetchable: the answer follows.
func (a *arbiter) fetchable(item) {
	a.until = a.latest
	if !a.quiet {
		a.until = a.now.Add(a.g.opt.answerLimit(a.q.cmd))
	}
}

// unfetchable: the device is idle and has no answer.
func (a *arbiter) unfetchable(i item) {
	if a.quiet {
		a.noAnswer(i)
		return
	}
	a.lose(AnswerDamaged, "the answer came damaged and could not be had again")
}

// unasked: nothing came of asking. A device that was asked because of its
// silence may still be at work.
func (a *arbiter) unasked(i item) {
	if left := a.latest.Sub(a.now); a.quiet && left > 0 {
		a.enter(Answering, left)
		return
	}
	a.unfetchable(i)
}

// otherNumber handles a frame of v2 with another number: a copy of the answer
// before, or a device that has lost its numbers.
func (a *arbiter) otherNumber(i item) {
	before := i.num == a.side.number()-1
	switch {
	case before && a.state == Fetching:
		if a.quiet {
			a.unasked(i)
			return
		}
		a.await() // it still runs
	case before:
		a.stale(i.raw)
	case a.state == Answering:
		a.g.note(a.q, "an answer with a number out of turn: asking for the number")
		a.say(a.side.again()...)
		a.enter(Fetching, a.g.opt.ENQLimit)
	default:
		a.lose(Doubtful, "the device does not know the request's number")
	}
}

// gather collects the bytes of a raw answer; silence ends it (rule E28).
func (a *arbiter) gather(i item) {
	if a.state == Waiting {
		a.q.ack = max(a.now.Sub(a.q.wrote), 1)
		a.await()
	}
	if !a.gap {
		busy := 0
		for busy < len(i.raw) && (i.raw[busy] == customru.ACK || slices.Contains(a.g.opt.RawBusy, i.raw[busy])) {
			busy++
		}
		if busy > 0 {
			a.send(a.q, event{kind: eventPart, data: bytes.Clone(i.raw[:busy]), at: a.now})
		}
		i.raw = i.raw[busy:]
	}
	if len(i.raw) == 0 {
		return
	}
	a.gap = true
	if a.gathered = append(a.gathered, i.raw...); len(a.gathered) > a.g.opt.MaxFrame {
		a.tooLong(i)
		return
	}
	a.until = a.now.Add(a.g.opt.RawGap)
}

func (a *arbiter) fellSilent(i item) {
	if !a.gap {
		a.noAnswer(i)
		return
	}
	a.finish(eventAnswer, a.gathered, ecr.Answered, 0)
}

// finish ends the exchange with its last event.
func (a *arbiter) finish(kind eventKind, data []byte, outcome ecr.Outcome, f Failure) {
	q := a.q
	a.q, a.gathered = nil, nil
	a.g.ended(q, outcome, f, len(data))
	a.send(q, event{kind: kind, data: data, at: a.now, failure: f})
	a.enter(Idle, 0)
	if outcome != ecr.Unknown {
		a.release()
	}
}

// lose ends the exchange: bytes were written and it is not known what became of
// them. The gateway neither repeats nor says NAK; it hangs up on the client
// (rule E24), and what still comes from the device belongs to nobody (rule E13).
func (a *arbiter) lose(f Failure, reason string) {
	q := a.q
	a.q, a.gathered, a.held = nil, nil, a.held[:0]
	a.g.figures.failed(f)
	a.g.note(q, "the exchange is lost: "+reason)
	a.guardLost(q)
	a.g.ended(q, ecr.Unknown, f, 0)
	a.send(q, event{kind: eventLost, at: a.now, failure: f})
	if f != DeviceGone && f != NoACK && f != WriteFailed {
		a.quarantine(reason)
		return
	}
	a.disconnect(reason)
}

// quarantine leaves nothing of an exchange behind: a serial line is cleared, a
// connection is left for a new one.
func (a *arbiter) quarantine(reason string) {
	a.previous = a.previous[:0]
	if a.serial && !a.g.opt.ReleasePort && !a.stopping {
		a.dirty = true
		a.clear()
		return
	}
	a.disconnect(reason)
}

// guard follows the receipt that a command opens or closes (rule E30). A cancel
// that finds nothing to cancel ends it too: so a till that has only checked a
// mark lets the others go on (decision).
func (a *arbiter) guard(data []byte) {
	q := a.q
	if !a.g.opt.ReceiptGuard || q.class != opens && q.class != closes || !follows(a.g.opt.Protocol, q.cmd, data) {
		return
	}
	owner := q.client
	if q.class == closes {
		owner = 0
	}
	a.g.queue.guard(owner)
	a.g.figures.guard(owner)
}

// guardLost: a lost command may have opened the receipt.
func (a *arbiter) guardLost(q *request) {
	if a.g.opt.ReceiptGuard && q.class == opens {
		a.g.queue.guard(q.client)
		a.g.figures.guard(q.client)
	}
}
