package receipt

import (
	"math/bits"
	"strconv"
	"strings"
)

// Limits of values: five and six bytes of a register's command.
const (
	MaxMoney    Money    = 1<<40 - 2 // kopecks, some 11 thousand million roubles
	MaxQuantity Quantity = 1<<48 - 1 // millionths
)

// Money is a sum in kopecks (M73).
type Money int64

// String returns the sum in roubles as the source's listing has it: 100, or
// 100.50 where there are kopecks.
func (m Money) String() string {
	sign, n := "", uint64(m)
	if m < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.FormatUint(n/100, 10)
	if n%100 != 0 {
		text += "." + string([]byte{'0' + byte(n%100/10), '0' + byte(n%10)})
	}
	return text
}

// Quantity is a quantity in millionths (M73): 1 000 000 is one piece.
type Quantity int64

// One is one piece.
const One Quantity = 1_000_000

// ParseQuantity reads a decimal text such as 1 or 0.25: digits, and behind a
// point one to six more. Signs, exponents, blanks and zero are errors with
// CodeQuantity.
func ParseQuantity(text string) (Quantity, error) {
	whole, part, point := strings.Cut(text, ".")
	if len(whole) < 1 || len(whole) > 9 || point && (len(part) < 1 || len(part) > 6) {
		return 0, newError(CodeQuantity, "", arg{"text", clip(text)})
	}
	var q Quantity
	for _, c := range []byte(whole + (part + "000000")[:6]) {
		if c < '0' || c > '9' {
			return 0, newError(CodeQuantity, "", arg{"text", clip(text)})
		}
		q = q*10 + Quantity(c-'0')
	}
	if q == 0 || q > MaxQuantity {
		return 0, newError(CodeQuantity, "", arg{"text", clip(text)})
	}
	return q, nil
}

// String returns the decimal text without zeros at its end: 1, 0.25.
func (q Quantity) String() string {
	sign, n := "", uint64(q)
	if q < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.FormatUint(n/1e6, 10)
	if n %= 1e6; n != 0 {
		text += "." + strings.TrimRight(strconv.FormatUint(1e6+n, 10)[1:], "0")
	}
	return text
}

// MarshalText writes the decimal text.
func (q Quantity) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads a decimal text as ParseQuantity does.
func (q *Quantity) UnmarshalText(text []byte) error {
	n, err := ParseQuantity(string(text))
	if err == nil {
		*q = n
	}
	return err
}

// Cost is price times quantity, rounded to the nearest kopeck, halves up, as a
// register does it; ok is false for a negative operand or a cost above MaxMoney.
func Cost(price Money, q Quantity) (cost Money, ok bool) {
	if price < 0 || q < 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(price), uint64(q))
	lo, carry := bits.Add64(lo, 500_000, 0)
	hi += carry
	if hi >= 1_000_000 {
		return 0, false
	}
	n, _ := bits.Div64(hi, lo, 1_000_000)
	if n > uint64(MaxMoney) {
		return 0, false
	}
	return Money(n), true
}
