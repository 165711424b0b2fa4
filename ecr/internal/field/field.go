// Package field reads and writes the fields of register commands: unsigned
// little-endian numbers and texts in a code page.
package field

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/text/encoding/charmap"
)

// AppendUint appends the low size bytes of v, little-endian.
func AppendUint(b []byte, v uint64, size int) []byte {
	for range size {
		b = append(b, byte(v))
		v >>= 8
	}
	return b
}

// Encode turns a text into a code page and reports a letter that the page lacks.
func Encode(page *charmap.Charmap, s string) ([]byte, error) {
	b := make([]byte, 0, len(s))
	for i, r := range s {
		c, ok := page.EncodeRune(r)
		if !ok {
			return nil, fmt.Errorf("character %q at byte %d does not exist in %v", r, i, page)
		}
		b = append(b, c)
	}
	return b, nil
}

// Decode turns bytes of a code page into text.
func Decode(page *charmap.Charmap, b []byte) string {
	s := make([]rune, len(b))
	for i, c := range b {
		s[i] = page.DecodeByte(c)
	}
	return string(s)
}

// ErrShort says that the data ends before its last field.
var ErrShort = errors.New("the data ends before its last field")

// Reader takes fields off the front of data. After the first that is missing
// all are zero and Err says so; the data is not copied.
type Reader struct {
	Data []byte // what was not taken yet
	Err  error  // of the first field that was missing
}

// Bytes takes n bytes.
func (r *Reader) Bytes(n int) []byte {
	if r.Err != nil || n < 0 || n > len(r.Data) {
		r.Err = ErrShort
		return nil
	}
	b := r.Data[:n:n]
	r.Data = r.Data[n:]
	return b
}

// Uint takes a number of size bytes, 1 to 8.
func (r *Reader) Uint(size int) uint64 {
	var v [8]byte
	copy(v[:], r.Bytes(size))
	return binary.LittleEndian.Uint64(v[:])
}

// U8 takes a number of one byte.
func (r *Reader) U8() byte { return byte(r.Uint(1)) }

// U16 takes a number of two bytes.
func (r *Reader) U16() uint16 { return uint16(r.Uint(2)) }

// U32 takes a number of four bytes.
func (r *Reader) U32() uint32 { return uint32(r.Uint(4)) }

// Rest takes what is left.
func (r *Reader) Rest() []byte { return r.Bytes(len(r.Data)) }
