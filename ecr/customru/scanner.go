package customru

// TokenKind says what a [Scanner] found.
type TokenKind int

// The kinds. Zero means that nothing was found yet.
const (
	TokenControl TokenKind = iota + 1 // ACK or NAK, in Token.Control
	TokenFrame                        // a frame whose checksum holds
	TokenDamaged                      // a whole frame whose checksum does not hold
	TokenNoise                        // one byte that begins nothing, in Token.Control
)

// Token is one thing in the byte stream. Frame.Data and Raw live until the
// Scanner's next call.
type Token struct {
	Kind    TokenKind // what it is
	Control byte      // the byte of TokenControl and TokenNoise
	Frame   Frame     // the frame of TokenFrame
	Raw     []byte    // the bytes, of every kind
}

// Scanner cuts a stream of bytes into frames and control bytes. It does no I/O:
// put bytes in with Add, or read them straight into Space and say Added; take
// items out with Next. The zero Scanner is ready; it allocates its buffer at the
// first use and again only for a frame longer than any before.
type Scanner struct {
	// Max is the longest frame that is accepted; a longer LEN is noise, so that a
	// damaged length holds no memory and no line. 0 means [MaxFrame].
	Max int

	buf  []byte
	r, w int // the unread bytes are buf[r:w]
}

const firstBuffer = 512 // bytes; a longer frame grows the buffer

// Space is free room to read into, at least one byte; say Added afterwards.
func (s *Scanner) Space() []byte {
	if s.r == s.w {
		s.r, s.w = 0, 0
	}
	if s.w == len(s.buf) {
		if s.r > 0 {
			s.w = copy(s.buf, s.buf[s.r:s.w])
			s.r = 0
		} else {
			grown := make([]byte, max(firstBuffer, 2*len(s.buf)))
			copy(grown, s.buf[:s.w])
			s.buf = grown
		}
	}
	return s.buf[s.w:]
}

// Added says that n bytes were put into what Space returned.
func (s *Scanner) Added(n int) { s.w += n }

// Add copies bytes in.
func (s *Scanner) Add(b []byte) {
	for len(b) > 0 {
		n := copy(s.Space(), b)
		s.Added(n)
		b = b[n:]
	}
}

// Pending is the number of bytes that wait for the rest of their frame. It is
// meant for the moment after Next said false.
func (s *Scanner) Pending() int { return s.w - s.r }

// Reset drops what is unread and says how many bytes that were.
func (s *Scanner) Reset() int {
	n := s.Pending()
	s.r, s.w = 0, 0
	return n
}

// Next returns the next item; false means that more bytes are needed.
func (s *Scanner) Next() (Token, bool) {
	b := s.buf[s.r:s.w]
	if len(b) == 0 {
		return Token{}, false
	}
	if b[0] == ACK || b[0] == NAK {
		return s.single(TokenControl), true
	}
	size, err := FrameSize(b)
	limit := s.Max
	if limit == 0 {
		limit = MaxFrame
	}
	if err != nil || size > limit {
		return s.single(TokenNoise), true
	}
	if size == 0 || len(b) < size {
		return Token{}, false
	}
	raw := b[:size:size]
	s.r += size
	f, err := ParseFrame(raw)
	if err != nil {
		return Token{Kind: TokenDamaged, Raw: raw}, true
	}
	return Token{Kind: TokenFrame, Frame: f, Raw: raw}, true
}

func (s *Scanner) single(kind TokenKind) Token {
	raw := s.buf[s.r : s.r+1 : s.r+1]
	s.r++
	return Token{Kind: kind, Control: raw[0], Raw: raw}
}
