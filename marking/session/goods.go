package session

import (
	"context"
	"errors"
	"strconv"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/flow"
)

// Goods are one line of a receipt.
type Goods struct {
	Name        string     `json:"name"`
	Price       int64      `json:"price"`    // kopecks
	Quantity    int64      `json:"quantity"` // millionths
	Tax         uint8      `json:"tax,omitempty"`
	PaymentType uint8      `json:"paymentType,omitempty"`
	ItemSign    uint8      `json:"itemSign,omitempty"`
	Status      ItemStatus `json:"status,omitempty"`
	Unit        uint8      `json:"unit,omitempty"`
	Numerator   int64      `json:"numerator,omitempty"`
	Denominator int64      `json:"denominator,omitempty"`
	Group       int        `json:"group,omitempty"`
}

func (g Goods) measured() bool { return g.Status.Measured() }

// Payment is how a receipt is paid.
type Payment struct {
	Cash       int64 `json:"cash,omitempty"`
	Electronic int64 `json:"electronic,omitempty"`
	TaxSystem  uint8 `json:"taxSystem,omitempty"`
}

type ReceiptRegister interface {
	Operation(ctx context.Context, op uint8, g Goods) error
	SendTag(ctx context.Context, number int, value string) error
	SendItemBarcode(ctx context.Context, mark string) (*marking.Answer, error)
	CloseCheck(ctx context.Context, p Payment) (Document, error)
}

// command is one command of the receipt.
type command struct {
	name   string
	item   int
	binds  bool
	closes bool
	run    func(ctx context.Context, r Register) (outcome, error)
}

// outcome is what a command of the receipt answered.
type outcome struct {
	answer   *marking.Answer
	document *Document
}

func operations(list []command) int {
	n := 0
	for _, c := range list {
		if c.name == "FNOperation" {
			n++
		}
	}
	return n
}

func (s *Session) operation() uint8 {
	if s.st.back {
		return 2
	}
	return 1
}

func (s *Session) total() int64 {
	var sum int64
	for _, it := range s.st.items {
		if it.state.InReceipt() {
			sum += (it.goods.Price*it.goods.Quantity + 500_000) / 1_000_000
		}
	}
	return sum
}

var errPayment = errors.New("the payments are less than the total")

func (s *Session) compose(p Payment) ([]command, error) {
	if p.Cash+p.Electronic < s.total() {
		return nil, errPayment
	}
	var list []command
	for _, it := range s.st.items {
		if !it.state.InReceipt() {
			continue
		}
		g, n, op, text := it.goods, it.number, s.operation(), it.code.Text()
		list = append(list, command{name: "FNOperation", item: n, run: func(ctx context.Context, r Register) (outcome, error) {
			return outcome{}, r.Operation(ctx, op, g)
		}})
		if b, ok := s.permitBlock(it); ok {
			for i, v := range []string{b.FOIV, b.Date, b.Number, b.Value} {
				list = append(list, command{name: "FNSendTagOperation " + strconv.Itoa(1262+i), item: n, run: func(ctx context.Context, r Register) (outcome, error) {
					return outcome{}, r.SendTag(ctx, 1262+i, v)
				}})
			}
		}
		if it.marked() {
			list = append(list, command{name: "FNSendItemBarcode", item: n, binds: true, run: func(ctx context.Context, r Register) (outcome, error) {
				a, err := r.SendItemBarcode(ctx, text)
				return outcome{answer: a}, err
			}})
		}
	}
	list = append(list, command{name: "FNCloseCheckEx", closes: true, run: func(ctx context.Context, r Register) (outcome, error) {
		d, err := r.CloseCheck(ctx, p)
		return outcome{document: &d}, err
	}})
	return list, nil
}

// status is tag 2003 of an item.
func (s *Session) status(it *item) ItemStatus {
	st := it.goods.Status
	if st == 0 {
		st = PieceSold
	}
	if s.st.back && !st.Return() {
		st += 2
	}
	return st
}

// sent is what the register gets to check.
func (s *Session) sent(it *item) string {
	if s.opt.SendAsScanned {
		return it.code.Original()
	}
	return it.code.Text()
}

func (s *Session) checkOf(it *item) Check {
	c := Check{Mark: s.sent(it), Status: s.status(it)}
	if c.Status.Measured() {
		c.Quantity, c.Unit, c.Numerator, c.Denominator = it.goods.Quantity, it.goods.Unit, it.goods.Numerator, it.goods.Denominator
	}
	return c
}

func (s *Session) query(it *item) permit.Query {
	q := permit.Query{Mark: it.code, Group: it.goods.Group, Price: it.goods.Price, Operation: permit.OperationSale, Partial: it.goods.measured()}
	if s.st.back {
		q.Operation = permit.OperationReturn
	}
	return q
}

var _ = flow.Saved
