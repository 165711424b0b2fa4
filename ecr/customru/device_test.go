package customru_test

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
)

// recorder is a device that says yes to everything and keeps the last request.
func recorder(t *testing.T) (*customru.Device, func() string) {
	t.Helper()
	var last []byte
	dial := func(context.Context) (ecr.Conn, error) {
		host, device := net.Pipe()
		go func() {
			defer device.Close()
			var in customru.Scanner
			for {
				n, err := device.Read(in.Space())
				if err != nil {
					return
				}
				in.Added(n)
				for {
					token, ok := in.Next()
					if !ok {
						break
					}
					last = append([]byte(nil), token.Raw...)
					answer := make([]byte, 500)
					answer[2] = 99
					b, err := customru.AppendFrame([]byte{customru.ACK}, token.Frame.Cmd, answer)
					if err != nil {
						return
					}
					if _, err := device.Write(b); err != nil {
						return
					}
				}
			}
		}()
		return host, nil
	}
	d := customru.NewDevice(customru.NewLink(dial, nil), &customru.DeviceOptions{NoBaseline: true, Location: time.UTC})
	t.Cleanup(func() { d.Close() })
	return d, func() string { return strings.ToUpper(hex.EncodeToString(last)) }
}

// The frames are the document's own examples, or computed by its rule from its
// layout.
func TestCommandBytes(t *testing.T) {
	d, sent := recorder(t)
	at := time.Date(2018, 11, 9, 12, 20, 59, 0, time.UTC)
	bulka := customru.Item{Name: "Булка", Quantity: 1000, Price: 1000, Department: 1, Method: 3, Subject: 11}
	with := func(change func(*customru.Item)) customru.Item {
		it := bulka
		change(&it)
		return it
	}
	for _, c := range []struct {
		name, want string
		call       func(context.Context) error
	}{
		{"F1", "010500F13F420F0087", func(c context.Context) error { _, err := d.Status(c); return err }},
		{"E5", "010900E53F420F00FF0100007C", func(c context.Context) error { _, err := d.FindDocument(c, 511); return err }},
		{"04", "010700043F420F001200AD", func(c context.Context) error { _, err := d.ReadFamily(c, 18); return err }},
		{"09", "010900093F420F00780001001A", func(c context.Context) error { _, err := d.ReadRow(c, 120, 1); return err }},
		{"05", "011000053F420F00120006640A00080000000135", func(c context.Context) error {
			return d.WriteFamily(c, 18, []byte{6, 100, 10, 0, 8, 0, 0, 0, 1})
		}},
		{"16", "010600163F420F00802D", func(c context.Context) error { return d.Reset(c, customru.ResetReboot) }},
		{"1F", "0107001F3F420F000600BC", func(c context.Context) error {
			_, _, err := d.Settlements(c, customru.NoPaper|customru.SaveFile, customru.Site{})
			return err
		}},
		{"21", "010800213F420F000C143B15", func(c context.Context) error { return d.SetTime(c, at) }},
		{"23", "010800233F420F00090B12E1", func(c context.Context) error { return d.SetDate(c, at) }},
		{"25", "010600253F420F0000BB", func(c context.Context) error { return d.Cut(c, false) }},
		{"28", "010600283F420F0000BE", func(c context.Context) error { return d.OpenDrawer(c, 0) }},
		{"29", "010700293F420F000005C5", func(c context.Context) error { return d.Feed(c, 5) }},
		{"40", "010500403F420F00D5", func(c context.Context) error { _, _, err := d.XReport(c, 0); return err }},
		{"41", "010700413F420F000000D8", func(c context.Context) error { _, err := d.CloseShift(c, 0, customru.Site{}); return err }},
		{"42", "010700423F420F0033000D", func(c context.Context) error { return d.Report(c, customru.ReportVAT) }},
		{"50", "010D00503F420F00204E0000000000005A", func(c context.Context) error { _, err := d.CashIn(c, 20000); return err }},
		{"51", "010D00513F420F00204E0000000000005D", func(c context.Context) error { _, err := d.CashOut(c, 20000); return err }},
		{"80 p63", "012900803F420F000000030B303030E803000000E803000000000000000000000000000001050081E3ABAAA00B",
			func(c context.Context) error { return d.Sell(c, customru.Sale, bulka) }},
		{"80 p64", "012F00803F420F000200030B303030E803000000E803000000000000000000000000000002050081E3ABAAA00400434F44453C",
			func(c context.Context) error {
				return d.Sell(c, customru.Sale, with(func(i *customru.Item) { i.Department, i.Requisite = 2, "CODE" }))
			}},
		{"80 p65", "013200803F420F000100030B303030D007000000DC0500000000000000000000000000000102E803000000000000050081E3ABAAA0E2",
			func(c context.Context) error {
				return d.Sell(c, customru.Sale, with(func(i *customru.Item) {
					i.Quantity, i.Price, i.Discount = 2000, 1500, customru.Discount{Percent: true, Value: 1000}
				}))
			}},
		{"85 p68", "012F00853F420F000000A086010000000000000000000000000000000000000000000000000000000000000000000000000069",
			func(c context.Context) error {
				_, err := d.CloseReceipt(c, customru.Payment{Cash: 100000}, nil)
				return err
			}},
		{"85 p69", "013500853F420F000100A0860100000000000000000000000000000000000000000000000000000000000000000000000000040054455854B8",
			func(c context.Context) error {
				_, err := d.CloseReceipt(c, customru.Payment{Cash: 100000}, &customru.Closing{Requisite: "TEXT"})
				return err
			}},
		{"88", "010500883F420F001C", func(c context.Context) error { return d.CancelReceipt(c) }},
		{"89", "010700893F420F00000021", func(c context.Context) error { _, err := d.Subtotal(c, false); return err }},
		{"8C", "010F008C3F420F0000000000000000000000" + "2A", func(c context.Context) error { return d.ReprintLast(c) }},
		{"8C full", "010F008C3F420F00FF010000FF01000002002E", func(c context.Context) error { return d.ReprintFull(c, 511, 511) }},
		{"8D", "0109008D3F420F000000000027", func(c context.Context) error {
			return d.OpenReceipt(c, customru.Sale, customru.TaxAutomatic, 0)
		}},
		{"8D no print", "0109008D3F420F00060000012C", func(c context.Context) error {
			return d.OpenReceipt(c, customru.Sale, customru.TaxGeneral, customru.NoPaper|customru.SaveFile)
		}},
		{"8F", "0105008F3F420F0025", func(c context.Context) error { return d.UndoItem(c) }},
		{"D8 1222", "010B00D83F420F00C604000100407C", func(c context.Context) error { return d.SendTag(c, customru.Tag{Number: 1222, Raw: []byte{0x40}}) }},
		{"D8 1008", "011600D83F420F00F003000C002B3739393931323334353637F2", func(c context.Context) error {
			return d.SendTag(c, customru.Tag{Number: 1008, Text: "+79991234567"})
		}},
		{"D9", "010700D93F420F00000071", func(c context.Context) error { _, err := d.OpenShift(c, 0, customru.Site{}); return err }},
		{"DA", "010700DA3F420F00000070", func(c context.Context) error { return d.OpenNonFiscal(c, 0) }},
		{"DB", "013000DB3F420F0004003031323334353637383930313233343536373839303132333435363738393031323334353637383930" + "09",
			func(c context.Context) error {
				return d.Print(c, "01234567890123456789012345678901234567890", customru.WrapAtSpaces)
			}},
		{"DC", "010500DC3F420F0070", func(c context.Context) error { return d.CutNonFiscal(c) }},
		{"DE compact QR", "010F00DE3F420F0002050034353637383930F9", func(c context.Context) error { return d.PrintQR(c, "4567890", 5) }},
		{"DF", "010700DF3F420F00000077", func(c context.Context) error { return d.CloseNonFiscal(c, true) }},
	} {
		t.Run("E2 command "+c.name, func(t *testing.T) {
			if err := c.call(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := sent(); got != c.want {
				t.Errorf("sent\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestFields(t *testing.T) {
	d, sent := recorder(t)
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"negative sum":      func() error { _, err := d.CashIn(ctx, -1); return err },
		"sum too large":     func() error { _, err := d.CashIn(ctx, customru.MaxMoney+1); return err },
		"no name":           func() error { return d.Sell(ctx, customru.Sale, customru.Item{Quantity: 1}) },
		"no such kind":      func() error { return d.Sell(ctx, 9, customru.Item{Name: "x", Quantity: 1}) },
		"letter not in 866": func() error { return d.Print(ctx, "日本", 0) },
		"text too long":     func() error { return d.Print(ctx, strings.Repeat("x", 1001), 0) },
		"INN of 11": func() error {
			_, err := d.CloseReceipt(ctx, customru.Payment{}, &customru.Closing{BuyerINN: "12345678901"})
			return err
		},
		"flags of no receipt": func() error { return d.OpenReceipt(ctx, customru.Sale, 0, customru.PrintDrawer) },
		"department 17":       func() error { return d.Sell(ctx, customru.Sale, customru.Item{Name: "x", Quantity: 1, Department: 17}) },
	} {
		t.Run("E2 "+name+" is not sent", func(t *testing.T) {
			before := sent()
			err := call()
			if !hasCode(err, customru.CodeField) || ecr.OutcomeOf(err) != ecr.NotSent || sent() != before {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDeviceErrors(t *testing.T) {
	t.Run("E15 all 291 codes have a class and two sentences", func(t *testing.T) {
		known := 0
		for n := range 65536 {
			e := &customru.DeviceError{Number: uint16(n), Cmd: customru.CmdCashIn}
			if e.Name("en") == "" {
				continue
			}
			known++
			if e.Name("ru") == "" || e.Class() == customru.ClassUnknown || e.Message("ru") == e.Message("en") {
				t.Errorf("%d: %q %v", n, e.Name("ru"), e.Class())
			}
		}
		if known != 291 {
			t.Errorf("%d codes", known)
		}
	})
	t.Run("E15 an unknown code keeps its number", func(t *testing.T) {
		e := &customru.DeviceError{Number: 4242, Cmd: customru.CmdCashIn}
		if e.Class() != customru.ClassUnknown || e.Code() != "ECR-CUSTOMRU-DEVICE-4242" || !strings.Contains(e.Message("ru"), "4242") || !strings.Contains(e.Error(), "4242") {
			t.Error(e.Code(), e.Message("ru"))
		}
		if e.SafeToRetry() || ecr.OutcomeOf(e) != ecr.Answered {
			t.Error("a device error is answered")
		}
	})
	t.Run("E15 an error answer may be short or full-length", func(t *testing.T) {
		for _, form := range []customrutest.ErrorForm{customrutest.ErrorsShort, customrutest.ErrorsFull, customrutest.ErrorsMixed} {
			inBubble(t, "", func(t *testing.T, b *bench) {
				_, err := b.device.CashOut(t.Context(), 1)
				e, ok := errors.AsType[*customru.DeviceError](err)
				if !ok || e.Number != 603 || !errors.Is(err, &customru.DeviceError{Number: 603}) {
					t.Error(err)
				}
			}, func(o *customrutest.Options, _ *customru.Options) { o.Errors = form })
		}
	})
	t.Run("E15 the sub-code comes from D7H at once", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			err := b.device.CancelReceipt(t.Context())
			e, ok := errors.AsType[*customru.DeviceError](err)
			if !ok || e.Number != 3501 || e.Last == nil || e.Last.Sub != 2 || !strings.HasSuffix(e.Error(), "(sub-code 2)") {
				t.Error(err)
			}
		})
	})
	t.Run("E15 VAT goes by department", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			vat, err := b.device.VATTable(t.Context())
			if err != nil || len(vat) != 6 {
				t.Fatal(vat, err)
			}
			if n, err := vat.Department(4); n != 4 || err != nil {
				t.Error(n, err)
			}
			if _, err := vat.Department(7); !hasCode(err, customru.CodeVAT) {
				t.Error(err)
			}
		})
	})
}

// TestRecover loses the answer of each command, executed and not, and asks.
func TestRecover(t *testing.T) {
	item := customru.Item{Name: "Булка", Quantity: 1000, Price: 1000, Department: 1}
	free := customru.Item{Name: "Пакет", Quantity: 1000, Department: 1}
	open := func(ctx context.Context, d *customru.Device) error { return d.OpenReceipt(ctx, customru.Sale, 0, 0) }
	sold := func(ctx context.Context, d *customru.Device) error { return d.Sell(ctx, customru.Sale, item) }
	closed := func(ctx context.Context, d *customru.Device) error {
		_, err := d.CloseShift(ctx, 0, customru.Site{})
		return err
	}
	none := func(context.Context, *customru.Device) error { return nil }
	type step = func(context.Context, *customru.Device) error
	for _, c := range []struct {
		name      string
		cmd       string
		prepare   step
		run       step
		undecided bool // if not executed
	}{
		{"open receipt", "8d", none, open, false},
		{"first item", "80", none, sold, false},
		{"item", "80#2", sold, sold, false},
		{"item that costs nothing", "80#2", sold, func(ctx context.Context, d *customru.Device) error { return d.Sell(ctx, customru.Sale, free) }, true},
		{"undo item", "8f", sold, func(ctx context.Context, d *customru.Device) error { return d.UndoItem(ctx) }, true},
		{"void", "84", sold, func(ctx context.Context, d *customru.Device) error { _, err := d.Void(ctx, item); return err }, false},
		{"subtotal discount", "90", sold, func(ctx context.Context, d *customru.Device) error {
			_, err := d.AdjustSubtotal(ctx, customru.Discount{Value: 5}, "")
			return err
		}, false},
		{"close", "85", sold, func(ctx context.Context, d *customru.Device) error {
			_, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1500}, nil)
			return err
		}, false},
		{"pay in part", "85", sold, func(ctx context.Context, d *customru.Device) error {
			_, err := d.CloseReceipt(ctx, customru.Payment{Electronic: 500}, nil)
			return err
		}, false},
		{"cancel", "88", sold, func(ctx context.Context, d *customru.Device) error { return d.CancelReceipt(ctx) }, false},
		{"cash in", "50", none, func(ctx context.Context, d *customru.Device) error { _, err := d.CashIn(ctx, 5); return err }, false},
		{"cash out", "51", func(ctx context.Context, d *customru.Device) error { _, err := d.CashIn(ctx, 5); return err },
			func(ctx context.Context, d *customru.Device) error { _, err := d.CashOut(ctx, 5); return err }, false},
		{"close shift", "41", none, closed, false},
		{"open shift", "d9", closed, func(ctx context.Context, d *customru.Device) error {
			_, err := d.OpenShift(ctx, 0, customru.Site{})
			return err
		}, false},
		{"settlements", "1f", none, func(ctx context.Context, d *customru.Device) error {
			_, _, err := d.Settlements(ctx, 0, customru.Site{})
			return err
		}, false},
		{"non-fiscal", "da", none, func(ctx context.Context, d *customru.Device) error { return d.OpenNonFiscal(ctx, 0) }, false},
		{"correction", "d6", none, func(ctx context.Context, d *customru.Device) error {
			return d.OpenCorrection(ctx, customru.Correction{Kind: customru.Sale, Basis: "акт", Year: 2026, Month: 1, Day: 2})
		}, false},
	} {
		for _, executed := range []bool{true, false} {
			name, fault, want := "E11 "+c.name+" that ran", " drop-answer", customru.Done
			if !executed {
				name, fault, want = "E11 "+c.name+" that did not", " stall", customru.NotDone
				if c.undecided {
					want = customru.Undecidable
				}
			}
			if executed && c.undecided && c.cmd == "80#2" {
				want = customru.Undecidable // it leaves no trace either way
			}
			t.Run(name, func(t *testing.T) {
				inBubble(t, "cmd "+c.cmd+fault, func(t *testing.T, b *bench) {
					if err := c.prepare(t.Context(), b.device); err != nil {
						t.Fatal(err)
					}
					err := c.run(t.Context(), b.device)
					if ecr.OutcomeOf(err) != ecr.Unknown {
						t.Fatalf("outcome of %v", err)
					}
					r, err := b.device.Recover(t.Context(), err)
					if err != nil || r.Verdict != want {
						t.Errorf("%+v, %v, want %v", r, err, want)
					}
					if c.name == "close" && executed && (r.Closed == nil || r.Closed.Change != 500 || r.Closed.FD != 102 || r.Closed.Receipt != 1 || r.Closed.Shift != 1) {
						t.Errorf("closed %+v", r.Closed)
					}
					if c.name == "pay in part" && executed && (r.Closed == nil || !r.Closed.Partial() || r.Closed.Change != -500) {
						t.Errorf("closed %+v", r.Closed)
					}
				})
			})
		}
	}
	t.Run("E11 what needs no question is answered without one", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for _, c := range []struct {
				err  error
				want customru.Verdict
			}{
				{nil, customru.Done}, {&customru.DeviceError{Number: 409}, customru.NotDone}, {errors.New("?"), customru.Undecidable},
				{ecr.NewError(ecr.CodeConnect, ecr.Details{Outcome: ecr.NotSent}), customru.NotDone},
				{ecr.NewError(ecr.CodeRejected, ecr.Details{Outcome: ecr.Rejected}), customru.NotDone},
			} {
				if r, err := b.device.Recover(t.Context(), c.err); err != nil || r.Verdict != c.want {
					t.Errorf("%v: %+v, %v", c.err, r, err)
				}
			}
			if len(b.lines) != 0 {
				t.Errorf("it asked: %v", b.lines)
			}
		})
	})
}

