package xmlscan

import (
	"bytes"
	"unicode/utf8"
)

// readStart reads a start tag; the whole tag stands in the window before any of
// it is parsed, so that the slices stay valid.
func (s *Scanner) readStart() error {
	n, err := s.tagLength()
	if err != nil {
		return err
	}
	if s.rooted && len(s.ends) == 0 {
		return s.syntax(s.pos, "a second root element", "второй корневой элемент")
	}
	tag := s.buf[s.pos+1 : s.pos+n-1]
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		tag, s.closeNext = tag[:len(tag)-1], true
	}
	length := nameLength(tag)
	if length == 0 {
		return s.syntax(s.pos, "a tag without a name", "тег без имени")
	}
	full := tag[:length]
	var ok bool
	if s.prefix, s.name, ok = splitName(full); !ok {
		return s.syntax(s.pos, "a name with two colons", "имя с двумя двоеточиями")
	}
	if len(s.ends) >= s.limits.Depth {
		return s.failLimit(KindDepth, s.limits.Depth)
	}
	s.open = append(s.open, full...)
	s.ends = append(s.ends, len(s.open))
	s.rooted = true
	s.attrs, s.scratch = s.attrs[:0], s.scratch[:0]
	if rest := tag[length:]; len(rest) > 0 {
		s.tagPos = s.posAt(s.pos) // before values move the count on
		if err := s.readAttrs(rest, s.pos+1+length); err != nil {
			return err
		}
	}
	s.pos += n
	return nil
}

// tagLength finds the end of the tag at pos, over quoted values.
func (s *Scanner) tagLength() (int, error) {
	for i, c := range s.buf[s.pos+1 : s.end] {
		if c == '>' && i < s.limits.Token {
			return i + 2, nil
		}
		if c == '"' || c == '\'' {
			break
		}
	}
	from := 1
	for {
		end, err := s.indexFrom(from, '>')
		if err != nil {
			return 0, s.cut(err)
		}
		quote := bytes.IndexAny(s.buf[s.pos+from:s.pos+end], `"'`)
		if quote < 0 {
			if end > s.limits.Token {
				return 0, s.failLimit(KindToken, s.limits.Token)
			}
			return end + 1, nil
		}
		at := from + quote
		closing, err := s.indexFrom(at+1, s.buf[s.pos+at])
		if err != nil {
			return 0, s.cut(err)
		}
		from = closing + 1
	}
}

func (s *Scanner) readAttrs(b []byte, at int) error {
	for {
		rest := bytes.TrimLeft(b, " \t\r\n")
		spaced := len(rest) < len(b)
		at += len(b) - len(rest)
		if b = rest; len(b) == 0 {
			return nil
		}
		n := nameLength(b)
		if n == 0 {
			return s.syntax(at, "not an attribute's name", "недопустимое имя атрибута")
		}
		if !spaced {
			return s.syntax(at, "no blank before an attribute", "нет пробела перед атрибутом")
		}
		prefix, name, ok := splitName(b[:n])
		if !ok {
			return s.syntax(at, "a name with two colons", "имя с двумя двоеточиями")
		}
		full := b[:n]
		b, at = b[n:], at+n
		b, at = skipBlanks(b, at)
		if len(b) == 0 || b[0] != '=' {
			return s.syntax(at, "an attribute without a value", "атрибут без значения")
		}
		b, at = skipBlanks(b[1:], at+1)
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return s.syntax(at, "an attribute's value without quotes", "значение атрибута без кавычек")
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return s.syntax(at, "an attribute's value without its closing quote", "значение атрибута без закрывающей кавычки")
		}
		pos := s.posAt(at + 1)
		value, err := s.attrValue(b[1:1+end], at+1)
		if err != nil {
			return err
		}
		for _, a := range s.attrs {
			if bytes.Equal(a.Name, name) && bytes.Equal(a.Prefix, prefix) {
				return s.syntax(at, "attribute "+string(full)+" twice in one tag", "атрибут "+string(full)+" дважды в одном теге")
			}
		}
		if len(s.attrs) >= s.limits.Attrs {
			return s.failLimit(KindAttrs, s.limits.Attrs)
		}
		s.attrs = append(s.attrs, Attr{prefix, name, value, pos})
		b, at = b[end+2:], at+end+2
	}
}

