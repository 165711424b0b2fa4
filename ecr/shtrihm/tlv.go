package shtrihm

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// MaxTLV is how many bytes of TLV one command carries; more goes through the
// device's buffer (FF32, FF33, FF64).
const MaxTLV = 250

// Tag is a number of the fiscal data formats, as 1260.
type Tag uint16

// AppendTLV appends tag, length and value to dst. A value may have 65 535 bytes.
func AppendTLV(dst []byte, tag Tag, value []byte) ([]byte, error) {
	if len(value) > 0xFFFF {
		return dst, tlvError(tag, fmt.Sprintf("%d bytes are more than 65535", len(value)))
	}
	dst = binary.LittleEndian.AppendUint16(dst, uint16(tag))
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(value)))
	return append(dst, value...), nil
}

// TLVs walks over a list of TLV. Values are parts of b; one that holds TLV again
// is walked by calling TLVs with it. A list that ends inside an entry gives the
// entries before it, then an error, which ends the walk.
func TLVs(b []byte) iter.Seq2[TLV, error] {
	return func(yield func(TLV, error) bool) {
		for len(b) > 0 {
			if len(b) < 4 {
				yield(TLV{}, tlvError(0, fmt.Sprintf("%d bytes are left, and an entry has at least 4", len(b))))
				return
			}
			tag := Tag(binary.LittleEndian.Uint16(b))
			n := int(binary.LittleEndian.Uint16(b[2:]))
			if len(b) < 4+n {
				yield(TLV{}, tlvError(tag, fmt.Sprintf("its length is %d, but %d bytes are left", n, len(b)-4)))
				return
			}
			if !yield(TLV{Tag: tag, Value: b[4 : 4+n : 4+n]}, nil) {
				return
			}
			b = b[4+n:]
		}
	}
}

// TLV is one entry.
type TLV struct {
	Tag   Tag    // number of the datum
	Value []byte // its bytes
}

// AppendUint appends the value of an integer tag (VLN) in its shortest form,
// little-endian; zero takes one byte.
func AppendUint(dst []byte, n uint64) []byte {
	for {
		dst = append(dst, byte(n))
		if n >>= 8; n == 0 {
			return dst
		}
	}
}

// Uint reads an integer tag of 1..8 bytes, little-endian.
func (t TLV) Uint() (uint64, error) {
	if len(t.Value) < 1 || len(t.Value) > 8 {
		return 0, tlvError(t.Tag, fmt.Sprintf("an integer has 1 to 8 bytes, not %d", len(t.Value)))
	}
	var n uint64
	for i, c := range t.Value {
		n |= uint64(c) << (8 * i)
	}
	return n, nil
}

// AppendDecimal appends the value of a number with decimals (FVLN): n is in units
// of 10^-decimals, so that quantity 1 with six decimals is 1 000 000.
func AppendDecimal(dst []byte, n uint64, decimals uint8) []byte {
	return AppendUint(append(dst, decimals), n)
}

// Decimal reads a number with decimals: the integer and how many of its digits
// stand after the point.
func (t TLV) Decimal() (n uint64, decimals uint8, err error) {
	if len(t.Value) < 2 {
		return 0, 0, tlvError(t.Tag, fmt.Sprintf("a number with decimals has at least 2 bytes, not %d", len(t.Value)))
	}
	n, err = TLV{t.Tag, t.Value[1:]}.Uint()
	return n, t.Value[0], err
}

// fixedTexts are the tags whose text has one length; shorter ones are padded
// with blanks, for a device drops a shorter value without a word.
var fixedTexts = map[Tag]int{1018: 12, 1203: 12, 1226: 12, 1228: 12, 1263: 10}

// AppendText appends tag, length and a text in CP866. A text of a tag with a
// fixed length, such as an INN (1203, 1226, 1228) or the date 1263, is padded with
// blanks on the right.
func AppendText(dst []byte, tag Tag, s string) ([]byte, error) {
	b, err := field.Encode(charmap.CodePage866, s)
	if err != nil {
		return dst, tlvError(tag, err.Error())
	}
	if size, ok := fixedTexts[tag]; ok {
		if len(b) > size {
			return dst, tlvError(tag, fmt.Sprintf("%d characters are more than %d", len(b), size))
		}
		b = append(b, bytes.Repeat([]byte{' '}, size-len(b))...)
	}
	return AppendTLV(dst, tag, b)
}

// Text reads a text in CP866, without the blanks that pad it.
func (t TLV) Text() string {
	return strings.TrimRight(field.Decode(charmap.CodePage866, t.Value), " ")
}

// AppendTime appends the value of a time tag: seconds since 1970 by the clock on
// the wall, whatever the time zone, in four bytes.
func AppendTime(dst []byte, at time.Time) []byte {
	wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	return binary.LittleEndian.AppendUint32(dst, uint32(wall.Unix()))
}

// Time reads a time tag as the clock on the wall of a place.
func (t TLV) Time(in *time.Location) (time.Time, error) {
	if len(t.Value) != 4 {
		return time.Time{}, tlvError(t.Tag, fmt.Sprintf("a time has 4 bytes, not %d", len(t.Value)))
	}
	w := time.Unix(int64(binary.LittleEndian.Uint32(t.Value)), 0).UTC()
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, in), nil
}

func tlvError(tag Tag, reason string) error {
	return ecr.NewError(CodeTLV, ecr.Details{
		EN: messagesEN[CodeTLV], RU: messagesRU[CodeTLV],
		Args: []ecr.Arg{{Name: "tag", Value: uint16(tag)}, {Name: "reason", Value: reason}},
	})
}
