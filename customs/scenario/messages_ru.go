package scenario

var messagesRU = map[string]string{
	CodeUnreadable: "Файл сценария не читается: {reason} · Исправьте файл.",
	CodeUnexpected: "Получено {member}: {got}, ожидалось {want} · Проверьте сценарий или исходные данные.",
	CodeAnswers:    "Ответы не подходят к вопросам: {reason} · Исправьте ответы в сценарии.",
}
