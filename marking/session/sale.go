package session

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/marking"
)

// Sale is a marked item of a closed receipt.
type Sale struct {
	// Mark is the code.
	Mark marking.Code
	// Goods are what was sold.
	Goods Goods
	// Return is true if they came back.
	Return bool
	// At is when the receipt was closed.
	At time.Time
}

// SalesLog takes what a local module is to be told: permit.SalesLog.
type SalesLog interface {
	// Sold stores that marks were sold.
	Sold(ctx context.Context, marks ...marking.Code) error
	// Returned stores that marks came back.
	Returned(ctx context.Context, marks ...marking.Code) error
}

// ReportTo makes an Options.Sold of a log of sales (M63). Portions are left
// out: a pack is told with its last part, which the till alone knows (decision).
func ReportTo(log SalesLog) func(context.Context, []Sale) error {
	return func(ctx context.Context, sales []Sale) error {
		var sold, returned []marking.Code
		for _, s := range sales {
			switch {
			case s.Goods.Status.Measured():
			case s.Return:
				returned = append(returned, s.Mark)
			default:
				sold = append(sold, s.Mark)
			}
		}
		if len(sold) > 0 {
			if err := log.Sold(ctx, sold...); err != nil {
				return err
			}
		}
		if len(returned) > 0 {
			return log.Returned(ctx, returned...)
		}
		return nil
	}
}
