package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// paper is a finished receipt as it is drawn: lines and the QR code that the tax
// service's program reads.
type paper struct {
	Lines  []paperLine `json:"lines"`
	QR     string      `json:"qr"`
	QRText string      `json:"qrText"`
}

type paperLine struct {
	Left  string `json:"left,omitempty"`
	Right string `json:"right,omitempty"`
	Class string `json:"class,omitempty"`
	Rule  bool   `json:"rule,omitempty"`
}

// fiscal is what the register knows of a finished receipt.
type fiscal struct {
	Storage  string // number of the fiscal storage
	Document uint32
	Sign     uint32
	At       time.Time
	Return   bool
	Sum      int64 // kopecks
}

// qrText is the text of the QR code: time, sum, storage, document, sign and the
// kind of operation.
func (f *fiscal) qrText() string {
	kind := 1
	if f.Return {
		kind = 2
	}
	return fmt.Sprintf("t=%s&s=%s&fn=%s&i=%d&fp=%d&n=%d", f.At.Format("20060102T1504"), amount(f.Sum, "."), f.Storage, f.Document, f.Sign, kind)
}

// qrImage draws the code as a data URL.
func qrImage(text string) (string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", err
	}
	const quiet = 4 // modules around the code
	n := code.Bounds().Dx()
	scaled, err := barcode.Scale(code, 4*n, 4*n)
	if err != nil {
		return "", err
	}
	framed := frame(scaled, 4*quiet)
	var b bytes.Buffer
	if err := png.Encode(&b, framed); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// frame puts white space around a picture: a QR code without it is not read.
func frame(picture image.Image, width int) image.Image {
	r := image.Rect(0, 0, picture.Bounds().Dx()+2*width, picture.Bounds().Dy()+2*width)
	out := image.NewPaletted(r, color.Palette{color.White, color.Black})
	draw.Draw(out, r, image.White, image.Point{}, draw.Src)
	draw.Draw(out, r.Inset(width), picture, picture.Bounds().Min, draw.Src)
	return out
}

// amount writes kopecks as roubles.
func amount(kopecks int64, point string) string {
	sign := ""
	if kopecks < 0 {
		sign, kopecks = "-", -kopecks
	}
	return fmt.Sprintf("%s%d%s%02d", sign, kopecks/100, point, kopecks%100)
}

// parseAmount reads roubles as kopecks: 100, 100.5, 100,50.
func parseAmount(s string) (int64, bool) {
	whole, part, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(s), ",", "."), ".")
	if len(part) > 2 || len(whole) > 9 {
		return 0, false
	}
	for len(part) < 2 {
		part += "0"
	}
	n, err := strconv.ParseUint(whole+part, 10, 63)
	return int64(n), err == nil && whole != ""
}
