package gateway

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// Observer hears what happens in a gateway, so that any library of figures can
// be fed (rule E31). Its methods are called from the gateway's goroutines and
// hold them up: they must be quick, safe for use by several goroutines, and must
// not call the gateway.
type Observer interface {
	// DeviceState hears that the connection to the device came or went; the
	// states of an exchange are not reported.
	DeviceState(s State)
	// Exchange hears that a request came to its end, however.
	Exchange(e Exchange)
	// Failure hears each trouble, once.
	Failure(f Failure)
}

// Exchange is one request of a client and what became of it.
type Exchange struct {
	Number  uint64        // of the gateway, from 1
	Client  uint64        // number of the client's connection, from 1
	Address string        // the client's network address
	Command string        // code in hex, "8D", "FF61"; "05" is CustomRU's probe; empty in raw
	At      time.Time     // when it was whole
	Queued  time.Duration // from then to its turn, or to its refusal
	ACK     time.Duration // from the request's last byte to ACK or NAK; 0 if none came
	Took    time.Duration // from its turn to its end
	Request int           // bytes of the client's request
	Answer  int           // bytes sent to the client, without ACK
	Outcome ecr.Outcome   // what is known about the command: not-sent, rejected, unknown, answered
	Failure Failure       // why it failed; 0 if it did not
}

// Client is one connected client.
type Client struct {
	Number    uint64    // of its connection, from 1
	Address   string    // network address
	Since     time.Time // when it connected
	Last      time.Time // when its last exchange ended; zero if none did
	Exchanges uint64    // that ended
	Pending   bool      // a request of it waits or is under way
}

// Latency sums up durations.
type Latency struct {
	Count uint64        // how many
	Sum   time.Duration // of all
	Min   time.Duration // the shortest; 0 if Count is 0
	Max   time.Duration // the longest
	Last  time.Duration // the last one
}

// Mean is the average; 0 if there is none.
func (l Latency) Mean() time.Duration {
	if l.Count == 0 {
		return 0
	}
	return l.Sum / time.Duration(l.Count)
}

func (l *Latency) add(d time.Duration) {
	if l.Count == 0 || d < l.Min {
		l.Min = d
	}
	l.Count++
	l.Sum += d
	l.Max, l.Last = max(l.Max, d), d
}

// Snapshot is the state of a gateway at one moment, a copy that belongs to the
// caller.
type Snapshot struct {
	Time      time.Time              // the moment
	Name      string                 // of the device, from the options
	Protocol  Protocol               // from the options
	State     State                  // of the device side
	Connected bool                   // State.Connected, and not refusing
	Since     time.Time              // when Connected last changed; zero before the first attempt ended
	LastError string                 // why there was no connection last; empty if there never was a reason
	Connects  uint64                 // connections made
	Clients   []Client               // by number
	Accepted  uint64                 // clients that ever connected, without surplus ones
	Queue     int                    // requests that wait for their turn
	Guarded   uint64                 // number of the client whose receipt is guarded; 0 none
	Exchanges uint64                 // requests that came to an end
	Outcomes  map[ecr.Outcome]uint64 // exchanges by outcome
	Failures  map[Failure]uint64     // troubles by kind
	ACK       Latency                // from request to ACK or NAK
	Turn      Latency                // from turn to end, of answered exchanges
	Last      []Exchange             // the last exchanges, newest first
}

// figures are what a Snapshot is made from.
type figures struct {
	observer Observer

	mu        sync.Mutex
	state     State
	connected bool
	since     time.Time
	lastError string
	connects  uint64
	clients   map[uint64]*Client
	accepted  uint64
	guarded   uint64
	outcomes  map[ecr.Outcome]uint64
	failures  map[Failure]uint64
	exchanges uint64
	ack, turn Latency
	last      []Exchange // a ring
	next      int        // where the next one goes
}

func newFigures(o *Options) *figures {
	return &figures{
		observer: o.Observer, state: Down, clients: map[uint64]*Client{},
		outcomes: map[ecr.Outcome]uint64{}, failures: map[Failure]uint64{}, last: make([]Exchange, 0, o.LastExchanges),
	}
}

func (f *figures) failed(kind Failure) {
	f.mu.Lock()
	f.failures[kind]++
	f.mu.Unlock()
	if f.observer != nil {
		f.observer.Failure(kind)
	}
}

// entered notes the state; the observer hears of it if the connection changed.
func (f *figures) entered(s State) {
	f.mu.Lock()
	before := f.state
	f.state = s
	change := s.Connected() != f.connected
	if change || s == Down && before == Connecting {
		f.connected, f.since = s.Connected(), time.Now()
	}
	f.mu.Unlock()
	if f.observer != nil && (change || !s.Connected() && s != before) {
		f.observer.DeviceState(s)
	}
}

func (f *figures) dialled(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		f.lastError = err.Error()
	} else {
		f.connects++
	}
}

func (f *figures) lost(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastError = reason
}

func (f *figures) guard(client uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.guarded = client
}

func (f *figures) joined(number uint64, address string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.accepted++
	f.clients[number] = &Client{Number: number, Address: address, Since: time.Now()}
}

func (f *figures) left(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.clients, number)
}

func (f *figures) pending(number uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.clients[number]; c != nil {
		c.Pending = true
	}
}

func (f *figures) ended(e Exchange) {
	f.mu.Lock()
	f.exchanges++
	f.outcomes[e.Outcome]++
	if e.ACK > 0 {
		f.ack.add(e.ACK)
	}
	if e.Outcome == ecr.Answered {
		f.turn.add(e.Took)
	}
	if c := f.clients[e.Client]; c != nil {
		c.Pending, c.Last = false, time.Now()
		c.Exchanges++
	}
	if len(f.last) < cap(f.last) {
		f.last = append(f.last, e)
	} else {
		f.last[f.next] = e
	}
	f.next = (f.next + 1) % cap(f.last)
	f.mu.Unlock()
	if f.observer != nil {
		f.observer.Exchange(e)
	}
}

// Snapshot returns the gateway's state and figures. It may be called at any
// time, from any goroutine.
func (g *Gateway) Snapshot() Snapshot {
	s := Snapshot{Time: time.Now(), Name: g.opt.Name, Protocol: g.opt.Protocol, Queue: g.queue.length()}
	f := g.figures
	f.mu.Lock()
	defer f.mu.Unlock()
	s.State, s.Connected, s.Since, s.LastError, s.Connects = f.state, f.connected, f.since, f.lastError, f.connects
	s.Accepted, s.Guarded, s.Exchanges, s.ACK, s.Turn = f.accepted, f.guarded, f.exchanges, f.ack, f.turn
	s.Outcomes, s.Failures = maps.Clone(f.outcomes), maps.Clone(f.failures)
	for _, n := range slices.Sorted(maps.Keys(f.clients)) {
		s.Clients = append(s.Clients, *f.clients[n])
	}
	for i := range f.last {
		s.Last = append(s.Last, f.last[(f.next+2*len(f.last)-1-i)%len(f.last)])
	}
	return s
}
