package sessiontest

var messagesEN = map[string]string{
	CodeRefused: "the register answers with error {number}; look it up in its manual",
	CodeUnsent:  "there is no link to the register; check its cable",
	CodeLost:    "no reply of the register; ask it what has become of the command",
}
