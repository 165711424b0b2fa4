package customru

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Scope is what counters of the fiscal drive count.
type Scope byte

// The scopes.
const (
	ThisShift  Scope = 0 // the present shift
	WholeDrive Scope = 1 // all since the drive was put in
)

// The commands C0H to C7H are on registers that are registered for format 1.1.

// FNTotals is C0H: the block of [Device.GrandTotals] as the fiscal drive counts
// it, and the number of the shift.
func (d *Device) FNTotals(ctx context.Context, scope Scope) (shift uint16, t Totals, err error) {
	err = d.call(ctx, d.request(CmdShiftCounters).scope(scope), func(in *field.Reader) {
		shift, t = in.U16(), readTotals(in, 6)
	})
	return shift, t, err
}

func (r *request) scope(s Scope) *request {
	return r.number(labelScope, int64(s), int64(ThisShift), int64(WholeDrive), 1)
}

// FNCounts is the answer of C1H: numbers of documents.
type FNCounts struct {
	Shift       uint16    // number of the shift
	Documents   uint32    // all of them
	Kinds       [4]uint32 // receipts, by Kind-1
	Corrections uint32    // correction receipts in all
	Corrected   [4]uint32 // correction receipts, by Kind-1
}

// FNCounts is C1H.
func (d *Device) FNCounts(ctx context.Context, scope Scope) (c FNCounts, err error) {
	err = d.call(ctx, d.request(CmdFNCounts).scope(scope), func(in *field.Reader) {
		c.Shift, c.Documents = in.U16(), in.U32()
		for i := range c.Kinds {
			c.Kinds[i] = in.U32()
		}
		c.Corrections = in.U32()
		for i := range c.Corrected {
			c.Corrected[i] = in.U32()
		}
	})
	return c, err
}

// FNKindTotals is C2H: the totals of one kind of receipt, and the correction
// receipts of that kind.
func (d *Device) FNKindTotals(ctx context.Context, scope Scope, kind Kind) (t KindTotals, corrected Counter, err error) {
	r := d.request(CmdFNKindCounters).scope(scope).number(labelKind, int64(kind), int64(Sale), int64(PurchaseReturn), 1)
	err = d.call(ctx, r, func(in *field.Reader) {
		t = readKindTotals(in, 6)
		corrected = Counter{in.U32(), int64(in.Uint(6))}
	})
	return t, corrected, err
}

// FNDaysLeft is C4H: how many days the drive still lasts, from a moment on.
func (d *Device) FNDaysLeft(ctx context.Context, from time.Time) (days uint16, err error) {
	from = from.In(d.opt.Location)
	r := d.request(CmdFNDaysLeft).number(labelDate, int64(from.Year()), 2000, 2255, 0)
	for _, v := range [...]int{from.Year() - 2000, int(from.Month()), from.Day(), from.Hour(), from.Minute()} {
		r.put(uint64(v), 1)
	}
	err = d.call(ctx, r, func(in *field.Reader) { days = in.U16() })
	return days, err
}

// FNStorage is C5H: how many documents the drive can still keep for five years,
// and how many for 30 days.
func (d *Device) FNStorage(ctx context.Context) (fiveYears, thirtyDays uint32, err error) {
	err = d.call(ctx, d.request(CmdFNStorage), func(in *field.Reader) { fiveYears, thirtyDays = in.U32(), in.U32() })
	return fiveYears, thirtyDays, err
}

// FNUnsent is C6H: [Device.Unsent] as the fiscal drive counts it.
func (d *Device) FNUnsent(ctx context.Context) (u Unsent, err error) {
	err = d.call(ctx, d.request(CmdFNUnsent), func(in *field.Reader) { u = readUnsent(in, 6) })
	return u, err
}

// FNDataSize is C7H: bytes that the drive has taken.
func (d *Device) FNDataSize(ctx context.Context) (size uint32, err error) {
	err = d.call(ctx, d.request(CmdFNDataSize), func(in *field.Reader) { size = in.U32() })
	return size, err
}
