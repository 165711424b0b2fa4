package flow

var messagesEN = map[string]string{
	CodeEvent: "{name} does not fit the state {state} of the {what}; what fits: {allowed}",
	CodeName:  "{name} is no {what}; use one of the documented names",
}
