package marking_test

import (
	"strings"
	"testing"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/stretchr/testify/assert"
)

func TestRegisterTypes(t *testing.T) {
	t.Run("M30 types 1 to 5 are good, 0 and 255 are not", func(t *testing.T) {
		for v := range 256 {
			assert.Equal(t, v >= 1 && v <= 5, marking.RegisterType(v).Good())
		}
		assert.Equal(t, "255", marking.TypeGS1.String())
	})
	codes := vectors(t)
	t.Run("M31 with separators", func(t *testing.T) {
		for id, want := range map[string]marking.RegisterType{
			"1": 2, "2": 2, "3": 2, "4": 5, "5": 5, "6": 3, "7": 3, "8": 3, "9": 3,
			"13": 5, "16": 5, "41": 5, "47": 1, "58": 5, "62": 0, "64": 0,
		} {
			assert.Equal(t, want, marking.Predict(codes[id]), id)
		}
	})
	t.Run("M31 without separators: a long code gives 211, a short one 255", func(t *testing.T) {
		g := markingtest.New(31)
		for _, row := range marking.Layouts() {
			want := marking.TypeUnidentified
			if row.Length > 0 && row.Length <= 38 {
				want = marking.TypeGS1
			}
			assert.Equal(t, want, marking.Predict(markingtest.DropGS(g.Row(row))), row.Layout)
		}
	})
	t.Run("M31 a 44-character tail without its checksum is type 4", func(t *testing.T) {
		assert.Equal(t, marking.TypeTail44InStorage, marking.Predict(strings.Replace(codes["7"], "SufM", "SufN", 1)))
	})
	t.Run("M31 odd codes", func(t *testing.T) {
		kmk := codes["47"]
		for sent, want := range map[string]marking.RegisterType{
			"": 0, "4606203090785": 0, "01": 0,
			kmk[:28]:             0, // not 29
			"1" + kmk[1:]:        0, // the check digit counts for КМК
			kmk[:28] + "#":       0,
			kmk[:28] + "\x1d":    0,
			"\x1d" + codes["4"]:  0, // sent as it stands, no GS in front
			"]d2" + codes["4"]:   0,
			codes["4"] + "#":     0,
			"010460393400074821": 0, // no serial
			"0104603934000748215rRFTn7CqRO6f\x1d93AZu":                       0, // 93 of 3
			"0104603934000748215rRFTn7CqRO6f\x1d910001\x1d92short":           0, // a 92 of another length is ignored
			"0104603934000748215rRFTn7CqRO6f\x1d910001\x1d92short\x1d93AZub": 5,
			"0104603934000749215rRFTn7CqRO6f\x1d93AZub":                      5, // the check digit does not count here
			"010460393400074821123456789012345678901\x1d93AZub":              0, // a serial of 21
			"01046039340007482112345678901234567890\x1d93AZub":               5,
			"01046039340007482112345678901234567890":                         255,
			"0104603934000748215\x1d310312345693AZub":                        5, // no separator needed behind 310x
			"0104603934000748215\x1dxx\x1d93AZub":                            5,
			"0104603934000748215\x1d\x1d93AZub":                              5,
			"0104603934000748215\x1d9":                                       0,
		} {
			assert.Equal(t, want, marking.Predict(sent), "%q", sent)
		}
	})
	t.Run("M31 error 211, and type 0 without an error", func(t *testing.T) {
		for sent, want := range map[string]bool{
			markingtest.DropGS(codes["7"]): true, "hello": true, codes["4"] + "#": true, "": true, codes["47"][:28]: true,
			"046070010000000017": true,
			codes["4"]:           false, markingtest.DropGS(codes["4"]): false, codes["47"]: false,
			"46198488": false, "4606203090785": false, "14601234567890": false, codes["62"]: false, codes["64"]: false, egais3: false,
		} {
			assert.Equal(t, want, marking.Rejected(sent), "%q", sent)
		}
	})
	t.Run("M31 a 92 of 88 beats everything behind it", func(t *testing.T) {
		assert.Equal(t, marking.TypeTail88, marking.Predict(codes["1"]+"\x1d93AZub"))
	})
}

