package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/journal"
)

// steps is the journal of one receipt: it is there while the outcome of the
// receipt is not known, and only one program may use it.
type steps struct {
	*journal.File
	path string
	lock *os.File
}

// errBusy says that another program sells this receipt now.
var errBusy = errors.New("another program is selling this receipt now")

func openSteps(path string) (*steps, error) {
	for {
		lock, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		got, err := tryLock(lock)
		if err != nil || !got {
			_ = lock.Close()
			if err == nil {
				err = errBusy
			}
			return nil, err
		}
		// The program before may have removed the file after it was opened here.
		mine, err1 := lock.Stat()
		there, err2 := os.Stat(path + ".lock")
		if err1 != nil || err2 != nil || !os.SameFile(mine, there) {
			_ = lock.Close()
			continue
		}
		f, err := journal.Open(path)
		if err != nil {
			_ = os.Remove(path + ".lock") // on Windows it stays: it is open
			_ = lock.Close()
			return nil, err
		}
		return &steps{File: f, path: path, lock: lock}, nil
	}
}

// begin notes in the lock file which receipt the steps are of.
func (s *steps) begin(r receipt.Receipt) error {
	sum := fingerprint(r)
	if _, err := s.lock.WriteAt([]byte(sum), 0); err != nil {
		return err
	}
	return s.lock.Sync()
}

// of says whether a run before has begun this receipt.
func (s *steps) of(r receipt.Receipt) bool {
	was := make([]byte, sha256.Size*2)
	_, err := s.lock.ReadAt(was, 0)
	return err == nil && string(was) == fingerprint(r)
}

func fingerprint(r receipt.Receipt) string {
	text, _ := json.Marshal(r) // as it was decoded: layout and order of members do not count
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// Empty says that nothing of a run before is in the journal.
func (s *steps) Empty() bool {
	for range s.Records(context.Background()) {
		return false
	}
	return true
}

// close ends the journal; one whose receipt is settled is removed.
func (s *steps) close(settled bool) error {
	err := s.File.Close()
	if settled {
		if failed := os.Remove(s.path); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
		_ = os.Remove(s.path + ".lock") // on Windows it stays: it is open
	}
	return errors.Join(err, s.lock.Close())
}
