package customru

import (
	"context"
	"strconv"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// PaperMode is what a printing command does while the paper is out: field 9 of
// settings family 910, firmware from 04.01.30. The numbers of the document are
// one less.
type PaperMode int

// The modes. Zero: not known.
const (
	PaperSilent  PaperMode = iota + 1 // no answer ever; the document may still be done
	PaperWaits                        // answered after the paper was replaced; the factory's
	PaperTells                        // one paper message, no answer; the document may still be done
	PaperRepeats                      // a paper message every 2 s, answered after the paper was replaced
)

var paperModes = [...]string{"unset", "silent", "waits", "tells", "repeats"}

// String returns the name of the mode, or PaperMode(N) for a value that is none.
func (m PaperMode) String() string {
	if m >= 0 && int(m) < len(paperModes) {
		return paperModes[m]
	}
	return "PaperMode(" + strconv.Itoa(int(m)) + ")"
}

// MarshalText writes the name.
func (m PaperMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (m *PaperMode) UnmarshalText(text []byte) error {
	for n, name := range paperModes {
		if name == string(text) {
			*m = PaperMode(n)
			return nil
		}
	}
	return ecr.NewError(ecr.CodeName, ecr.Details{
		Args: []ecr.Arg{{Name: "what", Value: labelPaperMode}, {Name: "value", Value: string(text)}},
	})
}

// PowerFail is what becomes of an open receipt when the power fails: a field of
// settings family 019. The numbers of the document are one less.
type PowerFail int

// The modes. Zero: not known.
const (
	PowerFailAutomatic PowerFail = iota + 1 // the device decides
	PowerFailPrints                         // printed to its end
	PowerFailKeeps                          // left open
	PowerFailCancels                        // cancelled
)

var powerFails = [...]string{"unset", "automatic", "prints", "keeps", "cancels"}

// String returns the name of the mode, or PowerFail(N) for a value that is none.
func (m PowerFail) String() string {
	if m >= 0 && int(m) < len(powerFails) {
		return powerFails[m]
	}
	return "PowerFail(" + strconv.Itoa(int(m)) + ")"
}

// Profile is what a device is and how it is set, as far as that changes the way
// a program speaks with it.
type Profile struct {
	Info         Info      // FFH: model, firmware, format of fiscal documents
	Paper        PaperMode // family 910; PaperWaits where the family is older than the field
	PowerFail    PowerFail // family 019; zero on the TK302-ФБ, which has none
	Asynchronous bool      // family 020: items are printed when the receipt is closed
	NameLimit    int       // longest name of an item in bytes: family 018
	MustSubtotal bool      // family 019: 89H has to come before 85H, else code 606
	VATRates     [6]int    // family 016, by VAT code 1..6, in 0.01 %: 2000 = 20 %
}

// Detect asks the device for its [Profile]: FFH and five families of settings.
// From then on the methods of this Device refuse fields that its firmware lacks,
// with [CodeField], and its link takes paper messages for what they are
// ([Options].Paper).
func (d *Device) Detect(ctx context.Context) (Profile, error) {
	info, err := d.Info(ctx)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Info: info, Paper: PaperWaits, NameLimit: maxName}
	families := map[int][]byte{}
	for _, n := range [...]int{FamilyVAT, FamilyPrinter, FamilyGeneral, FamilyReceipt, FamilyLink} {
		b, err := d.ReadFamily(ctx, n)
		if err != nil && !missing(err) {
			return Profile{}, err
		}
		families[n] = b
	}
	vat := field.Reader{Data: families[FamilyVAT]}
	for i := range p.VATRates {
		p.VATRates[i] = int(vat.U16())
	}
	if b := families[FamilyPrinter]; len(b) > printerFormat && b[printerFormat]&3 == 0 {
		p.NameLimit = shortName
	}
	if b := families[FamilyGeneral]; len(b) >= 4 {
		p.MustSubtotal = b[0] != 0
		p.PowerFail = PowerFail(b[powerFailField(len(b))]) + 1
	}
	if b := families[FamilyReceipt]; len(b) > 0 {
		p.Asynchronous = b[0] != 0
	}
	if b := families[FamilyLink]; len(b) > linkPaper {
		p.Paper = PaperMode(b[linkPaper]) + 1
	}
	d.profile.Store(&p)
	err = d.session(ctx, CmdReadFamily, func() error {
		d.link.paper = p.Paper
		return nil
	})
	return p, err
}

// Where the fields stand in their families.
const (
	printerFormat = 4  // family 018: bits 0..1 of the byte are the line mode of items
	linkPaper     = 11 // family 910
	maxName       = 128
	shortName     = 53
)

// powerFailField is the place in family 019, which newer firmware of the Q3X-Ф
// and K3-Ф has made longer by one field after the first.
func powerFailField(size int) int {
	if size == 5 {
		return 3
	}
	return 2
}

// missing says that the device has no such settings.
func missing(err error) bool {
	e, ok := err.(*DeviceError)
	return ok && (e.Number == 1004 || e.Number == 1005 || e.Number == 1009)
}

// SetPaperMode writes the paper mode into family 910, firmware from 04.01.30.
// The device then ends the connection; the next command dials anew.
func (d *Device) SetPaperMode(ctx context.Context, m PaperMode) error {
	r := d.request(CmdWriteFamily).number(labelFamily, FamilyLink, 0, 65535, 2)
	if m < PaperSilent || m > PaperRepeats {
		r.fail(labelPaperMode, field.Range(int64(m)-1, 0, 3))
	}
	if r.err != nil {
		return r.err
	}
	b, err := d.ReadFamily(ctx, FamilyLink)
	if err != nil {
		return err
	}
	if len(b) <= linkPaper {
		r.fail(labelPaperMode, ecr.Phrase{EN: "the firmware does not have it", RU: "в прошивке этого нет"})
		return r.err
	}
	b[linkPaper] = byte(m) - 1
	r.data = append(r.data, b...)
	if err := d.call(ctx, r, nil); err != nil {
		return err
	}
	return d.session(ctx, CmdWriteFamily, func() error {
		d.link.paper = m
		return nil
	})
}
