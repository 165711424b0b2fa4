package dbfio

import (
	"io"
	"iter"
	"strings"
)

// ReadOptions says how a table is read. nil means the zero value.
type ReadOptions struct {
	// CodePage forces a page, whatever the table says about itself (D2).
	CodePage CodePage
	// DefaultCodePage is taken where neither a .cpg file nor a known mark names
	// the page. It defaults to CP1251 with a warning (D2).
	DefaultCodePage CodePage
	// Deleted delivers the records that are marked as deleted too; Row.Deleted
	// tells them apart. They are skipped by default (D8).
	Deleted bool
	// Mask names the columns whose values do not stand in errors: personal data,
	// keys, PIN codes.
	Mask []string

	cpg, cpgName string // contents and name of the .cpg file beside the table
}

// Reader reads the rows of one table, from first to last, once. It holds one
// buffer of about 64 KB however long the table is (D9). It is not safe for
// concurrent use; several readers are independent of each other.
type Reader struct {
	src      io.Reader
	closer   io.Closer
	opts     ReadOptions
	shape    *shape
	codec    *codec
	byName   map[string]int
	masked   []bool
	warnings []Warning
	row      Row

	buf        []byte // whole records, as many as fit
	start, end int    // the unread part of buf
	srcDone    bool
	done       bool
	record     int64 // number of the last record seen, 1-based
	live, dead int64
}

// bufferSize is the least size of the reader's and writer's buffers.
const bufferSize = 64 << 10

// NewReader reads the header of a table from src and returns a reader of its
// rows. The code page is the forced one, else by the table's mark, else the
// default (D2); use Open to regard a .cpg file too. The error's codes are those
// of a damaged header, or CodeRead.
func NewReader(src io.Reader, opts *ReadOptions) (*Reader, error) {
	r := &Reader{src: src}
	if opts != nil {
		r.opts = *opts
	}
	for _, page := range []CodePage{r.opts.CodePage, r.opts.DefaultCodePage} {
		if page != 0 && loadCodec(page) == nil {
			return nil, newError(CodeCodePage, "page", page)
		}
	}
	var err error
	r.shape, r.codec, err = readHeader(src, r.decidePage)
	if err != nil {
		return nil, err
	}
	r.index()
	size := max(1, bufferSize/r.shape.RecordLength) * r.shape.RecordLength
	r.buf = make([]byte, size)
	r.row.init(r)
	return r, nil
}

// decidePage is rule D2 in its order.
func (r *Reader) decidePage(mark byte) *codec {
	if r.opts.CodePage != 0 {
		return loadCodec(r.opts.CodePage)
	}
	if r.opts.cpg != "" {
		if page, err := ParseCodePage(r.opts.cpg); err == nil {
			return loadCodec(page)
		}
		r.warn(newError(CodeWarnCpg, "file", r.opts.cpgName, "found", show(r.opts.cpg)))
	}
	if page := pageOfMark(mark); page != 0 {
		return loadCodec(page)
	}
	if r.opts.DefaultCodePage != 0 {
		return loadCodec(r.opts.DefaultCodePage)
	}
	r.warn(newError(CodeWarnPage, "mark", hexByte(mark)))
	return loadCodec(CP1251)
}

func (r *Reader) index() {
	r.byName = make(map[string]int, len(r.shape.cols))
	for i, c := range r.shape.cols {
		if _, twice := r.byName[c.Name]; twice {
			r.warn(newError(CodeWarnTwice).at(0, c.Name))
			continue
		}
		r.byName[c.Name] = i
	}
	for _, c := range r.shape.skipped {
		r.warn(newError(CodeWarnSkipped, "type", c.Type, "width", c.Width).at(0, c.Name))
	}
	r.masked = make([]bool, len(r.shape.cols))
	for _, name := range r.opts.Mask {
		for i, c := range r.shape.cols {
			if strings.EqualFold(c.Name, name) {
				r.masked[i] = true
			}
		}
	}
}

// Header returns what the table says about itself, with the page that was
// decided on.
func (r *Reader) Header() Header { return r.shape.Header }

// Columns returns the columns that can be read, in the table's order. Columns
// of unsupported types, memos above all, are not among them: Skipped has them.
func (r *Reader) Columns() []Column { return append([]Column(nil), r.shape.cols...) }

// Skipped returns the columns whose type is not supported (D1).
func (r *Reader) Skipped() []Column { return append([]Column(nil), r.shape.skipped...) }

// Column returns the index of the column of that name, in any case, or -1. An
// index of -1 may be given to Row.Cell, which then returns an absent cell.
func (r *Reader) Column(name string) int {
	if i, ok := r.byName[name]; ok {
		return i
	}
	if i, ok := r.byName[strings.ToUpper(name)]; ok {
		return i
	}
	return -1
}

// Warnings returns what was tolerated so far. Those about the number of records
// come with the end of the table.
func (r *Reader) Warnings() []Warning { return append([]Warning(nil), r.warnings...) }

