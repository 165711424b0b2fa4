// Package journal keeps what a marking session is about to do: you need it, or a
// store of your own in its place, so that a till which crashes anywhere can go
// on (M56).
//
// A session writes every step before it is done and replaces the whole journal
// when a receipt is over. [File] keeps it in a file, [Memory] for tests and for
// tills that may lose a receipt. Any database can be a [Store] too: the package
// sessiontest has a suite for it.
//
// Records hold whole marks: a journal is as secret as the receipts. [File]
// makes its file readable by its owner only.
package journal

import (
	"context"
	"iter"
	"slices"
	"sync"
)

// MaxRecord is the longest record in bytes; a step of a session has about 1000.
const MaxRecord = 256 << 10

// MaxSize is the largest journal in bytes: a receipt of 128 marks needs less
// than one million.
const MaxSize = 64 << 20

// Store keeps records in their order. A session uses it from one goroutine at a
// time.
type Store interface {
	// Append adds a record. When it returns nil, the record survives a power
	// loss; when it fails, the record must not come back.
	Append(ctx context.Context, record []byte) error
	// Records goes through all records since the last Replace. An error ends it.
	// The record belongs to the store; copy what is to be kept.
	Records(ctx context.Context) iter.Seq2[[]byte, error]
	// Replace puts these records in place of all others, atomically: after a
	// crash there are either the old ones or the new ones.
	Replace(ctx context.Context, records [][]byte) error
}

// Memory is a Store that forgets everything when the program ends. The zero
// value is an empty one. It may be used from several goroutines.
type Memory struct {
	mu      sync.Mutex
	records [][]byte
}

var _ Store = (*Memory)(nil)

// Append adds a record.
func (m *Memory) Append(ctx context.Context, record []byte) error {
	if err := check(ctx, record); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, slices.Clone(record))
	return nil
}

// Records goes through the records that are there when it begins.
func (m *Memory) Records(context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		m.mu.Lock()
		list := slices.Clone(m.records)
		m.mu.Unlock()
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Replace puts these records in place of all others.
func (m *Memory) Replace(ctx context.Context, records [][]byte) error {
	list := make([][]byte, len(records))
	for i, r := range records {
		if err := check(ctx, r); err != nil {
			return err
		}
		list[i] = slices.Clone(r)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = list
	return nil
}

// check refuses what no Store takes.
func check(ctx context.Context, record []byte) error {
	switch {
	case ctx.Err() != nil:
		return newError(CodeCancelled, 0, context.Cause(ctx))
	case len(record) == 0 || len(record) > MaxRecord || slices.Contains(record, '\n'):
		return newError(CodeRecord, 0, nil)
	}
	return nil
}
