package customs

import (
	"crypto/x509/pkix"
	"slices"
	"strings"
	"unicode"
)

// Person is a name as box 54 of a declaration (FilledPerson) or a certificate
// holds it (4.4).
type Person struct {
	// Surname, Name and Patronymic; a certificate gives Name and Patronymic as one
	// text of given names, in Name.
	Surname, Name, Patronymic string
}

// SignerOf returns the surname (SN) and the given names (G) of a certificate's
// subject, as personal signatures carry them; empty where the subject has none.
// No organisation is needed: since 01.09.2024 employees sign with a personal
// signature and a machine-readable authority.
func SignerOf(subject pkix.Name) Person {
	var p Person
	for _, a := range subject.Names {
		text, _ := a.Value.(string)
		switch a.Type.String() {
		case "2.5.4.4":
			p.Surname = text
		case "2.5.4.42":
			p.Name = text
		}
	}
	return p
}

// Box54 is the result of a comparison. It is a warning, never a refusal: the
// source makes it the person's check by eye (U1).
type Box54 struct {
	// Surname and Given say that these parts differ.
	Surname, Given bool
}

// OK reports that nothing differs.
func (b Box54) OK() bool { return b == Box54{} }

// Text returns the warning in Russian ("ru") or English, "" if nothing differs.
// It holds no names.
func (b Box54) Text(lang string) string {
	if b.OK() {
		return ""
	}
	if lang == "ru" {
		return "Сведения ЭП не совпадают с 54-й графой ДТ: " + strings.Join(b.parts("фамилия", "имя и отчество"), ", ") + " · Проверьте профиль."
	}
	return "The signature does not match box 54 of the declaration: " + strings.Join(b.parts("surname", "given names"), ", ") + ". Check the profile."
}

func (b Box54) parts(surname, given string) []string {
	var list []string
	if b.Surname {
		list = append(list, surname)
	}
	if b.Given {
		list = append(list, given)
	}
	return list
}

// CompareBox54 compares the signer with the person of box 54, after folding
// case, ё and е, blanks and hyphens. A missing patronymic in box 54 matches any;
// a signer without a surname differs.
func CompareBox54(signer, box Person) Box54 {
	given := foldName(signer.Name + " " + signer.Patronymic)
	want := foldName(box.Name + " " + box.Patronymic)
	same := slices.Equal(given, want)
	if blank(box.Patronymic) {
		same = len(given) >= len(want) && slices.Equal(given[:len(want)], want)
	}
	return Box54{
		Surname: len(foldName(signer.Surname)) == 0 || !slices.Equal(foldName(signer.Surname), foldName(box.Surname)),
		Given:   len(given) == 0 || !same,
	}
}

// foldName splits a name into comparable words.
func foldName(s string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(s), "ё", "е"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u00ad'
	})
}
