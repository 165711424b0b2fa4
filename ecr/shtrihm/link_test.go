package shtrihm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// bench is a register with a host on it, in memory and in virtual time.
type bench struct {
	register *shtrihmtest.Register
	server   *ecrtest.Server
	link     *shtrihm.Link
	lines    []string
}

// inBubble runs a test on a register that fails by a script. After it, nothing
// may be left running: the bubble itself would report it.
func inBubble(t *testing.T, script string, run func(t *testing.T, b *bench), change ...func(*shtrihmtest.Options, *shtrihm.Options)) {
	t.Helper()
	faults, err := ecrtest.ParseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		b := &bench{}
		f := ecrtest.NewFaults(faults)
		ro := &shtrihmtest.Options{Faults: f}
		lo := &shtrihm.Options{Tracer: ecr.TraceFunc(func(e ecr.TraceEvent) { b.lines = append(b.lines, e.Line()) })}
		for _, c := range change {
			c(ro, lo)
		}
		b.register = shtrihmtest.New(ro)
		b.server = &ecrtest.Server{Device: b.register, Faults: f}
		defer b.server.Close()
		b.link = shtrihm.NewLink(b.server.Dial, lo)
		defer b.link.Close()
		run(t, b)
	})
}

var password = []byte{30, 0, 0, 0}

const beep = shtrihm.Command(0x13) // it changes nothing and is counted

func (b *bench) beep(t *testing.T) error {
	_, err := b.link.Do(t.Context(), beep, password)
	return err
}

func TestLink(t *testing.T) {
	const v1, v2 = shtrihm.LevelStandard, shtrihm.LevelAlternative
	for _, c := range []struct {
		name, script string
		level        shtrihm.Level
		outcome      ecr.Outcome
		code         string
		ran          int
	}{
		{"E3 ENQ, NAK, frame, ACK, answer, ACK", "", v1, ecr.Answered, "", 1},
		{"E10 a lost answer is fetched with ENQ", "cmd 13 drop-answer", v1, ecr.Answered, "", 1},
		{"E10 an answer that is late beyond the limit is waited for after ENQ", "cmd 13 late=40s", v1, ecr.Answered, "", 1},
		{"E10 no ACK and an idle device: unknown, never sent again", "cmd 13 stall", v1, ecr.Unknown, ecr.CodeACKTimeout, 0},
		{"E10 resent after one NAK", "cmd 13#1 nak", v1, ecr.Answered, "", 1},
		{"E10 resent after three NAKs", "cmd 13#1 nak=3", v1, ecr.Answered, "", 1},
		{"E10 not a fifth time", "cmd 13#1 nak=9", v1, ecr.Rejected, ecr.CodeRejected, 0},
		{"E10 a damaged answer is asked for again", "cmd 13 garble", v1, ecr.Answered, "", 1},
		{"E10 a damaged length too", "cmd 13 garble=1", v1, ecr.Answered, "", 1},
		{"E10 an answer without ACK is taken", "cmd 13 no-ack", v1, ecr.Answered, "", 1},
		{"E10 after a hang-up the answer is fetched over a new connection", "cmd 13 hangup", v1, ecr.Answered, "", 1},
		{"E11 power loss is unknown", "cmd 13 power-loss", v1, ecr.Unknown, ecr.CodeDeviceGone, 0},
		{"E13 a second copy of an answer is not the next one's", "cmd 13 duplicate-answer", v1, ecr.Answered, "", 1},
		{"E13 answers to other commands are not taken", "cmd 13 interim=3", v1, ecr.Answered, "", 1},

		{"E3 v2: number and answer", "", v2, ecr.Answered, "", 1},
		{"E10 v2: a lost answer is fetched by its number", "cmd 13#2 drop-answer", v2, ecr.Answered, "", 1},
		{"E10 v2: a lost request is repeated with its number", "cmd 13#2 stall", v2, ecr.Answered, "", 1},
		{"E10 v2: a damaged answer", "cmd 13#2 garble", v2, ecr.Answered, "", 1},
		{"E10 v2: after a hang-up the answer is fetched over a new connection", "cmd 13#2 hangup", v2, ecr.Answered, "", 1},
		{"E10 v2: a late answer", "cmd 13#2 late=40s", v2, ecr.Answered, "", 1},
		{"E11 v2: power loss is unknown", "cmd 13#2 power-loss", v2, ecr.Unknown, "", 0},
		{"E13 v2: a stale answer with the right number", "cmd 13#2 interim=3", v2, ecr.Answered, "", 1},
		{"E13 v2: a second copy of an answer", "cmd 13#2 duplicate-answer", v2, ecr.Answered, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, c.script, func(t *testing.T, b *bench) {
				before := 0
				if c.level == v2 { // past the first number, which proves nothing
					if err := b.beep(t); err != nil {
						t.Fatal(err)
					}
					before = 1
				}
				err := b.beep(t)
				if got := ecr.OutcomeOf(err); got != c.outcome {
					t.Errorf("outcome %v (%v), want %v", got, err, c.outcome)
				}
				if e, ok := errors.AsType[*ecr.Error](err); ok && (c.code != "" && e.Code() != c.code || e.Path() != "command 13h" || e.SafeToRetry() != c.outcome.SafeToRetry()) {
					t.Errorf("error %v, want code %q", err, c.code)
				}
				if ran := b.register.Executed(beep) - before; ran != c.ran {
					t.Errorf("ran %d times, want %d", ran, c.ran)
				}
				if t.Failed() {
					t.Log(strings.Join(b.lines, "\n"))
				}
				time.Sleep(2 * time.Second) // after power loss
				if a, err := b.link.Do(t.Context(), 0xFF40, password); err != nil || len(a.Data) != 5 || a.Data[0] != 1 {
					t.Errorf("the next exchange: % X %v\n%s", a.Data, err, strings.Join(b.lines, "\n"))
				}
			}, func(_ *shtrihmtest.Options, o *shtrihm.Options) { o.Level = c.level })
		})
	}
}

