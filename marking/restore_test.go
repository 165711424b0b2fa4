package marking_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// many is how many random codes a layout is tried with: 10⁵ with OBMEN_LONG=1.
func many() int {
	switch {
	case os.Getenv("OBMEN_LONG") == "1":
		return 100_000
	case testing.Short():
		return 1_000
	}
	return 10_000
}

func rowName(row marking.LayoutRow) string {
	name := row.Layout.String()
	if row.Layout == marking.LayoutIdentity {
		name += " " + string(rune('0'+row.Serial/10)) + string(rune('0'+row.Serial%10))
	}
	return name
}

// looksLikeS7 is M12's ambiguity: 31 characters whose serial has 93 at its
// characters 8 and 9.
func looksLikeS7(bare string) bool { return len(bare) == 31 && bare[25:27] == "93" }

func TestRestoreRandom(t *testing.T) {
	for _, row := range marking.Layouts() {
		t.Run("M10 all separators lost: "+rowName(row), func(t *testing.T) {
			t.Parallel()
			g := markingtest.New(uint64(row.Length))
			ambiguous := 0
			for range many() {
				code := g.Row(row)
				bare := markingtest.DropGS(code)
				c, err := marking.Parse(bare, nil)
				if err != nil {
					t.Fatalf("%q: %v", code, err)
				}
				if row.Layout == marking.LayoutIdentity && looksLikeS7(bare) {
					ambiguous++
					if !c.Ambiguous() || c.Layout() != marking.LayoutS7 {
						t.Fatalf("%q: %v", code, c)
					}
					continue
				}
				if c.Text() != code || c.Layout() != row.Layout || c.Ambiguous() != (row.Layout == marking.LayoutS7) {
					t.Fatalf("%q became %q, %v", code, c.Text(), c)
				}
			}
			if row.Serial == 13 && row.Layout == marking.LayoutIdentity {
				// One identity in 82² = 6724 looks like S7.
				t.Logf("%d of %d identities are ambiguous", ambiguous, many())
				assert.Less(t, ambiguous, 10+many()/1000)
			} else {
				assert.Zero(t, ambiguous)
			}
		})
		t.Run("M11 some separators lost: "+rowName(row), func(t *testing.T) {
			t.Parallel()
			g := markingtest.New(uint64(row.Length) + 1)
			for range many() {
				code := g.Row(row)
				damaged := g.DropSomeGS(code)
				c, err := marking.Parse(damaged, nil)
				switch {
				case row.Layout == marking.LayoutIdentity && looksLikeS7(code):
				case err != nil && err.(*marking.Error).Code() == marking.CodeGSInconsistent:
				case err != nil:
					t.Fatalf("%q: %v", damaged, err)
				case c.Text() != code:
					t.Fatalf("%q became %q instead of %q", damaged, c.Text(), code)
				}
			}
		})
		t.Run("M11 one separator too many: "+rowName(row), func(t *testing.T) {
			t.Parallel()
			g, r := markingtest.New(uint64(row.Length)+2), rand.New(rand.NewPCG(11, 11))
			for range many() / 5 {
				code := g.DropSomeGS(g.Row(row))
				at := 1 + r.IntN(len(code)-1)
				damaged := code[:at] + "\x1d" + code[at:]
				if c, err := marking.Parse(damaged, nil); err == nil && markingtest.DropGS(c.Text()) == markingtest.DropGS(code) {
					whole, err := marking.Restore(markingtest.DropGS(code))
					if err != nil || c.Text() != whole.Text() {
						t.Fatalf("%q became %q", damaged, c.Text())
					}
				} else if err == nil {
					t.Fatalf("%q became %q", damaged, c.Text())
				}
			}
		})
	}
}

// With 240 of any length in front of 91, only the whole code and the one of
// four characters may be read; nothing else may be said to be right.
func TestUnrestorable240(t *testing.T) {
	t.Run("M10 a 240 of free length before 91", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		g := markingtest.New(7)
		for range many() / 5 {
			extra := strings.Repeat("7", 1+r.IntN(30))
			code := g.Identity(13) + "\x1d240" + extra + "\x1d910001\x1d92" + g.Tail88()
			whole, err := marking.Parse(code, nil)
			require.NoError(t, err)
			require.Equal(t, marking.LayoutL88Serial13With240, whole.Layout())
			require.Equal(t, code, whole.Text())
			for _, damaged := range []string{markingtest.DropGS(code), g.DropSomeGS(code)} {
				c, err := marking.Parse(damaged, nil)
				if err == nil && c.Text() != code {
					t.Fatalf("%q became %q", damaged, c.Text())
				}
				if len(extra) != 4 && damaged == markingtest.DropGS(code) {
					require.Equal(t, marking.CodeUnrestorable, err.(*marking.Error).Code())
				}
			}
		}
	})
	for what, code := range map[string]string{
		"AI 10":     "0104601234567893215abcdefABCDEF10LOT7",
		"AI 17":     "0104601234567893215abcdefABCDEF17261231",
		"two AIs":   "0104601234567893215abcdefABCDEF1726123110LOT7",
		"no layout": "0104601234567893215abcdefABC",
	} {
		t.Run("M10 lost separators of "+what, func(t *testing.T) {
			assert.Equal(t, marking.CodeUnrestorable, refused(t, code).Code())
		})
	}
}

