package session_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// A whole sale, from the scan to the closed receipt. The register is the test
// kit's; package register has one over a real printer's protocol.
func Example() {
	ctx := context.Background()
	register := sessiontest.NewDevice().Connect()

	till := session.New(register, &session.Options{Notify: func(n notice.Notice) { fmt.Println(n.Message("ru")) }})
	defer till.Close()

	medicine := session.Goods{Name: "Инъектран", Price: 10000, Quantity: receipt.One, Tax: receipt.TaxNone}
	for _, scan := range []string{
		"0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=",
		"0104670008163685" + "21bvSqkCsuoAyR5" + "91EE0992bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=", // again, by a scanner without GS
	} {
		res, err := till.Scan(ctx, scan, medicine)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("item", res.Items[0].Number, res.Items[0].State)
	}

	res, err := till.CloseReceipt(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: 10000}})
	if err != nil {
		fmt.Println(err)
		return
	}
	if res.Receipt == flow.Closed {
		fmt.Println("sold for", res.Document.Sum, "roubles by document", res.Document.Number)
	}
	// Output:
	// item 1 saved
	// Данный экземпляр маркированного товара уже добавлен в чек
	// item 2 refused
	// sold for 100 roubles by document 1
}

// A notice says what the cashier reads, what he may answer and what support has
// to find out.
func ExampleSession_Snooze() {
	ctx := context.Background()
	device := sessiontest.NewDevice()
	device.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff } // the register has lost its link
	passed := permit.CheckerFunc(func(context.Context, permit.Query) permit.Verdict {
		return permit.Verdict{Outcome: permit.OutcomeOK}
	})
	till := session.New(device.Connect(), &session.Options{Permit: passed})
	defer till.Close()

	water := session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: receipt.TaxNone}
	for _, scan := range []string{"0104603934000748215rRFTn7CqRO6f\x1d93AZub", "0104603745968015215YJF\"Z\x1d93NGv1"} {
		res, err := till.Scan(ctx, scan, water)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, n := range res.Notices {
			if n.Silenced {
				fmt.Println("silent:", n.Kind)
				continue
			}
			fmt.Println(n.Message("ru"))
			for _, a := range n.Answers() {
				fmt.Println("*", a.Text("ru"))
			}
			till.Snooze(n.Kind) // the cashier has touched the second
		}
	}
	// Output:
	// Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента.
	// * ОК
	// * Не напоминать 15 минут
	// silent: register-offline
}

// A till that crashed while it closed a receipt asks the register what became of
// it. Here the close had run, and only its reply did not arrive any more.
func ExampleSession_Resume() {
	ctx := context.Background()
	device := sessiontest.NewDevice()
	store := new(journal.Memory) // a till uses journal.Open("till.journal")
	pay := session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 10000}}

	func() {
		defer func() { fmt.Println("the program ends:", recover() != nil) }()
		till := session.New(device.Connect(), &session.Options{Journal: store})
		_, err := till.Scan(ctx, "0104603934000748215rRFTn7CqRO6f\x1d93AZub", session.Goods{Name: "Вода", Price: 10000, Quantity: receipt.One, Tax: receipt.TaxNone})
		if err != nil {
			fmt.Println(err)
		}
		device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallClose: {Kind: sessiontest.CrashAfter}})
		_, _ = till.CloseReceipt(ctx, pay)
	}()

	till := session.New(device.Connect(), &session.Options{Journal: store})
	defer till.Close()
	res, err := till.Resume(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Receipt, "by document", res.Document.Number)
	for _, n := range res.Notices {
		fmt.Println(n.Kind)
	}
	fmt.Println("receipts on the register:", len(device.Documents()))
	// Output:
	// the program ends: true
	// closed by document 1
	// confirmed
	// receipts on the register: 1
}
