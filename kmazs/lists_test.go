package kmazs

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func codeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code()
	}
	return ""
}

func TestFuels(t *testing.T) {
	for _, c := range []struct{ text, want, code string }{
		{"92,95,98,100", "92;95;98;100", ""},
		{"92=500;95=2000000;98;100=0", "92=500;95=2000000;98;100=0", ""},
		{" 92 = 500 ; А95 ", "92=500;А95", ""},
		{"92,95,", "92;95", ""},
		{"92;", "92", ""},
		{"empty", "empty", ""},
		{"EMPTY", "empty", ""},
		{"92,,95", "", CodeFuelEmpty},
		{"92,95,,", "", CodeFuelEmpty},
		{",92", "", CodeFuelEmpty},
		{",", "", CodeFuelEmpty},
		{"=5", "", CodeFuelEmpty},
		{"", "", CodeFuelEmpty},
		{"92,92", "", CodeFuelTwice},
		{"92=1;92=2", "", CodeFuelTwice},
		{"92=2000001", "", CodeFuelLimit},
		{"92=", "", CodeFuelLimit},
		{"92=-1", "", CodeFuelLimit},
		{"92=1.5", "", CodeFuelLimit},
		{"92=1=2", "", CodeFuelLimit},
		{"empty,92", "empty;92", ""}, // only alone it is the word
	} {
		t.Run("K7 "+c.text, func(t *testing.T) {
			got, err := ParseFuels(c.text)
			if codeOf(err) != c.code || err == nil && got.String() != c.want {
				t.Fatalf("%v, %v", got, err)
			}
			if r := NewRecord(1, User{DefGSM: Value(c.text)}); c.text != "" && (r.Findings == nil) != (c.code == "") {
				t.Errorf("validation says %v", r.Findings)
			}
		})
	}
	t.Run("K7 =0 blocks, no = is no limit of its own", func(t *testing.T) {
		l, _ := ParseFuels("92=0;95")
		if l.All || l.Items[0] != (FuelItem{"92", 0, true}) || l.Items[1] != (FuelItem{"95", 0, false}) {
			t.Errorf("%+v", l)
		}
	})
}

func TestStations(t *testing.T) {
	for _, c := range []struct{ text, want, code string }{
		{"1,2,10,110,1500", "1,2,10,110,1500", ""},
		{" 10, 2 ,1,2", "1,2,10", ""},
		{"007", "7", ""},
		{"all", "all", ""},
		{"ALL", "all", ""},
		{"empty", "empty", ""},
		{"1,,2", "", CodeStation},
		{"1,", "", CodeStation},
		{"0", "", CodeStation},
		{"-1", "", CodeStation},
		{"1;2", "", CodeStation},
		{"all,1", "", CodeStation},
		{"x", "", CodeStation},
		{"9999999999", "", CodeStation},
	} {
		t.Run("K10 "+c.text, func(t *testing.T) {
			got, err := ParseStations(c.text)
			if codeOf(err) != c.code || err == nil && got.String() != c.want {
				t.Fatalf("%v, %v", got, err)
			}
			if r := NewRecord(1, User{Stations: Value(c.text)}); (r.Findings == nil) != (c.code == "") {
				t.Errorf("validation says %v", r.Findings)
			}
		})
	}
	t.Run("K10 all and empty are opposites", func(t *testing.T) {
		all, _ := ParseStations("all")
		none, _ := ParseStations("empty")
		if !all.All || none.All || len(none.Numbers) != 0 {
			t.Error(all, none)
		}
	})
}

