package gateway

import "time"

// tellEvery is how often the log repeats what goes on unchanged: a register that
// is off over a weekend must not push everything else out of the log.
const tellEvery = 10 * time.Minute

// seldom is something that may go on for long. The zero value has not begun.
type seldom struct {
	text  string
	told  time.Time
	times int
}

// again says whether the log is to have it now: when it begins, changes, or went
// on for tellEvery. times counts it since it was told last.
func (s *seldom) again(now time.Time, text string) (times int, tell bool) {
	s.times++
	if text == s.text && now.Sub(s.told) < tellEvery {
		return 0, false
	}
	times = s.times
	*s = seldom{text: text, told: now}
	return times, true
}
