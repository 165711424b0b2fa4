package jsonscan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// String reads a string and returns its text, valid until the next read.
func (s *Scanner) String() ([]byte, error) {
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	s.scratch = s.scratch[:0]
	at := s.base + int64(s.pos)
	ascii := true
	for s.fill() {
		// The run of bytes that stand for themselves.
		from := s.pos
		for s.pos < s.end {
			c := s.buf[s.pos]
			if c == '"' || c == '\\' || c < ' ' {
				break
			}
			if c >= utf8.RuneSelf {
				ascii = false
			}
			s.pos++
		}
		if len(s.scratch)+s.pos-from > s.limits.String {
			return nil, s.failAt(TooLong, at)
		}
		s.scratch = append(s.scratch, s.buf[from:s.pos]...)
		if s.pos == s.end {
			continue
		}
		switch s.buf[s.pos] {
		case '"':
			s.pos++
			if !ascii && !utf8.Valid(s.scratch) {
				return nil, s.failAt(InvalidUTF8, at)
			}
			return s.scratch, nil
		case '\\':
			s.pos++
			if err := s.escape(); err != nil {
				return nil, err
			}
		default:
			return nil, s.fail(Syntax)
		}
	}
	return nil, s.unexpected(0)
}

func (s *Scanner) escape() error {
	c, err := s.byte()
	if err != nil {
		return err
	}
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.unicode()
	default:
		s.pos--
		return s.fail(Syntax)
	}
	s.scratch = append(s.scratch, c)
	return nil
}

// unicode reads the digits after \u, and of a surrogate pair the second half.
func (s *Scanner) unicode() error {
	r, err := s.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) {
		for _, want := range `\u` {
			c, err := s.byte()
			if err != nil {
				return err
			}
			if rune(c) != want {
				return s.fail(InvalidUTF8)
			}
		}
		low, err := s.hex()
		if err != nil {
			return err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return s.fail(InvalidUTF8)
		}
	}
	s.scratch = utf8.AppendRune(s.scratch, r)
	return nil
}

func (s *Scanner) hex() (rune, error) {
	var r rune
	for range 4 {
		c, err := s.byte()
		if err != nil {
			return 0, err
		}
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			s.pos--
			return 0, s.fail(Syntax)
		}
	}
	return r, nil
}

func (s *Scanner) byte() (byte, error) {
	if !s.fill() {
		return 0, s.unexpected(0)
	}
	c := s.buf[s.pos]
	s.pos++
	return c, nil
}
