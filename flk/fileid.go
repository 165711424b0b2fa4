package flk

import (
	"sync"
	"time"

	"github.com/obmen-go/obmen/flk/internal/fault"
)

// FileIDs makes file identifiers that never repeat: a second identifier within a
// second takes the next one that is free, as a clock that is a little ahead would
// (decision). Keep one FileIDs for the life of a program. The zero value is
// ready; it may be used by many goroutines.
type FileIDs struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// NewFileID makes an identifier from two country codes, of three digits or three
// capital Latin letters each, and the clock's civil time. A nil clock is time.Now.
func (f *FileIDs) NewFileID(sender, receiver string, clock func() time.Time) (FileID, error) {
	for _, country := range []string{sender, receiver} {
		if shape := countryKind(country); shape != countryKnown && shape != countryUnknown {
			return "", newError(CodeCountry, "", arg{Name: "value", Value: fault.Clip(country)})
		}
	}
	if clock == nil {
		clock = time.Now
	}
	at := clock()
	// The identifier has no zone: two instants with one civil time are the same.
	at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == nil {
		f.last = map[string]time.Time{}
	}
	if last, ok := f.last[sender+receiver]; ok && !at.After(last) {
		at = last.Add(time.Second)
	}
	if at.Year() < 1000 || at.Year() > 9999 {
		return "", newError(CodeClock, "")
	}
	f.last[sender+receiver] = at
	return FileID(sender + receiver + at.Format(fileIDTime)), nil
}
