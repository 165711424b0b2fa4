package customru_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// bench is a register with a host on it, in memory and in virtual time.
type bench struct {
	register *customrutest.Register
	server   *ecrtest.Server
	link     *customru.Link
	device   *customru.Device
	lines    []string
}

// inBubble runs a test on a register that fails by a script. After it, nothing
// may be left running: the bubble itself would report it.
func inBubble(t *testing.T, script string, run func(t *testing.T, b *bench), change ...func(*customrutest.Options, *customru.Options)) {
	t.Helper()
	faults, err := ecrtest.ParseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		f := ecrtest.NewFaults(faults)
		ro := &customrutest.Options{Faults: f}
		lo := &customru.Options{Tracer: ecr.TraceFunc(func(e ecr.TraceEvent) { b.lines = append(b.lines, e.Line()) })}
		for _, c := range change {
			c(ro, lo)
		}
		b.register = customrutest.New(ro)
		b.server = &ecrtest.Server{Device: b.register, Faults: f}
		defer b.server.Close()
		b.link = customru.NewLink(b.server.Dial, lo)
		defer b.link.Close()
		b.device = customru.NewDevice(b.link, nil)
		run(t, b)
	})
}

var cashIn1 = []byte{0x3F, 0x42, 0x0F, 0, 1, 0, 0, 0, 0, 0, 0, 0}

// lookForStale is what it costs to look for stale input on a net.Pipe, which
// cannot be asked without reading.
const lookForStale = time.Millisecond

// cashIn sends a raw cash-in of one kopeck.
func (b *bench) cashIn(t *testing.T) error {
	t.Helper()
	_, err := b.link.Do(t.Context(), customru.CmdCashIn, cashIn1)
	return err
}

func TestLink(t *testing.T) {
	for _, c := range []struct {
		name, script string
		code         string
		outcome      ecr.Outcome
		phase        ecr.Phase
		ran          int
		took         time.Duration
	}{
		{"E3 an ACK and then the answer, which is not acknowledged", "", "", ecr.Answered, 0, 1, 0},
		{"E4 no answer: unknown after 10 s", "cmd 50 drop-answer", ecr.CodeAnswerTimeout, ecr.Unknown, ecr.PhaseAnswer, 1, 10 * time.Second},
		{"E4 no ACK: unknown after 5 s", "cmd 50 stall", ecr.CodeACKTimeout, ecr.Unknown, ecr.PhaseACK, 0, 5 * time.Second},
		{"E5 interim frames do not end the exchange", "cmd 50 interim=20", "", ecr.Answered, 0, 1, 38 * time.Second},
		{"E6 an answer without ACK is taken", "cmd 50 no-ack", "", ecr.Answered, 0, 1, 0},
		{"E10 resent after one NAK", "cmd 50#1 nak", "", ecr.Answered, 0, 1, 100 * time.Millisecond},
		{"E10 resent after three NAKs", "cmd 50#1 nak=3", "", ecr.Answered, 0, 1, 300 * time.Millisecond},
		{"E10 not a fifth time", "cmd 50#1 nak=9", ecr.CodeRejected, ecr.Rejected, ecr.PhaseACK, 0, 400 * time.Millisecond},
		{"E11 hang-up is unknown", "cmd 50 hangup", ecr.CodeDeviceGone, ecr.Unknown, ecr.PhaseAnswer, 1, 0},
		{"E11 power loss is unknown", "cmd 50 power-loss", ecr.CodeDeviceGone, ecr.Unknown, ecr.PhaseACK, 0, 0},
		{"E11 a damaged answer is unknown", "cmd 50 garble", ecr.CodeDamaged, ecr.Unknown, ecr.PhaseAnswer, 1, 0},
		{"E12 a stopped frame names the inter-byte limit", "cmd 50 garble=1", ecr.CodeInterByte, ecr.Unknown, ecr.PhaseInterByte, 1, time.Second},
		{"E4 an answer within the limit is waited for", "cmd 50 late=9s", "", ecr.Answered, 0, 1, 9 * time.Second},
		{"E4 an answer beyond it is not", "cmd 50 late=11s", ecr.CodeAnswerTimeout, ecr.Unknown, ecr.PhaseAnswer, 1, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, c.script, func(t *testing.T, b *bench) {
				start := time.Now()
				err := b.cashIn(t)
				took := time.Since(start) - lookForStale
				if got := ecr.OutcomeOf(err); got != c.outcome {
					t.Errorf("outcome %v (%v), want %v", got, err, c.outcome)
				}
				if e, ok := errors.AsType[*ecr.Error](err); ok != (c.code != "") || ok && (e.Code() != c.code || e.Phase() != c.phase) {
					t.Errorf("error %v, want code %q in phase %v", err, c.code, c.phase)
				} else if ok {
					if e.SafeToRetry() != (c.outcome == ecr.Rejected) {
						t.Errorf("SafeToRetry() = %v", e.SafeToRetry())
					}
					if e.Limit() > 0 && e.Limit() != c.took {
						t.Errorf("the error names the limit %v, it took %v", e.Limit(), c.took)
					}
				}
				if took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if ran := b.register.Executed(customru.CmdCashIn); ran != c.ran {
					t.Errorf("ran %d times, want %d\n%s", ran, c.ran, strings.Join(b.lines, "\n"))
				}
			})
		})
	}
}

