package exchange_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/office"
)

// Users go to an office through a folder, and the result comes back. The two sides
// are mostly two programs on two computers.
func Example() {
	dir, err := os.MkdirTemp("", "exchange")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	// The office.
	directory := office.NewMemory(&office.Snapshot{Stations: []int{1, 2, 3}})
	importer := office.NewImporter(directory, nil, nil)
	done := make(chan error)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		o := exchange.NewOffice(flagfile.Dir(dir), importer, &exchange.OfficeOptions{Every: 10 * time.Millisecond})
		done <- o.Run(watching)
	}()

	// The external system.
	client := exchange.NewClient(flagfile.Dir(dir), &exchange.ClientOptions{Every: 10 * time.Millisecond})
	request := kmazs.NewRequest(kmazs.Options{AllowedStations: kmazs.Value("all")}, kmazs.User{
		SyncID:    kmazs.Value("1456735"),
		ShortName: kmazs.Value("ИВАНОВ И.И."),
		Key:       kmazs.Value("0000567890123456"),
		DayLimit:  kmazs.Value(100),
	})
	reply, err := client.Send(ctx, request, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	// Keep the result, then let the files go.
	fmt.Println("failed:", reply.Result.Failed)
	if err := reply.Clean(ctx); err != nil {
		fmt.Println(err)
	}

	stop()
	if err := <-done; err != nil {
		fmt.Println(err)
	}
	snapshot, _ := directory.Snapshot(ctx)
	fmt.Println(len(snapshot.Accounts), "account,", snapshot.Accounts[0].Stations)
	// Output:
	// failed: false
	// 1 account, [1 2 3]
}
