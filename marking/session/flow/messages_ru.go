package flow

var messagesRU = map[string]string{
	CodeEvent: "Действие «{name}» недопустимо в состоянии «{state}» ({what}). Допустимы: {allowed}.",
	CodeName:  "«{name}» не является именем ({what}). Используйте одно из описанных имён.",
}
