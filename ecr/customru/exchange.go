package customru

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// exchange runs one command, in this order: make the line ready, write the
// request, wait for ACK, wait for the answer.
func (l *Link) exchange(ctx context.Context, cmd Command, data []byte) (Answer, error) {
	req, err := AppendFrame(l.out[:0], cmd, data)
	if err != nil {
		return Answer{}, err
	}
	l.out = req[:0]
	l.number++
	x := exchange{Link: l, ctx: ctx, cmd: cmd, req: req, limits: l.limits(cmd)}
	defer l.wire.End()
	fresh, err := l.wire.Begin(ctx)
	if err != nil {
		return Answer{}, x.at(err)
	}
	if n := l.scan.Reset(); n > 0 {
		l.note("dropped stale input")
	}
	if fresh {
		clear(l.seen)
	}
	frame, failure := x.run()
	if failure != nil {
		return Answer{}, x.at(failure)
	}
	l.seen[cmd] = append(l.seen[cmd][:0], frame.Data...)
	answer, failure := parseAnswer(frame)
	if failure != nil {
		l.wire.Spoil()
		return Answer{}, x.at(failure)
	}
	if hangsUp(cmd, data) {
		l.wire.Spoil()
	}
	if answer.Code != 0 {
		return answer, &DeviceError{Number: answer.Code, Cmd: cmd, Operator: answer.Operator}
	}
	return answer, nil
}

// hangsUp says whether the device may end the connection after its answer: it
// restarts, or the settings of the link changed (rule E6). The next exchange
// must not meet that in its middle.
func hangsUp(cmd Command, data []byte) bool {
	if cmd != CmdWriteFamily || len(data) < 6 {
		return cmd == CmdReset
	}
	switch binary.LittleEndian.Uint16(data[4:]) {
	case FamilyLink, familyEthernet, familyWiFi:
		return true
	}
	return false
}

// exchange is the state of one exchange. Its context lives as long as the call.
type exchange struct {
	*Link
	ctx    context.Context
	cmd    Command
	req    []byte
	limits Limits

	last time.Time // when the last byte came
}

// at names the command in an error of the exchange.
func (x *exchange) at(err error) error {
	if e, ok := errors.AsType[*ecr.Error](err); ok {
		return e.At(x.cmd.path())
	}
	return err
}

func (x *exchange) run() (Frame, error) {
	for sent := 1; ; sent++ {
		if err := x.write(sent > 1); err != nil {
			return Frame{}, err
		}
		got, frame, err := x.acknowledged()
		switch {
		case err != nil || got == answered:
			return frame, err
		case got == acknowledged:
			return x.answer()
		}
		if sent > maxResends {
			return Frame{}, ecr.NewError(ecr.CodeRejected, ecr.Details{
				Outcome: ecr.Rejected, Phase: ecr.PhaseACK, Args: []ecr.Arg{{Name: "times", Value: sent}},
			})
		}
		x.note("NAK: sending the frame again")
	}
}

// acknowledgement is what came first after a request.
type acknowledgement int

const (
	acknowledged acknowledgement = iota // ACK: the answer follows
	refused                             // NAK: the command did not run
	answered                            // the answer itself, its ACK was lost
)

// write sends the request. Until the first byte of the first try is out, nothing
// was sent; before a resend the device has refused the frame.
func (x *exchange) write(again bool) error {
	x.trace(ecr.Sent, x.req, x.cmd.String())
	n, err := x.wire.Write(x.ctx, x.req, x.limits.Write)
	if err == nil {
		return nil
	}
	outcome := ecr.Unknown
	switch {
	case n == 0 && again:
		outcome = ecr.Rejected
	case n == 0:
		outcome = ecr.NotSent
	}
	return x.fail(ecr.PhaseWrite, x.limits.Write, outcome, err)
}

