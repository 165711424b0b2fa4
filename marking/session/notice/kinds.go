package notice

import (
	"fmt"
	"slices"
)

// Kind is what a notice is about. Its name is stable; its texts are the source's
// where the source has one ([Kind.Source]).
type Kind uint8

// The kinds. Zero is no notice.
const (
	None Kind = iota

	NotRecognised    // 211, type 0, or a scan that is no code (M42, M43)
	ScannerSetup     // type 255: the separators were lost (M43)
	Negative         // [М-] (M44)
	FalseLocally     // the storage found the code false, and there is no link (M34)
	RegisterOffline  // sold without a verdict of the register (M45)
	ForbiddenOffline // neither register nor permit check, no local module: refused (M46)
	SoldOffline      // neither register nor permit check, the local module let it pass (M46)
	ForbiddenPermit  // [М+], no permit check, no local module: refused (M46)
	SoldPermit       // [М+], no permit check, the local module let it pass (M46)
	NotSaved         // the count of saved results did not grow (M49)
	Limit            // 128 results are saved (M50)
	Duplicate        // the piece stands in the receipt already (M41)

	PermitRefused    // the permit check refused; the text is its own (M65)
	Elsewhere        // the piece is in another receipt of the shop, or sold (M41)
	GuardAway        // the shop's guard cannot be reached, sold without it (M41)
	GuardForbids     // the shop's guard cannot be reached, and nothing is sold without it (M41)
	GuardLost        // a reservation was lost before the receipt was printed (M41)
	ShiftClosed      // the shift must be opened (M54)
	ShiftOver        // the shift is over 24 hours: close it and open one (M54)
	RegisterBusy     // another receipt is open on the register (M54)
	Interrupted      // no reply: what became of the command is not known (M52)
	Unreachable      // the command did not reach the register (M52)
	RegisterFailed   // the register answered with another error
	Rechecked        // saved results were gone and the marks were checked anew (M55)
	Leftovers        // results of an aborted receipt are still saved (M49)
	BindFailed       // the register did not bind a mark: the receipt was cancelled (M74)
	PaperOut         // no paper (M74)
	PrintStuck       // the printer does not become ready (M74)
	NotPrinted       // the receipt is not in the register: close it again (M56)
	Confirmed        // after a fault: the receipt is sold (M56)
	UnknownOutcome   // whether the receipt was sold is not known: the cashier decides (M56)
	MarkingBlocked   // the register sells no marked goods before it has sent notifications (M59)
	NotificationsDue // notifications pile up (M59)
	UnwiseSetting    // a setting of the register breaks the flow (M53)
)

