package gateway

import (
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// Protocol is the framing that clients and device speak (rule E28).
type Protocol int

// The protocols. Zero means that none was set: [Options] then takes CustomRU.
const (
	CustomRU Protocol = iota + 1 // frames of the Custom registers
	ShtrihM                      // both link levels of Shtrih-M, each client its own
	Raw                          // any other: a message ends where the line falls silent
)

var protocolNames = [...]string{CustomRU: "customru", ShtrihM: "shtrihm", Raw: "raw"}

// String returns the name as the settings write it, or Protocol(N) for a value
// that is none.
func (p Protocol) String() string { return nameOf("Protocol", int(p), protocolNames[:]) }

// MarshalText writes the name, of zero nothing.
func (p Protocol) MarshalText() ([]byte, error) { return textOf(p), nil }

// UnmarshalText reads a name that MarshalText wrote; another is an error with
// [ecr.CodeName].
func (p *Protocol) UnmarshalText(text []byte) error {
	n, err := valueOf(ecr.Phrase{EN: "protocol", RU: "протокол"}, string(text), protocolNames[:])
	*p = Protocol(n)
	return err
}

func nameOf(kind string, n int, names []string) string {
	if n > 0 && n < len(names) {
		return names[n]
	}
	return kind + "(" + strconv.Itoa(n) + ")"
}

// textOf is what a value marshals as: zero is nothing, so that it can be read back.
func textOf[T interface {
	~int
	String() string
}](v T) []byte {
	if v == 0 {
		return nil
	}
	return []byte(v.String())
}

func valueOf(what ecr.Phrase, name string, names []string) (int, error) {
	if name == "" {
		return 0, nil
	}
	for n, known := range names {
		if n > 0 && known == name {
			return n, nil
		}
	}
	return 0, ecr.NewError(ecr.CodeName, ecr.Details{
		Args: []ecr.Arg{{Name: "what", Value: what}, {Name: "value", Value: strconv.Quote(name)}},
	})
}
