package ecrtest

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Device is a simulated device behind a [Server].
type Device interface {
	// ServeConn speaks with one host. It returns when the connection ends or
	// ctx is done; an error made by [Ended] says which fault ended it.
	ServeConn(ctx context.Context, conn ecr.Conn) error
	// PowerLoss forgets what a device forgets without power.
	PowerLoss()
}

// endedError is how a device says that a fault ended a connection.
type endedError struct{ by Action }

func (e endedError) Error() string { return "ecrtest: the connection was ended by " + e.by.String() }

// Ended is the error with which [Device.ServeConn] says that a fault, [HangUp]
// or [PowerLoss], ends the connection.
func Ended(by Action) error { return endedError{by} }

// Server gives a simulated device its connections: TCP, serial and in memory.
// Set the fields before the first method is called.
type Server struct {
	Device Device  // what is simulated
	Faults *Faults // its timed steps are played by Start; may be nil
	// Down is how long the port is dead after a power loss. It defaults to 1 s.
	Down time.Duration

	// Pipe makes the connections of Dial. It defaults to net.Pipe.
	Pipe func() (host, device ecr.Conn)

	mu    sync.Mutex
	wg    sync.WaitGroup
	life  span // from Start to Close
	power span // to the next power loss; within life
	conns span // to the next hang-up; within power
	dead  bool // the power is off
	addr  string
}

// span is a part of the server's life.
type span struct {
	ctx context.Context
	end context.CancelFunc
}

func newSpan(within context.Context) span {
	ctx, end := context.WithCancel(within)
	return span{ctx, end}
}

// Start begins the simulation: the clock of AtTime steps runs from here.
// Listen, Dial and Attach start it too.
func (s *Server) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
}

func (s *Server) start() {
	if s.life.ctx != nil {
		return
	}
	s.life = newSpan(context.Background())
	s.powerOn()
	for _, step := range s.Faults.Timed() {
		s.wg.Go(func() {
			if !sleep(s.life.ctx, step.After) || !s.Faults.Due(step) {
				return
			}
			if step.Do == PowerLoss {
				s.PowerLoss()
			} else {
				s.hangUp()
			}
		})
	}
}

func (s *Server) powerOn() {
	s.power = newSpan(s.life.ctx)
	s.conns = newSpan(s.power.ctx)
	s.dead = false
}

// Listen takes connections on a TCP address, "127.0.0.1:0" for any free port,
// and returns the address it has.
func (s *Server) Listen(address string) (net.Addr, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	if s.life.ctx.Err() != nil {
		l.Close()
		return nil, net.ErrClosed
	}
	s.addr = l.Addr().String()
	s.accept(l)
	return l.Addr(), nil
}

// accept serves a listener until the power is cut; with the lock held.
func (s *Server) accept(l net.Listener) {
	power := s.power.ctx
	stop := context.AfterFunc(power, func() { l.Close() })
	s.wg.Go(func() {
		defer stop()
		defer l.Close()
		for power.Err() == nil {
			conn, err := l.Accept()
			if err != nil {
				sleep(power, 10*time.Millisecond) // out of descriptors: that passes
				continue
			}
			s.mu.Lock()
			if power.Err() != nil {
				conn.Close()
			} else {
				s.serve(conn)
			}
			s.mu.Unlock()
		}
	})
}

// Dial connects to the device in memory; while the power is off it fails.
func (s *Server) Dial(context.Context) (ecr.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	if s.power.ctx.Err() != nil {
		return nil, errors.New("ecrtest: the device has no power")
	}
	if s.Pipe == nil {
		host, device := net.Pipe()
		s.serve(device)
		return host, nil
	}
	host, device := s.Pipe()
	s.serve(device)
	return host, nil
}

// serve runs the device on a connection of its own; with the lock held.
func (s *Server) serve(conn ecr.Conn) {
	ctx := s.conns.ctx
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	s.wg.Go(func() {
		defer conn.Close()
		defer stop()
		s.ended(s.Device.ServeConn(ctx, conn))
	})
}

// ended plays a power loss that a connection met.
func (s *Server) ended(err error) {
	if e, ok := errors.AsType[endedError](err); ok && e.by == PowerLoss {
		s.PowerLoss()
	}
}

// Attach serves a line that stays, a serial port, until Close: after a fault
// that ends connections it goes on. Attach does not close the line.
func (s *Server) Attach(line ecr.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	life := s.life.ctx
	s.wg.Go(func() {
		for life.Err() == nil {
			s.mu.Lock()
			ctx := s.conns.ctx
			s.mu.Unlock()
			if ctx.Err() != nil {
				sleep(life, 10*time.Millisecond) // no power
				continue
			}
			if l, ok := line.(ecr.Line); ok {
				l.Discard() // what came while the power was off is lost
			}
			done := make(chan struct{})
			stop := context.AfterFunc(ctx, func() {
				defer close(done)
				line.SetReadDeadline(time.Unix(1, 0))
			})
			err := s.Device.ServeConn(ctx, line)
			if !stop() {
				<-done
			}
			s.ended(err)
			if _, fault := errors.AsType[endedError](err); !fault && ctx.Err() == nil {
				return // the line itself is gone
			}
		}
	})
}

// PowerLoss closes all connections; the ports answer again after Down.
func (s *Server) PowerLoss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	if s.dead || s.life.ctx.Err() != nil {
		return
	}
	s.dead = true
	s.power.end()
	s.Device.PowerLoss()
	down := s.Down
	if down <= 0 {
		down = time.Second
	}
	s.wg.Go(func() {
		if sleep(s.life.ctx, down) {
			s.restart()
		}
	})
}

// restart gives the power back and listens on the same port again, which
// another program may hold for a moment.
func (s *Server) restart() {
	s.mu.Lock()
	s.powerOn()
	address := s.addr
	s.mu.Unlock()
	for address != "" && s.life.ctx.Err() == nil {
		l, err := net.Listen("tcp", address)
		if err == nil {
			s.mu.Lock()
			s.accept(l)
			s.mu.Unlock()
			return
		}
		sleep(s.life.ctx, 20*time.Millisecond)
	}
}

// hangUp closes all connections; the ports stay open.
func (s *Server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.power.ctx.Err() == nil {
		s.conns.end()
		s.conns = newSpan(s.power.ctx)
	}
}

// Close ends the simulation and returns when all its goroutines have ended.
func (s *Server) Close() error {
	s.mu.Lock()
	s.start()
	s.life.end()
	s.mu.Unlock()
	s.wg.Wait()
	return nil
}

// sleep waits; false means that the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
