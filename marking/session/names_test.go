package session_test

import (
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/marking/session"
)

// A name for each known value, a number for the others: a peer may send any.
func TestNamesOfNumbers(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"sell":                session.GuardSell,
		"GuardPolicy(2)":      session.GuardPolicy(2),
		"shift over 24 hours": session.ModeShiftOver,
		"Mode(9)":             session.Mode(9),
		"paper ran out":       session.PrintPaperOut,
		"Printing(9)":         session.Printing(9),
	} {
		if got.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
