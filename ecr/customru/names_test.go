package customru_test

import (
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/ecr/customru"
)

// A name for each known value, a number for the others: a peer may send any.
func TestNamesOfNumbers(t *testing.T) {
	for want, got := range map[string]fmt.Stringer{
		"left":            customru.AlignLeft,
		"Align(9)":        customru.Align(9),
		"EAN":             customru.BarcodeEAN,
		"BarcodeKind(0)":  customru.BarcodeKind(0),
		"kind and text":   customru.CaptionBoth,
		"Caption(2)":      customru.Caption(2),
		"correction BSO":  customru.FormBSOCorrection,
		"Form(65535)":     customru.Form(65535),
		"purchase return": customru.PurchaseReturn,
		"none":            customru.Kind(0),
		"Kind(5)":         customru.Kind(5),
		"PDF417":          customru.MatrixPDF417,
		"MatrixKind(0)":   customru.MatrixKind(0),
		"cash":            customru.PayCash,
		"PaymentKind(-1)": customru.PaymentKind(-1),
		"non-fiscal":      customru.PhaseNonFiscal,
		"Phase(200)":      customru.Phase(200),
		"OFD status":      customru.ReprintOFDStatus,
		"ReprintKind(7)":  customru.ReprintKind(7),
		"reboot":          customru.ResetReboot,
		"ResetKind(2)":    customru.ResetKind(2),
		"drive":           customru.WholeDrive,
		"Scope(2)":        customru.Scope(2),
		"patent":          customru.TaxPatent,
		"TaxSystem(3)":    customru.TaxSystem(3),
		"noise":           customru.TokenNoise,
		"TokenKind(9)":    customru.TokenKind(9),
	} {
		if got.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
