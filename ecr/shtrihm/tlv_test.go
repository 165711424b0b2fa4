package shtrihm

import (
	"bytes"
	"testing"
	"time"
)

func TestTLV(t *testing.T) {
	var b []byte
	var err error
	add := func(tag Tag, value []byte) {
		t.Helper()
		if b, err = AppendTLV(b, tag, value); err != nil {
			t.Fatal(err)
		}
	}
	add(1262, []byte("030"))
	add(1293, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // the driver's eight bytes for 1
	add(1294, AppendUint(nil, 300))
	add(1023, AppendDecimal(nil, 1_000_000, 6))
	if want := []byte{0xEE, 4, 3, 0, '0', '3', '0'}; !bytes.HasPrefix(b, want) {
		t.Errorf("%x", b)
	}
	if want := []byte{6, 0x40, 0x42, 0x0F}; !bytes.HasSuffix(b, want) {
		t.Errorf("quantity 1: %x", b)
	}
	var got []TLV
	for v, err := range TLVs(b) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if len(got) != 4 {
		t.Fatalf("%v", got)
	}
	if n, err := got[1].Uint(); err != nil || n != 1 {
		t.Error(n, err)
	}
	if n, err := got[2].Uint(); err != nil || n != 300 {
		t.Error(n, err)
	}
	if n, d, err := got[3].Decimal(); err != nil || n != 1_000_000 || d != 6 {
		t.Error(n, d, err)
	}
	for _, bad := range [][]byte{{1}, {1, 2, 3}, {1, 0, 2, 0, 9}} {
		failed := false
		for _, err := range TLVs(bad) {
			failed = failed || err != nil
		}
		if !failed {
			t.Errorf("%x is read as TLV", bad)
		}
	}
	if _, err := (TLV{Value: make([]byte, 9)}).Uint(); err == nil {
		t.Error("nine bytes are no integer")
	}
	if _, _, err := (TLV{Value: []byte{6}}).Decimal(); err == nil {
		t.Error("a number needs digits")
	}
}

func FuzzTLVs(f *testing.F) {
	f.Add([]byte{0xEE, 4, 3, 0, '0', '3', '0'})
	f.Add([]byte{0xEC, 4, 4, 0, 0xEE, 4, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		for v, err := range TLVs(b) {
			if err != nil {
				return
			}
			again, _ = AppendTLV(again, v.Tag, v.Value)
			_, _ = v.Uint()
			_, _, _ = v.Decimal()
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x became %x", b, again)
		}
	})
}

func TestTLVValues(t *testing.T) {
	t.Run("E2 texts are CP866, times are the wall's", func(t *testing.T) {
		b, err := AppendText(nil, 1008, "Мама")
		if err != nil || !bytes.Equal(b, []byte{0xF0, 0x03, 4, 0, 0x8C, 0xA0, 0xAC, 0xA0}) {
			t.Errorf("% X %v", b, err)
		}
		if s := (TLV{1008, b[4:]}).Text(); s != "Мама" {
			t.Error(s)
		}
		if _, err := AppendText(nil, 1008, "日"); err == nil {
			t.Error("a letter that CP866 lacks")
		}
		at := time.Date(2018, 4, 2, 18, 16, 0, 0, time.FixedZone("", 3*60*60))
		v := AppendTime(nil, at)
		if !bytes.Equal(v, []byte{0x60, 0x73, 0xC2, 0x5A}) {
			t.Errorf("% X", v)
		}
		if back, err := (TLV{1012, v}).Time(at.Location()); err != nil || !back.Equal(at) {
			t.Error(back, err)
		}
		if _, err := (TLV{1012, v[:3]}).Time(time.UTC); err == nil {
			t.Error("three bytes")
		}
	})
}
