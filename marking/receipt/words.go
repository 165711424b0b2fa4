package receipt

import "github.com/obmen-go/obmen/marking/internal/enum"

var itemStatusNames = map[ItemStatus]string{
	0:                "none",
	PieceSold:        "piece sold",
	MeasuredSold:     "part sold",
	PieceReturned:    "piece returned",
	MeasuredReturned: "part returned",
}

// String returns the name, or ItemStatus(N) for a value without one here.
func (i ItemStatus) String() string { return enum.Name(itemStatusNames, "ItemStatus", i) }

var paymentTypeNames = map[PaymentType]string{
	0:           "none",
	PaymentFull: "full payment",
}

// String returns the name, or PaymentType(N) for a value without one here.
func (p PaymentType) String() string { return enum.Name(paymentTypeNames, "PaymentType", p) }

var signNames = map[Sign]string{
	0:                  "none",
	SignGoods:          "goods",
	SignExciseUnmarked: "excise goods without a code",
	SignExcise:         "excise goods with a code",
	SignUnmarked:       "goods without a code",
	SignMarked:         "goods with a code",
}

// String returns the name, or Sign(N) for a value without one here.
func (s Sign) String() string { return enum.Name(signNames, "Sign", s) }

var taxNames = map[Tax]string{
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

// String returns the name, or Tax(N) for a value without one here.
func (t Tax) String() string { return enum.Name(taxNames, "Tax", t) }

var taxSystemNames = map[TaxSystem]string{
	0:                      "none",
	TaxSystemGeneral:       "general",
	TaxSystemIncome:        "income",
	TaxSystemIncomeOutcome: "income less cost",
	TaxSystemImputed:       "imputed",
	TaxSystemAgricultural:  "agricultural",
	TaxSystemPatent:        "patent",
}

// String returns the name, or TaxSystem(N) for a value without one here.
func (t TaxSystem) String() string { return enum.Name(taxSystemNames, "TaxSystem", t) }

var unitNames = map[Unit]string{
	0: "piece", 10: "g", 11: "kg", 12: "t", 20: "cm", 21: "dm", 22: "m", 30: "cm²", 31: "dm²", 32: "m²",
	40: "ml", 41: "l", 42: "m³", 50: "kWh", 51: "Gcal", 70: "day", 71: "hour", 72: "minute", 73: "second",
	80: "KB", 81: "MB", 82: "GB", 83: "TB", 255: "other",
}

// String returns the measure that the formats of fiscal documents give the number,
// or Unit(N).
func (u Unit) String() string { return enum.Name(unitNames, "Unit", u) }
