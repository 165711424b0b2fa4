package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/kmazs"
)

// options are what an import goes by: what its carrier said, else the office's
// settings (K0), with all lists resolved against the directory.
type options struct {
	attachByKey, attachByName, keyAsUserName, processIsCar bool
	attachOnly, replace                                    bool

	stations        map[int]bool // registered ones
	everyStation    []int        // the same, ascending
	allowed         []int        // AllowedStations
	hasAllowed      bool
	stationsReplace map[int]int

	fuels       map[string]int // code -> ID, after gsmreplace
	fuelReplace map[string]int
	fuelCodes   map[int]string
}

func mergeOptions(s *Snapshot, set *Settings, o *kmazs.Options) (options, error) {
	opt := options{
		attachByKey:   o.AttachByKey.Or(set.AttachByKey),
		attachByName:  o.AttachByName.Or(set.AttachByName),
		keyAsUserName: o.KeyAsUserName.Or(set.KeyAsUserName),
		processIsCar:  o.ProcessIsCar.Or(set.ProcessIsCar),
		attachOnly:    set.AttachOnly,
		replace:       set.Replace && !set.AttachOnly,
		stations:      stationSet(s.Stations),
		everyStation:  slices.Compact(slices.Sorted(slices.Values(s.Stations))),
		fuels:         make(map[string]int, len(s.Fuels)),
		fuelCodes:     make(map[int]string, len(s.Fuels)),
	}
	if o.Replace && !set.Replace {
		return opt, newError(CodeReplaceIsOff, 0)
	}
	for _, f := range s.Fuels {
		opt.fuels[f.Code] = f.ID
		opt.fuelCodes[f.ID] = f.Code
	}
	if text, ok := o.StationsReplace.Get(); ok {
		pairs, err := parseReplacements("kmazsreplace", text)
		if err != nil {
			return opt, err
		}
		opt.stationsReplace = make(map[int]int, len(pairs))
		for _, p := range pairs {
			from, ok := stationNumber(p.from)
			to, okTo := stationNumber(p.to)
			if !ok || !okTo {
				return opt, newError(CodeReplacement, 0, "list", "kmazsreplace", "pair", p.from+"="+p.to)
			}
			if _, twice := opt.stationsReplace[from]; twice { // 1 and 01
				return opt, newError(CodeReplacementTwice, 0, "list", "kmazsreplace", "from", p.from)
			}
			opt.stationsReplace[from] = to
		}
	}
	if text, ok := o.FuelReplace.Get(); ok {
		pairs, err := parseReplacements("gsmreplace", text)
		if err != nil {
			return opt, err
		}
		opt.fuelReplace = make(map[string]int, len(pairs))
		for _, p := range pairs {
			id, err := strconv.Atoi(p.to)
			if err != nil {
				return opt, newError(CodeReplacement, 0, "list", "gsmreplace", "pair", p.from+"="+p.to)
			}
			opt.fuelReplace[p.from] = id
		}
	}
	if text, ok := o.AllowedStations.Get(); ok {
		list, err := kmazs.ParseStations(text)
		if err != nil {
			return opt, newError(CodeAllowedStationsText, 0).because(err)
		}
		numbers, unknown, ok := opt.resolveStations(list)
		if !ok {
			return opt, newError(CodeAllowedStations, 0, "station", unknown)
		}
		opt.allowed, opt.hasAllowed = numbers, true
	}
	return opt, nil
}

// replacement is one pair of a replacement list.
type replacement struct{ from, to string }

// parseReplacements splits a list at commas and each pair at its first "=" (K40).
// Blanks around the parts do not count.
func parseReplacements(list, text string) ([]replacement, error) {
	var pairs []replacement
	seen := map[string]bool{}
	for item := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(item, "=")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if !ok || from == "" || to == "" {
			return nil, newError(CodeReplacement, 0, "list", list, "pair", item)
		}
		if seen[from] {
			return nil, newError(CodeReplacementTwice, 0, "list", list, "from", from)
		}
		seen[from] = true
		pairs = append(pairs, replacement{from, to})
	}
	return pairs, nil
}

func stationNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && n > 0
}

func stationSet(list []int) map[int]bool {
	set := make(map[int]bool, len(list))
	for _, n := range list {
		set[n] = true
	}
	return set
}

// resolveStations turns a list into numbers of registered stations, ascending,
// after one pass of kmazsreplace; if one is not registered it says which.
func (o *options) resolveStations(list kmazs.StationList) (numbers []int, unknown int, ok bool) {
	if list.All {
		return o.everyStation, 0, true
	}
	numbers = list.Numbers
	if o.stationsReplace != nil {
		numbers = slices.Clone(numbers)
		for i, n := range numbers {
			if to, ok := o.stationsReplace[n]; ok {
				numbers[i] = to
			}
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
	}
	for _, n := range numbers {
		if !o.stations[n] {
			return nil, n, false
		}
	}
	return numbers, 0, true
}

// fuelID is the fuel that a code of the table means: what gsmreplace says, else
// the fuel with that binding code (K40).
func (o *options) fuelID(code string) (int, bool) {
	id, ok := o.fuelReplace[code]
	if !ok {
		id, ok = o.fuels[code]
	}
	if !ok {
		return 0, false
	}
	_, exists := o.fuelCodes[id]
	return id, exists
}
