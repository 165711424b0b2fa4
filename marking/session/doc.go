// Package session sells marked goods through a fiscal printer as its maker
// recommends: you need it when a till of yours has to sell, or take back, goods
// with a Data Matrix mark. It leads from the first scan to the closed receipt,
// with every message, limit and fault of the recommendations, and a till that
// crashes anywhere goes on without a double sale or a lost item.
//
// [New] puts a Session on a [Register]; [Session.Scan] takes goods with a mark
// and [Session.Add] others, [Session.CloseReceipt] makes the receipt. What the cashier
// is to see comes as notices in each [Result]: a refusal by the register, the
// permit check or the guard is a notice, an error means that the call did not
// fit or that the journal failed. What a cashier may answer is in
// notice.Answer, each with the method to call. See the Examples.
//
// The parts stand on their own:
//
//	flow         the tables: states of items and receipts, the decision matrix, as data and diagrams
//	notice       the messages for the cashier, letter for letter, and for support
//	journal      what is about to be done, in a file or a store of yours
//	guard        against selling a piece twice in a shop or a chain; guardtest is its suite
//	sessiontest  a register in memory with faults by script
//
// # Rules
//
// Words: the count is that of results saved in the fiscal storage (FF70h).
//
//   - M40: goods are collected here; the register gets checks when goods are
//     scanned and the receipt only when it is closed. Every step is a row of
//     flow's tables; a call that fits none is [CodeEvent] and lists what fits.
//   - M41: one piece once. Identities are compared within the receipt, with case,
//     before anything is sent. [Options].Guard widens that: reserved when
//     scanned, renewed while the receipt lives, held with the fencing token just
//     before the first receipt command, confirmed or released when the outcome is
//     known; while it is unknown the reservation is kept. A reservation that was
//     lost takes its item out and stops the closing. Portions are not reserved
//     beyond the receipt, and in it a second portion is refused (decision).
//     What is sold when the guard is away is [GuardPolicy].
//   - M42, M43: 211 and type 0 say that the code was not recognised, 255 that the
//     scanner is not set up (decision: the source says both for 0). Support gets
//     every cause that can be computed. The restored code is sent in the first
//     place, so that a lost GS costs nothing; [Options].SendAsScanned is the
//     source's other way. One message, no second try.
//   - M44: [М-] refuses.
//   - M45, M46, M47: register, permit check and local module meet in flow's
//     matrix; its cell sells or refuses and names the notice.
//   - M48: [Session.Snooze] silences one kind on this till by a monotonic clock:
//     it is still returned, marked and journalled. Refusals and unknown outcomes
//     cannot be silenced. A restart ends it (decision).
//   - M49: the count is read before each check and after each accept; if it did
//     not grow, the item is not added. Left-overs of an aborted receipt are told
//     once; [Session.ClearRegister] clears them where the register can.
//   - M50: the 128th result is sold, with the message; any further mark is
//     stopped before it is sent, with the same message. Goods without marks go on.
//   - M51: [Session.Remove] takes an item out; its result stays and counts.
//     Scanned again, the item comes back under its number and nothing is sent.
//   - M52: an item whose reply was lost is flow.Unknown until the count has told
//     what became of it. The register is asked at once, else by the next call;
//     until then nothing else is sent (decision).
//   - M53: [Session.CheckSettings] reads, [Session.SetRecommendedSettings] is the
//     only call that writes settings.
//   - M54: a check that meets a closed shift leaves the item flow.Held;
//     [Session.OpenShift], or [Session.RenewShift] after 24 hours, runs it again.
//     Another open receipt is waited for up to [Options].BusyLimit.
//   - M55: before the receipt the count is read; if it is below what was saved
//     here, all marks are checked and accepted again. A new refusal takes the
//     item out and stops the closing.
//   - M56: the last document's number is in the journal before the first command
//     and before the close. [Session.Resume], and any Close or Cancel, asks mode,
//     last document and, if the number grew, the document: ours is sold; an open
//     receipt is cancelled, or closed again if the close was journalled; what
//     nobody can tell is the cashier's: [Session.DecideSold], [Session.DecideNotSold]. A document of the same
//     sum and type counts as ours (decision).
//   - M57: with [Options].Shared a scan only checks; at the close, under one
//     lease, every item is checked, accepted and counted and the receipt printed.
//     The count is read once more between check and accept: a gateway keeps other
//     tills out only from the check on (decision). Results that others have left
//     are cleared under the lease where the register can (decision).
//   - M58: after a refusal nothing is sent. A1h to a check is declined once and
//     the check repeated (decision).
//   - M59: a check may take 40 s: [Options].Progress shows it and ctx ends it; the
//     outcome is then unknown. [Session.CheckNotifications], and every count,
//     tell of notifications that were not sent: older than a day or above 80 %
//     (decision). A2h refuses marked goods.
//   - M63: [Options].Sold and [ReportTo] tell a local module's log of sales.
//   - M70: the commands of a receipt are receipt.Compose's, for the order that
//     the register names.
//   - M74: each command is shown by [Progress] and waits for the printer; 50h,
//     58h and no paper were refused and are repeated up to [Options].PrintLimit.
//     A command that fails cancels the receipt in the register, and the notice
//     says which it was; then all items are there and it can be closed again. A
//     bind with a bad result takes its item out. After an accepted close the sale
//     is done, whatever the paper does.
//   - M76: [Session.BeginReturn]; returns need no permit check unless
//     [Options].CheckReturns (decision), and [М-] still refuses.
//
// # The journal
//
// Each record is written before what it announces is done, also when the caller
// has given up meanwhile. A journal that fails ends the call with [CodeJournal],
// and nothing more is sent. When a receipt is over, the journal begins anew with
// what is still owed: sales to report, reservations to confirm. Records hold
// whole marks; logs, notices and errors never do.
//
// # Concurrency and limits
//
// Methods may be called from several goroutines and take turns, so that a scan
// waits for the one before. A Session has one goroutine, to renew reservations,
// from the first one until the receipt is over or [Session.Close]. Options.Notify
// and Options.Progress may call [Session.View] and [Session.Snooze], nothing else.
package session
