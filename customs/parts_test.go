package customs

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

func TestKinds(t *testing.T) {
	table := DefaultKinds()
	for code, want := range map[string]string{
		"ED.11001": "DECL OPEN true", "CMN.00103": "DECL HISTORY true", "CMN.00101": "DECL STATUS true", "CMN.11023": "DECL MSG true",
		"CMN.11099": "DECL MSG true", "CMN.00213": "EAD MSG true", "CMN.12042": "PI MSG true", "CMN.13010": "SVH MSG true",
		"ED.13003": "SVH MSG true", "CMN.15001": "OTHER MSG true", "CMN.00002": " MSG true", "XYZ": "OTHER MSG false",
	} {
		k, known := table.Lookup(code)
		got := k.Kind.String() + " " + k.Message.String()
		if known {
			got += " true"
		} else {
			got += " false"
		}
		if got != want || k.Acknowledgement != (code == "CMN.00002") {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	for _, bad := range []string{"A\tDECL", "A\tX\tMSG", "A\tDECL\tX", "A\tDECL\t", "A\t\tMSG", "A\tDECL\tMSG\nA\tPI\tMSG", "A*\tDECL\tMSG\nA*\tPI\tMSG", strings.Repeat("#", MaxKinds+1)} {
		if _, err := ReadKinds(strings.NewReader(bad)); code(err) != CodeKindsUnreadable {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	own, err := ReadKinds(strings.NewReader("CMN.*\tOTHER\tMSG\r\nCMN.77*\tPI\tMSG\n"))
	if k, _ := own.Lookup("CMN.771"); err != nil || k.Kind != KindPI {
		t.Errorf("the longest prefix: %+v %v", k, err)
	}
}

func code(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code()
	}
	return ""
}

func TestPostCodes(t *testing.T) {
	for s, want := range map[string][2]bool{"10000010": {true, true}, "77745678": {true, true}, "10000": {false, true}, "": {}, "1000001": {}, "1000001٠": {}, "100000101": {}, "1000001x": {}} {
		if ValidPostCode(s) != want[0] || ValidDocumentPostCode(s) != want[1] || (CheckPostCode(s) == nil) != want[0] {
			t.Errorf("%q", s)
		}
	}
	list, err := ReadPostList(strings.NewReader("\ufeff# posts\n10000010\tПост А\n\n10000020\tПост Б\tclosed\r\n"))
	if err != nil || list.Len() != 2 || list.All()["10000010"] != "Пост А" {
		t.Fatal(list, err)
	}
	for _, bad := range []string{"1000\tx", "10000010\n10000010", "10000010\tx\topen", strings.Repeat("x", maxPostLine+1)} {
		if _, err := ReadPostList(strings.NewReader(bad)); code(err) != CodeDirectoryFailed {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if _, err := ReadPostList(iotest.ErrReader(iotest.ErrTimeout)); !errors.Is(err, iotest.ErrTimeout) {
		t.Error(err)
	}
}

func TestBox54(t *testing.T) {
	for _, c := range []struct {
		signer, box    Person
		surname, given bool
	}{
		{Person{Surname: "СЕМЁНОВ", Name: "Пётр Ильич"}, Person{"Семенов", "Петр", "Ильич"}, false, false},
		{Person{Surname: "Римский - Корсаков", Name: "А Б"}, Person{"Римский‑Корсаков", "А", ""}, false, false},
		{Person{Surname: "Иванов", Name: "Пётр Ильич"}, Person{"Петров", "Иван", "Ильич"}, true, true},
		{Person{Surname: "Иванов", Name: "Пётр"}, Person{"Иванов", "Пётр", "Ильич"}, false, true},
		{Person{}, Person{}, true, true},
	} {
		got := CompareBox54(c.signer, c.box)
		if got != (Box54{c.surname, c.given}) || got.OK() != (got.Text("ru") == "") || got.OK() != (got.Text("en") == "") {
			t.Errorf("%v %v: %+v", c.signer, c.box, got)
		}
		if strings.Contains(got.Text("ru"), "Иванов") {
			t.Error("the warning holds a name")
		}
	}
	subject := pkix.Name{Names: []pkix.AttributeTypeAndValue{
		{Type: asn1.ObjectIdentifier{2, 5, 4, 4}, Value: "Иванов"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 42}, Value: "Пётр Ильич"}, {Type: asn1.ObjectIdentifier{2, 5, 4, 3}, Value: "ООО"}}}
	if p := SignerOf(subject); p != (Person{Surname: "Иванов", Name: "Пётр Ильич"}) {
		t.Errorf("%+v", p)
	}
}
