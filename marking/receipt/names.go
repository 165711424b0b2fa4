package receipt

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// names are the names of an enumeration by value.
type names []string

func (n names) of(kind string, value uint8) string {
	if int(value) < len(n) && n[value] != "" {
		return n[value]
	}
	return fmt.Sprintf("%s(%d)", kind, value)
}

func (n names) find(kind string, text []byte) (int, error) {
	if i := slices.Index(n, string(text)); i > 0 {
		return i, nil
	}
	return 0, newError(CodeName, "", arg{"kind", kind}, arg{"name", clip(string(text))},
		arg{"known", strings.Join(n[1:], ", ")})
}

// parseFraction reads 1/3.
func parseFraction(text string) (f Fraction, ok bool) {
	above, below, slash := strings.Cut(text, "/")
	if !slash {
		return Fraction{}, false
	}
	for _, part := range []struct {
		text string
		to   *int64
	}{{above, &f.Numerator}, {below, &f.Denominator}} {
		n, err := strconv.ParseUint(part.text, 10, 31)
		if err != nil || part.text[0] == '+' {
			return Fraction{}, false
		}
		*part.to = int64(n)
	}
	return f, f.sound()
}

func (f Fraction) sound() bool {
	return f.Numerator >= 1 && f.Numerator < f.Denominator && f.Denominator <= maxFraction
}
