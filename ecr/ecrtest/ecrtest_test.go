package ecrtest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

func TestParseScript(t *testing.T) {
	for _, s := range []string{
		"", "cmd ff45#1 drop-answer; time 2s power-loss", "cmd 50 duplicate-answer", "frame 3 garble", "frame 3 garble=0",
		"byte 100 hangup", "cmd 50 delay=1.5s", "cmd 50#2 stall", "cmd 50 nak=3", "cmd 50 late=11s", "cmd 50 interim=4",
		"time 1m0s no-ack",
	} {
		t.Run("E50 "+s, func(t *testing.T) {
			script, err := ecrtest.ParseScript(s)
			if err != nil || script.String() != s {
				t.Errorf("%q, %v", script, err)
			}
		})
	}
	t.Run("E50 blanks, empty steps and upper case hex", func(t *testing.T) {
		script, err := ecrtest.ParseScript(" ;; cmd   FF45#1\tnak ; ")
		if err != nil || script.String() != "cmd ff45#1 nak=1" {
			t.Errorf("%q, %v", script, err)
		}
	})
	for _, s := range []string{
		"cmd", "cmd 50", "cmd 5 nak", "cmd xx nak", "cmd 50#0 nak", "cmd 50#x nak", "cmd 505050 nak", "frame 0 nak", "byte -1 nak",
		"time x nak", "time -1s nak", "moon 1 nak", "cmd 50 explode", "cmd 50 delay", "cmd 50 late=soon", "cmd 50 interim",
		"cmd 50 nak=0", "cmd 50 garble=-1", "cmd 50 garble=x", "cmd 50 stall=1", "cmd 50 nak; cmd 50 late", "cmd 50 nak nak",
	} {
		t.Run("E50 refused: "+s, func(t *testing.T) {
			_, err := ecrtest.ParseScript(s)
			e, ok := errors.AsType[*ecr.Error](err)
			if !ok || e.Code() != ecrtest.CodeScript || e.Path() == "" {
				t.Error(err)
			}
		})
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add("cmd ff45#1 drop-answer; time 2s power-loss; byte 3 garble=7; frame 2 nak=3")
	f.Fuzz(func(t *testing.T, s string) {
		script, err := ecrtest.ParseScript(s)
		if err != nil {
			return
		}
		again, err := ecrtest.ParseScript(script.String())
		if err != nil || again.String() != script.String() {
			t.Errorf("%q reads as %q, then as %q, %v", s, script, again, err)
		}
	})
}

func mustParse(t *testing.T, s string) ecrtest.Script {
	t.Helper()
	script, err := ecrtest.ParseScript(s)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func TestFaults(t *testing.T) {
	t.Run("E50 the n-th frame of a command, or each", func(t *testing.T) {
		f := ecrtest.NewFaults(mustParse(t, "cmd 50#2 stall; cmd 51 no-ack; frame 4 hangup"))
		var got []int
		for _, cmd := range []string{"50", "50", "51", "51", "50"} {
			got = append(got, len(f.Frame(cmd)))
		}
		want := []int{0, 1, 1, 2, 0}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%v, want %v", got, want)
			}
		}
	})
	t.Run("E50 nak=3 refuses three arriving frames of the command", func(t *testing.T) {
		f := ecrtest.NewFaults(mustParse(t, "cmd 50#1 nak=3"))
		n := 0
		for range 6 {
			if f.Frame("50").Has(ecrtest.Refuse) {
				n++
			}
			if f.Frame("51").Has(ecrtest.Refuse) {
				t.Error("another command is refused")
			}
		}
		if n != 3 {
			t.Errorf("%d refused", n)
		}
	})
	t.Run("E50 bytes: at once, or with the frame they are in", func(t *testing.T) {
		f := ecrtest.NewFaults(mustParse(t, "byte 5 stall; byte 12 power-loss"))
		if due, allowed := f.Bytes(9); len(due) != 0 || allowed != 9 {
			t.Error(due, allowed)
		}
		if !f.Frame("50").Has(ecrtest.Stall) || f.Frame("50").Has(ecrtest.Stall) {
			t.Error("byte 5 belongs to the first frame")
		}
		if due, allowed := f.Bytes(9); len(due) != 1 || allowed != 3 {
			t.Error(due, allowed)
		}
	})
	t.Run("E50 damage is always damage", func(t *testing.T) {
		valid := func(b []byte) bool { return b[1] != 0x7F }
		if b := ecrtest.Damage([]byte{1, 0x80, 3}, 1, valid); b[1] != 0x7F || b[0] != 1 {
			t.Errorf("%X", b)
		}
		if b := ecrtest.Damage([]byte{1, 2}, 99, func([]byte) bool { return false }); b[1] == 2 {
			t.Errorf("%X", b)
		}
	})
}

