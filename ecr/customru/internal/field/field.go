// Package field reads and writes the fields of CustomRU commands: unsigned
// little-endian numbers, texts in CP866, with and without a length before them.
package field

import (
	"bytes"
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

// AppendText appends exactly size bytes: s in CP866, padded with zeros. It
// reports a text that is too long or has a letter that CP866 lacks.
func AppendText(b []byte, s string, size int) ([]byte, error) {
	text, err := Encode(s)
	if err != nil {
		return b, err
	}
	if len(text) > size {
		return b, fmt.Errorf("%d bytes are more than %d", len(text), size)
	}
	b = append(b, text...)
	return append(b, make([]byte, size-len(text))...), nil
}

// AppendBytes appends a length of two bytes and then the bytes.
func AppendBytes(b, text []byte) []byte {
	b = AppendUint(b, uint64(len(text)), 2)
	return append(b, text...)
}

// Encode turns a text into CP866.
func Encode(s string) ([]byte, error) {
	for i, r := range s {
		if _, ok := charmap.CodePage866.EncodeRune(r); !ok {
			return nil, fmt.Errorf("character %q at byte %d does not exist in CP866", r, i)
		}
	}
	return charmap.CodePage866.NewEncoder().Bytes([]byte(s))
}

// Decode turns CP866 into text; every byte is a character there.
func Decode(b []byte) string {
	s := make([]rune, len(b))
	for i, c := range b {
		s[i] = charmap.CodePage866.DecodeByte(c)
	}
	return string(s)
}

// ErrShort says that the data ends before its last field.
var ErrShort = errors.New("the data ends before its last field")

// Reader takes fields off the front of data. After the first that is missing
// all are zero and Err says so; the data is not copied.
type Reader struct {
	Data []byte // what is left
	Err  error  // ErrShort after the first missing field
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

// Flag takes one byte that is 0 or not.
func (r *Reader) Flag() bool { return r.U8() != 0 }

// Text takes n bytes of CP866 without the blanks and zeros around the text.
func (r *Reader) Text(n int) string {
	return Decode(bytes.Trim(r.Bytes(n), "\x00 "))
}

// Prefixed takes a length of two bytes and that many bytes.
func (r *Reader) Prefixed() []byte { return r.Bytes(int(r.U16())) }

// Rest takes what is left.
func (r *Reader) Rest() []byte { return r.Bytes(len(r.Data)) }

// Has says whether n more bytes are there: for fields that newer firmware added.
func (r *Reader) Has(n int) bool { return r.Err == nil && len(r.Data) >= n }
