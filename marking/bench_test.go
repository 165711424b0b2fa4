package marking_test

import (
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
)

// BenchmarkParse and BenchmarkRestore go through the layout table; their
// numbers are compared in pairs.
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
