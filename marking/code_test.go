package marking_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestElements(t *testing.T) {
	t.Run("M2 a wrong check digit is a warning", func(t *testing.T) {
		codes := vectors(t)
		for _, id := range []string{"2", "3"} {
			assert.Equal(t, []marking.Warning{marking.WarnCheckDigit}, warned(read(t, codes[id])))
		}
		assert.Empty(t, warned(read(t, codes["4"])))
		assert.Equal(t, byte('8'), marking.CheckDigit("0460393400074"))
		assert.Zero(t, marking.CheckDigit("046039340007x"))
	})
	t.Run("M3 serials of 1 to 20", func(t *testing.T) {
		opts := &marking.Options{Nonstandard: true}
		for n := range 22 {
			code := "010460393400074821" + strings.Repeat("s", n) + "\x1d10LOT\x1d93AZub"
			_, err := marking.Parse(code, opts)
			assert.Equal(t, n >= 1 && n <= 20, err == nil, "%d: %v", n, err)
		}
	})
	t.Run("M4 a 92 of another length passes with a warning", func(t *testing.T) {
		for tail, layout := range map[int]marking.Layout{8: marking.LayoutL44Serial13, 43: marking.LayoutL44Serial13, 87: marking.LayoutL88Serial13, 89: marking.LayoutL88Serial13} {
			c := read(t, "0104603934000748215rRFTn7CqRO6f\x1d910058\x1d92"+strings.Repeat("A", tail))
			assert.Equal(t, layout, c.Layout())
			assert.Equal(t, []marking.Warning{marking.WarnTailLength}, warned(c))
			assert.Equal(t, marking.ChecksumNone, c.Checksum())
		}
		// A 92 of 88 never makes a row of 44: this one lost the separator before its 240.
		g := markingtest.New(4)
		whole := g.Code(marking.LayoutL88Serial13With240)
		c := read(t, strings.Replace(whole, "\x1d240", "240", 1))
		assert.Equal(t, whole, c.Text())
	})
	t.Run("M4 lengths of the other identifiers", func(t *testing.T) {
		opts := &marking.Options{Nonstandard: true}
		for element, good := range map[string]bool{
			"911234": true, "91123": false, "9112345": false, "931234": true, "93123": false,
			"8005123456": true, "800512345": false, "80051234567": false, "800512345x": false,
			"240" + strings.Repeat("1", 30): true, "240" + strings.Repeat("1", 31): false, "240": false,
			"3105123456": true, "310512345": false, "3106123456": false, "3350123456": true, "335012345x": false,
			"17261231": true, "1726123": false, "10" + strings.Repeat("x", 20): true, "10" + strings.Repeat("x", 21): false,
			"11261231": true, "1126123a": false,
		} {
			_, err := marking.Parse("0104603934000748215rRFTn7CqRO\x1d"+element, opts)
			assert.Equal(t, good, err == nil, "%s: %v", element, err)
		}
	})
	t.Run("M5 identifiers of fixed length need no separator behind them", func(t *testing.T) {
		c, err := marking.Parse("0104603934000748215rRFTn7CqRO\x1d112601011726123131031234563350123456"+"93AZub\x1d10LOT", &marking.Options{Nonstandard: true})
		require.NoError(t, err)
		assert.Equal(t, "01=04603934000748 21=5rRFTn7CqRO 11=260101 17=261231 3103=123456 3350=123456 93=AZub 10=LOT", elements(c))
		assert.Equal(t, "LOT", c.Batch())
	})
	t.Run("M6 the checksum of a 44-character tail", func(t *testing.T) {
		g := markingtest.New(6)
		for range 1000 {
			code := g.Code(marking.LayoutL44Serial6)
			require.Equal(t, marking.ChecksumOK, read(t, code).Checksum())
			at := strings.Index(code, "\x1d92") + 3
			for i := at; i < at+43; i += 7 {
				wrong := byte('A')
				if code[i] == wrong {
					wrong = 'B'
				}
				c := read(t, code[:i]+string(wrong)+code[i+1:])
				require.Equal(t, marking.ChecksumBad, c.Checksum())
				require.True(t, c.Warned(marking.WarnChecksum))
			}
		}
		// Unused bits of the last character are zero; a character that is no base64 is bad as well.
		code := vectors(t)["6"]
		assert.Equal(t, marking.ChecksumBad, read(t, strings.Replace(code, "oA=", "oB=", 1)).Checksum())
		assert.Equal(t, marking.ChecksumBad, read(t, strings.Replace(code, "toA=", "t;A=", 1)).Checksum())
		// Swapped characters in the tail.
		for range 200 {
			c := g.Code(marking.LayoutL44Serial13)
			at := strings.Index(c, "\x1d92") + 3
			damaged := c[:at] + g.SwapCharacters(c[at:at+40]) + c[at+40:]
			require.Equal(t, marking.ChecksumBad, read(t, damaged).Checksum(), "%q", damaged)
		}
	})
}

