// Package ecr talks to Russian cash registers (ККТ) and always knows whether a
// command may have run. You need it, with the protocol of your printer, in a
// program that prints receipts.
//
// It is the common ground of the protocols: connections by address ([Dialer]),
// the outcome of a command ([Outcome], [OutcomeOf]), errors that say where an
// exchange failed and which limit expired ([Error]), a trace of every byte
// ([Tracer]) and the connection that a link stands on ([Wire]). The protocols are
// sub-packages: ecr/customru is CustomRU, ecr/shtrihm the Shtrih-M protocol.
// ecr/gateway shares one register among several programs. ecr/serial opens serial
// ports; a program that speaks TCP does not link it. ecr/ecrtest simulates devices.
//
// # Layers
//
// bytes ([Conn]) → frames (pure functions, no I/O) → link (one exchange: ACK,
// NAK, limits, resending) → device (typed commands).
//
// # One exchange
//
// The same table holds for every protocol with an acknowledgement. The limits are
// CustomRU's defaults, each a setting, also per command.
//
//	phase            the host waits for         limit    when it expires or fails
//	queue            the exchange before it     ctx      not sent
//	connect          the connection             5 s      not sent
//	settle           silence and a proof that   30 s     not sent
//	                 the device is idle, after
//	                 a lost answer on a serial
//	                 line
//	write            room for the request       5 s      no byte written: not sent; else unknown
//	wait for ACK     ACK or NAK                 5 s      unknown; NAK: sent again, 3 times at most,
//	                                                     then rejected
//	wait for answer  the answer                 10 s     unknown; an interim frame starts the limit
//	                                                     anew, for 5 min at most
//	inter-byte       the next byte of a frame   1 s      unknown
//
// # What an outcome allows
//
//	not sent   nothing was written           may be repeated
//	rejected   refused with NAK              may be repeated
//	unknown    it may have run               ask the device first (Device.Recover of either protocol)
//	answered   done, or an error code        the answer says it
//
// # Rules
//
// The packages below ecr share the ids E1 to E50: each explains those that it
// keeps. Comments and tests cite them.
//
//   - E7: serial lines are 57600 8N1 by default, without handshake, TCP is port
//     9100.
//   - E11: every failed exchange says its outcome; SafeToRetry is true for not
//     sent and rejected only.
//   - E12: an error names its phase and the limit that expired.
//   - E13: stale input is dropped before a request, without waiting (on a
//     connection that cannot be asked without reading: for 1 ms). After an unknown
//     outcome a TCP connection is closed and dialled anew; a serial line is read
//     and dropped until it was silent for 1.5 s, and then a byte that only an idle
//     device answers must be answered (decision: devices answer in order, so
//     nothing older can follow).
//   - E14: a context that ends, ends the wait at once.
//   - An idle connection that the device closed is noticed before anything is
//     written, and dialled anew (decision).
//
// # Concurrency, limits, errors
//
// Links and devices may be used from several goroutines; exchanges take turns. No
// goroutine outlives a call, but for the reader of a serial port, which ends with
// Close. Frames are bounded by their protocol, stale input by 1 MiB. Errors never
// hold a password; a trace masks it. Every error has a stable Code, a Path, an
// English Error and a Message for the cashier in Russian or English.
package ecr
