package customrutest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
)

// TestDevice holds a register against the protocol: the same suite for the
// simulated one and for a real one, which it leaves with a shift open. Cash-in
// and a receipt of 1 kopeck are booked, so a real register should hold a
// debugging fiscal drive. dial opens a connection to it.
func TestDevice(t *testing.T, dial ecr.DialFunc, opt *customru.DeviceOptions) {
	// First, because a serial port has one user at a time.
	t.Run("E6 the probe is answered by one NAK", func(t *testing.T) { testProbe(t, dial) })
	t.Run("E3 a damaged frame is refused", func(t *testing.T) { testDamaged(t, dial) })
	link := customru.NewLink(dial, nil)
	d := customru.NewDevice(link, opt)
	defer d.Close()
	ctx := t.Context()
	if err := ready(ctx, d); err != nil {
		t.Fatal(err)
	}
	t.Run("E3 reads are answered in every state", func(t *testing.T) { testReads(t, d) })
	t.Run("E15 errors carry code and class", func(t *testing.T) { testErrors(t, d) })
	t.Run("E11 cash in and out move the drawer", func(t *testing.T) { testCash(t, d) })
	t.Run("E11 a receipt is one fiscal document", func(t *testing.T) { testReceipt(t, d) })
	t.Run("E11 a cancelled receipt is none", func(t *testing.T) { testCancelled(t, d) })
}

// ready brings a register into a known state: no document open, shift open.
func ready(ctx context.Context, d *customru.Device) error {
	receipt, err := d.ReceiptStatus(ctx)
	if err != nil {
		return err
	}
	switch {
	case receipt.Phase == customru.PhaseNonFiscal:
		err = d.CloseNonFiscal(ctx, false)
	case receipt.Phase != customru.PhaseNone:
		err = d.CancelReceipt(ctx)
	}
	if err != nil {
		return err
	}
	shift, err := d.ShiftStatus(ctx)
	if err == nil && shift.Expired {
		_, err = d.CloseShift(ctx, customru.NoPaper, customru.Site{})
		shift.Open = false
	}
	if err == nil && !shift.Open {
		_, err = d.OpenShift(ctx, customru.NoPaper, customru.Site{})
	}
	return err
}

func testReads(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := d.Clock(ctx)
	must("clock", err)
	_, err = d.LastReceipt(ctx)
	must("last receipt", err)
	_, err = d.GrandTotals(ctx)
	must("grand totals", err)
	_, err = d.DayTotals(ctx)
	must("day totals", err)
	_, err = d.Unsent(ctx)
	must("unsent", err)
	_, err = d.AvailableTags(ctx)
	must("available tags", err)
	_, err = d.FNNumber(ctx)
	must("drive number", err)
	_, err = d.FNTerm(ctx)
	must("drive term", err)
	_, _, err = d.FNVersion(ctx)
	must("drive version", err)
	_, err = d.OFDStatus(ctx)
	must("OFD status", err)
	_, err = d.Unconfirmed(ctx)
	must("unconfirmed", err)
	_, err = d.Registration(ctx, 1)
	must("registration", err)
	_, err = d.LastError(ctx)
	must("last error", err)
	info, err := d.Info(ctx)
	must("info", err)
	if info.Model == "" || info.DriveNumber == "" || info.FFD < 2 {
		t.Errorf("info %+v", info)
	}
	shift, err := d.FNShift(ctx)
	must("drive shift", err)
	status, err := d.Status(ctx)
	must("status", err)
	if !status.ShiftOpen || !shift.Open || !status.DriveConnected {
		t.Errorf("status %+v, shift %+v", status, shift)
	}
	drive, err := d.FNStatus(ctx)
	must("drive status", err)
	receipts, err := d.ReceiptInfo(ctx)
	must("receipt info", err)
	if drive.LastFD != receipts.LastFD {
		t.Errorf("last document %d by E0H, %d by F8H", drive.LastFD, receipts.LastFD)
	}
	vat, err := d.VATTable(ctx)
	must("VAT table", err)
	if len(vat) == 0 {
		t.Error("no department carries VAT")
	}
}

