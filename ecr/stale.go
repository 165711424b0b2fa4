package ecr

import (
	"errors"
	"os"
	"time"
)

// discard drops what a connection holds unread, without waiting for more, and
// says how much that was. An error means that the peer has hung up.
func discard(conn Conn) (int, error) {
	if line, ok := conn.(Line); ok {
		return line.Discard()
	}
	if n, known, err := discardSocket(conn); known {
		return n, err
	}
	// No way to ask without reading: the shortest wait that reads at all. A
	// deadline that has passed would return without looking.
	var buf [512]byte
	total := 0
	for {
		if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return total, err
		}
		n, err := conn.Read(buf[:])
		total += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return total, nil
		}
		if err != nil || total > maxStale {
			return total, err
		}
	}
}

// maxStale bounds the dropping: a device that babbles without end must not hold
// the exchange up. What is left is told apart by the exchange itself.
const maxStale = 1 << 20
