package permit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// object reads one JSON object by exact names: encoding/json alone would fold
// their case and let the last of two equal ones win, which could turn a refusal
// into a permission. The first thing that does not fit stays in problem.
type object struct {
	members map[string]json.RawMessage
	where   string
	problem *string
}

// parseObject reads data, which must be one object and nothing else.
func parseObject(data []byte) (object, error) {
	problem := ""
	o := object{problem: &problem}
	o.read(data)
	return o, o.err()
}

// unreadable says what in an answer cannot be read.
type unreadable string

func (u unreadable) Error() string { return string(u) }

func (o object) err() error {
	if *o.problem == "" {
		return nil
	}
	return unreadable(*o.problem)
}

func (o object) fail(format string, args ...any) {
	if *o.problem == "" {
		*o.problem = fmt.Sprintf(format, args...)
	}
}

func (o object) path(name string) string {
	if o.where == "" {
		return name
	}
	return o.where + "." + name
}

func (o *object) read(data []byte) {
	o.members = map[string]json.RawMessage{}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		o.fail("%s: no object", or(o.where, "body"))
		return
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			o.fail("%s: no JSON", or(o.where, "body"))
			return
		}
		if len(name) > maxName {
			continue
		}
		if _, twice := o.members[name]; twice {
			o.fail("%s stands twice", o.path(printable(name)))
			return
		}
		o.members[name] = value
	}
	if _, err := d.Token(); err != nil {
		o.fail("%s: no JSON", or(o.where, "body"))
		return
	}
	// More would not see a brace too many.
	if _, err := d.Token(); o.where == "" && !errors.Is(err, io.EOF) {
		o.fail("text behind the object")
	}
}

// maxName bounds the names of members: longer ones are none of ours.
const maxName = 64

// printable keeps what a peer named fit for one line of a log.
func printable(text string) string {
	q := strconv.Quote(text)
	return q[1 : len(q)-1]
}

// has says whether a member is there and not null.
func (o object) has(name string) bool {
	v, ok := o.members[name]
	return ok && string(v) != "null"
}

// flag reads a boolean; nil is absent.
func (o object) flag(name string) *bool {
	if !o.has(name) {
		return nil
	}
	switch string(o.members[name]) {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	o.fail("%s: no boolean", o.path(name))
	return nil
}

// number reads an integer, be it written as a text; nil is absent.
func (o object) number(name string) *int64 {
	text := o.text(name)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		o.fail("%s: no integer", o.path(name))
		return nil
	}
	return &n
}

// text reads a text, or a number exactly as it is written.
func (o object) text(name string) string {
	if !o.has(name) {
		return ""
	}
	return o.scalar(o.path(name), o.members[name])
}

func (o object) scalar(where string, raw json.RawMessage) string {
	var text string
	if raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
		return text
	}
	var n json.Number
	if raw[0] != '"' && json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	o.fail("%s: neither text nor number", where)
	return ""
}

// list reads an array.
func (o object) list(name string) []json.RawMessage {
	if !o.has(name) {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(o.members[name], &list) != nil {
		o.fail("%s: no array", o.path(name))
	}
	return list
}

// texts reads an array of texts or numbers.
func (o object) texts(name string) []string {
	var texts []string
	for i, raw := range o.list(name) {
		texts = append(texts, o.scalar(fmt.Sprintf("%s[%d]", o.path(name), i+1), raw))
	}
	return texts
}

// objects reads an array of objects.
func (o object) objects(name string) []object {
	var objects []object
	for i, raw := range o.list(name) {
		c := object{where: fmt.Sprintf("%s[%d]", o.path(name), i+1), problem: o.problem}
		c.read(raw)
		objects = append(objects, c)
	}
	return objects
}

// object reads a member that is an object; ok is false if it is absent.
func (o object) object(name string) (object, bool) {
	if !o.has(name) {
		return object{}, false
	}
	c := object{where: o.path(name), problem: o.problem}
	c.read(o.members[name])
	return c, true
}

// leaves collects all texts inside a member of any shape, names included.
func (o object) leaves(name string) []string {
	if !o.has(name) {
		return nil
	}
	var texts []string
	for d := json.NewDecoder(bytes.NewReader(o.members[name])); ; {
		t, err := d.Token()
		if err != nil {
			return texts
		}
		if text, ok := t.(string); ok {
			texts = append(texts, text)
		}
	}
}
