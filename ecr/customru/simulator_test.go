package customru_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
)

func refused(err error, number uint16) bool {
	return errors.Is(err, &customru.DeviceError{Number: number})
}

func TestSimulatedRegister(t *testing.T) {
	item := customru.Item{Name: "Булка", Quantity: 1500, Price: 1000, Department: 2}
	t.Run("E6 16H answers at once, then hangs up", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			if err := b.device.Reset(t.Context(), customru.ResetReboot); err != nil {
				t.Fatal(err)
			}
			if _, err := b.device.Clock(t.Context()); err != nil {
				t.Errorf("after the reboot: %v", err)
			}
		})
	})
	t.Run("E6 after a full reset date and time come first", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			if err := b.device.Reset(t.Context(), customru.ResetFull); err != nil {
				t.Fatal(err)
			}
			if _, err := b.device.CashIn(t.Context(), 1); !refused(err, 3501) {
				t.Error(err)
			}
			at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
			if err := errors.Join(b.device.SetTime(t.Context(), at), b.device.SetDate(t.Context(), at)); err != nil {
				t.Fatal(err)
			}
			if now, err := b.device.Clock(t.Context()); err != nil || !now.Equal(at.Truncate(time.Minute)) {
				t.Errorf("%v, %v", now, err)
			}
			if _, err := b.device.CashIn(t.Context(), 1); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("E50 a day: figures that follow from one model", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			if _, err := d.CashIn(ctx, 10_000); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := d.Sell(ctx, customru.Sale, item); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.SendTag(ctx, customru.Tag{Number: 1008, Text: "+79991234567"}); err != nil {
				t.Error(err)
			}
			if err := d.SendTag(ctx, customru.Tag{Number: 1265, Text: "x"}); !refused(err, 2068) {
				t.Errorf("tag 1265: %v", err)
			}
			part, err := d.CloseReceipt(ctx, customru.Payment{Electronic: 1000}, nil)
			if err != nil || !part.Partial() || part.Change != -2000 {
				t.Fatalf("%+v, %v", part, err)
			}
			if rest, err := d.ReceiptTotals(ctx); err != nil || rest.Remainder != 2000 || !rest.Open {
				t.Errorf("%+v, %v", rest, err)
			}
			if err := d.Sell(ctx, customru.Sale, item); !refused(err, 3501) {
				t.Errorf("an item after a payment: %v", err)
			}
			closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 2500}, nil)
			if err != nil || closed.Change != 500 || closed.Cashier != "КАССИР01" {
				t.Fatalf("%+v, %v", closed, err)
			}
			if err := d.Sell(ctx, customru.SaleReturn, item); err != nil {
				t.Fatal(err)
			}
			if err := d.Sell(ctx, customru.Sale, item); !refused(err, 427) {
				t.Errorf("a sale in a return: %v", err)
			}
			if _, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1500}, nil); err != nil {
				t.Fatal(err)
			}
			totals, err := d.DayTotals(ctx)
			sale, back := totals.Kinds[0], totals.Kinds[1]
			if err != nil || totals.Operations != 2 || sale.Count != 1 || sale.Sum != 3000 || sale.Paid != [5]int64{2000, 1000} || back.Sum != 1500 || sale.VAT[1] != 272 {
				t.Errorf("%+v, %v", totals, err)
			}
			if cash, err := d.Cash(ctx); err != nil || cash.Sum != 10_500 {
				t.Errorf("%+v, %v", cash, err)
			}
			if _, err := d.CashOut(ctx, 10_501); !refused(err, 603) {
				t.Error(err)
			}
			if err := d.Sell(ctx, customru.Sale, item); err != nil {
				t.Fatal(err)
			}
			if _, err := d.CloseReceipt(ctx, customru.Payment{Electronic: 9999}, nil); !refused(err, 804) {
				t.Errorf("change from a card: %v", err)
			}
			if err := d.CancelReceipt(ctx); err != nil {
				t.Fatal(err)
			}
			if cash, err := d.Cash(ctx); err != nil || cash.Cancelled[0].Sum != 1500 {
				t.Errorf("%+v, %v", cash, err)
			}
			if _, err := d.CloseShift(ctx, 0, customru.Site{}); err != nil {
				t.Fatal(err)
			}
			if err := d.Sell(ctx, customru.Sale, item); !refused(err, 409) {
				t.Errorf("a sale in a closed shift: %v", err)
			}
		})
	})
	t.Run("E50 a shift is over after 24 hours", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			time.Sleep(24*time.Hour + time.Second)
			if s, err := b.device.ShiftStatus(t.Context()); err != nil || !s.Expired || !s.Open {
				t.Errorf("%+v, %v", s, err)
			}
			if err := b.device.OpenReceipt(t.Context(), customru.Sale, 0, 0); !refused(err, 506) {
				t.Error(err)
			}
		})
	})
	t.Run("E50 a full receipt blocks", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for range 3 {
				if err := b.device.Sell(t.Context(), customru.Sale, item); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.device.Sell(t.Context(), customru.Sale, item); !refused(err, 3501) {
				t.Error(err)
			}
			if _, err := b.device.CloseReceipt(t.Context(), customru.Payment{Cash: 4500}, nil); err != nil {
				t.Error(err)
			}
		}, func(o *customrutest.Options, _ *customru.Options) { o.MaxItems = 3 })
	})
	t.Run("E50 a second connection is refused while a receipt is open", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			if err := b.device.Sell(t.Context(), customru.Sale, item); err != nil {
				t.Fatal(err)
			}
			other := customru.NewDevice(customru.NewLink(b.server.Dial, nil), nil)
			defer other.Close()
			if _, err := other.ReceiptStatus(t.Context()); err != nil {
				t.Errorf("a read: %v", err)
			}
			if err := other.CancelReceipt(t.Context()); !refused(err, 3505) {
				t.Error(err)
			}
			if err := b.device.CancelReceipt(t.Context()); err != nil {
				t.Error(err)
			}
		}, func(o *customrutest.Options, _ *customru.Options) { o.Exclusive = true })
	})
	t.Run("E50 while one prints, another is told that it is busy", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			other := customru.NewDevice(customru.NewLink(b.server.Dial, nil), nil)
			defer other.Close()
			done := make(chan error, 1)
			go func() {
				_, err := b.device.CashIn(t.Context(), 1)
				done <- err
			}()
			time.Sleep(time.Second)
			if s, err := other.Status(t.Context()); err != nil || !s.Printing || s.Idle {
				t.Errorf("%+v, %v", s, err)
			}
			if _, err := other.CashIn(t.Context(), 1); !refused(err, 3503) {
				t.Error(err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		}, func(o *customrutest.Options, _ *customru.Options) { o.PrintTime = 5 * time.Second })
	})
	t.Run("E50 wrong commands, lengths and passwords", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for _, c := range []struct {
				cmd  customru.Command
				data []byte
				want uint16
			}{
				{0x17, []byte{0x3F, 0x42, 0x0F, 0}, 3500},
				{customru.CmdStatus, nil, 3502},
				{customru.CmdStatus, []byte{0x3F, 0x42, 0x0F, 0, 0}, 3502},
				{customru.CmdStatus, []byte{1, 0, 0, 0}, 117},
				{customru.CmdSale, append([]byte{0x3F, 0x42, 0x0F, 0}, make([]byte, 20)...), 3502},
				{customru.CmdReadRow, []byte{0x3F, 0x42, 0x0F, 0, 120, 0, 17, 0}, 1008},
				{customru.CmdReadFamily, []byte{0x3F, 0x42, 0x0F, 0, 99, 0}, 1009},
			} {
				if _, err := b.link.Do(t.Context(), c.cmd, c.data); !refused(err, c.want) {
					t.Errorf("%v %X: %v, want %d", c.cmd, c.data, err, c.want)
				}
			}
		})
	})
	t.Run("E50 settings are read back as written", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			row, err := b.device.ReadRow(t.Context(), customru.TableDepartments, 7)
			if err != nil || len(row) != 71 {
				t.Fatal(len(row), err)
			}
			row[38] = 3
			if err := b.device.WriteRow(t.Context(), customru.TableDepartments, 7, row); err != nil {
				t.Fatal(err)
			}
			again, err := b.device.ReadRow(t.Context(), customru.TableDepartments, 7)
			if err != nil || string(again) != string(row) {
				t.Error(again, err)
			}
			if err := b.device.WriteRow(t.Context(), customru.TableDepartments, 7, row[1:]); !refused(err, 110) {
				t.Error(err)
			}
		})
	})
	t.Run("E50 power loss leaves or cancels the receipt, by the setting", func(t *testing.T) {
		for mode, want := range map[byte]customru.Phase{2: customru.PhaseItems, 3: customru.PhaseNone} {
			inBubble(t, "time 10s power-loss", func(t *testing.T, b *bench) {
				family, err := b.device.ReadFamily(t.Context(), customru.FamilyGeneral)
				if err != nil {
					t.Fatal(err)
				}
				family[3] = mode
				if err := errors.Join(b.device.WriteFamily(t.Context(), customru.FamilyGeneral, family), b.device.Sell(t.Context(), customru.Sale, item)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(15 * time.Second)
				if s, err := b.device.ReceiptStatus(t.Context()); err != nil || s.Phase != want {
					t.Errorf("mode %d: %+v, %v", mode, s, err)
				}
			})
		}
	})
	t.Run("E50 the journal tells what ran", func(t *testing.T) {
		var list []string
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.device.CashIn(t.Context(), 1)
			b.device.CashOut(t.Context(), 2)
		}, func(o *customrutest.Options, _ *customru.Options) {
			o.OnCommand = func(e customrutest.Entry) {
				if !e.Cmd.Reads() {
					list = append(list, e.Cmd.String())
				}
				if e.Executed != (e.Code == 0) {
					t.Errorf("%+v", e)
				}
			}
		})
		if got := strings.Join(list, ", "); got != "50 cash in, 51 cash out" {
			t.Error(got)
		}
	})
}

// FuzzRegister: whatever a host sends, the register answers or stays silent; it
// never panics and never ends.
func FuzzRegister(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(bare(v)[3], bare(v)[4:len(bare(v))-1])
	}
	f.Fuzz(func(t *testing.T, cmd byte, data []byte) {
		if len(data) > 2000 || customru.Command(cmd) == customru.CmdReset {
			return
		}
		inBubble(t, "", func(t *testing.T, b *bench) {
			for range 2 {
				_, err := b.link.Do(t.Context(), customru.Command(cmd), append([]byte{0x3F, 0x42, 0x0F, 0}, data...))
				if o := ecr.OutcomeOf(err); o != ecr.Answered {
					t.Errorf("%02X %X: %v", cmd, data, err)
				}
			}
		})
	})
}