func TestDiagnose(t *testing.T) {
	codes := vectors(t)
	for sent, want := range map[string][]marking.Cause{
		codes["4"]:                     nil,
		codes["7"]:                     nil,
		markingtest.DropGS(codes["7"]): {marking.CauseNoGS},
		strings.Replace(codes["7"], "SufM", "SufN", 1): {marking.CauseChecksum},
		codes["4"] + "#": {marking.CauseIllegalCharacter},
		codes["4"][:30]:  {marking.CauseNoGS, marking.CauseLength},
		codes["47"][:28]: {marking.CauseLength},
		"4606203090785":  {marking.CauseNotMark},
		"hello":          {marking.CauseNotMark},
		"0104603934000748215rRFTn7CqRO6f\x1d910058\x1d92AAAA": {marking.CauseLength},
	} {
		assert.Equal(t, want, marking.Diagnose(sent), "%q", sent)
	}
	for c := marking.CauseNoGS; c <= marking.CauseStorageFault; c++ {
		assert.True(t, strings.HasPrefix(c.Code(), "MARK-CAUSE-"))
		assert.Equal(t, c.Code(), c.String())
		assert.NotEqual(t, c.Message("ru"), c.Message("en"))
	}
	assert.Empty(t, marking.Cause(99).Code())
	assert.Empty(t, marking.CauseNone.Message("ru"))
}

func TestAnswer(t *testing.T) {
	t.Run("M32 anything but 0 is no link", func(t *testing.T) {
		for e, linked := range map[marking.ServerError]bool{0: true, -1: false, 0x20: false, 255: false, 7: false} {
			assert.Equal(t, linked, e.Linked())
			want := marking.VerdictNone
			if linked {
				want = marking.VerdictNegative
			}
			assert.Equal(t, want, marking.Answer{Server: e, Status: 5}.Verdict())
		}
		assert.Equal(t, "-1", marking.ServerNoLink.String())
	})
	t.Run("M33 every value of the five bits", func(t *testing.T) {
		for s := range 32 {
			b := func(n int) bool { return s>>n&1 == 1 }
			want := marking.VerdictNone
			switch {
			case b(0) && !b(1), b(2) && !b(3):
				want = marking.VerdictNegative
			case b(0) && b(1) && b(2) && b(3):
				want = marking.VerdictPositive
			}
			assert.Equal(t, want, marking.Status(s).Verdict(), s)
		}
		assert.Equal(t, "[М+]", marking.Status(15).Verdict().String())
		assert.Equal(t, "[М-]", marking.Status(5).Verdict().String())
		assert.Equal(t, "[М]", marking.Status(3).Verdict().String())
		assert.True(t, marking.Status(17).Has(marking.StatusStandAlone))
		assert.Equal(t, "17", marking.Status(17).String())
	})
	t.Run("M34 the storage's own check", func(t *testing.T) {
		for typ := range marking.RegisterType(6) {
			a := marking.Answer{Type: typ, Server: marking.ServerNoLink, LocalResult: marking.LocalFalse}
			assert.Equal(t, typ == 2 || typ == 4, a.RefusedLocally(), typ)
		}
		a := marking.Answer{Type: 2, Server: marking.ServerNoLink, LocalResult: marking.LocalFalse}
		for status, want := range map[marking.Status]bool{15: false, 5: false, 3: true} {
			a.Server, a.Status = marking.ServerLinked, status
			assert.Equal(t, want, a.RefusedLocally(), "a verdict of the server beats it: %d", status)
		}
		a.Server = marking.ServerTimeout
		for e, want := range map[marking.LocalError]bool{
			marking.LocalChecked: true, marking.LocalNotCheckable: false, marking.LocalNoKey: false,
			marking.LocalBadFormat: true, marking.LocalOther: true,
		} {
			a.LocalError = e
			assert.Equal(t, want, a.RefusedLocally(), "result 1 with error %v", e)
		}
		a.LocalError = marking.LocalChecked
		for result, want := range map[marking.LocalResult]bool{marking.LocalNotChecked: false, marking.LocalFalse: true, marking.LocalTrue: false} {
			a.LocalResult = result
			assert.Equal(t, want, a.RefusedLocally(), result.String())
		}
	})
}
