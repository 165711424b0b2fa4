package office

import "github.com/obmen-go/obmen/kmazs"

// identity is what a record says about whom it means.
type identity struct {
	sync         string    // synchronisation id, "" if none
	key          kmazs.Key // zero if none, zero or unreadable: it never matches (K30)
	name         string    // folded, "" if none or not asked for
	catalogue    Catalogue // where key and name are looked for, and where a new user goes
	anyCatalogue bool      // by id in both catalogues: ISCAR is silent (K32)
	saysVehicle  bool      // ISCAR is true and processed (K13)
	delete       bool
}

// identify reads the identity of record i but for key and name, which most records
// are never asked for. It is cheap and kept nowhere.
func (p *planner) identify(i int) identity {
	u := &p.records[i].User
	id := identity{catalogue: Driver, delete: u.IsDelete()}
	id.sync, _ = u.SyncIdentity()
	if p.opt.processIsCar {
		switch isCar, ok := u.IsCar.Get(); {
		case !ok:
			id.anyCatalogue = true
		case isCar:
			id.catalogue, id.saysVehicle = Vehicle, true
		}
	}
	return id
}

// attributes adds what the record may be attached by.
func (p *planner) attributes(i int, id *identity) {
	u := &p.records[i].User
	if p.opt.attachByKey {
		id.key, _, _ = p.set.Keys.Of(u)
	}
	if name, ok := u.ShortName.Get(); ok && p.opt.attachByName {
		id.name = foldName(name)
	}
}

// unusable returns why a record's identity cannot be used at all, nil if it can.
// A record that changes or adds is refused with all its findings; of one that
// deletes only those count that concern whom it means (K35).
func (p *planner) unusable(i int, id *identity) []Finding {
	rec := &p.records[i]
	if rec.Findings != nil {
		about := kmazs.SetOf(kmazs.FieldID, kmazs.FieldSyncID)
		if id.delete {
			about |= p.keyFields(&rec.User)
			if id.sync == "" && p.opt.attachByName {
				about |= kmazs.SetOf(kmazs.FieldShortName)
			}
			if id.sync == "" && p.opt.processIsCar {
				about |= kmazs.SetOf(kmazs.FieldIsCar)
			}
			if list := keep(rec.Findings, about); list != nil {
				return list
			}
		} else if rec.Findings.Fields()&about != 0 {
			return keep(rec.Findings, ^kmazs.FieldSet(0))
		}
	}
	if id.sync != "" {
		return nil
	}
	if p.attributes(i, id); !id.key.IsZero() || id.name != "" {
		return nil
	}
	if list := keep(rec.Findings, ^kmazs.FieldSet(0)); list != nil && !id.delete {
		return list
	}
	return []Finding{p.about(i, newError(CodeNoIdentity, 0))}
}

// keyFields are the fields that say what the record's key is (K4).
func (p *planner) keyFields(u *kmazs.User) kmazs.FieldSet {
	if u.KeySource() == kmazs.FieldRFID {
		return kmazs.SetOf(kmazs.FieldRFID)
	}
	return kmazs.SetOf(kmazs.FieldKey, kmazs.FieldKeyType)
}

// keep returns the findings about these fields.
func keep(all kmazs.Findings, fields kmazs.FieldSet) []Finding {
	var list []Finding
	for _, f := range all {
		if fields.Has(f.Field()) {
			list = append(list, f)
		}
	}
	return list
}

// newName is the short name of a new user: SHORTNAME, else the KEY that stands
// for it (K22), else "".
func (p *planner) newName(i int) string {
	u := &p.records[i].User
	if name, ok := u.ShortName.Get(); ok {
		return tidyName(name)
	}
	if p.opt.keyAsUserName && u.ShortName.State() != kmazs.StateInvalid && u.KeySource() == kmazs.FieldKey {
		if name, ok := u.NameKey(); ok {
			return name
		}
	}
	return ""
}

// noteMeant remembers the accounts that a record could mean whose identity is
// unusable, or that matches several: a replace import that goes on in spite of it
// must not lock them (K53).
func (p *planner) noteMeant(i int, m *match) {
	if !p.opt.replace || !p.set.LockDespiteRefusals {
		return
	}
	for _, account := range m.several {
		p.meant[account] = true
	}
	if m.several != nil {
		return
	}
	u := &p.records[i].User
	for _, field := range []kmazs.Optional[string]{u.ID, u.SyncID} {
		if text, ok := field.Get(); ok {
			for account := range p.syncs().all(text) {
				p.meant[account] = true
			}
		}
	}
	id := p.identify(i)
	if p.attributes(i, &id); !id.key.IsZero() {
		for account := range p.keys().all(id.key) {
			p.meant[account] = true
		}
	}
	if id.name != "" {
		for account := range p.names().all(id.name) {
			p.meant[account] = true
		}
	}
}
