package shtrihm

var messagesEN = map[string]string{
	CodeFrame:    "the bytes are no frame",
	CodeTLV:      "tag {tag}: {reason}",
	CodeDevice:   "the device refused: {code} {meaning}",
	CodeName:     "unknown {what} {value}",
	CodeField:    "{field}: {reason}",
	CodePrinting: "the register is still printing after {limit}",
}
