package flk

import (
	"strconv"
	"strings"
)

// parsePlace reads what place writes.
func parsePlace(s string) (Pos, bool) {
	rest, ok := strings.CutPrefix(s, placeLine)
	if !ok {
		return Pos{}, false
	}
	line, col, ok := strings.Cut(rest, placeColumn)
	l, err1 := strconv.ParseInt(line, 10, 32)
	c, err2 := strconv.ParseInt(col, 10, 32)
	return Pos{int32(l), int32(c)}, ok && err1 == nil && err2 == nil
}
