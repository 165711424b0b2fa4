package marking

// messagesEN holds the English texts: for logs as they stand, as sentences
// through Message.
var messagesEN = map[string]string{
	CodeNotRecognised:    "no kind of code has this form ({length} characters); scan again, or check that this is the marking code and not another one",
	CodeIllegalCharacter: "{character} cannot stand here in a code; scan again, and check the scanner's keyboard layout and code page if it repeats",
	CodeMixedLayout:      "{character} cannot be typed under the Russian keyboard layout, but Cyrillic letters are there too; switch the keyboard to English and scan again",
	CodeGSInconsistent:   "the separators that arrived fit no layout of a code; scan again, and set the scanner up to send every GS if it repeats",
	CodeUnrestorable:     "the code of {length} characters has lost its separators and fits no layout; scan again with a scanner that sends GS",
	CodeAmbiguous:        "the code has lost its separators and can be read as {candidates}; scan again with a scanner that sends GS",
	CodeDuplicateAI:      "the application identifier {ai} stands twice; scan one code at a time",
	CodeUnknownAI:        "no mark has an application identifier {ai}; scan again, or check that this is the marking code and not another one",
	CodeBadLength:        "{length} characters instead of {want}; scan again",
	CodeIncomplete:       "only the beginning of a code ({length} characters) arrived, without the part that proves it; scan the whole code",
	CodeName:             "{name} is no {type}; use one of the documented names",

	CodeWarnCheckDigit:      "the check digit of the GTIN is wrong: a test code, or a misread one",
	CodeWarnChecksum:        "the checksum of the crypto tail does not hold: the code was misread, or is of the kind that only a fiscal storage verifies; scan again if the register refuses it",
	CodeWarnTailLength:      "the crypto tail has an unusual length; scan again if the register refuses it",
	CodeWarnRestored:        "the scanner lost separators and they were put back; set it up to send GS",
	CodeWarnAmbiguous:       "the code without separators could also be a bare identity; set the scanner up to send GS",
	CodeWarnNonstandard:     "the code fits no known layout and was taken as it stands",
	CodeWarnPlainDataMatrix: "the scanner reports a plain DataMatrix, but the code has application identifiers: the label is printed without FNC1, or the scanner is set up wrongly",
	CodeWarnExtraGS:         "separators stood at the end or were doubled and were dropped; check the scanner's set-up",
	CodeWarnSpelling:        "the separator arrived as text and was translated; set the scanner up to send the character GS",
	CodeWarnKeyboard:        "the scan was typed under the Russian keyboard layout or CapsLock and was put right; switch the keyboard to English and CapsLock off",

	CodeCauseNoGS:             "the separators GS are missing: the scanner does not send them",
	CodeCauseIllegalCharacter: "there is a character that no code may hold",
	CodeCauseChecksum:         "the checksum does not hold: the code was misread or is damaged",
	CodeCauseLength:           "the length of a part of the code is wrong",
	CodeCauseNotMark:          "this is not a marking code but another bar code",
	CodeCauseDuplicate:        "the same code is already in the receipt",
	CodeCauseStorageFault:     "the fiscal storage did not save the result of the check",
}
