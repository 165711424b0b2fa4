package shtrihm

// TokenKind says what a scanner found.
type TokenKind int

// The kinds. Zero means that nothing was found yet.
const (
	TokenControl TokenKind = iota + 1 // ENQ, ACK or NAK, in Item.Control
	TokenFrame                        // a frame whose checksum holds
	TokenDamaged                      // a frame whose checksum or stuffing does not hold
	TokenNoise                        // one byte that begins nothing, in Item.Control; FFh is one
)

// Token is one thing in the byte stream of the standard level. Body and Raw live
// until the scanner's next call.
type Token struct {
	Kind    TokenKind // what it is
	Control byte      // the byte of TokenControl and TokenNoise
	Body    []byte    // command and data of TokenFrame
	Raw     []byte    // the bytes, of every kind
}

// buffer keeps the bytes that were not yet taken out.
type buffer struct {
	buf  []byte
	r, w int // the unread bytes are buf[r:w]
}

const firstBuffer = 512 // bytes; longer frames grow it

// Space is free room to read into, at least one byte; say Added afterwards.
func (b *buffer) Space() []byte {
	if b.r == b.w {
		b.r, b.w = 0, 0
	}
	if b.w == len(b.buf) {
		if b.r > 0 {
			b.w = copy(b.buf, b.buf[b.r:b.w])
			b.r = 0
		} else {
			grown := make([]byte, max(firstBuffer, 2*len(b.buf)))
			copy(grown, b.buf[:b.w])
			b.buf = grown
		}
	}
	return b.buf[b.w:]
}

// Added says that n bytes were put into what Space returned.
func (b *buffer) Added(n int) { b.w += n }

// Add copies bytes in.
func (b *buffer) Add(p []byte) {
	for len(p) > 0 {
		n := copy(b.Space(), p)
		b.Added(n)
		p = p[n:]
	}
}

// Pending is the number of bytes that wait for the rest of their frame. It is
// meant for the moment after Next said false.
func (b *buffer) Pending() int { return b.w - b.r }

func (b *buffer) take(n int) []byte {
	raw := b.buf[b.r : b.r+n : b.r+n]
	b.r += n
	return raw
}

// Scanner cuts a stream of the standard level into frames and control bytes. It
// does no I/O: put bytes in with Add, or read them straight into Space and say
// Added; take items out with Next. The zero Scanner is ready.
type Scanner struct{ buffer }

// Reset drops what is unread and says how many bytes that were.
func (s *Scanner) Reset() int {
	n := s.Pending()
	s.r, s.w = 0, 0
	return n
}

// Next returns the next item; false means that more bytes are needed. A single
// 02h waits for its frame: how long, is the caller's inter-byte limit, after
// which Reset drops it.
func (s *Scanner) Next() (Token, bool) {
	b := s.buf[s.r:s.w]
	if len(b) == 0 {
		return Token{}, false
	}
	switch b[0] {
	case ENQ, ACK, NAK:
		return Token{Kind: TokenControl, Control: b[0], Raw: s.take(1)}, true
	}
	size, err := FrameSize(b)
	if err != nil {
		return Token{Kind: TokenNoise, Control: b[0], Raw: s.take(1)}, true
	}
	if size == 0 || len(b) < size {
		return Token{}, false
	}
	raw := s.take(size)
	body, err := ParseFrame(raw)
	if err != nil {
		return Token{Kind: TokenDamaged, Raw: raw}, true
	}
	return Token{Kind: TokenFrame, Body: body, Raw: raw}, true
}

// NumberedToken is one thing in the byte stream of the alternative level. The
// frame's body and Raw live until the scanner's next call.
type NumberedToken struct {
	Kind  TokenKind // TokenFrame, TokenDamaged or TokenNoise
	Frame Numbered  // of TokenFrame
	Raw   []byte    // the bytes as they stood on the line, of every kind
}

// NumberedScanner cuts a stream of the alternative level into frames, as
// [Scanner] does for the standard level. A byte 8Fh begins a frame wherever it
// stands: what came before it is damaged.
type NumberedScanner struct {
	// Max is the greatest LEN that is waited for; a frame with a greater one is
	// damaged, so that a damaged length holds no memory. 0 means 65 535.
	Max int

	buffer
	plain []byte // the frame under way without stuffing
	seen  int    // how many unread bytes were looked at
}

// Reset drops what is unread and says how many bytes that were.
func (s *NumberedScanner) Reset() int {
	n := s.Pending()
	s.r, s.w, s.seen, s.plain = 0, 0, 0, s.plain[:0]
	return n
}

// Next returns the next item; false means that more bytes are needed.
func (s *NumberedScanner) Next() (NumberedToken, bool) {
	b := s.buf[s.r:s.w]
	if len(b) == 0 {
		return NumberedToken{}, false
	}
	if s.seen == 0 {
		if b[0] != StartNumbered {
			return NumberedToken{Kind: TokenNoise, Raw: s.take(1)}, true
		}
		s.seen, s.plain = 1, s.plain[:0]
	}
	for s.seen < len(b) {
		c, size := b[s.seen], 1
		switch c {
		case StartNumbered:
			return s.damaged(s.seen)
		case escape:
			if s.seen+1 == len(b) {
				return NumberedToken{}, false
			}
			next := b[s.seen+1]
			plain, ok := unescaped(next)
			if !ok {
				if next == StartNumbered {
					return s.damaged(s.seen + 1)
				}
				return s.damaged(s.seen + 2)
			}
			c, size = plain, 2
		}
		s.plain = append(s.plain, c)
		s.seen += size
		if len(s.plain) < 2 {
			continue
		}
		n := int(s.plain[0]) | int(s.plain[1])<<8
		if n == 1 || s.Max > 0 && n > s.Max {
			return s.damaged(s.seen)
		}
		if len(s.plain) == 2+n+2 {
			size := s.seen
			s.seen = 0
			raw := s.take(size)
			f, err := parsePlain(s.plain, size)
			if err != nil {
				return NumberedToken{Kind: TokenDamaged, Raw: raw}, true
			}
			return NumberedToken{Kind: TokenFrame, Frame: f, Raw: raw}, true
		}
	}
	return NumberedToken{}, false
}

func (s *NumberedScanner) damaged(n int) (NumberedToken, bool) {
	s.seen = 0
	return NumberedToken{Kind: TokenDamaged, Raw: s.take(n)}, true
}
