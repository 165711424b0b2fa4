package sessiontest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

const mark = "0104603934000748215rRFTn7CqRO6f\x1d93AZub"

// Your till against a register that loses a reply: was the piece sold once?
func Example() {
	ctx := context.Background()
	device := sessiontest.NewDevice()
	device.Fault = sessiontest.Script(map[string]sessiontest.Fault{
		sessiontest.CallAccept: {Kind: sessiontest.LoseReply},
	})

	till := session.New(device.Connect(), nil)
	defer till.Close()
	_, err := till.Scan(ctx, mark, session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: receipt.TaxNone})
	fmt.Println(err, device.Names(true))

	_, err = till.CloseReceipt(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 5550}})
	fmt.Println(err, len(device.Sold()))
	// Output:
	// <nil> [FNCheckItemBarcode FNAcceptMarkingCode]
	// <nil> 1
}

func TestDevice(t *testing.T) {
	ctx := context.Background()
	t.Run("M49 M55 results are kept until a close, a clear or a power loss", func(t *testing.T) {
		d := sessiontest.NewDevice()
		r := d.Connect()
		save := func() {
			_, err := r.CheckItemBarcode(ctx, session.Check{Mark: mark, Status: receipt.PieceSold})
			require.NoError(t, err)
			_, err = r.AcceptMarkingCode(ctx)
			require.NoError(t, err)
			require.Equal(t, []string{mark}, d.Saved())
		}
		save()
		require.NoError(t, r.ClearMarkingCodes(ctx))
		assert.Empty(t, d.Saved())
		save()
		d.LosePower()
		assert.Empty(t, d.Saved())
		save()
		d.CloseForeign(100)
		assert.Empty(t, d.Saved())
	})
	t.Run("M58 accepting without a check, or after type 255, fails", func(t *testing.T) {
		r := sessiontest.NewDevice().Connect()
		_, err := r.AcceptMarkingCode(ctx)
		assert.Equal(t, session.ErrorSequence, session.ErrorNumber(err))
		a, err := r.CheckItemBarcode(ctx, session.Check{Mark: "0104603934000748215rRFTn7CqRO6f93AZub"})
		require.NoError(t, err)
		assert.EqualValues(t, 255, a.Type)
		_, err = r.AcceptMarkingCode(ctx)
		assert.Equal(t, session.ErrorSequence, session.ErrorNumber(err))
	})
	t.Run("M52 errors say what became of the command", func(t *testing.T) {
		for kind, safe := range map[sessiontest.FaultKind]bool{sessiontest.Unsent: true, sessiontest.LoseRequest: false, sessiontest.LoseReply: false} {
			d := sessiontest.NewDevice()
			d.Fault = func(sessiontest.Call) sessiontest.Fault { return sessiontest.Fault{Kind: kind} }
			_, err := d.Connect().State(ctx)
			var e *sessiontest.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, safe, e.SafeToRetry())
			assert.Zero(t, e.Number())
			assert.NotEmpty(t, e.Message("ru"))
			assert.NotEmpty(t, e.Message("en"))
		}
	})
}
