package marking_test

import (
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	s13  = "0104603934000748215rRFTn7CqRO6f\x1d93AZub"
	kmk  = "04601653035829H;dV)bFABVUdGVz"
	long = "010460398800901821A607HFH2F8A72\x1d91EE06\x1d926JA7SufMj6E1o7P99EZkFxZc4XRV8LwK5P8w7V60GcA="
)

func TestPrefixes(t *testing.T) {
	for _, p := range []string{"]d2", "]C1", "]Q3", "]e0", "\xe8", "\u00e8", "]E0", "]E4", "]C0", "]L0", "]L1", "]L2", "]Q1", "]d1"} {
		t.Run("M1 prefix stripped: "+strings.ToValidUTF8(p, "0xE8"), func(t *testing.T) {
			for _, code := range []string{s13, kmk, "4606203090785"} {
				c := read(t, p+code)
				assert.Equal(t, code, c.Text())
				assert.Equal(t, []string{"prefix-stripped"}, actions(c))
				assert.Equal(t, p+code, c.Original())
			}
		})
		t.Run("M1 only once: "+strings.ToValidUTF8(p, "0xE8"), func(t *testing.T) {
			refused(t, p+p+s13)
			refused(t, p+"\x1d"+s13)
		})
	}
	t.Run("M1 leading GS", func(t *testing.T) {
		assert.Equal(t, []string{"leading-gs-stripped"}, actions(read(t, "\x1d"+s13)))
		assert.Equal(t, []string{"leading-gs-stripped", "gs-double-collapsed"}, actions(read(t, "\x1d\x1d"+s13)))
		assert.Equal(t, []string{"gs-translated:{FNC1}", "leading-gs-stripped"}, actions(read(t, "{FNC1}"+s13)))
		assert.Equal(t, []string{"gs-translated:<GS>", "leading-gs-stripped"}, actions(read(t, "<GS>"+s13)))
	})
	t.Run("M1 ]d1 is a warning where identifiers follow", func(t *testing.T) {
		assert.Equal(t, []marking.Warning{marking.WarnPlainDataMatrix}, warned(read(t, "]d1"+s13)))
		assert.Empty(t, warned(read(t, "]d1"+kmk)))
		assert.Empty(t, warned(read(t, "]d1RU-401301-AAA0277031")))
		assert.Empty(t, warned(read(t, "]d2"+s13)))
	})
}

func TestOrderOfReading(t *testing.T) {
	t.Run("M13 byte order mark and line ends", func(t *testing.T) {
		for _, scan := range []string{"\ufeff" + s13, s13 + "\r\n", "\t" + s13 + "\t\r\n", "\r\n\ufeff\t" + s13 + "\ufeff\r"} {
			c := read(t, scan)
			assert.Equal(t, s13, c.Text())
			assert.Empty(t, actions(c))
		}
	})
	t.Run("M13 trailing and double GS are dropped with a warning", func(t *testing.T) {
		c := read(t, s13+"\x1d")
		assert.Equal(t, []string{"gs-trailing-dropped"}, actions(c))
		assert.Equal(t, []marking.Warning{marking.WarnExtraGS}, warned(c))
		c = read(t, strings.ReplaceAll(long, "\x1d", "\x1d\x1d\x1d"))
		assert.Equal(t, long, c.Text())
		assert.Equal(t, []string{"gs-double-collapsed"}, actions(c))
		assert.Equal(t, []marking.Warning{marking.WarnExtraGS}, warned(c))
		assert.Equal(t, kmk, read(t, kmk+"\x1d\x1d").Text())
	})
	t.Run("M13 everything at once, told in order", func(t *testing.T) {
		scan := "\ufeff" + markingtest.OtherKeyboard("]d2"+strings.Replace(long[:37], "\x1d", "[GS][GS]", 1)+long[37:38]+long[39:]+"[GS]") + "\r\n"
		c := read(t, scan)
		assert.Equal(t, long, c.Text())
		assert.Equal(t, []string{"layout-undone", "gs-translated:[GS]", "prefix-stripped", "gs-trailing-dropped", "gs-double-collapsed", "gs-restored@37"}, actions(c))
		assert.Equal(t, scan, c.Original(), "M14")
	})
	t.Run("M14 the original is kept", func(t *testing.T) {
		scan := "]d2" + markingtest.OtherKeyboard(long)
		scan = strings.Replace(scan, "]d2", "ъв2", 1) + "\x1d"
		assert.Equal(t, scan, read(t, scan).Original())
		c, err := marking.Parse(markingtest.DropGS(s13), nil)
		require.NoError(t, err)
		assert.Equal(t, markingtest.DropGS(s13), c.Original())
		c, err = marking.Restore(markingtest.DropGS(s13))
		require.NoError(t, err)
		assert.Equal(t, markingtest.DropGS(s13), c.Original())
	})
}

