package customru

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru/internal/field"
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
	link *Link
	opt  DeviceOptions
}

// NewDevice makes a Device on a link. It does no I/O.
func NewDevice(link *Link, opt *DeviceOptions) *Device {
	d := &Device{link: link}
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

// request is one typed command on its way.
type request struct {
	cmd    Command
	data   []byte
	err    error           // of a value that its field cannot hold
	expect func(*Baseline) // what Recover must know of the command
}

func (d *Device) request(cmd Command) *request {
	return &request{cmd: cmd, data: field.AppendUint(nil, uint64(d.opt.Password), 4)}
}

func (r *request) put(v uint64, size int) *request {
	r.data = field.AppendUint(r.data, v, size)
	return r
}

// money is a sum in kopecks.
func (r *request) money(name string, v int64) *request {
	return r.number(name, v, 0, MaxMoney, 8)
}

func (r *request) number(name string, v, low, high int64, size int) *request {
	if v < low || v > high {
		r.fail(name, fmt.Sprintf("%d is not %d..%d", v, low, high))
	}
	return r.put(uint64(v), size)
}

// text is a text with its length, of at most max bytes in CP866.
func (r *request) text(name, s string, low, high int) *request {
	b, err := field.Encode(s)
	switch {
	case err != nil:
		r.fail(name, err.Error())
	case len(b) < low || len(b) > high:
		r.fail(name, fmt.Sprintf("%d bytes are not %d..%d", len(b), low, high))
	}
	r.data = field.AppendBytes(r.data, b)
	return r
}

// fixed is a text of exactly size bytes.
func (r *request) fixed(name, s string, size int) *request {
	b, err := field.AppendText(r.data, s, size)
	if err != nil {
		r.fail(name, err.Error())
	}
	r.data = b
	return r
}

func (r *request) fail(name, reason string) {
	if r.err == nil {
		r.err = ecr.NewError(CodeField, ecr.Details{
			Path: r.cmd.path(), English: messagesEN[CodeField], Russian: messagesRU[CodeField],
			Outcome: ecr.NotSent, Args: []ecr.Arg{{Name: "field", Value: name}, {Name: "reason", Value: reason}},
		})
	}
}

// call runs a request and reads its answer with read; nil reads nothing.
func (d *Device) call(ctx context.Context, r *request, read func(*field.Reader)) error {
	if r.err != nil {
		return r.err
	}
	return d.link.session(ctx, r.cmd, func() error {
		var base *Baseline
		if !r.cmd.Reads() && !d.opt.NoBaseline {
			var err error
			if base, err = d.baseline(ctx, r); err != nil {
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
		in := field.Reader{Data: answer.Fields}
		read(&in)
		if in.Err != nil {
			return ecr.NewError(ecr.CodeAnswer, ecr.Details{
				Path: r.cmd.path(), Outcome: ecr.Answered, Phase: ecr.PhaseAnswer, Cause: in.Err,
				Args: []ecr.Arg{{Name: "reason", Value: in.Err.Error()}},
			})
		}
		return nil
	})
}

// failed adds to an error what the register says of it at once, before any other
// command; to an unknown outcome, what is needed to clear it up.
func (d *Device) failed(ctx context.Context, base *Baseline, err error) error {
	if refused, ok := errors.AsType[*DeviceError](err); ok {
		if refused.Cmd != CmdLastError && !d.opt.NoLastError {
			refused.Last, _ = d.lastError(ctx)
		}
		return refused
	}
	if base != nil && ecr.OutcomeOf(err) == ecr.Unknown {
		return &UnknownError{Baseline: *base, err: err}
	}
	return err
}

var subCode = regexp.MustCompile(`\((\d+)\)\s*$`)

func (d *Device) lastError(ctx context.Context) (*LastError, error) {
	answer, err := d.link.exchange(ctx, CmdLastError, d.request(CmdLastError).data)
	if err != nil {
		return nil, err
	}
	in := field.Reader{Data: answer.Fields}
	return readLastError(&in), in.Err
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
