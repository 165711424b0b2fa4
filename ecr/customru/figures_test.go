package customru_test

import (
	"context"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
)

// must stops the test at the first error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sell puts items into a receipt.
func sell(t *testing.T, d *customru.Device, kind customru.Kind, items ...customru.Item) {
	t.Helper()
	for _, it := range items {
		must(t, d.Sell(t.Context(), kind, it))
	}
}

func TestFigures(t *testing.T) {
	bread := customru.Item{Name: "Хлеб", Quantity: 2000, Price: 500, Department: 1}
	milk := customru.Item{Name: "Молоко", Quantity: 1000, Price: 700, Department: 2}
	t.Run("E50 departments and discounts count what was sold", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			cheap, dear := bread, milk
			cheap.Discount = customru.Discount{Percent: true, Value: 1000}               // 100 off 1000: row 5
			cheap.Discount2 = customru.Discount{Value: 50}                               // row 7
			dear.Discount = customru.Discount{Markup: true, Value: 30}                   // row 8
			dear.Discount2 = customru.Discount{Markup: true, Percent: true, Value: 1000} // 73 on 730: row 6
			sell(t, d, customru.Sale, cheap, dear, milk)
			if totals, err := d.ReceiptTotals(ctx); err != nil || totals.Discount != 150 || totals.Markup != 103 || totals.Subtotal != 850+803+700 {
				t.Errorf("%+v, %v", totals, err)
			}
			if _, err := d.AdjustItem(ctx, customru.Discount{Value: 3}, ""); err != nil { // milk 697: row 7
				t.Error(err)
			}
			if a, err := d.AdjustSubtotal(ctx, customru.Discount{Percent: true, Value: 1000}, ""); err != nil || a.Discount != 235 { // row 16
				t.Errorf("%+v, %v", a, err)
			}
			closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 2115}, nil)
			if err != nil || closed.Change != 0 {
				t.Fatalf("%+v, %v", closed, err)
			}
			// A receipt that was cancelled, a return and a correction beside it.
			sell(t, d, customru.Sale, bread)
			must(t, d.CancelReceipt(ctx))
			sell(t, d, customru.SaleReturn, milk)
			_, err = d.CloseReceipt(ctx, customru.Payment{Cash: 700}, nil)
			must(t, err)
			must(t, d.OpenCorrection(ctx, customru.Correction{Kind: customru.Sale, Basis: "акт", Year: 2000, Month: 1, Day: 1}))
			sell(t, d, customru.Sale, milk)
			_, err = d.CloseReceipt(ctx, customru.Payment{Cash: 700}, nil)
			must(t, err)

			sum := func(row int, period bool) (n [4]int64) {
				figures, err := d.DepartmentTotals(ctx, row, period)
				must(t, err)
				for i, f := range figures {
					n[i] = f.Sum
				}
				return n
			}
			one, two := sum(1, false), sum(2, false)
			if one[0]+two[0] != 2115 || two[1] != 700 || one[1] != 0 || sum(3, false) != [4]int64{} {
				t.Errorf("departments %v %v", one, two)
			}
			if sum(1, true) != one || sum(2, true) != two {
				t.Error("the period differs from its first day")
			}
			var discounts, markups int64
			for row, want := range map[int]customru.Counter{
				5: {Count: 1, Sum: 100}, 6: {Count: 1, Sum: 73}, 7: {Count: 2, Sum: 53}, 8: {Count: 1, Sum: 30}, 16: {Count: 1, Sum: 235}, 18: {},
			} {
				f, err := d.DiscountTotals(ctx, row)
				if err != nil || f[0] != want || f[1] != (customru.Counter{}) {
					t.Errorf("row %d: %+v, %v, want %+v", row, f, err, want)
				}
				if row == 6 || row == 8 {
					markups += f[0].Sum
				} else {
					discounts += f[0].Sum
				}
			}
			cash, err := d.Cash(ctx)
			if err != nil || cash.Discounts[0] != (customru.Counter{Count: 4, Sum: discounts}) || cash.Markups[0] != (customru.Counter{Count: 2, Sum: markups}) {
				t.Errorf("%+v, %v, want %d and %d", cash, err, discounts, markups)
			}

			day, err := d.DayTotals(ctx)
			must(t, err)
			sale := day.Kinds[0]
			// The tax is in what was paid, after every discount.
			if sale.Sum != 2115 || sale.VAT[0] != (one[0]*20+60)/120 || day.Corrections != 1 || day.Corrected[0].Sum != 700 {
				t.Errorf("%+v", day)
			}

			// The shift ends: its figures begin anew, those of the period stay until 43H.
			_, err = d.CloseShift(ctx, 0, customru.Site{})
			must(t, err)
			_, err = d.OpenShift(ctx, 0, customru.Site{})
			must(t, err)
			if f, err := d.DiscountTotals(ctx, 5); err != nil || f[0].Count != 0 || sum(1, false) != [4]int64{} || sum(1, true) != one {
				t.Errorf("after the shift %+v %v", f, err)
			}
			must(t, d.ReportAndClear(ctx, customru.ReportDepartmentsPeriod))
			if sum(1, true) != [4]int64{} {
				t.Error("43H did not clear the period")
			}
		})
	})
	t.Run("E50 the drive counts what the register counts", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			for range 3 {
				sell(t, d, customru.Sale, bread)
				_, err := d.CloseReceipt(ctx, customru.Payment{Cash: 400, Electronic: 600}, nil)
				must(t, err)
			}
			grand, err := d.GrandTotals(ctx)
			must(t, err)
			shift, own, err := d.FNTotals(ctx, customru.WholeDrive)
			if err != nil || own != grand || shift != 1 {
				t.Errorf("%+v, %v, want %+v", own, err, grand)
			}
			counts, err := d.FNCounts(ctx, customru.ThisShift)
			if err != nil || counts.Documents != 4 || counts.Kinds != [4]uint32{3} || counts.Shift != 1 {
				t.Errorf("%+v, %v", counts, err)
			}
			kind, corrected, err := d.FNKindTotals(ctx, customru.ThisShift, customru.Sale)
			if err != nil || kind != grand.Kinds[0] || kind.Paid != [5]int64{1200, 1800} || corrected.Count != 0 {
				t.Errorf("%+v %+v, %v", kind, corrected, err)
			}
		})
	})
	t.Run("E50 what the OFD has confirmed is no longer unsent", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			var last customru.Closed
			for range 2 {
				sell(t, d, customru.Sale, bread)
				var err error
				last, err = d.CloseReceipt(ctx, customru.Payment{Cash: 1000}, nil)
				must(t, err)
			}
			if _, err := d.OFDReceipt(ctx, last.FD); !refused(err, 2408) {
				t.Error(err)
			}
			size, err := d.FNDataSize(ctx)
			must(t, err)
			b.register.Confirm(last.FD - 1)
			less, err := d.FNDataSize(ctx)
			must(t, err)
			unsent, err := d.FNUnsent(ctx)
			ofd, err2 := d.OFDStatus(ctx)
			waiting, err3 := d.Unconfirmed(ctx)
			if err != nil || err2 != nil || err3 != nil || unsent.Documents != 1 || unsent.Kinds[0] != (customru.Counter{Count: 1, Sum: 1000}) ||
				ofd.Messages != 1 || ofd.FirstFD != last.FD || waiting != 1 || less >= size || less == 0 {
				t.Errorf("%+v %+v %d %d %d", unsent, ofd, waiting, size, less)
			}
			b.register.Confirm(last.FD)
			receipt, err := d.OFDReceipt(ctx, last.FD)
			if err != nil || receipt.FD != last.FD || len(receipt.Raw) != 27 || receipt.Time.Year() != 2000 {
				t.Errorf("%+v, %v", receipt, err)
			}
			doc, err := d.FindDocument(ctx, last.FD)
			if none, err2 := d.FNUnsent(ctx); err != nil || err2 != nil || !doc.Confirmed || none.Documents != 0 {
				t.Errorf("%+v %+v", doc, none)
			}
		})
	})
	t.Run("E50 a document is read back as it was sold", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			marked := bread
			marked.Code = customru.ScannedCode([]byte("0104600439931256"))
			marked.Requisite, marked.Country, marked.Method, marked.Subject = "req", "643", 4, 1
			agent := milk
			agent.Tags = []customru.Tag{{Number: customru.TagSupplierName, Text: "Поставщик"}, {Number: customru.TagSupplierPhone, Text: "+79991234567"}}
			sell(t, d, customru.Sale, marked, agent)
			closed, err := d.CloseReceipt(ctx, customru.Payment{Cash: 2000}, &customru.Closing{
				Requisite: "42", Tags: []customru.Tag{{Number: customru.TagBuyerContact, Text: "a@b.ru"}},
			})
			must(t, err)
			form, tags, err := d.ReadDocument(ctx, closed.FD)
			if err != nil || form != customru.FormReceipt {
				t.Fatal(form, err)
			}
			find := func(list []customru.TLV, n uint16) (found []customru.TLV) {
				for _, tag := range list {
					if tag.Tag == n {
						found = append(found, tag)
					}
				}
				return found
			}
			if find(tags, 1020)[0].Uint() != 1700 || find(tags, 1008)[0].Text() != "a@b.ru" || find(tags, 1192)[0].Text() != "42" ||
				find(tags, 1040)[0].Uint() != uint64(closed.FD) || find(tags, 1031)[0].Uint() != 1700 || find(tags, 1012)[0].Time().Year() != 2000 {
				t.Errorf("%+v", tags)
			}
			items := find(tags, 1059)
			if len(items) != 2 {
				t.Fatalf("%d items", len(items))
			}
			first, ok := items[0].Tags()
			second, ok2 := items[1].Tags()
			if !ok || !ok2 || find(first, 1030)[0].Text() != "Хлеб" || find(first, 1162)[0].Text() != "0104600439931256" || find(first, 1043)[0].Uint() != 1000 ||
				find(first, 1230)[0].Text() != "643" || find(second, 1225)[0].Text() != "Поставщик" || find(second, 1171)[0].Text() != "+79991234567" || len(find(first, 1225)) != 0 {
				t.Errorf("%+v %+v", first, second)
			}
			full, err := d.FindReceipt(ctx, closed.FD)
			if err != nil || full.Sum != 1700 || full.Kind != customru.Sale || full.Paid.Cash != 1700 || full.Requisite != "42" || len(full.Items) != 2 || full.FPD != closed.FPD {
				t.Errorf("%+v, %v", full, err)
			}
			if _, _, err := d.ReadDocument(ctx, 99_999); !refused(err, 2408) {
				t.Error(err)
			}
			if form, tags, err := d.ReadDocument(ctx, 1); err != nil || form != customru.FormRegistration || find(tags, 1187)[0].Text() != "магазин" {
				t.Errorf("%v %+v %v", form, tags, err)
			}
			if one, err := d.RegistrationTags(ctx, 1, 1187); err != nil || len(one) != 1 || one[0].Text() != "магазин" {
				t.Errorf("%+v %v", one, err)
			}
		})
	})
	t.Run("E50 the drive has an end", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			term, err := b.device.FNTerm(t.Context())
			must(t, err)
			days, err := b.device.FNDaysLeft(t.Context(), time.Now())
			if want := term.Until.Sub(time.Now().Truncate(time.Minute)) / (24 * time.Hour); err != nil || time.Duration(days) != want {
				t.Errorf("%d days, %v, want %d", days, err, want)
			}
			if days, err := b.device.FNDaysLeft(t.Context(), time.Now().AddDate(3, 0, 0)); err != nil || days != 0 {
				t.Error(days, err)
			}
			before, _, err := b.device.FNStorage(t.Context())
			must(t, err)
			sell(t, b.device, customru.Sale, bread)
			_, err = b.device.CloseReceipt(t.Context(), customru.Payment{Cash: 1000}, nil)
			must(t, err)
			if after, _, err := b.device.FNStorage(t.Context()); err != nil || after != before-1 {
				t.Errorf("%d after %d, %v", after, before, err)
			}
		})
	})
}

