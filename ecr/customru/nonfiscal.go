package customru

import (
	"context"

	"github.com/obmen-go/obmen/ecr/customru/internal/field"
)

// Flags of [Device.OpenNonFiscal].
const (
	NoOperator DocFlags = 1 << 1
	NoSerial   DocFlags = 1 << 2
	NoHeader   DocFlags = 1 << 5
	NoTime     DocFlags = 1 << 6
	NoTimeToo  DocFlags = 1 << 7 // firmware from 04.01.30
)

// OpenNonFiscal is DAH: it opens a non-fiscal document.
func (d *Device) OpenNonFiscal(ctx context.Context, flags DocFlags) error {
	r := d.request(CmdOpenNonFiscal).flags(flags, NoOperator|NoSerial|NoHeader|NoTime|NoTimeToo)
	return d.call(ctx, r, nil)
}

// CloseNonFiscal is DFH; cut cuts the paper.
func (d *Device) CloseNonFiscal(ctx context.Context, cut bool) error {
	flags := uint64(0)
	if !cut {
		flags = 1 << 2
	}
	return d.call(ctx, d.request(CmdCloseNonFiscal).put(flags, 2), nil)
}

// CutNonFiscal is DCH: it cuts inside a non-fiscal document.
func (d *Device) CutNonFiscal(ctx context.Context) error {
	return d.call(ctx, d.request(CmdCutNonFiscal), nil)
}

// TextStyle is how a line of text looks.
type TextStyle uint16

// The styles; they may be combined.
const (
	DoubleWidth  TextStyle = 1 << 1
	WrapAtSpaces TextStyle = 1 << 2 // else where the line is full
	Condensed    TextStyle = 1 << 3
	DoubleHeight TextStyle = 1 << 4
	Framed       TextStyle = 1 << 5
	LowHeight    TextStyle = 1 << 6
	Bold         TextStyle = 1 << 11
	Italic       TextStyle = 1 << 12
)

// maxText is the longest text of DBH in bytes.
const maxText = 1000

// Print is DBH: up to 1000 characters of text, in a non-fiscal document or in an
// open receipt.
func (d *Device) Print(ctx context.Context, text string, style TextStyle) error {
	r := d.request(CmdText).put(uint64(style), 2)
	b, err := field.Encode(text)
	switch {
	case err != nil:
		r.fail("text", err.Error())
	case len(b) > maxText:
		r.fail("text", "more than 1000 bytes")
	}
	r.data = append(r.data, b...)
	return d.call(ctx, r, nil)
}

// PrintQR is DEH with library 2, the one that all models have: a QR code, in a
// non-fiscal document. scale is the size of a dot.
func (d *Device) PrintQR(ctx context.Context, text string, scale int) error {
	r := d.request(CmdBarcode).put(2, 1).number("scale", int64(scale), 1, 65535, 2)
	b, err := field.Encode(text)
	switch {
	case err != nil:
		r.fail("text", err.Error())
	case len(b) == 0 || len(b) > maxText:
		r.fail("text", "1..1000 bytes")
	}
	r.data = append(r.data, b...)
	return d.call(ctx, r, nil)
}
