package flk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/fault"
)

// The names of the enumerations, by value.
var (
	severityNames   = []string{"off", "warning", "error"}
	profileNames    = []string{"strict", "lenient"}
	kindNames       = []string{"", "T", "N", "D"}
	dateLayoutNames = []string{"dd.mm.yyyy", "yyyy-mm-dd"}
	encodingNames   = []string{"UTF-8", "UTF-16", "windows-1251", "KOI8-R", "IBM866", "other"}
	styleNames      = []string{"elements", "attributes"}
)

// enumString is total: a value without a name shows its number.
func enumString(names []string, value uint8, typ string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprintf("%s(%d)", typ, value)
}

func parseEnum[T ~uint8](into *T, names []string, text []byte, what string) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		allowed := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
		return newError(CodeValue, "", arg{Name: "value", Value: fault.Clip(string(text))},
			arg{Name: "name", Value: what}, arg{Name: "allowed", Value: strings.Join(allowed, ", ")})
	}
	*into = T(i)
	return nil
}

// String returns off (the zero value), warning or error.
func (s Severity) String() string { return enumString(severityNames, uint8(s), "Severity") }

// MarshalText returns String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (s *Severity) UnmarshalText(text []byte) error {
	return parseEnum(s, severityNames, text, "severity")
}

// String returns strict or lenient.
func (p Profile) String() string { return enumString(profileNames, uint8(p), "Profile") }

// MarshalText returns String.
func (p Profile) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (p *Profile) UnmarshalText(text []byte) error {
	return parseEnum(p, profileNames, text, "profile")
}

// String returns T, N or D as the source's tables; "" for zero.
func (k Kind) String() string { return enumString(kindNames, uint8(k), "Kind") }

// MarshalText returns String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (k *Kind) UnmarshalText(text []byte) error {
	return parseEnum(k, kindNames, text, "kind")
}

// String returns dd.mm.yyyy or yyyy-mm-dd.
func (d DateLayout) String() string { return enumString(dateLayoutNames, uint8(d), "DateLayout") }

// MarshalText returns String.
func (d DateLayout) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (d *DateLayout) UnmarshalText(text []byte) error {
	return parseEnum(d, dateLayoutNames, text, "date layout")
}

// String returns the label of an XML declaration, or other.
func (e Encoding) String() string { return enumString(encodingNames, uint8(e), "Encoding") }

// MarshalText returns String.
func (e Encoding) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (e *Encoding) UnmarshalText(text []byte) error {
	return parseEnum(e, encodingNames, text, "encoding")
}

// String returns elements or attributes.
func (s Style) String() string { return enumString(styleNames, uint8(s), "Style") }

// MarshalText returns String.
func (s Style) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes of known values; the error is an *Error.
func (s *Style) UnmarshalText(text []byte) error {
	return parseEnum(s, styleNames, text, "style")
}
