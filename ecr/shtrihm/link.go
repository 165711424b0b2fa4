package shtrihm

import (
	"bytes"
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Limits are the longest waits of one exchange; zero fields take the default.
type Limits struct {
	Write     time.Duration // writing a request; 5 s
	ENQ       time.Duration // from one ENQ, or a sync of v2, to what answers it; five are sent; 1 s
	ACK       time.Duration // from the request's last byte to ACK or NAK, v1; 1.2 s
	Answer    time.Duration // to the answer; 30 s, for some commands other, see [DefaultLimits]
	InterByte time.Duration // between two bytes of one frame; 1 s
}

// DefaultLimits are the waits of a command: 5 s for the answer of the status
// commands, 40 s where the marking server is asked, 120 s for opening a shift
// (keys are renewed then), 65 s for reports and the closing of a shift, else 30 s.
func DefaultLimits(cmd Command) Limits {
	l := Limits{
		Write: 5 * time.Second, ENQ: time.Second, ACK: 1200 * time.Millisecond,
		Answer: 30 * time.Second, InterByte: time.Second,
	}
	switch cmd {
	case 0x10, 0x11:
		l.Answer = 5 * time.Second
	case 0xFF61, 0xFF67:
		l.Answer = 40 * time.Second
	case 0xE0, 0xFF0B:
		l.Answer = 120 * time.Second
	case 0x40, 0x41, 0xFF43:
		l.Answer = 65 * time.Second
	}
	return l
}

// or fills the fields that are not set.
func (l Limits) or(d Limits) Limits {
	for _, p := range [...]struct {
		v *time.Duration
		d time.Duration
	}{{&l.Write, d.Write}, {&l.ENQ, d.ENQ}, {&l.ACK, d.ACK}, {&l.Answer, d.Answer}, {&l.InterByte, d.InterByte}} {
		if *p.v <= 0 {
			*p.v = p.d
		}
	}
	return l
}

// Level is a link level of the protocol.
type Level int

// The levels. Zero is LevelAuto.
const (
	LevelAuto        Level = iota // found out with the first exchange: ENQ, and if nothing answers it, a sync of v2
	LevelStandard                 // v1: ENQ, ACK, NAK and LRC
	LevelAlternative              // v2: numbers, stuffing and CRC
)

var levelNames = [...]string{"auto", "v1", "v2"}

// String returns the name: auto, v1 or v2, or Level(N) for a value that is none.
func (l Level) String() string {
	if l >= 0 && int(l) < len(levelNames) {
		return levelNames[l]
	}
	return "Level(" + strconv.Itoa(int(l)) + ")"
}

// MarshalText writes the name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (l *Level) UnmarshalText(text []byte) error {
	for n, name := range levelNames {
		if name == string(text) {
			*l = Level(n)
			return nil
		}
	}
	return nameError(ecr.Phrase{EN: "level", RU: "уровень"}, string(text))
}

// Options are the settings of a [Link]. A nil *Options means all defaults.
type Options struct {
	// Level is the link level. It defaults to LevelAuto.
	Level Level
	// Limits hold for every command that CommandLimits does not name. They
	// default to those of [DefaultLimits].
	Limits Limits
	// CommandLimits are the limits of single commands. They default to Limits.
	CommandLimits map[Command]Limits
	// Tracer hears every byte, with passwords masked. It defaults to nothing.
	Tracer ecr.Tracer
	// Logger hears what is worth a support engineer's look: lost answers that
	// were fetched, resends, stale input. It defaults to silence.
	Logger *slog.Logger
	// Quiet, SettleLimit: how a serial line is cleared after an unknown outcome,
	// see [ecr.Wire]. They default to 1.5 s and 30 s.
	Quiet, SettleLimit time.Duration
}

const (
	maxENQ     = 5  // ENQ or sync without an answer
	maxPending = 10 // answers of earlier commands, or damaged copies of one answer
	maxResends = 3  // of a frame that was refused with NAK (rule E10)
)

// Link carries exchanges, one at a time; calls from several goroutines wait for
// each other. It dials with the first exchange and again when a connection was
// given up. The program that made a Link closes it.
type Link struct {
	wire   ecr.Wire
	opt    Options
	log    *slog.Logger
	turn   chan struct{} // holds a token while an exchange runs
	level  Level         // found out, or set
	scan   Scanner
	frames NumberedScanner
	out    []byte
	number uint64

	synced  bool   // v2: last and started are the device's
	last    uint16 // v2: number of the last request
	started bool   // v2: the device holds an answer to it

	x       exchange // of the moment, so that none is allocated
	control [1]byte  // a byte of the dialogue on its way

	lostCmd    Command // of the last exchange whose outcome is unknown; 0 none
	lostNumber uint16  // v2: its number
	late       []byte  // its answer, if the device still held it
}

