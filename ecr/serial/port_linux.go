package serial

import (
	"io"

	"golang.org/x/sys/unix"
)

// alarm wakes the reader out of the kernel, which it does not leave by itself:
// an idle port costs nothing, and what comes is read by the thread that waits
// for it. The library looks up 20 times a second instead, and has select, with
// its limit of descriptors, between the line and the reader.
type alarm struct {
	port, event int
}

func newAlarm(port int) (alarm, error) {
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	return alarm{port, event}, err
}

func (a alarm) ring() { unix.Write(a.event, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

func (a alarm) close() { unix.Close(a.event) }

// pull waits for input, or for the alarm.
func (p *Port) pull(chunk []byte) (int, error) {
	wait := [2]unix.PollFd{{Fd: int32(p.alarm.port), Events: unix.POLLIN}, {Fd: int32(p.alarm.event), Events: unix.POLLIN}}
	if _, err := unix.Poll(wait[:], -1); err != nil {
		return 0, err
	}
	if wait[1].Revents != 0 {
		return 0, nil
	}
	n, err := unix.Read(p.alarm.port, chunk)
	switch {
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF // how a line ends whose device was pulled out
	}
	return n, nil
}
