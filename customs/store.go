package customs

import (
	"context"
	"sync"
)

// UserStore gives the users of the program.
type UserStore interface {
	// Users returns all users in the order in which they are offered, each with
	// the profiles in the order of configuration.
	Users(ctx context.Context) ([]User, error)
}

// ReferenceStore keeps the reference of each protocol, at its primary message.
// It must be safe for concurrent use.
type ReferenceStore interface {
	// Load returns the reference and its version. ErrNotFound says that there is
	// none; ErrUnreadable, together with the version, that the record cannot be
	// decoded (gap 14a). Any other error is a failure that may pass.
	Load(ctx context.Context, protocol string) (Reference, uint64, error)
	// Save stores the reference if the stored version is still the given one, and
	// counts the version up; version 0 means that none may be stored yet. If it is
	// not, Save stores nothing and returns ErrConflict (gap 24).
	Save(ctx context.Context, protocol string, ref Reference, version uint64) error
}

// MemStore is a UserStore and a ReferenceStore in memory. The zero value is
// empty and ready; it is safe for concurrent use.
type MemStore struct {
	mu    sync.Mutex
	users []User
	refs  map[string]versioned
}

type versioned struct {
	ref     Reference
	version uint64
}

// SetUsers replaces the users.
func (m *MemStore) SetUsers(users []User) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.users = cloneUsers(users)
}

// Users returns a copy of the users.
func (m *MemStore) Users(ctx context.Context) ([]User, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return cloneUsers(m.users), nil
}

func cloneUsers(users []User) []User {
	list := make([]User, len(users))
	for i, u := range users {
		list[i] = User{u.ID, append([]string(nil), u.Profiles...)}
	}
	return list
}

// Load returns a reference.
func (m *MemStore) Load(ctx context.Context, protocol string) (Reference, uint64, error) {
	if err := ctx.Err(); err != nil {
		return Reference{}, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.refs[protocol]
	if !ok {
		return Reference{}, 0, ErrNotFound
	}
	return v.ref, v.version, nil
}

// Save stores a reference.
func (m *MemStore) Save(ctx context.Context, protocol string, ref Reference, version uint64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refs[protocol].version != version {
		return ErrConflict
	}
	if m.refs == nil {
		m.refs = map[string]versioned{}
	}
	m.refs[protocol] = versioned{ref, version + 1}
	return nil
}

// Delete removes the reference of a protocol, as when a part of it is lost.
func (m *MemStore) Delete(protocol string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.refs, protocol)
}

var (
	_ UserStore      = (*MemStore)(nil)
	_ ReferenceStore = (*MemStore)(nil)
)
