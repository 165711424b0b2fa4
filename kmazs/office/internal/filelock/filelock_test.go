package filelock

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestAcquireWaitsForTheHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir.json.lock")
	first, err := Acquire(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Acquire(short, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a held lock was given away: %v", err)
	}
	got := make(chan error)
	go func() {
		second, err := Acquire(context.Background(), path)
		if err == nil {
			second.Release()
		}
		got <- err
	}()
	first.Release()
	first.Release()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}
