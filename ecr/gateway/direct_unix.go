//go:build unix

package gateway

import (
	"errors"
	"net"
	"syscall"
)

// direct writes to a TCP connection what its buffer takes at once. It is used by
// one goroutine at a time.
type direct struct {
	raw  syscall.RawConn
	call func(fd uintptr) bool
	data []byte
	n    int
	err  error
}

// newDirect returns nil for a connection that is no bare one of TCP: what lies
// around it must see all writes.
func newDirect(conn net.Conn) *direct {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	d := &direct{raw: raw}
	d.call = d.once
	return d
}

// write returns how much was written; less than all is no error.
func (d *direct) write(b []byte) (int, error) {
	d.data, d.n, d.err = b, 0, nil
	err := d.raw.Write(d.call)
	if err == nil {
		err = d.err
	}
	d.data = nil
	return d.n, err
}

func (d *direct) once(fd uintptr) bool {
	for {
		n, err := syscall.Write(int(fd), d.data)
		switch {
		case err == nil:
			d.n = n
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EAGAIN):
			d.err = err
		}
		return true
	}
}
