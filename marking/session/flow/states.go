package flow

import (
	"fmt"
	"slices"
)

// ItemState is the state of one item of a receipt.
type ItemState uint8

// The states of an item. Zero is no item.
const (
	Scanned    ItemState = iota + 1 // arrived from the scanner, not read yet
	Normalised                      // the code was read and its separators stand where they belong
	Checking                        // the check was, or is about to be, sent to the register
	Held                            // the check waits for the shift to be opened
	Checked                         // the register's check let it pass
	Permitted                       // the decision to sell was made
	Accepting                       // the accept was, or is about to be, sent
	Saved                           // its result is saved in the fiscal storage
	Ready                           // in the receipt; its result is to be saved when the receipt closes, or it has no mark
	Unknown                         // a reply was lost: the register must be asked
	Refused                         // not sold; the notices say why
	Removed                         // taken out; its result is still saved and counts
	Dropped                         // taken out, nothing is left of it
	Sold                            // in a closed receipt
)

var itemNames = [...]string{
	Scanned: "scanned", Normalised: "normalised", Checking: "checking", Held: "held", Checked: "checked",
	Permitted: "permitted", Accepting: "accepting", Saved: "saved", Ready: "ready", Unknown: "unknown",
	Refused: "refused", Removed: "removed", Dropped: "dropped", Sold: "sold",
}

// InReceipt says whether an item in this state stands in the receipt.
func (s ItemState) InReceipt() bool {
	return s != 0 && s != Refused && s != Removed && s != Dropped && int(s) < len(itemNames)
}

// String returns the name; ItemState(N) for a value that is no state.
func (s ItemState) String() string { return name(itemNames[:], int(s), "ItemState") }

// MarshalText writes the name, of zero nothing.
func (s ItemState) MarshalText() ([]byte, error) { return textOf(s), nil }

// UnmarshalText reads a name that String returned.
func (s *ItemState) UnmarshalText(text []byte) error {
	return unname(s, itemNames[:], text, "state of an item")
}

// ReceiptState is the state of a receipt.
type ReceiptState uint8

// The states of a receipt. Zero is no receipt.
const (
	Collecting     ReceiptState = iota + 1 // items come and go, nothing of them is in the register's receipt
	Printing                               // its commands are being sent to the register
	Closing                                // the close was, or is about to be, sent
	Closed                                 // sold
	Cancelled                              // given up, nothing was sold
	UnknownReceipt                         // whether it was sold is not known
)

var receiptNames = [...]string{
	Collecting: "collecting", Printing: "printing", Closing: "closing", Closed: "closed", Cancelled: "cancelled",
	UnknownReceipt: "unknown",
}

// Done says whether the receipt is closed or cancelled.
func (s ReceiptState) Done() bool { return s == Closed || s == Cancelled }

// String returns the name; ReceiptState(N) for a value that is no state.
func (s ReceiptState) String() string { return name(receiptNames[:], int(s), "ReceiptState") }

// MarshalText writes the name, of zero nothing.
func (s ReceiptState) MarshalText() ([]byte, error) { return textOf(s), nil }

// UnmarshalText reads a name that String returned.
func (s *ReceiptState) UnmarshalText(text []byte) error {
	return unname(s, receiptNames[:], text, "state of a receipt")
}

// ItemEvent is what happens to an item.
type ItemEvent uint8

