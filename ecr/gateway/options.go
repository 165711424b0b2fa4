package gateway

import (
	"log/slog"
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// Options are the settings of a [Gateway]. A nil *Options means all defaults.
// Limits that are zero or negative take their default (rule E35).
type Options struct {
	// Name names the device in logs, traces and figures: "0", "COM22:115200". It
	// defaults to "device".
	Name string
	// Protocol is the framing. It defaults to CustomRU.
	Protocol Protocol
	// DeviceLevel is the link level that a Shtrih-M device is spoken to with,
	// whatever its clients speak (rule E34). It defaults to
	// [shtrihm.LevelStandard], v1.
	DeviceLevel shtrihm.Level

	// Reconnect is the time between attempts to reach the device: the first is
	// made at once, then one every Reconnect for ever (rule E25). It defaults to
	// 2 s; negative means that a device which is lost is not dialled again, and
	// requests are refused (what 0 means in the configuration file).
	Reconnect time.Duration
	// ReleasePort opens the connection for each exchange and closes it after
	// (rule E26). It defaults to false.
	ReleasePort bool
	// EarlyAck sends the device's ACK or NAK to the client in a write of its own,
	// before the answer (rule E22). It defaults to false: ACK and answer go in one
	// write.
	EarlyAck bool
	// EarlyAckDelay is how long after its arrival the early ACK is sent. It
	// defaults to 0, at once.
	EarlyAckDelay time.Duration
	// SendIdleByte sends FFh to a Shtrih-M client of v1 after each ACK of it, as
	// devices on RNDIS do; few clients wait for it (rule E33). It defaults to false.
	SendIdleByte bool
	// ReceiptGuard lets others' commands that change something wait while a client
	// has an open receipt (rule E30). It defaults to false.
	ReceiptGuard bool

	// ConnectLimit limits one attempt to reach the device. It defaults to 5 s.
	ConnectLimit time.Duration
	// ACKLimit is from the request's last byte to ACK or NAK (rule E23); in raw,
	// to the first byte. It defaults to 5 s.
	ACKLimit time.Duration
	// AnswerLimit is from ACK to the answer. An interim frame starts it anew. It
	// defaults to 60 s, and for the commands that take longer to what
	// [DefaultAnswerLimit] says.
	AnswerLimit time.Duration
	// AnswerLimits are the answer limits of single commands, by code: 0x41,
	// 0xFF61. They default to [DefaultAnswerLimit], or AnswerLimit if that is longer.
	AnswerLimits map[uint16]time.Duration
	// InterimLimit limits the answer together with all interim frames before it
	// (rule E5). It defaults to 5 min.
	InterimLimit time.Duration
	// InterByte is the longest pause within a frame, of clients and of the
	// device. It defaults to 1 s.
	InterByte time.Duration
	// ENQLimit is from one ENQ or sync towards a Shtrih-M device to its answer;
	// as many are sent as fit into ACKLimit. It defaults to 1 s.
	ENQLimit time.Duration
	// DeviceWriteLimit limits the writing of a request to the device. It defaults
	// to 2 s.
	DeviceWriteLimit time.Duration
	// QueueLimit is how long a request waits for its turn before it is refused.
	// It defaults to 10 s.
	QueueLimit time.Duration
	// ClientWriteLimit is how long a client may take to accept what is sent to it
	// before it is hung up on. It defaults to 5 s.
	ClientWriteLimit time.Duration
	// StopLimit is how long a running exchange may take when the gateway is
	// stopped. It defaults to 7 s.
	StopLimit time.Duration
	// GuardLimit is how long an open receipt is guarded after its client was lost.
	// It defaults to 30 s.
	GuardLimit time.Duration
	// Quiet is how long a serial line must be silent before anything is sent after
	// a lost answer; it must be longer than the device's inter-byte time-out. It
	// defaults to 1.5 s.
	Quiet time.Duration
	// RawGap is the silence that ends a message in raw. It defaults to 50 ms.
	RawGap time.Duration
	// RawBusy are bytes with which a raw device says that it works: like ACK, they
	// do not start the gap (rule E28). It defaults to none.
	RawBusy []byte
	// KeepAlive is the time between TCP keep-alive probes to a silent client;
	// three that stay unanswered end the connection. It defaults to 15 s.
	KeepAlive time.Duration
	// MaxClients is how many clients are served at once, [MostClients] at most;
	// surplus connections are accepted and closed. It defaults to 32.
	MaxClients int
	// MaxFrame is the longest request or answer in bytes. It defaults to 65 539,
	// the longest frame of CustomRU.
	MaxFrame int
	// LastExchanges is how many exchanges a [Snapshot] shows. It defaults to 50.
	LastExchanges int

	// Observer hears what happens, for figures (rule E31). It defaults to nothing.
	Observer Observer
	// Tracer hears all bytes (rule E32). It defaults to nothing.
	Tracer Tracer
	// Verbose shows passwords in the trace, and bytes that may hold one. It
	// defaults to false.
	Verbose bool
	// Logger hears connections, failures and decisions, no bytes. It defaults to
	// silence.
	Logger *slog.Logger
}

const defaultReconnect = 2 * time.Second // as in the sample of ECRService

// MostClients is the greatest MaxClients: a serial library cannot read from
// descriptors of 1024 and more, so that a gateway must leave room below.
const MostClients = 900

// DefaultAnswerLimit is how long a command's answer is waited for if the
// settings do not say otherwise: 60 s, and 120 s for reports, and for the opening
// and closing of a shift, where hosts wait as long (Shtrih-M E0h, FF0Bh, 41h,
// FF43h; CustomRU 41h).
func DefaultAnswerLimit(p Protocol, cmd uint16) time.Duration {
	switch {
	case p == CustomRU && (cmd == 0x41 || cmd == 0xD9),
		p == ShtrihM && (cmd == 0xE0 || cmd == 0x40 || cmd == 0x41 || cmd == 0xFF0B || cmd == 0xFF43):
		return 120 * time.Second
	}
	return 60 * time.Second
}

// withDefaults returns a copy whose fields are all set.
func (o *Options) withDefaults() Options {
	var c Options
	if o != nil {
		c = *o
	}
	if c.Name == "" {
		c.Name = "device"
	}
	if c.Protocol == 0 {
		c.Protocol = CustomRU
	}
	if c.DeviceLevel == 0 {
		c.DeviceLevel = shtrihm.LevelStandard
	}
	for _, d := range [...]struct {
		v *time.Duration
		d time.Duration
	}{
		{&c.ConnectLimit, 5 * time.Second}, {&c.ACKLimit, 5 * time.Second}, {&c.InterimLimit, 5 * time.Minute},
		{&c.InterByte, time.Second}, {&c.ENQLimit, time.Second}, {&c.DeviceWriteLimit, 2 * time.Second},
		{&c.QueueLimit, 10 * time.Second}, {&c.ClientWriteLimit, 5 * time.Second}, {&c.StopLimit, 7 * time.Second},
		{&c.GuardLimit, 30 * time.Second}, {&c.Quiet, 1500 * time.Millisecond}, {&c.RawGap, 50 * time.Millisecond},
		{&c.KeepAlive, 15 * time.Second},
	} {
		if *d.v <= 0 {
			*d.v = d.d
		}
	}
	for _, d := range [...]struct {
		v *int
		d int
	}{{&c.MaxClients, 32}, {&c.MaxFrame, 65_539}, {&c.LastExchanges, 50}} {
		if *d.v <= 0 {
			*d.v = d.d
		}
	}
	c.MaxClients = min(c.MaxClients, MostClients)
	c.EarlyAckDelay = max(c.EarlyAckDelay, 0)
	if c.Reconnect == 0 {
		c.Reconnect = defaultReconnect
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// answerLimit is how long the answer to a command is waited for.
func (o *Options) answerLimit(cmd uint16) time.Duration {
	if d := o.AnswerLimits[cmd]; d > 0 {
		return d
	}
	d := DefaultAnswerLimit(o.Protocol, cmd)
	switch {
	case o.AnswerLimit <= 0:
		return d
	case d > DefaultAnswerLimit(o.Protocol, 0):
		return max(d, o.AnswerLimit)
	}
	return o.AnswerLimit
}
