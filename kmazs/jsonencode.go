package kmazs

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"
)

// jsonOrder is the order in which keys are written (K23): that of the document's
// sample, then that of the table.
var jsonOrder = func() [FieldCount]Field {
	order := [FieldCount]Field{FieldKey, FieldShortName, FieldSyncID, FieldFullName, FieldCanTide, FieldDayLimit}
	n := 6
	first := SetOf(order[:n]...)
	for f := range Fields() {
		if !first.Has(f) {
			order[n] = f
			n++
		}
	}
	return order
}()

// WriteJSON writes a request of the Web-API: one line a user, ImportType always
// "Update" (K20). users is ranged over twice: if any of them has findings, these
// are returned and nothing is written; so is an option that only a folder can
// express (K0).
func WriteJSON(dst io.Writer, o Options, users iter.Seq[*User]) error {
	if err := o.checkJSON(); err != nil {
		return err
	}
	if bad := checkAll(users); bad != nil {
		return bad
	}
	w := bufio.NewWriterSize(dst, 64<<10)
	line := o.appendJSON(make([]byte, 0, 1024))
	first := true
	for u := range users {
		if !first {
			line = append(line, ',')
		}
		first = false
		line = u.appendJSON(append(line, "\n    "...))
		if _, err := w.Write(line); err != nil {
			return newError(CodeWrite).because(err)
		}
		line = line[:0]
	}
	if !first {
		line = append(line, "\n  "...)
	}
	w.Write(append(line, "]\n}\n"...))
	if err := w.Flush(); err != nil {
		return newError(CodeWrite).because(err)
	}
	return nil
}

// checkAll returns the findings of users, numbered, nil if there are none. It
// stops after as many as a person would read.
func checkAll(users iter.Seq[*User]) error {
	const enough = 1000
	var all Findings
	n := 0
	for u := range users {
		n++
		for _, e := range u.checkWritable() {
			e.f.Record = n
			all = append(all, e)
		}
		if len(all) >= enough {
			break
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// checkWritable is Check, and a finding for each field that a decoder made invalid.
func (u *User) checkWritable() Findings {
	all := u.Check()
	for f := range Fields() {
		if u.slot(f).State() == StateInvalid {
			all = append(all, findingAt(f, newError(CodeInvalid)))
		}
	}
	return all
}

func (o *Options) checkJSON() error {
	for _, option := range []struct {
		name  string
		given bool
	}{
		{"processiscar", o.ProcessIsCar.HasValue()},
		{"kmazsreplace", o.StationsReplace.HasValue()},
		{"gsmreplace", o.FuelReplace.HasValue()},
		{"autoexchange", o.AutoExchange.Or(false)},
	} {
		if option.given {
			return newError(CodeNotInJSON, "option", option.name)
		}
	}
	if text, ok := o.AllowedStations.Get(); ok {
		if _, err := ParseStations(text); err != nil {
			e := err.(*Error)
			e.f.Member = "AllowedStations"
			return e
		}
	}
	return nil
}

// appendJSON writes all that stands before the first user.
func (o *Options) appendJSON(dst []byte) []byte {
	dst = append(dst, "{\n  \"ImportUsersParams\": {"...)
	if text, ok := o.AllowedStations.Get(); ok {
		dst = appendString(append(dst, `"AllowedStations": `...), text)
		dst = append(dst, ", "...)
	}
	for _, flag := range []struct {
		name string
		o    Optional[bool]
	}{
		{"AllowAttachByKey", o.AttachByKey},
		{"AllowAttachByName", o.AttachByName},
		{"AllowKeyAsUserName", o.KeyAsUserName},
	} {
		if v, ok := flag.o.Get(); ok {
			dst = append(dst, '"')
			dst = append(dst, flag.name...)
			dst = strconv.AppendBool(append(dst, `": `...), v)
			dst = append(dst, ", "...)
		}
	}
	dst = append(dst, "\"ImportType\": \""+importUpdate+"\"},\n  \"TestCharSet\": \""+TestCharSet+"\",\n  \"Users\": ["...)
	return dst
}

// MarshalJSON writes the record as the Web-API takes it: numbers as texts,
// logicals as such, dates as dd.mm.yyyy, blank as "" (of a logical: null), absent
// fields not at all (K23). A record with findings is refused.
func (u User) MarshalJSON() ([]byte, error) {
	if bad := u.checkWritable(); bad != nil {
		return nil, bad
	}
	return u.appendJSON(nil), nil
}

// UnmarshalJSON reads one record as ReadJSON does. What is wrong with fields comes
// as Findings; the other fields are set. Unknown keys are ignored.
func (u *User) UnmarshalJSON(data []byte) error {
	d := newJSONDecoder(data)
	var bad Findings
	d.yield = func(r Record, _ error) bool {
		*u, bad = r.User, r.Findings
		return true
	}
	if err := d.user(); err != nil {
		return d.translate(err)
	}
	if bad != nil {
		return bad
	}
	return nil
}

var (
	_ json.Marshaler   = User{}
	_ json.Unmarshaler = (*User)(nil)
)

func (u *User) appendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	first := true
	for _, f := range jsonOrder {
		o := u.slot(f)
		state := o.State()
		if state == StateAbsent {
			continue
		}
		if !first {
			dst = append(dst, ", "...)
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, fieldTable[f].Name...)
		dst = append(dst, `": `...)
		switch b, logical := o.(*Optional[bool]); {
		case logical && state == StateBlank:
			dst = append(dst, "null"...)
		case logical:
			dst = strconv.AppendBool(dst, b.value)
		case state == StateBlank:
			dst = append(dst, `""`...)
		default:
			dst = appendString(dst, u.text(f))
		}
	}
	return append(dst, '}')
}

// text is the value of a field as the Web-API writes it, without quotes.
func (u *User) text(f Field) string {
	switch o := u.slot(f).(type) {
	case *Optional[string]:
		return o.value
	case *Optional[int]:
		return strconv.Itoa(o.value)
	case *Optional[bool]:
		return strconv.FormatBool(o.value)
	case *Optional[Date]:
		return o.value.Dotted()
	case *Optional[ShiftTime]:
		return o.value.String()
	case *Optional[Operation]:
		return o.value.String()
	case *Optional[KeyType]:
		return strconv.Itoa(int(o.value))
	case *Optional[LimitType]:
		return strconv.Itoa(int(o.value))
	}
	return ""
}

// appendString writes a JSON string; letters stay as they are.
func appendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, size := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			if c < ' ' {
				dst = append(dst, `\u00`...)
				dst = append(dst, hex[c>>4], hex[c&15])
			} else {
				dst = utf8.AppendRune(dst, utf8.RuneError)
			}
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}
