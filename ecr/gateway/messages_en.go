package gateway

var messagesEN = map[string]string{
	CodeServed: "a gateway serves one listener, once: make another with New",
	CodeListen: "the gateway can take no more clients: its listener failed",
}
