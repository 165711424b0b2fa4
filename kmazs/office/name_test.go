package office

import (
	"strings"
	"testing"
)

func TestShortNames(t *testing.T) {
	same := func(a, b string) bool { return foldName(a) == foldName(b) }
	t.Run("K32 blanks and case do not tell names apart", func(t *testing.T) {
		for _, pair := range [][2]string{
			{"ИВАНОВ И.И.", "  иванов \t и.и. "}, {"А123ВС 77", "а123вс  77"},
			{"Ёлкин", "ёлкин"}, {"abc", "ABC"}, {"К\u00a0М", "К М"}, {"ßx", "ßX"}, {"ςσ", "ΣΣ"},
		} {
			if !same(pair[0], pair[1]) {
				t.Errorf("%q and %q differ: %q, %q", pair[0], pair[1], foldName(pair[0]), foldName(pair[1]))
			}
		}
	})
	t.Run("K32 look-alikes stay apart, and Ё from Е", func(t *testing.T) {
		for _, pair := range [][2]string{{"А123", "A123"}, {"ЁЛКИН", "ЕЛКИН"}, {"АБ", "А Б"}} {
			if same(pair[0], pair[1]) {
				t.Errorf("%q and %q are taken for one name", pair[0], pair[1])
			}
		}
	})
	t.Run("K32 stored tidy, in the case that was given", func(t *testing.T) {
		for in, want := range map[string]string{
			"": "", "   ": "", " Иванов  И.И. ": "Иванов И.И.", "ИВАНОВ И.И.": "ИВАНОВ И.И.", "a\tb": "a b",
		} {
			if got := tidyName(in); got != want {
				t.Errorf("tidyName(%q) = %q, want %q", in, got, want)
			}
		}
	})
	t.Run("K32 a name in capitals costs no allocation", func(t *testing.T) {
		if n := testing.AllocsPerRun(100, func() { foldName("ИВАНОВ И.И."); foldName("А123ВС 77") }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func FuzzFoldName(f *testing.F) {
	for _, s := range []string{"", " ", "ИВАНОВ И.И.", "ёлка", "\xff\xd0", "K\u212a", "а  б", "İi"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := foldName(s)
		if again := foldName(folded); again != folded {
			t.Errorf("folding %q twice gives %q, then %q", s, folded, again)
		}
		if slow := strings.Map(foldRune, strings.Join(strings.Fields(s), " ")); slow != folded {
			t.Errorf("foldName(%q) = %q, the slow way %q", s, folded, slow)
		}
		if tidyName(s) != strings.Join(strings.Fields(s), " ") {
			t.Errorf("tidyName(%q) = %q", s, tidyName(s))
		}
	})
}
