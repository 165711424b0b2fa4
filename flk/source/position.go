package source

import (
	"regexp"
	"strconv"
	"strings"
)

// query is a position of a protocol, understood.
type query struct {
	steps     []step // of an XPath
	line, col int    // of a place; col 0: the whole line
}

// step is one step of the XPath subset.
type step struct {
	name string // "*" any
	nth  int    // 0: the first that fits
	any  bool   // reached by //
	attr bool
}

var (
	placePattern = regexp.MustCompile(`^(\d{1,9})\s*:\s*(\d{1,9})$`)
	linePattern  = regexp.MustCompile(`(?i)(?:строка|стр\.|line)\s*(?:№\s*)?:?\s*(\d{1,9})(?:\s*[,;:]?\s*(?:столбец|позиция|колонка|column|col\.?|поз\.)\s*:?\s*(\d{1,9}))?`)
	namePattern  = regexp.MustCompile(`^local-name\(\)\s*=\s*['"]([^'"]+)['"]$`)
)

// parsePosition understands an XPath of the subset, "12:5" and "строка 12".
func parsePosition(s string) (query, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "/") {
		steps, ok := parsePath(s)
		return query{steps: steps}, ok
	}
	for _, pattern := range []*regexp.Regexp{placePattern, linePattern} {
		if m := pattern.FindStringSubmatch(s); m != nil {
			line, _ := strconv.Atoi(m[1])
			col, _ := strconv.Atoi(m[2])
			return query{line: line, col: col}, line > 0
		}
	}
	return query{}, false
}

// parsePath understands /a/b[2]/@c, //b, prefixes (dropped), *, text() at the
// end, and *[local-name()='b'][2].
func parsePath(s string) ([]step, bool) {
	var steps []step
	for s != "" {
		rest, ok := strings.CutPrefix(s, "/")
		if !ok {
			return nil, false
		}
		var st step
		if s, st.any = strings.CutPrefix(rest, "/"); !st.any {
			s = rest
		}
		end := stepEnd(s)
		text := s[:end]
		s = s[end:]
		if text == "text()" && s == "" && len(steps) > 0 && !st.any {
			break
		}
		if text, st.attr = strings.CutPrefix(text, "@"); st.attr && s != "" {
			return nil, false
		}
		if !st.parse(text) {
			return nil, false
		}
		steps = append(steps, st)
	}
	return steps, len(steps) > 0 && !steps[0].attr
}

// stepEnd finds the slash behind a step, over predicates.
func stepEnd(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '/':
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

func (st *step) parse(text string) bool {
	name, rest, _ := strings.Cut(text, "[")
	if i := strings.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if st.name = strings.TrimSpace(name); st.name == "" || strings.ContainsAny(st.name, "()=. \t") && !strings.Contains(st.name, ".") {
		return false
	}
	for rest != "" {
		inside, after, ok := strings.Cut(rest, "]")
		if !ok {
			return false
		}
		inside = strings.TrimSpace(inside)
		if m := namePattern.FindStringSubmatch(inside); m != nil && st.name == "*" && st.nth == 0 {
			st.name = m[1]
		} else if n, err := strconv.Atoi(inside); err == nil && n > 0 && st.nth == 0 && !st.any {
			st.nth = n
		} else {
			return false
		}
		if rest, ok = strings.CutPrefix(strings.TrimSpace(after), "["); !ok && rest != "" {
			return false
		}
	}
	return true
}
