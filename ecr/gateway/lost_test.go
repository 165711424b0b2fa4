package gateway_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// failed is an answer with an error number, 0 for done.
func failed(cmd customru.Command, number uint16) []byte {
	return frame(cmd, byte(number), byte(number>>8), 99)
}

// TestLostAnswer: a device that has answered and was not heard still has the
// answer, and the gateway asks for it before the limit is over.
func TestLostAnswer(t *testing.T) {
	for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
		opt := shtrihOptions
		opt.DeviceLevel = level
		bubble(t, "E33 an answer that was lost on the way is fetched, "+level.String(), func(t *testing.T) {
			register, server := shtrihRegister(t, "cmd 13#1 drop-answer", shtrihmtest.Options{})
			b := start(t, server.Dial, opt)
			c := b.till()
			c.send(v1(beep(0)...)...)
			if took := c.expect(with(ack, v1(0x13, 0, 30))...); took != time.Minute-3*time.Second {
				t.Error(took)
			}
			if n := register.Executed(0x13); n != 1 {
				t.Errorf("%d ran", n)
			}
			c.send(ack)
			c.send(v1(beep(0)...)...)
			c.expect(with(ack, v1(0x13, 0, 30))...)
			b.wantFailures("")
		})
	}
	bubble(t, "E35 a device that is asked and stays silent costs no more than the limit, v1", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		began := time.Now()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(ack)
		device.expect(enq) // after 57 s; nothing answers
		c.hungUp()
		if took := time.Since(began); took != time.Minute {
			t.Error(took)
		}
		b.wantFailures("no-answer")
	})
	bubble(t, "E33 a device that is at work when it is asked is waited for, v1", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(ack)
		device.expect(enq)
		device.send(ack) // it is being prepared
		time.Sleep(2 * time.Second)
		device.send(v1(beeped(1)...)...)
		device.expect(ack)
		c.expect(with(ack, v1(beeped(1)...))...)
		b.wantFailures("")
	})
	bubble(t, "E33 a device that is idle when it is asked has no answer: the exchange is lost", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(ack)
		device.expect(enq)
		device.send(nak)
		c.hungUp()
		b.wantFailures("no-answer")
	})
}

