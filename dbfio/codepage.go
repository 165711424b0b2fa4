package dbfio

import (
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// CodePage is the number of a code page, as Windows numbers them; 0 is unset.
type CodePage int

// The code pages of Russian tables. Others that Page knows are 437, 850, 852,
// 855, 858, 860, 862, 863, 865, 874, 1250, 1252 to 1258, 10000 and 10007
// (Macintosh), 20866 and 21866 (KOI8-R, KOI8-U), 28591 and 28595 (ISO 8859-1
// and -5).
const (
	CP866  CodePage = 866   // DOS
	CP1251 CodePage = 1251  // Windows
	UTF8   CodePage = 65001 // only read, where a .cpg file says so or the caller forces it
)

// String returns "cp866", "utf-8", or "" for 0.
func (p CodePage) String() string {
	switch p {
	case 0:
		return ""
	case UTF8:
		return "utf-8"
	}
	return "cp" + strconv.Itoa(int(p))
}

// MarshalText implements encoding.TextMarshaler with String.
func (p CodePage) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with ParseCodePage; "" and
// "auto" are 0.
func (p *CodePage) UnmarshalText(text []byte) error {
	if s := strings.TrimSpace(string(text)); s == "" || strings.EqualFold(s, "auto") {
		*p = 0
		return nil
	}
	page, err := ParseCodePage(string(text))
	if err == nil {
		*p = page
	}
	return err
}

// ParseCodePage reads a name as people and .cpg files write it: cp866, 866,
// IBM866, OEM 866, windows-1251, ANSI 1251, win1251, koi8-r, UTF-8, LDID/201.
func ParseCodePage(name string) (CodePage, error) {
	s := strings.ToLower(strings.TrimSpace(name))
	if ldid, ok := strings.CutPrefix(s, "ldid/"); ok {
		if n, err := strconv.ParseUint(ldid, 10, 8); err == nil {
			if page := pageOfMark(byte(n)); page != 0 {
				return page, nil
			}
		}
		return 0, newError(CodeCodePage, "page", name)
	}
	s = strings.NewReplacer("-", "", "_", "", " ", "", "/", "").Replace(s)
	switch s {
	case "utf8":
		return UTF8, nil
	case "koi8r":
		return 20866, nil
	case "koi8u":
		return 21866, nil
	case "iso88591", "88591", "latin1":
		return 28591, nil
	case "iso88595", "88595":
		return 28595, nil
	}
	for _, prefix := range []string{"cp", "windows", "win", "ibm", "oem", "ansi", "dos"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			s = rest
			break
		}
	}
	if n, err := strconv.Atoi(s); err == nil && loadCodec(CodePage(n)) != nil {
		return CodePage(n), nil
	}
	return 0, newError(CodeCodePage, "page", name)
}

// pageOfMark maps language driver marks (byte 29 of the header) to code pages. 0x57
// ("ANSI") is not among them: it says "the page of that machine", which it was
// in Russia CP1251 and elsewhere something else (decision, D2).
func pageOfMark(mark byte) CodePage {
	switch mark {
	case 0x65, 0x26:
		return CP866
	case 0xC9:
		return CP1251
	case 0x01, 0x09, 0x0B, 0x0D, 0x0F, 0x11, 0x15, 0x18, 0x19, 0x1B:
		return 437
	case 0x02, 0x0A, 0x0E, 0x10, 0x12, 0x14, 0x16, 0x1A, 0x1D, 0x25, 0x37:
		return 850
	case 0x03, 0x58, 0x59:
		return 1252
	case 0x04:
		return 10000
	case 0x08, 0x17, 0x66:
		return 865
	case 0x1C, 0x6C:
		return 863
	case 0x1F, 0x22, 0x23, 0x40, 0x64, 0x87:
		return 852
	case 0x24:
		return 860
	case 0x50, 0x7C:
		return 874
	case 0x7D:
		return 1255
	case 0x7E:
		return 1256
	case 0x96:
		return 10007
	case 0xC8:
		return 1250
	case 0xCA:
		return 1254
	case 0xCB:
		return 1253
	case 0xCC:
		return 1257
	}
	return 0
}

// markOf returns the mark that is written for a page, 0 if there is none.
func markOf(page CodePage) byte {
	switch page {
	case CP866:
		return 0x65
	case CP1251:
		return 0xC9
	case 437:
		return 0x01
	case 850:
		return 0x02
	case 1252:
		return 0x03
	case 852:
		return 0x64
	case 865:
		return 0x66
	case 1250:
		return 0xC8
	case 1253:
		return 0xCB
	case 1254:
		return 0xCA
	case 1257:
		return 0xCC
	}
	return 0
}

