package envelope_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/envelope"
)

// prose is English in a Russian text.
var prose = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

func header() *envelope.Header {
	return &envelope.Header{
		EnvelopeID: "11111111-2222-3333-4444-555555555555", InitialEnvelopeID: "a<b>&c",
		Sender: "smtp://client", Receivers: []string{"smtp://eps.customs.ru/gateway", "smtp://copy"},
		Prepared: time.Date(2026, 3, 1, 10, 20, 30, 0, time.FixedZone("MSK", 3*3600)), Priority: new(0), Expiration: 60, ConfirmDelivery: true,
		SoftKind: "Клиент", SoftVersion: "5.1.0/3.3.0", MessageKind: "UD:10000060",
		MessageType: "ED.11001", ProcessID: "6f8c1e52-90b0-4c55-9f5e-2f1a7d3c0b11", ParticipantID: "P-1",
		SenderCustoms: &envelope.Office{CustomsCode: "10000010", ExchType: "19200"}, ReceiverCustoms: &envelope.Office{CustomsCode: "77745678", ExchType: "1"},
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*envelope.Error](err); ok {
		return e.Code()
	}
	return fmt.Sprint(err)
}

func TestRoundTrip(t *testing.T) {
	h := header()
	text, err := envelope.Append([]byte("x"), h, []byte("<Doc/>"))
	if err != nil || text[0] != 'x' || !strings.Contains(string(text), "<soap:Body><Doc/></soap:Body>") {
		t.Fatal(err, string(text))
	}
	h.Prepared = h.Prepared.UTC()
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"whole": func(r io.Reader) io.Reader { return r }, "one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and error": iotest.DataErrReader,
	} {
		got, err := envelope.Read(wrap(strings.NewReader(string(text[1:]))))
		if err != nil || !reflect.DeepEqual(got, h) {
			t.Errorf("%s: %v\n%+v\n%+v", name, err, got, h)
		}
	}
	if _, err := envelope.Read(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(string(text[1:]))))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("a reader that fails: %v", err)
	}
}

// TestReadStreams: the body may be endless and broken; the header alone counts.
func TestReadStreams(t *testing.T) {
	start, err := envelope.AppendStart(nil, header())
	if err != nil {
		t.Fatal(err)
	}
	endless := iotest.ErrReader(errors.New("read beyond the header"))
	if _, err := envelope.Read(io.MultiReader(strings.NewReader(string(start)), endless)); err != nil {
		t.Error(err)
	}
}

