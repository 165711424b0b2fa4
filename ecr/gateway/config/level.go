package config

import (
	"log/slog"
	"strconv"
	"strings"
)

// Type is the channel to a device.
type Type int

// The channels. Zero means that none was set.
const (
	Serial  Type = iota + 1 // a COM port
	Network                 // TCP
)

var typeNames = [...]string{Serial: "Serial", Network: "Network"}

// String returns the name as config.xml writes it, or Type(N).
func (t Type) String() string { return nameOf("Type", int(t), typeNames[:]) }

// MarshalText writes the name, of zero nothing.
func (t Type) MarshalText() ([]byte, error) { return textOf(t), nil }

// UnmarshalText reads a name, in any case; another is an error with [CodeName].
func (t *Type) UnmarshalText(text []byte) error {
	n, ok := valueOf(string(text), typeNames[:])
	if !ok && len(text) > 0 {
		return fail(CodeName, 0, arg("name", "Type"), arg("value", strconv.Quote(string(text))), arg("names", choices(typeNames[:])))
	}
	*t = Type(n)
	return nil
}

// Level is a level of the log, as the source names them.
type Level int

// The levels, from the most to the least that is written. Zero means that none
// was set: Information.
const (
	LevelVerbose     Level = iota + 1 // all bytes, passwords too
	LevelDebug                        // all bytes, passwords masked
	LevelInformation                  // connections, starts and stops
	LevelWarning                      // what went wrong and was overcome
	LevelError                        // what went wrong
	LevelFatal                        // why the service could not go on
)

var levelNames = [...]string{
	LevelVerbose: "Verbose", LevelDebug: "Debug", LevelInformation: "Information",
	LevelWarning: "Warning", LevelError: "Error", LevelFatal: "Fatal",
}

// String returns the name as config.xml writes it, or Level(N).
func (l Level) String() string { return nameOf("Level", int(l), levelNames[:]) }

// MarshalText writes the name, of zero nothing.
func (l Level) MarshalText() ([]byte, error) { return textOf(l), nil }

// UnmarshalText reads a name, in any case; another is an error with [CodeName].
func (l *Level) UnmarshalText(text []byte) error {
	n, ok := valueOf(string(text), levelNames[:])
	if !ok && len(text) > 0 {
		return fail(CodeName, 0, arg("name", "LogLevel"), arg("value", strconv.Quote(string(text))), arg("names", choices(levelNames[:])))
	}
	*l = Level(n)
	return nil
}

// slogVerbose is the level that slog does not name.
const slogVerbose = slog.LevelDebug - 4

// Slog is the level for package slog: Verbose is below its Debug, Fatal above
// its Error.
func (l Level) Slog() slog.Level {
	if l == 0 {
		l = LevelInformation
	}
	return slogVerbose + 4*slog.Level(l-LevelVerbose)
}

// LevelOf names a level of package slog: the last of this package's that is not
// above it.
func LevelOf(l slog.Level) Level {
	return min(max(LevelVerbose+Level((l-slogVerbose)>>2), LevelVerbose), LevelFatal)
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

func valueOf(name string, names []string) (int, bool) {
	for n, known := range names {
		if n > 0 && strings.EqualFold(known, name) {
			return n, true
		}
	}
	return 0, false
}

func choices(names []string) string { return strings.Join(names[1:], ", ") }
