package gateway_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

const enq = shtrihm.ENQ

// shtrih is a request body: a beep with a mark in the password, which no
// simulated register looks at, and which a device played by hand echoes.
func beep(mark byte) []byte { return []byte{0x13, 30, 0, 0, mark} }

func beeped(mark byte) []byte { return []byte{0x13, 0, mark} }

func (b *bench) link(level shtrihm.Level, trace ecr.Tracer) *shtrihm.Link {
	l := shtrihm.NewLink(b.listen.dial, &shtrihm.Options{Level: level, Tracer: trace})
	b.Cleanup(func() { l.Close() })
	return l
}

func shtrihRegister(t *testing.T, script string, opt shtrihmtest.Options) (*shtrihmtest.Register, *ecrtest.Server) {
	t.Helper()
	opt.Faults = faults(t, script)
	register := shtrihmtest.New(&opt)
	server := &ecrtest.Server{Device: register, Faults: opt.Faults}
	t.Cleanup(func() { server.Close() })
	return register, server
}

var shtrihOptions = gateway.Options{Protocol: gateway.ShtrihM, Reconnect: reconnect}

func TestStandardLevel(t *testing.T) {
	// idle plays the device's side of one exchange.
	idle := func(device *till) {
		device.t.Helper()
		device.expect(enq)
		device.send(nak)
	}
	run := func(device *till, mark byte) {
		device.t.Helper()
		idle(device)
		device.expect(v1(beep(mark)...)...)
		device.send(with(ack, v1(beeped(mark)...))...)
		device.expect(ack)
	}
	bubble(t, "E33 the client's ENQ is answered here, its frame is queued whole, the device is asked first", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c, d := w.next(t), b.till(), b.till()
		c.send(enq)
		c.expect(nak)
		device.silent(time.Second)
		c.send(v1(beep(1)...)[:4]...)
		device.silent(500 * time.Millisecond)
		c.send(v1(beep(1)...)[4:]...)
		synctest.Wait()
		d.send(v1(beep(2)...)...) // without ENQ as well
		run(device, 1)
		c.read(t, with(ack, v1(beeped(1)...)))
		c.send(ack)
		run(device, 2)
		d.read(t, with(ack, v1(beeped(2)...)))
		d.send(ack)
		c.send(enq)
		c.expect(nak)
		b.wantFailures("")
	})
	bubble(t, "E33 the answer is kept for its client until that client acknowledges it", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c, d := w.next(t), b.till(), b.till()
		c.send(v1(beep(1)...)...)
		run(device, 1)
		c.expect(with(ack, v1(beeped(1)...))...)
		d.send(v1(beep(2)...)...)
		run(device, 2)
		d.expect(with(ack, v1(beeped(2)...))...)
		d.send(ack)
		for range 3 {
			c.send(nak, enq) // it arrived damaged
			c.expect(with(ack, v1(beeped(1)...))...)
		}
		c.send(ack, enq)
		c.expect(nak)
	})
	bubble(t, "E33 ENQ while the request waits or runs: ACK, the answer follows", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		c.send(enq)
		c.expect(ack)
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		c.read(t, v1(beeped(1)...))
	})
	bubble(t, "E33 a frame repeated by an impatient host is not executed again", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		c.send(v1(beep(1)...)...)
		synctest.Wait()
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		c.expect(with(ack, v1(beeped(1)...))...)
		c.send(v1(beep(1)...)...) // crossed with the answer
		c.expect(with(ack, v1(beeped(1)...))...)
		device.silent(time.Second)
		c.send(ack)
		c.send(v1(beep(1)...)...) // acknowledged: this one is new
		run(device, 1)
		c.expect(with(ack, v1(beeped(1)...))...)
		b.wantFailures("repeated*2")
	})
	bubble(t, "E33 another frame while one is under way: the device sees both, the client the second's answer", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		c.send(v1(beep(2)...)...)
		synctest.Wait()
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		run(device, 2)
		c.expect(with(ack, v1(beeped(2)...))...)
	})
	bubble(t, "E33 a pending answer that belongs to nobody is read, acknowledged and dropped", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		device.send(with(ack, v1(beeped(9)...))...)
		device.expect(ack)
		run(device, 1)
		c.expect(with(ack, v1(beeped(1)...))...)
		b.wantFailures("stale-input")
	})
	bubble(t, "E33 a device busy for somebody gone: the request waits in the queue and can be refused", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq)
		device.send(ack)
		if took := c.expect(nak); took != 10*time.Second {
			t.Error(took)
		}
		c.hungUp() // once, then the line is closed
		c = b.till()
		c.send(v1(beep(2)...)...)
		synctest.Wait() // it is queued before the device answers
		device.send(v1(beeped(9)...)...)
		device.expect(ack)
		run(device, 2)
		c.expect(with(ack, v1(beeped(2)...))...)
	})
	bubble(t, "E33 the FFh after our ACK is swallowed, and sent to the client by option", func(t *testing.T) {
		for _, option := range []bool{false, true} {
			w, dial := byHand(t)
			opt := shtrihOptions
			opt.SendIdleByte = option
			b := start(t, dial, opt)
			device, c := w.next(t), b.till()
			for mark := range byte(3) {
				c.send(v1(beep(mark)...)...)
				run(device, mark)
				device.send(shtrihm.IdleByte)
				c.expect(with(ack, v1(beeped(mark)...))...)
				c.send(ack)
				if option {
					c.expect(shtrihm.IdleByte)
				}
				c.silent(time.Second)
			}
			b.wantFailures("")
		}
	})
	bubble(t, "E33 an answer damaged on the way is asked for again", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		idle(device)
		device.expect(v1(beep(1)...)...)
		bad := v1(beeped(1)...)
		bad[len(bad)-1]++
		device.send(with(ack, bad)...)
		device.expect(nak, enq)
		device.send(ack)
		device.send(v1(beeped(1)...)[:3]...) // and cut off
		device.expect(nak, enq)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		c.expect(with(ack, v1(beeped(1)...))...)
		b.wantFailures("answer-damaged*2")
	})
	bubble(t, "E33 NAK to the frame: asked once more, then the client is told", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		idle(device)
		device.expect(v1(beep(1)...)...)
		device.send(nak)
		device.expect(enq)
		device.send(nak)
		c.expect(nak)
		c.send(v1(beep(1)...)...) // the host repeats
		idle(device)
		device.expect(v1(beep(1)...)...)
		device.send(nak) // for noise: the frame itself runs
		device.expect(enq)
		device.send(ack)
		device.send(v1(beeped(1)...)...)
		device.expect(ack)
		c.expect(with(ack, v1(beeped(1)...))...)
		b.wantFailures("device-nak")
	})
	bubble(t, "E33 a device that does not answer ENQ: nothing was written, the client is refused", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq, enq, enq, enq, enq)
		c.expect(nak)
		c.hungUp()
		w.next(t)
	})
	bubble(t, "E33 late replies to repeated ENQs are not taken for the request's", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		device.expect(enq, enq, enq) // busy for 2 s
		device.send(nak)
		device.send(nak, nak)
		device.expect(enq) // after a silence, once more
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		c.expect(with(ack, v1(beeped(1)...))...)
	})
	bubble(t, "E24 v1, device down: NAK to a frame, once, then close; ENQ is closed at once", func(t *testing.T) {
		w, dial := byHand(t)
		opt := shtrihOptions
		opt.Reconnect = -1
		b := start(t, dial, opt)
		w.next(t).drop()
		synctest.Wait()
		c := b.till()
		c.send(v1(beep(1)...)...)
		c.expect(nak)
		c.hungUp()
		c = b.till()
		c.send(enq)
		c.hungUp()
	})
	bubble(t, "E24 v1, a damaged frame: NAK, the second time close", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, shtrihOptions)
		device, c := w.next(t), b.till()
		bad := v1(beep(1)...)
		bad[3]++
		c.send(bad...)
		c.expect(nak)
		c.send(0, 0, 0, 0) // zeros before STX: hosts send them
		c.send(v1(beep(1)...)...)
		run(device, 1)
		c.expect(with(ack, v1(beeped(1)...))...)
		c.send(ack)
		c.send(bad...)
		c.expect(nak)
		c.send(bad...)
		c.hungUp()
	})
	bubble(t, "E22 v1 with an early ACK", func(t *testing.T) {
		w, dial := byHand(t)
		opt := shtrihOptions
		opt.EarlyAck = true
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(v1(beep(1)...)...)
		idle(device)
		device.expect(v1(beep(1)...)...)
		device.send(ack)
		c.read(t, []byte{ack})
		device.send(v1(beeped(1)...)...)
		device.expect(ack)
		c.read(t, v1(beeped(1)...))
	})
}

