package dirfile

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// Virus scanners and readers hold files open for moments, in which Windows
// neither opens nor replaces them.
const (
	busyTries = 100
	busyPause = 20 * time.Millisecond
)

func readFile(path string) (data []byte, err error) {
	err = whileBusy(func() error {
		data, err = os.ReadFile(path)
		return err
	})
	return data, err
}

func renameOver(from, to string) error {
	return whileBusy(func() error { return os.Rename(from, to) })
}

func whileBusy(do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if try == busyTries || !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			return err
		}
		time.Sleep(busyPause)
	}
}

// syncFolder does nothing: Windows writes the folder entry with the file.
func syncFolder(string) {}
