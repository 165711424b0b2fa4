package gateway

import "time"

// rawTalk is the client side of any other protocol: a request ends where the
// client falls silent.
type rawTalk struct {
	in   []byte
	held []byte // ACK and busy bytes that wait for the answer
}

var _ dialogue = (*rawTalk)(nil)

func (t *rawTalk) add(b []byte)  { t.in = append(t.in, b...) }
func (t *rawTalk) buffered() int { return len(t.in) }

func (t *rawTalk) step(c *client) {
	if len(t.in) > c.g.opt.MaxFrame {
		c.malformed("a request longer than the limit")
		c.ending = true
	}
}

func (t *rawTalk) due(c *client) time.Time {
	if c.pending != nil || len(t.in) == 0 {
		return time.Time{}
	}
	return c.last.Add(c.g.opt.RawGap)
}

func (t *rawTalk) late(c *client) {
	raw := t.in
	t.in = nil
	c.submit(&request{layout: layoutSecret}, raw) // where a password stands is not known
}

func (t *rawTalk) heard(c *client, e event) {
	switch e.kind {
	case eventPart:
		if c.g.opt.EarlyAck {
			c.early(e.at)
			c.put(e.data...)
		} else {
			t.held = append(t.held, e.data...)
		}
	case eventAnswer, eventNAK:
		c.put(append(t.held, e.data...)...)
		t.held = nil
	case eventRefused, eventLost: // there is no NAK that every protocol knows
		c.ending = true
	}
}
