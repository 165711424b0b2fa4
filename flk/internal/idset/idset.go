// Package idset is an open-addressing table from 64-bit fingerprints to small
// values, at 8 or 16 bytes a slot, with a limit on its size.
package idset

// Table maps fingerprints to values. The zero value is an empty table without
// values; its memory grows with what it holds, at most Limit entries.
type Table struct {
	Limit  int  // entries; must be set
	Values bool // keep a value with each fingerprint

	keys []uint64
	vals []uint64
	n    int
}

// Add looks a fingerprint up and adds it if it is new. full is true when it is
// new but the limit is reached: then it was not added.
func (t *Table) Add(key, value uint64) (old uint64, found, full bool) {
	if key == 0 {
		key = 1 // 0 marks an empty slot
	}
	if t.n >= len(t.keys)*3/4 {
		t.grow()
	}
	i := t.slot(key)
	if t.keys[i] == key {
		if t.Values {
			old = t.vals[i]
		}
		return old, true, false
	}
	if t.n >= t.Limit {
		return 0, false, true
	}
	t.n++
	t.keys[i] = key
	if t.Values {
		t.vals[i] = value
	}
	return 0, false, false
}

// Len returns the number of entries.
func (t *Table) Len() int { return t.n }

func (t *Table) slot(key uint64) int {
	mask := len(t.keys) - 1
	i := int(key>>1) & mask
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & mask
	}
	return i
}

func (t *Table) grow() {
	keys, vals := t.keys, t.vals
	size := max(64, 2*len(keys))
	t.keys = make([]uint64, size)
	if t.Values {
		t.vals = make([]uint64, size)
	}
	for i, key := range keys {
		if key == 0 {
			continue
		}
		at := t.slot(key)
		t.keys[at] = key
		if t.Values {
			t.vals[at] = vals[i]
		}
	}
}
