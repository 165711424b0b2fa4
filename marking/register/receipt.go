package register

import (
	"context"
	"errors"
	"strconv"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
)

var _ receipt.Printer = (*Register)(nil)

// Device tells the order of the commands by the model's own flags (M70).
func (r *Register) Device(ctx context.Context) (receipt.Device, error) {
	cashCore, err := r.cashCore(ctx)
	return receipt.Device{OperationLast: cashCore, GroupTags: r.opt.GroupTags}, err
}

// OpenCheck is 8Dh.
func (r *Register) OpenCheck(ctx context.Context, t receipt.Type) error {
	r.guards(true)
	return translate(r.device.OpenReceipt(ctx, shtrihm.ReceiptType(t)))
}

// Operation is FF46h.
func (r *Register) Operation(ctx context.Context, o receipt.Operation) error {
	r.guards(true)
	return translate(r.device.Operation(ctx, shtrihm.Operation{
		Type: shtrihm.ReceiptType(o.Type), Quantity: int64(o.Quantity), Price: int64(o.Price), Rate: rate(o.Tax),
		Department: r.opt.Department, PaymentType: byte(o.PaymentType), Subject: byte(o.Sign), Name: o.Text,
	}))
}

// rate is the byte of a tax rate's number: a bit up to 8, C0h and the number above.
func rate(tax receipt.Tax) shtrihm.TaxRate {
	switch {
	case tax == 0:
		return 0
	case tax <= 8:
		return 1 << (tax - 1)
	}
	return shtrihm.TaxRate(0xC0 + tax)
}

// SendTag is FF4Dh.
func (r *Register) SendTag(ctx context.Context, t receipt.Tag) error {
	tlv, err := appendTag(nil, t)
	if err != nil || len(tlv) > shtrihm.MaxTLV {
		return &Error{code: CodeTag, safe: true, args: map[string]string{"tag": strconv.Itoa(int(t.Number))}}
	}
	return translate(r.device.OperationTag(ctx, tlv))
}

func appendTag(dst []byte, t receipt.Tag) ([]byte, error) {
	number := shtrihm.Tag(t.Number)
	switch t.Type {
	case receipt.TagByte:
		if t.Value < 0 || t.Value > 0xFF {
			return nil, errTag
		}
		return shtrihm.AppendTLV(dst, number, []byte{byte(t.Value)})
	case receipt.TagVLN:
		if t.Value < 0 {
			return nil, errTag
		}
		return shtrihm.AppendTLV(dst, number, shtrihm.AppendUint(nil, uint64(t.Value)))
	case receipt.TagFVLN:
		if t.Value < 0 {
			return nil, errTag
		}
		const decimals = 6 // millionths
		return shtrihm.AppendTLV(dst, number, shtrihm.AppendDecimal(nil, uint64(t.Value), decimals))
	case receipt.TagString:
		return shtrihm.AppendText(dst, number, t.Text)
	case receipt.TagGroup:
		var inner []byte
		for _, member := range t.Tags {
			var err error
			if inner, err = appendTag(inner, member); err != nil {
				return nil, err
			}
		}
		return shtrihm.AppendTLV(dst, number, inner)
	}
	return nil, errTag
}

// errTag is a value that its type cannot hold; SendTag words it.
var errTag = errors.New("register: no value of this type")

// SendItemBarcode is FF67h. A register that had not checked the mark before does
// so now and says what it found.
func (r *Register) SendItemBarcode(ctx context.Context, mark receipt.Mark) (receipt.Bound, error) {
	b, err := r.device.BindMark(ctx, []byte(mark))
	if err != nil || b.Check == nil {
		return receipt.Bound{}, translate(err)
	}
	return receipt.Bound{Checked: true, Answer: answer(*b.Check)}, nil
}

// CloseCheck is FF45h.
func (r *Register) CloseCheck(ctx context.Context, c receipt.CloseCheck) (receipt.Closed, error) {
	paid := shtrihm.Closing{TaxSystem: byte(c.TaxSystem)}
	for i, sum := range c.Payments.Sums() {
		paid.Payments[i] = int64(sum)
	}
	closed, err := r.device.CloseReceipt(ctx, paid)
	if err != nil {
		return receipt.Closed{}, translate(err)
	}
	r.guards(false)
	return receipt.Closed{Change: receipt.Money(closed.Change), Document: closed.FD, Sign: closed.FPD}, nil
}

// FindDocument is FF0Ah.
func (r *Register) FindDocument(ctx context.Context, number uint32) (session.Document, error) {
	d, err := r.device.FindDocument(ctx, number)
	return session.Document{Number: d.FD, Type: d.Type, Operation: receipt.Type(d.Kind), Sum: receipt.Money(d.Sum), Sign: d.FPD, At: d.Time}, translate(err)
}

// CancelCheck is 88h. That there is nothing to cancel is no error.
func (r *Register) CancelCheck(ctx context.Context) error {
	_, err := r.device.CancelReceipt(ctx)
	if err == nil {
		r.guards(false)
	}
	return translate(err)
}

// ContinuePrint is B0h.
func (r *Register) ContinuePrint(ctx context.Context) error {
	return translate(r.device.ContinuePrint(ctx))
}
