package flagfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Dir is a folder of the operating system. Names cannot lead out of it, neither
// by their text nor by a symbolic link. Nothing is kept open between two
// operations, so a network share may come and go.
type Dir string

var _ FS = Dir("")

// Open opens a file for reading.
func (d Dir) Open(name string) (ReadFile, error) {
	f, err := os.OpenInRoot(string(d), name)
	if err != nil {
		return nil, busy(err)
	}
	return f, nil
}

// Create makes an empty file, or empties an existing one.
func (d Dir) Create(name string) (WriteFile, error) {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return nil, busy(err)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, busy(err)
	}
	return f, nil
}

// Rename renames a file and, where the system can, makes the new name durable.
func (d Dir) Rename(oldName, newName string) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return busy(err)
	}
	defer root.Close()
	if err := root.Rename(oldName, newName); err != nil {
		return busy(err)
	}
	return syncFolder(root)
}

// Remove deletes a file.
func (d Dir) Remove(name string) error {
	root, err := os.OpenRoot(string(d))
	if err != nil {
		return busy(err)
	}
	defer root.Close()
	return busy(root.Remove(name))
}

// Names lists the files.
func (d Dir) Names() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, busy(err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Lock holds a lock file.
func (d Dir) Lock(name string) (io.Closer, error) {
	return lockFile(filepath.Join(string(d), name))
}

// busy marks the errors that pass when another program closes the file (FL14).
func busy(err error) error {
	if err != nil && heldByAnother(err) {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}
