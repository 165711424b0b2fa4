// Package flagtest is an exchange folder in memory for tests of programs that use
// flagfile: it can kill a program before, in the middle of or after any single
// operation, hold files busy as Windows does, deny access, and lose what was not
// synced when the power fails.
//
//	disk := flagtest.NewDisk()
//	office := disk.Process() // each program of the folder is a process of its own
//	office.KillAt(7, flagtest.After)
//	folder := flagfile.Folder{FS: office}
//
// All methods may be called from several goroutines.
package flagtest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/obmen-go/obmen/flagfile"
)

// ErrKilled is what every operation of a killed process returns.
var ErrKilled = errors.New("flagtest: the process is dead")

// Disk holds the files of one folder.
type Disk struct {
	mu      sync.Mutex
	files   map[string]*node
	busy    map[string]int
	denied  map[string]bool
	locks   map[string]*lock
	windows bool
}

// lock is a held lock file; closing it frees the name.
type lock struct {
	process *Process
	name    string
}

func (l *lock) Close() error {
	return l.process.do("unlock "+l.name, nil, func() error {
		if l.process.disk.locks[l.name] == l {
			delete(l.process.disk.locks, l.name)
		}
		return nil
	}, nil)
}

type node struct {
	data, synced []byte
	changed      time.Time
	open         map[*handle]bool
}

// NewDisk makes an empty folder.
func NewDisk() *Disk {
	return &Disk{files: map[string]*node{}, busy: map[string]int{}, denied: map[string]bool{}, locks: map[string]*lock{}}
}

// LikeWindows makes renames and removals of a file that is open anywhere fail as busy.
func (d *Disk) LikeWindows() { d.mu.Lock(); defer d.mu.Unlock(); d.windows = true }

// Busy makes the next n operations on a name fail as held by another program.
func (d *Disk) Busy(name string, n int) { d.mu.Lock(); defer d.mu.Unlock(); d.busy[name] = n }

// Deny makes every operation on a name fail with fs.ErrPermission, or ends that.
func (d *Disk) Deny(name string, denied bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.denied[name] = denied
}

// PowerLoss throws away what was written but not synced.
func (d *Disk) PowerLoss() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.files {
		n.data = slices.Clone(n.synced)
	}
}

// Put lays a file into the folder, synced; Get reads one, nil if it is missing.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files[name] = &node{data: slices.Clone(data), synced: slices.Clone(data), changed: time.Now(), open: map[*handle]bool{}}
}

// Get is the content of a file, or nil if it is missing.
func (d *Disk) Get(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.files[name]; n != nil {
		return append([]byte{}, n.data...)
	}
	return nil
}

// Process is a program that works in the folder.
func (d *Disk) Process() *Process { return &Process{disk: d} }

// When says how much of the fatal operation still happens.
type When uint8

// The moments of a kill.
const (
	Before  When = iota // nothing of the operation happens
	Halfway             // of a write the first half happens, of anything else nothing
	After               // the operation happens, but the program does not learn it
)

// Process is a flagfile.FS on a [Disk] that can be killed.
type Process struct {
	disk  *Disk
	ops   int
	at    int
	when  When
	dead  bool
	death func()
	trace []string
}

var _ flagfile.FS = (*Process)(nil)

// KillAt kills the process at its n-th operation from the start, from 1. Reads
// count as operations too.
func (p *Process) KillAt(n int, when When) {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	p.at, p.when = n, when
}

// OnDeath gives a function to call when the process dies, mostly the cancel
// function of its context: a dead program does not wait either. The function must
// not use the disk.
func (p *Process) OnDeath(f func()) { p.disk.mu.Lock(); defer p.disk.mu.Unlock(); p.death = f }

// Kill kills the process now.
func (p *Process) Kill() { p.disk.mu.Lock(); defer p.disk.mu.Unlock(); p.die() }

// Dead says whether the process was killed.
func (p *Process) Dead() bool { p.disk.mu.Lock(); defer p.disk.mu.Unlock(); return p.dead }

// Trace lists the operations so far.
func (p *Process) Trace() []string {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	return slices.Clone(p.trace)
}

func (p *Process) die() {
	if p.dead = true; p.death != nil {
		p.death()
	}
	for name, l := range p.disk.locks {
		if l.process == p {
			delete(p.disk.locks, name)
		}
	}
	for _, n := range p.disk.files {
		for h := range n.open {
			if h.process == p {
				delete(n.open, h)
			}
		}
	}
}

// do runs one operation under the disk's lock, with the kill around it.
func (p *Process) do(what string, names []string, op func() error, half func()) error {
	p.disk.mu.Lock()
	defer p.disk.mu.Unlock()
	if p.dead {
		return ErrKilled
	}
	p.ops++
	p.trace = append(p.trace, what)
	fatal := p.ops == p.at
	if fatal && p.when != After {
		if p.when == Halfway && half != nil {
			half()
		}
		p.die()
		return ErrKilled
	}
	for _, name := range names {
		if p.disk.denied[name] {
			return &fs.PathError{Op: what, Path: name, Err: fs.ErrPermission}
		}
		if p.disk.busy[name] > 0 {
			p.disk.busy[name]--
			return fmt.Errorf("%s: %w", what, flagfile.ErrBusy)
		}
	}
	err := op()
	if fatal {
		p.die()
		return ErrKilled
	}
	return err
}

