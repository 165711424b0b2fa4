package marking

import "iter"

// Warning is something about a code that was read, and is good, that support
// should know: the scanner is badly set up, or the code is unusual.
type Warning uint8

// The warnings. The zero value is none.
const (
	WarnNone            Warning = iota
	WarnCheckDigit              // the GTIN's check digit is wrong, as in test codes of a fiscal storage (M2)
	WarnChecksum                // the checksum of the tail does not hold: misread, or a code of type 4 (M6)
	WarnTailLength              // AI 92 has neither 44 nor 88 characters (M4)
	WarnRestored                // separators were lost and put back (M43)
	WarnAmbiguous               // two readings fit, the full code was taken (M12)
	WarnNonstandard             // the code fits no layout (M11)
	WarnPlainDataMatrix         // prefix ]d1, plain DataMatrix, before a code with AIs (M1)
	WarnExtraGS                 // separators at the end or doubled (M13)
	WarnSpelling                // GS arrived as text (M20)
	WarnKeyboard                // typed under the Russian layout or CapsLock (M21)
	warningCount        = iota
)

var warningCodes = [warningCount]string{
	WarnCheckDigit:      CodeWarnCheckDigit,
	WarnChecksum:        CodeWarnChecksum,
	WarnTailLength:      CodeWarnTailLength,
	WarnRestored:        CodeWarnRestored,
	WarnAmbiguous:       CodeWarnAmbiguous,
	WarnNonstandard:     CodeWarnNonstandard,
	WarnPlainDataMatrix: CodeWarnPlainDataMatrix,
	WarnExtraGS:         CodeWarnExtraGS,
	WarnSpelling:        CodeWarnSpelling,
	WarnKeyboard:        CodeWarnKeyboard,
}

// The codes of warnings.
const (
	CodeWarnCheckDigit      = "MARK-WARN-CHECK-DIGIT"       // of WarnCheckDigit
	CodeWarnChecksum        = "MARK-WARN-CHECKSUM"          // of WarnChecksum
	CodeWarnTailLength      = "MARK-WARN-TAIL-LENGTH"       // of WarnTailLength
	CodeWarnRestored        = "MARK-WARN-RESTORED"          // of WarnRestored
	CodeWarnAmbiguous       = "MARK-WARN-AMBIGUOUS"         // of WarnAmbiguous
	CodeWarnNonstandard     = "MARK-WARN-NONSTANDARD"       // of WarnNonstandard
	CodeWarnPlainDataMatrix = "MARK-WARN-PLAIN-DATA-MATRIX" // of WarnPlainDataMatrix
	CodeWarnExtraGS         = "MARK-WARN-EXTRA-GS"          // of WarnExtraGS
	CodeWarnSpelling        = "MARK-WARN-SPELLING"          // of WarnSpelling
	CodeWarnKeyboard        = "MARK-WARN-KEYBOARD"          // of WarnKeyboard
)

// Code returns the stable code, "" for WarnNone and for values that are no warning.
func (w Warning) Code() string {
	if int(w) < len(warningCodes) {
		return warningCodes[w]
	}
	return ""
}

// String is Code.
func (w Warning) String() string { return w.Code() }

// Message returns a sentence for support: what was seen and what to do. lang is
// "ru"; any other language gives English.
func (w Warning) Message(lang string) string { return message(w.Code(), lang, nil) }

// MarshalText writes the code.
func (w Warning) MarshalText() ([]byte, error) { return []byte(w.Code()), nil }

// UnmarshalText reads a code; an unknown one is an error with [CodeName].
func (w *Warning) UnmarshalText(text []byte) error {
	for i, code := range warningCodes {
		if code == string(text) {
			*w = Warning(i)
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "warning"})
}

// warnings is a set of Warning.
type warnings uint16

func (s *warnings) set(w Warning)     { *s |= 1 << w }
func (s warnings) has(w Warning) bool { return s>>w&1 != 0 }

// Warned says whether the code carries the warning.
func (c Code) Warned(w Warning) bool { return w < warningCount && c.warnings.has(w) }

// Warnings returns what is unusual about the code or about how it arrived.
func (c Code) Warnings() iter.Seq[Warning] {
	return func(yield func(Warning) bool) {
		for w := WarnNone + 1; w < warningCount; w++ {
			if c.warnings.has(w) && !yield(w) {
				return
			}
		}
	}
}

// warn records what the way of the scan says about the scanner.
func (c *Code) warn(done steps, spelled []string) {
	if done.has(stepPlainDataMatrix) && (c.kind == KindGS1M || c.kind == KindGS1) {
		c.warnings.set(WarnPlainDataMatrix)
	}
	if done.has(stepTrailingGS | stepDoubleGS) {
		c.warnings.set(WarnExtraGS)
	}
	if done.has(stepLayoutUndone) {
		c.warnings.set(WarnKeyboard)
	}
	if len(spelled) > 0 {
		c.warnings.set(WarnSpelling)
	}
}
