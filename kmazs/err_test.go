package kmazs

import (
	"errors"
	"testing"
)

func TestFindingsErr(t *testing.T) {
	if err := (&User{SyncID: Value("1"), ShortName: Value("А")}).Check().Err(); err != nil {
		t.Errorf("no findings: %v", err)
	}
	err := (&User{DayLimit: Value(-1)}).Check().Err()
	if e, ok := errors.AsType[*Error](err); !ok || e.Field() != FieldDayLimit {
		t.Error(err)
	}
	for want, k := range map[string]Kind{"": 0, "text": Text, "clock time": ClockTime, "Kind(9)": 9} {
		if k.String() != want {
			t.Errorf("%q, want %q", k, want)
		}
	}
}
