package gateway

import (
	"slices"
	"sync"
	"time"
)

// request is a client's message, whole, on its way to the device and back.
type request struct {
	number  uint64 // of the exchange
	client  uint64 // of the client's connection
	address string
	from    *client

	raw    []byte // as the client sent it
	layout layout // where in raw a password stands
	body   []byte // of Shtrih-M: command and data, without framing
	cmd    uint16 // 0 in raw
	probe  bool   // CustomRU's 05h: a control byte is the answer
	class  class

	at    time.Time     // when it was whole
	turn  time.Time     // when its turn came; zero while it waits
	wrote time.Time     // when its last byte was written
	ack   time.Duration // from there to ACK or NAK
}

// event is what happens to a request; the last one is final.
type event struct {
	kind    eventKind
	data    []byte    // CustomRU and raw: bytes as they came; Shtrih-M: the answer's body
	at      time.Time // when it came from the device
	failure Failure   // of eventRefused and eventLost
}

type eventKind int

const (
	eventACK     eventKind = iota + 1 // the device took the request
	eventPart                         // bytes before the answer: interim frames, busy bytes
	eventAnswer                       // final: the answer
	eventNAK                          // final: the device refused the request
	eventRefused                      // final: nothing was written to the device
	eventLost                         // final: written, and it is not known what became of it
)

func (e event) final() bool { return e.kind >= eventAnswer }

// mostParts is how many parcels a client leaves unread before interim events are
// skipped: it is not reading, and will be hung up on.
const mostParts = 16

// queue holds the requests that wait: one of each client, so that who waited
// longest is also whose turn it is, round robin (rule E20). It also holds the
// receipt guard (rule E30).
type queue struct {
	mu      sync.Mutex
	waiting []*request
	closed  bool

	owner     uint64    // whose receipt is guarded; 0 none
	ownerLeft time.Time // when that client was lost; zero while it is there
	linger    time.Duration
}

func newQueue(linger time.Duration) *queue {
	return &queue{linger: linger}
}

// push adds a request; false: the gateway has ended.
func (u *queue) push(q *request) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return false
	}
	u.waiting = append(u.waiting, q)
	return true
}

// remove takes a request back; false: its turn has come already.
func (u *queue) remove(q *request) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := slices.Index(u.waiting, q)
	if i < 0 {
		return false
	}
	u.waiting = slices.Delete(u.waiting, i, i+1)
	return true
}

// ready says whether there is a request whose turn it could be.
func (u *queue) ready() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.first() >= 0
}

// take removes the request whose turn it is; nil if there is none.
func (u *queue) take() *request {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := u.first()
	if i < 0 {
		return nil
	}
	q := u.waiting[i]
	u.waiting = slices.Delete(u.waiting, i, i+1)
	return q
}

func (u *queue) first() int {
	return slices.IndexFunc(u.waiting, func(q *request) bool {
		return u.owner == 0 || q.client == u.owner || q.class == reads
	})
}

// expired removes the requests that have waited since before a moment.
func (u *queue) expired(before time.Time) []*request {
	u.mu.Lock()
	defer u.mu.Unlock()
	var list []*request
	for len(u.waiting) > 0 && !u.waiting[0].at.After(before) {
		list = append(list, u.waiting[0])
		u.waiting = slices.Delete(u.waiting, 0, 1)
	}
	return list
}

// next is when something is due: the oldest request has waited for the limit, or
// the guard of a lost client ends. Zero is never.
func (u *queue) next(limit time.Duration) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	var t time.Time
	if len(u.waiting) > 0 {
		t = u.waiting[0].at.Add(limit)
	}
	if !u.ownerLeft.IsZero() {
		t = sooner(t, u.ownerLeft.Add(u.linger))
	}
	return t
}

// close takes no more requests and returns those that wait.
func (u *queue) close() []*request {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	return u.drain()
}

// all removes all requests that wait.
func (u *queue) all() []*request {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.drain()
}

func (u *queue) drain() []*request {
	list := u.waiting
	u.waiting = nil
	return list
}

func (u *queue) length() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.waiting)
}

// guard gives the receipt to a client, 0 to nobody.
func (u *queue) guard(client uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.owner, u.ownerLeft = client, time.Time{}
}

// left says that a client is gone: its receipt is guarded a little longer.
func (u *queue) left(client uint64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.owner == client && u.ownerLeft.IsZero() {
		u.ownerLeft = time.Now()
	}
}

// unguard ends the guard of a lost client whose time is over.
func (u *queue) unguard(now time.Time) (ended bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ownerLeft.IsZero() || now.Before(u.ownerLeft.Add(u.linger)) {
		return false
	}
	u.owner, u.ownerLeft = 0, time.Time{}
	return true
}

// sooner is the earlier of two moments, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
