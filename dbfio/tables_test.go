package dbfio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rawTable builds a table by hand, without the package's writer, so that the
// reader is held against the format and not against its counterpart.
type rawTable struct {
	version, mark byte
	cols          []Column
	flags         []byte // byte 18 of each descriptor
	records       []string
	count         int // -1: as many as there are
	end           string
}

func plain(cols string, records ...string) rawTable {
	list, err := ParseColumns(cols)
	if err != nil {
		panic(err)
	}
	return rawTable{version: 0x03, mark: 0xC9, cols: list, records: records, count: -1, end: "\x1a"}
}

func (r rawTable) bytes() []byte {
	head := make([]byte, 32)
	head[0], head[1], head[2], head[3] = r.version, 126, 3, 1
	count := r.count
	if count < 0 {
		count = len(r.records)
	}
	binary.LittleEndian.PutUint32(head[4:], uint32(count))
	length := 1
	var desc []byte
	for i, c := range r.cols {
		d := make([]byte, 32)
		copy(d, c.Name)
		d[11], d[16], d[17] = byte(c.Type), byte(c.Width), byte(c.Decimals)
		if r.flags != nil {
			d[18] = r.flags[i]
		}
		desc = append(desc, d...)
		length += c.Width
	}
	binary.LittleEndian.PutUint16(head[8:], uint16(33+len(desc)))
	binary.LittleEndian.PutUint16(head[10:], uint16(length))
	head[29] = r.mark
	b := append(append(head, desc...), 0x0D)
	for _, rec := range r.records {
		b = append(b, rec...)
	}
	return append(b, r.end...)
}

func (r rawTable) reader(t *testing.T, opts *ReadOptions) *Reader {
	t.Helper()
	rd, err := NewReader(bytes.NewReader(r.bytes()), opts)
	if err != nil {
		t.Fatal(err)
	}
	return rd
}

var placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// texts reads all rows, cells joined by "|"; errors stand as their codes.
func texts(r *Reader) []string {
	var out []string
	for row, err := range r.Rows() {
		if err != nil {
			out = append(out, code(err))
			continue
		}
		var cells []string
		for i := range row.Len() {
			s, ok, err := row.Cell(i).Text()
			switch {
			case err != nil:
				s = code(err)
			case !ok:
				s = "-"
			}
			cells = append(cells, s)
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code()
	}
	if err == nil {
		return ""
	}
	return "not an *Error: " + err.Error()
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if code(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		for _, text := range []string{e.Error(), e.Message("en"), e.Message("ru")} {
			if placeholder.MatchString(text) || strings.Contains(text, "\n") {
				t.Errorf("%s: a placeholder is left, or it is no line: %s", want, text)
			}
		}
	}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func warned(r *Reader) string {
	var codes []string
	for _, w := range r.Warnings() {
		codes = append(codes, w.Code())
		if text := w.String() + w.Message("ru"); placeholder.MatchString(text) {
			panic(text)
		}
	}
	return strings.Join(codes, " ")
}

// seekBuffer is a file in memory.
type seekBuffer struct {
	b   []byte
	pos int
}

func (s *seekBuffer) Write(p []byte) (int, error) {
	if grow := s.pos + len(p) - len(s.b); grow > 0 {
		s.b = append(s.b, make([]byte, grow)...)
	}
	s.pos += copy(s.b[s.pos:], p)
	return len(p), nil
}

func (s *seekBuffer) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(s.pos)
	case io.SeekEnd:
		offset += int64(len(s.b))
	}
	s.pos = int(offset)
	return offset, nil
}

// written returns the table that set makes of one row.
func written(t *testing.T, cols string, opts *WriteOptions, set func(w *Writer)) []byte {
	t.Helper()
	list, err := ParseColumns(cols)
	if err != nil {
		t.Fatal(err)
	}
	var buf seekBuffer
	w, err := NewWriter(&buf, list, opts)
	if err != nil {
		t.Fatal(err)
	}
	set(w)
	if err := w.WriteRow(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.b
}

func put(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
