package scenario

var messagesEN = map[string]string{
	CodeUnreadable: "the scenario cannot be read: {reason}",
	CodeUnexpected: "{member} is {got}, expected {want}",
	CodeAnswers:    "the answers do not fit the questions: {reason}",
}
