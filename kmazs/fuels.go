package kmazs

import (
	"strconv"
	"strings"
)

// FuelList is what DEFGSM says: every fuel, or these.
type FuelList struct {
	// All: the word "empty", every fuel is allowed.
	All bool
	// Items are the allowed fuels, in the order given, no code twice.
	Items []FuelItem
}

// FuelItem is an allowed fuel.
type FuelItem struct {
	// Code is the binding code of the fuel.
	Code string
	// Limit is the own limit in litres, 0 to 2000000; 0 blocks this fuel. It
	// counts only if HasLimit.
	Limit    int
	HasLimit bool
}

// EveryFuel is the text of DEFGSM that allows every fuel; NoStations that of
// STATIONS which allows none. They are one word with opposite meanings.
const (
	EveryFuel  = "empty"
	NoStations = "empty"
	// AllStations is the text of STATIONS for every station registered at the
	// moment of the import.
	AllStations = "all"
)

// ParseFuels reads the text of DEFGSM (K7): codes between commas or semicolons,
// each with "=" and a limit or without; one separator may stand at the end. Blanks
// around a part do not count. "empty" alone allows every fuel. An error is an
// *Error about FieldDefGSM.
func ParseFuels(text string) (FuelList, error) {
	text = trim(text)
	if strings.EqualFold(text, EveryFuel) {
		return FuelList{All: true}, nil
	}
	if text != "" && isFuelSeparator(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	var list FuelList
	for rest, more := text, true; more; {
		var item string
		item, rest, more = cutFuel(rest)
		code, limit, limited := strings.Cut(item, "=")
		code, limit = trim(code), trim(limit)
		f := FuelItem{Code: code, HasLimit: limited}
		if code == "" {
			return FuelList{}, newError(CodeFuelEmpty, "n", len(list.Items)+1)
		}
		if limited {
			if f.Limit = digits(limit); f.Limit < 0 || f.Limit > maxLitres {
				return FuelList{}, newError(CodeFuelLimit, "fuel", code, "value", limit, "max", maxLitres)
			}
		}
		for _, other := range list.Items {
			if other.Code == code {
				return FuelList{}, newError(CodeFuelTwice, "fuel", code)
			}
		}
		if len(list.Items) == maxFuels {
			return FuelList{}, newError(CodeFuelCount, "max", maxFuels)
		}
		list.Items = append(list.Items, f)
	}
	return list, nil
}

// maxFuels bounds a list that JSON does not bound by its width; no station holds
// that many. It keeps the search for repeated codes short.
const maxFuels = 1000

func isFuelSeparator(c byte) bool { return c == ',' || c == ';' }

func cutFuel(s string) (item, rest string, more bool) {
	if i := strings.IndexAny(s, ",;"); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// String is the text that ParseFuels reads: "92=500;95".
func (l FuelList) String() string {
	if l.All {
		return EveryFuel
	}
	var b strings.Builder
	for i, item := range l.Items {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(item.Code)
		if item.HasLimit {
			b.WriteByte('=')
			b.WriteString(strconv.Itoa(item.Limit))
		}
	}
	return b.String()
}
