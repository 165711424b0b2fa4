package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/kmazs"
)

func fill(ctx context.Context, args []string) error {
	flags := command("fill", "-rows N -o FILE")
	var opts dbfio.WriteOptions
	flags.TextVar(&opts.CodePage, "codepage", dbfio.CP1251, "code page of the texts: `cp866` or cp1251")
	rows := int64(-1)
	flags.Func("rows", "how many `rows`, needed", func(s string) (err error) {
		rows, err = strconv.ParseInt(s, 10, 64)
		if errors.Is(err, strconv.ErrSyntax) {
			return errors.New("not a whole number")
		}
		return err
	})
	path := flags.String("o", "", "the table to make; it appears complete or not at all")
	if err := parse(flags, args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return misuse(flags, "unexpected argument %q", flags.Arg(0))
	case rows < 0 || rows > math.MaxUint32:
		return misuse(flags, "-rows is needed, 0 to %d", uint32(math.MaxUint32))
	case *path == "":
		return misuse(flags, "-o is needed")
	}
	if err := dbfio.CheckUsersName(filepath.Base(*path)); err != nil {
		fmt.Fprintln(os.Stderr, "warning:", plain(err))
	}
	f, err := dbfio.Create(*path, kmazs.Columns(), &opts)
	if err != nil {
		return err
	}
	defer f.Close()
	bar := newProgress(rows, "writing")
	defer bar.close()
	for n := range rows {
		if n%4096 == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			bar.set(n)
		}
		setUser(f, n)
		if err := f.WriteRow(); err != nil {
			return err
		}
	}
	return f.Commit()
}

var (
	surnames = []string{"Иванов", "Петров", "Сидоров", "Кузнецов", "Щукин", "Ёлкин", "Яковлев", "Журавлёв"}
	names    = []string{"Иван", "Пётр", "Сидор", "Юрий", "Эдуард", "Фёдор", "Артём"}
	fathers  = []string{"Иванович", "Петрович", "Сидорович", "Юрьевич", "Эдуардович"}
	models   = []string{"КАМАЗ-5490", "ГАЗель NEXT", "МАЗ-6430", "УРАЛ-4320", "ЛиАЗ-5292"}
	fuels    = []string{"92=500;95", "ДТ", "92,95,98,100", "empty", "ДТ=2000000"}
	stations = []string{"all", "1,2,10", "1", "empty", "2,10"}
)

// setUser sets the cells of the n-th made-up user, from 0, in the order of the
// schema. They depend on n alone, and the whole record is one that an office accepts: id and alias are
// equal, keys and names differ from row to row.
func setUser(f *dbfio.File, n int64) {
	pick := func(list []string) string { return list[n%int64(len(list))] }
	car := n%3 == 2
	short := "В" + pad(n%1000, 3) + "КМ" + strconv.FormatInt(n/1000, 10)
	full := pick(models)
	if !car {
		name, father := pick(names), pick(fathers)
		short = initial(name) + "." + initial(father) + ". " + strconv.FormatInt(n, 10)
		full = pick(surnames) + " " + name + " " + father
	}
	id := "U" + pad(n+1, 9)
	values := []any{
		id, id, "U", "Автоколонна " + strconv.FormatInt(n%20+1, 10), "D" + pad(n%20+1, 3), car,
		short, full, fmt.Sprintf("%016X", uint64(n+1)*0x9E3779B97F4A7C15), 0, pad(n+1, 19), n % 100_000_000,
		n % 400, n % 5000, n % 5000, limitTypes[n%int64(len(limitTypes))], pick(fuels),
		time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n%1000)), strconv.FormatInt(n%24, 10) + ":00",
		pick(stations), n%10 != 9, true, false, n%2 == 0, n%50 == 49, n%4 == 3,
		0, "7013" + pad(n+1, 12), n%5 == 0,
	}
	for col, v := range values {
		switch v := v.(type) {
		case string:
			f.SetText(col, v)
		case bool:
			f.SetBool(col, v)
		case int:
			f.SetInt(col, int64(v))
		case int64:
			f.SetInt(col, v)
		case time.Time:
			f.SetTime(col, v)
		}
	}
	// Some cells of some rows stay blank: "leave what the office has".
	if n%7 == 6 {
		f.SetBlank(f.Column("TIMELIMIT"))
		f.SetBlank(f.Column("CANTIDE"))
		f.SetBlank(f.Column("DAYLIMIT"))
	}
}

var limitTypes = []int{0, 1, 2, 4}

func initial(s string) string { return string([]rune(s)[:1]) }

func pad(n int64, width int) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", max(0, width-len(s))) + s
}
