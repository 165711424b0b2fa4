//go:build !windows

package dirfile

import "os"

func readFile(path string) ([]byte, error) { return os.ReadFile(path) }

func renameOver(from, to string) error { return os.Rename(from, to) }

// syncFolder makes a rename outlive a power failure where the system can do so;
// the rename itself has happened and stands.
func syncFolder(path string) {
	if dir, err := os.Open(path); err == nil {
		dir.Sync()
		dir.Close()
	}
}
