package customru

import (
	"context"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
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

const allStyles = DoubleWidth | WrapAtSpaces | Condensed | DoubleHeight | Framed | LowHeight | Bold | Italic

// maxText is the longest text of DBH and DEH in bytes.
const maxText = 1000

// Print is DBH: up to 1000 characters of text, in a non-fiscal document or in an
// open receipt. The characters 1 to 5 switch to font 1 (narrow) .. 5 (wide).
func (d *Device) Print(ctx context.Context, text string, style TextStyle) error {
	r := d.request(CmdText)
	if style&^allStyles != 0 {
		r.fail(labelStyle, field.Range(int64(style), 0, int64(allStyles)))
	}
	return d.call(ctx, r.put(uint64(style), 2).bare(labelText, text, 0, maxText), nil)
}

// PrintQR is DEH with library 2, the one that all models have: a QR code, in a
// non-fiscal document. scale is the size of a dot.
func (d *Device) PrintQR(ctx context.Context, text string, scale int) error {
	r := d.request(CmdBarcode).put(2, 1).number(labelScale, int64(scale), 1, 65535, 2).bare(labelText, text, 1, maxText)
	return d.call(ctx, r, nil)
}

// BarcodeKind is a kind of bar code (DEH, library 0).
type BarcodeKind byte

// The kinds.
const (
	BarcodeEAN     BarcodeKind = 1 // EAN-8, EAN-13
	BarcodeUPC     BarcodeKind = 2 // UPC-A, UPC-E
	BarcodeITF     BarcodeKind = 3
	BarcodeCode39  BarcodeKind = 4
	BarcodeCode128 BarcodeKind = 5 // the device chooses the sets
	Barcode128C    BarcodeKind = 6
	Barcode128B    BarcodeKind = 7
	Barcode128Raw  BarcodeKind = 8
)

// Align is where a bar code stands on the line.
type Align byte

// The places.
const (
	AlignLeft   Align = 0
	AlignCentre Align = 1
	AlignRight  Align = 2
)

// Barcode is a bar code.
type Barcode struct {
	Kind          BarcodeKind // one of the kinds
	Text          string      // up to 1000 bytes
	Height, Scale int         // 1..65535 each, in the device's units
	Align         Align       // zero is left
	NoText        bool        // leave out the text below
	NoCheckDigit  bool        // the device adds no check digit
	DoubleText    bool        // text in double height
	NoCaption     bool        // leave out the caption
}

// PrintBarcode is DEH with library 0: a bar code, in a non-fiscal document.
func (d *Device) PrintBarcode(ctx context.Context, b Barcode) error {
	flags := uint64(b.Kind)
	for bit, set := range map[int]bool{8: b.NoText, 9: b.NoCheckDigit, 12: b.DoubleText, 13: b.NoCaption} {
		if set {
			flags |= 1 << bit
		}
	}
	r := d.request(CmdBarcode).put(0, 1).number(labelHeight, int64(b.Height), 1, 65535, 2).
		number(labelScale, int64(b.Scale), 1, 65535, 2).number(labelAlign, int64(b.Align), 0, int64(AlignRight), 2).
		put(flags, 2).bare(labelText, b.Text, 1, maxText)
	if b.Kind < BarcodeEAN || b.Kind > Barcode128Raw {
		r.fail(labelCodeKind, field.Range(int64(b.Kind), int64(BarcodeEAN), int64(Barcode128Raw)))
	}
	return d.call(ctx, r, nil)
}

// MatrixKind is a kind of two-dimensional code (DEH, library 1).
type MatrixKind byte

// The kinds.
const (
	MatrixQR     MatrixKind = 6
	MatrixPDF417 MatrixKind = 8
)

// Caption is what stands beside a two-dimensional code. The document's list and
// its examples contradict each other; this is the list.
type Caption byte

// The captions.
const (
	CaptionKind Caption = 0 // the kind of code
	CaptionText Caption = 1 // its text
	CaptionNone Caption = 3 // nothing
	CaptionBoth Caption = 4 // both
)

// PrintMatrix is DEH with library 1: a two-dimensional code, in a non-fiscal
// document. Not on the FUSION-Ф and TK302-ФБ: [Device.PrintQR] is on all models.
func (d *Device) PrintMatrix(ctx context.Context, kind MatrixKind, text string, scale int, caption Caption) error {
	r := d.request(CmdBarcode).put(1, 1).put(uint64(kind), 2).number(labelScale, int64(scale), 1, 65535, 2).
		number(labelCaption, int64(caption), 0, int64(CaptionBoth), 2).bare(labelText, text, 1, maxText)
	if kind != MatrixQR && kind != MatrixPDF417 {
		r.fail(labelCodeKind, ecr.Phrase{EN: "6 and 8 are known", RU: "есть 6 и 8"})
	}
	return d.call(ctx, r, nil)
}

// PrintPicture is DDH: a stored picture 1..25 in an area of a height, x (a
// multiple of 8) and y dots into it, in a non-fiscal document.
func (d *Device) PrintPicture(ctx context.Context, number, height, x, y int) error {
	r := d.request(CmdPicture).number(labelPicture, int64(number), 1, 25, 1).
		number(labelHeight, int64(height), 0, 65535, 2).number(labelX, int64(x), 0, 65535, 2).number(labelY, int64(y), 0, 65535, 2)
	if x%8 != 0 {
		r.fail(labelX, ecr.Say("{1} is no multiple of 8", "{1} не делится на 8", x))
	}
	return d.call(ctx, r, nil)
}
