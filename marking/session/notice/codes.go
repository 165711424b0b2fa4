package notice

// The codes of the texts: for the cashier, for support, of the answers.
const (
	CodeNotRecognised    = "MARK-NOTICE-NOT-RECOGNISED"    // the cashier's text of NotRecognised
	CodeScannerSetup     = "MARK-NOTICE-SCANNER-SETUP"     // the cashier's text of ScannerSetup
	CodeNegative         = "MARK-NOTICE-NEGATIVE"          // the cashier's text of Negative
	CodeFalseLocally     = "MARK-NOTICE-FALSE-LOCALLY"     // the cashier's text of FalseLocally
	CodeRegisterOffline  = "MARK-NOTICE-REGISTER-OFFLINE"  // the cashier's text of RegisterOffline
	CodeForbiddenOffline = "MARK-NOTICE-FORBIDDEN-OFFLINE" // the cashier's text of ForbiddenOffline
	CodeSoldOffline      = "MARK-NOTICE-SOLD-OFFLINE"      // the cashier's text of SoldOffline
	CodeForbiddenPermit  = "MARK-NOTICE-FORBIDDEN-PERMIT"  // the cashier's text of ForbiddenPermit
	CodeSoldPermit       = "MARK-NOTICE-SOLD-PERMIT"       // the cashier's text of SoldPermit
	CodeNotSaved         = "MARK-NOTICE-NOT-SAVED"         // the cashier's text of NotSaved
	CodeLimit            = "MARK-NOTICE-LIMIT"             // the cashier's text of Limit
	CodeDuplicate        = "MARK-NOTICE-DUPLICATE"         // the cashier's text of Duplicate
	CodePermitRefused    = "MARK-NOTICE-PERMIT-REFUSED"    // the cashier's text of PermitRefused
	CodeElsewhere        = "MARK-NOTICE-ELSEWHERE"         // the cashier's text of Elsewhere
	CodeGuardAway        = "MARK-NOTICE-GUARD-AWAY"        // the cashier's text of GuardAway
	CodeGuardForbids     = "MARK-NOTICE-GUARD-FORBIDS"     // the cashier's text of GuardForbids
	CodeGuardLost        = "MARK-NOTICE-GUARD-LOST"        // the cashier's text of GuardLost
	CodeShiftClosed      = "MARK-NOTICE-SHIFT-CLOSED"      // the cashier's text of ShiftClosed
	CodeShiftOver        = "MARK-NOTICE-SHIFT-OVER"        // the cashier's text of ShiftOver
	CodeRegisterBusy     = "MARK-NOTICE-REGISTER-BUSY"     // the cashier's text of RegisterBusy
	CodeInterrupted      = "MARK-NOTICE-INTERRUPTED"       // the cashier's text of Interrupted
	CodeUnreachable      = "MARK-NOTICE-UNREACHABLE"       // the cashier's text of Unreachable
	CodeRegisterFailed   = "MARK-NOTICE-REGISTER-FAILED"   // the cashier's text of RegisterFailed
	CodeRechecked        = "MARK-NOTICE-RECHECKED"         // the cashier's text of Rechecked
	CodeLeftovers        = "MARK-NOTICE-LEFTOVERS"         // the cashier's text of Leftovers
	CodeBindFailed       = "MARK-NOTICE-BIND-FAILED"       // the cashier's text of BindFailed
	CodePaperOut         = "MARK-NOTICE-PAPER-OUT"         // the cashier's text of PaperOut
	CodePrintStuck       = "MARK-NOTICE-PRINT-STUCK"       // the cashier's text of PrintStuck
	CodeNotPrinted       = "MARK-NOTICE-NOT-PRINTED"       // the cashier's text of NotPrinted
	CodeConfirmed        = "MARK-NOTICE-CONFIRMED"         // the cashier's text of Confirmed
	CodeUnknownOutcome   = "MARK-NOTICE-UNKNOWN-OUTCOME"   // the cashier's text of UnknownOutcome
	CodeMarkingBlocked   = "MARK-NOTICE-MARKING-BLOCKED"   // the cashier's text of MarkingBlocked
	CodeNotificationsDue = "MARK-NOTICE-NOTIFICATIONS-DUE" // the cashier's text of NotificationsDue
	CodeUnwiseSetting    = "MARK-NOTICE-UNWISE-SETTING"    // the cashier's text of UnwiseSetting

	CodeSupportNotRecognised    = "MARK-SUPPORT-NOT-RECOGNISED"    // the support's text of NotRecognised
	CodeSupportScannerSetup     = "MARK-SUPPORT-SCANNER-SETUP"     // the support's text of ScannerSetup
	CodeSupportNegative         = "MARK-SUPPORT-NEGATIVE"          // the support's text of Negative
	CodeSupportFalseLocally     = "MARK-SUPPORT-FALSE-LOCALLY"     // the support's text of FalseLocally
	CodeSupportRegisterOffline  = "MARK-SUPPORT-REGISTER-OFFLINE"  // the support's text of RegisterOffline
	CodeSupportForbiddenOffline = "MARK-SUPPORT-FORBIDDEN-OFFLINE" // the support's text of ForbiddenOffline
	CodeSupportSoldOffline      = "MARK-SUPPORT-SOLD-OFFLINE"      // the support's text of SoldOffline
	CodeSupportForbiddenPermit  = "MARK-SUPPORT-FORBIDDEN-PERMIT"  // the support's text of ForbiddenPermit
	CodeSupportSoldPermit       = "MARK-SUPPORT-SOLD-PERMIT"       // the support's text of SoldPermit
	CodeSupportNotSaved         = "MARK-SUPPORT-NOT-SAVED"         // the support's text of NotSaved
	CodeSupportLimit            = "MARK-SUPPORT-LIMIT"             // the support's text of Limit
	CodeSupportDuplicate        = "MARK-SUPPORT-DUPLICATE"         // the support's text of Duplicate
	CodeSupportPermitRefused    = "MARK-SUPPORT-PERMIT-REFUSED"    // the support's text of PermitRefused
	CodeSupportElsewhere        = "MARK-SUPPORT-ELSEWHERE"         // the support's text of Elsewhere
	CodeSupportGuardAway        = "MARK-SUPPORT-GUARD-AWAY"        // the support's text of GuardAway
	CodeSupportGuardForbids     = "MARK-SUPPORT-GUARD-FORBIDS"     // the support's text of GuardForbids
	CodeSupportGuardLost        = "MARK-SUPPORT-GUARD-LOST"        // the support's text of GuardLost
	CodeSupportShiftClosed      = "MARK-SUPPORT-SHIFT-CLOSED"      // the support's text of ShiftClosed
	CodeSupportShiftOver        = "MARK-SUPPORT-SHIFT-OVER"        // the support's text of ShiftOver
	CodeSupportRegisterBusy     = "MARK-SUPPORT-REGISTER-BUSY"     // the support's text of RegisterBusy
	CodeSupportInterrupted      = "MARK-SUPPORT-INTERRUPTED"       // the support's text of Interrupted
	CodeSupportUnreachable      = "MARK-SUPPORT-UNREACHABLE"       // the support's text of Unreachable
	CodeSupportRegisterFailed   = "MARK-SUPPORT-REGISTER-FAILED"   // the support's text of RegisterFailed
	CodeSupportRechecked        = "MARK-SUPPORT-RECHECKED"         // the support's text of Rechecked
	CodeSupportLeftovers        = "MARK-SUPPORT-LEFTOVERS"         // the support's text of Leftovers
	CodeSupportBindFailed       = "MARK-SUPPORT-BIND-FAILED"       // the support's text of BindFailed
	CodeSupportPaperOut         = "MARK-SUPPORT-PAPER-OUT"         // the support's text of PaperOut
	CodeSupportPrintStuck       = "MARK-SUPPORT-PRINT-STUCK"       // the support's text of PrintStuck
	CodeSupportNotPrinted       = "MARK-SUPPORT-NOT-PRINTED"       // the support's text of NotPrinted
	CodeSupportConfirmed        = "MARK-SUPPORT-CONFIRMED"         // the support's text of Confirmed
	CodeSupportUnknownOutcome   = "MARK-SUPPORT-UNKNOWN-OUTCOME"   // the support's text of UnknownOutcome
	CodeSupportMarkingBlocked   = "MARK-SUPPORT-MARKING-BLOCKED"   // the support's text of MarkingBlocked
	CodeSupportNotificationsDue = "MARK-SUPPORT-NOTIFICATIONS-DUE" // the support's text of NotificationsDue
	CodeSupportUnwiseSetting    = "MARK-SUPPORT-UNWISE-SETTING"    // the support's text of UnwiseSetting

	CodeAnswerOK            = "MARK-ANSWER-OK"             // the answer OK
	CodeAnswerSnooze        = "MARK-ANSWER-SNOOZE"         // the answer Snooze
	CodeAnswerOpenShift     = "MARK-ANSWER-OPEN-SHIFT"     // the answer OpenShift
	CodeAnswerRenewShift    = "MARK-ANSWER-RENEW-SHIFT"    // the answer RenewShift
	CodeAnswerAgain         = "MARK-ANSWER-AGAIN"          // the answer Again
	CodeAnswerGiveUp        = "MARK-ANSWER-GIVE-UP"        // the answer GiveUp
	CodeAnswerClearRegister = "MARK-ANSWER-CLEAR-REGISTER" // the answer ClearRegister
	CodeAnswerWasSold       = "MARK-ANSWER-WAS-SOLD"       // the answer WasSold
	CodeAnswerWasNotSold    = "MARK-ANSWER-WAS-NOT-SOLD"   // the answer WasNotSold

	CodeName = "MARK-NOTICE-NAME" // of an Error
)
