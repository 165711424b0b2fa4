package journal

var messagesEN = map[string]string{
	CodeFile:      "the journal cannot be opened, read or written; look at the disk and the rights of the file",
	CodeDamaged:   "a line in the middle of the journal is damaged; keep the file for support, look at the register's last document by hand and begin a new journal",
	CodeTooLarge:  "the journal is too large to be one of a session; keep the file for support and begin a new one",
	CodeRecord:    "a record is empty, too long or holds a line end; this is a fault of the program",
	CodeClosed:    "the journal was closed; open it again",
	CodeCancelled: "the program gave up before the step was written; do it again",
}
