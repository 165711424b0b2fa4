// Package config reads and writes config.xml, the settings of the service
// ECRService, for a gateway that takes its place: an installation keeps its file.
//
//	c, err := config.Load("config.xml")
//	for _, d := range c.Devices() {
//		dial, err := dialer.Func(d.Address.String())
//		g := gateway.New(dial, &d.Options)
//		…
//	}
//
// A [Config] holds the settings; [Config.Devices] resolves them to what a gateway
// needs. Every error is an [ecr.Error] with a stable code, and its Path is the
// line. Functions may be called from any goroutine, a Config belongs to one at a
// time. A file may have [MaxSize] bytes and [MaxConnections] devices.
//
// # Rules
//
// E29 (decision): each Connection is a device of its own, at ListeningPort + Id.
//
// E40: the file is read as the source shows it, with the settings Configuration,
// FormatVersion, ListeningPort, Connections, Connection (Id, Type, Path,
// ReleasePort, Reconnect), Debug, LogLevel, EarlyAckForwarding, EarlyAckDelayMs.
// Text between the elements, comments and a byte order mark are passed over. The
// source's sample has no opening root element: it is supplied, with a warning
// (decision). Without LogLevel it is Information; Debug makes it Debug at least
// (decision). Without ListeningPort it is 8000. Without Id it is 0, without
// ReleasePort false, without Reconnect 2 s as in the sample (decisions). UTF-16
// is read by its mark, and what is no UTF-8 as windows-1251 (decision). Names of
// types and levels, true and false may be in any case (decision).
//
// E41: a Path is split at its last colon: COM22:115200, /dev/ttyUSB0:115200,
// 192.168.0.89:9100, [::1]:9100, or a host name. A host that ends in a number
// must be an IPv4 address, so that a misprint is an error with its line and not
// a name to be looked up.
//
// E42 (decision): the limit of the device's ACK is AckTimeout in milliseconds;
// AckTimeoutMs and AckWaitTimeout are read too. Unknown elements and attributes
// are warned of. EarlyAckForwarding without a delay waits 5 ms. These three stand
// under the root for all devices or under a Connection for it alone, as elements
// or as attributes.
//
// E43 (decision): the file has no bind address: it is a flag of the program,
// loopback unless given.
//
// E44: [Config.AppendText] gives back the bytes that were read, but for what was
// changed since and the missing root, which is written out. Equal Ids and one
// device in two Paths are errors with the line.
package config