func TestAlternativeLevel(t *testing.T) {
	opt := shtrihOptions
	opt.DeviceLevel = shtrihm.LevelAlternative
	// synced plays the device's answer to the first question.
	synced := func(device *till, number uint16) {
		device.t.Helper()
		device.expect(sync2...)
		device.send(v2(number, 0x10, 0)...)
	}
	bubble(t, "E34 one number towards the device, one for each client", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c, d := w.next(t), b.till(), b.till()
		for _, x := range []*till{c, d} {
			x.send(sync2...)
			if took := x.expect(v2(1)...); took > 100*time.Millisecond {
				t.Error(took) // a device that has executed nothing
			}
		}
		c.send(v2(2, beep(1)...)...)
		synced(device, 0x8F) // and a number that must be stuffed
		device.expect(v2(0x90, beep(1)...)...)
		device.send(v2(0x90, beeped(1)...)...)
		c.expect(v2(2, beeped(1)...)...)
		d.send(v2(2, beep(0x9F)...)...)
		device.expect(v2(0x91, beep(0x9F)...)...)
		device.send(v2(0x91, beeped(0x9F)...)...)
		d.expect(v2(2, beeped(0x9F)...)...)
		c.send(sync2...)
		c.expect(v2(2, beeped(1)...)...)
		b.wantFailures("")
	})
	bubble(t, "E34 a repeated number is answered from that client's store, one out of turn too", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(v2(1, beep(1)...)...) // the first one may be 1
		synced(device, 7)
		device.expect(v2(8, beep(1)...)...)
		c.send(v2(1, beep(1)...)...) // while it runs: its answer will come
		synctest.Wait()
		device.send(v2(8, beeped(1)...)...)
		c.expect(v2(1, beeped(1)...)...)
		c.silent(time.Second)
		c.send(v2(1, beep(1)...)...)
		c.expect(v2(1, beeped(1)...)...)
		c.send(v2(9, beep(9)...)...)
		c.expect(v2(1, beeped(1)...)...)
		device.silent(time.Second)
		b.wantFailures("repeated*2 out-of-turn")
	})
	bubble(t, "E34 after a restart: a first request without sync gets an empty frame and does not run", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		for range 3 { // not even after it was told the number: only a sync is asking
			c.send(v2(2, beep(1)...)...)
			c.expect(v2(1)...)
		}
		device.silent(time.Second)
		c.send(sync2...)
		c.expect(v2(1)...)
		c.send(v2(2, beep(1)...)...)
		synced(device, 1)
		device.expect(v2(2, beep(1)...)...)
		device.send(v2(2, beeped(1)...)...)
		c.expect(v2(2, beeped(1)...)...)
	})
	bubble(t, "E34 numbers go round: 65 535 is followed by 0", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(v2(1, beep(1)...)...)
		synced(device, 0xFFFF)
		device.expect(v2(0, beep(1)...)...)
		device.send(v2(0, beeped(1)...)...)
		c.expect(v2(1, beeped(1)...)...)
		number := uint16(1)
		for range 65_535 {
			number++
			c.send(v2(number, beep(2)...)...)
			device.expect(v2(number-1, beep(2)...)...)
			device.send(v2(number-1, beeped(2)...)...)
			c.expect(v2(number, beeped(2)...)...)
		}
		if number != 0 {
			t.Error(number)
		}
	})
	bubble(t, "E34 a damaged answer is fetched by a sync; copies and lost numbers are told apart", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(v2(1, beep(1)...)...)
		synced(device, 1)
		device.expect(v2(2, beep(1)...)...)
		bad := v2(2, beeped(1)...)
		bad[len(bad)-1]++
		device.send(bad...)
		device.expect(sync2...)
		device.send(v2(2, beeped(1)...)...)
		c.expect(v2(1, beeped(1)...)...)

		c.send(v2(2, beep(2)...)...)
		device.expect(v2(3, beep(2)...)...)
		device.send(v2(2, beeped(1)...)...) // a copy
		device.send(v2(3, beeped(2)...)...)
		c.expect(v2(2, beeped(2)...)...)

		c.send(v2(3, beep(3)...)...)
		device.expect(v2(4, beep(3)...)...)
		device.send(v2(1)...) // it lost its numbers
		device.expect(sync2...)
		device.send(v2(1)...)
		c.hungUp()
		b.wantFailures("answer-damaged doubtful stale-input")
	})
	bubble(t, "E34 no ACK in v2: the answer limit alone counts; then the client is hung up on", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(v2(1, beep(1)...)...)
		synced(device, 1)
		device.expect(v2(2, beep(1)...)...)
		if took := c.hungUp(); took != time.Minute {
			t.Error(took)
		}
		b.wantFailures("no-answer")
	})
	bubble(t, "E24 v2 has no NAK: a refused request is closed", func(t *testing.T) {
		w, dial := byHand(t)
		none := opt
		none.Reconnect = -1
		b := start(t, dial, none)
		w.next(t).drop()
		c := b.till()
		c.send(sync2...)
		c.expect(v2(1)...) // answered here, whatever the device does
		c.send(v2(2, beep(1)...)...)
		c.hungUp()
	})
	bubble(t, "E34 clients of v1 before a device of v2, and the other way round", func(t *testing.T) {
		w, dial := byHand(t)
		b := start(t, dial, opt)
		device, c := w.next(t), b.till()
		c.send(enq)
		c.expect(nak)
		c.send(v1(beep(1)...)...)
		synced(device, 1)
		device.expect(v2(2, beep(1)...)...)
		device.send(v2(2, beeped(1)...)...)
		c.expect(with(ack, v1(beeped(1)...))...)

		w, dial = byHand(t)
		b = start(t, dial, shtrihOptions)
		device, c = w.next(t), b.till()
		c.send(v2(1, beep(1)...)...)
		device.expect(enq)
		device.send(nak)
		device.expect(v1(beep(1)...)...)
		device.send(with(ack, v1(beeped(1)...))...)
		device.expect(ack)
		c.expect(v2(1, beeped(1)...)...)
		c.send(v2(2, append(beep(2), make([]byte, 300)...)...)...)
		c.hungUp() // does not fit into a frame of v1
	})
}

