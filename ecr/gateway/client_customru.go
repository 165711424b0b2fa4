package gateway

import (
	"time"

	"github.com/obmen-go/obmen/ecr/customru"
)

// customRUTalk is the client side of CustomRU.
type customRUTalk struct {
	scan   customru.Scanner
	held   bool // the ACK waits for the answer
	refuse bool // bytes came that are no request: NAK, unless a good frame follows
}

var _ dialogue = (*customRUTalk)(nil)

func newCustomRUTalk(most int) *customRUTalk {
	return &customRUTalk{scan: customru.Scanner{Max: most}}
}

// nakAfter is the silence after which bytes that are no request are refused: a
// NAK before a good frame would be taken for its refusal.
const nakAfter = 50 * time.Millisecond

func (t *customRUTalk) add(b []byte)  { t.scan.Add(b) }
func (t *customRUTalk) buffered() int { return t.scan.Pending() }

func (t *customRUTalk) step(c *client) {
	for c.pending == nil && !c.ending {
		token, ok := t.scan.Next()
		if !ok {
			return
		}
		switch token.Kind {
		case customru.TokenFrame:
			t.refuse = false
			c.submit(&request{cmd: uint16(token.Frame.Cmd), layout: layoutCustomRU}, token.Raw)
		case customru.TokenControl:
			// The host never acknowledges an answer; one that does is not answered.
			c.saw(token.Raw, layoutOpen)
		case customru.TokenNoise:
			if token.Control == customru.Probe && t.scan.Pending() == 0 && !t.refuse {
				c.submit(&request{probe: true, layout: layoutOpen}, token.Raw)
				continue
			}
			if token.Control == customru.Start && t.scan.Pending() >= 2 {
				c.ending = true // longer than the limit: what follows are its bytes
				c.put(customru.NAK)
				c.malformed("a frame longer than the limit, or without a command")
				return
			}
			c.noise++
			t.refuse = true
			c.saw(token.Raw, layoutSecret)
		case customru.TokenDamaged:
			c.noise += len(token.Raw)
			t.refuse = true
			c.saw(token.Raw, layoutSecret)
		}
	}
}

func (t *customRUTalk) due(c *client) time.Time {
	switch {
	case c.pending != nil:
		return time.Time{}
	case t.scan.Pending() > 0:
		return c.last.Add(c.g.opt.InterByte)
	case t.refuse:
		return c.last.Add(nakAfter)
	}
	return time.Time{}
}

// late refuses what stopped in the middle, and what was no request: nothing of
// it was written to the device (rule E24).
func (t *customRUTalk) late(c *client) {
	c.noise += t.scan.Reset()
	t.refuse = false
	c.malformed("bytes that are no whole request were refused")
	c.put(customru.NAK)
}

func (t *customRUTalk) heard(c *client, e event) {
	switch e.kind {
	case eventACK:
		if c.g.opt.EarlyAck {
			c.early(e.at)
			c.put(customru.ACK)
		} else {
			t.held = true
		}
	case eventPart, eventAnswer:
		if t.held {
			c.put(append([]byte{customru.ACK}, e.data...)...)
		} else {
			c.put(e.data...)
		}
		t.held = false
	case eventNAK:
		if c.g.opt.EarlyAck {
			c.early(e.at)
		}
		c.put(customru.NAK)
	case eventRefused:
		c.put(customru.NAK)
		c.ending = c.ending || e.failure == RefusedStopping
	case eventLost:
		t.held = false
		c.ending = true
	}
}
