package customru

import "github.com/obmen-go/obmen/ecr/internal/enum"

var alignNames = map[Align]string{
	AlignLeft:   "left",
	AlignCentre: "centre",
	AlignRight:  "right",
}

// String returns the name, or Align(N) for a value without one here.
func (a Align) String() string { return enum.Name(alignNames, "Align", a) }

var barcodeKindNames = map[BarcodeKind]string{
	BarcodeEAN:     "EAN",
	BarcodeUPC:     "UPC",
	BarcodeITF:     "ITF",
	BarcodeCode39:  "Code 39",
	BarcodeCode128: "Code 128",
	Barcode128C:    "Code 128 C",
	Barcode128B:    "Code 128 B",
	Barcode128Raw:  "Code 128 raw",
}

// String returns the name, or BarcodeKind(N) for a value without one here.
func (b BarcodeKind) String() string { return enum.Name(barcodeKindNames, "BarcodeKind", b) }

var captionNames = map[Caption]string{
	CaptionKind: "kind",
	CaptionText: "text",
	CaptionNone: "none",
	CaptionBoth: "kind and text",
}

// String returns the name, or Caption(N) for a value without one here.
func (c Caption) String() string { return enum.Name(captionNames, "Caption", c) }

var formNames = map[Form]string{
	FormRegistration:   "registration report",
	FormShiftOpen:      "shift opening",
	FormReceipt:        "receipt",
	FormBSO:            "BSO",
	FormShiftClose:     "shift close",
	FormDriveClose:     "drive close",
	FormConfirmation:   "OFD confirmation",
	FormReregistration: "re-registration report",
	FormSettlements:    "settlements report",
	FormCorrection:     "correction receipt",
	FormBSOCorrection:  "correction BSO",
}

// String returns the name, or Form(N) for a value without one here.
func (f Form) String() string { return enum.Name(formNames, "Form", f) }

var kindNames = map[Kind]string{
	0:              "none",
	Sale:           "sale",
	SaleReturn:     "sale return",
	Purchase:       "purchase",
	PurchaseReturn: "purchase return",
}

// String returns the name, or Kind(N) for a value without one here.
func (k Kind) String() string { return enum.Name(kindNames, "Kind", k) }

var matrixKindNames = map[MatrixKind]string{
	MatrixQR:     "QR",
	MatrixPDF417: "PDF417",
}

// String returns the name, or MatrixKind(N) for a value without one here.
func (m MatrixKind) String() string { return enum.Name(matrixKindNames, "MatrixKind", m) }

var paymentKindNames = map[PaymentKind]string{
	PayCash:       "cash",
	PayElectronic: "electronic",
	PayAdvance:    "advance",
	PayCredit:     "credit",
	PayOther:      "counter-provision",
}

// String returns the name, or PaymentKind(N) for a value without one here.
func (p PaymentKind) String() string { return enum.Name(paymentKindNames, "PaymentKind", p) }

var phaseNames = map[Phase]string{
	PhaseNone:      "none",
	PhaseOpen:      "open",
	PhaseItems:     "items",
	PhasePayment:   "payment",
	PhaseChange:    "change",
	PhaseEjecting:  "ejecting",
	PhaseNonFiscal: "non-fiscal",
}

// String returns the name, or Phase(N) for a value without one here.
func (p Phase) String() string { return enum.Name(phaseNames, "Phase", p) }

var reprintKindNames = map[ReprintKind]string{
	ReprintSaved:        "saved document",
	ReprintInShort:      "in short",
	ReprintInFull:       "in full",
	ReprintConfirmation: "confirmation",
	ReprintRegistration: "registration",
	ReprintDriveStatus:  "drive status",
	ReprintOFDStatus:    "OFD status",
}

// String returns the name, or ReprintKind(N) for a value without one here.
func (r ReprintKind) String() string { return enum.Name(reprintKindNames, "ReprintKind", r) }

var resetKindNames = map[ResetKind]string{
	ResetFull:   "full",
	ResetKeep:   "keep the settings",
	ResetReboot: "reboot",
}

// String returns the name, or ResetKind(N) for a value without one here.
func (r ResetKind) String() string { return enum.Name(resetKindNames, "ResetKind", r) }

var scopeNames = map[Scope]string{
	ThisShift:  "shift",
	WholeDrive: "drive",
}

// String returns the name, or Scope(N) for a value without one here.
func (s Scope) String() string { return enum.Name(scopeNames, "Scope", s) }

var taxSystemNames = map[TaxSystem]string{
	TaxAutomatic:  "automatic",
	TaxGeneral:    "general",
	TaxIncome:     "income",
	TaxIncomeCost: "income less cost",
	TaxImputed:    "imputed",
	TaxFarm:       "agricultural",
	TaxPatent:     "patent",
}

// String returns the name, or TaxSystem(N) for a value without one here.
func (t TaxSystem) String() string { return enum.Name(taxSystemNames, "TaxSystem", t) }

var tokenKindNames = map[TokenKind]string{
	0:            "none",
	TokenControl: "control",
	TokenFrame:   "frame",
	TokenDamaged: "damaged",
	TokenNoise:   "noise",
}

// String returns the name, or TokenKind(N) for a value without one here.
func (t TokenKind) String() string { return enum.Name(tokenKindNames, "TokenKind", t) }
