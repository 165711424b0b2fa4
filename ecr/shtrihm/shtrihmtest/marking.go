package shtrihmtest

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// Verdict is what the marking server says of a mark, and whether the fiscal
// drive keeps it.
type Verdict int

// The verdicts. Zero means VerdictOK.
const (
	VerdictOK       Verdict = iota // [M+]
	VerdictNegative                // [M-]
	VerdictTimeout                 // the server was asked and did not answer
	VerdictOff                     // there is no link to the server
	VerdictNoSave                  // [M+], but the result is not kept when it is accepted
)

var verdictNames = [...]string{"ok", "negative", "timeout", "off", "nosave"}

// String returns the name, or Verdict(N) for a value that is none.
func (v Verdict) String() string {
	if v >= 0 && int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// MarshalText writes the name.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for n, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(n)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q, known are %v", text, verdictNames)
}

// MarkRule is the verdict for the marks that match.
type MarkRule struct {
	Pattern *regexp.Regexp // matched against the bytes sent, with GS as 1Dh
	Verdict Verdict        // what is said of them
}

// marks is the marking memory.
type marks struct {
	check *checked // under check: FF61h was answered, FF69h is awaited
	saved []checked
	sent  uint32 // notifications made so far
}

// checked is a mark with the result of its check.
type checked struct {
	mark   []byte
	kind   byte
	result byte // tag 2106
	noSave bool
}

// MaxSaved is how many results the fiscal drive keeps.
const MaxSaved = 128

// Types of marks (tag 2100).
const (
	kindUnknown = 0
	kindShort   = 1
	kind88      = 2 // the only one that the fiscal drive checks itself
	kind44      = 3
	kind4       = 5
	kindNoMark  = 255
)

// Bits of the result of a check (tag 2106).
const (
	resultLocal    = 1 | 2 // checked by its own check code, positive
	resultPositive = 15    // [M+]
	resultNegative = 5     // [M-]
)

// sold ends the life of the results with the receipt.
func (m *marks) sold(r *receipt) {
	m.saved, m.check = nil, nil
	if r.marked() > 0 {
		m.sent++
	}
}

func (r *receipt) marked() int {
	n := 0
	for _, it := range r.items {
		if it.marked {
			n++
		}
	}
	if r.next.marked {
		n++
	}
	return n
}

func (r *receipt) holds(mark []byte) bool {
	for _, it := range append(r.items[:len(r.items):len(r.items)], r.next) {
		if it.marked && bytes.Equal(it.mark, mark) {
			return true
		}
	}
	return false
}

// verdict is what the server says; without a link it says nothing.
func (r *Register) verdict(mark []byte) Verdict {
	if !r.set(tableOFD, fieldOnlineKeys) {
		return VerdictOff
	}
	for _, rule := range r.opt.Marks {
		if rule.Pattern.Match(mark) {
			return rule.Verdict
		}
	}
	return r.opt.Online
}

// acceptsBad says whether codes that are not recognised pass as type 0.
func (r *Register) acceptsBad() bool {
	if r.opt.CashCore && r.set(tableMode, fieldAllCodes) {
		return true
	}
	return r.set(tableRegional, fieldAcceptBad)
}

// Planned statuses (tag 2003) of FF61h.
var plannedStatus = map[byte]bool{1: true, 2: true, 3: true, 4: true, 255: true}

const tagQuantity = 1023

// checkMark is FF61h.
func (x *call) checkMark() byte {
	status, mode, size, extra := x.in.U8(), x.in.U8(), int(x.in.U8()), int(x.in.U8())
	if size+extra != len(x.in.Data) {
		return errLength
	}
	mark := append([]byte(nil), x.in.Bytes(size)...)
	list := x.in.Rest()
	switch {
	case !x.shift.open || x.receipt != nil:
		return shtrihm.ErrorMode
	case x.expired():
		return shtrihm.ErrorShiftLong
	case !plannedStatus[status] || mode != 0:
		return shtrihm.ErrorParameters
	}
	for e, err := range shtrihm.TLVs(list) {
		if err != nil || x.opt.CashCore && e.Tag == tagQuantity && (status == 1 || status == 3) {
			return shtrihm.ErrorParameters
		}
	}
	if len(x.marks.saved) >= MaxSaved {
		return shtrihm.ErrorMarkingFull
	}
	kind := byte(kindUnknown)
	if size > 0 {
		kind = x.opt.Recognise(mark)
	}
	if kind == kindUnknown && (size == 0 || !x.acceptsBad()) {
		return shtrihm.ErrorNotRecognised
	}
	x.answerCheck(mark, kind)
	return 0
}

// answerCheck writes the answer of FF61h and puts the mark under check.
func (x *call) answerCheck(mark []byte, kind byte) {
	if kind == kindNoMark {
		x.marks.check = nil // nothing for the fiscal drive
		x.out = append(x.out, 0, 1, kind, 0)
		return
	}
	verdict := x.verdict(mark)
	if kind == kindUnknown && verdict == VerdictOK {
		verdict = VerdictNegative // nobody has sold such a code
	}
	local, reason, result := byte(0), byte(1), byte(0)
	switch {
	case kind == kind88 && verdict == VerdictNegative:
		local, reason = 1, 0
	case kind == kind88:
		local, reason, result = 3, 0, resultLocal
	case kind == kindUnknown:
		reason = 3
	}
	x.out = append(x.out, local, reason, kind)
	switch verdict {
	case VerdictOff:
		x.out = append(x.out, 0)
	case VerdictTimeout:
		x.out = append(x.out, 1, 0xFF)
	case VerdictNegative:
		result = resultNegative
		x.out = append(x.out, 2, 0, result)
	default:
		result = resultPositive
		x.out = append(x.out, 2, 0, result)
	}
	x.marks.check = &checked{mark, kind, result, verdict == VerdictNoSave}
}

