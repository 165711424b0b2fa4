package marking_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The layout table and the error codes of the package comment are those of the code.
func TestDocumentation(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	_, text, _ := strings.Cut(string(doc), "//	id  ")
	text, _, _ = strings.Cut(text, "\n//\n")
	lines := strings.Split(text, "\n//	")[1:]
	list := marking.Layouts()
	require.Len(t, lines, len(list))
	for i, row := range list {
		length := strconv.Itoa(row.Length)
		if row.Length == 0 {
			length = fmt.Sprintf("%d+k", row.Offsets[2]+3)
		}
		f := strings.Fields(strings.TrimPrefix(lines[i], row.Layout.String()))
		require.True(t, strings.HasPrefix(lines[i], row.Layout.String()+" "), lines[i])
		assert.Equal(t, strconv.Itoa(row.Serial), f[0], lines[i])
		assert.Equal(t, length, f[1], lines[i])
		at := -1
		for k, ai := range row.AIs {
			next := strings.Index(lines[i], " "+ai)
			assert.Greater(t, next, at, lines[i])
			at = next
			if end := row.Length; end > 0 {
				if k+1 < len(row.Offsets) {
					end = row.Offsets[k+1]
				}
				width := len(ai)
				if ai == "310" || ai == "335" {
					width++
				}
				assert.Contains(t, lines[i][at:], "("+strconv.Itoa(end-row.Offsets[k]-width)+")")
			}
		}
	}
	for _, code := range []string{
		marking.CodeNotRecognised, marking.CodeIllegalCharacter, marking.CodeMixedLayout, marking.CodeGSInconsistent, marking.CodeUnrestorable,
		marking.CodeAmbiguous, marking.CodeDuplicateAI, marking.CodeUnknownAI, marking.CodeBadLength, marking.CodeIncomplete,
	} {
		assert.Contains(t, string(doc), "//	"+code+" ")
	}
}
