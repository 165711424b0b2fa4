package envelope

var messagesEN = map[string]string{
	CodeNotEnvelope: "the document is not an exchange envelope: {reason}",
	CodeUnreadable:  "the XML cannot be read: {reason}",
	CodeCharset:     "the document is encoded in {charset}; set Reader.Charset to read it",
	CodeLimit:       "longer than the limit of {limit}",
	CodeTwice:       "the element stands twice",
	CodeField:       "the value is not {want}",
	CodeMissing:     "the element is missing",
	CodeMismatch:    "the reply names another procedure than the request",
	CodeIDTaken:     "the envelope id is used already; give every envelope a new one",
	CodeFull:        "more than {limit} envelopes wait for replies",
}
