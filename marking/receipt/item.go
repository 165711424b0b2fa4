package receipt

import (
	"fmt"
	"log/slog"

	"github.com/obmen-go/obmen/marking"
)

// MaxName is the longest text of an item in characters.
const MaxName = 128

// Item is one position of a receipt.
type Item struct {
	// Name is the text to be printed, up to MaxName characters of code page 1251.
	Name string `json:"name"`
	// Price is for quantity 1, in kopecks.
	Price Money `json:"price"`
	// Quantity is in millionths.
	Quantity Quantity `json:"quantity"`
	// Tax is the rate of the VAT.
	Tax Tax `json:"tax"`
	// PaymentType is tag 1214, 1 to 7. It defaults to PaymentFull.
	PaymentType PaymentType `json:"paymentType,omitempty"`
	// Sign is tag 1212, the payment item sign. It defaults to SignExcise for a
	// marked item of an excise group, SignMarked for any other marked item, and
	// SignGoods (M71).
	Sign Sign `json:"itemSign,omitempty"`
	// Mark is the marking code as it was scanned, empty for goods without one.
	Mark Mark `json:"mark,omitempty"`
	// Status is what happens to the piece. It defaults to PieceSold, in a return
	// to PieceReturned.
	Status ItemStatus `json:"status,omitempty"`
	// Unit is the measure, tag 2108: 0 pieces, 10 grams, 11 kilograms, 41 litres …
	Unit Unit `json:"unit,omitempty"`
	// Fraction is the part of a pack that is sold, tag 1291; zero for none.
	Fraction Fraction `json:"fraction,omitzero"`
	// TagOrder asks for the tags before the mark or behind it (M70). It defaults
	// to TagsBefore, and registers that want it otherwise are not asked.
	TagOrder TagOrder `json:"tagOrder,omitempty"`
	// Group is the number of the product group by the catalogue, 0 if unknown.
	Group int `json:"group,omitempty"`
}

// Cost is the price of the whole quantity; see [Cost].
func (it Item) Cost() (cost Money, ok bool) { return Cost(it.Price, it.Quantity) }

// Completed returns the item with the defaults of a receipt of type t filled in.
func (it Item) Completed(t Type) Item {
	if it.PaymentType == 0 {
		it.PaymentType = PaymentFull
	}
	if it.Sign == 0 {
		it.Sign = SignGoods
		if it.Mark != "" {
			it.Sign = SignMarked
			if g, ok := marking.FindGroup(it.Group); ok && g.Excise {
				it.Sign = SignExcise
			}
		}
	}
	if it.Status == 0 {
		it.Status = PieceSold
		if t == Return {
			it.Status = PieceReturned
		}
	}
	if it.TagOrder == 0 {
		it.TagOrder = TagsBefore
	}
	return it
}

// Tax is a rate of the VAT, a row of the register's table of taxes (Tax1).
type Tax uint8

// The rates. Zero is unset.
const (
	Tax20       Tax = 1
	Tax10       Tax = 2
	Tax0        Tax = 3
	TaxNone     Tax = 4 // БЕЗ НДС
	Tax20of120  Tax = 5
	Tax10of110  Tax = 6
	Tax22       Tax = 11
	Tax22of122  Tax = 12
	maxTax          = 12
	maxUnit         = 255
	maxGroup        = 1<<16 - 1
	maxFraction     = 1<<31 - 1
)

// PaymentType is tag 1214, признак способа расчёта: 1 to 7.
type PaymentType uint8

// PaymentFull is полный расчёт.
const PaymentFull PaymentType = 4

// Sign is tag 1212, признак предмета расчёта: what the item is.
type Sign uint8

// The signs that a rule speaks of.
const (
	SignGoods          Sign = 1  // goods
	SignExciseUnmarked Sign = 30 // excise goods that should have a code and have none
	SignExcise         Sign = 31 // excise goods with a marking code
	SignUnmarked       Sign = 32 // goods that should have a code and have none
	SignMarked         Sign = 33 // goods with a marking code
)

