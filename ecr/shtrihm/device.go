package shtrihm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// DefaultPassword is the system administrator's as it leaves the factory.
const DefaultPassword = 30

// Limits of values.
const (
	MaxMoney    = 1<<40 - 2 // kopecks; all ones stands for "not given"
	MaxQuantity = 1<<48 - 1 // millionths
)

// DeviceOptions are the settings of a [Device]. A nil *DeviceOptions means all defaults.
type DeviceOptions struct {
	// Password is the operator's. It defaults to [DefaultPassword], which may
	// write settings too.
	Password uint32
	// NoBaseline leaves out the short queries before each command that changes
	// something. [Device.Recover] then cannot decide. It defaults to false.
	NoBaseline bool
	// Location is the register's time zone. It defaults to time.Local.
	Location *time.Location
}

// Device is a register with typed commands over a [Link]. Its methods may be
// called from several goroutines; commands run one after another. Each method is
// one command of the document, named in its comment; those that change
// something first read a baseline in the same turn of the link, so that
// [Device.Recover] can tell later whether a lost one was done. [Device.Session]
// keeps several commands together.
type Device struct {
	link *Link
	opt  DeviceOptions
	held bool // the link's turn is the caller's: inside Session
}

// NewDevice makes a Device on a link. It does no I/O, and panics if link is nil.
func NewDevice(link *Link, opt *DeviceOptions) *Device {
	if link == nil {
		panic("shtrihm: NewDevice needs a Link")
	}
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
	cmd     Command
	data    []byte
	prepare []*request // sent before it, without any effect of their own
	err     error      // of a value that its field cannot hold
}

func (d *Device) request(cmd Command) *request {
	r := &request{cmd: cmd}
	if !cmd.open() {
		r.put(uint64(d.opt.Password), 4)
	}
	return r
}

func (r *request) put(v uint64, size int) *request {
	r.data = field.AppendUint(r.data, v, size)
	return r
}

func (r *request) number(name string, v, low, high int64, size int) *request {
	if v < low || v > high {
		r.fail(name, fmt.Sprintf("%d is not %d..%d", v, low, high))
	}
	return r.put(uint64(v), size)
}

// money is a sum in kopecks, 5 bytes.
func (r *request) money(name string, v int64) *request { return r.number(name, v, 0, MaxMoney, 5) }

// text is a text in cp1251 of at most max bytes, without padding.
func (r *request) text(name, s string, most int) *request {
	b, err := field.Encode(charmap.Windows1251, s)
	switch {
	case err != nil:
		r.fail(name, err.Error())
	case len(b) > most:
		r.fail(name, fmt.Sprintf("%d bytes are more than %d", len(b), most))
	}
	r.data = append(r.data, b...)
	return r
}

// padded is a text in cp1251 that takes size bytes, zeros behind it.
func (r *request) padded(name, s string, size int) *request {
	end := len(r.data) + size
	r.text(name, s, size)
	r.data = append(r.data, make([]byte, max(0, end-len(r.data)))...)
	return r
}

// bytes is a list of bytes with its length before it, in one byte.
func (r *request) bytes(name string, b []byte, most int) *request {
	if len(b) > most {
		r.fail(name, fmt.Sprintf("%d bytes are more than %d", len(b), most))
	}
	r.data = append(append(r.data, byte(len(b))), b...)
	return r
}

func (r *request) fail(name, reason string) {
	if r.err == nil {
		r.err = ecr.NewError(CodeField, ecr.Details{
			Path: r.cmd.path(), EN: messagesEN[CodeField], RU: messagesRU[CodeField],
			Outcome: ecr.NotSent, Args: []ecr.Arg{{Name: "field", Value: name}, {Name: "reason", Value: reason}},
		})
	}
}

// Session runs commands that belong together: those of other goroutines wait
// until run returns. run must use the Device it is given; with d itself it would
// wait for its own end. It returns what run returns, or an error of the queue if
// ctx ends first.
func (d *Device) Session(ctx context.Context, run func(*Device) error) error {
	return d.session(ctx, 0, run)
}

// session is Session, naming the command that it is about in errors.
func (d *Device) session(ctx context.Context, cmd Command, run func(*Device) error) error {
	if d.held {
		return run(d)
	}
	if err := d.link.take(ctx, cmd); err != nil {
		return err
	}
	defer d.link.give()
	return run(&Device{link: d.link, opt: d.opt, held: true})
}

// query runs a command and reads its answer; read must not be nil.
func (d *Device) query(ctx context.Context, r *request, read func(*field.Reader)) error {
	if r.err != nil {
		return r.err
	}
	do := d.link.Do
	if d.held {
		do = func(ctx context.Context, cmd Command, data []byte) (Answer, error) {
			return d.link.exchange(ctx, nil, cmd, data)
		}
	}
	answer, err := do(ctx, r.cmd, r.data)
	if err != nil {
		return err
	}
	in := field.Reader{Data: answer.Data}
	read(&in)
	if in.Err != nil {
		return badAnswer(r.cmd, in.Err)
	}
	return nil
}

// badAnswer is an answer that holds something else than its command's.
func badAnswer(cmd Command, cause error) error {
	return ecr.NewError(ecr.CodeAnswer, ecr.Details{
		Path: cmd.path(), Outcome: ecr.Answered, Phase: ecr.PhaseAnswer, Cause: cause,
		Args: []ecr.Arg{{Name: "reason", Value: cause.Error()}},
	})
}

// change runs a command that changes something, after the baseline and what
// prepares it, in one session: between them nobody else's command can change what
// [Device.Recover] will compare with. sum is what a document of the command would
// show, 0 if none.
func (d *Device) change(ctx context.Context, r *request, sum int64, read func(*field.Reader)) error {
	if r.err != nil {
		return r.err
	}
	if read == nil {
		read = func(*field.Reader) {}
	}
	return d.session(ctx, r.cmd, func(d *Device) error {
		base := Baseline{Cmd: r.cmd, Sum: sum}
		if !d.opt.NoBaseline {
			if err := d.observe(ctx, &base); err != nil {
				return before(r.cmd, err)
			}
		}
		for _, p := range r.prepare {
			if err := d.query(ctx, p, func(*field.Reader) {}); err != nil {
				return before(r.cmd, err)
			}
		}
		err := d.query(ctx, r, read)
		if ecr.OutcomeOf(err) == ecr.Unknown {
			base.Known = !d.opt.NoBaseline
			return ecr.NewLost(base, err)
		}
		return err
	})
}

// before turns a failure before a command into the command's own: it was not sent.
func before(cmd Command, err error) error {
	if e, ok := errors.AsType[*ecr.Error](err); ok {
		return e.Before(cmd.path())
	}
	return err
}

// decode is a text of the device without the padding around it.
func decode(b []byte) string {
	return field.Decode(charmap.Windows1251, bytes.Trim(b, "\x00 "))
}

// date reads bytes in an order that differs from command to command; all zeros
// are no date.
func (d *Device) date(in *field.Reader, order string) time.Time {
	v, given := map[rune]int{'M': 1, 'D': 1}, false
	for _, c := range order {
		v[c] = int(in.U8())
		given = given || v[c] != 0
	}
	if !given {
		return time.Time{}
	}
	return time.Date(2000+v['Y'], time.Month(v['M']), v['D'], v['h'], v['m'], v['s'], 0, d.opt.Location)
}
