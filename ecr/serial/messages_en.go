package serial

var messagesEN = map[string]string{
	CodeMode:       "{reason} is not possible on port {port}: give a speed of 2400..921600 and a mode such as 8N1",
	CodeBusy:       "port {port} is held by another program",
	CodeMissing:    "there is no port {port}",
	CodePermission: "no permission to open port {port}: on Linux the user must be in the group dialout",
	CodeOpen:       "port {port} cannot be opened: {reason}",
	CodeList:       "the serial ports cannot be listed: {reason}",
}
