package flagfile_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/obmen-go/obmen/flagfile"
)

// An external system sends a table that already lies in the folder, and an office
// answers.
func Example() {
	dir, err := os.MkdirTemp("", "flagfile")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	folder := flagfile.Folder{FS: flagfile.Dir(dir)}

	// The external system.
	request, err := flagfile.Users{
		CommandTime:  flagfile.TimestampOf(time.Date(2011, 9, 7, 10, 36, 50, 0, time.Local)),
		Table:        "users.dbf",
		Records:      new(int64(100)),
		AutoExchange: true,
		Number:       new(int64(10)),
	}.File()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := folder.Publish(ctx, flagfile.KindUsers, request); err != nil {
		fmt.Println(err)
		return
	}

	// The office.
	claimed, err := folder.Claim(ctx, flagfile.KindUsers)
	if err != nil || claimed == nil {
		fmt.Println("nothing to do", err)
		return
	}
	answer, _, err := claimed.File.Answer(flagfile.Outcome{
		Failed: true,
		Text:   "В таблице пользователей отсутствует поле KEY",
		Begin:  "07.09.2011 10:36:50",
		End:    "07.09.2011 10:36:51",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := claimed.Answer(ctx, answer); err != nil {
		fmt.Println(err)
		return
	}

	// The external system again.
	result, err := folder.Wait(ctx, flagfile.KindUsers, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Err())
	fmt.Println(folder.Clean(ctx, flagfile.KindUsers, "users.dbf"))
	// Output:
	// flagfile: the office answered with an error: В таблице пользователей отсутствует поле KEY
	// <nil>
}

// The typed reader refuses the remarks of the document's sample.
func ExampleFile_Users() {
	f, err := flagfile.Parse([]byte("[main]\r\ncommand=userssync\r\ndbffile=users.dbf\r\ndbfrecordcount=100 (records)\r\nready=1\r\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = f.Users()
	e, _ := errors.AsType[*flagfile.Error](err)
	fmt.Println(e.Code(), e.Path())
	fmt.Println(e.Message("ru"))
	// Output:
	// FLAG-REMARK main, dbfrecordcount
	// main, dbfrecordcount: После значения стоит пояснение из документации: (records) · удалите его.
}