func TestOtherKinds(t *testing.T) {
	g := markingtest.New(7)
	same := func(t *testing.T, code string, kind marking.Kind) marking.Code {
		t.Helper()
		c := read(t, code)
		require.Equal(t, kind, c.Kind(), "%q", code)
		require.Equal(t, code, c.Text())
		require.Equal(t, marking.LayoutNone, c.Layout())
		require.Empty(t, warned(c))
		return c
	}
	t.Run("M7 КМК", func(t *testing.T) {
		for range 1000 {
			code := g.KMK(8100)
			c := same(t, code, marking.KindKMK)
			assert.Equal(t, code[:21], c.Identity())
			assert.Equal(t, code[:14], c.GTIN())
			assert.Equal(t, code[14:21], c.Serial())
			assert.Equal(t, code[25:], c.Tail())
		}
		// With 01 in front, 21 at 16 and digits between them it is not one, though
		// its length and the check digit of its first 14 characters are right.
		gtin := "010460165303" + "5"
		gtin += string(marking.CheckDigit(gtin))
		same(t, gtin+"4x21bcd"+"ABVUdGVz", marking.KindKMK)
		e := refused(t, gtin+"4521bcd"+"ABVUdGVz")
		assert.Equal(t, marking.CodeUnrestorable, e.Code())
		assert.Equal(t, marking.TypeGS1, marking.Predict(gtin+"4521bcd"+"ABVUdGVz"), "01 and 21, 11 characters behind")
		for _, cut := range []int{22, 28} {
			e := refused(t, kmk[:cut])
			assert.Equal(t, marking.CodeBadLength, e.Code(), cut)
		}
		_, err := marking.Read(kmk[:14]+"\x1d"+kmk[15:], nil)
		require.Error(t, err, "a separator inside")
	})
	t.Run("M7 МИ", func(t *testing.T) {
		for range 100 {
			same(t, g.Fur(), marking.KindFur)
		}
		for _, bad := range []string{"RU-401301-AAA02770301x", "ru-401301-AAA0277031", "RU-40130A-AAA0277031", "RU_401301-AAA0277031", "RU-401301-AAA027703a", "R1-401301-AAA0277031", "1U-401301-AAA0277031", "rU-401301-AAA0277031"} {
			refused(t, bad)
		}
	})
	t.Run("M7 ЕГАИС", func(t *testing.T) {
		c := same(t, g.EGAIS2(), marking.KindEGAIS2)
		assert.Equal(t, c.Text()[8:31], c.Identity())
		c = same(t, g.EGAIS3(), marking.KindEGAIS3)
		assert.Equal(t, c.Text()[:14], c.Identity())
		refused(t, g.EGAIS2()[:67])
		refused(t, g.EGAIS2()[:67]+"a")
		refused(t, g.EGAIS3()+"0")
	})
	t.Run("M7 bar codes are no marks, SSCC an aggregate", func(t *testing.T) {
		for n, kind := range map[int]marking.Kind{8: marking.KindEAN8, 13: marking.KindEAN13, 14: marking.KindITF14, 18: marking.KindSSCC} {
			for range 100 {
				code := g.Barcode(n)
				c := same(t, code, kind)
				assert.Equal(t, code, c.Identity())
				assert.False(t, c.Kind().IsMark())
				wrong := code[:n-1] + string('0'+('9'-code[n-1]+1)%10)
				if wrong != code {
					refused(t, wrong)
				}
			}
		}
		c := same(t, "00"+g.Barcode(18), marking.KindSSCC)
		assert.Len(t, elements(c), len("00=")+18)
		assert.Equal(t, "00000046198488", read(t, "46198488").GTIN())
		assert.Equal(t, "04606203090785", read(t, "4606203090785").GTIN())
		assert.Equal(t, "14601234567890", read(t, "14601234567890").GTIN())
		for kind, want := range map[marking.Kind]bool{marking.KindGS1M: true, marking.KindKMK: true, marking.KindFur: true, marking.KindEGAIS2: true, marking.KindEGAIS3: true, marking.KindGS1: false, marking.KindUnknown: false} {
			assert.Equal(t, want, kind.IsMark())
		}
	})
	t.Run("M8 price codes", func(t *testing.T) {
		for code, want := range map[string]int64{"ABVU": 8100, "ACVU": 14500, "ADI8": 19900, "ABm8": 9500, "????": 80*80*80*80 - 1} {
			c := read(t, kmk[:21]+code+kmk[25:])
			kopecks, ok := c.Price()
			assert.True(t, ok)
			assert.Equal(t, want, kopecks, code)
			back, ok := marking.PriceCode(want)
			assert.True(t, ok)
			assert.Equal(t, code, back)
		}
		// The digits in their order, which is not that of ASCII: = stands before <.
		value := int64(0)
		for group := range strings.FieldsSeq("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 ! \" % & ' * + - . / _ , : ; = < > ?") {
			for _, digit := range group {
				c := read(t, kmk[:21]+"AAB"+string(digit)+kmk[25:])
				kopecks, ok := c.Price()
				assert.True(t, ok)
				assert.Equal(t, 80+value, kopecks, string(digit))
				value++
			}
		}
		assert.Equal(t, int64(80), value)
		for _, none := range []string{"AAAA", "AB(U", "AB)U"} {
			c := read(t, kmk[:21]+none+kmk[25:])
			_, ok := c.Price()
			assert.False(t, ok, none)
		}
		free, ok := marking.PriceCode(0)
		assert.True(t, ok)
		assert.Equal(t, "AAAA", free)
		for _, bad := range []int64{-1, 80 * 80 * 80 * 80} {
			_, ok := marking.PriceCode(bad)
			assert.False(t, ok)
		}
		assert.Equal(t, "AAAA", g.KMK(-1)[21:25])
	})
}

