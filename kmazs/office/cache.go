package office

import "github.com/obmen-go/obmen/kmazs"

// textCache keeps the meaning of station and fuel lists: a request repeats a few
// of them again and again. Its lists are shared by accounts and never changed.
type textCache struct {
	stationLists map[string][]int
	fuelLists    map[string][]FuelLimit
}

// maxCached bounds each of the two maps.
const maxCached = 10_000

// stations reads STATIONS.
func (c *textCache) stations(opt *options, text string) ([]int, *Error) {
	if list, ok := c.stationLists[text]; ok {
		return list, nil
	}
	parsed, err := kmazs.ParseStations(text)
	if err != nil {
		return nil, nil // the record has a finding about it, which refuses it
	}
	list, unknown, ok := opt.resolveStations(parsed)
	if !ok {
		return nil, newError(CodeUnknownStation, kmazs.FieldStations, "station", unknown)
	}
	if c.stationLists == nil || len(c.stationLists) == maxCached {
		c.stationLists = map[string][]int{}
	}
	c.stationLists[text] = list
	return list, nil
}

// fuels reads DEFGSM, the limits as they are given; an empty list is every fuel.
func (c *textCache) fuels(opt *options, text string) ([]FuelLimit, *Error) {
	if list, ok := c.fuelLists[text]; ok {
		return list, nil
	}
	parsed, err := kmazs.ParseFuels(text)
	if err != nil {
		return nil, nil // the record has a finding about it, which refuses it
	}
	list := make([]FuelLimit, 0, len(parsed.Items))
	seen := make(map[int]bool, len(parsed.Items))
	for _, item := range parsed.Items {
		id, ok := opt.fuelID(item.Code)
		if !ok {
			return nil, newError(CodeUnknownFuel, kmazs.FieldDefGSM, "fuel", item.Code)
		}
		if seen[id] {
			return nil, newError(CodeSameFuel, kmazs.FieldDefGSM, "fuel", item.Code)
		}
		seen[id] = true
		f := FuelLimit{Fuel: id}
		if item.HasLimit {
			f.Limit = Litres(item.Limit)
		}
		list = append(list, f)
	}
	if c.fuelLists == nil || len(c.fuelLists) == maxCached {
		c.fuelLists = map[string][]FuelLimit{}
	}
	c.fuelLists[text] = list
	return list, nil
}
