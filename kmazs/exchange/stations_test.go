package exchange_test

import (
	"errors"
	"strings"
	"testing"
)

func TestStations(t *testing.T) {
	t.Run("FL8 exchg.flag begins an exchange and is answered", func(t *testing.T) {
		for stations, want := range map[string]int{"1,2": 2, "all": 0, "10, 1 ,2": 3} {
			s := newSite()
			s.flag(t, "exchg.flag", "command=exchangedata\r\ncommandtime=07.09.2011 10:36:50\r\nstations="+stations+"\r\n")
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			res := s.result(t, "exchgres.flag")
			if res == nil || res.Err() != nil || !s.processed("exchg.flag") || len(s.begun) != 1 || len(s.begun[0]) != want {
				t.Errorf("%q: %+v %v", stations, res, s.begun)
			}
			if got, _ := res.File.Get("main", "stations"); got != stations {
				t.Errorf("stations=%q is not repeated: %q", stations, got)
			}
		}
	})
	t.Run("FL8 an unknown station is error=1 and nothing begins", func(t *testing.T) {
		for _, stations := range []string{"1,77", "x", "1,,2", "empty", "0"} {
			s := newSite()
			s.flag(t, "exchg.flag", "command=exchangedata\r\ncommandtime=07.09.2011 10:36:50\r\nstations="+stations+"\r\n")
			if err := s.office(nil).RunOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			if res := s.result(t, "exchgres.flag"); res == nil || !res.Failed || len(s.begun) != 0 || !s.processed("exchg.flag") {
				t.Errorf("%q: %+v %v", stations, res, s.begun)
			}
		}
	})
	t.Run("FL8 an exchange that does not begin is error=1", func(t *testing.T) {
		s := newSite()
		s.failing = errors.New("порт занят")
		s.flag(t, "exchg.flag", "command=exchangedata\r\nstations=all\r\n")
		if err := s.office(nil).RunOnce(t.Context()); err != nil || !strings.Contains(s.result(t, "exchgres.flag").Text, "порт занят") {
			t.Errorf("%v %+v", err, s.result(t, "exchgres.flag"))
		}
	})
	t.Run("FL12 an exchange that was answered is not begun again", func(t *testing.T) {
		s := newSite()
		s.flag(t, "exchg.flag", "command=exchangedata\r\ncommandtime=07.09.2011 10:36:50\r\nstations=all\r\n")
		flag := s.disk.Get("exchg.flag")
		for range 2 {
			s.disk.Put("exchg.flag", flag)
			if err := s.office(nil).RunOnce(t.Context()); err != nil || !s.processed("exchg.flag") {
				t.Fatal(err)
			}
		}
		if len(s.begun) != 1 {
			t.Errorf("%v", s.begun)
		}
	})
}
