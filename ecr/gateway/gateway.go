package gateway

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Gateway shares one device among many clients. Several devices are several
// gateways, independent of one another (rule E29). Make one with [New]; its
// methods may be called from any goroutine.
type Gateway struct {
	dial    ecr.DialFunc
	opt     Options
	queue   *queue
	arbiter *arbiter
	figures *figures
	numbers atomic.Uint64 // of exchanges
	refuses atomic.Bool   // the device is down: requests are refused at once

	mu      sync.Mutex
	served  bool
	clients map[*client]struct{}

	stopping chan struct{} // closed: nothing new starts
	kill     context.Context
	killed   context.CancelFunc // ends everything at once
	done     chan struct{}      // closed when Serve has returned
}

// New makes the gateway of one device, which dial reaches: [ecr.Dialer.Func] of
// an address. It does no I/O, and panics if dial is nil. Nil options are all
// defaults.
func New(dial ecr.DialFunc, opt *Options) *Gateway {
	if dial == nil {
		panic("gateway: New needs a DialFunc")
	}
	g := &Gateway{
		dial: dial, opt: opt.withDefaults(), clients: map[*client]struct{}{},
		stopping: make(chan struct{}), done: make(chan struct{}),
	}
	g.queue = newQueue(g.opt.GuardLimit)
	g.figures = newFigures(&g.opt)
	g.arbiter = newArbiter(g)
	g.kill, g.killed = context.WithCancel(context.Background())
	return g
}

// Serve takes clients from a listener and shares the device among them until ctx
// ends; then it stops orderly and returns nil: the listener is closed, nothing
// new starts, a running exchange ends within [Options.StopLimit]. All goroutines
// have ended when it returns. It may be called once; an error is an [ecr.Error]:
// [CodeServed], [CodeListen], or [ecr.CodeClosed] after Close.
func (g *Gateway) Serve(ctx context.Context, l net.Listener) error {
	g.mu.Lock()
	served := g.served
	g.served = true
	g.mu.Unlock()
	if served {
		l.Close()
		return fail(CodeServed, nil)
	}
	defer close(g.done)
	defer g.killed()

	var wg sync.WaitGroup
	wg.Go(g.arbiter.run)
	unlisten := context.AfterFunc(g.kill, func() { l.Close() })
	defer unlisten()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()

	err := g.accept(ctx, l, &wg)
	l.Close()
	close(g.stopping)
	limit := time.AfterFunc(g.opt.StopLimit, g.killed)
	defer limit.Stop()
	wg.Wait()
	switch {
	case ctx.Err() != nil:
		return nil
	case g.kill.Err() != nil:
		return ecr.NewError(ecr.CodeClosed, ecr.Details{})
	}
	return fail(CodeListen, err)
}

// Close ends the gateway at once, a running exchange too, and returns when Serve
// has ended. An orderly stop is the end of Serve's context.
func (g *Gateway) Close() error {
	g.killed()
	g.mu.Lock()
	served := g.served
	g.served = true
	g.mu.Unlock()
	if served {
		<-g.done
	} else {
		close(g.done)
	}
	return nil
}

// mostAcceptFailures in a row end Serve; the pauses between them add up to a minute.
const mostAcceptFailures = 60

// accept takes clients until the context ends or the listener fails for good.
func (g *Gateway) accept(ctx context.Context, l net.Listener, wg *sync.WaitGroup) error {
	failures := 0
	var surplus seldom
	for number := uint64(1); ; {
		conn, err := l.Accept()
		if ctx.Err() != nil || g.kill.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			if failures++; errors.Is(err, net.ErrClosed) || failures > mostAcceptFailures {
				return err
			}
			g.opt.Logger.Warn("a client could not be accepted", "device", g.opt.Name, "error", err.Error())
			select { // out of descriptors: that passes
			case <-time.After(time.Second):
			case <-ctx.Done():
			case <-g.kill.Done():
			}
			continue
		}
		failures = 0
		if !g.room() {
			conn.Close()
			g.figures.failed(ClientSurplus)
			if times, tell := surplus.again(time.Now(), "surplus"); tell {
				g.opt.Logger.Warn("a client was turned away: all places are taken", "device", g.opt.Name, "places", g.opt.MaxClients, "turned away", times)
			}
			continue
		}
		c := newClient(g, conn, number)
		number++
		wg.Go(c.run)
	}
}

// silentFor is how long a client that never sent a request is safe from giving
// its place to a new one.
const silentFor = time.Second

// room makes sure that there is a place for another client: if all are taken,
// the oldest connection that never sent a request gives its place up, so that
// connections which only wait cannot keep the tills out.
func (g *Gateway) room() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.clients) < g.opt.MaxClients {
		return true
	}
	var oldest *client
	for c := range g.clients {
		if !c.spoke.Load() && time.Since(c.since) >= silentFor && (oldest == nil || c.number < oldest.number) {
			oldest = c
		}
	}
	if oldest == nil {
		return false
	}
	delete(g.clients, oldest)
	oldest.conn.Close()
	g.figures.failed(ClientSurplus)
	return true
}

func (g *Gateway) join(c *client) {
	g.mu.Lock()
	g.clients[c] = struct{}{}
	g.mu.Unlock()
	g.figures.joined(c.number, c.address)
	g.opt.Logger.Info("client connected", "device", g.opt.Name, "client", c.number, "address", c.address)
}

func (g *Gateway) leave(c *client) {
	g.mu.Lock()
	delete(g.clients, c)
	g.mu.Unlock()
	g.queue.left(c.number)
	nudge(g.arbiter.wake)
	g.figures.left(c.number)
	g.opt.Logger.Info("client disconnected", "device", g.opt.Name, "client", c.number, "address", c.address)
}

// tune sets what a TCP connection needs: small writes go at once (rule E22), and
// a peer that vanished is noticed.
func (g *Gateway) tune(conn net.Conn) {
	if t, ok := conn.(interface{ SetNoDelay(bool) error }); ok {
		t.SetNoDelay(true)
	}
	if t, ok := conn.(interface {
		SetKeepAliveConfig(net.KeepAliveConfig) error
	}); ok {
		t.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: g.opt.KeepAlive, Interval: g.opt.KeepAlive, Count: 3})
	}
}
