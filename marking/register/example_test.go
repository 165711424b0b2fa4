package register_test

import (
	"context"
	"fmt"
	"log"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
)

// A marked piece is sold on a register. Here the register is simulated; a real
// one is dialled with ecr.Dial, or over its serial port.
func Example() {
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	defer server.Close()
	link := shtrihm.NewLink(server.Dial, nil)
	defer link.Close()

	till := session.New(register.New(link, nil), nil)
	defer till.Close()
	ctx := context.Background()
	scanned := "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
	res, err := till.Scan(ctx, scanned, session.Goods{Name: "Инъектран", Price: 10000, Quantity: receipt.One, Tax: 4})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Items[0].State, res.Notices)

	res, err = till.CloseReceipt(ctx, session.Payment{
		TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: 10000},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Receipt, res.Document.Sum, "roubles, document", res.Document.Number)
	// Output:
	// saved []
	// closed 100 roubles, document 102
}
