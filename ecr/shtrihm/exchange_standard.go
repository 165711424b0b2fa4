package shtrihm

import (
	"errors"
	"os"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// next returns the next item of v1; FFh and noise are skipped and noted.
func (x *exchange) next(phase ecr.Phase, deadline time.Time, limit time.Duration) (Token, error) {
	for {
		item, ok := x.scan.Next()
		if !ok {
			if err := x.more(&x.scan.buffer, phase, deadline, limit); err != nil {
				return Token{}, err
			}
			continue
		}
		switch {
		case item.Kind == TokenControl && item.Control != ENQ:
			x.trace(ecr.Received, item.Raw, nil, controlName(item.Control))
		case item.Kind == TokenFrame:
			if x.opt.Tracer != nil {
				cmd, _, _ := ParseRequest(item.Body)
				x.trace(ecr.Received, item.Raw, nil, cmd.String())
			}
		case item.Kind == TokenDamaged:
			x.trace(ecr.Received, item.Raw, nil, "damaged frame")
		default:
			x.trace(ecr.Received, item.Raw, nil, "skipped")
			continue
		}
		return item, nil
	}
}

// state is what the device said to ENQ.
type state int

const (
	stateIdle  state = iota + 1 // NAK: no command runs and no answer waits
	stateHolds                  // ACK: an answer is being prepared, or follows
)

// enq asks what the device is doing, several times if nothing comes. clean says
// that the first ENQ was answered, so that no second answer can be on its way.
func (x *exchange) enq() (s state, clean bool, err error) {
	for try := 1; ; try++ {
		if err := x.say(ENQ); err != nil {
			return 0, false, err
		}
		deadline := time.Now().Add(x.limits.ENQ)
		for {
			item, err := x.next(ecr.PhaseACK, deadline, x.limits.ENQ)
			if err != nil {
				if !errors.Is(err, os.ErrDeadlineExceeded) || x.ctx.Err() != nil || try == maxENQ {
					return 0, false, err
				}
				x.scan.Reset()
				break
			}
			if item.Kind == TokenControl {
				if item.Control == ACK {
					return stateHolds, try == 1, nil
				}
				return stateIdle, try == 1, nil
			}
			// A frame here is an older answer; ENQ's own answer comes after it.
		}
	}
}

// clear asks until the device is idle: answers that belong to nobody are taken
// and dropped (rule E13).
func (x *exchange) clear() error {
	for range maxPending {
		s, clean, err := x.enq()
		if err != nil {
			return err
		}
		if s == stateIdle && clean {
			return nil
		}
		if s == stateIdle {
			x.drain() // answers to the ENQs before may still come
			continue
		}
		body, err := x.receive(nil)
		if err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) || x.ctx.Err() != nil {
				return err
			}
			continue
		}
		x.keep(body)
		x.note("dropped the answer of an earlier command")
	}
	return &waitError{ecr.PhaseACK, x.limits.ENQ, os.ErrDeadlineExceeded}
}

// lateReply is how long answers to repeated ENQs are waited for.
const lateReply = 300 * time.Millisecond

func (x *exchange) drain() {
	for {
		if _, err := x.next(ecr.PhaseACK, time.Now().Add(lateReply), lateReply); err != nil {
			x.scan.Reset()
			return
		}
	}
}

// standard is one exchange of v1: the frame, its ACK, the answer, our ACK.
func (x *exchange) standard() ([]byte, error) {
	frame, err := AppendFrame(x.out[:0], x.cmd, x.data)
	if err != nil {
		return nil, err
	}
	x.out = frame[:0]
	for sent := 1; ; sent++ {
		n, err := x.request(frame)
		if err != nil && n == 0 {
			return nil, x.spoil(err, map[bool]ecr.Outcome{true: ecr.NotSent, false: ecr.Rejected}[sent == 1])
		}
		if err != nil {
			return x.fetch(err)
		}
		refused, body, err := x.acknowledged()
		switch {
		case err != nil:
			return x.fetch(err)
		case body != nil:
			return body, nil
		case !refused:
			if body, err = x.receive(&x.cmd); err != nil {
				return x.fetch(err)
			}
			return body, nil
		}
		// NAK. That the command did not run is certain when the device says, asked
		// once more, that it is idle: a NAK for noise would be followed by ACK.
		s, _, err := x.enq()
		if err != nil {
			return nil, x.spoil(err, ecr.Unknown)
		}
		if s == stateHolds {
			if body, err = x.receive(&x.cmd); err != nil {
				return x.fetch(err)
			}
			return body, nil
		}
		if sent > maxResends {
			x.wire.Spoil()
			return nil, ecr.NewError(ecr.CodeRejected, ecr.Details{
				Outcome: ecr.Rejected, Phase: ecr.PhaseACK, Args: []ecr.Arg{{Name: "times", Value: sent}},
			})
		}
		x.note("NAK: sending the frame again")
	}
}

