package session

import "github.com/obmen-go/obmen/marking/internal/enum"

var guardPolicyNames = map[GuardPolicy]string{
	GuardRefuse: "refuse",
	GuardSell:   "sell",
}

// String returns the name, or GuardPolicy(N) for a value without one here.
func (g GuardPolicy) String() string { return enum.Name(guardPolicyNames, "GuardPolicy", g) }

var modeNames = map[Mode]string{
	0:               "none",
	ModeShiftOpen:   "shift open",
	ModeShiftOver:   "shift over 24 hours",
	ModeShiftClosed: "shift closed",
	ModeReceipt:     "receipt open",
}

// String returns the name, or Mode(N) for a value without one here.
func (m Mode) String() string { return enum.Name(modeNames, "Mode", m) }

var printingNames = map[Printing]string{
	PrintIdle:       "idle",
	PrintNoPaper:    "no paper",
	PrintPaperOut:   "paper ran out",
	PrintToContinue: "waits to continue",
	PrintReport:     "prints a report",
	PrintOperation:  "prints",
}

// String returns the name, or Printing(N) for a value without one here.
func (p Printing) String() string { return enum.Name(printingNames, "Printing", p) }
