// Package jsonscan reads JSON strictly and in one pass: memory does not grow with
// the text, invalid UTF-8 is an error and never replaced, so are duplicate keys,
// lone surrogates and anything RFC 8259 does not allow. encoding/json accepts the
// former three silently.
package jsonscan

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// Limits bound what a text may make the scanner hold.
type Limits struct {
	Bytes  int64 // whole text
	String int   // bytes of one string or number
	Depth  int   // arrays and objects inside each other
	Keys   int   // keys of one object
}

// Reason says why a text was refused.
type Reason uint8

// The reasons.
const (
	Syntax       Reason = iota + 1 // not JSON
	Ended                          // the text ends too early
	InvalidUTF8                    // bytes that are no UTF-8, or half a surrogate pair
	DuplicateKey                   // a key twice in one object
	TooLarge                       // more bytes than Limits.Bytes
	TooLong                        // a string above Limits.String
	TooDeep                        // deeper than Limits.Depth
	TooManyKeys                    // an object above Limits.Keys
	Reading                        // the source failed; Cause says why
)

// Error is a refused text: why, where, and around what.
type Error struct {
	// Reason says why.
	Reason Reason
	// Line and Column are from 1; Column counts bytes.
	Line, Column int
	// Key is the key that stands twice.
	Key string
	// Cause is the source's error.
	Cause error
}

// Error is a short text for tests; packages that use the scanner word their own.
func (e *Error) Error() string { return "jsonscan: the text is refused" }

// Unwrap is the source's error.
func (e *Error) Unwrap() error { return e.Cause }

// Scanner is a pull parser: each method consumes what it returns. After an error
// every method returns it again.
type Scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int
	base     int64 // offset of buf[0] in the text
	line     int
	lineAt   int64 // offset where the line begins
	eof      bool
	limits   Limits
	depth    int
	scratch  []byte
	levels   []keySet
	err      *Error
}

const bufferSize = 64 << 10

// New returns a scanner of a text. A byte order mark is passed over.
func New(src io.Reader, limits Limits) *Scanner {
	size := bufferSize
	if limits.Bytes > 0 {
		size = int(min(int64(size), max(limits.Bytes+1, 16))) // a small text needs no large buffer
	}
	return &Scanner{src: src, buf: make([]byte, size), line: 1, limits: limits}
}

// fail makes a scanner's error at the place of what comes next.
func (s *Scanner) fail(r Reason) error { return s.failAt(r, s.base+int64(s.pos)) }

func (s *Scanner) failAt(r Reason, offset int64) error {
	if s.err == nil {
		s.err = &Error{Reason: r, Line: s.line, Column: int(offset-s.lineAt) + 1}
	}
	return s.err
}

// Position is the line and column of what comes next.
func (s *Scanner) Position() (line, column int) {
	return s.line, int(s.base+int64(s.pos)-s.lineAt) + 1
}

// fill reads more bytes after the ones up to end; the caller has no use for those
// before pos. It reports whether there are unread bytes.
func (s *Scanner) fill() bool {
	if s.pos < s.end {
		return true
	}
	if s.err != nil || s.eof {
		return false
	}
	first := s.base+int64(s.end) == 0
	s.base += int64(s.end)
	s.pos, s.end = 0, 0
	for empty := 0; s.end == 0 || first && s.end < 3; {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if s.limits.Bytes > 0 && s.base+int64(s.end) > s.limits.Bytes {
			s.fail(TooLarge)
			s.end = 0
			return false
		}
		if errors.Is(err, io.EOF) {
			s.eof = true
			break
		}
		if err != nil {
			s.fail(Reading)
			s.err.Cause = err
			s.end = 0
			return false
		}
		if n > 0 {
			empty = 0
		} else if empty++; empty == 100 {
			s.fail(Reading)
			s.err.Cause = io.ErrNoProgress
			return false
		}
	}
	if first && bytes.HasPrefix(s.buf[:s.end], []byte("\xef\xbb\xbf")) {
		s.pos = 3
		s.lineAt = 3
		return s.fill()
	}
	return s.pos < s.end
}

// Peek passes over blanks and returns the first byte of what comes next, 0 at the
// end of the text or after an error.
func (s *Scanner) Peek() byte {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\r':
				s.pos++
			case '\n':
				s.pos++
				s.line++
				s.lineAt = s.base + int64(s.pos)
			case 0: // not to be taken for the end
				s.fail(Syntax)
				return 0
			default:
				return c
			}
		}
		if !s.fill() {
			return 0
		}
	}
}

// unexpected is the error of a byte that does not belong where it stands.
func (s *Scanner) unexpected(c byte) error {
	switch {
	case s.err != nil:
		return s.err
	case c == 0:
		return s.fail(Ended)
	case c >= utf8.RuneSelf:
		at := s.base + int64(s.pos)
		return s.failAt(s.foreign(), at)
	}
	return s.fail(Syntax)
}