func TestTags(t *testing.T) {
	bread := customru.Item{Name: "Хлеб", Quantity: 1000, Price: 500, Department: 1}
	contact := customru.Tag{Number: customru.TagBuyerContact, Text: "+79991234567"}
	holds := func(t *testing.T, d *customru.Device, fd uint32) bool {
		_, tags, err := d.ReadDocument(t.Context(), fd)
		must(t, err)
		for _, tag := range tags {
			if tag.Tag == contact.Number {
				return true
			}
		}
		return false
	}
	t.Run("E2 a tag of the receipt stands directly before the close", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for _, c := range []struct {
				name string
				send func(context.Context) error
				more *customru.Closing
				want bool
			}{
				{"with the close", func(context.Context) error { return nil }, &customru.Closing{Tags: []customru.Tag{contact}}, true},
				{"alone, before the queries of the close", func(ctx context.Context) error { return b.device.SendTag(ctx, contact) }, nil, false},
			} {
				sell(t, b.device, customru.Sale, bread)
				must(t, c.send(t.Context()))
				closed, err := b.device.CloseReceipt(t.Context(), customru.Payment{Cash: 500}, c.more)
				must(t, err)
				if got := holds(t, b.device, closed.FD); got != c.want {
					t.Errorf("%s: it is in the document: %v", c.name, got)
				}
			}
		})
	})
	t.Run("E11 a tag that is lost or refused sends no close", func(t *testing.T) {
		inBubble(t, "cmd d8 drop-answer", func(t *testing.T, b *bench) {
			sell(t, b.device, customru.Sale, bread)
			_, err := b.device.CloseReceipt(t.Context(), customru.Payment{Cash: 500}, &customru.Closing{Tags: []customru.Tag{contact}})
			if !safe(err) || b.register.Executed(customru.CmdCloseReceipt) != 0 {
				t.Error(err)
			}
		})
		inBubble(t, "", func(t *testing.T, b *bench) {
			sell(t, b.device, customru.Sale, bread)
			bad := customru.Tag{Number: customru.TagBuyerContact, Text: "nobody"}
			_, err := b.device.CloseReceipt(t.Context(), customru.Payment{Cash: 500}, &customru.Closing{Tags: []customru.Tag{bad}})
			if !refused(err, 127) || b.register.Executed(customru.CmdCloseReceipt) != 0 {
				t.Error(err)
			}
			r, err := b.device.Recover(t.Context(), err)
			if err != nil || r.Verdict != customru.NotDone {
				t.Errorf("%+v, %v", r, err)
			}
		})
	})
	t.Run("E50 which tags are refused, and with what", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			for _, c := range []struct {
				tag  customru.Tag
				want uint16
			}{
				{customru.Tag{Number: 1265, Text: "x"}, 2068}, {customru.Tag{Number: 1222, Raw: []byte{64}}, 2068}, // no receipt is open
				{customru.Tag{Number: 1016, Text: "123"}, 127}, {customru.Tag{Number: 1073, Text: "8999"}, 127},
				{customru.Tag{Number: 1044, Text: "more than twenty-four bytes"}, 108},
			} {
				if err := b.device.SendTag(t.Context(), c.tag); !refused(err, c.want) {
					t.Errorf("%+v: %v, want %d", c.tag, err, c.want)
				}
			}
			sell(t, b.device, customru.Sale, bread)
			must(t, b.device.SendTag(t.Context(), customru.Tag{Number: 1222, Raw: []byte{customru.AgentOther}}))
			must(t, b.device.ClearTags(t.Context()))
		})
	})
}