// acknowledged waits for ACK or NAK. A frame that comes before either is the
// answer whose ACK was lost (rule E6), unless it can be an old one.
func (x *exchange) acknowledged() (acknowledgement, Frame, error) {
	deadline := time.Now().Add(x.limits.ACK)
	noise := false
	held, holds := []byte(nil), false // a frame without ACK that may be a duplicate of an older answer
	for {
		token, err := x.next(ecr.PhaseACK, deadline, x.limits.ACK)
		if err != nil {
			if holds && errors.Is(err, os.ErrDeadlineExceeded) && !bytes.Equal(held, x.seen[x.cmd]) {
				x.note("answer without ACK")
				return answered, Frame{Cmd: x.cmd, Data: held}, nil
			}
			return 0, Frame{}, x.spoil(err)
		}
		switch token.Kind {
		case TokenControl:
			if token.Control == ACK {
				if holds {
					x.note("an older answer came late and was dropped")
				}
				return acknowledged, Frame{}, nil
			}
			if noise {
				// It may as well be a byte of a damaged answer.
				return 0, Frame{}, x.doubtful(ecr.PhaseACK, noisyNAK)
			}
			return x.refused()
		case TokenNoise:
			noise = true
		case TokenFrame:
			if token.Frame.Cmd != x.cmd {
				x.note("a frame of another command came before the ACK and was dropped")
				continue
			}
			if _, asked := x.seen[x.cmd]; !asked {
				x.note("answer without ACK")
				return answered, token.Frame, nil
			}
			held, holds = bytes.Clone(token.Frame.Data), true
		case TokenDamaged:
			return 0, Frame{}, x.damaged(ecr.PhaseACK, token)
		}
	}
}

// refused decides what a NAK means. It was for this frame if the line stays
// silent; if an ACK or an answer follows, it was for noise before the frame.
func (x *exchange) refused() (acknowledgement, Frame, error) {
	deadline := time.Now().Add(nakPause)
	for {
		token, err := x.next(ecr.PhaseACK, deadline, nakPause)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && x.scan.Pending() == 0:
			return refused, Frame{}, nil
		case err != nil:
			return 0, Frame{}, x.spoil(err)
		case token.Kind == TokenDamaged:
			return 0, Frame{}, x.damaged(ecr.PhaseACK, token)
		case token.Kind == TokenNoise:
			return 0, Frame{}, x.doubtful(ecr.PhaseACK, noisyNAK)
		case token.Kind == TokenControl && token.Control == ACK:
			x.note("ACK after NAK: the NAK was for noise")
			return acknowledged, Frame{}, nil
		case token.Kind == TokenFrame && token.Frame.Cmd == x.cmd:
			if _, asked := x.seen[x.cmd]; asked {
				return 0, Frame{}, x.doubtful(ecr.PhaseACK, oldAnswer)
			}
			x.note("answer after NAK: the NAK was for noise")
			return answered, token.Frame, nil
		}
	}
}

// answer waits for the answer; frames of other commands are interim (rule E5).
func (x *exchange) answer() (Frame, error) {
	start := time.Now()
	end := start.Add(x.limits.Interim)
	deadline, limit := start.Add(x.limits.Answer), x.limits.Answer
	for {
		token, err := x.next(ecr.PhaseAnswer, deadline, limit)
		if err != nil {
			return Frame{}, x.spoil(err)
		}
		switch token.Kind {
		case TokenFrame:
			if token.Frame.Cmd == x.cmd && !x.paperMessage(token.Frame) {
				return token.Frame, nil
			}
			x.note("interim frame: the device waits for paper")
			if x.opt.Interim != nil {
				x.opt.Interim(token.Frame)
			}
			if x.paper == PaperTells {
				return Frame{}, x.noPaper()
			}
			if deadline = time.Now().Add(x.limits.Answer); deadline.After(end) {
				deadline, limit = end, x.limits.Interim
			}
		case TokenDamaged:
			return Frame{}, x.damaged(ecr.PhaseAnswer, token)
		}
	}
}

// paperMessage says whether an answer of the command itself is a paper message:
// on a device that sends them, and never of a command that only asks.
func (x *exchange) paperMessage(f Frame) bool {
	if x.cmd.Reads() || x.paper != PaperTells && x.paper != PaperRepeats || len(f.Data) < 2 {
		return false
	}
	return (&DeviceError{Number: binary.LittleEndian.Uint16(f.Data)}).paper()
}

// noPaper ends the exchange: after its one message this device answers nothing.
func (x *exchange) noPaper() error {
	x.wire.Spoil()
	return ecr.NewError(CodePaper, ecr.Details{
		EN: messagesEN[CodePaper], RU: messagesRU[CodePaper], Outcome: ecr.Unknown, Phase: ecr.PhaseAnswer,
	})
}

// waitError is why next returned nothing.
type waitError struct {
	phase ecr.Phase
	limit time.Duration
	cause error
}

