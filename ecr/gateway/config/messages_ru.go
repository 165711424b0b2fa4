package config

var messagesRU = map[string]string{
	CodeFile:     "Файл настроек {file}: операция «{deed}» не удалась · проверьте имя файла и права на него.",
	CodeTooLong:  "Файл настроек длиннее {bytes} байт или вложен глубже {depth} элементов · проверьте, тот ли это файл.",
	CodeEncoding: "Символы файла настроек не читаются и не пишутся в кодировке {encoding} · сохраните файл в UTF-8.",
	CodeSyntax:   "Файл настроек не является правильным XML: {reason} · исправьте указанную строку.",
	CodeRoot:     "Корневой элемент называется {name} · он должен называться Configuration.",
	CodeTwice:    "{name} указан повторно, впервые он указан в строке {first} · оставьте один.",
	CodeMissing:  "Не указан {name} · добавьте его.",
	CodeVersion:  "Версия формата FormatVersion {value} не поддерживается · укажите 1.0.",
	CodeBool:     "{name} имеет значение {value} · укажите true или false.",
	CodeNumber:   "{name} имеет значение {value} · укажите целое число от {min} до {max}.",
	CodeName:     "{name} имеет значение {value} · укажите одно из: {names}.",
	CodePath:     "Путь Path {value} не читается · для Type {kind} укажите его в виде {example}.",
	CodeHost:     "Путь Path {value}: {host} не IP-адрес и не имя узла · укажите его в виде {example}.",
	CodePort:     "Путь Path {value}: после последнего двоеточия указан порт TCP {port} · укажите число от 1 до 65535 (для COM-порта нужен Type Serial).",
	CodeSpeed:    "Путь Path {value}: после последнего двоеточия указана скорость {speed} · укажите одну из {speeds} (для IP-адреса нужен Type Network).",
	CodeSame:     "{name} {value} уже занят подключением в строке {first} · укажите другой.",
	CodeTooMany:  "Элементов Connection больше {max} · запустите ещё один экземпляр службы.",

	CodeRootSupplied: "Нет открывающего элемента Configuration, файл прочитан так, будто он есть · добавьте его в начало.",
	CodeUnknown:      "{name} не известен и не действует{hint} · проверьте написание.",
	CodeGuessed:      "Файл настроек не в UTF-8, прочитан как windows-1251 · сохраните его в UTF-8.",
	CodeNewer:        "Версия формата FormatVersion {value} новее 1.0, новое в ней не действует · обновите программу.",
}
