package sessiontest

var messagesRU = map[string]string{
	CodeRefused: "ККТ вернула ошибку {number}. Найдите её в руководстве.",
	CodeUnsent:  "Нет связи с ККТ. Проверьте кабель.",
	CodeLost:    "Нет ответа от ККТ. Запросите её состояние.",
}
