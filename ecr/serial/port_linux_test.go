package serial_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/serial"
)

// pty makes a pair: the master is the device, the path is the port.
func pty(t testing.TB) (device *os.File, path string) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("no pty: %v", err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	device = os.NewFile(uintptr(fd), "/dev/ptmx")
	t.Cleanup(func() { device.Close() })
	return device, fmt.Sprintf("/dev/pts/%d", n)
}

func open(t testing.TB) (*os.File, *serial.Port) {
	t.Helper()
	device, path := pty(t)
	p, err := serial.Open(ecr.Address{Serial: path, Baud: 57600})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return device, p
}

func soon(d time.Duration) time.Time { return time.Now().Add(d) }

func hasCode(err error, code string) bool {
	e, ok := errors.AsType[*ecr.Error](err)
	return ok && e.Code() == code
}

// TestTraps: each sub-test is one trap of the serial library that this package
// hides, in the words of the rules.
func TestTraps(t *testing.T) {
	t.Run("E7 Read returns (0, nil) on time-out: here a deadline", func(t *testing.T) {
		_, p := open(t)
		start := time.Now()
		p.SetReadDeadline(soon(120 * time.Millisecond))
		n, err := io.ReadFull(p, make([]byte, 4)) // with the library alone it never ends
		if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%d, %v", n, err)
		}
		if took := time.Since(start); took < 100*time.Millisecond || took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
	t.Run("E7 Read with an empty buffer says port closed: here nothing", func(t *testing.T) {
		device, p := open(t)
		device.Write([]byte{1})
		if n, err := p.Read(nil); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("E7 Write after Close reaches no other file", func(t *testing.T) {
		_, p := open(t)
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		// The next files get the descriptors that the port had.
		dir := t.TempDir()
		var files []*os.File
		for i := range 8 {
			f, err := os.Create(fmt.Sprint(dir, "/", i))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			files = append(files, f)
		}
		if _, err := p.Write([]byte("secret")); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		for _, f := range files {
			if info, err := f.Stat(); err != nil || info.Size() != 0 {
				t.Errorf("%s was written to", f.Name())
			}
		}
	})
	t.Run("E7 Write has no time-out: here a deadline", func(t *testing.T) {
		_, p := open(t)
		p.SetWriteDeadline(soon(150 * time.Millisecond))
		start := time.Now()
		n, err := p.Write(make([]byte, 1<<20)) // nobody reads
		if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n >= 1<<20 {
			t.Errorf("%d, %v", n, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
	t.Run("E7 Close does not wake Write: here it does", func(t *testing.T) {
		_, p := open(t)
		done := make(chan error, 1)
		go func() {
			_, err := p.Write(make([]byte, 1<<20))
			done <- err
		}()
		time.Sleep(100 * time.Millisecond)
		p.Close()
		select {
		case err := <-done:
			if !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
		case <-time.After(3 * time.Second):
			t.Fatal("still writing")
		}
	})
	t.Run("E7 Close wakes Read", func(t *testing.T) {
		_, p := open(t)
		done := make(chan error, 1)
		go func() {
			_, err := p.Read(make([]byte, 1))
			done <- err
		}()
		time.Sleep(50 * time.Millisecond)
		p.Close()
		select {
		case err := <-done:
			if !errors.Is(err, os.ErrClosed) {
				t.Error(err)
			}
		case <-time.After(3 * time.Second):
			t.Fatal("still reading")
		}
	})
	t.Run("E7 Read panics above descriptor 1024: here opening fails", func(t *testing.T) {
		_, path := pty(t)
		fill(t, 1024)
		_, err := serial.Open(ecr.Address{Serial: path, Baud: 9600})
		if !hasCode(err, serial.CodeOpen) || !strings.Contains(err.Error(), "1024") {
			t.Error(err)
		}
	})
	t.Run("E7 hang-up becomes ErrDeviceGone and does not spin", func(t *testing.T) {
		device, p := open(t)
		device.Close()
		p.SetReadDeadline(soon(3 * time.Second))
		for range 3 {
			if _, err := p.Read(make([]byte, 1)); !errors.Is(err, ecr.ErrDeviceGone) {
				t.Fatal(err)
			}
		}
		if _, err := p.Write([]byte{1}); !errors.Is(err, ecr.ErrDeviceGone) {
			t.Errorf("write: %v", err)
		}
		if _, err := p.Discard(); !errors.Is(err, ecr.ErrDeviceGone) {
			t.Errorf("discard: %v", err)
		}
		before := cpu(t)
		time.Sleep(300 * time.Millisecond)
		if used := cpu(t) - before; used > 200*time.Millisecond {
			t.Errorf("a port whose device is gone uses %v of 300 ms", used)
		}
	})
	t.Run("E7 unread bytes are lost at hang-up: here they are kept", func(t *testing.T) {
		device, p := open(t)
		want := []byte("the last answer")
		device.Write(want)
		time.Sleep(150 * time.Millisecond) // as long as a line needs
		device.Close()
		time.Sleep(100 * time.Millisecond)
		p.SetReadDeadline(soon(time.Second))
		got := make([]byte, len(want))
		if _, err := io.ReadFull(p, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q, %v", got, err)
		}
		if _, err := p.Read(got); !errors.Is(err, ecr.ErrDeviceGone) {
			t.Error(err)
		}
	})
	t.Run("E7 a second open is not refused for root: here it is", func(t *testing.T) {
		_, path := pty(t)
		a := ecr.Address{Serial: path, Baud: 9600}
		p, err := serial.Open(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := serial.Open(a); !hasCode(err, serial.CodeBusy) {
			t.Errorf("second open: %v", err)
		}
		p.Close()
		p, err = serial.Open(a)
		if err != nil {
			t.Fatalf("after Close: %v", err)
		}
		p.Close()
	})
	t.Run("E7 modem bits fail with ENOTTY on a pty: opened all the same", func(t *testing.T) {
		device, p := open(t)
		p.SetWriteDeadline(soon(time.Second))
		if _, err := p.Write([]byte("ok")); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 2)
		if _, err := io.ReadFull(device, got); err != nil || string(got) != "ok" {
			t.Errorf("%q, %v", got, err)
		}
	})
	for _, a := range []ecr.Address{{Baud: 57601}, {Baud: -1}, {Baud: 300}, {Baud: 9600, Mode: "9N1"}, {Baud: 9600, Mode: "8X1"}, {Baud: 9600, Mode: "8N3"}, {Baud: 9600, Mode: "8N"}} {
		t.Run(fmt.Sprintf("E7 a wrong mode is accepted by a pty: %d %s is refused", a.Baud, a.Mode), func(t *testing.T) {
			_, a.Serial = pty(t)
			if _, err := serial.Open(a); !hasCode(err, serial.CodeMode) {
				t.Error(err)
			}
		})
	}
}

// fill opens files until n are open.
func fill(t *testing.T, n int) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < uint64(n+64) {
		t.Skipf("this system lets a program open %d files", limit.Cur)
	}
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		if int(f.Fd()) >= n {
			return
		}
	}
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestOpenErrors(t *testing.T) {
	t.Run("E12 a port that is not there", func(t *testing.T) {
		_, err := serial.Open(ecr.Address{Serial: "/dev/ttyNONE0", Baud: 9600})
		e, ok := errors.AsType[*ecr.Error](err)
		if !ok || e.Code() != serial.CodeMissing || !errors.Is(err, os.ErrNotExist) || e.Outcome() != ecr.NotSent || e.Phase() != ecr.PhaseConnect {
			t.Error(err)
		}
		if !strings.Contains(e.Message("ru"), "/dev/ttyNONE0") {
			t.Error(e.Message("ru"))
		}
	})
	t.Run("E12 a file that is no port", func(t *testing.T) {
		path := t.TempDir() + "/file"
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := serial.Open(ecr.Address{Serial: path, Baud: 9600}); !hasCode(err, serial.CodeOpen) {
			t.Error(err)
		}
	})
	t.Run("E12 a dialer passes the port's own error on", func(t *testing.T) {
		dialer := ecr.Dialer{Serial: serial.Dial}
		if _, err := dialer.Dial(t.Context(), "serial:///dev/ttyNONE0?baud=9600"); !hasCode(err, serial.CodeMissing) {
			t.Error(err)
		}
	})
	t.Run("E14 a context that is over opens nothing", func(t *testing.T) {
		_, path := pty(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := serial.Dial(ctx, ecr.Address{Serial: path, Baud: 9600}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestList(t *testing.T) {
	t.Run("E7 ports are listed without opening them for good", func(t *testing.T) {
		list, err := serial.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range list {
			if i.Path == "" {
				t.Errorf("%+v", i)
			}
		}
	})
}

func TestNothingIsLeft(t *testing.T) {
	t.Run("E7 no goroutine and no descriptor is left after Close", func(t *testing.T) {
		_, path := pty(t)
		round := func() {
			p, err := serial.Open(ecr.Address{Serial: path, Baud: 115200})
			if err != nil {
				t.Fatal(err)
			}
			p.SetReadDeadline(soon(time.Millisecond))
			p.Read(make([]byte, 1))
			p.Close()
			p.Close()
		}
		round()
		goroutines, files := runtime.NumGoroutine(), descriptors(t)
		for range 20 {
			round()
		}
		// A goroutine that has said it is done may still be counted for a moment.
		for end := soon(2 * time.Second); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d goroutines after %d", runtime.NumGoroutine(), goroutines)
			}
		}
		if n := descriptors(t); n > files {
			t.Errorf("%d descriptors after %d", n, files)
		}
	})
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// takes is a writer that hands on what it got.
type takes struct {
	got  chan string
	then func() error
}

func (w takes) Write(b []byte) (int, error) {
	w.got <- string(b)
	return len(b), w.then()
}

func TestWriteTo(t *testing.T) {
	listen := func(p *serial.Port, then func() error) (got chan string, ended chan error) {
		got, ended = make(chan string, 100), make(chan error, 1)
		go func() {
			_, err := p.WriteTo(takes{got, then})
			ended <- err
		}()
		return got, ended
	}
	next := func(got chan string) string {
		t.Helper()
		select {
		case s := <-got:
			return s
		case <-time.After(5 * time.Second):
			t.Fatal("nothing came")
			return ""
		}
	}
	end := func(ended chan error) error {
		t.Helper()
		select {
		case err := <-ended:
			return err
		case <-time.After(5 * time.Second):
			t.Fatal("WriteTo goes on")
			return nil
		}
	}
	fine := func() error { return nil }
	t.Run("E7 a listener gets what came before it and what comes, until Close", func(t *testing.T) {
		device, p := open(t)
		device.Write([]byte("before"))
		time.Sleep(100 * time.Millisecond)
		got, ended := listen(p, fine)
		if s := next(got); s != "before" {
			t.Errorf("%q", s)
		}
		device.Write([]byte("now"))
		if s := next(got); s != "now" {
			t.Errorf("%q", s)
		}
		p.Close()
		if err := end(ended); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	t.Run("E7 a listener may close the port", func(t *testing.T) {
		device, p := open(t)
		got, ended := listen(p, p.Close)
		device.Write([]byte("x"))
		next(got)
		if err := end(ended); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		if _, err := p.Write([]byte{1}); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	t.Run("E7 a listener that fails leaves the port open, and the rest to Read", func(t *testing.T) {
		device, p := open(t)
		enough := errors.New("enough")
		got, ended := listen(p, func() error { return enough })
		device.Write([]byte("x"))
		next(got)
		if err := end(ended); err != enough {
			t.Error(err)
		}
		device.Write([]byte("y"))
		p.SetReadDeadline(soon(5 * time.Second))
		b := make([]byte, 1)
		if _, err := p.Read(b); err != nil || b[0] != 'y' {
			t.Errorf("%q, %v", b, err)
		}
	})
	t.Run("E7 a device that hangs up ends the listener", func(t *testing.T) {
		device, p := open(t)
		_, ended := listen(p, fine)
		device.Close()
		if err := end(ended); !errors.Is(err, ecr.ErrDeviceGone) {
			t.Error(err)
		}
	})
}

func TestDiscard(t *testing.T) {
	t.Run("E13 stale input is dropped without waiting", func(t *testing.T) {
		device, p := open(t)
		device.Write(make([]byte, 100))
		time.Sleep(150 * time.Millisecond)
		start := time.Now()
		if n, err := p.Discard(); n != 100 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if took := time.Since(start); took > 20*time.Millisecond {
			t.Errorf("took %v", took)
		}
		p.SetReadDeadline(soon(50 * time.Millisecond))
		if n, err := p.Read(make([]byte, 1)); n != 0 {
			t.Errorf("%d, %v", n, err)
		}
	})
}
