package session_test

import (
	"context"
	"fmt"
	"log"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// A cashier scans two pieces, one of them twice, and closes the receipt. The
// register is one in memory here; package register has the real one.
func Example() {
	device := sessiontest.NewDevice()
	till := session.New(device.Connect(), nil)
	defer till.Stop()
	ctx := context.Background()

	for _, scan := range []string{
		"0104603934000748" + "215rRFTn7CqRO6f" + "93AZub", // the scanner lost the separator
		"0104603745968015" + "215YJF\"Z" + "\x1d93NGv1",
		"0104603745968015" + "215YJF\"Z" + "\x1d93NGv1",
	} {
		res, err := till.Scan(ctx, scan, session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: 4})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(res.Items[0].Number, res.Items[0].State)
		for _, n := range res.Notices {
			fmt.Println("  ", n.Message("ru"))
		}
	}
	res, err := till.Close(ctx, session.Payment{
		TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: 11100},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Receipt, res.Document.Sum)
	// Output:
	// 1 saved
	// 2 saved
	// 3 refused
	//    Данный экземпляр маркированного товара уже добавлен в чек
	// closed 111
}

// The link to the server of marks is down: the sale goes on, and the cashier
// does not want to be told again for a while.
func ExampleSession_Snooze() {
	device := sessiontest.NewDevice()
	device.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
	till := session.New(device.Connect(), nil)
	defer till.Stop()
	for _, scan := range []string{"0104603934000748215rRFTn7CqRO6f\x1d93AZub", "0104603745968015215YJF\"Z\x1d93NGv1"} {
		res, err := till.Scan(context.Background(), scan, session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: 4})
		if err != nil {
			log.Fatal(err)
		}
		for _, n := range res.Notices {
			fmt.Println(n.Silenced, n.Kind)
			for _, a := range n.Answers() {
				fmt.Println("  ", a.Text("ru"))
			}
			till.Snooze(n.Kind)
		}
	}
	// Output:
	// false register-offline
	//    ОК
	//    Не напоминать 15 минут
	// true register-offline
	//    ОК
	//    Не напоминать 15 минут
}

// The program ends while the receipt is being closed, and starts anew: the
// register is asked what became of it.
func ExampleSession_Resume() {
	device := sessiontest.NewDevice()
	device.Fault = sessiontest.Script(map[string]sessiontest.Fault{
		sessiontest.CallClose: {Kind: sessiontest.CrashAfter},
	})
	steps := new(journal.Memory) // a real till has journal.Open
	ctx := context.Background()

	func() {
		defer func() { fmt.Println("the program ends:", recover() != nil) }()
		till := session.New(device.Connect(), &session.Options{Journal: steps})
		defer till.Stop()
		_, _ = till.Scan(ctx, "0104603934000748215rRFTn7CqRO6f\x1d93AZub", session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: 4})
		_, _ = till.Close(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 5550}})
	}()

	till := session.New(device.Connect(), &session.Options{Journal: steps})
	defer till.Stop()
	res, err := till.Resume(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Receipt, len(device.Documents()), "document")
	// Output:
	// the program ends: true
	// closed 1 document
}
