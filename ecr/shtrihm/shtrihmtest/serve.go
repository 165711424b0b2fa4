package shtrihmtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// connection is one host at the register.
type connection struct {
	*Register
	conn ecr.Conn
	peer peer // nil until the first byte has chosen the level

	scan    shtrihm.Scanner         // v1
	frames  shtrihm.NumberedScanner // v2
	last    time.Time               // when the last byte came
	waiting *request                // a frame that came while a command runs
	follows bool                    // ENQ was answered with ACK: the answer is due here
	gone    bool                    // the host hung up while its command runs
}

// peer is a link level.
type peer interface {
	// items handles all that has arrived whole.
	items(ctx context.Context) error
	// pending is how many bytes of a frame wait for the rest.
	pending() int
	// stopped handles a frame that stopped in the middle.
	stopped(ctx context.Context) error
	// space and added take bytes in.
	space() []byte
	added(n int)
	// repeated returns the last answer if a request is not to be executed, else nil.
	repeated(q *request) []byte
	// answer frames an executed command's answer, and remembers it unless the
	// power was lost since.
	answer(j *job) []byte
	// holds says whether a reader would find a good frame in the bytes.
	holds(b []byte) bool
	// interim frames an answer to a command that was not sent.
	interim(j *job) []byte
}

// request is a frame that arrived: its body is a copy.
type request struct {
	number uint16 // of v2
	body   []byte
	hits   ecrtest.Hits
}

// job is a command under way, from its ACK to its answer.
type job struct {
	*request
	owner  *connection
	at     time.Time // of the next step
	done   bool      // it ran; result is its answer's body
	result []byte
	told   int // interim frames sent
}

const (
	writeLimit   = 5 * time.Second // a host that does not read is hung up on
	interimPause = 2 * time.Second // between two interim frames
	busyPoll     = 5 * time.Millisecond
)

func (c *connection) serve(ctx context.Context) error {
	defer c.abandon()
	first := make([]byte, 1)
	for {
		if err := c.step(ctx); err != nil {
			return err
		}
		if c.gone && !c.owns() {
			return nil
		}
		if err := c.conn.SetReadDeadline(c.deadline()); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err() // the end's own deadline may just have been overwritten
		}
		if c.gone {
			if err := wait(ctx, time.Until(c.deadline())); err != nil {
				return err
			}
			continue
		}
		space := first
		if c.peer != nil {
			space = c.peer.space()
		}
		n, err := c.conn.Read(space)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n > 0 {
			if err := c.arrived(ctx, space[:n]); err != nil {
				return err
			}
			continue
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			err = c.timeout(ctx)
		case err != nil && c.owns():
			c.gone, err = true, nil // the command runs all the same
			c.waiting, c.follows = nil, false
			c.scan.Reset()
			c.frames.Reset()
		}
		if err != nil {
			return err
		}
	}
}

// arrived takes bytes in, as many as a fault lets through.
func (c *connection) arrived(ctx context.Context, b []byte) error {
	c.last = time.Now()
	due, allowed := c.opt.Faults.Bytes(len(b))
	if c.peer == nil {
		if allowed > 0 {
			c.choose(b[0])
		}
	} else {
		c.peer.added(allowed)
	}
	if c.peer != nil {
		if err := c.peer.items(ctx); err != nil {
			return err
		}
	}
	if len(due) > 0 {
		return ecrtest.Ended(due[0].Do)
	}
	return nil
}

// choose takes the level of the first byte that begins anything.
func (c *connection) choose(b byte) {
	switch b {
	case shtrihm.ENQ, shtrihm.STX:
		c.peer = &standard{c}
		c.scan.Add([]byte{b})
	case shtrihm.StartNumbered:
		c.peer = &numbered{c}
		c.frames.Add([]byte{b})
	}
}

// deadline is when something is due without a byte from the host; zero is never.
func (c *connection) deadline() time.Time {
	var d time.Time
	sooner := func(t time.Time) {
		if d.IsZero() || t.Before(d) {
			d = t
		}
	}
	if c.peer != nil && c.peer.pending() > 0 {
		sooner(c.last.Add(c.opt.InterByte))
	}
	c.mu.Lock()
	j := c.job
	c.mu.Unlock()
	switch {
	case j != nil && j.owner == c:
		sooner(j.at)
	case c.waiting != nil || c.follows:
		sooner(time.Now().Add(busyPoll)) // another connection's command, which may just have ended
	}
	return d
}

// timeout ends a frame that stopped in the middle, if that is what is due.
func (c *connection) timeout(ctx context.Context) error {
	if c.peer != nil && c.peer.pending() > 0 && time.Since(c.last) >= c.opt.InterByte {
		return c.peer.stopped(ctx)
	}
	return nil
}

