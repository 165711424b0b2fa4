package dirfile

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/office/internal/filelock"
)

// Directory is an office.Directory in a JSON file. Every call reads the file
// anew; Commit does so under the lock of a file beside it, whose name ends in
// ".lock", so that several processes may work on one directory.
type Directory struct {
	path   string
	limit  int64
	rename func(from, to string) error // os.Rename, but for tests of failure
	sync   func(*os.File) error
}

// maxFile bounds the file, which is held in memory: 1 GiB are about two million
// accounts.
const maxFile = 1 << 30

var _ office.Directory = (*Directory)(nil)

// New is the directory in the file of this path. It does no I/O: a file that is
// missing is an error of the first Snapshot.
func New(path string) *Directory {
	return &Directory{path: path, limit: maxFile, rename: renameOver, sync: (*os.File).Sync}
}

// Snapshot reads the file.
func (d *Directory) Snapshot(ctx context.Context) (*office.Snapshot, error) {
	s, _, err := d.read(ctx)
	return s, err
}

// Receipt looks for a receipt in the file.
func (d *Directory) Receipt(ctx context.Context, digest string) (*office.Receipt, error) {
	_, receipts, err := d.read(ctx)
	if err != nil {
		return nil, err
	}
	return office.FindReceipt(receipts, digest), nil
}

// Commit reads the file under the lock and, if its revision is still the one of
// the plan, writes it anew: beside the old one, synced, then put in its place.
func (d *Directory) Commit(ctx context.Context, revision int64, changes *office.Changes) error {
	target, err := filepath.EvalSymlinks(d.path) // the file itself is replaced, not a link to it
	if err != nil {
		return fileError(d.path, err)
	}
	lock, err := filelock.Acquire(ctx, target+".lock")
	if err != nil {
		return fileError(target+".lock", err)
	}
	defer lock.Release()
	before, receipts, err := d.read(ctx)
	if err != nil {
		return err
	}
	if before.Revision != revision {
		return office.ErrRevision
	}
	after, err := changes.ApplyTo(before)
	if err != nil {
		return err
	}
	data, err := encode(after, changes.KeepReceipt(receipts))
	if err != nil {
		return err
	}
	return fileError(target, d.replace(target, data))
}

func (d *Directory) read(ctx context.Context) (*office.Snapshot, []office.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	switch info, err := os.Stat(d.path); {
	case err != nil: // readFile says it
	case !info.Mode().IsRegular():
		return nil, nil, fileError(d.path, wrong("", "this is no regular file", "это не обычный файл")) // a device may never end
	case info.Size() > d.limit:
		return nil, nil, fileError(d.path, wrong("", "the file has %d bytes, more than %d", "в файле байт: %d, допустимо не больше %d", info.Size(), d.limit))
	}
	data, err := readFile(d.path)
	if err != nil {
		return nil, nil, fileError(d.path, err)
	}
	s, receipts, err := decode(data)
	if err != nil {
		return nil, nil, fileError(d.path, err)
	}
	return s, receipts, nil
}

// replace puts data in the place of the file in one step.
func (d *Directory) replace(target string, data []byte) (err error) {
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	// The lock is ours: a file of this name is the rest of a process that died.
	f, err := os.OpenFile(target+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close() // a second Close only reports that it is one
			os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := d.sync(f); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := d.rename(f.Name(), target); err != nil {
		return err
	}
	syncFolder(filepath.Dir(target))
	return nil
}
