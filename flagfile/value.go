package flagfile

import (
	"strconv"
	"strings"
	"time"
)

// Timestamp is a time as flag files write it, "07.09.2011 10:36:50", in the local
// time of the computers of one folder. It is text: the office repeats it letter
// by letter and the client compares it as text (FL2).
type Timestamp string

// TimestampOf is the Timestamp of a moment, in that time's location.
func TimestampOf(t time.Time) Timestamp { return Timestamp(t.Format("02.01.2006 15:04:05")) }

// Time reads the text in a location (nil is time.Local). Day, month and hour may
// have one digit.
func (s Timestamp) Time(loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = time.Local
	}
	// time.Parse would also take a fraction of a second after any pattern.
	if t, err := time.ParseInLocation("2.1.2006 15:04:05", string(s), loc); err == nil && strings.Trim(string(s), "0123456789.: ") == "" && strings.Count(string(s), ".") == 2 {
		return t, nil
	}
	return time.Time{}, fail(CodeTime, "", "value", string(s))
}

// CodePage is the code page of the table that a users.flag names.
type CodePage uint8

// The code pages of codepagetype.
const (
	CodePageUnset CodePage = iota // codepagetype is not given: the office's setting applies
	CodePage1251                  // codepagetype=0
	CodePage866                   // codepagetype=1
)

// String is "windows-1251", "CP866", "unset", or "CodePage(7)" for what is neither.
func (p CodePage) String() string {
	switch p {
	case CodePageUnset:
		return "unset"
	case CodePage1251:
		return "windows-1251"
	case CodePage866:
		return "CP866"
	}
	return "CodePage(" + strconv.Itoa(int(p)) + ")"
}

// MarshalText is the value of codepagetype: "0", "1", "" for unset.
func (p CodePage) MarshalText() ([]byte, error) {
	switch p {
	case CodePageUnset:
		return nil, nil
	case CodePage1251:
		return []byte("0"), nil
	case CodePage866:
		return []byte("1"), nil
	}
	return nil, fail(CodePageUnknown, "", "value", p.String())
}

// UnmarshalText reads a value of codepagetype.
func (p *CodePage) UnmarshalText(text []byte) error {
	switch string(text) {
	case "":
		*p = CodePageUnset
	case "0":
		*p = CodePage1251
	case "1":
		*p = CodePage866
	default:
		return fail(CodePageUnknown, "", "value", string(text))
	}
	return nil
}

// EscapeText is the form of a text in errmsg: every line break becomes the two
// characters \n, and a text with a double quote is wrapped in double quotes, as is
// one with outer blanks, which would be lost otherwise (decision). Nothing else
// changes: inner quotes and backslashes stay single (FL6).
func EscapeText(s string) string {
	s = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
	if strings.Contains(s, `"`) || strings.Trim(s, blanks) != s {
		return `"` + s + `"`
	}
	return s
}

// UnescapeText is the text of a value of errmsg: one outer pair of quotes is
// stripped, every \n becomes a line break. It undoes [EscapeText] for every text
// without \n, CR and CRLF of its own.
func UnescapeText(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	return strings.ReplaceAll(s, `\n`, "\n")
}

// reader takes typed values out of a file and gathers what is wrong.
type reader struct {
	file     *File
	problems Problems
}

func (r *reader) add(err *Error, key string) {
	err.path = Main + ", " + key
	r.problems = append(r.problems, err)
}

// text is a value without outer blanks. A remark in brackets behind a blank, as
// the document's sample lines carry, is refused instead of stripped (FL16).
func (r *reader) text(key string) (string, bool) {
	value, ok := r.file.Get(Main, key)
	value = strings.Trim(value, blanks)
	if i := strings.IndexAny(value, blanks); i >= 0 && strings.HasSuffix(value, ")") {
		if open := strings.Index(value[i:], "("); open > 0 && strings.ContainsRune(blanks, rune(value[i+open-1])) {
			r.add(fail(CodeRemark, "", "remark", value[i+open:]), key)
			return "", false
		}
	}
	return value, ok && value != ""
}

// need is text for a key that has to be there; a remark is reported but once.
func (r *reader) need(key string) string {
	before := len(r.problems)
	value, ok := r.text(key)
	if !ok && len(r.problems) == before {
		r.add(fail(CodeMissing, ""), key)
	}
	return value
}

func (r *reader) number(key string) *int64 {
	text, ok := r.text(key)
	if !ok {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || text[0] == '+' {
		r.add(fail(CodeNumber, "", "value", text), key)
		return nil
	}
	return &n
}

func (r *reader) logical(key string) *bool {
	text, ok := r.text(key)
	if !ok {
		return nil
	}
	if text != "0" && text != "1" {
		r.add(fail(CodeLogical, "", "value", text), key)
		return nil
	}
	return new(text == "1")
}

func (r *reader) time(key string) Timestamp {
	text, ok := r.text(key)
	if !ok {
		return ""
	}
	if _, err := Timestamp(text).Time(time.UTC); err != nil {
		r.add(fail(CodeTime, "", "value", text), key)
		return ""
	}
	return Timestamp(text)
}

func (r *reader) codePage(key string) (p CodePage) {
	if text, ok := r.text(key); ok && p.UnmarshalText([]byte(text)) != nil {
		r.add(fail(CodePageUnknown, "", "value", text), key)
	}
	return p
}

func (r *reader) command(want string) {
	if got := r.need("command"); got != "" && !strings.EqualFold(got, want) {
		r.add(fail(CodeCommand, "", "value", got), "command")
	}
}