// step does what is due: the next part of this connection's command, the answer
// to a host that follows another one's, the frame that had to wait.
func (c *connection) step(ctx context.Context) error {
	for {
		c.mu.Lock()
		j := c.job
		c.mu.Unlock()
		switch {
		case j != nil && j.owner == c && !time.Now().Before(j.at):
			if err := c.advance(ctx, j); err != nil {
				return err
			}
		case j == nil && c.follows:
			c.follows = false
			if err := c.resend(ctx); err != nil {
				return err
			}
		case j == nil && c.waiting != nil:
			q := c.waiting
			c.waiting = nil
			if err := c.begin(ctx, q); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// begin starts a command that was acknowledged, or lets it wait for its turn.
func (c *connection) begin(ctx context.Context, q *request) error {
	delay := c.opt.Delay
	if s, ok := q.hits.Find(ecrtest.Delay); ok {
		delay += s.For
	}
	j := &job{request: q, owner: c, at: time.Now().Add(delay)}
	if !c.claim(j) {
		c.waiting = q // a second one that waits takes the place of the first
		return nil
	}
	if frame := c.peer.repeated(q); frame != nil {
		c.finish(j)
		return c.reply(ctx, frame, q.hits)
	}
	return c.step(ctx)
}

// claim gives the register to a command, unless another one has it.
func (c *connection) claim(j *job) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.job != nil {
		return false
	}
	c.job = j
	return true
}

// advance takes a command to its next moment: execution, interim frames, answer.
func (c *connection) advance(ctx context.Context, j *job) error {
	if !j.done {
		j.done = true
		j.result = c.execute(j.body)
		if s, ok := j.hits.Find(ecrtest.Late); ok && !j.hits.Has(ecrtest.HangUp) {
			j.at = time.Now().Add(s.For)
			return nil
		}
	}
	if s, ok := j.hits.Find(ecrtest.Interim); ok && j.told < s.Value {
		j.told++
		if j.told < s.Value {
			j.at = time.Now().Add(interimPause)
		}
		return c.send(ctx, c.peer.interim(j))
	}
	frame := c.peer.answer(j)
	c.finish(j)
	c.follows = false
	if j.hits.Has(ecrtest.HangUp) {
		return ecrtest.Ended(ecrtest.HangUp)
	}
	return c.reply(ctx, frame, j.hits)
}

// reply sends an answer as the faults want it.
func (c *connection) reply(ctx context.Context, frame []byte, hits ecrtest.Hits) error {
	if hits.Has(ecrtest.DropAnswer) {
		return nil
	}
	twice := hits.Has(ecrtest.DuplicateAnswer)
	if s, ok := hits.Find(ecrtest.Garble); ok {
		frame = ecrtest.Damage(frame, s.Value, func(b []byte) bool {
			return c.peer.holds(b) || twice && c.peer.holds(append(append([]byte(nil), b...), b...))
		})
	}
	if twice {
		if err := c.send(ctx, frame); err != nil {
			return err
		}
	}
	return c.send(ctx, frame)
}

// resend answers a host whose ENQ got ACK while another connection's command ran.
func (c *connection) resend(ctx context.Context) error {
	c.mu.Lock()
	body := c.Register.answer
	c.mu.Unlock()
	if body == nil {
		return nil
	}
	frame, _ := shtrihm.AppendBody(nil, body)
	return c.send(ctx, frame)
}

// owns says whether the command under way came over this connection.
func (c *connection) owns() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.job != nil && c.job.owner == c
}

// abandon gives the register back when the connection ends in mid-command. What
// ran has its answer kept, and it is known by its number.
func (c *connection) abandon() {
	c.mu.Lock()
	j := c.job
	c.mu.Unlock()
	if j == nil || j.owner != c {
		return
	}
	if j.done {
		c.peer.answer(j)
	}
	c.finish(j)
}

// finish ends a command, unless the power was lost meanwhile.
func (c *connection) finish(j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.job == j {
		c.job = nil
	}
}

// refused looks at the faults that keep a frame from being executed at all; nak
// says that it is to be refused.
func (c *connection) refused(q *request) (nak, silent bool, err error) {
	for _, h := range q.hits {
		c.log.Info("fault", "step", h.String(), "command", code(q.body))
	}
	switch {
	case q.hits.Has(ecrtest.PowerLoss):
		return false, false, ecrtest.Ended(ecrtest.PowerLoss)
	case q.hits.Has(ecrtest.Stall):
		return false, true, nil
	case q.hits.Has(ecrtest.Refuse):
		return true, false, nil
	}
	return false, false, nil
}

// code is the command of a body in lower-case hex, as scripts name it.
func code(body []byte) string {
	cmd, _, err := shtrihm.ParseRequest(body)
	if err != nil {
		return fmt.Sprintf("%02x", body)
	}
	return fmt.Sprintf("%02x", uint16(cmd))
}

// foreign is an answer to a command that was not sent: what interim frames are
// made of (decision, the protocol has none).
func foreign(body []byte) []byte {
	if len(body) > 0 && body[0] == 0x10 {
		return []byte{0x11, shtrihm.ErrorPrinting}
	}
	return []byte{0x10, shtrihm.ErrorPrinting}
}

func (c *connection) send(ctx context.Context, b []byte) error {
	if c.gone {
		return nil
	}
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
