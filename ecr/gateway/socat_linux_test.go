package gateway_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/serial"
)

// pty opens a pseudo terminal: the device's end, and the path of the host's.
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

const exchangeSize = 64 // bytes of a request; the answer is an ACK and as many

// echo is a device that gives each request back as its answer: what a client
// gets tells whose it is. It drops what is no frame, as a device does with two
// requests that were mixed.
func echo(device *os.File) {
	go func() {
		var in []byte
		buf := make([]byte, 4096)
		for {
			n, err := device.Read(buf)
			if err != nil {
				return
			}
			in = append(in, buf[:n]...)
			if len(in) == 1 && in[0] == 0x05 { // is anybody there?
				in = in[:0]
				if _, err := device.Write([]byte{nak}); err != nil {
					return
				}
			}
			for len(in) >= exchangeSize {
				whole := in[:exchangeSize]
				if whole[0] != 1 || binary.LittleEndian.Uint16(whole[1:]) != exchangeSize-4 {
					in = in[1:]
					continue
				}
				if _, err := device.Write(with(ack, whole)); err != nil {
					return
				}
				in = in[exchangeSize:]
			}
		}
	}()
}

// marked is a request of exchangeSize bytes with a number in it.
func marked(n uint64) []byte {
	data := make([]byte, exchangeSize-customru.MinFrame)
	copy(data, password)
	binary.LittleEndian.PutUint64(data[8:], n)
	return frame(0xF1, data...)
}

// onPty serves a gateway before a pty on a TCP port of loopback.
func onPty(t testing.TB, opt gateway.Options) (address string, g *gateway.Gateway) {
	t.Helper()
	device, path := pty(t)
	echo(device)
	dial := func(ctx context.Context) (ecr.Conn, error) {
		return serial.Dial(ctx, ecr.Address{Serial: path, Baud: 115200})
	}
	g = gateway.New(dial, &opt)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), g
}

