package office

// departments resolves the department of records in record order (K2), those
// just made included. Records of one plan are looked at once or more: reset
// starts again from the snapshot.
type departments struct {
	list   []Department // the snapshot's, then those made by this import
	bySync map[string]int
	byName map[string][]int // places in list, in order
	own    map[int]bool     // IDs of those with stations of their own

	makers map[int32]bool // records that made a department or stored a sync id
	stored []int          // places of the snapshot whose sync id is new
	known  int            // how many are the snapshot's
}

func newDepartments(from []Department) *departments {
	d := &departments{known: len(from)}
	d.reset(from)
	return d
}

func (d *departments) reset(from []Department) {
	d.list = append([]Department(nil), from...)
	d.bySync = make(map[string]int, len(from))
	d.byName = make(map[string][]int, len(from))
	d.own = map[int]bool{}
	d.makers = map[int32]bool{}
	d.stored = nil
	for i := range d.list {
		if id := d.list[i].SyncID; id != "" {
			d.bySync[id] = i
		}
		d.byName[d.list[i].Name] = append(d.byName[d.list[i].Name], i)
		if len(d.list[i].Stations) > 0 {
			d.own[d.list[i].ID] = true
		}
	}
}

// choice is the department that a record names and what must be done so that it
// is there; nothing is done before take.
type choice struct {
	place  int    // in list; len(list) if it must be made
	syncID string // to be stored with it, "" if nothing is to be stored
	name   string // of the one to be made
	make   bool
}

// find returns the department for DEPSYNCID and DEPART, not both blank, or false
// if there is none and none can be made.
func (d *departments) find(syncID, name string) (choice, bool) {
	if syncID != "" {
		if place, ok := d.bySync[syncID]; ok {
			return choice{place: place}, true
		}
		if name == "" {
			return choice{}, false
		}
		for _, place := range d.byName[name] {
			if d.list[place].SyncID == "" {
				return choice{place: place, syncID: syncID}, true
			}
		}
		return choice{place: len(d.list), syncID: syncID, name: name, make: true}, true
	}
	places := d.byName[name]
	for _, place := range places {
		if d.list[place].SyncID == "" {
			return choice{place: place}, true
		}
	}
	if len(places) > 0 {
		return choice{place: places[0]}, true
	}
	return choice{place: len(d.list), name: name, make: true}, true
}

// at is the department of a choice as it will be.
func (d *departments) at(c choice) Department {
	if c.make {
		return Department{ID: d.known - len(d.list) - 1, SyncID: c.syncID, Name: c.name}
	}
	return d.list[c.place]
}

// take carries a choice out for a record that is applied.
func (d *departments) take(c choice, record int32) {
	switch {
	case c.make:
		d.list = append(d.list, d.at(c))
		d.byName[c.name] = append(d.byName[c.name], c.place)
	case c.syncID != "":
		d.list[c.place].SyncID = c.syncID
		if c.place < d.known {
			d.stored = append(d.stored, c.place)
		}
	default:
		return
	}
	if c.syncID != "" {
		d.bySync[c.syncID] = c.place
	}
	d.makers[record] = true
}

// hasStations says whether the department with this ID has a list of its own.
func (d *departments) hasStations(id int) bool { return d.own[id] }

// changes are the departments to be stored: known ones with a new sync id, then
// new ones.
func (d *departments) changes() []Department {
	var list []Department
	for _, place := range d.stored {
		list = append(list, d.list[place])
	}
	return append(list, d.list[d.known:]...)
}
