package permit

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// MaxAge is how long an answer may be used: one that is older when the receipt
// closes is asked for again (M66).
const MaxAge = 30 * time.Minute

// Verdict is the answer to a [Query]. It can be kept as JSON: a till that comes
// back after a crash goes on with it.
type Verdict struct {
	// Outcome is how the online check ended. For a [LocalModule] asked alone it
	// is OutcomeNoAnswer: nothing was checked online.
	Outcome Outcome `json:"outcome"`
	// Local is what the local module said, LocalUnset where its word was not
	// needed or it was not asked.
	Local LocalState `json:"local"`
	// Refusal says why the goods may not be sold, nil if nobody refused. Its
	// code names the row of the decision rules, its message is for the cashier.
	Refusal *Error `json:"refusal,omitempty"`
	// Failure says why the online check has no answer, for support.
	Failure *Error `json:"failure,omitempty"`
	// LocalFailure says why the local module has no answer, for support.
	LocalFailure *Error `json:"localFailure,omitempty"`
	// Warnings are things that support should know; they decide nothing.
	Warnings []*Error `json:"warnings,omitempty"`
	// Stamp names the answer that counts, for the receipt. It is empty where
	// there is none.
	Stamp Stamp `json:"stamp,omitzero"`
	// Answered is when the answer arrived, by the till's clock; for verdicts
	// without an answer, when they were made.
	Answered time.Time `json:"answered"`
	// Item is what the answer says about the mark, nil without an answer.
	Item *Item `json:"-"`
	// Raw is the body of the answer that counts, as it arrived. It holds whole
	// marks: keep it out of logs.
	Raw []byte `json:"raw,omitempty"`
}

// Stamp names the answer of a permit check.
type Stamp struct {
	// Source is the back end that answered.
	Source Source `json:"source"`
	// ReqID is the id of the request (UUID of tag 1265).
	ReqID string `json:"reqId"`
	// ReqTime is its time exactly as it was answered: milliseconds since 1970.
	ReqTime string `json:"reqTime"`
	// Offline is true for the answer of a local module, be it asked through ТС ПИоТ.
	Offline bool `json:"offline,omitempty"`
	// Inst and Ver are the id and the version of the local module that
	// answered; both are empty for an online answer.
	Inst string `json:"inst,omitempty"`
	Ver  string `json:"ver,omitempty"`
}

// Time is ReqTime as a time; ok is false if it is none.
func (s Stamp) Time() (t time.Time, ok bool) { return millis(s.ReqTime) }

// Allowed says whether the goods may be sold by this verdict alone: nobody
// refused, and the check was passed, was not required, is suspended by an
// emergency, or was made by the local module because online had no answer. The
// register's own check comes on top of it.
func (v Verdict) Allowed() bool {
	if v.Refusal != nil || v.Local == LocalRefused {
		return false
	}
	switch v.Outcome {
	case OutcomeOK, OutcomeNotRequired, OutcomeEmergency:
		return true
	case OutcomeNoAnswer:
		return v.Local == LocalOK
	}
	return false
}

// Stale says whether the verdict is older than [MaxAge] and has to be asked for
// again before the receipt is printed. A check that was not required never is.
func (v Verdict) Stale(now time.Time) bool {
	return v.Outcome != OutcomeNotRequired && now.Sub(v.Answered) > MaxAge
}

// Warned says whether the verdict carries the warning with the code.
func (v Verdict) Warned(code string) bool {
	return slices.ContainsFunc(v.Warnings, func(w *Error) bool { return w.Code() == code })
}

// String describes the verdict in one line without the mark: it is safe for logs.
func (v Verdict) String() string {
	var b strings.Builder
	b.WriteString(v.Outcome.String())
	if v.Local != LocalUnset {
		fmt.Fprintf(&b, " local %s", v.Local)
	}
	if v.Stamp.Source != SourceUnset {
		fmt.Fprintf(&b, " by %s, request %s at %s", v.Stamp.Source, v.Stamp.ReqID, v.Stamp.ReqTime)
	}
	for _, e := range append([]*Error{v.Refusal, v.Failure, v.LocalFailure}, v.Warnings...) {
		if e != nil {
			b.WriteString("; " + e.Code())
		}
	}
	return b.String()
}

// LogValue is String, so that a log never holds a whole mark.
func (v Verdict) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Outcome is how an online permit check ended.
type Outcome uint8

// The outcomes.
const (
	OutcomeUnset       Outcome = iota
	OutcomeOK                  // the goods may be sold
	OutcomeRefused             // the goods may not be sold
	OutcomeNoAnswer            // there is no verdict: see Local
	OutcomeEmergency           // the system has suspended the check: sell, without block 1260
	OutcomeNotRequired         // the goods are sold without a permit check
)

var outcomeNames = names{"", "OK", "REFUSED", "NO-ANSWER", "EMERGENCY", "NOT-REQUIRED"}

// String returns the stable name, "" for OutcomeUnset.
func (o Outcome) String() string { return outcomeNames.of("Outcome", uint8(o)) }

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name that String returned; any other is an error with
// CodeName.
func (o *Outcome) UnmarshalText(text []byte) error {
	n, err := outcomeNames.find("Outcome", text)
	if err == nil {
		*o = Outcome(n)
	}
	return err
}

// LocalState is what is known of the local module.
type LocalState uint8

// The states. All but LocalOK and LocalRefused count as an absent module (M47).
const (
	LocalUnset    LocalState = iota // not asked, or its word was not needed
	LocalAbsent                     // not configured, or nobody listens at its address
	LocalNotReady                   // it runs but is not ready: its database is missing or too old
	LocalOK                         // it does not refuse the goods
	LocalRefused                    // it refuses the goods
	LocalNoAnswer                   // silent, or it answered nothing usable
)

var localNames = names{"", "ABSENT", "NOT-READY", "OK", "REFUSED", "NO-ANSWER"}

// String returns the stable name, "" for LocalUnset.
func (s LocalState) String() string { return localNames.of("LocalState", uint8(s)) }

// MarshalText writes the name.
func (s LocalState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name that String returned; any other is an error with
// CodeName.
func (s *LocalState) UnmarshalText(text []byte) error {
	n, err := localNames.find("LocalState", text)
	if err == nil {
		*s = LocalState(n)
	}
	return err
}

// Source is a back end of the permit mode.
type Source uint8

// The sources.
const (
	SourceUnset Source = iota
	SourceCDN          // (a) True API over the CDN hosts
	SourceLocal        // (b) the local module
	SourcePiot         // (c) ТС ПИоТ
)

var sourceNames = names{"", "CDN", "LOCAL", "PIOT"}

// String returns the stable name, "" for SourceUnset.
func (s Source) String() string { return sourceNames.of("Source", uint8(s)) }

// MarshalText writes the name.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name that String returned; any other is an error with
// CodeName.
func (s *Source) UnmarshalText(text []byte) error {
	n, err := sourceNames.find("Source", text)
	if err == nil {
		*s = Source(n)
	}
	return err
}

// names are the names of an enumeration in the order of its values.
type names []string

func (n names) of(kind string, value uint8) string {
	if int(value) < len(n) {
		return n[value]
	}
	return fmt.Sprintf("%s(%d)", kind, value)
}

func (n names) find(kind string, text []byte) (int, error) {
	i := slices.Index(n, string(text))
	if i < 0 {
		name := string(text)
		if len(name) > 40 {
			name = name[:40]
		}
		return 0, newError(CodeName, "type", kind, "name", name)
	}
	return i, nil
}
