package exchange

var messagesEN = map[string]string{
	CodeOption:      "{option} cannot be sent through a folder; use the Web-API, or set it in the office",
	CodeReplaceMode: "replace mode cannot be asked for through a folder; it is a setting of the office",
	CodeNoTable:     "the table {file} is missing or held by another program; write the table before users.flag",
	CodeRecordCount: "dbfrecordcount is {announced}, but the table has {rows} rows, {live} of them not deleted",
	CodeUnreadable:  "the table {file} cannot be read: {reason}",
	CodeLocked:      "another office already serves this folder; stop it first",
	CodeStations:    "{value} is not a list of station numbers, such as 1,2,3, nor all",
	CodeFailed:      "the import failed: {reason}",
	CodeFolder:      "the exchange folder cannot be used; check that it is there and that this program may write into it",
	CodeExists:      "{file} exists already; remove it, or choose another folder",
	CodeSenderBusy:  "another program is sending through this folder; nothing was sent",
	CodeEarlier:     "an earlier request is not processed yet, nothing was sent; check that the office is running, or remove the earlier request",
	CodeWithdrawn:   "no result came and the request was withdrawn; the office may have carried it out, send it again to make sure",
}
