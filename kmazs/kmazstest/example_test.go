package kmazstest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/kmazstest"
	"github.com/obmen-go/obmen/kmazs/office"
)

// A store of one's own stands the same tests as those of this module.
func ExampleTestDirectory() {
	_ = func(t *testing.T) { // func TestMyDirectory
		kmazstest.TestDirectory(t, func(t *testing.T, content *office.Snapshot) office.Directory {
			return office.NewMemory(content) // yours, filled with the content
		})
	}
}

// An import is tried on the small office, and what stations would hear is seen.
func ExampleExchanger() {
	var stations kmazstest.Exchanger
	im := office.NewImporter(office.NewMemory(kmazstest.Office()), nil, &office.Options{Exchanger: &stations})
	ctx := context.Background()
	request := kmazs.NewRequest(kmazs.Options{AutoExchange: kmazs.Value(true), AllowedStations: kmazs.Value("all")},
		kmazs.User{SyncID: kmazs.Value("new-1"), ShortName: kmazs.Value("СИДОРОВ С.С.")})
	result, err := im.Import(ctx, request, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := im.Close(ctx); err != nil { // what was begun is ended
		fmt.Println(err)
	}
	fmt.Println(result.Added, "added,", len(stations.Started()), "exchange")
	// Output:
	// 1 added, 1 exchange
}
