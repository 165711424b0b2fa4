package receipt_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
)

// The source's two medicines.
const (
	markInjectran = "010464020382001021100000011981" + "8\x1d91EE08\x1d92SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo="
	markMercilon  = "0104670008163685" + "21bvSqkCsuoAyR5\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
)

func block(value string) *receipt.Industry {
	return &receipt.Industry{FOIV: "030", Date: "21.11.2023", Number: "1944", Value: value}
}

// medicines is the receipt of the source's example: two items of 100 roubles,
// paid by card, УСН; the second has its mark before the tags.
func medicines() receipt.Receipt {
	item := receipt.Item{Price: 100_00, Quantity: receipt.One, Tax: receipt.TaxNone, PaymentType: receipt.PaymentFull, Sign: receipt.SignMarked}
	first, second := item, item
	first.Name, first.Mark = "Инъектран", markInjectran
	second.Name, second.Mark, second.TagOrder = "Мерсилон", markMercilon, receipt.TagsAfter
	return receipt.Receipt{
		Type:      receipt.Sale,
		TaxSystem: receipt.TaxSystemIncome,
		Payments:  receipt.Payments{Electronic: 200_00},
		Items:     []receipt.Item{first, second},
	}
}

// checks of the medicines, made in the other order than they are sold in.
func checks() []receipt.Checked {
	first := receipt.Expect(markMercilon, receipt.PieceSold)
	first.Industry = block("UUID=11c7824b-b8b7-41c3-87ba-f94f5417a127&Time=1741083256444")
	second := receipt.Expect(markInjectran, receipt.PieceSold)
	second.Industry = block("UUID=1e87c58a-2934-40f5-80cb-6cc319f6487a&Time=1737344126424")
	return []receipt.Checked{first, second}
}

func compose(t *testing.T, r receipt.Receipt, c []receipt.Checked, d receipt.Device) receipt.Plan {
	t.Helper()
	plan, err := receipt.Compose(r, c, d)
	require.NoError(t, err)
	return plan
}

func listing(p receipt.Plan) string { return string(p.AppendListing(nil)) }

func TestSourceListing(t *testing.T) {
	want, err := os.ReadFile("testdata/source-listing.txt")
	require.NoError(t, err)
	t.Run("M72 the source's example command by command", func(t *testing.T) {
		got := receipt.AppendChecks(nil, checks())
		got = compose(t, medicines(), checks(), receipt.Device{}).AppendListing(got)
		require.Equal(t, strings.SplitAfter(string(want), "\n"), strings.SplitAfter(string(got), "\n"))
	})
	t.Run("M72 the dry run expects what the source's register answered", func(t *testing.T) {
		tags := checks()
		made, plan, err := receipt.DryRun(medicines(), receipt.Device{}, func(item int) *receipt.Industry {
			return tags[1-item].Industry
		})
		require.NoError(t, err)
		slices.Reverse(made) // the source scans the second first
		require.Equal(t, checks(), made)
		require.Equal(t, compose(t, medicines(), checks(), receipt.Device{}), plan)
		require.Equal(t, receipt.Money(200_00), plan.Total)
	})
	t.Run("M75 bound by identity whatever the order of the checks", func(t *testing.T) {
		reversed := checks()
		slices.Reverse(reversed)
		require.Equal(t, compose(t, medicines(), checks(), receipt.Device{}), compose(t, medicines(), reversed, receipt.Device{}))
	})
	t.Run("M75 the bytes that were checked are bound, not those of the item", func(t *testing.T) {
		r := medicines()
		r.Items[0].Mark = receipt.Mark(strings.ReplaceAll(string(r.Items[0].Mark), "\x1d", "")) // scanned without GS
		require.Equal(t, compose(t, medicines(), checks(), receipt.Device{}), compose(t, r, checks(), receipt.Device{}))
	})
}

// order is the sequence of a plan in short: O operation, T tag, M mark, C close, B open.
func order(p receipt.Plan) string {
	var b strings.Builder
	for _, s := range p.Steps {
		switch c := s.Command.(type) {
		case receipt.OpenCheck:
			b.WriteByte('B')
		case receipt.Operation:
			b.WriteByte('O')
		case receipt.SendTag:
			if c.Tag.Type == receipt.TagGroup {
				b.WriteByte('G')
			} else {
				b.WriteByte('T')
			}
		case receipt.SendItemBarcode:
			b.WriteByte('M')
		case receipt.CloseCheck:
			b.WriteByte('C')
		}
	}
	return b.String()
}

