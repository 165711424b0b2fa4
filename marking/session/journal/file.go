package journal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"path/filepath"
	"sync"
)

// File is a Store in a file: a line for each record, with a checksum in front.
// A line that a crash has cut off is dropped when the file is opened; it was
// never told to be written. One program may have the file open. Its methods may
// be called from several goroutines.
type File struct {
	path string

	mu   sync.Mutex
	f    *os.File // nil when closed
	size int64    // of the good lines
	torn int64
}

var _ Store = (*File)(nil)

// Open opens the journal in a file and makes it if it is not there. What a crash
// has left of a line at the end is cut off; a damaged line before it is an
// error with CodeDamaged.
func Open(path string) (*File, error) {
	j := &File{path: path}
	if err := j.open(); err != nil {
		return nil, err
	}
	return j, nil
}

func (j *File) open() (err error) {
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return j.fail(CodeFile, 0, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return j.fail(CodeFile, 0, err)
	}
	if info.Size() > MaxSize {
		return j.fail(CodeTooLarge, 0, nil)
	}
	good, err := scan(f, nil)
	if err != nil {
		return j.named(err)
	}
	if good < info.Size() {
		if err := f.Truncate(good); err != nil {
			return j.fail(CodeFile, 0, err)
		}
		if err := f.Sync(); err != nil {
			return j.fail(CodeFile, 0, err)
		}
	}
	j.f, j.size, j.torn = f, good, info.Size()-good
	return nil
}

// Torn returns how many bytes of an unfinished line were dropped when the file
// was opened.
func (j *File) Torn() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.torn
}

// The checksum in front of a record: eight hex digits and a blank.
const prefix = 9

func appendLine(dst, record []byte) []byte {
	var sum [4]byte
	n := crc32.ChecksumIEEE(record)
	sum[0], sum[1], sum[2], sum[3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	dst = hex.AppendEncode(dst, sum[:])
	dst = append(dst, ' ')
	return append(append(dst, record...), '\n')
}

// parse takes a line without its end apart.
func parse(line []byte) (record []byte, ok bool) {
	if len(line) <= prefix || line[prefix-1] != ' ' {
		return nil, false
	}
	var sum [4]byte
	if _, err := hex.Decode(sum[:], line[:prefix-1]); err != nil {
		return nil, false
	}
	record = line[prefix:]
	n := crc32.ChecksumIEEE(record)
	return record, sum == [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

// scan reads lines from the beginning and returns the length of the good ones.
// A bad line is an error unless it is the last: then a crash has torn it.
func scan(r io.Reader, yield func([]byte) bool) (good int64, err error) {
	br := bufio.NewReaderSize(r, prefix+MaxRecord+1)
	for n := 1; ; n++ {
		line, err := br.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return good, nil // a line without its end was torn, or there is none
		case errors.Is(err, bufio.ErrBufferFull):
			return good, newError(CodeDamaged, n, nil)
		case err != nil:
			return good, newError(CodeFile, n, err)
		}
		record, ok := parse(bytes.TrimSuffix(line, []byte{'\n'}))
		if !ok {
			if _, err := br.Peek(1); errors.Is(err, io.EOF) {
				return good, nil
			}
			return good, newError(CodeDamaged, n, nil)
		}
		good += int64(len(line))
		if yield != nil && !yield(record) {
			return good, nil
		}
	}
}

// Append writes a record and syncs the file. If it fails, what was written of
// it is taken back.
func (j *File) Append(ctx context.Context, record []byte) error {
	if err := check(ctx, record); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.ready(); err != nil {
		return err
	}
	line := appendLine(make([]byte, 0, prefix+len(record)+1), record)
	if j.size+int64(len(line)) > MaxSize {
		return j.fail(CodeTooLarge, 0, nil)
	}
	_, err := j.f.WriteAt(line, j.size)
	if err == nil {
		err = j.f.Sync()
	}
	if err != nil {
		// The next line goes to the same place; if even this fails, opening again
		// cuts it off.
		if cut := j.f.Truncate(j.size); cut != nil {
			_ = j.f.Close()
			j.f = nil
		}
		return j.fail(CodeFile, 0, err)
	}
	j.size += int64(len(line))
	return nil
}

// ready makes sure that the file is open: a failure may have closed it.
func (j *File) ready() error {
	if j.f != nil {
		return nil
	}
	if j.path == "" {
		return j.fail(CodeClosed, 0, nil)
	}
	return j.open()
}

// Records goes through the records that are there when it begins.
func (j *File) Records(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		j.mu.Lock()
		err := j.ready()
		f, size := j.f, j.size
		j.mu.Unlock()
		if err != nil {
			yield(nil, err)
			return
		}
		stopped := false
		_, err = scan(io.NewSectionReader(f, 0, size), func(record []byte) bool {
			if ctx.Err() != nil {
				stopped = true
				return yield(nil, j.fail(CodeCancelled, 0, context.Cause(ctx))) && false
			}
			stopped = !yield(record, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, j.named(err))
		}
	}
}

// Replace writes the records to a file beside, syncs it and renames it over the
// journal.
func (j *File) Replace(ctx context.Context, records [][]byte) error {
	var text []byte
	for _, r := range records {
		if err := check(ctx, r); err != nil {
			return err
		}
		text = appendLine(text, r)
	}
	if len(text) > MaxSize {
		return j.fail(CodeTooLarge, 0, nil)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.ready(); err != nil {
		return err
	}
	beside := j.path + ".new"
	if err := write(beside, text); err != nil {
		_ = os.Remove(beside)
		return j.fail(CodeFile, 0, err)
	}
	// Windows renames over no open file.
	_ = j.f.Close()
	j.f = nil
	err := os.Rename(beside, j.path)
	if err != nil {
		_ = os.Remove(beside)
		if again := j.open(); again != nil {
			return again
		}
		return j.fail(CodeFile, 0, err)
	}
	syncFolder(filepath.Dir(j.path))
	return j.open()
}

func write(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes the rename itself last. Systems that cannot sync a folder
// (Windows) need no such call.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// Close closes the file. Closing again does nothing.
func (j *File) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.path = ""
	if j.f == nil {
		return nil
	}
	err := j.f.Close()
	j.f = nil
	if err != nil {
		return j.fail(CodeFile, 0, err)
	}
	return nil
}
