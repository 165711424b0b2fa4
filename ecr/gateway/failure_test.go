package gateway_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// simulated is a gateway before a simulated register that follows a script.
func simulated(t *testing.T, script string, opt gateway.Options) (*bench, *customrutest.Register) {
	t.Helper()
	f := faults(t, script)
	register := customrutest.New(&customrutest.Options{Faults: f})
	server := &ecrtest.Server{Device: register, Faults: f}
	t.Cleanup(func() { server.Close() })
	return start(t, server.Dial, opt), register
}

// cashIn adds kopecks to the drawer: each that ran shows in the register.
func cashIn(kopecks byte) []byte {
	return request(customru.CmdCashIn, kopecks, 0, 0, 0, 0, 0, 0, 0)
}

// cashed is the answer: the document's number and the cash.
func cashed(number, cash byte) []byte {
	return with(ack, answer(customru.CmdCashIn, number, 0, cash, 0, 0, 0, 0, 0, 0, 0))
}

// served proves that a client is served as if nothing had happened.
func (c *till) served(number, cash byte) {
	c.t.Helper()
	c.send(cashIn(1)...)
	c.expect(cashed(number, cash)...)
}

const reconnect = 2 * time.Second

// TestFailures injects each failure of rule E27 and says what every client saw
// and what the device executed. Others wait at most the limits, and 4 s (E35).
func TestFailures(t *testing.T) {
	bubble(t, "E27 a client that leaves while it is queued: its request is never sent", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 delay=3s", gateway.Options{Reconnect: reconnect})
		first, second, third := b.till(), b.till(), b.till()
		first.send(cashIn(1)...)
		synctest.Wait()
		second.send(cashIn(100)...)
		synctest.Wait()
		third.send(cashIn(1)...)
		synctest.Wait()
		second.drop()
		first.expect(cashed(1, 1)...)
		third.expect(cashed(2, 2)...)
		if n := register.Executed(customru.CmdCashIn); n != 2 || register.Cash() != 2 {
			t.Errorf("%d ran, cash %d", n, register.Cash())
		}
		b.wantFailures("client-gone")
	})
	bubble(t, "E27 a client that leaves in mid-exchange: it ends, and nobody else gets its answer", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 delay=3s", gateway.Options{Reconnect: reconnect})
		first, second := b.till(), b.till()
		first.send(cashIn(100)...)
		synctest.Wait()
		second.send(cashIn(1)...)
		synctest.Wait()
		first.drop()
		if took := second.expect(cashed(2, 101)...); took != 3*time.Second {
			t.Error(took)
		}
		if n := register.Executed(customru.CmdCashIn); n != 2 {
			t.Errorf("%d ran", n)
		}
		b.wantFailures("client-gone")
	})
	bubble(t, "E27 a client that never reads is hung up on and holds nobody up", func(t *testing.T) {
		b, register := simulated(t, "", gateway.Options{Reconnect: reconnect})
		deaf, other := b.till(), b.till()
		deaf.send(cashIn(1)...)
		synctest.Wait()
		began := time.Now()
		other.served(2, 2)
		if took := time.Since(began); took > 0 {
			t.Error(took)
		}
		time.Sleep(6 * time.Second)
		deaf.hungUp()
		if n := register.Executed(customru.CmdCashIn); n != 2 {
			t.Errorf("%d ran", n)
		}
		b.wantFailures("client-slow")
	})
	bubble(t, "E27 a half-open client holds a place and nothing else", func(t *testing.T) {
		b, _ := simulated(t, "", gateway.Options{Reconnect: reconnect, MaxClients: 2})
		b.till()
		other := b.till()
		other.served(1, 1)
		time.Sleep(time.Hour)
		other.served(2, 2)
		// All places are taken: the one that never said anything gives its up.
		third := b.till()
		third.served(3, 3)
		other.served(4, 4)
		b.wantFailures("client-surplus")
	})
	bubble(t, "E23 a silent device: no ACK closes the client's connection and remakes the device's", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 stall", gateway.Options{Reconnect: reconnect})
		first, second := b.till(), b.till()
		first.send(cashIn(100)...)
		synctest.Wait()
		second.send(cashIn(1)...)
		if took := first.hungUp(); took != 5*time.Second {
			t.Error(took)
		}
		if took := second.expect(cashed(1, 1)...); took > 4*time.Second {
			t.Errorf("the fault cost %v", took)
		}
		if n := register.Executed(customru.CmdCashIn); n != 1 {
			t.Errorf("%d ran", n)
		}
		b.wantFailures("no-ack")
	})
	bubble(t, "E27 a device that falls silent after ACK: hung up after the answer limit", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 drop-answer", gateway.Options{Reconnect: reconnect, EarlyAck: true})
		first, second := b.till(), b.till()
		first.send(cashIn(100)...)
		first.expect(ack)
		synctest.Wait()
		second.send(request(customru.CmdStatus)...)
		if took := second.expect(nak); took != 10*time.Second {
			t.Errorf("refused from the queue after %v", took)
		}
		if took := first.hungUp(); took != 50*time.Second {
			t.Error(took)
		}
		second.send(cashIn(1)...)
		second.expect(ack)
		second.expect(cashed(2, 101)[1:]...)
		if n := register.Executed(customru.CmdCashIn); n != 2 {
			t.Errorf("%d ran", n)
		}
		b.wantFailures("no-answer refused-queue")
	})
	bubble(t, "E27 unplugged in mid-answer: hung up, dialled at once, the next is served", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(0x50, 1)...)
		device.expect(request(0x50, 1)...)
		second.send(request(0xF1, 2)...)
		synctest.Wait()
		device.send(with(ack, answer(0x50, 1)[:4])...)
		device.drop()
		if took := first.hungUp(); took > 0 {
			t.Error(took)
		}
		device = w.next(t)
		device.expect(request(0xF1, 2)...)
		device.send(with(ack, answer(0xF1, 2))...)
		second.expect(with(ack, answer(0xF1, 2))...)
		b.wantFailures("device-gone")
	})
	bubble(t, "E27 NAK of the device reaches the client; the gateway repeats nothing", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 nak=1", gateway.Options{Reconnect: reconnect})
		c := b.till()
		c.send(cashIn(1)...)
		c.expect(nak)
		if n := register.Executed(customru.CmdCashIn); n != 0 {
			t.Errorf("%d ran", n)
		}
		c.served(1, 1) // the host repeats
		b.wantFailures("device-nak")
	})
	bubble(t, "E27 garbage before, between and after frames reaches nobody", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, c := w.next(t), b.till()
		device.send(0xEE, 0xFF, ack, nak) // idle
		for i := range byte(3) {
			c.send(request(0xF1, i)...)
			device.expect(request(0xF1, i)...)
			device.send(0x90, 0xFF)
			device.send(ack)
			device.send(0xAA, nak, 0xBB)
			device.send(answer(0xF1, i)...)
			device.send(0xCC, 0xDD)
			c.expect(with(ack, answer(0xF1, i))...)
		}
		if s := b.gateway.Snapshot(); s.Connects != 1 || s.Failures[gateway.StaleInput] == 0 {
			t.Errorf("%+v", s)
		}
	})
	bubble(t, "E27 a NAK among garbage means nothing certain: hung up", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, c := w.next(t), b.till()
		c.send(request(0x50, 1)...)
		device.expect(request(0x50, 1)...)
		device.send(0x90, nak)
		c.hungUp()
		b.wantFailures("doubtful stale-input")
	})
	bubble(t, "E27 an ACK after a NAK: the NAK was for noise", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, c := w.next(t), b.till()
		c.send(request(0x50, 1)...)
		device.expect(request(0x50, 1)...)
		device.send(nak)
		device.send(with(ack, answer(0x50, 1))...)
		c.expect(with(ack, answer(0x50, 1))...)
	})
	bubble(t, "E27 an answer with a bad CRC is forwarded unchanged and counted", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 garble=5", gateway.Options{Reconnect: reconnect})
		c := b.till()
		c.send(cashIn(1)...)
		want := cashed(1, 1)
		damaged := ecrtest.Damage(want[1:], 5, func(b []byte) bool { _, err := customru.ParseFrame(b); return err == nil })
		c.expect(with(ack, damaged)...)
		c.served(2, 2)
		if n := register.Executed(customru.CmdCashIn); n != 2 {
			t.Errorf("%d ran", n)
		}
		if s := b.gateway.Snapshot(); s.Outcomes[ecr.Unknown] != 1 || s.Last[1].Failure != gateway.AnswerDamaged {
			t.Errorf("%+v", s)
		}
	})
	bubble(t, "E27 a late answer reaches nobody", func(t *testing.T) {
		for _, serial := range []bool{false, true} {
			f := faults(t, "cmd 50#1 late=62s")
			register := customrutest.New(&customrutest.Options{Faults: f})
			server := &ecrtest.Server{Device: register, Faults: f}
			t.Cleanup(func() { server.Close() })
			dial := ecr.DialFunc(server.Dial)
			if serial {
				line := ecrtest.NewLine(nil, nil)
				end := line.Device()
				server.Attach(end)
				t.Cleanup(func() { end.Close() })
				dial = func(context.Context) (ecr.Conn, error) { return line.Host(), nil }
			}
			b := start(t, dial, gateway.Options{Reconnect: reconnect})
			first, second := b.till(), b.till()
			first.send(cashIn(100)...)
			first.hungUp()
			if !serial {
				time.Sleep(3 * time.Second) // else a new connection is told that the register is busy
			}
			second.send(cashIn(1)...)
			if took := second.expect(cashed(2, 101)...); took > 6*time.Second {
				t.Errorf("serial %v: %v", serial, took)
			}
			if n := register.Executed(customru.CmdCashIn); n != 2 {
				t.Errorf("serial %v: %d ran", serial, n)
			}
		}
	})
	bubble(t, "E27 an answer longer than the limit: hung up, the line left", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect, MaxFrame: 100})
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(0xF5, 1)...)
		device.expect(request(0xF5, 1)...)
		second.send(request(0xF1, 2)...)
		synctest.Wait()
		device.conn.Write(with(ack, answer(0xF5, make([]byte, 200)...)))
		first.hungUp()
		device = w.next(t)
		device.expect(request(0xF1, 2)...)
		device.send(with(ack, answer(0xF1, 2))...)
		second.expect(with(ack, answer(0xF1, 2))...)
		b.wantFailures("answer-long")
	})
	bubble(t, "E27 more clients than the limit: the surplus is closed, the others are served", func(t *testing.T) {
		b, _ := simulated(t, "", gateway.Options{Reconnect: reconnect, MaxClients: 2})
		first, second := b.till(), b.till()
		first.served(1, 1)
		second.served(2, 2)
		for range 10 {
			b.till().hungUp()
		}
		first.served(3, 3)
		second.drop()
		synctest.Wait()
		b.till().served(4, 4)
		b.wantFailures("client-surplus*10")
	})
	bubble(t, "E27 shutdown during an exchange: it ends, what waits is refused, nothing new starts", func(t *testing.T) {
		b, register := simulated(t, "cmd 50#1 delay=3s", gateway.Options{Reconnect: reconnect})
		first, second, idle := b.till(), b.till(), b.till()
		first.send(cashIn(1)...)
		synctest.Wait()
		second.send(cashIn(100)...)
		synctest.Wait()
		b.stop()
		began := time.Now()
		idle.hungUp()
		first.expect(cashed(1, 1)...)
		second.expect(nak)
		first.hungUp()
		second.hungUp()
		if err := <-b.ended; err != nil || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if n := register.Executed(customru.CmdCashIn); n != 1 {
			t.Errorf("%d ran", n)
		}
		if _, err := b.listen.dial(t.Context()); err == nil {
			t.Error("a stopped gateway takes clients")
		}
	})
	bubble(t, "E35 a stop ends within 8 s, whatever the device does", func(t *testing.T) {
		b, _ := simulated(t, "cmd 50#1 drop-answer", gateway.Options{Reconnect: reconnect})
		c := b.till()
		c.send(cashIn(1)...)
		synctest.Wait()
		b.stop()
		c.hungUp()
		began := time.Now()
		if err := <-b.ended; err != nil || time.Since(began) > 8*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
	bubble(t, "E27 a flapping device does not make the gateway spin, and requests survive it", func(t *testing.T) {
		var dials atomic.Int32
		inner := customrutest.New(nil)
		server := &ecrtest.Server{Device: inner}
		t.Cleanup(func() { server.Close() })
		b := start(t, func(ctx context.Context) (ecr.Conn, error) {
			if dials.Add(1) <= 20 {
				host, device := net.Pipe()
				device.Close()
				return host, nil
			}
			return server.Dial(ctx)
		}, gateway.Options{Reconnect: reconnect})
		c := b.till()
		c.send(cashIn(1)...)
		c.expect(nak)
		time.Sleep(41 * time.Second)
		if dials.Load() != 21 {
			t.Errorf("%d attempts in 41 s", dials.Load())
		}
		c.served(1, 1)
	})
}

func TestReconnect(t *testing.T) {
	off := errors.New("no route")
	bubble(t, "E25 the first attempt at once, then every N seconds for ever; refused at once meanwhile", func(t *testing.T) {
		var dials atomic.Int32
		register := customrutest.New(nil)
		server := &ecrtest.Server{Device: register}
		t.Cleanup(func() { server.Close() })
		began := time.Now()
		b := start(t, func(ctx context.Context) (ecr.Conn, error) {
			n := dials.Add(1)
			if want := time.Duration(n-1) * reconnect; time.Since(began) != want {
				t.Errorf("attempt %d after %v", n, time.Since(began))
			}
			if n <= 1000 {
				return nil, off
			}
			return server.Dial(ctx)
		}, gateway.Options{Reconnect: reconnect})
		synctest.Wait()
		c := b.till()
		c.send(cashIn(1)...)
		if took := c.expect(nak); took > 0 {
			t.Error(took)
		}
		if s := b.gateway.Snapshot(); s.Connected || s.State != gateway.Down || s.LastError != "no route" || s.Failures[gateway.ConnectFailed] != 1 {
			t.Errorf("%+v", s)
		}
		time.Sleep(2001 * time.Second)
		if s := b.gateway.Snapshot(); !s.Connected || s.State != gateway.Idle || s.Connects != 1 {
			t.Errorf("%+v", s)
		}
		c.served(1, 1)
	})
	bubble(t, "E25 less than 0 is no reconnecting: the gateway stays up and refuses", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: -1})
		device, c := w.next(t), b.till()
		device.drop()
		time.Sleep(time.Hour)
		if len(w.dialled) > 0 {
			t.Error("it dialled again")
		}
		c.send(cashIn(1)...)
		if took := c.expect(nak); took > 0 {
			t.Error(took)
		}
		c.send(cashIn(1)...)
		c.expect(nak)
		if s := b.gateway.Snapshot(); s.Connected || s.State != gateway.Down || s.LastError == "" {
			t.Errorf("%+v", s)
		}
		b.wantFailures("device-gone refused-down*2")
	})
	bubble(t, "E25 a device that hung up while idle is dialled before the next request", func(t *testing.T) {
		b, register := simulated(t, "time 1m hangup", gateway.Options{Reconnect: reconnect})
		c := b.till()
		c.served(1, 1)
		time.Sleep(2 * time.Minute)
		c.served(2, 2)
		if n := register.Executed(customru.CmdCashIn); n != 2 {
			t.Errorf("%d ran", n)
		}
	})
	bubble(t, "E26 ReleasePort opens for each exchange and closes after it", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{ReleasePort: true})
		first, second := b.till(), b.till()
		time.Sleep(time.Minute)
		if s := b.gateway.Snapshot(); len(w.dialled) > 0 || s.State != gateway.Released || !s.Connected {
			t.Errorf("opened without a request: %+v", s)
		}
		first.send(request(0xF1, 1)...)
		device := w.next(t)
		second.send(request(0xF1, 2)...)
		device.expect(request(0xF1, 1)...)
		device.send(with(ack, answer(0xF1, 1))...)
		first.expect(with(ack, answer(0xF1, 1))...)
		device.hungUp()
		device = w.next(t)
		device.expect(request(0xF1, 2)...)
		device.send(nak)
		second.expect(nak)
		device.hungUp()
	})
	bubble(t, "E26 a port that cannot be opened refuses this request and tries for the next", func(t *testing.T) {
		open := false
		server := &ecrtest.Server{Device: customrutest.New(nil)}
		t.Cleanup(func() { server.Close() })
		b := start(t, func(ctx context.Context) (ecr.Conn, error) {
			if !open {
				return nil, off
			}
			return server.Dial(ctx)
		}, gateway.Options{ReleasePort: true})
		c := b.till()
		c.send(cashIn(1)...)
		c.expect(nak)
		open = true
		c.served(1, 1)
	})
	bubble(t, "E24 nothing could be written: NAK, safe to repeat", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect, DeviceWriteLimit: time.Second})
		device, c := w.next(t), b.till()
		c.send(request(0x50, 1)...)
		c.expect(nak) // the device took no byte
		b.wantFailures("write-failed")
		_ = device
	})
	bubble(t, "E24 a byte was written: no NAK, the client is hung up on", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect, DeviceWriteLimit: time.Second})
		device, c := w.next(t), b.till()
		c.send(request(0x50, 1)...)
		device.expect(request(0x50, 1)[:3]...)
		c.hungUp()
		b.wantFailures("write-failed")
	})
	bubble(t, "E24 requests that are malformed get a NAK and never reach the device", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, c := w.next(t), b.till()
		bad := request(0x50, 1)
		bad[len(bad)-1]++
		for _, junk := range [][]byte{bad, {0xEE, 0xDD}, request(0x50, 1)[:6], {0x05, 0xAA}} {
			c.send(junk...)
			c.expect(nak)
		}
		c.silent(time.Minute)
		device.silent(time.Second)
		c.send(append([]byte{0xEE, 0xEE}, request(0xF1, 1)...)...) // a NAK here would be taken for the frame's
		device.expect(request(0xF1, 1)...)
		device.send(with(ack, answer(0xF1, 1))...)
		c.expect(with(ack, answer(0xF1, 1))...)
		b.wantFailures("malformed*4")
	})
}
