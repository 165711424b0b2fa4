package receipt

import "github.com/obmen-go/obmen/marking"

// Plan is a receipt as the list of commands that print it (M72). The commands
// run in their order, one by one, with [Do].
type Plan struct {
	// Type is the receipt's.
	Type Type
	// Total is the sum of its items in kopecks.
	Total Money
	// Steps are the commands; the last one closes the receipt.
	Steps []Step
}

// Step is one command of a plan.
type Step struct {
	// Item is the number of the item that the command belongs to, from 1; 0 for
	// those that open and close the receipt.
	Item int
	// Command is what is sent.
	Command Command
}

// Checked is a mark whose check the register has accepted.
type Checked struct {
	// Mark holds the bytes that were sent to the check; the same are bound.
	Mark Mark `json:"mark"`
	// Status is what the check said would happen to the piece.
	Status ItemStatus `json:"status,omitempty"`
	// Answer is the register's answer.
	Answer marking.Answer `json:"answer"`
	// Industry is the block of the permit check, nil if the goods were sold
	// without one (M66, M76).
	Industry *Industry `json:"industry,omitempty"`
}

// Expect returns what a check of the mark should say, for a dry run: the type
// by [marking.Predict], a linked server, [М+].
func Expect(mark Mark, status ItemStatus) Checked {
	return Checked{Mark: mark, Status: status, Answer: marking.Answer{
		Type:   marking.Predict(string(mark)),
		Server: marking.ServerLinked,
		Status: marking.StatusChecked | marking.StatusCodePositive | marking.StatusItemReceived | marking.StatusItemCorrect,
	}}
}

// Compose makes the commands of a receipt for a device (M70). Each marked item
// must have its mark among the checks, in any order: they are matched by
// identity, not by position (M75), and checks of marks that are not sold are
// left out. Compose validates the receipt first; an error is [Problems], and
// then there is no plan.
func Compose(r Receipt, checks []Checked, d Device) (Plan, error) {
	problems := r.validate(true)
	bound := bind(r, checks, &problems)
	if problems != nil {
		return Plan{}, problems
	}
	total, _ := r.Total()
	p := Plan{Type: r.Type, Total: total}
	if d.OperationLast {
		p.add(0, OpenCheck{Type: r.Type})
	}
	for i, it := range r.Items {
		p.addItem(i+1, it.Completed(r.Type), bound[i], d)
	}
	p.add(0, CloseCheck{Payments: r.Payments, TaxSystem: r.TaxSystem})
	return p, nil
}

// bind finds each item's check by the identity of its mark.
func bind(r Receipt, checks []Checked, problems *Problems) []*Checked {
	byIdentity := make(map[string]int, len(checks))
	for i, c := range checks {
		path := element("checks", i)
		code, err := c.Mark.read()
		if err != nil {
			problems.add(CodeMark, path)
			continue
		}
		if other, twice := byIdentity[code.Identity()]; twice {
			problems.add(CodeSameMark, path, arg{"other", element("checks", other)})
			continue
		}
		byIdentity[code.Identity()] = i
		if c.Industry == nil {
			continue
		}
		if tag := c.Industry.problem(); tag != 0 {
			problems.add(CodeIndustry, path, arg{"tag", tag})
		}
	}
	bound := make([]*Checked, len(r.Items))
	for i, it := range r.Items {
		if it.Mark == "" {
			continue
		}
		code, err := it.Mark.read()
		if err != nil {
			continue // reported by validate
		}
		if n, ok := byIdentity[code.Identity()]; ok {
			bound[i] = &checks[n]
		} else {
			problems.add(CodeNotChecked, element("items", i)+".mark")
		}
	}
	return bound
}

func (p *Plan) add(item int, c Command) { p.Steps = append(p.Steps, Step{Item: item, Command: c}) }

// addItem adds the commands of one item in the device's order, or else in its own.
func (p *Plan) addItem(n int, it Item, c *Checked, d Device) {
	operation := func() {
		p.add(n, Operation{
			Type: p.Type, Tax: it.Tax, PaymentType: it.PaymentType, Sign: it.Sign,
			Price: it.Price, Quantity: it.Quantity, Text: it.Name,
		})
	}
	tags := func() {
		for _, t := range it.tags(c, d) {
			p.add(n, SendTag{t})
		}
	}
	mark := func() {
		if c != nil {
			p.add(n, SendItemBarcode{c.Mark})
		}
	}
	switch {
	case d.OperationLast:
		tags()
		mark()
		operation()
	case it.TagOrder == TagsAfter:
		operation()
		mark()
		tags()
	default:
		operation()
		tags()
		mark()
	}
}

// tags are those of an item: what is measured, then the permit check's block.
func (it Item) tags(c *Checked, d Device) []Tag {
	var list []Tag
	group := func(number uint16, inner ...Tag) {
		if d.GroupTags {
			inner = []Tag{{Number: number, Type: TagGroup, Tags: inner}}
		}
		list = append(list, inner...)
	}
	if it.Unit != 0 {
		// A register that wants the operation last does not know the quantity yet.
		if d.OperationLast && it.Mark != "" {
			list = append(list, Tag{Number: TagQuantity, Type: TagFVLN, Value: int64(it.Quantity)})
		}
		list = append(list, Tag{Number: TagUnit, Type: TagByte, Value: int64(it.Unit)})
	}
	if it.Fraction != (Fraction{}) {
		group(TagFraction,
			Tag{Number: TagNumerator, Type: TagVLN, Value: it.Fraction.Numerator},
			Tag{Number: TagDenominator, Type: TagVLN, Value: it.Fraction.Denominator})
	}
	if c != nil && c.Industry != nil {
		group(TagIndustry, c.Industry.Tags()...)
	}
	return list
}
