package permit

import (
	"time"
)

// maxClockDifference is how far an answer's time may be off the till's clock
// before support hears of it (M66).
const maxClockDifference = 5 * time.Minute

// sheet is one exchange with a back end: what was asked and what came.
type sheet struct {
	queries []Query
	answers []answer
	raw     []byte
	secrets redaction
	// scopes are the rows of the rules for an answer.
	scopes func(Stamp) scope
}

// judge makes the verdict on one query of the sheet: OK, refused, no answer, or
// an emergency.
func (w *wire) judge(s *sheet, q Query) Verdict {
	v := Verdict{Outcome: OutcomeNoAnswer, Answered: w.now(), Raw: s.secrets.body(s.raw)}
	a, item, count := find(s.answers, q.Mark)
	if a == nil {
		// A code that is not 0 explains why the mark is not there.
		for i := range s.answers {
			if s.answers[i].code != bodyOK {
				a = &s.answers[i]
			}
		}
	}
	switch {
	case a != nil && a.code == bodyEmergency:
		v.Outcome = OutcomeEmergency
		return v
	case a != nil && a.code != bodyOK:
		v.Failure = codeError(a.code, a.description, s.secrets)
		return v
	case count == 0:
		v.Failure = newError(CodeMissing)
		v.warn(s.foreign())
		return v
	case count > 1:
		v.Failure = newError(CodeTwice, "count", count)
		return v
	}
	item.Message = s.secrets.text(item.Message)
	for i, body := range item.OGVs {
		item.OGVs[i] = s.secrets.text(body)
	}
	a.stamp = s.secrets.stamp(a.stamp)
	f := &facts{Item: item, Query: q, Policy: w.policy, now: w.now()}
	v.Item, v.Stamp = item, a.stamp
	v.warn(s.foreign(), w.clockWarning(a.stamp))
	scopes := s.scopes(a.stamp)
	if v.Refusal = decide(scopes, f); v.Refusal != nil {
		v.Outcome = OutcomeRefused
		return v
	}
	if !a.stamp.sound() {
		// Without an id and a time the receipt cannot say what allowed the sale.
		v.Failure, v.Stamp = newError(CodeStamp), Stamp{}
		return v
	}
	v.Outcome = OutcomeOK
	if scopes == online {
		if !f.traced() {
			v.warn(newError(CodeWarnTracking))
		}
		if f.unpriced() {
			v.warn(newError(CodeWarnPrice))
		}
	}
	return v
}

// warn adds the warnings that are not nil.
func (v *Verdict) warn(list ...*Error) {
	for _, e := range list {
		if e != nil {
			v.Warnings = append(v.Warnings, e)
		}
	}
}

// foreign counts the items that nobody asked about.
func (s *sheet) foreign() *Error {
	count := 0
	for i := range s.answers {
		for k := range s.answers[i].items {
			if !s.asked(&s.answers[i].items[k]) {
				count++
			}
		}
	}
	if count == 0 {
		return nil
	}
	return newError(CodeWarnForeign, "count", count)
}

func (s *sheet) asked(item *Item) bool {
	for _, q := range s.queries {
		if item.speaksOf(q.Mark) {
			return true
		}
	}
	return false
}

func (w *wire) clockWarning(s Stamp) *Error {
	t, ok := s.Time()
	if !ok {
		return nil
	}
	difference := w.now().Sub(t).Abs()
	if difference <= maxClockDifference {
		return nil
	}
	return newError(CodeWarnClock, "minutes", int64(difference/time.Minute))
}

// without is the verdict of a check that has no answer.
func (w *wire) without(failure *Error) Verdict {
	return Verdict{Outcome: OutcomeNoAnswer, Failure: failure, Answered: w.now()}
}

// marksOnly asks for the queries that are about marks, MaxCodes at a time; the
// others have no answer.
func marksOnly(queries []Query, without func(*Error) Verdict, ask func([]Query) []Verdict) []Verdict {
	verdicts := make([]Verdict, len(queries))
	var marks []Query
	var places []int
	flush := func() {
		if len(marks) == 0 {
			return
		}
		for i, v := range ask(marks) {
			verdicts[places[i]] = v
		}
		marks, places = nil, nil
	}
	for i, q := range queries {
		if !q.Mark.Kind().IsMark() {
			verdicts[i] = without(newError(CodeQuery))
			continue
		}
		marks, places = append(marks, q), append(places, i)
		if len(marks) == MaxCodes {
			flush()
		}
	}
	flush()
	return verdicts
}
