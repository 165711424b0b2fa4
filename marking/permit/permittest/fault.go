package permittest

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking/permit"
)

// Fault is what goes wrong with a request. The zero value is no fault.
type Fault struct {
	// Times is how many requests meet the fault; 0 is all.
	Times int
	// Delay is how long the answer takes.
	Delay time.Duration
	// Hang never answers: it waits until the client has gone.
	Hang bool
	// Cut breaks the connection instead of answering.
	Cut bool
	// Status is the HTTP status instead of the right one.
	Status int
	// Code is the code inside the body instead of 0; the body has nothing else.
	Code int
	// Text is the description inside such a body.
	Text string
	// Body is the whole body instead of the right one.
	Body string
	// Oversized makes the body longer than [permit.MaxBody].
	Oversized bool
	// Foreign answers for other marks than those asked about, Missing for none.
	Foreign, Missing bool
	// Without leaves these members out of an answer: "reqId", "inst" …
	Without []string
}

// The usual faults.
var (
	Unauthorized = Fault{Status: http.StatusUnauthorized, Code: 401, Text: "Unauthorized"}
	TooMany      = Fault{Status: http.StatusTooManyRequests}
	Broken       = Fault{Status: http.StatusInternalServerError}
	Overload     = Fault{Status: http.StatusServiceUnavailable, Code: 5000, Text: "CDN is overloaded"}
	Emergency    = Fault{Status: http.StatusNonAuthoritativeInfo}
	Garbage      = Fault{Body: `<html><body>Proxy login</body></html>`}
	Hang         = Fault{Hang: true}
)

// Slow answers late.
func Slow(delay time.Duration) Fault { return Fault{Delay: delay} }

// Once makes a fault happen to the next request only.
func (f Fault) Once() Fault {
	f.Times = 1
	return f
}

// script holds the faults of a server's endpoints and counts their requests.
type script struct {
	mu     sync.Mutex
	faults map[string][]Fault
	counts map[string]int
	times  map[string][]time.Time
}

func (s *script) set(endpoint string, faults []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults == nil {
		s.faults = map[string][]Fault{}
	}
	s.faults[endpoint] = append([]Fault(nil), faults...)
}

// next counts a request and returns its fault.
func (s *script) next(endpoint string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts, s.times = map[string]int{}, map[string][]time.Time{}
	}
	s.counts[endpoint]++
	s.times[endpoint] = append(s.times[endpoint], time.Now())
	list := s.faults[endpoint]
	if len(list) == 0 {
		return Fault{}
	}
	f := list[0]
	if f.Times > 0 {
		if list[0].Times--; list[0].Times == 0 {
			s.faults[endpoint] = list[1:]
		}
	}
	return f
}

func (s *script) count(endpoint string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[endpoint]
}

func (s *script) when(endpoint string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.times[endpoint]...)
}

// apply plays a fault; true means that the request is dealt with.
func (f Fault) apply(w http.ResponseWriter, r *http.Request) bool {
	io.Copy(io.Discard, r.Body) // only then the server notices a client that leaves
	if f.Hang {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if f.Delay > 0 {
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-time.After(f.Delay):
		}
	}
	if f.Cut {
		panic(http.ErrAbortHandler)
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	switch {
	case f.Oversized:
		w.WriteHeader(status)
		io.WriteString(w, `{"code":0,"description":"`+strings.Repeat("x", permit.MaxBody)+`"}`)
	case f.Body != "":
		w.WriteHeader(status)
		io.WriteString(w, f.Body)
	case f.Code != 0:
		write(w, status, map[string]any{"code": f.Code, "description": f.Text})
	case f.Status != 0:
		w.WriteHeader(status)
	default:
		return false
	}
	return true
}
