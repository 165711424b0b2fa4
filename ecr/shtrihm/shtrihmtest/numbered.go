package shtrihmtest

import (
	"context"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// numbered is the register's side of the alternative level.
type numbered struct{ *connection }

var _ peer = (*numbered)(nil)

func (n *numbered) space() []byte  { return n.frames.Space() }
func (n *numbered) added(size int) { n.frames.Added(size) }
func (n *numbered) pending() int   { return n.frames.Pending() }

// stopped drops the frame: this level has no NAK, the host repeats.
func (n *numbered) stopped(context.Context) error {
	n.frames.Reset()
	return nil
}

func (n *numbered) items(ctx context.Context) error {
	for {
		item, ok := n.frames.Next()
		if !ok {
			return nil
		}
		if item.Kind != shtrihm.TokenFrame {
			continue
		}
		f := item.Frame
		f.Body = append([]byte(nil), f.Body...)
		if err := n.frame(ctx, f); err != nil {
			return err
		}
	}
}

func (n *numbered) frame(ctx context.Context, f shtrihm.Numbered) error {
	if !f.HasNumber {
		return n.send(ctx, n.lastAnswer())
	}
	if len(f.Body) == 0 {
		return nil // only an answer may be empty
	}
	q := &request{number: f.Number, body: f.Body, hits: n.opt.Faults.Frame(code(f.Body))}
	nak, silent, err := n.connection.refused(q)
	if err != nil || nak || silent {
		return err
	}
	return n.begin(ctx, q)
}

// repeated says that any number but the last plus one is not executed; a
// register that has executed nothing executes its own number too.
func (n *numbered) repeated(q *request) []byte {
	n.mu.Lock()
	next := q.number == n.lastNum+1 || n.lastBody == nil && q.number == n.lastNum
	n.mu.Unlock()
	if next {
		return nil
	}
	return n.lastAnswer()
}

// lastAnswer is what a sync and any number out of turn are answered with.
func (n *numbered) lastAnswer() []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.encode(n.lastNum, n.lastBody)
}

func (n *numbered) encode(number uint16, body []byte) []byte {
	frame, _ := shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: number, Body: body})
	return frame
}

func (n *numbered) answer(j *job) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.job == j {
		n.lastNum, n.lastBody = j.number, j.result
		n.Register.answer = nil // a host of v1 is not given an answer older than this
	}
	return n.encode(j.number, j.result)
}

func (n *numbered) interim(j *job) []byte { return n.encode(j.number, foreign(j.body)) }

func (n *numbered) holds(b []byte) bool {
	var scan shtrihm.NumberedScanner
	scan.Add(b)
	for {
		item, ok := scan.Next()
		if !ok || item.Kind == shtrihm.TokenFrame {
			return ok
		}
	}
}