func TestValues(t *testing.T) {
	codes := vectors(t)
	_, ok := read(t, codes["41"]).Value("800")
	assert.False(t, ok, "only 310 and 335 stand for an identifier of four")
	_, ok = read(t, codes["13"]).Value("3102")
	assert.False(t, ok)
	kopecks, ok := read(t, codes["41"]).Price()
	assert.True(t, ok)
	assert.Equal(t, int64(90000), kopecks)
	weight, ok := read(t, codes["13"]).Weight()
	assert.True(t, ok)
	assert.Equal(t, int64(123_456_000), weight, "123.456 kg in milligrams")
	volume, ok := read(t, codes["16"]).Volume()
	assert.True(t, ok)
	assert.Equal(t, int64(123_456_000_000), volume, "123456 l in millionths")
	c := read(t, strings.Replace(codes["13"], "3103", "3105", 1))
	weight, _ = c.Weight()
	assert.Equal(t, int64(1_234_560), weight)
	_, ok = c.Volume()
	assert.False(t, ok)
	_, ok = c.Price()
	assert.False(t, ok)
	_, ok = read(t, codes["47"]).Weight()
	assert.False(t, ok)
	assert.Equal(t, "EE06", read(t, codes["7"]).KeyID())
	assert.Equal(t, "dGVz", read(t, codes["13"]).Tail())
	assert.Equal(t, "6JA7SufMj6E1o7P99EZkFxZc4XRV8LwK5P8w7V60GcA=", read(t, codes["7"]).Tail())
	assert.Empty(t, read(t, codes["62"]).Serial())
	assert.Empty(t, read(t, codes["62"]).GTIN())

	opts := &marking.Options{Nonstandard: true}
	for dates, want := range map[string][2]string{
		"11260105" + "17270228": {"2026-01-05", "2027-02-28"},
		"11260100" + "17280200": {"2026-01-31", "2028-02-29"},
		"11261301" + "17270230": {"", ""},
	} {
		c, err := marking.Parse("010460393400074821abc\x1d"+dates, opts)
		require.NoError(t, err)
		for i, get := range []func() (time.Time, bool){c.Produced, c.Expires} {
			day, ok := get()
			assert.Equal(t, want[i] != "", ok, dates)
			if ok {
				assert.Equal(t, want[i]+" 00:00:00", day.Format(time.DateTime))
			}
		}
	}
	_, ok = c.Expires()
	assert.False(t, ok)
	// Elements can be left early.
	for e := range c.Elements() {
		assert.Equal(t, "01", e.AI)
		break
	}
	for range c.Actions() {
		t.Fatal("no actions")
	}
	for w := range read(t, markingtest.DropGS(s13)+"\x1d").Warnings() {
		assert.Equal(t, marking.WarnRestored, w)
		break
	}
	for a := range read(t, "[GS]"+markingtest.DropGS(s13)+"\x1d").Actions() {
		assert.Equal(t, "gs-translated:[GS]", a.String())
		break
	}
	for a := range read(t, markingtest.DropGS(s13)).Actions() {
		assert.Equal(t, 31, a.Offset)
		break
	}
}

