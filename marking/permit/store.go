package permit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// Store keeps a few small values over a restart: an emergency that was
// declared, sales that the local module has not been told of. Keys are short
// and made of a-z, 0-9 and "-". The methods may be called from several
// goroutines; Save returns when the value is safe.
//
// The package permittest has a suite that a Store must pass.
type Store interface {
	// Load returns the value, nil if there is none.
	Load(ctx context.Context, key string) ([]byte, error)
	// Save keeps the value instead of any before it.
	Save(ctx context.Context, key string, value []byte) error
	// Delete forgets the value; it is no error if there is none.
	Delete(ctx context.Context, key string) error
	// Keys lists the keys that begin with prefix, in ascending order.
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// MemStore is a Store that lives as long as the program. The zero value is empty.
type MemStore struct {
	mu     sync.Mutex
	values map[string][]byte
}

var _ Store = (*MemStore)(nil)

// Load implements [Store].
func (m *MemStore) Load(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.values[key]), nil
}

// Save implements [Store].
func (m *MemStore) Save(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[key] = append([]byte{}, value...)
	return nil
}

// Delete implements [Store].
func (m *MemStore) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, key)
	return nil
}

// Keys implements [Store].
func (m *MemStore) Keys(_ context.Context, prefix string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for k := range m.values {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// DirStore is a Store in a folder, one file a value. Values are written to a
// temporary file, synced and renamed: a power cut leaves the old value or the
// new one. One program at a time may use the folder.
type DirStore struct {
	root *os.Root
	mu   sync.Mutex
}

var _ Store = (*DirStore)(nil)

// OpenDirStore opens the folder, and makes it if it is missing. Close it after use.
func OpenDirStore(dir string) (*DirStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, newError(CodeStore).because(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, newError(CodeStore).because(err)
	}
	return &DirStore{root: root}, nil
}

// Close lets go of the folder.
func (d *DirStore) Close() error { return d.root.Close() }

// The names of files: values, and those being written.
const (
	valueSuffix = ".val"
	freshSuffix = ".tmp"
)

// fileName makes any key the name of a file on any system.
func fileName(key string) (string, error) {
	for _, r := range key {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return "", fmt.Errorf("key %s: %w", hex.EncodeToString([]byte(key)), fs.ErrInvalid)
		}
	}
	if key == "" || len(key) > 100 {
		return "", fmt.Errorf("key of %d characters: %w", len(key), fs.ErrInvalid)
	}
	return key + valueSuffix, nil
}

// Load implements [Store].
func (d *DirStore) Load(_ context.Context, key string) ([]byte, error) {
	name, err := fileName(key)
	if err != nil {
		return nil, err
	}
	data, err := d.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// Save implements [Store].
func (d *DirStore) Save(_ context.Context, key string, value []byte) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	fresh := key + freshSuffix
	f, err := d.root.Create(fresh)
	if err != nil {
		return err
	}
	_, err = f.Write(value)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = d.root.Rename(fresh, name)
	}
	if err != nil {
		return errors.Join(err, d.root.Remove(fresh))
	}
	return d.sync()
}

// Delete implements [Store].
func (d *DirStore) Delete(_ context.Context, key string) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Keys implements [Store].
func (d *DirStore) Keys(_ context.Context, prefix string) ([]string, error) {
	dir, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, e := range entries {
		if key, ok := strings.CutSuffix(e.Name(), valueSuffix); ok && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

// sync makes a rename safe. Systems that cannot sync a folder keep renames by
// themselves.
func (d *DirStore) sync() error {
	dir, err := d.root.Open(".")
	if err != nil {
		return err
	}
	dir.Sync()
	return dir.Close()
}