func TestOrder(t *testing.T) {
	for _, c := range []struct {
		name   string
		device receipt.Device
		want   string
	}{
		{"M70 tags first, in the second item the mark first", receipt.Device{}, "OTTTTM" + "OMTTTT" + "C"},
		{"M70 one group tag by the device", receipt.Device{GroupTags: true}, "OGM" + "OMG" + "C"},
		{"M70 operation last by the device's flag, tags always first", receipt.Device{OperationLast: true}, "B" + "TTTTMO" + "TTTTMO" + "C"},
		{"M70 operation last with groups", receipt.Device{OperationLast: true, GroupTags: true}, "B" + "GMO" + "GMO" + "C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := compose(t, medicines(), checks(), c.device)
			require.Equal(t, c.want, order(plan))
			for i, s := range plan.Steps {
				if _, closing := s.Command.(receipt.CloseCheck); closing != (i == len(plan.Steps)-1) {
					t.Errorf("step %d of %d: %s", i+1, len(plan.Steps), s.Command)
				}
			}
		})
	}
	t.Run("M70 a mark belongs to exactly one operation", func(t *testing.T) {
		for _, s := range compose(t, medicines(), checks(), receipt.Device{}).Steps {
			if m, ok := s.Command.(receipt.SendItemBarcode); ok {
				require.Equal(t, medicines().Items[s.Item-1].Mark, m.Mark)
			}
		}
	})
	t.Run("M66 no block without a permit check", func(t *testing.T) {
		c := checks()
		c[0].Industry = nil
		require.Equal(t, "OTTTTM"+"OM"+"C", order(compose(t, medicines(), c, receipt.Device{})))
	})
	t.Run("M66 the four tags in their order", func(t *testing.T) {
		var got []string
		for _, s := range compose(t, medicines(), checks(), receipt.Device{}).Steps[:6] {
			if c, ok := s.Command.(receipt.SendTag); ok {
				got = append(got, c.Tag.String())
			}
		}
		require.Equal(t, []string{"1262=030", "1263=21.11.2023", "1264=1944", "1265=UUID=1e87c58a-2934-40f5-80cb-6cc319f6487a&Time=1737344126424"}, got)
	})
	t.Run("M70 goods without a mark stand between marked ones", func(t *testing.T) {
		r := medicines()
		r.Items = slices.Insert(r.Items, 1, receipt.Item{Name: "Пакет", Price: 5_00, Quantity: 2 * receipt.One, Tax: receipt.TaxNone})
		r.Payments.Cash = 10_00
		plan := compose(t, r, checks(), receipt.Device{})
		require.Equal(t, "OTTTTM"+"O"+"OMTTTT"+"C", order(plan))
		require.Equal(t, receipt.SignGoods, plan.Steps[6].Command.(receipt.Operation).Sign)
		require.Contains(t, listing(plan), "Set_Summ1: 10\nSet_Summ2: 200\nSet_TaxType: 2\nFNCloseCheckEx: 0\n")
	})
}

func TestReturn(t *testing.T) {
	r := medicines()
	r.Type = receipt.Return
	c := []receipt.Checked{receipt.Expect(markMercilon, receipt.PieceReturned), receipt.Expect(markInjectran, receipt.PieceReturned)}
	t.Run("M76 operation type 2, no block if nothing was checked", func(t *testing.T) {
		plan := compose(t, r, c, receipt.Device{})
		require.Equal(t, "OM"+"OM"+"C", order(plan))
		require.Contains(t, listing(plan), "Set_CheckType: 2\n")
		require.Equal(t, receipt.Return, plan.Type)
	})
	t.Run("M76 item status 3 by default", func(t *testing.T) {
		require.Equal(t, receipt.PieceReturned, r.Items[0].Completed(receipt.Return).Status)
		require.Contains(t, string(receipt.AppendChecks(nil, c)), "Set_ItemStatus: 3\n")
	})
	t.Run("M76 a return that was checked carries its block", func(t *testing.T) {
		require.Equal(t, "OTTTTM"+"OMTTTT"+"C", order(compose(t, r, checks(), receipt.Device{})))
	})
	t.Run("M76 a status of a sale does not fit", func(t *testing.T) {
		r := r
		r.Items = slices.Clone(r.Items)
		r.Items[1].Status = receipt.PieceSold
		require.Equal(t, []string{"items[2].status " + receipt.CodeStatus}, problems(t, r.Validate()))
	})
}