func TestSpellings(t *testing.T) {
	for _, s := range []string{
		"↔", "[GS]", "<GS>", "{GS}", "(GS)", "|GS|", "^]", `\x1d`, `\x1D`, `\u001d`, `\u001D`, `\035`,
		`\\x1d`, `\\u001d`, `\\035`, "|ГС|", "_x001d_", "_x001D_", "&#x1D;", "&#x1d;", "&#29;", "\u241d",
		"~1", "~029", "\ufffd", "{FNC1}", "<FNC1>", "\u00e8", "[gs]",
	} {
		t.Run("M20 "+s, func(t *testing.T) {
			for id, code := range vectors(t) {
				if id == "58" {
					continue
				}
				c := read(t, markingtest.SpellGS(code, s))
				assert.Equal(t, code, c.Text())
				if strings.Contains(code, "\x1d") {
					shown := strings.NewReplacer("\u00e8", "U+00E8", "\u241d", "U+241D", "\ufffd", "U+FFFD").Replace(s)
					assert.Equal(t, []string{"gs-translated:" + shown}, actions(c), "once for each spelling")
					assert.Equal(t, []marking.Warning{marking.WarnSpelling}, warned(c)[len(warned(c))-1:])
				}
			}
		})
	}
	t.Run("M20 the byte 0xE8", func(t *testing.T) {
		assert.Equal(t, []string{"gs-translated:0xE8"}, actions(read(t, markingtest.SpellGS(long, "\xe8"))))
		c := read(t, "\xe8"+markingtest.SpellGS(long, "\xe8"))
		assert.Equal(t, []string{"gs-translated:0xE8", "prefix-stripped"}, actions(c))
		refused(t, strings.Replace(s13, "\x1d", "\u8000", 1)) // E8 80 80, a character of its own
	})
	t.Run("M20 two spellings in one scan", func(t *testing.T) {
		scan := strings.Replace(strings.Replace(long, "\x1d", "[GS]", 1), "\x1d", `\x1d`, 1)
		assert.Equal(t, []string{"gs-translated:[GS]", `gs-translated:\x1d`}, actions(read(t, scan)))
		assert.Equal(t, []string{"gs-translated:<GS>", "gs-double-collapsed"}, actions(read(t, strings.Replace(s13, "\x1d", "<GS><GS>", 1))))
	})
	t.Run("M20 what a serial may hold counts only before a known AI", func(t *testing.T) {
		for _, text := range []string{"<GS>", "(GS)", "_x001d_", "<FNC1>"} {
			serial := (text + "abcdefghijklm")[:13]
			code := "010460393400074821" + serial + "\x1d93AZub"
			c := read(t, code)
			assert.Equal(t, serial, c.Serial())
			assert.Empty(t, actions(c))
			for _, ai := range []string{"91", "92", "93", "8005", "240", "310", "335", "17", "10"} {
				c, err := marking.Read("0104603934000748215rR"+text+ai, nil)
				require.Error(t, err, "%v", c) // it was a separator, and what is behind it is too short
				assert.NotEqual(t, marking.CodeUnrestorable, err.(*marking.Error).Code(), ai)
			}
		}
		for _, text := range []string{"~1", "&#29;", "&#x1D;", "\ufffd"} {
			assert.Equal(t, marking.CodeIllegalCharacter, refused(t, "010460393400074821abcd"+text+"fghijkl\x1d93AZub").Code(), text)
		}
	})
}

