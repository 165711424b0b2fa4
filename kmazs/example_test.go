package kmazs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/kmazs"
)

// The users of an ERP as the request of the Web-API.
func Example() {
	users := []kmazs.User{
		{SyncID: kmazs.Value("1456735"), ShortName: kmazs.Value("ИВАНОВ И.И."), Key: kmazs.Value("0000567890123456"), DayLimit: kmazs.Value(100)},
		{SyncID: kmazs.Value("8923564"), Operation: kmazs.Value(kmazs.Delete)},
	}
	options := kmazs.Options{AllowedStations: kmazs.Value(kmazs.AllStations)}
	if err := kmazs.WriteJSON(os.Stdout, options, kmazs.Users(users)); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "ImportUsersParams": {"AllowedStations": "all", "ImportType": "Update"},
	//   "TestCharSet": "Проверка кодировки",
	//   "Users": [
	//     {"KEY": "0000567890123456", "SHORTNAME": "ИВАНОВ И.И.", "SYNCID": "1456735", "DAYLIMIT": "100"},
	//     {"SYNCID": "8923564", "OPERATION": "D"}
	//   ]
	// }
}

// The same users as a table, and back.
func ExampleWriteTable() {
	dir, err := os.MkdirTemp("", "kmazs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "users.dbf")

	users := []kmazs.User{{SyncID: kmazs.Value("1456735"), ShortName: kmazs.Value("ИВАНОВ И.И."), DayLimit: kmazs.Value(0)}}
	n, err := kmazs.WriteTable(path, kmazs.Users(users), &kmazs.WriteTableOptions{CodePage: dbfio.CP866})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, err := kmazs.ReadTable(path, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	limit, given := request.Records[0].User.DayLimit.Get()
	fmt.Println(n, "record, limit", limit, given)
	// Output: 1 record, limit 0 true
}

// What is wrong with a record does not stop the others.
func ExampleReadJSON() {
	request, err := kmazs.ReadJSON(strings.NewReader(`{
		"ImportUsersParams": {"ImportType": "Update"}, "TestCharSet": "Проверка кодировки",
		"Users": [{"SYNCID": 17, "DAYLIMIT": "сто"}, {"SYNCID": 18, "DAYLIMIT": "100"}]}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, record := range request.Records {
		for _, finding := range record.Findings {
			fmt.Println(finding.Code(), finding.Message("ru"))
		}
	}
	// Output: KMAZS-NUMBER Запись 1, поле DAYLIMIT. Значение сто не является целым числом · исправьте значение.
}

// A key is one number, however it is spelled.
func ExampleKeyRules() {
	hex := kmazs.User{Key: kmazs.Value("ff")}
	tag := kmazs.User{RFID: kmazs.Value("0000000000000000255")}
	a, _, _ := kmazs.KeyRules{}.Of(&hex)
	b, from, _ := kmazs.KeyRules{}.Of(&tag)
	fmt.Println(a, a == b, from)
	// Output: 00000000000000FF true RFID
}