// maxWarnings bounds the list; a header of 2046 columns could fill it.
const maxWarnings = 100

func (r *Reader) warn(e *Error) {
	if len(r.warnings) < maxWarnings {
		r.warnings = append(r.warnings, Warning{*e})
	}
}

// Counts returns how many records were met so far: live ones and such as are
// marked as deleted. After the last row they are those of the table.
func (r *Reader) Counts() (live, deleted int64) { return r.live, r.dead }

// Close releases the file that Open opened. After Close no rows are read.
func (r *Reader) Close() error {
	r.done = true
	if r.closer == nil {
		return nil
	}
	c := r.closer
	r.closer = nil
	if err := c.Close(); err != nil {
		return newError(CodeRead).because(err)
	}
	return nil
}

// Rows yields the rows from the next one on; it can be used once. A row is
// valid until the next step; strings taken from it stay valid. An error comes
// with a nil row and is about one record or about the rest of the file: the
// sequence goes on where records follow that can be read, and ends otherwise. A
// truncated last record is an error after all whole ones (D8). An invalid cell
// is no error here: the cell itself says so (D6).
func (r *Reader) Rows() iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		for {
			row, err := r.Read()
			if err == io.EOF || !yield(row, err) {
				return
			}
		}
	}
}

// Read returns the next row, io.EOF after the last one, or an error as Rows
// yields it.
func (r *Reader) Read() (*Row, error) {
	for !r.done {
		length := r.shape.RecordLength
		if r.end-r.start < length && !r.srcDone {
			if err := r.fill(); err != nil {
				r.done = true
				return nil, newError(CodeRead).at(r.record+1, "").because(err)
			}
		}
		if r.end-r.start < length {
			return nil, r.finish()
		}
		b := r.buf[r.start : r.start+length : r.start+length]
		switch b[0] {
		case ' ':
			r.live++
		case '*':
			r.dead++
		default:
			if err, last := r.oddMark(b[0]); last {
				return nil, err
			}
			r.record++
			r.start += length
			return nil, newError(CodeRecordMark, "mark", hexByte(b[0])).at(r.record, "")
		}
		r.record++
		r.start += length
		if b[0] == '*' && !r.opts.Deleted {
			continue
		}
		r.row.set(b, r.record)
		return &r.row, nil
	}
	return nil, io.EOF
}

// fill reads until a whole record is there or the source ends.
func (r *Reader) fill() error {
	r.end = copy(r.buf, r.buf[r.start:r.end])
	r.start = 0
	for empty := 0; r.end < r.shape.RecordLength; {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if err == io.EOF {
			r.srcDone = true
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			empty = 0
		} else if empty++; empty == maxEmptyReads {
			return io.ErrNoProgress
		}
	}
	return nil
}

// oddMark judges a whole record that begins with neither blank nor asterisk. It
// ends the table unless the header counts the record (D8).
func (r *Reader) oddMark(mark byte) (err error, last bool) {
	counted := r.record < int64(r.shape.Records)
	switch {
	case mark != 0x1A && counted:
		return nil, false
	case mark != 0x1A:
		r.warn(newError(CodeWarnTrailing))
	case counted && r.holdsCounted():
		r.done = true
		return newError(CodeEarlyEnd, "count", r.shape.Records).at(r.record+1, ""), true
	}
	return r.ended(), true
}

// holdsCounted says whether the bytes for all counted records are still there,
// so that the end mark before them must be a damaged byte. It reads at most as
// many bytes and keeps none.
func (r *Reader) holdsCounted() bool {
	want := (int64(r.shape.Records)-r.record)*int64(r.shape.RecordLength) - int64(r.end-r.start)
	for want > 0 {
		n, err := readFull(r.src, r.buf[:min(want, int64(len(r.buf)))])
		if want -= int64(n); err != nil {
			break
		}
	}
	return want <= 0
}

// finish looks at what remains when no whole record does.
func (r *Reader) finish() error {
	rest := r.buf[r.start:r.end]
	counted := r.record < int64(r.shape.Records)
	switch {
	case len(rest) == 0 || rest[0] == 0x1A:
	case counted || rest[0] == ' ' || rest[0] == '*':
		r.done = true
		return newError(CodeTruncated, "length", len(rest), "want", r.shape.RecordLength).at(r.record+1, "")
	default:
		r.warn(newError(CodeWarnTrailing))
	}
	return r.ended()
}

func (r *Reader) ended() error {
	r.done = true
	if r.record != int64(r.shape.Records) {
		r.warn(newError(CodeWarnCount, "count", r.shape.Records, "found", r.record))
	}
	return io.EOF
}

// isNull says whether FoxPro's bit marks the cell as null.
func (r *Reader) isNull(record []byte, col int) bool {
	bit := r.shape.lay[col].nullBit
	n := r.shape.nulls
	if bit < 0 || bit >= n.width*8 {
		return false
	}
	return record[n.offset+bit/8]&(1<<(bit%8)) != 0
}
