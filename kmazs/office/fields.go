package office

import (
	"slices"

	"github.com/obmen-go/obmen/kmazs"
)

// evaluateAll works out, in record order, the account that every record that is
// not refused leaves behind. It may run again after records fell: it starts from
// the snapshot's departments each time, and refusals stay.
func (p *planner) evaluateAll() {
	p.departments.reset(p.snap.Departments)
	p.warnings = nil
	for i := range p.records {
		s := &p.steps[i]
		if s.refused || s.delete {
			continue
		}
		p.evaluate(i)
	}
}

// edit is a record being applied to a copy of its account.
type edit struct {
	p       *planner
	i       int
	u       *kmazs.User
	id      identity
	isNew   bool
	a       Account // as it will be
	changed bool
	bad     []Finding
}

// put stores a value and notes whether that changes the account.
func put[T comparable](e *edit, field *T, v T) {
	if *field != v {
		*field = v
		e.changed = true
	}
}

// set stores what the record says, if it says something.
func set[T comparable](e *edit, field *T, o kmazs.Optional[T]) {
	if v, ok := o.Get(); ok {
		put(e, field, v)
	}
}

func (e *edit) refuse(err *Error) { e.bad = append(e.bad, e.p.about(e.i, err)) }

func (p *planner) evaluate(i int) {
	s := &p.steps[i]
	s.after, s.unlocks, s.makes = nil, false, none
	e := edit{p: p, i: i, u: &p.records[i].User, id: p.identify(i), isNew: s.isNew}
	if e.isNew {
		e.a = p.template(e.id.catalogue)
	} else {
		e.a = p.snap.Accounts[s.account]
	}

	department := e.department()
	ownStations := e.ownStations(department)
	e.unlock(s)
	e.texts()
	e.keyAndPIN()
	e.limits()
	e.fuels()
	e.stations(ownStations)
	e.logicals()
	e.vehicle()
	if f := p.records[i].Findings; f != nil {
		e.bad = append(keep(f, ^e.ignored(ownStations)), e.bad...)
	}
	if e.bad != nil {
		p.refuse(i, e.bad...)
		return
	}

	if p.opt.attachOnly {
		if !e.isNew && e.a.SyncID != p.snap.Accounts[s.account].SyncID {
			after := p.snap.Accounts[s.account]
			after.SyncID = e.a.SyncID
			s.after = &after
		}
		return
	}
	if department != nil {
		if department.make {
			s.makes = int32(department.place)
		}
		p.departments.take(*department, int32(i))
	}
	if e.isNew && len(e.a.Stations) == 0 && !ownStations && !e.u.Stations.HasValue() {
		p.warn(i, CodeNoStations, kmazs.FieldStations)
	}
	if e.changed || e.isNew {
		after := e.a
		s.after = &after
	}
}

func (p *planner) warn(i int, code string, f kmazs.Field, args ...any) {
	p.warnings = append(p.warnings, p.about(i, newError(code, f, args...)))
}

// template is a new account before its record is applied (K19).
func (p *planner) template(c Catalogue) Account {
	from := p.set.NewDriver
	if c == Vehicle {
		from = p.set.NewVehicle
	}
	if from == nil {
		a := NewAccount(c)
		a.ShiftStart = p.set.ShiftStart
		return a
	}
	a := *from
	a.Number, a.Catalogue = 0, c
	a.SyncID, a.ShortName, a.FullName, a.Key = "", "", "", kmazs.Key{}
	a.LockedOn, a.SavedTimeLimit = kmazs.Date{}, kmazs.Date{}
	return a
}

// ignored are the fields that do not count for this account, and whose findings
// do not either.
func (e *edit) ignored(ownStations bool) kmazs.FieldSet {
	var set kmazs.FieldSet
	if !e.p.opt.processIsCar {
		set |= kmazs.SetOf(kmazs.FieldIsCar)
	}
	if e.a.Catalogue == Vehicle {
		set |= kmazs.SetOf(kmazs.FieldReqCar, kmazs.FieldTechTide)
	} else {
		set |= kmazs.SetOf(kmazs.FieldReqDriver, kmazs.FieldReqOdometr)
	}
	if ownStations {
		set |= kmazs.SetOf(kmazs.FieldStations)
	}
	if e.u.KeySource() == kmazs.FieldRFID {
		set |= kmazs.SetOf(kmazs.FieldKey)
	} else if e.u.KeyType.HasValue() {
		set |= kmazs.SetOf(kmazs.FieldRFID)
	}
	return set
}

