package customrutest

import (
	"slices"
	"strings"

	"github.com/obmen-go/obmen/ecr/customru"
)

// place says where a tag of D8H may stand.
type place int

const (
	beforeItem  place = 1 << iota // S: before the item, for the next one only
	beforeClose                   // T: directly before 85H
)

// tagRule is what D8H knows of a tag.
type tagRule struct {
	place      place
	limit      int
	repeatable bool
	valid      func(string) bool
}

// tagRules are the tags that a receipt may take.
var tagRules = map[uint16]tagRule{
	1005: {beforeItem | beforeClose, 255, false, nil},
	1008: {beforeClose, 64, false, func(s string) bool { return isPhone(s) || strings.Count(s, "@") == 1 }},
	1016: {beforeItem | beforeClose, 12, false, isINN},
	1026: {beforeItem | beforeClose, 64, false, nil},
	1044: {beforeItem | beforeClose, 24, false, nil},
	1057: {beforeClose, 1, false, nil},
	1073: {beforeItem | beforeClose, 19, true, isPhone},
	1074: {beforeItem | beforeClose, 19, true, isPhone},
	1075: {beforeItem | beforeClose, 19, true, isPhone},
	1171: {beforeItem | beforeClose, 19, true, isPhone},
	1222: {beforeItem, 1, false, nil},
	1225: {beforeItem, 255, false, nil},
	1226: {beforeItem, 12, false, isINN},
}

func isPhone(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func isINN(s string) bool {
	return (len(s) == 10 || len(s) == 12) && strings.Trim(s, "0123456789") == ""
}

// pendingTags are the tags that wait for their item or for the close.
type pendingTags []pendingTag

type pendingTag struct {
	number uint16
	value  []byte
	old    bool // another command came after it: lost to the close
}

// grow lets the tags grow older by a command that is neither D8H nor 85H. The
// agent's flags of the receipt were sent before it was opened and stay.
func (p pendingTags) grow() {
	for i := range p {
		p[i].old = p[i].number != uint16(customru.TagAgent)
	}
}

// take removes the tags that belong to a place and returns them.
func (p *pendingTags) take(where place) (taken [][]byte) {
	kept := (*p)[:0]
	for _, t := range *p {
		switch {
		case tagRules[t.number].place&where == 0:
			kept = append(kept, t)
		case where == beforeClose && t.old:
		default:
			taken = append(taken, tag(t.number, t.value))
		}
	}
	*p = kept
	return taken
}

func (p *pendingTags) drop(number uint16) {
	*p = slices.DeleteFunc(*p, func(t pendingTag) bool { return t.number == number })
}

// maxPending bounds the repeatable ones.
const maxPending = 64

// tag is D8H.
func (x *call) tag() fault {
	number, operation := x.in.U16(), x.in.U8()
	value := x.in.Prefixed()
	if x.in.Err != nil || len(x.in.Data) > 0 {
		return fault{code: codeLength}
	}
	if number == 0 {
		x.tags = nil
		return fault{}
	}
	rule, known := tagRules[number]
	switch {
	case operation != 0:
		return fault{codeBadValue, 3}
	case !known, number == customru.TagItemAgent && x.state != stateAccum:
		return fault{codeTag, int(number)}
	case len(value) == 0:
		x.tags.drop(number)
		return fault{}
	case len(value) > rule.limit:
		return fault{codeTextLong, int(number)}
	case rule.valid != nil && !rule.valid(string(value)):
		return fault{codeBadText, int(number)}
	}
	if !rule.repeatable {
		x.tags.drop(number)
	}
	if len(x.tags) >= maxPending {
		return fault{codeTag, int(number)}
	}
	x.tags = append(x.tags, pendingTag{number: number, value: append([]byte(nil), value...)})
	return fault{}
}
