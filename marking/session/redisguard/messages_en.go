package redisguard

var messagesEN = map[string]string{
	CodeURL:    "this is no address of a Redis server: redis://user:password@host:6379/0 is expected",
	CodeAway:   "the server of the shared list of sold marks does not answer",
	CodeRefuse: "the server of the shared list of sold marks refuses: {reason}",
	CodeAnswer: "the server of the shared list of sold marks gives an answer that does not fit",
	CodeEvicts: "the server of the shared list of sold marks may forget entries: its maxmemory-policy is {policy}, not noeviction",
}