func TestShiftTime(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"8:00", "8:00"}, {"08:00", "8:00"}, {"10:30", "10:30"}, {"21:50", "21:50"}, {"0:00", "0:00"},
		{"8:04", "8:00"}, {"8:05", "8:10"}, {"8:55", "9:00"}, {"23:54", "23:50"}, {"23:55", "0:00"}, {"23:59", "0:00"},
		{"24:00", ""}, {"8:60", ""}, {"8", ""}, {"8:0", ""}, {"8:000", ""}, {"008:00", ""}, {":00", ""}, {"-1:00", ""}, {"8:00:00", ""}, {"8.00", ""},
	} {
		t.Run("K9 "+c.text, func(t *testing.T) {
			r := readUser(t, `"SMBEGTIME":"`+c.text+`"`)
			got, ok := r.User.SMBegTime.Get()
			if ok != (c.want != "") || ok && (got.String() != c.want || r.Findings != nil) {
				t.Errorf("%v, %v", got, r.Findings)
			}
			if !ok {
				wantFindings(t, r.Findings, "SMBEGTIME "+CodeTime)
			}
		})
	}
	t.Run("K9 written without a leading zero", func(t *testing.T) {
		u := User{SMBegTime: Value(At(8, 0))}
		if text, _ := u.MarshalJSON(); string(text) != `{"SMBEGTIME": "8:00"}` {
			t.Errorf("%s", text)
		}
	})
}

func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"31.12.2026": "2026-12-31", "2026-12-31": "2026-12-31", "20261231": "2026-12-31",
		"29.02.2024": "2024-02-29", "29.02.2000": "2000-02-29", "01.01.0001": "0001-01-01",
		"31.02.2026": "", "29.02.2023": "", "29.02.1900": "", "31.04.2026": "", "00.01.2026": "", "01.13.2026": "", "01.01.0000": "",
		"1.1.2026": "", "31/12/2026": "", "2026-1-31": "", "31.12.26": "", "2026123": "", "+2.01.2026": "", "2026-12-31T00:00": "",
	} {
		t.Run("K23 the date "+text, func(t *testing.T) {
			d, err := ParseDate(text)
			if (err == nil) != (want != "") || d.String() != want {
				t.Errorf("%v, %v", d, err)
			}
		})
	}
	for day := range 400 {
		at := time.Date(2023, 12, 1+day, 23, 0, 0, 0, time.FixedZone("x", -12*3600))
		d := DateOf(at)
		if d.String() != at.Format(time.DateOnly) || d.Dotted() != at.Format("02.01.2006") {
			t.Errorf("%v, want %v", d, at)
		}
		if next := d.AddDays(1); !d.Before(next) || next.AddDays(-1) != d || next.Time(time.UTC).Format(time.DateOnly) != next.String() {
			t.Errorf("the day after %v is %v", d, next)
		}
	}
	last, _ := NewDate(9999, 12, 31)
	if !last.AddDays(1).IsZero() || !(Date{}).AddDays(1).IsZero() || (Date{}).String() != "" || !(Date{}).Time(time.UTC).IsZero() {
		t.Error("edges")
	}
}

func FuzzLists(f *testing.F) {
	for _, s := range []string{"92=500;95", "1,2,10", "empty", "all", "8:05", "31.12.2026", ",", "=", "92,", "a=1=2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if l, err := ParseFuels(s); err == nil {
			again, err := ParseFuels(l.String())
			if err != nil || again.All != l.All || !slices.Equal(again.Items, l.Items) {
				// The word alone is every fuel, so a fuel of that name cannot stand alone.
				if !(len(l.Items) == 1) {
					t.Errorf("fuels %q: %v comes back as %v, %v", s, l, again, err)
				}
			}
		}
		if l, err := ParseStations(s); err == nil {
			if again, err := ParseStations(l.String()); err != nil || again.All != l.All || !slices.Equal(again.Numbers, l.Numbers) || !slices.IsSorted(l.Numbers) {
				t.Errorf("stations %q: %v comes back as %v, %v", s, l, again, err)
			}
		}
		if v, err := ParseShiftTime(s); err == nil {
			if again, err := ParseShiftTime(v.String()); err != nil || again != v || !v.Valid() {
				t.Errorf("time %q: %v", s, v)
			}
		}
		if d, err := ParseDate(s); err == nil {
			if again, err := ParseDate(d.Dotted()); err != nil || again != d {
				t.Errorf("date %q: %v", s, d)
			}
		}
	})
}
