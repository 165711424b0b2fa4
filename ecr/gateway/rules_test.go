package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

func TestRaw(t *testing.T) {
	raw := gateway.Options{Protocol: gateway.Raw, Reconnect: reconnect, RawBusy: []byte{0x07}, EarlyAck: true}
	bubble(t, "E28 a message ends where the line falls silent", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, raw)
		device, c := w.next(t), b.till()
		c.send([]byte("hel")...)
		time.Sleep(40 * time.Millisecond)
		c.send([]byte("lo")...)
		if took := device.expect([]byte("hello")...); took != 50*time.Millisecond {
			t.Error(took)
		}
		device.send([]byte("an")...)
		time.Sleep(40 * time.Millisecond)
		device.send([]byte("swer")...)
		if took := c.expect([]byte("answer")...); took != 50*time.Millisecond {
			t.Error(took)
		}
		b.wantFailures("")
	})
	bubble(t, "E28 ACK and busy bytes do not start the gap", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, raw)
		device, c := w.next(t), b.till()
		c.send([]byte("print")...)
		device.expect([]byte("print")...)
		device.send(ack)
		c.expect(ack)
		time.Sleep(3 * time.Second)
		device.send(0x07, 0x07)
		c.expect(0x07, 0x07)
		time.Sleep(3 * time.Second)
		device.send([]byte("done")...)
		c.expect([]byte("done")...)
		// The gap was counted from the real bytes: the next one is another exchange's.
		c.send([]byte("next")...)
		device.expect([]byte("next")...)
		device.send([]byte("ok")...)
		c.expect([]byte("ok")...)
		b.wantFailures("")
	})
	bubble(t, "E28 two clients' messages are never mixed", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, raw)
		device, c, d := w.next(t), b.till(), b.till()
		c.send([]byte("one")...)
		time.Sleep(10 * time.Millisecond)
		d.send([]byte("two")...)
		device.expect([]byte("one")...)
		device.silent(time.Second)
		device.send([]byte("1")...)
		c.expect([]byte("1")...)
		device.expect([]byte("two")...)
		device.send([]byte("2")...)
		d.expect([]byte("2")...)
		b.wantFailures("")
	})
}

func TestSeveralDevices(t *testing.T) {
	bubble(t, "E29 several devices in one process do not feel each other's faults", func(t *testing.T) {
		register := customrutest.New(nil)
		server := &ecrtest.Server{Device: register}
		t.Cleanup(func() { server.Close() })
		w, silent := byHand(t)
		bad := start(t, silent, gateway.Options{Name: "0", Reconnect: reconnect})
		good := start(t, server.Dial, gateway.Options{Name: "1", Reconnect: reconnect})
		stuck := bad.till()
		stuck.send(cashIn(1)...)
		w.next(t).expect(cashIn(1)...)
		c := good.till()
		for i := range byte(5) {
			began := time.Now()
			c.served(i+1, i+1)
			if took := time.Since(began); took > 0 {
				t.Error(took)
			}
		}
		if bad.gateway.Snapshot().Exchanges != 0 || good.gateway.Snapshot().Exchanges != 5 {
			t.Error("exchanges were counted for the other device")
		}
		stuck.hungUp()
	})
}

// heard is an Observer that counts.
type heard struct {
	mu        sync.Mutex
	states    []gateway.State
	exchanges []gateway.Exchange
	failures  map[gateway.Failure]uint64
}

func (h *heard) DeviceState(s gateway.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.states = append(h.states, s)
}

func (h *heard) Exchange(e gateway.Exchange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.exchanges = append(h.exchanges, e)
}

func (h *heard) Failure(f gateway.Failure) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failures == nil {
		h.failures = map[gateway.Failure]uint64{}
	}
	h.failures[f]++
}

