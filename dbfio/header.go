package dbfio

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// Header is what a table says about itself.
type Header struct {
	// Version is the first byte: 0x03 for plain dBASE III.
	Version byte
	// Updated is the day of the last change, UTC; zero if the header holds none.
	Updated time.Time
	// Records is the number of records, deleted ones included, as the header
	// counts them. It may be wrong: the file's size decides (D8).
	Records uint32
	// HeaderLength and RecordLength are in bytes.
	HeaderLength, RecordLength int
	// Mark is the language driver's number, 0 if there is none.
	Mark byte
	// CodePage is the page that texts are read with (D2).
	CodePage CodePage
}

// layout is where the cell of a column lies in a record.
type layout struct {
	offset, width int
	nullBit       int // FoxPro: index into the bits of the hidden null column, or -1
}

// shape is a header as it was read: the readable columns and where they lie.
type shape struct {
	Header
	cols    []Column
	lay     []layout
	skipped []Column
	nulls   layout // width 0: none
}

const descriptorLength = 32

// readHeader reads and checks the whole header. It allocates at most 64 KB (D11).
// page decides which code page is used once the mark is known.
func readHeader(r io.Reader, page func(mark byte) *codec) (*shape, *codec, error) {
	var head [32]byte
	if n, err := readFull(r, head[:]); err != nil {
		return nil, nil, headerCut(err, n, len(head))
	}
	s := &shape{Header: Header{
		Version:      head[0],
		Records:      binary.LittleEndian.Uint32(head[4:]),
		HeaderLength: int(binary.LittleEndian.Uint16(head[8:])),
		RecordLength: int(binary.LittleEndian.Uint16(head[10:])),
		Mark:         head[29],
	}}
	if !knownVersion(head[0]) {
		return nil, nil, newError(CodeVersion, "version", hexByte(head[0]))
	}
	s.Updated = headerDate(head[1], head[2], head[3])
	if s.HeaderLength < 33 {
		return nil, nil, newError(CodeHeaderLength, "length", s.HeaderLength)
	}
	rest := make([]byte, s.HeaderLength-len(head))
	if n, err := readFull(r, rest); err != nil {
		return nil, nil, headerCut(err, len(head)+n, s.HeaderLength)
	}
	c := page(s.Mark)
	s.CodePage = c.page
	if err := s.readColumns(rest, c); err != nil {
		return nil, nil, err
	}
	return s, c, nil
}

// maxEmptyReads is how often a source may give nothing before it counts as
// stuck, as in bufio.
const maxEmptyReads = 100

// readFull is io.ReadFull without its trap: that never ends on a source which
// gives neither bytes nor an error.
func readFull(r io.Reader, b []byte) (n int, err error) {
	for empty := 0; n < len(b); {
		k, err := r.Read(b[n:])
		if n += k; n == len(b) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if k > 0 {
			empty = 0
		} else if empty++; empty == maxEmptyReads {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}

func headerCut(err error, n, want int) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return newError(CodeHeaderShort, "length", n, "want", want)
	}
	return newError(CodeRead).because(err)
}

// knownVersion lists the kinds whose headers have the layout of dBASE III.
func knownVersion(b byte) bool {
	switch b {
	case 0x03, 0x83, 0xF5, // dBASE III, with memo, FoxPro 2 with memo
		0x04, 0x43, 0x63, 0x7B, 0x8B, 0x8E, 0xCB, 0xFB, 0xE5, // dBASE IV and its kin
		0x30, 0x31, 0x32: // Visual FoxPro
		return true
	}
	return false
}

func foxPro(version byte) bool { return version >= 0x30 && version <= 0x32 }

// headerDate: the year is counted from 1900; programs that write only two
// digits mean this century if that lies nearer.
func headerDate(yy, mm, dd byte) time.Time {
	year := 1900 + int(yy)
	if yy < 80 {
		year += 100
	}
	d := time.Date(year, time.Month(mm), int(dd), 0, 0, 0, 0, time.UTC)
	if d.Month() != time.Month(mm) || d.Day() != int(dd) {
		return time.Time{}
	}
	return d
}

// readColumns walks the descriptors up to 0x0D and checks their sum against the
// record's length (D8).
func (s *shape) readColumns(b []byte, c *codec) error {
	type found struct {
		Column
		flags byte
	}
	var all []found
	for ; ; b = b[descriptorLength:] {
		if len(b) > 0 && b[0] == 0x0D {
			break
		}
		if len(b) < descriptorLength {
			return newError(CodeHeaderEnd)
		}
		all = append(all, found{Column{
			Name: columnName(b[:11], c), Type: Type(b[11]),
			Width: int(b[16]), Decimals: int(b[17]),
		}, b[18]})
	}
	sum := 1
	for _, f := range all {
		sum += f.Width
	}
	if sum != s.RecordLength {
		// Clipper and FoxPro keep the upper byte of a wide text in the decimals.
		wide := 1
		for i := range all {
			if all[i].Type == Character {
				all[i].Width += all[i].Decimals << 8
			}
			wide += all[i].Width
		}
		if wide != s.RecordLength {
			return newError(CodeRecordConflict, "length", s.RecordLength, "columns", sum)
		}
	}
	offset, nullBit := 1, 0
	for _, f := range all {
		lay := layout{offset, f.Width, -1}
		offset += f.Width
		if f.Type == '0' {
			s.nulls = lay // the hidden column of null bits
			continue
		}
		if foxPro(s.Version) {
			if f.Type == 'V' || f.Type == 'Q' {
				nullBit++ // their own bit: the cell is not full
			}
			if f.flags&0x02 != 0 {
				lay.nullBit = nullBit
				nullBit++
			}
		}
		if f.Type == Character {
			f.Decimals = 0
		}
		if !s.readable(f.Column) {
			s.skipped = append(s.skipped, f.Column)
			continue
		}
		s.cols = append(s.cols, f.Column)
		s.lay = append(s.lay, lay)
	}
	if len(all) == 0 {
		return newError(CodeNoColumns)
	}
	return nil
}

func (s *shape) readable(c Column) bool {
	switch c.Type {
	case Character, Numeric, Float, Logical, Date:
		return true
	case Integer:
		return c.Width == 4
	case Currency, DateTime:
		return c.Width == 8
	case Double:
		return c.Width == 8 && foxPro(s.Version) // elsewhere B is a binary memo
	}
	return false
}

// columnName ends at the first NUL, whatever follows it (D8).
func columnName(b []byte, c *codec) string {
	for i, x := range b {
		if x == 0 {
			b = b[:i]
			break
		}
	}
	dst := make([]byte, 3*len(b)+8)
	n, bad := c.decode(dst, 0, b)
	name := string(dst[:n])
	if bad >= 0 {
		name = strings.Trim(fmt.Sprintf("%q", b), `"`)
	}
	return strings.ToUpper(strings.TrimSpace(name))
}

func hexByte(b byte) string { return fmt.Sprintf("0x%02X", b) }
