package kmazs

import (
	"slices"
	"strconv"
	"strings"
)

// StationList is what STATIONS or AllowedStations says: all stations, or those
// numbered, none if there are no numbers.
type StationList struct {
	// All: every station registered at the moment of the import.
	All bool
	// Numbers are ascending, each once, at least 1.
	Numbers []int
}

// ParseStations reads a list of station numbers (K10): numbers between commas,
// blanks allowed, in any order and repeated at will; "all" and "empty" stand
// alone. An error is an *Error about FieldStations.
func ParseStations(text string) (StationList, error) {
	text = trim(text)
	switch {
	case strings.EqualFold(text, AllStations):
		return StationList{All: true}, nil
	case strings.EqualFold(text, NoStations):
		return StationList{}, nil
	}
	list := make([]int, 0, strings.Count(text, ",")+1)
	for item := range strings.SplitSeq(text, ",") {
		n := digits(trim(item))
		if n < 1 {
			return StationList{}, newError(CodeStation, "value", item)
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return StationList{Numbers: slices.Compact(list)}, nil
}

// String is the text that ParseStations reads: "1,2,10".
func (l StationList) String() string {
	switch {
	case l.All:
		return AllStations
	case len(l.Numbers) == 0:
		return NoStations
	}
	var b []byte
	for i, n := range l.Numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}
