package permit

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/obmen-go/obmen/marking"
)

// fuzzMark is the mark that the seeds speak of.
const fuzzMark = "0104603988009018" + "21A607HF\x1d93NGv1"

const (
	seedItem = `{"cis":"0104603988009018` + `21A607HF\u001d93NGv1","valid":true,"printView":"010460398800901821A607HF","gtin":"04603988009018",` +
		`"groupIds":[8],"verified":true,"found":true,"realizable":true,"utilised":true,"isBlocked":false,"expireDate":"2035-06-02T00:00:00.000Z",` +
		`"variableExpirations":{"1":"2036-06-02T00:00:00.000Z"},"errorCode":0,"isTracking":true,"sold":false,"eliminationState":1,"mrp":14500,"smp":12900,` +
		`"packageType":"UNIT","packageQuantity":1,"innerUnitCount":10,"soldUnitCount":3,"producerInn":"2632103727","grayZone":false,"ogvs":["RAR"]}`
	seedAnswer = `{"code":0,"description":"ok","codes":[` + seedItem + `],"reqId":"35499265-dab8-4a6d-8700-7e8d3c319f0e","reqTimestamp":1710391776278`
	seedLocal  = `{"code":0,"description":"ok","codes":[{"cis":"010460398800901821A607HF","gtin":"04603988009018","isBlocked":false,"isGreyGtin":false,"sold":false,"mrp":1,"smp":2}],` +
		`"inst":"84c4d96a","version":"2.1","reqId":"36a8eed9","reqTimestamp":"1748622685213"}`
)

func seeds(f *testing.F, bodies ...string) {
	for _, b := range bodies {
		f.Add([]byte(b))
		for _, broken := range []string{"", "{", "[]", "null", "1", b[:len(b)/2], b + b, strings.ReplaceAll(b, "true", "null"),
			strings.ReplaceAll(b, ":0", `:"0"`), strings.ReplaceAll(b, "false", "0"), strings.ReplaceAll(b, `"code"`, `"Code"`)} {
			f.Add([]byte(broken))
		}
	}
}

// checkJudge holds what must be true of any verdict on any answer.
func checkJudge(t *testing.T, body []byte, answers []answer, err error, scopes func(Stamp) scope) {
	if err != nil {
		if strings.ContainsFunc(err.Error(), func(r rune) bool { return unicode.IsControl(r) }) || len(err.Error()) > 500 {
			t.Fatalf("error text %q", err)
		}
		return
	}
	if !json.Valid(body) {
		t.Fatal("what is no JSON was read")
	}
	m, perr := marking.Parse(fuzzMark, nil)
	if perr != nil {
		t.Fatal(perr)
	}
	w := newWire(Common{})
	v := w.judge(&sheet{queries: []Query{{Mark: m}}, answers: answers, raw: body, scopes: scopes}, Query{Mark: m})
	switch v.Outcome {
	case OutcomeOK:
		if !v.Stamp.sound() || v.Item == nil || !v.Item.speaksOf(m) || v.Refusal != nil || v.Failure != nil || is(v.Item.Blocked, true) {
			t.Fatalf("%+v", v)
		}
		if _, ok := v.Industry(IndustrySettings{}); !ok {
			t.Fatal("sold without block 1260")
		}
	case OutcomeRefused:
		if v.Refusal == nil || v.Item == nil || v.Allowed() || strings.Contains(v.Refusal.Message("ru"), "{") && !strings.Contains(string(body), "{") {
			t.Fatalf("%+v", v)
		}
	case OutcomeNoAnswer:
		if v.Failure == nil || v.Allowed() {
			t.Fatalf("%+v", v)
		}
	case OutcomeEmergency:
	default:
		t.Fatalf("%+v", v)
	}
	_ = v.String()
}

func FuzzDecodeCDN(f *testing.F) {
	seeds(f, seedAnswer+"}")
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := decodeCDN(body)
		checkJudge(t, body, []answer{a}, err, func(Stamp) scope { return online })
		bodyCodeOf(body)
	})
}

