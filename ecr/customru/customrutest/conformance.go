package customrutest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
)

// TestDevice holds a register against the protocol: the same suite for the
// simulated one and for a real one. It sends every typed command of package
// customru; what a model or its firmware lacks is skipped. It leaves a shift
// open.
//
// Give it a real register only with a debugging fiscal drive: it books receipts
// of a few kopecks, a correction, cash-in and cash-out, closes the shift, clears
// the departments of the period, sets the clock to this machine's, prints, opens
// the drawer and restarts it. dial opens a connection to it.
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
	t.Run("E2 reads are answered in every state", func(t *testing.T) { testReads(t, d) })
	t.Run("E2 what the reads say agrees", func(t *testing.T) { testAgreement(t, d) })
	t.Run("E2 settings are read and written back", func(t *testing.T) { testSettings(t, d) })
	t.Run("E15 errors carry code and class", func(t *testing.T) { testErrors(t, d) })
	t.Run("E11 cash in and out move the drawer", func(t *testing.T) { testCash(t, d) })
	t.Run("E11 a receipt is one fiscal document", func(t *testing.T) { testReceipt(t, d) })
	t.Run("E11 a cancelled receipt is none", func(t *testing.T) { testCancelled(t, d) })
	t.Run("E11 an item is changed before it is paid", func(t *testing.T) { testItems(t, d) })
	t.Run("E11 every kind of receipt, and a correction", func(t *testing.T) { testKinds(t, d) })
	t.Run("E2 what is printed beside receipts", func(t *testing.T) { testNonFiscal(t, d) })
	t.Run("E2 reports and copies", func(t *testing.T) { testReports(t, d) })
	t.Run("E2 the parts of the device", func(t *testing.T) { testParts(t, d) })
	t.Run("E11 a shift is closed and opened", func(t *testing.T) { testShift(t, d) })
	t.Run("E6 a restart is answered before it runs", func(t *testing.T) { testRestart(t, d) })
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

// lacks says whether an error means that this model, firmware or registration
// has no such command or field.
func lacks(err error) bool {
	if own, ok := errors.AsType[*ecr.Error](err); ok && own.Code() == customru.CodeField {
		return strings.Contains(own.Error(), "firmware") // known from the register's profile
	}
	e, ok := errors.AsType[*customru.DeviceError](err)
	return ok && (e.Number == codeUnknown || e.Number == codeLength || e.Number == codeDriveCommand)
}

