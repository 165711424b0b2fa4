package xmlscan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// declarationLimit is how far the XML declaration may reach.
const declarationLimit = 1024

// input turns bytes of any supported encoding into checked UTF-8.
type input struct {
	r       io.Reader
	name    string // canonical name of the encoding, once known
	table   *[256]rune
	order   binary.ByteOrder // of UTF-16
	raw     []byte           // bytes that wait; UTF-8 leaves only the head here
	rawPos  int
	store   []byte
	tail    int   // bytes of an unfinished character behind what read returned
	pending error // comes after the bytes that were good
}

// read puts checked UTF-8 into dst, of which the first tail bytes are left from
// the last call. It returns what is complete; an error comes without bytes.
func (in *input) read(dst []byte) (int, error) {
	if in.name == "" {
		if err := in.detect(); err != nil {
			return 0, err
		}
	}
	for in.pending == nil {
		n, err := in.convert(dst)
		in.pending = err
		if n > 0 {
			return n, nil
		}
	}
	return 0, in.pending
}

func (in *input) convert(dst []byte) (int, error) {
	if in.table == nil && in.order == nil {
		return in.utf8(dst)
	}
	for len(in.raw)-in.rawPos < 4 { // room for a surrogate pair
		err := in.refill()
		switch left := len(in.raw) - in.rawPos; {
		case err == nil:
			continue
		case err == io.EOF && in.order != nil && left == 1:
			return 0, &Error{Kind: KindBytes, Detail: in.name}
		case err != io.EOF || left == 0:
			return 0, err
		}
		break
	}
	if in.order != nil {
		return in.utf16(dst)
	}
	return in.singleByte(dst)
}

// refill reads more raw bytes behind those that wait.
func (in *input) refill() error {
	if in.store == nil {
		in.store = make([]byte, 32<<10)
	}
	kept := copy(in.store, in.raw[in.rawPos:])
	n, err := readSome(in.r, in.store[kept:])
	in.raw, in.rawPos = in.store[:kept+n], 0
	if n > 0 {
		return nil
	}
	return err
}

// readSome reads at least one byte or returns an error: io.EOF or one of its own.
func readSome(r io.Reader, dst []byte) (int, error) {
	for range 100 {
		n, err := r.Read(dst)
		if n > 0 {
			return n, nil
		}
		if err == io.EOF {
			return 0, io.EOF
		}
		if err != nil {
			return 0, &Error{Kind: KindRead, Cause: err}
		}
	}
	return 0, &Error{Kind: KindRead, Cause: io.ErrNoProgress}
}

func (in *input) utf8(dst []byte) (int, error) {
	filled := in.tail
	if in.rawPos < len(in.raw) {
		n := copy(dst[filled:], in.raw[in.rawPos:])
		in.rawPos += n
		filled += n
	} else {
		n, err := readSome(in.r, dst[filled:])
		if err == io.EOF && filled > 0 {
			err = &Error{Kind: KindBytes, Detail: in.name}
		}
		if err != nil {
			in.tail = 0
			return 0, err
		}
		filled += n
	}
	good, err := checkUTF8(dst[:filled], in.name)
	in.tail = filled - good
	if err != nil {
		in.tail = 0
	}
	return good, err
}

// checkUTF8 returns how much of b is complete, valid UTF-8 that XML allows. What
// is left over without an error is the beginning of a character.
func checkUTF8(b []byte, name string) (int, error) {
	complete := len(b) - unfinished(b)
	good := complete
	var failure error
	if !utf8.Valid(b[:complete]) {
		for i := 0; i < complete; {
			r, n := utf8.DecodeRune(b[i:complete])
			if r == utf8.RuneError && n == 1 {
				good, failure = i, &Error{Kind: KindBytes, Detail: name}
				break
			}
			i += n
		}
	}
	if i, r := forbidden(b[:good]); i >= 0 {
		return i, &Error{Kind: KindCharacter, Detail: codePoint(uint64(r))}
	}
	return good, failure
}

