package kmazs

import "strings"

// Record is a User as part of a request, checked by all rules that need no
// directory. NewRecord and the decoders make it.
type Record struct {
	// N is the number of the record in its request, from 1.
	N int
	// User is what the record says, its texts without outer blanks.
	User User
	// Findings is what is wrong with it, in the order of the fields; nil for
	// nearly all records. A finding about a field that the office ignores for
	// this account does not count (K10): the office drops it.
	Findings Findings
}

// NewRecord makes record n of a user: it takes outer blanks off the texts (one of
// blanks alone is blank) and checks the fields.
func NewRecord(n int, u User) Record {
	r := Record{N: n, User: u}
	r.finish()
	return r
}

// finish tidies and checks a record whose fields are set.
func (r *Record) finish() {
	r.User.tidy()
	for _, e := range r.User.Check() {
		r.note(e)
	}
	if len(r.Findings) > 1 {
		r.Findings.sort()
	}
}

// note adds a finding unless it is nil.
func (r *Record) note(bad *Error) {
	if bad != nil {
		bad.f.Record = r.N
		r.Findings = append(r.Findings, bad)
	}
}

// tidy takes outer blanks off the texts.
func (u *User) tidy() {
	for _, o := range [...]*Optional[string]{
		&u.ID, &u.SyncID, &u.Depart, &u.DepSyncID, &u.ShortName, &u.FullName,
		&u.Key, &u.RFID, &u.DefGSM, &u.Stations, &u.CardNum,
	} {
		if o.state != StateValue {
			continue
		}
		if o.value = trim(o.value); o.value == "" {
			o.SetBlank()
		}
	}
}

// blanks are what is taken off both ends of a text.
const blanks = " \t\r\n"

func trim(s string) string {
	if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' { // nearly always
		return s
	}
	return strings.Trim(s, blanks)
}
