//go:build !windows

package flagfile

import (
	"errors"
	"os"
	"syscall"
)

// heldByAnother: elsewhere opens and renames do not fail since somebody reads the
// file, save on mounted Windows shares.
func heldByAnother(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.ETXTBSY)
}

// syncFolder makes a rename durable. Some network file systems refuse to sync a
// folder; they have no more to offer, so that is no failure.
func syncFolder(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	err = dir.Sync()
	if e := dir.Close(); err == nil {
		err = e
	}
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
