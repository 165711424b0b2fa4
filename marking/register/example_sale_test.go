package register_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// A whole sale: a permit check over HTTP, the register's check, the receipt. A
// shop gives the True API's own address and token, a journal file
// (journal.Open), and dials its register with (*ecr.Dialer).Func; server, goods
// and client are simulated here.
func Example_sale() {
	goods := new(permittest.CDN)
	goods.Token = "token"
	client := &http.Client{Transport: permittest.Transport{"cdn.example": goods}}
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	defer server.Close()
	scanned := "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
	code, _ := marking.Read(scanned, nil)
	goods.Goods.Put(code, nil)

	cdn, err := permit.NewCDN(permit.CDNOptions{
		Common: permit.Common{Client: client}, BaseURL: "http://cdn.example",
		Online: permit.Online{Tokens: permit.StaticToken("token", time.Time{})},
	})
	if err != nil {
		log.Fatal(err)
	}
	check := permit.NewChain(permit.ChainOptions{CDN: cdn, Limit: 30 * time.Second})
	defer check.Close()
	link := shtrihm.NewLink(server.Dial, nil)
	defer link.Close()
	till := session.New(register.New(link, nil), &session.Options{
		Permit: check,
		Notify: func(n notice.Notice) { fmt.Println(n.Severity(), n.Message("ru")) },
	})
	defer till.Close()

	ctx := context.Background()
	if _, err := till.Resume(ctx); err != nil { // what a crash has left
		log.Fatal(err)
	}
	for range 2 { // the cashier scans the piece twice
		res, err := till.Scan(ctx, scanned, session.Goods{Name: "Мерсилон", Price: 10000, Quantity: receipt.One, Tax: receipt.TaxNone})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("item:", res.Items[0].State)
	}
	res, err := till.CloseReceipt(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: 10000}})
	if err != nil {
		log.Fatal(err)
	}
	if res.Receipt == flow.Closed {
		fmt.Println("sold:", res.Document.Sum, "roubles, document", res.Document.Number)
	}
	// Output:
	// item: saved
	// refusal Данный экземпляр маркированного товара уже добавлен в чек
	// item: refused
	// sold: 100 roubles, document 102
}
