package kmazs

import "bytes"

// field reads the value of one field of a record.
func (d *JSONDecoder) field(r *Record, f Field) error {
	var bad *Error
	isText := fieldTable[f].Kind == Text && f != FieldOperation
	switch c := d.s.Peek(); {
	case c == '"':
		b, err := d.s.String()
		if err != nil {
			return err
		}
		d.fieldText(&r.User, f, b)
	case c == 'n':
		if _, err := d.s.Literal(); err != nil {
			return err
		}
		r.User.slot(f).SetBlank()
	case c == 't' || c == 'f':
		word, err := d.s.Literal()
		if err != nil {
			return err
		}
		if o, ok := r.User.slot(f).(*Optional[bool]); ok {
			o.SetValue(word == "true")
		} else {
			bad = r.User.invalid(f, wrongType[fieldTable[f].Kind], word)
		}
	case c == '[' && f == FieldStations:
		list, ok, err := d.numbers()
		if err != nil {
			return err
		}
		if ok {
			d.fieldText(&r.User, f, list)
		} else {
			bad = r.User.invalid(f, CodeText, bracketed['['])
		}
	case c == '{' || c == '[':
		if err := d.s.Skip(); err != nil {
			return err
		}
		bad = r.User.invalid(f, wrongType[fieldTable[f].Kind], bracketed[c])
	default:
		b, err := d.s.Number()
		if err != nil {
			return err
		}
		// A whole number is a text too, by its literal (K1).
		if isText && bytes.ContainsAny(b, ".eE") {
			bad = r.User.invalid(f, wrongType[fieldTable[f].Kind], string(b))
		} else {
			d.fieldText(&r.User, f, b)
		}
	}
	r.note(bad)
	return nil
}

// bracketed is how an error text shows an object or array.
var bracketed = map[byte]string{'{': "{…}", '[': "[…]"}

// wrongType is the code of a value that is another kind of JSON.
var wrongType = [...]string{Text: CodeText, Number: CodeNumber, Logical: CodeLogical, Day: CodeDate, ClockTime: CodeTime}

// fieldText notes the text of a field for texts.take.
func (d *JSONDecoder) fieldText(u *User, f Field, b []byte) {
	if b = bytes.Trim(b, blanks); len(b) == 0 {
		u.slot(f).SetBlank()
		return
	}
	textsAdd(&d.texts, f, b)
}

// numbers reads an array of whole numbers, as numbers or texts, into the form of
// STATIONS; ok is false for other elements, which are passed over.
func (d *JSONDecoder) numbers() (list []byte, ok bool, err error) {
	ok = true
	err = d.s.Array(func() error {
		var item []byte
		var err error
		switch c := d.s.Peek(); {
		case c == '"':
			item, err = d.s.String()
		case c == '-' || '0' <= c && c <= '9':
			item, err = d.s.Number()
		default:
			ok = false
			return d.s.Skip()
		}
		if len(list) > maxJSONString {
			ok = false
			return err
		}
		if len(list) > 0 {
			list = append(list, ',')
		}
		list = append(list, item...)
		return err
	})
	if ok && len(list) == 0 {
		list = []byte(NoStations)
	}
	return list, ok, err
}