// unfinished measures a character at the end of b that lacks bytes.
func unfinished(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		c := b[len(b)-n]
		if utf8.RuneStart(c) {
			if c >= 0xC0 && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// forbidden finds the first character that XML 1.0 does not allow.
func forbidden(b []byte) (int, rune) {
	at, char := -1, rune(0)
	for i := 0; i < len(b); i++ {
		if i+8 <= len(b) {
			// eight bytes at once: none of them below 0x20?
			if w := binary.LittleEndian.Uint64(b[i:]); (w-0x2020202020202020)&^w&0x8080808080808080 == 0 {
				i += 7
				continue
			}
		}
		if c := b[i]; c < 0x20 && c != '\n' && c != '\r' && c != '\t' {
			at, char = i, rune(c)
			break
		}
	}
	for from := 0; ; {
		i := bytes.Index(b[from:], []byte{0xEF, 0xBF})
		if i < 0 || at >= 0 && from+i > at {
			return at, char
		}
		if from += i; from+2 < len(b) && b[from+2] >= 0xBE {
			return from, 0xFFFE + rune(b[from+2]-0xBE)
		}
		from += 2
	}
}

func (in *input) singleByte(dst []byte) (int, error) {
	n := 0
	for in.rawPos < len(in.raw) && n+utf8.UTFMax <= len(dst) {
		c := in.raw[in.rawPos]
		r := in.table[c]
		switch {
		case r == utf8.RuneError:
			return n, &Error{Kind: KindBytes, Detail: in.name}
		case !IsChar(r):
			return n, &Error{Kind: KindCharacter, Detail: codePoint(uint64(r))}
		case r < utf8.RuneSelf:
			dst[n] = byte(r)
			n++
		default:
			n += utf8.EncodeRune(dst[n:], r)
		}
		in.rawPos++
	}
	return n, nil
}

func (in *input) utf16(dst []byte) (int, error) {
	n := 0
	for len(in.raw)-in.rawPos >= 2 && n+utf8.UTFMax <= len(dst) {
		r := rune(in.order.Uint16(in.raw[in.rawPos:]))
		size := 2
		if utf16.IsSurrogate(r) {
			if len(in.raw)-in.rawPos < 4 {
				if n > 0 {
					break
				}
				return n, &Error{Kind: KindBytes, Detail: in.name}
			}
			r = utf16.DecodeRune(r, rune(in.order.Uint16(in.raw[in.rawPos+2:])))
			if r == utf8.RuneError {
				return n, &Error{Kind: KindBytes, Detail: in.name}
			}
			size = 4
		}
		if !IsChar(r) {
			return n, &Error{Kind: KindCharacter, Detail: codePoint(uint64(r))}
		}
		n += utf8.EncodeRune(dst[n:], r)
		in.rawPos += size
	}
	return n, nil
}

// detect finds the encoding: a byte order mark is certain and wins, then UTF-16
// by its zero bytes, then the declaration, else UTF-8.
func (in *input) detect() error {
	head := make([]byte, 0, declarationLimit)
	for len(head) < cap(head) && bytes.IndexByte(head, '>') < 0 {
		n, err := readSome(in.r, head[len(head):cap(head)])
		head = head[:len(head)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			if e := (*Error)(nil); errors.As(err, &e) {
				e.Pos = Pos{1, 1}
			}
			return err
		}
	}
	in.raw = head
	has := func(mark string) bool { return strings.HasPrefix(string(head), mark) }
	switch {
	case has("\xFF\xFE\x00\x00"), has("\x00\x00\xFE\xFF"), has("<\x00\x00\x00"), has("\x00\x00\x00<"):
		return &Error{Kind: KindEncoding, Pos: Pos{1, 1}, Detail: "UTF-32"}
	case has("\xEF\xBB\xBF"):
		in.name, in.rawPos = "UTF-8", 3
	case has("\xFF\xFE"):
		in.name, in.order, in.rawPos = "UTF-16", binary.LittleEndian, 2
	case has("\xFE\xFF"):
		in.name, in.order, in.rawPos = "UTF-16", binary.BigEndian, 2
	case has("<\x00"):
		in.name, in.order = "UTF-16", binary.LittleEndian
	case has("\x00<"):
		in.name, in.order = "UTF-16", binary.BigEndian
	default:
		return in.declared(head)
	}
	return nil
}

func (in *input) declared(head []byte) error {
	in.name = "UTF-8"
	rest, ok := bytes.CutPrefix(head, []byte("<?xml"))
	if !ok {
		return nil
	}
	decl, _, ok := bytes.Cut(rest, []byte("?>"))
	if !ok {
		return nil // the scanner will say what is wrong with it
	}
	label := pseudoAttr(decl, "encoding")
	if label == "" || strings.EqualFold(label, "UTF-8") || strings.EqualFold(label, "utf8") || strings.EqualFold(label, "US-ASCII") {
		return nil
	}
	if c := charsetNamed(label); c != nil {
		in.name, in.table = c.name, decodingTable(c)
		return nil
	}
	return &Error{Kind: KindEncoding, Pos: Pos{1, 1}, Detail: label}
}

// pseudoAttr reads one value of an XML declaration.
func pseudoAttr(decl []byte, name string) string {
	for rest := decl; ; {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return ""
		}
		before, after := rest[:i], bytes.TrimLeft(rest[i+len(name):], " \t\r\n")
		rest = rest[i+len(name):]
		if len(before) > 0 && bytes.IndexByte([]byte(" \t\r\n"), before[len(before)-1]) < 0 || len(after) == 0 || after[0] != '=' {
			continue
		}
		after = bytes.TrimLeft(after[1:], " \t\r\n")
		if len(after) == 0 || after[0] != '"' && after[0] != '\'' {
			return ""
		}
		if value, _, ok := bytes.Cut(after[1:], after[:1]); ok {
			return string(value)
		}
		return ""
	}
}
