package shtrihm

import (
	"context"
	"fmt"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// Table is the answer of 2Dh. Numbers of tables and fields differ from model to
// model: look at the name.
type Table struct {
	Name   string // as "Региональные настройки"
	Rows   int    // counted from 1
	Fields int    // counted from 1
}

// Table is 2Dh; a table that the device lacks is refused with 5Dh.
func (d *Device) Table(ctx context.Context, table byte) (t Table, err error) {
	err = d.query(ctx, d.request(0x2D).put(uint64(table), 1), func(in *field.Reader) {
		t = Table{decode(in.Bytes(40)), int(in.U16()), int(in.U8())}
	})
	return t, err
}

// Field is the answer of 2Eh: the layout of a field.
type Field struct {
	Name     string // as the device calls it
	Text     bool   // a text in cp1251, else a number
	Size     int    // bytes
	Min, Max uint64 // of a number
}

// Field is 2Eh.
func (d *Device) Field(ctx context.Context, table, number byte) (f Field, err error) {
	r := d.request(0x2E).put(uint64(table), 1).put(uint64(number), 1)
	err = d.query(ctx, r, func(in *field.Reader) {
		f = Field{Name: decode(in.Bytes(40)), Text: in.U8() != 0, Size: int(in.U8())}
		if !f.Text {
			f.Min, f.Max = in.Uint(f.Size), in.Uint(f.Size)
		}
	})
	return f, err
}

func (d *Device) cell(cmd Command, table byte, row uint16, number byte) *request {
	return d.request(cmd).put(uint64(table), 1).put(uint64(row), 2).put(uint64(number), 1)
}

// layout reads a field's layout and compares its type with what the caller wants.
func (d *Device) layout(ctx context.Context, r *request, table, number byte, text bool) (Field, error) {
	f, err := d.Field(ctx, table, number)
	if err == nil && (f.Text != text || !text && f.Size > 8) {
		r.fail(fmt.Sprintf("table %d field %d", table, number), fmt.Sprintf("text %v, %d bytes: another type", f.Text, f.Size))
		err = r.err
	}
	return f, err
}

// Number reads a number from a table (2Eh, 1Fh).
func (d *Device) Number(ctx context.Context, table byte, row uint16, number byte) (v uint64, err error) {
	r := d.cell(0x1F, table, row, number)
	f, err := d.layout(ctx, r, table, number, false)
	if err != nil {
		return 0, err
	}
	err = d.query(ctx, r, func(in *field.Reader) { v = in.Uint(f.Size) })
	return v, err
}

// Text reads a text from a table (2Eh, 1Fh).
func (d *Device) Text(ctx context.Context, table byte, row uint16, number byte) (s string, err error) {
	r := d.cell(0x1F, table, row, number)
	if _, err = d.layout(ctx, r, table, number, true); err != nil {
		return "", err
	}
	err = d.query(ctx, r, func(in *field.Reader) { s = decode(in.Rest()) })
	return s, err
}

// SetNumber writes a number into a table (2Eh, 1Eh) if it fits the field. It
// needs the system administrator's password.
func (d *Device) SetNumber(ctx context.Context, table byte, row uint16, number byte, v uint64) error {
	r := d.cell(0x1E, table, row, number)
	f, err := d.layout(ctx, r, table, number, false)
	if err != nil {
		return err
	}
	if v < f.Min || v > f.Max {
		r.fail(f.Name, fmt.Sprintf("%d is not %d..%d", v, f.Min, f.Max))
	}
	return d.write(ctx, r.put(v, f.Size))
}

// SetText writes a text into a table (2Eh, 1Eh) if it fits the field.
func (d *Device) SetText(ctx context.Context, table byte, row uint16, number byte, s string) error {
	r := d.cell(0x1E, table, row, number)
	f, err := d.layout(ctx, r, table, number, true)
	if err != nil {
		return err
	}
	b, err := field.Encode(charmap.Windows1251, s)
	if err != nil || len(b) > f.Size {
		r.fail(f.Name, fmt.Sprintf("the text does not fit %d bytes of cp1251", f.Size))
	}
	r.data = append(append(r.data, b...), make([]byte, max(0, f.Size-len(b)))...)
	return d.write(ctx, r)
}

// write needs no baseline: a setting can be read back.
func (d *Device) write(ctx context.Context, r *request) error {
	err := d.query(ctx, r, func(*field.Reader) {})
	if ecr.OutcomeOf(err) == ecr.Unknown {
		return ecr.NewLost(Baseline{Cmd: r.cmd}, err)
	}
	return err
}
