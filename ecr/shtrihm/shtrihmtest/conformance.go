package shtrihmtest

import (
	"testing"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// TestDevice checks what any register of this protocol must do, a real one as
// well as the simulated one, over one link level. It prints nothing and leaves
// the register as it was: it refuses to run while a receipt is open.
func TestDevice(t *testing.T, dial ecr.DialFunc, level shtrihm.Level, opt *shtrihm.DeviceOptions) {
	t.Helper()
	link := shtrihm.NewLink(dial, &shtrihm.Options{Level: level})
	d := shtrihm.NewDevice(link, opt)
	defer d.Close()
	ctx := t.Context()

	state, err := d.State(ctx)
	if err != nil {
		t.Fatalf("10h: %v", err)
	}
	if state.Mode == shtrihm.ModeReceipt {
		t.Fatal("a receipt is open: close or cancel it first")
	}
	if name, _, _, err := d.DeviceType(ctx); err != nil || name == "" {
		t.Errorf("FCh: name %q, %v", name, err)
	}
	if _, err := d.Model(ctx); err != nil {
		t.Errorf("F7h: %v", err)
	}
	if s, err := d.Status(ctx); err != nil || s.Time.Year() < 2020 {
		t.Errorf("11h: %+v, %v", s, err)
	}
	fn, err := d.FNStatus(ctx)
	if err != nil || len(fn.Number) != 16 {
		t.Errorf("FF01h: %+v, %v", fn, err)
	}
	shift, err := d.Shift(ctx)
	open := state.Mode == shtrihm.ModeShiftOpen || state.Mode == shtrihm.ModeShiftLong
	if err != nil || shift.Open != open {
		t.Errorf("FF40h: %+v, %v, but the mode is %v", shift, err, state.Mode)
	}
	if fn.LastFD > 0 {
		if doc, err := d.FindDocument(ctx, fn.LastFD); err != nil || doc.FD != fn.LastFD {
			t.Errorf("FF0Ah: %+v, %v", doc, err)
		}
	}
	if table, err := d.Table(ctx, 17); err != nil || table.Name == "" || table.Fields == 0 {
		t.Errorf("2Dh: %+v, %v", table, err)
	}
	if _, err := d.Field(ctx, 18, 1); err != nil {
		t.Errorf("2Eh: %v", err)
	}
	if serial, err := d.Text(ctx, 18, 1, 1); err != nil || serial == "" {
		t.Errorf("1Fh: serial number %q, %v", serial, err)
	}
	if cancelled, err := d.CancelReceipt(ctx); cancelled || err != nil {
		t.Errorf("88h without a receipt: %v, %v", cancelled, err)
	}
	if m, err := d.MarkingStatus(ctx); err != nil || m.Saved > shtrihm.MaxSavedChecks {
		t.Errorf("FF70h: %+v, %v", m, err)
	}
}
