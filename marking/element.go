package marking

import (
	"strconv"
	"strings"
)

// identifier finds the application identifier at the beginning of s: its
// length, and the length of its value, 0 for one that runs to GS or the end (M5).
func identifier(s string) (ai, fixed int) {
	if len(s) < 2 {
		return 0, 0
	}
	switch s[:2] {
	case "01":
		return 2, 14
	case "11", "17":
		return 2, 6
	case "21", "91", "92", "93", "10":
		return 2, 0
	case "24":
		if strings.HasPrefix(s, "240") {
			return 3, 0
		}
	case "80":
		if strings.HasPrefix(s, "8005") {
			return 4, 0
		}
	case "31", "33":
		if len(s) >= 4 && (s[:3] == "310" || s[:3] == "335") && s[3] >= '0' && s[3] <= '5' {
			return 4, 6
		}
	}
	return 0, 0
}

// split finds the elements of a code of the GS1 family whose characters are
// legal; none stands twice, so there are at most maxElements. The error is the
// first thing that is wrong with them; what stands behind an unknown or repeated
// identifier is not looked at.
func (c *Code) split(s string) *Error {
	var wrong *Error
	note := func(e *Error) {
		if wrong == nil {
			wrong = e
		}
	}
	c.count = 0
	for at := 0; at < len(s); {
		ai, fixed := identifier(s[at:])
		if ai == 0 {
			note(newError(CodeUnknownAI, place(s, at), arg{"ai", leading(s[at:])}))
			return wrong
		}
		value := at + ai
		end := len(s)
		if i := strings.IndexByte(s[value:], GS); i >= 0 {
			end = value + i
		}
		if fixed > 0 && value+fixed < end {
			end = value + fixed
		}
		for i := range c.elements[:c.count] {
			if e := c.elements[i]; base(s[e.start:e.value]) == base(s[at:value]) {
				note(newError(CodeDuplicateAI, "AI "+s[at:value], arg{"ai", s[at:value]}))
				return wrong
			}
		}
		if e := badValue(s[at:value], s[value:end], value); e != nil {
			note(e)
		}
		c.elements[c.count] = span{uint16(at), uint16(value), uint16(end)}
		c.count++
		at = end
		if at < len(s) && s[at] == GS {
			if at++; at == len(s) {
				note(newError(CodeGSInconsistent, place(s, at-1)))
			}
		}
	}
	return wrong
}

// base is an identifier without the number of decimals: 310 for 310x.
func base(ai string) string {
	if len(ai) == 4 && ai[0] == '3' {
		return ai[:3]
	}
	return ai
}

// leading is what an error may show of an unknown identifier: not more than four digits.
func leading(s string) string {
	n := 0
	for n < len(s) && n < 4 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}

// badValue holds a value against rules M3 and M4.
func badValue(ai, value string, at int) *Error {
	low, high := 1, 20 // 21, 10
	numeric := false
	switch ai {
	case "01":
		low, high, numeric = 14, 14, true
	case "91", "93":
		low, high = 4, 4
	case "92":
		high = maxTail
	case "240":
		high = max240
	case "11", "17", "8005":
		low, high, numeric = 6, 6, true
	default:
		if len(ai) == 4 { // 310x, 335x
			low, high, numeric = 6, 6, true
		}
	}
	if numeric {
		for i := range min(len(value), high) {
			if value[i] < '0' || value[i] > '9' {
				shown, _ := decode(value[i:])
				return newError(CodeIllegalCharacter, "character "+strconv.Itoa(at+i+1), arg{"character", shown})
			}
		}
	}
	if len(value) >= low && len(value) <= high {
		return nil
	}
	if len(value) > high {
		if next, _ := identifier(value[high:]); next > 0 || ai == "21" {
			return newError(CodeGSInconsistent, "AI "+ai)
		}
	}
	want := strconv.Itoa(high)
	if low < high {
		want = strconv.Itoa(low) + ".." + want
	}
	return newError(CodeBadLength, "AI "+ai, arg{"length", len(value)}, arg{"want", want})
}
