package receipt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
)

// problems lists path and code of everything inside an error.
func problems(t *testing.T, err error) (list []string) {
	t.Helper()
	found, ok := errors.AsType[receipt.Problems](err)
	require.True(t, ok, "%T %v", err, err)
	for _, e := range found {
		list = append(list, strings.TrimSpace(e.Path()+" "+e.Code()))
		require.NotRegexp(t, `\{[a-z]+\}`, e.Error()+e.Message("ru"))
		require.True(t, strings.HasSuffix(e.Message("en"), "."))
	}
	return list
}

func TestMoney(t *testing.T) {
	t.Run("M73 roubles without floats", func(t *testing.T) {
		for kopecks, want := range map[receipt.Money]string{
			0: "0", 1: "0.01", 10: "0.10", 99: "0.99", 100_00: "100", 100_50: "100.50", 123456789: "1234567.89", -5: "-0.05",
			receipt.MaxMoney: "10995116277.74", -1 << 63: "-92233720368547758.08",
		} {
			require.Equal(t, want, kopecks.String())
		}
	})
	t.Run("M73 quantities are decimal texts in millionths", func(t *testing.T) {
		for text, want := range map[string]receipt.Quantity{
			"1": 1_000_000, "0.25": 250_000, "0.000001": 1, "12.5": 12_500_000, "281474976.710655": receipt.MaxQuantity, "007": 7_000_000,
		} {
			q, err := receipt.ParseQuantity(text)
			require.NoError(t, err, text)
			require.Equal(t, want, q, text)
			again, err := receipt.ParseQuantity(q.String())
			require.NoError(t, err)
			require.Equal(t, q, again)
		}
		for _, text := range []string{"", ".", "1.", ".5", "0", "0.0", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0x1", "1.0000001",
			"281474976.710656", "999999999", "1234567890", "1.2.3", "٣"} {
			_, err := receipt.ParseQuantity(text)
			e, ok := errors.AsType[*receipt.Error](err)
			require.True(t, ok, text)
			require.Equal(t, receipt.CodeQuantity, e.Code())
		}
	})
	t.Run("M73 a cost is rounded to the nearest kopeck as exact numbers say", func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 11))
		million, half := big.NewInt(1_000_000), big.NewInt(500_000)
		for range 20000 {
			price := receipt.Money(rng.Int64N(int64(receipt.MaxMoney)) >> rng.IntN(40))
			q := receipt.Quantity(1 + rng.Int64N(int64(receipt.MaxQuantity))>>rng.IntN(48))
			want := new(big.Int).Mul(big.NewInt(int64(price)), big.NewInt(int64(q)))
			want.Div(want.Add(want, half), million)
			got, ok := receipt.Cost(price, q)
			if fits := want.Cmp(big.NewInt(int64(receipt.MaxMoney))) <= 0; fits != ok || ok && want.Int64() != int64(got) {
				t.Fatalf("%d × %d = %d, %v, want %d", price, q, got, ok, want)
			}
		}
		for q, want := range map[receipt.Quantity]receipt.Money{499_999: 0, 500_000: 1, 1_499_999: 1, 1_500_000: 2} {
			got, ok := receipt.Cost(1, q)
			require.True(t, ok)
			require.Equal(t, want, got)
		}
		_, ok := receipt.Cost(-1, receipt.One)
		require.False(t, ok)
		_, ok = receipt.Cost(1, -1)
		require.False(t, ok)
	})
}

