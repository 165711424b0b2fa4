package config

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/obmen-go/obmen/ecr"
)

const (
	exampleSerial  = "COM22:115200 or /dev/ttyUSB0:115200"
	exampleNetwork = "192.168.0.89:9100, [::1]:9100 or till-3.shop.local:9100"
)

// speeds are those of package ecr/serial, which is not linked here.
var speeds = [...]int{2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}

// ParsePath reads the Path of a connection (rule E41): for Serial PORT:SPEED, for
// Network HOST:PORT, split at the last colon. An IPv6 address stands in brackets.
func ParsePath(t Type, path string) (ecr.Address, error) {
	a, err := parsePath(t, path, 0)
	if err != nil {
		return ecr.Address{}, err
	}
	return a, nil
}

func parsePath(t Type, path string, line int) (ecr.Address, *ecr.Error) {
	example := exampleNetwork
	switch t {
	case Network:
	case Serial:
		example = exampleSerial
	default:
		return ecr.Address{}, fail(CodeName, line, arg("name", "Type"), arg("value", t), arg("names", choices(typeNames[:])))
	}
	quoted := strconv.Quote(path)
	at := strings.LastIndexByte(path, ':')
	if at <= 0 || at == len(path)-1 || strings.ContainsFunc(path, unprintable) {
		return ecr.Address{}, fail(CodePath, line, arg("value", quoted), arg("kind", t), arg("example", example))
	}
	name, number := path[:at], path[at+1:]
	if t == Serial {
		n, ok := whole(number)
		if !ok || !slices.Contains(speeds[:], n) {
			return ecr.Address{}, fail(CodeSpeed, line, arg("value", quoted), arg("speed", strconv.Quote(number)), arg("speeds", speedList()))
		}
		return ecr.Address{Serial: name, Baud: n, Mode: "8N1"}, nil
	}
	host := name
	if inner, ok := strings.CutPrefix(name, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		ip, err := netip.ParseAddr(inner)
		if !ok || err != nil || !ip.Is6() {
			return ecr.Address{}, fail(CodeHost, line, arg("value", quoted), arg("host", strconv.Quote(name)), arg("example", example))
		}
		host = ip.String()
	} else if !isHost(name) {
		return ecr.Address{}, fail(CodeHost, line, arg("value", quoted), arg("host", strconv.Quote(name)), arg("example", example))
	}
	if n, ok := whole(number); !ok || n < 1 || n > 65535 {
		return ecr.Address{}, fail(CodePort, line, arg("value", quoted), arg("port", strconv.Quote(number)))
	}
	return ecr.Address{TCP: net.JoinHostPort(host, strings.TrimLeft(number, "0"))}, nil
}

// isHost says whether a name may be one. What ends in a number must be an IPv4
// address, so that a misprint of one is not looked up as a name.
func isHost(name string) bool {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	if _, number := whole(labels[len(labels)-1]); number {
		ip, err := netip.ParseAddr(name)
		return err == nil && ip.Is4()
	}
	if len(name) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return false
			}
		}
	}
	return true
}

// place names what a device is reached by, so that two spellings of one are seen
// to be the same; the speed of a port is no part of it.
func place(a ecr.Address) string {
	if a.TCP != "" {
		return strings.ToLower(a.TCP)
	}
	port := strings.TrimPrefix(a.Serial, `\\.\`)
	if strings.HasPrefix(port, "/") {
		return port
	}
	return strings.ToUpper(port)
}

// whole reads a number without sign, of nine digits at most.
func whole(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

func unprintable(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar
}

func speedList() string {
	list := make([]string, len(speeds))
	for i, s := range speeds {
		list[i] = strconv.Itoa(s)
	}
	return strings.Join(list, ", ")
}
