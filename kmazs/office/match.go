package office

import (
	"fmt"

	"github.com/obmen-go/obmen/kmazs"
)

// A record is matched by id, then by key, then by short name; the first way that
// finds anything decides (K30..K33, K35).

// By is the way a record found its account.
type By uint8

// The ways of matching, and none.
const (
	ByNothing By = iota
	ByID         // synchronisation id
	ByKey        // KEY or RFID
	ByName       // SHORTNAME
)

// String is "id", "key", "name" or "".
func (b By) String() string {
	switch b {
	case ByID:
		return "id"
	case ByKey:
		return "key"
	case ByName:
		return "name"
	}
	return ""
}

// field is what the clerk calls it.
func (b By) field() kmazs.Field {
	switch b {
	case ByKey:
		return kmazs.FieldKey
	case ByName:
		return kmazs.FieldShortName
	}
	return kmazs.FieldSyncID
}

// MarshalText writes String.
func (b By) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (b *By) UnmarshalText(text []byte) error {
	for v := ByNothing; v <= ByName; v++ {
		if v.String() == string(text) {
			*b = v
			return nil
		}
	}
	return fmt.Errorf("kmazs/office: no way of matching is named %q", text)
}

// match is where a record leads.
type match struct {
	account int32 // none, or the place of the account in the snapshot
	by      By
	fault   string  // code that refuses the record, "" if none
	several []int32 // the accounts it could mean, when fault says that they are several
	way     By      // how it found those
}

// match finds the account of record i; a record for deletion that has an id is
// matched by nothing else (K35).
func (p *planner) match(i int, id *identity) match {
	if id.sync != "" {
		if m := p.matchSync(id); m.account != none || m.fault != "" || id.delete {
			return m
		}
		p.attributes(i, id)
	}
	if p.opt.attachByKey && !id.key.IsZero() {
		if m := p.pick(id, ByKey, p.keys().all(id.key)); m.account != none || m.fault != "" {
			return m
		}
	}
	if p.opt.attachByName && id.name != "" {
		return p.pick(id, ByName, p.names().all(id.name))
	}
	return match{account: none}
}

func (p *planner) matchSync(id *identity) match {
	found := match{account: none}
	for account := range p.syncs().all(id.sync) {
		if found.account != none { // only a damaged directory has this
			found.several = append(found.several, found.account, account)
			found.fault, found.way = CodeAmbiguous, ByID
		}
		found.account, found.by = account, ByID
	}
	switch {
	case found.account == none || found.fault != "":
	case !id.anyCatalogue && p.snap.Accounts[found.account].Catalogue != id.catalogue:
		found.fault = CodeOtherCatalogue
	}
	if found.fault == CodeAmbiguous {
		found.account, found.by = none, ByNothing
	}
	return found
}

// pick takes the one account that a key or a name may attach to: it stands in the
// record's catalogue, and if the record has an id, the account has none (K31, K33).
func (p *planner) pick(id *identity, by By, candidates func(func(int32) bool)) match {
	found := match{account: none}
	for account := range candidates {
		a := &p.snap.Accounts[account]
		if a.Catalogue != id.catalogue || id.sync != "" && a.SyncID != "" {
			continue
		}
		if found.account != none || found.several != nil {
			if found.several == nil {
				found.several = []int32{found.account}
			}
			found.several = append(found.several, account)
			continue
		}
		found.account, found.by = account, by
	}
	if found.several != nil {
		return match{account: none, fault: CodeAmbiguous, several: found.several, way: by}
	}
	return found
}
