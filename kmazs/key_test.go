package kmazs

import (
	"bytes"
	"errors"
	"log/slog"
	"math/big"
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	parse := func(text string, typ KeyType) string {
		k, err := KeyRules{}.Parse(text, typ)
		if err != nil {
			e, _ := errors.AsType[*Error](err)
			return e.Code()
		}
		return k.String()
	}
	t.Run("K16 one number whatever the spelling", func(t *testing.T) {
		for _, c := range []struct {
			text string
			typ  KeyType
			want string
		}{
			{"A1B2C3D4E5F6A7B8", KeyDefault, "A1B2C3D4E5F6A7B8"},
			{"a1b2c3d4e5f6a7b8", KeyDefault, "A1B2C3D4E5F6A7B8"},
			{"ABC", KeyRFIDHex, "0000000000000ABC"},
			{"255", KeyRFIDDecimal, "00000000000000FF"},
			{"00000000000000000255", KeyRFIDDecimal, "00000000000000FF"},
			{"18446744073709551615", KeyRFIDDecimal, "FFFFFFFFFFFFFFFF"},
			{"18446744073709551616", KeyRFIDDecimal, CodeKeyRange},
			{"99999999999999999999", KeyRFIDDecimal, CodeKeyRange},
			{"000000000000000000255", KeyRFIDDecimal, CodeKeyRange}, // 21 digits
			{"00000000000000001", KeyDefault, CodeKeyRange},         // 17 digits
			{"0000000000000000", KeyDefault, ""},
			{"0", KeyRFIDDecimal, ""},
			{"12AZ", KeyDefault, CodeKeyHex},
			{"+1", KeyDefault, CodeKeyHex},
			{"-1", KeyDefault, CodeKeyHex},
			{"0x1", KeyDefault, CodeKeyHex},
			{"1_0", KeyDefault, CodeKeyHex},
			{"", KeyDefault, CodeKeyHex},
			{"FF", KeyRFIDDecimal, CodeKeyDecimal},
			{"+5", KeyRFIDDecimal, CodeKeyDecimal},
			{"١", KeyRFIDDecimal, CodeKeyDecimal},
			{"1", KeyType(9), CodeKeyType},
		} {
			if got := parse(c.text, c.typ); got != c.want {
				t.Errorf("%q of type %v: %q, want %q", c.text, c.typ, got, c.want)
			}
		}
		a, _ := KeyRules{}.Parse("ff", KeyDefault)
		b, _ := KeyRules{}.ParseRFID("0000000000000000255")
		if a != b || a != NumberKey(255) {
			t.Errorf("%v and %v differ", a, b)
		}
	})
	t.Run("K16 Premium-Cards keep their digits in a name space of their own", func(t *testing.T) {
		for text, want := range map[string]string{
			"0012345": "3:12345", "12345": "3:12345", "0": "", "0000000000": "",
			"18446744073709551616": "3:18446744073709551616", "99999999999999999999": "3:99999999999999999999",
			"10000000000": "3:10000000000", "20000000000000000005": "3:20000000000000000005",
			"AB": CodeKeyDecimal, "100000000000000000000": CodeKeyRange,
		} {
			if got := parse(text, KeyPremiumCard); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
		card, _ := KeyRules{}.Parse("255", KeyPremiumCard)
		if card == NumberKey(255) || !card.IsCard() {
			t.Error("a card is taken for an ordinary key")
		}
	})
	t.Run("K16 a caller's converter makes ordinary keys of cards", func(t *testing.T) {
		r := KeyRules{PremiumCard: func(digits string) (uint64, error) {
			if digits == "666" {
				return 0, errors.New("unknown")
			}
			return uint64(len(digits)), nil
		}}
		if k, err := r.Parse("00123", KeyPremiumCard); err != nil || k != NumberKey(3) {
			t.Errorf("%v %v", k, err)
		}
		_, err := r.Parse("666", KeyPremiumCard)
		mustCode(t, err, CodeKeyCard)
	})
	t.Run("K16 bytes are reversed between decimal and HEX only on request", func(t *testing.T) {
		r := KeyRules{ReverseBytes: true}
		hex, _ := r.Parse("0102030405060708", KeyDefault)
		dec, _ := r.Parse("578437695752307201", KeyRFIDDecimal) // 0x0807060504030201
		rfid, _ := r.ParseRFID("0578437695752307201")
		if hex != dec || hex != rfid || hex.String() != "0102030405060708" {
			t.Errorf("%v %v %v", hex, dec, rfid)
		}
	})
	t.Run("K16 an RFID of fewer than 19 digits is read, of more refused", func(t *testing.T) {
		if k, err := (KeyRules{}).ParseRFID("255"); err != nil || k != NumberKey(255) {
			t.Error(k, err)
		}
		_, err := KeyRules{}.ParseRFID("00000000000000000255")
		mustCode(t, err, CodeKeyRange)
		if k, err := (KeyRules{}).ParseRFID("9999999999999999999"); err != nil || k.IsZero() {
			t.Error(k, err)
		}
	})
	t.Run("K4 which of KEY and RFID counts", func(t *testing.T) {
		key, rfid := Value("ABC"), Value("255")
		for _, c := range []struct {
			u    User
			from Field
			key  string
		}{
			{User{}, 0, ""},
			{User{Key: key}, FieldKey, "0000000000000ABC"},
			{User{RFID: rfid}, FieldRFID, "00000000000000FF"},
			{User{Key: key, RFID: rfid}, FieldRFID, "00000000000000FF"},
			{User{Key: key, RFID: Empty[string]()}, FieldKey, "0000000000000ABC"},
			{User{Key: key, RFID: rfid, KeyType: Empty[KeyType]()}, FieldRFID, "00000000000000FF"},
			{User{Key: key, RFID: rfid, KeyType: Value(KeyDefault)}, FieldKey, "0000000000000ABC"},
			{User{RFID: rfid, KeyType: Value(KeyDefault)}, 0, ""},
			{User{Key: Empty[string](), RFID: rfid, KeyType: Value(KeyDefault)}, 0, ""},
			{User{Key: key, RFID: Value("0000000000000000000")}, FieldRFID, ""}, // zeros are a value
		} {
			k, from, err := KeyRules{}.Of(&c.u)
			if err != nil || from != c.from || k.String() != c.key {
				t.Errorf("%v %v %v: %v from %v, %v", c.u.Key, c.u.RFID, c.u.KeyType, k, from, err)
			}
		}
	})
	t.Run("K4 the ignored one is not validated", func(t *testing.T) {
		wantFindings(t, readUser(t, `"KEY_TYPE":0,"KEY":"ABC","RFID":"zzz"`).Findings)
		wantFindings(t, readUser(t, `"KEY":"zzz","RFID":"255"`).Findings)
		wantFindings(t, readUser(t, `"KEY":"`+strings.Repeat("9", 99)+`","RFID":"255"`).Findings)
		wantFindings(t, readUser(t, `"KEY":"zzz"`).Findings, "KEY "+CodeKeyHex)
		wantFindings(t, readUser(t, `"RFID":"zzz"`).Findings, "RFID "+CodeKeyDecimal)
		wantFindings(t, readUser(t, `"KEY_TYPE":"x","KEY":"zzz"`).Findings, "KEY_TYPE "+CodeNumber)
		wantFindings(t, readUser(t, `"KEY_TYPE":4,"KEY":"1"`).Findings, "KEY_TYPE "+CodeKeyType)
	})
	t.Run("K4 KEY_TYPE with a blank KEY warns that RFID is ignored", func(t *testing.T) {
		r := readJSON(t, request(`{"KEY":"1"},{"KEY_TYPE":0,"RFID":"255"},{"KEY_TYPE":1,"KEY":"","RFID":"255"}`))
		if got := codes(r.Warnings); len(got) != 1 || got[0] != CodeWarnRFIDIgnored || r.Warnings[0].Record() != 2 {
			t.Errorf("%v", r.Warnings)
		}
	})
	t.Run("keys stay out of logs", func(t *testing.T) {
		var b bytes.Buffer
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "key", NumberKey(0xABCDEF))
		if strings.Contains(b.String(), "ABCDEF") {
			t.Error(b.String())
		}
	})
}

func FuzzKey(f *testing.F) {
	for _, s := range []string{"0", "A1B2C3D4E5F6A7B8", "18446744073709551615", "3:99999999999999999999", "", "+1", "3:"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, typ uint8) {
		if k, err := (KeyRules{}).Parse(s, KeyType(typ%4)); err == nil {
			var back Key
			if err := back.UnmarshalText([]byte(k.String())); err != nil || back != k {
				t.Errorf("%q: %v comes back as %v, %v", s, k, back, err)
			}
			want, ok := new(big.Int).SetString(s, map[uint8]int{0: 16, 1: 10, 2: 16, 3: 10}[typ%4])
			got, _ := new(big.Int).SetString(strings.TrimPrefix(k.String(), "3:"), map[bool]int{true: 10, false: 16}[k.IsCard()])
			if k.IsZero() {
				got = new(big.Int)
			}
			if !ok || want.Cmp(got) != 0 {
				t.Errorf("%q: %v, want %v", s, got, want)
			}
		}
		var k Key
		_ = k.UnmarshalText([]byte(s))
	})
}