func TestFigures(t *testing.T) {
	t.Run("E31 what a monitor stores can be read back, what is not set too", func(t *testing.T) {
		for _, want := range []gateway.Exchange{
			{Number: 7, Command: "F1", Outcome: ecr.Answered},
			{Number: 8, Outcome: ecr.Unknown, Failure: gateway.NoAnswer},
			{},
		} {
			text, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got gateway.Exchange
			if err := json.Unmarshal(text, &got); err != nil || got != want {
				t.Errorf("%s: %+v, %v", text, got, err)
			}
		}
		var s gateway.Snapshot
		if text, err := json.Marshal(gateway.Snapshot{}); err != nil {
			t.Error(err)
		} else if err := json.Unmarshal(text, &s); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	})
	bubble(t, "E31 an observer and a snapshot say the same", func(t *testing.T) {
		h := &heard{}
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect, Observer: h, LastExchanges: 2})
		device, c := w.next(t), b.till()
		for i := range byte(3) {
			c.send(request(0xF1, i)...)
			device.expect(request(0xF1, i)...)
			time.Sleep(20 * time.Millisecond)
			device.send(ack)
			time.Sleep(30 * time.Millisecond)
			device.send(answer(0xF1, i)...)
			c.expect(with(ack, answer(0xF1, i))...)
		}
		c.send(request(0x50, 9)...)
		device.expect(request(0x50, 9)...)
		device.send(nak)
		c.expect(nak)
		s := b.gateway.Snapshot()
		if s.Exchanges != 4 || s.Outcomes[ecr.Answered] != 3 || s.Outcomes[ecr.Rejected] != 1 || len(s.Clients) != 1 || s.Clients[0].Exchanges != 4 || s.Accepted != 1 {
			t.Errorf("%+v", s)
		}
		if s.ACK.Count != 4 || s.ACK.Min != 20*time.Millisecond && s.ACK.Min != 0 || s.Turn.Count != 3 || s.Turn.Mean() < 50*time.Millisecond {
			t.Errorf("ACK %+v, turn %+v", s.ACK, s.Turn)
		}
		if len(s.Last) != 2 || s.Last[0].Command != "50" || s.Last[0].Outcome != ecr.Rejected || s.Last[1].Command != "F1" {
			t.Errorf("%+v", s.Last)
		}
		device.drop()
		time.Sleep(10 * time.Second)
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.exchanges) != 4 || h.exchanges[3].Outcome != ecr.Rejected || h.exchanges[0].ACK != 20*time.Millisecond || h.exchanges[0].Took != 50*time.Millisecond {
			t.Errorf("%+v", h.exchanges)
		}
		if !maps.Equal(h.failures, b.gateway.Snapshot().Failures) {
			t.Errorf("%v and %v", h.failures, b.gateway.Snapshot().Failures)
		}
		if got := fmt.Sprint(h.states); got != "[connecting idle down connecting idle]" {
			t.Errorf("%s", got)
		}
	})
	bubble(t, "E31 the queue is counted", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, c, d, e := w.next(t), b.till(), b.till(), b.till()
		for i, one := range []*till{c, d, e} {
			one.send(request(0xF1, byte(i))...)
			synctest.Wait()
		}
		device.expect(request(0xF1, 0)...)
		if s := b.gateway.Snapshot(); s.Queue != 2 || !s.State.Busy() {
			t.Errorf("%+v", s)
		}
	})
}

func TestLog(t *testing.T) {
	bubble(t, "E31 an exchange is a line for its outcome; a failure is named where there is one", func(t *testing.T) {
		var text bytes.Buffer
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Name: "0", Reconnect: reconnect,
			Logger: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		device, c := w.next(t), b.till()
		c.send(request(0xF1, 7)...)
		device.expect(request(0xF1, 7)...)
		device.send(with(ack, answer(0xF1, 7))...)
		c.expect(with(ack, answer(0xF1, 7))...)
		c.send(request(0xF1, 8)...)
		device.expect(request(0xF1, 8)...)
		device.conn.Close()
		time.Sleep(time.Minute)
		b.gateway.Close()
		var good, bad string
		for line := range strings.Lines(text.String()) {
			if strings.Contains(line, "msg=exchange ") {
				good = line
			}
			if strings.Contains(line, `msg="exchange failed"`) {
				bad = line
			}
		}
		if !strings.Contains(good, "outcome=") || strings.Contains(good, "failure") || !strings.Contains(bad, "failure=") || strings.Contains(bad, "Failure(") {
			t.Error(text.String())
		}
	})
}

// What goes on for long is told when it begins and changes, not at every attempt.
func TestLogSeldom(t *testing.T) {
	count := func(text, what string) int { return strings.Count(text, what) }
	bubble(t, "E25 a register that is off for a day is some lines, another reason is one more", func(t *testing.T) {
		var text bytes.Buffer
		var moved atomic.Bool
		b := start(t, func(context.Context) (ecr.Conn, error) {
			if moved.Load() {
				return nil, errors.New("no route")
			}
			return nil, errors.New("refused")
		}, gateway.Options{Name: "0", Reconnect: time.Second, Logger: slog.New(slog.NewTextHandler(&text, nil))})
		time.Sleep(24*time.Hour + time.Second/2)
		synctest.Wait()
		if n := count(text.String(), "cannot be reached"); n < 100 || n > 150 || !strings.Contains(text.String(), "attempts=600") {
			t.Errorf("%d lines:\n%.2000s", n, text.String())
		}
		before := count(text.String(), "cannot be reached")
		moved.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := count(text.String(), "cannot be reached"); n != before+1 || !strings.Contains(text.String(), "no route") {
			t.Errorf("another reason: %d lines after %d", n, before)
		}
		b.gateway.Close()
	})
	bubble(t, "E35 clients that are turned away are told of", func(t *testing.T) {
		var text bytes.Buffer
		_, dial := byHand(t)
		b := start(t, dial, gateway.Options{Name: "0", Reconnect: reconnect, MaxClients: 1, Logger: slog.New(slog.NewTextHandler(&text, nil))})
		b.till()
		for range 20 {
			b.till()
		}
		synctest.Wait()
		b.gateway.Close()
		if n := count(text.String(), "turned away:"); n != 1 || !strings.Contains(text.String(), "places=1") {
			t.Errorf("%d lines:\n%s", n, text.String())
		}
	})
}