// exchange speaks bytes on a connection of its own.
func exchange(t *testing.T, dial ecr.DialFunc, b []byte) []byte {
	t.Helper()
	conn, err := dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	limit := time.Now().Add(3 * time.Second)
	conn.SetWriteDeadline(limit)
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
	var got [16]byte
	n := 0
	for limit := time.Now().Add(time.Second); n < len(got); {
		conn.SetReadDeadline(limit)
		more, err := conn.Read(got[n:])
		n += more
		if err != nil {
			break
		}
	}
	return got[:n]
}

func testProbe(t *testing.T, dial ecr.DialFunc) {
	if got := exchange(t, dial, []byte{customru.Probe}); len(got) != 1 || got[0] != customru.NAK {
		t.Errorf("%X", got)
	}
}

func testDamaged(t *testing.T, dial ecr.DialFunc) {
	if got := exchange(t, dial, []byte{1, 5, 0, 0xF1, 0x3F, 0x42, 0x0F, 0, 0x88}); len(got) != 1 || got[0] != customru.NAK {
		t.Errorf("%X", got)
	}
}

func testErrors(t *testing.T, d *customru.Device) {
	_, err := d.OpenShift(t.Context(), 0, customru.Site{})
	e, ok := errors.AsType[*customru.DeviceError](err)
	if !ok || e.Number != 410 || e.Class() != customru.ClassOperator || e.Last == nil || e.Last.Number != 410 {
		t.Errorf("a second shift: %v", err)
	}
	_, err = d.CloseReceipt(t.Context(), customru.Payment{Cash: 100}, nil)
	if e, ok := errors.AsType[*customru.DeviceError](err); !ok || e.Number != 3501 || e.Last == nil || e.Last.Sub == 0 {
		t.Errorf("closing no receipt: %v", err)
	}
}

func testCash(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	before, err := d.Cash(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in, err := d.CashIn(ctx, 150)
	if err != nil || in.Cash != before.Sum+150 {
		t.Errorf("%+v, %v, there were %d", in, err, before.Sum)
	}
	out, err := d.CashOut(ctx, 150)
	if err != nil || out.Cash != before.Sum {
		t.Errorf("%+v, %v", out, err)
	}
	after, err := d.Cash(ctx)
	if err != nil || after.In.Count != before.In.Count+1 || after.Out.Sum != before.Out.Sum+150 {
		t.Errorf("%+v after %+v, %v", after, before, err)
	}
}

func sellOne(t *testing.T, d *customru.Device) (department int) {
	t.Helper()
	vat, err := d.VATTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for code := 1; code <= 6; code++ {
		if row, err := vat.Department(code); err == nil {
			department = row
			break
		}
	}
	if err := d.OpenReceipt(t.Context(), customru.Sale, customru.TaxAutomatic, customru.NoPaper); err != nil {
		t.Fatal(err)
	}
	item := customru.Item{Name: "Проверка", Quantity: 1000, Price: 1, Department: department, Method: 4, Subject: 1}
	if err := d.Sell(t.Context(), customru.Sale, item); err != nil {
		t.Fatal(err)
	}
	return department
}

func testReceipt(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	before, err := d.ReceiptInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sellOne(t, d)
	if s, err := d.Subtotal(ctx, false); err != nil || s.Sum != 1 {
		t.Errorf("subtotal %+v, %v", s, err)
	}
	closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1}, nil)
	if err != nil || closed.Partial() || closed.FD != before.LastFD+1 {
		t.Fatalf("%+v after document %d, %v", closed, before.LastFD, err)
	}
	doc, err := d.FindDocument(ctx, closed.FD)
	if err != nil || doc.Kind != customru.Sale || doc.Sum != 1 || doc.FPD != closed.FPD {
		t.Errorf("%+v, %v", doc, err)
	}
	if last, err := d.LastReceipt(ctx); err != nil || last.Total != 1 || last.Number != closed.Receipt {
		t.Errorf("%+v, %v", last, err)
	}
}

func testCancelled(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	before, err := d.ReceiptInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sellOne(t, d)
	if err := d.CancelReceipt(ctx); err != nil {
		t.Fatal(err)
	}
	after, err := d.ReceiptInfo(ctx)
	if err != nil || after.LastFD != before.LastFD {
		t.Errorf("document %d after %d, %v", after.LastFD, before.LastFD, err)
	}
}
