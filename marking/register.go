package marking

import (
	"strconv"
	"strings"
)

// RegisterType is what a register says a code is (MarkingType2, tag 2100; M30).
type RegisterType uint8

// The types. 1 to 5 can be sold, 0 and 255 cannot.
const (
	TypeUnidentified    RegisterType = 0   // not identified
	TypeKMK             RegisterType = 1   // the short code of a tobacco pack
	TypeTail88          RegisterType = 2   // a check code of 88 characters, verifiable in the fiscal storage
	TypeTail44          RegisterType = 3   // a check code of 44 characters
	TypeTail44InStorage RegisterType = 4   // a check code of 44 characters, verifiable in the fiscal storage
	TypeTail4           RegisterType = 5   // a check code of 4 characters
	TypeGS1             RegisterType = 255 // GS1 without a mark: as a rule, GS was lost
)

// Good says whether a code of this type can be sold.
func (t RegisterType) Good() bool { return t >= TypeKMK && t <= TypeTail4 }

// String returns the number, as the register's driver shows it.
func (t RegisterType) String() string { return strconv.Itoa(int(t)) }

// Predict tells which type a register will give to these bytes, before anything
// is sent (M31). sent is what goes over the wire, with its GS or without, not a
// restored code. See [Rejected] for what TypeUnidentified means.
func Predict(sent string) RegisterType {
	if len(sent) == kmkLength && isKMK(sent) && !startsGS1(sent) && legal(sent) {
		return TypeKMK
	}
	if !startsGS1(sent) || !legal(sent) {
		return TypeUnidentified
	}
	serial, rest, separated := strings.Cut(sent[serialFrom:], "\x1d")
	if len(serial) < 1 || len(serial) > 20 {
		return TypeUnidentified
	}
	if !separated {
		return TypeGS1
	}
	short := false
	for rest != "" {
		ai, fixed := identifier(rest)
		end := strings.IndexByte(rest, GS)
		if end < 0 {
			end = len(rest)
		}
		if fixed > 0 {
			end = min(end, ai+fixed)
		}
		switch value := rest[ai:end]; {
		case ai != 2 || rest[0] != '9':
			// not a part of the tail
		case rest[1] == '2' && len(value) == 88:
			return TypeTail88
		case rest[1] == '2' && len(value) == 44:
			if checksum44(value) == ChecksumOK {
				return TypeTail44
			}
			return TypeTail44InStorage
		case rest[1] == '3' && len(value) == 4:
			short = true
		}
		rest = strings.TrimPrefix(rest[end:], "\x1d")
	}
	if short {
		return TypeTail4
	}
	return TypeUnidentified
}

// Rejected predicts error 211 (D3h): the register takes these bytes for no code
// at all, unless its table 17, field 41, makes it take anything and answer with
// TypeUnidentified. Bar codes, МИ and ЕГАИС are unidentified without an error (M31).
func Rejected(sent string) bool {
	if Predict(sent) != TypeUnidentified {
		return false
	}
	var c Code
	if startsGS1(sent) || !legal(sent) || c.readOther(sent) != nil {
		return true
	}
	return c.kind == KindSSCC
}

// Cause is a possible reason for a register's error 211 or type 255, for the
// technical text behind the cashier's message (M42).
type Cause uint8

// The causes. The last two cannot be seen in a code: the receipt and the
// register's count of saved results show them.
const (
	CauseNone             Cause = iota
	CauseNoGS                   // separators are missing
	CauseIllegalCharacter       // a character that no code may hold
	CauseChecksum               // the checksum of a 44-character tail does not hold
	CauseLength                 // a part of a wrong length, or unknown
	CauseNotMark                // a bar code that is no mark, or no code at all
	CauseDuplicate              // the same mark twice in the receipt
	CauseStorageFault           // the result of the check was not saved
)

var causeCodes = [...]string{
	CauseNoGS:             CodeCauseNoGS,
	CauseIllegalCharacter: CodeCauseIllegalCharacter,
	CauseChecksum:         CodeCauseChecksum,
	CauseLength:           CodeCauseLength,
	CauseNotMark:          CodeCauseNotMark,
	CauseDuplicate:        CodeCauseDuplicate,
	CauseStorageFault:     CodeCauseStorageFault,
}

// The codes of causes.
const (
	CodeCauseNoGS             = "MARK-CAUSE-NO-GS"             // of CauseNoGS
	CodeCauseIllegalCharacter = "MARK-CAUSE-ILLEGAL-CHARACTER" // of CauseIllegalCharacter
	CodeCauseChecksum         = "MARK-CAUSE-CHECKSUM"          // of CauseChecksum
	CodeCauseLength           = "MARK-CAUSE-LENGTH"            // of CauseLength
	CodeCauseNotMark          = "MARK-CAUSE-NOT-MARK"          // of CauseNotMark
	CodeCauseDuplicate        = "MARK-CAUSE-DUPLICATE"         // of CauseDuplicate
	CodeCauseStorageFault     = "MARK-CAUSE-STORAGE-FAULT"     // of CauseStorageFault
)

// Code returns the stable code, "" for CauseNone and for values that are no cause.
func (c Cause) Code() string {
	if int(c) < len(causeCodes) {
		return causeCodes[c]
	}
	return ""
}

// String is Code.
func (c Cause) String() string { return c.Code() }

// MarshalText writes the code.
func (c Cause) MarshalText() ([]byte, error) { return []byte(c.Code()), nil }

// UnmarshalText reads a code that Code returned; anything else is an error with
// [CodeName].
func (c *Cause) UnmarshalText(text []byte) error {
	for i, code := range causeCodes {
		if string(text) == code {
			*c = Cause(i)
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "cause"})
}

// Message returns a sentence for support. lang is "ru"; any other language
// gives English.
func (c Cause) Message(lang string) string { return message(c.Code(), lang, nil) }

// Diagnose lists what is wrong with the bytes that were or will be sent, nil if
// nothing can be seen. It is worth asking when [Predict] or the register says
// that a code is no good.
func Diagnose(sent string) []Cause {
	if !legal(sent) {
		return []Cause{CauseIllegalCharacter}
	}
	c, err := Parse(sent, nil)
	if err != nil {
		switch err.(*Error).Code() {
		case CodeGSInconsistent, CodeUnrestorable, CodeAmbiguous:
			return []Cause{CauseNoGS, CauseLength}
		case CodeNotRecognised:
			return []Cause{CauseNotMark}
		}
		return []Cause{CauseLength}
	}
	var list []Cause
	if c.restores > 0 {
		list = append(list, CauseNoGS)
	}
	if c.checksum == ChecksumBad {
		list = append(list, CauseChecksum)
	}
	if c.Warned(WarnTailLength) {
		list = append(list, CauseLength)
	}
	if !c.kind.IsMark() {
		list = append(list, CauseNotMark)
	}
	return list
}
