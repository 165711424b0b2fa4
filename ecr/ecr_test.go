package ecr_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

func TestTCPOnlyProgramLinksNoSerialLibrary(t *testing.T) {
	t.Run("E7 a program that speaks TCP links no serial library", func(t *testing.T) {
		for pkg, want := range map[string]bool{"./customru": false, ".": false, "./serial": true} {
			out, err := exec.Command("go", "list", "-deps", pkg).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(out), "go.bug.st/serial"); got != want {
				t.Errorf("%s links the serial library: %v", pkg, got)
			}
		}
	})
}

func TestParseAddress(t *testing.T) {
	for s, want := range map[string]ecr.Address{
		"tcp://192.168.0.89:9100":           {TCP: "192.168.0.89:9100"},
		"tcp://kkt":                         {TCP: "kkt:9100"},
		"TCP://[::1]:7778":                  {TCP: "[::1]:7778"},
		"tcp://[::1]":                       {TCP: "[::1]:9100"},
		"serial:///dev/ttyUSB0?baud=115200": {Serial: "/dev/ttyUSB0", Baud: 115200, Mode: "8N1"},
		"serial://COM22":                    {Serial: "COM22", Baud: 57600, Mode: "8N1"},
		"serial://COM1?mode=7o1&baud=9600":  {Serial: "COM1", Baud: 9600, Mode: "7O1"},
		"serial:///dev/my%20port?baud=9600": {Serial: "/dev/my port", Baud: 9600, Mode: "8N1"},
	} {
		t.Run("E7 "+s, func(t *testing.T) {
			got, err := ecr.ParseAddress(s)
			if err != nil || got != want {
				t.Fatalf("%+v, %v, want %+v", got, err, want)
			}
			if again, err := ecr.ParseAddress(got.String()); err != nil || again != want {
				t.Errorf("%s reads as %+v, %v", got, again, err)
			}
		})
	}
	for _, s := range []string{
		"", "192.168.0.89:9100", "tcp://", "tcp://host:0", "tcp://host:70000", "tcp://host:x", "tcp://host/x", "tcp://::1",
		"serial://", "serial://COM1?baud=", "serial://COM1?baud=-1", "serial://COM1?parity=odd", "serial://COM1?baud=1&baud=2",
		"serial://%zz", "http://host", "serial://COM1?mode", "serial://COM1?mode=8N3",
	} {
		t.Run("E7 refused: "+s, func(t *testing.T) {
			if _, err := ecr.ParseAddress(s); !hasCode(err, ecr.CodeAddress) {
				t.Error(err)
			}
		})
	}
}

func hasCode(err error, code string) bool {
	e, ok := errors.AsType[*ecr.Error](err)
	return ok && e.Code() == code
}

func FuzzParseAddress(f *testing.F) {
	f.Add("tcp://192.168.0.89:9100")
	f.Add("serial:///dev/ttyUSB0?baud=57600&mode=7O1")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ecr.ParseAddress(s)
		if err != nil {
			return
		}
		if again, err := ecr.ParseAddress(a.String()); err != nil || again != a {
			t.Errorf("%q is %+v, written %q, read %+v, %v", s, a, a.String(), again, err)
		}
	})
}

