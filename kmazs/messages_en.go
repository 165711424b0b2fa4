package kmazs

// messagesEN holds the English text of every code.
var messagesEN = map[string]string{
	CodeTextLength:    "the text has {length} characters, the field holds {limit}",
	CodeText:          "{value} is no text",
	CodeNumber:        "{value} is not a whole number",
	CodeRange:         "{value} is outside {min}..{max}",
	CodeLogical:       "{value} is neither true nor false",
	CodeDate:          "{value} is not a date; write dd.mm.yyyy",
	CodeTime:          "{value} is not a time of day; write h:mm, 0:00 to 23:59",
	CodeOperation:     "the operation {value} is neither U nor D",
	CodeKeyType:       "the key type {value} is none of 0, 1, 2, 3",
	CodeKeyHex:        "the key must consist of hexadecimal digits, as its type says",
	CodeKeyDecimal:    "the key must consist of decimal digits, as its type says",
	CodeKeyRange:      "the key is too large: at most {limit} digits and below 2^64",
	CodeKeyCard:       "the number of the Premium-Card cannot be converted",
	CodeIDConflict:    "ID and SYNCID are given and differ; give one of them",
	CodeLimitConflict: "ALLLIMIT and DOPLIMIT are given and differ; give one of them",
	CodeLimitType:     "the limit type {value} is none of 0, 1, 2, 4, 7",
	CodeFuelEmpty:     "item {n} of the fuel list is empty",
	CodeFuelTwice:     "fuel {fuel} stands twice in the list",
	CodeFuelLimit:     "the limit {value} of fuel {fuel} is not a whole number from 0 to {max}",
	CodeFuelCount:     "the fuel list has more than {max} items",
	CodeStation:       "{value} is not a station number",
	CodeUnknownField:  "no field is named {name}",
}
