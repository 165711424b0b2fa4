package kmazs

import (
	"errors"
	"iter"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/dbfio"
)

// ReadTableOptions say how a users table is read; nil is the zero value.
type ReadTableOptions struct {
	// CodePage forces a code page, as codepagetype of users.flag does.
	CodePage dbfio.CodePage
	// DefaultCodePage is taken where the table does not name its page; see
	// dbfio.ReadOptions.
	DefaultCodePage dbfio.CodePage
	// Limits bound the number of records and findings.
	Limits Limits
	// Progress, unless nil, is called after every record with the number 1.
	Progress func(records int)
}

// PersonalColumns are the columns whose values no error text may hold, for the
// Mask of package dbfio.
func PersonalColumns() []string {
	var names []string
	for f := range Fields() {
		if fieldTable[f].Personal {
			names = append(names, fieldTable[f].Name)
		}
	}
	return names
}

// ReadTable reads a whole users table. What is wrong with single cells are the
// findings of their records; a damaged table or an incomplete record is an error.
func ReadTable(path string, o *ReadTableOptions) (*Request, error) {
	if o == nil {
		o = &ReadTableOptions{}
	}
	r, err := dbfio.Open(path, &dbfio.ReadOptions{
		CodePage: o.CodePage, DefaultCodePage: o.DefaultCodePage, Mask: PersonalColumns(),
	})
	if err != nil {
		return nil, tableError(CodeTable, err)
	}
	defer r.Close()
	return collect(r, &o.Limits, o.Progress)
}

// ReadTableFrom is ReadTable from a reader that the caller has opened, and closes.
func ReadTableFrom(r *dbfio.Reader, limits *Limits) (*Request, error) {
	return collect(r, limits, nil)
}

func collect(r *dbfio.Reader, limits *Limits, progress func(records int)) (*Request, error) {
	d := NewTableDecoder(r, limits)
	req := &Request{Fields: d.Fields()}
	for rec, err := range d.Records() {
		if err != nil {
			return nil, err
		}
		req.Records = append(req.Records, rec)
		if progress != nil {
			progress(1)
		}
	}
	req.Warnings = d.Warnings()
	return req, nil
}

// TableDecoder reads the records of a users table one after the other, in memory
// that does not grow with the table. Columns may stand in any order and number,
// with any width; deleted rows are passed over and not counted.
type TableDecoder struct {
	r       *dbfio.Reader
	limits  Limits
	columns []tableColumn
	fields  FieldSet
	unknown []Warning
	advice  advisor

	texts texts
	used  bool
}

type tableColumn struct {
	field Field
	index int
	typ   dbfio.Type
}

// NewTableDecoder returns a decoder of the rows of r; nil limits are the defaults.
func NewTableDecoder(r *dbfio.Reader, limits *Limits) *TableDecoder {
	d := &TableDecoder{r: r, limits: limits.defaults()}
	for i, c := range r.Columns() {
		f, ok := ParseField(c.Name)
		switch {
		case !ok && len(d.unknown) < maxWarnings:
			d.unknown = append(d.unknown, newWarning(CodeWarnUnknown, 0, 0, "name", clip(c.Name)))
		case ok && !d.fields.Has(f): // of two columns of one name the first counts
			d.fields = d.fields.With(f)
			d.columns = append(d.columns, tableColumn{f, i, c.Type})
		}
	}
	return d
}

// Fields are the columns of the table that are fields.
func (d *TableDecoder) Fields() FieldSet { return d.fields }

// Warnings are what was tolerated: unknown columns (K15), what package dbfio found,
// and ignored RFID values (K4). They are complete when Records has ended.
func (d *TableDecoder) Warnings() []Warning {
	list := append([]Warning(nil), d.unknown...)
	for _, w := range d.r.Warnings() {
		list = append(list, newWarning(CodeWarnTable, 0, 0, "detail", w))
	}
	return append(list, d.advice.warnings()...)
}

// Records yields the records in their order; it can be used once. An error is the
// last thing it yields: nothing may be done then with the records before.
func (d *TableDecoder) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if d.used {
			yield(Record{}, newError(CodeUsedTwice))
			return
		}
		d.used = true
		n, findings := 0, 0
		for row, err := range d.r.Rows() {
			if err != nil {
				yield(Record{}, tableError(CodeTable, err))
				return
			}
			if n++; n > d.limits.Records {
				yield(Record{}, newError(CodeTooManyRecords, "max", d.limits.Records))
				return
			}
			rec := d.record(n, row)
			if findings += len(rec.Findings); findings > d.limits.Findings {
				yield(Record{}, newError(CodeTooManyFindings, "max", d.limits.Findings))
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

func (d *TableDecoder) record(n int, row *dbfio.Row) Record {
	r := Record{N: n}
	d.texts.reset()
	for _, c := range d.columns {
		r.note(d.cell(&r.User, c, row.Cell(c.index)))
	}
	d.texts.take(&r)
	r.finish()
	d.advice.rfid(n, &r.User)
	return r
}

// cell sets one field; the types of field and column may differ as far as the
// value can be read (D12).
func (d *TableDecoder) cell(u *User, c tableColumn, cell dbfio.Cell) *Error {
	switch kind := fieldTable[c.field].Kind; {
	case kind == Number && c.typ != dbfio.Character:
		v, ok, err := cell.Int()
		switch {
		case err != nil:
			return u.invalid(c.field, CodeNumber, rawText(cell))
		case !ok:
			u.slot(c.field).SetBlank()
			return nil
		}
		return u.setNumber(c.field, v)
	case kind == Logical:
		v, ok, err := cell.Bool()
		o := u.slot(c.field).(*Optional[bool])
		switch {
		case err != nil:
			if text, _, bad := cell.Text(); c.typ == dbfio.Character && bad == nil {
				return u.setText(c.field, trim(text)) // "true" in a text column
			}
			return u.invalid(c.field, CodeLogical, rawText(cell))
		case ok:
			o.SetValue(v)
		default:
			o.SetBlank()
		}
		return nil
	case kind == Day && (c.typ == dbfio.Date || c.typ == dbfio.DateTime):
		v, ok, err := cell.Time()
		date := DateOf(v)
		switch {
		case err != nil || ok && date.IsZero():
			return u.invalid(c.field, CodeDate, rawText(cell))
		case ok:
			u.TimeLimit.SetValue(date)
		default:
			u.TimeLimit.SetBlank()
		}
		return nil
	}
	text, _, err := cell.Text()
	if err != nil {
		return u.invalid(c.field, CodeCell, rawText(cell))
	}
	if text = trim(text); text == "" {
		u.slot(c.field).SetBlank()
		return nil
	}
	textsAdd(&d.texts, c.field, text)
	return nil
}

// rawText shows the bytes of an unreadable cell: what is not plain ASCII is
// quoted.
func rawText(cell dbfio.Cell) string {
	s := strings.Trim(string(cell.Raw()), " \x00")
	if q := strconv.QuoteToASCII(s); q != `"`+s+`"` {
		return q
	}
	return s
}

// tableError words an error of package dbfio, which stays its cause.
func tableError(code string, err error) *Error {
	e := newError(code).because(err)
	if worded, ok := errors.AsType[*dbfio.Error](err); ok {
		e.f.Args = []any{"detail", worded}
	} else {
		e.f.Args = []any{"detail", err.Error()}
	}
	return e
}
