package shtrihm_test

import (
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// A name for each known value, a number for the others: a peer may send any.
func TestNamesOfNumbers(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"accept":            shtrihm.Accept,
		"Decision(3)":       shtrihm.Decision(3),
		"unchanged":         shtrihm.Unchanged,
		"PlannedStatus(9)":  shtrihm.PlannedStatus(9),
		"sale":              shtrihm.Sale,
		"ReceiptType(9)":    shtrihm.ReceiptType(9),
		"waits to continue": shtrihm.SubmodeContinue,
		"Submode(9)":        shtrihm.Submode(9),
		"22/122":            shtrihm.Tax22of122,
		"TaxRate(3)":        shtrihm.TaxRate(3),
		"damaged":           shtrihm.TokenDamaged,
		"TokenKind(-1)":     shtrihm.TokenKind(-1),
	} {
		if got.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
