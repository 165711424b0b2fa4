//go:build unix

package serial

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	driver "go.bug.st/serial"
	"golang.org/x/sys/unix"

	"github.com/obmen-go/obmen/ecr"
)

// maxDescriptor is what select, which the library waits with, can hold: above
// it the library panics.
const maxDescriptor = 1024

// prepare checks the descriptors and sets the port so that no call blocks.
func prepare(p driver.Port) (alarm, error) {
	fds, err := descriptors(p)
	if err != nil {
		return alarm{}, err
	}
	for _, fd := range fds {
		if fd >= maxDescriptor {
			return alarm{}, errDescriptor
		}
	}
	if err := unix.SetNonblock(fds[0], true); err != nil {
		return alarm{}, err
	}
	if err := p.SetReadTimeout(slice); err != nil {
		return alarm{}, err
	}
	return newAlarm(fds[0])
}

var errDescriptor = fmt.Errorf("more than %d files are open in this program", maxDescriptor)

// descriptors reads the port's own descriptor and that of the pipe with which
// the library wakes its reads: it offers neither, and both must stay under the
// limit. A library that names them otherwise is refused rather than trusted.
func descriptors(p driver.Port) ([]int, error) {
	v := reflect.Indirect(reflect.ValueOf(p))
	if v.Kind() == reflect.Struct {
		handle, pipe := v.FieldByName("handle"), reflect.Indirect(v.FieldByName("closeSignal"))
		if handle.IsValid() && handle.CanInt() && pipe.Kind() == reflect.Struct {
			if rd := pipe.FieldByName("rd"); rd.IsValid() && rd.CanInt() {
				return []int{int(handle.Int()), int(rd.Int())}, nil
			}
		}
	}
	return nil, errors.New("the serial library has changed inside")
}

// write writes without ever blocking in the kernel: a full line is asked again
// after a wait of at most a slice.
func (p *Port) write(b []byte) (int, error) {
	done := 0
	for done < len(b) {
		if err := p.state(); err != nil {
			return done, err
		}
		n, err := p.port.Write(b[done:])
		done += n
		switch {
		case temporary(err):
			p.writable()
		case err != nil:
			return done, ecr.ErrDeviceGone
		}
	}
	return done, nil
}

// writable waits until the line takes bytes, a slice at the longest.
func (p *Port) writable() {
	wait := slice
	p.mu.Lock()
	if !p.writeEnd.IsZero() {
		wait = min(wait, max(0, time.Until(p.writeEnd)))
	}
	p.mu.Unlock()
	poll := []unix.PollFd{{Fd: int32(p.alarm.port), Events: unix.POLLOUT}}
	unix.Poll(poll, int(wait/time.Millisecond)+1)
}

// abort ends a read that waits; a write looks up by itself.
func (p *Port) abort() { p.alarm.ring() }

func temporary(err error) bool {
	return errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR)
}

// lock holds a port for this program. It is a bare descriptor: an [os.File] would
// be known to the runtime's poller, which every byte of the line then wakes.
type lock struct{ fd int }

// acquire locks the port's device file. The exclusive mode of the port itself
// does not hold against root.
func acquire(path string) (lock, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return lock{}, translate(path, err)
	}
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		unix.Close(fd)
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = unix.EBUSY
		}
		return lock{}, translate(path, err)
	}
	return lock{fd}, nil
}

func (l lock) release() { unix.Close(l.fd) }
