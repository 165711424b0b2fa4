package customrutest

import (
	"context"
	"errors"
	"testing"

	"github.com/obmen-go/obmen/ecr/customru"
)

// testItems changes a receipt in each way before it is paid in two parts.
func testItems(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	item := anItem(t, d)
	item.Price = 1000
	must(d.OpenReceipt(ctx, customru.Sale, customru.TaxAutomatic, customru.NoPaper))
	for range 3 {
		must(d.Sell(ctx, customru.Sale, item))
	}
	agent := item
	agent.Tags = []customru.Tag{{Number: customru.TagItemAgent, Raw: []byte{customru.AgentOther}}, {Number: customru.TagSupplierName, Text: "Поставщик"}}
	must(d.Sell(ctx, customru.Sale, agent))
	a, err := d.AdjustItem(ctx, customru.Discount{Value: 100}, "скидка")
	if err != nil || a.Discount != 100 || a.Subtotal != 3900 {
		t.Errorf("%+v, %v", a, err)
	}
	must(d.UndoItem(ctx))
	void, err := d.Void(ctx, item)
	if err != nil || void.Sum != 2000 {
		t.Errorf("%+v, %v", void, err)
	}
	a, err = d.AdjustSubtotal(ctx, customru.Discount{Percent: true, Value: 1000}, "десять")
	if err != nil || a.Discount != 200 || a.Subtotal != 1800 {
		t.Errorf("%+v, %v", a, err)
	}
	must(d.Print(ctx, "строка в чеке", 0))
	if s, err := d.Subtotal(ctx, false); err != nil || s.Sum != 1800 {
		t.Errorf("%+v, %v", s, err)
	}
	part, err := d.CloseReceipt(ctx, customru.Payment{Electronic: 800}, nil)
	if err != nil || !part.Partial() || part.Change != -1000 {
		t.Errorf("%+v, %v", part, err)
	}
	whole, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1500}, &customru.Closing{Requisite: "42", Buyer: "Покупатель", BuyerINN: "7704211201"})
	if err != nil || whole.Partial() || whole.Change != 500 {
		t.Errorf("%+v, %v", whole, err)
	}
}

// testKinds sells one item of each kind; the register must hold the money first.
func testKinds(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	item := anItem(t, d)
	if _, err := d.CashIn(ctx, 10); err != nil {
		t.Fatal(err)
	}
	info, err := d.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []customru.Kind{customru.Sale, customru.SaleReturn, customru.Purchase, customru.PurchaseReturn} {
		if err := d.Sell(ctx, kind, item); err != nil {
			t.Fatal(kind, err)
		}
		if now, err := d.ReceiptInfo(ctx); err != nil || now.Kind != kind {
			t.Errorf("%+v, %v, want kind %v", now, err, kind)
		}
		closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1}, nil)
		if err != nil {
			t.Fatal(kind, err)
		}
		if doc, err := d.FindDocument(ctx, closed.FD); err != nil || doc.Kind != kind {
			t.Errorf("%+v, %v, want kind %v", doc, err, kind)
		}
	}
	at, err := d.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	correction := customru.Correction{
		Kind: customru.Sale, Flags: customru.NoPaper, Basis: "акт 1",
		Year: at.Year(), Month: int(at.Month()), Day: at.Day(),
	}
	if info.FFD >= ffd11 {
		correction.Order = "7"
	}
	if err := d.OpenCorrection(ctx, correction); err != nil {
		t.Fatal(err)
	}
	if err := d.Sell(ctx, customru.Sale, item); err != nil {
		t.Fatal(err)
	}
	if _, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1}, nil); err != nil {
		t.Error(err)
	}
}

func testNonFiscal(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	check(t, d, []step{
		{"open", func(ctx context.Context, d *customru.Device) error { return d.OpenNonFiscal(ctx, customru.NoHeader) }},
		{"text", func(ctx context.Context, d *customru.Device) error {
			return d.Print(ctx, "Проверка", customru.Bold|customru.WrapAtSpaces)
		}},
		{"QR", func(ctx context.Context, d *customru.Device) error { return d.PrintQR(ctx, "obmen", 5) }},
		{"bar code", func(ctx context.Context, d *customru.Device) error {
			return d.PrintBarcode(ctx, customru.Barcode{Kind: customru.BarcodeCode128, Text: "OBMEN", Height: 60, Scale: 2, Align: customru.AlignCentre})
		}},
		{"matrix code", func(ctx context.Context, d *customru.Device) error {
			err := d.PrintMatrix(ctx, customru.MatrixPDF417, "obmen", 2, customru.CaptionNone)
			if errors.Is(err, &customru.DeviceError{Number: codeNotListed}) {
				return nil // two models have library 2 only
			}
			return err
		}},
		{"picture", func(ctx context.Context, d *customru.Device) error { return d.PrintPicture(ctx, 1, 200, 0, 0) }},
		{"cut inside", func(ctx context.Context, d *customru.Device) error { return d.CutNonFiscal(ctx) }},
		{"close", func(ctx context.Context, d *customru.Device) error { return d.CloseNonFiscal(ctx, true) }},
		{"stop printing", func(ctx context.Context, d *customru.Device) error { return d.StopPrinting(ctx) }},
	})
	if s, err := d.ReceiptStatus(ctx); err != nil || s.Phase != customru.PhaseNone {
		t.Errorf("%+v, %v", s, err)
	}
}