// department finds the record's department, nil if it names none, and puts the
// account into it (K2). Nothing is made yet.
func (e *edit) department() *choice {
	syncID, hasID := e.u.DepSyncID.Get()
	name, hasName := e.u.Depart.Get()
	if !hasID && !hasName {
		return nil
	}
	c, ok := e.p.departments.find(syncID, name)
	if !ok {
		e.refuse(newError(CodeUnknownDepartment, kmazs.FieldDepSyncID))
		return nil
	}
	put(e, &e.a.Department, e.p.departments.at(c).ID)
	return &c
}

// ownStations says whether the department of the account has its own list (K10).
func (e *edit) ownStations(c *choice) bool {
	if c != nil {
		return len(e.p.departments.at(*c).Stations) > 0
	}
	return e.a.Department != 0 && e.p.departments.hasStations(e.a.Department)
}

// unlock gives an account that was locked its end of service back (K52).
func (e *edit) unlock(s *step) {
	if e.a.LockedOn.IsZero() {
		return
	}
	s.unlocks = true
	e.a.TimeLimit = e.a.SavedTimeLimit
	e.a.SavedTimeLimit, e.a.LockedOn = kmazs.Date{}, kmazs.Date{}
	e.changed = true
}

func (e *edit) texts() {
	if e.id.sync != "" {
		put(e, &e.a.SyncID, e.id.sync)
	}
	if name, ok := e.u.ShortName.Get(); ok { // a blank one never clears (K12)
		put(e, &e.a.ShortName, tidyName(name))
	} else if e.isNew && !e.p.opt.attachOnly {
		if e.a.ShortName = e.p.newName(e.i); e.a.ShortName == "" {
			e.refuse(newError(CodeNoName, kmazs.FieldShortName))
		}
	}
	clearing(e, &e.a.FullName, e.u.FullName)
	clearing(e, &e.a.CardNumber, e.u.CardNum)
}

// clearing stores a text that a blank clears (K12).
func clearing(e *edit, field *string, o kmazs.Optional[string]) {
	if o.IsBlank() {
		put(e, field, "")
	}
	set(e, field, o)
}

func (e *edit) keyAndPIN() {
	switch k, from, err := e.p.set.Keys.Of(e.u); {
	case err == nil && from != 0:
		put(e, &e.a.Key, k)
	case err != nil && !e.p.records[e.i].Findings.Fields().Has(from):
		// What every office refuses stands among the findings already; this
		// is the converter of this office.
		e.refuse(newError(CodeKeyUnreadable, from).because(err))
	}
	if pin, ok := e.u.PIN.Get(); ok && pin >= -1 && pin <= maxPIN {
		put(e, &e.a.PIN, PIN{int32(pin + 1)})
	}
}

func (e *edit) limits() {
	if n, ok := e.u.DayLimit.Get(); ok && n >= 0 && n <= maxLitres {
		put(e, &e.a.DayLimit, Litres(n))
	}
	additional, _ := e.u.AdditionalLimit()
	if n, ok := additional.Get(); ok && n >= 0 && n <= maxLitres {
		put(e, &e.a.AllLimit, Litres(n))
	}
	if t, ok := e.limitType(); ok {
		put(e, &e.a.LimitType, t)
	}
	set(e, &e.a.TimeLimit, e.u.TimeLimit)
	set(e, &e.a.ShiftStart, e.u.SMBegTime)
}

// limitType is LIMITTYPE; 7 on a vehicle counts as blank (K6).
func (e *edit) limitType() (kmazs.LimitType, bool) {
	t, ok := e.u.LimitType.Get()
	if t == kmazs.LimitSingle && e.a.Catalogue == Vehicle {
		return 0, false
	}
	return t, ok
}