func (e *waitError) Error() string { return e.cause.Error() }
func (e *waitError) Unwrap() error { return e.cause }

// next returns the next token, waiting until the deadline for its first byte and
// for the inter-byte limit for each further one.
func (x *exchange) next(phase ecr.Phase, deadline time.Time, limit time.Duration) (Token, error) {
	for {
		if token, ok := x.scan.Next(); ok {
			x.traceToken(token)
			return token, nil
		}
		until := deadline
		if x.scan.Pending() > 0 {
			phase, limit, until = ecr.PhaseInterByte, x.limits.InterByte, x.last.Add(x.limits.InterByte)
		}
		n, err := x.wire.Read(x.ctx, x.scan.Space(), until)
		if n > 0 {
			x.scan.Added(n)
			x.last = time.Now()
			continue
		}
		if err != nil {
			return Token{}, &waitError{phase, limit, err}
		}
	}
}

func (x *exchange) traceToken(token Token) {
	switch token.Kind {
	case TokenControl:
		x.trace(ecr.Received, token.Raw, map[byte]string{ACK: "ACK", NAK: "NAK"}[token.Control])
	case TokenFrame:
		x.trace(ecr.Received, token.Raw, token.Frame.Cmd.String())
	case TokenDamaged:
		x.trace(ecr.Received, token.Raw, "damaged frame")
	case TokenNoise:
		x.trace(ecr.Received, token.Raw, "noise")
		x.log.Info("customru: noise on the line", "exchange", x.number)
	}
}

// spoil ends the exchange with an unknown outcome.
func (x *exchange) spoil(err error) error {
	w, ok := errors.AsType[*waitError](err)
	if !ok {
		w = &waitError{ecr.PhaseAnswer, 0, err}
	}
	return x.fail(w.phase, w.limit, ecr.Unknown, w.cause)
}

// fail turns a failed call into the error of the exchange and gives the
// connection up as far as its state demands (rule E13).
func (x *exchange) fail(phase ecr.Phase, limit time.Duration, outcome ecr.Outcome, err error) error {
	e := x.wire.Failure(phase, limit, outcome, err)
	if e.Code() == ecr.CodeDeviceGone || e.Code() == ecr.CodeWrite {
		x.wire.Gone()
	} else {
		x.wire.Spoil()
	}
	x.trace(ecr.Noted, nil, e.Error())
	return e
}

// Reasons of doubtful.
var (
	noisyNAK  = ecr.Phrase{EN: "a NAK among noise", RU: "отказ (NAK) среди помех"}
	oldAnswer = ecr.Phrase{EN: "an answer after a NAK may be an older one", RU: "ответ после отказа (NAK) может быть прежним"}
)

// damaged ends the exchange for an answer whose checksum does not hold.
func (x *exchange) damaged(phase ecr.Phase, token Token) error {
	_, cause := ParseFrame(token.Raw)
	x.wire.Spoil()
	return damagedError(phase, ecr.Phrase{EN: "the checksum differs", RU: "контрольная сумма не сходится"}, cause)
}

// doubtful ends the exchange for bytes that may mean two things: what is not
// certain is unknown.
func (x *exchange) doubtful(phase ecr.Phase, reason ecr.Phrase) error {
	x.wire.Spoil()
	return damagedError(phase, reason, nil)
}

func damagedError(phase ecr.Phase, reason ecr.Phrase, cause error) error {
	return ecr.NewError(ecr.CodeDamaged, ecr.Details{
		Outcome: ecr.Unknown, Phase: phase, Cause: cause, Args: []ecr.Arg{{Name: "reason", Value: reason}},
	})
}

// parseAnswer reads the head that every answer has: the error code and, but for
// 16H and short error answers, the operator. The data is copied.
func parseAnswer(f Frame) (Answer, error) {
	if len(f.Data) < 2 {
		return Answer{}, ecr.NewError(ecr.CodeAnswer, ecr.Details{
			Outcome: ecr.Unknown, Phase: ecr.PhaseAnswer, Args: []ecr.Arg{{Name: "reason", Value: ecr.Phrase{EN: "no error code", RU: "нет кода ошибки"}}},
		})
	}
	a := Answer{Code: binary.LittleEndian.Uint16(f.Data)}
	if len(f.Data) > 2 {
		a.Operator = f.Data[2]
		a.Fields = bytes.Clone(f.Data[3:])
	}
	return a, nil
}
