package dbfio

import (
	"math"
	"strconv"
	"strings"
)

// decimal is a number as its digits stand in a cell: nothing is converted, so
// nothing is rounded.
type decimal struct {
	negative    bool
	whole, frac []byte
	exponent    int
}

// maxExponent bounds what a Float cell's exponent may ask for when it is
// written out: no double goes further.
const maxExponent = 400

// parseDecimal reads [+-] digits [. digits] [e [+-] digits]; a digit is needed
// before the exponent.
func parseDecimal(b []byte) (decimal, bool) {
	var d decimal
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		d.negative = b[0] == '-'
		b = b[1:]
	}
	d.whole, b = digits(b)
	if len(b) > 0 && b[0] == '.' {
		d.frac, b = digits(b[1:])
	}
	if len(d.whole)+len(d.frac) == 0 {
		return d, false
	}
	if len(b) > 1 && (b[0] == 'e' || b[0] == 'E') {
		n, err := strconv.Atoi(string(b[1:]))
		if err != nil || n > maxExponent || n < -maxExponent {
			return d, false
		}
		d.exponent, b = n, nil
	}
	return d, len(b) == 0
}

func digits(b []byte) (digits, rest []byte) {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return b[:n], b[n:]
}

// String writes the number without exponent, as JSON wants it.
func (d decimal) String() string {
	whole, frac := string(d.whole), string(d.frac)
	if e := d.exponent; e > 0 {
		if len(frac) < e {
			frac += strings.Repeat("0", e-len(frac))
		}
		whole, frac = whole+frac[:e], frac[e:]
	} else if e < 0 {
		if len(whole) < -e {
			whole = strings.Repeat("0", -e-len(whole)) + whole
		}
		cut := len(whole) + e
		whole, frac = whole[:cut], whole[cut:]+frac
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if d.negative && strings.Trim(whole, "0.") != "" {
		whole = "-" + whole
	}
	return whole
}

type scaleOutcome int

const (
	scaledOK scaleOutcome = iota
	scaledFraction
	scaledRange
)

// scaled returns the number times 10^decimals.
func (d decimal) scaled(decimals int) (int64, scaleOutcome) {
	text := d.String()
	text, negative := strings.CutPrefix(text, "-")
	whole, frac, _ := strings.Cut(text, ".")
	if n := decimals - len(frac); n > 0 {
		frac += strings.Repeat("0", n)
	}
	if decimals < 0 || strings.Trim(frac[decimals:], "0") != "" {
		return 0, scaledFraction
	}
	u, err := strconv.ParseUint(whole+frac[:decimals], 10, 64)
	switch {
	case err != nil:
		return 0, scaledRange
	case negative && u == 1<<63:
		return math.MinInt64, scaledOK
	case u > math.MaxInt64:
		return 0, scaledRange
	case negative:
		return -int64(u), scaledOK
	}
	return int64(u), scaledOK
}

// smallInt reads what most numeric cells hold: up to 18 digits, a minus perhaps.
func smallInt(b []byte) (int64, bool) {
	negative := len(b) > 1 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, x := range b {
		if x -= '0'; x > 9 {
			return 0, false
		}
		n = n*10 + int64(x)
	}
	if negative {
		n = -n
	}
	return n, true
}

// plainInteger says whether b is a whole number in its shortest form already.
func plainInteger(b []byte) bool {
	if len(b) > 1 && b[0] == '-' && b[1] != '0' {
		b = b[1:]
	}
	if len(b) == 0 || b[0] == '0' && len(b) > 1 {
		return false
	}
	for _, x := range b {
		if x < '0' || x > '9' {
			return false
		}
	}
	return true
}

// fixedPoint spells n / 10^places with all places.
func fixedPoint(n int64, places int) string {
	s := strconv.FormatInt(n, 10)
	s, negative := strings.CutPrefix(s, "-")
	if places > 0 {
		if len(s) <= places {
			s = strings.Repeat("0", places+1-len(s)) + s
		}
		s = s[:len(s)-places] + "." + s[len(s)-places:]
	}
	if negative {
		s = "-" + s
	}
	return s
}
