package serial_test

import (
	"context"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	driver "go.bug.st/serial"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/serial"
)

// registerOn puts a simulated register behind the master of a pty.
func registerOn(t testing.TB, device *os.File, script string) *customrutest.Register {
	t.Helper()
	steps, err := ecrtest.ParseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	faults := ecrtest.NewFaults(steps)
	register := customrutest.New(&customrutest.Options{Faults: faults})
	server := &ecrtest.Server{Device: register, Faults: faults}
	server.Attach(device)
	t.Cleanup(func() { server.Close() })
	return register
}

func dialPort(path string) ecr.DialFunc {
	return func(ctx context.Context) (ecr.Conn, error) {
		return serial.Dial(ctx, ecr.Address{Serial: path, Baud: 115200})
	}
}

func TestExchangeOverPty(t *testing.T) {
	t.Run("E13 after an unknown outcome the line is cleared, not the port closed", func(t *testing.T) {
		device, path := pty(t)
		// The late answer comes while the host is clearing the line.
		register := registerOn(t, device, "cmd 50#1 late=400ms")
		link := customru.NewLink(dialPort(path), &customru.Options{
			Limits: customru.Limits{Answer: 100 * time.Millisecond}, Quiet: 300 * time.Millisecond,
		})
		d := customru.NewDevice(link, nil)
		defer d.Close()
		_, err := d.CashIn(t.Context(), 5)
		if ecr.OutcomeOf(err) != ecr.Unknown {
			t.Fatal(err)
		}
		if r, err := d.Recover(t.Context(), err); err != nil || r.Verdict != customru.Done {
			t.Errorf("%+v, %v", r, err)
		}
		doc, err := d.CashIn(t.Context(), 7)
		if err != nil || doc.Cash != 12 || register.Executed(customru.CmdCashIn) != 2 {
			t.Errorf("%+v, %v", doc, err)
		}
	})
	t.Run("E13 a line that stays busy is given up, nothing sent", func(t *testing.T) {
		device, path := pty(t)
		registerOn(t, device, "cmd 50#1 late=3s")
		link := customru.NewLink(dialPort(path), &customru.Options{
			Limits: customru.Limits{Answer: 50 * time.Millisecond}, Quiet: 100 * time.Millisecond, SettleLimit: 500 * time.Millisecond,
		})
		d := customru.NewDevice(link, nil)
		defer d.Close()
		if _, err := d.CashIn(t.Context(), 5); ecr.OutcomeOf(err) != ecr.Unknown {
			t.Fatal(err)
		}
		_, err := d.Clock(t.Context())
		if !hasCode(err, ecr.CodeUnsettled) || ecr.OutcomeOf(err) != ecr.NotSent {
			t.Error(err)
		}
	})
	t.Run("E11 a device unplugged in mid-answer: unknown, then the port is opened anew", func(t *testing.T) {
		device, path := pty(t)
		go func() {
			device.Read(make([]byte, 64))
			device.Write([]byte{customru.ACK, 1, 7})
			time.Sleep(20 * time.Millisecond)
			device.Close()
		}()
		link := customru.NewLink(dialPort(path), nil)
		defer link.Close()
		_, err := link.Do(t.Context(), customru.CmdStatus, []byte{0x3F, 0x42, 0x0F, 0})
		if !hasCode(err, ecr.CodeDeviceGone) || ecr.OutcomeOf(err) != ecr.Unknown {
			t.Error(err)
		}
		if _, err = link.Do(t.Context(), customru.CmdStatus, nil); ecr.OutcomeOf(err) != ecr.NotSent {
			t.Errorf("without the port: %v", err)
		}
	})
}

const answerSize = 64 // bytes; the request is as long

// echoDevice answers each request with an ACK and 64 bytes, as the bare loop and
// the link both expect.
func echoDevice(t testing.TB, device *os.File) (request []byte) {
	t.Helper()
	data := make([]byte, answerSize-customru.MinFrame)
	frame, err := customru.AppendFrame([]byte{customru.ACK}, customru.CmdStatus, data)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		buf := make([]byte, answerSize)
		for {
			if _, err := io.ReadFull(device, buf); err != nil {
				return
			}
			if _, err := device.Write(frame); err != nil {
				return
			}
		}
	}()
	return data
}

// bareExchange is a write and a read loop on the library itself, the least that
// any program does.
func bareExchange(t testing.TB, path string, data []byte) func() {
	t.Helper()
	p, err := driver.Open(path, &driver.Mode{BaudRate: 115200, DataBits: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	request, err := customru.AppendFrame(nil, customru.CmdStatus, data)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, answerSize+1)
	return func() {
		if _, err := p.Write(request); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(buf); {
			got, err := p.Read(buf[n:])
			if err != nil {
				t.Fatal(err)
			}
			n += got
		}
	}
}

func linkExchange(t testing.TB, path string, data []byte) func() {
	t.Helper()
	link := customru.NewLink(dialPort(path), nil)
	t.Cleanup(func() { link.Close() })
	return func() {
		if _, err := link.Do(context.Background(), customru.CmdStatus, data); err != nil {
			t.Fatal(err)
		}
	}
}

// median runs two functions in turn and returns the middle time of each.
func median(rounds int, a, b func()) (time.Duration, time.Duration) {
	times := [2][]time.Duration{}
	for i := range 2 * rounds {
		start := time.Now()
		[]func(){a, b}[i%2]()
		times[i%2] = append(times[i%2], time.Since(start))
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	return times[0][rounds/2], times[1][rounds/2]
}

// TestExchangeSpeed holds the goal of BenchmarkExchange where timing may be
// trusted; elsewhere it only has to run.
func TestExchangeSpeed(t *testing.T) {
	t.Run("E7 an exchange costs at most 1.5 bare ones", func(t *testing.T) {
		bareDevice, barePath := pty(t)
		linkDevice, linkPath := pty(t)
		data := echoDevice(t, bareDevice)
		echoDevice(t, linkDevice)
		bare, link := median(301, bareExchange(t, barePath, data), linkExchange(t, linkPath, data))
		t.Logf("bare %v, link %v, ratio %.2f", bare, link, float64(link)/float64(bare))
		if limit := bare * 3 / 2; link > limit && os.Getenv("OBMEN_LONG") == "1" {
			t.Errorf("%v is more than %v", link, limit)
		}
	})
}

// BenchmarkExchange times a 64-byte exchange over a pty beside a bare loop of
// writes and reads on the same kind of pty, in turn; ratio is link / bare and
// should stay under 1.5.
func BenchmarkExchange(b *testing.B) {
	bareDevice, barePath := pty(b)
	linkDevice, linkPath := pty(b)
	data := echoDevice(b, bareDevice)
	echoDevice(b, linkDevice)
	bare, link := bareExchange(b, barePath, data), linkExchange(b, linkPath, data)
	var tb, tl time.Duration
	rounds := 0
	for b.Loop() {
		x, y := median(201, bare, link)
		tb, tl = tb+x, tl+y
		rounds++
	}
	b.ReportMetric(float64(tl)/float64(tb), "ratio")
	b.ReportMetric(float64(tb.Microseconds())/float64(rounds), "bare-µs")
	b.ReportMetric(float64(tl.Microseconds())/float64(rounds), "link-µs")
}
