package gateway_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/gateway"
)

const (
	ack = customru.ACK
	nak = customru.NAK
)

func TestPassing(t *testing.T) {
	bubble(t, "E20 request and answer pass unchanged, one exchange at a time, in turn", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device := w.next(t)
		first, second, third := b.till(), b.till(), b.till()
		first.send(request(0xF1, 1)...)
		synctest.Wait()
		second.send(request(0xF1, 2)...)
		synctest.Wait()
		third.send(request(0xF1, 3)...)
		device.expect(request(0xF1, 1)...)
		synctest.Wait()
		if s := b.gateway.Snapshot(); s.Queue != 2 || s.State != gateway.Waiting || !s.Clients[0].Pending {
			t.Errorf("%+v", s)
		}
		device.silent(100 * time.Millisecond) // the second one waits
		device.send(with(ack, answer(0xF1, 1))...)
		first.expect(with(ack, answer(0xF1, 1))...)
		first.send(request(0xF1, 4)...) // behind those who wait
		for i, c := range []*till{second, third, first} {
			mark := byte(i + 2)
			device.expect(request(0xF1, mark)...)
			device.send(with(ack, answer(0xF1, mark))...)
			c.expect(with(ack, answer(0xF1, mark))...)
		}
		s := b.gateway.Snapshot()
		if s.Exchanges != 4 || s.Outcomes[ecr.Answered] != 4 || s.ACK.Count != 4 || len(s.Last) != 4 || s.Last[0].Number != 4 {
			t.Errorf("%+v", s)
		}
		b.wantFailures("")
	})
	bubble(t, "E20 a client that sends two requests at once gets two answers", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, c, other := w.next(t), b.till(), b.till()
		c.send(append(request(0xF1, 1), request(0xF2, 2)...)...)
		synctest.Wait()
		other.send(request(0xF3, 3)...)
		synctest.Wait()
		device.expect(request(0xF1, 1)...)
		device.send(with(ack, answer(0xF1, 1))...)
		c.expect(with(ack, answer(0xF1, 1))...)
		device.expect(request(0xF3, 3)...) // one queued request for each client
		device.send(with(ack, answer(0xF3, 3))...)
		other.expect(with(ack, answer(0xF3, 3))...)
		device.expect(request(0xF2, 2)...)
		device.send(with(ack, answer(0xF2, 2))...)
		c.expect(with(ack, answer(0xF2, 2))...)
	})
	bubble(t, "E21 a client that stalls in mid-frame never holds the line", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, slow, quick := w.next(t), b.till(), b.till()
		slow.send(request(0x50, 1)[:5]...)
		synctest.Wait()
		quick.send(request(0xF1, 2)...)
		device.expect(request(0xF1, 2)...)
		device.send(with(ack, answer(0xF1, 2))...)
		if took := quick.expect(with(ack, answer(0xF1, 2))...); took > 0 {
			t.Error(took)
		}
		slow.expect(nak) // after the inter-byte limit: nothing was written
		device.silent(time.Second)
		b.wantFailures("malformed")
	})
	bubble(t, "E22 an early ACK goes in a write of its own, after its delay, before the answer", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{EarlyAck: true, EarlyAckDelay: 5 * time.Millisecond})
		device, c := w.next(t), b.till()
		c.send(request(0xF1, 1)...)
		device.expect(request(0xF1, 1)...)
		device.send(ack)
		if took := c.read(t, []byte{ack}); took != 5*time.Millisecond {
			t.Error(took)
		}
		c.silent(time.Second) // the answer is not complete
		device.send(answer(0xF1, 1)...)
		c.read(t, answer(0xF1, 1))

		c.send(request(0xF1, 2)...) // the answer is there before the ACK's delay is over
		device.expect(request(0xF1, 2)...)
		device.send(with(ack, answer(0xF1, 2))...)
		if took := c.read(t, []byte{ack}); took != 5*time.Millisecond {
			t.Error(took)
		}
		c.read(t, answer(0xF1, 2))

		c.send(request(0xF1, 3)...)
		device.expect(request(0xF1, 3)...)
		device.send(nak)
		if took := c.read(t, []byte{nak}); took < 5*time.Millisecond || took > 200*time.Millisecond {
			t.Error(took)
		}
	})
	bubble(t, "E22 without it ACK and answer go in one write", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, c := w.next(t), b.till()
		c.send(request(0xF1, 1)...)
		device.expect(request(0xF1, 1)...)
		device.send(ack)
		c.silent(time.Second)
		device.send(answer(0xF1, 1)...)
		c.read(t, with(ack, answer(0xF1, 1)))
	})
	bubble(t, "E6 the liveness probe passes, and its NAK comes back", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, c := w.next(t), b.till()
		c.send(customru.Probe)
		device.expect(customru.Probe)
		device.send(nak)
		if took := c.expect(nak); took > 0 {
			t.Error(took)
		}
		if s := b.gateway.Snapshot(); s.Last[0].Command != "05" || s.Last[0].Outcome != ecr.Answered {
			t.Errorf("%+v", s.Last[0])
		}
	})
	bubble(t, "E5 interim frames pass and do not end the exchange", func(t *testing.T) {
		for _, early := range []bool{false, true} {
			w, dial := byHand(t)
			b := start(t, dial, gateway.Options{EarlyAck: early})
			device, c := w.next(t), b.till()
			c.send(request(0x80, 1)...)
			device.expect(request(0x80, 1)...)
			device.send(ack)
			for i := range 40 { // 80 s: each one starts the answer limit anew
				device.send(answer(0xF1, 9)...)
				if i == 0 {
					c.expect(ack)
				}
				c.expect(answer(0xF1, 9)...)
				time.Sleep(2 * time.Second)
			}
			device.send(answer(0x80, 1)...)
			c.expect(answer(0x80, 1)...)
		}
	})
	bubble(t, "E6 an answer without its ACK reaches the client without one", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, c := w.next(t), b.till()
		c.send(request(0xF1, 1)...)
		device.expect(request(0xF1, 1)...)
		device.send(answer(0xF1, 1)...)
		c.expect(answer(0xF1, 1)...)
		// The same command again: now it could be a copy of that answer.
		c.send(request(0xF1, 2)...)
		device.expect(request(0xF1, 2)...)
		device.send(answer(0xF1, 2)...)
		if took := c.expect(answer(0xF1, 2)...); took != time.Second {
			t.Error(took)
		}
		b.wantFailures("lost-ack*2")
	})
	bubble(t, "E13 a copy of the answer before is not taken for the next one", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{})
		device, c, d := w.next(t), b.till(), b.till()
		c.send(request(0xF1, 1)...)
		device.expect(request(0xF1, 1)...)
		d.send(request(0xF1, 2)...)
		device.send(with(ack, answer(0xF1, 1))...)
		c.expect(with(ack, answer(0xF1, 1))...)
		device.expect(request(0xF1, 2)...)
		device.send(answer(0xF1, 1)...) // the copy
		device.send(with(ack, answer(0xF1, 2))...)
		d.expect(with(ack, answer(0xF1, 2))...)
		b.wantFailures("stale-input")
	})
}

// read expects one write of the gateway: exactly these bytes and no more.
func (c *till) read(t *testing.T, want []byte) time.Duration {
	t.Helper()
	began := time.Now()
	var got [4096]byte
	c.conn.SetReadDeadline(time.Now().Add(patience))
	n, err := c.conn.Read(got[:])
	if string(got[:n]) != string(want) || err != nil {
		t.Fatalf("one write brought % X, %v\nwant % X", got[:n], err, want)
	}
	return time.Since(began)
}
