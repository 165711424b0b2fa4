package flk

import (
	"strconv"
	"time"
)

// The only values that format ТСФЛК 2.0 allows. The letters are Cyrillic.
const (
	InfoType       = "ТСФЛК" // of the protocol, U+0422 U+0421 U+0424 U+041B U+041A
	SourceInfoType = "ТС"    // of the source file, U+0422 U+0421
	Version        = "2.0"
)

// FileID is a file's identifier: three characters of the sender's country, three
// of the receiver's, YYYYMMDDhhmmss; always 20 (F1, F10).
type FileID string

// fileIDLength is the only length of a FileID.
const fileIDLength = 20

const fileIDTime = "20060102150405"

// Sender returns the sender's country code, "" if the length is wrong.
func (id FileID) Sender() string {
	if len(id) != fileIDLength {
		return ""
	}
	return string(id[:3])
}

// Receiver returns the receiver's country code, "" if the length is wrong.
func (id FileID) Receiver() string {
	if len(id) != fileIDLength {
		return ""
	}
	return string(id[3:6])
}

// Time returns the date and time of the identifier: civil time of the sender, for
// which the source names no zone; it is given in UTC. ok is false if it is none.
func (id FileID) Time() (t time.Time, ok bool) {
	if len(id) != fileIDLength || !digits(string(id[6:])) {
		return time.Time{}, false
	}
	return civil(numeral(id[6:10]), numeral(id[10:12]), numeral(id[12:14]), numeral(id[14:16]), numeral(id[16:18]), numeral(id[18:]))
}

// numeral reads digits that were checked.
func numeral[S ~string](s S) (n int) {
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// civil makes a time of parts; ok is false if there is no such time. time.Parse
// would do the same much slower, and every document has three of them.
func civil(year, month, day, hour, minute, second int) (t time.Time, ok bool) {
	if year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day {
		return time.Time{}, false
	}
	return t, true
}

// Date is a date as the file holds it: dd.mm.yyyy or yyyy-mm-dd.
type Date string

// DateLayout chooses how dates are written.
type DateLayout uint8

// The layouts of dates.
const (
	DateDotted DateLayout = iota // dd.mm.yyyy, the default
	DateISO                      // yyyy-mm-dd
)

// NewDate writes the date of t in its own zone.
func NewDate(t time.Time, layout DateLayout) Date {
	if layout == DateISO {
		return Date(t.Format("2006-01-02"))
	}
	return Date(t.Format("02.01.2006"))
}

// Time returns the date at midnight UTC. ok is false for what is no real date or
// has a part that a date has not.
func (d Date) Time() (t time.Time, ok bool) {
	if len(d) != 10 {
		return time.Time{}, false
	}
	year, month, day := d[6:], d[3:5], d[:2]
	switch {
	case d[2] == '.' && d[5] == '.':
	case d[4] == '-' && d[7] == '-':
		year, month, day = d[:4], d[5:7], d[8:]
	default:
		return time.Time{}, false
	}
	if !digits(string(year)) || !digits(string(month)) || !digits(string(day)) {
		return time.Time{}, false
	}
	return civil(numeral(year), numeral(month), numeral(day), 0, 0, 0)
}

// Count is a number N(1-7) as the file holds it.
type Count string

// maxCount is the largest number of seven digits.
const maxCount = 9_999_999

// NewCount writes a number from 0 to 9999999; larger ones do not fit and make the
// value invalid, which Validate reports.
func NewCount(n int) Count { return Count(strconv.Itoa(n)) }

// Int returns the number; ok is false if it is not one of 1 to 7 digits.
func (c Count) Int() (n int, ok bool) {
	if len(c) == 0 || len(c) > 7 || !digits(string(c)) {
		return 0, false
	}
	n, err := strconv.Atoi(string(c))
	return n, err == nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Result is the outcome of processing a source file.
type Result string

// The results, with the source's names.
const (
	ResultFull    Result = "01" // файл полностью принят
	ResultNone    Result = "02" // файл полностью не принят
	ResultPartial Result = "03" // приняты сведения по отдельным документам файла
)

// Name returns the source's Russian name of the result; for others the value itself.
func (r Result) Name() string {
	switch r {
	case ResultFull:
		return "файл полностью принят"
	case ResultNone:
		return "файл полностью не принят"
	case ResultPartial:
		return "приняты сведения по отдельным документам файла"
	}
	return string(r)
}

// Encoding is a character encoding of files.
type Encoding uint8

// The encodings that can be written. Reading also knows other code pages by the
// XML declaration; they show as EncodingOther.
const (
	EncodingUTF8        Encoding = iota // the default
	EncodingUTF16                       // little endian with a byte order mark
	EncodingWindows1251                 // letters outside as character references
	EncodingKOI8R                       // likewise
	EncodingCP866                       // likewise
	EncodingOther                       // read, not written
)

func encodingNamed(label string) Encoding {
	for i, l := range encodingNames {
		if l == label {
			return Encoding(i)
		}
	}
	return EncodingOther
}
