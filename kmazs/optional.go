package kmazs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// State says what a record holds of a field. The states never collapse into a Go
// zero value: DAYLIMIT 0 blocks, no DAYLIMIT changes nothing.
type State uint8

// The states of a field.
const (
	StateAbsent  State = iota // no such column or JSON key
	StateBlank                // an empty cell, null or ""
	StateValue                // a value
	StateInvalid              // something the field cannot hold; a finding of the record says what
)

// String is "absent", "blank", "value", "invalid", or State(n).
func (s State) String() string {
	switch s {
	case StateAbsent:
		return "absent"
	case StateBlank:
		return "blank"
	case StateValue:
		return "value"
	case StateInvalid:
		return "invalid"
	}
	return "State(" + strconv.Itoa(int(s)) + ")"
}

// Optional is a field that keeps absent, blank and value apart. Its zero value is
// absent. In a literal it is made by Value and Empty:
//
//	kmazs.User{SyncID: kmazs.Value("1456735"), DayLimit: kmazs.Value(100), FullName: kmazs.Empty[string]()}
//
// Only decoders make a fourth state, invalid, of what the field cannot hold. The
// methods are those that package dbfio looks for in the fields of a struct.
type Optional[T comparable] struct {
	value T
	state State
}

// Value is an Optional that holds v.
func Value[T comparable](v T) Optional[T] { return Optional[T]{v, StateValue} }

// Empty is a blank Optional.
func Empty[T comparable]() Optional[T] { return Optional[T]{state: StateBlank} }

// Get returns the value and whether there is one.
func (o Optional[T]) Get() (T, bool) { return o.value, o.state == StateValue }

// Or returns the value, or other if there is none.
func (o Optional[T]) Or(other T) T {
	if o.state == StateValue {
		return o.value
	}
	return other
}

// State returns which of the states it is.
func (o Optional[T]) State() State { return o.state }

// HasValue says whether there is a value.
func (o Optional[T]) HasValue() bool { return o.state == StateValue }

// IsAbsent says whether there is no such column or key.
func (o Optional[T]) IsAbsent() bool { return o.state == StateAbsent }

// IsBlank says whether it is blank.
func (o Optional[T]) IsBlank() bool { return o.state == StateBlank }

// IsZero is IsAbsent; encoding/json asks it for the tag omitzero.
func (o Optional[T]) IsZero() bool { return o.state == StateAbsent }

// SetAbsent makes it absent.
func (o *Optional[T]) SetAbsent() { *o = Optional[T]{} }

// SetBlank makes it blank.
func (o *Optional[T]) SetBlank() { *o = Optional[T]{state: StateBlank} }

// SetValue gives it a value.
func (o *Optional[T]) SetValue(v T) { *o = Optional[T]{v, StateValue} }

func (o *Optional[T]) setInvalid() { *o = Optional[T]{state: StateInvalid} }

// MarshalJSON writes the value as encoding/json does, null if there is none. The
// forms of the Web-API are those of User.MarshalJSON.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	switch o.state {
	case StateInvalid:
		return nil, errors.New("kmazs: an invalid field has no JSON form")
	case StateValue:
		return json.Marshal(o.value)
	}
	return []byte("null"), nil
}

// UnmarshalJSON takes null and "" for blank, anything else for a value of T.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	if b := bytes.TrimSpace(data); string(b) == "null" || string(b) == `""` {
		o.SetBlank()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		o.setInvalid()
		return err
	}
	o.SetValue(v)
	return nil
}