func TestSession(t *testing.T) {
	t.Run("E11 a lost command and its recovery in one session: nobody comes between", func(t *testing.T) {
		inBubble(t, "cmd 50#1 drop-answer", func(t *testing.T, b *bench) {
			var wg sync.WaitGroup
			wg.Go(func() {
				err := b.device.Session(t.Context(), func(d *customru.Device) error {
					_, lost := d.CashIn(t.Context(), 5)
					time.Sleep(time.Minute) // another till has its chance
					r, err := d.Recover(t.Context(), lost)
					if err == nil && (ecr.OutcomeOf(lost) != ecr.Unknown || r.Verdict != customru.Done) {
						t.Errorf("%v: %v", lost, r.Verdict)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
			wg.Go(func() { // would change the drawer that the recovery looks at
				if _, err := b.device.CashIn(t.Context(), 7); err != nil {
					t.Error(err)
				}
			})
			wg.Wait()
			if n := b.register.Executed(customru.CmdCashIn); n != 2 {
				t.Errorf("%d ran", n)
			}
		})
	})
	t.Run("E20 a context that ends while another holds the session", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			err := b.device.Session(t.Context(), func(*customru.Device) error {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				return b.device.Session(ctx, func(*customru.Device) error { return nil })
			})
			if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != ecr.CodeQueue {
				t.Error(err)
			}
		})
	})
}
