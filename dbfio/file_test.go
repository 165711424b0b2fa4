package dbfio

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// faultyDisk fails at its n-th operation, or writes short there.
type faultyDisk struct {
	osDisk
	left  int // operations that still succeed
	short bool
	err   error
	ops   []string
}

func (d *faultyDisk) step(op string) error {
	d.ops = append(d.ops, op)
	if d.left--; d.left < 0 && op != "remove" {
		return d.err
	}
	return nil
}

func (d *faultyDisk) create(path string) (diskFile, error) {
	if err := d.step("create"); err != nil {
		return nil, err
	}
	f, err := d.osDisk.create(path)
	return &faultyFile{f, d}, err
}

func (d *faultyDisk) rename(from, to string) error {
	if err := d.step("rename"); err != nil {
		return err
	}
	return d.osDisk.rename(from, to)
}

func (d *faultyDisk) busy(err error) bool { return errors.Is(err, errorSharingViolation) }

type faultyFile struct {
	diskFile
	d *faultyDisk
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.d.step("write"); err != nil {
		n, _ := f.diskFile.Write(p[:len(p)/2])
		if f.d.short {
			return n, nil
		}
		return n, err
	}
	return f.diskFile.Write(p)
}

func (f *faultyFile) Seek(o int64, w int) (int64, error) {
	if err := f.d.step("seek"); err != nil {
		return 0, err
	}
	return f.diskFile.Seek(o, w)
}

func (f *faultyFile) Sync() error {
	if err := f.d.step("sync"); err != nil {
		return err
	}
	return f.diskFile.Sync()
}

func (f *faultyFile) Close() error {
	err := f.d.step("close")
	f.diskFile.Close()
	return err
}

func writeTable(d disk, path string, rows int) error {
	f, err := create(d, path, []Column{Char("A", 200)}, nil)
	if err != nil {
		return err
	}
	defer f.Close()
	for range rows {
		f.SetText(0, "x")
		if err := f.WriteRow(); err != nil {
			return err
		}
	}
	return f.Commit()
}