func TestLinkLimits(t *testing.T) {
	t.Run("E4 limits are settable per command", func(t *testing.T) {
		inBubble(t, "cmd 50 late=60s", func(t *testing.T, b *bench) {
			if err := b.cashIn(t); err != nil {
				t.Error(err)
			}
		}, func(_ *customrutest.Options, o *customru.Options) {
			o.CommandLimits = map[customru.Command]customru.Limits{customru.CmdCashIn: {Answer: 2 * time.Minute}}
		})
	})
	t.Run("E5 interim frames have a limit of their own", func(t *testing.T) {
		inBubble(t, "cmd 50 interim=1000", func(t *testing.T, b *bench) {
			start := time.Now()
			err := b.cashIn(t)
			if ecr.OutcomeOf(err) != ecr.Unknown || time.Since(start)-lookForStale != time.Minute {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}, func(_ *customrutest.Options, o *customru.Options) { o.Limits.Interim = time.Minute })
	})
	t.Run("E5 a register without paper that tells it is waited for", func(t *testing.T) {
		interim := 0
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.register.SetPaper(false)
			time.AfterFunc(75*time.Second, func() { b.register.SetPaper(true) })
			if err := b.cashIn(t); err != nil {
				t.Error(err)
			}
			if interim < 30 {
				t.Errorf("%d interim frames", interim)
			}
		}, func(r *customrutest.Options, o *customru.Options) {
			r.Paper = customru.PaperRepeats
			o.Interim = func(customru.Frame) { interim++ }
		})
	})
	t.Run("E5 a silent register without paper is recovered from", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.register.SetPaper(false)
			_, err := b.device.CashIn(t.Context(), 100)
			if ecr.OutcomeOf(err) != ecr.Unknown {
				t.Fatal(err)
			}
			if _, err := b.device.Recover(t.Context(), err); !hasCode(err, customru.CodeBusy) {
				t.Errorf("while it waits for paper: %v", err)
			}
			b.register.SetPaper(true)
			time.Sleep(3 * time.Second)
			r, err := b.device.Recover(t.Context(), err)
			if err != nil || r.Verdict != customru.Done {
				t.Errorf("%+v, %v", r, err)
			}
		})
	})
}

func hasCode(err error, code string) bool {
	c, ok := err.(interface{ Code() string })
	return ok && c.Code() == code
}

