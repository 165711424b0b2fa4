package markingtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGenerator(t *testing.T) {
	g := markingtest.New(1)
	for _, row := range marking.Layouts() {
		for range 100 {
			for _, code := range []string{g.Row(row), g.Code(row.Layout)} {
				c, err := marking.Parse(code, nil)
				require.NoError(t, err, "%v %q", row.Layout, code)
				if c.Ambiguous() {
					continue
				}
				assert.Equal(t, row.Layout, c.Layout())
				assert.False(t, c.Warned(marking.WarnCheckDigit))
				assert.NotEqual(t, marking.ChecksumBad, c.Checksum())
			}
		}
	}
	assert.Empty(t, g.Code(marking.LayoutNone))
	assert.Empty(t, g.Barcode(1))
	assert.Len(t, g.Barcode(2), 2)
	one, two := markingtest.New(5), markingtest.New(5)
	assert.Equal(t, one.EGAIS3()+one.Fur()+one.KMK(100), two.EGAIS3()+two.Fur()+two.KMK(100), "a seed gives the same codes")
	for code, kind := range map[string]marking.Kind{
		g.KMK(8100): marking.KindKMK, g.Fur(): marking.KindFur, g.EGAIS2(): marking.KindEGAIS2, g.EGAIS3(): marking.KindEGAIS3, g.Barcode(13): marking.KindEAN13,
	} {
		c, err := marking.Parse(code, nil)
		require.NoError(t, err)
		assert.Equal(t, kind, c.Kind())
	}
	assert.Len(t, markingtest.Set82, 82)
}

func TestDamage(t *testing.T) {
	g := markingtest.New(2)
	code := g.Code(marking.LayoutL44Serial13)
	assert.NotContains(t, markingtest.DropGS(code), "\x1d")
	kept := map[int]bool{}
	for range 100 {
		some := g.DropSomeGS(code)
		kept[strings.Count(some, "\x1d")] = true
		assert.Equal(t, markingtest.DropGS(code), markingtest.DropGS(some))
	}
	assert.Len(t, kept, 3, "none, one and both were seen")
	assert.Equal(t, 2, strings.Count(markingtest.SpellGS(code, "[GS]"), "[GS]"))
	assert.Equal(t, code, markingtest.FlipCase(markingtest.FlipCase(code)))
	assert.NotEqual(t, code, markingtest.FlipCase(code))
	assert.Equal(t, "фМ.1\x1d", markingtest.OtherKeyboard("aV/1\x1d"))
	for range 100 {
		swapped := g.SwapCharacters(code)
		assert.Len(t, swapped, len(code))
		assert.NotEqual(t, code, swapped)
		cut := g.Cut(code)
		assert.True(t, len(cut) > 0 && len(cut) < len(code) && strings.HasPrefix(code, cut))
	}
	for _, same := range []string{"", "1", "11"} {
		assert.Equal(t, same, g.SwapCharacters(same))
	}
	assert.Equal(t, "1", g.Cut("1"))
}

func ExampleGenerator_Code() {
	g := markingtest.New(42)
	whole := g.Code(marking.LayoutL44Serial13)
	code, err := marking.Read(markingtest.DropGS(whole), nil)
	fmt.Println(code.Layout(), code.Checksum(), code.Text() == whole, err)
	// Output: L44-13 ok true <nil>
}
