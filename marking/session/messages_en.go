package session

var messagesEN = map[string]string{
	CodeEvent:          "this cannot be done in the state {state}; what fits: {allowed}",
	CodeResume:         "an unfinished receipt is in the journal; resume it first",
	CodePending:        "the register has not answered for an item of the receipt; bring the link back and repeat, or cancel the receipt",
	CodeItem:           "the receipt has no such item; look at its list",
	CodeEmpty:          "the receipt has nothing to sell; scan goods first, or cancel it",
	CodeReceipt:        "the receipt cannot be made of these items and payments; correct them",
	CodeJournal:        "the journal failed and nothing more was done; look at the disk and resume",
	CodeJournalVersion: "the journal was written by a newer program; use that one to finish its receipt",
	CodeSetting:        "a setting of the register cannot be read or written; look at the register",
	CodeRegister:       "the register failed; look at its link and state and repeat",
	CodeCancelled:      "given up before anything was done; repeat",
}