func FuzzDecodeLocal(f *testing.F) {
	seeds(f, seedLocal, `{"results":[`+seedLocal+`]}`, `{"code":0,"results":[`+seedLocal+`]}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		answers, err := decodeLocal(body)
		checkJudge(t, body, answers, err, func(Stamp) scope { return local | localV2 })
	})
}

func FuzzDecodePiot(f *testing.F) {
	offlineAnswer := seedAnswer + `,"isCheckedOffline":true,"inst":"4679b3db","version":"6e7f1224"}`
	seeds(f, `{"codesResponse":[`+seedAnswer+`,"isCheckedOffline":false}]}`, `{"codesResponse":{"codesResponse":[`+offlineAnswer+`]}}`, `{"code":203,"message":"x"}`)
	f.Fuzz(func(t *testing.T, body []byte) {
		answers, err := decodePiot(body)
		checkJudge(t, body, answers, err, func(s Stamp) scope {
			if s.Offline {
				return offline
			}
			return online
		})
	})
}

// TestSeeds makes sure that the seeds are sound answers, so that fuzzing starts
// from there.
func TestSeeds(t *testing.T) {
	m, err := marking.Parse(fuzzMark, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := decodeCDN([]byte(seedAnswer + "}"))
	if err != nil || len(a.items) != 1 || !a.items[0].speaksOf(m) {
		t.Fatalf("%+v, %v", a, err)
	}
	l, err := decodeLocal([]byte(seedLocal))
	if err != nil || len(l) != 1 || !l[0].items[0].speaksOf(m) {
		t.Fatalf("%+v, %v", l, err)
	}
}

func TestObject(t *testing.T) {
	for _, c := range []struct{ name, body, problem string }{
		{"M61 a member twice is garbage", `{"code":0,"code":1}`, "code stands twice"},
		{"M61 a member of an item twice is garbage", `{"codes":[{"isBlocked":true,"isBlocked":false}]}`, "codes[1].isBlocked stands twice"},
		{"M61 names are exact", `{"Codes":[1],"CODE":"x"}`, ""},
		{"M61 null is absent", `{"code":null,"codes":null,"reqId":null}`, ""},
		{"M61 a flag that is a text", `{"codes":[{"sold":"true"}]}`, "codes[1].sold: no boolean"},
		{"M61 a flag that is a number", `{"codes":[{"sold":0}]}`, "codes[1].sold: no boolean"},
		{"M61 a number that is a fraction", `{"codes":[{"mrp":145.5}]}`, "codes[1].mrp: no integer"},
		{"M61 a number with an exponent", `{"codes":[{"mrp":1e4}]}`, "codes[1].mrp: no integer"},
		{"M61 a number beyond 64 bits", `{"codes":[{"mrp":99999999999999999999}]}`, "codes[1].mrp: no integer"},
		{"M61 a text that is an object", `{"reqId":{}}`, "reqId: neither text nor number"},
		{"M61 a list that is none", `{"codes":{}}`, "codes: no array"},
		{"M61 an item that is none", `{"codes":[1]}`, "codes[1]: no object"},
		{"M61 groups that are none", `{"codes":[{"groupIds":["milk"]}]}`, "codes[1].groupIds: no integers"},
		{"M61 text behind the object", `{} {}`, "text behind the object"},
		{"M61 half an object", `{"code":0`, "body: no JSON"},
		{"M61 an endless nesting", `{"variableExpirations":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "body: no JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decodeCDN([]byte(c.body))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != c.problem {
				t.Errorf("%q, want %q", got, c.problem)
			}
		})
	}
	t.Run("M63 the wrapper's code speaks for its results", func(t *testing.T) {
		answers, err := decodeLocal([]byte(`{"code":5,"description":"no","results":[` + seedLocal + `]}`))
		if err != nil || len(answers) != 1 || answers[0].code != 5 {
			t.Errorf("%+v, %v", answers, err)
		}
	})
	t.Run("M67 a secret is cut out before a text is cut short", func(t *testing.T) {
		secret := `s"ecret-in-the-middle`
		r := redaction(nil).with(secret, "abc")
		text := r.text(strings.Repeat("x", maxDescription-5) + secret)
		if strings.Contains(text, "s\"e") || !strings.HasSuffix(text, "***") {
			t.Errorf("%q", text)
		}
		if got := r.body([]byte(`{"a":"s\"ecret-in-the-middle"}`)); string(got) != `{"a":"***"}` {
			t.Errorf("%s", got)
		}
		if r.clean("abc") != "abc" {
			t.Error("a short word was taken for a secret")
		}
	})
}

// TestMessages compares what every text says with its placeholders: none may be
// left open in what is shown.
func TestMessages(t *testing.T) {
	t.Run("M65 every code has texts in both languages", func(t *testing.T) {
		for code := range messagesEN {
			e := newError(code)
			if e.Message("ru") == "" || e.Message("en") == "" || e.Message("ru") == e.Message("de") {
				t.Error(code)
			}
		}
		if got := newError("MARK-PERMIT-FROM-A-LATER-VERSION").Message("ru"); got != "MARK-PERMIT-FROM-A-LATER-VERSION" {
			t.Error(got)
		}
		var e Error
		if e.Message("en") != "" || e.UnmarshalJSON([]byte("x")) == nil {
			t.Error("zero error")
		}
	})
}
