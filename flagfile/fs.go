package flagfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"time"
)

// FS is the exchange folder as this package uses it: plain names, no paths. [Dir]
// is a real folder; flagtest.FS is one in memory that fails on demand. Errors for
// missing files have to match fs.ErrNotExist, for denied access fs.ErrPermission,
// and [ErrBusy] for what another program holds at this moment.
type FS interface {
	// Open opens a file for reading.
	Open(name string) (ReadFile, error)
	// Create makes an empty file, or empties an existing one.
	Create(name string) (WriteFile, error)
	// Rename renames a file and replaces what has the new name.
	Rename(oldName, newName string) error
	// Remove deletes a file.
	Remove(name string) error
	// Names lists the files in any order.
	Names() ([]string, error)
	// Lock makes a lock file if need be and holds it until Close or the end of
	// the process; the file stays. [ErrLocked] says that another process has it.
	Lock(name string) (io.Closer, error)
}

// ReadFile is an open file; *os.File is one.
type ReadFile interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
	// Stat tells the file's size and time.
	Stat() (fs.FileInfo, error)
}

// WriteFile is a file being written; *os.File is one.
type WriteFile interface {
	io.Writer
	io.WriterAt
	io.Seeker
	io.Closer
	// Sync returns when the disk holds what was written (FL4).
	Sync() error
}

// Patience is how long an operation on a busy file is repeated (FL14).
const Patience = 2 * time.Second

// Retry repeats op as long as it fails with [ErrBusy], for about [Patience], or
// until ctx ends. A file that is missing comes back as it is; every other failure
// as an *Error that names the file.
func Retry(ctx context.Context, name string, op func() error) error {
	end := time.Now().Add(Patience)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		err := op()
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrBusy) || !time.Now().Add(pause).Before(end) {
			return failedFile(name, err)
		}
		if !sleep(ctx, pause) {
			return failedFile(name, err)
		}
	}
}

func failedFile(name string, err error) error {
	if _, ours := errors.AsType[*Error](err); ours || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fail(CodeAccess, name).because(err)
	case errors.Is(err, ErrBusy):
		return fail(CodeBusy, name).because(err)
	}
	return fail(CodeIO, name, "reason", err).because(err)
}

// sleep waits and says false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Publish writes a file so that nobody ever sees a part of it: under a temporary
// name in the same folder, synced, then renamed (FL4). The temporary name is
// name + suffix; a leftover of an earlier attempt is overwritten. Two programs
// that write the same name need different suffixes.
func Publish(ctx context.Context, fsys FS, name, suffix string, write func(WriteFile) error) error {
	temp := name + suffix
	var w WriteFile
	if err := Retry(ctx, temp, func() (err error) { w, err = fsys.Create(temp); return err }); err != nil {
		return missingIsFailure(temp, err)
	}
	err := write(w)
	if err == nil {
		err = w.Sync()
	}
	if e := w.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = Retry(ctx, name, func() error { return fsys.Rename(temp, name) })
	}
	if err != nil {
		_ = fsys.Remove(temp) // best effort: the next attempt overwrites it anyway
		return missingIsFailure(name, failedFile(temp, err))
	}
	return nil
}

// missingIsFailure: a file that was to be made cannot be missing; its folder is.
func missingIsFailure(name string, err error) error {
	if _, ours := errors.AsType[*Error](err); !ours {
		return fail(CodeIO, name, "reason", err).because(err)
	}
	return err
}

// PublishFile publishes a flag file.
func PublishFile(ctx context.Context, fsys FS, name, suffix string, f *File) error {
	return Publish(ctx, fsys, name, suffix, func(w WriteFile) error {
		_, err := w.Write(f.Bytes())
		return err
	})
}

// Load reads a flag file. A missing one is an error that matches fs.ErrNotExist.
func Load(ctx context.Context, fsys FS, name string) (*File, error) {
	f, _, err := load(ctx, fsys, name)
	return f, err
}

func load(ctx context.Context, fsys FS, name string) (*File, []byte, error) {
	var data []byte
	err := Retry(ctx, name, func() error {
		r, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer r.Close()
		data, err = io.ReadAll(io.LimitReader(r, MaxSize+1))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	f, err := Parse(data)
	if e, ok := errors.AsType[*Error](err); ok {
		e.path = name
	}
	return f, data, err
}
