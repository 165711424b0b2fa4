package xmlscan

import (
	"bytes"
	"io"
)

// Kind says what Next found.
type Kind uint8

// The kinds of tokens.
const (
	EOF   Kind = iota // the document is complete
	Start             // a start tag: Name, Attrs
	End               // an end tag, or the second half of an empty element: Name
	Text              // a piece of text, references resolved: Text
)

// Pos is a place in the document. Lines end at LF; both count from 1, columns
// in characters.
type Pos struct {
	Line, Col int32 // from 1
}

// Attr is an attribute, its value with references resolved and white space
// normalised as XML 1.0 section 3.3.3 asks.
type Attr struct {
	// Prefix is "" without one.
	Prefix, Name, Value []byte
	Pos                 Pos // of the value's first character
}

// Limits bound what one document may ask for; zero means the default.
type Limits struct {
	Depth int // open elements, default 64
	Token int // bytes of one tag or piece of text, default 1 MiB
	Attrs int // attributes of one element, default 128
}

const (
	defaultDepth = 64
	defaultToken = 1 << 20
	defaultAttrs = 128

	firstWindow = 64 << 10
)

func (l Limits) orDefaults() Limits {
	if l.Depth <= 0 {
		l.Depth = defaultDepth
	}
	if l.Token <= 0 {
		l.Token = defaultToken
	}
	if l.Attrs <= 0 {
		l.Attrs = defaultAttrs
	}
	return l
}

// Scanner reads one document. What it returns is valid until the next call of Next.
type Scanner struct {
	in     input
	limits Limits

	buf      []byte // window; buf[pos:end] is checked UTF-8 that waits
	pos, end int
	start    int // of the current token
	track    int // line and col are those of buf[track]
	line     int32
	col      int32
	err      error

	open      []byte // names of the open elements, one after another
	ends      []int  // where each of them ends in open
	closeNext bool   // the last start tag was an empty element
	popNext   bool   // the last token was an end tag
	rooted    bool

	prefix, name []byte
	attrs        []Attr
	text         []byte
	scratch      []byte
	tagPos       Pos
}

// New returns a scanner; it reads nothing yet.
func New(r io.Reader, limits Limits) *Scanner {
	return &Scanner{in: input{r: r}, limits: limits.orDefaults(), line: 1, col: 1}
}

// Name returns the local name of the current tag.
func (s *Scanner) Name() []byte { return s.name }

// Prefix returns the namespace prefix of the current tag.
func (s *Scanner) Prefix() []byte { return s.prefix }

// Attrs returns the attributes of the current start tag.
func (s *Scanner) Attrs() []Attr { return s.attrs }

// Text returns the current piece of text.
func (s *Scanner) Text() []byte { return s.text }

// Depth returns the number of open elements, the one of the current tag included.
func (s *Scanner) Depth() int { return len(s.ends) }

// Encoding returns the name of the document's encoding, known after the first Next.
func (s *Scanner) Encoding() string { return s.in.name }

// TokenPos returns where the current token begins.
func (s *Scanner) TokenPos() Pos {
	if s.tagPos.Line != 0 {
		return s.tagPos
	}
	return s.posAt(s.start)
}

// Here returns the place behind the current token: after a start tag, where the
// element's value begins.
func (s *Scanner) Here() Pos { return s.posAt(s.pos) }

// posAt moves the line count on to buf[i].
func (s *Scanner) posAt(i int) Pos {
	if i > s.track {
		seg := s.buf[s.track:i]
		if n := bytes.Count(seg, newline); n > 0 {
			s.line += int32(n)
			s.col = 1
			seg = seg[bytes.LastIndexByte(seg, '\n')+1:]
		}
		s.col += int32(countRunes(seg))
		s.track = i
	}
	return Pos{s.line, s.col}
}

var newline = []byte{'\n'}

