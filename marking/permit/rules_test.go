package permit_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

// noon is the till's clock in the tests of the rules.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type members = permittest.Members

// judgeCase asks the CDN about a mark with the members.
type judgeCase struct {
	name    string
	members members
	query   permit.Query
	policy  permit.Policy
	code    string // "" for sold
}

func (c judgeCase) run(t *testing.T) permit.Verdict {
	t.Helper()
	s := newShop()
	clock := func() time.Time { return noon }
	s.cdn.Now, s.local.Now, s.piot.Now = clock, clock, clock
	if c.query.Mark.Kind() == marking.KindUnknown {
		c.query.Mark = milk(t, 1)
	}
	s.put(c.query.Mark, c.members)
	if c.policy.Location == nil {
		c.policy.Location = time.UTC
	}
	cdn := s.newCDN(t, func(o *permit.CDNOptions) { o.Now, o.Policy = clock, c.policy })
	defer closeAll(t, cdn)
	v := cdn.Check(t.Context(), c.query)
	outcome := permit.OutcomeOK
	if c.code != "" {
		outcome = permit.OutcomeRefused
	}
	want(t, v, outcome, permit.LocalUnset, c.code)
	return v
}

func TestRules(t *testing.T) {
	sale, back := permit.OperationSale, permit.OperationReturn
	kmk := func(kopecks int64) marking.Code {
		c, err := marking.Parse(markingtest.New(7).KMK(kopecks), nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	vladivostok := time.FixedZone("VLAT", 10*3600)
	for _, c := range []judgeCase{
		{"M65 sound goods", nil, permit.Query{}, permit.Policy{}, ""},
		{"M65 sound goods come back", nil, permit.Query{Operation: back}, permit.Policy{}, ""},

		{"M65 errorCode 1", members{"errorCode": 1}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 errorCode 6 on a return", members{"errorCode": 6}, permit.Query{Operation: back}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 errorCode 99", members{"errorCode": 99}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 errorCode -1", members{"errorCode": -1}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 errorCode as a text", members{"errorCode": "4"}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 valid = false", members{"valid": false}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat},
		{"M65 errorCode 10", members{"errorCode": 10}, permit.Query{}, permit.Policy{}, permit.CodeNotFound},
		{"M65 found = false", members{"found": false}, permit.Query{}, permit.Policy{}, permit.CodeNotFound},
		{"M65 utilised = false", members{"utilised": false}, permit.Query{}, permit.Policy{}, permit.CodeNotApplied},
		{"M65 verified = false", members{"verified": false}, permit.Query{}, permit.Policy{}, permit.CodeNotVerified},
		{"M65 isBlocked", members{"isBlocked": true, "ogvs": []string{"RAR", "FTS"}}, permit.Query{}, permit.Policy{}, permit.CodeBlocked},
		{"M65 isBlocked on a return", members{"isBlocked": true}, permit.Query{Operation: back}, permit.Policy{}, permit.CodeBlocked},
		{"M65 sold", members{"sold": true}, permit.Query{Operation: sale}, permit.Policy{}, permit.CodeSold},
		{"M65 sold, unset operation is a sale", members{"sold": true}, permit.Query{}, permit.Policy{}, permit.CodeSold},
		{"M76 sold on a return", members{"sold": true, "realizable": false}, permit.Query{Operation: back}, permit.Policy{}, ""},
		{"M65 realizable = false", members{"realizable": false}, permit.Query{}, permit.Policy{}, permit.CodeNotRealizable},
		{"M65 realizable = false in the grey zone", members{"realizable": false, "grayZone": true}, permit.Query{}, permit.Policy{}, ""},
		{"M65 sold in the grey zone", members{"realizable": false, "grayZone": true, "sold": true}, permit.Query{}, permit.Policy{}, permit.CodeSold},
		{"M65 realizable = false, never sold, on a return", members{"realizable": false}, permit.Query{Operation: back}, permit.Policy{}, permit.CodeNotRealizable},

		{"M65 isTracking = false ignores sold", members{"isTracking": false, "sold": true}, permit.Query{}, permit.Policy{}, ""},
		{"M65 isTracking = false ignores realizable", members{"isTracking": false, "realizable": false}, permit.Query{}, permit.Policy{}, ""},
		{"M65 isTracking = false does not ignore isBlocked", members{"isTracking": false, "isBlocked": true}, permit.Query{}, permit.Policy{}, permit.CodeBlocked},
		{"M65 isTracking = false by the other policy", members{"isTracking": false, "sold": true}, permit.Query{}, permit.Policy{Untraced: true}, permit.CodeSold},
		{"M65 realizable by the other policy", members{"isTracking": false, "realizable": false}, permit.Query{}, permit.Policy{Untraced: true}, permit.CodeNotRealizable},
		{"M65 eliminationState never decides", members{"eliminationState": 3}, permit.Query{}, permit.Policy{}, ""},

		{"M65 expired", members{"expireDate": "2026-11-22T00:00:00.000Z"}, permit.Query{}, permit.Policy{}, permit.CodeExpired},
		{"M65 expired, brought back", members{"expireDate": "2026-11-22T00:00:00.000Z"}, permit.Query{Operation: back}, permit.Policy{}, ""},
		{"M65 not expired", members{"expireDate": "2026-11-24T00:00:00.000Z"}, permit.Query{}, permit.Policy{}, ""},
		{"M65 expires today", members{"expireDate": "2026-11-23T00:00:00.000Z"}, permit.Query{}, permit.Policy{}, permit.CodeExpired},
		{"M65 expires today, the day included", members{"expireDate": "2026-11-23T00:00:00.000Z"}, permit.Query{}, permit.Policy{DayIncluded: true}, ""},
		{"M65 expired by the shop's zone", members{"expireDate": "2026-11-24"}, permit.Query{}, permit.Policy{Location: time.FixedZone("", 13*3600)}, permit.CodeExpired},
		{"M65 not expired by the shop's zone", members{"expireDate": "2026-11-23T00:00:00Z"}, permit.Query{}, permit.Policy{Location: time.FixedZone("", -13*3600)}, ""},
		{"M65 a moment an hour ago", members{"expireDate": "2026-11-23T11:00:00Z"}, permit.Query{}, permit.Policy{Location: vladivostok}, permit.CodeExpired},
		{"M65 a moment in an hour", members{"expireDate": "2026-11-23T13:00:00.000Z"}, permit.Query{}, permit.Policy{Location: vladivostok}, ""},
		{"M65 a moment with a zone of its own", members{"expireDate": "2026-11-23T14:30:00+03:00"}, permit.Query{}, permit.Policy{}, permit.CodeExpired},
		{"M65 a moment without a zone", members{"expireDate": "2026-11-23T21:59:00"}, permit.Query{}, permit.Policy{Location: vladivostok}, permit.CodeExpired},
		{"M65 a moment without a zone, later", members{"expireDate": "2026-11-23T22:01:00"}, permit.Query{}, permit.Policy{Location: vladivostok}, ""},
		{"M65 milliseconds", members{"expireDate": noon.Add(-time.Second).UnixMilli()}, permit.Query{}, permit.Policy{}, permit.CodeExpired},
		{"M65 a date that cannot be read", members{"expireDate": "soon"}, permit.Query{}, permit.Policy{}, ""},
		{"M65 expiry of another group", members{"expireDate": "2020-01-01T00:00:00.000Z", "groupIds": []int{1}}, permit.Query{}, permit.Policy{}, ""},
		{"M65 expiry of a configured group", members{"expireDate": "2020-01-01T00:00:00.000Z", "groupIds": []int{1}}, permit.Query{}, permit.Policy{ExpiryGroups: []int{1}}, permit.CodeExpired},
		{"M65 expiry for no group", members{"expireDate": "2020-01-01T00:00:00.000Z"}, permit.Query{}, permit.Policy{ExpiryGroups: []int{}}, ""},
		{"M65 the catalogue's group where the answer has none", members{"expireDate": "2020-01-01T00:00:00.000Z", "groupIds": nil}, permit.Query{Group: 15}, permit.Policy{}, permit.CodeExpired},
		{"M65 the answer's group goes first", members{"expireDate": "2020-01-01T00:00:00.000Z", "groupIds": []int{1}}, permit.Query{Group: 15}, permit.Policy{}, ""},
		{"M65 variableExpirations: the latest counts", members{"expireDate": "2026-11-01T00:00:00.000Z",
			"variableExpirations": members{"1": "2026-11-10T00:00:00.000Z", "2": "2026-12-10T00:00:00.000Z"}}, permit.Query{}, permit.Policy{}, ""},
		{"M65 variableExpirations: all past", members{"expireDate": "2027-11-01T00:00:00.000Z",
			"variableExpirations": []members{{"expireDate": "2026-11-10T00:00:00.000Z", "conditions": "+4"}}}, permit.Query{}, permit.Policy{}, permit.CodeExpired},
		{"M65 variableExpirations: empty", members{"expireDate": "2026-11-01T00:00:00.000Z", "variableExpirations": ""}, permit.Query{}, permit.Policy{}, permit.CodeExpired},

		{"M65 below smp", members{"smp": 12900, "groupIds": []int{3}}, permit.Query{Price: 12899}, permit.Policy{}, permit.CodeBelowMinimum},
		{"M65 at smp", members{"smp": 12900, "groupIds": []int{3}}, permit.Query{Price: 12900}, permit.Policy{}, ""},
		{"M65 below smp, group 16", members{"smp": 12900, "groupIds": []int{16}}, permit.Query{Price: 1}, permit.Policy{}, permit.CodeBelowMinimum},
		{"M65 below smp, brought back", members{"smp": 12900, "groupIds": []int{3}}, permit.Query{Price: 1, Operation: back}, permit.Policy{}, ""},
		{"M65 smp of another group", members{"smp": 12900, "groupIds": []int{12}}, permit.Query{Price: 1}, permit.Policy{}, ""},
		{"M65 smp of a configured group", members{"smp": 12900, "groupIds": []int{12}}, permit.Query{Price: 1}, permit.Policy{MinimumGroups: []int{12}}, permit.CodeBelowMinimum},
		{"M65 smp of a group pack", members{"smp": 12900, "groupIds": []int{3}, "packageType": "GROUP", "packageQuantity": 10}, permit.Query{Price: 128999}, permit.Policy{}, permit.CodeBelowMinimum},
		{"M65 smp of a group pack, at it", members{"smp": 12900, "groupIds": []int{3}, "packageType": "GROUP", "packageQuantity": 10}, permit.Query{Price: 129000}, permit.Policy{}, ""},
		{"M65 smp of a unit that names a quantity", members{"smp": 12900, "groupIds": []int{3}, "packageQuantity": 10}, permit.Query{Price: 12900}, permit.Policy{}, ""},
		{"M65 smp beyond any number", members{"smp": int64(1) << 62, "groupIds": []int{3}, "packageType": "GROUP", "packageQuantity": int64(1) << 40}, permit.Query{Price: 100}, permit.Policy{}, permit.CodeBelowMinimum},
		{"M65 tobacco above mrp", members{"mrp": 20000, "groupIds": []int{3}}, permit.Query{Price: 20001}, permit.Policy{}, permit.CodeAboveMaximum},
		{"M65 tobacco at mrp", members{"mrp": 20000, "groupIds": []int{3}}, permit.Query{Price: 20000}, permit.Policy{}, ""},
		{"M65 nicotine below mrp", members{"mrp": 20000, "groupIds": []int{16}}, permit.Query{Price: 19999}, permit.Policy{}, permit.CodeBelowRetail},
		{"M65 nicotine above mrp", members{"mrp": 20000, "groupIds": []int{16}}, permit.Query{Price: 30000}, permit.Policy{}, ""},
		{"M65 mrp of another group", members{"mrp": 20000, "groupIds": []int{8}}, permit.Query{Price: 30000}, permit.Policy{}, ""},
		{"M65 the price in the code of a pack", members{"groupIds": []int{3}}, permit.Query{Mark: kmk(14500), Price: 14501}, permit.Policy{}, permit.CodeAboveMaximum},
		{"M65 mrp goes before the price in the code", members{"groupIds": []int{3}, "mrp": 20000}, permit.Query{Mark: kmk(14500), Price: 14501}, permit.Policy{}, ""},
		{"M65 no price in the code", members{"groupIds": []int{3}}, permit.Query{Mark: kmk(0), Price: 14501}, permit.Policy{}, ""},
		{"M65 an unknown price", members{"mrp": 20000, "smp": 30000, "groupIds": []int{3}}, permit.Query{}, permit.Policy{}, ""},

		{"M65 partial sale, something is left", members{"innerUnitCount": 10, "soldUnitCount": 9}, permit.Query{Partial: true}, permit.Policy{}, ""},
		{"M65 partial sale, nothing is left", members{"innerUnitCount": 10, "soldUnitCount": 10}, permit.Query{Partial: true}, permit.Policy{}, permit.CodeNoUnitsLeft},
		{"M65 partial sale, counts are absent", members{"innerUnitCount": 10}, permit.Query{Partial: true}, permit.Policy{}, ""},
		{"M65 whole sale, counts do not matter", members{"innerUnitCount": 10, "soldUnitCount": 10}, permit.Query{}, permit.Policy{}, ""},
		{"M76 partial return", members{"innerUnitCount": 10, "soldUnitCount": 10, "sold": true}, permit.Query{Partial: true, Operation: back}, permit.Policy{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := c.run(t)
			if c.code == "" {
				return
			}
			for _, lang := range []string{"ru", "en"} {
				if text := v.Refusal.Message(lang); text == "" || strings.ContainsAny(text, "{}") {
					t.Errorf("%s: %q", lang, text)
				}
			}
			if len(v.Raw) == 0 || !strings.Contains(string(v.Raw), `"reqId"`) {
				t.Error("the raw answer is not kept")
			}
			if _, ok := v.Industry(permit.IndustrySettings{}); ok || v.Allowed() {
				t.Error("refused, yet it may be sold")
			}
		})
	}

	t.Run("M65 the price in AI 8005", func(t *testing.T) {
		m := mark(t, 5, marking.LayoutP7)
		limit, _ := m.Price()
		judgeCase{"", members{"groupIds": []int{3}}, permit.Query{Mark: m, Price: limit + 1}, permit.Policy{}, permit.CodeAboveMaximum}.run(t)
		judgeCase{"", members{"groupIds": []int{3}}, permit.Query{Mark: m, Price: max(limit, 1)}, permit.Policy{}, ""}.run(t)
	})
	t.Run("M65 warnings", func(t *testing.T) {
		v := judgeCase{"", members{"isTracking": false, "sold": true}, permit.Query{}, permit.Policy{}, ""}.run(t)
		if !v.Warned(permit.CodeWarnTracking) {
			t.Error(v)
		}
		v = judgeCase{"", members{"mrp": 1, "groupIds": []int{3}}, permit.Query{}, permit.Policy{}, ""}.run(t)
		if !v.Warned(permit.CodeWarnPrice) {
			t.Error(v)
		}
		if v := (judgeCase{"", members{"eliminationState": 3}, permit.Query{}, permit.Policy{}, ""}.run(t)); *v.Item.EliminationState != 3 || len(v.Warnings) != 0 {
			t.Error(v)
		}
	})
	t.Run("M65 messages in both languages", func(t *testing.T) {
		v := judgeCase{"", members{"errorCode": 6}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat}.run(t)
		if got := v.Refusal.Message("ru"); got != "Код маркировки не прошёл проверку формата: криптоподпись не сходится. Отсканируйте ещё раз; если повторится, отложите товар в сторону." {
			t.Error(got)
		}
		v = judgeCase{"", members{"mrp": 20000, "groupIds": []int{3}}, permit.Query{Price: 20001}, permit.Policy{}, permit.CodeAboveMaximum}.run(t)
		if got := v.Refusal.Message("ru"); got != "Цена 200.01 выше максимальной розничной 200.00. Исправьте цену." {
			t.Error(got)
		}
		if got := v.Refusal.Error(); got != "marking/permit: the price 200.01 is above the maximum retail price 200.00; correct the price" {
			t.Error(got)
		}
		v = judgeCase{"", members{"isBlocked": true, "ogvs": []string{"RAR", "FTS"}}, permit.Query{}, permit.Policy{}, permit.CodeBlocked}.run(t)
		if got := v.Refusal.Message("en"); got != "The sale is forbidden by a state body (RAR, FTS); put the goods aside." {
			t.Error(got)
		}
	})
}

// TestRuleOrder makes every row refuse at once, then heals them from the top:
// each time the next row gives the reason.
func TestRuleOrder(t *testing.T) {
	bad := members{"valid": false, "found": false, "utilised": false, "verified": false, "isBlocked": true,
		"sold": true, "realizable": false, "expireDate": "2020-01-01T00:00:00.000Z",
		"smp": 50000, "mrp": 10000, "innerUnitCount": 1, "soldUnitCount": 1, "groupIds": []int{8, 3}}
	query := permit.Query{Price: 20000, Partial: true}
	good := []struct {
		name string
		set  members
		code string
	}{
		{"M65 row 1 bad format", nil, permit.CodeBadFormat},
		{"M65 row 2 not found", members{"valid": true}, permit.CodeNotFound},
		{"M65 row 3 not applied", members{"found": true}, permit.CodeNotApplied},
		{"M65 row 4 not verified", members{"utilised": true}, permit.CodeNotVerified},
		{"M65 row 5 blocked", members{"verified": true}, permit.CodeBlocked},
		{"M65 row 6 sold", members{"isBlocked": false}, permit.CodeSold},
		{"M65 row 7 not realizable", members{"sold": false}, permit.CodeNotRealizable},
		{"M65 row 8 expired", members{"realizable": true}, permit.CodeExpired},
		{"M65 row 9 below the minimum", members{"expireDate": nil}, permit.CodeBelowMinimum},
		{"M65 row 10 above the maximum", members{"smp": nil}, permit.CodeAboveMaximum},
		{"M65 row 11 below retail", members{"groupIds": []int{16}, "mrp": 30000}, permit.CodeBelowRetail},
		{"M65 row 12 no units left", members{"mrp": nil}, permit.CodeNoUnitsLeft},
		{"M65 no row", members{"soldUnitCount": 0}, ""},
	}
	rules := permit.Rules()
	for i, g := range good {
		maps.Copy(bad, g.set)
		t.Run(g.name, func(t *testing.T) {
			judgeCase{"", bad, query, permit.Policy{}, g.code}.run(t)
			if g.code != "" && rules[i].Code != g.code {
				t.Errorf("Rules()[%d] is %s", i, rules[i].Code)
			}
		})
	}
}

func TestRuleCodes(t *testing.T) {
	t.Run("M65 each row has a reason code of its own", func(t *testing.T) {
		seen := map[string]bool{}
		for _, r := range permit.Rules() {
			if seen[r.Code] || r.Code == "" || r.Fields == "" || r.Answers == "" {
				t.Errorf("%+v", r)
			}
			seen[r.Code] = true
		}
		if len(seen) != 17 {
			t.Error(len(seen))
		}
	})
}

// TestTriState tries all answers of the eight flags, absent included, against a
// plain reading of the rule.
func TestTriState(t *testing.T) {
	names := []string{"valid", "found", "utilised", "verified", "isBlocked", "sold", "realizable", "grayZone"}
	values := []any{nil, false, true}
	total := 1
	for range names {
		total *= len(values)
	}
	step := 7
	if testing.Short() {
		step = 71
	}
	s := newShop()
	cdn := s.newCDN(t)
	defer closeAll(t, cdn)
	m := milk(t, 1)
	for n := 0; n < total; n += step {
		set, rest := members{"errorCode": nil}, n
		for _, name := range names {
			set[name] = values[rest%3]
			rest /= 3
		}
		is := func(name string, b bool) bool { return set[name] == b }
		code := ""
		switch {
		case is("valid", false):
			code = permit.CodeBadFormat
		case is("found", false):
			code = permit.CodeNotFound
		case is("utilised", false):
			code = permit.CodeNotApplied
		case is("verified", false):
			code = permit.CodeNotVerified
		case is("isBlocked", true):
			code = permit.CodeBlocked
		case is("sold", true):
			code = permit.CodeSold
		case is("realizable", false) && !is("grayZone", true):
			code = permit.CodeNotRealizable
		}
		s.put(m, set)
		v := ask(t, cdn, m)
		got := ""
		if v.Refusal != nil {
			got = v.Refusal.Code()
		}
		if got != code {
			t.Fatalf("%v: %q, want %q", set, got, code)
		}
	}
}

func ExampleRules() {
	for _, r := range permit.Rules()[:3] {
		fmt.Println(r.Code, "·", r.Fields)
	}
	// Output:
	// MARK-PERMIT-BAD-FORMAT · errorCode, valid
	// MARK-PERMIT-NOT-FOUND · found, errorCode
	// MARK-PERMIT-NOT-APPLIED · utilised
}