// Marked says whether the sign stands for goods with a marking code.
func (s Sign) Marked() bool { return s == SignExcise || s == SignMarked }

// ItemStatus is tag 2003, what happens to the piece (M71).
type ItemStatus uint8

// The statuses. Zero is unset.
const (
	PieceSold        ItemStatus = 1 // a piece is sold
	MeasuredSold     ItemStatus = 2 // a part or a measured quantity is sold
	PieceReturned    ItemStatus = 3 // a piece is returned
	MeasuredReturned ItemStatus = 4 // a part or a measured quantity is returned
)

// Measured says whether a part or a measured quantity is sold or returned.
func (s ItemStatus) Measured() bool { return s == MeasuredSold || s == MeasuredReturned }

// Return says whether goods come back.
func (s ItemStatus) Return() bool { return s == PieceReturned || s == MeasuredReturned }

// Unit is a measure, tag 2108. 0 stands for pieces.
type Unit uint8

// Fraction is the part of a pack that is sold, such as 1/3: tag 1291. The zero
// value is no fraction.
type Fraction struct {
	// Numerator and Denominator are tags 1293 and 1294, 1 ≤ numerator < denominator.
	Numerator, Denominator int64
}

// String returns 1/3, or "" for no fraction.
func (f Fraction) String() string {
	if f == (Fraction{}) {
		return ""
	}
	return fmt.Sprintf("%d/%d", f.Numerator, f.Denominator)
}

// MarshalText writes 1/3.
func (f Fraction) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads 1/3; anything else is an error with CodeFraction.
func (f *Fraction) UnmarshalText(text []byte) error {
	parsed, ok := parseFraction(string(text))
	if !ok {
		return newError(CodeFraction, "", arg{"text", clip(string(text))})
	}
	*f = parsed
	return nil
}

// TagOrder is where an item's tags go: before its mark or behind it.
type TagOrder uint8

// The orders. Zero is unset, which means TagsBefore.
const (
	TagsBefore TagOrder = 1 // tags, then the mark: the source's first item
	TagsAfter  TagOrder = 2 // the mark, then tags: the source's second item
)

var orderNames = names{1: "before", 2: "after"}

// String returns before or after, TagOrder(N) for a value that is neither.
func (o TagOrder) String() string { return orderNames.of("TagOrder", uint8(o)) }

// MarshalText writes the name.
func (o TagOrder) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads before or after; anything else is an error with
// CodeName.
func (o *TagOrder) UnmarshalText(text []byte) error {
	n, err := orderNames.find("TagOrder", text)
	if err == nil {
		*o = TagOrder(n)
	}
	return err
}

// Mark is a marking code as bytes, with its separators (GS) as 1D. It prints
// without its crypto tail, so that no log holds a whole mark; string(m) is the
// code itself. In JSON it is hex.
type Mark string

// String describes the mark without its tail.
func (m Mark) String() string {
	if m == "" {
		return ""
	}
	code, err := m.read()
	if err != nil {
		return fmt.Sprintf("unreadable mark of %d bytes", len(m))
	}
	return code.String()
}

// GoString is String, for the same reason.
func (m Mark) GoString() string { return m.String() }

// LogValue is String, for the same reason.
func (m Mark) LogValue() slog.Value { return slog.StringValue(m.String()) }

// MarshalText writes upper-case hex without blanks.
func (m Mark) MarshalText() ([]byte, error) { return []byte(marking.EncodeHex(string(m))), nil }

// UnmarshalText reads hex of any case; blanks may stand anywhere. Anything else
// is an error with CodeHex.
func (m *Mark) UnmarshalText(text []byte) error {
	code, err := marking.DecodeHex(string(text))
	if err != nil || len(code) > marking.MaxScan {
		return newError(CodeHex, "")
	}
	*m = Mark(code)
	return nil
}

// read reads the mark as any scan; what was taken when it was scanned, be it
// nonstandard, is good here.
func (m Mark) read() (marking.Code, error) {
	return marking.Read(string(m), &marking.Options{Nonstandard: true})
}
