package marking_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// table reads the lines of a test file, split at TAB; # begins a comment.
func table(t testing.TB, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// vectors are the real and test codes of testdata/marks.tsv, by their number.
func vectors(t testing.TB) map[string]string {
	t.Helper()
	list := map[string]string{}
	for _, f := range table(t, "marks.tsv") {
		code, err := marking.DecodeHex(f[1])
		require.NoError(t, err)
		list[f[0]] = code
	}
	return list
}

func read(t testing.TB, scan string) marking.Code {
	t.Helper()
	c, err := marking.Read(scan, nil)
	require.NoError(t, err, "%q", scan)
	return c
}

// actions is what was done, as marking-scan prints it.
func actions(c marking.Code) []string {
	list := []string{}
	for a := range c.Actions() {
		list = append(list, a.String())
	}
	return list
}

func warned(c marking.Code) []marking.Warning {
	list := []marking.Warning{}
	for w := range c.Warnings() {
		list = append(list, w)
	}
	return list
}

func elements(c marking.Code) string {
	var list []string
	for e := range c.Elements() {
		list = append(list, e.AI+"="+e.Value)
	}
	return strings.Join(list, " ")
}

// refused is the code of the error that reading a scan gives.
func refused(t testing.TB, scan string) *marking.Error {
	t.Helper()
	c, err := marking.Read(scan, nil)
	require.Error(t, err, "%q was read as %v", scan, c)
	var e *marking.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, marking.Code{}, c)
	return e
}

