// Package sessiontest is the test kit of package session: a register in memory
// that behaves as the protocol says, with faults by script, and conformance suites
// for journals and for registers of your own. Tests of a till need it in place of
// a printer.
//
// A [Device] is the register; [Device.Connect] gives a session.Register on it,
// one for each till. It remembers results of checks, at most 128, refuses and
// answers with the register's numbers, keeps documents, and can lose power, its
// paper, its link to the server of marks, replies and requests. What it has sold
// can be compared with what a till believes.
package sessiontest
