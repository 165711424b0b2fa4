package office

import (
	"context"
	"slices"
	"sync"
)

// Memory is a Directory in memory. The zero value is an empty office; NewMemory
// makes one with something in it.
type Memory struct {
	mu       sync.Mutex
	now      Snapshot
	receipts []Receipt
}

var _ Directory = (*Memory)(nil)

// NewMemory is a Memory that holds what the snapshot holds; it copies the
// snapshot's lists.
func NewMemory(s *Snapshot) *Memory {
	m := &Memory{now: *s}
	m.now.Accounts = slices.Clone(s.Accounts)
	m.now.Departments = slices.Clone(s.Departments)
	return m
}

// Snapshot returns the directory as it is.
func (m *Memory) Snapshot(ctx context.Context) (*Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.now
	return &s, ctx.Err()
}

// Commit stores changes made on a snapshot of this revision.
func (m *Memory) Commit(ctx context.Context, revision int64, changes *Changes) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if revision != m.now.Revision {
		return ErrRevision
	}
	after, err := changes.ApplyTo(&m.now)
	if err != nil {
		return err
	}
	m.now = *after
	m.receipts = changes.KeepReceipt(m.receipts)
	return nil
}

// Receipt returns the last receipt with this digest.
func (m *Memory) Receipt(ctx context.Context, digest string) (*Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return FindReceipt(m.receipts, digest), ctx.Err()
}