func safe(err error) bool {
	e, ok := err.(interface{ SafeToRetry() bool })
	return ok && e.SafeToRetry()
}

func TestSettingsOfTheReceipt(t *testing.T) {
	bread := customru.Item{Name: "Хлеб", Quantity: 1000, Price: 555, Department: 1}
	t.Run("E50 a mandatory subtotal, a payment that is off", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			family, err := d.ReadFamily(ctx, customru.FamilyGeneral)
			must(t, err)
			family[0] = 1
			must(t, d.WriteFamily(ctx, customru.FamilyGeneral, family))
			row, err := d.ReadRow(ctx, customru.TablePayments, 2)
			must(t, err)
			row[0] = 0
			must(t, d.WriteRow(ctx, customru.TablePayments, 2, row))
			sell(t, d, customru.Sale, bread)
			if _, err := d.CloseReceipt(ctx, customru.Payment{Cash: 555}, nil); !refused(err, 606) {
				t.Error(err)
			}
			_, err = d.Subtotal(ctx, false)
			must(t, err)
			if _, err := d.CloseReceipt(ctx, customru.Payment{Electronic: 555}, nil); !refused(err, 801) {
				t.Error(err)
			}
			if c, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1000}, &customru.Closing{Kopecks: new(54)}); err != nil || c.Change != 446 {
				t.Errorf("%+v, %v", c, err)
			}
			sell(t, d, customru.Sale, bread)
			_, err = d.Subtotal(ctx, false)
			must(t, err)
			if c, err := d.CloseReceipt(ctx, customru.Payment{Cash: 1000}, &customru.Closing{RoundCash: true}); err != nil || c.Change != 500 {
				t.Errorf("%+v, %v", c, err)
			}
		})
	})
	t.Run("E50 a full reset brings the factory's settings back", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			row, err := d.ReadRow(ctx, customru.TableDepartments, 1)
			must(t, err)
			row[38] = 4
			must(t, d.WriteRow(ctx, customru.TableDepartments, 1, row))
			must(t, d.Reset(ctx, customru.ResetFull))
			if row, err := d.ReadRow(ctx, customru.TableDepartments, 1); err != nil || row[38] != 1 {
				t.Error(row[38], err)
			}
		})
	})
	t.Run("E50 asynchronous printing prints at the close", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			family, err := d.ReadFamily(ctx, customru.FamilyReceipt)
			must(t, err)
			family[0] = 1
			must(t, d.WriteFamily(ctx, customru.FamilyReceipt, family))
			start := time.Now()
			sell(t, d, customru.Sale, bread, bread)
			items := time.Since(start)
			_, err = d.CloseReceipt(ctx, customru.Payment{Cash: 1110}, nil)
			if whole := time.Since(start); err != nil || items > 100*time.Millisecond || whole < 3*time.Second {
				t.Errorf("items %v, with the close %v, %v", items, whole, err)
			}
		}, func(o *customrutest.Options, _ *customru.Options) { o.PrintTime = time.Second })
	})
	t.Run("E50 error answers in each form, with the fields of an earlier answer", func(t *testing.T) {
		for form, want := range map[customrutest.ErrorForm]int{customrutest.ErrorsShort: 0, customrutest.ErrorsFull: 10, customrutest.ErrorsMixed: 10} {
			inBubble(t, "", func(t *testing.T, b *bench) {
				b.register.SetErrors(form)
				must(t, b.cashIn(t))
				a, err := b.link.Do(t.Context(), customru.CmdCashIn, append([]byte{0x3F, 0x42, 0x0F, 0}, make([]byte, 8)...))
				if !refused(err, 102) || len(a.Fields) != want || want > 0 && (a.Fields[0] != 1 || a.Operator != 99) {
					t.Errorf("form %v: %+v, %v", form, a, err)
				}
				a, err = b.link.Do(t.Context(), customru.CmdCashIn, make([]byte, 12))
				if short := form != customrutest.ErrorsFull; !refused(err, 117) || short != (len(a.Fields) == 0) {
					t.Errorf("form %v, a wrong password: %+v, %v", form, a, err)
				}
			})
		}
	})
}
