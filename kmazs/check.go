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
	var c checker
	c.text(FieldID, &u.ID)
	c.text(FieldSyncID, &u.SyncID)
	if _, ok := u.SyncIdentity(); !ok {
		c.bad(FieldSyncID, newError(CodeIDConflict))
	}
	if op, ok := u.Operation.Get(); ok && op != Update && op != Delete {
		c.bad(FieldOperation, newError(CodeOperation, "value", op.String()))
	}
	c.text(FieldDepart, &u.Depart)
	c.text(FieldDepSyncID, &u.DepSyncID)
	c.text(FieldShortName, &u.ShortName)
	c.text(FieldFullName, &u.FullName)
	c.key(u)
	c.number(FieldPIN, &u.PIN)
	c.number(FieldDayLimit, &u.DayLimit)
	c.number(FieldAllLimit, &u.AllLimit)
	c.number(FieldDopLimit, &u.DopLimit)
	if _, ok := u.AdditionalLimit(); !ok {
		c.bad(FieldDopLimit, newError(CodeLimitConflict))
	}
	if typ, ok := u.LimitType.Get(); ok && !typ.Valid() {
		c.bad(FieldLimitType, newError(CodeLimitType, "value", strconv.Itoa(int(typ))))
	}
	if text, ok := u.DefGSM.Get(); ok {
		if !utf8.ValidString(text) {
			c.bad(FieldDefGSM, newError(CodeTextUTF8))
		} else if _, err := ParseFuels(text); err != nil {
			c.bad(FieldDefGSM, err.(*Error))
		}
	}
	if day, ok := u.TimeLimit.Get(); ok && day.IsZero() {
		c.bad(FieldTimeLimit, newError(CodeDate, "value", ""))
	}
	if at, ok := u.SMBegTime.Get(); ok && !at.Valid() {
		c.bad(FieldSMBegTime, newError(CodeTime, "value", at.String()))
	}
	if text, ok := u.Stations.Get(); ok {
		if _, err := ParseStations(text); err != nil {
			c.bad(FieldStations, err.(*Error))
		}
	}
	c.number(FieldDefCarID, &u.DefCarID)
	c.text(FieldCardNum, &u.CardNum)
	return c.all
}

// checker collects the findings of one user.
type checker struct{ all Findings }

func (c *checker) bad(f Field, e *Error) { c.all = append(c.all, findingAt(f, e)) }

func (c *checker) text(f Field, o *Optional[string]) {
	if o.state != StateValue {
		return
	}
	if !utf8.ValidString(o.value) {
		c.bad(f, newError(CodeTextUTF8))
		return
	}
	if limit := fieldTable[f].Width; len(o.value) > limit {
		if n := utf8.RuneCountInString(trim(o.value)); n > limit {
			c.bad(f, newError(CodeTextLength, "length", n, "limit", limit))
		}
	}
}

func (c *checker) number(f Field, o *Optional[int]) {
	if o.state != StateValue {
		return
	}
	if info := &fieldTable[f]; o.value < info.Min || o.value > info.Max {
		c.bad(f, rangeError(f, strconv.Itoa(o.value)))
	}
}

// key checks the one of KEY and RFID that counts. Where KEY_TYPE holds nothing
// readable, nobody can say how KEY is meant, and that finding is enough.
func (c *checker) key(u *User) {
	if typ, ok := u.KeyType.Get(); ok && !typ.Valid() {
		c.bad(FieldKeyType, newError(CodeKeyType, "value", strconv.Itoa(int(typ))))
		return
	}
	if u.KeyType.state == StateInvalid {
		return
	}
	if _, from, err := (KeyRules{}).Of(u); err != nil {
		c.bad(from, err.(*Error))
	}
}

func rangeError(f Field, value string) *Error {
	info := &fieldTable[f]
	return newError(CodeRange, "value", shown(f, value), "min", info.Min, "max", info.Max)
}
