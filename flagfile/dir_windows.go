package flagfile

import (
	"errors"
	"io"
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

func diskState(err error) int {
	var code syscall.Errno
	errors.As(err, &code)
	switch code {
	case 39, 112: // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		return diskFull
	case 19: // ERROR_WRITE_PROTECT
		return diskReadOnly
	case 23, 29, 30, 1117: // ERROR_CRC, ERROR_WRITE_FAULT, ERROR_READ_FAULT, ERROR_IO_DEVICE
		return diskFaulty
	}
	return 0
}

// lockFile opens the file so that nobody else can, on shares too.
func lockFile(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// syncFolder: Windows gives no way to sync a folder; NTFS journals the rename.
func syncFolder(*os.Root) error { return nil }
