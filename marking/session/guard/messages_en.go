package guard

var messagesEN = map[string]string{
	CodeTaken: "another receipt has this piece: {owner}; sell another one, or wait until that receipt is closed or cancelled",
	CodeSold:  "this piece was sold already: {owner}; put it aside",
	CodeLost:  "reservations are lost: {identities}; another receipt may have these pieces, scan them again",
}
