package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every vector, with its separators and without, as hex.
func TestMarkingScanVectors(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "marking", "testdata", "marks.tsv"))
	require.NoError(t, err)
	var whole, bare strings.Builder
	for line := range strings.Lines(string(data)) {
		hex := strings.Split(line, "\t")[1]
		code, err := marking.DecodeHex(hex)
		require.NoError(t, err)
		whole.WriteString(hex + "\n")
		bare.WriteString(strings.ToUpper(marking.EncodeHexPairs(markingtest.DropGS(code))) + "\n")
	}
	for name, in := range map[string]string{"vectors.jsonl": whole.String(), "vectors-without-gs.jsonl": bare.String()} {
		r := run(t, t.TempDir(), in, "marking-scan", "-hex")
		assert.Zero(t, r.code)
		assert.Empty(t, r.stderr)
		golden(t, "marking-scan/"+name, r.stdout)
	}
}

// Scans as scanners deliver them: one line each in testdata/marking-scan/scans.txt.
func TestMarkingScanScans(t *testing.T) {
	scans, err := os.ReadFile("testdata/marking-scan/scans.txt")
	require.NoError(t, err)
	r := run(t, t.TempDir(), string(scans), "marking-scan")
	assert.Zero(t, r.code)
	assert.Empty(t, r.stderr)
	golden(t, "marking-scan/scans.jsonl", r.stdout)
}

func TestMarkingScanLines(t *testing.T) {
	code := "0104603934000748215rRFTn7CqRO6f\x1d93AZub"
	answers := func(in string, args ...string) []map[string]any {
		t.Helper()
		r := run(t, t.TempDir(), in, "marking-scan", args...)
		require.Zero(t, r.code, r.stderr)
		var list []map[string]any
		for line := range strings.Lines(r.stdout) {
			var m map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &m))
			list = append(list, m)
		}
		return list
	}
	assert.Empty(t, answers(""))
	assert.Empty(t, answers("\n\r\n\n\ufeff\n"))
	assert.Empty(t, answers(" \n\t\n", "-hex"))
	assert.Len(t, answers("\n"+code+"\r\n\n"+code), 2, "the last line needs no end")
	assert.Equal(t, "not-recognised", answers("\t\n")[0]["code"])
	for in, want := range map[string]string{
		"30 3G":                                 "illegal-character",
		"303":                                   "bad-length",
		strings.Repeat("31", marking.MaxScan+1): "bad-length",
		strings.Repeat("31 ", 1_000_000):        "bad-length",
		strings.ToLower(marking.EncodeHexPairs(code[:20])): "unrestorable",
	} {
		assert.Equal(t, want, answers(in+"\n"+marking.EncodeHex(code), "-hex")[0]["code"])
		assert.Equal(t, "GS1M", answers(in+"\n"+marking.EncodeHex(code), "-hex")[1]["kind"])
	}
	long := answers(strings.Repeat("1", 5_000_000) + "\n" + code)
	assert.Equal(t, "bad-length", long[0]["code"])
	assert.Equal(t, "GS1M", long[1]["kind"])

	r := run(t, t.TempDir(), "", "marking-scan", "scans.txt")
	assert.Equal(t, 2, r.code)
	assert.Contains(t, r.stderr, "scans come on the standard input")
	r = run(t, t.TempDir(), "", "marking-scan", "-x")
	assert.Equal(t, 2, r.code)
	r = run(t, t.TempDir(), "", "marking-scan", "-h")
	assert.Zero(t, r.code)
	assert.Contains(t, r.stderr, "Usage: marking-scan [-hex] < SCANS")
}

// What marking-scan prints as code is the closed list of its contract.
func TestMarkingScanCodes(t *testing.T) {
	want := []string{"not-recognised", "illegal-character", "mixed-layout", "gs-inconsistent", "unrestorable", "ambiguous", "duplicate-ai", "unknown-ai", "bad-length", "incomplete"}
	data, err := os.ReadFile("testdata/marking-scan/scans.jsonl")
	require.NoError(t, err)
	seen := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		var m struct{ Code string }
		require.NoError(t, json.Unmarshal([]byte(line), &m))
		if m.Code != "" {
			assert.Contains(t, want, m.Code)
			seen[m.Code] = true
		}
	}
	assert.Len(t, seen, len(want), "the scans show every code")
}
