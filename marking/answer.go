package marking

import "strconv"

// ServerError is what a register says about its link to the server of marks
// (KMServerErrorCode; M32).
type ServerError int16

// The values of the driver. Any value but ServerLinked counts as no link.
const (
	ServerLinked    ServerError = 0    // the server answered
	ServerNoLink    ServerError = -1   // no link, or the check is switched off (table 19, field 8)
	ServerBadAnswer ServerError = 0x20 // the answer was bad; the status holds the reason instead of bits
	ServerTimeout   ServerError = 255  // the server did not answer in time
)

// Linked says whether the server answered.
func (e ServerError) Linked() bool { return e == ServerLinked }

// String returns the number, as the register's driver shows it.
func (e ServerError) String() string { return strconv.Itoa(int(e)) }

// Status is the result of a register's check (KMServerCheckingStatus, tag 2106;
// M33), a set of bits.
type Status uint8

// The bits.
const (
	StatusChecked      Status = 1 << iota // the code was checked
	StatusCodePositive                    // the check of the code is positive
	StatusItemReceived                    // the status of the item was received
	StatusItemCorrect                     // the status of the item is correct
	StatusStandAlone                      // the register works stand-alone
)

// Has says whether all the given bits are set.
func (s Status) Has(bits Status) bool { return s&bits == bits }

// String returns the number, as the register's driver shows it.
func (s Status) String() string { return strconv.Itoa(int(s)) }

// Verdict draws the conclusion from the bits: 15 is [М+], 5 is [М-].
func (s Status) Verdict() Verdict {
	switch {
	case s.Has(StatusChecked) && !s.Has(StatusCodePositive),
		s.Has(StatusItemReceived) && !s.Has(StatusItemCorrect):
		return VerdictNegative
	case s.Has(StatusChecked | StatusCodePositive | StatusItemReceived | StatusItemCorrect):
		return VerdictPositive
	}
	return VerdictNone
}

// Verdict is what a check by the server amounts to.
type Verdict uint8

// The verdicts, as receipts print them.
const (
	VerdictNone     Verdict = iota // [М]: not checked, or only in part
	VerdictPositive                // [М+]
	VerdictNegative                // [М-]
)

// String returns the sign of the receipt: [М], [М+] or [М-], with a Cyrillic М.
func (v Verdict) String() string {
	switch v {
	case VerdictPositive:
		return "[М+]"
	case VerdictNegative:
		return "[М-]"
	}
	return "[М]"
}

// MarshalText writes the sign.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads a sign that String returned; anything else is an error
// with [CodeName].
func (v *Verdict) UnmarshalText(text []byte) error {
	for known := range VerdictNegative + 1 {
		if string(text) == known.String() {
			*v = known
			return nil
		}
	}
	return newError(CodeName, "", arg{"name", string(text)}, arg{"type", "verdict"})
}

// LocalError tells whether a fiscal storage could check a code by itself
// (CheckItemLocalError; M34).
type LocalError uint8

// The values.
const (
	LocalChecked      LocalError = 0 // the code was checked
	LocalNotCheckable LocalError = 1 // codes of this kind are not checked in the storage
	LocalNoKey        LocalError = 2 // the storage has no key for it: never a reason to refuse
	LocalBadFormat    LocalError = 3 // no AI 91 or 92, or a wrong one
	LocalOther        LocalError = 4 // another error
)

// String returns the number, as the register's driver shows it.
func (e LocalError) String() string { return strconv.Itoa(int(e)) }

// LocalResult is the outcome of a fiscal storage's own check
// (CheckItemLocalResult, tag 2004; M34).
type LocalResult uint8

// The values.
const (
	LocalNotChecked LocalResult = 0 // no check was made
	LocalFalse      LocalResult = 1 // checked, the code is false
	LocalTrue       LocalResult = 3 // checked, the code is true
)

// String returns the number, as the register's driver shows it.
func (r LocalResult) String() string { return strconv.Itoa(int(r)) }

// Answer is a register's whole answer to a check. The zero value is "not
// identified", which cannot be sold.
type Answer struct {
	// Type is MarkingType2.
	Type RegisterType `json:"type"`
	// Server is KMServerErrorCode.
	Server ServerError `json:"server"`
	// Status is KMServerCheckingStatus; it holds bits only where Server is ServerLinked.
	Status Status `json:"status"`
	// LocalError is CheckItemLocalError.
	LocalError LocalError `json:"localError"`
	// LocalResult is CheckItemLocalResult.
	LocalResult LocalResult `json:"localResult"`
}

// Verdict is the server's verdict, VerdictNone without a link.
func (a Answer) Verdict() Verdict {
	if !a.Server.Linked() {
		return VerdictNone
	}
	return a.Status.Verdict()
}

// RefusedLocally is true when the storage itself found a code of type 2 or 4
// false and no verdict of the server says otherwise: "Запрещено продавать товар
// с данным кодом маркировки без доступа в интернет." (M34). LocalNotCheckable
// and LocalNoKey mean that nothing was checked, so they never refuse.
func (a Answer) RefusedLocally() bool {
	return (a.Type == TypeTail88 || a.Type == TypeTail44InStorage) &&
		a.LocalError != LocalNotCheckable && a.LocalError != LocalNoKey &&
		a.LocalResult == LocalFalse && a.Verdict() == VerdictNone
}
