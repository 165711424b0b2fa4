package webapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// importer stands for an office; *office.Importer is a real one.
type importer struct{}

func (importer) TryImport(_ context.Context, r *kmazs.Request, _ string) (kmazs.Result, error) {
	return kmazs.Result{Added: len(r.Records)}, nil
}

func Example() {
	server := httptest.NewServer(webapi.NewHandler(importer{}, &webapi.HandlerOptions{
		Operators: []webapi.Operator{{Login: "erp", Password: "secret", WebAPI: true, ImportUsers: true}},
	}))
	defer server.Close()

	client, err := webapi.NewClient(server.URL, &webapi.ClientOptions{User: "erp", Password: "secret"})
	if err != nil {
		fmt.Println(err)
		return
	}
	users := []kmazs.User{{SyncID: kmazs.Value("1456735"), ShortName: kmazs.Value("ИВАНОВ И.И."), DayLimit: kmazs.Value(100)}}
	result, err := client.Import(context.Background(), kmazs.Options{AllowedStations: kmazs.Value("all")}, kmazs.Users(users))
	if failed, ok := errors.AsType[*webapi.Error](err); ok && !failed.SafeToRetry() {
		fmt.Println("look into the office before sending again:", failed.Message("ru"))
		return
	}
	fmt.Println(result.Added, "added,", err)
	// Output: 1 added, <nil>
}
