package register

import (
	"context"
	"errors"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/session"
)

// CheckItemBarcode is FF61h: the register asks the server of marks, which can
// take 40 s.
func (r *Register) CheckItemBarcode(ctx context.Context, c session.Check) (marking.Answer, error) {
	status := c.Status
	if status == 0 {
		status = session.PieceSold
	}
	tlv, err := measure(c)
	if err != nil {
		return marking.Answer{}, translate(err)
	}
	r.guards(true)
	got, err := r.device.CheckMark(ctx, shtrihm.PlannedStatus(status), []byte(c.Mark), tlv)
	if err != nil {
		return marking.Answer{}, translate(err)
	}
	return answer(got), nil
}

// Tags that measured goods are checked with.
const (
	tagUnit     = 2108
	tagQuantity = 1023
	tagFraction = 1291
	tagOfWhole  = 1293 // numerator
	tagWhole    = 1294 // denominator
)

// measure are the tags of measured goods: the register refuses a quantity for a
// whole piece.
func measure(c session.Check) ([]byte, error) {
	if !c.Status.Measured() {
		return nil, nil
	}
	tlv, err := shtrihm.AppendTLV(nil, tagUnit, []byte{c.Unit})
	if err != nil {
		return nil, err
	}
	if c.Denominator > 0 {
		inner, err1 := shtrihm.AppendTLV(nil, tagOfWhole, shtrihm.AppendUint(nil, uint64(c.Numerator)))
		inner, err2 := shtrihm.AppendTLV(inner, tagWhole, shtrihm.AppendUint(nil, uint64(c.Denominator)))
		tlv, err = shtrihm.AppendTLV(tlv, tagFraction, inner)
		return tlv, errors.Join(err1, err2, err)
	}
	return shtrihm.AppendTLV(tlv, tagQuantity, shtrihm.AppendDecimal(nil, uint64(c.Quantity), 6))
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
