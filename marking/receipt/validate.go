package receipt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Validate says what is wrong with the receipt, all of it: [Problems], or nil.
func (r Receipt) Validate() error {
	if problems := r.validate(true); problems != nil {
		return problems
	}
	return nil
}

// validate looks into the marks too if marks is set.
func (r Receipt) validate(marks bool) (problems Problems) {
	if r.Type != Sale && r.Type != Return {
		problems.add(CodeValue, "type", arg{"want", "sale, return"})
	}
	switch r.TaxSystem {
	case TaxSystemGeneral, TaxSystemIncome, TaxSystemIncomeOutcome, TaxSystemImputed, TaxSystemAgricultural, TaxSystemPatent:
	default:
		problems.add(CodeValue, "taxSystem", arg{"want", "1, 2, 4, 8, 16, 32"})
	}
	switch n := len(r.Items); {
	case n == 0:
		problems.add(CodeNoItems, "items")
	case n > MaxItems:
		problems.add(CodeTooMany, "items", arg{"limit", MaxItems})
		return problems
	}
	first := map[string]int{} // identity to item
	for i, it := range r.Items {
		path := element("items", i)
		it.validate(path, r.Type, &problems)
		if it.Mark == "" || !marks {
			continue
		}
		code, err := it.Mark.read()
		if err != nil || !code.Kind().IsMark() {
			problems.add(CodeMark, path+".mark")
			continue
		}
		if other, twice := first[code.Identity()]; twice {
			problems.add(CodeSameMark, path+".mark", arg{"other", element("items", other)})
			continue
		}
		first[code.Identity()] = i
	}
	sound := true
	for _, p := range []struct {
		name string
		sum  Money
	}{
		{"cash", r.Payments.Cash}, {"electronic", r.Payments.Electronic},
		{"prepaid", r.Payments.Prepaid}, {"credit", r.Payments.Credit}, {"counter", r.Payments.Counter},
	} {
		if p.sum < 0 || p.sum > MaxMoney {
			problems.add(CodeRange, "payments."+p.name, arg{"min", 0}, arg{"max", int64(MaxMoney)})
			sound = false
		}
	}
	if problems == nil && sound {
		r.validateSums(&problems)
	}
	return problems
}

// validateSums compares payments and total; the items and payments are sound.
func (r Receipt) validateSums(problems *Problems) {
	total, ok := r.Total()
	if !ok {
		problems.add(CodeRange, "items", arg{"min", 0}, arg{"max", int64(MaxMoney)})
		return
	}
	cashless := r.Payments.cashless()
	switch {
	case cashless > total:
		problems.add(CodeOverpaid, "payments", arg{"paid", cashless}, arg{"total", total})
	case cashless+r.Payments.Cash < total:
		problems.add(CodeUnderpaid, "payments", arg{"paid", cashless + r.Payments.Cash}, arg{"total", total})
	}
}

func (it Item) validate(path string, t Type, problems *Problems) {
	within := func(member string, value, low, high int64) {
		if value < low || value > high {
			problems.add(CodeRange, path+"."+member, arg{"min", low}, arg{"max", high})
		}
	}
	it = it.Completed(t)
	switch n := utf8.RuneCountInString(it.Name); {
	case n < 1 || n > MaxName:
		problems.add(CodeLength, path+".name", arg{"max", MaxName})
	default:
		if at := badRune(it.Name, cp1251); at >= 0 {
			problems.add(CodeCharacter, path+".name", arg{"character", at + 1})
		}
	}
	within("price", int64(it.Price), 0, int64(MaxMoney))
	within("quantity", int64(it.Quantity), 1, int64(MaxQuantity))
	within("tax", int64(it.Tax), 1, maxTax)
	within("paymentType", int64(it.PaymentType), 1, 7)
	within("status", int64(it.Status), 1, 4)
	within("group", int64(it.Group), 0, maxGroup)
	if s := it.Sign; s > SignMarked || s == 28 || s == 29 {
		problems.add(CodeValue, path+".itemSign", arg{"want", "1…27, 30…33"})
	}
	if it.TagOrder > TagsAfter {
		problems.add(CodeValue, path+".tagOrder", arg{"want", "before, after"})
	}
	if it.Sign.Marked() != (it.Mark != "") {
		problems.add(CodeSignMark, path+".itemSign")
	}
	if it.Status >= PieceSold && it.Status <= MeasuredReturned && it.Status.Return() != (t == Return) {
		problems.add(CodeStatus, path+".status")
	}
	it.validateMeasure(path, problems)
}

// validateMeasure holds M71: pieces are whole, what is measured has a unit or is
// a fraction of a pack.
func (it Item) validateMeasure(path string, problems *Problems) {
	fraction := it.Fraction != (Fraction{})
	if fraction && !it.Fraction.sound() {
		problems.add(CodeFraction, path+".fraction", arg{"text", it.Fraction.String()})
		return
	}
	switch {
	case it.Status.Measured() && it.Unit == 0 && !fraction,
		fraction && (it.Unit != 0 || it.Quantity != One || !it.Status.Measured() || it.Mark == ""):
		problems.add(CodeMeasure, path)
	case it.Mark != "" && !it.Status.Measured() && (it.Unit != 0 || it.Quantity != One):
		problems.add(CodePiece, path)
	}
}

// The characters above ASCII of the code pages: 1251 for texts on the receipt,
// 866 for tags, of which only the letters and № matter.
const (
	cp1251 = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї" + letters
	cp866  = letters + "ЁёЄєЇїЎў°№"

	letters = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя"
)

// badRune returns the index in characters of the first that is neither printable
// ASCII nor in the page, -1 if there is none.
func badRune(s, page string) int {
	n := 0
	for _, r := range s {
		if (r < ' ' || r > '~') && (r < 0x80 || r == utf8.RuneError || !strings.ContainsRune(page, r)) {
			return n
		}
		n++
	}
	return -1
}

// element is the path of an element: items[1] is the first.
func element(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i+1) }
