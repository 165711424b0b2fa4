package permit_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

func TestIndustry(t *testing.T) {
	allowed := permit.Verdict{Outcome: permit.OutcomeOK, Stamp: permit.Stamp{
		Source: permit.SourceCDN, ReqID: "1e87c58a-2934-40f5-80cb-6cc319f6487a", ReqTime: "1737344126424"}}
	byModule := permit.Verdict{Outcome: permit.OutcomeNoAnswer, Local: permit.LocalOK, Stamp: permit.Stamp{
		Source: permit.SourceLocal, ReqID: "c9188551-817a-85a7-93e4-7042d907ab13", ReqTime: "1757681987579",
		Offline: true, Inst: "4679b3db-da6a-44e0-a2e6-a684437bafb0", Ver: "6e7f1224-0e08-41ed-844c-d386675f4e50"}}

	t.Run("M66 the block of the source's example", func(t *testing.T) {
		block, ok := allowed.Industry(permit.IndustrySettings{})
		want := permit.Industry{FOIV: "030", Date: "21.11.2023", Number: "1944",
			Value: "UUID=1e87c58a-2934-40f5-80cb-6cc319f6487a&Time=1737344126424"}
		if !ok || block != want {
			t.Errorf("%+v", block)
		}
	})
	t.Run("M66 the block of a local module", func(t *testing.T) {
		block, ok := byModule.Industry(permit.IndustrySettings{})
		if !ok || block.Value != "UUID=c9188551-817a-85a7-93e4-7042d907ab13&Time=1757681987579&Inst=4679b3db-da6a-44e0-a2e6-a684437bafb0&Ver=6e7f1224-0e08-41ed-844c-d386675f4e50" {
			t.Errorf("%+v", block)
		}
	})
	t.Run("M66 the first three are settings", func(t *testing.T) {
		block, _ := allowed.Industry(permit.IndustrySettings{FOIV: "031", Date: "01.02.2027", Number: "7"})
		if block.FOIV != "031" || block.Date != "01.02.2027" || block.Number != "7" {
			t.Errorf("%+v", block)
		}
	})
	t.Run("M66 no block", func(t *testing.T) {
		for _, v := range []permit.Verdict{
			{}, {Outcome: permit.OutcomeEmergency, Stamp: allowed.Stamp}, {Outcome: permit.OutcomeNotRequired, Stamp: allowed.Stamp},
			{Outcome: permit.OutcomeRefused, Stamp: allowed.Stamp}, {Outcome: permit.OutcomeNoAnswer, Stamp: allowed.Stamp},
			{Outcome: permit.OutcomeNoAnswer, Local: permit.LocalRefused, Stamp: byModule.Stamp}, {Outcome: permit.OutcomeOK},
		} {
			if block, ok := v.Industry(permit.IndustrySettings{}); ok {
				t.Errorf("%v: %+v", v, block)
			}
		}
	})
	t.Run("M66 at most 256 characters that the register can print", func(t *testing.T) {
		m := milk(t, 1)
		for text, good := range map[string]bool{
			strings.Repeat("a", 256-len("UUID=&Time=1737344126424")): true,
			strings.Repeat("a", 257-len("UUID=&Time=1737344126424")): false,
			"id\n2": false, "ид": false, "日本": false,
		} {
			s := newShop()
			answer, _ := json.Marshal(map[string]any{"code": 0, "reqId": text, "reqTimestamp": int64(1737344126424),
				"codes": []map[string]any{{"cis": m.Text(), "found": true}}})
			s.cdn.Fail(1, permittest.Fault{Body: string(answer)})
			c := s.newCDN(t)
			v := ask(t, c, m)
			if (v.Outcome == permit.OutcomeOK) != good {
				t.Errorf("%.20q: %v", text, v)
			}
			closeAll(t, c)
		}
	})
	t.Run("M66 the time is verbatim", func(t *testing.T) {
		m := milk(t, 1)
		for _, raw := range []string{"1737344126424", `"1737344126424"`} {
			s := newShop()
			id, _ := json.Marshal(m.Text())
			s.cdn.Fail(1, permittest.Fault{Body: `{"code":0,"reqId":"7","reqTimestamp":` + raw + `,"codes":[{"cis":` + string(id) + `}]}`})
			c := s.newCDN(t)
			if v := ask(t, c, m); v.Stamp.ReqTime != "1737344126424" {
				t.Errorf("%q", v.Stamp.ReqTime)
			}
			closeAll(t, c)
		}
	})
	t.Run("M66 more than 5 minutes off the till's clock is a warning", func(t *testing.T) {
		m := milk(t, 1)
		for _, difference := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute, 301 * time.Second, -301 * time.Second, 3 * time.Hour} {
			s := newShop()
			s.put(m, nil)
			s.cdn.Now = func() time.Time { return noon.Add(difference) }
			c := s.newCDN(t, func(o *permit.CDNOptions) { o.Now = func() time.Time { return noon } })
			v := ask(t, c, m)
			if v.Warned(permit.CodeWarnClock) != (difference.Abs() > 5*time.Minute) || v.Outcome != permit.OutcomeOK {
				t.Errorf("%v: %v", difference, v)
			}
			closeAll(t, c)
		}
	})
	t.Run("M66 an answer older than 30 minutes is asked for again", func(t *testing.T) {
		v := allowed
		v.Answered = noon
		if v.Stale(noon.Add(30*time.Minute)) || !v.Stale(noon.Add(30*time.Minute+1)) {
			t.Error("30 minutes")
		}
		v.Outcome = permit.OutcomeNotRequired
		if v.Stale(noon.Add(time.Hour)) {
			t.Error("nothing was asked")
		}
	})
}

