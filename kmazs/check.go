package kmazs

import (
	"strconv"
	"unicode/utf8"
)

// Check returns what is wrong with the fields as far as no directory is needed:
// widths (K14), ranges and types (K6, K23), ID against SYNCID (K1), ALLLIMIT
// against DOPLIMIT (K5), the key that counts (K4, K16), lists of fuels (K7) and
// stations (K10). Fields that K4 ignores are not checked. The findings name fields
// in the order of the table, and no record; nil if nothing is wrong.
func (u *User) Check() Findings {
	var all Findings
	bad := func(f Field, e *Error) {
		e.f.Field = f.String()
		e.field = f
		all = append(all, e)
	}
	text := func(f Field, o *Optional[string]) {
		if o.state == StateValue {
			if !utf8.ValidString(o.value) {
				bad(f, newError(CodeTextUTF8))
				return
			}
			if limit := fieldTable[f].Width; len(o.value) > limit {
				if n := utf8.RuneCountInString(trim(o.value)); n > limit {
					bad(f, newError(CodeTextLength, "length", n, "limit", limit))
				}
			}
		}
	}
	number := func(f Field, o *Optional[int]) {
		if o.state == StateValue {
			if info := &fieldTable[f]; o.value < info.Min || o.value > info.Max {
				bad(f, rangeError(f, strconv.Itoa(o.value)))
			}
		}
	}
	text(FieldID, &u.ID)
	text(FieldSyncID, &u.SyncID)
	if _, ok := u.SyncIdentity(); !ok {
		bad(FieldSyncID, newError(CodeIDConflict))
	}
	if u.Operation.state == StateValue && u.Operation.value != Update && u.Operation.value != Delete {
		bad(FieldOperation, newError(CodeOperation, "value", u.Operation.value.String()))
	}
	text(FieldDepart, &u.Depart)
	text(FieldDepSyncID, &u.DepSyncID)
	text(FieldShortName, &u.ShortName)
	text(FieldFullName, &u.FullName)
	u.checkKey(bad)
	number(FieldPIN, &u.PIN)
	number(FieldDayLimit, &u.DayLimit)
	number(FieldAllLimit, &u.AllLimit)
	number(FieldDopLimit, &u.DopLimit)
	if _, ok := u.AdditionalLimit(); !ok {
		bad(FieldDopLimit, newError(CodeLimitConflict))
	}
	if u.LimitType.state == StateValue && !u.LimitType.value.Valid() {
		bad(FieldLimitType, newError(CodeLimitType, "value", strconv.Itoa(int(u.LimitType.value))))
	}
	if u.DefGSM.state == StateValue {
		if !utf8.ValidString(u.DefGSM.value) {
			bad(FieldDefGSM, newError(CodeTextUTF8))
		} else if _, err := ParseFuels(u.DefGSM.value); err != nil {
			bad(FieldDefGSM, err.(*Error))
		}
	}
	if u.TimeLimit.state == StateValue && u.TimeLimit.value.IsZero() {
		bad(FieldTimeLimit, newError(CodeDate, "value", ""))
	}
	if u.SMBegTime.state == StateValue && !u.SMBegTime.value.Valid() {
		bad(FieldSMBegTime, newError(CodeTime, "value", u.SMBegTime.value.String()))
	}
	if u.Stations.state == StateValue {
		if _, err := ParseStations(u.Stations.value); err != nil {
			bad(FieldStations, err.(*Error))
		}
	}
	number(FieldDefCarID, &u.DefCarID)
	text(FieldCardNum, &u.CardNum)
	return all
}

// checkKey checks the one of KEY and RFID that counts. Where KEY_TYPE holds
// nothing readable, nobody can say how KEY is meant, and that finding is enough.
func (u *User) checkKey(bad func(Field, *Error)) {
	if u.KeyType.state == StateValue && !u.KeyType.value.Valid() {
		bad(FieldKeyType, newError(CodeKeyType, "value", strconv.Itoa(int(u.KeyType.value))))
		return
	}
	if u.KeyType.state == StateInvalid {
		return
	}
	if _, from, err := (KeyRules{}).Of(u); err != nil {
		bad(from, err.(*Error))
	}
}

func rangeError(f Field, value string) *Error {
	info := &fieldTable[f]
	return newError(CodeRange, "value", shown(f, value), "min", info.Min, "max", info.Max)
}
