//go:build !unix

package gateway

import "net"

// direct is not to be had here: the client's own goroutine writes.
type direct struct{}

func newDirect(net.Conn) *direct { return nil }

func (*direct) write([]byte) (int, error) { return 0, nil }
