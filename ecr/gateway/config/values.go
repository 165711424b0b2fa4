package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/ecr"
)

// What stands where. The names of the ACK time-out are tried in order; a new one
// is written under the first.
var (
	earlyNames   = []string{"EarlyAckForwarding"}
	delayNames   = []string{"EarlyAckDelayMs"}
	timeoutNames = []string{"AckTimeout", "AckTimeoutMs", "AckWaitTimeout"}
	ackNames     = slices.Concat(earlyNames, delayNames, timeoutNames)
	rootNames    = append([]string{"FormatVersion", "ListeningPort", "Connections", "Debug", "LogLevel"}, ackNames...)
	ownNames     = append([]string{"Id", "Type", "Path", "ReleasePort", "Reconnect"}, ackNames...)
)

func knownInRoot(name string) bool { return slices.Contains(rootNames, name) }

// reader reads values until the first one that is wrong.
type reader struct {
	c   *Config
	err *ecr.Error
}

func (r *reader) fail(code string, line int, args ...ecr.Arg) {
	if r.err == nil {
		r.err = fail(code, line, args...)
	}
}

func (r *reader) configuration(root *node) {
	c := r.c
	r.known(root, "element ", rootNames)
	r.version(root)
	c.ListeningPort, _ = r.number(root, 1, 65535, "ListeningPort")
	c.Debug, _ = r.boolean(root, "Debug")
	if v, line, ok := r.value(root, "LogLevel"); ok && r.err == nil {
		if c.LogLevel.UnmarshalText([]byte(v)) != nil {
			r.fail(CodeName, line, arg("name", "LogLevel"), arg("value", strconv.Quote(v)), arg("names", choices(levelNames[:])))
		}
	}
	c.ACK = r.ack(root)
	list := root.kid("Connections")
	if list == nil {
		r.fail(CodeMissing, root.line, arg("name", "Connections with a Connection"))
		return
	}
	r.known(list, "element ", []string{"Connection"})
	for _, k := range list.kids {
		if k.name == "Connection" && r.err == nil {
			r.connection(k)
		}
	}
	if len(c.Connections) == 0 {
		r.fail(CodeMissing, list.line, arg("name", "a Connection in Connections"))
	}
}

func (r *reader) version(root *node) {
	v, line, ok := r.value(root, "FormatVersion")
	if !ok {
		return
	}
	r.c.FormatVersion = v
	major, minor, _ := strings.Cut(v, ".")
	n, isNumber := whole(minor)
	switch {
	case major != "1" || !isNumber:
		r.fail(CodeVersion, line, arg("value", strconv.Quote(v)))
	case n > 0:
		r.warn(CodeNewer, line, arg("value", v))
	}
}

func (r *reader) connection(at *node) {
	c := r.c
	if len(c.Connections) == MaxConnections {
		r.fail(CodeTooMany, at.line, arg("max", MaxConnections))
		return
	}
	r.known(at, "element ", ackNames)
	n := Connection{at: at, Reconnect: DefaultReconnect}
	port := c.ListeningPort
	if port == 0 {
		port = DefaultPort
	}
	n.ID, _ = r.number(at, 0, 65535-port, "Id")
	kind, line, ok := r.value(at, "Type")
	if !ok {
		r.fail(CodeMissing, at.line, arg("name", "Type of a Connection"))
	} else if n.Type.UnmarshalText([]byte(kind)) != nil {
		r.fail(CodeName, line, arg("name", "Type"), arg("value", strconv.Quote(kind)), arg("names", choices(typeNames[:])))
	}
	if n.Path, line, ok = r.value(at, "Path"); !ok {
		r.fail(CodeMissing, at.line, arg("name", "Path of a Connection"))
	}
	n.ReleasePort, _ = r.boolean(at, "ReleasePort")
	if s, ok := r.number(at, 0, 86_400, "Reconnect"); ok {
		n.Reconnect = time.Duration(s) * time.Second
	}
	n.ACK = r.ack(at)
	if r.err != nil {
		return
	}
	address, err := parsePath(n.Type, n.Path, line)
	if err != nil {
		r.err = err
		return
	}
	for _, other := range c.Connections {
		if other.ID == n.ID {
			r.fail(CodeSame, at.line, arg("name", "Id"), arg("value", n.ID), arg("first", other.at.line))
		}
		if a, err := ParsePath(other.Type, other.Path); err == nil && place(a) == place(address) {
			r.fail(CodeSame, at.line, arg("name", "Path"), arg("value", strconv.Quote(n.Path)), arg("first", other.at.line))
		}
	}
	c.Connections = append(c.Connections, n)
}

