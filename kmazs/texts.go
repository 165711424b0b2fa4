package kmazs

// texts collects the values of one record that come as text, so that they cost one
// allocation together and a record holds on to nothing but its own.
type texts struct {
	bytes  []byte
	places []textPlace
}

// textPlace is where in bytes the value of a field lies.
type textPlace struct {
	field    Field
	from, to int
}

func (t *texts) reset() { t.bytes, t.places = t.bytes[:0], t.places[:0] }

// textsAdd notes the text of a field.
func textsAdd[T string | []byte](t *texts, f Field, s T) {
	from := len(t.bytes)
	t.bytes = append(t.bytes, s...)
	t.places = append(t.places, textPlace{f, from, len(t.bytes)})
}

// take makes one string of all texts and sets the fields to its parts.
func (t *texts) take(r *Record) {
	if len(t.places) == 0 {
		return
	}
	all := string(t.bytes)
	for _, p := range t.places {
		r.note(r.User.setText(p.field, all[p.from:p.to]))
	}
}