// The events of an item.
const (
	Read         ItemEvent = iota + 1 // the scan was read as a code
	Unmarked                          // goods without a mark
	Unreadable                        // the scan is no code that can be sold
	Duplicate                         // the piece is in this receipt, or reserved or sold elsewhere
	LimitReached                      // 128 results are saved
	Unguarded                         // the guard is away, and nothing may be sold without it
	SendCheck                         // the check is about to be sent
	ShiftWanted                       // the register wants the shift opened, or closed and opened
	Passed                            // the register's check let it pass
	Failed                            // the register's check refused it
	NotSent                           // the check of a new item did not reach the register
	Postponed                         // the check of an item in the receipt did not reach the register
	Permit                            // the decision: it may be sold
	Forbid                            // the decision: it may not
	Keep                              // accepted at closing: the register is shared
	SendAccept                        // the accept is about to be sent
	Counted                           // the count of saved results has grown
	NotCounted                        // it has not
	Lost                              // a reply was lost, or the program ended before it came
	Remove                            // the cashier takes the item out
	Rescan                            // a removed item is scanned again
	Gone                              // its saved result is gone from the register
	BindFailed                        // the register did not bind the mark in the receipt
	Sell                              // the receipt was closed
	Forget                            // the receipt was cancelled
)

var itemEventNames = [...]string{
	Read: "read", Unmarked: "unmarked", Unreadable: "unreadable", Duplicate: "duplicate", LimitReached: "limit-reached",
	Unguarded: "unguarded", SendCheck: "send-check", ShiftWanted: "shift-wanted", Passed: "passed", Failed: "failed",
	NotSent: "not-sent", Postponed: "postponed", Permit: "permit", Forbid: "forbid", Keep: "keep",
	SendAccept: "send-accept", Counted: "counted", NotCounted: "not-counted", Lost: "lost", Remove: "remove",
	Rescan: "rescan", Gone: "gone", BindFailed: "bind-failed", Sell: "sell", Forget: "forget",
}

// String returns the name; ItemEvent(N) for a value that is no event.
func (e ItemEvent) String() string { return name(itemEventNames[:], int(e), "ItemEvent") }

// MarshalText writes the name, of zero nothing.
func (e ItemEvent) MarshalText() ([]byte, error) { return textOf(e), nil }

// UnmarshalText reads a name that String returned.
func (e *ItemEvent) UnmarshalText(text []byte) error {
	return unname(e, itemEventNames[:], text, "event of an item")
}

// ReceiptEvent is what happens to a receipt.
type ReceiptEvent uint8

// The events of a receipt.
const (
	Begin      ReceiptEvent = iota + 1 // a new receipt
	Change                             // an item comes, goes or is checked
	Print                              // its first command is about to be sent
	Stop                               // nothing of it is left in the register: it can be printed anew
	SendClose                          // the close is about to be sent
	CloseFails                         // the register refused the close, the receipt is still open
	CloseDone                          // the receipt is in the fiscal storage
	LoseReply                          // a reply was lost, or the program ended before it came
	Abandon                            // the cashier gives the receipt up
)

var receiptEventNames = [...]string{
	Begin: "begin", Change: "change", Print: "print", Stop: "stop", SendClose: "send-close", CloseFails: "close-fails",
	CloseDone: "close-done", LoseReply: "lose-reply", Abandon: "abandon",
}

// String returns the name; ReceiptEvent(N) for a value that is no event.
func (e ReceiptEvent) String() string { return name(receiptEventNames[:], int(e), "ReceiptEvent") }

// MarshalText writes the name, of zero nothing.
func (e ReceiptEvent) MarshalText() ([]byte, error) { return textOf(e), nil }

// UnmarshalText reads a name that String returned.
func (e *ReceiptEvent) UnmarshalText(text []byte) error {
	return unname(e, receiptEventNames[:], text, "event of a receipt")
}

func name(names []string, n int, typ string) string {
	if n > 0 && n < len(names) && names[n] != "" {
		return names[n]
	}
	return fmt.Sprintf("%s(%d)", typ, n)
}

// textOf is what a value marshals as: zero is nothing, so that it can be read back.
func textOf[T interface {
	~uint8
	String() string
}](v T) []byte {
	if v == 0 {
		return nil
	}
	return []byte(v.String())
}

func unname[T ~uint8](value *T, names []string, text []byte, what string) error {
	if len(text) == 0 {
		*value = 0
		return nil
	}
	if i := slices.Index(names, string(text)); i > 0 {
		*value = T(i)
		return nil
	}
	return &Error{code: CodeName, what: what, name: string(text)}
}