func TestMeasured(t *testing.T) {
	r := medicines()
	r.Items = r.Items[:1]
	r.Items[0].Quantity, r.Items[0].Unit, r.Items[0].Status = 250_000, 11, receipt.MeasuredSold
	r.Payments.Electronic = 25_00
	t.Run("M71 measured goods with unit and quantity", func(t *testing.T) {
		plan := compose(t, r, checks(), receipt.Device{})
		require.Equal(t, "OTTTTTM"+"C", order(plan))
		require.Contains(t, listing(plan), "Set_Quantity: 0.25\n")
		require.Contains(t, listing(plan), "Set_TagNumber: 2108\nSet_TagType: 0\nSet_TagValueInt: 11\nFNSendTagOperation: 0\n")
	})
	t.Run("M71 the quantity as a tag where the operation comes last", func(t *testing.T) {
		text := listing(compose(t, r, checks(), receipt.Device{OperationLast: true}))
		require.Contains(t, text, "Set_TagNumber: 1023\nSet_TagType: 4\nSet_TagValueFVLN: 0.25\nFNSendTagOperation: 0\nSet_TagNumber: 2108\n")
		require.NotContains(t, listing(compose(t, medicines(), checks(), receipt.Device{OperationLast: true})), "1023", "never for pieces")
	})
	part := r
	part.Items = slices.Clone(r.Items)
	part.Items[0].Quantity, part.Items[0].Unit, part.Items[0].Fraction = receipt.One, 0, receipt.Fraction{Numerator: 1, Denominator: 3}
	part.Payments.Electronic = 100_00
	t.Run("M71 a fraction of a pack by single tags", func(t *testing.T) {
		text := listing(compose(t, part, checks(), receipt.Device{}))
		require.Contains(t, text, "FNOperation: 0\nSet_TagNumber: 1293\nSet_TagType: 3\nSet_TagValueVLN: 1\nFNSendTagOperation: 0\n"+
			"Set_TagNumber: 1294\nSet_TagType: 3\nSet_TagValueVLN: 3\nFNSendTagOperation: 0\nSet_TagNumber: 1262\n")
	})
	t.Run("M71 a fraction of a pack as a group", func(t *testing.T) {
		text := listing(compose(t, part, checks(), receipt.Device{GroupTags: true}))
		require.Contains(t, text, "Set_TagNumber: 1291\nFNBeginSTLVTag: 0\nSet_TagNumber: 1293\nSet_TagType: 3\nSet_TagValueVLN: 1\nFNAddTag: 0\n"+
			"Set_TagNumber: 1294\nSet_TagType: 3\nSet_TagValueVLN: 3\nFNAddTag: 0\nFNSendSTLVTagOperation: 0\nSet_TagNumber: 1260\nFNBeginSTLVTag: 0\n")
	})
	for name, change := range map[string]func(*receipt.Item){
		"M71 measured without a unit":           func(it *receipt.Item) { it.Unit = 0 },
		"M71 a fraction of measured goods":      func(it *receipt.Item) { it.Fraction = receipt.Fraction{Numerator: 1, Denominator: 2} },
		"M71 a fraction of a whole piece":       func(it *receipt.Item) { *it = part.Items[0]; it.Status = receipt.PieceSold },
		"M71 a fraction of two packs":           func(it *receipt.Item) { *it = part.Items[0]; it.Quantity *= 2 },
		"M71 a fraction that is more than one":  func(it *receipt.Item) { *it = part.Items[0]; it.Fraction.Numerator = 3 },
		"M71 a piece with a unit":               func(it *receipt.Item) { it.Status, it.Quantity = receipt.PieceSold, receipt.One },
		"M71 two pieces with one mark":          func(it *receipt.Item) { it.Status, it.Unit, it.Quantity = receipt.PieceSold, 0, 2*receipt.One },
		"M71 half a piece that is not measured": func(it *receipt.Item) { it.Status, it.Unit = receipt.PieceSold, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			r := r
			r.Items = slices.Clone(r.Items)
			change(&r.Items[0])
			list := problems(t, r.Validate())
			require.Len(t, list, 1)
			require.Regexp(t, `^items\[1\](\.fraction)? MARK-RECEIPT-(MEASURE|PIECE|FRACTION)$`, list[0])
		})
	}
}

func TestSign(t *testing.T) {
	for _, c := range []struct {
		name string
		item receipt.Item
		want receipt.Sign
	}{
		{"M71 33 for marked goods", receipt.Item{Mark: "x"}, 33},
		{"M71 31 for tobacco by its group", receipt.Item{Mark: "x", Group: 3}, 31},
		{"M71 31 for beer by its group", receipt.Item{Mark: "x", Group: 15}, 31},
		{"M71 33 for a group without excise", receipt.Item{Mark: "x", Group: 8}, 33},
		{"M71 the caller's word beats the group's", receipt.Item{Mark: "x", Group: 3, Sign: 33}, 33},
		{"M71 31 by the caller", receipt.Item{Mark: "x", Sign: 31}, 31},
		{"M71 goods without a mark", receipt.Item{}, 1},
		{"M71 excise goods without a mark", receipt.Item{Group: 3}, 1},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, c.item.Completed(receipt.Sale).Sign) })
	}
	for sign, mark := range map[receipt.Sign]receipt.Mark{31: "", 33: "", 1: markInjectran, 32: markInjectran} {
		t.Run("M71 a sign that does not go with the mark", func(t *testing.T) {
			r := medicines()
			r.Items[0].Sign, r.Items[0].Mark = sign, mark
			require.Equal(t, []string{"items[1].itemSign " + receipt.CodeSignMark}, problems(t, r.Validate()))
		})
	}
}

func TestExpect(t *testing.T) {
	t.Run("M72 the predicted type, a linked server and [М+]", func(t *testing.T) {
		a := receipt.Expect(markInjectran, receipt.PieceSold).Answer
		require.Equal(t, marking.TypeTail44, a.Type)
		require.Equal(t, marking.VerdictPositive, a.Verdict())
	})
}
