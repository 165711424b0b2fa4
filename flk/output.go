package flk

import (
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// outputEncoding turns UTF-8 into the bytes of a file.
type outputEncoding struct {
	encoding Encoding
	page     *charmap.Charmap // nil for UTF-8 and UTF-16
	refuse   bool
	marked   bool // the byte order mark is written
	out      []byte
}

func outputFor(e Encoding, refuse bool) (outputEncoding, error) {
	o := outputEncoding{encoding: e, refuse: refuse}
	switch e {
	case EncodingUTF8, EncodingUTF16:
	case EncodingWindows1251, EncodingKOI8R, EncodingCP866:
		_, o.page = xmlscan.Charset(e.String())
	default:
		return o, newError(CodeWriteEncoding, "", arg{Name: "encoding", Value: e.String()})
	}
	return o, nil
}

// has says whether the encoding has the character.
func (o *outputEncoding) has(r rune) bool {
	if o.page == nil {
		return true
	}
	_, ok := o.page.EncodeRune(r)
	return ok && (r != '\u0098' || o.page != charmap.Windows1251)
}

func (o *outputEncoding) hasAll(s string) bool {
	for _, r := range s {
		if !o.has(r) {
			return false
		}
	}
	return true
}

// convert returns the bytes of text that holds only characters that the encoding
// has. They are valid until the next call.
func (o *outputEncoding) convert(text []byte) []byte {
	if o.encoding == EncodingUTF8 {
		return text
	}
	o.out = o.out[:0]
	if o.encoding == EncodingUTF16 && !o.marked {
		o.out, o.marked = append(o.out, 0xFF, 0xFE), true
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case o.page != nil:
			b, _ := o.page.EncodeRune(r)
			o.out = append(o.out, b)
		case r >= 0x10000:
			hi, lo := utf16.EncodeRune(r)
			o.out = append(o.out, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
		default:
			o.out = append(o.out, byte(r), byte(r>>8))
		}
	}
	return o.out
}
