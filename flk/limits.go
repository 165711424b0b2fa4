package flk

import "github.com/obmen-go/obmen/flk/internal/xmlscan"

// Limits bound what a file may ask for. Zero fields mean the defaults.
type Limits struct {
	Depth      int // open elements; default 64
	Value      int // bytes of one value, tag or run of blanks; default 1 MiB
	Attributes int // of one element; default 128
	Document   int // bytes of all values of one document; default 64 MiB
	Entries    int // error entries of one document; default 1 000 000
	Unknown    int // unknown or misplaced leaves of one document, and outside all; default 10 000
	Documents  int // of Decode, which keeps them all; default 200 000
}

func (l Limits) orDefaults() Limits {
	for _, d := range []struct {
		p     *int
		value int
	}{
		{&l.Depth, 64}, {&l.Value, 1 << 20}, {&l.Attributes, 128}, {&l.Document, 64 << 20},
		{&l.Entries, 1_000_000}, {&l.Unknown, 10_000}, {&l.Documents, 200_000},
	} {
		if *d.p <= 0 {
			*d.p = d.value
		}
	}
	return l
}

func (l Limits) scan() xmlscan.Limits {
	return xmlscan.Limits{Depth: l.Depth, Token: l.Value, Attrs: l.Attributes}
}
