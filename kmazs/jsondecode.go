package kmazs

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/obmen-go/obmen/kmazs/internal/jsonscan"
)

// The fixed words of a request (K20).
const (
	// TestCharSet is the text that proves that the body's encoding is right.
	TestCharSet = "Проверка кодировки"

	importUpdate  = "Update"
	importReplace = "Replace"
)

// What one JSON text may hold beside Limits.
const (
	maxJSONString = 1 << 20
	maxJSONDepth  = 64
	maxJSONKeys   = 10_000
)

// ReadJSON reads a whole request of the Web-API. It returns one only if all of it
// could be read and says what K20 asks for; what is wrong with single records are
// their findings. An error is an *Error with line and column.
func ReadJSON(src io.Reader, limits *Limits) (*Request, error) {
	d := NewJSONDecoder(src, limits)
	r := &Request{}
	for rec, err := range d.Records() {
		if err != nil {
			return nil, err
		}
		r.Records = append(r.Records, rec)
	}
	r.Options, r.Fields, r.Warnings = d.Options(), d.Fields(), d.Warnings()
	return r, nil
}

// JSONDecoder reads the records of a request of the Web-API one after the other
// in memory that does not grow with the text (K23, K24). A record that it yields
// proves nothing about the rest: until the sequence has ended without an error, the
// request must not be acted upon. ReadJSON does that waiting.
type JSONDecoder struct {
	s      *jsonscan.Scanner
	limits Limits

	options  Options
	fields   FieldSet
	warnings []Warning
	unknown  map[string]bool

	records, findings   int
	users               bool                   // the member was there
	importType, charSet bool                   // what K20 asks for, seen and right
	record              Record                 // the one being read
	userMember          func(key []byte) error // readMember, made once
	texts               texts
	advice              advisor
	yield               func(Record, error) bool
	used                bool
}

// NewJSONDecoder returns a decoder of a text; nil limits are the defaults.
func NewJSONDecoder(src io.Reader, limits *Limits) *JSONDecoder {
	l := limits.defaults()
	d := &JSONDecoder{
		s: jsonscan.New(src, jsonscan.Limits{
			Bytes: l.Bytes, String: maxJSONString, Depth: maxJSONDepth, Keys: maxJSONKeys,
		}),
		limits:  l,
		unknown: map[string]bool{},
	}
	d.userMember = d.readMember
	return d
}

// newJSONDecoder is one of a text in memory.
func newJSONDecoder(data []byte) *JSONDecoder {
	return NewJSONDecoder(bytes.NewReader(data), &Limits{Bytes: int64(len(data))})
}

// Options are what the request says beside its records, complete when Records has
// ended: members may come in any order.
func (d *JSONDecoder) Options() Options { return d.options }

// Fields are the keys that any record had.
func (d *JSONDecoder) Fields() FieldSet { return d.fields }

// Warnings are what was tolerated: each unknown key once (K15), and ignored RFID
// values (K4). They are complete when Records has ended.
func (d *JSONDecoder) Warnings() []Warning {
	return append(slices.Clip(d.warnings), d.advice.warnings()...)
}

var errStopped = errors.New("kmazs: the caller has stopped reading")

// Records yields the records in their order; it can be used once. An error is
// the last thing it yields.
func (d *JSONDecoder) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if d.used {
			yield(Record{}, newError(CodeUsedTwice))
			return
		}
		d.used, d.yield = true, yield
		if err := d.document(); err != nil && !errors.Is(err, errStopped) {
			yield(Record{}, d.translate(err))
		}
	}
}

func (d *JSONDecoder) document() error {
	if err := d.want('{', ""); err != nil {
		return err
	}
	if err := d.s.Object(d.member); err != nil {
		return err
	}
	if err := d.s.End(); err != nil {
		return err
	}
	switch {
	case !d.charSet:
		return newError(CodeCharSet, "want", TestCharSet)
	case !d.importType:
		return newError(CodeImportType, "value", "")
	case !d.users:
		return newError(CodeNoUsers)
	}
	return nil
}

func (d *JSONDecoder) member(key []byte) error {
	switch string(key) {
	case "ImportUsersParams":
		if err := d.want('{', "ImportUsersParams"); err != nil {
			return err
		}
		return d.s.Object(d.param)
	case "TestCharSet":
		text, _, err := d.scalar("TestCharSet")
		if err != nil {
			return err
		}
		if text != TestCharSet {
			return d.at(newError(CodeCharSet, "want", TestCharSet))
		}
		d.charSet = true
		return nil
	case "Users":
		if err := d.want('[', "Users"); err != nil {
			return err
		}
		d.users = true
		return d.s.Array(d.user)
	}
	d.warnUnknown("", key)
	return d.s.Skip()
}

// param reads a member of ImportUsersParams.
func (d *JSONDecoder) param(key []byte) error {
	const parent = "ImportUsersParams."
	switch string(key) {
	case "ImportType":
		text, _, err := d.scalar(parent + "ImportType")
		if err != nil {
			return err
		}
		if text != importUpdate && text != importReplace {
			return d.at(newError(CodeImportType, "value", clip(text)))
		}
		d.importType, d.options.Replace = true, text == importReplace
		return nil
	case "AllowedStations":
		return d.allowedStations(parent + "AllowedStations")
	case "AllowAttachByKey":
		return d.flag(&d.options.AttachByKey, parent+"AllowAttachByKey")
	case "AllowAttachByName":
		return d.flag(&d.options.AttachByName, parent+"AllowAttachByName")
	case "AllowKeyAsUserName":
		return d.flag(&d.options.KeyAsUserName, parent+"AllowKeyAsUserName")
	}
	d.warnUnknown(parent, key)
	return d.s.Skip()
}