func TestLateAnswers(t *testing.T) {
	t.Run("E13 a late answer never answers the next command", func(t *testing.T) {
		inBubble(t, "cmd 50#1 late=11s", func(t *testing.T, b *bench) {
			if err := b.cashIn(t); ecr.OutcomeOf(err) != ecr.Unknown {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // the register is free again
			a, err := b.link.Do(t.Context(), customru.CmdCashIn, cashIn1)
			if err != nil || a.Fields[2] != 2 {
				t.Errorf("the second cash-in was answered with %v, %v", a, err)
			}
		})
	})
	t.Run("E13 a duplicate answer is dropped", func(t *testing.T) {
		inBubble(t, "cmd 50 duplicate-answer", func(t *testing.T, b *bench) {
			for n := byte(1); n < 5; n++ {
				a, err := b.link.Do(t.Context(), customru.CmdCashIn, cashIn1)
				if err != nil || a.Fields[2] != n {
					t.Fatalf("cash-in %d: %v, %v", n, a, err)
				}
			}
		})
	})
	t.Run("E13 a hung-up connection is dialled anew before anything is sent", func(t *testing.T) {
		inBubble(t, "time 1s hangup", func(t *testing.T, b *bench) {
			if err := b.cashIn(t); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			if err := b.cashIn(t); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestCancel(t *testing.T) {
	t.Run("E14 cancelling ends the wait at once, unknown", func(t *testing.T) {
		inBubble(t, "cmd 50#1 late=9s", func(t *testing.T, b *bench) {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			start := time.Now()
			_, err := b.link.Do(ctx, customru.CmdCashIn, cashIn1)
			if took := time.Since(start); took != 3*time.Second {
				t.Errorf("took %v", took)
			}
			if ecr.OutcomeOf(err) != ecr.Unknown || !errors.Is(err, context.DeadlineExceeded) || !hasCode(err, ecr.CodeCancelled) {
				t.Error(err)
			}
			time.Sleep(10 * time.Second)
			if err := b.cashIn(t); err != nil {
				t.Errorf("the next exchange: %v", err)
			}
		})
	})
	t.Run("E14 a context that is over sends nothing", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := b.link.Do(ctx, customru.CmdCashIn, cashIn1)
			if ecr.OutcomeOf(err) != ecr.NotSent || b.register.Executed(customru.CmdCashIn) != 0 {
				t.Error(err)
			}
		})
	})
	t.Run("E12 waiting for the turn is a phase", func(t *testing.T) {
		inBubble(t, "cmd 50#1 late=9s", func(t *testing.T, b *bench) {
			go b.link.Do(t.Context(), customru.CmdCashIn, cashIn1)
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := b.link.Do(ctx, customru.CmdCashIn, cashIn1)
			e, ok := errors.AsType[*ecr.Error](err)
			if !ok || e.Phase() != ecr.PhaseQueue || e.Outcome() != ecr.NotSent {
				t.Error(err)
			}
			time.Sleep(10 * time.Second)
		})
	})
	t.Run("E11 Close during an exchange", func(t *testing.T) {
		inBubble(t, "cmd 50#1 late=9s", func(t *testing.T, b *bench) {
			time.AfterFunc(time.Second, func() { b.link.Close() })
			err := b.cashIn(t)
			if !errors.Is(err, ecr.ErrClosed) || ecr.OutcomeOf(err) != ecr.Unknown {
				t.Error(err)
			}
			if err := b.cashIn(t); !errors.Is(err, ecr.ErrClosed) || ecr.OutcomeOf(err) != ecr.NotSent {
				t.Error(err)
			}
			time.Sleep(9 * time.Second)
		})
	})
}

func TestConnectFailures(t *testing.T) {
	t.Run("E11 a device that cannot be dialled: not sent", func(t *testing.T) {
		link := customru.NewLink(func(context.Context) (ecr.Conn, error) { return nil, errors.New("no route") }, nil)
		defer link.Close()
		_, err := link.Do(t.Context(), customru.CmdStatus, nil)
		e, ok := errors.AsType[*ecr.Error](err)
		if !ok || e.Outcome() != ecr.NotSent || !e.SafeToRetry() || e.Phase() != ecr.PhaseConnect {
			t.Error(err)
		}
	})
	t.Run("E11 a request that nobody takes: not sent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, device := net.Pipe()
			defer device.Close()
			link := customru.NewLink(ecr.Once(host), nil)
			defer link.Close()
			_, err := link.Do(t.Context(), customru.CmdCashIn, cashIn1)
			e, ok := errors.AsType[*ecr.Error](err)
			if !ok || e.Outcome() != ecr.NotSent || e.Phase() != ecr.PhaseWrite || e.Limit() != 5*time.Second {
				t.Error(err)
			}
			_, err = link.Do(t.Context(), customru.CmdCashIn, cashIn1)
			if !errors.Is(err, ecr.ErrDeviceGone) || ecr.OutcomeOf(err) != ecr.NotSent {
				t.Errorf("after it: %v", err)
			}
		})
	})
	t.Run("E11 a request taken in part: unknown", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, device := net.Pipe()
			defer device.Close()
			go device.Read(make([]byte, 3))
			link := customru.NewLink(ecr.Once(host), nil)
			defer link.Close()
			_, err := link.Do(t.Context(), customru.CmdCashIn, cashIn1)
			if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Outcome() != ecr.Unknown || e.Phase() != ecr.PhaseWrite {
				t.Error(err)
			}
		})
	})
	t.Run("E11 data too long for a frame: not sent", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			_, err := b.link.Do(t.Context(), customru.CmdCashIn, make([]byte, customru.MaxData+1))
			if !hasCode(err, ecr.CodeFrameTooLong) || ecr.OutcomeOf(err) != ecr.NotSent {
				t.Error(err)
			}
		})
	})
}

