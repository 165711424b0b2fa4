package kmazstest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/kmazstest"
	"github.com/obmen-go/obmen/kmazs/office"
)

func TestMemory(t *testing.T) {
	kmazstest.TestDirectory(t, func(t *testing.T, content *office.Snapshot) office.Directory {
		return office.NewMemory(content)
	})
}

func TestExchangerRemembers(t *testing.T) {
	broken := errors.New("no line")
	e := &kmazstest.Exchanger{Err: broken}
	if err := e.StartExchange(context.Background(), []int{1, 2}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if got := fmt.Sprint(e.Started()); got != "[[1 2]]" {
		t.Error(got)
	}
}

// A store of one's own is tried with a made-up office.
func ExampleOffice() {
	dir := office.NewMemory(kmazstest.Office())
	im := office.NewImporter(dir, nil, nil)
	defer im.Close(context.Background())
	result, err := im.Import(context.Background(), kmazs.NewRequest(kmazs.Options{},
		kmazs.User{SyncID: kmazs.Value("1456735"), DayLimit: kmazs.Value(150)},
	), "")
	fmt.Println(result.UpdatedByID, err)
	// Output: 1 <nil>
}
