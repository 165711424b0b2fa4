package dbfio

import (
	"encoding/binary"
	"io"
	"math"
	"strings"
	"time"
)

// WriteOptions says how a table is written. nil means the zero value.
type WriteOptions struct {
	// CodePage of the texts. It defaults to CP1251. The page must have a mark in
	// the header (D1): CP866 and CP1251 do, UTF8 does not.
	CodePage CodePage
	// Updated is the day in the header. It defaults to today, local time.
	Updated time.Time
	// Classic keeps to the bounds of dBASE III itself: texts of at most 254
	// characters (D3), numbers of 19, 128 columns, records of 4000 bytes.
	Classic bool
	// UsersName makes Create refuse a name that no users table may have (D5).
	UsersName bool
	// Mask names the columns whose values do not stand in errors: personal data,
	// keys, PIN codes.
	Mask []string
}

// Writer writes a table row by row: set the cells, then WriteRow. Cells that
// are not set are blank. Columns are named by their index in the list given.
//
// A setter whose value does not fit returns an *Error that names row, column
// and value, and the row is then refused by WriteRow as a whole: nothing is cut
// and nothing replaced (D7). So setters' results may be ignored if WriteRow's
// is not. After a refused row the next one may be written. A Writer holds one
// buffer of about 64 KB however long the table is (D9). It is not safe for
// concurrent use.
type Writer struct {
	dst      io.Writer
	seeker   io.Seeker // nil: the count was announced
	base     int64     // where the table begins in dst
	count    uint32    // the announced rows
	opts     WriteOptions
	cols     []Column
	byName   map[string]int
	offsets  []int
	masked   []bool
	codec    *codec
	blank    []byte // an empty record
	buf      []byte
	n        int // bytes in buf before the row that is being set
	row      []byte
	problems Problems
	rows     int64
	begun    bool
	closed   bool
	err      error // of dst; nothing works after it
}

// NewWriter returns a writer of a table with these columns. It writes nothing
// yet; it checks the columns (D1, D3). Close fills the number of rows into the
// header, so dst must be able to seek; it may stand behind other data.
func NewWriter(dst io.WriteSeeker, cols []Column, opts *WriteOptions) (*Writer, error) {
	w, err := newWriter(dst, 0, cols, opts)
	if err == nil {
		w.seeker = dst
	}
	return w, err
}

// NewStreamWriter is NewWriter for a target that cannot seek: the number of
// rows is announced, and Close fails if another number was written (D9).
func NewStreamWriter(dst io.Writer, rows uint32, cols []Column, opts *WriteOptions) (*Writer, error) {
	return newWriter(dst, rows, cols, opts)
}

func newWriter(dst io.Writer, count uint32, cols []Column, opts *WriteOptions) (*Writer, error) {
	w := &Writer{dst: dst, count: count}
	if opts != nil {
		w.opts = *opts
	}
	if w.opts.CodePage == 0 {
		w.opts.CodePage = CP1251
	}
	if markOf(w.opts.CodePage) == 0 {
		return nil, newError(CodeCodePage, "page", w.opts.CodePage)
	}
	w.codec = loadCodec(w.opts.CodePage)
	var err error
	if w.cols, err = checkColumns(cols, w.opts.Classic); err != nil {
		return nil, err
	}
	w.byName = make(map[string]int, len(w.cols))
	length := 1
	for i, c := range w.cols {
		w.byName[c.Name] = i
		w.offsets = append(w.offsets, length)
		length += c.Width
	}
	w.masked = make([]bool, len(w.cols))
	for _, name := range w.opts.Mask {
		if i := w.Column(name); i >= 0 {
			w.masked[i] = true
		}
	}
	w.blank = []byte(strings.Repeat(" ", length))
	w.buf = make([]byte, 0, max(bufferSize, maxHeaderLength, 2*length))
	w.appendHeader(length)
	w.nextRow()
	return w, nil
}

