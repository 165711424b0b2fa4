package config

var messagesEN = map[string]string{
	CodeFile:     "the configuration file {file} cannot be {deed}",
	CodeTooLong:  "the configuration is longer than {bytes} bytes or nested deeper than {depth} elements",
	CodeEncoding: "the characters of the configuration cannot be read or written as {encoding}: save it as UTF-8",
	CodeSyntax:   "the configuration is no well-formed XML: {reason}",
	CodeRoot:     "the root element is {name}, it must be Configuration",
	CodeTwice:    "{name} stands here again, it was already given on line {first}",
	CodeMissing:  "{name} is missing",
	CodeVersion:  "FormatVersion {value} is not supported, only 1.0 is",
	CodeBool:     "{name} is {value}, it must be true or false",
	CodeNumber:   "{name} is {value}, it must be a whole number from {min} to {max}",
	CodeName:     "{name} is {value}, it must be one of {names}",
	CodePath:     "Path {value} cannot be read: for Type {kind} write it as {example}",
	CodeHost:     "Path {value}: {host} is no IP address and no host name, write it as {example}",
	CodePort:     "Path {value}: the TCP port after the last colon is {port}, it must be from 1 to 65535 (a COM port needs Type Serial)",
	CodeSpeed:    "Path {value}: the speed after the last colon is {speed}, it must be one of {speeds} (an IP address needs Type Network)",
	CodeSame:     "{name} {value} is already that of the Connection on line {first}",
	CodeTooMany:  "there are more than {max} Connection elements",

	CodeRootSupplied: "the opening element Configuration is missing: read as if it stood at the beginning",
	CodeUnknown:      "{name} is not known and has no effect{hint}",
	CodeGuessed:      "the configuration is not UTF-8: read as windows-1251",
	CodeNewer:        "FormatVersion {value} is newer than 1.0: what is new in it has no effect",
}
