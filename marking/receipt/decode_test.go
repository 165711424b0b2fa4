package receipt_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/receipt"
)

const contract = `{"type":"sale","taxSystem":2,"payments":{"cash":0,"electronic":20000},"items":[
{"name":"Инъектран","price":10000,"quantity":"1","tax":4,"paymentType":4,"itemSign":33,"mark":"30 31 30 34 36 34 30 32 30 33 38 32 30 30 31 30 32 31 31 30 30 30 30 30 30 31 31 39 38 31 38 1D 39 31 45 45 30 38 1d3932535358366C4C7057364E315A372F4A6977785253664578556B59517435343551 6E586839 7A6F796D5A4A6F3D","status":1,"unit":0,"tagOrder":"before"},
{"name":"Мерсилон","price":10000,"quantity":"1","tax":4,"mark":"303130343637303030383136333638353231627653716B4373756F41795235","tagOrder":"after"}]}`

func TestDecode(t *testing.T) {
	t.Run("M72 the contract's receipt", func(t *testing.T) {
		r, err := receipt.Decode(strings.NewReader("\ufeff" + contract))
		require.NoError(t, err)
		want := medicines()
		want.Items[0].Status, want.Items[0].TagOrder = receipt.PieceSold, receipt.TagsBefore
		want.Items[1].PaymentType, want.Items[1].Sign, want.Items[1].Mark = 0, 0, "0104670008163685"+"21bvSqkCsuoAyR5"
		require.Equal(t, want, r)
	})
	for _, c := range []struct {
		name, from, to string
		want           string
	}{
		{"M72 an unknown member", `"taxSystem"`, `"taxsystem":2,"taxSystem"`, "taxsystem " + receipt.CodeUnknown},
		{"M72 an unknown member of an item", `"tax":4,"mark"`, `"tax":4,"vat":[{"a":[1,{}]}],"mark"`, "items[2].vat " + receipt.CodeUnknown},
		{"M72 a member twice", `"status":1`, `"status":1,"status":1`, "items[1].status " + receipt.CodeDuplicate},
		{"M72 a member missing", `"type":"sale",`, ``, "type " + receipt.CodeMissing},
		{"M72 a member of an item missing", `"tax":4,"mark"`, `"mark"`, "items[2].tax " + receipt.CodeMissing},
		{"M72 another type", `"sale"`, `"Sale"`, "type " + receipt.CodeName},
		{"M72 null", `"payments":{"cash":0,"electronic":20000}`, `"payments":null`, "payments " + receipt.CodeKind},
		{"M72 a number in quotes", `"taxSystem":2`, `"taxSystem":"2"`, "taxSystem " + receipt.CodeKind},
		{"M73 a price with a point", `10000,"quantity":"1","tax":4,"mark"`, `100.00,"quantity":"1","tax":4,"mark"`, "items[2].price " + receipt.CodeKind},
		{"M73 a price with an exponent", `10000,"quantity":"1","tax":4,"mark"`, `1e4,"quantity":"1","tax":4,"mark"`, "items[2].price " + receipt.CodeKind},
		{"M73 a price of twenty digits", `10000,"quantity":"1","tax":4,"mark"`, `10000000000000000000,"quantity":"1","tax":4,"mark"`, "items[2].price " + receipt.CodeRange},
		{"M73 a negative price", `10000,"quantity":"1","tax":4,"mark"`, `-1,"quantity":"1","tax":4,"mark"`, "items[2].price " + receipt.CodeRange},
		{"M73 a quantity as a number", `"quantity":"1","tax":4,"mark"`, `"quantity":1,"tax":4,"mark"`, "items[2].quantity " + receipt.CodeKind},
		{"M73 a quantity that is none", `"quantity":"1","tax":4,"mark"`, `"quantity":"one","tax":4,"mark"`, "items[2].quantity " + receipt.CodeQuantity},
		{"M71 a status that a byte does not hold", `"status":1`, `"status":257`, "items[1].status " + receipt.CodeRange},
		{"M71 status 0", `"status":1`, `"status":0`, "items[1].status " + receipt.CodeRange},
		{"M70 another order", `"after"`, `"behind"`, "items[2].tagOrder " + receipt.CodeName},
		{"M72 a mark that is no hex", `"mark":"3031`, `"mark":"x031`, "items[2].mark " + receipt.CodeHex},
		{"M72 half a byte", `"mark":"3031`, `"mark":"031`, "items[2].mark " + receipt.CodeHex},
		{"M72 an item that is no object", `"items":[`, `"items":[7,`, "items[1] " + receipt.CodeKind},
		{"M72 items that are no list", `"items":[`, `"items":{},"x":[`, "items " + receipt.CodeKind},
		{"M70 what was paid is checked", `20000`, `19999`, "payments " + receipt.CodeUnderpaid},
		{"M72 a missing comma", `"taxSystem"`, `7 "taxSystem"`, "line 1 " + receipt.CodeSyntax},
		{"M72 two objects", `"after"}]}`, `"after"}]}{}`, "line 3 " + receipt.CodeSyntax},
		{"M72 cut off", `"after"}]}`, `"after"}]`, "line 3 " + receipt.CodeSyntax},
		{"M72 not UTF-8", `Мерсилон`, "\xcc\xe5\xf0", "line 3 " + receipt.CodeSyntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(contract, c.from, c.to, 1)
			require.NotEqual(t, contract, text)
			_, err := receipt.Decode(strings.NewReader(text))
			require.Contains(t, problems(t, err), c.want)
		})
	}
	for _, text := range []string{"", "null", "[]", "7", `"x"`, "{", "\xff"} {
		_, err := receipt.Decode(strings.NewReader(text))
		require.NotEmpty(t, problems(t, err), text)
	}
	t.Run("M72 every problem is told, not the first alone", func(t *testing.T) {
		_, err := receipt.Decode(strings.NewReader(`{"type":"x","y":1,"items":[{"name":7}]}`))
		require.Len(t, problems(t, err), 3+2+3) // type, y, name; taxSystem, payments; price, quantity, tax
	})
	t.Run("M41 marks are a session's to judge", func(t *testing.T) {
		twice := strings.Replace(contract, `"303130343637303030383136333638353231627653716B4373756F41795235"`, `"3030"`, 1)
		_, err := receipt.Decode(strings.NewReader(twice))
		require.NoError(t, err)
	})
	t.Run("M72 limits", func(t *testing.T) {
		_, err := receipt.Decode(strings.NewReader(contract + strings.Repeat(" ", receipt.MaxJSON)))
		require.Equal(t, []string{receipt.CodeTooLarge}, problems(t, err))
		many := `{"items":[` + strings.Repeat("{},", receipt.MaxItems) + `[[]],{}],"z":1}`
		_, err = receipt.Decode(strings.NewReader(many))
		require.Len(t, problems(t, err), 50)
		_, err = receipt.Decode(strings.NewReader(strings.Repeat("[", 500_000)))
		require.NotEmpty(t, problems(t, err))
	})
	t.Run("M72 a reader that fails", func(t *testing.T) {
		_, err := receipt.Decode(iotest.ErrReader(iotest.ErrTimeout))
		require.ErrorIs(t, err, iotest.ErrTimeout)
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(contract))
	f.Add([]byte(`{"type":"return","taxSystem":1,"payments":{"cash":1},"items":[{"name":"x","price":1,"quantity":"0.5","tax":1,"unit":11,"status":4}]}`))
	f.Add([]byte(`{"items":[{"fraction":"1/2","group":3}],"items":[]}`))
	f.Add([]byte("{\"type\":\"\\ud800\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := receipt.Decode(bytes.NewReader(data))
		if err != nil {
			list, ok := errors.AsType[receipt.Problems](err)
			if !ok || len(list) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		// What was read is sound but for its marks, and comes back the same.
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := receipt.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		second, _ := json.Marshal(again)
		if !bytes.Equal(text, second) {
			t.Fatalf("%s became %s", text, second)
		}
		total, ok := r.Total()
		if !ok || total < 0 {
			t.Fatalf("total %d, %v", total, ok)
		}
		checks, plan, err := receipt.DryRun(r, receipt.Device{}, nil)
		if err == nil && plan.Total != total {
			t.Fatalf("the plan comes to %s, the receipt to %s", plan.Total, total)
		}
		receipt.AppendChecks(plan.AppendListing(nil), checks)
	})
}

func FuzzParseQuantity(f *testing.F) {
	for _, s := range []string{"1", "0.25", "281474976.710655", "1e5", "00.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := receipt.ParseQuantity(text)
		if err != nil {
			return
		}
		if again, err := receipt.ParseQuantity(q.String()); err != nil || again != q || q < 1 || q > receipt.MaxQuantity {
			t.Fatalf("%q is %d, then %d, %v", text, q, again, err)
		}
	})
}