// socat is the bridge that a shop without a gateway uses.
func socat(t testing.TB) (address string) {
	t.Helper()
	path, err := exec.LookPath("socat")
	if err != nil {
		if os.Getenv("OBMEN_CI") == "1" {
			t.Fatal("socat is not installed, and CI must have it")
		}
		t.Skip("socat is not installed")
	}
	device, port := pty(t)
	echo(device)
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	_, number, _ := net.SplitHostPort(address)
	l.Close()
	cmd := exec.Command(path, "TCP-LISTEN:"+number+",bind=127.0.0.1,reuseaddr,fork,nodelay", "FILE:"+port+",raw,echo=0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return address
}

// ser2net is the other bridge, as it comes: with Nagle's algorithm.
func ser2net(t testing.TB, options string) (address string) {
	t.Helper()
	path, err := exec.LookPath("ser2net")
	if err != nil {
		t.Skip("ser2net is not installed")
	}
	device, port := pty(t)
	echo(device)
	l, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	_, number, _ := net.SplitHostPort(address)
	l.Close()
	config := filepath.Join(t.TempDir(), "ser2net.yaml")
	text := "%YAML 1.1\n---\nconnection: &c\n  accepter: tcp" + options + ",127.0.0.1," + number +
		"\n  connector: serialdev," + port + ",115200n81,local\n  options:\n    max-connections: 8\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-n", "-u", "-c", config, "-P", filepath.Join(t.TempDir(), "pid"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return address
}

func connect(t testing.TB, address string) net.Conn {
	t.Helper()
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			t.Cleanup(func() { conn.Close() })
			return conn
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nobody listens")
	return nil
}

// exchange sends a request and says whether its own answer came in time.
func exchange(conn net.Conn, request, buf []byte, limit time.Duration) (own bool, err error) {
	conn.SetDeadline(time.Now().Add(limit))
	if _, err := conn.Write(request); err != nil {
		return false, err
	}
	if _, err := io.ReadFull(conn, buf); err != nil {
		return false, err
	}
	return buf[0] == ack && bytes.Equal(buf[1:], request), nil
}

// TestOwnAnswers: each client gets its own answer and nothing else.
func TestOwnAnswers(t *testing.T) {
	t.Run("E20 64 clients, every answer its own, memory and goroutines bounded", func(t *testing.T) {
		exchanges := 100
		switch {
		case os.Getenv("OBMEN_LONG") == "1":
			exchanges = 16_000 // a million in all
		case testing.Short():
			exchanges = 10
		}
		address, g := onPty(t, gateway.Options{Reconnect: time.Second, MaxClients: 64, EarlyAck: true, QueueLimit: time.Minute})
		before := runtime.NumGoroutine()
		var memory [2]runtime.MemStats
		var foreign, lost atomic.Int64
		var most atomic.Int64
		for turn := range 2 {
			var wg sync.WaitGroup
			for c := range 64 {
				conn := connect(t, address)
				wg.Go(func() {
					defer conn.Close()
					buf := make([]byte, exchangeSize+1)
					for i := range exchanges / 2 {
						switch own, err := exchange(conn, marked(uint64(c)<<32|uint64(i)), buf, time.Minute); {
						case err != nil:
							lost.Add(1)
							return
						case !own:
							foreign.Add(1)
						}
						if i == exchanges/4 {
							most.Store(max(most.Load(), int64(runtime.NumGoroutine())))
						}
					}
				})
			}
			wg.Wait()
			runtime.GC()
			runtime.ReadMemStats(&memory[turn])
		}
		if foreign.Load() != 0 || lost.Load() != 0 {
			t.Errorf("%d answers of others, %d clients lost", foreign.Load(), lost.Load())
		}
		if n := g.Snapshot().Outcomes[ecr.Answered]; n != uint64(64*(exchanges/2)*2) {
			t.Errorf("%d answered", n)
		}
		// Of the goroutines 64 are this test's clients.
		if n := most.Load(); n > int64(before)+64+2*64+16 {
			t.Errorf("%d goroutines, %d before", n, before)
		}
		if grown := int64(memory[1].HeapAlloc) - int64(memory[0].HeapAlloc); grown > 1<<20 {
			t.Errorf("memory grew by %d bytes", grown)
		}
	})
	t.Run("E20 what a bridge that knows no frames does to two clients", func(t *testing.T) {
		// The comparison of the README: socat gives every client whatever comes.
		for _, clients := range []int{2, 4, 8} {
			bridgeShare(t, "socat", socat(t), clients)
		}
	})
	t.Run("E20 what ser2net does to two clients", func(t *testing.T) {
		for _, clients := range []int{2, 4, 8} {
			bridgeShare(t, "ser2net", ser2net(t, "(nodelay)"), clients)
		}
	})
}

// bridgeShare prints what share of the exchanges through a bridge got their own answer.
func bridgeShare(t *testing.T, name, address string, clients int) {
	var wg sync.WaitGroup
	var own atomic.Int64
	const each = 20
	for c := range clients {
		conn := connect(t, address)
		wg.Go(func() {
			buf := make([]byte, exchangeSize+1)
			for i := range each {
				if ok, _ := exchange(conn, marked(uint64(c)<<32|uint64(i)), buf, 30*time.Millisecond); ok {
					own.Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%s, %d clients: %d %% got their own answer", name, clients, 100*own.Load()/int64(clients*each))
}

// speeds measures exchanges by turns: through the gateway and through socat.
func speeds(t testing.TB, pairs [2]net.Conn, rounds int) (ours, theirs time.Duration) {
	t.Helper()
	buf := make([]byte, exchangeSize+1)
	times := [2][]time.Duration{}
	for i := range 2 * rounds {
		request := marked(uint64(i))
		began := time.Now()
		own, err := exchange(pairs[i%2], request, buf, 10*time.Second)
		took := time.Since(began)
		if err != nil || !own {
			t.Fatal(own, err)
		}
		times[i%2] = append(times[i%2], took)
	}
	slices.Sort(times[0])
	slices.Sort(times[1])
	return times[0][rounds/2], times[1][rounds/2]
}

// TestSpeed bounds the ratio that BenchmarkGateway is about, and what must never
// come back: a delay such as Nagle's algorithm makes (40 ms).
func TestSpeed(t *testing.T) {
	t.Run("E22 an exchange costs at most 1.5 of socat's, and no delay", func(t *testing.T) {
		address, _ := onPty(t, gateway.Options{Reconnect: time.Second, EarlyAck: true})
		pairs := [2]net.Conn{connect(t, address), connect(t, socat(t))}
		speeds(t, pairs, 20)
		best := math.Inf(1)
		for range 7 {
			ours, theirs := speeds(t, pairs, 401)
			ratio := float64(ours) / float64(theirs)
			t.Logf("gateway %v, socat %v, ratio %.2f", ours, theirs, ratio)
			best = min(best, ratio)
			if ours > theirs+20*time.Millisecond {
				t.Errorf("%v, socat %v", ours, theirs)
			}
		}
		if best > 1.5 && !raceDetector {
			t.Errorf("%.2f of socat's at best", best)
		}
	})
}

// BenchmarkGateway times a 64-byte exchange over a pty: bare, through socat and
// through the gateway with early ACK; the first exchange, which proves the line
// to be clear, is left out.
//
// On 2 cores the median stands at 1.0 to 1.05 of socat's within one process and
// at 1.08 with the gateway as a process of its own; a Go program that does nothing
// but copy bytes, and write the ACK by itself as early ACK asks for, stands at
// 0.95. What was learned, from 1.6 on: nearly all of it are system calls (a write
// to TCP costs 13 µs, early ACK makes two) and wake-ups. A goroutine between the
// line and its client costs as much as all the gateway's own work (10 µs), so
// there is none: the thread that waits for the line writes to the client, the
// client's goroutine to the line. A thread in poll beats the runtime's poller,
// and both the library's select. A second descriptor of the port that the poller
// knew (the lock) woke a thread with every byte.
func BenchmarkGateway(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		device, path := pty(b)
		echo(device)
		port, err := serial.Open(ecr.Address{Serial: path, Baud: 115200})
		if err != nil {
			b.Fatal(err)
		}
		defer port.Close()
		time.Sleep(10 * time.Millisecond)
		buf := make([]byte, exchangeSize+1)
		request := marked(1)
		for b.Loop() {
			if _, err := port.Write(request); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(port, buf); err != nil {
				b.Fatal(err)
			}
		}
	})
	gatewayAt, _ := onPty(b, gateway.Options{Reconnect: time.Second, EarlyAck: true})
	for _, c := range []struct {
		name string
		at   func(b *testing.B) string
	}{
		{"gateway", func(*testing.B) string { return gatewayAt }},
		{"socat", func(b *testing.B) string { return socat(b) }},
		{"ser2net", func(b *testing.B) string { return ser2net(b, "") }},
		{"ser2net-nodelay", func(b *testing.B) string { return ser2net(b, "(nodelay)") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			conn := connect(b, c.at(b))
			buf := make([]byte, exchangeSize+1)
			request := marked(1)
			if _, err := exchange(conn, request, buf, 10*time.Second); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if own, err := exchange(conn, request, buf, 10*time.Second); err != nil || !own {
					b.Fatal(own, err)
				}
			}
		})
	}
}
