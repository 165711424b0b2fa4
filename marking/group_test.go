package marking_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The group table against its source, testdata/groups.tsv, number by number.
func TestGroups(t *testing.T) {
	excise, expiry := []int{3, 12, 15, 16, 22}, []int{8, 13, 15, 22, 23}
	seen := map[int]bool{}
	for _, f := range table(t, "groups.tsv") {
		names := strings.Split(f[1], ", ")
		for i, number := range strings.Split(f[0], ", ") {
			id, err := strconv.Atoi(number)
			require.NoError(t, err)
			g, ok := marking.FindGroup(id)
			require.True(t, ok, id)
			seen[id] = true
			if len(names) > 1 {
				assert.Equal(t, names[i], g.Code)
				byCode, ok := marking.FindGroupByCode(names[i])
				assert.True(t, ok)
				assert.Equal(t, g, byCode)
			} else if id == 3 {
				assert.Equal(t, "tobacco", g.Code)
			} else {
				assert.Equal(t, f[1], g.Code)
			}
			checkTails(t, g, f[3], f[4])
			assert.Equal(t, slices.Contains(excise, id), g.Excise, id)
			assert.Equal(t, slices.Contains(expiry, id), g.Expires, id)
		}
	}
	list := marking.Groups()
	assert.Len(t, seen, len(list))
	assert.True(t, slices.IsSortedFunc(list, func(a, b marking.Group) int { return a.ID - b.ID }))
	list[0].Layouts[0] = marking.LayoutNone
	assert.NotEqual(t, list[0], marking.Groups()[0], "the caller owns the table")
	_, ok := marking.FindGroup(11)
	assert.False(t, ok)
	_, ok = marking.FindGroupByCode("")
	assert.False(t, ok)

	t.Run("M9 many groups share a layout: it tells none", func(t *testing.T) {
		sharing := 0
		for _, g := range list {
			if slices.Contains(g.Layouts, marking.LayoutL44Serial13) {
				sharing++
			}
		}
		assert.Greater(t, sharing, 20)
		codes := vectors(t)
		milk, _ := marking.FindGroup(8)
		assert.True(t, milk.Allows(read(t, codes["5"])))
		assert.True(t, milk.Allows(read(t, codes["13"])))
		assert.False(t, milk.Allows(read(t, codes["7"])))
		tobacco, _ := marking.FindGroup(3)
		for _, id := range []string{"41", "47"} {
			assert.True(t, tobacco.Allows(read(t, codes[id])))
		}
		assert.True(t, tobacco.Allows(read(t, markingtest.New(1).Code(marking.LayoutP7With240))))
		assert.False(t, tobacco.Allows(read(t, "4606203090785")))
	})
}

var serialNumber = regexp.MustCompile(`\d+`)

// checkTails holds a group's layouts against the columns "serial length" and "tails".
func checkTails(t *testing.T, g marking.Group, serial, tails string) {
	t.Helper()
	names := map[string]bool{}
	for _, l := range g.Layouts {
		names[l.String()] = true
	}
	has := func(prefix string) bool {
		for n := range names {
			if strings.HasPrefix(n, prefix) {
				return true
			}
		}
		return false
	}
	tail := regexp.MustCompile(`\([^)]*\)|\[[^]]*\]`).ReplaceAllString(tails, "")
	assert.Equal(t, strings.Contains(tail, "L44"), has("L44"), "%d %s", g.ID, tails)
	assert.Equal(t, strings.Contains(tail, "L88") || strings.Contains(tails, "(88"), has("L88"), "%d %s", g.ID, tails)
	assert.Equal(t, regexp.MustCompile(`\bS\b`).MatchString(tail), has("S"), "%d %s", g.ID, tails)
	assert.Equal(t, strings.Contains(tails, "310"), has("W+") && has("S6+W"), g.ID)
	assert.Equal(t, strings.Contains(tails, "335"), has("S7+V"), g.ID)
	if strings.Contains(tails, "8005") {
		assert.True(t, has("P7"))
	}
	if strings.Contains(tails, "КМК") {
		assert.Contains(t, g.Kinds, marking.KindKMK)
	}
	assert.Equal(t, serial == "-", len(g.Layouts) == 0 && !slices.Contains(g.Kinds, marking.KindKMK), g.ID)
	lengths := serialNumber.FindAllString(serial, -1)
	for _, row := range marking.Layouts() {
		if names[row.Layout.String()] {
			assert.Contains(t, lengths, strconv.Itoa(row.Serial), "%d %v", g.ID, row.Layout)
		}
	}
}