// TestReceiptGuard: rule E30.
func TestReceiptGuard(t *testing.T) {
	guarded := gateway.Options{Reconnect: reconnect, ReceiptGuard: true}
	const open, sell, end, cancel, status = 0x8D, 0x80, 0x85, 0x88, 0xF1
	bubble(t, "E30 CustomRU: while one client's receipt is open others' changes wait, and reads pass", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, guarded)
		device, first, second := w.next(t), b.till(), b.till()
		run := func(c *till, cmd customru.Command, number uint16) {
			t.Helper()
			c.send(request(cmd, 1)...)
			device.expect(request(cmd, 1)...)
			a := with(ack, failed(cmd, number))
			device.send(a...)
			c.expect(a...)
		}
		run(first, open, 0)
		if owner := b.gateway.Snapshot().Guarded; owner == 0 {
			t.Error("nobody's receipt is guarded")
		}
		second.send(request(sell, 2)...)
		device.silent(time.Second)
		run(first, sell, 0)
		run(first, status, 0)
		run(first, end, 6) // it was refused: the receipt is still open
		device.silent(time.Second)
		run(first, end, 0)
		device.expect(request(sell, 2)...)
		device.send(with(ack, failed(sell, 0))...)
		second.expect(with(ack, failed(sell, 0))...)
		b.wantFailures("")
	})
	bubble(t, "E30 the others' reads pass while a receipt is open", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, guarded)
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(open, 1)...)
		device.expect(request(open, 1)...)
		device.send(with(ack, failed(open, 0))...)
		first.expect(with(ack, failed(open, 0))...)
		for _, cmd := range []customru.Command{0xF0, 0xF1, 0xFF, 0xD7, 0x04, 0x09} {
			second.send(request(cmd, 2)...)
			device.expect(request(cmd, 2)...)
			device.send(with(ack, failed(cmd, 0))...)
			second.expect(with(ack, failed(cmd, 0))...)
		}
	})
	bubble(t, "E30 who waits for a receipt is refused after its time in the queue", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, guarded)
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(open, 1)...)
		device.expect(request(open, 1)...)
		device.send(with(ack, failed(open, 0))...)
		first.expect(with(ack, failed(open, 0))...)
		second.send(request(sell, 2)...)
		if took := second.expect(nak); took != 10*time.Second {
			t.Error(took)
		}
		device.silent(time.Second)
		b.wantFailures("refused-queue")
	})
	bubble(t, "E30 the receipt of a lost client is guarded a little longer", func(t *testing.T) {
		w, dial := byHand(t)
		opt := guarded
		opt.GuardLimit, opt.QueueLimit = 3*time.Second, time.Minute
		b := start(t, dial, opt)
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(open, 1)...)
		device.expect(request(open, 1)...)
		device.send(with(ack, failed(open, 0))...)
		first.expect(with(ack, failed(open, 0))...)
		second.send(request(sell, 2)...)
		synctest.Wait()
		first.drop()
		began := time.Now()
		device.expect(request(sell, 2)...)
		if took := time.Since(began); took != 3*time.Second {
			t.Error(took)
		}
	})
	bubble(t, "E30 a cancel that finds nothing to cancel ends the guard", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, guarded)
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(open, 1)...)
		device.expect(request(open, 1)...)
		device.send(with(ack, failed(open, 0))...)
		first.expect(with(ack, failed(open, 0))...)
		first.send(request(cancel, 1)...)
		device.expect(request(cancel, 1)...)
		device.send(with(ack, failed(cancel, 411))...) // чек закрыт
		first.expect(with(ack, failed(cancel, 411))...)
		second.send(request(sell, 2)...)
		device.expect(request(sell, 2)...)
	})
	bubble(t, "E30 Shtrih-M: a check of a mark begins the guard, the memory of marks is shared", func(t *testing.T) {
		opt := shtrihOptions
		opt.ReceiptGuard = true
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, first, second := w.next(t), b.till(), b.till()
		// run plays one exchange of v1 on both sides.
		serve := func(c *till, answer []byte, body ...byte) {
			t.Helper()
			device.expect(enq)
			device.send(nak)
			device.expect(v1(body...)...)
			device.send(with(ack, v1(answer...))...)
			device.expect(ack)
			c.expect(with(ack, v1(answer...))...)
			c.send(ack)
		}
		run := func(c *till, answer []byte, body ...byte) {
			t.Helper()
			c.send(v1(body...)...)
			serve(c, answer, body...)
		}
		pw := func(cmd ...byte) []byte { return append(cmd, 30, 0, 0, 0) }
		run(first, []byte{0xFF, 0x61, 0}, pw(0xFF, 0x61)...)
		second.send(v1(pw(0xFF, 0x61)...)...)
		device.silent(time.Second)
		third := b.till()
		for _, read := range [][]byte{pw(0x10), pw(0x11), {0xFC}, {0xF7, 1}, pw(0x1F, 1), pw(0x2D, 1), pw(0x2E, 1), pw(0x6B, 1),
			pw(0xFF, 0x01), pw(0xFF, 0x0A), pw(0xFF, 0x39), pw(0xFF, 0x40), pw(0xFF, 0x68), pw(0xFF, 0x70)} {
			answer := []byte{read[0], 0}
			if read[0] == 0xFF {
				answer = []byte{0xFF, read[1], 0}
			}
			run(third, answer, read...)
		}
		run(first, []byte{0xFF, 0x46, 0}, pw(0xFF, 0x46)...)
		run(first, []byte{0x88, 0x4A}, pw(0x88)...) // another refusal: it is open still
		device.silent(time.Second)
		run(first, []byte{0x88, 0x73}, pw(0x88)...) // not in this mode: nothing to cancel
		serve(second, []byte{0xFF, 0x61, 0}, pw(0xFF, 0x61)...)
	})
}
