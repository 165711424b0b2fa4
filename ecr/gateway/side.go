package gateway

import (
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// side is the device side of a protocol: framing, without any order of events,
// which is the table's.
type side interface {
	add(b []byte)
	// next cuts the next item out of what was added and tells what it is to the
	// request under way, which may be nil.
	next(q *request) (item, bool)
	pending() int
	reset() int
	// encode makes the bytes of a request for the device.
	encode(q *request) ([]byte, layout, error)
	// acknowledges says whether the device sends ACK or NAK for a request.
	acknowledges() bool
	// probe is a byte that an idle device answers with idle alone; 0: there is none.
	probe() (ask, idle byte)
	// asks says whether the device must be asked before the next request; ask is
	// what it is asked with, again what a damaged answer is asked for with.
	asks() bool
	ask() []byte
	again() []byte
	// number is that of the request under way, learn sets that of the last one,
	// forget says that the device's is not known (v2).
	number() uint16
	learn(number uint16)
	forget()
}

func newSide(o *Options) (side, *table) {
	switch {
	case o.Protocol == CustomRU:
		return &customRUSide{scan: customru.Scanner{Max: o.MaxFrame}}, &customRURules
	case o.Protocol == Raw:
		return &rawSide{}, &rawRules
	case o.DeviceLevel == shtrihm.LevelAlternative:
		return &numberedSide{scan: shtrihm.NumberedScanner{Max: min(o.MaxFrame, shtrihm.MaxNumberedBody+2)}}, &numberedRules
	}
	return &standardSide{}, &standardRules
}

// silentSide is what a side without asking and numbers has of them.
type silentSide struct{}

func (silentSide) acknowledges() bool  { return true }
func (silentSide) probe() (byte, byte) { return 0, 0 }
func (silentSide) asks() bool          { return false }
func (silentSide) ask() []byte         { return nil }
func (silentSide) again() []byte       { return nil }
func (silentSide) number() uint16      { return 0 }
func (silentSide) learn(uint16)        {}
func (silentSide) forget()             {}

// customRUSide passes frames through as they are.
type customRUSide struct {
	silentSide
	scan customru.Scanner
}

func (s *customRUSide) add(b []byte)            { s.scan.Add(b) }
func (s *customRUSide) pending() int            { return s.scan.Pending() }
func (s *customRUSide) reset() int              { return s.scan.Reset() }
func (s *customRUSide) probe() (ask, idle byte) { return customru.Probe, customru.NAK }

func (s *customRUSide) encode(q *request) ([]byte, layout, error) { return q.raw, q.layout, nil }

func (s *customRUSide) next(q *request) (item, bool) {
	token, ok := s.scan.Next()
	if !ok {
		return item{}, false
	}
	i := item{what: gotNoise, raw: token.Raw}
	switch token.Kind {
	case customru.TokenControl:
		if i.what = gotNAK; token.Control == customru.ACK {
			i.what = gotACK
		}
	case customru.TokenFrame:
		if i.what = gotOther; q != nil && !q.probe && q.cmd == uint16(token.Frame.Cmd) {
			i.what = gotAnswer
		}
	case customru.TokenDamaged:
		i.what = gotDamaged
	case customru.TokenNoise:
		if token.Control == customru.Start {
			i.what = gotLong
		}
	}
	return i, true
}

// standardSide speaks v1.
type standardSide struct {
	silentSide
	scan shtrihm.Scanner
}

func (s *standardSide) add(b []byte)  { s.scan.Add(b) }
func (s *standardSide) pending() int  { return s.scan.Pending() }
func (s *standardSide) reset() int    { return s.scan.Reset() }
func (s *standardSide) asks() bool    { return true }
func (s *standardSide) ask() []byte   { return []byte{shtrihm.ENQ} }
func (s *standardSide) again() []byte { return []byte{shtrihm.NAK, shtrihm.ENQ} }

func (s *standardSide) encode(q *request) ([]byte, layout, error) {
	out, err := shtrihm.AppendBody(nil, q.body)
	return out, layoutV1, err
}

func (s *standardSide) next(q *request) (item, bool) {
	found, ok := s.scan.Next()
	for ok && (found.Kind == shtrihm.TokenNoise && found.Control == shtrihm.IdleByte ||
		found.Kind == shtrihm.TokenControl && found.Control == shtrihm.ENQ) {
		found, ok = s.scan.Next() // FFh after our ACK is none of the exchange (rule E33)
	}
	if !ok {
		return item{}, false
	}
	i := item{what: gotNoise, raw: found.Raw, body: found.Body}
	switch found.Kind {
	case shtrihm.TokenControl:
		if i.what = gotNAK; found.Control == shtrihm.ACK {
			i.what = gotACK
		}
	case shtrihm.TokenFrame:
		i.what = answerTo(q, found.Body)
	case shtrihm.TokenDamaged:
		i.what = gotDamaged
	}
	return i, true
}

func answerTo(q *request, body []byte) happening {
	if q != nil {
		if _, err := shtrihm.ParseAnswer(shtrihm.Command(q.cmd), body); err == nil {
			return gotAnswer
		}
	}
	return gotOther
}

// numberedSide speaks v2, with one number for all clients (rule E34).
type numberedSide struct {
	silentSide
	scan  shtrihm.NumberedScanner
	last  uint16
	knows bool
}

func (s *numberedSide) add(b []byte)        { s.scan.Add(b) }
func (s *numberedSide) pending() int        { return s.scan.Pending() }
func (s *numberedSide) reset() int          { return s.scan.Reset() }
func (s *numberedSide) acknowledges() bool  { return false }
func (s *numberedSide) asks() bool          { return !s.knows }
func (s *numberedSide) number() uint16      { return s.last }
func (s *numberedSide) learn(number uint16) { s.last, s.knows = number, true }
func (s *numberedSide) forget()             { s.knows = false }
func (s *numberedSide) again() []byte       { return s.ask() }

func (s *numberedSide) ask() []byte {
	out, _ := shtrihm.AppendNumbered(nil, shtrihm.Numbered{})
	return out
}

func (s *numberedSide) encode(q *request) ([]byte, layout, error) {
	out, err := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: s.last + 1, Body: q.body})
	if err == nil {
		s.last++
	}
	return out, layoutV2, err
}

