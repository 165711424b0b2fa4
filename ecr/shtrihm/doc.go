// Package shtrihm speaks the protocol of Shtrih-M fiscal printers. You need it
// to read, check and make its frames, of both link levels; links, typed commands
// and a device follow.
//
// It follows the vendor's "Протокол работы ККТ" v1.17 (2021), and for what that
// document leaves out or prints wrongly the exchanges that the vendor's drivers
// log.
//
// # Rules
//
//   - E1, E2 (as for every protocol): a frame is counted, never searched;
//     numbers are little-endian.
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
//
// # Concurrency
//
// Functions are pure; a scanner belongs to one goroutine.
package shtrihm
