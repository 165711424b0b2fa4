package envelope

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Namespaces of the envelope.
const (
	SOAP        = "http://www.w3.org/2001/06/soap-envelope"
	RoutingInf  = "urn:customs.ru:Envelope:RoutingInf:1.0"
	Application = "urn:customs.ru:Envelope:ApplicationInf:1.0"
	EDHeader    = "urn:customs.ru:Envelope:EDHeader:2.0"
	Attachments = "urn:customs.ru:Envelope:Attachments:1.0"
)

// Limits of the parts, in characters if not said otherwise. Those of MessageType,
// ProcessID and ParticipantID are the schema's, the others are generous.
const (
	MaxHeader        = 64 << 10 // bytes up to the body
	MaxMessageType   = 10
	MaxProcessID     = 36
	MaxParticipantID = 255
	MaxText          = 1024 // any other element
	MaxReceivers     = 32   // elements
	maxDepth         = 16   // elements within each other
)

// DefaultPriority holds where a header names none.
const DefaultPriority = 4

// Header is the header of an envelope. Empty optional members are not written.
type Header struct {
	// EnvelopeID is this envelope's own GUID; InitialEnvelopeID, in a reply, that
	// of the envelope it answers.
	EnvelopeID, InitialEnvelopeID string
	// Sender is the address of the sender, Receivers are those of the receivers,
	// at least one: "smtp://eps.customs.ru/gateway".
	Sender    string
	Receivers []string
	// Prepared is when the envelope was made. It is written in GMT, in whole seconds.
	Prepared time.Time
	// Priority is 0 to 9, nil for the default (DefaultPriority).
	Priority *int
	// Expiration is the time to live in minutes, 0 for none.
	Expiration int
	// ConfirmDelivery asks for a confirmation of delivery (ConfirmationRequest/COD).
	ConfirmDelivery bool

	// SoftKind is optional; SoftVersion is "format/spec" (see SoftVersion).
	SoftKind, SoftVersion string
	// MessageKind is optional; remote release writes MessageKind here.
	MessageKind string

	// MessageType is the code of the message, "ED.11001" (see customs.KindTable).
	MessageType string
	// ProcessID is the procedure's GUID, ProccessID in the envelope.
	ProcessID string
	// ParticipantID is the sender's identifier in the exchange.
	ParticipantID string
	// SenderCustoms and ReceiverCustoms are the customs offices, nil for none.
	SenderCustoms, ReceiverCustoms *Office
}

// Office is a customs office and the kind of its exchange.
type Office struct {
	// CustomsCode is eight digits.
	CustomsCode string
	// ExchType is one to eight digits, "19200".
	ExchType string
}

// ApplyDecision writes what a decision says into the header: the versions, the
// border office for remote release, and the main post with the exchange type.
func (h *Header) ApplyDecision(d *customs.Decision, exchType string) {
	h.SoftVersion = SoftVersion(d.Versions)
	h.MessageKind = MessageKind(d.Posts)
	h.ReceiverCustoms = &Office{d.Main, exchType}
}

// SoftVersion returns "format/spec", the form in which the gateway checks the
// versions of a message.
func SoftVersion(v customs.Versions) string { return v.Format + "/" + v.Spec }

// ParseSoftVersion is the reverse of SoftVersion; ok is false unless both parts
// are there.
func ParseSoftVersion(s string) (v customs.Versions, ok bool) {
	v.Format, v.Spec, ok = strings.Cut(strings.TrimSpace(s), "/")
	if !ok || v.Format == "" || v.Spec == "" || strings.Contains(v.Spec, "/") {
		return customs.Versions{}, false
	}
	return v, true
}

// remotePrefix marks remote release; it must be absent otherwise.
const remotePrefix = "UD:"

// MessageKind returns the value for remote release, "UD:" and the border post,
// or "" without one. The gateway keeps the border post of the opening and wants
// it again in every later message of the procedure.
func MessageKind(p customs.Posts) string {
	if p.Border == "" {
		return ""
	}
	return remotePrefix + p.Border
}

// BorderOf is the reverse of MessageKind: the border post of a remote release,
// ok false if the value is none.
func BorderOf(messageKind string) (border string, ok bool) {
	border, ok = strings.CutPrefix(messageKind, remotePrefix)
	if !ok || !customs.ValidPostCode(border) {
		return "", false
	}
	return border, true
}

