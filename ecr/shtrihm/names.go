package shtrihm

import "github.com/obmen-go/obmen/ecr/internal/enum"

var decisionNames = map[Decision]string{
	Decline:  "decline",
	Accept:   "accept",
	ClearAll: "clear all",
}

// String returns the name, or Decision(N) for a value without one here.
func (d Decision) String() string { return enum.Name(decisionNames, "Decision", d) }

var plannedStatusNames = map[PlannedStatus]string{
	0:             "none",
	PieceSold:     "piece sold",
	PartSold:      "part sold",
	PieceReturned: "piece returned",
	PartReturned:  "part returned",
	Unchanged:     "unchanged",
}

// String returns the name, or PlannedStatus(N) for a value without one here.
func (p PlannedStatus) String() string { return enum.Name(plannedStatusNames, "PlannedStatus", p) }

var receiptTypeNames = map[ReceiptType]string{
	0:              "none",
	Sale:           "sale",
	SaleReturn:     "sale return",
	Purchase:       "purchase",
	PurchaseReturn: "purchase return",
}

// String returns the name, or ReceiptType(N) for a value without one here.
func (r ReceiptType) String() string { return enum.Name(receiptTypeNames, "ReceiptType", r) }

var submodeNames = map[Submode]string{
	SubmodeReady:     "ready",
	SubmodeNoPaper:   "no paper",
	SubmodePaperOut:  "paper ran out",
	SubmodeContinue:  "waits to continue",
	SubmodeReport:    "prints a report",
	SubmodeOperation: "prints",
}

// String returns the name, or Submode(N) for a value without one here.
func (s Submode) String() string { return enum.Name(submodeNames, "Submode", s) }

var taxRateNames = map[TaxRate]string{
	0:          "none",
	Tax20:      "20 %",
	Tax10:      "10 %",
	Tax0:       "0 %",
	TaxNone:    "without VAT",
	Tax20of120: "20/120",
	Tax10of110: "10/110",
	Tax22:      "22 %",
	Tax22of122: "22/122",
}

// String returns the name, or TaxRate(N) for a value without one here.
func (t TaxRate) String() string { return enum.Name(taxRateNames, "TaxRate", t) }

var tokenKindNames = map[TokenKind]string{
	0:            "none",
	TokenControl: "control",
	TokenFrame:   "frame",
	TokenDamaged: "damaged",
	TokenNoise:   "noise",
}

// String returns the name, or TokenKind(N) for a value without one here.
func (t TokenKind) String() string { return enum.Name(tokenKindNames, "TokenKind", t) }