var kinds = [...]struct {
	name     string
	code     string
	support  string
	severity Severity
	source   bool
	answers  []Answer
}{
	None: {name: "none"},

	NotRecognised:    {"not-recognised", CodeNotRecognised, CodeSupportNotRecognised, Refusal, true, nil},
	ScannerSetup:     {"scanner-setup", CodeScannerSetup, CodeSupportScannerSetup, Refusal, true, nil},
	Negative:         {"negative", CodeNegative, CodeSupportNegative, Refusal, true, nil},
	FalseLocally:     {"false-locally", CodeFalseLocally, CodeSupportFalseLocally, Refusal, true, nil},
	RegisterOffline:  {"register-offline", CodeRegisterOffline, CodeSupportRegisterOffline, Warning, true, snoozable},
	ForbiddenOffline: {"forbidden-offline", CodeForbiddenOffline, CodeSupportForbiddenOffline, Refusal, true, nil},
	SoldOffline:      {"sold-offline", CodeSoldOffline, CodeSupportSoldOffline, Warning, true, snoozable},
	ForbiddenPermit:  {"forbidden-permit", CodeForbiddenPermit, CodeSupportForbiddenPermit, Refusal, true, nil},
	SoldPermit:       {"sold-permit", CodeSoldPermit, CodeSupportSoldPermit, Warning, true, snoozable},
	NotSaved:         {"not-saved", CodeNotSaved, CodeSupportNotSaved, Refusal, true, nil},
	Limit:            {"limit", CodeLimit, CodeSupportLimit, Refusal, true, nil},
	Duplicate:        {"duplicate", CodeDuplicate, CodeSupportDuplicate, Refusal, true, nil},

	PermitRefused:    {"permit-refused", CodePermitRefused, CodeSupportPermitRefused, Refusal, false, nil},
	Elsewhere:        {"elsewhere", CodeElsewhere, CodeSupportElsewhere, Refusal, false, nil},
	GuardAway:        {"guard-away", CodeGuardAway, CodeSupportGuardAway, Warning, false, snoozable},
	GuardForbids:     {"guard-forbids", CodeGuardForbids, CodeSupportGuardForbids, Refusal, false, []Answer{Again}},
	GuardLost:        {"guard-lost", CodeGuardLost, CodeSupportGuardLost, Refusal, false, nil},
	ShiftClosed:      {"shift-closed", CodeShiftClosed, CodeSupportShiftClosed, Question, false, []Answer{OpenShift, GiveUp}},
	ShiftOver:        {"shift-over", CodeShiftOver, CodeSupportShiftOver, Question, false, []Answer{RenewShift, GiveUp}},
	RegisterBusy:     {"register-busy", CodeRegisterBusy, CodeSupportRegisterBusy, Refusal, false, []Answer{Again, ClearRegister}},
	Interrupted:      {"interrupted", CodeInterrupted, CodeSupportInterrupted, Unsure, false, []Answer{Again, GiveUp}},
	Unreachable:      {"unreachable", CodeUnreachable, CodeSupportUnreachable, Refusal, false, []Answer{Again}},
	RegisterFailed:   {"register-failed", CodeRegisterFailed, CodeSupportRegisterFailed, Refusal, false, []Answer{Again}},
	Rechecked:        {"rechecked", CodeRechecked, CodeSupportRechecked, Info, false, nil},
	Leftovers:        {"leftovers", CodeLeftovers, CodeSupportLeftovers, Warning, false, []Answer{OK, ClearRegister}},
	BindFailed:       {"bind-failed", CodeBindFailed, CodeSupportBindFailed, Refusal, false, nil},
	PaperOut:         {"paper-out", CodePaperOut, CodeSupportPaperOut, Warning, false, []Answer{OK}},
	PrintStuck:       {"print-stuck", CodePrintStuck, CodeSupportPrintStuck, Warning, false, []Answer{OK}},
	NotPrinted:       {"not-printed", CodeNotPrinted, CodeSupportNotPrinted, Refusal, false, []Answer{Again, GiveUp}},
	Confirmed:        {"confirmed", CodeConfirmed, CodeSupportConfirmed, Info, false, nil},
	UnknownOutcome:   {"unknown-outcome", CodeUnknownOutcome, CodeSupportUnknownOutcome, Unsure, false, []Answer{Again, WasSold, WasNotSold}},
	MarkingBlocked:   {"marking-blocked", CodeMarkingBlocked, CodeSupportMarkingBlocked, Refusal, false, nil},
	NotificationsDue: {"notifications-due", CodeNotificationsDue, CodeSupportNotificationsDue, Warning, false, snoozable},
	UnwiseSetting:    {"unwise-setting", CodeUnwiseSetting, CodeSupportUnwiseSetting, Warning, false, nil},
}

// Kinds returns all kinds in their order.
func Kinds() []Kind {
	var list []Kind
	for k := range kinds {
		if k > 0 {
			list = append(list, Kind(k))
		}
	}
	return list
}

// Code returns the stable code of the cashier's text, "" for None.
func (k Kind) Code() string {
	if int(k) < len(kinds) {
		return kinds[k].code
	}
	return ""
}

// Severity says what the notice means for the sale.
func (k Kind) Severity() Severity {
	if int(k) < len(kinds) {
		return kinds[k].severity
	}
	return 0
}

// Source says whether the Russian text is the source's, letter for letter.
func (k Kind) Source() bool { return int(k) < len(kinds) && kinds[k].source }

// Answers returns what the cashier may answer; a notice without any is only
// taken note of. The caller owns the list.
func (k Kind) Answers() []Answer {
	if int(k) < len(kinds) {
		return append([]Answer(nil), kinds[k].answers...)
	}
	return nil
}

// Silenceable says whether [Snooze] is among the answers: refusals and unknown
// outcomes cannot be silenced (M48).
func (k Kind) Silenceable() bool {
	return slices.Contains(k.Answers(), Snooze)
}

// String returns the name; Kind(N) for a value that is none.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k].name
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name that String returned; any other is a [Error].
func (k *Kind) UnmarshalText(text []byte) error {
	for i := range kinds {
		if kinds[i].name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return &Error{Name: string(text)}
}
