package gateway

import (
	"bytes"
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// shtrihmTalk finds out which level a client speaks: its first byte tells.
type shtrihmTalk struct {
	max   int
	level dialogue // nil until the first byte that begins anything
}

var _ dialogue = (*shtrihmTalk)(nil)

func (t *shtrihmTalk) add(b []byte) {
	for i, first := range b {
		if t.level == nil {
			switch first {
			case shtrihm.ENQ, shtrihm.STX:
				t.level = &standardTalk{}
			case shtrihm.StartNumbered:
				t.level = &numberedTalk{number: 1, scan: shtrihm.NumberedScanner{Max: min(t.max, shtrihm.MaxNumberedBody+2)}}
			}
		}
		if t.level != nil {
			t.level.add(b[i:])
			return
		}
	}
}

func (t *shtrihmTalk) step(c *client) {
	if t.level != nil {
		t.level.step(c)
	}
}

func (t *shtrihmTalk) heard(c *client, e event) { t.level.heard(c, e) }

func (t *shtrihmTalk) due(c *client) time.Time {
	if t.level == nil {
		return time.Time{}
	}
	return t.level.due(c)
}

func (t *shtrihmTalk) late(c *client) { t.level.late(c) }

func (t *shtrihmTalk) buffered() int {
	if t.level == nil {
		return 0
	}
	return t.level.buffered()
}

// newShtrihM makes the request of a body; ok is false for one without a command.
func newShtrihM(body []byte) (q *request, ok bool) {
	cmd, _, err := shtrihm.ParseRequest(body)
	if err != nil {
		return nil, false
	}
	return &request{cmd: uint16(cmd), body: bytes.Clone(body)}, true
}

// standardTalk is the client side of v1 (rule E33): the gateway plays the device.
type standardTalk struct {
	scan    shtrihm.Scanner
	frame   []byte // the request that was submitted last
	next    []byte // another one, which came while that was under way
	acked   bool   // the client has its ACK
	answer  []byte // frame that the client has not acknowledged; nil none
	refused int    // damaged frames in a row
}

var _ dialogue = (*standardTalk)(nil)

func (t *standardTalk) add(b []byte)  { t.scan.Add(b) }
func (t *standardTalk) buffered() int { return t.scan.Pending() }

func (t *standardTalk) step(c *client) {
	if c.pending == nil && t.next != nil {
		raw := t.next
		t.next = nil
		t.submit(c, raw)
	}
	for t.next == nil && !c.ending {
		item, ok := t.scan.Next()
		if !ok {
			return
		}
		switch item.Kind {
		case shtrihm.TokenControl:
			c.saw(item.Raw, layoutOpen)
			t.control(c, item.Control)
		case shtrihm.TokenFrame:
			t.refused = 0
			t.request(c, item.Raw)
		case shtrihm.TokenDamaged:
			c.saw(item.Raw, layoutSecret)
			t.refuse(c)
		case shtrihm.TokenNoise:
			c.saw(item.Raw, layoutOpen)
			c.noise++ // zeros before STX, FFh: hosts do so
		}
	}
}

func (t *standardTalk) control(c *client, b byte) {
	switch b {
	case shtrihm.ENQ:
		switch {
		case c.pending != nil:
			t.acked = true
			c.put(shtrihm.ACK) // the answer is being prepared
		case t.answer != nil:
			c.put(append([]byte{shtrihm.ACK}, t.answer...)...)
		case c.g.refuses.Load():
			c.ending = true // like a device that is off
		default:
			c.put(shtrihm.NAK)
		}
	case shtrihm.ACK:
		if t.answer != nil && c.g.opt.SendIdleByte {
			c.put(shtrihm.IdleByte)
		}
		t.answer = nil
	}
	// NAK: the answer is sent again when ENQ asks for it.
}

// request takes a frame: a new one, or a repeat of one whose answer the client
// does not have yet, which is not executed again (decision: a host that loses
// patience sends the frame up to ten times).
func (t *standardTalk) request(c *client, raw []byte) {
	same := bytes.Equal(raw, t.frame)
	switch {
	case c.pending != nil && same:
		c.g.figures.failed(Repeated)
	case c.pending != nil:
		t.next = bytes.Clone(raw)
	case t.answer != nil && same:
		c.g.figures.failed(Repeated)
		c.put(append([]byte{shtrihm.ACK}, t.answer...)...)
	default:
		t.submit(c, raw)
	}
}

func (t *standardTalk) submit(c *client, raw []byte) {
	body, err := shtrihm.ParseFrame(raw)
	if err != nil {
		t.refuse(c)
		return
	}
	q, ok := newShtrihM(body)
	if !ok {
		t.refuse(c)
		return
	}
	t.frame = append(t.frame[:0], raw...)
	t.answer, t.acked = nil, false
	q.layout = layoutV1
	c.submit(q, raw)
}

// refuse answers a damaged frame with NAK, the second in a row by hanging up:
// hosts repeat up to ten times (rule E24).
func (t *standardTalk) refuse(c *client) {
	c.malformed("a damaged frame was refused")
	if t.refused++; t.refused > 1 {
		c.ending = true
		return
	}
	c.put(shtrihm.NAK)
}

func (t *standardTalk) due(c *client) time.Time {
	if t.scan.Pending() == 0 || t.next != nil {
		return time.Time{}
	}
	return c.last.Add(c.g.opt.InterByte)
}

func (t *standardTalk) late(c *client) {
	c.noise += t.scan.Reset()
	t.refuse(c)
}

func (t *standardTalk) heard(c *client, e event) {
	if t.next != nil && e.kind != eventLost && e.kind != eventRefused {
		return // the client has given this request up for another one
	}
	switch e.kind {
	case eventACK:
		if c.g.opt.EarlyAck && !t.acked {
			c.early(e.at)
			c.put(shtrihm.ACK)
			t.acked = true
		}
	case eventAnswer:
		head := []byte{shtrihm.ACK}
		if t.acked {
			head = nil
		}
		out, err := shtrihm.AppendBody(head, e.data)
		if err != nil { // a v2 device's answer that does not fit into v1
			c.ending = true
			return
		}
		t.answer = out[len(head):]
		c.put(out...)
	case eventNAK:
		if c.ending = t.acked; !t.acked {
			if c.g.opt.EarlyAck {
				c.early(e.at)
			}
			c.put(shtrihm.NAK)
		}
	case eventRefused:
		if !t.acked {
			c.put(shtrihm.NAK) // once, then the line is closed
		}
		c.ending = true
	case eventLost:
		c.ending = true
	}
}

// numberedTalk is the client side of v2 (rule E34): numbers of its own.
type numberedTalk struct {
	scan     shtrihm.NumberedScanner
	number   uint16 // of the last request that ran
	last     []byte // its answer's body; nil: nothing ran
	synced   bool   // the client knows the number
	asked    uint16 // number of the request under way
	executed bool
}

var _ dialogue = (*numberedTalk)(nil)

func (t *numberedTalk) add(b []byte)  { t.scan.Add(b) }
func (t *numberedTalk) buffered() int { return t.scan.Pending() }

func (t *numberedTalk) step(c *client) {
	for !c.ending {
		item, ok := t.scan.Next()
		if !ok {
			return
		}
		if item.Kind != shtrihm.TokenFrame {
			c.noise += len(item.Raw)
			c.saw(item.Raw, layoutSecret)
			c.malformed("bytes that are no frame of v2")
			continue // the host repeats
		}
		t.request(c, item)
	}
}

func (t *numberedTalk) request(c *client, item shtrihm.NumberedToken) {
	f := item.Frame
	switch {
	case !f.HasNumber:
		c.saw(item.Raw, layoutOpen)
		t.synced = true
		t.tell(c)
	case len(f.Body) == 0: // only an answer may be empty
		c.malformed("a request without a command")
	case c.pending != nil && f.Number == t.asked:
		c.g.figures.failed(Repeated) // its answer will come
	case c.pending == nil && t.isNext(f.Number):
		q, ok := newShtrihM(f.Body)
		if !ok {
			c.malformed("a request without a command")
			return
		}
		t.asked = f.Number
		q.layout = layoutV2
		c.submit(q, item.Raw)
	case t.executed && f.Number == t.number:
		c.g.figures.failed(Repeated)
		t.tell(c)
	default:
		c.g.figures.failed(OutOfTurn)
		t.tell(c)
	}
}

// isNext says whether a number is executed: the next one, and the first one on a
// connection for which nothing ran. A client that never asked for the number may
// have taken it from before a restart: only 1 runs then.
func (t *numberedTalk) isNext(number uint16) bool {
	switch {
	case t.executed:
		return number == t.number+1
	case t.synced:
		return number == t.number+1 || number == t.number
	}
	return number == 1
}

// tell answers with the last number and answer, as a device does.
func (t *numberedTalk) tell(c *client) {
	out, _ := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: t.number, Body: t.last})
	c.put(out...)
}

func (t *numberedTalk) due(c *client) time.Time {
	if t.scan.Pending() == 0 {
		return time.Time{}
	}
	return c.last.Add(c.g.opt.InterByte)
}

func (t *numberedTalk) late(c *client) {
	c.noise += t.scan.Reset()
	c.malformed("a frame of v2 stopped in the middle")
}

func (t *numberedTalk) heard(c *client, e event) {
	switch e.kind {
	case eventAnswer:
		t.number, t.last, t.executed = t.asked, e.data, true
		t.tell(c)
	case eventNAK, eventRefused, eventLost: // v2 has no NAK
		c.ending = true
	}
}