func TestHex(t *testing.T) {
	t.Run("M23 both ways", func(t *testing.T) {
		for _, code := range vectors(t) {
			c, err := marking.Read(code, &marking.Options{Nonstandard: true})
			require.NoError(t, err)
			for _, text := range []string{c.Hex(), c.HexPairs(), strings.ToLower(c.Hex()), " \t" + c.HexPairs() + " "} {
				back, err := marking.DecodeHex(text)
				require.NoError(t, err)
				assert.Equal(t, code, back)
			}
		}
		assert.Equal(t, "30 31 1D", marking.EncodeHexPairs("01\x1d"))
		assert.Equal(t, "30311D", marking.EncodeHex("01\x1d"))
		assert.Empty(t, marking.EncodeHexPairs(""))
	})
	t.Run("M23 wrong hex", func(t *testing.T) {
		_, err := marking.DecodeHex("303x")
		require.Error(t, err)
		assert.Equal(t, marking.CodeIllegalCharacter, err.(*marking.Error).Code())
		assert.Equal(t, "character 4", err.(*marking.Error).Path())
		_, err = marking.DecodeHex("30 3")
		require.Error(t, err)
		assert.Equal(t, marking.CodeBadLength, err.(*marking.Error).Code())
		assert.EqualError(t, err, "marking: hex: 3 characters instead of 4; scan again")
	})
}

func TestNothingLeaks(t *testing.T) {
	for _, code := range vectors(t) {
		c, err := marking.Read(code, &marking.Options{Nonstandard: true})
		require.NoError(t, err)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("scanned", "code", c)
		if tail := c.Tail(); tail != "" {
			for _, text := range []string{log.String(), c.String(), fmt.Sprintf("%v %+v %#v %s", c, c, c, &c)} {
				assert.NotContains(t, text, tail)
				assert.Contains(t, text, c.Kind().String())
			}
		}
		if len(code) < 30 {
			continue
		}
		for _, scan := range []string{code + "\x1d99XXYY", code[:20] + "#" + code[20:], "ф" + code, code + code} {
			if _, err := marking.Read(scan, nil); err != nil {
				e := err.(*marking.Error)
				for _, text := range []string{e.Error(), e.Message("ru"), e.Message("en")} {
					assert.NotContains(t, text, code[18:24])
					assert.NotContains(t, text, "{")
				}
			}
		}
	}
	var zero marking.Code
	assert.Equal(t, "UNKNOWN", zero.String())
	assert.Empty(t, zero.Text()+zero.Original()+zero.Serial()+zero.GTIN()+zero.Tail()+zero.Identity()+zero.KeyID()+zero.Hex())
}
