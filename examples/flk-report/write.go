package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// write fills the standard output or, as a whole or not at all, a file. What is
// there must be a file, and none of the inputs.
func write(path string, inputs []string, fill func(io.Writer) error) error {
	if path == "" {
		return fill(os.Stdout)
	}
	target, err := target(path, inputs)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), ".flk-report-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, cause(err))
	}
	defer os.Remove(tmp.Name())
	if err := errors.Join(fill(tmp), tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), target); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, cause(err))
	}
	return nil
}

// target is the file that path names; behind a link, the file it leads to.
func target(path string, inputs []string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("at %s there is a folder or a device, not a file: choose another name for -o", path)
	}
	for _, in := range inputs {
		if other, err := os.Stat(in); in != "" && err == nil && os.SameFile(info, other) {
			return "", fmt.Errorf("%s is read here and would be overwritten: choose another name for -o", path)
		}
	}
	return filepath.EvalSymlinks(path)
}

// cause is what went wrong, without the name of the temporary file.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