func missing(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// Open opens a file for reading.
func (p *Process) Open(name string) (flagfile.ReadFile, error) { return p.open(name, false) }

// Create makes an empty file, or empties an existing one.
func (p *Process) Create(name string) (flagfile.WriteFile, error) { return p.open(name, true) }

func (p *Process) open(name string, create bool) (*handle, error) {
	what := "open " + name
	if create {
		what = "create " + name
	}
	var h *handle
	err := p.do(what, []string{name}, func() error {
		n := p.disk.files[name]
		if n == nil {
			if !create {
				return missing("open", name)
			}
			n = &node{open: map[*handle]bool{}}
			p.disk.files[name] = n
		}
		if create {
			n.data, n.changed = nil, time.Now()
		}
		h = &handle{process: p, node: n, name: name}
		n.open[h] = true
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return h, nil
}

// Rename renames a file and replaces what has the new name.
func (p *Process) Rename(oldName, newName string) error {
	return p.do("rename "+oldName+" "+newName, []string{oldName, newName}, func() error {
		n := p.disk.files[oldName]
		if n == nil {
			return missing("rename", oldName)
		}
		if err := p.disk.inUse(oldName, newName); err != nil {
			return err
		}
		delete(p.disk.files, oldName)
		p.disk.files[newName] = n
		return nil
	}, nil)
}

// Remove deletes a file.
func (p *Process) Remove(name string) error {
	return p.do("remove "+name, []string{name}, func() error {
		if p.disk.files[name] == nil {
			return missing("remove", name)
		}
		if err := p.disk.inUse(name); err != nil {
			return err
		}
		delete(p.disk.files, name)
		return nil
	}, nil)
}

func (d *Disk) inUse(names ...string) error {
	for _, name := range names {
		if n := d.files[name]; d.windows && n != nil && len(n.open) > 0 {
			return fmt.Errorf("%s is open: %w", name, flagfile.ErrBusy)
		}
	}
	return nil
}

// Names lists the files.
func (p *Process) Names() (names []string, err error) {
	err = p.do("list", nil, func() error {
		for name := range p.disk.files {
			names = append(names, name)
		}
		slices.Sort(names)
		return nil
	}, nil)
	return names, err
}

// Lock holds a lock file until Close or the death of the process.
func (p *Process) Lock(name string) (io.Closer, error) {
	var l *lock
	err := p.do("lock "+name, []string{name}, func() error {
		if p.disk.locks[name] != nil {
			return flagfile.ErrLocked
		}
		l = &lock{p, name}
		p.disk.locks[name] = l
		return nil
	}, nil)
	if err != nil {
		return nil, err
	}
	return l, nil
}

type handle struct {
	process *Process
	node    *node
	name    string
	offset  int64
}

func (h *handle) do(what string, op func() error, half func()) error {
	return h.process.do(what+" "+h.name, nil, op, half)
}

func (h *handle) Read(b []byte) (n int, err error) {
	err = h.do("read", func() error {
		n, err = readAt(h.node.data, b, h.offset)
		h.offset += int64(n)
		return err
	}, nil)
	return n, err
}

func (h *handle) ReadAt(b []byte, off int64) (n int, err error) {
	err = h.do("read", func() error {
		n, err = readAt(h.node.data, b, off)
		if err == nil && n < len(b) {
			err = io.EOF
		}
		return err
	}, nil)
	return n, err
}

func readAt(data, b []byte, off int64) (int, error) {
	if off >= int64(len(data)) {
		return 0, io.EOF
	}
	return copy(b, data[off:]), nil
}

func (h *handle) Write(b []byte) (int, error) {
	n, err := h.WriteAt(b, h.offset)
	h.offset += int64(n)
	return n, err
}

func (h *handle) WriteAt(b []byte, off int64) (int, error) {
	put := func(b []byte) {
		if end := int(off) + len(b); end > len(h.node.data) {
			h.node.data = append(h.node.data, make([]byte, end-len(h.node.data))...)
		}
		copy(h.node.data[off:], b)
		h.node.changed = time.Now()
	}
	err := h.do("write", func() error { put(b); return nil }, func() { put(b[:len(b)/2]) })
	if err != nil {
		return 0, err
	}
	return len(b), nil
}

// Seek moves the offset of Read and Write; it is no operation of the disk.
func (h *handle) Seek(offset int64, whence int) (int64, error) {
	h.process.disk.mu.Lock()
	defer h.process.disk.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += h.offset
	case io.SeekEnd:
		offset += int64(len(h.node.data))
	}
	if offset < 0 {
		return 0, fs.ErrInvalid
	}
	h.offset = offset
	return offset, nil
}

func (h *handle) Sync() error {
	return h.do("sync", func() error { h.node.synced = slices.Clone(h.node.data); return nil }, nil)
}

func (h *handle) Close() error {
	return h.do("close", func() error { delete(h.node.open, h); return nil }, nil)
}

func (h *handle) Stat() (fs.FileInfo, error) {
	h.process.disk.mu.Lock()
	defer h.process.disk.mu.Unlock()
	if h.process.dead {
		return nil, ErrKilled
	}
	return info{h.name, int64(len(h.node.data)), h.node.changed}, nil
}

type info struct {
	name    string
	size    int64
	changed time.Time
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o666 }
func (i info) ModTime() time.Time { return i.changed }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
