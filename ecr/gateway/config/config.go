package config

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// Limits of a file.
const (
	MaxSize        = 1 << 20 // bytes; files of the source have about 2000
	MaxConnections = 24      // devices: with 32 clients each they leave room below 1024 descriptors, see gateway.MostClients

	maxDepth = 32
)

// Defaults of what a file does not say.
const (
	DefaultPort          = 8000                 // ListeningPort
	DefaultReconnect     = 2 * time.Second      // Reconnect, as in the source's sample
	DefaultEarlyAckDelay = 5 * time.Millisecond // EarlyAckDelayMs, as in the source's sample
)

// Config is what a config.xml says. The zero Config has no connection yet: it
// can be filled and written.
type Config struct {
	FormatVersion string       // "1.0"; empty: not given
	ListeningPort int          // TCP port of the device with Id 0, 1..65535; 0: not given
	Connections   []Connection // the devices
	Debug         bool         // at least level Debug
	LogLevel      Level        // 0: not given
	ACK           ACK          // for all devices that do not say otherwise

	// Warnings tell what was read but has no effect, each with its line. They are
	// not written.
	Warnings []*ecr.Error

	text   string // the file, as UTF-8
	script script
	root   *node
	bare   bool    // the root was supplied
	before *Config // the values as they were read
}

// Connection is one device.
type Connection struct {
	ID          int           // Id: the device listens on ListeningPort + ID, 0..65534
	Type        Type          // the channel
	Path        string        // where it is, see [ParsePath]
	ReleasePort bool          // open the port for each exchange only
	Reconnect   time.Duration // whole seconds between attempts to connect; 0: none after the first
	ACK         ACK           // for this device

	at *node // where it was read; nil: new
}

// ACK is how the device's acknowledgement is treated; nil is not given.
type ACK struct {
	EarlyForwarding *bool          // send it on before the answer is there
	EarlyDelay      *time.Duration // for how long it is held back; whole milliseconds up to a minute
	Timeout         *time.Duration // how long it is waited for; whole milliseconds up to 10 minutes
}

// Device is one connection with all its settings resolved.
type Device struct {
	ID      int             // of the connection
	Path    string          // as the file writes it
	Address ecr.Address     // of the device
	Port    int             // TCP port to listen on
	Options gateway.Options // named after the ID; protocol, observer, tracer and logger are the program's
}

// Level is the level that follows from LogLevel and Debug (rule E40).
func (c *Config) Level() Level {
	l := c.LogLevel
	if l == 0 {
		l = LevelInformation
	}
	if c.Debug {
		l = min(l, LevelDebug)
	}
	return l
}

// Devices returns what each gateway needs, in the order of the file.
func (c *Config) Devices() []Device {
	port := c.ListeningPort
	if port == 0 {
		port = DefaultPort
	}
	var list []Device
	for _, n := range c.Connections {
		a, _ := ParsePath(n.Type, n.Path) // an Address that is none says so when it is dialled
		d := Device{ID: n.ID, Path: n.Path, Address: a, Port: port + n.ID, Options: gateway.Options{
			Name: strconv.Itoa(n.ID), Reconnect: reconnect(n.Reconnect), ReleasePort: n.ReleasePort,
			EarlyAck: *first(n.ACK.EarlyForwarding, c.ACK.EarlyForwarding, new(bool)),
			ACKLimit: *first(n.ACK.Timeout, c.ACK.Timeout, new(time.Duration)),
		}}
		if d.Options.EarlyAck {
			d.Options.EarlyAckDelay = *first(n.ACK.EarlyDelay, c.ACK.EarlyDelay, new(DefaultEarlyAckDelay))
		}
		list = append(list, d)
	}
	return list
}

func first[T any](list ...*T) *T {
	return list[slices.IndexFunc(list, func(p *T) bool { return p != nil })]
}

// Load reads a file.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		var data []byte
		if data, err = io.ReadAll(io.LimitReader(f, MaxSize+1)); err == nil {
			return Parse(data)
		}
	}
	return nil, failBy(CodeFile, 0, err, arg("file", path), arg("deed", "read"))
}

// Parse reads the bytes of a file. The first thing that is wrong is the error.
func Parse(data []byte) (*Config, error) {
	c, err := parse(bytes.Clone(data))
	if err != nil {
		return nil, err
	}
	return c, nil
}

func parse(data []byte) (*Config, *ecr.Error) {
	if len(data) > MaxSize {
		return nil, fail(CodeTooLong, 0, arg("bytes", MaxSize), arg("depth", maxDepth))
	}
	text, s, warning, err := decode(data)
	if err != nil {
		return nil, err
	}
	root, bare, err := readDocument(text)
	if err != nil {
		return nil, err
	}
	c := &Config{text: text, script: s, root: root, bare: bare}
	if warning != nil {
		c.Warnings = append(c.Warnings, warning)
	}
	if bare {
		c.Warnings = append(c.Warnings, fail(CodeRootSupplied, 1))
	}
	r := reader{c: c}
	r.configuration(root)
	if r.err != nil {
		return nil, r.err
	}
	c.before = c.copy()
	return c, nil
}

// copy copies the values, not the text.
func (c *Config) copy() *Config {
	b := &Config{
		FormatVersion: c.FormatVersion, ListeningPort: c.ListeningPort, Debug: c.Debug, LogLevel: c.LogLevel,
		ACK: c.ACK.copy(), Connections: slices.Clone(c.Connections),
	}
	for i := range b.Connections {
		b.Connections[i].ACK = b.Connections[i].ACK.copy()
	}
	return b
}

func (a ACK) copy() ACK {
	return ACK{clone(a.EarlyForwarding), clone(a.EarlyDelay), clone(a.Timeout)}
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// reconnect is the gateway's setting: 0 in the file means never.
func reconnect(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