// acceptMark is FF69h: 0 declines, 1 accepts, 2 clears all that is kept.
func (x *call) acceptMark() byte {
	decision := x.in.U8()
	m := &x.marks
	switch {
	case decision > 2:
		return shtrihm.ErrorParameters
	case decision == 2:
		m.saved, m.check = nil, nil
		x.put(0, 1)
		return 0
	case m.check == nil:
		return shtrihm.ErrorMarkingSequence
	}
	c := *m.check
	m.check = nil
	if decision == 1 {
		switch {
		case c.noSave && x.set(tableRegional, fieldStoreFault):
			return shtrihm.ErrorNotRecognised
		case !c.noSave:
			m.saved = append(m.saved, c)
		}
	}
	x.put(uint64(c.result), 1)
	return 0
}

// bindMark is FF67h. The result of the check must be kept; what is no mark at
// all, and an empty code, need none.
func (x *call) bindMark() byte {
	size := int(x.in.U8())
	mark := append([]byte(nil), x.in.Bytes(size)...)
	sorted := len(x.in.Data) == 1 && x.in.Data[0] == 0xFF // объёмно-сортовой учёт
	if x.in.Err != nil || len(x.in.Rest()) > 0 && !sorted {
		return errLength
	}
	r := x.receipt
	switch {
	case r == nil:
		return shtrihm.ErrorMode
	case r.kind != receiptSale && r.kind != receiptSaleReturn:
		return errOperation
	}
	it := &r.next
	if !x.opt.CashCore {
		if len(r.items) == 0 {
			return errTLVOrder
		}
		it = &r.items[len(r.items)-1]
	}
	if it.marked {
		return errTLVOrder
	}
	code, kind, refusal := x.itemCode(mark, sorted)
	if refusal != 0 {
		return refusal
	}
	it.marked, it.mark = true, mark
	x.out = append(x.out, byte(code>>8), byte(code), kind)
	return 0
}

// itemCode tells what FF67h answers: the code's type and that of the mark.
func (x *call) itemCode(mark []byte, sorted bool) (code uint16, kind byte, refusal byte) {
	if len(mark) == 0 {
		return 0, kindNoMark, 0
	}
	if sorted {
		if code = sortedCodes[len(mark)]; code == 0 || !digits(mark) {
			return 0, 0, shtrihm.ErrorNotRecognised
		}
		return code, kindNoMark, 0
	}
	if x.receipt.holds(mark) {
		return 0, 0, shtrihm.ErrorNotRecognised
	}
	k := x.opt.Recognise(mark)
	if k == kindUnknown && !x.acceptsBad() {
		return 0, 0, shtrihm.ErrorNotRecognised
	}
	if k != kindNoMark && !x.kept(mark) {
		return 0, 0, shtrihm.ErrorNotChecked
	}
	switch k {
	case kindNoMark:
		if code = plainCodes[len(mark)]; code != 0 && digits(mark) {
			return code, kindNoMark, 0
		}
		return codeDataMatrix, kindNoMark, 0
	case kindUnknown:
		return 0, kindNoMark, 0
	}
	if code = otherMark(mark); code != 0 {
		return code, kindNoMark, 0
	}
	return codeDataMatrix, markKinds[k], 0
}

func (x *call) kept(mark []byte) bool {
	for _, c := range x.marks.saved {
		if bytes.Equal(c.mark, mark) {
			return true
		}
	}
	return false
}

// markKinds are the types of FF67h by those of FF61h (decision for type 5).
var markKinds = map[byte]byte{kindShort: 2, kind88: 0, kind44: 3, 4: 3, kind4: 1}

// markingStatus is FF70h.
func (x *call) markingStatus() byte {
	m := &x.marks
	bound := 0
	if x.receipt != nil {
		bound = x.receipt.marked()
	}
	state, commands := byte(1), byte(1|1<<5)
	if len(m.saved) > 0 {
		commands |= 1 << 2
	}
	if m.check != nil {
		state, commands = 4, 1|1<<1|1<<2|1<<5
	}
	if len(m.saved) >= MaxSaved {
		state, commands = 0, commands&^1
	}
	notification := byte(0)
	if bound > 0 {
		notification = 1
	}
	x.out = append(x.out, state, notification, commands, byte(len(m.saved)), byte(bound), 0)
	x.put(0, 2)
	return 0
}

// notifications is FF68h: all were delivered.
func (x *call) notifications() byte {
	x.put(0, 1)
	x.put(0, 2)
	x.put(uint64(x.marks.sent), 4)
	x.putDate(x.lastDocument(), "YMDhm")
	x.put(0, 1)
	return 0
}
