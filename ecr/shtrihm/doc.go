// Package shtrihm speaks the protocol of Shtrih-M fiscal printers as a host:
// frames of both link levels, exchanges that say what became of a command,
// typed commands for a sale with marking codes, and the recovery of a lost
// answer. Package shtrihmtest is a register to test with. A till that sells on
// such a printer needs it.
//
// It follows the vendor's "Протокол работы ККТ" v1.17 (2021), and for what that
// document leaves out or prints wrongly the exchanges that the vendor's drivers
// log.
//
// # One exchange of v1
//
//	host                                   device
//	  │ ENQ 05                               │
//	  ├─────────────────────────────────────►│
//	  │                 NAK 15: idle, go on  │
//	  │◄─────────────────────────────────────┤
//	  │ 02 LEN CMD password data LRC         │
//	  ├─────────────────────────────────────►│
//	  │                 ACK 06: taken        │
//	  │◄─────────────────────────────────────┤ it runs, up to minutes
//	  │          02 LEN CMD error data LRC   │
//	  │◄─────────────────────────────────────┤
//	  │ ACK 06                               │
//	  ├─────────────────────────────────────►│ (FFh, on TCP)
//
// ENQ answered with ACK says that an answer waits: before a request it is an
// older one, read and dropped; after a request whose answer was lost it is that
// answer.
//
// # Layers
//
//   - Pure: [AppendFrame], [ParseFrame], [Scanner] (v1), [AppendNumbered],
//     [ParseNumbered], [NumberedScanner] (v2), [ParseAnswer], [AppendTLV], [TLVs].
//   - [Link]: one exchange at a time, by command code and bytes.
//   - [Device]: typed commands, [Device.Recover].
//
// # Rules
//
// Comments and tests cite these ids; those that are not here are explained in
// package ecr.
//
//   - E1, E2: a frame is counted, never searched; numbers are little-endian;
//     passwords do not show in traces.
//   - Standard level (v1): STX, LEN, body, LRC; LEN counts the body, 1..255
//     bytes; LRC is the exclusive-or of LEN and body. No stuffing. ENQ, ACK, NAK
//     are single bytes, and FFh, which devices on TCP send after the host's ACK,
//     is none of the exchange.
//   - Alternative level (v2): 8Fh, LEN16, NUM16, body, CRC16; LEN counts NUM and
//     body. CRC-16/CCITT-FALSE over LEN..body, before stuffing. After 8Fh, 8Fh is
//     sent as 9F 81 and 9Fh as 9F 83. LEN 0 asks for the number (no NUM); LEN 2 is
//     an answer without a body; LEN 1 does not exist.
//   - A body begins with the command: one byte, or FFh and a second byte. An
//     answer repeats the command, then an error byte. Some firmware answers a
//     failed two-byte command with FFh and the error alone: [ParseAnswer] reads
//     that as the error of the command that was sent.
//   - E10, v1: a frame is sent again only after NAK, three times at most, and only
//     if the device, asked by ENQ, says that it is idle. Never after silence: the
//     answer is fetched by ENQ, over a new connection if the old one broke; if
//     the device holds none, the outcome is unknown.
//   - E10, v2: a request is repeated with its number if a sync shows that the
//     device still has the number before it. Numbers up to 2 prove nothing, for a
//     device begins with them after power loss: unknown (decision).
//   - E11, E12, E14: outcomes, phases and limits are those of package ecr.
//     Failures of the ENQ or the sync before a request are NotSent.
//   - E13: before each request the device is asked until it is idle; an answer to
//     another command, or with another number, is never taken.
//   - E15: [DeviceError], with class and texts in Russian and English.
//   - The level is found out once: ENQ first, and if nothing answers, a sync.
//
// # Waits
//
// See [Limits] and [DefaultLimits]. ENQ and sync are tried five times. A caller's
// context ends any wait at once.
//
// # Not there
//
// Baud rates are not searched for, FF32h and FF33h (tags beyond 250 bytes), slip
// documents, corrections and the export of notifications (FF71h..FF73h) have no
// typed command; [Link.Do] sends any command.
//
// # Concurrency
//
// Functions are pure; a scanner belongs to one goroutine; a [Link] and a [Device]
// may be used by several, commands run one after another.
package shtrihm
