// Package filelock is an advisory lock between processes on a file of its own.
// The system frees it when its holder dies, so no stale lock is ever met.
package filelock

import (
	"context"
	"os"
	"time"
)

// poll is how often a lock that another process holds is tried again.
const poll = 10 * time.Millisecond

// Lock is a held lock.
type Lock struct{ f *os.File }

// Acquire makes the lock file if need be and waits until it is ours or ctx ends.
// The file stays behind on purpose: removing it would let two processes lock
// two files of one name.
func Acquire(ctx context.Context, path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		ok, err := try(f)
		if ok {
			return &Lock{f}, nil
		}
		if err == nil {
			select {
			case <-ctx.Done():
				err = ctx.Err()
			case <-time.After(poll):
				continue
			}
		}
		f.Close()
		return nil, err
	}
}

// Release frees the lock. A second call does nothing.
func (l *Lock) Release() {
	if l.f != nil {
		l.f.Close() // closing the only handle frees the lock on every system
		l.f = nil
	}
}
