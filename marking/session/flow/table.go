package flow

import "slices"

// ItemStep is one row of the table of items.
type ItemStep struct {
	From  ItemState // the state before
	Event ItemEvent // what happens
	To    ItemState // the state after
	Rule  string    // the rule that it follows
}

// ReceiptStep is one row of the table of receipts. A receipt begins from 0.
type ReceiptStep struct {
	From  ReceiptState // the state before, 0 for none
	Event ReceiptEvent // what happens
	To    ReceiptState // the state after
	Rule  string       // the rule that it follows
}

// itemSteps is the whole life of an item. Every change of a state goes through
// it, live and when a journal is read again.
var itemSteps = []ItemStep{
	{Scanned, Unmarked, Ready, "M40"},
	{Scanned, Read, Normalised, "M42"},
	{Scanned, Unreadable, Refused, "M42"},

	{Normalised, Duplicate, Refused, "M41"},
	{Normalised, Unguarded, Refused, "M41"},
	{Normalised, LimitReached, Refused, "M50"},
	{Normalised, SendCheck, Checking, "M40"},

	{Checking, Passed, Checked, "M43"},
	{Checking, Failed, Refused, "M42"},
	{Checking, ShiftWanted, Held, "M54"},
	{Checking, LimitReached, Refused, "M50"},
	{Checking, NotSent, Refused, "M52"},
	{Checking, Postponed, Ready, "M57"},
	{Checking, Lost, Unknown, "M52"},

	{Held, SendCheck, Checking, "M54"},
	{Held, Remove, Dropped, "M51"},
	{Held, Forget, Dropped, "M54"},

	{Checked, Permit, Permitted, "M47"},
	{Checked, Forbid, Refused, "M47"},
	{Checked, Lost, Unknown, "M52"},

	{Permitted, Keep, Ready, "M57"},
	{Permitted, SendAccept, Accepting, "M49"},
	{Permitted, Lost, Unknown, "M52"},

	{Accepting, Counted, Saved, "M49"},
	{Accepting, NotCounted, Refused, "M49"},
	{Accepting, LimitReached, Refused, "M50"},
	{Accepting, Failed, Refused, "M58"},
	{Accepting, SendCheck, Checking, "M58"},
	{Accepting, Postponed, Ready, "M57"},
	{Accepting, NotSent, Refused, "M52"},
	{Accepting, Lost, Unknown, "M52"},

	{Unknown, Counted, Saved, "M52"},
	{Unknown, NotCounted, Refused, "M52"},
	{Unknown, SendCheck, Checking, "M52"},
	{Unknown, SendAccept, Accepting, "M52"},
	{Unknown, Forget, Dropped, "M52"},

	{Saved, Remove, Removed, "M51"},
	{Saved, Gone, Ready, "M55"},
	{Saved, BindFailed, Refused, "M74"},
	{Saved, Sell, Sold, "M56"},
	{Saved, Forget, Dropped, "M40"},

	{Ready, SendCheck, Checking, "M55"},
	{Ready, Forbid, Refused, "M66"},
	{Ready, Remove, Dropped, "M51"},
	{Ready, Sell, Sold, "M56"},
	{Ready, Forget, Dropped, "M40"},

	{Removed, Rescan, Saved, "M51"},
	{Removed, Gone, Dropped, "M55"},
	{Removed, Forget, Dropped, "M51"},

	{Saved, Forbid, Refused, "M66"},
}

// receiptSteps is the whole life of a receipt.
var receiptSteps = []ReceiptStep{
	{0, Begin, Collecting, "M40"},
	{Collecting, Change, Collecting, "M40"},
	{Collecting, Print, Printing, "M40"},
	{Collecting, Abandon, Cancelled, "M40"},

	{Printing, SendClose, Closing, "M56"},
	{Printing, Stop, Collecting, "M74"},
	{Printing, CloseDone, Closed, "M56"},
	{Printing, LoseReply, UnknownReceipt, "M56"},

	{Closing, CloseDone, Closed, "M56"},
	{Closing, CloseFails, Printing, "M74"},
	{Closing, LoseReply, UnknownReceipt, "M56"},

	{UnknownReceipt, CloseDone, Closed, "M56"},
	{UnknownReceipt, SendClose, Closing, "M56"},
	{UnknownReceipt, Stop, Collecting, "M56"},
}

// ItemSteps returns the table of items. The caller owns it.
func ItemSteps() []ItemStep { return slices.Clone(itemSteps) }

// ReceiptSteps returns the table of receipts. The caller owns it.
func ReceiptSteps() []ReceiptStep { return slices.Clone(receiptSteps) }

// On returns the state after an event. One that does not fit is an [Error] with
// CodeEvent, which lists those that do, and leaves the state as it is.
func (s ItemState) On(e ItemEvent) (ItemState, error) {
	for _, step := range itemSteps {
		if step.From == s && step.Event == e {
			return step.To, nil
		}
	}
	return s, &Error{code: CodeEvent, what: "item", name: e.String(), state: s.String(), allowed: names(s.Allowed())}
}

// Allowed lists the events that fit the state, in the order of the table.
func (s ItemState) Allowed() []ItemEvent {
	var list []ItemEvent
	for _, step := range itemSteps {
		if step.From == s {
			list = append(list, step.Event)
		}
	}
	return list
}

// On returns the state after an event. One that does not fit is an [Error] with
// CodeEvent, which lists those that do, and leaves the state as it is.
func (s ReceiptState) On(e ReceiptEvent) (ReceiptState, error) {
	for _, step := range receiptSteps {
		if step.From == s && step.Event == e {
			return step.To, nil
		}
	}
	state := "none"
	if s != 0 {
		state = s.String()
	}
	return s, &Error{code: CodeEvent, what: "receipt", name: e.String(), state: state, allowed: names(s.Allowed())}
}

// Allowed lists the events that fit the state, in the order of the table.
func (s ReceiptState) Allowed() []ReceiptEvent {
	var list []ReceiptEvent
	for _, step := range receiptSteps {
		if step.From == s {
			list = append(list, step.Event)
		}
	}
	return list
}

func names[T interface{ String() string }](events []T) []string {
	list := make([]string, len(events))
	for i, e := range events {
		list[i] = e.String()
	}
	return list
}