func TestFixedOffsets(t *testing.T) {
	t.Run("M10 digits of identifiers inside GTIN, serial and tail", func(t *testing.T) {
		for _, code := range []string{
			"0104693939300010219393939393939\x1d939393",
			"0109193929300016219193929391929\x1d919293\x1d92" + "9192939192939192939192939192939192939192939=",
			"010469393930001021939393\x1d939393\x1d3103930093",
			"010469393930001021310393\x1d3103930093\x1d939393",
			"0104693939300010219393939\x1d8005939393\x1d939393\x1d240939193",
		} {
			c, err := marking.Restore(markingtest.DropGS(code))
			require.NoError(t, err, "%q", code)
			assert.Equal(t, code, c.Text())
		}
	})
	t.Run("M10 the numeric values of 310x, 335x and 8005 must be digits", func(t *testing.T) {
		for _, bare := range []string{
			"010461005314977721" + "5d/wuU" + "93dGVz" + "310312345x",
			"010461005314977721" + "5d/wuU" + "93dGVz" + "310x123456",
			"010461005314977721" + "5d/wuU" + "93dGVz" + "3109123456",
			"010461005314745221" + "5d,OiLl" + "93dGVz" + "335012345x",
			"010462930887704421" + "DzkcYt2" + "800509000x" + "93dGVz",
		} {
			_, err := marking.Restore(bare)
			require.Error(t, err, bare)
			assert.Equal(t, marking.CodeUnrestorable, err.(*marking.Error).Code())
		}
	})
	t.Run("M10 a tail of 44 ends with =, the one behind 240 with ==", func(t *testing.T) {
		g := markingtest.New(3)
		for l, ending := range map[marking.Layout]string{marking.LayoutL44Serial13: "=", marking.LayoutL88Serial13With240: "=="} {
			bare := markingtest.DropGS(g.Code(l))
			require.True(t, strings.HasSuffix(bare, ending))
			_, err := marking.Restore(bare[:len(bare)-1] + "A")
			require.Error(t, err)
		}
	})
	t.Run("M10 Restore does not take a code as it stands", func(t *testing.T) {
		code := markingtest.New(5).Identity(13) + "\x1d910001\x1d92short"
		_, err := marking.Parse(code, nil)
		require.NoError(t, err)
		_, err = marking.Restore(code)
		require.Error(t, err)
		_, err = marking.Restore("4600000000000#")
		require.Error(t, err)
		ean, err := marking.Restore("4606203090785")
		require.NoError(t, err)
		assert.Equal(t, marking.KindEAN13, ean.Kind())
		whole := vectors(t)["7"]
		c, err := marking.Restore(whole)
		require.NoError(t, err)
		assert.Equal(t, whole, c.Text())
		assert.Empty(t, actions(c))
	})
}

