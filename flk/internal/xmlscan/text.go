package xmlscan

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// readText reads up to the next tag; got is false for blanks outside the root.
func (s *Scanner) readText() (got bool, err error) {
	n, err := s.indexFrom(0, '<')
	if err == io.EOF {
		n = s.end - s.pos
	} else if err != nil {
		return false, err
	}
	raw := s.buf[s.pos : s.pos+n]
	if len(s.ends) == 0 {
		if rest := bytes.TrimLeft(raw, " \t\r\n"); len(rest) > 0 {
			return false, s.syntax(s.pos+n-len(rest), "text outside the root element", "текст вне корневого элемента")
		}
		s.pos += n
		return false, nil
	}
	if n > s.limits.Token {
		return false, s.failLimit(KindToken, s.limits.Token)
	}
	if i := bytes.Index(raw, cdataEnd); i >= 0 {
		return false, s.syntax(s.pos+i, "]]> in text", "]]> в тексте")
	}
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		s.text = raw
	} else {
		s.TokenPos() // before errors move the count on
		s.scratch = s.scratch[:0]
		if err := s.appendDecoded(raw, s.pos, false); err != nil {
			return false, err
		}
		s.text = s.scratch
	}
	s.pos += n
	return true, nil
}

var (
	cdataStart = []byte("<![CDATA[")
	cdataEnd   = []byte("]]>")
)

// readBang reads what begins with <!: a comment, CDATA, or a declaration, which
// is refused.
func (s *Scanner) readBang() (got bool, err error) {
	if err := s.need(3); err != nil {
		return false, err
	}
	switch s.buf[s.pos+2] {
	case '-':
		return false, s.skipComment()
	case '[':
		return true, s.readCDATA()
	}
	return false, s.fail(KindDoctype, s.pos, "")
}

func (s *Scanner) readCDATA() error {
	if err := s.need(len(cdataStart)); err != nil {
		return err
	}
	if !bytes.HasPrefix(s.buf[s.pos:s.end], cdataStart) {
		return s.syntax(s.pos, "<![ that is no CDATA", "<![, но не CDATA")
	}
	if len(s.ends) == 0 {
		return s.syntax(s.pos, "text outside the root element", "текст вне корневого элемента")
	}
	for from := len(cdataStart); ; from++ {
		var err error
		if from, err = s.indexFrom(from, ']'); err != nil {
			return s.cut(err)
		}
		if err := s.need(from + 3); err != nil {
			return err
		}
		if !bytes.HasPrefix(s.buf[s.pos+from:s.end], cdataEnd) {
			continue
		}
		raw := s.buf[s.pos+len(cdataStart) : s.pos+from]
		s.scratch = appendLines(s.scratch[:0], raw)
		s.text = s.scratch
		s.pos += from + 3
		return nil
	}
}

// appendLines copies text with CR LF and CR as LF.
func appendLines(dst, raw []byte) []byte {
	for i, c := range raw {
		switch {
		case c != '\r':
			dst = append(dst, c)
		case i+1 >= len(raw) || raw[i+1] != '\n':
			dst = append(dst, '\n')
		}
	}
	return dst
}

// skipComment drops a comment of any length.
func (s *Scanner) skipComment() error {
	if err := s.need(4); err != nil {
		return err
	}
	if s.buf[s.pos+3] != '-' {
		return s.syntax(s.pos, "<!- that is no comment", "<!-, но не комментарий")
	}
	s.pos += 4
	for {
		if err := s.skipTo('-'); err != nil {
			return err
		}
		if err := s.need(2); err != nil {
			return err
		}
		if s.buf[s.pos+1] != '-' {
			s.pos++
			continue
		}
		if err := s.need(3); err != nil {
			return err
		}
		if s.buf[s.pos+2] != '>' {
			return s.syntax(s.pos, "-- inside a comment", "-- внутри комментария")
		}
		s.pos += 3
		return nil
	}
}

