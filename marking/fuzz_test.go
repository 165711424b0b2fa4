package marking_test

import (
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
)

// What is read re-reads to itself: the normalised code is a fixed point, loses
// nothing but separators, and the elements cover it.
func FuzzParse(f *testing.F) {
	for _, code := range vectors(f) {
		f.Add(code, false)
		f.Add(markingtest.DropGS(code), true)
	}
	g := markingtest.New(1)
	for _, row := range marking.Layouts() {
		f.Add(g.DropSomeGS(g.Row(row)), true)
		f.Add(g.Cut(g.Row(row)), true)
		f.Add(g.SwapCharacters(g.Row(row)), true)
	}
	f.Fuzz(func(t *testing.T, s string, nonstandard bool) {
		opts := &marking.Options{Nonstandard: nonstandard}
		marking.Predict(s)
		marking.Diagnose(s)
		c, err := marking.Parse(s, opts)
		if err != nil {
			checkError(t, err)
			return
		}
		checkCode(t, c, opts)
		if markingtest.DropGS(s) != markingtest.DropGS(c.Text()) {
			t.Fatalf("%q became %q", s, c.Text())
		}
		if r, err := marking.Restore(s); err == nil && r.Text() != c.Text() {
			t.Fatalf("%q: Restore says %q, Parse %q", s, r.Text(), c.Text())
		}
	})
}

// Reading a scan never fails in another way than with one of its errors, and
// gives what Parse accepts.
func FuzzRead(f *testing.F) {
	for _, code := range vectors(f) {
		f.Add(code)
		f.Add("]d2" + markingtest.SpellGS(code, "[GS]") + "\r\n")
		f.Add(markingtest.OtherKeyboard(code))
		f.Add(markingtest.FlipCase(markingtest.SpellGS(code, "<GS>")))
		f.Add("\xe8" + markingtest.SpellGS(code, "\xe8"))
		f.Add(markingtest.SpellGS(code, `\\u001d`) + "~1")
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := marking.Read(s, nil)
		if err != nil {
			checkError(t, err)
			return
		}
		if c.Original() != s {
			t.Fatalf("%q: the original became %q", s, c.Original())
		}
		checkCode(t, c, nil)
		for a := range c.Actions() {
			if a.String() == "" {
				t.Fatal("an action without a name")
			}
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	e := err.(*marking.Error)
	switch e.Code() {
	case marking.CodeNotRecognised, marking.CodeIllegalCharacter, marking.CodeMixedLayout, marking.CodeGSInconsistent,
		marking.CodeUnrestorable, marking.CodeAmbiguous, marking.CodeDuplicateAI, marking.CodeUnknownAI,
		marking.CodeBadLength, marking.CodeIncomplete:
	default:
		t.Fatalf("%q is not in the closed list", e.Code())
	}
	if e.Message("ru") == "" || strings.Contains(e.Error(), "{") && !strings.Contains(e.Error(), "'{'") {
		t.Fatalf("%q %q", e.Error(), e.Message("ru"))
	}
}

func checkCode(t *testing.T, c marking.Code, opts *marking.Options) {
	t.Helper()
	again, err := marking.Parse(c.Text(), opts)
	if err != nil {
		t.Fatalf("%q does not re-read: %v", c.Text(), err)
	}
	if again.Text() != c.Text() || again.Kind() != c.Kind() || again.Layout() != c.Layout() ||
		elements(again) != elements(c) || again.Checksum() != c.Checksum() || again.Identity() != c.Identity() {
		t.Fatalf("%q re-reads as %v instead of %v", c.Text(), again, c)
	}
	if back, err := marking.DecodeHex(c.HexPairs()); err != nil || back != c.Text() {
		t.Fatalf("%q: hex gives %q, %v", c.Text(), back, err)
	}
	if c.Kind() == marking.KindGS1M || c.Kind() == marking.KindGS1 {
		var b strings.Builder
		for e := range c.Elements() {
			if b.Len() > 0 && e.AI != "21" && !c.Nonstandard() {
				b.WriteByte(marking.GS)
			}
			b.WriteString(e.AI + e.Value)
		}
		if !c.Nonstandard() && b.String() != c.Text() {
			t.Fatalf("the elements make %q, the code is %q", b.String(), c.Text())
		}
	}
	c.ProductTag()
	if n := len(c.AppendProductCode(nil)); n > 32 {
		t.Fatalf("tag 1162 of %d bytes", n)
	}
	c.Price()
	c.Weight()
	c.Volume()
	c.Expires()
	c.Produced()
}