func testReports(t *testing.T, d *customru.Device) {
	last, err := d.ReceiptInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, d, []step{
		{"X report", func(ctx context.Context, d *customru.Device) error { _, _, err := d.XReport(ctx, 0); return err }},
		{"X report with the drawer", func(ctx context.Context, d *customru.Device) error {
			_, _, err := d.XReport(ctx, customru.PrintDrawer)
			return err
		}},
		{"report", func(ctx context.Context, d *customru.Device) error { return d.Report(ctx, customru.ReportDevice) }},
		{"report and clear", func(ctx context.Context, d *customru.Device) error {
			return d.ReportAndClear(ctx, customru.ReportDepartmentsPeriod)
		}},
		{"settlements", func(ctx context.Context, d *customru.Device) error {
			_, _, err := d.Settlements(ctx, customru.NoPaper, customru.Site{})
			return err
		}},
		{"copy of a document", func(ctx context.Context, d *customru.Device) error {
			return d.ReprintShort(ctx, last.LastFD, last.LastFD)
		}},
		{"copy of the last document", func(ctx context.Context, d *customru.Device) error { return d.ReprintFull(ctx, 0, 0) }},
		{"drive status on paper", func(ctx context.Context, d *customru.Device) error {
			return d.Reprint(ctx, customru.ReprintDriveStatus, 0, 0)
		}},
		{"copy of what was kept", func(ctx context.Context, d *customru.Device) error {
			item := anItem(t, d)
			if err := d.OpenReceipt(ctx, customru.Sale, customru.TaxAutomatic, customru.SaveFile); err != nil {
				return err
			}
			if err := d.Sell(ctx, customru.Sale, item); err != nil {
				return err
			}
			if _, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1}, nil); err != nil {
				return err
			}
			return d.ReprintLast(ctx)
		}},
	})
}

func testParts(t *testing.T, d *customru.Device) {
	check(t, d, []step{
		{"beep", func(ctx context.Context, d *customru.Device) error { return d.Beep(ctx) }},
		{"cut", func(ctx context.Context, d *customru.Device) error { return d.Cut(ctx, true) }},
		{"eject", func(ctx context.Context, d *customru.Device) error { return d.Eject(ctx) }},
		{"drawer", func(ctx context.Context, d *customru.Device) error { return d.OpenDrawer(ctx, 0) }},
		{"feed", func(ctx context.Context, d *customru.Device) error { return d.Feed(ctx, 1) }},
		{"display", func(ctx context.Context, d *customru.Device) error { return d.Display(ctx, 1, "Итого 1,00") }},
		{"cover", func(ctx context.Context, d *customru.Device) error { return d.OpenCover(ctx) }},
		{"self-test", func(ctx context.Context, d *customru.Device) error { return d.SelfTest(ctx) }},
		{"tags taken back", func(ctx context.Context, d *customru.Device) error { return d.ClearTags(ctx) }},
	})
}

func testShift(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	before, err := d.ShiftStatus(ctx)
	if err != nil {
		t.Fatal(err)
	}
	closed, err := d.CloseShift(ctx, customru.NoPaper, customru.Site{})
	if err != nil || closed.Shift != before.Number {
		t.Fatalf("%+v, %v", closed, err)
	}
	if doc, err := d.FindDocument(ctx, closed.FD); err != nil || doc.FPD != closed.FPD {
		t.Errorf("%+v, %v", doc, err)
	}
	opened, err := d.OpenShift(ctx, customru.NoPaper, customru.Site{})
	if err != nil || opened.Shift != closed.Shift+1 || opened.FD != closed.FD+1 {
		t.Errorf("%+v after %+v, %v", opened, closed, err)
	}
}

func testRestart(t *testing.T, d *customru.Device) {
	if err := d.Reset(t.Context(), customru.ResetReboot); lacks(err) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	for range restartTries { // a real register takes a while
		if _, err := d.Clock(t.Context()); err == nil {
			return
		}
	}
	t.Error("the register did not come back")
}

const restartTries = 20