func TestDialer(t *testing.T) {
	t.Run("E7 a serial address without a serial dialer is an error that says so", func(t *testing.T) {
		_, err := (&ecr.Dialer{}).Dial(t.Context(), "serial://COM22")
		if !hasCode(err, ecr.CodeNoSerial) || !strings.Contains(err.Error(), "ecr/serial") {
			t.Error(err)
		}
	})
	t.Run("E12 a connection that is refused is NotSent in the phase connect", func(t *testing.T) {
		refused := errors.New("refused")
		d := ecr.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return nil, refused }}
		_, err := d.Dial(t.Context(), "tcp://kkt")
		e, ok := errors.AsType[*ecr.Error](err)
		if !ok || e.Code() != ecr.CodeConnect || e.Phase() != ecr.PhaseConnect || !e.SafeToRetry() || !errors.Is(err, refused) {
			t.Error(err)
		}
	})
	t.Run("E12 a DialFunc's error has no address to name, and its text no gap for it", func(t *testing.T) {
		refused := errors.New("refused")
		w := ecr.Wire{Dial: func(context.Context) (ecr.Conn, error) { return nil, refused }}
		_, err := w.Begin(t.Context())
		e, ok := errors.AsType[*ecr.Error](err)
		if !ok || e.Code() != ecr.CodeConnect || !errors.Is(err, refused) {
			t.Fatal(err)
		}
		for _, text := range []string{e.Error(), e.Message("en"), e.Message("ru")} {
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") {
				t.Errorf("%q", text)
			}
		}
		if !strings.Contains(e.Message("ru"), "Нет связи с ККТ ·") {
			t.Errorf("%q", e.Message("ru"))
		}
	})
	t.Run("E12 dialling has a limit, and the error names it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := ecr.Dialer{NetDial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}}
			start := time.Now()
			_, err := d.Dial(t.Context(), "tcp://kkt")
			e, ok := errors.AsType[*ecr.Error](err)
			if !ok || e.Limit() != 5*time.Second || time.Since(start) != 5*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	})
	t.Run("E7 TCP connections do not wait to send", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		conn, err := (&ecr.Dialer{}).Dial(t.Context(), "tcp://"+l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	})
}

func TestOutcome(t *testing.T) {
	t.Run("E11 only not sent and rejected are safe to retry", func(t *testing.T) {
		for o := ecr.Outcome(-1); o < 9; o++ {
			if got, want := o.SafeToRetry(), o == ecr.NotSent || o == ecr.Rejected; got != want {
				t.Errorf("%v: %v", o, got)
			}
			e := ecr.NewError(ecr.CodeAnswerTimeout, ecr.Details{Outcome: o})
			if e.SafeToRetry() != o.SafeToRetry() {
				t.Errorf("%v: the error says otherwise", o)
			}
		}
	})
	t.Run("E11 an error that says nothing is unknown", func(t *testing.T) {
		if o := ecr.OutcomeOf(io.EOF); o != ecr.Unknown {
			t.Error(o)
		}
		if o := ecr.OutcomeOf(nil); o != ecr.Answered {
			t.Error(o)
		}
	})
	t.Run("E12 names go there and back, strange values do not panic", func(t *testing.T) {
		for n := range 9 {
			var o ecr.Outcome
			text, _ := ecr.Outcome(n).MarshalText()
			if err := o.UnmarshalText(text); n < 5 && (err != nil || int(o) != n) {
				t.Errorf("%s: %v, %v", text, o, err)
			} else if n >= 5 && !hasCode(err, ecr.CodeName) {
				t.Errorf("%s: %v", text, err)
			}
			var p ecr.Phase
			text, _ = ecr.Phase(n).MarshalText()
			if err := p.UnmarshalText(text); n < 8 && (err != nil || int(p) != n) {
				t.Errorf("%s: %v, %v", text, p, err)
			}
		}
		for _, s := range []string{ecr.Outcome(-7).String(), ecr.Phase(99).String(), ecr.Direction(99).String()} {
			if !strings.HasSuffix(s, ")") {
				t.Error(s)
			}
		}
	})
}

