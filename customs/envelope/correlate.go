package envelope

import (
	"strings"
	"sync"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// MaxPending is how many envelopes a Correlator keeps.
const MaxPending = 100_000

// Correlator ties replies to what was sent: a reply names the envelope it
// answers as InitialEnvelopeID, and both name one procedure. The zero value is
// ready; it is safe for concurrent use.
type Correlator struct {
	mu   sync.Mutex
	sent map[string]Sent
}

// Sent is what a Correlator knows of an envelope that was sent.
type Sent struct {
	// EnvelopeID, ProcessID and MessageType are those of its header.
	EnvelopeID, ProcessID, MessageType string
}

// Add notes an envelope that is about to be sent. An id that waits already, and
// more than MaxPending envelopes, are an *Error.
func (c *Correlator) Add(h *Header) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := canonical(h.EnvelopeID)
	if _, known := c.sent[key]; known {
		return newError(CodeIDTaken, "RoutingInf/EnvelopeID")
	}
	if len(c.sent) >= MaxPending {
		return newError(CodeFull, "", fault.Arg{Name: "limit", Value: MaxPending})
	}
	if c.sent == nil {
		c.sent = map[string]Sent{}
	}
	c.sent[key] = Sent{h.EnvelopeID, h.ProcessID, h.MessageType}
	return nil
}

// Match returns what a reply answers; ok is false for a message that answers
// nothing known. One envelope may get several replies (received, processed,
// the answer itself), so it stays until Remove. A reply that names another
// procedure than its request is an *Error (CodeMismatch).
func (c *Correlator) Match(reply *Header) (sent Sent, ok bool, err error) {
	if reply.InitialEnvelopeID == "" {
		return Sent{}, false, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sent, ok = c.sent[canonical(reply.InitialEnvelopeID)]
	if ok && reply.ProcessID != "" && sent.ProcessID != "" && canonical(reply.ProcessID) != canonical(sent.ProcessID) {
		return sent, true, newError(CodeMismatch, "EDHeader/ProccessID")
	}
	return sent, ok, nil
}

// Remove forgets an envelope.
func (c *Correlator) Remove(envelopeID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sent, canonical(envelopeID))
}

// canonical makes one spelling of a GUID: programs differ in case and braces.
func canonical(id string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(id), "{}"))
}
