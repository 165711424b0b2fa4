//go:build unix

package ecr

import (
	"io"
	"net"
	"syscall"
)

// discardSocket empties a socket's input by reads that do not block; the Go
// runtime keeps sockets in that mode.
func discardSocket(conn Conn) (n int, known bool, err error) {
	if _, ok := conn.(net.Conn); !ok {
		return 0, false, nil
	}
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return 0, false, nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return 0, true, err
	}
	var buf [512]byte
	var readErr error
	err = raw.Control(func(fd uintptr) {
		for n < maxStale {
			got, err := syscall.Read(int(fd), buf[:])
			switch {
			case got > 0:
				n += got
				continue
			case err == syscall.EINTR:
				continue
			case err == syscall.EAGAIN:
			case err == nil:
				readErr = io.EOF
			default:
				readErr = err
			}
			return
		}
	})
	if err == nil {
		err = readErr
	}
	return n, true, err
}