// TestManyShtrihM: several hosts of this project's own at once, over v1, v2 and
// mixed, before a simulated register of each level; each sees its own answers.
func TestManyShtrihM(t *testing.T) {
	for _, device := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
		for _, mix := range [][]shtrihm.Level{
			{shtrihm.LevelStandard, shtrihm.LevelStandard, shtrihm.LevelStandard},
			{shtrihm.LevelAlternative, shtrihm.LevelAlternative, shtrihm.LevelAlternative},
			{shtrihm.LevelStandard, shtrihm.LevelAlternative, shtrihm.LevelAuto, shtrihm.LevelAlternative},
		} {
			bubble(t, fmt.Sprintf("E34 clients %v before a device of %v", mix, device), func(t *testing.T) {
				register, server := shtrihRegister(t, "cmd 13#7 garble=1; cmd 13#9 duplicate-answer", shtrihmtest.Options{FFAfterACK: true})
				fields := map[byte]string{} // as the register itself gives them
				direct := shtrihm.NewLink(server.Dial, nil)
				for field := range byte(60) {
					a, err := direct.Do(t.Context(), 0x2E, []byte{30, 0, 0, 0, 17, field + 1})
					if err != nil {
						t.Fatal(err)
					}
					fields[field+1] = string(a.Data)
				}
				direct.Close()
				opt := shtrihOptions
				opt.DeviceLevel = device
				b := start(t, server.Dial, opt)
				var wg sync.WaitGroup
				for n, level := range mix {
					link := b.link(level, nil)
					wg.Go(func() {
						for i := range 50 {
							if _, err := link.Do(context.Background(), 0x13, []byte{30, 0, 0, 0}); err != nil {
								t.Errorf("client %d, %d: %v", n, i, err)
							}
							// Answers that tell which question they belong to.
							field := byte(1 + (n*13+i)%60)
							a, err := link.Do(context.Background(), 0x2E, []byte{30, 0, 0, 0, 17, field})
							if err != nil || string(a.Data) != fields[field] {
								t.Errorf("client %d, %d: got %q, want %q: %v", n, i, a.Data, fields[field], err)
							}
						}
					})
				}
				wg.Wait()
				if want := 50 * len(mix); register.Executed(0x13) != want {
					t.Errorf("%d ran, want %d", register.Executed(0x13), want)
				}
			})
		}
	}
}