// foreign tells, of the bytes that come next, whether they are a letter where none
// belongs or no UTF-8 at all.
func (s *Scanner) foreign() Reason {
	var b [utf8.UTFMax]byte
	n := 0
	for n < len(b) && !utf8.FullRune(b[:n]) && s.fill() {
		b[n] = s.buf[s.pos]
		s.pos++
		n++
	}
	if r, size := utf8.DecodeRune(b[:n]); r == utf8.RuneError && size <= 1 {
		return InvalidUTF8
	}
	return Syntax
}

// expect consumes one byte.
func (s *Scanner) expect(want byte) error {
	if c := s.Peek(); c != want {
		return s.unexpected(c)
	}
	s.pos++
	return nil
}

// Object reads an object and calls member for each key; member must read the
// value. key is valid until then.
func (s *Scanner) Object(member func(key []byte) error) error {
	if err := s.enter('{'); err != nil {
		return err
	}
	keys := s.keys()
	if s.Peek() == '}' {
		s.pos++
		s.depth--
		return nil
	}
	for {
		if c := s.Peek(); c != '"' {
			return s.unexpected(c)
		}
		at := s.base + int64(s.pos)
		key, err := s.String()
		if err != nil {
			return err
		}
		switch keys.add(key, s.limits.Keys) {
		case DuplicateKey:
			err = s.failAt(DuplicateKey, at)
			s.err.Key = string(key)
			return err
		case TooManyKeys:
			return s.failAt(TooManyKeys, at)
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		// The value's reading may use the scratch buffer that key lies in.
		if err := member(keys.last()); err != nil {
			return err
		}
		keys = &s.levels[s.depth-1] // the slice may have moved
		if done, err := s.more('}'); done || err != nil {
			return err
		}
	}
}

// Array reads an array and calls element before each of its elements, which it
// must read.
func (s *Scanner) Array(element func() error) error {
	if err := s.enter('['); err != nil {
		return err
	}
	if s.Peek() == ']' {
		s.pos++
		s.depth--
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if done, err := s.more(']'); done || err != nil {
			return err
		}
	}
}

func (s *Scanner) enter(open byte) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if s.depth++; s.depth > s.limits.Depth {
		return s.fail(TooDeep)
	}
	return nil
}

// more reads what follows a member or an element.
func (s *Scanner) more(closing byte) (done bool, err error) {
	switch c := s.Peek(); c {
	case ',':
		s.pos++
		return false, nil
	case closing:
		s.pos++
		s.depth--
		return true, nil
	default:
		return false, s.unexpected(c)
	}
}

// keys returns the empty key set of the object just entered.
func (s *Scanner) keys() *keySet {
	for len(s.levels) < s.depth {
		s.levels = append(s.levels, keySet{})
	}
	k := &s.levels[s.depth-1]
	k.reset()
	return k
}

// Literal reads true, false or null, whichever comes next.
func (s *Scanner) Literal() (string, error) {
	var word string
	switch c := s.Peek(); c {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	case 'n':
		word = "null"
	default:
		return "", s.unexpected(c)
	}
	for i := range len(word) {
		if !s.fill() {
			return "", s.unexpected(0)
		}
		if s.buf[s.pos] != word[i] {
			return "", s.unexpected(s.buf[s.pos])
		}
		s.pos++
	}
	return word, nil
}

// Number reads a number and returns its literal text, valid until the next read.
func (s *Scanner) Number() ([]byte, error) {
	if c := s.Peek(); c != '-' && (c < '0' || c > '9') {
		return nil, s.unexpected(c)
	}
	at := s.base + int64(s.pos)
	s.scratch = s.scratch[:0]
	for s.fill() {
		c := s.buf[s.pos]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		if len(s.scratch) == s.limits.String {
			return nil, s.fail(TooLong)
		}
		s.scratch = append(s.scratch, c)
		s.pos++
	}
	if s.err != nil {
		return nil, s.err
	}
	if !validNumber(s.scratch) {
		return nil, s.failAt(Syntax, at)
	}
	return s.scratch, nil
}

// validNumber follows the grammar of RFC 8259, section 6.
func validNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	b = bytes.TrimPrefix(b, []byte("-"))
	if len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9' || !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		b = b[1:]
		if !digits() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(b) == 0
}

// Skip reads any value.
func (s *Scanner) Skip() error {
	var err error
	switch c := s.Peek(); c {
	case '{':
		return s.Object(func([]byte) error { return s.Skip() })
	case '[':
		return s.Array(s.Skip)
	case '"':
		_, err = s.String()
	case 't', 'f', 'n':
		_, err = s.Literal()
	default:
		_, err = s.Number()
	}
	return err
}

// End makes sure that nothing follows.
func (s *Scanner) End() error {
	if c := s.Peek(); c != 0 || s.err != nil {
		return s.unexpected(c)
	}
	return nil
}
