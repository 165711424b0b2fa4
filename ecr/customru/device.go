package customru

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// DefaultPassword is cashier 99 with password 9999: code × 10000 + password.
const DefaultPassword = 999999

// DeviceOptions are the settings of a [Device]. A nil *DeviceOptions means all defaults.
type DeviceOptions struct {
	// Password is the cashier's code × 10000 + password, 0..999999. It defaults
	// to [DefaultPassword].
	Password uint32
	// NoBaseline leaves out the two short queries before each command that
	// changes something. [Device.Recover] then cannot decide. It defaults to false.
	NoBaseline bool
	// NoLastError does not ask D7H for the sub-code after an error answer. It
	// defaults to false.
	NoLastError bool
	// Location is the register's time zone. It defaults to time.Local.
	Location *time.Location
}

// Device is a register with typed commands over a [Link]. Its methods may be
// called from several goroutines; commands run one after another. Each method is
// one command of the document, named in its comment; those that change
// something first read a baseline, so that [Device.Recover] can tell later
// whether a lost one was done.
type Device struct {
	link    *Link
	opt     DeviceOptions
	profile *atomic.Pointer[Profile] // what Detect found
	held    bool                     // the link's turn is the caller's: inside Session
}

// NewDevice makes a Device on a link. It does no I/O, and panics if link is nil.
func NewDevice(link *Link, opt *DeviceOptions) *Device {
	if link == nil {
		panic("customru: NewDevice needs a Link")
	}
	d := &Device{link: link, profile: new(atomic.Pointer[Profile])}
	if opt != nil {
		d.opt = *opt
	}
	if d.opt.Password == 0 {
		d.opt.Password = DefaultPassword
	}
	if d.opt.Location == nil {
		d.opt.Location = time.Local
	}
	return d
}

// Close closes the link.
func (d *Device) Close() error { return d.link.Close() }

// Link returns the link, for commands that have no method.
func (d *Device) Link() *Link { return d.link }

// Session runs commands that belong together, such as one and the [Device.Recover]
// after it: those of other goroutines wait until run returns. run must use the
// Device it is given; with d itself it would wait for its own end. It returns what
// run returns, or an error of the queue if ctx ends first.
func (d *Device) Session(ctx context.Context, run func(*Device) error) error {
	return d.session(ctx, 0, func() error {
		return run(&Device{link: d.link, opt: d.opt, profile: d.profile, held: true})
	})
}

// session holds the link, unless the caller holds it, and names the command that
// it is about in errors.
func (d *Device) session(ctx context.Context, cmd Command, run func() error) error {
	if d.held {
		return run()
	}
	return d.link.session(ctx, cmd, run)
}

// call runs a request and reads its answer with read; nil reads nothing. The
// order on the line is: the queries of the baseline, the tags, the command.
func (d *Device) call(ctx context.Context, r *request, read func(*field.Reader)) error {
	if r.err != nil {
		return r.err
	}
	return d.session(ctx, r.cmd, func() error { return d.inSession(ctx, r, read) })
}

func (d *Device) inSession(ctx context.Context, r *request, read func(*field.Reader)) error {
	var base *Baseline
	if !r.cmd.Reads() && !d.opt.NoBaseline {
		var err error
		if base, err = d.baseline(ctx, r); err != nil {
			return err
		}
	}
	for _, tag := range r.before {
		if err := d.sendTag(ctx, tag, r.cmd); err != nil {
			return err
		}
	}
	answer, err := d.link.exchange(ctx, r.cmd, r.data)
	if err != nil {
		return d.failed(ctx, base, err)
	}
	if read == nil {
		return nil
	}
	return readFields(r.cmd, answer.Fields, read)
}

// readFields reads the fields of an answer and reports those that are missing.
func readFields(cmd Command, fields []byte, read func(*field.Reader)) error {
	in := field.Reader{Data: fields, Page: codePage}
	read(&in)
	if in.Err == nil {
		return nil
	}
	return ecr.NewError(ecr.CodeAnswer, ecr.Details{
		Path: cmd.path(), Outcome: ecr.Answered, Phase: ecr.PhaseAnswer, Cause: in.Err,
		Args: []ecr.Arg{{Name: "reason", Value: in.Err}},
	})
}

// sendTag sends a tag of a command that follows. If it fails, the command was
// not sent.
func (d *Device) sendTag(ctx context.Context, tag *request, cmd Command) error {
	_, err := d.link.exchange(ctx, tag.cmd, tag.data)
	if err == nil {
		return nil
	}
	err = d.failed(ctx, nil, err)
	if e, ok := errors.AsType[*ecr.Error](err); ok {
		return e.Before(cmd.path())
	}
	return err
}

// failed adds to an error what the register says of it at once, before any other
// command; to an unknown outcome, what is needed to clear it up.
func (d *Device) failed(ctx context.Context, base *Baseline, err error) error {
	if refused, ok := errors.AsType[*DeviceError](err); ok {
		refused.baseline = base
		if refused.Cmd != CmdLastError && !d.opt.NoLastError {
			refused.Last, _ = d.lastError(ctx)
		}
		return refused
	}
	if base != nil && ecr.OutcomeOf(err) == ecr.Unknown {
		return ecr.NewLost(*base, err)
	}
	return err
}

var subCode = regexp.MustCompile(`\((\d+)\)\s*$`)

func (d *Device) lastError(ctx context.Context) (*LastError, error) {
	answer, err := d.link.exchange(ctx, CmdLastError, d.request(CmdLastError).data)
	if err != nil {
		return nil, err
	}
	var e *LastError
	err = readFields(CmdLastError, answer.Fields, func(in *field.Reader) { e = readLastError(in) })
	return e, err
}

func readLastError(in *field.Reader) *LastError {
	e := &LastError{Number: in.U16(), Text: strings.TrimRight(in.Text(40), " ")}
	if m := subCode.FindStringSubmatch(e.Text); m != nil {
		e.Sub, _ = strconv.Atoi(m[1]) // digits only; one too long for an int is no sub-code
	}
	return e
}

// dates are bytes in an order that differs from command to command.
func (d *Device) date(in *field.Reader, order string) time.Time {
	v := map[rune]int{'M': 1, 'D': 1}
	for _, c := range order {
		v[c] = int(in.U8())
	}
	return time.Date(2000+v['Y'], time.Month(v['M']), v['D'], v['h'], v['m'], v['s'], 0, d.opt.Location)
}