func TestSums(t *testing.T) {
	for _, c := range []struct {
		name     string
		payments receipt.Payments
		want     string
	}{
		{"M70 paid by card", receipt.Payments{Electronic: 200_00}, ""},
		{"M70 cash with change", receipt.Payments{Cash: 500_00}, ""},
		{"M70 mixed", receipt.Payments{Cash: 50_00, Electronic: 100_00, Prepaid: 20_00, Credit: 20_00, Counter: 10_00}, ""},
		{"M70 a kopeck too little", receipt.Payments{Cash: 199_99}, "payments " + receipt.CodeUnderpaid},
		{"M70 nothing paid", receipt.Payments{}, "payments " + receipt.CodeUnderpaid},
		{"M70 a card gives no change", receipt.Payments{Electronic: 200_01}, "payments " + receipt.CodeOverpaid},
		{"M70 more than the total without cash", receipt.Payments{Electronic: 200_00, Prepaid: 1}, "payments " + receipt.CodeOverpaid},
		{"M73 a negative payment", receipt.Payments{Cash: -1, Electronic: 200_00}, "payments.cash " + receipt.CodeRange},
		{"M73 a payment that no command holds", receipt.Payments{Cash: receipt.MaxMoney + 1}, "payments.cash " + receipt.CodeRange},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := medicines()
			r.Payments = c.payments
			if c.want == "" {
				require.NoError(t, r.Validate())
				return
			}
			require.Equal(t, []string{c.want}, problems(t, r.Validate()))
		})
	}
	t.Run("M73 a total that no command holds", func(t *testing.T) {
		r := medicines()
		r.Items[0].Price = receipt.MaxMoney
		r.Payments.Cash = receipt.MaxMoney
		require.Equal(t, []string{"items " + receipt.CodeRange}, problems(t, r.Validate()))
	})
	t.Run("M70 sums stand where the register has them", func(t *testing.T) {
		sums := receipt.Payments{Cash: 1, Electronic: 2, Prepaid: 14, Credit: 15, Counter: 16}.Sums()
		require.Equal(t, [16]receipt.Money{0: 1, 1: 2, 13: 14, 14: 15, 15: 16}, sums)
	})
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*receipt.Receipt)
		want   string
	}{
		{"M70 no type", func(r *receipt.Receipt) { r.Type = 0 }, "type " + receipt.CodeValue},
		{"M70 a purchase cannot hold marks", func(r *receipt.Receipt) { r.Type = 3 }, "type " + receipt.CodeValue},
		{"M70 two tax systems", func(r *receipt.Receipt) { r.TaxSystem = 3 }, "taxSystem " + receipt.CodeValue},
		{"M70 no tax system", func(r *receipt.Receipt) { r.TaxSystem = 0 }, "taxSystem " + receipt.CodeValue},
		{"M70 no items", func(r *receipt.Receipt) { r.Items = nil }, "items " + receipt.CodeNoItems},
		{"M70 too many items", func(r *receipt.Receipt) { r.Items = make([]receipt.Item, receipt.MaxItems+1) }, "items " + receipt.CodeTooMany},
		{"M70 no tax", func(r *receipt.Receipt) { r.Items[0].Tax = 0 }, "items[1].tax " + receipt.CodeRange},
		{"M70 an unknown tax", func(r *receipt.Receipt) { r.Items[1].Tax = 13 }, "items[2].tax " + receipt.CodeRange},
		{"M70 no name", func(r *receipt.Receipt) { r.Items[1].Name = "" }, "items[2].name " + receipt.CodeLength},
		{"M70 a long name", func(r *receipt.Receipt) { r.Items[1].Name = strings.Repeat("ы", 129) }, "items[2].name " + receipt.CodeLength},
		{"M70 a name that cannot be printed", func(r *receipt.Receipt) { r.Items[1].Name = "чай 🍵" }, "items[2].name " + receipt.CodeCharacter},
		{"M70 a name of two lines", func(r *receipt.Receipt) { r.Items[1].Name = "чай\nкофе" }, "items[2].name " + receipt.CodeCharacter},
		{"M70 payment type", func(r *receipt.Receipt) { r.Items[0].PaymentType = 8 }, "items[1].paymentType " + receipt.CodeRange},
		{"M71 an unknown sign", func(r *receipt.Receipt) { r.Items[0].Sign, r.Items[0].Mark = 34, "" }, "items[1].itemSign " + receipt.CodeValue},
		{"M71 an unknown status", func(r *receipt.Receipt) { r.Items[0].Status = 5 }, "items[1].status " + receipt.CodeRange},
		{"M71 a returned status in a sale", func(r *receipt.Receipt) { r.Items[0].Status = 3 }, "items[1].status " + receipt.CodeStatus},
		{"M70 an unknown order", func(r *receipt.Receipt) { r.Items[0].TagOrder = 3 }, "items[1].tagOrder " + receipt.CodeValue},
		{"M73 a negative price", func(r *receipt.Receipt) { r.Items[0].Price = -1 }, "items[1].price " + receipt.CodeRange},
		{"M73 no quantity", func(r *receipt.Receipt) { r.Items[0].Quantity, r.Items[0].Mark = 0, "" }, "items[1].quantity " + receipt.CodeRange},
		{"M70 the same piece twice", func(r *receipt.Receipt) { r.Items[1].Mark = markInjectran }, "items[2].mark " + receipt.CodeSameMark},
		{"M70 a bar code is no mark", func(r *receipt.Receipt) { r.Items[1].Mark = "4600682000013" }, "items[2].mark " + receipt.CodeMark},
		{"M70 damage is no mark", func(r *receipt.Receipt) { r.Items[1].Mark = "01046" }, "items[2].mark " + receipt.CodeMark},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := medicines()
			c.change(&r)
			require.Contains(t, problems(t, r.Validate()), c.want)
			_, err := receipt.Compose(r, checks(), receipt.Device{})
			require.Contains(t, problems(t, err), c.want)
		})
	}
	t.Run("M70 the whole of cp1251 can be printed", func(t *testing.T) {
		r := medicines()
		r.Items[0].Name = "Ёлка №5 «Игрушка» — 100 ґ їжак"
		require.NoError(t, r.Validate())
	})
}

