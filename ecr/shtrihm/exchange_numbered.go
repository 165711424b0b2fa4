package shtrihm

import (
	"bytes"
	"errors"
	"os"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// nextNumbered returns the next good frame of v2.
func (x *exchange) nextNumbered(deadline time.Time, limit time.Duration) (Numbered, error) {
	for {
		item, ok := x.frames.Next()
		if !ok {
			err := x.more(&x.frames.buffer, ecr.PhaseAnswer, deadline, limit)
			w, waits := errors.AsType[*waitError](err)
			if waits && w.phase == ecr.PhaseInterByte && errors.Is(err, os.ErrDeadlineExceeded) && x.ctx.Err() == nil {
				x.frames.Reset()
				x.note("a frame stopped in the middle")
				continue
			}
			if err != nil {
				return Numbered{}, err
			}
			continue
		}
		if item.Kind != TokenFrame {
			x.trace(ecr.Received, item.Raw, nil, "noise or a damaged frame")
			continue
		}
		x.trace(ecr.Received, item.Raw, nil, "answer")
		if item.Frame.HasNumber {
			return item.Frame, nil
		}
	}
}

// sync asks for the device's number and keeps it. Its failures have the outcome
// given: before a request nothing was sent, after it everything is unknown.
func (x *exchange) sync(outcome ecr.Outcome) (Numbered, error) {
	var frame [8]byte
	request, _ := AppendNumbered(frame[:0], Numbered{})
	for try := 1; ; try++ {
		if err := x.send("sync", request); err != nil {
			return Numbered{}, x.spoil(err, outcome)
		}
		f, err := x.nextNumbered(time.Now().Add(x.limits.ENQ), x.limits.ENQ)
		if err == nil {
			// More answers may be on their way, to requests or syncs before: the
			// last one is the present state.
			f.Body = bytes.Clone(f.Body)
			for {
				later, err := x.nextNumbered(time.Now().Add(lateReply/6), lateReply)
				if err != nil {
					break
				}
				f = later
				f.Body = bytes.Clone(f.Body)
			}
			x.synced, x.Link.last, x.started = true, f.Number, len(f.Body) > 0
			return f, nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || x.ctx.Err() != nil || try == maxENQ {
			return Numbered{}, x.spoil(err, outcome)
		}
	}
}

// numbered is one exchange of v2: the request with the next number, repeated
// with the same number if no answer comes. The device executes it once.
func (x *exchange) numbered() ([]byte, error) {
	number, before := x.Link.last+1, x.started
	x.sent = number
	body := append(x.cmd.append(x.out[:0]), x.data...)
	frame, err := AppendNumbered(body, Numbered{HasNumber: true, Number: number, Body: body})
	if err != nil {
		return nil, err
	}
	x.out = frame[:0]
	frame = frame[len(body):]
	for sent := 1; ; sent++ {
		n, err := x.request(frame)
		if err == nil {
			var answer []byte
			if answer, err = x.answered(number); err == nil {
				x.Link.last, x.started = number, true
				return answer, nil
			}
		} else if n == 0 && sent == 1 {
			return nil, x.spoil(err, ecr.NotSent)
		}
		if x.ctx.Err() != nil || sent > maxResends {
			return nil, x.spoil(err, ecr.Unknown)
		}
		if x.gone(err) {
			x.wire.Gone()
			if x.begin() != nil {
				return nil, x.spoil(err, ecr.Unknown)
			}
		}
		last, syncErr := x.sync(ecr.Unknown)
		switch {
		case syncErr != nil:
			return nil, syncErr
		case last.Number == number && answers(last.Body, x.cmd):
			x.note("the lost answer was fetched")
			return last.Body, nil
		case last.Number != number-1 || !before || len(last.Body) == 0 || number <= 2:
			// The device has lost its numbers, or somebody else used them. A number up
			// to 2 proves nothing: a device begins with them after power loss.
			return nil, x.lost("the device does not know the request's number")
		}
		x.note("repeating the request with its number")
	}
}

// answered waits for the answer with a number. Others are late copies.
func (x *exchange) answered(number uint16) ([]byte, error) {
	deadline := time.Now().Add(x.limits.Answer)
	for {
		f, err := x.nextNumbered(deadline, x.limits.Answer)
		switch {
		case err != nil:
			return nil, err
		case f.Number == number && answers(f.Body, x.cmd):
			return f.Body, nil
		}
		x.note("an answer that is not this request's")
	}
}
