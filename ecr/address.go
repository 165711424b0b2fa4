package ecr

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Defaults of a connection (rule E7).
const (
	DefaultPort = "9100" // TCP port of a CustomRU device
	DefaultBaud = 57600  // serial speed; the mode is 8N1 without handshake

	connectTimeout = 5 * time.Second
	keepAlive      = 15 * time.Second
)

// modeForm is how a serial mode is written; which are possible, the port knows.
var modeForm = regexp.MustCompile(`^[5-8][NOEMS][12]$`)

// Address is where a device is: over TCP or on a serial port. The zero Address is
// none.
type Address struct {
	TCP    string // host and port, "192.168.0.89:9100"; empty for a serial port
	Serial string // the port, "COM22", "/dev/ttyUSB0"; empty for TCP
	Baud   int    // serial speed in bit/s; 0 is DefaultBaud
	Mode   string // serial mode; empty is "8N1"
}

// ParseAddress reads tcp://HOST[:PORT], serial:///dev/ttyUSB0?baud=57600 or
// serial://COM22?baud=115200. The serial part may name mode=8N1 or mode=7O1;
// port 9100, 57600 baud and 8N1 are the defaults (rule E7). Which speeds a port
// can do, its own package knows.
func ParseAddress(s string) (Address, error) {
	bad := func(en, ru string, values ...any) (Address, error) {
		reason := Say(en, ru, values...)
		return Address{}, fail(CodeAddress, Details{Args: []Arg{{Name: "address", Value: s}, {Name: "reason", Value: reason}}})
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return bad("write tcp://host:9100 or serial:///dev/ttyUSB0?baud=57600", "напишите tcp://host:9100 или serial:///dev/ttyUSB0?baud=57600")
	}
	switch strings.ToLower(scheme) {
	case "tcp":
		host, port, err := net.SplitHostPort(rest)
		if err != nil {
			host, port, err = net.SplitHostPort(rest + ":" + DefaultPort)
		}
		if err != nil || host == "" || strings.ContainsAny(rest, "/?#@ ") {
			return bad("write tcp://host:port", "напишите tcp://host:port")
		}
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return bad("the port must be 1..65535", "номер порта — от 1 до 65535")
		}
		return Address{TCP: net.JoinHostPort(host, port)}, nil
	case "serial":
		path, query, _ := strings.Cut(rest, "?")
		path, err := url.PathUnescape(path)
		if err != nil || path == "" {
			return bad("write serial:///dev/ttyUSB0?baud=57600 or serial://COM22?baud=115200", "напишите serial:///dev/ttyUSB0?baud=57600 или serial://COM22?baud=115200")
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			return bad("the part after ? must be baud=N&mode=8N1", "после ? пишется baud=N&mode=8N1")
		}
		a := Address{Serial: path, Baud: DefaultBaud, Mode: "8N1"}
		for key, list := range values {
			switch {
			case len(list) != 1:
				return bad("{1} stands there twice", "{1} указано дважды", key)
			case key == "baud":
				if a.Baud, err = strconv.Atoi(list[0]); err != nil || a.Baud <= 0 {
					return bad("baud must be a number", "baud — это число")
				}
			case key == "mode":
				if a.Mode = strings.ToUpper(list[0]); !modeForm.MatchString(a.Mode) {
					return bad("mode must be such as 8N1 or 7O1", "mode — это, например, 8N1 или 7O1")
				}
			default:
				return bad("unknown setting {1}, known are baud and mode", "неизвестная настройка {1}, есть baud и mode", key)
			}
		}
		return a, nil
	}
	return bad("unknown scheme {1}, known are tcp and serial", "неизвестная схема {1}, есть tcp и serial", scheme)
}

// String writes the address as ParseAddress reads it.
func (a Address) String() string {
	switch {
	case a.TCP != "":
		return "tcp://" + a.TCP
	case a.Serial != "":
		s := "serial://" + (&url.URL{Path: a.Serial}).EscapedPath() + "?baud=" + strconv.Itoa(cmp.Or(a.Baud, DefaultBaud))
		if a.Mode != "" && a.Mode != "8N1" {
			s += "&mode=" + a.Mode
		}
		return s
	}
	return ""
}

// Dialer opens connections by address. The zero Dialer speaks TCP.
type Dialer struct {
	// NetDial opens TCP connections, as [net.Dialer.DialContext] does. It defaults
	// to a net.Dialer with keep-alive probes every 15 s.
	NetDial func(ctx context.Context, network, address string) (net.Conn, error)
	// Serial opens serial ports: serial.Dial of package ecr/serial. It is never
	// registered by an import, so that a program that speaks TCP does not link the
	// serial library. It defaults to none: a serial address is then an error.
	Serial func(ctx context.Context, a Address) (Conn, error)
	// Timeout limits one attempt. It defaults to 5 s.
	Timeout time.Duration
}

// Dial opens a connection to an address in the form of [ParseAddress]. A failure
// is an [Error] with [CodeConnect] whose outcome is NotSent.
func (d *Dialer) Dial(ctx context.Context, address string) (Conn, error) {
	dial, err := d.Func(address)
	if err != nil {
		return nil, err
	}
	return dial(ctx)
}

// Func checks the address now and returns the function that dials it.
func (d *Dialer) Func(address string) (DialFunc, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	if a.Serial != "" && d.Serial == nil {
		return nil, fail(CodeNoSerial, Details{Args: []Arg{{Name: "address", Value: address}}})
	}
	return func(ctx context.Context) (Conn, error) {
		limit := d.Timeout
		if limit <= 0 {
			limit = connectTimeout
		}
		bound, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		conn, err := d.open(bound, a)
		if own, ok := errors.AsType[*Error](err); ok {
			return nil, own // of a serial port: it says more than we could
		}
		if err != nil {
			det := Details{Outcome: NotSent, Phase: PhaseConnect, Cause: err, Args: []Arg{{Name: "address", Value: a.String()}}}
			if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
				det.Limit = limit
			}
			return nil, fail(CodeConnect, det)
		}
		return conn, nil
	}, nil
}

func (d *Dialer) open(ctx context.Context, a Address) (Conn, error) {
	if a.Serial != "" {
		return d.Serial(ctx, a)
	}
	dial := d.NetDial
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: keepAlive}).DialContext
	}
	conn, err := dial(ctx, "tcp", a.TCP)
	if err != nil {
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Small frames must not wait for each other's acknowledgement (rule E22).
		if err := tcp.SetNoDelay(true); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}
