package marking

// Kind says what a scanned code is. The zero value, KindUnknown, is a code that
// was not recognised.
type Kind uint8

// The kinds of rule M7 and section 1.2.
const (
	KindUnknown Kind = iota
	KindGS1M         // a mark with application identifiers: 01, 21 and a crypto tail
	KindGS1          // an identity without a crypto tail: valid, but not a mark
	KindKMK          // КМК: the 29 characters of a tobacco pack
	KindFur          // МИ: the control sign of furs
	KindEGAIS2       // ЕГАИС-2.0: 68 characters of a strong drink's stamp
	KindEGAIS3       // ЕГАИС-3.0: 150 characters of a strong drink's stamp
	KindEAN8         // an EAN-8 bar code: not a mark
	KindEAN13        // an EAN-13 bar code: not a mark
	KindITF14        // an ITF-14 bar code: not a mark
	KindSSCC         // a transport unit: an aggregate, which no till may sell
)

var kindNames = [...]string{
	"UNKNOWN", "GS1M", "GS1", "KMK", "FUR", "EGAIS2", "EGAIS3", "EAN8", "EAN13", "ITF14", "SSCC",
}

// String returns the stable name: GS1M, GS1, KMK, FUR, EGAIS2, EGAIS3, EAN8,
// EAN13, ITF14, SSCC or UNKNOWN.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindUnknown]
}

// IsMark says whether a piece of goods with such a code is sold by its mark:
// a full code with application identifiers, КМК, МИ or ЕГАИС. An identity
// without a tail, a bar code and an aggregate are not.
func (k Kind) IsMark() bool {
	switch k {
	case KindGS1M, KindKMK, KindFur, KindEGAIS2, KindEGAIS3:
		return true
	}
	return false
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name that String returned; any other name is an error
// with [CodeName].
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if string(text) == name {
			*k = Kind(i)
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "kind"})
}
