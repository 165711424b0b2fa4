//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// tryLock locks a file for this program if no other has.
func tryLock(f *os.File) (bool, error) {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return false, nil
	}
	return err == nil, err
}
