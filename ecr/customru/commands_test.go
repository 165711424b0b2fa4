package customru_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
)

// The frames are computed from the document's layout by a program of its own,
// but for DD and the first two of DE, which the document prints.
func TestMoreCommandBytes(t *testing.T) {
	d, sent := recorder(t)
	at := time.Date(2018, 11, 9, 12, 20, 59, 0, time.UTC)
	bulka := customru.Item{Name: "Булка", Quantity: 1000, Price: 1000, Department: 1}
	for _, c := range []struct {
		name, want string
		call       func(context.Context) error
	}{
		{"DD", "010C00DD3F420F0001C80000000A004E", func(c context.Context) error { return d.PrintPicture(c, 1, 200, 0, 10) }},
		{"DE EAN", "011500DE3F420F0000030003000100010034353637383930" + "01", func(c context.Context) error {
			return d.PrintBarcode(c, customru.Barcode{Kind: customru.BarcodeEAN, Text: "4567890", Height: 3, Scale: 3, Align: customru.AlignCentre})
		}},
		{"DE QR", "011300DE3F420F0001060005000100" + "34353637383930" + "06", func(c context.Context) error {
			return d.PrintMatrix(c, customru.MatrixQR, "4567890", 5, customru.CaptionText)
		}},
		{"DE PDF417", "011300DE3F420F0001080002000100" + "34353637383930" + "07", func(c context.Context) error {
			return d.PrintMatrix(c, customru.MatrixPDF417, "4567890", 2, customru.CaptionText)
		}},
		{"27", "010500273F420F00BC", func(c context.Context) error { return d.Eject(c) }},
		{"2E", "0105002E3F420F00C3", func(c context.Context) error { return d.SelfTest(c) }},
		{"2A", "011B002A3F420F00010188E2AEA3AE203130000000000000000000000000C5", func(c context.Context) error { return d.Display(c, 1, "Итого 10") }},
		{"2B", "0105002B3F420F00C0", func(c context.Context) error { return d.OpenCover(c) }},
		{"13", "010500133F420F00A8", func(c context.Context) error { return d.Beep(c) }},
		{"19", "010500193F420F00AE", func(c context.Context) error { return d.StopPrinting(c) }},
		{"43", "010700433F420F001500EF", func(c context.Context) error { return d.ReportAndClear(c, customru.ReportDepartmentsPeriod) }},
		{"0A", "010B000A3F420F0078000100010220", func(c context.Context) error { return d.WriteRow(c, 120, 1, []byte{1, 2}) }},
		{"16 full", "010500163F420F00AB", func(c context.Context) error { return d.Reset(c, customru.ResetFull) }},
		{"8C", "010F008C3F420F000000000000000000060030", func(c context.Context) error { return d.Reprint(c, customru.ReprintOFDStatus, 0, 0) }},
		{"82", "012500823F420F00000000003030300100000000000000000000000000000000000000000001007843", func(c context.Context) error {
			return d.Sell(c, customru.SaleReturn, customru.Item{Name: "x", Quantity: 1})
		}},
		{"2F", "0105002F3F420F00C4", func(c context.Context) error { _, err := d.SelfTestResult(c); return err }},
		{"40 with the drawer", "010700403F420F00004016", func(c context.Context) error { _, _, err := d.XReport(c, customru.PrintDrawer); return err }},
		{"C0", "010600C03F420F000156", func(c context.Context) error { _, _, err := d.FNTotals(c, customru.WholeDrive); return err }},
		{"C1", "010600C13F420F000056", func(c context.Context) error { _, err := d.FNCounts(c, customru.ThisShift); return err }},
		{"C2", "010700C23F420F0001035C", func(c context.Context) error {
			_, _, err := d.FNKindTotals(c, customru.WholeDrive, customru.Purchase)
			return err
		}},
		{"C3", "010500C33F420F0059", func(c context.Context) error { _, _, err := d.FFDVersion(c); return err }},
		{"C4", "010A00C43F420F00120B090C14A5", func(c context.Context) error { _, err := d.FNDaysLeft(c, at); return err }},
		{"C5", "010500C53F420F005B", func(c context.Context) error { _, _, err := d.FNStorage(c); return err }},
		{"C6", "010500C63F420F005A", func(c context.Context) error { _, err := d.FNUnsent(c); return err }},
		{"C7", "010500C73F420F005D", func(c context.Context) error { _, err := d.FNDataSize(c); return err }},
		{"CF", "010900CF3F420F00FF0100006A", func(c context.Context) error { _, err := d.FindReceipt(c, 511); return err }},
		{"E6", "010900E63F420F00FF0100007D", func(c context.Context) error { _, err := d.OFDReceipt(c, 511); return err }},
		{"E9", "010800E93F420F000218049E", func(c context.Context) error { _, err := d.RegistrationTags(c, 2, 1048); return err }},
		{"FB", "010700FB3F420F00030399", func(c context.Context) error { _, err := d.DepartmentTotals(c, 3, true); return err }},
		{"FC", "010700FC3F420F00000599", func(c context.Context) error { _, err := d.DiscountTotals(c, 5); return err }},
		{"84", "011C00843F420F00E803000000E803000000000000010000050081E3ABAAA063", func(c context.Context) error { _, err := d.Void(c, bulka); return err }},
		{"90", "012B00903F420F000300E80300000000000078000000000000000000000000000000000000000000000000000000B3", func(c context.Context) error {
			_, err := d.AdjustSubtotal(c, customru.Discount{Markup: true, Percent: true, Value: 1000}, "x")
			return err
		}},
		{"91", "012B00913F420F00000007000000000000000000000000000000000000000000000000000000000000000000000052", func(c context.Context) error {
			_, err := d.AdjustItem(c, customru.Discount{Value: 7}, "")
			return err
		}},
		{"41 with a site", "010D00413F420F000043010061010062E7", func(c context.Context) error {
			_, err := d.CloseShift(c, customru.PrintDrawer, customru.Site{Address: "a", Place: "b"})
			return err
		}},
		{"85 with everything", "015100853F420F00771F010000000000000002000000000000000300000000000000040000000000000005000000000000000100720100620A003737303432313132303101006E01007601006101007001006D3646",
			func(c context.Context) error {
				_, err := d.CloseReceipt(c, customru.Payment{Cash: 1, Electronic: 2, Advance: 3, Credit: 4, Other: 5}, &customru.Closing{
					Requisite: "r", Buyer: "b", BuyerINN: "7704211201", UserName: "n", UserValue: "v", Address: "a", Place: "p", Machine: "m",
					Round: customru.PayCredit, Between: true, Kopecks: new(54),
				})
				return err
			}},
	} {
		t.Run("E2 command "+c.name, func(t *testing.T) {
			// The answer is made of zeros: the tail of some is no whole tag.
			if err := c.call(t.Context()); err != nil && !hasCode(err, ecr.CodeAnswer) {
				t.Fatal(err)
			}
			if got := sent(); got != c.want {
				t.Errorf("sent\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestMoreFields(t *testing.T) {
	d, sent := recorder(t)
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"a tax system that is none": func() error { return d.OpenReceipt(ctx, customru.Sale, 3, 0) },
		"a rounding that is none": func() error {
			_, err := d.CloseReceipt(ctx, customru.Payment{}, &customru.Closing{Round: 5})
			return err
		},
		"100 kopecks": func() error {
			_, err := d.CloseReceipt(ctx, customru.Payment{}, &customru.Closing{Kopecks: new(100)})
			return err
		},
		"a picture beside the grid": func() error { return d.PrintPicture(ctx, 1, 1, 7, 0) },
		"a bar code of no kind":     func() error { return d.PrintBarcode(ctx, customru.Barcode{Text: "1", Height: 1, Scale: 1}) },
		"a matrix code of no kind":  func() error { return d.PrintMatrix(ctx, 7, "1", 1, 0) },
		"a style that is none":      func() error { return d.Print(ctx, "x", 1) },
		"an empty QR":               func() error { return d.PrintQR(ctx, "", 1) },
		"a tag too long":            func() error { return d.SendTag(ctx, customru.Tag{Number: 1008, Text: strings.Repeat("1", 256)}) },
		"a tag of an item too long": func() error {
			return d.Sell(ctx, 1, customru.Item{Name: "x", Quantity: 1, Tags: []customru.Tag{{Raw: make([]byte, 256)}}})
		},
		"a copy of the wrong documents": func() error { return d.Reprint(ctx, customru.ReprintInFull, 5, 4) },
		"a kind of copy with numbers":   func() error { return d.Reprint(ctx, customru.ReprintSaved, 1, 1) },
		"a scope that is none":          func() error { _, err := d.FNCounts(ctx, 2); return err },
		"a registration 0":              func() error { _, err := d.RegistrationTags(ctx, 0, 1); return err },
		"a paper mode that is none":     func() error { return d.SetPaperMode(ctx, 0) },
		"a country of two letters": func() error {
			return d.Sell(ctx, 1, customru.Item{Name: "x", Quantity: 1, Country: "64"})
		},
	} {
		t.Run("E2 "+name+" is not sent", func(t *testing.T) {
			before := sent()
			err := call()
			if !hasCode(err, customru.CodeField) || ecr.OutcomeOf(err) != ecr.NotSent || sent() != before {
				t.Errorf("%v", err)
			}
			if m := err.(*ecr.Error).Message("ru"); latin.MatchString(m) {
				t.Errorf("English in the Russian message: %q", m)
			}
		})
	}
}

// latin finds English words.
var latin = regexp.MustCompile(`[A-Za-z]{4,}`)

func TestRussian(t *testing.T) {
	t.Run("E12 commands have a name in both languages", func(t *testing.T) {
		for n := range 256 {
			cmd := customru.Command(n)
			if !strings.Contains(cmd.String(), " ") {
				continue
			}
			if ru := cmd.Words("ru"); latin.MatchString(ru) || !strings.Contains(ru, " ") || ru[:2] != cmd.String()[:2] {
				t.Errorf("%v: %q", cmd, ru)
			}
		}
	})
	t.Run("E12 what went wrong on the line is told in Russian", func(t *testing.T) {
		for _, script := range []string{
			"cmd 50 garble", "cmd 50 garble=1", "cmd 50 drop-answer", "cmd 50 stall", "cmd 50 nak=9", "cmd 50 hangup", "cmd 50 power-loss",
		} {
			inBubble(t, script, func(t *testing.T, b *bench) {
				err := b.cashIn(t)
				m, ok := err.(interface{ Message(string) string })
				if !ok || latin.MatchString(m.Message("ru")) || !strings.Contains(m.Message("ru"), " · ") {
					t.Errorf("%s: %v", script, err)
				}
			})
		}
	})
	t.Run("E12 so are an answer that cannot be read, a busy device and bytes that are no frame", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.register.SetPaper(false)
			_, lost := b.device.CashIn(t.Context(), 1)
			_, busy := b.device.Recover(t.Context(), lost)
			if m := busy.(*ecr.Error).Message("ru"); latin.MatchString(m) || !strings.Contains(m, "внесение") {
				t.Errorf("%q", m)
			}
			b.register.SetPaper(true)
			time.Sleep(5 * time.Second)
		})
		for reason := customru.FrameStart; reason <= customru.FrameCRC; reason++ {
			e := &customru.FrameError{Reason: reason, Want: 3, Got: 4}
			if m := e.Message("ru"); latin.MatchString(m) || e.Message("en") == m {
				t.Errorf("%v: %q", reason, m)
			}
		}
		synctest.Test(t, func(t *testing.T) {
			d := answering(t, []byte{0, 0, 99, 1})
			_, err := d.Status(t.Context())
			if !hasCode(err, ecr.CodeAnswer) || latin.MatchString(err.(*ecr.Error).Message("ru")) {
				t.Error(err)
			}
		})
	})
	t.Run("E11 the advice of a recovery is in both languages", func(t *testing.T) {
		inBubble(t, "cmd 28 drop-answer", func(t *testing.T, b *bench) {
			err := b.device.OpenDrawer(t.Context(), 0)
			r, err := b.device.Recover(t.Context(), err)
			if err != nil || r.Verdict != customru.Undecidable || r.Advice.Words("en") != "look at the drawer" || latin.MatchString(r.Advice.Words("ru")) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	})
}

func TestErrorCodesAndRecovery(t *testing.T) {
	// A device that is asked after its refusal tells the register's state.
	paid := func(ctx context.Context, d *customru.Device) error {
		_, err := d.CashIn(ctx, 5)
		return err
	}
	t.Run("E15 a paper message that looks like the answer is not taken for a refusal", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.register.SetPaper(false)
			time.AfterFunc(time.Minute, func() { b.register.SetPaper(true) })
			err := paid(t.Context(), b.device)
			if !errors.Is(err, &customru.DeviceError{Number: 480}) {
				t.Fatal(err)
			}
			if _, err := b.device.Recover(t.Context(), err); !hasCode(err, customru.CodeBusy) {
				t.Errorf("without paper: %v", err)
			}
			time.Sleep(2 * time.Minute)
			if r, err := b.device.Recover(t.Context(), err); err != nil || r.Verdict != customru.Done {
				t.Errorf("%+v, %v", r, err)
			}
		}, func(o *customrutest.Options, _ *customru.Options) {
			o.Paper, o.OwnPaperMessages = customru.PaperRepeats, true
		})
	})
	t.Run("E15 what was certainly refused needs no question", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			_, err := b.device.CashOut(t.Context(), 5)
			asked := len(b.lines)
			if r, err := b.device.Recover(t.Context(), err); err != nil || r.Verdict != customru.NotDone || len(b.lines) != asked {
				t.Errorf("%+v, %v", r, err)
			}
			for number, want := range map[uint16]customru.Verdict{
				409: customru.NotDone, 3503: customru.NotDone, 1500: customru.Done, 1104: customru.Done, 350: customru.Done,
				2397: customru.Undecidable, 480: customru.Undecidable, 5000: customru.Undecidable, 4242: customru.Undecidable,
			} {
				r, err := b.device.Recover(t.Context(), &customru.DeviceError{Number: number, Cmd: customru.CmdCashIn})
				if err != nil || r.Verdict != want {
					t.Errorf("%d: %+v, %v, want %v", number, r, err, want)
				}
			}
		})
	})
}