func TestReadVariants(t *testing.T) {
	const open = `<E:Envelope xmlns:E="` + envelope.SOAP + `"><E:Header>`
	const routing = `<RoutingInf xmlns="` + envelope.RoutingInf + `"><EnvelopeID> e1 </EnvelopeID>%s</RoutingInf>`
	const ed = `<EDHeader xmlns="` + envelope.EDHeader + `"><MessageType>CMN.00102</MessageType>%s</EDHeader>`
	doc := func(a, b string) string {
		return open + fmt.Sprintf(routing, a) + fmt.Sprintf(ed, b) + `</E:Header><E:Body/></E:Envelope>`
	}
	for _, c := range []struct{ name, text, code string }{
		{"other prefixes, unknown elements", doc(`<New><Deep/></New><x:EnvelopeID xmlns:x="other">no</x:EnvelopeID>`, `<Attachments/>`), ""},
		{"time without a zone", doc(`<PreparationDateTime>2026-03-01T10:20:30.5</PreparationDateTime>`, ``), ""},
		{"bad time", doc(`<PreparationDateTime>today</PreparationDateTime>`, ``), envelope.CodeField},
		{"bad priority", doc(`<Priority>10</Priority>`, ``), envelope.CodeField},
		{"bad expiration", doc(`<Expiration>99999999999</Expiration>`, ``), envelope.CodeField},
		{"an element twice", doc(`<Priority>1</Priority><Priority>1</Priority>`, ``), envelope.CodeTwice},
		{"an office twice", doc(``, `<SenderCustoms/><SenderCustoms/>`), envelope.CodeTwice},
		{"a type too long", doc(``, `<ProccessID>`+strings.Repeat("x", 37)+`</ProccessID>`), envelope.CodeLimit},
		{"children in a text", doc(``, `<ProccessID><x/></ProccessID>`), envelope.CodeField},
		{"too many receivers", doc(strings.Repeat(`<ReceiverInformation>r</ReceiverInformation>`, 33), ``), envelope.CodeLimit},
		{"too deep", doc(strings.Repeat("<d>", 20)+strings.Repeat("</d>", 20), ``), envelope.CodeLimit},
		{"too long", doc(strings.Repeat("<d/>", 20000), ``), envelope.CodeLimit},
		{"no EDHeader", open + fmt.Sprintf(routing, "") + `</E:Header></E:Envelope>`, envelope.CodeMissing},
		{"another root", `<Envelope/>`, envelope.CodeNotEnvelope},
		{"the SOAP of 2003", `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"/>`, envelope.CodeNotEnvelope},
		{"a document type", `<!DOCTYPE x [<!ENTITY a "b">]>` + doc("", ""), envelope.CodeNotEnvelope},
		{"cut off", doc("", "")[:120], envelope.CodeUnreadable},
		{"empty", "", envelope.CodeUnreadable},
		{"another charset", `<?xml version="1.0" encoding="windows-1251"?>` + doc("", ""), envelope.CodeCharset},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, err := envelope.Read(strings.NewReader(c.text))
			if c.code == "" {
				if err != nil || h.EnvelopeID != "e1" || h.MessageType != "CMN.00102" {
					t.Errorf("%+v %v", h, err)
				}
				return
			}
			if e, ok := errors.AsType[*envelope.Error](err); ok && prose.MatchString(e.Message("ru")) {
				t.Errorf("%q", e.Message("ru"))
			}
			if code(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for path, change := range map[string]func(h *envelope.Header){
		"RoutingInf/EnvelopeID":              func(h *envelope.Header) { h.EnvelopeID = " " },
		"RoutingInf/SenderInformation":       func(h *envelope.Header) { h.Sender = "a\nb" },
		"RoutingInf/ReceiverInformation":     func(h *envelope.Header) { h.Receivers = nil },
		"RoutingInf/ReceiverInformation[2]":  func(h *envelope.Header) { h.Receivers[1] = "" },
		"RoutingInf/PreparationDateTime":     func(h *envelope.Header) { h.Prepared = time.Time{} },
		"RoutingInf/Priority":                func(h *envelope.Header) { h.Priority = new(10) },
		"RoutingInf/Expiration":              func(h *envelope.Header) { h.Expiration = -1 },
		"ApplicationInf/SoftVersion":         func(h *envelope.Header) { h.SoftVersion = "" },
		"ApplicationInf/MessageKind":         func(h *envelope.Header) { h.MessageKind = "UD:1000" },
		"EDHeader/MessageType":               func(h *envelope.Header) { h.MessageType = "ED.11001.11" },
		"EDHeader/ProccessID":                func(h *envelope.Header) { h.ProcessID = strings.Repeat("я", 37) },
		"EDHeader/ParticipantID":             func(h *envelope.Header) { h.ParticipantID = "\xff" },
		"EDHeader/SenderCustoms/CustomsCode": func(h *envelope.Header) { h.SenderCustoms.CustomsCode = "10000" },
		"EDHeader/ReceiverCustoms/ExchType":  func(h *envelope.Header) { h.ReceiverCustoms.ExchType = "123456789" },
	} {
		h := header()
		change(h)
		dst, err := envelope.Append(nil, h, nil)
		e, ok := errors.AsType[*envelope.Error](err)
		if !ok || e.Path() != path || len(dst) != 0 || e.Message("ru") == "" || prose.MatchString(e.Message("ru")) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestRemoteRelease(t *testing.T) {
	if k := envelope.MessageKind(customs.Posts{Main: "10000010"}); k != "" {
		t.Errorf("not remote: %q", k)
	}
	k := envelope.MessageKind(customs.Posts{Main: "10000010", Border: "10000060"})
	if border, ok := envelope.BorderOf(k); k != "UD:10000060" || !ok || border != "10000060" {
		t.Error(k, border, ok)
	}
	for _, bad := range []string{"", "UD:", "UD:1000006", "10000060", "ud:10000060"} {
		if _, ok := envelope.BorderOf(bad); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
	if v, ok := envelope.ParseSoftVersion("5.1.0/3.3.0"); !ok || v != (customs.Versions{Format: "5.1.0", Spec: "3.3.0"}) || envelope.SoftVersion(v) != "5.1.0/3.3.0" {
		t.Error(v, ok)
	}
	for _, bad := range []string{"", "5.1.0", "/3", "5/", "1/2/3"} {
		if _, ok := envelope.ParseSoftVersion(bad); ok {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestCorrelator(t *testing.T) {
	var c envelope.Correlator
	if err := c.Add(header()); err != nil {
		t.Fatal(err)
	}
	if err := c.Add(header()); code(err) != envelope.CodeIDTaken {
		t.Error(err)
	}
	reply := &envelope.Header{InitialEnvelopeID: "{11111111-2222-3333-4444-555555555555}", ProcessID: strings.ToUpper(header().ProcessID)}
	for range 2 {
		if sent, ok, err := c.Match(reply); !ok || err != nil || sent.MessageType != "ED.11001" {
			t.Error(sent, ok, err)
		}
	}
	reply.ProcessID = "another"
	if _, ok, err := c.Match(reply); !ok || code(err) != envelope.CodeMismatch {
		t.Error(ok, err)
	}
	if _, ok, err := c.Match(&envelope.Header{}); ok || err != nil {
		t.Error("a message that answers nothing matched")
	}
	c.Remove(header().EnvelopeID)
	if _, ok, _ := c.Match(reply); ok {
		t.Error("a removed envelope matched")
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			h := &envelope.Header{EnvelopeID: fmt.Sprint(i)}
			if err := c.Add(h); err != nil {
				t.Error(err)
			}
			if _, ok, err := c.Match(&envelope.Header{InitialEnvelopeID: fmt.Sprint(i)}); !ok || err != nil {
				t.Error(ok, err)
			}
		})
	}
	wg.Wait()
}

// FuzzRead: no panic, no foreign error, and what may be sent comes back as it was.
func FuzzRead(f *testing.F) {
	text, err := envelope.Append(nil, header(), []byte("<Doc/>"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`<Envelope xmlns="` + envelope.SOAP + `"><Header/></Envelope>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := envelope.Read(strings.NewReader(string(text)))
		if err != nil {
			if _, ok := err.(*envelope.Error); !ok {
				t.Fatalf("foreign error %T %v", err, err)
			}
			return
		}
		out, err := envelope.Append(nil, h, nil)
		if err != nil {
			return // readable, but not fit to be sent
		}
		again, err := envelope.Read(strings.NewReader(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		h.Prepared = h.Prepared.Truncate(time.Second) // written in whole seconds
		if !reflect.DeepEqual(h, again) {
			t.Fatalf("%+v\n%+v", h, again)
		}
	})
}

func Example() {
	d := customs.Decision{Posts: customs.Posts{Main: "10000010", Border: "10000060"}, Versions: customs.Versions{Format: "5.1.0", Spec: "3.3.0"}}
	h := &envelope.Header{EnvelopeID: "e-1", Sender: "smtp://client", Receivers: []string{"smtp://eps.customs.ru/gateway"},
		Prepared:    time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
		MessageType: "ED.11001", ProcessID: "p-1", ParticipantID: "me"}
	h.ApplyDecision(&d, "19200")
	text, err := envelope.Append(nil, h, []byte("<ReqOpenProc/>"))
	if err != nil {
		fmt.Println(err)
		return
	}
	back, err := envelope.Read(strings.NewReader(string(text)))
	fmt.Println(back.MessageKind, back.SoftVersion, back.ReceiverCustoms.CustomsCode, err)
	// Output: UD:10000060 5.1.0/3.3.0 10000010 <nil>
}
