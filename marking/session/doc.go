// Package session sells marked goods on a fiscal printer as its maker
// recommends, from the first scan to the closed receipt. A till needs it once it
// sells goods with «Честный знак» marks:
//
//	till := session.New(register.New(link, nil), &session.Options{Permit: checker, Journal: steps})
//	defer till.Stop()
//	res, err := till.Resume(ctx) // what a crash has left
//	…
//	res, err = till.Scan(ctx, scan, session.Goods{Name: "Вода", Price: 5550, Quantity: receipt.One, Tax: 4})
//	// show res.Notices; the item is in the receipt if its state is flow.Saved
//	res, err = till.Close(ctx, session.Payment{TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Cash: 5550}})
//	// sold if res.Receipt is flow.Closed
//
// What the register, the permit check or the guard refuse is no error: it is an
// item's state and a notice with the text for the cashier. An error means that
// the call does not fit, or that the journal failed. After an error nothing was
// done that is not journalled.
//
// # The parts
//
//   - flow: the states of items and receipts with every transition, and the
//     matrix that decides, as data.
//   - notice: the messages, the source's letter for letter, with their answers.
//   - journal: what is about to be done, so that a crash loses nothing.
//   - guard, guardtest, redisguard: no piece twice in a shop or a chain.
//   - sessiontest: a register in memory with faults, and suites.
//
// Package receipt has the commands of a receipt, package permit the permit
// check, package register the [Register] over the Shtrih-M protocol.
//
// # Rules and decisions
//
// Stage 1 of the source is the check by the register, stage 2 the accept, stage
// 3 the permit check, stage 4 the receipt.
//
//   - M40: items are collected here; nothing is sent to the register's receipt
//     before Close. Marks are checked when they are scanned.
//   - M41: identities are compared with the receipt before anything is sent, case
//     counts. Options.Guard widens that to a shop: reserved with the scan, renewed
//     while the receipt lives, verified by fencing tokens right before its first
//     command, confirmed or released after it. An unknown outcome keeps the
//     reservations. A second portion of one piece in a receipt is refused, across
//     receipts portions do not reserve (decision).
//   - M42, M43: 211, type 0 and an unreadable scan have one message, with every
//     cause that can be computed for support; type 255 has its own. Separators are
//     restored before the first try, and there is no second one.
//   - M44: [М-] refuses.
//   - M45, M46, M47: the decision is a cell of flow's matrix: register × permit
//     check × local module. Any explicit refusal refuses.
//   - M48: Snooze silences one kind of notice for 15 minutes of a clock that nobody
//     sets; it is still returned, marked as silenced. Refusals and unknown outcomes
//     cannot be silenced.
//   - M49: the count of saved results is read before the first mark and after each
//     accept; if it did not grow, the item is refused. Left-overs of an aborted
//     receipt are told and can be cleared (ClearRegister).
//   - M50: the 128th result is sold and tells that it is the last; further marks
//     are refused before they are sent, goods without a mark go on.
//   - M51: a removed item's result stays saved and counts; scanned again, it is
//     used and nothing is sent.
//   - M52: after a lost reply the item is unknown until the register has said what
//     became of it; nothing is repeated blindly.
//   - M53: CheckSettings only reads; SetRecommendedSettings is the one call that
//     writes.
//   - M54: a check that is refused because of the shift is held until OpenShift or
//     RenewShift; another open receipt is waited for up to Options.BusyLimit.
//   - M55: before the receipt the count is read; below what was saved here, all
//     marks are checked again, and one that is refused now stops the closing.
//   - M56: the last document's number is journalled before the first command and
//     before the close. After a crash or a lost reply mode, number and document are
//     compared: sold, or cancelled and printed anew, or the close is sent again;
//     anything else is for the cashier (Decide). A receipt of the next number with
//     our type and sum is ours (decision).
//   - M57: on a shared register (Options.Shared) a scan only checks; check, accept
//     and count of all items and the receipt run under one lease. The count is read
//     again behind each check, because a gateway keeps others out only from there
//     (decision). What others had saved is cleared under the lease, where the
//     register can do that: their tills check again (decision).
//   - M58: nothing is sent after a refusal; A1h is declined once and checked again.
//   - M59: Options.Progress tells what is being waited for; the end of the context
//     ends the wait, and the outcome is settled by asking. Notifications that pile
//     up are told once each time they get worse.
//   - M74: between commands the printer is waited for; paper and 58h are told and
//     continued. A bind that comes back bad cancels the receipt and refuses its
//     item. After an accepted close the sale is done, whatever the paper does.
//   - M75: marks are bound by identity, not by position.
//   - M76: BeginReturn; the permit check is off unless Options.CheckReturns.
package session
