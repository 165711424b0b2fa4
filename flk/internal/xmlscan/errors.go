package xmlscan

import "fmt"

// ErrorKind says what is wrong with a document.
type ErrorKind uint8

// The kinds of errors.
const (
	KindSyntax    ErrorKind = iota + 1 // Detail says what
	KindTruncated                      // the input ends early; Detail is the open element
	KindEmpty                          // no element at all
	KindDoctype                        // a DOCTYPE or another declaration
	KindEntity                         // Detail is the unknown entity
	KindDepth                          // Limit open elements exceeded
	KindToken                          // a tag or text over Limit bytes
	KindAttrs                          // more than Limit attributes
	KindEncoding                       // Detail is an encoding that is not supported
	KindBytes                          // bytes that the encoding does not have; Detail is its name
	KindCharacter                      // a character that XML 1.0 forbids; Detail is its code point
	KindRead                           // the reader failed: Cause
)

// Error is what Next returns for a document it cannot read.
type Error struct {
	// Kind says what is wrong, Pos where; the kinds say what the rest means.
	Kind   ErrorKind
	Pos    Pos
	Detail string
	// DetailRU is Detail in Russian for KindSyntax, where it is prose.
	DetailRU string
	Limit    int
	Cause    error
}

// Error is for tests: users see the error that it is translated into.
func (e *Error) Error() string {
	return fmt.Sprintf("xml: line %d, column %d: kind %d %s", e.Pos.Line, e.Pos.Col, e.Kind, e.Detail)
}

// Unwrap returns the reader's own error.
func (e *Error) Unwrap() error { return e.Cause }

// fail makes an error at buf[at].
func (s *Scanner) fail(kind ErrorKind, at int, detail string) error {
	return &Error{Kind: kind, Pos: s.posAt(at), Detail: detail}
}

func (s *Scanner) syntax(at int, detail, ru string) error {
	return &Error{Kind: KindSyntax, Pos: s.posAt(at), Detail: detail, DetailRU: ru}
}

func (s *Scanner) failLimit(kind ErrorKind, limit int) error {
	return &Error{Kind: kind, Pos: s.posAt(s.start), Limit: limit}
}