func TestKeyboard(t *testing.T) {
	t.Run("M21 the Russian layout is undone", func(t *testing.T) {
		g := markingtest.New(21)
		for _, row := range marking.Layouts() {
			for range 200 {
				code := g.Row(row)
				typed := markingtest.OtherKeyboard(code)
				if typed == code || markingtest.OtherKeyboard("a"+code) == "ф"+code {
					continue // nothing in it that the layouts type differently
				}
				c, err := marking.Read(typed, nil)
				if err != nil && !strings.ContainsFunc(typed, func(r rune) bool { return r >= 'А' && r <= 'ё' }) {
					continue // no letter: nothing shows the layout
				}
				require.NoError(t, err, "%q", code)
				require.Equal(t, code, c.Text())
				require.Equal(t, "layout-undone", actions(c)[0])
			}
		}
		c := read(t, "0104603934000748215кКАЕт7СйКЩ6ахПЫъ93ФЯги")
		assert.Equal(t, s13, c.Text())
		assert.Equal(t, []string{"layout-undone", "gs-translated:[GS]"}, actions(c))
		assert.True(t, c.Warned(marking.WarnKeyboard))
	})
	t.Run("M21 the map is a bijection on set 82", func(t *testing.T) {
		seen := map[string]bool{}
		for _, r := range markingtest.Set82 {
			typed := markingtest.OtherKeyboard(string(r))
			assert.False(t, seen[typed], "%q", typed)
			seen[typed] = true
			// A Cyrillic letter beside it makes the scan a Russian one.
			c, err := marking.Read("010460393400074821"+typed+"ффффф"+"\x1d93"+"ФЯги", nil)
			require.NoError(t, err, "%q", r)
			assert.Equal(t, string(r)+"aaaaa", c.Serial())
		}
		assert.Len(t, seen, 82)
	})
	t.Run("M21 impossible characters: mixed layout", func(t *testing.T) {
		for scan, where := range map[string]string{
			"0104603934000748215кRFTn7CqRO6f\x1d93AZub": "character 21",
			"ё'": "character 2", "й<": "character 2", "Ж[": "character 2", "і104603934000748215": "character 1",
			"0104603934000748215кКАЕт7СйКЩ6а|GS|93ФЯги": "character 32",
		} {
			e := refused(t, scan)
			assert.Equal(t, marking.CodeMixedLayout, e.Code(), scan)
			assert.Equal(t, where, e.Path(), scan)
		}
	})
	t.Run("M21 CapsLock: the checksum of a 44-character tail decides", func(t *testing.T) {
		for _, scan := range []string{
			markingtest.FlipCase(long),
			markingtest.FlipCase(markingtest.DropGS(long)),
			markingtest.FlipCase("]d2" + markingtest.SpellGS(long, "[GS]")),
			markingtest.FlipCase(markingtest.OtherKeyboard(long)),
		} {
			c := read(t, scan)
			assert.Equal(t, long, c.Text(), "%q", scan)
			assert.Equal(t, marking.ChecksumOK, c.Checksum())
			all := actions(c)
			assert.Equal(t, "case-swapped", all[len(all)-1])
			assert.Equal(t, scan, c.Original())
		}
		c := read(t, markingtest.FlipCase(s13))
		assert.NotEqual(t, s13, c.Text(), "a short tail does not show it")
		assert.Empty(t, actions(c))
		damaged := strings.Replace(long, "SufM", "SufN", 1)
		c = read(t, damaged)
		assert.Equal(t, damaged, c.Text(), "a bad checksum either way: the code as it came")
		assert.Equal(t, marking.ChecksumBad, c.Checksum())
		// Under the Russian layout CapsLock also swaps the keys that are letters there only.
		g := markingtest.New(99)
		for range 500 {
			code := g.Code(marking.LayoutL44Serial20)
			c := read(t, markingtest.FlipCase(markingtest.OtherKeyboard(code)))
			require.Equal(t, code, c.Text())
		}
	})
}

