package dirfile

var messagesRU = map[string]string{
	CodeMissing: "Файла справочника нет · проверьте путь к нему.",
	CodeFile:    "Файл справочника недоступен · проверьте права и место на диске.",
	CodeContent: "Файл справочника содержит не то, что должен · исправьте его в этом месте: {problem}",
}
