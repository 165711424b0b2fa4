package marking_test

import (
	"os"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
)

// BenchmarkParse and BenchmarkRestore go through the layout table with [marking.Read].
//
// Measured on two shared cores of an AMD EPYC: 100 to 260 ns with separators, up
// to 390 ns where a serial holds ( < or _, which may begin a spelling of GS; 160
// to 330 ns, up to 470 ns, restored; no allocation with separators, one where
// they are restored. What helped: one pass over the bytes that brings their
// classes together and so tells which steps can be left out; the checksum of a
// long tail without buffers, because those of base64 and crc32 escape.
func BenchmarkParse(b *testing.B) { benchmark(b, func(code string) string { return code }) }

func BenchmarkRestore(b *testing.B) { benchmark(b, markingtest.DropGS) }

func benchmark(b *testing.B, damage func(string) string) {
	g := markingtest.New(1)
	for _, row := range marking.Layouts() {
		code := damage(g.Row(row))
		b.Run(rowName(row), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := marking.Read(code, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	kmk := g.KMK(8100)
	b.Run("KMK", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := marking.Read(kmk, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestSpeed compares restoring with parsing, round by round, and takes the best
// round of each, so that other work on the machine does not matter.
func TestSpeed(t *testing.T) {
	if os.Getenv("OBMEN_LONG") != "1" {
		t.Skip("OBMEN_LONG=1 measures the speed")
	}
	g := markingtest.New(1)
	round := func(code string) time.Duration {
		const times = 20_000
		began := time.Now()
		for range times {
			if _, err := marking.Read(code, nil); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(began) / times
	}
	for _, row := range marking.Layouts() {
		code := g.Row(row)
		whole, restored := time.Hour, time.Hour
		for range 20 {
			whole = min(whole, round(code))
			restored = min(restored, round(markingtest.DropGS(code)))
		}
		t.Logf("%-16s %v with separators, %v restored", rowName(row), whole, restored)
		if whole > 500*time.Nanosecond || restored > 2*whole {
			t.Errorf("%s: %v with separators, %v restored", rowName(row), whole, restored)
		}
	}
}

// TestAllocations: a code with its separators is read without allocating, a
// restored one costs its normalised text.
func TestAllocations(t *testing.T) {
	g := markingtest.New(1)
	for _, row := range marking.Layouts() {
		code := g.Row(row)
		for scan, most := range map[string]float64{code: 1, markingtest.DropGS(code): 1} {
			n := testing.AllocsPerRun(100, func() {
				if _, err := marking.Read(scan, nil); err != nil {
					t.Fatal(err)
				}
			})
			if n > most {
				t.Errorf("%s: %v allocations", rowName(row), n)
			}
		}
	}
}
