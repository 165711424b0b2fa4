package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// listener hands out connections in memory.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *listener) dial(context.Context) (ecr.Conn, error) {
	a, b := net.Pipe()
	select {
	case l.conns <- b:
		return a, nil
	case <-l.done:
		return nil, errors.New("the gateway does not listen")
	}
}

// bench is a gateway in memory, in a bubble of virtual time.
type bench struct {
	*testing.T
	gateway *gateway.Gateway
	listen  *listener
	stop    context.CancelFunc
	ended   chan error
}

// start serves a gateway until the test ends.
func start(t *testing.T, dial ecr.DialFunc, opt gateway.Options) *bench {
	t.Helper()
	b := &bench{T: t, gateway: gateway.New(dial, &opt), listen: newListener(), ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	go func() { b.ended <- b.gateway.Serve(ctx, b.listen) }()
	t.Cleanup(func() {
		cancel()
		b.gateway.Close()
	})
	return b
}

// bubble runs a sub-test in virtual time.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// till is a client that sends and expects bytes.
type till struct {
	t    *testing.T
	conn ecr.Conn
}

func (b *bench) till() *till {
	b.Helper()
	conn, err := b.listen.dial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return &till{b.T, conn}
}

const patience = 10 * time.Minute // of virtual time: more than any limit

func (c *till) send(b ...byte) {
	c.t.Helper()
	c.conn.SetWriteDeadline(time.Now().Add(patience))
	if _, err := c.conn.Write(b); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

// expect reads exactly what is wanted and says how long that took.
func (c *till) expect(want ...byte) time.Duration {
	c.t.Helper()
	began := time.Now()
	got := make([]byte, len(want))
	c.conn.SetReadDeadline(time.Now().Add(patience))
	n, err := io.ReadFull(c.conn, got)
	if err != nil || !bytes.Equal(got, want) {
		c.t.Fatalf("got % X, %v\nwant % X", got[:n], err, want)
	}
	return time.Since(began)
}

// hungUp expects the end of the connection, nothing before it.
func (c *till) hungUp() time.Duration {
	c.t.Helper()
	began := time.Now()
	c.conn.SetReadDeadline(time.Now().Add(patience))
	got, err := io.ReadAll(c.conn)
	if err != nil || len(got) > 0 {
		c.t.Fatalf("got % X, %v; want the end", got, err)
	}
	return time.Since(began)
}

// silent expects nothing for a while.
func (c *till) silent(d time.Duration) {
	c.t.Helper()
	var got [64]byte
	c.conn.SetReadDeadline(time.Now().Add(d))
	if n, err := c.conn.Read(got[:]); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Fatalf("got % X, %v; want silence", got[:n], err)
	}
}

// wire is a device that a test plays by hand: what the gateway writes comes out
// of got, in whole writes, and what is sent goes to the gateway.
type wire struct {
	*till
	dialled chan *till
}

// byHand makes a device whose connections the test takes with next.
func byHand(t *testing.T) (*wire, ecr.DialFunc) {
	w := &wire{dialled: make(chan *till, 100)}
	return w, func(context.Context) (ecr.Conn, error) {
		a, b := net.Pipe()
		t.Cleanup(func() { b.Close() })
		w.dialled <- &till{t, b}
		return a, nil
	}
}

func (w *wire) next(t *testing.T) *till {
	t.Helper()
	select {
	case w.till = <-w.dialled:
		return w.till
	case <-time.After(patience):
		t.Fatal("the gateway did not dial")
		return nil
	}
}

// drop hangs up.
func (c *till) drop() { c.conn.Close() }

func faults(t testing.TB, script string) *ecrtest.Faults {
	t.Helper()
	s, err := ecrtest.ParseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	return ecrtest.NewFaults(s)
}

func frame(cmd customru.Command, data ...byte) []byte {
	b, err := customru.AppendFrame(nil, cmd, data)
	if err != nil {
		panic(err)
	}
	return b
}

var password = []byte{0x3F, 0x42, 0x0F, 0}

// request is a CustomRU request whose data tells it from any other.
func request(cmd customru.Command, mark ...byte) []byte {
	return frame(cmd, append(bytes.Clone(password), mark...)...)
}

// answer is the answer to it, done.
func answer(cmd customru.Command, mark ...byte) []byte {
	return frame(cmd, append([]byte{0, 0, 99}, mark...)...)
}

func with(first byte, rest []byte) []byte { return append([]byte{first}, rest...) }

// v1 frames a body for the standard level of Shtrih-M, v2 for the alternative one.
func v1(body ...byte) []byte {
	b, err := shtrihm.AppendBody(nil, body)
	if err != nil {
		panic(err)
	}
	return b
}

func v2(number uint16, body ...byte) []byte {
	b, err := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: number, Body: body})
	if err != nil {
		panic(err)
	}
	return b
}

var sync2 = []byte{0x8F, 0, 0, 0x0F, 0x1D}

// failures are the kinds that were counted, "malformed 1, no-ack 2".
func (b *bench) failed(f gateway.Failure) uint64 {
	return b.gateway.Snapshot().Failures[f]
}

func (b *bench) wantFailures(want string) {
	b.Helper()
	synctest.Wait()
	var list []string
	s := b.gateway.Snapshot()
	for _, f := range gateway.Failures() {
		if n := s.Failures[f]; n == 1 {
			list = append(list, f.String())
		} else if n > 1 {
			list = append(list, f.String()+"*"+itoa(n))
		}
	}
	if got := strings.Join(list, " "); got != want {
		b.Errorf("failures: %q, want %q", got, want)
	}
}

func itoa(n uint64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