func TestError(t *testing.T) {
	t.Run("E12 the text names phase and limit, secrets stay out", func(t *testing.T) {
		e := ecr.NewError("X", ecr.Details{
			Path: "command 50", EN: "no {what} in phase {phase} within {limit}", RU: "Нет {what} за {limit} · ждите.",
			Args:    []ecr.Arg{{Name: "what", Value: "999999", Secret: true}},
			Outcome: ecr.Unknown, Phase: ecr.PhaseAnswer, Limit: time.Second, Cause: io.EOF,
		})
		if got, want := e.Error(), "ecr: command 50: no *** in phase wait for answer within 1s (outcome unknown): EOF"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := e.Message("ru"); !strings.HasPrefix(got, "Нет *** за 1 с · ждите. Команда могла") {
			t.Error(got)
		}
		if got := e.Message("de"); !strings.HasPrefix(got, "No *** in phase") {
			t.Error(got)
		}
		if !errors.Is(e, io.EOF) || !errors.Is(e, context.DeadlineExceeded) || errors.Is(e, ecr.ErrClosed) {
			t.Error("Is")
		}
		if e.At("x").Path() != "x" || e.Path() != "command 50" {
			t.Error("At changes the original")
		}
	})
	t.Run("E11 sentinels", func(t *testing.T) {
		if !errors.Is(ecr.NewError(ecr.CodeClosed, ecr.Details{}), ecr.ErrClosed) || !errors.Is(ecr.NewError(ecr.CodeDeviceGone, ecr.Details{}), ecr.ErrDeviceGone) {
			t.Error("a code without its sentinel")
		}
	})
}

func TestTraceWriter(t *testing.T) {
	t.Run("E2 one line for each event", func(t *testing.T) {
		var b bytes.Buffer
		w := ecr.TraceWriter(&b)
		at := time.Date(2026, 1, 2, 12, 30, 5, 123e6, time.UTC)
		w.Trace(ecr.TraceEvent{Time: at, Exchange: 7, Dir: ecr.Sent, Hex: ecr.Hex([]byte{1, 0xAB, 3}, func(i int) bool { return i == 2 }), Text: "F1"})
		w.Trace(ecr.TraceEvent{Time: at, Exchange: 7, Dir: ecr.Noted, Text: "connected"})
		if got, want := b.String(), "12:30:05.123 #7 > 01 AB ** | F1\n12:30:05.123 #7 - connected\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestWire(t *testing.T) {
	t.Run("E13 stale input on TCP is dropped without waiting", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		device := make(chan net.Conn, 2)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				device <- c
			}
		}()
		dial, err := (&ecr.Dialer{}).Func("tcp://" + l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		w := ecr.Wire{Dial: dial}
		defer w.Close()
		if fresh, err := w.Begin(t.Context()); err != nil || !fresh {
			t.Fatal(fresh, err)
		}
		w.End()
		peer := <-device
		peer.Write(bytes.Repeat([]byte("stale"), 1000))
		time.Sleep(50 * time.Millisecond)
		if fresh, err := w.Begin(t.Context()); err != nil || fresh {
			t.Fatal(fresh, err)
		}
		peer.Write([]byte("new"))
		got := make([]byte, 10)
		n, err := w.Read(t.Context(), got, time.Now().Add(time.Second))
		if err != nil || string(got[:n]) != "new" {
			t.Errorf("%q, %v", got[:n], err)
		}
		w.End()
		peer.Close() // the device went away while idle
		time.Sleep(50 * time.Millisecond)
		if fresh, err := w.Begin(t.Context()); err != nil || !fresh {
			t.Errorf("after a hang-up: fresh %v, %v", fresh, err)
		}
		w.End()
		(<-device).Close()
	})
	t.Run("E14 a context that ended long ago cuts nothing of the next exchange", func(t *testing.T) {
		host, peer := net.Pipe()
		defer peer.Close()
		w := ecr.Wire{Dial: ecr.Once(host)}
		defer w.Close()
		for range 200 {
			ctx, cancel := context.WithCancel(t.Context())
			if _, err := w.Begin(ctx); err != nil {
				t.Fatal(err)
			}
			go cancel()
			w.End()
			if _, err := w.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			go peer.Write([]byte{1})
			if n, err := w.Read(t.Context(), make([]byte, 1), time.Now().Add(2*time.Second)); n != 1 {
				t.Fatal(err)
			}
			w.End()
		}
	})
}
