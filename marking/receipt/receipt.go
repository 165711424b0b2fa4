package receipt

// MaxItems is how many items a receipt may have: more than any register takes.
const MaxItems = 1000

// Receipt is a receipt as a till has it: what is sold and how it is paid. The
// zero value is an empty receipt, which cannot be printed.
type Receipt struct {
	// Type is a sale or its return.
	Type Type `json:"type"`
	// TaxSystem is the tax system, one bit.
	TaxSystem TaxSystem `json:"taxSystem"`
	// Payments are the sums by kind of payment.
	Payments Payments `json:"payments"`
	// Items are the positions in the order of printing.
	Items []Item `json:"items"`
}

// Total is the sum of all items in kopecks. ok is false where it cannot be
// worked out: a negative price or quantity, or more than MaxMoney.
func (r Receipt) Total() (total Money, ok bool) {
	for _, it := range r.Items {
		cost, fits := it.Cost()
		if !fits || total > MaxMoney-cost {
			return 0, false
		}
		total += cost
	}
	return total, true
}

// Type is what a receipt does; the numbers are those of CheckType.
type Type uint8

// The types that may hold marked goods. Zero is unset.
const (
	Sale   Type = 1 // приход
	Return Type = 2 // возврат прихода
)

var typeNames = names{1: "sale", 2: "return"}

// String returns sale or return, Type(N) for a value that is neither.
func (t Type) String() string { return typeNames.of("Type", uint8(t)) }

// MarshalText writes the name.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads sale or return; anything else is an error with
// CodeName.
func (t *Type) UnmarshalText(text []byte) error {
	n, err := typeNames.find("Type", text)
	if err == nil {
		*t = Type(n)
	}
	return err
}

// TaxSystem is a tax system of the seller: one bit of TaxType.
type TaxSystem uint8

// The systems. Zero is unset.
const (
	TaxSystemGeneral       TaxSystem = 1  // ОСН
	TaxSystemIncome        TaxSystem = 2  // УСН доход
	TaxSystemIncomeOutcome TaxSystem = 4  // УСН доход − расход
	TaxSystemImputed       TaxSystem = 8  // ЕНВД
	TaxSystemAgricultural  TaxSystem = 16 // ЕСХН
	TaxSystemPatent        TaxSystem = 32 // ПСН
)

// Payments are the sums of a receipt by kind, in kopecks.
type Payments struct {
	// Cash is what the buyer gave in cash; more than is due is change.
	Cash Money `json:"cash"`
	// Electronic is what was paid by card and the like.
	Electronic Money `json:"electronic"`
	// Prepaid, Credit and Counter are аванс, кредит and встречное предоставление.
	Prepaid Money `json:"prepaid,omitempty"`
	Credit  Money `json:"credit,omitempty"`
	Counter Money `json:"counter,omitempty"`
}

// Sums returns the payments in the order of the register: Summ1 at index 0.
func (p Payments) Sums() [16]Money {
	return [16]Money{0: p.Cash, 1: p.Electronic, 13: p.Prepaid, 14: p.Credit, 15: p.Counter}
}

// cashless is everything but cash, all together.
func (p Payments) cashless() Money { return p.Electronic + p.Prepaid + p.Credit + p.Counter }
