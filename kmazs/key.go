package kmazs

import (
	"fmt"
	"log/slog"
	"math/bits"
	"strconv"
	"strings"
)

// Key is a key, card or tag as a number, so that one key is one value whatever its
// spelling (K16); the zero value is no key. Keys of types 0, 1, 2 and of RFID are
// one unsigned 64-bit number. Those of Premium-Cards live in a name space of their
// own, since the document does not publish how they become such a number.
type Key struct {
	number uint64
	// high is what exceeds 64 bits in the 20 digits of a card.
	high uint8
	card bool
}

// NumberKey is the key of that number; 0 is no key.
func NumberKey(n uint64) Key { return Key{number: n} }

// IsZero says whether it is no key.
func (k Key) IsZero() bool { return k == Key{} }

// Number returns the number of an ordinary key; ok is false for a Premium-Card.
func (k Key) Number() (n uint64, ok bool) { return k.number, !k.card }

// IsCard says whether it is a Premium-Card whose ordinary number is not known.
func (k Key) IsCard() bool { return k.card }

// String is 16 capital hexadecimal digits, "3:" with the decimal digits of a
// Premium-Card, "" for no key. It opens pumps: keep it out of logs.
func (k Key) String() string {
	switch {
	case k.card:
		return "3:" + k.cardDigits()
	case k.number == 0:
		return ""
	}
	return fmt.Sprintf("%016X", k.number)
}

func (k Key) cardDigits() string {
	if k.high == 0 {
		return strconv.FormatUint(k.number, 10)
	}
	q, r := bits.Div64(uint64(k.high), k.number, 1e10)
	return strconv.FormatUint(q, 10) + fmt.Sprintf("%010d", r)
}

// LogValue hides the key from log/slog.
func (k Key) LogValue() slog.Value {
	if k.IsZero() {
		return slog.StringValue("none")
	}
	return slog.StringValue("***")
}

// MarshalText writes String.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads String: up to 16 hexadecimal digits, "3:" and digits, or "".
func (k *Key) UnmarshalText(text []byte) error {
	s := string(text)
	typ := KeyDefault
	if card, ok := strings.CutPrefix(s, "3:"); ok {
		s, typ = card, KeyPremiumCard
	} else if s == "" {
		*k = Key{}
		return nil
	}
	v, err := KeyRules{}.Parse(s, typ)
	if err == nil {
		*k = v
	}
	return err
}

// KeyRules are the two ways in which an office may read keys differently (K16).
// The zero value is the document's.
type KeyRules struct {
	// ReverseBytes: a decimal number (KEY_TYPE 1, RFID) holds the eight bytes
	// in the other order than the hexadecimal digits do.
	ReverseBytes bool
	// PremiumCard turns the digits of a Premium-Card, without leading zeros,
	// into the number of an ordinary key. Nil keeps cards apart.
	PremiumCard func(digits string) (uint64, error)
}

// Widths of KEY in characters, by type: 16 hexadecimal digits, or the 20 decimal
// ones of the largest 64-bit number.
const (
	hexWidth     = 16
	decimalWidth = 20
	rfidWidth    = 19
)

// Parse reads the text of KEY as its type says: hexadecimal digits of any case,
// up to 16, or decimal ones, up to 20. Fewer are padded with zeros on the left.
// All zeros are the zero Key.
func (r KeyRules) Parse(text string, typ KeyType) (Key, error) {
	switch typ {
	case KeyDefault, KeyRFIDHex:
		if len(text) > hexWidth {
			return Key{}, newError(CodeKeyRange, "limit", hexWidth)
		}
		n, err := strconv.ParseUint(text, 16, 64)
		if err != nil || text[0] == '+' {
			return Key{}, newError(CodeKeyHex)
		}
		return Key{number: n}, nil
	case KeyRFIDDecimal:
		return r.decimal(text, decimalWidth)
	case KeyPremiumCard:
		return r.card(text)
	}
	return Key{}, newError(CodeKeyType, "value", strconv.Itoa(int(typ)))
}

// ParseRFID reads the text of RFID: up to 19 decimal digits.
func (r KeyRules) ParseRFID(text string) (Key, error) { return r.decimal(text, rfidWidth) }

func (r KeyRules) decimal(text string, width int) (Key, error) {
	if !allDigits(text) {
		return Key{}, newError(CodeKeyDecimal)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || len(text) > width {
		return Key{}, newError(CodeKeyRange, "limit", width)
	}
	if r.ReverseBytes {
		n = bits.ReverseBytes64(n)
	}
	return Key{number: n}, nil
}

func (r KeyRules) card(text string) (Key, error) {
	if !allDigits(text) {
		return Key{}, newError(CodeKeyDecimal)
	}
	if len(text) > decimalWidth {
		return Key{}, newError(CodeKeyRange, "limit", decimalWidth)
	}
	text = strings.TrimLeft(text, "0")
	if text == "" {
		return Key{}, nil
	}
	if r.PremiumCard != nil {
		n, err := r.PremiumCard(text)
		if err != nil {
			return Key{}, newError(CodeKeyCard).because(err)
		}
		return Key{number: n}, nil
	}
	// At most 20 digits: two halves of ten make a number of 67 bits.
	low := text[max(0, len(text)-10):]
	head, _ := strconv.ParseUint("0"+text[:len(text)-len(low)], 10, 64)
	tail, _ := strconv.ParseUint(low, 10, 64)
	high, number := bits.Mul64(head, 1e10)
	number, carry := bits.Add64(number, tail, 0)
	return Key{number: number, high: uint8(high + carry), card: true}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Of returns the key that a record gives its account and the field that says so:
// FieldKey, FieldRFID, or 0 if the record says nothing about the key (K4). A zero
// Key from a field removes the key. An error is an *Error about that field.
func (r KeyRules) Of(u *User) (Key, Field, error) {
	from := u.KeySource()
	var k Key
	var err error
	switch from {
	case FieldKey:
		k, err = r.Parse(u.Key.value, u.KeyType.Or(KeyDefault))
	case FieldRFID:
		k, err = r.ParseRFID(u.RFID.value)
	}
	if err != nil {
		return Key{}, from, err
	}
	return k, from, nil
}

// KeySource is the field that the key comes from (K4): with a value in KEY_TYPE
// only KEY counts; without one RFID goes before KEY. 0 if the one that counts is
// blank: the account's key stays.
func (u *User) KeySource() Field {
	typed := u.KeyType.State() >= StateValue
	switch {
	case !typed && u.RFID.HasValue():
		return FieldRFID
	case u.Key.HasValue():
		return FieldKey
	}
	return 0
}

// NameKey returns the KEY that may stand for a missing SHORTNAME: exactly 16
// hexadecimal digits, not all zeros, of type 0 or 2 (K22).
func (u *User) NameKey() (string, bool) {
	typ := u.KeyType.Or(KeyDefault)
	text, ok := u.Key.Get()
	if !ok || u.KeyType.State() == StateInvalid || typ != KeyDefault && typ != KeyRFIDHex || len(text) != hexWidth {
		return "", false
	}
	k, err := KeyRules{}.Parse(text, typ)
	return strings.ToUpper(text), err == nil && !k.IsZero()
}
