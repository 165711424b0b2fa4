package customru_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
)

// readers are the methods that take an answer apart.
var readers = []func(context.Context, *customru.Device) error{
	func(c context.Context, d *customru.Device) error { _, err := d.Clock(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.Status(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.ShiftStatus(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.LastReceipt(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.GrandTotals(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.ReceiptTotals(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.Info(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.LastError(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.FindDocument(c, 1); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.FindReceipt(c, 1); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.OFDReceipt(c, 1); return err },
	func(c context.Context, d *customru.Device) error {
		_, err := d.RegistrationTags(c, 1, 1048)
		return err
	},
	func(c context.Context, d *customru.Device) error { _, err := d.Registration(c, 1); return err },
	func(c context.Context, d *customru.Device) error { _, _, err := d.FNTotals(c, 0); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.VATTable(c); return err },
	func(c context.Context, d *customru.Device) error { _, err := d.Detect(c); return err },
	func(c context.Context, d *customru.Device) error { _, _, err := d.ReadDocument(c, 1); return err },
}

// FuzzAnswers: whatever a device answers, a method returns it or an error, whose
// outcome is never unknown: an answer came.
func FuzzAnswers(f *testing.F) {
	for _, v := range vectors(f) {
		if v[0] == customru.ACK {
			f.Add(v[5:len(v)-1], byte(len(v)))
		}
	}
	f.Add([]byte{0, 0, 99, 0x23, 4, 2, 0, 'a', 'b', 0x23, 4, 9, 0, 1}, byte(11))
	f.Add([]byte{0x68, 9, 0}, byte(16))
	f.Fuzz(func(t *testing.T, data []byte, which byte) {
		if len(data) < 2 || len(data) > 2000 {
			return
		}
		read := readers[int(which)%len(readers)]
		if data[0] == 0 && data[1] == 0 && int(which)%len(readers) == len(readers)-1 {
			data = []byte{0x68, 9, 0} // a list that never ends is a test of its own
		}
		synctest.Test(t, func(t *testing.T) {
			d := answering(t, data)
			defer func() {
				d.Close()
				time.Sleep(time.Second)
			}()
			if err := read(t.Context(), d); err != nil && ecr.OutcomeOf(err) != ecr.Answered {
				t.Errorf("%X: %v", data, err)
			}
		})
	})
}

func TestEndlessList(t *testing.T) {
	t.Run("E2 a list of tags that never ends is given up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := answering(t, []byte{0, 0, 99, 0, 0, 0, 0})
			_, _, err := d.ReadDocument(t.Context(), 1)
			if !hasCode(err, ecr.CodeAnswer) {
				t.Error(err)
			}
			d.Close()
			time.Sleep(time.Second)
		})
	})
}

func TestTLV(t *testing.T) {
	t.Run("E2 values of tags", func(t *testing.T) {
		tag := customru.TLV{Tag: 1012, Value: []byte{0, 0xA1, 0xCD, 0x5B}}
		if tag.Uint() != 0x5BCDA100 || !tag.Time().Equal(time.Unix(0x5BCDA100, 0)) {
			t.Error(tag.Uint(), tag.Time())
		}
		if v := (customru.TLV{Value: make([]byte, 9)}).Uint(); v != 0 {
			t.Error(v)
		}
		if s := (customru.TLV{Value: []byte{0x8A, 0xA0, ' ', 0}}).Text(); s != "Ка" {
			t.Errorf("%q", s)
		}
		if _, ok := (customru.TLV{Value: []byte{1, 0, 5, 0, 1}}).Tags(); ok {
			t.Error("a structure that stops in the middle")
		}
	})
}