func (e *edit) logicals() {
	set(e, &e.a.CanTide, e.u.CanTide)
	if e.a.Catalogue == Vehicle {
		set(e, &e.a.ReqOdometer, e.u.ReqOdometr)
		set(e, &e.a.ReqDriver, e.u.ReqDriver)
		if silent := e.u.ReqDriver.IsBlank() || e.u.ReqDriver.IsAbsent(); silent && e.id.saysVehicle { // K13
			if !e.isNew && !e.a.ReqDriver && !e.p.opt.attachOnly {
				e.p.warn(e.i, CodeDriverAsked, kmazs.FieldReqDriver)
			}
			put(e, &e.a.ReqDriver, true)
		}
	} else {
		set(e, &e.a.ReqCar, e.u.ReqCar)
		set(e, &e.a.TechTide, e.u.TechTide)
	}
	set(e, &e.a.ProtectKey, e.u.ProtectKey)
	set(e, &e.a.NumLogin, e.u.NumLogin)
}

// fuels stores DEFGSM. Limits count only with a LIMITTYPE of the record, and not
// with 7; else the fuels that stay keep theirs (K8).
func (e *edit) fuels() {
	text, ok := e.u.DefGSM.Get()
	if !ok {
		return
	}
	list, err := e.p.cache.fuels(&e.p.opt, text)
	if err != nil {
		e.refuse(err)
		return
	}
	if t, ok := e.limitType(); !ok || t == kmazs.LimitSingle {
		list = slices.Clone(list)
		for i := range list {
			list[i].Limit = Limit{}
			for _, old := range e.a.Fuels {
				if old.Fuel == list[i].Fuel {
					list[i].Limit = old.Limit
				}
			}
		}
	}
	if !sameFuels(e.a.Fuels, list) {
		e.a.Fuels = list
		e.changed = true
	}
}

// stations stores STATIONS, else AllowedStations (K21), unless the department has
// a list of its own (K10).
func (e *edit) stations(own bool) {
	if own {
		return
	}
	list, has := e.p.opt.allowed, e.p.opt.hasAllowed
	if text, ok := e.u.Stations.Get(); ok {
		var err *Error
		if list, err = e.p.cache.stations(&e.p.opt, text); err != nil {
			e.refuse(err)
			return
		}
		has = true
	}
	if has && !slices.Equal(e.a.Stations, list) {
		e.a.Stations = list
		e.changed = true
	}
}

// vehicle stores DEFCARID, the number of a vehicle of the directory that this
// import does not delete (K18); checkVehicles asks about vehicles used again.
func (e *edit) vehicle() {
	n, ok := e.u.DefCarID.Get()
	if !ok {
		return
	}
	if n != 0 {
		account, ok := e.p.vehicleByNumber(n)
		if !ok {
			e.refuse(newError(CodeUnknownVehicle, kmazs.FieldDefCarID, "number", n))
			return
		}
		if e.p.deletes(account) {
			e.refuse(newError(CodeVehicleGoes, kmazs.FieldDefCarID, "number", n))
			return
		}
	}
	put(e, &e.a.DefaultCar, n)
}

func (p *planner) vehicleByNumber(n int) (int32, bool) {
	if p.vehicles == nil {
		p.vehicles = map[int]int32{}
		for i := range p.snap.Accounts {
			if a := &p.snap.Accounts[i]; a.Catalogue == Vehicle {
				p.vehicles[a.Number] = int32(i)
			}
		}
	}
	account, ok := p.vehicles[n]
	return account, ok
}

// deletes says whether this import deletes the account.
func (p *planner) deletes(account int32) bool {
	record := p.met.reached[account]
	if record == none || p.opt.attachOnly {
		return false
	}
	s := &p.steps[record]
	return s.delete && !s.refused
}

// checkVehicles refuses records whose default vehicle this import uses again for
// another one (K18). Such a refusal stands even if the new vehicle later falls.
func (p *planner) checkVehicles() {
	if len(p.reuse.rank) == 0 {
		return
	}
	for i := range p.steps {
		s := &p.steps[i]
		n, ok := p.records[i].User.DefCarID.Get()
		if s.refused || s.delete || !ok || n == 0 {
			continue
		}
		if account, ok := p.vehicleByNumber(n); ok && p.reuse.uses(p, account) {
			p.refuse(i, newError(CodeVehicleGoes, kmazs.FieldDefCarID, "number", n))
		}
	}
	p.reuse.count(p)
}