// check runs commands, each as a test of its own.
func check(t *testing.T, d *customru.Device, list []step) {
	t.Helper()
	for _, s := range list {
		t.Run("E2 "+s.name, func(t *testing.T) {
			switch err := s.run(t.Context(), d); {
			case lacks(err):
				t.Skip("not on this register: ", err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

// step is one command.
type step struct {
	name string
	run  func(context.Context, *customru.Device) error
}

// only drops what a command answered.
func only[T any](run func(*customru.Device, context.Context) (T, error)) func(context.Context, *customru.Device) error {
	return func(ctx context.Context, d *customru.Device) error {
		_, err := run(d, ctx)
		return err
	}
}

var reads = []step{
	{"clock", only((*customru.Device).Clock)},
	{"status", only((*customru.Device).Status)},
	{"shift status", only((*customru.Device).ShiftStatus)},
	{"receipt status", only((*customru.Device).ReceiptStatus)},
	{"last receipt", only((*customru.Device).LastReceipt)},
	{"grand totals", only((*customru.Device).GrandTotals)},
	{"day totals", only((*customru.Device).DayTotals)},
	{"receipt totals", only((*customru.Device).ReceiptTotals)},
	{"receipt info", only((*customru.Device).ReceiptInfo)},
	{"unsent", only((*customru.Device).Unsent)},
	{"cash", only((*customru.Device).Cash)},
	{"departments", func(ctx context.Context, d *customru.Device) error {
		_, err := d.DepartmentTotals(ctx, 1, true)
		return err
	}},
	{"discounts", func(ctx context.Context, d *customru.Device) error { _, err := d.DiscountTotals(ctx, 5); return err }},
	{"available tags", only((*customru.Device).AvailableTags)},
	{"info", only((*customru.Device).Info)},
	{"last error", only((*customru.Device).LastError)},
	{"self-test result", only((*customru.Device).SelfTestResult)},
	{"drive status", only((*customru.Device).FNStatus)},
	{"drive number", only((*customru.Device).FNNumber)},
	{"drive term", only((*customru.Device).FNTerm)},
	{"drive version", func(ctx context.Context, d *customru.Device) error { _, _, err := d.FNVersion(ctx); return err }},
	{"OFD status", only((*customru.Device).OFDStatus)},
	{"unconfirmed", only((*customru.Device).Unconfirmed)},
	{"registration", func(ctx context.Context, d *customru.Device) error { _, err := d.Registration(ctx, 1); return err }},
	{"all registration tags", func(ctx context.Context, d *customru.Device) error {
		list, err := d.RegistrationTags(ctx, 1, customru.AllRegistrationTags)
		if err == nil && len(list) == 0 {
			err = errors.New("no tags")
		}
		return err
	}},
	{"drive shift", only((*customru.Device).FNShift)},
	{"document format", func(ctx context.Context, d *customru.Device) error { _, _, err := d.FFDVersion(ctx); return err }},
	{"drive totals", func(ctx context.Context, d *customru.Device) error {
		_, _, err := d.FNTotals(ctx, customru.WholeDrive)
		return err
	}},
	{"drive counts", func(ctx context.Context, d *customru.Device) error {
		_, err := d.FNCounts(ctx, customru.ThisShift)
		return err
	}},
	{"drive totals of a kind", func(ctx context.Context, d *customru.Device) error {
		_, _, err := d.FNKindTotals(ctx, customru.WholeDrive, customru.Sale)
		return err
	}},
	{"drive days left", func(ctx context.Context, d *customru.Device) error {
		_, err := d.FNDaysLeft(ctx, time.Now())
		return err
	}},
	{"drive storage", func(ctx context.Context, d *customru.Device) error { _, _, err := d.FNStorage(ctx); return err }},
	{"drive unsent", only((*customru.Device).FNUnsent)},
	{"drive data size", only((*customru.Device).FNDataSize)},
	{"a family", func(ctx context.Context, d *customru.Device) error {
		_, err := d.ReadFamily(ctx, customru.FamilyPrinter)
		return err
	}},
	{"VAT rates", only((*customru.Device).VATRates)},
	{"VAT table", only((*customru.Device).VATTable)},
	{"profile", only((*customru.Device).Detect)},
}

func testReads(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	check(t, d, reads)
	sellOne(t, d)
	check(t, d, reads)
	if err := d.CancelReceipt(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.OpenNonFiscal(ctx, 0); err != nil {
		t.Fatal(err)
	}
	check(t, d, reads)
	if err := d.CloseNonFiscal(ctx, false); err != nil {
		t.Fatal(err)
	}
}

func testAgreement(t *testing.T, d *customru.Device) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	info, err := d.Info(ctx)
	must(err)
	if info.Model == "" || info.DriveNumber == "" || info.FFD < 2 {
		t.Errorf("info %+v", info)
	}
	shift, err := d.FNShift(ctx)
	must(err)
	status, err := d.Status(ctx)
	must(err)
	if !status.ShiftOpen || !shift.Open || !status.DriveConnected {
		t.Errorf("status %+v, shift %+v", status, shift)
	}
	drive, err := d.FNStatus(ctx)
	must(err)
	receipts, err := d.ReceiptInfo(ctx)
	must(err)
	if drive.LastFD != receipts.LastFD {
		t.Errorf("last document %d by E0H, %d by F8H", drive.LastFD, receipts.LastFD)
	}
	vat, err := d.VATTable(ctx)
	must(err)
	if len(vat) == 0 {
		t.Error("no department carries VAT")
	}
	day, err := d.DayTotals(ctx)
	must(err)
	if _, own, err := d.FNTotals(ctx, customru.ThisShift); !lacks(err) && (err != nil || own.Kinds != day.Kinds) {
		t.Errorf("the shift is %+v by F6H, %+v by C0H, %v", day, own, err)
	}
	unsent, err := d.Unsent(ctx)
	must(err)
	ofd, err := d.OFDStatus(ctx)
	must(err)
	if uint32(ofd.Messages) != unsent.Documents {
		t.Errorf("%d documents unsent by E4H, %d by F9H", ofd.Messages, unsent.Documents)
	}
}

func testSettings(t *testing.T, d *customru.Device) {
	now := time.Now()
	check(t, d, []step{
		{"write a family", func(ctx context.Context, d *customru.Device) error {
			b, err := d.ReadFamily(ctx, customru.FamilyPrinter)
			if err != nil {
				return err
			}
			return d.WriteFamily(ctx, customru.FamilyPrinter, b)
		}},
		{"write a row", func(ctx context.Context, d *customru.Device) error {
			b, err := d.ReadRow(ctx, customru.TableDepartments, 1)
			if err != nil {
				return err
			}
			return d.WriteRow(ctx, customru.TableDepartments, 1, b)
		}},
		{"write the paper mode, which cuts the connection", func(ctx context.Context, d *customru.Device) error {
			p, err := d.Detect(ctx)
			if err != nil {
				return err
			}
			if err := d.SetPaperMode(ctx, p.Paper); err != nil {
				return err
			}
			_, err = d.Status(ctx)
			return err
		}},
		{"set the time", func(ctx context.Context, d *customru.Device) error { return d.SetTime(ctx, now) }},
		{"set the date", func(ctx context.Context, d *customru.Device) error { return d.SetDate(ctx, now) }},
	})
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
	for n < len(got) {
		conn.SetReadDeadline(limit)
		more, err := conn.Read(got[n:])
		n += more
		if err != nil {
			break
		}
		limit = time.Now().Add(quietAfter)
	}
	return got[:n]
}

// quietAfter is how long nothing more may come after an answer.
const quietAfter = 200 * time.Millisecond

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

// anItem is the first one that the departments of the register allow.
func anItem(t *testing.T, d *customru.Device) customru.Item {
	t.Helper()
	vat, err := d.VATTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for code := 1; code <= 6; code++ {
		if row, err := vat.Department(code); err == nil {
			return customru.Item{Name: "Проверка", Quantity: 1000, Price: 1, Department: row, Method: 4, Subject: 1}
		}
	}
	t.Fatal("no department carries VAT")
	return customru.Item{}
}

func sellOne(t *testing.T, d *customru.Device) customru.Item {
	t.Helper()
	item := anItem(t, d)
	if err := d.OpenReceipt(t.Context(), customru.Sale, customru.TaxAutomatic, customru.NoPaper|customru.SaveFile); err != nil {
		t.Fatal(err)
	}
	if err := d.Sell(t.Context(), customru.Sale, item); err != nil {
		t.Fatal(err)
	}
	return item
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
	contact := customru.Tag{Number: customru.TagBuyerContact, Text: "a@b.ru"}
	closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1}, &customru.Closing{Tags: []customru.Tag{contact}})
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
	full, err := d.FindReceipt(ctx, closed.FD)
	if !lacks(err) && (err != nil || full.Sum != 1 || full.Paid.Cash != 1 || full.FPD != closed.FPD || len(full.Items) == 0) {
		t.Errorf("%+v, %v", full, err)
	}
	form, tags, err := d.ReadDocument(ctx, closed.FD)
	if err != nil || form != customru.FormReceipt || !has(tags, contact.Number, contact.Text) {
		t.Errorf("form %v without the buyer's contact: %+v, %v", form, tags, err)
	}
	if _, err := d.OFDReceipt(ctx, closed.FD); err != nil && !errors.Is(err, &customru.DeviceError{Number: codeNoData}) {
		t.Error(err)
	}
}

func has(tags []customru.TLV, number uint16, text string) bool {
	for _, t := range tags {
		if t.Tag == number && t.Text() == text {
			return true
		}
	}
	return false
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
