package kmazs

import "log/slog"

// User is one record of an import: a driver or a vehicle as the external system
// sees it. Every field of the document's table is here under its name; Fields
// tells the limits of each. What is not set is absent and changes nothing (K12).
// It takes about 420 bytes beside its texts and may be copied; a copy shares
// nothing that can change.
type User struct {
	// ID and SyncID are one thing, the synchronisation id, under two names
	// (K1): set one of them. See SyncIdentity.
	ID, SyncID Optional[string]
	// Operation is Update or Delete; blank and absent mean Update.
	Operation Optional[Operation]
	// Depart is the name, DepSyncID the synchronisation id of the department.
	Depart, DepSyncID Optional[string]
	// IsCar: true vehicle, false driver; honoured only where the office
	// processes it (K3).
	IsCar Optional[bool]
	// ShortName is the registration number or short name.
	ShortName Optional[string]
	// FullName is the vehicle's model or the full name; blank clears it.
	FullName Optional[string]
	// Key is the key, card or tag, read as KeyType says. See KeyRules.
	Key Optional[string]
	// KeyType says how Key is read. A value, even 0, makes RFID ignored (K4).
	KeyType Optional[KeyType]
	// RFID is the id of an RFID tag, up to 19 decimal digits.
	RFID Optional[string]
	// PIN is 0 to 99999999, or -1 for none.
	PIN Optional[int]
	// DayLimit is in litres a day, 0 to 65535; 0 blocks.
	DayLimit Optional[int]
	// AllLimit and DopLimit are one thing, the additional limit in litres, 0 to
	// 2000000, under two names (K5): set one of them. See AdditionalLimit.
	AllLimit, DopLimit Optional[int]
	// LimitType says for which time the additional limit holds.
	LimitType Optional[LimitType]
	// DefGSM are the allowed fuels and limits on them. See ParseFuels.
	DefGSM Optional[string]
	// TimeLimit is the last day that is served.
	TimeLimit Optional[Date]
	// SMBegTime is the start of the shift.
	SMBegTime Optional[ShiftTime]
	// Stations are the allowed stations. See ParseStations.
	Stations Optional[string]
	// CanTide: may dispense fuel.
	CanTide Optional[bool]
	// ReqDriver: a driver must authorise before the vehicle; only of vehicles.
	ReqDriver Optional[bool]
	// ReqCar: a vehicle must authorise after the driver; only of drivers.
	ReqCar Optional[bool]
	// ReqOdometr: the odometer is asked for; only of vehicles.
	ReqOdometr Optional[bool]
	// TechTide: dispensings are technical; only of drivers.
	TechTide Optional[bool]
	// ProtectKey: a PIN is asked for after the key.
	ProtectKey Optional[bool]
	// DefCarID is the personal number of the default vehicle, 0 for none.
	DefCarID Optional[int]
	// CardNum is the number printed on the card; blank clears it.
	CardNum Optional[string]
	// NumLogin: login by personal number and PIN.
	NumLogin Optional[bool]
}

// LogValue names the fields that are set and hides their values from log/slog: they
// are personal data, keys and PINs.
func (u User) LogValue() slog.Value {
	return slog.GroupValue(slog.String("fields", u.Present().String()))
}

// SyncIdentity returns the synchronisation id, from ID or SyncID, without outer
// blanks, "" if there is none. If both are given and differ, ok is false and id
// is the one of ID (K1).
func (u *User) SyncIdentity() (id string, ok bool) {
	a, hasA := u.ID.Get()
	b, hasB := u.SyncID.Get()
	a, b = trim(a), trim(b)
	if !hasA || a == "" {
		return b, true
	}
	return a, !hasB || b == "" || a == b
}

// AdditionalLimit returns ALLLIMIT, or DOPLIMIT where that is given instead. If
// both are given and differ, ok is false and limit is that of AllLimit (K5).
func (u *User) AdditionalLimit() (limit Optional[int], ok bool) {
	a, hasA := u.AllLimit.Get()
	b, hasB := u.DopLimit.Get()
	switch {
	case hasA && hasB:
		return u.AllLimit, a == b
	case hasA:
		return u.AllLimit, true
	case hasB || u.AllLimit.IsAbsent():
		return u.DopLimit, true
	}
	return u.AllLimit, true
}

// IsDelete says whether the record deletes.
func (u *User) IsDelete() bool { return u.Operation.Or(Update) == Delete }

// State returns the state of one field.
func (u *User) State(f Field) State {
	if s := u.slot(f); s != nil {
		return s.State()
	}
	return StateAbsent
}

// Present returns the fields that are not absent.
func (u *User) Present() FieldSet {
	var set FieldSet
	for f := range Fields() {
		if u.slot(f).State() != StateAbsent {
			set = set.With(f)
		}
	}
	return set
}

// slot is one field of a User whatever its type.
type slot interface {
	State() State
	SetAbsent()
	SetBlank()
	setInvalid()
}

// slot returns the place of a field, nil for an unknown one.
func (u *User) slot(f Field) slot {
	switch f {
	case FieldID:
		return &u.ID
	case FieldSyncID:
		return &u.SyncID
	case FieldOperation:
		return &u.Operation
	case FieldDepart:
		return &u.Depart
	case FieldDepSyncID:
		return &u.DepSyncID
	case FieldIsCar:
		return &u.IsCar
	case FieldShortName:
		return &u.ShortName
	case FieldFullName:
		return &u.FullName
	case FieldKey:
		return &u.Key
	case FieldKeyType:
		return &u.KeyType
	case FieldRFID:
		return &u.RFID
	case FieldPIN:
		return &u.PIN
	case FieldDayLimit:
		return &u.DayLimit
	case FieldAllLimit:
		return &u.AllLimit
	case FieldDopLimit:
		return &u.DopLimit
	case FieldLimitType:
		return &u.LimitType
	case FieldDefGSM:
		return &u.DefGSM
	case FieldTimeLimit:
		return &u.TimeLimit
	case FieldSMBegTime:
		return &u.SMBegTime
	case FieldStations:
		return &u.Stations
	case FieldCanTide:
		return &u.CanTide
	case FieldReqDriver:
		return &u.ReqDriver
	case FieldReqCar:
		return &u.ReqCar
	case FieldReqOdometr:
		return &u.ReqOdometr
	case FieldTechTide:
		return &u.TechTide
	case FieldProtectKey:
		return &u.ProtectKey
	case FieldDefCarID:
		return &u.DefCarID
	case FieldCardNum:
		return &u.CardNum
	case FieldNumLogin:
		return &u.NumLogin
	}
	return nil
}
