package serial

import (
	"os"
	"time"

	driver "go.bug.st/serial"

	"github.com/obmen-go/obmen/ecr"
)

// prepare gives reads their slice; Windows has no limit of descriptors.
func prepare(p driver.Port) (alarm, error) { return alarm{}, p.SetReadTimeout(slice) }

// alarm has nothing to wake: the library's Read looks up after each slice.
type alarm struct{}

func (alarm) close() {}

func (p *Port) pull(chunk []byte) (int, error) { return p.port.Read(chunk) }

// write writes in a goroutine of its own, because the library's call has no
// limit; a deadline or Close aborts what the line did not take.
func (p *Port) write(b []byte) (int, error) {
	if err := p.state(); err != nil || len(b) == 0 {
		return 0, err
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := p.port.Write(b)
		done <- result{n, err}
	}()
	tick := time.NewTicker(slice)
	defer tick.Stop()
	var stopped error
	for {
		select {
		case r := <-done:
			switch {
			case stopped != nil:
				return r.n, stopped
			case r.err != nil:
				return r.n, ecr.ErrDeviceGone
			}
			return r.n, nil
		case <-tick.C:
			if stopped = p.state(); stopped != nil {
				p.port.ResetOutputBuffer() // aborts the pending write
			}
		}
	}
}

// abort wakes a write that is under way.
func (p *Port) abort() { p.port.ResetOutputBuffer() }

func temporary(error) bool { return false }

// lock is empty: Windows opens a port for one program only.
type lock struct{}

func acquire(path string) (lock, error) {
	if path == "" {
		return lock{}, translate(path, os.ErrNotExist)
	}
	return lock{}, nil
}

func (lock) release() {}
