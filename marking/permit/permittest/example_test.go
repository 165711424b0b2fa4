package permittest_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// The servers run without a network too. Here the first of two hosts breaks the
// connection, so that the second one is asked.
func Example() {
	mark, _ := marking.Read("0104603988009018"+"215YJFzZ\x1d93NGv1", nil)
	server := &permittest.CDN{Token: "key", Hosts: 2}
	server.Goods.Put(mark, permittest.Members{"isBlocked": true, "ogvs": []string{"RAR"}})
	server.Fail(1, permittest.Fault{Cut: true})

	cdn, _ := permit.NewCDN(permit.CDNOptions{
		BaseURL: "https://cdn.test",
		Common:  permit.Common{Client: &http.Client{Transport: permittest.Transport{"cdn.test": server}}},
		Online:  permit.Online{Tokens: permit.StaticToken("key", time.Time{})},
	})
	defer cdn.Close()
	verdict := cdn.Check(context.Background(), permit.Query{Mark: mark})
	fmt.Println(verdict.Outcome, verdict.Refusal.Code(), server.Checks(1), server.Checks(2))
	// Output:
	// REFUSED MARK-PERMIT-BLOCKED 1 1
}
