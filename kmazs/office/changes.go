package office

import (
	"fmt"
	"slices"
)

// ApplyTo returns the snapshot as it is with these changes, under the next
// revision if accounts or departments change, and leaves the old one as it is.
// New accounts and departments get the numbers that follow the highest. It is
// what a Directory that keeps everything in memory needs for its Commit. An
// error, on changes that no plan of this snapshot makes, says what does not fit.
func (c *Changes) ApplyTo(s *Snapshot) (*Snapshot, error) {
	if !c.alters() {
		same := *s
		return &same, nil
	}
	after := *s
	after.Revision++
	after.Departments = slices.Clone(s.Departments)
	made, err := c.applyDepartments(&after)
	if err != nil {
		return nil, err
	}

	updated := make(map[int]*Account, len(c.Updated))
	for i := range c.Updated {
		updated[c.Updated[i].Number] = &c.Updated[i]
	}
	deleted := make(map[int]bool, len(c.Deleted))
	for _, n := range c.Deleted {
		deleted[n] = true
	}
	if len(updated) != len(c.Updated) || len(deleted) != len(c.Deleted) {
		return nil, fmt.Errorf("kmazs/office: an account is updated or deleted twice")
	}

	highest, touched := 0, 0
	after.Accounts = make([]Account, 0, len(s.Accounts)+len(c.Added)-len(c.Deleted))
	put := func(a Account) error {
		if a.Department < 0 {
			id, ok := made[a.Department]
			if !ok {
				return fmt.Errorf("kmazs/office: account %d refers to department %d, which is not created", a.Number, a.Department)
			}
			a.Department = id
		}
		after.Accounts = append(after.Accounts, a)
		return nil
	}
	for i := range s.Accounts {
		a := s.Accounts[i]
		highest = max(highest, a.Number)
		if deleted[a.Number] {
			touched++
			continue
		}
		if u := updated[a.Number]; u != nil {
			touched++
			a = *u
		}
		if err := put(a); err != nil {
			return nil, err
		}
	}
	if touched != len(updated)+len(deleted) {
		return nil, fmt.Errorf("kmazs/office: an account to be updated or deleted is not there, or is both")
	}
	for _, a := range c.Added {
		highest++
		a.Number = highest
		if err := put(a); err != nil {
			return nil, err
		}
	}
	return &after, nil
}

// applyDepartments changes after.Departments and returns the IDs that the new
// ones got.
func (c *Changes) applyDepartments(after *Snapshot) (map[int]int, error) {
	place := make(map[int]int, len(after.Departments))
	highest := 0
	for i, d := range after.Departments {
		place[d.ID] = i
		highest = max(highest, d.ID)
	}
	made := map[int]int{}
	for _, d := range c.Departments {
		if d.ID >= 0 {
			i, ok := place[d.ID]
			if !ok {
				return nil, fmt.Errorf("kmazs/office: department %d to be changed is not there", d.ID)
			}
			after.Departments[i] = d
			continue
		}
		highest++
		made[d.ID] = highest
		d.ID = highest
		after.Departments = append(after.Departments, d)
	}
	return made, nil
}

// KeepReceipt returns the receipts with the one of these changes, if any, at the
// end, and without the oldest beyond KeptReceipts. The list that is passed in is
// left as it is.
func (c *Changes) KeepReceipt(list []Receipt) []Receipt {
	if c.Receipt == nil {
		return list
	}
	list = append(slices.Clip(list), *c.Receipt)
	return list[max(0, len(list)-KeptReceipts):]
}

// FindReceipt returns the last of the receipts with this digest, or nil.
func FindReceipt(list []Receipt, digest string) *Receipt {
	for i := range slices.Backward(list) {
		if list[i].Digest == digest {
			r := list[i]
			return &r
		}
	}
	return nil
}
