package flagfile

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Codes of this package's errors. They are stable; the texts may change.
const (
	CodeTooLarge     = "FLAG-TOO-LARGE"     // the file exceeds MaxSize
	CodeUTF16        = "FLAG-UTF16"         // the file was saved as UTF-16
	CodeCharacter    = "FLAG-CHARACTER"     // windows-1251 has no such character (FL1)
	CodeName         = "FLAG-NAME"          // a section or key name that a line cannot hold
	CodeLineBreak    = "FLAG-LINE-BREAK"    // a value with a line break (FL6 is for errmsg alone)
	CodeOuterBlank   = "FLAG-OUTER-BLANK"   // a value that begins with a blank, which reading trims (FL1)
	CodeMissing      = "FLAG-MISSING"       // a key that the command needs is absent
	CodeNumber       = "FLAG-NUMBER"        // not a number
	CodeLogical      = "FLAG-LOGICAL"       // neither 0 nor 1
	CodeTime         = "FLAG-TIME"          // not dd.mm.yyyy hh:mm:ss
	CodePageUnknown  = "FLAG-CODEPAGE"      // codepagetype other than 0 and 1
	CodeRemark       = "FLAG-REMARK"        // a documentation remark stands after the value (FL16)
	CodeCommand      = "FLAG-COMMAND"       // an unknown command (FL2)
	CodeTableName    = "FLAG-TABLE-NAME"    // dbffile leaves the folder (FL13)
	CodeInFlight     = "FLAG-IN-FLIGHT"     // an earlier request is not processed yet (FL9)
	CodeTimeout      = "FLAG-TIMEOUT"       // no result in time
	CodeRefused      = "FLAG-REFUSED"       // the office answered error=1 (FL7)
	CodeNotProcessed = "FLAG-NOT-PROCESSED" // a result without processed=1 (FL5)
	CodeAccess       = "FLAG-ACCESS"        // access denied (FL10)
	CodeBusy         = "FLAG-BUSY"          // held by another program for longer than the patience (FL14)
	CodeIO           = "FLAG-IO"            // any other failure of the file system
)

// ErrBusy is what an [FS] wraps into the error of an operation that failed since
// another program holds the file at this moment; such an operation is retried (FL14).
var ErrBusy = errors.New("flagfile: the file is held by another program")

// ErrLocked says that another process holds a lock file (FL10).
var ErrLocked = errors.New("flagfile: another process holds the lock file")

// Error is a failure of this package. It keeps its arguments and formats late.
type Error struct {
	code  string
	path  string
	args  map[string]any
	cause error
	safe  bool
}

func fail(code, path string, args ...any) *Error {
	e := &Error{code: code, path: path, args: make(map[string]any, len(args)/2)}
	for i := 0; i+1 < len(args); i += 2 {
		e.args[args[i].(string)] = args[i+1]
	}
	return e
}

func (e *Error) because(cause error) *Error { e.cause = cause; return e }

func (e *Error) retryable() *Error { e.safe = true; return e }

// Error is one English line for logs.
func (e *Error) Error() string {
	text := e.text(false)
	if e.path != "" {
		return "flagfile: " + e.path + ": " + text
	}
	return "flagfile: " + text
}

// Code is the stable code, one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path says where: the section and key ("main, dbffile") or the file; "" if none.
func (e *Error) Path() string { return e.path }

// Message is a sentence for a clerk: "ru" is Russian, anything else English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		if e.path != "" {
			return e.path + ": " + e.text(true)
		}
		return e.text(true)
	}
	text := e.text(false)
	if e.path != "" {
		return e.path + ": " + text + "."
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// SafeToRetry is true only if the office cannot have acted on the request.
func (e *Error) SafeToRetry() bool { return e.safe }

// Unwrap is the cause, of the standard library, or nil.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) text(russian bool) string {
	text := messagesEN[e.code]
	if russian {
		text = messagesRU[e.code]
	}
	pairs := make([]string, 0, 2*len(e.args))
	for name, arg := range e.args {
		mark, value := "{"+name+"}", fmt.Sprint(arg)
		if err, ok := arg.(error); ok && russian {
			value = inRussian(err)
		}
		value = clip(value)
		if before, after, _ := strings.Cut(text, mark); strings.HasPrefix(after, advice) {
			if strings.Contains(value, advice) {
				text = before + mark // what the office says knows better what to do
			} else {
				value = strings.TrimSuffix(value, ".")
			}
		}
		pairs = append(pairs, mark, value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// What diskState finds out about a failure.
const (
	diskFull = iota + 1
	diskReadOnly
	diskFaulty
)

// inRussian words the failures of a file system that clerks meet; any other one
// keeps the system's own words.
func inRussian(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "файл или папка не найдены"
	case errors.Is(err, fs.ErrExist):
		return "файл с таким именем уже есть"
	}
	switch diskState(err) {
	case diskFull:
		return "на диске нет места"
	case diskReadOnly:
		return "диск доступен только для чтения"
	case diskFaulty:
		return "диск не читается или не записывается"
	}
	return "«" + err.Error() + "»"
}

// advice stands between what happened and what to do in Russian texts.
const advice = " · "

// clip bounds what a damaged file can put into an error text. What the office
// says (errmsg) passes whole up to the same bound as a line of the file.
func clip(s string) string {
	const most = 4096
	s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s)
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Problems is everything wrong with one flag file, in the order of its keys.
type Problems []*Error

// Error joins the problems on one line.
func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, e := range p {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Message joins the problems' sentences, one a line.
func (p Problems) Message(lang string) string {
	texts := make([]string, len(p))
	for i, e := range p {
		texts[i] = e.Message(lang)
	}
	return strings.Join(texts, "\n")
}

// Unwrap lets errors.Is and errors.As look at every problem.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, e := range p {
		list[i] = e
	}
	return list
}

// err is nil for an empty list.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