// Check says whether the header may be sent: what is required is there and every
// value has its form. The error is an *Error with the element as Path.
func (h *Header) Check() error {
	for _, f := range []struct {
		path, value string
		max         int
		required    bool
	}{
		{"RoutingInf/EnvelopeID", h.EnvelopeID, MaxText, true},
		{"RoutingInf/InitialEnvelopeID", h.InitialEnvelopeID, MaxText, false},
		{"RoutingInf/SenderInformation", h.Sender, MaxText, true},
		{"ApplicationInf/SoftKind", h.SoftKind, MaxText, false},
		{"ApplicationInf/SoftVersion", h.SoftVersion, MaxText, true},
		{"ApplicationInf/MessageKind", h.MessageKind, MaxText, false},
		{"EDHeader/MessageType", h.MessageType, MaxMessageType, true},
		{"EDHeader/ProccessID", h.ProcessID, MaxProcessID, true},
		{"EDHeader/ParticipantID", h.ParticipantID, MaxParticipantID, true},
	} {
		if err := checkText(f.path, f.value, f.max, f.required); err != nil {
			return err
		}
	}
	if err := h.checkRouting(); err != nil {
		return err
	}
	if strings.HasPrefix(h.MessageKind, remotePrefix) {
		if _, ok := BorderOf(h.MessageKind); !ok {
			return wrong("ApplicationInf/MessageKind", udDigits)
		}
	}
	for _, o := range []struct {
		name   string
		office *Office
	}{{"SenderCustoms", h.SenderCustoms}, {"ReceiverCustoms", h.ReceiverCustoms}} {
		if o.office == nil {
			continue
		}
		if !customs.ValidPostCode(o.office.CustomsCode) {
			return wrong("EDHeader/"+o.name+"/CustomsCode", eightDigits)
		}
		if !exchType(o.office.ExchType) {
			return wrong("EDHeader/"+o.name+"/ExchType", upToEightDigits)
		}
	}
	return nil
}

func (h *Header) checkRouting() error {
	if len(h.Receivers) == 0 {
		return newError(CodeMissing, "RoutingInf/ReceiverInformation")
	}
	if len(h.Receivers) > MaxReceivers {
		return tooLong("RoutingInf/ReceiverInformation", MaxReceivers)
	}
	for i, r := range h.Receivers {
		if err := checkText(fmt.Sprintf("RoutingInf/ReceiverInformation[%d]", i+1), r, MaxText, true); err != nil {
			return err
		}
	}
	if h.Prepared.IsZero() {
		return newError(CodeMissing, "RoutingInf/PreparationDateTime")
	}
	if y := h.Prepared.UTC().Year(); y < 1 || y > 9999 {
		return wrong("RoutingInf/PreparationDateTime", dateAndTime)
	}
	if h.Priority != nil && (*h.Priority < 0 || *h.Priority > 9) {
		return wrong("RoutingInf/Priority", oneDigit)
	}
	if h.Expiration < 0 {
		return wrong("RoutingInf/Expiration", minutes)
	}
	return nil
}

func exchType(s string) bool {
	return len(s) >= 1 && len(s) <= 8 && strings.Trim(s, "0123456789") == ""
}

func checkText(path, value string, limit int, required bool) error {
	switch {
	case required && strings.TrimSpace(value) == "":
		return newError(CodeMissing, path)
	case utf8.RuneCountInString(value) > limit:
		return tooLong(path, limit)
	case value != strings.TrimSpace(value) || !printable(value):
		return wrong(path, plainText)
	}
	return nil
}

// printable holds for text that XML can carry and that a reader gets back as it was.
func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return false
		}
	}
	return true
}

// What a value of the envelope must be.
var (
	udDigits        = fault.Text{EN: "UD: and eight digits", RU: "UD: и восемь цифр"}
	eightDigits     = fault.Text{EN: "eight digits", RU: "восемь цифр"}
	upToEightDigits = fault.Text{EN: "one to eight digits", RU: "от одной до восьми цифр"}
	dateAndTime     = fault.Text{EN: "a date and time", RU: "дата и время"}
	oneDigit        = fault.Text{EN: "0 to 9", RU: "от 0 до 9"}
	minutes         = fault.Text{EN: "a number of minutes", RU: "число минут"}
	plainText       = fault.Text{EN: "text without outer blanks and control characters", RU: "текст без пробелов по краям и управляющих символов"}
	anyText         = fault.Text{EN: "text", RU: "текст"}
)

func wrong(path string, want fault.Text) *Error {
	return newError(CodeField, path, fault.Arg{Name: "want", Value: want})
}

func tooLong(path string, limit int) *Error {
	return newError(CodeLimit, path, fault.Arg{Name: "limit", Value: limit})
}