// TestRestart: the gateway is killed between a client's request and its repeat.
func TestRestart(t *testing.T) {
	for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
		for _, device := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
			bubble(t, fmt.Sprintf("E34 a restart between a request and its repeat: %v before %v", level, device), func(t *testing.T) {
				register, server := shtrihRegister(t, "cmd 13#2 late=3s", shtrihmtest.Options{})
				opt := shtrihOptions
				opt.DeviceLevel = device
				b := start(t, server.Dial, opt)
				var listen atomic.Pointer[listener]
				listen.Store(b.listen)
				link := shtrihm.NewLink(func(ctx context.Context) (ecr.Conn, error) { return listen.Load().dial(ctx) }, &shtrihm.Options{Level: level})
				defer link.Close()
				pw := []byte{30, 0, 0, 0}
				if _, err := link.Do(t.Context(), 0x13, pw); err != nil {
					t.Fatal(err)
				}
				go func() {
					time.Sleep(time.Second)
					b.gateway.Close()
					listen.Store(start(t, server.Dial, opt).listen)
				}()
				_, err := link.Do(t.Context(), 0x13, pw)
				time.Sleep(10 * time.Second)
				// The host may be told "unknown", never "done" without it, nor may it run twice.
				if n := register.Executed(0x13); n != 2 || ecr.OutcomeOf(err) != ecr.Unknown {
					t.Errorf("%d ran; %v", n, err)
				}
				if _, err := link.Do(t.Context(), 0x13, pw); err != nil {
					t.Error(err)
				}
				if n := register.Executed(0x13); n != 3 {
					t.Errorf("%d ran", n)
				}
			})
		}
	}
}
