package office_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

func ivanov() office.Account {
	a := office.NewAccount(office.Driver)
	a.Number, a.SyncID, a.ShortName, a.DayLimit = 12, "1456735", "ИВАНОВ И.И.", office.Litres(100)
	return a
}

// A plan says what a request would do; nothing is changed before it is applied.
func ExampleNewPlan() {
	snapshot := &office.Snapshot{Accounts: []office.Account{ivanov()}, Stations: []int{1, 2}}
	request := kmazs.NewRequest(kmazs.Options{AllowedStations: kmazs.Value("all")},
		kmazs.User{SyncID: kmazs.Value("1456735"), DayLimit: kmazs.Value(200)},
		kmazs.User{SyncID: kmazs.Value("8923564"), ShortName: kmazs.Value("СИДОРОВ С.С.")},
		kmazs.User{SyncID: kmazs.Value("77"), DayLimit: kmazs.Value(70000)},
	)
	today, _ := kmazs.NewDate(2026, 11, 23)
	plan, err := office.NewPlan(snapshot, request, nil, today)
	if err != nil {
		fmt.Println(err) // the whole request is refused
		return
	}
	for line := range plan.Lines() {
		fmt.Printf("%d %v number=%d by=%q code=%q\n", line.N, line.Action, line.Number, line.By.String(), line.Code)
		for _, c := range line.Changes {
			fmt.Printf("  %s: %q -> %q\n", c.Field, c.From, c.To)
		}
	}
	// Output:
	// 1 update number=12 by="id" code=""
	//   DAYLIMIT: "100" -> "200"
	//   STATIONS: "empty" -> "1,2"
	// 2 add number=0 by="" code=""
	//   SYNCID: "" -> "8923564"
	//   SHORTNAME: "" -> "СИДОРОВ С.С."
	//   STATIONS: "empty" -> "1,2"
	// 3 refuse number=0 by="" code="KMAZS-RANGE"
}

// An Importer is what carriers call: it plans, commits and tells the stations.
func ExampleImporter() {
	dir := office.NewMemory(&office.Snapshot{Accounts: []office.Account{ivanov()}, Stations: []int{1, 2}})
	im := office.NewImporter(dir, &office.Settings{AttachByName: true}, &office.Options{
		Exchanger: office.ExchangerFunc(func(context.Context, []int) error {
			fmt.Println("exchange with the stations")
			return nil
		}),
	})
	ctx := context.Background()
	defer im.Close(ctx)

	request := kmazs.NewRequest(kmazs.Options{AutoExchange: kmazs.Value(true)},
		kmazs.User{ShortName: kmazs.Value("Иванов И.И."), PIN: kmazs.Value(1234)},
	)
	for range 2 {
		result, err := im.Import(ctx, request, "")
		fmt.Println(result.UpdatedByName, result.Ignored, err)
	}
	// Output:
	// exchange with the stations
	// 1 0 <nil>
	// 0 1 <nil>
}
