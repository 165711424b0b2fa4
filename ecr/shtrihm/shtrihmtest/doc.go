// Package shtrihmtest simulates a Shtrih-M cash register for tests: both link
// levels, shift, receipt, documents, settings tables, marking memory, printing,
// and faults by script. A program under test takes it for a device.
//
// # Rules
//
//   - The link level is chosen per connection by its first byte: 05h and 02h are
//     the standard level (v1), 8Fh the alternative one (v2); other bytes before,
//     zeros or a stray 90h, are skipped.
//   - v1: an idle register answers ENQ with NAK. One that has an answer nobody
//     acknowledged, or is preparing one, answers ACK and sends it (again). The
//     answer belongs to the register, not to the connection: it is there for a
//     host that dials anew, until it is acknowledged, overwritten by the next
//     command, or lost with the power. NAK for a damaged frame and for one that
//     stopped in the middle. ENQ before a frame is not required.
//   - v2: a request with the last number plus one is executed, any other number
//     gets the last answer again. A register that has executed nothing answers a
//     sync with an empty frame of number 1, and executes number 1 itself.
//     Damaged frames are left unanswered: this level has no NAK.
//   - One command at a time: what comes while one runs waits, but ENQ and sync are
//     answered at once.
//   - Marks: 128 results of checks are kept until a receipt is closed, FF69h with
//     2, or power loss.
//
// Decisions where the documents are silent: a bad value gives 33h, a bad length
// 7Eh, a wrong mode 73h; a mark that is checked and accepted twice is kept twice;
// notifications are delivered at once.
//
// A [Register] is served by an [ecrtest.Server] and is safe for use by several
// goroutines.
package shtrihmtest
