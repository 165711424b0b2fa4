package webapi

// messagesEN holds the English text of every code.
var messagesEN = map[string]string{
	CodeURL:         "the URL cannot be used; give one like http://host:port/path",
	CodeUnreachable: "the office could not be reached, nothing was sent",
	CodeBroken:      "the connection broke after the request was sent; the import may have been carried out",
	CodeStatus:      "the answer is HTTP status {status}, not an office's",
	CodeLogin:       "the office refused login or password",
	CodeTooLarge:    "the request is larger than the office takes; send the users in parts",
	CodeBusy:        "another import is running; try again later",
	CodeAnswer:      "the answer cannot be read; the import may have been carried out",
	CodeRefused:     "the office imported nothing (ErrCode {number}): {text}",
	CodeMethod:      "the method must be POST",
	CodeEncoding:    "the body must not be compressed",
	CodeNoAPI:       "this operator may not use the Web-API",
	CodeNoImport:    "this operator may not import users",
	CodeInternal:    "the office failed, nothing was imported; its log says why",
	CodeWarnPlain:   "login and password travel unencrypted; use https",
}
