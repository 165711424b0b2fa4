package serial

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	driver "go.bug.st/serial"

	"github.com/obmen-go/obmen/ecr"
)

// Speeds are the baud rates that a register can be set to. Others are refused,
// because not every port does so by itself.
func Speeds() []int {
	return []int{2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}
}

const (
	slice      = 50 * time.Millisecond // how long a call stays inside the library at most
	bufferSize = 64 << 10              // bytes that are kept unread; then the line waits
	readChunk  = 4 << 10
)

// Port is an open serial port. It is a [ecr.Line]: deadlines work, Close wakes
// blocked calls, a device that hung up is [ecr.ErrDeviceGone]. Read and Write
// may be called at the same time, each by one goroutine.
type Port struct {
	port  driver.Port
	lock  lock
	alarm alarm
	path  string

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced whenever something below changes
	input     []byte        // read and not yet taken
	failed    error         // why the reader stopped
	closed    bool
	readLimit time.Time
	writeEnd  time.Time
	sink      io.Writer // takes the input in place of Read; nil: WriteTo does not run
	sinking   bool      // the reader is inside its Write
	sunk      int64     // what it took
	refused   error     // what it returned

	writing sync.Mutex    // one Write at a time, and none while the port closes
	reading sync.Mutex    // held while the reader is inside the kernel
	reader  chan struct{} // closed when the reader has ended
	shut    chan struct{} // closed when the port is
}

var (
	_ ecr.Line    = (*Port)(nil)
	_ io.WriterTo = (*Port)(nil)
)

// Dial opens the port of an address. It is made for [ecr.Dialer]'s Serial field.
func Dial(ctx context.Context, a ecr.Address) (ecr.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := Open(a)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Open opens a port with the speed and mode of an address, DTR and RTS off and
// no handshake (rule E7). A port that this or another program holds is refused
// with [CodeBusy].
func Open(a ecr.Address) (*Port, error) {
	mode, err := parseMode(a)
	if err != nil {
		return nil, err
	}
	l, err := acquire(a.Serial)
	if err != nil {
		return nil, err
	}
	opened, err := openDriver(a.Serial, mode)
	var wake alarm
	if err == nil {
		if wake, err = prepare(opened); err != nil {
			opened.Close()
		}
	}
	if err != nil {
		l.release()
		return nil, translate(a.Serial, err)
	}
	p := &Port{
		port: opened, lock: l, alarm: wake, path: a.Serial,
		changed: make(chan struct{}), reader: make(chan struct{}), shut: make(chan struct{}),
	}
	go p.read()
	return p, nil
}

// openDriver opens the port with both modem lines off. A pty has none and says
// ENOTTY, so it is opened without.
func openDriver(path string, mode *driver.Mode) (driver.Port, error) {
	mode.InitialStatusBits = &driver.ModemOutputBits{}
	p, err := driver.Open(path, mode)
	if e, ok := errors.AsType[*driver.PortError](err); ok && e.Code() == driver.InvalidSerialPort {
		mode.InitialStatusBits = nil
		return driver.Open(path, mode)
	}
	return p, err
}

func parseMode(a ecr.Address) (*driver.Mode, error) {
	bad := func(reason string) (*driver.Mode, error) {
		return nil, fail(CodeMode, a.Serial, reason, nil)
	}
	if a.Baud == 0 {
		a.Baud = ecr.DefaultBaud
	}
	if !slices.Contains(Speeds(), a.Baud) {
		return bad("speed " + strconv.Itoa(a.Baud))
	}
	text := a.Mode
	if text == "" {
		text = "8N1"
	}
	if len(text) != 3 {
		return bad("mode " + text)
	}
	m := &driver.Mode{BaudRate: a.Baud, DataBits: int(text[0] - '0')}
	parity := map[byte]driver.Parity{'N': driver.NoParity, 'O': driver.OddParity, 'E': driver.EvenParity}
	stop := map[byte]driver.StopBits{'1': driver.OneStopBit, '2': driver.TwoStopBits}
	var knownParity, knownStop bool
	m.Parity, knownParity = parity[text[1]]
	m.StopBits, knownStop = stop[text[2]]
	if m.DataBits != 7 && m.DataBits != 8 || !knownParity || !knownStop {
		return bad("mode " + text)
	}
	return m, nil
}

// read is the only goroutine that reads from the line.
func (p *Port) read() {
	defer close(p.reader)
	chunk := make([]byte, readChunk)
	for p.room() {
		n, err := p.receive(chunk)
		if !p.took(chunk[:n], err) {
			return
		}
	}
}

// room waits until more may be read; false: the port is closed.
func (p *Port) room() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.input) >= bufferSize && !p.closed {
		p.wait(time.Time{})
	}
	return !p.closed
}

// receive reads from the line, whose descriptor Close closes only between two
// calls. Nothing and no error: the port is being closed, or nothing came.
func (p *Port) receive(chunk []byte) (int, error) {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.isClosed() {
		return 0, nil
	}
	n, err := p.pull(chunk)
	if temporary(err) {
		err = nil
	}
	return n, err
}

