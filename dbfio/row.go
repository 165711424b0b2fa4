package dbfio

import (
	"encoding/binary"
	"fmt"
)

// Row is one record. It is valid until the reader's next step.
type Row struct {
	r      *Reader
	record []byte
	number int64

	// The row's texts are decoded together when the first is asked for: one
	// string holds them all, so a row costs one allocation.
	decoded bool
	all     string
	texts   []span
	scratch []byte
}

// span is where a column's text lies in Row.all; bad is the position of a byte
// without a character, or -1.
type span struct{ from, to, bad int32 }

func (row *Row) init(r *Reader) {
	row.r = r
	row.texts = make([]span, len(r.shape.cols))
	row.scratch = make([]byte, 3*r.shape.RecordLength+8)
}

func (row *Row) set(record []byte, number int64) {
	row.record, row.number, row.decoded = record, number, false
}

// Number returns the record's number in the table, from 1; deleted records
// count too.
func (row *Row) Number() int64 { return row.number }

// Deleted says whether the record is marked as deleted.
func (row *Row) Deleted() bool { return row.record[0] == '*' }

// Len returns the number of cells, that of Reader.Columns.
func (row *Row) Len() int { return len(row.r.shape.cols) }

// Cell returns the cell of a column by its index in Reader.Columns. An index
// outside of them, as Reader.Column gives for an unknown name, makes an absent
// cell.
func (row *Row) Cell(i int) Cell {
	if i < 0 || i >= len(row.r.shape.cols) {
		i = -1
	}
	return Cell{row, i}
}

// Named returns the cell of a column by its name, in any case; an absent cell
// if there is no such column. In a loop over many rows Reader.Column and Cell
// are faster.
func (row *Row) Named(name string) Cell { return Cell{row, row.r.Column(name)} }

// bytes returns a cell as it lies in the record.
func (row *Row) bytes(i int) []byte {
	lay := row.r.shape.lay[i]
	return row.record[lay.offset : lay.offset+lay.width]
}

// decodeTexts fills all and texts.
func (row *Row) decodeTexts() {
	r := row.r
	dst, n := row.scratch, 0
	for i := range r.shape.cols {
		if r.shape.cols[i].Type != Character {
			continue
		}
		lay := r.shape.lay[i]
		src := trimRight(row.record[lay.offset : lay.offset+lay.width])
		from := n
		bad := -1
		if n, bad = r.codec.decode(dst, n, src); bad >= 0 {
			n = from
		}
		row.texts[i] = span{int32(from), int32(n), int32(bad)}
	}
	row.all = string(dst[:n])
	row.decoded = true
}

func (row *Row) text(i int) (string, error) {
	if !row.decoded {
		row.decodeTexts()
	}
	s := row.texts[i]
	if s.bad >= 0 {
		b := row.bytes(i)[s.bad]
		return "", newError(CodeCharacter, "byte", hexByte(b), "position", s.bad+1, "page", row.r.codec.page).
			at(row.number, row.r.shape.cols[i].Name)
	}
	return row.all[s.from:s.to], nil
}

// fault makes an error about a cell; value is what stands in it.
func (row *Row) fault(i int, code string, value string, args ...any) *Error {
	e := newError(code, append(args, "value", value)...).at(row.number, row.r.shape.cols[i].Name)
	e.masked = row.r.masked[i]
	return e
}

// rawValue shows a cell's bytes in an error, where they may be anything.
func (row *Row) rawValue(i int) string {
	b := trim(row.bytes(i))
	for _, x := range b {
		if x < 0x20 || x > 0x7E {
			return fmt.Sprintf("% X", b)
		}
	}
	return string(b)
}

const eightBlanks = 0x2020202020202020

// trimRight cuts blanks and NULs at the end.
func trimRight(b []byte) []byte {
	n := len(b)
	for n >= 8 && binary.LittleEndian.Uint64(b[n-8:]) == eightBlanks {
		n -= 8
	}
	for n > 0 && (b[n-1] == ' ' || b[n-1] == 0) {
		n--
	}
	return b[:n]
}

// trim cuts blanks and NULs on both sides.
func trim(b []byte) []byte {
	b = trimRight(b)
	for len(b) > 0 && (b[0] == ' ' || b[0] == 0) {
		b = b[1:]
	}
	return b
}
