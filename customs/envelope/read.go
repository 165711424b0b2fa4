package envelope

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Reader reads headers. The zero value is ready.
type Reader struct {
	// Charset converts a document that is not UTF-8, as
	// golang.org/x/net/html/charset.NewReaderLabel does. It defaults to refusing.
	Charset func(label string, in io.Reader) (io.Reader, error)
}

// Read reads the header of an envelope with the zero Reader.
func Read(in io.Reader) (*Header, error) { return (&Reader{}).Read(in) }

// Read reads up to the start of the body and no further than that needs (XML is
// read through a buffer, so some bytes of the body may be consumed). A time
// without a zone is GMT. Only EnvelopeID and MessageType must be there: what
// arrives is more varied than what may be sent (Header.Check). Errors are *Error.
func (r *Reader) Read(in io.Reader) (*Header, error) {
	dec := xml.NewDecoder(&limited{in: in, left: MaxHeader})
	p := parser{dec: dec, h: &Header{}, seen: map[string]bool{}}
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if r.Charset == nil {
			return nil, newError(CodeCharset, "", fault.Arg{Name: "charset", Value: label})
		}
		return r.Charset(label, in)
	}
	if err := p.envelope(); err != nil {
		return nil, err
	}
	if p.h.EnvelopeID == "" {
		return nil, newError(CodeMissing, "RoutingInf/EnvelopeID")
	}
	if p.h.MessageType == "" {
		return nil, newError(CodeMissing, "EDHeader/MessageType")
	}
	return p.h, nil
}

// limited ends with errLimit, not with EOF, when the header is too long.
type limited struct {
	in   io.Reader
	left int
}

var errLimit = errors.New("header limit reached")

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLimit
	}
	n, err := l.in.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}

type parser struct {
	dec   *xml.Decoder
	h     *Header
	seen  map[string]bool
	depth int
}

// token returns the next start or end element or text; errors are translated.
func (p *parser) token() (xml.Token, error) {
	for {
		tok, err := p.dec.Token()
		if err != nil {
			return nil, translate(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if p.depth++; p.depth > maxDepth {
				return nil, tooLong(tok.Name.Local, maxDepth)
			}
			return tok, nil
		case xml.EndElement:
			p.depth--
			return tok, nil
		case xml.CharData:
			return tok, nil
		case xml.Directive:
			return nil, newError(CodeNotEnvelope, "", fault.Reason("it declares a document type", "в нём объявлен тип документа (DOCTYPE)"))
		}
	}
}

func translate(err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	if errors.Is(err, errLimit) {
		return tooLong("Header", MaxHeader)
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return newError(CodeUnreadable, "line "+strconv.Itoa(syntax.Line), fault.Arg{Name: "reason", Value: fault.Text{EN: syntax.Msg, RU: "нарушена разметка"}})
	}
	e := newError(CodeUnreadable, "", fault.Reason("it ends too early or reading failed", "он обрывается или не прочитан"))
	if !errors.Is(err, io.EOF) {
		e.fault.Cause = err
	}
	return e
}

func (p *parser) envelope() error {
	root, err := p.child()
	if err != nil {
		return err
	}
	if root == nil || root.Name != (xml.Name{Space: SOAP, Local: "Envelope"}) {
		return newError(CodeNotEnvelope, "", fault.Reason("its root is not Envelope of %s", "его корень — не Envelope из %s", SOAP))
	}
	return p.children(func(el xml.StartElement) (bool, error) {
		switch el.Name {
		case xml.Name{Space: SOAP, Local: "Header"}:
			if err := p.once("Header"); err != nil {
				return false, err
			}
			return false, p.children(p.part)
		case xml.Name{Space: SOAP, Local: "Body"}:
			return true, nil
		}
		return false, p.skip()
	})
}

// child returns the next start element, nil at the end of the parent.
func (p *parser) child() (*xml.StartElement, error) {
	for {
		tok, err := p.token()
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return &tok, nil
		case xml.EndElement:
			return nil, nil
		}
	}
}

// children calls each for every child, which must read it to its end; each
// returns true to stop.
func (p *parser) children(each func(xml.StartElement) (bool, error)) error {
	for {
		el, err := p.child()
		if err != nil || el == nil {
			return err
		}
		if stop, err := each(*el); stop || err != nil {
			return err
		}
	}
}

func (p *parser) skip() error {
	return p.children(func(xml.StartElement) (bool, error) { return false, p.skip() })
}

func (p *parser) once(path string) error {
	if p.seen[path] {
		return newError(CodeTwice, path)
	}
	p.seen[path] = true
	return nil
}

