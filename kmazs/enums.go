package kmazs

import (
	"fmt"
	"strconv"
)

// Operation is what a record asks for (OPERATION).
type Operation uint8

// The operations. The zero value is none given.
const (
	Update Operation = iota + 1 // U: add or change
	Delete                      // D: delete
)

// String is "U", "D", or Operation(n).
func (o Operation) String() string {
	switch o {
	case Update:
		return "U"
	case Delete:
		return "D"
	}
	return "Operation(" + strconv.Itoa(int(o)) + ")"
}

// MarshalText writes U or D.
func (o Operation) MarshalText() ([]byte, error) {
	if o != Update && o != Delete {
		return nil, fmt.Errorf("kmazs: %v has no letter", o)
	}
	return []byte(o.String()), nil
}

// UnmarshalText reads U or D, in any case.
func (o *Operation) UnmarshalText(text []byte) error {
	v, ok := parseOperation(string(text))
	if !ok {
		return newError(CodeOperation, "value", string(text))
	}
	*o = v
	return nil
}

func parseOperation(s string) (Operation, bool) {
	switch s {
	case "U", "u":
		return Update, true
	case "D", "d":
		return Delete, true
	}
	return 0, false
}

// KeyType says how KEY is read (KEY_TYPE).
type KeyType uint8

// The types of keys.
const (
	KeyDefault     KeyType = 0 // 8 bytes as 16 hexadecimal digits
	KeyRFIDDecimal KeyType = 1 // RFID tag, decimal
	KeyRFIDHex     KeyType = 2 // RFID tag, hexadecimal
	KeyPremiumCard KeyType = 3 // Premium-Card, decimal (office 4.x)
)

// Valid says whether it is one of the types.
func (t KeyType) Valid() bool { return t <= KeyPremiumCard }

// String is the number with its meaning, or KeyType(n).
func (t KeyType) String() string {
	switch t {
	case KeyDefault:
		return "0 (HEX)"
	case KeyRFIDDecimal:
		return "1 (RFID decimal)"
	case KeyRFIDHex:
		return "2 (RFID HEX)"
	case KeyPremiumCard:
		return "3 (Premium-Card)"
	}
	return "KeyType(" + strconv.Itoa(int(t)) + ")"
}

// LimitType says for which time the additional limit holds (LIMITTYPE).
type LimitType uint8

// The types of limits.
const (
	LimitDefault  LimitType = 0 // as the station is set
	LimitConstant LimitType = 1 // used up once
	LimitMonthly  LimitType = 2 // a month
	LimitWeekly   LimitType = 4 // a week
	LimitSingle   LimitType = 7 // a single dispensing; only of drivers (K6)
)

// Valid says whether it is one of the types (K6).
func (t LimitType) Valid() bool {
	switch t {
	case LimitDefault, LimitConstant, LimitMonthly, LimitWeekly, LimitSingle:
		return true
	}
	return false
}

// String is the number with its meaning, or LimitType(n).
func (t LimitType) String() string {
	switch t {
	case LimitDefault:
		return "0 (default)"
	case LimitConstant:
		return "1 (constant)"
	case LimitMonthly:
		return "2 (monthly)"
	case LimitWeekly:
		return "4 (weekly)"
	case LimitSingle:
		return "7 (single dispensing)"
	}
	return "LimitType(" + strconv.Itoa(int(t)) + ")"
}
