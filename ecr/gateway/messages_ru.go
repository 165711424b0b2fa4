package gateway

var messagesRU = map[string]string{
	CodeServed: "Шлюз уже запускался · создайте новый шлюз.",
	CodeListen: "Шлюз не может принимать подключения · проверьте порт и перезапустите службу.",
}
