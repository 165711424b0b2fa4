package dirfile

var messagesEN = map[string]string{
	CodeMissing: "the file of the directory is missing; check its path",
	CodeFile:    "the file of the directory could not be used; check the rights and the space on the disk",
	CodeContent: "the file of the directory holds something else than it should; correct it at this place: {problem}",
}
