package kmazs

import (
	"errors"
	"iter"
)

// Request is one import: what it says and its records, complete. The decoders
// return one only after the whole input was read and checked.
type Request struct {
	// Options are what the request says beside the records.
	Options Options
	// Fields are the columns of the table, or the keys that any record has (K42).
	Fields FieldSet
	// Records are numbered from 1 in their order.
	Records []Record
	// Warnings are what was tolerated.
	Warnings []Warning
}

// NewRequest makes a request of users, checked.
func NewRequest(o Options, users ...User) *Request {
	r := &Request{Options: o, Records: make([]Record, 0, len(users))}
	for _, u := range users {
		r.add(u)
	}
	return r
}

func (r *Request) add(u User) {
	r.Records = append(r.Records, NewRecord(len(r.Records)+1, u))
	r.Fields |= u.Present()
}

// Users yields the users of the records, in their order. They belong to the
// request.
func (r *Request) Users() iter.Seq[*User] {
	return func(yield func(*User) bool) {
		for i := range r.Records {
			if !yield(&r.Records[i].User) {
				return
			}
		}
	}
}

// Findings are those of all records.
func (r *Request) Findings() Findings {
	var all Findings
	for i := range r.Records {
		all = append(all, r.Records[i].Findings...)
	}
	return all
}

// Users yields the users of a list, without copying them.
func Users(list []User) iter.Seq[*User] {
	return func(yield func(*User) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// ErrBusy is what an office returns while another import runs (K26).
var ErrBusy = errors.New("kmazs: another import is running")
