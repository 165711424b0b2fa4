package permit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// A till asks the marking system over the CDN hosts, and its local module at
// the same time. Here both are servers of the test kit.
func Example() {
	online := &permittest.CDN{Token: "key", Hosts: 3}
	module := &permittest.Local{User: "admin", Password: "admin", ClientID: "9999078900000001"}
	cdnServer, moduleServer := httptest.NewServer(online), httptest.NewServer(module)
	defer cdnServer.Close()
	defer moduleServer.Close()

	cdn, err := permit.NewCDN(permit.CDNOptions{
		BaseURL:     cdnServer.URL,
		FiscalDrive: "9999078900000001",
		Online:      permit.Online{Tokens: permit.StaticToken("key", time.Time{})},
	})
	if err != nil {
		log.Fatal(err)
	}
	local, err := permit.NewLocalModule(permit.LocalOptions{
		BaseURL: moduleServer.URL,
		User:    "admin", Password: "admin", ClientID: "9999078900000001",
	})
	if err != nil {
		log.Fatal(err)
	}
	checker := permit.NewChain(permit.ChainOptions{CDN: cdn, Local: local})
	defer checker.Close()
	ctx := context.Background()
	if err := checker.Start(ctx); err != nil {
		log.Print(err) // it goes on trying in the background
	}

	mark, err := marking.Read("0104603988009018"+"215YJF\"Z\x1d93NGv1", nil)
	if err != nil {
		log.Fatal(err)
	}
	online.Goods.Put(mark, nil)
	verdict := checker.Check(ctx, permit.Query{Mark: mark, Price: 9900})
	block, _ := verdict.Industry(permit.IndustrySettings{})
	fmt.Println(verdict.Outcome, block.FOIV, block.Date, block.Number, block.Value[:5])

	online.Goods.Put(mark, permittest.Members{"sold": true})
	verdict = checker.Check(ctx, permit.Query{Mark: mark, Price: 9900})
	fmt.Println(verdict.Outcome, verdict.Refusal.Code())
	fmt.Println(verdict.Refusal.Message("ru"))

	// The internet is gone: the local module decides.
	for host := range 3 {
		online.Fail(host+1, permittest.Fault{Cut: true})
	}
	verdict = checker.Check(ctx, permit.Query{Mark: mark, Price: 9900})
	fmt.Println(verdict.Outcome, verdict.Local, verdict.Allowed())

	// Output:
	// OK 030 21.11.2023 1944 UUID=
	// REFUSED MARK-PERMIT-SOLD
	// Товар с этим кодом маркировки уже продан. Отложите товар в сторону.
	// NO-ANSWER OK true
}

// After the receipt has closed the local module is told of the sale, whenever
// it can be reached.
func ExampleSalesLog() {
	module := &permittest.Local{User: "admin", Password: "admin", ClientID: "9999078900000001"}
	server := httptest.NewServer(module)
	defer server.Close()
	local, err := permit.NewLocalModule(permit.LocalOptions{
		BaseURL: server.URL, User: "admin", Password: "admin", ClientID: "9999078900000001",
	})
	if err != nil {
		log.Fatal(err)
	}
	defer local.Close()
	sales, err := permit.NewSalesLog(local, permit.SalesLogOptions{Store: &permit.MemStore{}})
	if err != nil {
		log.Fatal(err)
	}
	defer sales.Close()

	mark, _ := marking.Read("0104603988009018"+"215YJFzZ\x1d93NGv1", nil)
	if err := sales.Sold(context.Background(), mark); err != nil {
		log.Fatal(err)
	}
	fmt.Println("waiting:", sales.Pending())
	if err := sales.Flush(context.Background()); err != nil {
		log.Print(err)
	}
	fmt.Println("waiting:", sales.Pending(), module.Told())
	// Output:
	// waiting: 1
	// waiting: 0 [sell 0104603988009018215YJFzZ]
}

// A check of one's own gives its reasons in its own words; they are shown, kept
// and read back as those of this package.
func ExampleNewError() {
	var own permit.Checker = permit.CheckerFunc(func(context.Context, permit.Query) permit.Verdict {
		return permit.Verdict{Outcome: permit.OutcomeRefused, Refusal: permit.NewError("SHOP-RECALLED", permit.Details{
			EN: "the maker has recalled this batch; put it aside", RU: "Партия отозвана производителем. Отложите товар.",
		})}
	})
	v := own.Check(context.Background(), permit.Query{})
	stored, err := json.Marshal(v)
	if err != nil {
		fmt.Println(err)
		return
	}
	var later permit.Verdict
	if err := json.Unmarshal(stored, &later); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(later.Refusal.Code(), later.Refusal.Message("ru"))
	// Output:
	// SHOP-RECALLED Партия отозвана производителем. Отложите товар.
}
