package register

import (
	"context"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
)

// CheckItemBarcode is FF61h: the register asks the server of marks, which can
// take 40 s.
func (r *Register) CheckItemBarcode(ctx context.Context, c session.Check) (marking.Answer, error) {
	if c.Status == 0 {
		c.Status = receipt.PieceSold
	}
	tlv, err := measure(c)
	if err != nil {
		return marking.Answer{}, &Error{code: CodeTag, safe: true, args: map[string]string{"tag": "2108"}}
	}
	r.guards(true)
	got, err := r.device.CheckMark(ctx, shtrihm.PlannedStatus(c.Status), []byte(c.Mark), tlv)
	if err != nil {
		return marking.Answer{}, translate(err)
	}
	return answer(got), nil
}

// measure are the tags of measured goods: the register refuses a quantity for a
// whole piece.
func measure(c session.Check) ([]byte, error) {
	if !c.Status.Measured() {
		return nil, nil
	}
	tlv, err := appendTag(nil, receipt.Tag{Number: receipt.TagUnit, Type: receipt.TagByte, Value: int64(c.Unit)})
	if err != nil {
		return nil, err
	}
	if c.Fraction != (receipt.Fraction{}) {
		return appendTag(tlv, receipt.Tag{Number: receipt.TagFraction, Type: receipt.TagGroup, Tags: []receipt.Tag{
			{Number: receipt.TagNumerator, Type: receipt.TagVLN, Value: c.Fraction.Numerator},
			{Number: receipt.TagDenominator, Type: receipt.TagVLN, Value: c.Fraction.Denominator},
		}})
	}
	return appendTag(tlv, receipt.Tag{Number: receipt.TagQuantity, Type: receipt.TagFVLN, Value: int64(c.Quantity)})
}

// answer gives the properties as the vendor's driver does.
func answer(c shtrihm.Check) marking.Answer {
	a := marking.Answer{
		Type: marking.RegisterType(c.Type), LocalResult: marking.LocalResult(c.Local), LocalError: marking.LocalError(c.LocalReason),
		Server: marking.ServerError(c.ServerError),
	}
	if c.ServerStatus >= 0 {
		a.Status = marking.Status(c.ServerStatus)
	}
	return a
}

// AcceptMarkingCode is FF69h with 1.
func (r *Register) AcceptMarkingCode(ctx context.Context) (marking.Status, error) {
	result, err := r.device.AcceptMark(ctx, shtrihm.Accept)
	return marking.Status(result), translate(err)
}

// DeclineMarkingCode is FF69h with 0.
func (r *Register) DeclineMarkingCode(ctx context.Context) error {
	_, err := r.device.AcceptMark(ctx, shtrihm.Decline)
	return translate(err)
}

// ClearMarkingCodes is FF69h with 2; some models answer with error A1h.
func (r *Register) ClearMarkingCodes(ctx context.Context) error {
	_, err := r.device.AcceptMark(ctx, shtrihm.ClearAll)
	return translate(err)
}

// MarkingCodeWorkStatus is FF70h.
func (r *Register) MarkingCodeWorkStatus(ctx context.Context) (session.WorkStatus, error) {
	m, err := r.device.MarkingStatus(ctx)
	if err != nil {
		return session.WorkStatus{}, translate(err)
	}
	return session.WorkStatus{
		CheckStatus: m.Check, NotificationStatus: m.Notification, Saved: m.Saved, Realized: m.Bound,
		Storage: m.Store, Queue: int(m.Queue),
	}, nil
}
