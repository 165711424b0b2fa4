package customru

var messagesEN = map[string]string{
	CodeFrame:  "the bytes are no frame: {reason}",
	CodeField:  "{field}: {reason}",
	CodeDevice: "the device refused: {code} {meaning}",
	CodeVAT:    "no department of the register carries VAT code {vat}",
	CodePaper:  "the register has no paper and will not answer",
	CodeBusy:   "the register is still working, so that the fate of {command} is not known yet",
}
