package dbfio_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/obmen-go/obmen/dbfio"
)

// Example writes a table that appears at once and whole, and reads it back.
func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "users.dbf")

	f, err := dbfio.Create(path, []dbfio.Column{
		dbfio.Char("SHORTNAME", 16), dbfio.Number("DAYLIMIT", 5, 0), dbfio.Day("TIMELIMIT"),
	}, &dbfio.WriteOptions{CodePage: dbfio.CP866})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close() // leaves nothing unless Commit was reached
	f.SetText(0, "ИВАНОВ И.И.")
	f.SetInt(1, 0)
	f.SetTime(2, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
	if err := f.WriteRow(); err != nil {
		fmt.Println(err)
		return
	}
	f.SetText(0, "СИДОРОВ С.С.") // the other cells stay blank
	if err := f.WriteRow(); err != nil {
		fmt.Println(err)
		return
	}
	if err := f.Commit(); err != nil {
		fmt.Println(err)
		return
	}

	r, err := dbfio.Open(path, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	for row, err := range r.Rows() {
		if err != nil {
			fmt.Println(err)
			return
		}
		name, _, _ := row.Named("SHORTNAME").Text()
		limit := row.Named("DAYLIMIT")
		litres, _, err := limit.Int()
		fmt.Println(name, limit.State(), litres, err)
	}
	// Output:
	// ИВАНОВ И.И. value 0 <nil>
	// СИДОРОВ С.С. blank 0 <nil>
}

type driver struct {
	ID    string                    `dbf:"ID,C,40"`
	Name  string                    `dbf:"SHORTNAME,C,16"`
	Limit dbfio.Optional[int64]     `dbf:"DAYLIMIT,N,5"`
	Until dbfio.Optional[time.Time] `dbf:"TIMELIMIT,D"`
}

// Structs are rows by their tags; Optional fields keep blank and zero apart.
func ExampleStructs() {
	cols, err := dbfio.ColumnsOf[driver]()
	if err != nil {
		fmt.Println(err)
		return
	}
	var buf bytes.Buffer
	w, err := dbfio.NewStreamWriter(&buf, 2, cols, nil) // a buffer cannot seek: 2 rows are announced
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := dbfio.NewEncoder[driver](w)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range []driver{
		{ID: "1456735", Name: "ИВАНОВ И.И.", Limit: dbfio.Some[int64](0)},
		{ID: "8923564", Name: "СИДОРОВ С.С."},
	} {
		if err := e.Encode(&d); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
		return
	}

	r, err := dbfio.NewReader(&buf, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for d, err := range dbfio.Structs[driver](r) {
		if err != nil {
			fmt.Println(err)
			return
		}
		litres, limited := d.Limit.Get()
		fmt.Println(d.ID, d.Name, limited, litres)
	}
	// Output:
	// 1456735 ИВАНОВ И.И. true 0
	// 8923564 СИДОРОВ С.С. false 0
}

// What does not fit is refused and named, for a log and for a clerk.
func ExampleError() {
	w, err := dbfio.NewStreamWriter(&bytes.Buffer{}, 1, []dbfio.Column{dbfio.Number("LIMIT", 5, 0)}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	w.SetInt(0, 1234567)
	err = w.WriteRow()
	fmt.Println(err)
	if e, ok := errors.AsType[*dbfio.Error](err); ok {
		fmt.Println(e.Code(), e.Path())
		fmt.Println(e.Message("ru"))
	}
	// Output:
	// dbfio: row 1, column LIMIT: number 1234567 does not fit 5 characters
	// DBF-NUMBER-WIDTH row 1, column LIMIT
	// Строка 1, столбец LIMIT. Число 1234567 не помещается в 5 знаков · уменьшите его или расширьте столбец.
}
