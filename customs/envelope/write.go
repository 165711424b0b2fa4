package envelope

import (
	"strconv"
	"time"
)

// Append appends a whole envelope to dst: the declaration, the header, and the
// body's bytes as they are (one or more elements without an XML declaration; a
// signature inside stays valid). Nothing is appended if the header fails Check.
func Append(dst []byte, h *Header, body []byte) ([]byte, error) {
	dst, err := AppendStart(dst, h)
	if err != nil {
		return dst, err
	}
	return AppendEnd(append(dst, body...)), nil
}

// AppendStart appends all up to the body, for a body that is streamed.
func AppendStart(dst []byte, h *Header) ([]byte, error) {
	if err := h.Check(); err != nil {
		return dst, err
	}
	w := writer{dst}
	w.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<soap:Envelope xmlns:soap="` + SOAP + `"><soap:Header>`)
	w.routing(h)
	w.raw(`<app:ApplicationInf xmlns:app="` + Application + `">`)
	w.optional("app:SoftKind", h.SoftKind)
	w.element("app:SoftVersion", h.SoftVersion)
	w.optional("app:MessageKind", h.MessageKind)
	w.raw(`</app:ApplicationInf><edh:EDHeader xmlns:edh="` + EDHeader + `">`)
	w.element("edh:MessageType", h.MessageType)
	w.element("edh:ProccessID", h.ProcessID)
	w.element("edh:ParticipantID", h.ParticipantID)
	w.office("edh:SenderCustoms", h.SenderCustoms)
	w.office("edh:ReceiverCustoms", h.ReceiverCustoms)
	w.raw(`</edh:EDHeader></soap:Header><soap:Body>`)
	return w.dst, nil
}

// AppendEnd appends what closes the body and the envelope.
func AppendEnd(dst []byte) []byte { return append(dst, "</soap:Body></soap:Envelope>\n"...) }

type writer struct{ dst []byte }

func (w *writer) routing(h *Header) {
	w.raw(`<roi:RoutingInf xmlns:roi="` + RoutingInf + `">`)
	w.element("roi:EnvelopeID", h.EnvelopeID)
	w.optional("roi:InitialEnvelopeID", h.InitialEnvelopeID)
	w.element("roi:SenderInformation", h.Sender)
	for _, r := range h.Receivers {
		w.element("roi:ReceiverInformation", r)
	}
	w.element("roi:PreparationDateTime", h.Prepared.UTC().Format(time.RFC3339))
	if h.Priority != nil {
		w.element("roi:Priority", strconv.Itoa(*h.Priority))
	}
	if h.Expiration > 0 {
		w.element("roi:Expiration", strconv.Itoa(h.Expiration))
	}
	if h.ConfirmDelivery {
		w.raw(`<roi:ConfirmationRequest><roi:COD/></roi:ConfirmationRequest>`)
	}
	w.raw(`</roi:RoutingInf>`)
}

func (w *writer) raw(s string) { w.dst = append(w.dst, s...) }

func (w *writer) element(name, text string) {
	w.raw("<" + name + ">")
	w.escape(text)
	w.raw("</" + name + ">")
}

func (w *writer) optional(name, text string) {
	if text != "" {
		w.element(name, text)
	}
}

func (w *writer) office(name string, o *Office) {
	if o == nil {
		return
	}
	w.raw("<" + name + ">")
	w.element("edh:CustomsCode", o.CustomsCode)
	w.element("edh:ExchType", o.ExchType)
	w.raw("</" + name + ">")
}

func (w *writer) escape(text string) {
	for i := range len(text) {
		switch c := text[i]; c {
		case '<':
			w.raw("&lt;")
		case '>':
			w.raw("&gt;")
		case '&':
			w.raw("&amp;")
		default:
			w.dst = append(w.dst, c)
		}
	}
}