func TestLinkDetails(t *testing.T) {
	t.Run("E13 another program's unread answer is dropped first", func(t *testing.T) {
		inBubble(t, "cmd 10#1 drop-answer", func(t *testing.T, b *bench) {
			conn, _ := b.server.Dial(t.Context())
			conn.Write([]byte{2, 5, 0x10, 30, 0, 0, 0, 0x0B})
			io.ReadFull(conn, make([]byte, 1))
			conn.Close()
			if err := b.beep(t); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E15 an error byte is an error of the device", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			a, err := b.link.Do(t.Context(), 0x88, password)
			if !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorMode, Cmd: 0x88}) || a.Code != shtrihm.ErrorMode {
				t.Error(a, err)
			}
		})
	})
	t.Run("E14 the context ends the wait at once", func(t *testing.T) {
		for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
			inBubble(t, "cmd 13 late=20s", func(t *testing.T, b *bench) {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				start := time.Now()
				_, err := b.link.Do(ctx, beep, password)
				if took := time.Since(start); took != 3*time.Second || ecr.OutcomeOf(err) != ecr.Unknown || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v: %v after %v", level, err, took)
				}
			}, func(_ *shtrihmtest.Options, o *shtrihm.Options) { o.Level = level })
		}
	})
	t.Run("E2 passwords do not show in a trace", func(t *testing.T) {
		for _, level := range []shtrihm.Level{shtrihm.LevelStandard, shtrihm.LevelAlternative} {
			inBubble(t, "", func(t *testing.T, b *bench) {
				if err := b.beep(t); err != nil {
					t.Fatal(err)
				}
				text := strings.Join(b.lines, "\n")
				want := map[shtrihm.Level]string{
					shtrihm.LevelStandard:    "> 02 05 13 ** ** ** ** ** | 13h",
					shtrihm.LevelAlternative: "> 8F 07 00 02 00 13 ** ** ** ** ** ** | 13h",
				}[level]
				if !strings.Contains(text, want) || strings.Contains(text, "1E 00 00 00") {
					t.Errorf("%v:\n%s", level, text)
				}
			}, func(_ *shtrihmtest.Options, o *shtrihm.Options) { o.Level = level })
		}
	})
	t.Run("E13 FFh after the ACK is skipped", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for range 3 {
				if err := b.beep(t); err != nil {
					t.Error(err)
				}
			}
		}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.FFAfterACK = true })
	})
	t.Run("E12 a silent device: not sent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, device := net.Pipe()
			go io.Copy(io.Discard, device)
			link := shtrihm.NewLink(ecr.Once(host), nil)
			defer device.Close()
			defer link.Close()
			_, err := link.Do(t.Context(), beep, password)
			if ecr.OutcomeOf(err) != ecr.NotSent {
				t.Error(err)
			}
		})
	})
	t.Run("E12 a device that answers v2 alone is found out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
			defer server.Close()
			dial := func(ctx context.Context) (ecr.Conn, error) {
				conn, err := server.Dial(ctx)
				return deafToENQ{conn}, err
			}
			link := shtrihm.NewLink(dial, nil)
			defer link.Close()
			for range 2 {
				if _, err := link.Do(t.Context(), beep, password); err != nil {
					t.Error(err)
				}
			}
		})
	})
	t.Run("E10 a request that does not fit is not sent", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			_, err := b.link.Do(t.Context(), beep, bytes.Repeat([]byte{1}, 255))
			if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != ecr.CodeFrameTooLong || !e.SafeToRetry() {
				t.Error(err)
			}
			if _, err := b.link.Do(t.Context(), 0xFF, nil); err == nil {
				t.Error("FFh alone is half a command")
			}
		})
	})
}