// TestNoise plays a device by hand: bytes that a simulated one never sends.
func TestNoise(t *testing.T) {
	answer := frame(t, customru.CmdCashIn, 0, 0, 99, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0)
	stale := frame(t, customru.CmdCashIn, 0, 0, 99, 7, 0, 7, 0, 0, 0, 0, 0, 0, 0)
	other := frame(t, customru.CmdStatus, 0, 0, 99, 0, 0xC7, 0)
	ack, nak := []byte{customru.ACK}, []byte{customru.NAK}
	for _, c := range []struct {
		name  string
		reply [][]byte // one for each request that arrives, sent in one piece
		want  ecr.Outcome
		sent  int
	}{
		{"E3 noise before ACK and answer", [][]byte{join([]byte{0xFF, 0}, ack, []byte{0xFF}, answer)}, ecr.Answered, 1},
		{"E10 NAK for noise, then the ACK: not sent again", [][]byte{join(nak, ack, answer)}, ecr.Answered, 1},
		{"E6 a frame of another command before the ACK", [][]byte{join(other, ack, answer)}, ecr.Answered, 1},
		{"E5 a frame of another command after it", [][]byte{join(ack, other, other, answer)}, ecr.Answered, 1},
		{"E1 control bytes inside a frame", [][]byte{join(ack, frame(t, customru.CmdCashIn, 0, 0, 99, 6, 21, 1, 6, 21, 1, 6, 21, 1, 6))}, ecr.Answered, 1},
		{"E13 an older answer before the ACK is dropped", [][]byte{join(ack, stale), join(stale, ack, answer)}, ecr.Answered, 2},
		{"E6 an answer like the last one, without ACK, is not believed", [][]byte{join(ack, stale), stale}, ecr.Unknown, 2},
		{"E6 another one is believed after the ACK limit", [][]byte{join(ack, stale), answer}, ecr.Answered, 2},
		{"E10 a NAK among noise is no refusal", [][]byte{{0xFF, customru.NAK}}, ecr.Unknown, 1},
		{"E10 noise after a NAK: no refusal", [][]byte{{customru.NAK, 0xFF}}, ecr.Unknown, 1},
		{"E11 an answer without an error code", [][]byte{join(ack, frame(t, customru.CmdCashIn, 0))}, ecr.Unknown, 1},
		{"E10 a NAK after the ACK does not resend", [][]byte{join(ack, nak, answer)}, ecr.Answered, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				host, device := net.Pipe()
				defer device.Close()
				sent := 0
				go func() {
					var in customru.Scanner
					for {
						n, err := device.Read(in.Space())
						if err != nil {
							return
						}
						in.Added(n)
						for {
							if _, ok := in.Next(); !ok {
								break
							}
							if sent++; sent <= len(c.reply) {
								device.Write(c.reply[sent-1])
							}
						}
					}
				}()
				link := customru.NewLink(ecr.Once(host), nil)
				defer link.Close()
				var err error
				for range c.reply {
					_, err = link.Do(t.Context(), customru.CmdCashIn, cashIn1)
				}
				if ecr.OutcomeOf(err) != c.want || sent != c.sent {
					t.Errorf("%v after %d requests, want %v after %d", err, sent, c.want, c.sent)
				}
			})
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func frame(t *testing.T, cmd customru.Command, data ...byte) []byte {
	t.Helper()
	b, err := customru.AppendFrame(nil, cmd, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTrace(t *testing.T) {
	t.Run("E2 the trace masks the password and what gives it away", func(t *testing.T) {
		inBubble(t, "cmd 50#1 nak", func(t *testing.T, b *bench) {
			if err := b.cashIn(t); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(b.lines, "\n")
			want := `#1 - connected
#1 > 01 0D 00 50 ** ** ** ** 01 00 00 00 00 00 00 00 ** | 50 cash in
#1 < 15 | NAK
#1 - NAK: sending the frame again
#1 > 01 0D 00 50 ** ** ** ** 01 00 00 00 00 00 00 00 ** | 50 cash in
#1 < 06 | ACK
#1 < 01 0E 00 50 00 00 63 01 00 01 00 00 00 00 00 00 00 C3 | 50 cash in`
			if got != want {
				t.Errorf("trace:\n%s\nwant:\n%s", got, want)
			}
		})
	})
	t.Run("E12 errors say where and what to do in two languages", func(t *testing.T) {
		inBubble(t, "cmd 50 drop-answer", func(t *testing.T, b *bench) {
			err := b.cashIn(t)
			e, _ := errors.AsType[*ecr.Error](err)
			if got, want := err.Error(), "ecr: command 50 cash in: no answer within 10s (outcome unknown)"; got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if got := e.Message("ru"); !strings.Contains(got, "могла выполниться") {
				t.Error(got)
			}
			if got := e.Message("en"); !strings.HasPrefix(got, "No answer within 10s. The command may have run") {
				t.Error(got)
			}
			if got := fmt.Sprint(e.Path()); got != "command 50 cash in" {
				t.Error(got)
			}
		})
	})
}

// answering is a device whose every answer holds the same data.
func answering(t *testing.T, data []byte) *customru.Device {
	host, device := net.Pipe()
	go func() {
		defer device.Close()
		var in customru.Scanner
		for {
			n, err := device.Read(in.Space())
			if err != nil {
				return
			}
			in.Added(n)
			for {
				token, ok := in.Next()
				if !ok {
					break
				}
				b, err := customru.AppendFrame([]byte{customru.ACK}, token.Frame.Cmd, data)
				if err != nil {
					return
				}
				if _, err := device.Write(b); err != nil {
					return
				}
			}
		}
	}()
	d := customru.NewDevice(customru.NewLink(ecr.Once(host), nil), &customru.DeviceOptions{NoLastError: true})
	t.Cleanup(func() { d.Close() })
	return d
}

// pair is a connection in memory that takes writes without waiting for reads.
func pair(t *testing.T) (host, device ecr.Conn) {
	t.Helper()
	return ecrtest.NewLine(nil, nil).Pair()
}
