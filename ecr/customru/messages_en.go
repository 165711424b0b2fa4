package customru

var messagesEN = map[string]string{
	CodeFrame:  "the bytes are no frame",
	CodeField:  "{field}: {reason}",
	CodeDevice: "the device refused: {code} {meaning}",
	CodeName:   "unknown {what} {value}",
	CodeVAT:    "no department of the register carries VAT code {vat}",
	CodeBusy:   "the register is still working, so that the fate of {command} is not known yet",
}
