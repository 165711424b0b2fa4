package receipt

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxJSON is the longest receipt that Decode reads, in bytes.
const MaxJSON = 1 << 20

// maxProblems is how many problems Decode collects before it gives up.
const maxProblems = 50

// Decode reads a receipt in JSON, one object, and checks all of it but the marks
// themselves, which are a session's to scan. See the package's comment for the
// members. Unknown members, members that stand twice or in other letter case,
// null, and numbers with a point or an exponent are errors. Errors are
// [Problems] with the path of each, or what r returned.
func Decode(r io.Reader) (Receipt, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxJSON+1))
	if err != nil {
		return Receipt{}, err
	}
	if len(data) > MaxJSON {
		return Receipt{}, Problems{newError(CodeTooLarge, "", arg{"limit", MaxJSON})}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // editors on Windows put it there
	if problem := syntax(data); problem != nil {
		return Receipt{}, Problems{problem}
	}
	d := decoder{json.NewDecoder(bytes.NewReader(data)), nil}
	d.dec.UseNumber()
	var rec Receipt
	d.receipt(&rec)
	if d.problems == nil {
		d.problems = rec.validate(false)
	}
	if d.problems != nil {
		return Receipt{}, d.problems
	}
	return rec, nil
}

// syntax makes sure that the data are one JSON value in UTF-8: the walk after it
// meets nothing but sound tokens.
func syntax(data []byte) *Error {
	at := func(offset int64, reason any) *Error {
		offset = min(max(offset, 0), int64(len(data)))
		line := 1 + bytes.Count(data[:offset], []byte("\n"))
		return newError(CodeSyntax, fmt.Sprintf("line %d", line), arg{"reason", reason})
	}
	if !utf8.Valid(data) {
		text := strings.ToValidUTF8(string(data), "\xff")
		return at(int64(strings.IndexByte(text, 0xff)), words{"it is not UTF-8", "кодировка не UTF-8"})
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	if s, ok := errors.AsType[*json.SyntaxError](err); ok {
		return at(s.Offset, clip(s.Error()))
	}
	if err != nil {
		return newError(CodeSyntax, "", arg{"reason", clip(err.Error())})
	}
	return nil
}

// decoder walks over the tokens of a sound JSON text.
type decoder struct {
	dec      *json.Decoder
	problems Problems
}

// member is a member of an object: need says that it may not be missing.
type member struct {
	name string
	need bool
	read func(t json.Token, path string)
}

func (d *decoder) token() json.Token {
	t, err := d.dec.Token()
	if err != nil {
		// Impossible after syntax; nil is of no wanted kind.
		return nil
	}
	return t
}

func (d *decoder) add(code, path string, args ...arg) {
	if len(d.problems) < maxProblems {
		d.problems.add(code, path, args...)
	}
}

// wrong reports a value of a wrong kind and walks over it.
func (d *decoder) wrong(t json.Token, path string, want words) {
	d.add(CodeKind, path, arg{"want", want})
	d.skip(t)
}

// skip walks over the rest of the value that begins with t.
func (d *decoder) skip(t json.Token) {
	for depth := 0; ; t = d.token() {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return
		}
	}
}

func (d *decoder) object(t json.Token, path string, members ...member) {
	if t != json.Delim('{') {
		d.wrong(t, path, words{"an object", "объект"})
		return
	}
	seen := map[string]bool{}
	for d.dec.More() {
		name, _ := d.token().(string)
		t := d.token()
		at := join(path, clip(name))
		i := slices.IndexFunc(members, func(m member) bool { return m.name == name })
		switch {
		case i < 0:
			known := make([]string, len(members))
			for i, m := range members {
				known[i] = m.name
			}
			d.add(CodeUnknown, at, arg{"known", strings.Join(known, ", ")})
			d.skip(t)
		case seen[name]:
			d.add(CodeDuplicate, at)
			d.skip(t)
		default:
			seen[name] = true
			members[i].read(t, at)
		}
	}
	d.token() // }
	for _, m := range members {
		if m.need && !seen[m.name] {
			d.add(CodeMissing, join(path, m.name))
		}
	}
}

func (d *decoder) receipt(r *Receipt) {
	d.object(d.token(), "",
		member{"type", true, text(d, &r.Type)},
		member{"taxSystem", true, integer(d, &r.TaxSystem, 1)},
		member{"payments", true, func(t json.Token, path string) {
			d.object(t, path,
				member{"cash", false, integer(d, &r.Payments.Cash, 0)},
				member{"electronic", false, integer(d, &r.Payments.Electronic, 0)},
				member{"prepaid", false, integer(d, &r.Payments.Prepaid, 0)},
				member{"credit", false, integer(d, &r.Payments.Credit, 0)},
				member{"counter", false, integer(d, &r.Payments.Counter, 0)})
		}},
		member{"items", true, func(t json.Token, path string) { d.items(t, path, r) }})
}

func (d *decoder) items(t json.Token, path string, r *Receipt) {
	if t != json.Delim('[') {
		d.wrong(t, path, words{"a list", "список"})
		return
	}
	for d.dec.More() {
		if len(r.Items) == MaxItems {
			d.add(CodeTooMany, path, arg{"limit", MaxItems})
			d.skip(json.Delim('[')) // walks to the end of the list
			return
		}
		var it Item
		d.object(d.token(), element(path, len(r.Items)),
			member{"name", true, func(t json.Token, path string) {
				if s, ok := t.(string); ok {
					it.Name = s
				} else {
					d.wrong(t, path, words{"a text in quotes", "текст в кавычках"})
				}
			}},
			member{"price", true, integer(d, &it.Price, 0)},
			member{"quantity", true, text(d, &it.Quantity)},
			member{"tax", true, integer(d, &it.Tax, 1)},
			member{"paymentType", false, integer(d, &it.PaymentType, 1)},
			member{"itemSign", false, integer(d, &it.Sign, 1)},
			member{"mark", false, text(d, &it.Mark)},
			member{"status", false, integer(d, &it.Status, 1)},
			member{"unit", false, integer(d, &it.Unit, 0)},
			member{"fraction", false, text(d, &it.Fraction)},
			member{"tagOrder", false, text(d, &it.TagOrder)},
			member{"group", false, integer(d, &it.Group, 0)})
		r.Items = append(r.Items, it)
	}
	d.token() // ]
}

// integer reads a whole number of at least low into to.
func integer[T ~uint8 | ~int | ~int64](d *decoder, to *T, low int64) func(json.Token, string) {
	return func(t json.Token, path string) {
		number, ok := t.(json.Number)
		n, err := strconv.ParseInt(string(number), 10, 64)
		switch v := T(n); {
		case !ok || err != nil && !errors.Is(err, strconv.ErrRange):
			d.wrong(t, path, words{"a whole number", "целое число"})
		case err != nil || n < low || n > int64(MaxMoney) || int64(v) != n:
			high := int64(MaxMoney)
			if v := ^T(0); v > 0 { // T is a byte
				high = int64(v)
			}
			d.add(CodeRange, path, arg{"min", low}, arg{"max", high})
		default:
			*to = v
		}
	}
}

// text reads a text that a type of this package understands.
func text(d *decoder, to encoding.TextUnmarshaler) func(json.Token, string) {
	return func(t json.Token, path string) {
		s, ok := t.(string)
		if !ok {
			d.wrong(t, path, words{"a text in quotes", "текст в кавычках"})
			return
		}
		if err := to.UnmarshalText([]byte(s)); err != nil {
			if e, ok := errors.AsType[*Error](err); ok && len(d.problems) < maxProblems {
				d.problems = append(d.problems, e.at(path))
			}
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
