package customru

import (
	"context"
	"log/slog"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Limits are the longest waits of one exchange; zero fields take the default
// (rule E4). The package comment has the table of all waits.
type Limits struct {
	Write     time.Duration // writing the request; 5 s
	ACK       time.Duration // from the request's last byte to ACK or NAK; 5 s
	Answer    time.Duration // from the ACK, or an interim frame, to the answer; 10 s
	InterByte time.Duration // between two bytes of one frame; 1 s
	Interim   time.Duration // from the ACK to the answer while interim frames come (rule E5); 5 min
}

var defaultLimits = Limits{
	Write: 5 * time.Second, ACK: 5 * time.Second, Answer: 10 * time.Second,
	InterByte: time.Second, Interim: 5 * time.Minute,
}

// or fills the fields that are not set.
func (l Limits) or(d Limits) Limits {
	for _, p := range [...]struct {
		v *time.Duration
		d time.Duration
	}{{&l.Write, d.Write}, {&l.ACK, d.ACK}, {&l.Answer, d.Answer}, {&l.InterByte, d.InterByte}, {&l.Interim, d.Interim}} {
		if *p.v <= 0 {
			*p.v = p.d
		}
	}
	return l
}

// Options are the settings of a [Link]. A nil *Options means all defaults.
type Options struct {
	// Limits hold for every command that CommandLimits does not name. They
	// default to those of [Limits].
	Limits Limits
	// CommandLimits are the limits of single commands, for instance of a command
	// that prints where paper is changed by hand. They default to Limits.
	CommandLimits map[Command]Limits
	// Interim hears each interim frame while its exchange goes on: the paper is
	// out, the device waits. The frame lives during the call. It defaults to nothing.
	Interim func(Frame)
	// Paper is what the device does while the paper is out. Where it sends paper
	// messages, an answer of the command itself with code 480 is one too, and no
	// result: PaperRepeats waits on, PaperTells ends the exchange with an unknown
	// outcome and [CodePaper]. It defaults to not known: every answer of the
	// command is its result. [Device.Detect] finds it out.
	Paper PaperMode
	// Tracer hears every byte, with passwords masked. It defaults to nothing.
	Tracer ecr.Tracer
	// Logger hears what is worth a support engineer's look: a lost ACK, resends,
	// stale input. It defaults to silence.
	Logger *slog.Logger
	// MaxAnswer is the longest answer frame in bytes that is accepted. It
	// defaults to [MaxFrame].
	MaxAnswer int
	// Quiet, SettleLimit: how a serial line is cleared after an unknown outcome,
	// see [ecr.Wire]. They default to 1.5 s and 30 s.
	Quiet, SettleLimit time.Duration
	// NoProbe trusts the line's silence alone, for a device that does not answer
	// the probe 05h (rule E6). It defaults to false.
	NoProbe bool
}

// nakPause is how long the line must stay silent after a NAK before the frame is
// sent again: a NAK for noise before the frame is followed by the frame's own
// ACK at once, and a resend would then run the command twice.
const nakPause = 100 * time.Millisecond

// maxResends is how often a frame is sent again after NAK (rule E10).
const maxResends = 3

// Link carries exchanges, one at a time; calls from several goroutines wait for
// each other. It dials with the first exchange and again when a connection was
// given up. The program that made a Link closes it.
type Link struct {
	wire   ecr.Wire
	opt    Options
	log    *slog.Logger
	turn   chan struct{} // holds a token while an exchange runs
	scan   Scanner
	out    []byte
	number uint64
	paper  PaperMode          // of the device; changed in a session only
	seen   map[Command][]byte // last answer of each command on this connection; nil bytes: none came
}

// NewLink makes a link to the device that dial reaches. It does no I/O, and
// panics if dial is nil.
func NewLink(dial ecr.DialFunc, opt *Options) *Link {
	if dial == nil {
		panic("customru: NewLink needs a DialFunc")
	}
	l := &Link{turn: make(chan struct{}, 1), seen: map[Command][]byte{}}
	if opt != nil {
		l.opt = *opt
	}
	l.log = l.opt.Logger
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.scan.Max, l.paper = l.opt.MaxAnswer, l.opt.Paper
	l.wire = ecr.Wire{Dial: dial, Quiet: l.opt.Quiet, SettleLimit: l.opt.SettleLimit, Note: l.note}
	if !l.opt.NoProbe {
		l.wire.Probe, l.wire.Idle = Probe, NAK
	}
	return l
}

// Close closes the connection. A running exchange ends at once with
// [ecr.ErrClosed] and what is known of its outcome.
func (l *Link) Close() error { return l.wire.Close() }

// Answer is what a device answered to a command.
type Answer struct {
	Code     uint16 // error code, 0 = done
	Operator byte   // operator number 1..99; 0 in the answer of 16H and in short error answers
	Fields   []byte // what follows, the caller's own; after an error often stale or missing
}

// Do sends one command and returns the device's answer. data is everything after
// the command code: it begins with the password (4 bytes, little-endian).
//
// A code other than 0 is returned as a *[DeviceError], together with the answer.
// Every other failure is an *[ecr.Error] that says whether the command may have
// run ([ecr.OutcomeOf], SafeToRetry). Do never repeats a command that may have
// run: only a frame that the device refused with NAK is sent again, three times
// at most (rule E10). When ctx ends, Do returns at once (rule E14).
func (l *Link) Do(ctx context.Context, cmd Command, data []byte) (Answer, error) {
	var answer Answer
	err := l.session(ctx, cmd, func() (err error) {
		answer, err = l.exchange(ctx, cmd, data)
		return err
	})
	return answer, err
}

// session holds the link for several exchanges that belong together.
func (l *Link) session(ctx context.Context, cmd Command, run func() error) error {
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return ecr.NewError(ecr.CodeQueue, ecr.Details{
			Path: cmd.path(), Outcome: ecr.NotSent, Phase: ecr.PhaseQueue, Cause: ctx.Err(),
		})
	}
	defer func() { <-l.turn }()
	return run()
}

func (l *Link) limits(cmd Command) Limits {
	return l.opt.CommandLimits[cmd].or(l.opt.Limits).or(defaultLimits)
}

func (l *Link) note(text string) {
	l.log.Info("customru: "+text, "exchange", l.number)
	l.trace(ecr.Noted, nil, text)
}

func (l *Link) trace(dir ecr.Direction, raw []byte, text string) {
	if l.opt.Tracer == nil {
		return
	}
	e := ecr.TraceEvent{Time: time.Now(), Exchange: l.number, Dir: dir, Text: text}
	if len(raw) > 0 {
		e.Hex = ecr.Hex(raw, hiddenIn(raw, dir))
	}
	l.opt.Tracer.Trace(e)
}

// hiddenIn tells which bytes of a frame are secret: the password of a request,
// and its CRC, from which a digit of the password could be computed (rule E2).
func hiddenIn(raw []byte, dir ecr.Direction) func(int) bool {
	if dir != ecr.Sent || len(raw) < 9 {
		return nil
	}
	return func(i int) bool { return i >= 4 && i < 8 || i == len(raw)-1 }
}
