package marking

import (
	"iter"
	"slices"
	"strconv"
)

// steps are the things that reading did to a scan, as a bit set.
type steps uint8

const (
	stepLayoutUndone steps = 1 << iota
	stepPrefixStripped
	stepPlainDataMatrix // the prefix was ]d1
	stepLeadingGS
	stepTrailingGS
	stepDoubleGS
	stepCaseSwapped
)

func (s *steps) set(bit steps)     { *s |= bit }
func (s steps) has(bit steps) bool { return s&bit != 0 }

// ActionKind names something that reading did to a scan.
type ActionKind uint8

// The actions, in the order in which they are done. The zero value is none.
const (
	ActionNone              ActionKind = iota
	ActionLayoutUndone                 // the scan was typed under the Russian keyboard layout
	ActionGSTranslated                 // a spelling of GS became GS; Spelling tells which
	ActionPrefixStripped               // a symbology prefix was taken off
	ActionLeadingGSStripped            // a GS in front was taken off
	ActionGSTrailingDropped            // a GS at the end was taken off
	ActionGSDoubleCollapsed            // two GS in a row became one
	ActionGSRestored                   // a lost GS was put back; Offset tells where
	ActionCaseSwapped                  // the case of all letters was swapped: CapsLock was on
)

var actionNames = [...]string{
	"", "layout-undone", "gs-translated", "prefix-stripped", "leading-gs-stripped",
	"gs-trailing-dropped", "gs-double-collapsed", "gs-restored", "case-swapped",
}

// String returns the stable name, "" for ActionNone and for values that are no action.
func (k ActionKind) String() string {
	if int(k) < len(actionNames) {
		return actionNames[k]
	}
	return ""
}

// MarshalText writes the name.
func (k ActionKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name that String returned; any other name is an error
// with [CodeName].
func (k *ActionKind) UnmarshalText(text []byte) error {
	i := slices.Index(actionNames[:], string(text))
	if i < 0 {
		return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "action"})
	}
	*k = ActionKind(i)
	return nil
}

// Action is one thing that reading did to a scan.
type Action struct {
	// Kind is what was done.
	Kind ActionKind
	// Offset, for ActionGSRestored: the offset in the code without GS, before
	// which a GS was put.
	Offset int
	// Spelling, for ActionGSTranslated: what stood for GS, as it arrived. The
	// byte E8 is written 0xE8; the characters U+00E8, U+241D and U+FFFD by their
	// numbers.
	Spelling string
}

// String returns the stable form: "gs-restored@31", "gs-translated:[GS]",
// "prefix-stripped".
func (a Action) String() string {
	switch a.Kind {
	case ActionGSRestored:
		return a.Kind.String() + "@" + strconv.Itoa(a.Offset)
	case ActionGSTranslated:
		return a.Kind.String() + ":" + a.Spelling
	}
	return a.Kind.String()
}

// Actions tells what was done to the scan, in the order in which it was done.
func (c Code) Actions() iter.Seq[Action] {
	return func(yield func(Action) bool) {
		for _, k := range [...]ActionKind{
			ActionLayoutUndone, ActionGSTranslated, ActionPrefixStripped, ActionLeadingGSStripped,
			ActionGSTrailingDropped, ActionGSDoubleCollapsed, ActionGSRestored, ActionCaseSwapped,
		} {
			if !c.yieldActions(k, yield) {
				return
			}
		}
	}
}

func (c *Code) yieldActions(k ActionKind, yield func(Action) bool) bool {
	switch k {
	case ActionGSTranslated:
		for _, s := range c.spelled {
			if !yield(Action{Kind: k, Spelling: spellingName(s)}) {
				return false
			}
		}
		return true
	case ActionGSRestored:
		for _, at := range c.restored[:c.restores] {
			if !yield(Action{Kind: k, Offset: int(at)}) {
				return false
			}
		}
		return true
	}
	return !c.steps.has(stepOf[k]) || yield(Action{Kind: k})
}

// spellingName is how a spelling is shown: text as it arrived, characters that a
// reader could not tell from others by their number.
func spellingName(s string) string {
	switch s {
	case "\xe8":
		return "0xE8"
	case "\u00e8":
		return "U+00E8"
	case "\u241d":
		return "U+241D"
	case "\ufffd":
		return "U+FFFD"
	}
	return s
}

// stepOf maps the actions that a bit records.
var stepOf = [...]steps{
	ActionLayoutUndone:      stepLayoutUndone,
	ActionPrefixStripped:    stepPrefixStripped,
	ActionLeadingGSStripped: stepLeadingGS,
	ActionGSTrailingDropped: stepTrailingGS,
	ActionGSDoubleCollapsed: stepDoubleGS,
	ActionCaseSwapped:       stepCaseSwapped,
}
