package register

var messagesEN = map[string]string{
	CodeRefused: "the register refused the command",
	CodeNotSent: "the command did not reach the register; it can be sent again",
	CodeUnknown: "the register may have run the command; ask it before anything is repeated",
	CodeAnswer:  "the register's answer cannot be read",
	CodeBusy:    "another program uses the register; try again",
	CodeSetting: "this model has no setting {setting}; look it up in the model's table of settings",
	CodeTag:     "the value of tag {tag} cannot be sent; it has to fit 250 bytes of CP866",
}
