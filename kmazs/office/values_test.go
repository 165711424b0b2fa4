package office

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

func TestValuesInJSON(t *testing.T) {
	t.Run("K17 a stored account keeps its limits and PIN", func(t *testing.T) {
		for _, a := range []Account{
			{Number: 1, Catalogue: Driver, DayLimit: Litres(0), AllLimit: Litres(2_000_000), PIN: PINCode(0), Fuels: []FuelLimit{{Fuel: 1, Limit: Litres(5)}, {Fuel: 2}}},
			{Number: 2, Catalogue: Vehicle, PIN: PINCode(99_999_999)},
			{Number: 3, Catalogue: Operator},
		} {
			text, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			var back Account
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			again, err := json.Marshal(back)
			if err != nil || string(again) != string(text) || back.PIN != a.PIN || back.DayLimit != a.DayLimit || back.AllLimit != a.AllLimit || len(back.Fuels) != len(a.Fuels) {
				t.Errorf("%s\n%s %v", text, again, err)
			}
		}
	})
	t.Run("K17 what is no limit or PIN is an error", func(t *testing.T) {
		for _, text := range []string{`-1`, `1.5`, `"1"`, `100000000`, `{}`} {
			var p PIN
			if err := json.Unmarshal([]byte(text), &p); err == nil {
				t.Errorf("PIN %s was taken", text)
			}
			var l Limit
			if err := json.Unmarshal([]byte(text), &l); err == nil {
				t.Errorf("limit %s was taken", text)
			}
		}
	})
	t.Run("K17 logs show no PIN, key or name", func(t *testing.T) {
		var b strings.Builder
		log := slog.New(slog.NewJSONHandler(&b, nil))
		u := kmazs.User{ShortName: kmazs.Value("ИВАНОВ И.И."), PIN: kmazs.Value(4321)}
		log.Info("x", "pin", PINCode(4321), "account", Account{Number: 7, Catalogue: Driver, ShortName: "ИВАНОВ И.И.", PIN: PINCode(4321)}, "user", u, "pointer", &u)
		if text := b.String(); strings.Contains(text, "4321") || strings.Contains(text, "ИВАНОВ") || !strings.Contains(text, `"number":7`) || strings.Count(text, "SHORTNAME, PIN") != 2 {
			t.Error(text)
		}
	})
}

func TestNothingToPlan(t *testing.T) {
	p, err := NewPlan(nil, nil, nil, kmazs.DateOf(time.Now()))
	if err != nil || p.Refused() != 0 {
		t.Error(p, err)
	}
}
