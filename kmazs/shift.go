package kmazs

import (
	"strconv"
	"strings"
)

// ShiftTime is a time of day in whole tens of minutes, counted in minutes from
// midnight: 0 to 1430. The zero value is 0:00, the office's own default (K9).
type ShiftTime uint16

const minutesOfDay = 24 * 60

// At is the time of day h:mm, rounded to ten minutes, half up; 23:55 becomes 0:00
// (K9). It panics unless hour is 0 to 23 and minute 0 to 59: it is made for
// literals, ParseShiftTime reads input.
func At(hour, minute int) ShiftTime {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		panic("kmazs: " + strconv.Itoa(hour) + ":" + strconv.Itoa(minute) + " is no time of day")
	}
	return ShiftTime((hour*60 + (minute+5)/10*10) % minutesOfDay)
}

// ParseShiftTime reads 8:00 and 08:00 and rounds as At does. 24:00 and minute 60
// are errors (K9).
func ParseShiftTime(s string) (ShiftTime, error) {
	h, m, ok := strings.Cut(s, ":")
	hour, minute := digits(h), digits(m)
	if !ok || len(h) > 2 || len(m) != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, newError(CodeTime, "value", s)
	}
	return At(hour, minute), nil
}

// Clock returns hour and minute.
func (t ShiftTime) Clock() (hour, minute int) {
	return int(t%minutesOfDay) / 60, int(t % 60)
}

// Valid says whether it is a time that ParseShiftTime gives.
func (t ShiftTime) Valid() bool { return t < minutesOfDay && t%10 == 0 }

// String is h:mm without a leading zero, as it is written (K9): "8:00".
func (t ShiftTime) String() string {
	h, m := t.Clock()
	if m < 10 {
		return strconv.Itoa(h) + ":0" + strconv.Itoa(m)
	}
	return strconv.Itoa(h) + ":" + strconv.Itoa(m)
}

// MarshalText writes String.
func (t ShiftTime) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is ParseShiftTime.
func (t *ShiftTime) UnmarshalText(text []byte) error {
	v, err := ParseShiftTime(string(text))
	if err == nil {
		*t = v
	}
	return err
}