func TestAtomicFile(t *testing.T) {
	t.Run("D9 a fault at any operation leaves the old table and no other trace", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "users.dbf")
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		whole := &faultyDisk{left: 1000}
		if err := writeTable(whole, filepath.Join(t.TempDir(), "users.dbf"), 1000); err != nil {
			t.Fatal(err)
		}
		if s := strings.Join(whole.ops, " "); s != "create seek write write write write seek write seek sync close rename" {
			t.Fatal(s)
		}
		for n := range whole.ops {
			for _, short := range []bool{false, true} {
				d := &faultyDisk{left: n, short: short, err: syscall.ENOSPC}
				err := writeTable(d, path, 1000)
				e, ok := errors.AsType[*Error](err)
				if !ok {
					t.Fatalf("%s fails, and the error is %v", whole.ops[n], err)
				}
				if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, io.ErrShortWrite) {
					t.Errorf("%s: the cause is lost: %v", whole.ops[n], err)
				}
				if e.Code() == CodeWrite && !strings.Contains(err.Error(), "users.dbf") {
					t.Errorf("%s: no file name: %v", whole.ops[n], err)
				}
				list, _ := os.ReadDir(dir)
				b, _ := os.ReadFile(path)
				if len(list) != 1 || string(b) != "old" {
					t.Fatalf("%s: left %v, %q", whole.ops[n], list, b)
				}
			}
		}
	})
	t.Run("D9 Close without Commit leaves nothing, Commit twice is an error", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "users.dbf")
		f, err := Create(path, []Column{Char("A", 2)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteRow()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, f.WriteRow(), CodeClosed)
		wantCode(t, f.Commit(), CodeClosed)
		if list, _ := os.ReadDir(dir); len(list) != 0 {
			t.Error(list)
		}
		f, _ = Create(path, []Column{Char("A", 2)}, nil)
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, f.Commit(), CodeClosed)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || len(b) != 66 {
			t.Error(len(b), err)
		}
	})
	t.Run("D9 a table appears whole: a reader never sees a part", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "users.dbf")
		if err := writeTable(osDisk{}, path, 500); err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			for range 20 {
				if err := writeTable(osDisk{}, path, 500); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		for {
			r, err := Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			rows := texts(r)
			if r.Close(); len(rows) != 500 || len(r.Warnings()) != 0 {
				t.Fatal(len(rows), r.Warnings())
			}
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				return
			default:
			}
		}
	})
	t.Run("D9 a busy target is tried again for about two seconds", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for _, c := range []struct {
				busy time.Duration
				want string
			}{{time.Second, ""}, {time.Minute, CodeWrite}} {
				path := filepath.Join(t.TempDir(), "users.dbf")
				d := &busyDisk{free: time.Now().Add(c.busy)}
				begin := time.Now()
				err := writeTable(d, path, 1)
				took := time.Since(begin)
				wantCode(t, err, c.want)
				if took < min(c.busy, 1900*time.Millisecond) || took > 2100*time.Millisecond {
					t.Errorf("%v", took)
				}
			}
			d := &faultyDisk{left: 8, err: syscall.ENOSPC}
			begin := time.Now()
			if err := writeTable(d, filepath.Join(t.TempDir(), "a.dbf"), 1); err == nil || time.Since(begin) > 0 {
				t.Error("another error is not tried again", err)
			}
		})
	})
	t.Run("D2 a .cpg file that would mislead readers stops the writing", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "users.dbf")
		if err := os.WriteFile(filepath.Join(dir, "users.cpg"), []byte("UTF-8\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Create(path, []Column{Char("A", 2)}, nil)
		wantCode(t, err, CodeCpgConflict)
		if err := os.WriteFile(filepath.Join(dir, "users.cpg"), []byte("1251"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := writeTable(osDisk{}, path, 1); err != nil {
			t.Error(err)
		}
	})
	t.Run("D9 a folder that is not there", func(t *testing.T) {
		err := writeTable(osDisk{}, filepath.Join(t.TempDir(), "no", "users.dbf"), 1)
		if wantCode(t, err, CodeWrite); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	})
	t.Run("D9 what is no file is never replaced", func(t *testing.T) {
		dir := t.TempDir()
		wantCode(t, writeTable(osDisk{}, dir, 1), CodeNotFile)
		socket := filepath.Join(dir, "s")
		l, err := net.Listen("unix", socket)
		if err != nil {
			t.Skip("no file that is none can be made here:", err)
		}
		defer l.Close()
		wantCode(t, writeTable(osDisk{}, socket, 1), CodeNotFile)
		if info, err := os.Stat(socket); err != nil || info.Mode().IsRegular() {
			t.Error(info, err)
		}
	})
	t.Run("D9 after a fault the writer stays failed", func(t *testing.T) {
		w, _ := NewStreamWriter(failing{}, 1<<20, []Column{Char("A", 200)}, nil)
		var first error
		for range 1000 {
			if first = w.WriteRow(); first != nil {
				break
			}
		}
		if first == nil || first.Error() != "dbfio: cannot write the table: bytes.Buffer: too large" {
			t.Error(first)
		}
		if wantCode(t, first, CodeWrite); !errors.Is(w.WriteRow(), first) || !errors.Is(w.Close(), first) {
			t.Error("it goes on")
		}
	})
}

type failing struct{}

func (failing) Write(p []byte) (int, error) { return 0, bytes.ErrTooLarge }

type busyDisk struct {
	osDisk
	free time.Time
}

func (d *busyDisk) rename(from, to string) error {
	if time.Now().Before(d.free) {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: errorSharingViolation}
	}
	return d.osDisk.rename(from, to)
}

func (d *busyDisk) busy(err error) bool { return errors.Is(err, errorSharingViolation) }