// The upper halves of the two Russian pages; U+FFFD stands for a byte that has
// no character (0x98 of CP1251).
const (
	upper866 = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмноп" +
		"░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
		"рстуфхцчшщъыьэюяЁёЄєЇїЎў°∙·√№¤■\u00a0"
	upper1251 = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\ufffd™љ›њќћџ" +
		"\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї" +
		"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"
)

// codec turns the bytes of one code page into UTF-8 and back. Each table of a
// row's hot path is one look-up per byte.
type codec struct {
	page CodePage
	// dec holds for each byte its UTF-8 form in the low three bytes and the
	// form's length in the high one; 0 = no character.
	dec [256]uint32
	// enc holds for each upper byte of a 16-bit character a table of its lower one.
	enc [256]*[256]byte
}

var (
	codec866  = sync.OnceValue(func() *codec { return newCodec(CP866, []rune(upper866)) })
	codec1251 = sync.OnceValue(func() *codec { return newCodec(CP1251, []rune(upper1251)) })
)

// loadCodec returns the tables of a page, nil for an unknown one.
func loadCodec(page CodePage) *codec {
	switch page {
	case CP866:
		return codec866()
	case CP1251:
		return codec1251()
	case UTF8:
		return &codec{page: UTF8}
	}
	other := otherPage(page)
	if other == nil {
		return nil
	}
	upper := make([]rune, 128)
	for i := range upper {
		upper[i] = other.DecodeByte(byte(0x80 + i))
	}
	return newCodec(page, upper)
}

func otherPage(page CodePage) *charmap.Charmap {
	switch page {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 855:
		return charmap.CodePage855
	case 858:
		return charmap.CodePage858
	case 860:
		return charmap.CodePage860
	case 862:
		return charmap.CodePage862
	case 863:
		return charmap.CodePage863
	case 865:
		return charmap.CodePage865
	case 874:
		return charmap.Windows874
	case 1250:
		return charmap.Windows1250
	case 1252:
		return charmap.Windows1252
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 10000:
		return charmap.Macintosh
	case 10007:
		return charmap.MacintoshCyrillic
	case 20866:
		return charmap.KOI8R
	case 21866:
		return charmap.KOI8U
	case 28591:
		return charmap.ISO8859_1
	case 28595:
		return charmap.ISO8859_5
	}
	return nil
}

func newCodec(page CodePage, upper []rune) *codec {
	c := &codec{page: page}
	for b := range 256 {
		r := rune(b)
		if b >= 0x80 {
			if r = upper[b-0x80]; r == utf8.RuneError {
				continue
			}
		}
		var form [4]byte
		n := utf8.EncodeRune(form[:], r)
		form[3] = byte(n)
		c.dec[b] = binary.LittleEndian.Uint32(form[:])
		if c.enc[r>>8] == nil {
			c.enc[r>>8] = new([256]byte)
		}
		c.enc[r>>8][r&0xff] = byte(b)
	}
	return c
}

// decode writes the text of src at dst[n:] and returns the new n. dst has room
// for 3*len(src)+8 bytes. bad is the index of the first byte without a
// character, -1 if there is none.
func (c *codec) decode(dst []byte, n int, src []byte) (end, bad int) {
	if c.page == UTF8 {
		if !utf8.Valid(src) {
			i := 0
			for i < len(src) {
				r, size := utf8.DecodeRune(src[i:])
				if r == utf8.RuneError && size == 1 {
					break
				}
				i += size
			}
			return n, i
		}
		return n + copy(dst[n:], src), -1
	}
	for i := 0; i < len(src); {
		if len(src)-i >= 8 {
			// Eight ASCII bytes at once: most cells hold digits and blanks.
			if eight := binary.LittleEndian.Uint64(src[i:]); eight&0x8080808080808080 == 0 {
				binary.LittleEndian.PutUint64(dst[n:], eight)
				i, n = i+8, n+8
				continue
			}
		}
		form := c.dec[src[i]]
		if form == 0 {
			return n, i
		}
		binary.LittleEndian.PutUint32(dst[n:], form)
		n += int(form >> 24)
		i++
	}
	return n, -1
}

// encode writes s into dst. room false: s does not fit. lacks is the character
// that the page does not have, -1 if there is none.
func (c *codec) encode(dst []byte, s string) (n int, lacks rune, room bool) {
	for i := 0; i < len(s); {
		if n == len(dst) {
			return n, -1, false
		}
		b := s[i]
		if b < utf8.RuneSelf {
			if b == 0 {
				return n, 0, true // NUL would read back as a blank
			}
			dst[n] = b
			n, i = n+1, i+1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if b = c.byteOf(r); b == 0 || r == utf8.RuneError {
			return n, r, true
		}
		dst[n] = b
		n, i = n+1, i+size
	}
	return n, -1, true
}

func (c *codec) byteOf(r rune) byte {
	if r > 0xffff {
		return 0
	}
	if table := c.enc[r>>8]; table != nil {
		return table[r&0xff]
	}
	return 0
}