// appendHeader puts the header into the buffer, with the announced count (D1).
func (w *Writer) appendHeader(record int) {
	day := w.opts.Updated
	if day.IsZero() {
		day = time.Now()
	}
	head := make([]byte, 32, 33+32*len(w.cols))
	head[0] = 0x03
	head[1], head[2], head[3] = byte(day.Year()-1900), byte(day.Month()), byte(day.Day())
	binary.LittleEndian.PutUint32(head[4:], w.count)
	binary.LittleEndian.PutUint16(head[8:], uint16(33+32*len(w.cols)))
	binary.LittleEndian.PutUint16(head[10:], uint16(record))
	head[29] = markOf(w.opts.CodePage)
	for _, c := range w.cols {
		var d [descriptorLength]byte
		copy(d[:], c.Name)
		d[11], d[16], d[17] = byte(c.Type), byte(c.Width), byte(c.Decimals)
		head = append(head, d[:]...)
	}
	w.buf = append(w.buf, append(head, 0x0D)...)
	w.n = len(w.buf)
}

// Columns returns the columns as they are written, names in upper case.
func (w *Writer) Columns() []Column { return append([]Column(nil), w.cols...) }

// Column returns the index of the column of that name, in any case, or -1.
func (w *Writer) Column(name string) int {
	if i, ok := w.byName[strings.ToUpper(name)]; ok {
		return i
	}
	return -1
}

// Rows returns how many rows were written.
func (w *Writer) Rows() int64 { return w.rows }

// nextRow makes room for a record, and the record blank.
func (w *Writer) nextRow() {
	w.row = append(w.buf[w.n:w.n], w.blank...)
}

// WriteRow ends the row and begins the next. It returns the errors of the row's
// setters (one as *Error, several as Problems): then nothing of the row is
// written. An error of the target has CodeWrite and ends the writer.
func (w *Writer) WriteRow() error {
	switch {
	case w.err != nil:
		return w.err
	case w.closed:
		return newError(CodeClosed)
	case w.problems != nil:
		err := w.problems.asError()
		w.DropRow()
		return err
	case w.rows == math.MaxUint32 || w.seeker == nil && w.rows == int64(w.count):
		return newError(CodeRowCount, "written", w.rows+1, "announced", w.announced())
	}
	w.rows++
	w.n += len(w.row)
	if cap(w.buf)-w.n < len(w.row) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.nextRow()
	return nil
}

func (w *Writer) announced() uint32 {
	if w.seeker != nil {
		return math.MaxUint32
	}
	return w.count
}

// DropRow makes the row blank again and forgets its setters' errors.
func (w *Writer) DropRow() {
	w.problems = nil
	w.nextRow()
}

func (w *Writer) flush() error {
	if !w.begun && w.seeker != nil {
		base, err := w.seeker.Seek(0, io.SeekCurrent)
		if err != nil {
			return w.fail(newError(CodeNotSeekable).because(err))
		}
		w.base = base
	}
	w.begun = true
	if err := w.write(w.buf[:w.n]); err != nil {
		return err
	}
	w.n = 0
	return nil
}

func (w *Writer) write(b []byte) error {
	n, err := w.dst.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return w.fail(newError(CodeWrite, "place", "").because(err))
	}
	return nil
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}

// Close writes what is buffered and the end mark, and fills in the number of
// rows. A row that was begun without WriteRow is not written. It does not close
// dst. Without an error the table is complete in dst, though dst itself may
// still hold it in memory.
func (w *Writer) Close() error {
	if w.err != nil || w.closed {
		return w.err
	}
	w.closed = true
	if w.seeker == nil && w.rows != int64(w.count) {
		return w.fail(newError(CodeRowCount, "written", w.rows, "announced", w.count))
	}
	w.buf = append(w.buf[:w.n], 0x1A)
	w.n = len(w.buf)
	if err := w.flush(); err != nil {
		return err
	}
	if w.seeker == nil {
		return nil
	}
	if _, err := w.seeker.Seek(w.base+4, io.SeekStart); err != nil {
		return w.fail(newError(CodeNotSeekable).because(err))
	}
	if err := w.write(binary.LittleEndian.AppendUint32(nil, uint32(w.rows))); err != nil {
		return err
	}
	end := w.base + int64(33+32*len(w.cols)) + w.rows*int64(len(w.blank)) + 1
	if _, err := w.seeker.Seek(end, io.SeekStart); err != nil {
		return w.fail(newError(CodeNotSeekable).because(err))
	}
	return nil
}