// NewLink makes a link to the device that dial reaches. It does no I/O, and
// panics if dial is nil.
func NewLink(dial ecr.DialFunc, opt *Options) *Link {
	if dial == nil {
		panic("shtrihm: NewLink needs a DialFunc")
	}
	l := &Link{turn: make(chan struct{}, 1)}
	if opt != nil {
		l.opt = *opt
	}
	l.log = l.opt.Logger
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.level = l.opt.Level
	// No probe: a device that holds an answer never says that it is idle. The
	// ENQ before each frame does that work.
	l.wire = ecr.Wire{Dial: dial, Quiet: l.opt.Quiet, SettleLimit: l.opt.SettleLimit, Note: l.note}
	return l
}

// Close closes the connection. A running exchange ends at once with
// [ecr.ErrClosed] and what is known of its outcome.
func (l *Link) Close() error { return l.wire.Close() }

// Do sends one command and returns the device's answer; its Data is the caller's
// own. data is everything after the command code: for most commands it begins
// with the password (4 bytes, little-endian).
//
// An error byte other than 0 is returned as a *[DeviceError], together with the
// answer. Every other failure is an *[ecr.Error] that says whether the command
// may have run ([ecr.OutcomeOf], SafeToRetry). Do never repeats a command that
// may have run: over v1 a frame is sent again only when it was refused with NAK
// and the device says that it is idle; a lost answer is fetched with ENQ, over a
// new connection if the old one broke (rule E10). Over v2 it is asked for by its
// number. When ctx ends, Do returns at once (rule E14).
func (l *Link) Do(ctx context.Context, cmd Command, data []byte) (Answer, error) {
	return l.Append(ctx, []byte{}, cmd, data)
}

// Append is [Link.Do] with room for the answer: its Data is appended to dst, and
// Answer.Data is what was appended. With room enough, and no context that can
// end, an exchange allocates nothing.
func (l *Link) Append(ctx context.Context, dst []byte, cmd Command, data []byte) (Answer, error) {
	if err := l.take(ctx, cmd); err != nil {
		return Answer{}, err
	}
	defer l.give()
	return l.exchange(ctx, dst, cmd, data)
}

// take waits for the link's turn, which give ends: between them exchanges belong
// together.
func (l *Link) take(ctx context.Context, cmd Command) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ecr.NewError(ecr.CodeQueue, ecr.Details{
			Path: cmd.path(), Outcome: ecr.NotSent, Phase: ecr.PhaseQueue, Cause: ctx.Err(),
		})
	}
}

func (l *Link) give() { <-l.turn }

// lateAnswer hands out, once, the answer to the last lost command if it was this
// one and the device still held its answer. The caller has the link's turn.
func (l *Link) lateAnswer(cmd Command) (Answer, bool) {
	if l.lostCmd != cmd || l.late == nil {
		return Answer{}, false
	}
	a, err := ParseAnswer(cmd, l.late)
	l.lostCmd, l.late = 0, nil
	return a, err == nil
}

// keep remembers an answer that a device still held if it is the lost command's.
func (l *Link) keep(body []byte) {
	if l.lostCmd != 0 && l.late == nil && answers(body, l.lostCmd) {
		l.late = bytes.Clone(body)
	}
}

func (l *Link) limits(cmd Command) Limits {
	return l.opt.CommandLimits[cmd].or(l.opt.Limits).or(DefaultLimits(cmd))
}

func (l *Link) note(text string) {
	l.log.Info("shtrihm: "+text, "exchange", l.number)
	l.trace(ecr.Noted, nil, nil, text)
}

func (l *Link) trace(dir ecr.Direction, raw []byte, hidden func(int) bool, text string) {
	if l.opt.Tracer == nil {
		return
	}
	e := ecr.TraceEvent{Time: time.Now(), Exchange: l.number, Dir: dir, Text: text}
	if len(raw) > 0 {
		e.Hex = ecr.Hex(raw, hidden)
	}
	l.opt.Tracer.Trace(e)
}

// open are the commands without a password.
func (c Command) open() bool { return c == 0xFC || c == 0xF7 || c == 0x6B }

// hiddenIn tells which bytes of a request are secret: the password, and the
// checksum, from which a byte of it could be computed (rule E2). Stuffing moves
// the bytes of v2, so they are counted.
func hiddenIn(cmd Command, level Level, raw []byte) func(int) bool {
	if cmd.open() {
		return nil
	}
	first, sum, escaped := 2+cmd.Size(), 1, false
	if level == LevelAlternative {
		first, sum, escaped = 5+cmd.Size(), 2, true
	}
	plain := make([]int, len(raw)) // place of each byte before stuffing
	at := 0
	for i := range raw {
		plain[i] = at
		if !escaped || raw[i] != escape {
			at++
		}
	}
	return func(i int) bool { return plain[i] >= first && plain[i] < first+4 || plain[i] >= at-sum }
}
