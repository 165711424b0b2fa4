package xmlscan

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
)

type charset struct {
	name    string // as written in a declaration
	aliases string // lower case, blanks between
	page    *charmap.Charmap
}

// charsets are the single-byte code pages met in exchange files of the region.
var charsets = [...]charset{
	{"windows-1251", "windows-1251 cp1251 cp-1251 x-cp1251 win-1251 1251", charmap.Windows1251},
	{"KOI8-R", "koi8-r koi8r koi8 cskoi8r", charmap.KOI8R},
	{"KOI8-U", "koi8-u koi8u", charmap.KOI8U},
	{"IBM866", "ibm866 cp866 cp-866 866 csibm866", charmap.CodePage866},
	{"ISO-8859-5", "iso-8859-5 iso8859-5 cyrillic", charmap.ISO8859_5},
	{"windows-1252", "windows-1252 cp1252 x-cp1252", charmap.Windows1252},
	{"ISO-8859-1", "iso-8859-1 iso8859-1 latin1", charmap.ISO8859_1},
	{"windows-1250", "windows-1250 cp1250", charmap.Windows1250},
	{"windows-1257", "windows-1257 cp1257", charmap.Windows1257},
	{"x-mac-cyrillic", "x-mac-cyrillic", charmap.MacintoshCyrillic},
}

func charsetNamed(label string) *charset {
	label = strings.ToLower(label)
	for i := range charsets {
		for alias := range strings.FieldsSeq(charsets[i].aliases) {
			if alias == label {
				return &charsets[i]
			}
		}
	}
	return nil
}

// Charset finds a single-byte code page by a label of an XML declaration. It
// returns the label to write, and nil if the code page is not known.
func Charset(label string) (name string, page *charmap.Charmap) {
	if c := charsetNamed(label); c != nil {
		return c.name, c.page
	}
	return "", nil
}

// undefined1251 is the one byte that windows-1251 leaves open; x/text gives a
// control character for it, which would hide that the file is damaged.
const undefined1251 = 0x98

func decodingTable(c *charset) *[256]rune {
	var t [256]rune
	for i := range t {
		t[i] = c.page.DecodeByte(byte(i))
	}
	if c.page == charmap.Windows1251 {
		t[undefined1251] = 0xFFFD
	}
	return &t
}