func TestTrace(t *testing.T) {
	run := func(t *testing.T, verbose bool, early bool) string {
		var text bytes.Buffer
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Name: "0", Reconnect: reconnect, Tracer: gateway.TraceWriter(&text), Verbose: verbose, EarlyAck: early})
		device, c := w.next(t), b.till()
		c.send(request(0xF1, 7)...)
		device.expect(request(0xF1, 7)...)
		device.send(with(ack, answer(0xF1, 7))...)
		c.expect(with(ack, answer(0xF1, 7))...)
		b.gateway.Close()
		return text.String()
	}
	legs := []string{"client>gateway", "gateway>device", "device>gateway", "gateway>client"}
	bubble(t, "E32 all bytes on all four legs, in their order, with client and exchange", func(t *testing.T) {
		text := run(t, false, true)
		at := 0
		for _, leg := range legs {
			i := strings.Index(text[at:], "0 "+leg+" client 1 #1: ")
			if i < 0 {
				t.Fatalf("no %s after byte %d:\n%s", leg, at, text)
			}
			at += i
		}
	})
	bubble(t, "E32 the password and what could tell it are masked", func(t *testing.T) {
		if text := run(t, false, false); strings.Contains(text, "3F 42 0F") || !strings.Contains(text, "01 06 00 F1 ** ** ** ** 07 **") {
			t.Error(text)
		}
	})
	bubble(t, "E32 unless the log is verbose", func(t *testing.T) {
		if text := run(t, true, false); !strings.Contains(text, "01 06 00 F1 3F 42 0F 00 07") {
			t.Error(text)
		}
	})
	for _, name := range []string{"v1", "v2"} {
		bubble(t, "E32 Shtrih-M's password is masked on every leg, "+name, func(t *testing.T) {
			register, server := shtrihRegister(t, "", shtrihmtest.Options{})
			var text bytes.Buffer
			opt := shtrihOptions
			opt.Tracer = gateway.TraceWriter(&text)
			b := start(t, server.Dial, opt)
			c := b.till()
			body := []byte{0x13, 30, 0, 0, 0}
			if name == "v1" {
				c.send(v1(body...)...)
				c.expect(with(ack, v1(0x13, 0, 30))...)
				c.send(ack)
			} else {
				c.send(v2(1, body...)...)
				c.expect(v2(1, 0x13, 0, 30)...)
			}
			synctest.Wait()
			b.gateway.Close()
			if register.Executed(0x13) != 1 || strings.Contains(text.String(), "13 1E 00 00 00") || !strings.Contains(text.String(), "13 ** ** ** **") {
				t.Error(text.String())
			}
		})
	}
	bubble(t, "E32 a protocol that is not known is masked whole", func(t *testing.T) {
		var text bytes.Buffer
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Protocol: gateway.Raw, Reconnect: reconnect, Tracer: gateway.TraceWriter(&text)})
		device, c := w.next(t), b.till()
		c.send([]byte("secret")...)
		device.expect([]byte("secret")...)
		device.send([]byte("ok")...)
		c.expect([]byte("ok")...)
		b.gateway.Close()
		if strings.Contains(text.String(), "73 65 63") {
			t.Error(text.String())
		}
	})
}

func TestDefaults(t *testing.T) {
	t.Run("E35 what is not set has the documented value", func(t *testing.T) {
		for cmd, want := range map[uint16]time.Duration{0xFF61: 40 * time.Second, 0xE0: 120 * time.Second, 0x41: 65 * time.Second, 0xFF43: 65 * time.Second} {
			if got := gateway.DefaultAnswerLimit(gateway.ShtrihM, cmd); got < want {
				t.Errorf("%X: %v is less than %v", cmd, got, want)
			}
		}
		if got := gateway.DefaultAnswerLimit(gateway.CustomRU, 0xF1); got != time.Minute {
			t.Error(got)
		}
	})
	bubble(t, "E35 time in queue 10 s, clients 32, frames 65 539 bytes", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, gateway.Options{Reconnect: reconnect})
		device, first, second := w.next(t), b.till(), b.till()
		first.send(request(0xF1, 1)...)
		device.expect(request(0xF1, 1)...)
		device.send(ack) // the answer takes its time
		second.send(request(0xF1, 2)...)
		if took := second.expect(nak); took != 10*time.Second {
			t.Error(took)
		}
		var tills []*till
		for range 31 {
			tills = append(tills, b.till())
		}
		synctest.Wait()
		if n := len(b.gateway.Snapshot().Clients); n > 32 {
			t.Errorf("%d clients", n)
		}
		for _, c := range tills {
			c.drop()
		}
	})
}