func TestSeparators(t *testing.T) {
	codes := vectors(t)
	t.Run("M11 a separator behind 8005, 310x or 335x is put back", func(t *testing.T) {
		for code, want := range map[string]string{
			strings.Replace(codes["41"], "\x1d93", "93", 1):               "gs-restored@35",
			"010461005314977721" + "5d/wuU" + "\x1d3103123456" + "93dGVz": "gs-restored@34",
		} {
			c := read(t, code)
			assert.Equal(t, []string{want}, actions(c))
			assert.Equal(t, 2, strings.Count(c.Text(), "\x1d"))
		}
	})
	t.Run("M11 a separator that is no layout's", func(t *testing.T) {
		s13 := codes["4"]
		for _, scan := range []string{
			s13[:21] + "\x1d" + s13[21:],                        // inside the serial
			s13[:16] + "\x1d" + s13[16:],                        // behind the GTIN
			markingtest.DropGS(s13)[:21] + "\x1d" + "O6f93AZub", // and the right one lost
			"0104603934000748215rRFTn7CqRO\x1d93AZub",           // a serial of no layout
			"0104603934000748215rRFTn7CqRO6f\x1d910001",         // 91 without 92
			"0104603934000748215rRFTn7CqRO6f\x1d93AZub\x1d240123",
			"010460393400074821123456789012345678901\x1d93AZub",
			"0104603934000748215rRFTn7CqRO6f\x1d93AZub10LOT\x1d17261231",
		} {
			assert.Equal(t, marking.CodeGSInconsistent, refused(t, scan).Code(), "%q", scan)
		}
	})
	t.Run("M11 by option a nonstandard code", func(t *testing.T) {
		scan := "0104603934000748215rRFTn7CqRO\x1d10LOT\x1d17261231\x1d93AZub"
		c, err := marking.Read(scan, &marking.Options{Nonstandard: true})
		require.NoError(t, err)
		assert.Equal(t, marking.KindGS1M, c.Kind())
		assert.Equal(t, marking.LayoutNone, c.Layout())
		assert.Equal(t, []marking.Warning{marking.WarnNonstandard}, warned(c))
		assert.Equal(t, scan, c.Text())
		assert.Empty(t, actions(c))
		// What could be a layout with a lost separator is none the less restored.
		lost := strings.Replace(codes["7"], "\x1d91", "91", 1)
		c, err = marking.Read(lost, &marking.Options{Nonstandard: true})
		require.NoError(t, err)
		assert.Equal(t, codes["7"], c.Text())
		// Unsound elements stay refused, and so does a code without separators.
		for _, bad := range []string{"0104603934000748215rRFTn7CqRO\x1d10LOT\x1d10LOT", markingtest.DropGS(scan)} {
			_, err = marking.Read(bad, &marking.Options{Nonstandard: true})
			require.Error(t, err)
		}
		c, err = marking.Read("0104603934000748215rRF\x1d10LOT", &marking.Options{Nonstandard: true})
		require.NoError(t, err)
		assert.Equal(t, marking.KindGS1, c.Kind(), "no 91, 92, 93: not a mark")
	})
}

func TestAmbiguity(t *testing.T) {
	s7 := "010460123456789321abcdefg93AZub"
	t.Run("M12 31 characters: the full code wins", func(t *testing.T) {
		c := read(t, s7)
		assert.True(t, c.Ambiguous())
		assert.Equal(t, marking.LayoutS7, c.Layout())
		assert.Equal(t, []marking.Layout{marking.LayoutS7, marking.LayoutIdentity}, c.Candidates())
		assert.True(t, c.Warned(marking.WarnAmbiguous))
	})
	t.Run("M12 with its separator nothing is ambiguous", func(t *testing.T) {
		c := read(t, s7[:25]+"\x1d"+s7[25:])
		assert.False(t, c.Ambiguous())
		assert.Nil(t, c.Candidates())
		other := read(t, "0104601234567893215abcdefABCDEF")
		assert.False(t, other.Ambiguous())
		assert.Equal(t, marking.KindGS1, other.Kind())
	})
	t.Run("M12 P7+240 against ЕГАИС-2.0: the error lists the candidates", func(t *testing.T) {
		scan := "010460123456789321ABCDEFG" + "8005010000" + "93AZUB" + "240" + strings.Repeat("0", 24)
		require.Len(t, scan, 68)
		e := refused(t, scan)
		assert.Equal(t, marking.CodeAmbiguous, e.Code())
		assert.Equal(t, []string{"P7+240", "EGAIS2"}, e.Candidates())
		assert.Contains(t, e.Error(), "P7+240, EGAIS2")
		c := read(t, scan[:25]+"\x1d"+scan[25:])
		assert.Equal(t, marking.LayoutP7With240, c.Layout())
	})
}

func TestLayouts(t *testing.T) {
	list := marking.Layouts()
	assert.Len(t, list, 20)
	seen := map[string]bool{}
	for _, row := range list {
		g := markingtest.New(1)
		code := g.Row(row)
		if row.Length > 0 {
			assert.Len(t, markingtest.DropGS(code), row.Length, row.Layout)
		}
		assert.Equal(t, len(row.AIs), strings.Count(code, "\x1d"))
		assert.Len(t, row.Offsets, len(row.AIs))
		text, err := row.Layout.MarshalText()
		require.NoError(t, err)
		var back marking.Layout
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, row.Layout, back)
		seen[row.Layout.String()] = true
	}
	assert.Len(t, seen, 17)
	list[0].AIs[0] = "xx"
	assert.Equal(t, "93", marking.Layouts()[0].AIs[0], "the caller owns the table")
	var l marking.Layout
	require.NoError(t, l.UnmarshalText(nil))
	assert.Equal(t, marking.LayoutNone, l)
	require.Error(t, l.UnmarshalText([]byte("S8")))
	assert.Empty(t, marking.Layout(200).String())
}