func (s *numberedSide) next(q *request) (item, bool) {
	for {
		found, ok := s.scan.Next()
		if !ok {
			return item{}, false
		}
		i := item{what: gotNoise, raw: found.Raw}
		switch {
		case found.Kind == shtrihm.TokenDamaged:
			i.what = gotDamaged
		case found.Kind == shtrihm.TokenFrame && !found.Frame.HasNumber:
			continue // a sync is no answer
		case found.Kind == shtrihm.TokenFrame:
			i.num, i.body, i.what = found.Frame.Number, found.Frame.Body, gotOther
			if q != nil && i.num == s.last {
				i.what = answerTo(q, i.body)
			}
		}
		return i, true
	}
}

// rawSide takes bytes as they come.
type rawSide struct {
	silentSide
	in []byte
}

func (s *rawSide) add(b []byte) { s.in = b }
func (s *rawSide) pending() int { return 0 } // silence ends the answer, not a limit between bytes
func (s *rawSide) reset() int   { n := len(s.in); s.in = nil; return n }

func (s *rawSide) encode(q *request) ([]byte, layout, error) { return q.raw, q.layout, nil }

func (s *rawSide) next(q *request) (item, bool) {
	if len(s.in) == 0 {
		return item{}, false
	}
	i := item{what: gotOther, raw: s.in}
	if q != nil {
		i.what = gotAnswer
	}
	s.in = nil
	return i, true
}

var (
	_ side = (*customRUSide)(nil)
	_ side = (*standardSide)(nil)
	_ side = (*numberedSide)(nil)
	_ side = (*rawSide)(nil)
)
