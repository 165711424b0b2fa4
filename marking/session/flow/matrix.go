package flow

import (
	"slices"
	"strings"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// Finding is what a register's check amounts to: the rows of the matrix (M47).
type Finding uint8

// The findings.
const (
	FoundPositive     Finding = iota + 1 // [М+]
	FoundNegative                        // [М-]
	FoundNoVerdict                       // no verdict: no link, or checked in part only
	FoundRejected                        // error 211
	FoundUnidentified                    // type 0
	FoundGS1                             // type 255
	FoundFalse                           // the storage found the code false, and there is no verdict (M34)
)

var findingNames = [...]string{
	FoundPositive: "[М+]", FoundNegative: "[М-]", FoundNoVerdict: "no verdict", FoundRejected: "211",
	FoundUnidentified: "type 0", FoundGS1: "type 255", FoundFalse: "false in the storage",
}

// String returns a short name; Finding(N) for a value that is none.
func (f Finding) String() string { return name(findingNames[:], int(f), "Finding") }

// MarshalText writes the name, of zero nothing.
func (f Finding) MarshalText() ([]byte, error) { return textOf(f), nil }

// UnmarshalText reads a name that String returned.
func (f *Finding) UnmarshalText(text []byte) error {
	return unname(f, findingNames[:], text, "finding of a register")
}

// Find draws the row of the matrix from a register's answer.
func Find(a marking.Answer) Finding {
	switch {
	case a.Type == marking.TypeGS1:
		return FoundGS1
	case !a.Type.Good():
		return FoundUnidentified
	case a.Verdict() == marking.VerdictNegative:
		return FoundNegative
	case a.Verdict() == marking.VerdictPositive:
		return FoundPositive
	case a.RefusedLocally():
		return FoundFalse
	}
	return FoundNoVerdict
}

// Block says which block 1260 the receipt's item gets.
type Block uint8

// The blocks.
const (
	NoBlock     Block = iota // none
	OnlineBlock              // with the answer of the online check
	LocalBlock               // with the answer of the local module
)

var blockNames = [...]string{"none", "online", "local"}

// String returns the name; Block(N) for a value that is none.
func (b Block) String() string {
	if b == NoBlock {
		return blockNames[0]
	}
	return name(blockNames[:], int(b), "Block")
}

// Decision is a cell of the matrix.
type Decision struct {
	Sell   bool        `json:"sell"`   // the goods may be sold
	Notice notice.Kind `json:"notice"` // what the cashier is told, notice.None for nothing
	Block  Block       `json:"block"`  // the block 1260
	Rule   string      `json:"rule"`   // the rule behind it
}

// Cell is a row of the list that makes the matrix: the first that fits decides.
type Cell struct {
	Register Finding           // what the register found, 0 for any
	Permit   permit.Outcome    // how the permit check ended, OutcomeUnset for any
	Local    permit.LocalState // what the local module says, LocalUnset for any
	Decision
}

// cells is the matrix M47 from the strongest reason to the weakest. A local
// module that is absent, not ready or silent is the same (M47).
var cells = []Cell{
	// What the register says of the code itself refuses, whatever the others say.
	{FoundRejected, 0, 0, Decision{false, notice.NotRecognised, NoBlock, "M42"}},
	{FoundUnidentified, 0, 0, Decision{false, notice.NotRecognised, NoBlock, "M43"}},
	{FoundGS1, 0, 0, Decision{false, notice.ScannerSetup, NoBlock, "M43"}},
	{FoundNegative, 0, 0, Decision{false, notice.Negative, NoBlock, "M44"}},
	{FoundFalse, 0, 0, Decision{false, notice.FalseLocally, NoBlock, "M34"}},

	// Any explicit refusal refuses.
	{0, permit.OutcomeRefused, 0, Decision{false, notice.PermitRefused, NoBlock, "M47"}},
	{0, 0, permit.LocalRefused, Decision{false, notice.PermitRefused, NoBlock, "M47"}},

	{FoundPositive, permit.OutcomeOK, 0, Decision{true, notice.None, OnlineBlock, "M47"}},
	{FoundPositive, permit.OutcomeEmergency, 0, Decision{true, notice.None, NoBlock, "M66"}},
	{FoundPositive, permit.OutcomeNotRequired, 0, Decision{true, notice.None, NoBlock, "M47"}},
	{FoundPositive, permit.OutcomeNoAnswer, permit.LocalOK, Decision{true, notice.SoldPermit, LocalBlock, "M46"}},
	{FoundPositive, permit.OutcomeNoAnswer, 0, Decision{false, notice.ForbiddenPermit, NoBlock, "M46"}},

	{FoundNoVerdict, permit.OutcomeOK, 0, Decision{true, notice.RegisterOffline, OnlineBlock, "M45"}},
	{FoundNoVerdict, permit.OutcomeEmergency, 0, Decision{true, notice.RegisterOffline, NoBlock, "M66"}},
	{FoundNoVerdict, permit.OutcomeNotRequired, 0, Decision{true, notice.RegisterOffline, NoBlock, "M47"}},
	{FoundNoVerdict, permit.OutcomeNoAnswer, permit.LocalOK, Decision{true, notice.SoldOffline, LocalBlock, "M46"}},
	{FoundNoVerdict, permit.OutcomeNoAnswer, 0, Decision{false, notice.ForbiddenOffline, NoBlock, "M46"}},
}

// Cells returns the list that makes the matrix. The caller owns it.
func Cells() []Cell { return slices.Clone(cells) }

// Decide finds the cell. What is none of the enumerations' values is refused,
// as a register without verdict and a permit check without answer.
func Decide(f Finding, p permit.Outcome, l permit.LocalState) Decision {
	for _, c := range cells {
		if (c.Register == 0 || c.Register == f) && (c.Permit == 0 || c.Permit == p) && (c.Local == 0 || c.Local == l) {
			return c.Decision
		}
	}
	return Decision{false, notice.ForbiddenOffline, NoBlock, "M47"}
}

// The axes of the matrix, in the order of M47.
var (
	axisRegister = []Finding{FoundPositive, FoundNegative, FoundNoVerdict, FoundRejected, FoundUnidentified, FoundGS1, FoundFalse}
	axisPermit   = []permit.Outcome{permit.OutcomeOK, permit.OutcomeRefused, permit.OutcomeNoAnswer, permit.OutcomeEmergency, permit.OutcomeNotRequired}
	axisLocal    = []permit.LocalState{permit.LocalAbsent, permit.LocalNotReady, permit.LocalOK, permit.LocalRefused, permit.LocalNoAnswer}
)

// MatrixMarkdown writes the whole matrix as a Markdown table, a line for each
// answer of register and permit check, a column for each word of the local module.
func MatrixMarkdown() string {
	var b strings.Builder
	b.WriteString("| register | permit check |")
	for _, l := range axisLocal {
		b.WriteString(" local: " + l.String() + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(axisLocal)) + "\n")
	for _, f := range axisRegister {
		for _, p := range axisPermit {
			b.WriteString("| " + f.String() + " | " + p.String() + " |")
			for _, l := range axisLocal {
				b.WriteString(" " + Decide(f, p, l).String() + " |")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// String is a cell's text: "sell, online, register-offline (M45)".
func (d Decision) String() string {
	s := "refuse"
	if d.Sell {
		s = "sell"
	}
	if d.Block != NoBlock {
		s += ", " + d.Block.String()
	}
	if d.Notice != notice.None {
		s += ", " + d.Notice.String()
	}
	return s + " (" + d.Rule + ")"
}
