package ecrtest

import "sync"

// Faults plays a [Script]: a simulated device tells it what arrives and does
// what it answers. It counts over all connections. It is safe for use by several
// goroutines. A nil *Faults never asks for anything.
type Faults struct {
	mu      sync.Mutex
	script  Script
	bytes   int
	frames  int
	seen    map[string]int
	pending []Step // of bytes and times, for the next whole frame
	refuse  map[string]int
}

// NewFaults begins a script. Its steps of AtTime are played by [Server.Start],
// or by [Faults.Due] where there is no server.
func NewFaults(s Script) *Faults {
	return &Faults{script: s, seen: map[string]int{}, refuse: map[string]int{}}
}

// Bytes counts arriving bytes and returns what is due at once, that is between
// two bytes: [HangUp] or [PowerLoss]. What needs a frame waits for its end. allowed
// is how many of the n bytes came before it.
func (f *Faults) Bytes(n int) (due []Step, allowed int) {
	if f == nil {
		return nil, n
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	allowed = n
	for _, s := range f.script {
		if s.At != AtByte || s.N <= f.bytes || s.N > f.bytes+n {
			continue
		}
		if s.Do.immediate() {
			due = append(due, s)
			allowed = min(allowed, s.N-f.bytes)
		} else {
			f.pending = append(f.pending, s)
		}
	}
	f.bytes += n
	return due, allowed
}

// Due plays a step of AtTime: an immediate one is returned as true, any other
// waits for the next frame.
func (f *Faults) Due(s Step) (now bool) {
	if f == nil || s.Do.immediate() {
		return f != nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, s)
	return false
}

// Timed lists the steps of AtTime.
func (f *Faults) Timed() []Step {
	if f == nil {
		return nil
	}
	var list []Step
	for _, s := range f.script {
		if s.At == AtTime {
			list = append(list, s)
		}
	}
	return list
}

// Frame counts an arriving frame with a command code in lower-case hex and
// returns all that hits it.
func (f *Faults) Frame(cmd string) Hits {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frames++
	f.seen[cmd]++
	hits := Hits(f.pending)
	f.pending = nil
	for _, s := range f.script {
		if s.At == AtFrame && s.N == f.frames ||
			s.At == AtCommand && s.Command == cmd && (s.N == 0 || s.N == f.seen[cmd]) {
			hits = append(hits, s)
		}
	}
	// NAK n times: the frames of this command that follow are refused too.
	if f.refuse[cmd] > 0 {
		f.refuse[cmd]--
		hits = append(hits, Step{At: AtFrame, N: f.frames, Do: Refuse, Value: 1})
	} else if s, ok := hits.Find(Refuse); ok {
		f.refuse[cmd] = s.Value - 1
	}
	return hits
}

// Hits are the faults that hit one frame.
type Hits []Step

// Has says whether an action is among them.
func (h Hits) Has(a Action) bool { _, ok := h.Find(a); return ok }

// Find returns the first step with an action.
func (h Hits) Find(a Action) (Step, bool) {
	for _, s := range h {
		if s.Do == a {
			return s, true
		}
	}
	return Step{}, false
}

// Damage returns a copy of an answer with one byte changed so that valid refuses
// it: a damaged frame that still verified would be another message, not damage.
func Damage(frame []byte, offset int, valid func([]byte) bool) []byte {
	if len(frame) == 0 {
		return nil
	}
	bad := append([]byte(nil), frame...)
	if offset < 0 || offset >= len(bad) {
		offset = len(bad) - 1
	}
	for mask := 0xFF; mask > 0; mask-- {
		bad[offset] = frame[offset] ^ byte(mask)
		if !valid(bad) {
			break
		}
	}
	return bad
}
