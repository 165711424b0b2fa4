package shtrihmtest

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// FuzzExecute: no body breaks the register, and every answer can be parsed and
// fits a frame.
func FuzzExecute(f *testing.F) {
	for cmd := range commands {
		body := []byte{byte(cmd)}
		if cmd.Size() == 2 {
			body = []byte{0xFF, byte(cmd)}
		}
		body = body[:len(body):len(body)]
		f.Add(append(body, 30, 0, 0, 0), false)
		f.Add(append(body, 30, 0, 0, 0, 1, 0, 4, 0, 1, 2, 3, 4), true)
	}
	f.Add([]byte{0xFF}, false)
	f.Fuzz(func(t *testing.T, body []byte, cashCore bool) {
		if len(body) == 0 || len(body) > shtrihm.MaxBody {
			return
		}
		r := New(&Options{CashCore: cashCore})
		for _, first := range []string{"", "8D1E00000000", "FF461E0000000140420F0000001027000000FFFFFFFFFFFFFFFFFFFF0801042141"} {
			setup, _ := hex.DecodeString(first)
			if len(setup) > 0 {
				r.execute(setup)
			}
			answer := r.execute(append([]byte(nil), body...))
			if len(answer) > shtrihm.MaxBody {
				t.Fatalf("% X: an answer of %d bytes", body, len(answer))
			}
			cmd, _, err := shtrihm.ParseRequest(body)
			if err != nil {
				continue
			}
			a, err := shtrihm.ParseAnswer(cmd, answer)
			if err != nil {
				t.Fatalf("% X answered by % X: %v", body, answer, err)
			}
			if a.Code != 0 && len(a.Data) > 0 {
				t.Fatalf("% X: a refusal with data % X", body, answer)
			}
		}
	})
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		mark string
		want byte
		why  string
	}{
		{"0104670008163685" + "21bvSqkCsuoAyR5\x1D91EE09\x1D92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=", kind44, "91 and 92 with 44"},
		{"0101234567890123" + "21soTr9,r!/bMc3r\x1D910058\x1D92pRJrcYZjki4XIC0ts7MMAE4xs18rlFDHLWypN/TaTckLbz919gqHTlIqi+ONEIOwxSRjBplVPfzIg4dPvFRxRg==", kind88, "92 with 88"},
		{"0104600653105990" + "2152CUnq\x1D93Gk30", kind4, "93 with 4"},
		{"0104610053149777" + "215d/wuU\x1D93dGVz\x1D3103123456", kind4, "milk with a weight"},
		{"0104629308877044" + "21DzkcYt!\x1D8005090000\x1D93dGVz", kind4, "a pack of tobacco in GS1"},
		{"0104600439931256" + "21JgXJ5.T\x1D8005112000\x1D930001\x1D923zbrLA==\x1D24014276281", kindShort, "a block of tobacco"},
		{"04606203103348a3=EfODAB=UpGbL", kindShort, "a pack of tobacco"},
		{"RU-430301-AAA0277031", kindShort, "fur"},
		{"0104603934000748" + "215rRFTn7CqRO6f93AZub", kindNoMark, "short, without GS"},
		{"0104603745968015" + "215YJF\"Z93NGv1", kindNoMark, "shorter, without GS"},
		{"4606203103348", kindNoMark, "EAN-13"},
		{"0102900000077652" + "1&d>V)0S>8fqDt91802392HUwL7ZRe79iU1uDW29owQD7VlDJa3Y5kDwEOwoD56cLGDMpYqjdID1dj+CCSmcrKLcnDlNDbMO4ZQLOTwTPaEg==", kindUnknown, "long, without GS"},
		{"0104670008163685" + "21bvSqkCsuoAyR5\x1D91EE09\x1D92bil1m4L3i", kindUnknown, "a check code that is too short"},
		{"0104670008163685" + "21bvSqkCsuoAyR5\x1D91EE09", kindUnknown, "a key without its check code"},
		{"", kindUnknown, "empty"}, {"x", kindUnknown, "one character"},
	} {
		t.Run("E50 "+c.why, func(t *testing.T) {
			if got := Recognise([]byte(c.mark)); got != c.want {
				t.Errorf("%q: type %d, want %d", c.mark, got, c.want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	t.Run("E50 the names of verdicts are read back", func(t *testing.T) {
		for v := range Verdict(len(verdictNames)) {
			var again Verdict
			if err := again.UnmarshalText([]byte(v.String())); err != nil || again != v {
				t.Error(v, again, err)
			}
		}
		if new(Verdict).UnmarshalText([]byte("x")) == nil || Verdict(-1).String() != "Verdict(-1)" {
			t.Error("a name that is none")
		}
	})
}

func TestReceiptRules(t *testing.T) {
	run := func(t *testing.T, r *Register, steps ...string) {
		t.Helper()
		for _, s := range steps {
			request, want, _ := strings.Cut(s, " -> ")
			body, err := hex.DecodeString(strings.ReplaceAll(request, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ToUpper(hex.EncodeToString(r.execute(body)))
			if rest, prefix := strings.CutSuffix(want, "*"); got != want && !(prefix && strings.HasPrefix(got, rest)) {
				t.Fatalf("%s: %s, want %s", request, got, want)
			}
		}
	}
	const item = "FF46 1E000000 01 40420F000000 1027000000 FFFFFFFFFF FFFFFFFFFF 08 01 04 21 41 -> FF4600"
	pay := func(cash, other, want string) string {
		return "FF45 1E000000" + cash + other + strings.Repeat("00", 70) + "00" + strings.Repeat("00", 30) + "02 -> " + want
	}
	t.Run("E50 payments against the total", func(t *testing.T) {
		run(t, New(nil), item,
			pay("0F27000000", "0000000000", "FF4545"), pay("0000000000", "1127000000", "FF454D"), pay("1027000000", "1127000000", "FF454D"),
			"8D 1E000000 00 -> 8D73", "10 1E000000 -> 10001E*",
			pay("1127000000", "0000000000", "FF45000100000000*"), "88 1E000000 -> 8873")
	})
	t.Run("E50 tags: once for an item, of their own length, 1260 not in itself", func(t *testing.T) {
		run(t, New(nil),
			"FF4D 1E000000 EE04 0300 303330 -> FF4D73", item,
			"FF4D 1E000000 EE04 0300 303330 -> FF4D00", "FF4D 1E000000 EE04 0300 303330 -> FF4D33",
			"FF4D 1E000000 EF04 0900 323131313230323331 -> FF4D33", "FF4D 1E000000 EE04 FF00 30 -> FF4D33",
			"FF4D 1E000000 EC04 0B00 EC04 0700 EE04 0300 303330 -> FF4D7E", "FF4D 1E000000 EC04 0700 EE04 0300 303330 -> FF4D00",
			"FF4D 1E000000 0D05 0800 0100000000000000 -> FF4D00", item, "FF4D 1E000000 EE04 0300 303330 -> FF4D00",
			"FF32 1E000000 0700 -> FF3200F0", "FF33 1E000000 0000 07 F004 0300 313934 -> FF3300", "FF64 1E000000 -> FF6400", "FF64 1E000000 -> FF64D1",
			"FF0C 1E000000 F003 0100 41 -> FF0C00")
	})
	t.Run("E50 the shift after 24 hours", func(t *testing.T) {
		r := New(nil)
		r.shift.opened = r.shift.opened.Add(-25 * 60 * 60 * 1e9)
		run(t, r, "8D 1E000000 00 -> 8D4E", "FF43 1E000000 -> FF43005A00*", "8D 1E000000 00 -> 8D73")
	})
	t.Run("E50 FF76h and FF78h close with more taxes", func(t *testing.T) {
		for _, c := range []struct {
			cmd   string
			taxes int
		}{{"FF76", 10}, {"FF78", 12}} {
			run(t, New(nil), item, c.cmd+"1E000000 1027000000"+strings.Repeat("00", 75)+"00"+strings.Repeat("00", 5*c.taxes)+"02 -> "+c.cmd+"000000000000*")
		}
	})
	t.Run("E50 85h closes with four payments", func(t *testing.T) {
		run(t, New(nil), item, "85 1E000000 E02E000000"+strings.Repeat("00", 15+2+4+40)+" -> 85001ED007000000")
	})
	t.Run("E50 a sum may differ by one kopeck", func(t *testing.T) {
		sum := func(s, want string) string {
			return "FF46 1E000000 01 40420F000000 1027000000 " + s + " FFFFFFFFFF 08 01 04 21 41 -> " + want
		}
		run(t, New(nil), sum("0F27000000", "FF4600"), sum("1127000000", "FF4600"), sum("0E27000000", "FF4633"), sum("1227000000", "FF4633"),
			"FF46 1E000000 02 40420F000000 1027000000 FFFFFFFFFF FFFFFFFFFF 08 01 04 21 41 -> FF4649")
	})
}

func TestPowerLossAndPaper(t *testing.T) {
	t.Run("E50 power loss keeps the receipt and forgets the marks", func(t *testing.T) {
		r := New(nil)
		r.marks.saved = []checked{{}}
		r.receipt = &receipt{}
		r.answer = []byte{1}
		r.PowerLoss()
		if r.receipt == nil || len(r.marks.saved) > 0 || r.answer != nil {
			t.Errorf("%+v", r)
		}
	})
	t.Run("E50 the journal hears what ran and what was refused", func(t *testing.T) {
		var heard []Entry
		r := New(&Options{OnCommand: func(e Entry) { heard = append(heard, e) }})
		r.execute([]byte{0x13, 30, 0, 0, 0})
		r.execute([]byte{0x88, 30, 0, 0, 0})
		if len(heard) != 2 || !heard[0].Executed || heard[1].Executed || heard[1].Code != shtrihm.ErrorMode || r.Executed(0x13) != 1 || r.Executed(0x88) != 0 {
			t.Errorf("%+v", heard)
		}
	})
}