func TestRefusals(t *testing.T) {
	long := strings.Repeat("1", marking.MaxScan+1)
	for _, c := range []struct{ scan, code, path string }{
		{"", marking.CodeNotRecognised, ""},
		{"\r\n", marking.CodeNotRecognised, ""},
		{"\x1d", marking.CodeNotRecognised, ""},
		{"hello", marking.CodeNotRecognised, ""},
		{"020460393400074821abcdef\x1d93AZub", marking.CodeNotRecognised, ""},                               // first AI 02
		{"4606203090784", marking.CodeNotRecognised, "check digit"},                                         // EAN-13
		{"RU-401301-AAA", marking.CodeNotRecognised, ""},                                                    // МИ
		{s13 + "\x1d93AZub", marking.CodeDuplicateAI, "AI 93"},                                              // repeated AI
		{"010460393400074821abcdefg\x1d93AZub\x1d93AZub", marking.CodeDuplicateAI, "AI 93"},                 // as long as S13
		{"010461005314977721abc\x1d3103123456\x1d3105123456", marking.CodeDuplicateAI, "AI 3105"},           // 310x twice
		{"0104603934000748215rRFTn7CqRO6f\x1d93AZu", marking.CodeBadLength, "AI 93"},                        // short 93
		{"0104603934000748215rRFTn7CqRO6f\x1d93AZubx", marking.CodeBadLength, "AI 93"},                      // long 93
		{"0104610053147452215d,OiLl\x1d93dGVz\x1d335012345", marking.CodeBadLength, "AI 3350"},              // 335x with 5 digits
		{"0104610053147452215d,OiLl\x1d93dGVz\x1d33501234x6", marking.CodeIllegalCharacter, "character 42"}, // and with a letter
		{"0104603934000748215rRFTn7CqRO6f\x1d94AZub", marking.CodeUnknownAI, "character 33"},                // unknown AI
		{"0104603934000748215rRFTn7CqRO6f\x1d93AZub\x1dxx", marking.CodeUnknownAI, "character 40"},
		{"0104603934000748215rRFTn7CqRO6f\x1d93AZub\x1d31091", marking.CodeUnknownAI, "character 40"}, // 310x, x above 5
		{kmk[:28], marking.CodeBadLength, ""},                                                         // pack of 28
		{kmk + "x", marking.CodeBadLength, ""},                                                        // pack of 30
		{kmk[:25], marking.CodeIncomplete, ""},                                                        // pack without its check
		{kmk[:21], marking.CodeIncomplete, ""},                                                        // pack without price and check
		{"14" + kmk[2:], marking.CodeNotRecognised, ""},                                               // pack, wrong check digit
		{"01460393400074821abcdef\x1d93AZub", marking.CodeBadLength, "AI 01"},                         // GTIN of 13 digits
		{"0104603934000748", marking.CodeIncomplete, "AI 21"},                                         // no serial
		{"010460393400074821", marking.CodeIncomplete, "AI 21"},                                       // an empty one
		{"0104603934000748215rR#Tn7CqRO6f\x1d93AZub", marking.CodeIllegalCharacter, "character 22"},
		{"0104603934000748215rRFTn7CqRO6f 93AZub", marking.CodeIllegalCharacter, "character 32"},
		{"0104603934000748215rRFTn7CqRO6f\x0093AZub", marking.CodeIllegalCharacter, "character 32"},
		{"0104603934000748215é", marking.CodeIllegalCharacter, "character 20"},
		{"0104603934000748215\xff", marking.CodeIllegalCharacter, "character 20"},
		{"]A0" + s13, marking.CodeIllegalCharacter, "character 1"},
		{long, marking.CodeBadLength, ""},
	} {
		e := refused(t, c.scan)
		assert.Equal(t, c.code, e.Code(), "%q", c.scan)
		assert.Equal(t, c.path, e.Path(), "%q", c.scan)
	}
	for _, parse := range []func(string) (marking.Code, error){
		marking.Restore, func(s string) (marking.Code, error) { return marking.Parse(s, nil) },
	} {
		_, err := parse(long)
		require.Error(t, err)
		_, err = parse("")
		require.Error(t, err)
		_, err = parse("]d2" + s13)
		require.Error(t, err, "a prefix is for Read")
	}
	for _, bad := range []string{"@", "#", "$", "^", "|", "~", "[", "]", "{", "}", `\`, " ", "`"} {
		t.Run("M3 never "+bad, func(t *testing.T) {
			code := "010460393400074821abc" + bad + "ef\x1d93AZub"
			e := refused(t, code)
			assert.Equal(t, marking.CodeIllegalCharacter, e.Code())
			// Not only in Read: a code that fits a row but for the character.
			for _, code := range []string{code, markingtest.DropGS(code)} {
				_, err := marking.Parse(code, nil)
				require.ErrorAs(t, err, &e)
				assert.Equal(t, marking.CodeIllegalCharacter, e.Code())
				_, err = marking.Restore(code)
				require.ErrorAs(t, err, &e)
				assert.Equal(t, marking.CodeIllegalCharacter, e.Code())
			}
		})
	}
	t.Run("M3 all of set 82", func(t *testing.T) {
		for _, r := range markingtest.Set82 {
			c := read(t, "010460393400074821abc"+string(r)+"ef\x1d93AZub")
			assert.Contains(t, c.Serial(), string(r))
		}
	})
}
