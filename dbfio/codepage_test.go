package dbfio

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestCodePages(t *testing.T) {
	t.Run("D1 our two tables are those of the standard", func(t *testing.T) {
		for page, standard := range map[CodePage]*charmap.Charmap{CP866: charmap.CodePage866, CP1251: charmap.Windows1251} {
			c := loadCodec(page)
			for b := range 256 {
				r := standard.DecodeByte(byte(b))
				dst := make([]byte, 16)
				n, bad := c.decode(dst, 0, []byte{byte(b)})
				if page == CP1251 && b == 0x98 {
					if bad != 0 {
						t.Error("0x98 is no character of CP1251")
					}
					continue
				}
				if string(dst[:n]) != string(r) || bad != -1 {
					t.Errorf("%v: 0x%02X is %q, want %q", page, b, dst[:n], r)
				}
				if back := c.byteOf(r); back != byte(b) {
					t.Errorf("%v: %q goes back to 0x%02X, not 0x%02X", page, r, back, b)
				}
			}
		}
	})
	t.Run("D7 no other character goes into a page", func(t *testing.T) {
		for _, page := range []CodePage{CP866, CP1251} {
			c, n := loadCodec(page), 0
			for r := range rune(0x110000) {
				if c.byteOf(r) != 0 {
					n++
				}
			}
			if want := map[CodePage]int{CP866: 255, CP1251: 254}[page]; n != want {
				t.Errorf("%v: %d characters, want %d", page, n, want)
			}
		}
	})
	t.Run("D2 the names of pages", func(t *testing.T) {
		for name, want := range map[string]CodePage{"cp866": CP866, "866": CP866, "IBM866": CP866, "OEM 866": CP866, "windows-1251": CP1251,
			"ANSI 1251": CP1251, "Win1251": CP1251, "cp_1251": CP1251, "koi8-r": 20866, "UTF-8": UTF8, "utf8": UTF8, "LDID/201": CP1251,
			"LDID/38": CP866, "ISO-8859-5": 28595, "ISO-8859-1": 28591, "1252": 1252} {
			if got, err := ParseCodePage(name); got != want || err != nil {
				t.Errorf("%q is %v, %v", name, got, err)
			}
		}
		for _, name := range []string{"", "klingon", "cp1", "LDID/87", "LDID/999", "-866-x", "0"} {
			_, err := ParseCodePage(name)
			wantCode(t, err, CodeCodePage)
		}
		var p CodePage
		if err := errors.Join(p.UnmarshalText([]byte("1251"))); err != nil || p != CP1251 {
			t.Error(p, err)
		}
		if err := p.UnmarshalText([]byte("auto")); err != nil || p != 0 || p.String() != "" || UTF8.String() != "utf-8" {
			t.Error(p, err)
		}
		if b, err := CP866.MarshalText(); string(b) != "cp866" || err != nil {
			t.Error(string(b), err)
		}
		for page := range CodePage(70_000) {
			if loadCodec(page) == nil {
				continue
			}
			if got, err := ParseCodePage(page.String()); got != page || err != nil {
				t.Errorf("%v: %v %v", page, got, err)
			}
		}
	})
	t.Run("D2 every mark names a page that is known", func(t *testing.T) {
		for mark := range 256 {
			if page := pageOfMark(byte(mark)); page != 0 && loadCodec(page) == nil {
				t.Errorf("mark %02x names %d", mark, page)
			}
		}
	})
	t.Run("D7 long texts decode as short ones do", func(t *testing.T) {
		c := loadCodec(CP866)
		for n := range 40 {
			s := strings.Repeat("aЯ", n) + strings.Repeat("digits12", n)
			b := make([]byte, 40*12)
			end, lacks, room := c.encode(b, s)
			dst := make([]byte, 3*end+8)
			back, bad := c.decode(dst, 0, b[:end])
			if string(dst[:back]) != s || lacks != -1 || !room || bad != -1 {
				t.Errorf("%q became %q", s, dst[:back])
			}
		}
	})
}
