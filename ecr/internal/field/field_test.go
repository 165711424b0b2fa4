package field_test

import (
	"errors"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

func TestFields(t *testing.T) {
	page := charmap.CodePage866
	t.Run("E2 fields go there and back", func(t *testing.T) {
		b := field.AppendUint(nil, 0x01020304050607, 7)
		b, err := field.AppendText(b, page, "Ёж", 5)
		if err != nil {
			t.Fatal(err)
		}
		b = field.AppendBytes(b, []byte{1, 2})
		r := field.Reader{Data: append(b, 9, 0), Page: page}
		if v := r.Uint(7); v != 0x01020304050607 || r.Text(5) != "Ёж" || string(r.Prefixed()) != "\x01\x02" || !r.Flag() || !r.Has(1) || len(r.Rest()) != 1 || r.Err != nil {
			t.Errorf("%+v", r)
		}
		if r.U32() != 0 || r.U16() != 0 || r.U8() != 0 || !errors.Is(r.Err, field.ErrShort) || r.Has(0) {
			t.Errorf("past the end: %+v", r)
		}
	})
	t.Run("E2 what does not fit is said in both languages", func(t *testing.T) {
		_, letter := field.Encode(page, "日")
		_, long := field.AppendText(nil, page, "abc", 2)
		for _, err := range []error{letter, long, field.ErrShort} {
			w, ok := err.(ecr.Worded)
			if !ok || w.Words("ru") == w.Words("en") || w.Words("en") != err.Error() {
				t.Errorf("%v", err)
			}
		}
		if l := field.Label("sum|сумма"); l.Words("en") != "sum" || l.Words("ru") != "сумма" {
			t.Error(l)
		}
	})
}

// FuzzReader: whatever the data, taking fields ends without a panic, and nothing
// is taken twice.
func FuzzReader(f *testing.F) {
	f.Add([]byte{3, 0, 'a', 'b', 'c', 1, 2}, []byte{0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, data, plan []byte) {
		r := field.Reader{Data: data, Page: charmap.CodePage866}
		taken := 0
		for _, p := range plan {
			before := len(r.Data)
			switch p % 6 {
			case 0:
				r.Prefixed()
			case 1:
				r.Uint(1 + int(p)%8)
			case 2:
				r.Text(int(p))
			case 3:
				r.Flag()
			case 4:
				r.Bytes(int(p) - 10)
			default:
				r.Rest()
			}
			taken += before - len(r.Data)
		}
		if taken+len(r.Data) != len(data) {
			t.Errorf("%d taken and %d left of %d", taken, len(r.Data), len(data))
		}
	})
}