// part reads one block of the header.
func (p *parser) part(el xml.StartElement) (bool, error) {
	fields := map[xml.Name]map[string]func(string) error{
		{Space: RoutingInf, Local: "RoutingInf"}:      p.routing(),
		{Space: Application, Local: "ApplicationInf"}: p.application(),
		{Space: EDHeader, Local: "EDHeader"}:          p.header(),
	}[el.Name]
	if fields == nil {
		return false, p.skip()
	}
	if err := p.once(el.Name.Local); err != nil {
		return false, err
	}
	return false, p.block(el.Name.Space, el.Name.Local, fields)
}

func (p *parser) block(space, path string, fields map[string]func(string) error) error {
	return p.children(func(el xml.StartElement) (bool, error) {
		inner := path + "/" + el.Name.Local
		set := fields[el.Name.Local]
		switch {
		case el.Name.Space != space:
			return false, p.skip()
		case inner == "RoutingInf/ConfirmationRequest":
			return false, p.block(space, inner, map[string]func(string) error{"COD": func(string) error { p.h.ConfirmDelivery = true; return nil }})
		case inner == "EDHeader/SenderCustoms":
			return false, p.office(space, inner, &p.h.SenderCustoms)
		case inner == "EDHeader/ReceiverCustoms":
			return false, p.office(space, inner, &p.h.ReceiverCustoms)
		case set == nil:
			return false, p.skip()
		}
		if inner != "RoutingInf/ReceiverInformation" {
			if err := p.once(inner); err != nil {
				return false, err
			}
		}
		text, err := p.text(inner)
		if err != nil {
			return false, err
		}
		return false, set(text)
	})
}

// text reads the text of an element without children, outer blanks dropped.
func (p *parser) text(path string) (string, error) {
	var b strings.Builder
	for {
		tok, err := p.token()
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			return "", wrong(path, anyText)
		case xml.EndElement:
			return strings.TrimSpace(b.String()), nil
		case xml.CharData:
			if b.Len()+len(tok) > MaxHeader {
				return "", tooLong(path, MaxHeader)
			}
			b.Write(tok)
		}
	}
}

func into(path string, field *string, limit int) func(string) error {
	return func(text string) error {
		if utf8.RuneCountInString(text) > limit {
			return tooLong(path, limit)
		}
		*field = text
		return nil
	}
}

func (p *parser) routing() map[string]func(string) error {
	h := p.h
	return map[string]func(string) error{
		"EnvelopeID":        into("RoutingInf/EnvelopeID", &h.EnvelopeID, MaxText),
		"InitialEnvelopeID": into("RoutingInf/InitialEnvelopeID", &h.InitialEnvelopeID, MaxText),
		"SenderInformation": into("RoutingInf/SenderInformation", &h.Sender, MaxText),
		"ReceiverInformation": func(text string) error {
			if len(h.Receivers) == MaxReceivers {
				return tooLong("RoutingInf/ReceiverInformation", MaxReceivers)
			}
			h.Receivers = append(h.Receivers, "")
			return into("RoutingInf/ReceiverInformation", &h.Receivers[len(h.Receivers)-1], MaxText)(text)
		},
		"PreparationDateTime": func(text string) (err error) {
			h.Prepared, err = parseTime(text)
			return err
		},
		"Priority": func(text string) error {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > 9 {
				return wrong("RoutingInf/Priority", oneDigit)
			}
			h.Priority = &n
			return nil
		},
		"Expiration": func(text string) error {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n < 0 {
				return wrong("RoutingInf/Expiration", minutes)
			}
			h.Expiration = int(n)
			return nil
		},
	}
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, wrong("RoutingInf/PreparationDateTime", dateAndTime)
}

func (p *parser) application() map[string]func(string) error {
	h := p.h
	return map[string]func(string) error{
		"SoftKind":    into("ApplicationInf/SoftKind", &h.SoftKind, MaxText),
		"SoftVersion": into("ApplicationInf/SoftVersion", &h.SoftVersion, MaxText),
		"MessageKind": into("ApplicationInf/MessageKind", &h.MessageKind, MaxText),
	}
}

func (p *parser) header() map[string]func(string) error {
	h := p.h
	return map[string]func(string) error{
		"MessageType":   into("EDHeader/MessageType", &h.MessageType, MaxMessageType),
		"ProccessID":    into("EDHeader/ProccessID", &h.ProcessID, MaxProcessID),
		"ParticipantID": into("EDHeader/ParticipantID", &h.ParticipantID, MaxParticipantID),
	}
}

func (p *parser) office(space, path string, to **Office) error {
	if err := p.once(path); err != nil {
		return err
	}
	o := &Office{}
	*to = o
	return p.block(space, path, map[string]func(string) error{
		"CustomsCode": into(path+"/CustomsCode", &o.CustomsCode, MaxText),
		"ExchType":    into(path+"/ExchType", &o.ExchType, MaxText),
	})
}
