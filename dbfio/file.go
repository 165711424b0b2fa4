package dbfio

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Open opens the table at path and reads its header; Close it after use. The
// path is used as given; only where there is no such file, a single one whose
// name differs in case is taken, with a warning (D5). The code page is the
// forced one, else that of a .cpg file beside the table, else by the table's
// mark, else the default (D2).
func Open(path string, opts *ReadOptions) (*Reader, error) {
	var o ReadOptions
	if opts != nil {
		o = *opts
	}
	actual := path
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if actual, err = otherCase(path); err != nil {
			return nil, err
		}
		f, err = os.Open(actual)
	}
	if err != nil {
		return nil, newError(CodeRead).because(err)
	}
	o.cpg, o.cpgName = readCpg(actual)
	r, err := NewReader(f, &o)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closer = f
	if actual != path {
		r.warn(newError(CodeWarnCase, "file", filepath.Base(path), "found", filepath.Base(actual)))
	}
	return r, nil
}

// otherCase looks for the one file whose name equals path's but for case.
func otherCase(path string) (string, error) {
	dir, base := filepath.Split(path)
	list, err := os.ReadDir(filepath.Clean(dir + "."))
	if dir == "" {
		list, err = os.ReadDir(".")
	}
	if err != nil {
		return "", newError(CodeNotFound, "file", path)
	}
	var names []string
	for _, e := range list {
		if strings.EqualFold(e.Name(), base) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	switch len(names) {
	case 0:
		return "", newError(CodeNotFound, "file", path)
	case 1:
		return dir + names[0], nil
	}
	return "", newError(CodeNameAmbiguous, "file", base, "names", strings.Join(names, ", "))
}

// maxCpg bounds what is read of a .cpg file, which holds one name.
const maxCpg = 64

// readCpg returns the contents and the name of the .cpg file beside a table.
func readCpg(table string) (text, name string) {
	stem := strings.TrimSuffix(table, filepath.Ext(table))
	for _, ext := range []string{".cpg", ".CPG"} {
		f, err := os.Open(stem + ext)
		if err != nil {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(f, maxCpg))
		f.Close()
		if s := strings.Trim(string(b), "\ufeff \t\r\n\x00"); err == nil && s != "" {
			return s, filepath.Base(stem + ext)
		}
	}
	return "", ""
}

// CheckUsersName returns an error unless name, without its folder, is one that a
// users table may have: lower-case Latin letters and digits, then .dbf (D5).
func CheckUsersName(name string) error {
	stem, ok := strings.CutSuffix(name, ".dbf")
	for i := range len(stem) {
		if b := stem[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			ok = false
		}
	}
	if !ok || stem == "" {
		return newError(CodeUsersName, "file", show(name))
	}
	return nil
}

// File is a table that appears at its path at once and complete, or not at all.
// Set cells and WriteRow as on any Writer, then Commit. Close without Commit
// leaves no trace, so it may be deferred.
type File struct {
	*Writer
	path, temp string
	disk       disk
	target     diskFile
}

// Create begins a table at path: under another name in the same folder, which
// must exist. It fails early if a .cpg file beside the table names another page,
// since readers would believe that, and if a folder or a device has the name.
func Create(path string, cols []Column, opts *WriteOptions) (*File, error) {
	return create(osDisk{}, path, cols, opts)
}

func create(d disk, path string, cols []Column, opts *WriteOptions) (*File, error) {
	if opts != nil && opts.UsersName {
		if err := CheckUsersName(filepath.Base(path)); err != nil {
			return nil, err
		}
	}
	// A rename would put a table in the place of a device such as /dev/full or NUL.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, newError(CodeNotFile, "file", path)
	}
	f := &File{path: path, disk: d}
	var late lateWriter
	w, err := NewWriter(&late, cols, opts)
	if err != nil {
		return nil, err
	}
	if found, name := readCpg(path); found != "" {
		if page, err := ParseCodePage(found); err == nil && page != w.opts.CodePage {
			return nil, newError(CodeCpgConflict, "file", name, "found", page, "page", w.opts.CodePage)
		}
	}
	f.Writer = w
	f.temp = path + "." + strings.ToLower(rand.Text()[:10]) + ".tmp"
	if f.target, err = d.create(f.temp); err != nil {
		return nil, writeError(path, err)
	}
	late.diskFile = f.target
	return f, nil
}

// lateWriter lets the columns be checked before a file is made.
type lateWriter struct{ diskFile }

// Commit ends the table, makes the disk store it, and gives it its name; a
// table that was there before is replaced. After an error nothing has changed
// at path.
func (f *File) Commit() error {
	if f.target == nil {
		return newError(CodeClosed)
	}
	err := f.Writer.Close()
	if err == nil {
		err = f.target.Sync()
	}
	if closeErr := f.target.Close(); err == nil {
		err = closeErr
	}
	f.target = nil
	if err == nil {
		err = f.rename()
	}
	if err != nil {
		f.disk.remove(f.temp)
		return f.named(err)
	}
	f.disk.syncDir(filepath.Dir(f.path))
	return nil
}

// named puts the file's name into an error of the target.
func (f *File) named(err error) error {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return writeError(f.path, err)
	case e.code == CodeWrite:
		return writeError(f.path, e.cause)
	}
	return err
}

func writeError(path string, cause error) *Error {
	return newError(CodeWrite, "place", " "+path).because(cause)
}

// WriteRow is Writer.WriteRow with the file's name in an error of the disk.
func (f *File) WriteRow() error {
	err := f.Writer.WriteRow()
	if err != nil && f.Writer.err != nil {
		return f.named(err)
	}
	return err
}

// Close drops the table unless Commit was called.
func (f *File) Close() error {
	if f.target == nil {
		return nil
	}
	f.Writer.closed = true
	err := f.target.Close()
	f.target = nil
	if removeErr := f.disk.remove(f.temp); err == nil {
		err = removeErr
	}
	if err != nil {
		return f.named(err)
	}
	return nil
}

// On Windows a reader or a virus scanner may hold the old file for a moment.
const (
	renameTries = 40
	renamePause = 50 * time.Millisecond
)

func (f *File) rename() error {
	var err error
	for try := range renameTries {
		if try > 0 {
			time.Sleep(renamePause)
		}
		if err = f.disk.rename(f.temp, f.path); err == nil || !f.disk.busy(err) {
			return err
		}
	}
	return err
}

// disk is what Create and Commit need of a file system; tests put faults in.
type disk interface {
	create(path string) (diskFile, error)
	rename(from, to string) error
	remove(path string) error
	syncDir(path string)
	busy(err error) bool
}

type diskFile interface {
	io.WriteSeeker
	io.Closer
	Sync() error
}

type osDisk struct{}

var _ disk = osDisk{}

func (osDisk) create(path string) (diskFile, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) remove(path string) error     { return os.Remove(path) }

// syncDir makes the new name durable where a folder can be synced; elsewhere
// the rename is as durable as the system makes it.
func (osDisk) syncDir(path string) {
	if d, err := os.Open(path); err == nil {
		d.Sync()
		d.Close()
	}
}

// The Windows errors of a file that someone else holds.
const (
	errorAccessDenied     = syscall.Errno(5)
	errorSharingViolation = syscall.Errno(32)
	errorLockViolation    = syscall.Errno(33)
)

func (osDisk) busy(err error) bool {
	if runtime.GOOS != "windows" {
		return false
	}
	no, ok := errors.AsType[syscall.Errno](err)
	return ok && (no == errorAccessDenied || no == errorSharingViolation || no == errorLockViolation)
}