// The whole answer for each vector, with its separators.
func TestVectors(t *testing.T) {
	codes := vectors(t)
	for id, want := range map[string]struct {
		kind     marking.Kind
		layout   marking.Layout
		identity string
		elements string
		checksum marking.Checksum
		typ      marking.RegisterType
		offsets  []string
	}{
		"1":  {marking.KindGS1M, marking.LayoutL88Serial13, "010290000000776521&d>V)0S>8fqDt", "01=02900000007765 21=&d>V)0S>8fqDt 91=8023 92=HUwL7ZRe79iU1uDW29owQD7VlDJa3Y5kDwEOwoD56cLGDMpYqjdID1dj+CCSmcrKLcnDlNDbMO4ZQLOTwTPaEg==", marking.ChecksumNone, 2, []string{"gs-restored@31", "gs-restored@37"}},
		"2":  {marking.KindGS1M, marking.LayoutL88Serial14, "010123456789012321&dAIMqnpEQnQ!!", "01=01234567890123 21=&dAIMqnpEQnQ!! 91=0058 92=1gx+7D2jIWGSo6LLr1FMGiETo7Ez6k4fr9D8FZwEmJqIWtivlAGjqEP8OspoVeIKiP4OkzmSCzRXmEUygvkKQw==", marking.ChecksumNone, 2, []string{"gs-restored@32", "gs-restored@38"}},
		"3":  {marking.KindGS1M, marking.LayoutL88Serial14, "010123456789012321soTr9,r!/bMc3r", "01=01234567890123 21=soTr9,r!/bMc3r 91=0058 92=pRJrcYZjki4XIC0ts7MMAE4xs18rlFDHLWypN/TaTckLbz919gqHTlIqi+ONEIOwxSRjBplVPfzIg4dPvFRxRg==", marking.ChecksumNone, 2, []string{"gs-restored@32", "gs-restored@38"}},
		"4":  {marking.KindGS1M, marking.LayoutS13, "0104603934000748215rRFTn7CqRO6f", "01=04603934000748 21=5rRFTn7CqRO6f 93=AZub", marking.ChecksumNone, 5, []string{"gs-restored@31"}},
		"5":  {marking.KindGS1M, marking.LayoutS6, `0104603745968015215YJF"Z`, `01=04603745968015 21=5YJF"Z 93=NGv1`, marking.ChecksumNone, 5, []string{"gs-restored@24"}},
		"6":  {marking.KindGS1M, marking.LayoutL44Serial20, "010290000005737121oUbNp4ImG7'3xa.R'X:W", "01=02900000057371 21=oUbNp4ImG7'3xa.R'X:W 91=TEST 92=dGVzdOmMebPKZi7YvQhSZnNuz4pbVmlMw/vkk3TktoA=", marking.ChecksumOK, 3, []string{"gs-restored@38", "gs-restored@44"}},
		"7":  {marking.KindGS1M, marking.LayoutL44Serial13, "010460398800901821A607HFH2F8A72", "01=04603988009018 21=A607HFH2F8A72 91=EE06 92=6JA7SufMj6E1o7P99EZkFxZc4XRV8LwK5P8w7V60GcA=", marking.ChecksumOK, 3, []string{"gs-restored@31", "gs-restored@37"}},
		"8":  {marking.KindGS1M, marking.LayoutL44Serial13, "010467000816368521bvSqkCsuoAyR5", "01=04670008163685 21=bvSqkCsuoAyR5 91=EE09 92=bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=", marking.ChecksumOK, 3, []string{"gs-restored@31", "gs-restored@37"}},
		"9":  {marking.KindGS1M, marking.LayoutL44Serial13, "0104640203820010211000000119818", "01=04640203820010 21=1000000119818 91=EE08 92=SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo=", marking.ChecksumOK, 3, []string{"gs-restored@31", "gs-restored@37"}},
		"13": {marking.KindGS1M, marking.LayoutS6W, "0104610053149777215d/wuU", "01=04610053149777 21=5d/wuU 93=dGVz 3103=123456", marking.ChecksumNone, 5, []string{"gs-restored@24", "gs-restored@30"}},
		"16": {marking.KindGS1M, marking.LayoutS7V, "0104610053147452215d,OiLl", "01=04610053147452 21=5d,OiLl 93=dGVz 3350=123456", marking.ChecksumNone, 5, []string{"gs-restored@25", "gs-restored@31"}},
		"41": {marking.KindGS1M, marking.LayoutP7, "010462930887704421DzkcYt2", "01=04629308877044 21=DzkcYt2 8005=090000 93=dGVz", marking.ChecksumNone, 5, []string{"gs-restored@25", "gs-restored@35"}},
		"47": {marking.KindKMK, marking.LayoutNone, "04601653035829H;dV)bF", "gtin=04601653035829 serial=H;dV)bF price=ABVU check=dGVz", marking.ChecksumNone, 1, []string{}},
		"62": {marking.KindFur, marking.LayoutNone, "RU-401301-AAA02770301", "", marking.ChecksumNone, 0, []string{}},
		"64": {marking.KindEGAIS2, marking.LayoutNone, "NU5DBKYDOT17ID980726019", "", marking.ChecksumNone, 0, []string{}},
	} {
		t.Run(id, func(t *testing.T) {
			code := codes[id]
			require.NotEmpty(t, code)
			for _, c := range []marking.Code{read(t, code), read(t, markingtest.DropGS(code))} {
				assert.Equal(t, want.kind, c.Kind())
				assert.Equal(t, want.layout, c.Layout())
				assert.Equal(t, want.identity, c.Identity())
				assert.Equal(t, want.elements, elements(c))
				assert.Equal(t, want.checksum, c.Checksum())
				assert.Equal(t, want.typ, marking.Predict(c.Text()))
				assert.Equal(t, code, c.Text())
				assert.False(t, c.Ambiguous())
				for e := range c.Elements() {
					assert.Equal(t, e.Value, c.Text()[e.Offset:e.Offset+len(e.Value)])
				}
			}
			whole, restored := read(t, code), read(t, markingtest.DropGS(code))
			assert.Empty(t, actions(whole))
			assert.Equal(t, want.offsets, actions(restored))
		})
	}
	// The block of cigarettes carries a 92 of 8 characters between 93 and 240:
	// sound elements, but no row of the table.
	block := codes["58"]
	assert.Equal(t, marking.CodeGSInconsistent, refused(t, block).Code())
	assert.Equal(t, marking.CodeUnrestorable, refused(t, markingtest.DropGS(block)).Code())
	c, err := marking.Read(block, &marking.Options{Nonstandard: true})
	require.NoError(t, err)
	assert.True(t, c.Nonstandard())
	assert.Equal(t, "01=04600439931256 21=JgXJ5.T 8005=112000 93=0001 92=3zbrLA== 240=14276281", elements(c))
	assert.Equal(t, marking.TypeTail4, marking.Predict(block))
	assert.Len(t, codes, 16)
}

// Every sample that the source prints, as text and as hex, gives the same code.
func TestSourceSamples(t *testing.T) {
	rows := table(t, "source-samples.tsv")
	require.Len(t, rows, 14)
	codes := map[string]bool{}
	for _, c := range vectors(t) {
		codes[c] = true
	}
	for _, f := range rows {
		scan := f[0]
		if strings.Contains(scan, " ") {
			text, err := marking.DecodeHex(scan)
			require.NoError(t, err)
			assert.Equal(t, scan, marking.EncodeHexPairs(text), "M23: the source's own form")
			scan = text
		}
		c := read(t, scan)
		assert.True(t, codes[c.Text()], "%v is one of the vectors", c)
		assert.Equal(t, f[1], c.Layout().String())
		assert.Equal(t, f[2], marking.Predict(scan).String(), "as sent: %v", c)
		assert.True(t, marking.Predict(c.Text()).Good())
		assert.Equal(t, f[3], strconv.Itoa(len(actions(c))))
	}
}
