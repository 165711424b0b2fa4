package flagfile

import (
	"errors"
	"os"
	"syscall"
)

// Windows answers an open or rename of a file that another program holds with one
// of these; "access denied" is also what a file on its way to deletion gives, and
// a virus scanner's grip on a fresh file.
const (
	errorSharingViolation syscall.Errno = 32
	errorLockViolation    syscall.Errno = 33
)

func heldByAnother(err error) bool {
	return errors.Is(err, errorSharingViolation) || errors.Is(err, errorLockViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
}

// syncFolder: Windows gives no way to sync a folder; NTFS journals the rename.
func syncFolder(*os.Root) error { return nil }