// skipInstruction drops a processing instruction. The declaration may stand only
// at the very beginning; the input has read its encoding already.
func (s *Scanner) skipInstruction() error {
	first := s.line == 1 && s.col == 1 && s.track == 0 && s.pos == 0
	n, err := s.indexFrom(2, '?')
	if err != nil {
		return s.cut(err)
	}
	target := s.buf[s.pos+2 : s.pos+n]
	length := nameLength(target)
	if length == 0 || length < len(target) && bytes.IndexByte([]byte(" \t\r\n"), target[length]) < 0 {
		return s.syntax(s.pos, "an instruction without a name", "инструкция без имени")
	}
	if bytes.EqualFold(target[:length], []byte("xml")) {
		if !first || string(target[:length]) != "xml" {
			return s.syntax(s.pos, "an XML declaration that is not at the beginning", "объявление XML не в начале файла")
		}
		if v := pseudoAttr(target[length:], "version"); v != "1.0" {
			return s.syntax(s.pos, "XML version "+strconv.Quote(v)+", which is not 1.0", "версия XML "+strconv.Quote(v)+", а не 1.0")
		}
	}
	s.pos += n
	for {
		if err := s.need(2); err != nil {
			return err
		}
		if s.buf[s.pos+1] == '>' {
			s.pos += 2
			return nil
		}
		s.pos++
		if err := s.skipTo('?'); err != nil {
			return err
		}
	}
}

// skipTo moves to the next c without keeping what lies before it.
func (s *Scanner) skipTo(c byte) error {
	for {
		if i := bytes.IndexByte(s.buf[s.pos:s.end], c); i >= 0 {
			s.pos += i
			return nil
		}
		s.pos = s.end
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
}

// appendDecoded resolves references in raw, which stands at buf[at], into scratch.
func (s *Scanner) appendDecoded(raw []byte, at int, attr bool) error {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '&':
			n, err := s.appendReference(raw[i:], at+i)
			if err != nil {
				return err
			}
			i += n - 1
		case c == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
			// the LF that follows stands for both
		case c == '\r' && !attr:
			s.scratch = append(s.scratch, '\n')
		case attr && (c == '\r' || c == '\n' || c == '\t'):
			s.scratch = append(s.scratch, ' ')
		default:
			s.scratch = append(s.scratch, c)
		}
	}
	return nil
}

// maxReference bounds a reference: &#x0010FFFF; with room for leading zeros.
const maxReference = 32

func (s *Scanner) appendReference(b []byte, at int) (int, error) {
	end := bytes.IndexByte(b[:min(len(b), maxReference)], ';')
	if end < 2 {
		return 0, s.syntax(at, "a bare &", "отдельный знак &")
	}
	name := b[1:end]
	if name[0] != '#' {
		i := bytes.IndexByte([]byte("lgaq"), name[0])
		if i >= 0 {
			for _, e := range [...]struct {
				name string
				c    byte
			}{{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}} {
				if string(name) == e.name {
					s.scratch = append(s.scratch, e.c)
					return end + 1, nil
				}
			}
		}
		if nameLength(name) != len(name) {
			return 0, s.syntax(at, "a bare &", "отдельный знак &")
		}
		return 0, s.fail(KindEntity, at, string(name))
	}
	digits, base := name[1:], 10
	if len(digits) > 0 && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || !allDigits(digits) {
		return 0, s.syntax(at, "a character reference that is no number", "ссылка на символ без номера")
	}
	if n > utf8.MaxRune || !IsChar(rune(n)) {
		return 0, s.fail(KindCharacter, at, codePoint(n))
	}
	s.scratch = utf8.AppendRune(s.scratch, rune(n))
	return end + 1, nil
}

// allDigits refuses the signs and underscores that ParseUint might know.
func allDigits(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

func codePoint(n uint64) string { return "U+" + string(appendHex(nil, n)) }

func appendHex(dst []byte, n uint64) []byte {
	h := strconv.AppendUint(nil, n, 16)
	for i := len(h); i < 4; i++ {
		dst = append(dst, '0')
	}
	return append(dst, bytes.ToUpper(h)...)
}

// IsChar says whether XML 1.0 allows the character, production [2].
func IsChar(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
