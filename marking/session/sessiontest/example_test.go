package sessiontest_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// The reply to the accept is lost; the session asks and knows. What arrived at
// the register can be read afterwards.
func Example() {
	device := sessiontest.NewDevice()
	device.Fault = sessiontest.Script(map[string]sessiontest.Fault{
		sessiontest.CallAccept + "#1": {Kind: sessiontest.LoseReply},
	})
	till := session.New(device.Connect(), nil)
	defer till.Stop()
	res, err := till.Scan(context.Background(), "0104603934000748215rRFTn7CqRO6f\x1d93AZub",
		session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Items[0].State, len(device.Saved()))
	for _, name := range device.Names(false) {
		fmt.Println(name)
	}
	// Output:
	// saved 1
	// FNGetMarkingCodeWorkStatus
	// FNCheckItemBarcode
	// FNAcceptMarkingCode
	// FNGetMarkingCodeWorkStatus
}
