package session

import (
	"context"

	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/flow"
)

// Goods are one position of a receipt as the till knows it. The session fills
// in the mark.
type Goods = receipt.Item

// Payment is how a receipt is paid.
type Payment struct {
	// TaxSystem is the tax system, one bit.
	TaxSystem receipt.TaxSystem `json:"taxSystem"`
	// Payments are the sums by kind of payment.
	Payments receipt.Payments `json:"payments"`
}

// kind is the type of this receipt.
func (s *Session) kind() receipt.Type {
	if s.st.back {
		return receipt.Return
	}
	return receipt.Sale
}

// receipt is the receipt as a value, with the numbers of its items.
func (s *Session) receipt(p Payment) (r receipt.Receipt, numbers []int) {
	r = receipt.Receipt{Type: s.kind(), TaxSystem: p.TaxSystem, Payments: p.Payments}
	for _, it := range s.st.items {
		if it.state.InReceipt() {
			r.Items, numbers = append(r.Items, it.goods), append(numbers, it.number)
		}
	}
	return r, numbers
}

// compose makes the commands of the receipt for the register as it is (M70).
func (s *Session) compose(ctx context.Context, p Payment) (receipt.Plan, []int, error) {
	device, err := s.register.Device(ctx)
	if err != nil {
		return receipt.Plan{}, nil, &printerError{err}
	}
	r, numbers := s.receipt(p)
	var checks []receipt.Checked
	for _, it := range s.st.items {
		if !it.marked() || !it.state.InReceipt() {
			continue
		}
		c := receipt.Checked{Mark: s.sent(it), Status: s.status(it), Answer: it.answer}
		if it.decision.Block != flow.NoBlock {
			if b, ok := it.verdict.Industry(s.opt.Industry); ok {
				c.Industry = new(receipt.Industry(b))
			}
		}
		checks = append(checks, c)
	}
	plan, err := receipt.Compose(r, checks, device)
	return plan, numbers, err
}

// operations counts the operations of a plan, as the register does.
func operations(p receipt.Plan) (n int) {
	for _, step := range p.Steps {
		if _, ok := step.Command.(receipt.Operation); ok {
			n++
		}
	}
	return n
}

// status is tag 2003 of an item.
func (s *Session) status(it *item) receipt.ItemStatus {
	return it.goods.Completed(s.kind()).Status
}

// sent is what the register gets to check and to bind.
func (s *Session) sent(it *item) receipt.Mark {
	if s.opt.SendAsScanned {
		return receipt.Mark(it.code.Original())
	}
	return receipt.Mark(it.code.Text())
}

func (s *Session) checkOf(it *item) Check {
	c := Check{Mark: s.sent(it), Status: s.status(it)}
	if c.Status.Measured() {
		c.Quantity, c.Unit, c.Fraction = it.goods.Quantity, it.goods.Unit, it.goods.Fraction
	}
	return c
}

// query is what the permit check is asked.
func (s *Session) query(it *item) permit.Query {
	cost, _ := it.goods.Cost()
	return permit.Query{Mark: it.code, Group: it.goods.Group, Price: int64(cost), Operation: permit.Operation(s.kind()),
		Partial: s.status(it).Measured()}
}
