package shtrihm

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// exchange is the state of one exchange. Its context lives as long as the call.
type exchange struct {
	*Link
	ctx    context.Context
	cmd    Command
	data   []byte
	limits Limits

	last time.Time // when the last byte came
	sent uint16    // v2: the request's number
}

// exchange runs one command on the level that the device speaks.
func (l *Link) exchange(ctx context.Context, dst []byte, cmd Command, data []byte) (Answer, error) {
	if !cmd.Valid() {
		return Answer{}, &FrameError{Reason: FrameHalfCommand}
	}
	if l.level != LevelAlternative {
		if err := checkBody(cmd, cmd.Size()+len(data), MaxBody); err != nil {
			return Answer{}, err
		}
	}
	l.number++
	x := &l.x
	*x = exchange{Link: l, ctx: ctx, cmd: cmd, data: data, limits: l.limits(cmd)}
	defer x.end()
	body, err := x.run()
	if err != nil {
		if ecr.OutcomeOf(err) == ecr.Unknown && !cmd.Reads() {
			l.lostCmd, l.lostNumber, l.late = cmd, x.sent, nil
		}
		if e, ok := errors.AsType[*ecr.Error](err); ok {
			return Answer{}, e.At(cmd.path())
		}
		return Answer{}, err
	}
	answer, err := ParseAnswer(cmd, body)
	if err != nil { // the receivers let nothing else through
		return Answer{}, err
	}
	at := len(dst)
	dst = append(dst, answer.Data...)
	answer.Data = dst[at:len(dst):len(dst)]
	if answer.Code != 0 {
		return answer, &DeviceError{Number: answer.Code, Cmd: cmd}
	}
	return answer, nil
}

// end gives back what the exchange held of its caller.
func (x *exchange) end() {
	x.wire.End()
	x.ctx, x.data = nil, nil
}

// run makes the line ready, finds out the level if need be, and exchanges.
func (x *exchange) run() ([]byte, error) {
	if err := x.ready(); err != nil {
		return nil, err
	}
	if x.level == LevelAlternative {
		return x.numbered()
	}
	return x.standard()
}

// ready connects and makes sure that the device listens and holds no answer of
// an earlier command. Nothing of this command was sent yet, so a connection that
// turns out to be dead is replaced once.
func (x *exchange) ready() error {
	for try := 1; ; try++ {
		if err := x.begin(); err != nil {
			return err
		}
		err := x.idle()
		if err == nil || try > 1 || !errors.Is(err, ecr.ErrDeviceGone) || x.ctx.Err() != nil {
			return err
		}
		x.note("the connection was dead: a new one")
	}
}

// begin takes the connection into use.
func (x *exchange) begin() error {
	fresh, err := x.wire.Begin(x.ctx)
	if err != nil {
		return err
	}
	x.scan.Reset()
	x.frames.Reset()
	if fresh {
		x.synced = false
	}
	return nil
}

// idle asks the device before a command. With LevelAuto it learns the level.
func (x *exchange) idle() error {
	if x.level == LevelAlternative {
		if x.synced {
			return nil
		}
		f, err := x.sync(ecr.NotSent)
		if err == nil && f.Number == x.lostNumber {
			x.keep(f.Body)
		}
		return err
	}
	err := x.clear()
	if x.level == LevelStandard || err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return x.unsent(err)
	}
	if err == nil {
		x.level = LevelStandard
		return nil
	}
	x.note("nothing answers ENQ: asking by v2")
	if _, err := x.sync(ecr.NotSent); err != nil {
		return err
	}
	x.level = LevelAlternative
	return nil
}

// unsent turns what went wrong before the request into the exchange's error.
func (x *exchange) unsent(err error) error {
	if err == nil {
		return nil
	}
	return x.spoil(err, ecr.NotSent)
}

// waitError is why a wait brought nothing.
type waitError struct {
	phase ecr.Phase
	limit time.Duration
	cause error
}

func (e *waitError) Error() string { return e.cause.Error() }
func (e *waitError) Unwrap() error { return e.cause }

// more reads bytes into a scanner's space, waiting until the deadline for the
// first byte of an item and for the inter-byte limit for each further one.
func (x *exchange) more(b *buffer, phase ecr.Phase, deadline time.Time, limit time.Duration) error {
	until := deadline
	if b.Pending() > 0 {
		phase, limit, until = ecr.PhaseInterByte, x.limits.InterByte, x.last.Add(x.limits.InterByte)
	}
	n, err := x.wire.Read(x.ctx, b.Space(), until)
	if n > 0 {
		b.Added(n)
		x.last = time.Now()
		return nil
	}
	if err != nil {
		return &waitError{phase, limit, err}
	}
	return nil
}

// say writes one control byte.
func (x *exchange) say(b byte) error {
	x.control[0] = b
	return x.send(controlName(b), x.control[:])
}

func controlName(b byte) string {
	switch b {
	case ENQ:
		return "ENQ"
	case ACK:
		return "ACK"
	case NAK:
		return "NAK"
	}
	return ""
}

// send writes bytes of the dialogue: control bytes, syncs.
func (x *exchange) send(text string, b []byte) error {
	if x.opt.Tracer != nil {
		x.trace(ecr.Sent, b, nil, text)
	}
	if _, err := x.wire.Write(x.ctx, b, x.limits.Write); err != nil {
		return &waitError{ecr.PhaseWrite, x.limits.Write, err}
	}
	return nil
}

// request writes the frame of the command. n says how many bytes went out.
func (x *exchange) request(frame []byte) (n int, err error) {
	if x.opt.Tracer != nil {
		x.trace(ecr.Sent, frame, hiddenIn(x.cmd, x.level, frame), x.cmd.String())
	}
	n, err = x.wire.Write(x.ctx, frame, x.limits.Write)
	if err != nil {
		err = &waitError{ecr.PhaseWrite, x.limits.Write, err}
	}
	return n, err
}

// spoil ends the exchange for an error and gives the connection up as far as its
// state demands (rule E13).
func (x *exchange) spoil(err error, outcome ecr.Outcome) error {
	if done, ok := errors.AsType[*ecr.Error](err); ok {
		x.wire.Spoil()
		return done
	}
	w, ok := errors.AsType[*waitError](err)
	if !ok {
		w = &waitError{ecr.PhaseAnswer, 0, err}
	}
	e := x.wire.Failure(w.phase, w.limit, outcome, w.cause)
	if e.Code() == ecr.CodeDeviceGone || e.Code() == ecr.CodeWrite {
		x.wire.Gone()
	} else {
		x.wire.Spoil()
	}
	x.synced = false
	x.trace(ecr.Noted, nil, nil, e.Error())
	return e
}

// lost is the error of an exchange after which the device does not tell what
// became of the command.
func (x *exchange) lost(reason string) error {
	x.wire.Spoil()
	x.synced = false
	x.note(reason)
	return ecr.NewError(ecr.CodeDamaged, ecr.Details{
		Outcome: ecr.Unknown, Phase: ecr.PhaseAnswer, Args: []ecr.Arg{{Name: "reason", Value: reason}},
	})
}

// gone says whether an error means that the connection is of no more use, while
// the caller still waits.
func (x *exchange) gone(err error) bool {
	return x.ctx.Err() == nil && !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, ecr.ErrClosed)
}
