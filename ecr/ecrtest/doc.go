// Package ecrtest is the kit for simulated registers, of any protocol: faults
// by script, connections for the simulated device, and a line with a delay in
// virtual time. The registers themselves stand beside their protocols: package
// customrutest for CustomRU. You need it to simulate a register whose protocol
// has no simulator yet, or to write faults for one that has.
//
// A [Script] lists faults, [Faults] plays them, a [Server] gives the device its
// connections over TCP, in memory or on a serial line, takes its power and gives
// it back. A [Line] is a serial line or a connection in memory whose bytes are
// under way for a time and can be lost or damaged; in a bubble of testing/synctest
// one event happens at a time, so that a test with a seed runs the same each time.
//
// Rule E50. Decisions: stall means that nothing is executed and nothing sent in
// that exchange; hangup comes after execution, power-loss before it; delay lies
// before the execution, late behind it; a step of a command without #n holds each
// time.
package ecrtest