func TestVerdictJSON(t *testing.T) {
	t.Run("M65 a verdict survives as JSON", func(t *testing.T) {
		v := judgeCase{"", members{"sold": true, "errorCode": 6}, permit.Query{}, permit.Policy{}, permit.CodeBadFormat}.run(t)
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back permit.Verdict
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		v.Item = nil
		if !v.Answered.Equal(back.Answered) {
			t.Error(v.Answered, back.Answered)
		}
		v.Answered, back.Answered = time.Time{}, time.Time{}
		if !reflect.DeepEqual(v, back) || v.Refusal.Message("ru") != back.Refusal.Message("ru") {
			t.Errorf("%+v\n%+v", v, back)
		}
	})
}

func TestNames(t *testing.T) {
	t.Run("M60 enumerations as text", func(t *testing.T) {
		type enum interface {
			fmt.Stringer
			MarshalText() ([]byte, error)
		}
		for _, e := range []struct {
			value enum
			back  interface{ UnmarshalText([]byte) error }
			get   func(any) any
		}{
			{permit.OutcomeNotRequired, new(permit.Outcome), func(p any) any { return *p.(*permit.Outcome) }},
			{permit.LocalNoAnswer, new(permit.LocalState), func(p any) any { return *p.(*permit.LocalState) }},
			{permit.SourcePiot, new(permit.Source), func(p any) any { return *p.(*permit.Source) }},
			{permit.OperationReturn, new(permit.Operation), func(p any) any { return *p.(*permit.Operation) }},
		} {
			text, _ := e.value.MarshalText()
			if err := e.back.UnmarshalText(text); err != nil || e.get(e.back) != any(e.value) || string(text) != e.value.String() {
				t.Error(err, string(text))
			}
			if err := e.back.UnmarshalText([]byte(strings.Repeat("x", 99))); err == nil || len(err.Error()) > 90 {
				t.Error(err)
			}
		}
		for _, s := range []fmt.Stringer{permit.Outcome(77), permit.LocalState(77), permit.Source(77), permit.Operation(77)} {
			if !strings.HasSuffix(s.String(), "(77)") {
				t.Error(s)
			}
		}
	})
}