// deafToENQ is a device that was left in v2: it does not know ENQ.
type deafToENQ struct{ ecr.Conn }

func (d deafToENQ) Write(b []byte) (int, error) {
	if len(b) == 1 && b[0] == shtrihm.ENQ {
		return 1, nil
	}
	return d.Conn.Write(b)
}

// The failures that hosts of this protocol have met.
func TestFailureModes(t *testing.T) {
	level := func(l shtrihm.Level) func(*shtrihmtest.Options, *shtrihm.Options) {
		return func(_ *shtrihmtest.Options, o *shtrihm.Options) { o.Level = l }
	}
	ok := func(t *testing.T, b *bench, cmd shtrihm.Command, data ...byte) {
		t.Helper()
		if _, err := b.link.Do(t.Context(), cmd, append(bytes.Clone(password), data...)); err != nil {
			t.Errorf("%v: %v\n%s", cmd, err, strings.Join(b.lines, "\n"))
		}
	}
	t.Run("E10 1 opening the shift takes two minutes", func(t *testing.T) {
		inBubble(t, "cmd e0 delay=119s", func(t *testing.T, b *bench) { ok(t, b, 0xE0) },
			func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.ShiftClosed = true })
	})
	t.Run("E10 2 a lost reply is no second sale", func(t *testing.T) {
		inBubble(t, "cmd 8d drop-answer", func(t *testing.T, b *bench) {
			ok(t, b, 0x8D, 0)
			if n := b.register.Executed(0x8D); n != 1 {
				t.Errorf("%d receipts", n)
			}
		})
	})
	t.Run("E13 3 an answer to another command is not success", func(t *testing.T) {
		inBubble(t, "cmd 11 interim=1", func(t *testing.T, b *bench) {
			if a, err := b.link.Do(t.Context(), 0x11, password); err != nil || len(a.Data) != 46 {
				t.Errorf("%d bytes, %v", len(a.Data), err)
			}
		}, level(shtrihm.LevelAlternative))
	})
	t.Run("E13 5 a connection that died while idle is replaced before the command", func(t *testing.T) {
		inBubble(t, "time 60s hangup", func(t *testing.T, b *bench) {
			ok(t, b, 0x13)
			time.Sleep(2 * time.Minute)
			ok(t, b, 0x13)
		})
	})
	t.Run("E12 6 no answer to ENQ for 3 s while cutting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
			defer server.Close()
			busy := time.Now().Add(3 * time.Second)
			link := shtrihm.NewLink(func(ctx context.Context) (ecr.Conn, error) {
				conn, err := server.Dial(ctx)
				return deafUntil{conn, busy}, err
			}, nil)
			defer link.Close()
			if _, err := link.Do(t.Context(), beep, password); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E13 9 noise in place of control bytes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, device := net.Pipe()
			go func() {
				var b [64]byte
				for {
					if _, err := device.Read(b[:]); err != nil {
						return
					}
					if _, err := device.Write([]byte{0x01, 0x90, 0x00, 0x02}); err != nil {
						return
					}
				}
			}()
			link := shtrihm.NewLink(ecr.Once(host), &shtrihm.Options{Level: shtrihm.LevelStandard})
			defer device.Close()
			defer link.Close()
			start := time.Now()
			_, err := link.Do(t.Context(), beep, password)
			if ecr.OutcomeOf(err) != ecr.NotSent || time.Since(start) > 15*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	})
	t.Run("E15 11 a refused close leaves the receipt open", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			ok(t, b, 0x8D, 0)
			_, err := b.link.Do(t.Context(), 0xFF45, append(bytes.Clone(password), make([]byte, 112)...))
			if _, refused := errors.AsType[*shtrihm.DeviceError](err); !refused {
				t.Error(err)
			}
			if _, err := b.link.Do(t.Context(), 0x8D, append(bytes.Clone(password), 0)); !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorMode}) {
				t.Error(err)
			}
			ok(t, b, 0x88)
		})
	})
	t.Run("E13 4 FFh before ACK and NAK", func(t *testing.T) {
		inBubble(t, "cmd 13#2 nak", func(t *testing.T, b *bench) {
			ok(t, b, 0x13)
			ok(t, b, 0x13)
		}, func(o *shtrihmtest.Options, lo *shtrihm.Options) {
			o.FFAfterACK, lo.Level = true, shtrihm.LevelStandard
		})
	})
	t.Run("E15 10 cleaning up finds nothing to cancel", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d := shtrihm.NewDevice(b.link, nil)
			_, closed := d.CheckMark(t.Context(), shtrihm.PieceSold, seedMark(t), nil)
			receipt, err := d.CancelReceipt(t.Context())
			document, err2 := d.CancelDocument(t.Context())
			if !errors.Is(closed, &shtrihm.DeviceError{Number: shtrihm.ErrorMode}) || receipt || document || err != nil || err2 != nil {
				t.Error(closed, receipt, err, document, err2)
			}
		}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.ShiftClosed = true })
	})
	t.Run("E15 12 a code that is not recognised is an error of its own", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			_, err := shtrihm.NewDevice(b.link, nil).CheckMark(t.Context(), shtrihm.PieceSold, bytes.ReplaceAll(seedMark(t), []byte{0x1D}, nil), nil)
			if !errors.Is(err, &shtrihm.DeviceError{Number: shtrihm.ErrorNotRecognised}) {
				t.Error(err)
			}
		})
	})
	t.Run("E15 13 the order of tags and operation is the device's own", func(t *testing.T) {
		for _, core := range []bool{false, true} {
			inBubble(t, "", func(t *testing.T, b *bench) {
				d := shtrihm.NewDevice(b.link, nil)
				if m, err := d.Model(t.Context()); err != nil || m.CashCore() != core {
					t.Errorf("%x %v", m, err)
				}
				ok(t, b, 0x8D, 0)
				tags, _ := shtrihm.AppendText(nil, 1262, "030")
				first := d.OperationTag(t.Context(), tags)
				if first == nil != core {
					t.Errorf("a tag before the operation: %v", first)
				}
				if err := d.Operation(t.Context(), item); err != nil {
					t.Error(err)
				}
				if err := d.OperationTag(t.Context(), tags); err != nil {
					t.Error(err)
				}
			}, func(o *shtrihmtest.Options, _ *shtrihm.Options) { o.CashCore = core })
		}
	})
	t.Run("E12 16 a refused connection is dialled anew by the next command", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
			defer server.Close()
			dials := 0
			link := shtrihm.NewLink(func(ctx context.Context) (ecr.Conn, error) {
				if dials++; dials == 1 {
					return nil, errors.New("connection refused")
				}
				return server.Dial(ctx)
			}, nil)
			defer link.Close()
			if _, err := link.Do(t.Context(), beep, password); ecr.OutcomeOf(err) != ecr.NotSent {
				t.Error(err)
			}
			if _, err := link.Do(t.Context(), beep, password); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E12 18 the waits are those of the commands", func(t *testing.T) {
		for cmd, want := range map[shtrihm.Command]time.Duration{
			0x10: 5 * time.Second, 0x11: 5 * time.Second, 0xFF61: 40 * time.Second, 0xFF67: 40 * time.Second, 0xE0: 120 * time.Second,
			0x41: 65 * time.Second, 0xFF45: 30 * time.Second,
		} {
			if l := shtrihm.DefaultLimits(cmd); l.Answer != want || l.ACK < time.Second || l.ACK > 1200*time.Millisecond {
				t.Errorf("%v: %+v", cmd, l)
			}
		}
	})
	t.Run("E2 19 an INN is padded to its length", func(t *testing.T) {
		b, err := shtrihm.AppendText(nil, 1226, "7701234567")
		if err != nil || string(b[4:]) != "7701234567  " || b[2] != 12 {
			t.Errorf("% X %v", b, err)
		}
		if _, err := shtrihm.AppendText(nil, 1226, "7701234567890"); err == nil {
			t.Error("an INN of 13 digits")
		}
	})
}

// deafUntil loses what is written until a moment.
type deafUntil struct {
	ecr.Conn
	until time.Time
}

func (d deafUntil) Write(b []byte) (int, error) {
	if time.Now().Before(d.until) {
		return len(b), nil
	}
	return d.Conn.Write(b)
}

func ExampleLink_Do() {
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	defer server.Close()
	link := shtrihm.NewLink(server.Dial, nil)
	defer link.Close()
	// Read table 17, row 1, field 41, as the system administrator, 30.
	answer, err := link.Do(context.Background(), 0x1F, []byte{30, 0, 0, 0, 17, 1, 0, 41})
	fmt.Println(answer.Data, err)
	_, err = link.Do(context.Background(), 0x88, []byte{30, 0, 0, 0})
	fmt.Println(err, ecr.OutcomeOf(err))
	// Output:
	// [0] <nil>
	// shtrihm: command 88h: the device refused: 115, 73h not in this mode answered
}
