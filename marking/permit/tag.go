package permit

import "unicode/utf8"

// maxIndustryValue is the longest value of tag 1265 in characters of code page 866.
const maxIndustryValue = 256

// Industry is tag 1260, the block of an item that was sold by a permit check.
type Industry struct {
	FOIV   string // tag 1262
	Date   string // tag 1263, DD.MM.YYYY
	Number string // tag 1264
	Value  string // tag 1265
}

// IndustrySettings are the parts of the block that name the law. The zero value
// stands for those in force: 030, 21.11.2023, 1944.
type IndustrySettings struct {
	FOIV   string // It defaults to 030.
	Date   string // It defaults to 21.11.2023.
	Number string // It defaults to 1944.
}

// Industry returns the block for the receipt. ok is false where there is none:
// an emergency, a check that was not required, a refusal, no answer at all.
func (v Verdict) Industry(s IndustrySettings) (block Industry, ok bool) {
	if v.Stamp.ReqID == "" || !v.Allowed() || v.Outcome == OutcomeEmergency || v.Outcome == OutcomeNotRequired {
		return Industry{}, false
	}
	return Industry{
		FOIV:   or(s.FOIV, "030"),
		Date:   or(s.Date, "21.11.2023"),
		Number: or(s.Number, "1944"),
		Value:  v.Stamp.value(),
	}, true
}

func or(value, byDefault string) string {
	if value == "" {
		return byDefault
	}
	return value
}

// value is tag 1265: two members for an online answer, four for one of a local module.
func (s Stamp) value() string {
	text := "UUID=" + s.ReqID + "&Time=" + s.ReqTime
	if s.Offline {
		text += "&Inst=" + s.Inst + "&Ver=" + s.Ver
	}
	return text
}

// sound says whether the stamp makes a value of tag 1265 that a register takes:
// an answer without one cannot be sold by.
func (s Stamp) sound() bool {
	text := s.value()
	if s.ReqID == "" || s.ReqTime == "" || s.Offline && (s.Inst == "" || s.Ver == "") || utf8.RuneCountInString(text) > maxIndustryValue {
		return false
	}
	for _, r := range text {
		// Ids, times and versions are plain ASCII; anything else is damage.
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}
