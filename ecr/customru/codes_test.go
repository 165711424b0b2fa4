package customru_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr/customru"
)

func TestCodeTable(t *testing.T) {
	t.Run("E15 every row of the table has its number, class and two meanings", func(t *testing.T) {
		f, err := os.Open("testdata/codes.txt")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows := map[uint16]bool{}
		for s := bufio.NewScanner(f); s.Scan(); {
			row := strings.Split(s.Text(), "\t")
			if len(row) != 4 {
				t.Fatalf("%q", s.Text())
			}
			n, err := strconv.ParseUint(row[0], 10, 16)
			if err != nil {
				t.Fatal(err)
			}
			rows[uint16(n)] = true
			e := &customru.DeviceError{Number: uint16(n), Cmd: customru.CmdCashIn}
			if e.Class().String() != row[1] || e.Name("ru") != row[2] || e.Name("en") != row[3] {
				t.Errorf("%d is %v %q %q, want %v", n, e.Class(), e.Name("ru"), e.Name("en"), row[1:])
			}
			for lang, advice := range map[string]string{"ru": e.Class().Advice("ru"), "en": e.Class().Advice("en")} {
				if m := e.Message(lang); !strings.Contains(m, e.Name(lang)) || !strings.Contains(m, row[0]) || !strings.HasSuffix(m, " · "+advice+".") {
					t.Errorf("%d: %q", n, m)
				}
			}
		}
		for n := range 65536 {
			if e := (&customru.DeviceError{Number: uint16(n)}); rows[uint16(n)] != (e.Name("en") != "") {
				t.Errorf("%d: in the table %v, known %v", n, rows[uint16(n)], e.Name("en"))
			}
		}
		if len(rows) != 291 {
			t.Errorf("%d rows", len(rows))
		}
	})
}