func (p *Port) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// took hands on what came: to WriteTo's writer from this very goroutine, else to
// Read; false: no more will come.
func (p *Port) took(data []byte, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(data) > 0 && p.sink != nil {
		to := p.sink
		p.sinking = true
		p.mu.Unlock()
		n, refused := to.Write(data)
		p.mu.Lock()
		p.sinking = false
		p.sunk += int64(n)
		if refused != nil {
			p.refused, p.sink = refused, nil
			p.wake()
		} else if p.closed {
			p.wake()
		}
	} else if len(data) > 0 {
		p.input = append(p.input, data...)
		p.wake()
	}
	if err != nil {
		// Bytes that came before the hang-up are still handed out.
		p.failed = ecr.ErrDeviceGone
		p.wake()
	}
	return err == nil
}

// WriteTo hands everything that comes to w until the port is closed
// ([os.ErrClosed]), the device hangs up ([ecr.ErrDeviceGone]) or w fails. It
// takes the place of Read for a program that listens all the time: w is called
// by the goroutine that reads from the line, without a change of goroutines. w
// may call Close. Read deadlines do not end it.
func (p *Port) WriteTo(w io.Writer) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sunk, p.refused = 0, nil
	for len(p.input) > 0 && !p.closed {
		data := p.input
		p.input = nil
		p.wake()
		p.mu.Unlock()
		n, err := w.Write(data)
		p.mu.Lock()
		p.sunk += int64(n)
		if err != nil {
			return p.sunk, err
		}
	}
	p.sink = w
	for p.sinking || p.refused == nil && p.failed == nil && !p.closed {
		p.wait(time.Time{})
	}
	p.sink = nil
	switch {
	case p.refused != nil:
		return p.sunk, p.refused
	case p.closed:
		return p.sunk, os.ErrClosed
	}
	return p.sunk, p.failed
}

// wake tells waiting calls to look again; with the lock held.
func (p *Port) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Read returns what has come, or waits for it until the deadline.
func (p *Port) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return 0, os.ErrClosed
		case len(b) == 0:
			return 0, nil
		case !p.readLimit.IsZero() && !time.Now().Before(p.readLimit):
			return 0, os.ErrDeadlineExceeded
		case len(p.input) > 0:
			n := copy(b, p.input)
			p.input = p.input[:copy(p.input, p.input[n:])]
			if len(p.input) < bufferSize && len(p.input)+n >= bufferSize {
				p.wake() // the reader waits for room
			}
			return n, nil
		case p.failed != nil:
			return 0, p.failed
		}
		p.wait(p.readLimit)
	}
}

// wait waits for a change or a deadline; with the lock held.
func (p *Port) wait(until time.Time) {
	wake := p.changed
	p.mu.Unlock()
	defer p.mu.Lock()
	if until.IsZero() {
		<-wake
		return
	}
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-wake:
	case <-t.C:
	}
}

// Write writes all of b, or as much as the line takes until the deadline.
func (p *Port) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	return p.write(b)
}

// state says why a Write must stop now, or nil.
func (p *Port) state() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return os.ErrClosed
	case p.failed != nil:
		return p.failed
	case !p.writeEnd.IsZero() && !time.Now().Before(p.writeEnd):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// SetReadDeadline limits Read, a running one too; the zero time means no limit.
func (p *Port) SetReadDeadline(t time.Time) error { return p.limit(&p.readLimit, t) }

// SetWriteDeadline limits Write, a running one too; the zero time means no limit.
func (p *Port) SetWriteDeadline(t time.Time) error { return p.limit(&p.writeEnd, t) }

func (p *Port) limit(field *time.Time, t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	sooner := !t.IsZero() && (field.IsZero() || t.Before(*field))
	*field = t
	if sooner {
		p.wake()
	}
	return nil
}

// Discard drops what was read from the line and not taken.
func (p *Port) Discard() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.input)
	p.input = p.input[:0]
	if n >= bufferSize {
		p.wake()
	}
	if p.closed {
		return n, os.ErrClosed
	}
	return n, p.failed
}

// Close closes the port. It wakes a blocked Read, Write or WriteTo and returns
// when no call is inside the kernel any more, so that none can touch a file that
// gets the same descriptor.
func (p *Port) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		<-p.shut
		return nil
	}
	p.closed = true
	handing := p.sink != nil
	p.wake()
	p.mu.Unlock()
	err := p.end()
	close(p.shut)
	if !handing { // else this may be the reader itself, which ends by itself
		<-p.reader
	}
	if err != nil {
		return translate(p.path, err)
	}
	return nil
}

// end closes the descriptors when no call is inside the kernel.
func (p *Port) end() error {
	p.abort()
	p.reading.Lock()
	defer p.reading.Unlock()
	p.writing.Lock()
	defer p.writing.Unlock()
	defer p.lock.release()
	defer p.alarm.close()
	return p.port.Close()
}
