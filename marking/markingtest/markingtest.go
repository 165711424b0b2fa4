// Package markingtest makes valid random codes of every layout and damages
// them as scanners and people do, to test programs that read marking codes.
//
// The codes are made up: their GTINs have a right check digit, their long tails
// a right checksum (M6), and no server knows them. The same seed gives the same
// codes.
//
// A Generator belongs to one goroutine.
package markingtest

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/internal/keyboard"
)

// Alphabets of the codes.
const (
	digits       = "0123456789"
	upperDigits  = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	alphanumeric = upperDigits + "abcdefghijklmnopqrstuvwxyz"
	// Set82 are the characters that a serial may hold.
	Set82 = alphanumeric + "!\"%&'()*+,-./_:;<=>?"
)

const gs = "\x1d"

// Generator makes codes.
type Generator struct{ rand *rand.Rand }

// New returns a generator. Equal seeds give equal codes.
func New(seed uint64) *Generator {
	return &Generator{rand.New(rand.NewPCG(seed, 0x6d61726b))}
}

// GTIN returns 14 digits with a right check digit.
func (g *Generator) GTIN() string {
	s := "0" + g.text(digits, 12)
	return s + string(marking.CheckDigit(s))
}

// Identity returns 01, a GTIN, 21 and a serial of that length.
func (g *Generator) Identity(serial int) string {
	return "01" + g.GTIN() + "21" + g.text(Set82, serial)
}

// Code returns a code of the layout with its separators; for LayoutIdentity an
// identity of one of its serial lengths, "" for LayoutNone.
func (g *Generator) Code(l marking.Layout) string {
	var fitting []marking.LayoutRow
	for _, row := range marking.Layouts() {
		if row.Layout == l {
			fitting = append(fitting, row)
		}
	}
	if len(fitting) == 0 {
		return ""
	}
	return g.Row(fitting[g.rand.IntN(len(fitting))])
}

// Row returns a code of a row of the layout table, with its separators.
func (g *Generator) Row(row marking.LayoutRow) string {
	var s strings.Builder
	s.WriteString(g.Identity(row.Serial))
	long := row.Length >= 18+row.Serial+6+90
	for _, ai := range row.AIs {
		s.WriteString(gs + g.element(ai, row.Length, long))
	}
	return s.String()
}

// element returns an identifier and a value.
func (g *Generator) element(ai string, length int, long bool) string {
	switch ai {
	case "91", "93":
		return ai + g.text(alphanumeric, 4)
	case "92":
		if long {
			return ai + g.Tail88()
		}
		return ai + g.Tail44()
	case "8005":
		return ai + g.text(digits, 6)
	case "310", "335":
		return ai + strconv.Itoa(g.rand.IntN(6)) + g.text(digits, 6)
	}
	if length > 0 { // a 240 of the one length that can be restored
		return ai + g.text(digits, 4)
	}
	return ai + g.text(Set82, 1+g.rand.IntN(30))
}

// Tail44 returns the value of an AI 92 with a right checksum.
func (g *Generator) Tail44() string {
	raw := g.bytes(28)
	raw = binary.LittleEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	return base64.StdEncoding.EncodeToString(raw)
}

// Tail88 returns the value of a long AI 92.
func (g *Generator) Tail88() string { return base64.StdEncoding.EncodeToString(g.bytes(64)) }

// KMK returns the 29 characters of a tobacco pack with a price in kopecks.
func (g *Generator) KMK(kopecks int64) string {
	price, ok := marking.PriceCode(kopecks)
	if !ok {
		price = "AAAA"
	}
	for {
		if s := g.GTIN() + g.text(Set82, 7) + price + g.text(alphanumeric, 4); s[:2] != "01" || s[16:18] != "21" {
			return s
		}
	}
}

// Fur returns a control sign of furs.
func (g *Generator) Fur() string {
	return "RU-" + g.text(digits, 6) + "-" + g.text(upperDigits, 10+g.rand.IntN(2))
}

// EGAIS2 returns the 68 characters of an older stamp.
func (g *Generator) EGAIS2() string { return "22N" + g.text(upperDigits, 65) }

// EGAIS3 returns the 150 characters of a newer stamp.
func (g *Generator) EGAIS3() string { return g.text(upperDigits, 150) }

// Barcode returns a bar code of that many digits (8, 13, 14, 18) with a right check digit.
func (g *Generator) Barcode(length int) string {
	if length < 2 {
		return ""
	}
	s := g.text(digits, length-1)
	return s + string(marking.CheckDigit(s))
}

func (g *Generator) text(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.rand.IntN(len(alphabet))]
	}
	return string(b)
}

func (g *Generator) bytes(n int) []byte {
	b := make([]byte, n, n+4)
	for i := range b {
		b[i] = byte(g.rand.Uint32())
	}
	return b
}

// DropGS takes all separators out, as a scanner does that is not set up.
func DropGS(code string) string { return strings.ReplaceAll(code, gs, "") }

// DropSomeGS takes each separator out or leaves it, by chance.
func (g *Generator) DropSomeGS(code string) string {
	var b strings.Builder
	for i := range len(code) {
		if code[i] != marking.GS || g.rand.IntN(2) == 0 {
			b.WriteByte(code[i])
		}
	}
	return b.String()
}

// SpellGS writes every separator as the text spelling, as some scanners do.
func SpellGS(code, spelling string) string { return strings.ReplaceAll(code, gs, spelling) }

// FlipCase swaps the case of all letters, as CapsLock does.
func FlipCase(code string) string { return keyboard.SwapCase(code) }

// OtherKeyboard returns what arrives when the code is typed under the Russian
// keyboard layout.
func OtherKeyboard(code string) string { return keyboard.Type(code) }

// SwapCharacters exchanges two neighbouring characters that differ, at a place
// taken by chance; a code without such a pair comes back unchanged.
func (g *Generator) SwapCharacters(code string) string {
	b := []byte(code)
	if len(b) < 2 {
		return code
	}
	from := g.rand.IntN(len(b) - 1)
	for k := range len(b) - 1 {
		if i := (from + k) % (len(b) - 1); b[i] != b[i+1] {
			b[i], b[i+1] = b[i+1], b[i]
			break
		}
	}
	return string(b)
}

// Cut takes one character or more off the end, by chance; at least one is left.
func (g *Generator) Cut(code string) string {
	if len(code) < 2 {
		return code
	}
	return code[:1+g.rand.IntN(len(code)-1)]
}
