package receipt_test

import (
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/marking/receipt"
)

// A name for each known value, a number for the others: a peer may send any.
func TestNamesOfNumbers(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"part returned":     receipt.MeasuredReturned,
		"ItemStatus(9)":     receipt.ItemStatus(9),
		"full payment":      receipt.PaymentFull,
		"PaymentType(7)":    receipt.PaymentType(7),
		"goods with a code": receipt.SignMarked,
		"Sign(2)":           receipt.Sign(2),
		"22/122":            receipt.Tax22of122,
		"Tax(9)":            receipt.Tax(9),
		"patent":            receipt.TaxSystemPatent,
		"TaxSystem(3)":      receipt.TaxSystem(3),
		"kg":                receipt.Unit(11),
		"Unit(99)":          receipt.Unit(99),
	} {
		if got.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
