package config

import (
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// The codes of this package. The path of an error is the line: "line 7".
const (
	CodeFile     = "ECR-CONFIG-FILE"     // the file cannot be read or written
	CodeTooLong  = "ECR-CONFIG-TOO-LONG" // the file is longer than MaxSize, or nested too deeply
	CodeEncoding = "ECR-CONFIG-ENCODING" // the file's characters cannot be read or written
	CodeSyntax   = "ECR-CONFIG-SYNTAX"   // the file is no XML
	CodeRoot     = "ECR-CONFIG-ROOT"     // the file is XML of something else
	CodeTwice    = "ECR-CONFIG-TWICE"    // an element or attribute stands twice
	CodeMissing  = "ECR-CONFIG-MISSING"  // something that must stand there does not
	CodeVersion  = "ECR-CONFIG-VERSION"  // a format of another version
	CodeBool     = "ECR-CONFIG-BOOL"     // neither true nor false
	CodeNumber   = "ECR-CONFIG-NUMBER"   // no whole number, or out of range
	CodeName     = "ECR-CONFIG-NAME"     // none of the names that are possible
	CodePath     = "ECR-CONFIG-PATH"     // a Path that is not NAME:NUMBER
	CodeHost     = "ECR-CONFIG-HOST"     // a Path whose IP address or host name is none
	CodePort     = "ECR-CONFIG-PORT"     // a Path whose TCP port is none
	CodeSpeed    = "ECR-CONFIG-SPEED"    // a Path whose serial speed is none
	CodeSame     = "ECR-CONFIG-SAME"     // two connections with one Id or one Path
	CodeTooMany  = "ECR-CONFIG-TOO-MANY" // more connections than MaxConnections

	CodeRootSupplied = "ECR-CONFIG-ROOT-SUPPLIED" // warning: the opening root element was missing
	CodeUnknown      = "ECR-CONFIG-UNKNOWN"       // warning: an element or attribute that is not known
	CodeGuessed      = "ECR-CONFIG-GUESSED"       // warning: no UTF-8, taken as windows-1251
	CodeNewer        = "ECR-CONFIG-NEWER"         // warning: a newer format of the same kind
)

// fail makes an error of a line; 0 is none.
func fail(code string, line int, args ...ecr.Arg) *ecr.Error { return failBy(code, line, nil, args...) }

func failBy(code string, line int, cause error, args ...ecr.Arg) *ecr.Error {
	path := ""
	if line > 0 {
		path = "line " + strconv.Itoa(line)
	}
	return ecr.NewError(code, ecr.Details{
		Path: path, EN: messagesEN[code], RU: messagesRU[code], Args: args, Cause: cause,
	})
}

func arg(name string, value any) ecr.Arg { return ecr.Arg{Name: name, Value: value} }