func skipBlanks(b []byte, at int) ([]byte, int) {
	rest := bytes.TrimLeft(b, " \t\r\n")
	return rest, at + len(b) - len(rest)
}

func (s *Scanner) attrValue(raw []byte, at int) ([]byte, error) {
	if i := bytes.IndexByte(raw, '<'); i >= 0 {
		return nil, s.syntax(at+i, "a bare < in an attribute", "знак < в атрибуте")
	}
	if bytes.IndexByte(raw, '&') < 0 && !bytes.ContainsAny(raw, "\t\r\n") {
		return raw, nil
	}
	from := len(s.scratch)
	err := s.appendDecoded(raw, at, true)
	return s.scratch[from:len(s.scratch):len(s.scratch)], err
}

// readEnd reads an end tag, which must be that of the innermost open element.
func (s *Scanner) readEnd() error {
	if len(s.ends) == 0 {
		return s.syntax(s.pos, "an end tag without its start", "закрывающий тег без открывающего")
	}
	open := s.openName()
	if n := len(open) + 2; s.end-s.pos > n && s.buf[s.pos+n] == '>' && string(s.buf[s.pos+2:s.pos+n]) == string(open) {
		s.endTag(n)
		return nil
	}
	n, err := s.indexFrom(2, '>')
	if err != nil {
		return s.cut(err)
	}
	tag := s.buf[s.pos+2 : s.pos+n]
	if !bytes.HasPrefix(tag, open) || len(bytes.TrimLeft(tag[len(open):], " \t\r\n")) > 0 {
		return s.syntax(s.pos, "element "+string(open)+" is closed by </"+shorten(tag)+">",
			"элемент "+string(open)+" закрыт тегом </"+shorten(tag)+">")
	}
	s.endTag(n)
	return nil
}

// endTag moves behind an end tag whose > is n bytes away.
func (s *Scanner) endTag(n int) {
	s.prefix, s.name, _ = splitName(s.openName())
	s.attrs = s.attrs[:0]
	s.pos += n + 1
	s.popNext = true
}

func shorten(b []byte) string {
	if len(b) <= 40 {
		return string(b)
	}
	cut := 40
	for !utf8.RuneStart(b[cut]) {
		cut--
	}
	return string(b[:cut]) + "…"
}

// splitName cuts a prefix off; a leading or trailing colon stays in the name.
func splitName(full []byte) (prefix, name []byte, ok bool) {
	i := bytes.IndexByte(full, ':')
	if i < 0 {
		return nil, full, true
	}
	if bytes.IndexByte(full[i+1:], ':') >= 0 {
		return nil, nil, false
	}
	if i == 0 || i == len(full)-1 {
		return nil, full, true
	}
	return full[:i], full[i+1:], true
}

// nameLength measures the XML name at the beginning of b.
func nameLength(b []byte) int {
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			if !asciiName[c] || i == 0 && !asciiNameStart(c) {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if !isNameStart(r) && (i == 0 || !isNameRest(r)) {
			return i
		}
		i += n
	}
	return len(b)
}

// IsName says whether s is an XML name without a colon, as a tag or attribute
// may be called.
func IsName(s string) bool {
	b := []byte(s)
	return len(b) > 0 && utf8.Valid(b) && bytes.IndexByte(b, ':') < 0 && nameLength(b) == len(b)
}

var asciiName = func() (t [128]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '_' || c == ':' || c == '-' || c == '.'
	}
	return t
}()

func asciiNameStart(c byte) bool { return asciiName[c] && c > '9' }

// isNameStart and isNameRest are the productions [4] and [4a] of XML 1.0, fifth edition.
func isNameStart(r rune) bool {
	for _, p := range [...][2]rune{
		{0xC0, 0xD6}, {0xD8, 0xF6}, {0xF8, 0x2FF}, {0x370, 0x37D}, {0x37F, 0x1FFF}, {0x200C, 0x200D},
		{0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
	} {
		if r >= p[0] && r <= p[1] {
			return true
		}
	}
	return false
}

func isNameRest(r rune) bool {
	return r == 0xB7 || r >= 0x300 && r <= 0x36F || r >= 0x203F && r <= 0x2040
}