// echo is the simplest device.
type echo struct{ losses int }

func (e *echo) PowerLoss() { e.losses++ }

func (e *echo) ServeConn(_ context.Context, conn ecr.Conn) error {
	b := make([]byte, 10)
	for {
		n, err := conn.Read(b)
		if err != nil {
			return err
		}
		if b[0] == 'x' {
			return ecrtest.Ended(ecrtest.PowerLoss)
		}
		if _, err := conn.Write(b[:n]); err != nil {
			return err
		}
	}
}

func TestServer(t *testing.T) {
	t.Run("E50 a power loss closes all and is over within 5 s", func(t *testing.T) {
		device := &echo{}
		s := &ecrtest.Server{Device: device, Down: 100 * time.Millisecond}
		defer s.Close()
		addr, err := s.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		a, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		b, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		b.Write([]byte("b"))
		if _, err := io.ReadFull(b, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		a.Write([]byte("x"))
		for _, c := range []net.Conn{a, b} {
			c.SetReadDeadline(time.Now().Add(3 * time.Second))
			if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("still connected: %v", err)
			}
		}
		for start := time.Now(); ; {
			c, err := net.Dial("tcp", addr.String())
			if err == nil {
				c.Close()
				break
			}
			if time.Since(start) > 5*time.Second {
				t.Fatal("dead for more than 5 s")
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	t.Run("E50 timed hang-up leaves the port open", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &ecrtest.Server{Device: &echo{}, Faults: ecrtest.NewFaults(mustParse(t, "time 3s hangup"))}
			defer s.Close()
			c, err := s.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) || time.Since(start) != 3*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			if _, err := s.Dial(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E50 Close leaves no goroutine", func(t *testing.T) {
		before := runtime.NumGoroutine()
		s := &ecrtest.Server{Device: &echo{}, Faults: ecrtest.NewFaults(mustParse(t, "time 1h power-loss"))}
		addr, err := s.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		s.Close()
		s.Close()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
	})
}

func TestLine(t *testing.T) {
	t.Run("E50 bytes are under way for a time and outlive a closed port", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := ecrtest.NewLine(nil, func(b []byte) []ecrtest.Piece { return []ecrtest.Piece{{Data: b, After: time.Second}} })
			host, device := l.Host(), l.Device()
			device.Write([]byte("late"))
			host.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err := host.Read(make([]byte, 4)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			host.Close()
			host = l.Host()
			got := make([]byte, 4)
			if _, err := io.ReadFull(host, got); err != nil || string(got) != "late" {
				t.Errorf("%q, %v", got, err)
			}
			if _, err := host.Write([]byte("x")); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Second)
			if n, err := device.Discard(); n != 1 || err != nil {
				t.Error(n, err)
			}
		})
	})
	t.Run("E50 the end of a pair hangs up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			host, device := ecrtest.NewLine(nil, nil).Pair()
			host.Write([]byte("bye"))
			host.Close()
			if b, err := io.ReadAll(device); err != nil || string(b) != "bye" {
				t.Errorf("%q, %v", b, err)
			}
			if _, err := device.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
				t.Error(err)
			}
		})
	})
}
