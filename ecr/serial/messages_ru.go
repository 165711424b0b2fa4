package serial

var messagesRU = map[string]string{
	CodeMode:       "Порт {port}: значение «{reason}» невозможно · укажите скорость 2400..921600 и режим вида 8N1.",
	CodeBusy:       "Порт {port} занят другой программой · закройте её.",
	CodeMissing:    "Порта {port} нет · проверьте кабель и имя порта.",
	CodePermission: "Нет прав на порт {port} · добавьте пользователя в группу dialout или запустите программу с правами.",
	CodeOpen:       "Порт {port} не открылся: {reason} · проверьте кабель и драйвер.",
	CodeList:       "Список портов не получен: {reason} · проверьте драйверы.",
}
