package kmazs

import "iter"

// Advice are the warnings that a client should show before it sends a request:
// what an office will do though no record says so. Each kind is one warning with
// its first record and the number of records (K4, K13, K19).
func Advice(o Options, users iter.Seq[*User]) []Warning {
	var a advisor
	n := 0
	for u := range users {
		n++
		if u.IsDelete() {
			continue
		}
		a.rfid(n, u)
		if u.IsCar.Or(false) && !u.ReqDriver.HasValue() {
			a.note(CodeWarnReqDriver, n, FieldReqDriver)
		}
		if u.ShortName.HasValue() && !u.Stations.HasValue() && !o.AllowedStations.HasValue() {
			a.note(CodeWarnNoStations, n, FieldStations)
		}
	}
	return a.warnings()
}

// advisor counts the records that each kind of advice is about.
type advisor struct{ kinds []advisedKind }

type advisedKind struct {
	code         string
	field        Field
	first, count int
}

func (a *advisor) note(code string, n int, f Field) {
	for i := range a.kinds {
		if a.kinds[i].code == code {
			a.kinds[i].count++
			return
		}
	}
	a.kinds = append(a.kinds, advisedKind{code, f, n, 1})
}

// rfid notes a record whose RFID is ignored for KEY_TYPE while KEY is blank, so
// that the key stays as it is (K4).
func (a *advisor) rfid(n int, u *User) {
	if u.KeyType.HasValue() && u.RFID.HasValue() && !u.Key.HasValue() {
		a.note(CodeWarnRFIDIgnored, n, FieldRFID)
	}
}

func (a *advisor) warnings() []Warning {
	var list []Warning
	for _, k := range a.kinds {
		list = append(list, newWarning(k.code, k.first, k.field, "count", k.count))
	}
	return list
}