// countRunes counts the characters of valid UTF-8.
func countRunes(b []byte) (n int) {
	for _, c := range b {
		if c&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// Next moves to the next token. After an error it returns the same error.
func (s *Scanner) Next() (Kind, error) {
	if s.err != nil {
		return EOF, s.err
	}
	k, err := s.next()
	s.err = err
	return k, err
}

func (s *Scanner) next() (Kind, error) {
	s.tagPos = Pos{}
	if s.popNext {
		s.pop()
		s.popNext = false
	}
	if s.closeNext {
		s.closeNext, s.popNext = false, true
		s.start, s.attrs = s.pos, s.attrs[:0]
		return End, nil
	}
	for {
		s.start = s.pos
		if s.pos == s.end {
			if err := s.fill(); err == io.EOF {
				return EOF, s.finish()
			} else if err != nil {
				return EOF, err
			}
			s.start = s.pos
		}
		if s.buf[s.pos] != '<' {
			got, err := s.readText()
			if err != nil || got {
				return Text, err
			}
			continue
		}
		if err := s.need(2); err != nil {
			return EOF, err
		}
		switch s.buf[s.pos+1] {
		case '/':
			return End, s.readEnd()
		case '?':
			if err := s.skipInstruction(); err != nil {
				return EOF, err
			}
		case '!':
			got, err := s.readBang()
			if err != nil || got {
				return Text, err
			}
		default:
			return Start, s.readStart()
		}
	}
}

// finish judges the end of the input.
func (s *Scanner) finish() error {
	switch {
	case len(s.ends) > 0:
		return s.fail(KindTruncated, s.pos, string(s.openName()))
	case !s.rooted:
		return s.fail(KindEmpty, s.pos, "")
	}
	return nil
}

func (s *Scanner) openName() []byte {
	from := 0
	if n := len(s.ends); n > 1 {
		from = s.ends[n-2]
	}
	return s.open[from:]
}

func (s *Scanner) pop() {
	s.ends = s.ends[:len(s.ends)-1]
	n := 0
	if len(s.ends) > 0 {
		n = s.ends[len(s.ends)-1]
	}
	s.open = s.open[:n]
}

// need makes sure that n bytes of the current token are in the window.
func (s *Scanner) need(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
	return nil
}

// cut turns the end of the input inside a token into an error that says so.
func (s *Scanner) cut(err error) error {
	if err != io.EOF {
		return err
	}
	name := ""
	if len(s.ends) > 0 {
		name = string(s.openName())
	}
	return s.fail(KindTruncated, s.end, name)
}

// indexFrom finds a byte at or behind pos+from and returns its distance from pos;
// at the end of the input the error is io.EOF.
func (s *Scanner) indexFrom(from int, c byte) (int, error) {
	for {
		if i := bytes.IndexByte(s.buf[s.pos+from:s.end], c); i >= 0 {
			return from + i, nil
		}
		from = s.end - s.pos
		if from > s.limits.Token {
			return 0, s.failLimit(KindToken, s.limits.Token)
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// fill brings at least one more byte into the window.
func (s *Scanner) fill() error {
	if s.buf == nil {
		s.buf = make([]byte, firstWindow)
	}
	if s.pos > 0 && (s.pos == s.end || len(s.buf)-s.end < len(s.buf)/4) {
		s.posAt(s.pos)
		kept := s.end + s.in.tail - s.pos
		copy(s.buf, s.buf[s.pos:s.end+s.in.tail])
		s.track -= s.pos
		s.start -= s.pos
		s.pos, s.end = 0, kept-s.in.tail
	}
	if len(s.buf)-s.end < 16+s.in.tail {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.in.read(s.buf[s.end:])
	s.end += n
	if n > 0 {
		return nil
	}
	if e, ok := err.(*Error); ok {
		e.Pos = s.posAt(s.end)
	}
	return err
}

// OpenName returns the local name of the open element at a depth from 0, the root.
func (s *Scanner) OpenName(depth int) string {
	from := 0
	if depth > 0 {
		from = s.ends[depth-1]
	}
	_, name, _ := splitName(s.open[from:s.ends[depth]])
	return string(name)
}
