package shtrihmtest

import (
	"context"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// standard is the register's side of the standard level.
type standard struct{ *connection }

var _ peer = (*standard)(nil)

func (s *standard) space() []byte { return s.scan.Space() }
func (s *standard) added(n int)   { s.scan.Added(n) }
func (s *standard) pending() int  { return s.scan.Pending() }

func (s *standard) stopped(ctx context.Context) error {
	s.scan.Reset()
	return s.send(ctx, []byte{shtrihm.NAK})
}

func (s *standard) items(ctx context.Context) error {
	for {
		item, ok := s.scan.Next()
		if !ok {
			return nil
		}
		var err error
		switch item.Kind {
		case shtrihm.TokenControl:
			err = s.control(ctx, item.Control)
		case shtrihm.TokenFrame:
			err = s.frame(ctx, append([]byte(nil), item.Body...))
		case shtrihm.TokenDamaged:
			s.opt.Faults.Frame(code(item.Raw[2 : len(item.Raw)-1]))
			err = s.send(ctx, []byte{shtrihm.NAK})
		}
		// What begins nothing is skipped: zeros before STX, a stray 90h or FFh.
		if err != nil {
			return err
		}
	}
}

func (s *standard) control(ctx context.Context, b byte) error {
	switch b {
	case shtrihm.ENQ:
		return s.enq(ctx)
	case shtrihm.ACK:
		s.mu.Lock()
		if s.job == nil {
			s.Register.answer = nil
		}
		s.mu.Unlock()
		if s.opt.FFAfterACK {
			return s.send(ctx, []byte{shtrihm.IdleByte})
		}
	}
	// NAK: the answer is sent again only when ENQ asks for it.
	return nil
}

// enq says whether an answer waits, and sends it.
func (s *standard) enq(ctx context.Context) error {
	s.mu.Lock()
	busy, body := s.job != nil, s.Register.answer
	s.mu.Unlock()
	switch {
	case busy:
		s.follows = !s.owns()
		return s.send(ctx, []byte{shtrihm.ACK}) // the answer follows when it is there
	case body == nil:
		return s.send(ctx, []byte{shtrihm.NAK})
	}
	out, err := shtrihm.AppendBody([]byte{shtrihm.ACK}, body)
	if err != nil {
		return err
	}
	return s.send(ctx, out)
}

func (s *standard) frame(ctx context.Context, body []byte) error {
	q := &request{body: body, hits: s.opt.Faults.Frame(code(body))}
	nak, silent, err := s.refused(q)
	switch {
	case err != nil || silent:
		return err
	case nak:
		return s.send(ctx, []byte{shtrihm.NAK})
	}
	if !q.hits.Has(ecrtest.NoACK) {
		if err := s.send(ctx, []byte{shtrihm.ACK}); err != nil {
			return err
		}
	}
	return s.begin(ctx, q)
}

// repeated is never so: this level has no numbers.
func (s *standard) repeated(*request) []byte { return nil }

func (s *standard) answer(j *job) []byte {
	s.mu.Lock()
	if s.job == j {
		s.Register.answer = j.result
	}
	s.mu.Unlock()
	frame, _ := shtrihm.AppendBody(nil, j.result) // no answer comes near the longest frame
	return frame
}

func (s *standard) interim(j *job) []byte {
	frame, _ := shtrihm.AppendBody(nil, foreign(j.body))
	return frame
}

func (s *standard) holds(b []byte) bool {
	var scan shtrihm.Scanner
	scan.Add(b)
	for {
		item, ok := scan.Next()
		if !ok || item.Kind == shtrihm.TokenFrame {
			return ok
		}
	}
}