// acknowledged waits for ACK or NAK; a body is the answer itself, whose ACK was
// lost: the device was idle before the frame, so it can be no older one.
func (x *exchange) acknowledged() (refused bool, body []byte, err error) {
	deadline := time.Now().Add(x.limits.ACK)
	for {
		item, err := x.next(ecr.PhaseACK, deadline, x.limits.ACK)
		switch {
		case err != nil:
			return false, nil, err
		case item.Kind == TokenControl:
			return item.Control == NAK, nil, nil
		case item.Kind == TokenDamaged:
			return false, nil, &waitError{ecr.PhaseACK, x.limits.ACK, errDamaged}
		case answers(item.Body, x.cmd):
			x.note("an answer without ACK")
			return false, item.Body, x.confirm()
		}
	}
}

var errDamaged = errors.New("shtrihm: the answer arrived damaged")

// answers says whether a body is an answer to a command.
func answers(body []byte, cmd Command) bool {
	_, err := ParseAnswer(cmd, body)
	return err == nil
}

// confirm acknowledges an answer. That the device does not hear it matters to the
// next exchange only, which asks first.
func (x *exchange) confirm() error {
	x.say(ACK)
	return nil
}

// receive waits for an answer and acknowledges it: that of want, or any if want
// is nil. A damaged copy is asked for again.
func (x *exchange) receive(want *Command) ([]byte, error) {
	deadline, limit := time.Now().Add(x.limits.Answer), x.limits.Answer
	for damaged := 0; ; {
		item, err := x.next(ecr.PhaseAnswer, deadline, limit)
		switch {
		case err != nil:
			w, ok := errors.AsType[*waitError](err)
			if !ok || w.phase != ecr.PhaseInterByte || !errors.Is(err, os.ErrDeadlineExceeded) || x.ctx.Err() != nil {
				return nil, err
			}
			x.scan.Reset()
		case item.Kind == TokenControl:
			continue
		case item.Kind == TokenFrame:
			if want == nil || answers(item.Body, *want) {
				return item.Body, x.confirm()
			}
			x.note("an answer to another command: not this exchange's")
			continue
		}
		if damaged++; damaged > maxPending {
			return nil, &waitError{ecr.PhaseAnswer, limit, errDamaged}
		}
		x.note("a damaged answer: asking again")
		if err := x.say(NAK); err != nil {
			return nil, err
		}
		s, _, err := x.enq()
		if err != nil {
			return nil, err
		}
		if s == stateIdle {
			return nil, &waitError{ecr.PhaseAnswer, limit, errDamaged}
		}
		deadline = time.Now().Add(limit)
	}
}

// fetch looks for the answer of a command that was written and whose dialogue
// failed: ENQ, over a new connection if this one broke. The device was idle
// before the frame, so an answer that it holds for this command is this one's.
// Anything else leaves the outcome unknown.
func (x *exchange) fetch(err error) ([]byte, error) {
	first := err
	if x.ctx.Err() != nil {
		return nil, x.spoil(first, ecr.Unknown)
	}
	if x.gone(err) && !errors.Is(err, errDamaged) {
		x.wire.Gone()
		if x.begin() != nil {
			return nil, x.unknown(first)
		}
	}
	x.note("asking for the answer")
	for range maxPending {
		s, _, err := x.enq()
		if err != nil || s == stateIdle {
			return nil, x.unknown(first)
		}
		body, err := x.receive(nil)
		if err != nil {
			return nil, x.unknown(first)
		}
		if answers(body, x.cmd) {
			x.note("the lost answer was fetched")
			return body, nil
		}
		x.note("dropped the answer of another command")
	}
	return nil, x.unknown(first)
}

// unknown is the error of the dialogue's first failure, the outcome unknown.
func (x *exchange) unknown(first error) error {
	if errors.Is(first, errDamaged) {
		return x.lost("the answer arrived damaged and could not be had again")
	}
	return x.spoil(first, ecr.Unknown)
}
