// Package customrutest simulates a CustomRU register: shift, receipts, totals,
// fiscal documents, drawer, settings, paper, printing time, and faults by
// script. All figures follow from one model, so that a host can recover from a
// lost answer as with a real one. [TestDevice] holds any register, simulated or
// real, against the protocol. Tests of a till need it in place of a printer.
//
// Rule E50. Decisions: the password is 999999 and every other is refused with
// 117; a command is checked in the order code, length, connection, state,
// password, values, shift; bytes that begin no frame are dropped together with
// all that came with them and answered by one NAK; amounts are rounded to the
// nearest kopeck; a paper message is an answer of F1H (for F1H itself of D7H)
// with code 480. Commands that are answered with 3500: registration and closing of
// the fiscal drive, graphic tickets, files, E6H, E9H to EBH, and C0H to CFH but
// for C3H.
package customrutest
