//go:build amd64 || arm64

// go-dbase does not compile where int has 32 bits.

package dbfio

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/Valentin-Kaiser/go-dbase/dbase"
	"golang.org/x/text/encoding/charmap"
)

func TestGoDBase(t *testing.T) {
	t.Run("D1 go-dbase reads what we write", func(t *testing.T) {
		t.Chdir(t.TempDir()) // it puts the whole path into upper case
		f, err := Create("USERS.DBF", []Column{Char("NAME", 40), Number("LIMIT", 9, 0), Number("SUM", 12, 2), Bool("CAR"), Day("TILL")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for i, name := range []string{"Щукин Ёж", "сад"} {
			f.SetText(0, name)
			f.SetInt(1, int64(-5*i))
			f.SetScaled(2, int64(-150*i), 2)
			f.SetBool(3, i == 1)
			f.SetTime(4, day)
			if err := f.WriteRow(); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		table, err := dbase.OpenTable(&dbase.Config{Filename: "USERS.DBF", TrimSpaces: true, Untested: true, ReadOnly: true,
			Converter: dbase.NewDefaultConverter(charmap.Windows1251)})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		var got []string
		for !table.EOF() {
			row, err := table.Next()
			if err != nil {
				t.Fatal(err)
			}
			v := row.Values()
			got = append(got, fmt.Sprint(v[0], " ", v[1], " ", v[2], " ", v[3], " ", v[4].(time.Time).Format(time.DateOnly)))
		}
		same(t, got, "Щукин Ёж 0 0 false 2026-03-01", "сад -5 -1.5 true 2026-03-01")
	})
	t.Run("D1 we read what go-dbase writes", func(t *testing.T) {
		t.Chdir(t.TempDir())
		var cols []*dbase.Column
		for _, c := range []struct {
			name             string
			typ              dbase.DataType
			length, decimals uint8
		}{{"NAME", dbase.Character, 40, 0}, {"LIMIT", dbase.Numeric, 9, 0}, {"CAR", dbase.Logical, 0, 0}, {"TILL", dbase.Date, 0, 0},
			{"I", dbase.Integer, 0, 0}, {"B", dbase.Double, 0, 0}, {"T", dbase.DateTime, 0, 0}} {
			col, err := dbase.NewColumn(c.name, c.typ, c.length, c.decimals, false)
			if err != nil {
				t.Fatal(err)
			}
			cols = append(cols, col)
		}
		table, err := dbase.NewTable(dbase.FoxPro, &dbase.Config{Filename: "PEER.DBF", Converter: dbase.NewDefaultConverter(charmap.Windows1251)}, cols, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		moment := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
		row := table.NewRow()
		for i, v := range []any{"Щукин Ёж", int64(-5), true, day, int32(-7), 0.5, moment} {
			if err := row.Field(i).SetValue(v); err != nil {
				t.Fatal(err)
			}
		}
		if err := row.Add(); err != nil {
			t.Fatal(err)
		}
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := Open("PEER.DBF", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		same(t, texts(r), "Щукин Ёж|-5|true|2026-03-01|-7|0.5|2026-03-01T10:30:00")
	})
}

// BenchmarkGoDBase reads benchRows rows of a users table from a file, with
// go-dbase and with this package beside it.
func BenchmarkGoDBase(b *testing.B) {
	b.Chdir(b.TempDir())
	if err := os.WriteFile("USERS.DBF", benchTable(b, benchRows), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("dbfio", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, err := Open("USERS.DBF", nil)
			if err != nil {
				b.Fatal(err)
			}
			rows := 0
			for u, err := range Structs[user](r) {
				if err != nil || u.PIN == 0 {
					b.Fatal(u.PIN, err)
				}
				rows++
			}
			r.Close()
			if rows != benchRows {
				b.Fatal(rows)
			}
		}
	})
	b.Run("go-dbase", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			table, err := dbase.OpenTable(&dbase.Config{Filename: "USERS.DBF", TrimSpaces: true, Untested: true, ReadOnly: true,
				Converter: dbase.NewDefaultConverter(charmap.CodePage866)})
			if err != nil {
				b.Fatal(err)
			}
			rows := 0
			for !table.EOF() {
				row, err := table.Next()
				if err != nil || len(row.Values()) != len(benchColumns) {
					b.Fatal(err)
				}
				rows++
			}
			table.Close()
			if rows != benchRows {
				b.Fatal(rows)
			}
		}
	})
}