func (r *reader) ack(n *node) (a ACK) {
	if v, ok := r.boolean(n, earlyNames...); ok {
		a.EarlyForwarding = new(v)
	}
	if v, ok := r.number(n, 0, 60_000, delayNames...); ok {
		a.EarlyDelay = new(time.Duration(v) * time.Millisecond)
	}
	if v, ok := r.number(n, 1, 600_000, timeoutNames...); ok {
		a.Timeout = new(time.Duration(v) * time.Millisecond)
	}
	return a
}

func (r *reader) warn(code string, line int, args ...ecr.Arg) {
	r.c.Warnings = append(r.c.Warnings, fail(code, line, args...))
}

// known warns of the children and attributes that have no effect.
func (r *reader) known(n *node, what string, names []string) {
	for _, k := range n.kids {
		r.oneOf(what+k.name, k.name, k.line, names)
	}
	if n.name != "Connection" {
		names = nil
	} else {
		names = ownNames
	}
	for _, a := range n.attrs {
		if name := fullName(a.Name); !strings.HasPrefix(name, "xmlns") && !strings.HasPrefix(name, "xsi:") {
			r.oneOf("attribute "+name+" of "+n.name, name, n.line, names)
		}
	}
}

func (r *reader) oneOf(what, name string, line int, names []string) {
	hint := ""
	for _, known := range names {
		if known == name {
			return
		}
		if strings.EqualFold(known, name) {
			hint = " (" + known + "?)"
		}
	}
	r.warn(CodeUnknown, line, arg("name", what), arg("hint", hint))
}

// value finds a value under the first of its names: in a Connection attributes
// come first. Two of them are an error.
func (r *reader) value(n *node, names ...string) (v string, line int, ok bool) {
	take := func(name, value string, at int) {
		if ok {
			r.fail(CodeTwice, at, arg("name", name), arg("first", line))
			return
		}
		v, line, ok = strings.TrimSpace(value), at, true
	}
	if n.name == "Connection" {
		for _, a := range n.attrs {
			if name := fullName(a.Name); slices.Contains(names, name) {
				take(name, a.Value, n.line)
			}
		}
	}
	for _, k := range n.kids {
		if slices.Contains(names, k.name) && (n.name != "Connection" || slices.Contains(ackNames, k.name)) {
			r.known(k, "element "+k.name+"/", nil)
			take(k.name, k.text, k.line)
		}
	}
	return v, line, ok
}

func (r *reader) number(n *node, low, high int, names ...string) (int, bool) {
	v, line, ok := r.value(n, names...)
	if !ok {
		return 0, false
	}
	i, isWhole := whole(v)
	if !isWhole || i < low || i > high {
		r.fail(CodeNumber, line, arg("name", names[0]), arg("value", strconv.Quote(v)), arg("min", low), arg("max", high))
	}
	return i, true
}

func (r *reader) boolean(n *node, names ...string) (bool, bool) {
	v, line, ok := r.value(n, names...)
	yes := strings.EqualFold(v, "true") || v == "1"
	if ok && !yes && !strings.EqualFold(v, "false") && v != "0" {
		r.fail(CodeBool, line, arg("name", names[0]), arg("value", strconv.Quote(v)))
	}
	return yes, ok
}
