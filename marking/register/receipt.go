package register

import (
	"context"
	"strconv"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking/session"
)

// Operation is FF46h. It opens the receipt if none is open.
func (r *Register) Operation(ctx context.Context, op uint8, g session.Goods) error {
	r.guards(true)
	return translate(r.device.Operation(ctx, shtrihm.Operation{
		Type: shtrihm.ReceiptType(op), Quantity: g.Quantity, Price: g.Price, Rate: rate(g.Tax),
		Department: r.opt.Department, PaymentType: g.PaymentType, Subject: g.ItemSign, Name: g.Name,
	}))
}

// rate is the byte of a tax rate's number (Tax1 of the driver): bits up to 8, C0h
// and the number above.
func rate(tax uint8) shtrihm.TaxRate {
	switch {
	case tax == 0:
		return 0
	case tax <= 8:
		return 1 << (tax - 1)
	}
	return shtrihm.TaxRate(0xC0 + tax)
}

// SendTag is FF4Dh with a text: a tag of the operation.
func (r *Register) SendTag(ctx context.Context, number int, value string) error {
	tlv, err := shtrihm.AppendText(nil, shtrihm.Tag(number), value)
	if err != nil || len(tlv) > shtrihm.MaxTLV {
		return &Error{code: CodeTag, safe: true, args: map[string]string{"tag": strconv.Itoa(number)}}
	}
	return translate(r.device.OperationTag(ctx, tlv))
}

// CloseCheck is FF45h. The document's time is read back (FF0Ah).
func (r *Register) CloseCheck(ctx context.Context, p session.Payment) (session.Document, error) {
	c := shtrihm.Close{TaxSystem: p.TaxSystem}
	c.Payments[shtrihm.PayCash], c.Payments[shtrihm.PayElectronic] = p.Cash, p.Electronic
	closed, err := r.device.CloseReceipt(ctx, c)
	if err != nil {
		return session.Document{}, translate(err)
	}
	r.guards(false)
	d := session.Document{Number: closed.FD, Sign: closed.FP, Sum: p.Cash + p.Electronic - closed.Change}
	if found, err := r.device.FindDocument(ctx, closed.FD); err == nil && found.FP == closed.FP {
		d = document(found)
	}
	return d, nil
}

func document(d shtrihm.Document) session.Document {
	return session.Document{Number: d.FD, Type: d.Type, Operation: d.Kind, Sum: d.Sum, Sign: d.FP, At: d.Time}
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
