package marking_test

import (
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const egais3 = "136222000058810918QWERDFEWT5123456YGHFDSWERT56YUIJHGFDSAERTYUIOKJ8H" +
	"GFVCXZSDLKJHGFDSAOIPLMNBGHJYTRDFGHJKIREWSDFGHJIOIUTDWQASDFRETYUIUYGTREDFGHUYTREWQWE"

// The values of tag 1162 are those of the tax service's order, as far as it shows them.
func TestTags(t *testing.T) {
	codes := vectors(t)
	for _, c := range []struct {
		code  string
		tag   int
		value string
		hex   string
	}{
		{"46198488", 1301, "46198488", "45 08 00 00 02 C0 EE D8"},
		{"4606203090785", 1302, "4606203090785", "45 0D 04 30 77 19 57 61"},
		{"14601234567890", 1303, "14601234567890", "49 0E 0D 47 9D 66 52 D2"},
		{"010460043993125621JgXJ5.T", 1304, "010460043993125621JgXJ5.T", "44 4D 04 2F 1F 96 81 78 4A 67 58 4A 35 2E 54"},
		{codes["58"], 1305, "010460043993125621JgXJ5.T", "44 4D 04 2F 1F 96 81 78 4A 67 58 4A 35 2E 54 31 31 32 30 30 30"},
		{codes["4"], 1305, "0104603934000748215rRFTn7CqRO6f", ""},
		{"00000046198488X?io+qCABm8wAYa", 1306, "010000004619848821X?io+qC", "44 4D 00 00 02 C0 EE D8 58 3F 69 6F 2B 71 43 41 42 6D 38 20 20"},
		{"RU-401301-AAA0277031", 1307, "RU-401301-AAA0277031", "52 46 52 55 2D 34 30 31 33 30 31 2D 41 41 41 30 32 37 37 30 33 31"},
		{codes["62"], 1307, "RU-401301-AAA02770301", "52 46 52 55 2D 34 30 31 33 30 31 2D 41 41 41 30 32 37 37 30 33 30 31"},
		{codes["64"], 1308, "NU5DBKYDOT17ID980726019", "C5 14 4E 55 35 44 42 4B 59 44 4F 54 31 37 49 44 39 38 30 37 32 36 30 31 39"},
		{egais3, 1309, "13622200005881", "C5 1E 31 33 36 32 32 32 30 30 30 30 35 38 38 31"},
		{"001234567890123456" + "75", 1300, "00123456789012345675", "00 00 30 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 37 35"},
	} {
		code, err := marking.Read(c.code, &marking.Options{Nonstandard: true})
		require.NoError(t, err, c.code)
		tag, value := code.ProductTag()
		assert.Equal(t, c.tag, tag, c.code)
		assert.Equal(t, c.value, value, c.code)
		product := string(code.AppendProductCode([]byte("x")))
		assert.Equal(t, "x", product[:1])
		assert.LessOrEqual(t, len(product), 33)
		if c.hex != "" {
			assert.Equal(t, c.hex, marking.EncodeHexPairs(product[1:]), c.code)
		}
	}
	long, err := marking.Parse("010460043993125621"+strings.Repeat("s", 20)+"\x1d8005112000\x1d93AZub", &marking.Options{Nonstandard: true})
	require.NoError(t, err)
	assert.Len(t, long.AppendProductCode(nil), 32, "cut at the limit of the tag")
	var zero marking.Code
	tag, value := zero.ProductTag()
	assert.Equal(t, marking.TagProductUnknown, tag)
	assert.Empty(t, value)
	assert.Equal(t, []byte{0, 0}, zero.AppendProductCode(nil))
}