func TestChecks(t *testing.T) {
	t.Run("M75 an item whose mark was not checked", func(t *testing.T) {
		_, err := receipt.Compose(medicines(), checks()[:1], receipt.Device{})
		require.Equal(t, []string{"items[1].mark " + receipt.CodeNotChecked}, problems(t, err))
	})
	t.Run("M75 a mark that was checked twice is ambiguous", func(t *testing.T) {
		_, err := receipt.Compose(medicines(), append(checks(), checks()[0]), receipt.Device{})
		require.Equal(t, []string{"checks[3] " + receipt.CodeSameMark}, problems(t, err))
	})
	t.Run("M75 checks of goods that were put back are left out", func(t *testing.T) {
		r := medicines()
		r.Items = r.Items[:1]
		r.Payments.Electronic = 100_00
		require.Equal(t, "OTTTTM"+"C", order(compose(t, r, checks(), receipt.Device{})))
	})
	for name, change := range map[string]func(*receipt.Industry){
		"M66 a value of 257 characters":       func(b *receipt.Industry) { b.Value = strings.Repeat("x", 257) },
		"M66 a value outside cp866":           func(b *receipt.Industry) { b.Value = "UUID=€" },
		"M66 an empty value":                  func(b *receipt.Industry) { b.Value = "" },
		"M66 an id of four characters":        func(b *receipt.Industry) { b.FOIV = "0300" },
		"M66 a date in another form":          func(b *receipt.Industry) { b.Date = "2023-11-21" },
		"M66 a number of 33 characters":       func(b *receipt.Industry) { b.Number = strings.Repeat("1", 33) },
		"M66 a line end where none may stand": func(b *receipt.Industry) { b.Number = "19\n44" },
	} {
		t.Run(name, func(t *testing.T) {
			c := checks()
			change(c[1].Industry)
			_, err := receipt.Compose(medicines(), c, receipt.Device{})
			require.Equal(t, []string{"checks[2] " + receipt.CodeIndustry}, problems(t, err))
		})
	}
	t.Run("M66 256 characters are taken", func(t *testing.T) {
		c := checks()
		c[1].Industry.Value = strings.Repeat("я", 256)
		compose(t, medicines(), c, receipt.Device{})
	})
}

func TestNoMarkInText(t *testing.T) {
	tail := "SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo="
	r := medicines()
	plan := compose(t, r, checks(), receipt.Device{})
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("receipt", "mark", r.Items[0].Mark, "item", r.Items[0], "plan", plan)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("receipt", "mark", r.Items[0].Mark, "item", r.Items[0], "receipt", r,
		"plan", plan, "check", checks()[0], "command", plan.Steps[5].Command)
	require.Contains(t, log.String(), "Инъектран")
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", r, r, r.Items[0].Mark, r.Items[0].Mark), fmt.Sprintf("%v %+v", plan, plan), log.String()} {
		if strings.Contains(text, tail) || strings.Contains(text, marking.EncodeHex(tail)) {
			t.Errorf("a mark's tail shows: %s", text)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	r := medicines()
	r.Items[0].Fraction, r.Items[0].Status, r.Items[0].Group = receipt.Fraction{Numerator: 1, Denominator: 3}, receipt.MeasuredSold, 7
	r.Payments.Electronic = 150_00
	r.Payments.Prepaid = 50_00
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(text), `"mark":"30313034363430`)
	again, err := receipt.Decode(strings.NewReader(string(text)))
	require.NoError(t, err)
	require.Equal(t, r, again)
	// What a session keeps in its journal.
	kept, err := json.Marshal(checks())
	require.NoError(t, err)
	var back []receipt.Checked
	require.NoError(t, json.Unmarshal(kept, &back))
	require.Equal(t, checks(), back)
}

func TestNames(t *testing.T) {
	require.Equal(t, "TagType(9) TagOrder(7) Type(9)", fmt.Sprint(receipt.TagType(9), " ", receipt.TagOrder(7), " ", receipt.Type(9)))
	var typ receipt.Type
	require.Error(t, typ.UnmarshalText([]byte("")))
	require.Error(t, typ.UnmarshalText([]byte("SALE")))
	require.NoError(t, typ.UnmarshalText([]byte("return")))
	require.Equal(t, receipt.Return, typ)
	var f receipt.Fraction
	for _, bad := range []string{"", "1", "/", "1/", "/2", "0/2", "2/2", "3/2", "-1/2", "+1/2", "1/+2", "1/2/3", "1/99999999999", "1.0/2"} {
		require.Error(t, f.UnmarshalText([]byte(bad)), bad)
	}
	require.NoError(t, f.UnmarshalText([]byte("2/10")))
	require.Equal(t, "2/10", f.String())
	require.Equal(t, []string{"sale", "return"}, slices.Collect(func(yield func(string) bool) {
		_ = yield(receipt.Sale.String()) && yield(receipt.Return.String())
	}))
}