// allowedStations takes a list as text or as an array (K21).
func (d *JSONDecoder) allowedStations(member string) error {
	var text string
	if d.s.Peek() == '[' {
		list, ok, err := d.numbers()
		if err != nil {
			return err
		}
		if !ok {
			return d.wrongShape(member, "[1,2]")
		}
		text = string(list)
	} else {
		t, null, err := d.scalar(member)
		if err != nil {
			return err
		}
		if text = trim(t); null || text == "" {
			d.options.AllowedStations.SetBlank()
			return nil
		}
	}
	if _, err := ParseStations(text); err != nil {
		e := err.(*Error)
		e.f.Member = member
		return d.at(e)
	}
	d.options.AllowedStations.SetValue(text)
	return nil
}

func (d *JSONDecoder) flag(o *Optional[bool], member string) error {
	text, null, err := d.scalar(member)
	switch {
	case err != nil:
		return err
	case null || text == "":
		o.SetBlank()
	case text == "true":
		o.SetValue(true)
	case text == "false":
		o.SetValue(false)
	default:
		e := newError(CodeLogical, "value", clip(text))
		e.f.Member = member
		return d.at(e)
	}
	return nil
}

// scalar reads any value but an object or array as text.
func (d *JSONDecoder) scalar(member string) (text string, null bool, err error) {
	switch c := d.s.Peek(); {
	case c == '"':
		b, err := d.s.String()
		return string(b), false, err
	case c == 't' || c == 'f' || c == 'n':
		word, err := d.s.Literal()
		return word, word == "null", err
	case c == '{' || c == '[':
		return "", false, d.wrongShape(member, `""`)
	}
	b, err := d.s.Number()
	return string(b), false, err
}

// user reads an element of Users.
func (d *JSONDecoder) user() error {
	if d.s.Peek() != '{' {
		return d.want('{', "Users["+strconv.Itoa(d.records+1)+"]")
	}
	if d.records == d.limits.Records {
		return d.at(newError(CodeTooManyRecords, "max", d.limits.Records))
	}
	d.records++
	r := &d.record
	*r = Record{N: d.records}
	d.texts.reset()
	if err := d.s.Object(d.userMember); err != nil {
		return err
	}
	d.texts.take(r)
	r.finish()
	d.advice.rfid(r.N, &r.User)
	if d.findings += len(r.Findings); d.findings > d.limits.Findings {
		return d.at(newError(CodeTooManyFindings, "max", d.limits.Findings))
	}
	if !d.yield(*r, nil) {
		return errStopped
	}
	return nil
}

// readMember reads a member of an element of Users.
func (d *JSONDecoder) readMember(key []byte) error {
	f, ok := parseFieldBytes(key)
	if !ok {
		d.warnUnknown("", key)
		return d.s.Skip()
	}
	d.fields = d.fields.With(f)
	return d.field(&d.record, f)
}

// warnUnknown tells an unknown key, the first time it is seen (K15).
func (d *JSONDecoder) warnUnknown(parent string, key []byte) {
	if len(d.warnings) >= maxWarnings || d.unknown[string(key)] {
		return
	}
	name := clip(string(key))
	d.unknown[string(key)] = true
	d.warnings = append(d.warnings, newWarning(CodeWarnUnknown, d.records, 0, "name", parent+name))
}

// want makes sure that an object or array comes next.
func (d *JSONDecoder) want(open byte, member string) error {
	if d.s.Peek() == open {
		return nil
	}
	wrong := d.wrongShape(member, bracketed[open])
	if err := d.s.Skip(); err != nil { // rather no JSON at all than another value
		return err
	}
	return wrong
}

// wrongShape is the error of a member that is another kind of value.
func (d *JSONDecoder) wrongShape(member, want string) error {
	e := newError(CodeJSONShape, "want", want)
	e.f.Member = member
	return d.at(e)
}

// at adds the place in the text, unless the scanner failed meanwhile.
func (d *JSONDecoder) at(e *Error) error {
	e.f.Line, e.f.Column = d.s.Position()
	return e
}

// translate words an error of the scanner.
func (d *JSONDecoder) translate(err error) error {
	scan, ok := errors.AsType[*jsonscan.Error](err)
	if !ok {
		return err
	}
	var e *Error
	switch scan.Reason {
	case jsonscan.Ended:
		e = newError(CodeJSONEnded)
	case jsonscan.InvalidUTF8:
		e = newError(CodeJSONUTF8)
	case jsonscan.DuplicateKey:
		e = newError(CodeJSONTwice, "name", clip(scan.Key))
	case jsonscan.TooLarge:
		e = newError(CodeTooLarge, "max", d.limits.Bytes)
	case jsonscan.TooLong:
		e = newError(CodeJSONLong, "max", maxJSONString)
	case jsonscan.TooDeep:
		e = newError(CodeJSONDeep, "max", maxJSONDepth)
	case jsonscan.TooManyKeys:
		e = newError(CodeJSONKeys, "max", maxJSONKeys)
	case jsonscan.Reading:
		e = newError(CodeRead).because(scan.Cause)
	default:
		e = newError(CodeJSONSyntax)
	}
	e.f.Record = 0
	if scan.Reason != jsonscan.Reading {
		e.f.Line, e.f.Column = scan.Line, scan.Column
	}
	return e
}
