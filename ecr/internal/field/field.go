// Package field reads and writes the fields of register commands: unsigned
// little-endian numbers and texts in a code page.
package field

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
)

// Label names a field in English and Russian, with a bar between: "sum|сумма".
type Label string

var _ ecr.Worded = Label("")

// Words is the name in a language.
func (l Label) Words(lang string) string {
	en, ru, _ := strings.Cut(string(l), "|")
	if lang == "ru" {
		return ru
	}
	return en
}

// AppendUint appends the low size bytes of v, little-endian.
func AppendUint(b []byte, v uint64, size int) []byte {
	for range size {
		b = append(b, byte(v))
		v >>= 8
	}
	return b
}

// AppendBytes appends a length of two bytes and then the bytes.
func AppendBytes(b, text []byte) []byte {
	b = AppendUint(b, uint64(len(text)), 2)
	return append(b, text...)
}

// AppendText appends exactly size bytes: s in the code page, padded with zeros.
// The error is Worded: a text that is too long, or a letter that the page lacks.
func AppendText(b []byte, page *charmap.Charmap, s string, size int) ([]byte, error) {
	text, err := Encode(page, s)
	if err != nil {
		return b, err
	}
	if len(text) > size {
		return b, &Problem{Size(len(text), 0, size)}
	}
	b = append(b, text...)
	return append(b, make([]byte, size-len(text))...), nil
}

// Problem is why a value does not fit its field, as an error.
type Problem struct {
	ecr.Phrase // in both languages
}

var (
	_ error      = (*Problem)(nil)
	_ ecr.Worded = (*Problem)(nil)
)

// Error is the reason in English.
func (p *Problem) Error() string { return p.Words("en") }

// Range says that a number is outside its bounds.
func Range(v, low, high int64) ecr.Phrase {
	return ecr.Say("{1} is not {2}..{3}", "{1} — не от {2} до {3}", v, low, high)
}

// Size says that a text has too few or too many bytes.
func Size(n, low, high int) ecr.Phrase {
	return ecr.Say("{1} bytes are not {2}..{3}", "{1} байт, а нужно от {2} до {3}", n, low, high)
}

// Encode turns a text into a code page and reports a letter that the page lacks,
// as a *Problem.
func Encode(page *charmap.Charmap, s string) ([]byte, error) {
	b := make([]byte, 0, len(s))
	for i, r := range s {
		c, ok := page.EncodeRune(r)
		if !ok {
			return nil, &Problem{ecr.Say("character {1} at byte {2} does not exist in {3}", "символа {1} (байт {2}) нет в кодировке {3}",
				fmt.Sprintf("%q", r), i, page)}
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
var ErrShort error = &Problem{ecr.Phrase{EN: "the data ends before its last field", RU: "данные кончились раньше последнего поля"}}

// Reader takes fields off the front of data. After the first that is missing
// all are zero and Err says so; the data is not copied.
type Reader struct {
	Data []byte           // what was not taken yet
	Page *charmap.Charmap // of Text
	Err  error            // of the first field that was missing
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

// Text takes n bytes in Page without the blanks and zeros around the text.
func (r *Reader) Text(n int) string {
	return Decode(r.Page, bytes.Trim(r.Bytes(n), "\x00 "))
}

// Prefixed takes a length of two bytes and that many bytes.
func (r *Reader) Prefixed() []byte { return r.Bytes(int(r.U16())) }

// Rest takes what is left.
func (r *Reader) Rest() []byte { return r.Bytes(len(r.Data)) }

// Has says whether n more bytes are there: for fields that newer firmware added.
func (r *Reader) Has(n int) bool { return r.Err == nil && len(r.Data) >= n }
